//! SQL of activities and their types.

use super::model::{Comers, Row};
use super::types::ActivityType;
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId};
use crate::personal::Table;
use crate::rollups::{Figure, Subject};
use crate::time::Instant;
use crate::work::Work;
use condition::{ActivityNeed, Attributes, Occurrence};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{FromRow, Rows, Statement, StoreError};

/// Claims the external ids of rows; gives, for each row that does not own its external id, the activity that does.
pub fn claim_external_ids(work: &mut Work<'_>, rows: &[Row]) -> Result<HashMap<ActivityId, ActivityId>, Error> {
    let mut wanted = Rows::new(4);
    let mut by_kind: HashMap<Arc<str>, HashMap<&str, ActivityId>> = HashMap::new();
    for row in rows {
        if let Some(external) = &row.external_id {
            wanted.push([row.kind.as_ref().into(), external.into(), row.customer.into(), row.id.into()]);
            by_kind.entry(row.kind.clone()).or_default().insert(external, row.id);
        }
    }
    let claimed = work.tx.insert_counting(
        "insert into activity_external_ids (type, external_id, customer_id, activity_id)",
        &wanted,
        "on conflict (type, external_id) do nothing",
    )?;
    let mut owners = HashMap::new();
    if claimed == wanted.len() as u64 {
        return Ok(owners);
    }
    // One statement for each type in the batch; types are few, however long the batch.
    for (kind, externals) in by_kind {
        let mut statement = Statement::new("select external_id, activity_id from activity_external_ids where type = ");
        let names: Vec<&str> = externals.keys().copied().collect();
        statement.bind(kind.as_ref()).push(" and external_id in ").bind_list(&names);
        for (external, owner) in work.tx.list::<(String, ActivityId)>(&statement)? {
            let asker = externals[external.as_str()];
            if asker != owner {
                owners.insert(asker, owner);
            }
        }
    }
    Ok(owners)
}

pub fn insert(work: &mut Work<'_>, rows: &[Row]) -> Result<(), Error> {
    let mut all = Rows::with_capacity(11, rows.len());
    for row in rows {
        all.push([
            row.customer.into(),
            row.kind.as_ref().into(),
            row.occurred_at.into(),
            row.id.into(),
            row.external_id.clone().into(),
            row.attributes.as_ref().into(),
            condition::fold_document(&row.attributes).into(),
            row.metadata.as_ref().into(),
            row.version.into(),
            row.created_at.into(),
            row.updated_at.into(),
        ]);
    }
    work.tx.insert(
        "insert into activities (customer_id, type, occurred_at, id, external_id, attributes, attributes_folded, metadata, version, created_at, updated_at)",
        all,
        "",
    )?;
    rows.iter().for_each(|row| work.tallies.add(Figure::Activities, Subject::Name(row.kind.clone()), row.occurred_at, 1));
    Ok(())
}

/// Rows by id, locked by their customers beforehand.
pub fn rows(work: &mut Work<'_>, ids: &[ActivityId]) -> Result<Vec<Row>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from activities where id in "));
    statement.bind_list(ids);
    Ok(work.tx.list(&statement)?)
}

const COLUMNS: &str = "customer_id, type, occurred_at, id, external_id, attributes, metadata, version, created_at, updated_at";

impl FromRow for Row {
    fn from_row(row: &store::Row<'_>) -> Result<Row, StoreError> {
        Ok(Row {
            customer: row.get(0)?,
            kind: row.get::<String>(1)?.into(),
            occurred_at: row.get(2)?,
            id: row.get(3)?,
            external_id: row.get(4)?,
            attributes: Arc::new(row.get(5)?),
            metadata: row.get(6)?,
            version: row.get(7)?,
            created_at: row.get(8)?,
            updated_at: row.get(9)?,
        })
    }
}

