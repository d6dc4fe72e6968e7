-- The audit log by time, with an index for each way it is filtered; keys of jobs outlast their end. Written like 0001.

drop index audit_entries_by_entity;
create index audit_entries_by_time on audit_entries (at, id);
create index audit_entries_by_entity on audit_entries (entity_id, entity_type, at, id);
create index audit_entries_by_type on audit_entries (entity_type, at, id);
create index audit_entries_by_actor on audit_entries (actor_kind, actor_id, at, id);
create index audit_entries_by_action on audit_entries (action, at, id);

-- a job that failed or was cancelled keeps its key, for when it is wanted again
drop index jobs_unique_key;
create unique index jobs_unique_key on jobs (unique_key) where unique_key is not null and state in ('queued', 'running');
