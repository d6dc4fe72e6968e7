//! From rows to bodies: which column becomes what, checked against the file's header before anything is written. A mapped
//! row has the shape that the API takes, so that files and requests pass the same door.

use super::cells::Spelling;
use super::model::{Kind, Options};
use super::records::{Content, Format, Row};
use super::targets::Target;
use crate::access::hash;
use crate::error::Problem;
use crate::settings::Fields;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// Columns a file may have.
const COLUMNS_MAX: usize = 1_000;
/// Digits of the hash of the file's name in a row's id: names that meet are as rare as accidents, ids stay readable.
const NAME_DIGITS: usize = 12;

/// How each row of one file becomes a body.
#[derive(Debug, Clone)]
pub struct Plan {
    pub kind: Kind,
    /// Columns that nothing is made of.
    pub ignored: Vec<String>,
    sources: Vec<(Source, Target)>,
    constants: Vec<(Target, Value)>,
    /// Fields each record must have; of no meaning for NDJSON.
    width: usize,
    /// Lines of NDJSON are taken as they are.
    is_whole: bool,
    row_ids: Option<String>,
    spelling: Spelling,
}

#[derive(Debug, Clone)]
enum Source {
    Column {
        place: usize,
        name: String,
    },
    /// A path into the object of a line.
    Member(String),
}

/// What a plan is made from.
pub struct Wanted<'w> {
    pub kind: Kind,
    pub options: &'w Options,
    pub file_name: &'w str,
    /// Of a CSV file; nothing for NDJSON.
    pub columns: Option<&'w [String]>,
    pub fields: &'w Fields,
    /// The zone of the instance.
    pub zone: TimeZone,
}

