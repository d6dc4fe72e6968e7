-- Mail: variants and policies of templates, the ledger of messages with what happened to each, suppressed addresses,
-- bounces, paces; links whose clicks are known.

-- settings: what nobody is shown
create table secrets (
  name       {text} not null,
  value      {text} not null,
  created_at bigint not null,
  constraint secrets_pk primary key (name)
);

-- links
create table link_definitions (
  id            bigint not null,
  code          {text} not null,
  name          {text} not null,
  target        {text} not null,
  active        boolean not null,
  activity_type {text} not null,
  attributes    {json} not null,
  utm           {json} not null,
  version       bigint not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  constraint link_definitions_pk primary key (id),
  constraint link_definitions_code_unique unique (code),
  constraint link_definitions_name_unique unique (name)
);

-- mail
create table templates_of_mail (
  id           bigint not null,
  name         {text} not null,
  kind         {text} not null,
  purpose      {text},
  list         {text},
  subject      {text} not null,
  html         {text} not null,
  text         {text} not null,
  variants     {json} not null,
  track_opens  boolean not null,
  track_clicks boolean not null,
  quiet_hours  {text} not null,
  cap_exempt   boolean not null,
  version      bigint not null,
  created_at   bigint not null,
  updated_at   bigint not null,
  constraint templates_of_mail_pk primary key (id),
  constraint templates_of_mail_name_unique unique (name)
);
insert into templates_of_mail
  (id, name, kind, purpose, list, subject, html, text, variants, track_opens, track_clicks, quiet_hours, cap_exempt,
   version, created_at, updated_at)
  select id, name, 'transactional', null, null, subject, html, text, '[]', false, false, 'ignore', true,
         version, created_at, updated_at
  from mail_templates;
drop table mail_templates;
alter table templates_of_mail rename to mail_templates;

create table ledger (
  customer_id bigint not null,
  id          bigint not null,
  template_id bigint not null,
  rule_id     bigint,
  activity_id bigint,
  purpose     {text},
  -- the same intent makes one message only
  intent      {text},
  -- where it goes if not to the customer's own address
  sent_to     {text},
  recipient        {text} not null,
  recipient_folded {text} not null,
  subject     {text} not null,
  marketing   boolean not null,
  state       {text} not null,
  problem     {text},
  held_until  bigint,
  -- the place it was given by the pace of its domain or by the warm-up
  slot_at     bigint,
  -- how often it was handed over without an answer we know of
  ambiguous   bigint not null,
  created_at  bigint not null,
  changed_at  bigint not null,
  sent_at     bigint,
  constraint ledger_pk primary key (customer_id, id)
);
insert into ledger
  (customer_id, id, template_id, rule_id, activity_id, recipient, recipient_folded, subject, marketing, state, problem,
   ambiguous, created_at, changed_at, sent_at)
  select customer_id, id, template_id, rule_id, activity_id, recipient, recipient, subject, false,
         case state when 'queued' then 'planned' when 'withheld' then 'suppressed' else state end, problem,
         0, created_at, coalesce(sent_at, created_at), sent_at
  from messages;
drop table messages;
alter table ledger rename to messages;
create unique index messages_intent on messages (customer_id, intent) where intent is not null;
create index messages_by_id on messages (id);
create index messages_by_time on messages (created_at, id);
create index messages_by_state on messages (state, created_at, id);
create index messages_by_template on messages (template_id, created_at, id);
create index messages_ambiguous on messages (created_at, id) where ambiguous > 0;

create table message_events (
  customer_id bigint not null,
  id          bigint not null,
  message_id  bigint not null,
  at          bigint not null,
  kind        {text} not null,
  detail      {json} not null,
  -- what can happen once only
  once        {text},
  constraint message_events_pk primary key (customer_id, id)
) {clustered};
create index message_events_by_message on message_events (customer_id, message_id, id);
create unique index message_events_once on message_events (customer_id, message_id, once) where once is not null;

create table suppressions (
  address {text} not null,
  reason  {text} not null,
  source  {text} not null,
  note    {text} not null,
  at      bigint not null,
  constraint suppressions_pk primary key (address)
);
create table mail_bounces (
  fingerprint {text} not null,
  address     {text} not null,
  kind        {text} not null,
  status      {text} not null,
  diagnostic  {text} not null,
  at          bigint not null,
  customer_id bigint,
  message_id  bigint,
  constraint mail_bounces_pk primary key (fingerprint)
);
create index mail_bounces_by_address on mail_bounces (address, at);
create index mail_bounces_by_customer on mail_bounces (customer_id) where customer_id is not null;
-- the next free place of each domain that is sent to at a pace, and of the warm-up
create table mail_paces (
  name    {text} not null,
  next_at bigint not null,
  used    bigint not null,
  constraint mail_paces_pk primary key (name)
);
