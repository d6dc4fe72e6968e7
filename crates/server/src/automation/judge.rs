//! Which rules fire for which events. Pure: everything it looks at was loaded before.

use super::model::Action;
use super::rules::Ready;
use crate::events::Tracked;
use crate::ids::{ActivityId, CustomerId, SegmentId};
use crate::segments::Knowledge;
use crate::time::Instant;
use condition::{Attributes, Facts, Occurrence, Refusal, Trigger, evaluate, refusals};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Leaves the log names for one condition that was not met.
const REFUSALS_MAX: usize = 4;

/// An event and the rules that wait for it.
pub struct Match<'e> {
    pub event: &'e Tracked,
    pub rules: &'e [Arc<Ready>],
}

/// What one rule makes of one event.
pub struct Verdict<'e> {
    pub event: &'e Tracked,
    pub rule: &'e Arc<Ready>,
    pub judged: Judged,
}

#[derive(Debug, PartialEq)]
pub enum Judged {
    Fires,
    NotMet(Vec<Refusal>),
    OutsideValidity,
    /// The rule cannot be judged any more.
    Broken(String),
}

/// Judges every event on the state it left: activities of the same customer that came later in the same unit of work are
/// not seen, but the segments that rules put him into before are, so that ten activities sent at once fire what they would
/// have fired one by one. Fields and computed membership are those at the end of the unit. Verdicts come in the order of the
/// events, and of the rules for each. What is known is the same afterwards.
pub fn judge<'e>(matches: &[Match<'e>], known: &mut Knowledge, now: Instant) -> Vec<Verdict<'e>> {
    let mut later = take_out_several(matches, known);
    let mut put_in: Vec<(CustomerId, SegmentId)> = Vec::new();
    let mut verdicts = Vec::with_capacity(matches.len());
    for Match { event, rules } in matches {
        let Some(facts) = known.get_mut(event.customer).map(|known| &mut known.facts) else { continue };
        if let Some(occurrence) = later.remove(&event.id) {
            facts.activities.insert(&event.kind, occurrence);
        }
        let first = verdicts.len();
        verdicts.extend(rules.iter().map(|rule| Verdict { event, rule, judged: one(rule, event, facts, now) }));
        facts.trigger = Trigger::default();
        let fired = verdicts[first..].iter().filter(|verdict| verdict.judged == Judged::Fires);
        for segment in fired.flat_map(|verdict| &verdict.rule.rule.actions).filter_map(Action::segment_at_once) {
            // The first time is the one that counts; a member stays what he is.
            if let Entry::Vacant(place) = facts.segments.entry(segment.0) {
                place.insert(1);
                put_in.push((event.customer, segment));
            }
        }
    }
    // The actions themselves come later, and say so by themselves.
    for (customer, segment) in put_in {
        if let Some(known) = known.get_mut(customer) {
            known.facts.segments.remove(&segment.0);
        }
    }
    verdicts
}

/// Takes the activities of customers who have several of them out of what is known, to be put back one by one.
fn take_out_several(matches: &[Match<'_>], known: &mut Knowledge) -> HashMap<ActivityId, Occurrence> {
    let mut count: HashMap<CustomerId, usize> = HashMap::new();
    for matched in matches {
        *count.entry(matched.event.customer).or_default() += 1;
    }
    let several = matches.iter().map(|matched| matched.event).filter(|event| count[&event.customer] > 1);
    several.filter_map(|event| Some((event.id, known.get_mut(event.customer)?.facts.activities.take(&event.kind, event.id.0)?))).collect()
}

fn one(ready: &Ready, event: &Tracked, facts: &mut Facts, now: Instant) -> Judged {
    if !ready.rule.is_valid_at(now) {
        return Judged::OutsideValidity;
    }
    let tree = match &ready.condition {
        Ok(tree) => tree,
        Err(problem) => return Judged::Broken(problem.clone()),
    };
    if ready.needs.trigger {
        facts.trigger.attributes = Some(Attributes::new(event.attributes.clone()));
    }
    match evaluate(tree, facts, now.0) {
        true => Judged::Fires,
        false => Judged::NotMet(refusals(tree, facts, now.0, REFUSALS_MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::model::{self, Rule};
    use crate::ids::{ActivityId, RuleId};
    use condition::Catalogue;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    const NOW: Instant = Instant(1_000);

    fn rule(id: i64, condition: Value) -> Arc<Ready> {
        let rule = Rule {
            id: RuleId(id),
            name: String::new(),
            description: String::new(),
            active: true,
            position: id,
            triggers: vec![model::Trigger::NewActivity { activity_type: "order".to_owned() }],
            condition,
            actions: Vec::new(),
            valid_from: None,
            valid_until: None,
            version: 1,
            created_at: NOW,
            updated_at: NOW,
        };
        Arc::new(Ready::new(rule, &Catalogue::built_in()))
    }

    fn order(id: i64, customer: i64, amount: i64) -> Tracked {
        Tracked {
            id: ActivityId(id),
            customer: CustomerId(customer),
            kind: "order".into(),
            occurred_at: Instant(id),
            attributes: Arc::new(json!({"amount": amount})),
        }
    }

    fn known_after(events: &[Tracked]) -> Knowledge {
        let mut all: HashMap<CustomerId, Facts> = HashMap::new();
        for event in events {
            let facts = all.entry(event.customer).or_insert_with(|| Facts::new(event.customer.0, TimeZone::UTC));
            facts.activities.insert(&event.kind, Occurrence { id: event.id.0, at: event.occurred_at.0, attributes: None });
        }
        all.into_values().collect()
    }

    #[test]
    fn activities_sent_together_are_judged_one_by_one() {
        let rules = [rule(1, json!({"fact": "activity", "type": "order", "op": "eq", "value": 2}))];
        let events = [order(1, 7, 5), order(2, 7, 5), order(3, 8, 5), order(4, 7, 5)];
        let matches: Vec<Match<'_>> = events.iter().map(|event| Match { event, rules: &rules }).collect();
        let verdicts = judge(&matches, &mut known_after(&events), NOW);
        let fired: Vec<i64> = verdicts.iter().filter(|one| one.judged == Judged::Fires).map(|one| one.event.id.0).collect();
        assert_eq!((verdicts.len(), fired), (4, vec![2]));
    }

    #[test]
    fn the_attributes_asked_about_are_those_of_the_event() {
        let rules = [rule(1, json!({"fact": "attribute", "name": "amount", "op": "gte", "value": 50}))];
        let events = [order(1, 7, 49), order(2, 7, 50)];
        let matches: Vec<Match<'_>> = events.iter().map(|event| Match { event, rules: &rules }).collect();
        let verdicts = judge(&matches, &mut known_after(&events), NOW);
        assert_eq!(verdicts[0].judged, Judged::NotMet(vec![Refusal { path: String::new(), saw: json!(49) }]));
        assert_eq!(verdicts[1].judged, Judged::Fires);
    }

    #[test]
    fn a_condition_that_lost_its_field_is_told() {
        let rules = [rule(1, json!({"fact": "field", "name": "gone", "op": "set"}))];
        let events = [order(1, 7, 5)];
        let verdicts = judge(&[Match { event: &events[0], rules: &rules }], &mut known_after(&events), NOW);
        assert!(matches!(verdicts[0].judged, Judged::Broken(_)));
    }
}
