//! What a condition may be compared with: values that customers and activities really have, with how often. Looked for among the
//! newest ones only, so that it takes as long on a large base as on a small one.

use crate::access::{May, Permission, ReadActivities, ReadCustomers, ReadSegments};
use crate::activities;
use crate::catalogue;
use crate::customers::{self, Spot};
use crate::error::Error;
use crate::http::Query;
use crate::rollups::{self, Figure};
use crate::settings::{self, Choice};
use crate::work::Work;
use axum::Json;
use condition::{Catalogue, Column, FieldKind};
use serde::{Deserialize, Serialize};
use sql::dialect::Dialect;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Customers, or activities of the type, that are looked at.
const LOOKED_AT: i64 = 20_000;
const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 50;
/// Longer texts are nothing that somebody compares with.
const VALUE_MAX: usize = 200;
/// Built-in fields that say who somebody is.
const PERSONAL: [&str; 7] = ["id", "token", "email", "firstname", "lastname", "street", "phone"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestedFact {
    /// A field of the customer.
    Field,
    /// An attribute of activities of a type.
    Attribute,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    #[param(inline)]
    fact: SuggestedFact,
    /// The name of the field, or the dotted path of the attribute.
    name: String,
    /// The type of the activities.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// What the values contain, whatever the case.
    #[serde(default)]
    q: String,
    /// 1 to 50, 10 if absent.
    limit: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedValue {
    pub value: String,
    /// What people read, where the field has options.
    pub label: Option<String>,
    pub count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedValues {
    pub values: Vec<SuggestedValue>,
    /// Whether there are more customers, or activities of the type, than were looked at.
    pub sampled: bool,
    /// How many were looked at: the newest ones.
    pub of: i64,
}

/// Suggest values for a condition: those that begin with the text first, then the most frequent.
///
/// Personal fields are told to those alone who may read customers, attributes to those who may read activities.
#[utoipa::path(get, path = "/api/conditions/values", operation_id = "conditions_values", tag = "conditions", params(Asked),
    responses((status = 200, body = SuggestedValues)))]
pub async fn values(may: May<ReadSegments>, Query(asked): Query<Asked>) -> Result<Json<SuggestedValues>, Error> {
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Error::invalid("/limit", "out_of_range", format!("limit is 1 to {LIMIT_MAX}")));
    }
    let caller = may.caller.clone();
    let found = may.read(move |work| match asked.fact {
        SuggestedFact::Field => {
            let field = field(work, &asked.name)?;
            if field.is_personal && !caller.holds(ReadCustomers::NAME) {
                return Err(Error::Forbidden(ReadCustomers::NAME));
            }
            of_field(work, &field, &asked.q, limit)
        }
        SuggestedFact::Attribute if !caller.holds(ReadActivities::NAME) => Err(Error::Forbidden(ReadActivities::NAME)),
        SuggestedFact::Attribute => of_attribute(work, &asked, limit),
    });
    found.await.map(Json)
}

struct Field {
    spot: Spot,
    is_personal: bool,
    options: Vec<Choice>,
}

fn field(work: &mut Work<'_>, name: &str) -> Result<Field, Error> {
    let catalogue: Catalogue = catalogue::get(work)?;
    let unknown = || Error::invalid("/name", "unknown_field", format!("there is no field `{name}`"));
    let known = catalogue.fields.get(name).ok_or_else(unknown)?;
    let no_texts = || Error::invalid("/name", "no_texts", format!("`{name}` holds no texts that could be suggested"));
    let spot = match (&known.column, known.kind) {
        (Column::BuiltIn { column, .. }, FieldKind::Text) => Spot::Column(column),
        (Column::Custom, FieldKind::Text | FieldKind::Select) if Dialect::can_name(name) => Spot::Text(name.to_owned()),
        (Column::Custom, FieldKind::List | FieldKind::Multiselect) if Dialect::can_name(name) => Spot::List(name.to_owned()),
        _ => return Err(no_texts()),
    };
    let custom = settings::fields(work)?.all.iter().find(|field| field.name == name).cloned();
    Ok(Field {
        spot,
        is_personal: custom.as_ref().map_or(PERSONAL.contains(&name), |field| field.is_personal),
        options: custom.map(|field| field.options).unwrap_or_default(),
    })
}