pub fn delete(work: &mut Work<'_>, rows: &[Row]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from activities where customer_id in ");
    statement.bind_list(&customers_of(rows)).push(" and id in ").bind_list(&row_ids(rows));
    delete_rows(work, statement)
}

/// Runs a statement that deletes activities.
fn delete_rows(work: &mut Work<'_>, mut statement: Statement) -> Result<(), Error> {
    statement.push(" returning type, occurred_at");
    for (kind, occurred_at) in work.tx.list::<(String, Instant)>(&statement)? {
        work.tallies.add(Figure::Activities, Subject::Name(kind.into()), occurred_at, -1);
    }
    Ok(())
}

pub fn release_external_ids(work: &mut Work<'_>, rows: &[Row]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from activity_external_ids where customer_id in ");
    statement.bind_list(&customers_of(rows)).push(" and activity_id in ").bind_list(&row_ids(rows));
    work.tx.run(&statement)?;
    Ok(())
}

fn customers_of(rows: &[Row]) -> Vec<CustomerId> {
    let mut customers: Vec<CustomerId> = rows.iter().map(|row| row.customer).collect();
    customers.sort();
    customers.dedup();
    customers
}

fn row_ids(rows: &[Row]) -> Vec<ActivityId> {
    rows.iter().map(|row| row.id).collect()
}

pub fn log_deletions(work: &mut Work<'_>, rows: &[Row]) -> Result<(), Error> {
    let mut all = Rows::with_capacity(4, rows.len());
    for row in rows {
        all.push(["activities".into(), row.id.into(), row.kind.as_ref().into(), work.now.into()]);
    }
    work.tx.insert(
        "insert into deletions (entity_type, entity_id, type, deleted_at)",
        all,
        "on conflict (entity_type, entity_id) do nothing",
    )?;
    Ok(())
}

