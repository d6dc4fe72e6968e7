-- Bulk actions: one thing done to many customers, and what became of it for each of them. Written like 0001.

-- next_page is the first page nobody has worked on; undone_by is the last action that takes this one back, if one was begun
create table bulk_actions (
  id          bigint not null,
  action      {json} not null,
  wanted      {json},
  undo_of     bigint,
  undone_by   bigint,
  state       {text} not null,
  next_page   bigint not null,
  total       bigint not null,
  changed     bigint not null,
  same        bigint not null,
  refused     bigint not null,
  error       {text},
  job_id      bigint,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  created_at  bigint not null,
  finished_at bigint,
  constraint bulk_actions_pk primary key (id)
);
create index bulk_actions_by_actor on bulk_actions (actor_kind, actor_id, id);
create index bulk_actions_by_job on bulk_actions (job_id);
-- whom an action is about, as lists of ids, until it was done to them
create table bulk_pages (
  bulk_id   bigint not null,
  position  bigint not null,
  customers {json} not null,
  constraint bulk_pages_pk primary key (bulk_id, position)
);
-- changes are before and after by JSON pointer, as in customer_versions
create table bulk_outcomes (
  customer_id bigint not null,
  bulk_id     bigint not null,
  outcome     {text} not null,
  changes     {json} not null,
  problems    {json} not null,
  constraint bulk_outcomes_pk primary key (customer_id, bulk_id)
);
create index bulk_outcomes_by_bulk on bulk_outcomes (bulk_id, outcome, customer_id);
