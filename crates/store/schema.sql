-- The tables after all migrations, as SQLite keeps them. Generated: change a migration, not this file.

create table activities (
  customer_id       bigint not null,
  type              text not null,
  occurred_at       bigint not null,
  id                bigint not null,
  external_id       text,
  attributes        text not null,
  attributes_folded text,
  metadata          text,
  version           bigint not null,
  created_at        bigint not null,
  updated_at        bigint not null,
  constraint activities_pk primary key (customer_id, type, occurred_at, id)
) without rowid;

create index activities_by_change on activities (updated_at, id);

create index activities_by_id on activities (id);

create index activities_by_time on activities (occurred_at, id);

create index activities_by_type on activities (type, occurred_at, id, customer_id);

create table activity_external_ids (
  type        text not null,
  external_id text not null,
  customer_id bigint not null,
  activity_id bigint not null,
  constraint activity_external_ids_pk primary key (type, external_id)
) without rowid;

create index activity_external_ids_by_customer on activity_external_ids (customer_id, activity_id);

create table activity_types (
  name       text not null,
  label      text not null,
  attributes text not null,
  is_closed  boolean not null,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint activity_types_pk primary key (name)
);

create table admin_users (
  id            bigint not null,
  email         text not null,
  email_folded  text not null,
  name          text not null,
  password_hash text,
  role          text not null,
  active        boolean not null,
  version       bigint not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  last_login_at bigint,
  constraint admin_users_pk primary key (id),
  constraint admin_users_email_unique unique (email_folded)
);

create table api_keys (
  id           bigint not null,
  name         text not null,
  key_hash     text not null,
  prefix       text not null,
  scopes       text not null,
  created_by   text not null,
  created_at   bigint not null,
  expires_at   bigint,
  last_used_at bigint,
  revoked_at   bigint,
  constraint api_keys_pk primary key (id),
  constraint api_keys_hash_unique unique (key_hash)
);

create table audit_entries (
  id          bigint not null,
  at          bigint not null,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  action      text not null,
  entity_type text not null,
  entity_id   bigint,
  changes     text,
  constraint audit_entries_pk primary key (id)
);

create index audit_entries_by_action on audit_entries (action, at, id);

create index audit_entries_by_actor on audit_entries (actor_kind, actor_id, at, id);

create index audit_entries_by_entity on audit_entries (entity_id, entity_type, at, id);

create index audit_entries_by_time on audit_entries (at, id);

create index audit_entries_by_type on audit_entries (entity_type, at, id);

create table bulk_actions (
  id          bigint not null,
  action      text not null,
  wanted      text,
  undo_of     bigint,
  undone_by   bigint,
  state       text not null,
  next_page   bigint not null,
  total       bigint not null,
  changed     bigint not null,
  same        bigint not null,
  refused     bigint not null,
  error       text,
  job_id      bigint,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  created_at  bigint not null,
  finished_at bigint,
  constraint bulk_actions_pk primary key (id)
);

create index bulk_actions_by_actor on bulk_actions (actor_kind, actor_id, id);

create index bulk_actions_by_job on bulk_actions (job_id);

create table bulk_outcomes (
  customer_id bigint not null,
  bulk_id     bigint not null,
  outcome     text not null,
  changes     text not null,
  problems    text not null,
  constraint bulk_outcomes_pk primary key (customer_id, bulk_id)
);

create index bulk_outcomes_by_bulk on bulk_outcomes (bulk_id, outcome, customer_id);

create table bulk_pages (
  bulk_id   bigint not null,
  position  bigint not null,
  customers text not null,
  constraint bulk_pages_pk primary key (bulk_id, position)
);

create table companies (
  id            bigint not null,
  name          text not null,
  name_folded   text not null,
  vat_id        text,
  vat_id_folded text,
  version       bigint not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  constraint companies_pk primary key (id)
);

create index companies_by_name on companies (name_folded, id);

create table consent_answers (
  customer_id bigint not null,
  id          bigint not null,
  purpose     text not null,
  granted     boolean,
  answered_at bigint not null,
  source      text not null,
  note        text not null,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  constraint consent_answers_pk primary key (customer_id, id)
) without rowid;

