//! What conditions know of customers, read column by column: only what is asked for.

use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::settings::{self, FieldKind, Fields};
use crate::work::Work;
use condition::{Catalogue, Column, FieldValue};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

/// The fields of one customer as `condition::Facts` has them, and the zone he lives in.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerFacts {
    pub fields: FxHashMap<Arc<str>, FieldValue>,
    /// His own, else the instance's.
    pub zone: TimeZone,
}

/// A field to read: where it is and what it holds.
pub struct Wanted {
    pub name: Arc<str>,
    pub kind: condition::FieldKind,
    pub column: Column,
}

static BUILT_IN: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);

/// The named fields of these customers; those who do not exist are absent. A name that is no field has no value.
pub fn facts(work: &mut Work<'_>, customers: &[CustomerId], names: &BTreeSet<String>) -> Result<HashMap<CustomerId, CustomerFacts>, Error> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let fields = settings::fields(work)?;
    let wanted: Vec<Wanted> = names.iter().filter_map(|name| find(name, &fields)).collect();
    let zone = settings::zone(work)?;
    store::facts::facts(work, customers, &wanted, &zone)
}

fn find(name: &str, fields: &Fields) -> Option<Wanted> {
    if let Some(field) = BUILT_IN.fields.get(name) {
        return Some(Wanted { name: name.into(), kind: field.kind, column: field.column });
    }
    let field = fields.get(name)?;
    Some(Wanted { name: name.into(), kind: field.kind.into(), column: Column::Custom })
}

impl From<FieldKind> for condition::FieldKind {
    fn from(kind: FieldKind) -> condition::FieldKind {
        match kind {
            FieldKind::Text => condition::FieldKind::Text,
            FieldKind::Number => condition::FieldKind::Number,
            FieldKind::Boolean => condition::FieldKind::Boolean,
            FieldKind::Date => condition::FieldKind::Date,
            FieldKind::Datetime => condition::FieldKind::Datetime,
            FieldKind::Select => condition::FieldKind::Select,
            FieldKind::Multiselect => condition::FieldKind::Multiselect,
            FieldKind::List => condition::FieldKind::List,
            FieldKind::Json => condition::FieldKind::Json,
        }
    }
}
