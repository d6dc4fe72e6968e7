-- Imports can be undone: what each of them did, what it wrote over, how far its undoing is, and what that left as it was.
-- Written like 0001.

-- what brought a version about, where an import did
alter table customer_versions add column cause {json};

-- what an import did, some deeds at a time; place is the last row of the file they are of, or lies behind all rows
create table import_deeds (
  import_id bigint not null,
  place     bigint not null,
  part      bigint not null,
  size      bigint not null,
  deeds     {text} not null,
  constraint import_deeds_pk primary key (import_id, place, part)
);
-- what an import changed of activities: before and after by JSON pointer, and the version it made; restored_version is the one
-- in which all of it was put back
create table import_changes (
  customer_id      bigint not null,
  activity_id      bigint not null,
  import_id        bigint not null,
  version          bigint not null,
  changes          {json} not null,
  restored_version bigint,
  constraint import_changes_pk primary key (customer_id, activity_id, import_id, version)
);
create index import_changes_by_import on import_changes (import_id, activity_id);
create index import_changes_by_activity on import_changes (activity_id);
-- how customers were in the segment of an import of members, and how they were then
create table import_memberships (
  customer_id bigint not null,
  import_id   bigint not null,
  row_no      bigint not null,
  was         {json} not null,
  constraint import_memberships_pk primary key (customer_id, import_id, row_no)
);
create index import_memberships_by_import on import_memberships (import_id, customer_id);
-- deeds are undone from the last one on: place and part are those of the one undone last; from the second attempt on, only
-- what the one before left as it was is looked at
create table import_undos (
  import_id   bigint not null,
  kept        {text} not null,
  attempt     bigint not null,
  state       {text} not null,
  place       bigint not null,
  part        bigint not null,
  total       bigint not null,
  done        bigint not null,
  counts      {json} not null,
  error       {text},
  job_id      bigint,
  actor_kind  {text} not null,
  actor_id    bigint,
  actor_name  {text} not null,
  created_at  bigint not null,
  finished_at bigint,
  constraint import_undos_pk primary key (import_id)
);
create index import_undos_by_job on import_undos (job_id);
-- what an undoing left as it was, and why; changes are those of the import that stay, made by it in this version (0 if of none)
create table import_kept (
  customer_id bigint not null,
  import_id   bigint not null,
  row_no      bigint not null,
  subject     {text} not null,
  subject_id  bigint not null,
  problems    {json} not null,
  changes     {json} not null,
  version     bigint not null,
  kept_at     bigint not null,
  constraint import_kept_pk primary key (customer_id, import_id, row_no, subject, subject_id)
);
create index import_kept_by_subject on import_kept (subject_id, subject);
create index import_kept_by_import on import_kept (import_id, row_no, subject, subject_id, customer_id);
