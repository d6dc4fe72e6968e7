-- The twelve audiences for DuckDB, over typed columns; see duckdb.py. `:now` is the instant of the measurement in
-- microseconds. Each statement stands below a line with the name of its audience and gives one number.

-- attributes-only
select count(*) from customers where country_code in ('DE', 'AT') and active and tier in ('silver', 'gold') and newsletter;

-- zip-birth-gender
select count(*) from customers
where zip >= '1' and zip < '2' and birth_date between '1970-01-01' and '1989-12-31' and gender is distinct from 'male';

-- orders-in-categories
select count(*) from (
  select customer_id from activities
  where type = 'order' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now and category in ('shoes', 'tents')
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
  group by customer_id having round(sum(value), 2) >= 500
);

-- active-without-order
select count(*) from (
  select customer_id from activities where type = 'order' and occurred_at <= :now
  group by customer_id having max(occurred_at) <= :now - 90 * 86400000000
) as o
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
  c.tier = 'gold'
  and (
    c.id in (select customer_id from activities
             where type = 'wishlist' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
             group by customer_id having count(*) >= 3)
    or c.id in (select customer_id from activities
                where type = 'review' and occurred_at > :now - 365 * 86400000000 and occurred_at <= :now
                group by customer_id having avg(stars) >= 4)
  )
);

-- member-and-not-member
select count(*) from memberships as m
where m.segment = 'spenders'
  and m.customer_id not in (select customer_id from memberships where segment in ('no-login', 'attributes-only'));

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
) as o
where customer_id not in (select customer_id from activities
                          where type = 'email_click' and occurred_at > :now - 90 * 86400000000 and occurred_at <= :now);

-- mobile-or-many-views
select count(*) from (
  select customer_id from activities where type = 'product_view' and occurred_at <= :now
  group by customer_id
  having count(*) >= 10
    or bool_or(device = 'mobile' and country = 'DE' and occurred_at > :now - 730 * 86400000000)
);

-- tree-over-audiences
select count(*) from (
  select customer_id from activities where type = 'order' and occurred_at <= :now
  group by customer_id
  having count(distinct category) >= 3
    and round(sum(value) filter (where occurred_at > :now - 730 * 86400000000), 2)
      / count(*) filter (where occurred_at > :now - 730 * 86400000000) >= 60
) as o
where customer_id in (select customer_id from memberships where segment in ('orders-in-categories', 'mobile-or-many-views'))
  and customer_id not in (select customer_id from memberships where segment = 'no-login');
