//! Members of a segment whom an imported list has put in, taken out or applied again: they are as before, unless that was
//! changed since.

use super::Earlier;
use super::model::{Outcome, Subject, Thing};
use crate::customers;
use crate::error::Error;
use crate::events::Cause;
use crate::ids::{CustomerId, SegmentId};
use crate::segments::{self, Application, Counter, Source};
use crate::transfer::deeds::{Belonging, Deed};
use crate::transfer::members::{Moved, belonging};
use crate::transfer::model::Import;
use crate::transfer::store::undo as store;
use crate::work::Work;
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub fn take_back(work: &mut Work<'_>, import: &Import, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    let moved = deeds.iter().filter_map(|deed| match deed {
        Deed::Member(row, customer) => Some((*row, *customer)),
        Deed::MadeCustomer(..) | Deed::ChangedCustomer(..) | Deed::MadeActivity(..) | Deed::ChangedActivity(..) => None,
    });
    let moved: Vec<(i64, CustomerId)> = moved.collect();
    let Some(segment) = import.options.segment.filter(|_| !moved.is_empty()) else { return Ok(Vec::new()) };
    let ids: Vec<CustomerId> = moved.iter().map(|(_, customer)| *customer).collect();
    let held = customers::lock(work, &ids)?;
    let missing: Vec<CustomerId> = ids.iter().filter(|customer| !held.contains(customer)).copied().collect();
    let merged = super::merged(work, &missing)?;
    let standing = belonging(work, segment, &ids)?;
    let was: HashMap<(i64, CustomerId), Moved> =
        store::moved(work, import.id, &ids)?.into_iter().map(|(row, moved)| ((row, moved.customer), moved)).collect();
    let keys: Vec<i64> = ids.iter().map(|customer| customer.0).collect();
    let earlier = Earlier::of(work, import, Subject::Membership, &keys)?;
    let path = format!("/segments/{segment}");
    let (mut outcomes, mut leaving, mut coming) = (Vec::new(), Vec::new(), HashMap::<Source, Vec<Application>>::new());
    for (row, customer) in moved {
        let thing = Thing { row, subject: Subject::Membership, id: segment.0, customer, version: 0 };
        if !held.contains(&customer) {
            outcomes.push(if merged.contains_key(&customer) { thing.merged() } else { thing.unchanged() });
            continue;
        }
        let Some(Moved { before, after, .. }) = was.get(&(row, customer)).copied() else {
            outcomes.push(thing.not_recorded());
            continue;
        };
        let change = Map::from_iter([(path.clone(), json!([before, after]))]);
        let unwound = earlier.unwound(thing, &change);
        let before: Option<Belonging> = read(&unwound[&path][0])?;
        let now = standing.get(&customer).copied();
        outcomes.push(if now == before {
            thing.unchanged()
        } else if now == after {
            match before {
                Some(was) => coming.entry(was.2).or_default().push(application(customer, was)),
                None => leaving.push(customer),
            }
            thing.restored(super::earlier::shown(&unwound))
        } else {
            thing.changed_since(unwound)
        });
    }
    move_back(work, segment, &leaving, coming, Cause::ImportUndone { import: import.id })?;
    Ok(outcomes)
}

fn read(value: &Value) -> Result<Option<Belonging>, Error> {
    Ok(serde_json::from_value(value.clone()).context("how a customer was in a segment cannot be read")?)
}

fn application(customer: CustomerId, was: Belonging) -> Application {
    Application { customer, since: Some(was.0), counter: Some(Counter::Exactly(was.1)) }
}

fn move_back(
    work: &mut Work<'_>,
    segment: SegmentId,
    leaving: &[CustomerId],
    coming: HashMap<Source, Vec<Application>>,
    cause: Cause,
) -> Result<(), Error> {
    segments::change_members(work, segment, &[], leaving, Source::Manual, cause)?;
    // There are as many sources as ways to come into a segment.
    for (source, applications) in coming {
        segments::change_members(work, segment, &applications, &[], source, cause)?;
    }
    Ok(())
}