create table consents (
  customer_id bigint not null,
  purpose     text not null,
  granted     boolean not null,
  answered_at bigint not null,
  source      text not null,
  constraint consents_pk primary key (customer_id, purpose)
) without rowid;

create index consents_by_purpose on consents (purpose, granted, customer_id);

create table customer_aliases (
  customer_id bigint not null,
  survivor_id bigint not null,
  merge_id    bigint not null,
  constraint customer_aliases_pk primary key (customer_id)
);

create index customer_aliases_by_survivor on customer_aliases (survivor_id, customer_id);

create table customer_notes (
  customer_id bigint not null,
  id          bigint not null,
  at          bigint not null,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  title       text not null,
  text        text not null,
  constraint customer_notes_pk primary key (customer_id, id)
);

create table customer_revisions (
  customer_id bigint not null,
  revision    bigint not null,
  constraint customer_revisions_pk primary key (customer_id)
);

create table customer_versions (
  customer_id bigint not null,
  version     bigint not null,
  at          bigint not null,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  changes     text not null, cause text,
  constraint customer_versions_pk primary key (customer_id, version)
);

create table customers (
  id                  bigint not null,
  token               text not null,
  published           boolean not null,
  active              boolean not null,
  email               text,
  email_folded        text,
  email_ok            boolean,
  salutation          text,
  salutation_folded   text,
  gender              text,
  gender_folded       text,
  firstname           text,
  firstname_folded    text,
  lastname            text,
  lastname_folded     text,
  street              text,
  street_folded       text,
  zip                 text,
  zip_folded          text,
  city                text,
  city_folded         text,
  country_code        text,
  country_code_folded text,
  phone               text,
  phone_folded        text,
  language            text,
  language_folded     text,
  time_zone           text,
  time_zone_folded    text,
  birth_date          text,
  profiling_consent   boolean not null,
  company_id          bigint,
  fields              text not null,
  fields_folded       text not null,
  search_folded       text not null,
  version             bigint not null,
  created_at          bigint not null,
  updated_at          bigint not null,
  constraint customers_pk primary key (id)
);

create index customers_by_active on customers (active, created_at);

create index customers_by_city on customers (coalesce(city_folded, ''), id);

create index customers_by_company on customers (company_id, id) where company_id is not null;

create index customers_by_created on customers (created_at, id);

create index customers_by_email on customers (coalesce(email_folded, ''), id);

create index customers_by_firstname on customers (coalesce(firstname_folded, ''), id);

create index customers_by_lastname on customers (coalesce(lastname_folded, ''), id);

create index customers_by_phone on customers (phone_folded, id) where phone_folded is not null;

create index customers_by_updated on customers (updated_at, id);

create index customers_by_zip on customers (coalesce(zip_folded, ''), id);

create table definition_versions (
  kind    text not null,
  version bigint not null,
  constraint definition_versions_pk primary key (kind)
);

create table deletions (
  entity_type text not null,
  entity_id   bigint not null,
  type        text not null,
  deleted_at  bigint not null,
  constraint deletions_pk primary key (entity_type, entity_id)
);

create index deletions_by_time on deletions (entity_type, deleted_at, entity_id);

create table duplicate_keys (
  kind        bigint not null,
  key         bigint not null,
  sub         bigint not null,
  customer_id bigint not null,
  constraint duplicate_keys_pk primary key (kind, key, sub, customer_id)
) without rowid;

create table duplicate_pairs (
  customer_id bigint not null,
  other_id    bigint not null,
  pair_id     bigint not null,
  state       text not null,
  probability real not null,
  household   real not null,
  bits        real not null,
  rules       text not null,
  reasons     text not null,
  judged      bigint not null,
  found_at    bigint not null,
  changed_at  bigint not null,
  changed_by  text,
  constraint duplicate_pairs_pk primary key (customer_id, other_id)
) without rowid;

create index duplicate_pairs_by_id on duplicate_pairs (pair_id);

create index duplicate_pairs_by_score on duplicate_pairs (state, probability, pair_id) where customer_id < other_id;

create table duplicate_reviews (
  id          bigint not null,
  at          bigint not null,
  probability real not null,
  is_same     boolean not null,
  constraint duplicate_reviews_pk primary key (id)
);

