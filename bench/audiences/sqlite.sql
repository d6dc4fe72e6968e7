-- The twelve audiences as one would write them by hand for SQLite, on the tables of Regulars. `:now` is the instant of the
-- measurement in microseconds. Each statement stands below a line with the name of its audience and gives one number.

-- attributes-only
select count(*) from customers
where country_code in ('DE', 'AT') and active and fields ->> 'tier' in ('silver', 'gold') and fields ->> 'newsletter';

-- zip-birth-gender
select count(*) from customers
where coalesce(zip_folded, '') >= '1' and coalesce(zip_folded, '') < '2'
  and birth_date between '1970-01-01' and '1989-12-31' and gender is distinct from 'male';

-- orders-in-categories
select count(*) from (
  select customer_id from activities
  where type = 'order' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
    and attributes ->> 'category' in ('shoes', 'tents')
  group by customer_id having count(*) >= 3
);

-- no-login
select (select count(*) from customers)
  - (select count(distinct customer_id) from activities
     where type = 'login' and occurred_at > :now - 180 * 86400000000 and occurred_at <= :now);

-- spenders
select count(*) from (
  select customer_id from activities
  where type = 'order' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
  group by customer_id having round(sum(attributes ->> 'value'), 2) >= 500
);

-- active-without-order
select count(*) from (
  select customer_id from activities where type = 'order' and occurred_at <= :now
  group by customer_id having max(occurred_at) <= :now - 90 * 86400000000
)
where customer_id in (select customer_id from activities where occurred_at > :now - 14 * 86400000000 and occurred_at <= :now);

-- nested
select count(*) from customers as c
where (
  c.country_code = 'DE'
  and c.id in (select customer_id from activities
               where type = 'order' and occurred_at > :now - 180 * 86400000000 and occurred_at <= :now
               group by customer_id having count(*) >= 2)
  and c.id in (select customer_id from activities
               where type = 'login' and occurred_at > :now - 30 * 86400000000 and occurred_at <= :now)
) or (
  c.fields ->> 'tier' = 'gold'
  and (
    c.id in (select customer_id from activities
             where type = 'wishlist' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
             group by customer_id having count(*) >= 3)
    or c.id in (select customer_id from activities
                where type = 'review' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
                group by customer_id having avg(attributes ->> 'stars') >= 4)
  )
);

-- member-and-not-member
select count(*) from memberships as m
join segments as s on s.id = m.segment_id and s.generation = m.generation
where s.reference = 'spenders' and m.customer_id not in (
  select n.customer_id from memberships as n
  join segments as t on t.id = n.segment_id and t.generation = n.generation
  where t.reference in ('no-login', 'attributes-only')
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
select count(*) from (
  select customer_id, count(*) as views from activities where type = 'product_view' and occurred_at <= :now group by customer_id
) as v
where v.views >= 10 or exists (
  select 1 from activities as a
  where a.customer_id = v.customer_id and a.type = 'product_view'
    and a.occurred_at > :now - 730 * 86400000000 and a.occurred_at <= :now
    and a.attributes ->> 'device' = 'mobile' and a.attributes ->> 'country' = 'DE'
);

-- tree-over-audiences
select count(*) from (
  select customer_id from activities where type = 'order' and occurred_at <= :now
  group by customer_id
  having count(distinct attributes ->> 'category') >= 3
    and round(sum(attributes ->> 'value') filter (where occurred_at > :now - 730 * 86400000000), 2)
      / count(*) filter (where occurred_at > :now - 730 * 86400000000) >= 60
)
where customer_id in (
  select m.customer_id from memberships as m
  join segments as s on s.id = m.segment_id and s.generation = m.generation
  where s.reference in ('orders-in-categories', 'mobile-or-many-views')
) and customer_id not in (
  select m.customer_id from memberships as m
  join segments as s on s.id = m.segment_id and s.generation = m.generation
  where s.reference = 'no-login'
);
