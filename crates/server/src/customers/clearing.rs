//! The values of a custom field that was deleted: removed from all customers, some at a time, in the background.

use super::store;
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::events::Event;
use crate::jobs::{self, Claimed, Job, Wish};
use crate::settings;
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;

/// Customers one unit of work looks at, so that nobody waits long for the writer; SQLite takes at most 500 in one statement.
const PAGE: usize = 200;

/// When a field is gone, its values go as a job.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let mut wishes = Vec::new();
    for event in events {
        if let Event::FieldDeleted { name } = event {
            let job = Job::ClearField { field: name.to_string(), after: 0 };
            wishes.push((job, Wish { unique_key: Some(settings::clearing_key(name)), ..Wish::default() }));
        }
    }
    jobs::enqueue_all(work, wishes)?;
    Ok(())
}

/// Goes on with the job until all customers were looked at, or it was cancelled.
pub async fn clear_field(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::ClearField { field, after } = &claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("a job of kind {} is not about a field", claimed.job.kind())));
    };
    let id = claimed.id;
    let (mut after, mut done) = (*after, claimed.done);
    loop {
        let name = field.clone();
        let next = work::write(app, Actor::system(), move |work| {
            if settings::fields(work)?.get(&name).is_some() {
                jobs::finish(work, id, &json!({"lookedAt": done, "fieldIsBack": true}))?;
                return Ok(None);
            }
            let ids = store::page_of_ids(work, after, PAGE)?;
            let Some(last) = ids.last().copied() else {
                jobs::finish(work, id, &json!({"lookedAt": done}))?;
                return Ok(None);
            };
            store::lock(work, &ids)?;
            let holders = store::holders(work, &ids, &name)?;
            store::clear(work, holders, &name)?;
            let done = done + ids.len() as i64;
            let goes_on = jobs::progress(work, id, done, None, &Job::ClearField { field: name.clone(), after: last.0 })?;
            Ok(goes_on.then_some((last.0, done)))
        });
        match next.await? {
            Some(reached) => (after, done) = reached,
            None => return Ok(Ending::Written),
        }
    }
}
