-- The tables of the hand-written statement in postgres_peer.sql, with as many customers and activities as the shop has that
-- is measured beside it. `customers` and `activities_each` are variables of psql.
create table activities (
  id          bigint generated always as identity,
  customer_id bigint not null,
  kind        integer not null,
  occurred_at bigint not null,
  attributes  jsonb not null,
  constraint activities_pk primary key (id)
);
create index activities_by_customer on activities (customer_id, kind, occurred_at);
create table counters (
  customer_id bigint not null,
  kind        integer not null,
  count       bigint not null,
  constraint counters_pk primary key (customer_id, kind)
);
create table memberships (
  customer_id bigint not null,
  segment_id  integer not null,
  constraint memberships_pk primary key (customer_id, segment_id)
);
insert into activities (customer_id, kind, occurred_at, attributes)
select 1 + floor(random() * :customers), 1 + floor(random() * 5), cast(number as bigint) * 1000000, jsonb_build_object('amount', number % 20000)
from generate_series(1, :customers * :activities_each) as number;
insert into counters (customer_id, kind, count)
select customer_id, kind, count(*) from activities group by customer_id, kind;
insert into memberships (customer_id, segment_id)
select customer, segment from generate_series(1, :customers) as customer, generate_series(1, 10) as segment
where (customer * 7 + segment * segment) % 10 < 3;
vacuum analyze activities;
vacuum analyze counters;
vacuum analyze memberships;
