//! SQL of what customers are compared by.

pub mod pairs;
pub mod runs;

use super::describe::{Met, decode_keys};
use crate::error::Error;
use crate::ids::{CustomerId, JobId};
use crate::time::Instant;
use crate::work::Work;
use matching::blocks::{BLOCK_MAX, Key};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// Questions one statement may hold: databases bound what they take.
pub const QUESTIONS_MAX: usize = 250;

/// Rows of keys that are written by one statement.
const KEYS_WRITTEN: usize = 2_000;

/// Rows that are taken away by one statement when all are.
const REMOVED: i64 = 20_000;

/// A key and whose it is.
pub type Noted = (Met, CustomerId);

/// What is stored of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indexed {
    pub customer: CustomerId,
    pub version: i64,
    pub basis: i64,
    pub traits: Vec<u8>,
    pub keys: Vec<u8>,
}

impl FromRow for Indexed {
    fn from_row(row: &Row<'_>) -> Result<Indexed, StoreError> {
        Ok(Indexed { customer: row.get(0)?, version: row.get(1)?, basis: row.get(2)?, traits: row.get(3)?, keys: row.get(4)? })
    }
}

const COLUMNS: &str = "customer_id, version, basis, traits, keys";

pub fn indexed(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Indexed>, Error> {
    let mut statement = Statement::new("select ");
    statement.push(COLUMNS).push(" from duplicate_traits where customer_id in ").bind_list(customers);
    Ok(work.tx.list::<Indexed>(&statement)?.into_iter().map(|one| (one.customer, one)).collect())
}

/// The traits of everybody in the order of their ids, for a full run.
pub fn each_traits(work: &mut Work<'_>, mut take: impl FnMut(CustomerId, &[u8])) -> Result<(), Error> {
    work.tx.each("select customer_id, traits from duplicate_traits order by customer_id", &[], |row| {
        take(row.get(0)?, &row.get::<Vec<u8>>(1)?);
        Ok(())
    })?;
    Ok(())
}

/// Customers after one who are to be compared and are not, or were changed since.
pub fn stale(work: &mut Work<'_>, basis: i64, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    Ok(work.tx.all(
        "select c.id from customers as c left join duplicate_traits as t on t.customer_id = c.id
         where c.id > $1 and ((t.customer_id is null and c.published and c.active) or t.version <> c.version or t.basis <> $2)
         order by c.id limit $3",
        &[after.into(), basis.into(), (limit as i64).into()],
    )?)
}

/// How many they are in all.
pub fn count_stale(work: &mut Work<'_>, basis: i64) -> Result<i64, Error> {
    Ok(work.tx.one(
        "select count(*) from customers as c left join duplicate_traits as t on t.customer_id = c.id
         where (t.customer_id is null and c.published and c.active) or t.version <> c.version or t.basis <> $1",
        &[basis.into()],
    )?)
}

pub fn put(work: &mut Work<'_>, indexed: &[Indexed]) -> Result<(), Error> {
    let indexed: Vec<&Indexed> = indexed.iter().collect();
    put_traits(work, &indexed)?;
    put_keys(work, &keys_of(indexed))
}

pub fn put_traits(work: &mut Work<'_>, indexed: &[&Indexed]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(5, indexed.len());
    for one in indexed {
        let (traits, keys) = (one.traits.clone(), one.keys.clone());
        rows.push([one.customer.into(), one.version.into(), one.basis.into(), traits.into(), keys.into()]);
    }
    let suffix = "on conflict (customer_id) do update set version = excluded.version, basis = excluded.basis, \
         traits = excluded.traits, keys = excluded.keys";
    work.tx.insert("insert into duplicate_traits (customer_id, version, basis, traits, keys)", rows, suffix)?;
    Ok(())
}

pub fn put_keys(work: &mut Work<'_>, keys: &[Noted]) -> Result<(), Error> {
    for some in keys.chunks(KEYS_WRITTEN) {
        let mut rows = Rows::with_capacity(4, some.len());
        some.iter().for_each(|(met, customer)| rows.push([met.kind.into(), met.key.key.into(), met.key.sub.into(), (*customer).into()]));
        work.tx.insert("insert into duplicate_keys (kind, key, sub, customer_id)", rows, "on conflict do nothing")?;
    }
    Ok(())
}