impl Plan {
    /// The plan, or everything that is wrong with what is wanted.
    pub fn new(wanted: &Wanted<'_>) -> Result<Plan, Vec<Problem>> {
        let mut problems = Vec::new();
        let spelling = spelling(wanted, &mut problems);
        let mut plan = Plan {
            kind: wanted.kind,
            ignored: Vec::new(),
            sources: Vec::new(),
            constants: Vec::new(),
            width: wanted.columns.map_or(0, <[String]>::len),
            is_whole: wanted.columns.is_none() && wanted.options.map.is_none(),
            row_ids: wanted.options.row_ids.then(|| hash(wanted.file_name)[..NAME_DIGITS].to_owned()),
            spelling,
        };
        match wanted.columns {
            Some(columns) => plan.map_columns(wanted, columns, &mut problems),
            None => plan.map_members(wanted, &mut problems),
        }
        plan.set_constants(wanted, &mut problems);
        if (wanted.kind == Kind::Members) != wanted.options.segment.is_some() {
            problems.push(Problem::new("/segment", "misplaced", "rows that are members belong to a segment, and no others do"));
        }
        if problems.is_empty() {
            plan.check(&mut problems);
        }
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    fn map_columns(&mut self, wanted: &Wanted<'_>, columns: &[String], problems: &mut Vec<Problem>) {
        problems.extend(header_problems(columns));
        let automatic = BTreeMap::from_iter(columns.iter().map(|column| (column.clone(), column.clone())));
        let map = wanted.options.map.as_ref();
        for (place, name) in columns.iter().enumerate() {
            let target = map.unwrap_or(&automatic).get(name).map(|field| Target::parse(wanted.kind, field, wanted.fields));
            match target {
                Some(Ok(target)) => self.sources.push((Source::Column { place, name: name.clone() }, target)),
                Some(Err(why)) if map.is_some() => problems.push(Problem::new(map_pointer(name), "unknown_field", why)),
                _ => self.ignored.push(name.clone()),
            }
        }
        for (name, field) in map.into_iter().flatten().filter(|(name, _)| !columns.contains(*name)) {
            let message = format!("the file has no column {name:?} (for {field}); it has {}", columns.join(", "));
            problems.push(Problem::new(map_pointer(name), "missing_column", message));
        }
    }

    fn map_members(&mut self, wanted: &Wanted<'_>, problems: &mut Vec<Problem>) {
        for (name, field) in wanted.options.map.iter().flatten() {
            match Target::parse(wanted.kind, field, wanted.fields) {
                Ok(target) => self.sources.push((Source::Member(name.clone()), target)),
                Err(why) => problems.push(Problem::new(map_pointer(name), "unknown_field", why)),
            }
        }
    }

    fn set_constants(&mut self, wanted: &Wanted<'_>, problems: &mut Vec<Problem>) {
        let mut constants = wanted.options.set.clone();
        if let Some(kind) = &wanted.options.activity_type {
            constants.insert("type".to_owned(), kind.clone());
        }
        for (field, text) in &constants {
            let read = Target::parse(wanted.kind, field, wanted.fields)
                .and_then(|target| self.spelling.read(text, target.kind).map(|value| value.map(|value| (target, value))));
            match read {
                Ok(constant) => self.constants.extend(constant),
                Err(why) => problems.push(Problem::new(format!("/set/{field}"), "invalid", why)),
            }
        }
    }

    /// What can only be seen on the whole.
    fn check(&self, problems: &mut Vec<Problem>) {
        let mut require = |holds: bool, message: &str| {
            if !holds {
                problems.push(Problem::new("/map", "incomplete", message));
            }
        };
        let has = |step: &str| {
            let targets = self.sources.iter().map(|(_, target)| target);
            targets.chain(self.constants.iter().map(|(target, _)| target)).any(|target| target.begins_with(step))
        };
        require(self.is_whole || !self.sources.is_empty(), "no column is mapped to a field");
        match self.kind {
            Kind::Customers => require(self.row_ids.is_none(), "ids by row are for activities; map a column to external:KIND or email"),
            Kind::Activities if self.is_whole => {}
            Kind::Activities => {
                require(
                    has("customer"),
                    "say whose activities these are: map a column to customer.id, customer.email or customer.external:KIND",
                );
                require(has("type"), "name the type of the activities: map a column to type, or give one type for all");
                require(has("occurredAt"), "say when the activities occurred: map a column to occurredAt");
            }
            Kind::Members => {
                require(self.row_ids.is_none(), "ids by row are for activities");
                require(self.is_whole || has("customer"), "say who the members are: map a column to id, email or external:KIND");
            }
        }
        for (place, (_, target)) in self.sources.iter().enumerate() {
            let clashes = |(_, other): &&(Source, Target)| other.path.starts_with(&target.path) || target.path.starts_with(&other.path);
            if let Some((other, _)) = self.sources[..place].iter().find(clashes) {
                let message = format!("{} is the target of two columns; the other is {}", target.pointer(), other.name());
                problems.push(Problem::new("/map", "mapped_twice", message));
            }
        }
    }

    /// The row as a body, or what is wrong with it.
    pub fn body(&self, row: Row) -> Result<Value, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut body = match row.content {
            Content::Unreadable { problem, .. } => return Err(vec![problem]),
            Content::Fields(fields) if fields.len() != self.width => return Err(vec![self.wrong_width(fields.len())]),
            Content::Fields(fields) => self.of_fields(&fields, &mut problems),
            Content::Json(line) if self.is_whole => line,
            Content::Json(line) => self.of_line(&line, &mut problems),
        };
        for (target, value) in &self.constants {
            put(&mut body, target, value.clone());
        }
        if let Some(prefix) = &self.row_ids
            && let Some(members) = body.as_object_mut()
        {
            members.entry("externalId").or_insert_with(|| format!("{prefix}-{}", row.number).into());
        }
        if problems.is_empty() { Ok(body) } else { Err(problems) }
    }

    fn wrong_width(&self, fields: usize) -> Problem {
        let code = if fields < self.width { "too_few_fields" } else { "too_many_fields" };
        Problem::new("", code, format!("the row has {fields} fields, the header {}", self.width))
    }

