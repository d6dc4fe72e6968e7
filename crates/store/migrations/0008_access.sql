-- Signing in: second factors, what is half done of a sign-in, and the provider by which admin users sign in elsewhere.
-- Written like 0001.

-- last_step is the last step of time whose code was taken; confirmed_at is null until the first code was right
create table second_factors (
  admin_user_id bigint not null,
  secret        {text} not null,
  last_step     bigint not null,
  created_at    bigint not null,
  confirmed_at  bigint,
  constraint second_factors_pk primary key (admin_user_id)
);
create table recovery_codes (
  admin_user_id bigint not null,
  code_hash     {text} not null,
  constraint recovery_codes_pk primary key (admin_user_id, code_hash)
);
-- whoever has proved who he is and owes a code; password_mark is the hash of what his password was kept as then
create table sign_in_steps (
  token_hash    {text} not null,
  admin_user_id bigint not null,
  came_by       {text} not null,
  password_mark {text} not null,
  expires_at    bigint not null,
  constraint sign_in_steps_pk primary key (token_hash)
);
create index sign_in_steps_by_user on sign_in_steps (admin_user_id);
create index sign_in_steps_by_expiry on sign_in_steps (expires_at);
create table provider_logins (
  issuer        {text} not null,
  subject       {text} not null,
  admin_user_id bigint not null,
  created_at    bigint not null,
  constraint provider_logins_pk primary key (issuer, subject),
  constraint provider_logins_user_unique unique (admin_user_id, issuer)
);
-- somebody on his way to the provider and back
create table provider_trips (
  state_hash   {text} not null,
  browser_hash {text} not null,
  nonce        {text} not null,
  verifier     {text} not null,
  back_to      {text} not null,
  expires_at   bigint not null,
  constraint provider_trips_pk primary key (state_hash)
);
create index provider_trips_by_expiry on provider_trips (expires_at);
