-- The twelve audiences as one would write them by hand for SQLite, on the tables of Regulars. `:now` is the instant of the
-- measurement in microseconds. Each statement stands below a line with the name of its audience and gives one number.

-- attributes-only
select count(*) from customers
where case when json_type(fields_folded, '$."tier"') = 'text' then cast(json_extract(fields_folded, '$."tier"') as text) end
    in ('silver', 'gold')
  and country_code in ('DE', 'AT') and active and fields ->> 'newsletter';

-- zip-birth-gender
select count(*) from customers
where zip >= '1' and zip < '2' and birth_date between '1970-01-01' and '1989-12-31' and gender is distinct from 'male';

-- orders-in-categories
with o as materialized (
  select customer_id from activities
  where type = 'order' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
  group by customer_id having count(*) >= 3
)
select count(*) from o where (
  select count(*) from activities as a
  where a.customer_id = o.customer_id and a.type = 'order'
    and a.occurred_at > :now - 365 * 86400000000 and a.occurred_at <= :now
    and a.attributes ->> 'category' in ('shoes', 'tents')
) >= 3;

-- no-login
select (select count(*) from customers)
  - (select count(distinct customer_id) from activities
     where type = 'login' and occurred_at > :now - 180 * 86400000000 and occurred_at <= :now);

-- spenders
select count(*) from (
  select customer_id from activities
  where type = 'order' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now group by customer_id
) as o
where (
  select round(sum(a.attributes ->> 'value'), 2) from activities as a
  where a.customer_id = o.customer_id and a.type = 'order'
    and a.occurred_at > :now - 365 * 86400000000 and a.occurred_at <= :now
) >= 500;

-- active-without-order
select count(*) from (
  select customer_id from activities where type = 'order' and occurred_at <= :now
  group by customer_id having max(occurred_at) <= :now - 90 * 86400000000
)
where customer_id in (select customer_id from activities where occurred_at > :now - 14 * 86400000000 and occurred_at <= :now);

-- nested
with o as materialized (
  select customer_id from activities
  where type = 'order' and occurred_at > :now - 180 * 86400000000 and occurred_at <= :now
  group by customer_id having count(*) >= 2
), l as materialized (
  select distinct customer_id from activities
  where type = 'login' and occurred_at > :now - 30 * 86400000000 and occurred_at <= :now
)
select count(*) from customers as c
where (
  c.country_code = 'DE' and c.id in (select customer_id from o) and c.id in (select customer_id from l)
) or (
  c.fields ->> 'tier' = 'gold'
  and (
    (select count(*) from activities as a
     where a.customer_id = c.id and a.type = 'wishlist'
       and a.occurred_at > :now - 365 * 86400000000 and a.occurred_at <= :now) >= 3
    or (select avg(a.attributes ->> 'stars') from activities as a
        where a.customer_id = c.id and a.type = 'review'
          and a.occurred_at > :now - 365 * 86400000000 and a.occurred_at <= :now) >= 4
  )
);

-- member-and-not-member
select count(*) from memberships as m
join segments as s on s.id = m.segment_id and s.generation = m.generation
where s.reference = 'spenders' and not exists (
  select 1 from memberships as n join segments as t on t.id = n.segment_id and t.generation = n.generation
  where n.customer_id = m.customer_id and t.reference in ('no-login', 'attributes-only')
);

-- abandoned-cart
select count(distinct customer_id) from activities
where type = 'cart' and occurred_at > :now - 7 * 86400000000 and occurred_at <= :now
  and customer_id not in (select customer_id from activities
                          where type = 'order' and occurred_at > :now - 7 * 86400000000 and occurred_at <= :now);

-- opens-without-click
select count(*) from (
  select customer_id from activities
  where type = 'email_open' and occurred_at > :now - 90 * 86400000000 and occurred_at <= :now
  group by customer_id having count(*) between 2 and 5
)
where customer_id not in (select customer_id from activities
                          where type = 'email_click' and occurred_at > :now - 90 * 86400000000 and occurred_at <= :now);

-- mobile-or-many-views
select count(*) from customers as c
where (
  select count(*) from (
    select 1 from activities as a
    where a.customer_id = c.id and a.type = 'product_view' and a.occurred_at <= :now limit 10
  )
) >= 10 or exists (
  select 1 from activities as a
  where a.customer_id = c.id and a.type = 'product_view'
    and a.occurred_at > :now - 730 * 86400000000 and a.occurred_at <= :now
    and a.attributes ->> 'device' = 'mobile' and a.attributes ->> 'country' = 'DE'
);

-- tree-over-audiences
with o as materialized (
  select customer_id from activities where type = 'order' and occurred_at <= :now group by customer_id having count(*) >= 3
), m as materialized (
  select o.customer_id from o where exists (
    select 1 from memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation
    where m.customer_id = o.customer_id and s.reference in ('orders-in-categories', 'mobile-or-many-views')
  ) and not exists (
    select 1 from memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation
    where m.customer_id = o.customer_id and s.reference = 'no-login'
  )
)
select count(*) from m where (
  select count(distinct a.attributes ->> 'category') >= 3
    and round(sum(a.attributes ->> 'value') filter (where a.occurred_at > :now - 730 * 86400000000), 2)
      / count(*) filter (where a.occurred_at > :now - 730 * 86400000000) >= 60
  from activities as a
  where a.customer_id = m.customer_id and a.type = 'order' and a.occurred_at <= :now
);