create table duplicate_runs (
  id         bigint not null,
  at         bigint not null,
  customers  bigint not null,
  compared   bigint not null,
  cut        bigint not null,
  pairs      bigint not null,
  millis     bigint not null,
  rejected   text not null,
  model      text,
  ended_at   bigint,
  constraint duplicate_runs_pk primary key (id)
);

create table duplicate_traits (
  customer_id bigint not null,
  version     bigint not null,
  basis       bigint not null,
  traits      blob not null,
  keys        blob not null,
  constraint duplicate_traits_pk primary key (customer_id)
);

create table export_chunks (
  export_id bigint not null,
  run       bigint not null,
  position  bigint not null,
  content   blob not null,
  constraint export_chunks_pk primary key (export_id, run, position)
);

create table exports (
  id          bigint not null,
  wanted      text not null,
  file_name   text not null,
  state       text not null,
  run         bigint not null,
  rows_done   bigint not null,
  rows_total  bigint,
  bytes       bigint not null,
  error       text,
  job_id      bigint,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  created_at  bigint not null,
  finished_at bigint,
  expires_at  bigint,
  constraint exports_pk primary key (id)
);

create index exports_by_actor on exports (actor_kind, actor_id, id);

create index exports_by_job on exports (job_id);

create table fields (
  id          bigint not null,
  name        text not null,
  label       text not null,
  kind        text not null,
  options     text not null,
  is_personal boolean not null,
  is_indexed  boolean not null,
  position    bigint not null,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint fields_pk primary key (id),
  constraint fields_name_unique unique (name)
);

create table id_blocks (
  kind    text not null,
  next_id bigint not null,
  constraint id_blocks_pk primary key (kind)
);

create table idempotency_keys (
  actor      text not null,
  key        text not null,
  request    text not null,
  is_applied boolean not null,
  status     bigint,
  answer     text,
  created_at bigint not null,
  constraint idempotency_keys_pk primary key (actor, key)
);

create index idempotency_keys_by_time on idempotency_keys (created_at);

create table identities (
  kind        text not null,
  value       text not null,
  customer_id bigint not null,
  spelled     text not null,
  created_at  bigint not null,
  constraint identities_pk primary key (kind, value)
);

create index identities_by_customer on identities (customer_id, kind, value);

create table import_changes (
  customer_id      bigint not null,
  activity_id      bigint not null,
  import_id        bigint not null,
  version          bigint not null,
  changes          text not null,
  restored_version bigint,
  constraint import_changes_pk primary key (customer_id, activity_id, import_id, version)
);

create index import_changes_by_activity on import_changes (activity_id);

create index import_changes_by_import on import_changes (import_id, activity_id);

create table import_chunks (
  import_id  bigint not null,
  position   bigint not null,
  created_at bigint not null,
  content    blob not null,
  constraint import_chunks_pk primary key (import_id, position)
);

create index import_chunks_by_time on import_chunks (created_at, import_id);

create table import_deeds (
  import_id bigint not null,
  place     bigint not null,
  part      bigint not null,
  size      bigint not null,
  deeds     text not null,
  constraint import_deeds_pk primary key (import_id, place, part)
);

create table import_kept (
  customer_id bigint not null,
  import_id   bigint not null,
  row_no      bigint not null,
  subject     text not null,
  subject_id  bigint not null,
  problems    text not null,
  changes     text not null,
  version     bigint not null,
  kept_at     bigint not null,
  constraint import_kept_pk primary key (customer_id, import_id, row_no, subject, subject_id)
);

create index import_kept_by_import on import_kept (import_id, row_no, subject, subject_id, customer_id);

create index import_kept_by_subject on import_kept (subject_id, subject);

create table import_memberships (
  customer_id bigint not null,
  import_id   bigint not null,
  row_no      bigint not null,
  was         text not null,
  constraint import_memberships_pk primary key (customer_id, import_id, row_no)
);

create index import_memberships_by_import on import_memberships (import_id, customer_id);

create table import_problems (
  import_id bigint not null,
  row_no    bigint not null,
  problems  text not null,
  constraint import_problems_pk primary key (import_id, row_no)
);

create table import_undos (
  import_id   bigint not null,
  kept        text not null,
  attempt     bigint not null,
  state       text not null,
  place       bigint not null,
  part        bigint not null,
  total       bigint not null,
  done        bigint not null,
  counts      text not null,
  error       text,
  job_id      bigint,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  created_at  bigint not null,
  finished_at bigint,
  constraint import_undos_pk primary key (import_id)
);

