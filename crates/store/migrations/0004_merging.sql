-- Merging: who was merged into whom with all it takes to undo it, where ids of customers who are gone lead, and what waits
-- for a person. Written like 0001.

-- journal is text, so that it comes back byte by byte
create table merges (
  id            bigint not null,
  survivor_id   bigint not null,
  other_id      bigint not null,
  state         {text} not null,
  rule          {text} not null,
  cause         {json} not null,
  at            bigint not null,
  actor_kind    {text} not null,
  actor_id      bigint,
  actor_name    {text} not null,
  fields        {json} not null,
  journal       {text},
  undone_at     bigint,
  undoer_kind   {text},
  undoer_id     bigint,
  undoer_name   {text},
  conflicts     {json},
  constraint merges_pk primary key (id)
);
create index merges_by_survivor on merges (survivor_id, id);
create index merges_by_other on merges (other_id, id);
create index merges_by_state on merges (state, id);

-- one row for each customer who is gone, whatever he was merged into since
create table customer_aliases (
  customer_id bigint not null,
  survivor_id bigint not null,
  merge_id    bigint not null,
  constraint customer_aliases_pk primary key (customer_id)
);
create index customer_aliases_by_survivor on customer_aliases (survivor_id, customer_id);

create table merge_quarantine (
  id            bigint not null,
  survivor_id   bigint not null,
  other_id      bigint not null,
  state         {text} not null,
  pair_id       bigint,
  score         {double},
  rule          {text},
  reasons       {json} not null,
  at            bigint not null,
  resolved_at   bigint,
  resolver_kind {text},
  resolver_id   bigint,
  resolver_name {text},
  constraint merge_quarantine_pk primary key (id)
);
create unique index merge_quarantine_open on merge_quarantine (survivor_id, other_id) where state = 'open';
create index merge_quarantine_by_other on merge_quarantine (other_id, survivor_id);
create index merge_quarantine_by_state on merge_quarantine (state, id);

-- how many share a phone number
create index customers_by_phone on customers (phone_folded, id) where phone_folded is not null;
