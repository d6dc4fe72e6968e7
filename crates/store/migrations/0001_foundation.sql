-- The tables of the foundation, slice by slice. One text for both databases: {tokens} are filled in by
-- crates/sql/dialect.rs; a line that begins with "-- only postgres:" or "-- only sqlite:" counts on that database alone.
-- Times are microseconds UTC. Ids are handed out by the application.

-- store: blocks of ids, and the version of each cached definition
create table id_blocks (
  kind    {text} not null,
  next_id bigint not null,
  constraint id_blocks_pk primary key (kind)
);
create table definition_versions (
  kind    {text} not null,
  version bigint not null,
  constraint definition_versions_pk primary key (kind)
);

-- audit: append-only
create table audit_entries (
  id          bigint not null,
  at          bigint not null,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  action      {text} not null,
  entity_type {text} not null,
  entity_id   bigint,
  changes     {json},
  constraint audit_entries_pk primary key (id)
);
create index audit_entries_by_entity on audit_entries (entity_type, entity_id, id);

-- jobs
create table jobs (
  id           bigint not null,
  kind         {text} not null,
  payload      {json} not null,
  state        {text} not null,
  run_at       bigint not null,
  attempts     bigint not null,
  leased_until bigint,
  done         bigint not null,
  total        bigint,
  result       {json},
  last_error   {text},
  customer_id  bigint,
  unique_key   {text},
  created_at   bigint not null,
  finished_at  bigint,
  constraint jobs_pk primary key (id)
);
create unique index jobs_unique_key on jobs (unique_key) where unique_key is not null;
create index jobs_due on jobs (run_at, id) where state = 'queued';
create index jobs_leased on jobs (leased_until) where state = 'running';
create index jobs_by_state on jobs (state, id);
create index jobs_by_customer on jobs (customer_id, run_at) where customer_id is not null;
create table schedules (
  name    {text} not null,
  next_at bigint not null,
  constraint schedules_pk primary key (name)
);

-- settings: values and the definitions of custom fields
create table settings (
  name       {text} not null,
  value      {json} not null,
  version    bigint not null,
  updated_at bigint not null,
  constraint settings_pk primary key (name)
);
create table fields (
  id          bigint not null,
  name        {text} not null,
  label       {text} not null,
  kind        {text} not null,
  options     {json} not null,
  is_personal boolean not null,
  is_indexed  boolean not null,
  position    bigint not null,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint fields_pk primary key (id),
  constraint fields_name_unique unique (name)
);

-- identities: what must be unique over all customers
create table identities (
  kind        {text} not null,
  value       {text} not null,
  customer_id bigint not null,
  spelled     {text} not null,
  created_at  bigint not null,
  constraint identities_pk primary key (kind, value)
);
create index identities_by_customer on identities (customer_id, kind, value);

-- customers
create table customers (
  id                  bigint not null,
  token               {text} not null,
  published           boolean not null,
  active              boolean not null,
  email               {text},
  email_folded        {text},
  email_ok            boolean,
  salutation          {text},
  salutation_folded   {text},
  gender              {text},
  gender_folded       {text},
  firstname           {text},
  firstname_folded    {text},
  lastname            {text},
  lastname_folded     {text},
  street              {text},
  street_folded       {text},
  zip                 {text},
  zip_folded          {text},
  city                {text},
  city_folded         {text},
  country_code        {text},
  country_code_folded {text},
  phone               {text},
  phone_folded        {text},
  language            {text},
  language_folded     {text},
  time_zone           {text},
  time_zone_folded    {text},
  birth_date          {text},
  profiling_consent   boolean not null,
  company_id          bigint,
  fields              {json} not null,
  fields_folded       {json} not null,
  search_folded       {text} not null,
  version             bigint not null,
  created_at          bigint not null,
  updated_at          bigint not null,
  constraint customers_pk primary key (id)
);
-- Locked and moved on by every unit that touches a customer: narrow, so that doing so is cheap.
create table customer_revisions (
  customer_id bigint not null,
  revision    bigint not null,
  constraint customer_revisions_pk primary key (customer_id)
);
-- only postgres: alter table customer_revisions set (fillfactor = 40);
create index customers_by_created on customers (created_at, id);
create index customers_by_updated on customers (updated_at, id);
create index customers_by_active on customers (active, created_at);
create index customers_by_lastname on customers (coalesce(lastname_folded, ''), id);
create index customers_by_firstname on customers (coalesce(firstname_folded, ''), id);
create index customers_by_email on customers (coalesce(email_folded, ''), id);
create index customers_by_city on customers (coalesce(city_folded, ''), id);
create index customers_by_zip on customers (coalesce(zip_folded, ''), id);
create index customers_by_company on customers (company_id, id) where company_id is not null;
create table customer_versions (
  customer_id bigint not null,
  version     bigint not null,
  at          bigint not null,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  changes     {json} not null,
  constraint customer_versions_pk primary key (customer_id, version)
);
create table customer_notes (
  customer_id bigint not null,
  id          bigint not null,
  at          bigint not null,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  title       {text} not null,
  text        {text} not null,
  constraint customer_notes_pk primary key (customer_id, id)
);
create table deletions (
  entity_type {text} not null,
  entity_id   bigint not null,
  type        {text} not null,
  deleted_at  bigint not null,
  constraint deletions_pk primary key (entity_type, entity_id)
);
create index deletions_by_time on deletions (entity_type, deleted_at, entity_id);

