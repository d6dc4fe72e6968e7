//! Exports as types: what was asked for, how far it is, how the file is called.

use crate::access::Actor;
use crate::customers::{Filter, Sort, Wanted};
use crate::error::{Error, Problem};
use crate::ids::{ExportId, JobId};
use crate::time::Instant;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the rows of the file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportKind)]
pub enum What {
    Customers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub enum Format {
    Csv,
    Xlsx,
    Parquet,
}

impl Format {
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportState)]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// Under way, or interrupted and about to be begun anew.
    Running,
    Done,
    Failed,
    Cancelled,
    /// It was done, and the file is not kept any more.
    Expired,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
        }
    }

    /// As it is kept; that a file has expired is not, the time says it.
    pub fn parse(text: &str) -> Option<State> {
        [State::Queued, State::Running, State::Done, State::Failed, State::Cancelled].into_iter().find(|state| state.as_str() == text)
    }
}

/// What is to be exported, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewExport)]
pub struct Order {
    pub what: What,
    pub format: Format,
    /// Everybody, if absent.
    #[serde(default)]
    pub filter: Filter,
    /// Fields as imports call them (`email`, `fields.NAME`, `external:KIND`), `id`, `createdAt`, `updatedAt`, and membership:
    /// `segments` (all names in one column), `group:ID` (those of one group), `segment:ID` (yes or no). What the list of
    /// customers shows, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// As for the list of customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Between the fields of CSV: one character, or `tab`. A comma, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Begin CSV with a byte order mark, by which spreadsheets know UTF-8.
    #[serde(default)]
    pub bom: bool,
}

impl Order {
    /// What can be wrong without a look at the database.
    pub fn check(&self) -> Result<(), Error> {
        let mut problems = Vec::new();
        if self.format != Format::Csv && self.delimiter.is_some() {
            problems.push(Problem::new("/delimiter", "only_csv", "only CSV has a delimiter"));
        }
        if self.format != Format::Csv && self.bom {
            problems.push(Problem::new("/bom", "only_csv", "only CSV has a byte order mark"));
        }
        if self.delimiter.is_some() && self.delimiter_byte().is_none() {
            problems.push(Problem::new("/delimiter", "invalid", "a delimiter is one of , ; | : and tab"));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }

    /// The delimiter of CSV, if it can be one.
    pub fn delimiter_byte(&self) -> Option<u8> {
        match self.delimiter.as_deref() {
            None | Some(",") => Some(b','),
            Some(";") => Some(b';'),
            Some("|") => Some(b'|'),
            Some(":") => Some(b':'),
            Some("tab" | "\t") => Some(b'\t'),
            Some(_) => None,
        }
    }

    /// Which customers, in which order, as their slice takes it.
    pub fn wanted(&self) -> Result<Wanted, Error> {
        self.filter.wanted(self.sort.as_deref().map(Sort::parse).transpose()?.unwrap_or_default())
    }

    pub fn file_name(&self, now: Instant) -> String {
        let at = strtime::format("%Y%m%d-%H%M%S", &now.timestamp().to_zoned(TimeZone::UTC)).unwrap_or_else(|_| now.0.to_string());
        let what = match self.what {
            What::Customers => "customers",
        };
        format!("{what}-{at}.{}", self.format.as_str())
    }
}

/// An export as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    pub id: ExportId,
    #[serde(flatten)]
    pub order: Order,
    pub file_name: String,
    pub state: State,
    pub rows_done: i64,
    /// How many there were when it was begun.
    pub rows_total: Option<i64>,
    pub bytes: i64,
    /// Why it failed.
    pub error: Option<String>,
    pub job_id: Option<JobId>,
    /// Who asked for it, and alone may have the file.
    pub owner: Actor,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
    /// Until when the file is kept.
    pub expires_at: Option<Instant>,
    /// Which chunks are the file.
    #[serde(skip)]
    pub run: i64,
}

impl Export {
    pub fn is_of(&self, actor: &Actor) -> bool {
        self.owner.kind == actor.kind && self.owner.id == actor.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn orders() {
        check(json!({"what": "customers", "format": "csv"}), "");
        check(json!({"what": "customers", "format": "csv", "delimiter": "tab", "bom": true}), "");
        check(json!({"what": "customers", "format": "csv", "delimiter": "--"}), "/delimiter invalid");
        check(json!({"what": "customers", "format": "csv", "delimiter": "\""}), "/delimiter invalid");
        check(json!({"what": "customers", "format": "xlsx", "delimiter": ";", "bom": true}), "/delimiter only_csv, /bom only_csv");

        #[track_caller]
        fn check(order: Value, wrong: &str) {
            let order: Order = serde_json::from_value(order).unwrap();
            let found = match order.check() {
                Ok(()) => String::new(),
                Err(Error::Invalid(problems)) => {
                    problems.iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect::<Vec<_>>().join(", ")
                }
                Err(error) => panic!("{error}"),
            };
            assert_eq!(found, wrong, "{order:?}");
        }
    }

    #[test]
    fn a_file_is_called_by_its_time() {
        let order: Order = serde_json::from_value(json!({"what": "customers", "format": "xlsx"})).unwrap();
        assert_eq!(order.file_name(Instant::parse("2026-03-02T12:00:05Z").unwrap()), "customers-20260302-120005.xlsx");
    }
}
