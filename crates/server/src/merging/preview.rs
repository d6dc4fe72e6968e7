//! What a merge would do, without doing it.

use super::model::{Plan, SegmentPlan, Wish};
use super::{check_pair, guards, load, planned};
use crate::error::Error;
use crate::personal;
use crate::segments;
use crate::settings;
use crate::work::Work;
use std::collections::BTreeMap;

pub fn preview(work: &mut Work<'_>, wish: &Wish) -> Result<Plan, Error> {
    check_pair(wish.survivor, wish.other)?;
    let [survivor, other] = load(work, wish)?;
    let planned = planned(work, &survivor, &other, wish)?;
    let settings = settings::all(work)?;
    Ok(Plan {
        survivor_id: survivor.id,
        other_id: other.id,
        rule: wish.rule,
        fields: planned.fields,
        segments: segments(work, wish)?,
        moves: personal::counts(work, other.id)?.into_iter().collect(),
        confirmations: guards::confirmations(&survivor, &other),
        refusals: guards::over_limits(&survivor, &other, &settings.merging),
        warnings: guards::warnings(&survivor, &other, &settings.merging),
    })
}

fn segments(work: &mut Work<'_>, wish: &Wish) -> Result<Vec<SegmentPlan>, Error> {
    let mut found: BTreeMap<_, SegmentPlan> = BTreeMap::new();
    for (customer, memberships) in segments::of_customers(work, &[wish.survivor, wish.other])? {
        for one in memberships {
            let entry = found.entry(one.id).or_insert_with(|| SegmentPlan {
                id: one.id,
                name: one.name.clone(),
                calculated: one.calculated,
                survivor: false,
                other: false,
                counter: 0,
            });
            entry.survivor |= customer == wish.survivor;
            entry.other |= customer == wish.other;
            entry.counter += one.counter;
        }
    }
    Ok(found.into_values().collect())
}