-- activities
create table activity_types (
  name       {text} not null,
  label      {text} not null,
  attributes {json} not null,
  is_closed  boolean not null,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint activity_types_pk primary key (name)
);
create table activities (
  customer_id       bigint not null,
  type              {text} not null,
  occurred_at       bigint not null,
  id                bigint not null,
  external_id       {text},
  attributes        {json} not null,
  attributes_folded {json},
  metadata          {json},
  version           bigint not null,
  created_at        bigint not null,
  updated_at        bigint not null,
  constraint activities_pk primary key (customer_id, type, occurred_at, id)
) {clustered};
create index activities_by_type on activities (type, occurred_at, id, customer_id);
create index activities_by_time on activities (occurred_at, id);
create index activities_by_change on activities (updated_at, id);
create index activities_by_id on activities (id);
create table activity_external_ids (
  type        {text} not null,
  external_id {text} not null,
  customer_id bigint not null,
  activity_id bigint not null,
  constraint activity_external_ids_pk primary key (type, external_id)
) {clustered};
create index activity_external_ids_by_customer on activity_external_ids (customer_id, activity_id);

-- companies: what customers belong to
create table companies (
  id            bigint not null,
  name          {text} not null,
  name_folded   {text} not null,
  vat_id        {text},
  vat_id_folded {text},
  version       bigint not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  constraint companies_pk primary key (id)
);
create index companies_by_name on companies (name_folded, id);

-- consents: the answer in force for each purpose, and every answer ever given
create table consents (
  customer_id bigint not null,
  purpose     {text} not null,
  granted     boolean not null,
  answered_at bigint not null,
  source      {text} not null,
  constraint consents_pk primary key (customer_id, purpose)
) {clustered};
create index consents_by_purpose on consents (purpose, granted, customer_id);
create table consent_answers (
  customer_id bigint not null,
  id          bigint not null,
  purpose     {text} not null,
  -- nothing: the answer was taken back, the customer counts as never asked
  granted     boolean,
  answered_at bigint not null,
  source      {text} not null,
  note        {text} not null,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  constraint consent_answers_pk primary key (customer_id, id)
) {clustered};

-- subscriptions: a customer's status on each newsletter list
create table subscriptions (
  customer_id bigint not null,
  list        {text} not null,
  status      {text} not null,
  changed_at  bigint not null,
  constraint subscriptions_pk primary key (customer_id, list)
) {clustered};
create index subscriptions_by_list on subscriptions (list, status, customer_id);

