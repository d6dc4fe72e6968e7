//! What happens when: every event goes to the slices that react to it, in order, inside the transaction it was told in,
//! until no event is left.

use crate::error::Error;
use crate::work::Work;
use crate::{automation, bulk, customers, duplicates, exports, mail, merging, personal, segments, transfer, views};

/// Rounds of events answering events before we say that rules chase each other in a circle.
const ROUNDS_MAX: usize = 32;

pub fn settle(work: &mut Work<'_>) -> Result<(), Error> {
    for _ in 0..ROUNDS_MAX {
        let events = work.take_events();
        if events.is_empty() {
            return Ok(());
        }
        personal::react(work, &events)?;
        customers::react(work, &events)?;
        segments::react(work, &events)?;
        duplicates::react(work, &events)?;
        merging::react(work, &events)?;
        mail::react(work, &events)?;
        automation::react(work, &events)?;
        views::react(work, &events)?;
        transfer::react(work, &events)?;
        exports::react(work, &events)?;
        bulk::react(work, &events)?;
    }
    Err(Error::Bug(anyhow::anyhow!("events did not come to rest after {ROUNDS_MAX} rounds")))
}
