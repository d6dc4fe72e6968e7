-- Roles of one's own: what admin users may do who have them. admin_users.role and saved_view_shares.role name them by key;
-- those that are built in have no row. Written like 0001.

create table roles (
  key         {text} not null,
  name        {text} not null,
  name_folded {text} not null,
  description {text},
  -- the names of permissions
  permissions {json} not null,
  version     bigint not null,
  created_at  bigint not null,
  updated_at  bigint not null,
  constraint roles_pk primary key (key),
  constraint roles_name_unique unique (name_folded)
);