-- segments
create table segment_groups (
  id             bigint not null,
  name           {text} not null,
  reference      {text} not null,
  calculated     boolean not null,
  show_as_filter boolean not null,
  sort_order     bigint not null,
  -- newsletter lists that its segments are sent to
  export_lists   {json} not null,
  version        bigint not null,
  created_at     bigint not null,
  updated_at     bigint not null,
  constraint segment_groups_pk primary key (id),
  constraint segment_groups_reference_unique unique (reference, calculated)
);
-- A builder owns a group and makes all segments in it.
create table segment_builders (
  id         bigint not null,
  kind       {text} not null,
  name       {text} not null,
  settings   {json} not null,
  group_id   bigint not null,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint segment_builders_pk primary key (id),
  constraint segment_builders_group_unique unique (group_id)
);
create table segments (
  id              bigint not null,
  group_id        bigint not null,
  name            {text} not null,
  reference       {text} not null,
  description     {text} not null,
  calculated      boolean not null,
  export_lists    {json} not null,
  condition       {json},
  -- the membership that counts, and when it took over
  generation      bigint not null,
  swapped_at      bigint not null,
  -- the membership up to which was told who entered and left
  told_generation bigint not null,
  next_condition  {json},
  next_generation bigint,
  -- the highest number given so far: none is used twice
  last_generation bigint not null,
  rebuild_job_id  bigint,
  -- the import whose list of members becomes the membership
  replacement_id  bigint,
  version         bigint not null,
  created_at      bigint not null,
  updated_at      bigint not null,
  constraint segments_pk primary key (id),
  constraint segments_reference_unique unique (group_id, reference)
);
create table memberships (
  customer_id bigint not null,
  segment_id  bigint not null,
  generation  bigint not null,
  source      {text} not null,
  since       bigint not null,
  counter     bigint not null,
  constraint memberships_pk primary key (customer_id, segment_id, generation)
) {clustered};
create index memberships_by_segment on memberships (segment_id, generation, customer_id);
create table membership_changes (
  customer_id bigint not null,
  id          bigint not null,
  segment_id  bigint not null,
  at          bigint not null,
  entered     boolean not null,
  cause       {json} not null,
  constraint membership_changes_pk primary key (customer_id, id)
) {clustered};
create index membership_changes_by_time on membership_changes (at, segment_id, entered);
create table segment_wakes (
  customer_id bigint not null,
  due_at      bigint not null,
  constraint segment_wakes_pk primary key (customer_id)
);
create index segment_wakes_by_due on segment_wakes (due_at, customer_id);
-- the size of each segment at the end of each day, and who came and went during it
create table segment_sizes (
  segment_id    bigint not null,
  day           {text} not null,
  size          bigint not null,
  entered_count bigint not null,
  left_count    bigint not null,
  constraint segment_sizes_pk primary key (segment_id, day)
) {clustered};
create table target_groups (
  id         bigint not null,
  name       {text} not null,
  active     boolean not null,
  segment_id bigint,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint target_groups_pk primary key (id),
  constraint target_groups_segment_unique unique (segment_id)
);

-- mail
create table mail_templates (
  id         bigint not null,
  name       {text} not null,
  subject    {text} not null,
  html       {text} not null,
  text       {text} not null,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint mail_templates_pk primary key (id),
  constraint mail_templates_name_unique unique (name)
);
create table messages (
  customer_id bigint not null,
  id          bigint not null,
  template_id bigint not null,
  rule_id     bigint,
  activity_id bigint,
  recipient   {text} not null,
  subject     {text} not null,
  state       {text} not null,
  problem     {text},
  created_at  bigint not null,
  sent_at     bigint,
  constraint messages_pk primary key (customer_id, id)
);
create index messages_by_time on messages (created_at, id);
create index messages_by_state on messages (state, created_at, id);