pub fn ids_of(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<ActivityId>, Error> {
    let mut statement = Statement::new("select id from activities where customer_id in ");
    statement.bind_list(customers);
    Ok(work.tx.list(&statement)?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut log = Statement::new("insert into deletions (entity_type, entity_id, type, deleted_at) select 'activities', id, type, cast(");
    log.bind(work.now).push(" as bigint) from activities where customer_id in ").bind_list(customers);
    work.tx.run(&log)?;
    let mut rows = Statement::new("delete from activities where customer_id in ");
    rows.bind_list(customers);
    delete_rows(work, rows)?;
    let mut external_ids = Statement::new("delete from activity_external_ids where customer_id in ");
    external_ids.bind_list(customers);
    work.tx.run(&external_ids)?;
    Ok(())
}

/// Which activities a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub customer: Option<CustomerId>,
    pub kinds: Vec<String>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub modified_since: Option<Instant>,
    /// The place of the last one shown: its time (or, in a list by change, when it changed) and its id.
    pub before: Option<(Instant, i64)>,
}

/// Newest first; with `modified_since`, in the order of change.
pub fn page(work: &mut Work<'_>, wanted: &Wanted, limit: usize) -> Result<Vec<Row>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from activities where "));
    conditions(wanted, &mut statement);
    match (wanted.modified_since, wanted.before) {
        (Some(_), Some((at, id))) => {
            statement.push(" and (updated_at, id) > (").bind(at).push(", ").bind(id).push(")");
        }
        (None, Some((at, id))) => {
            statement.push(" and (occurred_at, id) < (").bind(at).push(", ").bind(id).push(")");
        }
        (_, None) => {}
    }
    let order = if wanted.modified_since.is_some() { "updated_at, id" } else { "occurred_at desc, id desc" };
    statement.push(&format!(" order by {order} limit ")).bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count(work: &mut Work<'_>, wanted: &Wanted) -> Result<i64, Error> {
    let mut statement = Statement::new("select count(*) from activities where ");
    conditions(wanted, &mut statement);
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

fn conditions(wanted: &Wanted, statement: &mut Statement) {
    statement.push("true");
    if let Some(customer) = wanted.customer {
        statement.push(" and customer_id = ").bind(customer);
    }
    if !wanted.kinds.is_empty() {
        let kinds: Vec<&String> = wanted.kinds.iter().collect();
        statement.push(" and type in ").bind_list(&kinds);
    }
    if let Some(from) = wanted.from {
        statement.push(" and occurred_at >= ").bind(from);
    }
    if let Some(to) = wanted.to {
        statement.push(" and occurred_at < ").bind(to);
    }
    if let Some(since) = wanted.modified_since {
        statement.push(" and updated_at >= ").bind(since);
    }
}

/// What is needed of each type, of these customers, in one statement.
pub fn occurrences(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    needs: &BTreeMap<Option<String>, ActivityNeed>,
    mut take: impl FnMut(CustomerId, &Arc<str>, Occurrence),
) -> Result<(), Error> {
    let mut wanted: Vec<(Arc<str>, ActivityNeed)> =
        needs.iter().filter_map(|(kind, need)| Some((kind.as_deref()?.into(), *need))).collect();
    // Whoever has documents comes first: PostgreSQL learns the type of a column from the first rows of a union.
    wanted.sort_by_key(|(_, need)| !need.needs_attributes);
    let Some((_, first)) = wanted.first().filter(|_| !customers.is_empty()) else { return Ok(()) };
    let with_documents = first.needs_attributes;
    let mut statement = Statement::new("");
    for (place, (kind, need)) in wanted.iter().enumerate() {
        let documents = match (with_documents, need.needs_attributes) {
            (true, true) => ", attributes, attributes_folded",
            (true, false) => ", null, null",
            (false, _) => "",
        };
        let union = if place == 0 { "" } else { " union all " };
        statement.push(&format!("{union}select {place}, customer_id, id, occurred_at{documents} from activities where customer_id "));
        if place == 0 {
            statement.push("in ").bind_list(customers)
        } else {
            statement.push("{in_ints $1}")
        };
        statement.push(" and type = ").bind(&**kind);
        statement.push(" and occurred_at >= ").bind(need.reach.since(work.now.0));
    }
    let mut found: Vec<(CustomerId, i64, Occurrence)> = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        let place: i64 = row.get(0)?;
        let needs_attributes = wanted[place as usize].1.needs_attributes;
        let attributes = if needs_attributes { Some(attributes(row, 4)?) } else { None };
        found.push((row.get(1)?, place, Occurrence { id: row.get(2)?, at: row.get(3)?, attributes }));
        Ok(())
    })?;
    found.sort_unstable_by_key(|(customer, place, occurrence)| (*customer, *place, occurrence.at, occurrence.id));
    for (customer, place, occurrence) in found {
        take(customer, &wanted[place as usize].0, occurrence);
    }
    Ok(())
}

/// Activities of every type of these customers.
pub fn occurrences_of_all(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    need: ActivityNeed,
    now: i64,
    mut take: impl FnMut(CustomerId, &Arc<str>, Occurrence),
) -> Result<(), Error> {
    let documents = if need.needs_attributes { ", attributes, attributes_folded" } else { "" };
    let mut statement =
        Statement::new(&format!("select customer_id, id, occurred_at, type{documents} from activities where customer_id in "));
    statement.bind_list(customers);
    statement.push(" and occurred_at >= ").bind(need.reach.since(now)).push(" order by customer_id, type, occurred_at, id");
    let mut last: Arc<str> = "".into();
    work.tx.each(&statement.text, &statement.values, |row| {
        let kind: String = row.get(3)?;
        if *last != *kind {
            last = kind.into();
        }
        let attributes = if need.needs_attributes { Some(attributes(row, 4)?) } else { None };
        take(row.get(0)?, &last, Occurrence { id: row.get(1)?, at: row.get(2)?, attributes });
        Ok(())
    })?;
    Ok(())
}

fn attributes(row: &store::Row<'_>, column: usize) -> Result<Attributes, StoreError> {
    let folded: Option<Value> = row.get(column + 1)?;
    let plain: Value = row.get(column)?;
    Ok(Attributes::from_pair(&plain, folded.as_ref()))
}

/// The latest activities looked at to learn what attributes there are.
const LATEST: i64 = 500;

pub fn latest_attributes(work: &mut Work<'_>) -> Result<Vec<(String, Value)>, Error> {
    Ok(work.tx.all("select type, attributes from activities order by updated_at desc, id desc limit $1", &[LATEST.into()])?)
}

pub fn newest_values(work: &mut Work<'_>, kind: &str, path: &str, newest: i64) -> Result<Vec<(String, i64)>, Error> {
    let text = format!(
        "select value, count(*) from (select {{string a.attributes:{path}}} as value from activities as a where a.type = $1
                                     order by a.occurred_at desc, a.id desc limit $2) as newest
         where value is not null group by value"
    );
    Ok(work.tx.all(&text, &[kind.into(), newest.into()])?)
}