create index import_undos_by_job on import_undos (job_id);

create table imports (
  id          bigint not null,
  kind        text not null,
  file_name   text not null,
  file_hash   text not null,
  options     text not null,
  state       text not null,
  row_no      bigint not null,
  bytes_done  bigint not null,
  bytes_total bigint not null,
  rows_done   bigint not null,
  created     bigint not null,
  updated     bigint not null,
  rejected    bigint not null,
  error       text,
  job_id      bigint,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  finished_at bigint,
  constraint imports_pk primary key (id)
);

create index imports_by_file on imports (file_hash, kind, id);

create table jobs (
  id           bigint not null,
  kind         text not null,
  payload      text not null,
  state        text not null,
  run_at       bigint not null,
  attempts     bigint not null,
  leased_until bigint,
  done         bigint not null,
  total        bigint,
  result       text,
  last_error   text,
  customer_id  bigint,
  unique_key   text,
  created_at   bigint not null,
  finished_at  bigint,
  constraint jobs_pk primary key (id)
);

create index jobs_by_customer on jobs (customer_id, run_at) where customer_id is not null;

create index jobs_by_state on jobs (state, id);

create index jobs_due on jobs (run_at, id) where state = 'queued';

create index jobs_leased on jobs (leased_until) where state = 'running';

create unique index jobs_unique_key on jobs (unique_key) where unique_key is not null and state in ('queued', 'running');

create table link_definitions (
  id            bigint not null,
  code          text not null,
  name          text not null,
  target        text not null,
  active        boolean not null,
  activity_type text not null,
  attributes    text not null,
  utm           text not null,
  version       bigint not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  constraint link_definitions_pk primary key (id),
  constraint link_definitions_code_unique unique (code),
  constraint link_definitions_name_unique unique (name)
);

create table login_attempts (
  subject       text not null,
  failures      bigint not null,
  counted_until bigint not null,
  constraint login_attempts_pk primary key (subject)
);

create table mail_bounces (
  fingerprint text not null,
  address     text not null,
  kind        text not null,
  status      text not null,
  diagnostic  text not null,
  at          bigint not null,
  customer_id bigint,
  message_id  bigint,
  constraint mail_bounces_pk primary key (fingerprint)
);

create index mail_bounces_by_address on mail_bounces (address, at);

create index mail_bounces_by_customer on mail_bounces (customer_id) where customer_id is not null;

create index mail_bounces_by_message on mail_bounces (message_id, kind, at) where message_id is not null;

create table mail_paces (
  name    text not null,
  next_at bigint not null,
  used    bigint not null,
  constraint mail_paces_pk primary key (name)
);

create table "mail_templates" (
  id           bigint not null,
  name         text not null,
  kind         text not null,
  purpose      text,
  list         text,
  subject      text not null,
  html         text not null,
  text         text not null,
  variants     text not null,
  track_opens  boolean not null,
  track_clicks boolean not null,
  quiet_hours  text not null,
  cap_exempt   boolean not null,
  version      bigint not null,
  created_at   bigint not null,
  updated_at   bigint not null,
  constraint templates_of_mail_pk primary key (id),
  constraint templates_of_mail_name_unique unique (name)
);

create table membership_changes (
  customer_id bigint not null,
  id          bigint not null,
  segment_id  bigint not null,
  at          bigint not null,
  entered     boolean not null,
  cause       text not null,
  constraint membership_changes_pk primary key (customer_id, id)
) without rowid;

create index membership_changes_by_time on membership_changes (at, segment_id, entered);

create table memberships (
  customer_id bigint not null,
  segment_id  bigint not null,
  generation  bigint not null,
  source      text not null,
  since       bigint not null,
  counter     bigint not null,
  constraint memberships_pk primary key (customer_id, segment_id, generation)
) without rowid;

create index memberships_by_segment on memberships (segment_id, generation, customer_id);