fn of_field(work: &mut Work<'_>, field: &Field, q: &str, limit: usize) -> Result<SuggestedValues, Error> {
    let found = customers::newest_values(work, &field.spot, LOOKED_AT)?;
    let values = if field.options.is_empty() { found.into_iter().map(plain).collect() } else { chosen(&field.options, found) };
    let total = rollups::totals(work, Figure::Customers)?.iter().map(|(_, count)| count).sum();
    Ok(suggested(values, q, limit, total))
}

fn of_attribute(work: &mut Work<'_>, asked: &Asked, limit: usize) -> Result<SuggestedValues, Error> {
    let Some(kind) = &asked.kind else {
        return Err(Error::invalid("/type", "missing", "attributes are those of a type"));
    };
    if !asked.name.split('.').all(Dialect::can_name) {
        return Err(Error::invalid("/name", "invalid", "is no path of an attribute"));
    }
    let found = activities::newest_values(work, kind, &asked.name, LOOKED_AT)?;
    let totals = rollups::totals(work, Figure::Activities)?;
    let total = totals.iter().find(|(name, _)| name == kind).map_or(0, |(_, count)| *count);
    Ok(suggested(found.into_iter().map(plain).collect(), &asked.q, limit, total))
}

fn plain((value, count): (String, i64)) -> SuggestedValue {
    SuggestedValue { value, label: None, count }
}

/// The options, also those that nobody has.
fn chosen(options: &[Choice], found: Vec<(String, i64)>) -> Vec<SuggestedValue> {
    let counts: HashMap<String, i64> = found.into_iter().collect();
    let suggested = options.iter().map(|option| SuggestedValue {
        value: option.value.clone(),
        label: Some(if option.label.is_empty() { option.value.clone() } else { option.label.clone() }),
        count: counts.get(&option.value).copied().unwrap_or(0),
    });
    suggested.collect()
}

fn suggested(values: Vec<SuggestedValue>, q: &str, limit: usize, total: i64) -> SuggestedValues {
    let wanted = sql::fold(q.trim());
    let mut ranked: Vec<(bool, SuggestedValue)> = values
        .into_iter()
        .filter(|one| !one.value.is_empty() && one.value.len() <= VALUE_MAX)
        .filter_map(|one| {
            let folded = sql::fold(one.label.as_deref().unwrap_or(&one.value));
            folded.contains(&wanted).then(|| (!folded.starts_with(&wanted), one))
        })
        .collect();
    ranked.sort_by(|(late, one), (other_late, other)| {
        late.cmp(other_late).then(other.count.cmp(&one.count)).then_with(|| one.value.cmp(&other.value))
    });
    ranked.truncate(limit);
    SuggestedValues { values: ranked.into_iter().map(|(_, one)| one).collect(), sampled: LOOKED_AT < total, of: total.min(LOOKED_AT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_come_first_then_what_is_frequent() {
        let values = || {
            [("Graz", 3), ("Linz", 9), ("Bad Gr\u{e4}z", 7), ("", 20), ("Gro\u{df}", 3)]
                .map(|(value, count)| plain((value.to_owned(), count)))
        };
        let found = |q: &str, limit: usize| {
            suggested(values().to_vec(), q, limit, 30_000).values.into_iter().map(|one| one.value).collect::<Vec<_>>()
        };
        assert_eq!(found("", 10), ["Linz", "Bad Gr\u{e4}z", "Graz", "Gro\u{df}"]);
        assert_eq!(found(" GR", 10), ["Graz", "Gro\u{df}", "Bad Gr\u{e4}z"]);
        assert_eq!(found("gr", 1), ["Graz"]);
        let all = suggested(values().to_vec(), "", 1, 30_000);
        assert_eq!((all.sampled, all.of), (true, 20_000));
        let few = suggested(values().to_vec(), "", 1, 12);
        assert_eq!((few.sampled, few.of), (false, 12));
    }

    #[test]
    fn options_keep_their_labels_and_their_order_when_nobody_has_them() {
        let option = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
        let values = chosen(&[option("g", "Gold"), option("s", "")], vec![("s".to_owned(), 4)]);
        let shown: Vec<_> = values.iter().map(|one| (one.value.as_str(), one.label.as_deref(), one.count)).collect();
        assert_eq!(shown, [("g", Some("Gold"), 0), ("s", Some("s"), 4)]);
        assert_eq!(suggested(values, "gol", 5, 4).values.len(), 1);
    }
}
