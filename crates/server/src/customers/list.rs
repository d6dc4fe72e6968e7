//! Lists of customers: searched, filtered, sorted, page by page.

use super::model::Customer;
use super::store;
use crate::catalogue;
use crate::error::Error;
use crate::http::{Listing, Page};
use crate::ids::{CustomerId, SegmentId};
use crate::work::Work;
use condition::Tree;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Words a search may have, and segments a list may be narrowed to.
const WORDS_MAX: usize = 10;
pub const SEGMENTS_MAX: usize = 50;

/// Which customers, in which order.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Every one of these words is in name, address, mail, phone, external ids or texts of custom fields; folded.
    pub words: Vec<String>,
    /// A condition tree.
    pub filter: Option<Value>,
    pub segments: Vec<SegmentId>,
    /// In all of the segments; else in any of them.
    pub in_all: bool,
    pub is_active: Option<bool>,
    pub is_published: Option<bool>,
    pub sort: Sort,
}

impl Wanted {
    /// Whether nothing but a filter can keep a customer out.
    pub fn is_anybody(&self) -> bool {
        self.words.is_empty() && self.segments.is_empty() && self.is_active.is_none() && self.is_published.is_none()
    }
}

/// What a list is sorted by. Customers without a value come first, and those with the same in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Key {
    #[default]
    Id,
    CreatedAt,
    UpdatedAt,
    Lastname,
    Firstname,
    Email,
    City,
    Zip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sort {
    pub key: Key,
    pub descending: bool,
}

impl Sort {
    /// `lastname`, or `-lastname` for the other way round.
    pub fn parse(text: &str) -> Result<Sort, Error> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        match serde_json::from_value(Value::String(name.to_owned())) {
            Ok(key) => Ok(Sort { key, descending }),
            Err(_) => {
                let message = "sort by id, createdAt, updatedAt, lastname, firstname, email, city or zip, with - before it for descending";
                Err(Error::invalid("/sort", "unknown", message))
            }
        }
    }
}

/// The place of a customer in a list: the order, his value in it, his id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place(pub Sort, pub SortValue, pub i64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortValue {
    Number(i64),
    Text(String),
}

impl Place {
    fn of(sort: Sort, customer: &Customer) -> Place {
        let text = |text: &Option<String>| SortValue::Text(text.as_deref().map(sql::fold).unwrap_or_default());
        let value = match sort.key {
            Key::Id => SortValue::Number(customer.id.0),
            Key::CreatedAt => SortValue::Number(customer.created_at.0),
            Key::UpdatedAt => SortValue::Number(customer.updated_at.0),
            Key::Lastname => text(&customer.profile.lastname),
            Key::Firstname => text(&customer.profile.firstname),
            Key::Email => text(&customer.profile.email),
            Key::City => text(&customer.profile.city),
            Key::Zip => text(&customer.profile.zip),
        };
        Place(sort, value, customer.id.0)
    }
}

/// A search as folded words.
pub fn words(search: &str) -> Result<Vec<String>, Error> {
    let words: Vec<String> = sql::fold_for_search(search).split_whitespace().map(str::to_owned).collect();
    match words.len() <= WORDS_MAX {
        true => Ok(words),
        false => Err(Error::invalid("/q", "too_long", format!("search for {WORDS_MAX} words at most"))),
    }
}

/// One page of customers with their segments, in a constant number of statements.
pub fn list(work: &mut Work<'_>, wanted: &Wanted, listing: &Listing) -> Result<Page<Customer>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<Place>()?;
    let is_numbered = matches!(wanted.sort.key, Key::Id | Key::CreatedAt | Key::UpdatedAt);
    let fits = |place: &Place| place.0 == wanted.sort && is_numbered == matches!(place.1, SortValue::Number(_));
    if after.as_ref().is_some_and(|place| !fits(place)) {
        return Err(Error::invalid("/cursor", "invalid", "this cursor was made for another order"));
    }
    let filter = check(work, wanted)?;
    let ids = store::list::page(work, wanted, filter.as_ref(), after.as_ref(), limit)?;
    let total = if listing.count { Some(store::list::count(work, wanted, filter.as_ref())?) } else { None };
    let customers = super::read_many(work, &ids)?;
    Ok(Page::of(customers, limit, total, |customer| Place::of(wanted.sort, customer)))
}

/// What is wrong with a wish, said before anyone is read; else its condition.
pub fn check(work: &mut Work<'_>, wanted: &Wanted) -> Result<Option<Tree>, Error> {
    if SEGMENTS_MAX < wanted.segments.len() {
        return Err(Error::invalid("/segment", "too_long", format!("name {SEGMENTS_MAX} segments at most")));
    }
    wanted.filter.as_ref().map(|filter| check_filter(work, filter)).transpose()
}

/// How many customers there are on all pages of a list.
pub fn count(work: &mut Work<'_>, wanted: &Wanted) -> Result<i64, Error> {
    let filter = check(work, wanted)?;
    store::list::count(work, wanted, filter.as_ref())
}

/// Ids of customers on all pages of a list, in ascending order, so many at most.
pub fn ids(work: &mut Work<'_>, wanted: &Wanted, limit: usize) -> Result<Vec<CustomerId>, Error> {
    let filter = check(work, wanted)?;
    store::list::ids(work, wanted, filter.as_ref(), limit)
}

fn check_filter(work: &mut Work<'_>, filter: &Value) -> Result<Tree, Error> {
    let catalogue = catalogue::get(work)?;
    let problems = |problems: Vec<condition::Problem>| problems.into_iter().map(|problem| catalogue::under("/filter", problem)).collect();
    condition::check(filter, &catalogue).map_err(|found| Error::Invalid(problems(found)))
}
