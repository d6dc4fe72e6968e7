-- Roll-ups: how many there are of what grows with the base, by time. Written like 0001.

-- span is how many quarters of an hour a row covers (1, 4 or 96), start the first of them, counted from 1970, UTC
create table rollups (
  figure  {text} not null,
  span    bigint not null,
  start   bigint not null,
  subject {text} not null,
  n       bigint not null,
  constraint rollups_pk primary key (figure, span, start, subject)
) {clustered};
-- what units of work changed in them and nobody has added up yet
create table rollup_changes (
  id      bigint not null,
  figure  {text} not null,
  subject {text} not null,
  quarter bigint not null,
  change  bigint not null,
  constraint rollup_changes_pk primary key (id)
);
-- what there is already, as changes under ids that no process gives out
insert into rollup_changes (id, figure, subject, quarter, change)
with counted as (
  select 'activities' as figure, type as subject,
         (occurred_at - (occurred_at % 900000000 + 900000000) % 900000000) / 900000000 as quarter, count(*) as change
  from activities group by type, (occurred_at - (occurred_at % 900000000 + 900000000) % 900000000) / 900000000
  union all
  select 'customers', case when active then 'active' else 'inactive' end,
         (created_at - (created_at % 900000000 + 900000000) % 900000000) / 900000000, count(*)
  from customers group by active, (created_at - (created_at % 900000000 + 900000000) % 900000000) / 900000000
  union all
  select 'known', 'known', (created_at - (created_at % 900000000 + 900000000) % 900000000) / 900000000, count(*)
  from customers where coalesce(email, phone, firstname, lastname) is not null
  group by (created_at - (created_at % 900000000 + 900000000) % 900000000) / 900000000
  union all
  select 'members', cast(segment_id as text) || ':' || cast(generation as text), 0, count(*)
  from memberships group by segment_id, generation
  union all
  select case when entered then 'entered' else 'left' end, cast(segment_id as text), at / 900000000, count(*)
  from membership_changes group by entered, segment_id, at / 900000000
  union all
  select 'runs', cast(rule_id as text) || ':' || outcome, at / 900000000, count(*)
  from rule_runs group by rule_id, outcome, at / 900000000
  union all
  select 'messages', state, created_at / 900000000, count(*)
  from messages group by state, created_at / 900000000
)
select -row_number() over (order by quarter), figure, subject, quarter, change from counted;
