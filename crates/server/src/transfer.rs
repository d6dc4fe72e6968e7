//! What comes in from files: customers and activities, row by row, each row decided exactly once, with a report of what was
//! refused. A file on this machine is read by the command line in process, an upload by a job; both run the same code.

mod batch;
mod cells;
mod decoding;
mod deeds;
pub mod jobs;
mod mapping;
mod members;
mod model;
mod records;
pub mod routes;
mod run;
mod source;
mod store;
mod syntax;
mod targets;
pub mod undo;
mod unit;
mod upload;

pub use model::{Counts, Import, Kind, MemberMode, Options, RowProblem, State};
pub use records::{Content, Format, Row};
pub use run::{Order, Run, Stage};
pub use source::{Rows, Source};
pub use syntax::{parse_map, parse_set};
pub use unit::Step;

use crate::access::Actor;
use crate::app::App;
use crate::audit;
use crate::customers::{self, Draft};
use crate::error::Error;
use crate::events::Event;
use crate::ids::{CustomerId, ImportId};
use crate::jobs::{Job, Wish};
use crate::personal::{Conflict, Joining, Parting};
use crate::work::{self, Work};
use anyhow::Context;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use tokio::io::AsyncReadExt;

/// Earlier imports of a file that are looked at for one with the same options.
const EARLIER_MAX: i64 = 50;

/// An order to import a file of this machine.
pub enum Opened {
    /// This file was imported with these options already.
    Before(Box<Import>),
    Ready(Box<Run>),
}

/// Opens a file for import. The same file with the same options is gone on with where it was, or was done before;
/// `again` starts over. Everything that can be wrong with the order is said before anything is written.
pub async fn open_file(app: &App, actor: Actor, path: &Path, order: Order, again: bool) -> Result<Opened, Error> {
    let rows = Rows::open(Source::file(path).await?, &order.options, &order.file_name).await?;
    run::plan(app, &order, rows.columns.as_deref()).await?;
    let source = Source::file(path).await?;
    if order.options.dry_run {
        return Run::rehearsal(app, actor, order, source).await.map(|run| Opened::Ready(Box::new(run)));
    }
    let (file_hash, bytes) = hash_of(path).await?;
    let import = work::write(app, actor.clone(), move |work| {
        refuse_while_undone(work, order.kind, &file_hash)?;
        let earlier = store::of_file(work, order.kind, &file_hash, EARLIER_MAX)?;
        let same = earlier.into_iter().find(|import| import.options == order.options && import.file_name == order.file_name);
        match same.filter(|import| !again || !import.state.has_ended()) {
            Some(import) => Ok(import),
            None => begin(work, None, &order, &file_hash, bytes),
        }
    })
    .await?;
    if import.state.has_ended() {
        return Ok(Opened::Before(Box::new(import)));
    }
    Run::of(app, actor, import, source).await.map(|run| Opened::Ready(Box::new(run)))
}

/// Begins the import of an upload: the job reads it.
pub fn enqueue(work: &mut Work<'_>, import: ImportId, order: &Order, file_hash: &str, bytes: i64) -> Result<Import, Error> {
    refuse_while_undone(work, order.kind, file_hash)?;
    begin(work, Some(import), order, file_hash, bytes)
}

/// Rows that an undoing has not reached yet would count as there, and go with it.
fn refuse_while_undone(work: &mut Work<'_>, kind: Kind, file_hash: &str) -> Result<(), Error> {
    if store::is_being_undone(work, kind, file_hash)? {
        let why = "an import of the same file is being undone; wait for it, or stop it first";
        return Err(Error::conflict("import_being_undone", why));
    }
    Ok(())
}

/// Writes a new import down; of an upload if its id is known already.
fn begin(work: &mut Work<'_>, upload: Option<ImportId>, order: &Order, file_hash: &str, bytes: i64) -> Result<Import, Error> {
    let id = match upload {
        Some(id) => id,
        None => ImportId(work.tx.new_id(ImportId::KIND)?),
    };
    let job_id = match upload {
        Some(import) => crate::jobs::enqueue(work, &Job::Import { import }, Wish::default())?,
        None => None,
    };
    let import = Import {
        id,
        kind: order.kind,
        file_name: order.file_name.clone(),
        options: order.options.clone(),
        state: if upload.is_some() { State::Queued } else { State::Running },
        counts: Counts::default(),
        bytes_done: 0,
        bytes_total: bytes,
        error: None,
        job_id,
        created_at: work.now,
        finished_at: None,
        row: 0,
        is_undoable: false,
        undoable_until: None,
        undo: None,
    };
    store::insert(work, &store::New { import: &import, file_hash })?;
    let what = json!({ "kind": order.kind, "fileName": order.file_name, "options": order.options, "bytes": bytes });
    audit::record(work, "create", "import", Some(id.0), &what)?;
    Ok(import)
}

/// The draft of a customer whose fields are given as texts, named and spelled as in an imported file.
pub async fn draft_of_texts(app: &App, texts: BTreeMap<String, String>) -> Result<Draft, Error> {
    let options = Options { set: texts, ..Options::default() };
    let plan = run::plan(app, &Order { kind: Kind::Customers, file_name: String::new(), options }, None).await?;
    let body = plan.body(Row { number: 1, content: Content::Json(json!({})) }).map_err(Error::Invalid)?;
    batch::draft(body)
}

pub fn read(work: &mut Work<'_>, import: ImportId) -> Result<Import, Error> {
    store::read(work, import)?.ok_or(Error::NotFound)
}

/// Rows that were refused, in the order of the file, after a row.
pub fn problems(work: &mut Work<'_>, import: ImportId, after: i64, limit: usize) -> Result<Vec<RowProblem>, Error> {
    store::problems(work, import, after, limit)
}

/// An import whose job is stopped is stopped too, whether it had begun or not, and so is an undoing. What went when a list took
/// the place of all members is kept with the import.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    events.iter().try_for_each(|event| match event {
        Event::JobCancelled { job } => {
            store::cancel(work, *job)?;
            store::undo::stop(work, *job, State::Cancelled, None)
        }
        Event::JobBuried { job, error } => {
            store::fail(work, *job, error)?;
            store::undo::stop(work, *job, State::Failed, Some(error))
        }
        Event::MembersReplaced { import, gone, .. } => deeds::replaced(work, *import, gone),
        _ => Ok(()),
    })
}

/// Takes away what is kept of customers who are going, and of those who became a part of them.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let parts = customers::parts_of(work, customers)?;
    let all: Vec<CustomerId> = customers.iter().copied().chain(parts).collect();
    store::undo::forget(work, &all)
}

/// What imports wrote over stays under the id of a customer who becomes a part of another one, like his versions.
pub fn merge(_: &mut Work<'_>, _: &Joining<'_>) -> Result<Value, Error> {
    Ok(Value::Null)
}

/// What was written over of activities goes with them.
pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let moved: Vec<i64> = parting.journals.read("activities")?;
    store::undo::hand_back(work, parting.into, parting.from, &moved)?;
    Ok(Vec::new())
}

/// SHA-256 of a file as hex, and its size.
async fn hash_of(path: &Path) -> Result<(String, i64), Error> {
    let cannot = || format!("cannot read {}", path.display());
    let mut file = tokio::fs::File::open(path).await.with_context(cannot)?;
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; source::PIECE_BYTES];
    loop {
        let length = file.read(&mut piece).await.with_context(cannot)?;
        if length == 0 {
            return Ok((hex(hasher), bytes));
        }
        hasher.update(&piece[..length]);
        bytes += length as i64;
    }
}

fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
