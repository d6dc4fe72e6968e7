-- Outgoing webhooks: where to, what was wanted, what became of it. Written like 0001.

create table webhooks (
  id          bigint not null,
  name        {text} not null,
  url         {text} not null,
  description {text} not null,
  active      boolean not null,
  headers     {json} not null,
  timeout_s   bigint not null,
  secrets     {json} not null,
  problem     {text},
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint webhooks_pk primary key (id),
  constraint webhooks_name_unique unique (name)
);
-- one row for each webhook, beside it because it changes often
create table webhook_breakers (
  webhook_id bigint not null,
  failures   bigint not null,
  openings   bigint not null,
  open_until bigint,
  constraint webhook_breakers_pk primary key (webhook_id)
);
-- next_at is set as long as it has not ended
create table webhook_deliveries (
  customer_id  bigint not null,
  id           bigint not null,
  webhook_id   bigint not null,
  rule_id      bigint,
  activity_id  bigint,
  kind         {text} not null,
  payload      {json} not null,
  intent       {text},
  state        {text} not null,
  attempts     bigint not null,
  next_at      bigint,
  status_code  bigint,
  answer       {text},
  problem      {text},
  history      {json} not null,
  created_at   bigint not null,
  delivered_at bigint,
  constraint webhook_deliveries_pk primary key (customer_id, id)
);
create unique index webhook_deliveries_intent on webhook_deliveries (customer_id, intent) where intent is not null;
create index webhook_deliveries_by_id on webhook_deliveries (id);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at, id) where next_at is not null;
create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, created_at, id);
create index webhook_deliveries_by_state on webhook_deliveries (webhook_id, state, created_at, id);
create index webhook_deliveries_done on webhook_deliveries (delivered_at) where delivered_at is not null;
