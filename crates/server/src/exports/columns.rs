//! What the columns of a file can be: the names people write, what each is called in the file, and its cell for a customer.

use super::model::Order;
use super::sheet::{Cell, Head, Kind};
use crate::customers::{Customer, Membership};
use crate::error::{Error, Problem};
use crate::ids::{GroupId, SegmentId};
use crate::segments;
use crate::settings::{self, FieldKind, Fields};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;

/// Columns a file may have.
const COLUMNS_MAX: usize = 300;
/// Between several values in one cell; imports read it.
const BETWEEN: &str = " | ";

const DEFAULT: [&str; 12] =
    ["id", "active", "gender", "email", "phone", "firstname", "lastname", "street", "zip", "city", "countryCode", "token"];

const BUILT_IN: [(&str, Kind); 22] = [
    ("id", Kind::Int),
    ("token", Kind::Text),
    ("published", Kind::Bool),
    ("active", Kind::Bool),
    ("email", Kind::Text),
    ("emailOk", Kind::Bool),
    ("salutation", Kind::Text),
    ("gender", Kind::Text),
    ("firstname", Kind::Text),
    ("lastname", Kind::Text),
    ("street", Kind::Text),
    ("zip", Kind::Text),
    ("city", Kind::Text),
    ("countryCode", Kind::Text),
    ("phone", Kind::Text),
    ("language", Kind::Text),
    ("timeZone", Kind::Text),
    ("birthDate", Kind::Date),
    ("profilingConsent", Kind::Bool),
    ("companyId", Kind::Int),
    ("createdAt", Kind::Instant),
    ("updatedAt", Kind::Instant),
];

/// The columns of a file, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    all: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq)]
struct Column {
    head: Head,
    source: Source,
}

/// Where the cells of a column come from.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    BuiltIn(&'static str),
    Custom(String),
    External(String),
    Segments,
    Group(GroupId),
    Segment(SegmentId),
}

impl Columns {
    /// The columns an order names, or everything that is wrong with them.
    pub fn of(work: &mut Work<'_>, order: &Order) -> Result<Columns, Error> {
        let names: Vec<&str> = match &order.columns {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => DEFAULT.to_vec(),
        };
        if names.is_empty() || COLUMNS_MAX < names.len() {
            return Err(Error::invalid("/columns", "length", format!("a file has 1 to {COLUMNS_MAX} columns")));
        }
        let known = Known::load(work, &names)?;
        let (mut all, mut problems): (Vec<Column>, Vec<Problem>) = (Vec::new(), Vec::new());
        for (place, name) in names.into_iter().enumerate() {
            match known.column(name) {
                Err(why) => problems.push(Problem::new(format!("/columns/{place}"), "unknown", why)),
                Ok(column) if all.iter().any(|other| other.source == column.source) => {
                    problems.push(Problem::new(format!("/columns/{place}"), "repeated", format!("{name} is a column already")));
                }
                Ok(column) => all.push(column),
            }
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        tell_apart(&mut all);
        Ok(Columns { all })
    }

    pub fn heads(&self) -> Vec<Head> {
        self.all.iter().map(|column| column.head.clone()).collect()
    }

    pub fn row(&self, customer: &Customer) -> Vec<Cell> {
        self.all.iter().map(|column| cell(column, customer)).collect()
    }
}

/// Two segments may be called alike; then their columns say their numbers too.
fn tell_apart(columns: &mut [Column]) {
    for place in 1..columns.len() {
        let (before, rest) = columns.split_at_mut(place);
        let column = &mut rest[0];
        if before.iter().any(|other| other.head.name == column.head.name)
            && let Source::Segment(SegmentId(id)) | Source::Group(GroupId(id)) = column.source
        {
            column.head.name = format!("{} ({id})", column.head.name);
        }
    }
}

/// What names are held against.
struct Known {
    fields: std::sync::Arc<Fields>,
    segments: std::sync::Arc<segments::Segments>,
    groups: Vec<segments::Group>,
}

impl Known {
    fn load(work: &mut Work<'_>, names: &[&str]) -> Result<Known, Error> {
        let asks_for_groups = names.iter().any(|name| name.starts_with("group:") || name.starts_with("segment:"));
        let groups = if asks_for_groups { segments::groups(work)? } else { Vec::new() };
        Ok(Known { fields: settings::fields(work)?, segments: segments::all(work)?, groups })
    }

