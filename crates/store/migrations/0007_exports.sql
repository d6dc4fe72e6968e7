-- Exports: files made of customers, kept for a while for whoever asked for them. Written like 0001.

-- run counts how often the file was begun; only the chunks of the last run are the file, once the state is 'done'
create table exports (
  id          bigint not null,
  wanted      {json} not null,
  file_name   {text} not null,
  state       {text} not null,
  run         bigint not null,
  rows_done   bigint not null,
  rows_total  bigint,
  bytes       bigint not null,
  error       {text},
  job_id      bigint,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  created_at  bigint not null,
  finished_at bigint,
  expires_at  bigint,
  constraint exports_pk primary key (id)
);
create index exports_by_actor on exports (actor_kind, actor_id, id);
create index exports_by_job on exports (job_id);
create table export_chunks (
  export_id bigint not null,
  run       bigint not null,
  position  bigint not null,
  content   {blob} not null,
  constraint export_chunks_pk primary key (export_id, run, position)
);
