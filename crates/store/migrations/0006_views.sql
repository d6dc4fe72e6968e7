-- Saved views: how a list is looked at, whose it is, who else may see it. Written like 0001.

create table saved_views (
  id          bigint not null,
  owner_id    bigint,
  -- whether its owner is gone and it stays for those it is shared with; one that a key made is nobody's from the beginning
  is_left     boolean not null,
  list        {text} not null,
  name        {text} not null,
  name_folded {text} not null,
  description {text},
  state       {json} not null,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint saved_views_pk primary key (id),
  constraint saved_views_name_unique unique (owner_id, list, name_folded)
);
create index saved_views_by_name on saved_views (name_folded, id);
-- with one user, or with all of a role: then user_id is 0, and otherwise role is empty
create table saved_view_shares (
  view_id  bigint not null,
  user_id  bigint not null,
  role     {text} not null,
  may_edit boolean not null,
  constraint saved_view_shares_pk primary key (view_id, user_id, role)
);
create index saved_view_shares_by_user on saved_view_shares (user_id);
create table saved_view_shortcuts (
  user_id bigint not null,
  view_id bigint not null,
  constraint saved_view_shortcuts_pk primary key (user_id, view_id)
);
create index saved_view_shortcuts_by_view on saved_view_shortcuts (view_id);
