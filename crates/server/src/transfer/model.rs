//! Imports as types: what was asked for, how far it is, what came of it.

use super::records::Format;
use super::undo::Undo;
use crate::error::Problem;
use crate::ids::{ImportId, JobId, SegmentId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportKind)]
pub enum Kind {
    Customers,
    Activities,
    /// Who is in a manual segment.
    Members,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Customers => "customers",
            Kind::Activities => "activities",
            Kind::Members => "members",
        }
    }

    pub fn parse(text: &str) -> Option<Kind> {
        match text {
            "customers" => Some(Kind::Customers),
            "activities" => Some(Kind::Activities),
            "members" => Some(Kind::Members),
            _ => None,
        }
    }
}

/// What becomes of those who are named by rows that say who is in a segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberMode {
    #[default]
    Add,
    Remove,
    /// They are the members, once the whole file is read; nobody else is.
    Replace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum State {
    /// Uploaded, waits for a worker.
    Queued,
    /// Under way, or interrupted and ready to go on.
    Running,
    Done,
    /// Given up: too many rows were refused.
    Failed,
    Cancelled,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        [State::Queued, State::Running, State::Done, State::Failed, State::Cancelled].into_iter().find(|state| state.as_str() == text)
    }

    pub fn has_ended(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Cancelled)
    }
}

/// How a file is to be read. What is absent is found out from the file or has a plain default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
#[schema(as = ImportOptions)]
pub struct Options {
    /// Column -> field. Absent: columns that are named like a field are that field; lines of NDJSON are the bodies that
    /// `POST /api/customers` and `POST /api/activities` take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<BTreeMap<String, String>>,
    /// Field -> value for rows that have no value of their own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// The type of all activities; the same as `set: {"type": …}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<String>,
    /// Give each activity an external id made of the file's name and the row's number, so that importing the file again
    /// changes nothing. For files that have no id of their own.
    pub row_ids: bool,
    /// Make customers for identities that nobody has (activities only).
    pub create_customers: bool,
    /// Let rules react, mails included. Without it what is brought in is history: segments follow, rules do not look.
    pub run_rules: bool,
    /// The manual segment whose members the rows are (members only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<SegmentId>,
    /// What becomes of the customers that the rows name (members only).
    pub mode: MemberMode,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// By the file's name, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// One character, or `tab`. Found out from the first line, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Such as `windows-1252`. A byte order mark wins; without both the file is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Such as `%d.%m.%Y %H:%M`. ISO 8601, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// Where times without an offset belong; the instance's zone, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Numbers are written `1.234,50`.
    pub decimal_comma: bool,
}

/// What came of the rows so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportCounts)]
pub struct Counts {
    pub rows_done: i64,
    pub created: i64,
    pub updated: i64,
    pub rejected: i64,
}

impl Counts {
    pub fn count(&mut self, outcome: &RowOutcome) {
        self.rows_done += 1;
        match outcome {
            RowOutcome::Created => self.created += 1,
            RowOutcome::Updated => self.updated += 1,
            RowOutcome::Rejected(_) => self.rejected += 1,
        }
    }
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    Created,
    Updated,
    Rejected(Vec<Problem>),
}

/// How far the reading of a file is: everything up to here is decided and stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// The number of the last row.
    pub row: i64,
    /// Bytes of the file read so far, for showing how far it is.
    pub bytes: i64,
}

/// An import as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    pub id: ImportId,
    pub kind: Kind,
    pub file_name: String,
    pub options: Options,
    pub state: State,
    #[serde(flatten)]
    pub counts: Counts,
    pub bytes_done: i64,
    pub bytes_total: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// The job that reads an uploaded file; absent for the command line.
    pub job_id: Option<JobId>,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
    /// Whether it can be taken back now.
    pub is_undoable: bool,
    /// Until when it is kept what it did; nothing if it has not ended, did nothing, or that is not kept any more.
    pub undoable_until: Option<Instant>,
    /// How it was taken back, or is being.
    pub undo: Option<Undo>,
    /// The last row that is decided.
    #[serde(skip)]
    pub row: i64,
}

impl Import {
    pub fn position(&self) -> Position {
        Position { row: self.row, bytes: self.bytes_done }
    }

    /// Whether it is under way without a job that could be stopped: by the command line, which may have been interrupted.
    pub fn is_endable(&self) -> bool {
        self.state == State::Running && self.job_id.is_none()
    }
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportProblem)]
pub struct RowProblem {
    /// As a spreadsheet numbers it: the first line of the file is row 1.
    pub row: i64,
    pub problems: Vec<Problem>,
}
