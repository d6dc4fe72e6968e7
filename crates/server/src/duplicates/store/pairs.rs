//! SQL of pairs. Each stands there twice, once for either customer; lists read it where the smaller id comes first.

use crate::duplicates::clusters::Two;
use crate::duplicates::model::{Judged, State, Stored};
use crate::error::Error;
use crate::ids::{CustomerId, PairId};
use crate::work::Work;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::HashSet;
use store::{FromRow, Row, Rows, Statement, StoreError};

const COLUMNS: &str = "p.pair_id, p.state, p.customer_id, p.other_id, p.probability, p.household, p.bits, p.rules, p.reasons, p.judged, \
     p.found_at, p.changed_at, p.changed_by";

/// Customers one statement walks to from a pair.
const CLUSTER_MAX: i64 = 100;

impl FromRow for Stored {
    fn from_row(row: &Row<'_>) -> Result<Stored, StoreError> {
        Ok(Stored {
            id: row.get(0)?,
            state: if row.get::<String>(1)? == State::Declined.as_str() { State::Declined } else { State::Open },
            pair: Judged {
                customer: row.get(2)?,
                other: row.get(3)?,
                probability: row.get(4)?,
                household: row.get(5)?,
                bits: row.get(6)?,
                rules: list_of(row, 7)?,
                reasons: list_of(row, 8)?,
                judged: row.get(9)?,
            },
            found_at: row.get(10)?,
            changed_at: row.get(11)?,
            changed_by: row.get(12)?,
        })
    }
}

fn list_of<T: DeserializeOwned>(row: &Row<'_>, place: usize) -> Result<Vec<T>, StoreError> {
    serde_json::from_value(row.get(place)?).map_err(|error| StoreError::bug(format!("a pair cannot be read: {error}")))
}

/// Which pairs a list shows.
#[derive(Debug, Clone)]
pub struct Narrowed {
    pub state: State,
    pub min_probability: Option<f64>,
    /// Folded.
    pub words: String,
}

/// By probability, the likeliest first, after a place in that order; one more than `limit` if there are more.
pub fn list(work: &mut Work<'_>, narrowed: &Narrowed, after: Option<(f64, i64)>, limit: usize) -> Result<Vec<Stored>, Error> {
    let mut statement = Statement::new("select ");
    statement.push(COLUMNS).push(" from duplicate_pairs as p where p.customer_id < p.other_id and p.state = ");
    narrow(&mut statement, narrowed);
    if let Some((probability, id)) = after {
        statement.push(" and (p.probability, p.pair_id) < (").bind(probability).push(", ").bind(id).push(")");
    }
    statement.push(" order by p.probability desc, p.pair_id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count(work: &mut Work<'_>, narrowed: &Narrowed) -> Result<i64, Error> {
    let mut statement = Statement::new("select count(*) from duplicate_pairs as p where p.customer_id < p.other_id and p.state = ");
    narrow(&mut statement, narrowed);
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

fn narrow(statement: &mut Statement, narrowed: &Narrowed) {
    statement.bind(narrowed.state.as_str());
    if let Some(least) = narrowed.min_probability {
        statement.push(" and p.probability >= ").bind(least);
    }
    if !narrowed.words.is_empty() {
        let words = narrowed.words.as_str();
        statement.push(" and exists (select 1 from (select ").bind(words).push(" as words) as w cross join customers as c ");
        statement.push("where c.id in (p.customer_id, p.other_id) and {contains c.search_folded w.words})");
    }
}

pub fn read(work: &mut Work<'_>, pair: PairId) -> Result<Option<Stored>, Error> {
    let text = format!("select {COLUMNS} from duplicate_pairs as p where p.pair_id = $1 and p.customer_id < p.other_id");
    Ok(work.tx.first(&text, &[pair.into()])?)
}

/// The pairs these customers are in, each once, the likeliest first.
pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<Stored>, Error> {
    let mut statement = Statement::new("select ");
    statement.push(COLUMNS).push(" from duplicate_pairs as p where p.customer_id in ").bind_list(customers);
    statement.push(" order by p.probability desc, p.pair_id desc");
    let mut found: Vec<Stored> = work.tx.list(&statement)?;
    let mut seen = HashSet::new();
    found.retain_mut(|stored| {
        let (one, other) = (stored.pair.customer, stored.pair.other);
        (stored.pair.customer, stored.pair.other) = (one.min(other), one.max(other));
        seen.insert(stored.id)
    });
    Ok(found)
}

/// The two customers of every pair, the smaller id first.
pub fn all(work: &mut Work<'_>) -> Result<Vec<Two>, Error> {
    Ok(work.tx.all("select customer_id, other_id from duplicate_pairs where customer_id < other_id order by customer_id, other_id", &[])?)
}

/// Each of the customers with whoever he is a pair with, and how likely they are one.
pub fn partners(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, CustomerId, f64)>, Error> {
    let mut statement = Statement::new("select customer_id, other_id, probability from duplicate_pairs where customer_id in ");
    statement.bind_list(customers);
    Ok(work.tx.list(&statement)?)
}

pub fn put(work: &mut Work<'_>, pairs: &[Stored]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(13, 2 * pairs.len());
    for stored in pairs {
        let Judged { customer, other, probability, household, bits, rules, reasons, judged } = &stored.pair;
        for (one, two) in [(*customer, *other), (*other, *customer)] {
            rows.push([
                one.into(),
                two.into(),
                stored.id.into(),
                stored.state.as_str().into(),
                (*probability).into(),
                (*household).into(),
                (*bits).into(),
                json!(rules).into(),
                json!(reasons).into(),
                (*judged).into(),
                stored.found_at.into(),
                stored.changed_at.into(),
                stored.changed_by.clone().into(),
            ]);
        }
    }
    let suffix = "on conflict (customer_id, other_id) do update set state = excluded.state, probability = excluded.probability, \
         household = excluded.household, bits = excluded.bits, rules = excluded.rules, reasons = excluded.reasons, \
         judged = excluded.judged, changed_at = excluded.changed_at, changed_by = excluded.changed_by";
    work.tx.insert(
        "insert into duplicate_pairs (customer_id, other_id, pair_id, state, probability, household, bits, rules, reasons, judged, \
         found_at, changed_at, changed_by)",
        rows,
        suffix,
    )?;
    Ok(())
}

pub fn remove(work: &mut Work<'_>, pairs: &[PairId]) -> Result<(), Error> {
    if pairs.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from duplicate_pairs where pair_id in ");
    statement.bind_list(pairs);
    work.tx.run(&statement)?;
    Ok(())
}

/// Everybody who hangs together with a customer by open pairs, in the order of their ids.
pub fn cluster(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<CustomerId>, Error> {
    Ok(work.tx.all(
        "with recursive members (id) as (
           select cast($1 as bigint) union
           select p.other_id from members as m join duplicate_pairs as p on p.customer_id = m.id and p.state = 'open'
         )
         select id from members order by id limit $2",
        &[customer.into(), CLUSTER_MAX.into()],
    )?)
}

/// The two customers of every open pair, and how likely they are one.
pub fn open(work: &mut Work<'_>) -> Result<Vec<(CustomerId, CustomerId, f64)>, Error> {
    let mut found = Vec::new();
    work.tx.each(
        "select customer_id, other_id, probability from duplicate_pairs where customer_id < other_id and state = 'open'",
        &[],
        |row| {
            found.push((row.get(0)?, row.get(1)?, row.get(2)?));
            Ok(())
        },
    )?;
    Ok(found)
}
