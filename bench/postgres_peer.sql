-- What one would write by hand without Regulars, as one statement for pgbench: store the activity, count it, read the
-- segments of its customer. No conditions, no rules.
\set customer random(1, :customers)
\set kind random(1, 5)
\set amount random(500, 20500)
with tracked as (
  insert into activities (customer_id, kind, occurred_at, attributes)
  values (:customer, :kind, cast(extract(epoch from clock_timestamp()) * 1000000 as bigint), jsonb_build_object('amount', cast(:amount as integer)))
  returning customer_id, kind
), counted as (
  insert into counters (customer_id, kind, count)
  select customer_id, kind, 1 from tracked
  on conflict (customer_id, kind) do update set count = counters.count + 1
  returning count
)
select (select count from counted) as count, segment_id from memberships where customer_id = :customer;
