//! What goes out as files: the customers of a list, in pages, written piece by piece by a job and kept for a while for whoever
//! asked for them. The command line writes the same files itself.

mod columns;
pub mod jobs;
mod model;
pub mod routes;
mod sheet;
mod store;
mod walk;

pub use jobs::{Run, Step};
pub use model::{Export, Format, Order, State, What};
pub use walk::Walk;

use crate::access::{Actor, Caller, EditUsers, Permission};
use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::ExportId;
use crate::jobs::{self as queue, Job, Wish};
use crate::work::Work;
use serde_json::json;

/// Exports one person or key may have under way.
const UNDER_WAY_MAX: i64 = 5;

/// Begins an export: a job writes the file.
pub fn create(work: &mut Work<'_>, order: &Order) -> Result<Export, Error> {
    check(work, order)?;
    let owner = work.actor.as_ref().clone();
    if UNDER_WAY_MAX <= store::count_under_way(work, &owner)? {
        let why = format!("you have {UNDER_WAY_MAX} exports under way; wait for one of them, or delete it");
        return Err(Error::conflict("too_many_exports", why));
    }
    let id = ExportId(work.tx.new_id(ExportId::KIND)?);
    let job_id = queue::enqueue(work, &Job::Export { export: id }, Wish::default())?;
    store::insert(work, id, order, &order.file_name(work.now), job_id)?;
    audit::record(work, "create", "export", Some(id.0), &json!(order))?;
    store::read(work, id)?.ok_or_else(|| Error::Bug(anyhow::anyhow!("an export is gone that was just written")))
}

/// Everything that can be wrong with an order, said before anything is written.
pub fn check(work: &mut Work<'_>, order: &Order) -> Result<(), Error> {
    order.check()?;
    columns::Columns::of(work, order)?;
    customers::check_wanted(work, &order.wanted()?).map(drop).map_err(customers::in_filter)
}

/// Whether somebody sees what others export, files aside.
pub fn sees_all(caller: &Caller) -> bool {
    caller.holds(EditUsers::NAME)
}

/// One export of the one who asks; of anybody, for whom that is allowed.
pub fn read(work: &mut Work<'_>, export: ExportId, all: bool) -> Result<Export, Error> {
    let export = store::read(work, export)?.ok_or(Error::NotFound)?;
    if all || export.is_of(&work.actor) { Ok(export) } else { Err(Error::NotFound) }
}

/// The newest first, before the given one, with one more than `limit` if there are more.
pub fn page(work: &mut Work<'_>, owner: Option<&Actor>, before: Option<i64>, limit: usize) -> Result<Vec<Export>, Error> {
    store::page(work, owner, before, limit)
}

/// The file for its owner, who alone may have it: personal data goes to the one who asked for it, and that is written down.
pub fn open(work: &mut Work<'_>, export: ExportId) -> Result<Export, Error> {
    let export = read(work, export, false)?;
    match export.state {
        State::Done => {}
        State::Expired => {
            return Err(Error::Gone { code: "export_expired", detail: "this file is not kept any more; export again".to_owned() });
        }
        State::Queued | State::Running | State::Failed | State::Cancelled => {
            return Err(Error::conflict("export_not_done", "there is no file: this export is not done"));
        }
    }
    let what = json!({ "fileName": export.file_name, "rows": export.rows_done, "bytes": export.bytes });
    audit::record(work, "download", "export", Some(export.id.0), &what)?;
    Ok(export)
}

/// Takes an export away. Its job stops, now or at its next step; the chunks go after it, see [`jobs::delete_chunks`].
pub fn remove(work: &mut Work<'_>, export: ExportId, all: bool) -> Result<(), Error> {
    let export = read(work, export, all)?;
    if let Some(job) = export.job_id {
        queue::cancel_all(work, &[job])?;
    }
    store::delete(work, export.id)?;
    audit::record(work, "delete", "export", Some(export.id.0), &json!({ "fileName": export.file_name }))
}

/// An export whose job is stopped is stopped too, whether it had begun or not.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    events.iter().try_for_each(|event| match event {
        Event::JobCancelled { job } => store::cancel(work, *job),
        Event::JobBuried { job, error } => store::fail(work, *job, error),
        _ => Ok(()),
    })
}
