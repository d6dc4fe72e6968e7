//! Custom fields as types: what one is called, what it may hold, how it looks to people.

use crate::ids::FieldId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a custom field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Number,
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// An instant, RFC 3339.
    Datetime,
    /// One of the options.
    Select,
    /// Some of the options.
    Multiselect,
    /// Any texts.
    List,
    /// Any document.
    Json,
}

impl FieldKind {
    pub fn as_str(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Boolean => "boolean",
            FieldKind::Date => "date",
            FieldKind::Datetime => "datetime",
            FieldKind::Select => "select",
            FieldKind::Multiselect => "multiselect",
            FieldKind::List => "list",
            FieldKind::Json => "json",
        }
    }

    pub fn has_options(self) -> bool {
        matches!(self, FieldKind::Select | FieldKind::Multiselect)
    }

    /// The value that an index on this field orders by, as an expression over `customers`; nothing for documents and lists.
    pub fn indexed_as(self, name: &str) -> Option<String> {
        match self {
            FieldKind::Text | FieldKind::Select => Some(format!("{{string fields_folded:{name}}}")),
            FieldKind::Number => Some(format!("{{number fields:{name}}}")),
            FieldKind::Boolean => Some(format!("{{boolean fields:{name}}}")),
            FieldKind::Date | FieldKind::Datetime => Some(format!("{{string fields:{name}}}")),
            FieldKind::Multiselect | FieldKind::List | FieldKind::Json => None,
        }
    }
}

/// A value people may choose, and what they read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = FieldOption)]
pub struct Choice {
    pub value: String,
    #[serde(default)]
    pub label: String,
}

/// The definition of a custom field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    pub id: FieldId,
    /// How API, conditions and imports call it. Never changes.
    pub name: String,
    pub label: String,
    pub kind: FieldKind,
    pub options: Vec<Choice>,
    /// Whether it says something about the person, as opposed to the business with him.
    #[serde(rename = "personal")]
    pub is_personal: bool,
    /// Whether the database keeps an index on it.
    #[serde(rename = "indexed")]
    pub is_indexed: bool,
    /// Where it stands among the others.
    pub position: i64,
    pub version: i64,
}

impl Field {
    pub fn has_option(&self, value: &str) -> bool {
        self.options.iter().any(|option| option.value == value)
    }
}

/// A field to be defined.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewField {
    pub name: String,
    /// The name, when absent.
    pub label: Option<String>,
    pub kind: FieldKind,
    #[serde(default)]
    pub options: Vec<Choice>,
    #[serde(default, rename = "personal")]
    pub is_personal: bool,
    #[serde(default, rename = "indexed")]
    pub is_indexed: bool,
    /// After all others, when absent.
    pub position: Option<i64>,
}

/// All custom fields, by position.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    pub all: Vec<Field>,
}

impl Fields {
    pub fn new(mut all: Vec<Field>) -> Fields {
        all.sort_by_key(|field| (field.position, field.id));
        Fields { all }
    }

    /// There are few enough for a walk.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.all.iter().find(|field| field.name == name)
    }
}

/// The built-in fields, as JSON calls them. A custom field cannot take such a name.
pub const BUILT_IN: [&str; 27] = [
    "id",
    "token",
    "published",
    "active",
    "email",
    "emailOk",
    "salutation",
    "gender",
    "firstname",
    "lastname",
    "street",
    "zip",
    "city",
    "countryCode",
    "phone",
    "language",
    "timeZone",
    "birthDate",
    "profilingConsent",
    "companyId",
    "externalIds",
    "identities",
    "fields",
    "segments",
    "createdAt",
    "updatedAt",
    "version",
];

/// The built-in fields that hold text.
pub const BUILT_IN_TEXTS: [&str; 12] =
    ["email", "salutation", "gender", "firstname", "lastname", "street", "zip", "city", "countryCode", "phone", "language", "timeZone"];