create table merge_quarantine (
  id            bigint not null,
  survivor_id   bigint not null,
  other_id      bigint not null,
  state         text not null,
  pair_id       bigint,
  score         real,
  rule          text,
  reasons       text not null,
  at            bigint not null,
  resolved_at   bigint,
  resolver_kind text,
  resolver_id   bigint,
  resolver_name text,
  constraint merge_quarantine_pk primary key (id)
);

create index merge_quarantine_by_other on merge_quarantine (other_id, survivor_id);

create index merge_quarantine_by_state on merge_quarantine (state, id);

create unique index merge_quarantine_open on merge_quarantine (survivor_id, other_id) where state = 'open';

create table merges (
  id            bigint not null,
  survivor_id   bigint not null,
  other_id      bigint not null,
  state         text not null,
  rule          text not null,
  cause         text not null,
  at            bigint not null,
  actor_kind    text not null,
  actor_id      bigint,
  actor_name    text not null,
  fields        text not null,
  journal       text,
  undone_at     bigint,
  undoer_kind   text,
  undoer_id     bigint,
  undoer_name   text,
  conflicts     text,
  constraint merges_pk primary key (id)
);

create index merges_by_other on merges (other_id, id);

create index merges_by_state on merges (state, id);

create index merges_by_survivor on merges (survivor_id, id);

create table message_events (
  customer_id bigint not null,
  id          bigint not null,
  message_id  bigint not null,
  at          bigint not null,
  kind        text not null,
  detail      text not null,
  once        text,
  constraint message_events_pk primary key (customer_id, id)
) without rowid;

create index message_events_by_message on message_events (customer_id, message_id, id);

create unique index message_events_once on message_events (customer_id, message_id, once) where once is not null;

create table "messages" (
  customer_id bigint not null,
  id          bigint not null,
  template_id bigint not null,
  rule_id     bigint,
  activity_id bigint,
  purpose     text,
  intent      text,
  sent_to     text,
  recipient        text not null,
  recipient_folded text not null,
  subject     text not null,
  marketing   boolean not null,
  state       text not null,
  problem     text,
  held_until  bigint,
  slot_at     bigint,
  ambiguous   bigint not null,
  created_at  bigint not null,
  changed_at  bigint not null,
  sent_at     bigint,
  constraint ledger_pk primary key (customer_id, id)
);

create index messages_ambiguous on messages (created_at, id) where ambiguous > 0;

create index messages_by_id on messages (id);

create index messages_by_state on messages (state, created_at, id);

create index messages_by_template on messages (template_id, created_at, id);

create index messages_by_time on messages (created_at, id);

create unique index messages_intent on messages (customer_id, intent) where intent is not null;

create table migrations (
           number     bigint not null,
           name       text not null,
           checksum   text not null,
           applied_at bigint not null,
           constraint migrations_pk primary key (number)
         );

create table provider_logins (
  issuer        text not null,
  subject       text not null,
  admin_user_id bigint not null,
  created_at    bigint not null,
  constraint provider_logins_pk primary key (issuer, subject),
  constraint provider_logins_user_unique unique (admin_user_id, issuer)
);

create table provider_trips (
  state_hash   text not null,
  browser_hash text not null,
  nonce        text not null,
  verifier     text not null,
  back_to      text not null,
  expires_at   bigint not null,
  constraint provider_trips_pk primary key (state_hash)
);

create index provider_trips_by_expiry on provider_trips (expires_at);

create table recovery_codes (
  admin_user_id bigint not null,
  code_hash     text not null,
  constraint recovery_codes_pk primary key (admin_user_id, code_hash)
);

create table roles (
  key         text not null,
  name        text not null,
  name_folded text not null,
  description text,
  permissions text not null,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint roles_pk primary key (key),
  constraint roles_name_unique unique (name_folded)
);

create table rollup_changes (
  id      bigint not null,
  figure  text not null,
  subject text not null,
  quarter bigint not null,
  change  bigint not null,
  constraint rollup_changes_pk primary key (id)
);

create table rollups (
  figure  text not null,
  span    bigint not null,
  start   bigint not null,
  subject text not null,
  n       bigint not null,
  constraint rollups_pk primary key (figure, span, start, subject)
) without rowid;

create table rule_entries (
  customer_id bigint not null,
  rule_id     bigint not null,
  last_at     bigint not null,
  times       bigint not null,
  constraint rule_entries_pk primary key (customer_id, rule_id)
) without rowid;

