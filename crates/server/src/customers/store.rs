//! SQL of the customers: rows in and out, many at once.

pub mod aliases;
pub mod facts;
pub mod history;
pub mod joining;
pub mod list;
pub mod values;

use super::model::{CustomerName, Membership};
use super::profile::Profile;
use crate::error::Error;
use crate::ids::{CompanyId, CustomerId};
use crate::rollups::{Figure, Subject};
use crate::time::Instant;
use crate::work::Work;
use condition::fold_document;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use store::{FromRow, Row, Rows, Statement, StoreError};

/// A customer's row. His external ids are in the identities.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub id: CustomerId,
    pub token: String,
    pub profile: Profile,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What he is known by as it is spelled, to be found by a search.
    pub known_by: Vec<String>,
    /// What is counted of the row that stands; absent when there is none yet.
    pub stands: Option<Standing>,
}

/// What the roll-ups count of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    pub active: bool,
    pub known: bool,
}

impl Standing {
    fn of(profile: &Profile) -> Standing {
        Standing { active: profile.active, known: profile.is_known() }
    }

    fn tally(self, work: &mut Work<'_>, created_at: Instant, count: i64) {
        work.tallies.add(Figure::Customers, Subject::active(self.active), created_at, count);
        if self.known {
            work.tallies.add(Figure::Known, Subject::Word("known"), created_at, count);
        }
    }
}

/// The texts that have a folded column, as `(JSON name, column)`; the order of the columns in [`COLUMNS`].
const TEXTS: [&str; 12] =
    ["email", "salutation", "gender", "firstname", "lastname", "street", "zip", "city", "countryCode", "phone", "language", "timeZone"];

const COLUMNS: &str = "c.id, c.token, c.published, c.active, c.email_ok, c.birth_date, c.profiling_consent, c.fields, c.version, \
     c.created_at, c.updated_at, c.email, c.salutation, c.gender, c.firstname, c.lastname, c.street, c.zip, c.city, c.country_code, \
     c.phone, c.language, c.time_zone, c.company_id";

const INSERT: &str = "insert into customers (id, token, published, active, email_ok, birth_date, profiling_consent, fields, version, \
     created_at, updated_at, fields_folded, search_folded, email, email_folded, salutation, salutation_folded, gender, gender_folded, \
     firstname, firstname_folded, lastname, lastname_folded, street, street_folded, zip, zip_folded, city, city_folded, country_code, \
     country_code_folded, phone, phone_folded, language, language_folded, time_zone, time_zone_folded, company_id)";

const WIDTH: usize = 38;

const UPDATE: &str = "on conflict (id) do update set published = excluded.published, active = excluded.active, \
     email_ok = excluded.email_ok, birth_date = excluded.birth_date, profiling_consent = excluded.profiling_consent, \
     fields = excluded.fields, version = excluded.version, updated_at = excluded.updated_at, fields_folded = excluded.fields_folded, \
     search_folded = excluded.search_folded, email = excluded.email, email_folded = excluded.email_folded, \
     salutation = excluded.salutation, salutation_folded = excluded.salutation_folded, gender = excluded.gender, \
     gender_folded = excluded.gender_folded, firstname = excluded.firstname, firstname_folded = excluded.firstname_folded, \
     lastname = excluded.lastname, lastname_folded = excluded.lastname_folded, street = excluded.street, \
     street_folded = excluded.street_folded, zip = excluded.zip, zip_folded = excluded.zip_folded, city = excluded.city, \
     city_folded = excluded.city_folded, country_code = excluded.country_code, country_code_folded = excluded.country_code_folded, \
     phone = excluded.phone, phone_folded = excluded.phone_folded, language = excluded.language, \
     language_folded = excluded.language_folded, time_zone = excluded.time_zone, time_zone_folded = excluded.time_zone_folded, \
     company_id = excluded.company_id";