pub fn count_of_kind(work: &mut Work<'_>, kind: &str) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from activities where type = $1", &[kind.into()])?)
}

const TYPE_COLUMNS: &str = "name, label, attributes, is_closed, version, created_at, updated_at";

pub fn types(work: &mut Work<'_>) -> Result<Vec<ActivityType>, Error> {
    Ok(work.tx.all(&format!("select {TYPE_COLUMNS} from activity_types order by name"), &[])?)
}

impl FromRow for ActivityType {
    fn from_row(row: &store::Row<'_>) -> Result<ActivityType, StoreError> {
        let attributes: Value = row.get(2)?;
        let attributes = serde_json::from_value(attributes).map_err(|error| StoreError::bug(format!("attributes of a type: {error}")))?;
        Ok(ActivityType {
            name: row.get(0)?,
            label: row.get(1)?,
            closed: row.get(3)?,
            attributes,
            count: 0,
            version: row.get(4)?,
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    }
}

pub fn register_types(work: &mut Work<'_>, names: &[&str]) -> Result<(), Error> {
    let mut rows = Rows::new(7);
    for name in names {
        rows.push([(*name).into(), (*name).into(), "[]".into(), false.into(), 1.into(), work.now.into(), work.now.into()]);
    }
    work.tx.insert(
        "insert into activity_types (name, label, attributes, is_closed, version, created_at, updated_at)",
        rows,
        "on conflict (name) do nothing",
    )?;
    Ok(())
}

/// Gives false when the name is taken.
pub fn insert_type(work: &mut Work<'_>, known: &ActivityType) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into activity_types (name, label, attributes, is_closed, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6) on conflict (name) do nothing",
        &[
            (&known.name).into(),
            (&known.label).into(),
            serde_json::json!(known.attributes).into(),
            known.closed.into(),
            known.version.into(),
            work.now.into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Gives false when another change came first.
pub fn update_type(work: &mut Work<'_>, known: &ActivityType) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update activity_types set label = $2, attributes = $3, is_closed = $4, version = version + 1, updated_at = $5
         where name = $1 and version = $6",
        &[
            (&known.name).into(),
            (&known.label).into(),
            serde_json::json!(known.attributes).into(),
            known.closed.into(),
            work.now.into(),
            known.version.into(),
        ],
    )?;
    Ok(updated == 1)
}

pub fn delete_type(work: &mut Work<'_>, name: &str) -> Result<(), Error> {
    work.tx.execute("delete from activity_types where name = $1", &[name.into()])?;
    Ok(())
}

pub fn last_of(work: &mut Work<'_>, kind: &str, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Instant>, Error> {
    let mut statement = Statement::new("select customer_id, max(occurred_at) from activities where type = ");
    statement.bind(kind).push(" and customer_id in ").bind_list(customers).push(" group by customer_id");
    let found: Vec<(CustomerId, Instant)> = work.tx.list(&statement)?;
    Ok(found.into_iter().collect())
}

pub fn first_of(work: &mut Work<'_>, customer: CustomerId) -> Result<Option<Instant>, Error> {
    let first: Option<i64> = work.tx.one("select min(occurred_at) from activities where customer_id = $1", &[customer.into()])?;
    Ok(first.map(Instant))
}

/// How many there are in each stretch of time that has any, by its place after `from`.
pub fn density(work: &mut Work<'_>, customer: CustomerId, from: Instant, width_micros: i64) -> Result<Vec<(i64, i64)>, Error> {
    Ok(work.tx.all(
        "select s.place, count(*) from (
           select (occurred_at - $2) / $3 as place from activities where customer_id = $1 and occurred_at >= $2
         ) as s group by s.place",
        &[customer.into(), from.into(), width_micros.into()],
    )?)
}

pub fn last_since(work: &mut Work<'_>, kind: &str, since: Instant, after: i64, limit: usize) -> Result<Vec<(CustomerId, Instant)>, Error> {
    Ok(work.tx.all(
        "select customer_id, max(occurred_at) from activities where type = $1 and occurred_at > $2 and customer_id > $3
         group by customer_id order by customer_id limit $4",
        &[kind.into(), since.into(), after.into(), (limit as i64).into()],
    )?)
}

/// In the order of [`Comers`]. Who did something is found by type and time, when he first did by the primary key; grouped
/// before that, so that he is asked for once.
pub fn comers(work: &mut Work<'_>, kind: &str, before: Instant, start: Instant, end: Instant) -> Result<Comers, Error> {
    Ok(work.tx.one(
        "select count(*) filter (where c.first_ever >= $3), count(*) filter (where c.first_ever < $3 and c.latest >= $3),
           count(*) filter (where c.first_ever >= $2 and c.first_ever < $3), count(*) filter (where c.first_ever < $2 and c.earliest < $3)
         from (select a.customer_id, min(a.occurred_at) as earliest, max(a.occurred_at) as latest,
                 (select min(f.occurred_at) from activities as f where f.customer_id = a.customer_id and f.type = $1) as first_ever
               from activities as a where a.type = $1 and a.occurred_at >= $2 and a.occurred_at < $4 group by a.customer_id) as c",
        &[kind.into(), before.into(), start.into(), end.into()],
    )?)
}

impl FromRow for Comers {
    fn from_row(row: &store::Row<'_>) -> Result<Comers, StoreError> {
        Ok(Comers { new: row.get(0)?, returning: row.get(1)?, new_before: row.get(2)?, returning_before: row.get(3)? })
    }
}

pub fn active_since(work: &mut Work<'_>, kinds: &[String], since: Instant, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    let mut statement = Statement::new("select distinct customer_id from activities where type in ");
    statement.bind_list(kinds).push(" and occurred_at > ").bind(since).push(" and customer_id > ").bind(after);
    statement.push(" order by customer_id limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}

pub const TABLE: Table = Table {
    name: "activities",
    id: "id",
    columns: "type, occurred_at, id, external_id, attributes, attributes_folded, metadata, version, created_at, updated_at",
};

/// External ids are told apart by their type alone, so that their customer is no part of a key.
pub fn hand_external_ids_over(work: &mut Work<'_>, from: CustomerId, into: CustomerId) -> Result<(), Error> {
    work.tx.execute("update activity_external_ids set customer_id = $2 where customer_id = $1", &[from.into(), into.into()])?;
    Ok(())
}

pub fn hand_external_ids_back(work: &mut Work<'_>, from: CustomerId, into: CustomerId, activities: &[i64]) -> Result<(), Error> {
    if activities.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update activity_external_ids set customer_id = ");
    statement.bind(into).push(" where customer_id = ").bind(from).push(" and activity_id in ").bind_list(activities);
    work.tx.run(&statement)?;
    Ok(())
}