/// The keys that are noted with traits.
pub fn keys_of<'i>(indexed: impl IntoIterator<Item = &'i Indexed>) -> Vec<Noted> {
    indexed.into_iter().flat_map(|one| noted(one.customer, &one.keys)).collect()
}

fn noted(customer: CustomerId, keys: &[u8]) -> impl Iterator<Item = Noted> {
    decode_keys(keys).into_iter().map(move |met| (met, customer))
}

/// The keys that are noted with the traits of these customers.
pub fn noted_keys(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<Noted>, Error> {
    let mut statement = Statement::new("select customer_id, keys from duplicate_traits where customer_id in ");
    statement.bind_list(customers);
    let mut keys = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        keys.extend(noted(row.get(0)?, &row.get::<Vec<u8>>(1)?));
        Ok(())
    })?;
    Ok(keys)
}

/// Those of a kind that are noted with the traits of everybody, with whose they are.
pub fn keys_of_kind(work: &mut Work<'_>, kind: i64) -> Result<Vec<(Key, CustomerId)>, Error> {
    let mut keys = Vec::new();
    work.tx.each("select customer_id, keys from duplicate_traits", &[], |row| {
        let (customer, noted): (CustomerId, Vec<u8>) = (row.get(0)?, row.get(1)?);
        keys.extend(decode_keys(&noted).into_iter().filter(|met| met.kind == kind).map(|met| (met.key, customer)));
        Ok(())
    })?;
    Ok(keys)
}

/// Takes these customers out of what is compared.
pub fn remove(work: &mut Work<'_>, indexed: &[&Indexed]) -> Result<(), Error> {
    let customers: Vec<CustomerId> = indexed.iter().map(|one| one.customer).collect();
    if customers.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from duplicate_traits where customer_id in ");
    statement.bind_list(&customers);
    work.tx.run(&statement)?;
    remove_keys(work, &keys_of(indexed.iter().copied()))
}

pub fn remove_keys(work: &mut Work<'_>, keys: &[Noted]) -> Result<(), Error> {
    for some in keys.chunks(KEYS_WRITTEN) {
        let mut statement = Statement::new("delete from duplicate_keys where (kind, key, sub, customer_id) in (values ");
        for (place, (met, customer)) in some.iter().enumerate() {
            statement.push(if place == 0 { "" } else { ", " });
            for (part, value) in [met.kind, met.key.key, met.key.sub, customer.0].into_iter().enumerate() {
                statement.push(if part == 0 { "(cast(" } else { ", cast(" }).bind(value).push(" as bigint)");
            }
            statement.push(")");
        }
        statement.push(")");
        work.tx.run(&statement)?;
    }
    Ok(())
}

/// How many were described in another way than now.
pub fn count_of_other_basis(work: &mut Work<'_>, basis: i64) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from duplicate_traits where basis <> $1", &[basis.into()])?)
}

/// Takes some of all keys and traits away; gives how many they were.
pub fn remove_some(work: &mut Work<'_>) -> Result<u64, Error> {
    let keys = work.tx.execute(
        "delete from duplicate_keys where (kind, key, sub, customer_id) in
           (select kind, key, sub, customer_id from duplicate_keys order by kind, key, sub, customer_id limit $1)",
        &[REMOVED.into()],
    )?;
    if 0 < keys {
        return Ok(keys);
    }
    Ok(work.tx.execute(
        "delete from duplicate_traits where customer_id in (select customer_id from duplicate_traits order by customer_id limit $1)",
        &[REMOVED.into()],
    )?)
}

/// A look for those who share a key with a customer, ever narrower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Look {
    Block(Met),
    /// Only those who agree in the first mark that splits the block.
    Half(Met),
    /// Only those who agree in both, before and behind the customer.
    Neighbours(Met, CustomerId),
}

