-- The audit log by time, with an index for each way it is filtered; keys of jobs outlast their end; mails that came back
-- have a roll-up. Written like 0001.

drop index audit_entries_by_entity;
create index audit_entries_by_time on audit_entries (at, id);
create index audit_entries_by_entity on audit_entries (entity_id, entity_type, at, id);
create index audit_entries_by_type on audit_entries (entity_type, at, id);
create index audit_entries_by_actor on audit_entries (actor_kind, actor_id, at, id);
create index audit_entries_by_action on audit_entries (action, at, id);

-- a job that failed or was cancelled keeps its key, for when it is wanted again
drop index jobs_unique_key;
create unique index jobs_unique_key on jobs (unique_key) where unique_key is not null and state in ('queued', 'running');

-- which messages came back, and which report was the first
create index mail_bounces_by_message on mail_bounces (message_id, kind, at) where message_id is not null;

-- messages that came back so far, under ids below those of 0009
insert into rollup_changes (id, figure, subject, quarter, change)
with came_back as (
  select case when kind = 'complaint' then 'complained' else 'bounced' end as subject, min(at) as at
  from mail_bounces where message_id is not null
  group by case when kind = 'complaint' then 'complained' else 'bounced' end, message_id
), counted as (
  select subject, at / 900000000 as quarter, count(*) as change from came_back group by subject, at / 900000000
)
select (select case when min(id) < 0 then min(id) else 0 end from rollup_changes) - row_number() over (order by quarter, subject),
       'came_back', subject, quarter, change
from counted;