pub fn insert(work: &mut Work<'_>, customers: &[Stored]) -> Result<(), Error> {
    let rows = rows(customers)?;
    work.tx.insert(INSERT, rows, "")?;
    tally(work, customers);
    let mut revisions = Rows::with_capacity(2, customers.len());
    customers.iter().for_each(|customer| revisions.push([customer.id.into(), 1.into()]));
    work.tx.insert("insert into customer_revisions (customer_id, revision)", revisions, "")?;
    work.locked.extend(customers.iter().map(|customer| (customer.id, 1)));
    Ok(())
}

/// Writes customers whose rows this unit has locked, so that each of them exists.
pub fn update(work: &mut Work<'_>, customers: &[Stored]) -> Result<(), Error> {
    let rows = rows(customers)?;
    work.tx.insert(INSERT, rows, UPDATE)?;
    tally(work, customers);
    Ok(())
}

/// What writing these rows changes in the roll-ups.
fn tally(work: &mut Work<'_>, customers: &[Stored]) {
    for customer in customers {
        Standing::of(&customer.profile).tally(work, customer.created_at, 1);
        customer.stands.into_iter().for_each(|stood| stood.tally(work, customer.created_at, -1));
    }
}

fn rows(customers: &[Stored]) -> Result<Rows, Error> {
    let mut rows = Rows::with_capacity(WIDTH, customers.len());
    for customer in customers {
        let profile = &customer.profile;
        let fields = Value::Object(profile.fields.clone());
        let folded = fold_document(&fields);
        let mut row: Vec<store::Value> = vec![
            customer.id.into(),
            (&customer.token).into(),
            profile.published.into(),
            profile.active.into(),
            profile.email_ok.into(),
            profile.birth_date.clone().into(),
            profile.profiling_consent.into(),
            (&fields).into(),
            customer.version.into(),
            customer.created_at.into(),
            customer.updated_at.into(),
            folded.as_ref().unwrap_or(&fields).into(),
            profile.search_text(&customer.known_by).into(),
        ];
        for name in TEXTS {
            let text = profile.text(name).and_then(Option::as_ref);
            row.push(text.cloned().into());
            row.push(text.map(|text| sql::fold(text)).into());
        }
        row.push(profile.company_id.map(|company| company.0).into());
        let row: [store::Value; WIDTH] = row.try_into().map_err(|_| StoreError::bug("a customer's row has another width"))?;
        rows.push(row);
    }
    Ok(rows)
}