-- automation
create table rules (
  id          bigint not null,
  name        {text} not null,
  description {text} not null,
  active      boolean not null,
  position    bigint not null,
  definition  {json} not null,
  uses        {json} not null,
  valid_from  bigint,
  valid_until bigint,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint rules_pk primary key (id),
  constraint rules_name_unique unique (name)
);
-- definitions by which something may still be planned
create table rule_versions (
  rule_id    bigint not null,
  version    bigint not null,
  definition {json} not null,
  created_at bigint not null,
  constraint rule_versions_pk primary key (rule_id, version)
);
-- when a rule looks for everyone next, by the calendar
create table rule_schedules (
  rule_id bigint not null,
  place   bigint not null,
  next_at bigint not null,
  constraint rule_schedules_pk primary key (rule_id, place)
);
-- when a rule last fired for a customer, where it does not do so every time
create table rule_entries (
  customer_id bigint not null,
  rule_id     bigint not null,
  last_at     bigint not null,
  times       bigint not null,
  constraint rule_entries_pk primary key (customer_id, rule_id)
) {clustered};
-- what comes later: delayed actions, customers on journeys, instants that triggers wait for
create table rule_plans (
  customer_id bigint not null,
  id          bigint not null,
  rule_id     bigint not null,
  version     bigint not null,
  kind        {text} not null,
  -- the action, operation or trigger
  place       bigint not null,
  due_at      bigint not null,
  -- since when it waits at this place
  since       bigint not null,
  entered_at  bigint not null,
  -- whether it may go on before it is due, because something happens
  waits       boolean not null,
  -- what there can be one of only for a customer
  unique_key  {text},
  environment {json} not null,
  attempts    bigint not null,
  constraint rule_plans_pk primary key (customer_id, id)
) {clustered};
create index rule_plans_due on rule_plans (due_at, customer_id, id);
create unique index rule_plans_unique_key on rule_plans (customer_id, unique_key) where unique_key is not null;
create index rule_plans_by_rule on rule_plans (rule_id, version, due_at);
create table rule_runs (
  customer_id bigint not null,
  id          bigint not null,
  rule_id     bigint not null,
  activity_id bigint,
  at          bigint not null,
  outcome     {text} not null,
  -- whether something was done or should have been; most looks lead to nothing
  is_deed     boolean not null,
  why         {json} not null,
  constraint rule_runs_pk primary key (id, customer_id)
) {clustered};
create index rule_runs_by_rule on rule_runs (rule_id, at, id, outcome);
create index rule_runs_by_activity on rule_runs (activity_id);
create index rule_runs_of_customer on rule_runs (customer_id, at, id) where is_deed = true or activity_id is null;

-- transfer
create table imports (
  id          bigint not null,
  kind        {text} not null,
  file_name   {text} not null,
  file_hash   {text} not null,
  options     {json} not null,
  state       {text} not null,
  row_no      bigint not null,
  bytes_done  bigint not null,
  bytes_total bigint not null,
  rows_done   bigint not null,
  created     bigint not null,
  updated     bigint not null,
  rejected    bigint not null,
  error       {text},
  job_id      bigint,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  finished_at bigint,
  constraint imports_pk primary key (id)
);
create index imports_by_file on imports (file_hash, kind, id);
create table import_chunks (
  import_id  bigint not null,
  position   bigint not null,
  created_at bigint not null,
  content    {blob} not null,
  constraint import_chunks_pk primary key (import_id, position)
);
create index import_chunks_by_time on import_chunks (created_at, import_id);
create table import_problems (
  import_id bigint not null,
  row_no    bigint not null,
  problems  {json} not null,
  constraint import_problems_pk primary key (import_id, row_no)
);

-- admin
create table admin_users (
  id            bigint not null,
  email         {text} not null,
  email_folded  {text} not null,
  name          {text} not null,
  -- null: he signs in with a provider only
  password_hash {text},
  role          {text} not null,
  active        boolean not null,
  version       bigint not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  last_login_at bigint,
  constraint admin_users_pk primary key (id),
  constraint admin_users_email_unique unique (email_folded)
);
create table sessions (
  token_hash    {text} not null,
  id            bigint not null,
  admin_user_id bigint not null,
  csrf_token    {text} not null,
  came_by       {text} not null,
  user_agent    {text} not null,
  address       {text} not null,
  created_at    bigint not null,
  seen_at       bigint not null,
  expires_at    bigint not null,
  constraint sessions_pk primary key (token_hash),
  constraint sessions_id_unique unique (id)
);
create index sessions_by_user on sessions (admin_user_id);
create index sessions_by_expiry on sessions (expires_at);
create table api_keys (
  id           bigint not null,
  name         {text} not null,
  key_hash     {text} not null,
  prefix       {text} not null,
  scopes       {json} not null,
  created_by   {text} not null,
  created_at   bigint not null,
  expires_at   bigint,
  last_used_at bigint,
  revoked_at   bigint,
  constraint api_keys_pk primary key (id),
  constraint api_keys_hash_unique unique (key_hash)
);
create table login_attempts (
  subject       {text} not null,
  failures      bigint not null,
  counted_until bigint not null,
  constraint login_attempts_pk primary key (subject)
);
create table setup_links (
  token_hash {text} not null,
  expires_at bigint not null,
  constraint setup_links_pk primary key (token_hash)
);
create table idempotency_keys (
  actor      {text} not null,
  key        {text} not null,
  request    {text} not null,
  is_applied boolean not null,
  status     bigint,
  answer     {json},
  created_at bigint not null,
  constraint idempotency_keys_pk primary key (actor, key)
);
create index idempotency_keys_by_time on idempotency_keys (created_at);
