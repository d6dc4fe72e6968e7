//! What a condition may name: the fields of a customer with their types and places, and the segments. The server fills it
//! in from its definitions; the built-in fields are known here because they are columns.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    pub fields: BTreeMap<String, Field>,
    pub segments: BTreeSet<i64>,
    /// A reference is unique within its group only, so several segments may share one.
    pub references: BTreeMap<String, Vec<i64>>,
    /// The instance's, for customers who have none of their own.
    pub zone: TimeZone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub kind: FieldKind,
    pub column: Column,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    Text,
    Number,
    Boolean,
    Date,
    Datetime,
    Select,
    Multiselect,
    List,
    Json,
}

/// Where a field is stored. A built-in text without a folded column always compares exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    BuiltIn { column: &'static str, folded_column: Option<&'static str> },
    Custom,
}

impl Catalogue {
    /// The built-in fields, no custom field, no segment, UTC.
    pub fn built_in() -> Catalogue {
        let mut fields = BTreeMap::new();
        for (name, column, folded_column) in TEXTS {
            fields.insert(name.to_owned(), Field { kind: FieldKind::Text, column: Column::BuiltIn { column, folded_column } });
        }
        for (name, column, kind) in OTHERS {
            fields.insert(name.to_owned(), Field { kind, column: Column::BuiltIn { column, folded_column: None } });
        }
        Catalogue { fields, segments: BTreeSet::new(), references: BTreeMap::new(), zone: TimeZone::UTC }
    }

    pub fn add_custom_field(&mut self, name: &str, kind: FieldKind) {
        self.fields.insert(name.to_owned(), Field { kind, column: Column::Custom });
    }

    pub fn add_segment(&mut self, id: i64, reference: &str) {
        self.segments.insert(id);
        self.references.entry(reference.to_owned()).or_default().push(id);
    }
}

/// A field of the customer's company.
pub fn company_field(name: &str) -> Option<Field> {
    let text = |column, folded_column| (FieldKind::Text, column, Some(folded_column));
    let (kind, column, folded_column) = match name {
        "id" => (FieldKind::Number, "id", None),
        "name" => text("name", "name_folded"),
        "vatId" => text("vat_id", "vat_id_folded"),
        "createdAt" => (FieldKind::Datetime, "created_at", None),
        "updatedAt" => (FieldKind::Datetime, "updated_at", None),
        _ => return None,
    };
    Some(Field { kind, column: Column::BuiltIn { column, folded_column } })
}

/// The names [`company_field`] knows.
pub const COMPANY_FIELDS: [&str; 5] = ["id", "name", "vatId", "createdAt", "updatedAt"];

type BuiltInText = (&'static str, &'static str, Option<&'static str>);

const TEXTS: [BuiltInText; 13] = [
    ("token", "token", None),
    ("email", "email", Some("email_folded")),
    ("salutation", "salutation", Some("salutation_folded")),
    ("gender", "gender", Some("gender_folded")),
    ("firstname", "firstname", Some("firstname_folded")),
    ("lastname", "lastname", Some("lastname_folded")),
    ("street", "street", Some("street_folded")),
    ("zip", "zip", Some("zip_folded")),
    ("city", "city", Some("city_folded")),
    ("countryCode", "country_code", Some("country_code_folded")),
    ("phone", "phone", Some("phone_folded")),
    ("language", "language", Some("language_folded")),
    ("timeZone", "time_zone", Some("time_zone_folded")),
];

const OTHERS: [(&str, &str, FieldKind); 8] = [
    ("id", "id", FieldKind::Number),
    ("published", "published", FieldKind::Boolean),
    ("active", "active", FieldKind::Boolean),
    ("emailOk", "email_ok", FieldKind::Boolean),
    ("profilingConsent", "profiling_consent", FieldKind::Boolean),
    ("birthDate", "birth_date", FieldKind::Date),
    ("createdAt", "created_at", FieldKind::Datetime),
    ("updatedAt", "updated_at", FieldKind::Datetime),
];