pub fn read(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<Vec<Stored>, Error> {
    let mut statement = Statement::new("select ");
    statement.push(COLUMNS).push(" from customers as c where c.id in ").bind_list(ids).push(" order by c.id");
    Ok(work.tx.list(&statement)?)
}

pub fn current_versions(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, i64>, Error> {
    let mut statement = Statement::new("select id, version from customers where id in ");
    statement.bind_list(ids);
    Ok(work.tx.list::<(CustomerId, i64)>(&statement)?.into_iter().collect())
}

impl FromRow for Stored {
    fn from_row(row: &Row<'_>) -> Result<Stored, StoreError> {
        let fields = match row.get::<Value>(7)? {
            Value::Object(fields) => fields,
            other => return Err(StoreError::bug(format!("the fields of a customer are {other}"))),
        };
        let mut profile = Profile {
            published: row.get(2)?,
            active: row.get(3)?,
            email_ok: row.get(4)?,
            birth_date: row.get(5)?,
            profiling_consent: row.get(6)?,
            company_id: row.get(23)?,
            fields,
            ..Profile::default()
        };
        for (place, name) in TEXTS.iter().enumerate() {
            let text = profile.text_mut(name).ok_or_else(|| StoreError::bug(format!("{name} is no text")))?;
            *text = row.get(11 + place)?;
        }
        Ok(Stored {
            id: row.get(0)?,
            token: row.get(1)?,
            stands: Some(Standing::of(&profile)),
            profile,
            version: row.get(8)?,
            created_at: row.get(9)?,
            updated_at: row.get(10)?,
            known_by: Vec::new(),
        })
    }
}

/// Locks customers in the order of their ids, which is what keeps two units from waiting for each other in a circle, and
/// moves their revisions on. Those this unit has locked before stay as they are.
pub fn lock(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashSet<CustomerId>, Error> {
    let open: Vec<CustomerId> = ids.iter().filter(|id| !work.locked.contains_key(id)).copied().collect();
    if !open.is_empty() {
        let mut statement = Statement::new("with held as (select customer_id from customer_revisions where customer_id in ");
        statement.bind_list(&open).push(" order by customer_id {for_update}) ");
        statement.push("update customer_revisions set revision = revision + 1 where customer_id in (select customer_id from held) ");
        statement.push("returning customer_id, revision");
        let locked = work.tx.list::<(CustomerId, i64)>(&statement)?;
        work.locked.extend(locked);
        // Whoever had them locked meanwhile may have been later than this unit began: what he did must not lie in its future.
        work.now = work.now.max(work.app.clock.now());
    }
    Ok(ids.iter().filter(|id| work.locked.contains_key(id)).copied().collect())
}

pub fn delete(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<(), Error> {
    let mut rows = Statement::new("delete from customers where id in ");
    rows.bind_list(ids).push(" returning created_at, active, coalesce(email, phone, firstname, lastname) is not null");
    for (created_at, active, known) in work.tx.list::<(Instant, bool, bool)>(&rows)? {
        Standing { active, known }.tally(work, created_at, -1);
    }
    let mut revisions = Statement::new("delete from customer_revisions where customer_id in ");
    revisions.bind_list(ids);
    work.tx.run(&revisions)?;
    work.locked.retain(|id, _| !ids.contains(id));
    Ok(())
}

pub fn page_of_ids(work: &mut Work<'_>, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    Ok(work.tx.all("select id from customers where id > $1 order by id limit $2", &[after.into(), (limit as i64).into()])?)
}

pub fn page_of_ids_by_active(work: &mut Work<'_>, active: bool, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    let values = [active.into(), after.into(), (limit as i64).into()];
    Ok(work.tx.all("select id from customers where active = $1 and id > $2 order by id limit $3", &values)?)
}

pub fn count(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from customers", &[])?)
}

pub fn count_with_phone(work: &mut Work<'_>, folded: &str) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from customers where phone_folded = $1", &[folded.into()])?)
}

pub fn of_company(work: &mut Work<'_>, company: CompanyId) -> Result<Vec<CustomerId>, Error> {
    Ok(work.tx.all("select id from customers where company_id = $1 order by id", &[company.into()])?)
}

pub fn names(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, CustomerName>, Error> {
    let mut statement = Statement::new("select id, email, firstname, lastname from customers where id in ");
    statement.bind_list(ids);
    let mut names = HashMap::with_capacity(ids.len());
    work.tx.each(&statement.text, &statement.values, |row| {
        names.insert(row.get(0)?, CustomerName { email: row.get(1)?, firstname: row.get(2)?, lastname: row.get(3)? });
        Ok(())
    })?;
    Ok(names)
}

/// The segments these customers are in, by group and name.
pub fn memberships(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<Membership>>, Error> {
    let mut statement = Statement::new(
        "select m.customer_id, s.id, s.name, g.id, g.name, s.reference, s.calculated, m.source, m.since, m.counter
         from memberships as m
         join segments as s on s.id = m.segment_id and s.generation = m.generation
         join segment_groups as g on g.id = s.group_id
         where m.customer_id in ",
    );
    statement.bind_list(ids).push(" order by m.customer_id, g.sort_order, g.name, s.name, s.id");
    let mut of: HashMap<CustomerId, Vec<Membership>> = HashMap::with_capacity(ids.len());
    work.tx.each(&statement.text, &statement.values, |row| {
        of.entry(row.get(0)?).or_default().push(Membership {
            id: row.get(1)?,
            name: row.get(2)?,
            group_id: row.get(3)?,
            group_name: row.get(4)?,
            reference: row.get(5)?,
            calculated: row.get(6)?,
            source: row.get(7)?,
            since: row.get(8)?,
            counter: row.get(9)?,
        });
        Ok(())
    })?;
    Ok(of)
}

/// Active, published customers who have these values in the fields of a combination, the first of each first.
pub fn twins(work: &mut Work<'_>, combination: &[String], wanted: &[&Vec<String>]) -> Result<Vec<(Vec<String>, CustomerId)>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new("select c.id");
    for place in 1..=combination.len() {
        statement.push(&format!(", w.column{place}"));
    }
    statement.push(" from (values ");
    for place in 0..wanted.len().next_power_of_two() {
        let values = wanted.get(place).unwrap_or(&wanted[wanted.len() - 1]);
        statement.push(if place == 0 { "(" } else { ", (" });
        for (part, value) in values.iter().enumerate() {
            statement.push(if part == 0 { "" } else { ", " }).bind(value);
        }
        statement.push(")");
    }
    // A cross join keeps the order of the tables: a few values first, then the customers by index.
    statement.push(") as w cross join customers as c where c.active and c.published");
    for (place, name) in combination.iter().enumerate() {
        statement.push(&format!(" and {} = w.column{}", folded(name), place + 1));
    }
    statement.push(" order by c.id");
    let mut twins = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        let values = (1..=combination.len()).map(|place| row.get(place)).collect::<Result<Vec<String>, StoreError>>()?;
        twins.push((values, row.get(0)?));
        Ok(())
    })?;
    // The values that fill the list up repeat its last entry.
    let mut seen = HashSet::new();
    twins.retain(|twin| seen.insert(twin.clone()));
    Ok(twins)
}

/// The folded form of a field as an expression; names are checked when they are defined. Those that lists are sorted by
/// are spelled like the indexes for it.
fn folded(name: &str) -> String {
    match name {
        "email" | "firstname" | "lastname" | "zip" | "city" => format!("coalesce(c.{name}_folded, '')"),
        "salutation" | "gender" | "street" | "phone" | "language" => format!("c.{name}_folded"),
        "countryCode" => "c.country_code_folded".to_owned(),
        "timeZone" => "c.time_zone_folded".to_owned(),
        "birthDate" => "c.birth_date".to_owned(),
        custom => format!("{{string c.fields_folded:{custom}}}"),
    }
}

/// Those of these customers who have a value stored under this name: their documents, plain and folded.
pub fn holders(work: &mut Work<'_>, ids: &[CustomerId], name: &str) -> Result<Vec<(CustomerId, Value, Value)>, Error> {
    let mut statement = Statement::new("select id, fields, fields_folded from customers where ");
    statement.push(&format!("{{kind fields:{name}}} is not null and id in ")).bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

/// Writes the documents of these customers without the name. Their rows are locked by this unit.
pub fn clear(work: &mut Work<'_>, holders: Vec<(CustomerId, Value, Value)>, name: &str) -> Result<(), Error> {
    let mut statement = Statement::new("update customers set fields = w.fields, fields_folded = w.folded from (");
    for (place, (id, mut plain, mut folded)) in holders.into_iter().enumerate() {
        for document in [&mut plain, &mut folded] {
            if let Some(members) = document.as_object_mut() {
                members.shift_remove(name);
            }
        }
        statement.push(if place == 0 { "select cast(" } else { " union all select cast(" }).bind(id);
        statement
            .push(" as bigint) as id, cast(")
            .bind(plain)
            .push(" as {json}) as fields, cast(")
            .bind(folded)
            .push(" as {json}) as folded");
    }
    statement.push(") as w where customers.id = w.id");
    if !statement.values.is_empty() {
        work.tx.run(&statement)?;
    }
    Ok(())
}
