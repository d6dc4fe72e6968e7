//! One unit of work of an import: the rows, the position after them, and what was refused, all or nothing.

use super::batch::{Batch, Loaded};
use super::model::{Counts, Import, Kind, MemberMode, Options, Position, RowOutcome, State};
use super::store;
use crate::audit;
use crate::error::Error;
use crate::jobs::{self, Job};
use crate::segments::replacement;
use crate::work::Work;
use serde_json::json;
use std::sync::Arc;

/// Rows that may be refused; a file that passes it does not fit its mapping.
const REJECTED_MAX: i64 = 100_000;

pub struct Unit {
    pub import: Import,
    pub from: Position,
    pub to: Position,
    /// What came of the rows before.
    pub counts: Counts,
    /// Empty at the end of the file.
    pub batch: Arc<Batch>,
    pub options: Arc<Options>,
    /// What a dry run saw of this batch; then nothing is loaded.
    pub rehearsed: Option<Vec<RowOutcome>>,
}

/// How an import goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    More,
    End,
    /// Too many rows were refused.
    Failed,
    Cancelled,
}

pub struct Decided {
    pub outcomes: Vec<RowOutcome>,
    pub step: Step,
    /// Statements it took, what other slices do in answer to it not counted.
    pub statements: u64,
}

impl Decided {
    fn new(work: &Work<'_>, outcomes: Vec<RowOutcome>, step: Step) -> Decided {
        Decided { outcomes, step, statements: work.tx.statements() }
    }
}

pub fn decide(work: &mut Work<'_>, unit: &Unit) -> Result<Decided, Error> {
    let import = &unit.import;
    if let Some(job) = import.job_id {
        let continued = Job::Import { import: import.id };
        if !jobs::progress(work, job, unit.to.bytes, Some(import.bytes_total), &continued)? {
            return Ok(Decided::new(work, Vec::new(), Step::Cancelled));
        }
    }
    let loaded = match &unit.rehearsed {
        Some(outcomes) => Ok(outcomes.clone()),
        None => load(work, unit),
    };
    let outcomes = match loaded {
        Ok(outcomes) => outcomes,
        // The segment is no longer one that the rows can be members of; nothing was written yet.
        Err(error @ (Error::Conflict { .. } | Error::NotFound)) if import.kind == Kind::Members => {
            end(work, import, State::Failed, Some(&error.to_string()), unit.counts)?;
            return Ok(Decided::new(work, Vec::new(), Step::Failed));
        }
        Err(error) => return Err(error),
    };
    if unit.batch.is_empty() {
        end(work, import, State::Done, None, unit.counts)?;
        return Ok(Decided::new(work, Vec::new(), Step::End));
    }
    let mut counts = unit.counts;
    outcomes.iter().for_each(|outcome| counts.count(outcome));
    if store::advance(work, import.id, unit.from, unit.to, counts)? == 0 {
        return Err(Error::conflict("import_moved_on", "somebody else goes on with this import, or it has ended"));
    }
    store::insert_problems(work, import.id, &unit.batch.problems(&outcomes))?;
    if REJECTED_MAX < counts.rejected {
        let why = format!("more than {REJECTED_MAX} rows were rejected; does the mapping fit the file?");
        end(work, import, State::Failed, Some(&why), counts)?;
        return Ok(Decided::new(work, outcomes, Step::Failed));
    }
    Ok(Decided::new(work, outcomes, Step::More))
}

/// Saves the rows. A list that takes the place of a segment's members is begun before the first row, and takes it after the
/// last one.
fn load(work: &mut Work<'_>, unit: &Unit) -> Result<Vec<RowOutcome>, Error> {
    let import = &unit.import;
    let replaced = unit.options.segment.filter(|_| unit.options.mode == MemberMode::Replace);
    if let Some(segment) = replaced {
        if unit.from.row == 0 {
            replacement::begin(work, segment, import.id, import.job_id)?;
        }
        if unit.batch.is_empty() {
            if unit.counts.created + unit.counts.updated == 0 {
                return Err(Error::conflict("nobody", "no row names a customer; the members stay as they are"));
            }
            replacement::put_in_force(work, segment, import.id)?;
        }
    }
    if unit.batch.is_empty() {
        return Ok(Vec::new());
    }
    let Loaded { outcomes, done } = unit.batch.load(work, &unit.options, Some(import.id))?;
    done.write_down(work, import.id, unit.to.row)?;
    Ok(outcomes)
}

/// Ends an import, and its job with it.
pub fn end(work: &mut Work<'_>, import: &Import, state: State, error: Option<&str>, counts: Counts) -> Result<(), Error> {
    if state != State::Done {
        replacement::give_up(work, import.id)?;
    }
    store::end(work, import.id, state, error)?;
    let result = json!({
        "importId": import.id, "state": state, "error": error, "rowsDone": counts.rows_done,
        "created": counts.created, "updated": counts.updated, "rejected": counts.rejected,
    });
    audit::record(work, "finish", "import", Some(import.id.0), &result)?;
    if let Some(job) = import.job_id {
        jobs::finish(work, job, &result)?;
    }
    Ok(())
}
