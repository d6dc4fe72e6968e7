-- The audit log by time, with an index for each way it is filtered. Written like 0001.

drop index audit_entries_by_entity;
create index audit_entries_by_time on audit_entries (at, id);
create index audit_entries_by_entity on audit_entries (entity_id, entity_type, at, id);
create index audit_entries_by_type on audit_entries (entity_type, at, id);
create index audit_entries_by_actor on audit_entries (actor_kind, actor_id, at, id);
create index audit_entries_by_action on audit_entries (action, at, id);