/// Who is found by each look, [`BLOCK_MAX`] and one at most; nobody is looked for twice.
pub fn look(work: &mut Work<'_>, looks: &[Look]) -> Result<Vec<Vec<CustomerId>>, Error> {
    let mut found = vec![Vec::new(); looks.len()];
    for (number, some) in looks.chunks(QUESTIONS_MAX).enumerate() {
        let mut statement = Statement::new("");
        for (place, look) in some.iter().enumerate() {
            statement.push(if place == 0 { "" } else { " union all " });
            ask(&mut statement, place as i64, *look);
        }
        let first = number * QUESTIONS_MAX;
        work.tx.each(&statement.text, &statement.values, |row| {
            found[first + row.get::<i64>(0)? as usize].push(row.get(1)?);
            Ok(())
        })?;
    }
    Ok(found)
}

fn ask(statement: &mut Statement, place: i64, look: Look) {
    let (Look::Block(met) | Look::Half(met) | Look::Neighbours(met, _)) = look;
    let begin = |statement: &mut Statement| {
        statement
            .push("select place, customer_id from (select ")
            .push(&place.to_string())
            .push(" as place, customer_id from duplicate_keys where kind = ");
        statement.bind(met.kind).push(" and key = ").bind(met.key.key);
    };
    let end = |statement: &mut Statement, limit: usize| {
        statement.push(" limit ").push(&limit.to_string()).push(") as found").push(&place.to_string());
    };
    begin(statement);
    match look {
        Look::Block(_) => end(statement, BLOCK_MAX + 1),
        Look::Half(_) => {
            let (low, high) = met.key.half();
            statement.push(" and sub between ").bind(low).push(" and ").bind(high);
            end(statement, BLOCK_MAX + 1);
        }
        Look::Neighbours(_, customer) => {
            statement.push(" and sub = ").bind(met.key.sub).push(" and customer_id < ").bind(customer).push(" order by customer_id desc");
            end(statement, BLOCK_MAX);
            statement.push(" union all ");
            begin(statement);
            statement.push(" and sub = ").bind(met.key.sub).push(" and customer_id > ").bind(customer).push(" order by customer_id");
            statement.push(" limit ").push(&BLOCK_MAX.to_string()).push(") as found").push(&place.to_string());
        }
    }
}

/// Lets one unit at a time compare: two that cannot see each other's customers would miss that these are one person. Gives
/// the mark that stands while keys may be missing: until when somebody is taken to be writing them.
pub fn take_turn(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    let mut turn = Rows::new(2);
    turn.push([TURN.into(), 0.into()]);
    work.tx.insert("insert into schedules (name, next_at)", turn, "on conflict (name) do nothing")?;
    let mark = work.tx.one("select next_at from schedules where name = $1 {for_update}", &[TURN.into()])?;
    Ok(until(mark))
}

const TURN: &str = "compare_customers";

fn until(mark: i64) -> Option<Instant> {
    (mark != 0).then_some(Instant(mark))
}

/// Sets the mark, or takes it away. For units that have taken their turn.
pub fn mark(work: &mut Work<'_>, until: Option<Instant>) -> Result<(), Error> {
    let mark = until.map_or(0, |until| until.0);
    work.tx.execute("update schedules set next_at = $2 where name = $1", &[TURN.into(), mark.into()])?;
    Ok(())
}

pub fn marked(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    let mark = work.tx.first("select next_at from schedules where name = $1", &[TURN.into()])?;
    Ok(mark.and_then(until))
}

/// Lets the mark stand a while longer, if there is one.
pub fn keep_mark(work: &mut Work<'_>, until: Instant) -> Result<(), Error> {
    work.tx.execute("update schedules set next_at = $2 where name = $1 and next_at <> 0", &[TURN.into(), until.0.into()])?;
    Ok(())
}

/// The job whose full run is under way, or was the last; locked by this unit.
pub fn run_in_hand(work: &mut Work<'_>) -> Result<JobId, Error> {
    work.tx.execute("insert into schedules (name, next_at) values ('find_duplicates', 0) on conflict (name) do nothing", &[])?;
    Ok(JobId(work.tx.one("select next_at from schedules where name = 'find_duplicates' {for_update}", &[])?))
}

pub fn take_run(work: &mut Work<'_>, job: JobId) -> Result<(), Error> {
    work.tx.execute("update schedules set next_at = $1 where name = 'find_duplicates'", &[job.into()])?;
    Ok(())
}

/// How many customers are compared.
pub fn count(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from duplicate_traits", &[])?)
}
