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
use crate::transfer::members::belonging;
use crate::transfer::model::Import;
use crate::work::Work;
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub fn take_back(work: &mut Work<'_>, import: &Import, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    let moved = deeds.iter().filter_map(|deed| match deed {
        Deed::Member(row, customer, before, after) => Some((*row, *customer, *before, *after)),
        Deed::MadeCustomer(..) | Deed::ChangedCustomer(..) | Deed::MadeActivity(..) | Deed::ChangedActivity(..) => None,
    });
    let moved: Vec<_> = moved.collect();
    let Some(segment) = import.options.segment.filter(|_| !moved.is_empty()) else { return Ok(Vec::new()) };
    let ids: Vec<CustomerId> = moved.iter().map(|(_, customer, ..)| *customer).collect();
    let held = customers::lock(work, &ids)?;
    let missing: Vec<CustomerId> = ids.iter().filter(|customer| !held.contains(customer)).copied().collect();
    let merged = super::merged(work, &missing)?;
    let standing = belonging(work, segment, &ids)?;
    let earlier = Earlier::of(work, import.id, &ids)?;
    let path = format!("/segments/{segment}");
    let (mut outcomes, mut leaving, mut coming) = (Vec::new(), Vec::new(), HashMap::<Source, Vec<Application>>::new());
    for (row, customer, before, after) in moved {
        let thing = Thing { row, subject: Subject::Membership, id: segment.0, customer };
        if !held.contains(&customer) {
            outcomes.push(if merged.contains_key(&customer) { thing.merged() } else { thing.unchanged() });
            continue;
        }
        let change = Map::from_iter([(path.clone(), json!([before, after]))]);
        let unwound = earlier.unwound(Subject::Membership, segment.0, customer, &change);
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