    fn of_fields(&self, fields: &[String], problems: &mut Vec<Problem>) -> Value {
        let mut body = Value::Object(Map::new());
        for (source, target) in &self.sources {
            let Source::Column { place, name } = source else { continue };
            self.take_text(&mut body, target, name, &fields[*place], problems);
        }
        body
    }

    fn of_line(&self, line: &Value, problems: &mut Vec<Problem>) -> Value {
        let mut body = Value::Object(Map::new());
        for (source, target) in &self.sources {
            let Source::Member(path) = source else { continue };
            match path.split('.').try_fold(line, |value, step| value.get(step)) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) => self.take_text(&mut body, target, path, text, problems),
                // What has a type already is judged by the slice it is for.
                Some(value) => put(&mut body, target, value.clone()),
            }
        }
        body
    }

    fn take_text(&self, body: &mut Value, target: &Target, name: &str, text: &str, problems: &mut Vec<Problem>) {
        match self.spelling.read(text, target.kind) {
            Ok(Some(value)) => put(body, target, value),
            Ok(None) => {}
            Err(why) => problems.push(Problem::new(target.pointer(), "invalid", format!("column {name}: {why}"))),
        }
    }
}

impl Source {
    fn name(&self) -> &str {
        match self {
            Source::Column { name, .. } | Source::Member(name) => name,
        }
    }
}

fn map_pointer(column: &str) -> String {
    format!("/map/{}", column.replace('~', "~0").replace('/', "~1"))
}

fn header_problems(columns: &[String]) -> Vec<Problem> {
    if COLUMNS_MAX < columns.len() {
        return vec![Problem::new(
            "",
            "too_many_columns",
            format!("the file has {} columns; {COLUMNS_MAX} are read at most", columns.len()),
        )];
    }
    let mut seen = HashSet::new();
    let twice = columns.iter().filter(|column| !column.is_empty() && !seen.insert(column.as_str()));
    twice.map(|column| Problem::new("", "duplicate_column", format!("the file has two columns {column:?}"))).collect()
}

fn spelling(wanted: &Wanted<'_>, problems: &mut Vec<Problem>) -> Spelling {
    let options = wanted.options;
    if let Some(Err(why)) = options.date_format.as_deref().map(Spelling::check_format) {
        problems.push(Problem::new("/dateFormat", "invalid", why));
    }
    let zone = options.time_zone.as_deref().map(|name| TimeZone::get(name).map_err(|_| format!("{name:?} is not a time zone")));
    let zone = zone.unwrap_or_else(|| Ok(wanted.zone.clone())).unwrap_or_else(|why| {
        problems.push(Problem::new("/timeZone", "invalid", why));
        TimeZone::UTC
    });
    Spelling { date_format: options.date_format.clone(), zone, decimal_comma: options.decimal_comma }
}

/// Puts a value at its place unless there is one.
fn put(body: &mut Value, target: &Target, value: Value) {
    let Some((last, parents)) = target.path.split_last() else { return };
    let mut at = body;
    for step in parents {
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(step.clone()).or_insert_with(|| Value::Object(Map::new()));
    }
    if let Some(members) = at.as_object_mut() {
        members.entry(last.clone()).or_insert(value);
    }
}

/// The format a file's name speaks of.
pub fn format_of(file_name: &str) -> Format {
    let name = file_name.to_lowercase();
    match name.ends_with(".ndjson") || name.ends_with(".jsonl") {
        true => Format::Ndjson,
        false => Format::Csv,
    }
}

/// The delimiter that was asked for, if any.
pub fn delimiter(options: &Options) -> Result<Option<u8>, Problem> {
    match options.delimiter.as_deref().map(|text| (text, text.as_bytes())) {
        None => Ok(None),
        Some(("tab" | "\\t", _)) => Ok(Some(b'\t')),
        Some((_, [byte])) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(Some(*byte)),
        Some((text, _)) => Err(Problem::new("/delimiter", "invalid", format!("{text:?} is neither one character nor \"tab\""))),
    }
}

#[cfg(test)]
mod tests;