    fn column(&self, name: &str) -> Result<Column, String> {
        let column = |name: String, kind, source| Ok(Column { head: Head { name, kind }, source });
        if let Some((name, kind)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
            return column((*name).to_owned(), *kind, Source::BuiltIn(name));
        }
        if name == "segments" {
            return column(name.to_owned(), Kind::Text, Source::Segments);
        }
        if let Some(system) = name.strip_prefix("external:") {
            return match system.trim() {
                "" => Err("name the kind of the external id, such as external:shop".to_owned()),
                system => column(format!("external:{system}"), Kind::Text, Source::External(system.to_owned())),
            };
        }
        if let Some(id) = name.strip_prefix("group:") {
            let group = self.group(id).ok_or_else(|| format!("there is no group of segments {id:?}"))?;
            return column(format!("Segments {}", group.name), Kind::Text, Source::Group(group.id));
        }
        if let Some(id) = name.strip_prefix("segment:") {
            let segment = id.parse().ok().and_then(|id| self.segments.get(SegmentId(id)));
            let segment = segment.ok_or_else(|| format!("there is no segment {id:?}"))?;
            let group = self.group(&segment.group_id.to_string()).map(|group| group.name.as_str()).unwrap_or_default();
            return column(format!("Segment {group}:{}", segment.name), Kind::Bool, Source::Segment(segment.id));
        }
        let custom = self.fields.get(name.strip_prefix("fields.").unwrap_or(name));
        let field = custom.ok_or_else(|| {
            let all: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            format!(
                "there is no column {name:?}; there are {}, fields.NAME, external:KIND, segments, group:ID and segment:ID",
                all.join(", ")
            )
        })?;
        column(format!("fields.{}", field.name), kind_of(field.kind), Source::Custom(field.name.clone()))
    }

    fn group(&self, id: &str) -> Option<&segments::Group> {
        let id = id.parse().ok().map(GroupId)?;
        self.groups.iter().find(|group| group.id == id)
    }
}

fn kind_of(kind: FieldKind) -> Kind {
    match kind {
        FieldKind::Number => Kind::Number,
        FieldKind::Boolean => Kind::Bool,
        FieldKind::Date => Kind::Date,
        FieldKind::Datetime => Kind::Instant,
        FieldKind::Text | FieldKind::Select | FieldKind::Multiselect | FieldKind::List | FieldKind::Json => Kind::Text,
    }
}

fn cell(column: &Column, customer: &Customer) -> Cell {
    let of_segments = |counts: &dyn Fn(&Membership) -> bool| {
        let names: Vec<&str> = customer.segments.iter().filter(|one| counts(one)).map(|one| one.name.as_str()).collect();
        if names.is_empty() { Cell::Empty } else { Cell::Text(names.join(BETWEEN)) }
    };
    match &column.source {
        Source::BuiltIn("id") => Cell::Int(customer.id.0),
        Source::BuiltIn("token") => Cell::Text(customer.token.clone()),
        Source::BuiltIn("createdAt") => Cell::Instant(customer.created_at),
        Source::BuiltIn("updatedAt") => Cell::Instant(customer.updated_at),
        Source::BuiltIn(name) => cell_of(column.head.kind, customer.profile.get(name)),
        Source::Custom(name) => cell_of(column.head.kind, customer.profile.fields.get(name).cloned().unwrap_or(Value::Null)),
        Source::External(system) => customer.profile.external_ids.get(system).map_or(Cell::Empty, |id| Cell::Text(id.clone())),
        Source::Segments => of_segments(&|_| true),
        Source::Group(group) => of_segments(&|one| one.group_id == *group),
        Source::Segment(segment) => Cell::Bool(customer.segments.iter().any(|one| one.id == *segment)),
    }
}

/// A value as its column wants it. What does not fit is text; no value that was ever accepted is like that.
fn cell_of(kind: Kind, value: Value) -> Cell {
    match (kind, value) {
        (_, Value::Null) => Cell::Empty,
        (_, Value::Bool(value)) => Cell::Bool(value),
        (Kind::Int, Value::Number(number)) => number.as_i64().map_or_else(|| Cell::Number(number.clone()), Cell::Int),
        (_, Value::Number(number)) => Cell::Number(number),
        (Kind::Date, Value::String(text)) => text.parse().map_or_else(|_| Cell::Text(text.clone()), Cell::Date),
        (Kind::Instant, Value::String(text)) => Instant::parse(&text).map_or(Cell::Text(text), Cell::Instant),
        (_, Value::String(text)) => Cell::Text(text),
        (_, Value::Array(values)) => Cell::Text(list(values)),
        (_, value @ Value::Object(_)) => Cell::Text(value.to_string()),
    }
}

/// Texts one after the other; as JSON, if that would tear one of them apart.
fn list(values: Vec<Value>) -> String {
    let plain = |value: &Value| value.as_str().is_some_and(|text| !text.contains('|') && !text.starts_with('['));
    if !values.iter().all(plain) {
        return Value::Array(values).to_string();
    }
    values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values() {
        check(Kind::Text, json!(null), "Empty");
        check(Kind::Text, json!("a"), "Text(\"a\")");
        check(Kind::Int, json!(7), "Int(7)");
        check(Kind::Number, json!(7.5), "Number(Number(7.5))");
        check(Kind::Bool, json!(true), "Bool(true)");
        check(Kind::Date, json!("1815-12-10"), "Date(1815-12-10)");
        check(Kind::Date, json!("someday"), "Text(\"someday\")");
        check(Kind::Instant, json!("1970-01-01T00:00:01Z"), "Instant(Instant(1000000))");
        check(Kind::Text, json!(["a", "b"]), "Text(\"a | b\")");
        check(Kind::Text, json!(["a|b", "c"]), "Text(\"[\\\"a|b\\\",\\\"c\\\"]\")");
        check(Kind::Text, json!({"a": 1}), "Text(\"{\\\"a\\\":1}\")");

        #[track_caller]
        fn check(kind: Kind, value: Value, expected: &str) {
            assert_eq!(format!("{:?}", cell_of(kind, value)), expected);
        }
    }
}
