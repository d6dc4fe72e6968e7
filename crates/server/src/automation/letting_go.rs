//! What becomes of rules when a segment they use is taken away on purpose: actions that would put customers into it go; a
//! rule that asks for it, or has nothing left to do, is switched off and kept for somebody to mend.

use super::model::Action;
use super::rules::{Stored, StoredRule};
use super::store;
use crate::audit;
use crate::catalogue;
use crate::error::Error;
use crate::ids::SegmentId;
use crate::work::Work;
use serde_json::json;

pub fn of_segment(work: &mut Work<'_>, segment: SegmentId) -> Result<(), Error> {
    let stored = work.definitions::<Stored>()?;
    let users: Vec<&StoredRule> = stored.all.iter().filter(|stored| stored.uses.segments.contains(&segment)).collect();
    if users.is_empty() {
        return Ok(());
    }
    let catalogue = catalogue::get(work)?;
    for StoredRule { rule, uses } in users {
        let (mut rule, mut uses) = (rule.clone(), uses.clone());
        rule.actions.retain(|action| action.segment() != Some(segment));
        uses.segments.remove(&segment);
        rule.active &= !rule.actions.is_empty() && condition::check_with_trigger(&rule.condition, &catalogue).is_ok();
        rule.version += 1;
        rule.updated_at = work.now;
        store::update(work, &rule, &uses)?;
        let change = json!({ "letsGoOfSegment": segment, "actions": rule.actions, "active": rule.active });
        audit::record(work, "update", "rule", Some(rule.id.0), &change)?;
    }
    work.redefine::<Stored>()
}

/// Whether a rule asks for a segment, and whether one of its actions is about it.
pub fn ways(work: &mut Work<'_>, stored: &StoredRule, segment: SegmentId) -> Result<(bool, bool), Error> {
    let by_action = stored.rule.actions.iter().filter_map(Action::segment).any(|named| named == segment);
    let asks = match condition::check_with_trigger(&stored.rule.condition, &catalogue::get(work)?) {
        Ok(tree) => condition::needs(&tree).segments.contains(&segment.0),
        // It is written down that the rule uses it.
        Err(_) => !by_action,
    };
    Ok((asks, by_action))
}
