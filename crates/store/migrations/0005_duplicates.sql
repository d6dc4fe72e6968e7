-- Duplicates: what customers are compared by, who may be one person, what was learned. Written like 0001.

-- keys holds the customer's rows of duplicate_keys, so that they can be taken away when he changes; basis says under which
-- settings all of it was made
create table duplicate_traits (
  customer_id bigint not null,
  version     bigint not null,
  basis       bigint not null,
  traits      {blob} not null,
  keys        {blob} not null,
  constraint duplicate_traits_pk primary key (customer_id)
);
-- kind 0 is of the traits, others of rules
create table duplicate_keys (
  kind        bigint not null,
  key         bigint not null,
  sub         bigint not null,
  customer_id bigint not null,
  constraint duplicate_keys_pk primary key (kind, key, sub, customer_id)
) {clustered};
-- every pair in both directions
create table duplicate_pairs (
  customer_id bigint not null,
  other_id    bigint not null,
  pair_id     bigint not null,
  state       {text} not null,
  probability {double} not null,
  household   {double} not null,
  bits        {double} not null,
  rules       {json} not null,
  reasons     {json} not null,
  judged      bigint not null,
  found_at    bigint not null,
  changed_at  bigint not null,
  changed_by  {text},
  constraint duplicate_pairs_pk primary key (customer_id, other_id)
) {clustered};
create index duplicate_pairs_by_score on duplicate_pairs (state, probability, pair_id) where customer_id < other_id;
create index duplicate_pairs_by_id on duplicate_pairs (pair_id);
-- one row for each full run that compared all; it counts once it has ended, its model before that
create table duplicate_runs (
  id         bigint not null,
  at         bigint not null,
  customers  bigint not null,
  compared   bigint not null,
  cut        bigint not null,
  pairs      bigint not null,
  millis     bigint not null,
  rejected   {json} not null,
  model      {json},
  ended_at   bigint,
  constraint duplicate_runs_pk primary key (id)
);
-- what people said of pairs, without the customers: how often the score was right. The id is that of the pair
create table duplicate_reviews (
  id          bigint not null,
  at          bigint not null,
  probability {double} not null,
  is_same     boolean not null,
  constraint duplicate_reviews_pk primary key (id)
);