create table rule_plans (
  customer_id bigint not null,
  id          bigint not null,
  rule_id     bigint not null,
  version     bigint not null,
  kind        text not null,
  place       bigint not null,
  due_at      bigint not null,
  since       bigint not null,
  entered_at  bigint not null,
  waits       boolean not null,
  unique_key  text,
  environment text not null,
  attempts    bigint not null,
  constraint rule_plans_pk primary key (customer_id, id)
) without rowid;

create index rule_plans_by_rule on rule_plans (rule_id, version, due_at);

create index rule_plans_due on rule_plans (due_at, customer_id, id);

create unique index rule_plans_unique_key on rule_plans (customer_id, unique_key) where unique_key is not null;

create table rule_runs (
  customer_id bigint not null,
  id          bigint not null,
  rule_id     bigint not null,
  activity_id bigint,
  at          bigint not null,
  outcome     text not null,
  is_deed     boolean not null,
  why         text not null,
  constraint rule_runs_pk primary key (id, customer_id)
) without rowid;

create index rule_runs_by_activity on rule_runs (activity_id);

create index rule_runs_by_rule on rule_runs (rule_id, at, id, outcome);

create index rule_runs_of_customer on rule_runs (customer_id, at, id) where is_deed = true or activity_id is null;

create table rule_schedules (
  rule_id bigint not null,
  place   bigint not null,
  next_at bigint not null,
  constraint rule_schedules_pk primary key (rule_id, place)
);

create table rule_versions (
  rule_id    bigint not null,
  version    bigint not null,
  definition text not null,
  created_at bigint not null,
  constraint rule_versions_pk primary key (rule_id, version)
);

create table rules (
  id          bigint not null,
  name        text not null,
  description text not null,
  active      boolean not null,
  position    bigint not null,
  definition  text not null,
  uses        text not null,
  valid_from  bigint,
  valid_until bigint,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint rules_pk primary key (id),
  constraint rules_name_unique unique (name)
);

create table saved_view_shares (
  view_id  bigint not null,
  user_id  bigint not null,
  role     text not null,
  may_edit boolean not null,
  constraint saved_view_shares_pk primary key (view_id, user_id, role)
);

create index saved_view_shares_by_user on saved_view_shares (user_id);

create table saved_view_shortcuts (
  user_id bigint not null,
  view_id bigint not null,
  constraint saved_view_shortcuts_pk primary key (user_id, view_id)
);

create index saved_view_shortcuts_by_view on saved_view_shortcuts (view_id);

create table saved_views (
  id          bigint not null,
  owner_id    bigint,
  is_left     boolean not null,
  list        text not null,
  name        text not null,
  name_folded text not null,
  description text,
  state       text not null,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint saved_views_pk primary key (id),
  constraint saved_views_name_unique unique (owner_id, list, name_folded)
);

create index saved_views_by_name on saved_views (name_folded, id);

create table schedules (
  name    text not null,
  next_at bigint not null,
  constraint schedules_pk primary key (name)
);

create table second_factors (
  admin_user_id bigint not null,
  secret        text not null,
  last_step     bigint not null,
  created_at    bigint not null,
  confirmed_at  bigint,
  constraint second_factors_pk primary key (admin_user_id)
);

create table secrets (
  name       text not null,
  value      text not null,
  created_at bigint not null,
  constraint secrets_pk primary key (name)
);

create table segment_builders (
  id         bigint not null,
  kind       text not null,
  name       text not null,
  settings   text not null,
  group_id   bigint not null,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint segment_builders_pk primary key (id),
  constraint segment_builders_group_unique unique (group_id)
);

create table segment_groups (
  id             bigint not null,
  name           text not null,
  reference      text not null,
  calculated     boolean not null,
  show_as_filter boolean not null,
  sort_order     bigint not null,
  export_lists   text not null,
  version        bigint not null,
  created_at     bigint not null,
  updated_at     bigint not null,
  constraint segment_groups_pk primary key (id),
  constraint segment_groups_reference_unique unique (reference, calculated)
);

create table segment_sizes (
  segment_id    bigint not null,
  day           text not null,
  size          bigint not null,
  entered_count bigint not null,
  left_count    bigint not null,
  constraint segment_sizes_pk primary key (segment_id, day)
) without rowid;

create table segment_wakes (
  customer_id bigint not null,
  due_at      bigint not null,
  constraint segment_wakes_pk primary key (customer_id)
);

create index segment_wakes_by_due on segment_wakes (due_at, customer_id);

create table segments (
  id              bigint not null,
  group_id        bigint not null,
  name            text not null,
  reference       text not null,
  description     text not null,
  calculated      boolean not null,
  export_lists    text not null,
  condition       text,
  generation      bigint not null,
  swapped_at      bigint not null,
  told_generation bigint not null,
  next_condition  text,
  next_generation bigint,
  last_generation bigint not null,
  rebuild_job_id  bigint,
  replacement_id  bigint,
  version         bigint not null,
  created_at      bigint not null,
  updated_at      bigint not null,
  constraint segments_pk primary key (id),
  constraint segments_reference_unique unique (group_id, reference)
);

create table sessions (
  token_hash    text not null,
  id            bigint not null,
  admin_user_id bigint not null,
  csrf_token    text not null,
  came_by       text not null,
  user_agent    text not null,
  address       text not null,
  created_at    bigint not null,
  seen_at       bigint not null,
  expires_at    bigint not null,
  constraint sessions_pk primary key (token_hash),
  constraint sessions_id_unique unique (id)
);

create index sessions_by_expiry on sessions (expires_at);

create index sessions_by_user on sessions (admin_user_id);

create table settings (
  name       text not null,
  value      text not null,
  version    bigint not null,
  updated_at bigint not null,
  constraint settings_pk primary key (name)
);

create table setup_links (
  token_hash text not null,
  expires_at bigint not null,
  constraint setup_links_pk primary key (token_hash)
);

create table sign_in_steps (
  token_hash    text not null,
  admin_user_id bigint not null,
  came_by       text not null,
  password_mark text not null,
  expires_at    bigint not null,
  constraint sign_in_steps_pk primary key (token_hash)
);

create index sign_in_steps_by_expiry on sign_in_steps (expires_at);

create index sign_in_steps_by_user on sign_in_steps (admin_user_id);

create table subscriptions (
  customer_id bigint not null,
  list        text not null,
  status      text not null,
  changed_at  bigint not null,
  constraint subscriptions_pk primary key (customer_id, list)
) without rowid;

create index subscriptions_by_list on subscriptions (list, status, customer_id);

create table suppressions (
  address text not null,
  reason  text not null,
  source  text not null,
  note    text not null,
  at      bigint not null,
  constraint suppressions_pk primary key (address)
);

create table target_groups (
  id         bigint not null,
  name       text not null,
  active     boolean not null,
  segment_id bigint,
  version    bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint target_groups_pk primary key (id),
  constraint target_groups_segment_unique unique (segment_id)
);

create table webhook_breakers (
  webhook_id bigint not null,
  failures   bigint not null,
  openings   bigint not null,
  open_until bigint,
  constraint webhook_breakers_pk primary key (webhook_id)
);

create table webhook_deliveries (
  customer_id  bigint not null,
  id           bigint not null,
  webhook_id   bigint not null,
  rule_id      bigint,
  activity_id  bigint,
  kind         text not null,
  payload      text not null,
  intent       text,
  state        text not null,
  attempts     bigint not null,
  next_at      bigint,
  status_code  bigint,
  answer       text,
  problem      text,
  history      text not null,
  created_at   bigint not null,
  delivered_at bigint,
  constraint webhook_deliveries_pk primary key (customer_id, id)
);

create index webhook_deliveries_by_id on webhook_deliveries (id);

create index webhook_deliveries_by_state on webhook_deliveries (webhook_id, state, created_at, id);

create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, created_at, id);

create index webhook_deliveries_done on webhook_deliveries (delivered_at) where delivered_at is not null;

create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at, id) where next_at is not null;

create unique index webhook_deliveries_intent on webhook_deliveries (customer_id, intent) where intent is not null;

create table webhooks (
  id          bigint not null,
  name        text not null,
  url         text not null,
  description text not null,
  active      boolean not null,
  headers     text not null,
  timeout_s   bigint not null,
  secrets     text not null,
  problem     text,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint webhooks_pk primary key (id),
  constraint webhooks_name_unique unique (name)
);
