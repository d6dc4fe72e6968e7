//! Which rules fire for what happened. Pure: everything it looks at was loaded before.

use super::action::Action;
use super::incident::{Happened, Incident};
use super::model::Reentry;
use super::rules::Ready;
use super::steps::lot;
use crate::events::Tracked;
use crate::ids::{ActivityId, CustomerId, RuleId, SegmentId};
use crate::segments::Knowledge;
use crate::time::Instant;
use condition::{Facts, Occurrence, Refusal, Trigger, evaluate, refusals};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::sync::Arc;

/// Leaves the log names for one condition that was not met.
const REFUSALS_MAX: usize = 4;
/// The place of the lot by which customers are held out.
const HOLDOUT: i64 = -1;

/// What happened, and the rules with the triggers that may mean it.
pub struct Match<'e> {
    pub incident: &'e Incident,
    pub rules: Vec<&'e (Arc<Ready>, usize)>,
}

/// What one rule makes of it.
pub struct Verdict<'e> {
    pub incident: &'e Incident,
    pub rule: &'e Arc<Ready>,
    pub judged: Judged,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    Fires,
    NotMet(Vec<Refusal>),
    OutsideValidity,
    HeldOut,
    /// It fired for him at this instant, or he is still under way.
    NotAgain(Option<Instant>),
    Stopped(RuleId),
    TooDeep,
    /// The rule cannot be judged any more.
    Broken(String),
}

/// When a rule last fired for a customer, and whether he is on its journey.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entered {
    pub last: Option<Instant>,
    pub is_under_way: bool,
}

/// What was looked up of customers and rules that do not fire every time.
pub type Entries = FxHashMap<(RuleId, CustomerId), Entered>;

/// The circumstances of a round of judging.
pub struct Round<'r> {
    pub now: Instant,
    pub entries: &'r mut Entries,
    /// Whether rules have led to one another too often already.
    pub too_deep: bool,
}

/// Judges everything on the state it left: activities of the same customer that came later in the same unit of work are
/// not seen, but the segments that rules put him into before are, so that ten activities sent at once fire what they would
/// have fired one by one. Fields and computed membership are those at the end of the unit. Verdicts come in the order of
/// what happened, and of the rules for each. What is known is the same afterwards.
pub fn judge<'e>(matches: &'e [Match<'e>], known: &mut Knowledge, round: &mut Round<'_>) -> Vec<Verdict<'e>> {
    let mut later = take_out_several(matches, known);
    let mut put_in: Vec<(CustomerId, SegmentId)> = Vec::new();
    let mut verdicts = Vec::with_capacity(matches.len());
    for Match { incident, rules } in matches {
        let Some(facts) = known.get_mut(incident.customer).map(|known| &mut known.facts) else { continue };
        let tracked = incident.activity();
        if let Some(occurrence) = tracked.and_then(|tracked| later.remove(&tracked.id)) {
            facts.activities.insert(&tracked.expect("there is one").kind, occurrence);
        }
        let first = verdicts.len();
        one_after_the_other(incident, rules, facts, round, &mut verdicts);
        let fired = verdicts[first..].iter().filter(|verdict| verdict.judged == Judged::Fires);
        for segment in fired.flat_map(|verdict| &verdict.rule.rule.definition.actions).filter_map(Action::segment_at_once) {
            // The first time is the one that counts; a member stays what he is.
            if let Place::Vacant(place) = facts.segments.entry(segment.0) {
                place.insert(1);
                put_in.push((incident.customer, segment));
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

/// What each rule makes of one thing that happened. A rule of which two triggers mean it looks once.
fn one_after_the_other<'e>(
    incident: &'e Incident,
    rules: &[&'e (Arc<Ready>, usize)],
    facts: &mut Facts,
    round: &mut Round<'_>,
    verdicts: &mut Vec<Verdict<'e>>,
) {
    let first = verdicts.len();
    let (mut stopped_by, mut has_trigger) = (None, false);
    for (rule, place) in rules {
        if verdicts[first..].iter().any(|verdict: &Verdict<'_>| verdict.rule.rule.id == rule.rule.id) {
            continue;
        }
        if !has_trigger && (rule.needs.trigger || rule.filter(*place).is_some()) {
            facts.trigger = incident.environment(0).facts(incident.activity().map(|tracked| &**tracked));
            has_trigger = true;
        }
        let is_for_one = incident.rule().is_some();
        if !is_for_one && rule.filter(*place).is_some_and(|filter| !evaluate(filter, facts, round.now.0)) {
            continue;
        }
        let judged = judge_one(rule, incident, facts, round, stopped_by);
        if judged == Judged::Fires && rule.rule.definition.stop_processing {
            stopped_by = Some(rule.rule.id);
        }
        verdicts.push(Verdict { incident, rule, judged });
    }
    if has_trigger {
        facts.trigger = Trigger::default();
    }
}

/// Takes the activities of customers who have several of them out of what is known, to be put back one by one.
fn take_out_several(matches: &[Match<'_>], known: &mut Knowledge) -> HashMap<ActivityId, Occurrence> {
    let fresh = |matched: &Match<'_>| match &matched.incident.happened {
        Happened::NewActivity(tracked) => Some(tracked.clone()),
        _ => None,
    };
    let fresh: Vec<Arc<Tracked>> = matches.iter().filter_map(fresh).collect();
    let mut count: HashMap<CustomerId, usize> = HashMap::with_capacity(fresh.len());
    for tracked in &fresh {
        *count.entry(tracked.customer).or_default() += 1;
    }
    let several = fresh.iter().filter(|tracked| count[&tracked.customer] > 1);
    several
        .filter_map(|tracked| Some((tracked.id, known.get_mut(tracked.customer)?.facts.activities.take(&tracked.kind, tracked.id.0)?)))
        .collect()
}

/// What one rule makes of one incident, with what fired it standing in the facts.
pub fn judge_one(ready: &Ready, incident: &Incident, facts: &Facts, round: &mut Round<'_>, stopped_by: Option<RuleId>) -> Judged {
    let rule = &ready.rule;
    if !rule.is_valid_at(round.now) {
        return Judged::OutsideValidity;
    }
    let tree = match &ready.condition {
        Ok(tree) => tree,
        Err(problem) => return Judged::Broken(problem.clone()),
    };
    if !evaluate(tree, facts, round.now.0) {
        return Judged::NotMet(refusals(tree, facts, round.now.0, REFUSALS_MAX));
    }
    if let Some(by) = stopped_by {
        return Judged::Stopped(by);
    }
    if round.too_deep {
        return Judged::TooDeep;
    }
    let definition = &rule.definition;
    if is_held_out(rule.id, definition.holdout, incident.customer) {
        return Judged::HeldOut;
    }
    if definition.reentry != Reentry::Always || definition.is_journey() {
        let entered = round.entries.entry((rule.id, incident.customer)).or_default();
        if entered.is_under_way || !definition.reentry.admits(entered.last, round.now) {
            return Judged::NotAgain(entered.last);
        }
        *entered = Entered { last: Some(round.now), is_under_way: definition.is_journey() };
    }
    Judged::Fires
}

/// Whether the rule never does anything for this customer: so many percent of all, always the same ones.
pub fn is_held_out(rule: RuleId, percent: u8, customer: CustomerId) -> bool {
    percent > 0 && lot(rule.0, HOLDOUT, customer) < u32::from(percent) * 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::model::Rule;
    use condition::Catalogue;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    const NOW: Instant = Instant(1_000);

    fn rule(id: i64, condition: Value) -> Rule {
        Rule::example(id, condition)
    }

    fn order(id: i64, customer: i64, amount: i64) -> Incident {
        let tracked = Tracked {
            id: ActivityId(id),
            customer: CustomerId(customer),
            kind: "order".into(),
            occurred_at: Instant(id),
            attributes: Arc::new(json!({"amount": amount})),
        };
        Incident { customer: CustomerId(customer), happened: Happened::NewActivity(Arc::new(tracked)) }
    }

    fn known_after(incidents: &[Incident]) -> Knowledge {
        let mut all: HashMap<CustomerId, Facts> = HashMap::new();
        for tracked in incidents.iter().filter_map(Incident::activity) {
            let facts = all.entry(tracked.customer).or_insert_with(|| Facts::new(tracked.customer.0, TimeZone::UTC));
            facts.activities.insert(&tracked.kind, Occurrence { id: tracked.id.0, at: tracked.occurred_at.0, attributes: None });
        }
        all.into_values().collect()
    }

    /// What each rule makes of each incident, as `(place of the incident, rule, judged)`.
    fn judged(rules: Vec<Rule>, incidents: &[Incident], entries: &mut Entries) -> Vec<(usize, i64, Judged)> {
        let rules: Vec<(Arc<Ready>, usize)> =
            rules.into_iter().map(|rule| (Arc::new(Ready::new(rule, &Catalogue::built_in())), 0)).collect();
        let matches: Vec<Match<'_>> = incidents.iter().map(|incident| Match { incident, rules: rules.iter().collect() }).collect();
        let mut round = Round { now: NOW, entries, too_deep: false };
        let place = |incident: &Incident| incidents.iter().position(|one| std::ptr::eq(one, incident)).unwrap();
        let verdicts = judge(&matches, &mut known_after(incidents), &mut round);
        verdicts.into_iter().map(|one| (place(one.incident), one.rule.rule.id.0, one.judged)).collect()
    }

    fn fired(verdicts: &[(usize, i64, Judged)]) -> Vec<(usize, i64)> {
        verdicts.iter().filter(|(.., judged)| *judged == Judged::Fires).map(|(place, rule, _)| (*place, *rule)).collect()
    }

    #[test]
    fn activities_sent_together_are_judged_one_by_one() {
        let second = rule(1, json!({"fact": "activity", "type": "order", "op": "eq", "value": 2}));
        let orders = [order(1, 7, 5), order(2, 7, 5), order(3, 8, 5), order(4, 7, 5)];
        let verdicts = judged(vec![second], &orders, &mut Entries::default());
        assert_eq!((verdicts.len(), fired(&verdicts)), (4, vec![(1, 1)]));
    }

    #[test]
    fn the_attributes_asked_about_are_those_of_the_event() {
        let big = rule(1, json!({"fact": "attribute", "name": "amount", "op": "gte", "value": 50}));
        let verdicts = judged(vec![big], &[order(1, 7, 49), order(2, 7, 50)], &mut Entries::default());
        assert_eq!(verdicts[0].2, Judged::NotMet(vec![Refusal { path: String::new(), saw: json!(49), is_about_activities: true }]));
        assert_eq!(verdicts[1].2, Judged::Fires);
    }

    #[test]
    fn a_condition_that_lost_its_field_is_told() {
        let broken = rule(1, json!({"fact": "field", "name": "gone", "op": "set"}));
        let verdicts = judged(vec![broken], &[order(1, 7, 5)], &mut Entries::default());
        assert!(matches!(verdicts[0].2, Judged::Broken(_)));
    }

    #[test]
    fn a_rule_may_keep_others_from_firing() {
        let mut first = rule(1, json!({"fact": "attribute", "name": "amount", "op": "gte", "value": 50}));
        first.definition.stop_processing = true;
        let second = rule(2, json!({"all": []}));
        let verdicts = judged(vec![first, second], &[order(1, 7, 49), order(2, 7, 50)], &mut Entries::default());
        assert_eq!(fired(&verdicts), [(0, 2), (1, 1)]);
        assert_eq!(verdicts[3].2, Judged::Stopped(RuleId(1)));
    }

    #[test]
    fn who_came_once_does_not_come_again() {
        let mut once = rule(1, json!({"all": []}));
        once.definition.reentry = Reentry::Once;
        let mut entries = Entries::default();
        entries.insert((RuleId(1), CustomerId(8)), Entered { last: Some(Instant(5)), is_under_way: false });
        let verdicts = judged(vec![once], &[order(1, 7, 5), order(2, 7, 5), order(3, 8, 5)], &mut entries);
        assert_eq!(fired(&verdicts), [(0, 1)]);
        assert_eq!((&verdicts[1].2, &verdicts[2].2), (&Judged::NotAgain(Some(NOW)), &Judged::NotAgain(Some(Instant(5)))));
    }

    #[test]
    fn the_same_customers_are_held_out_each_time() {
        let share = |rule: i64, percent| (0..10_000).filter(|id| is_held_out(RuleId(rule), percent, CustomerId(*id))).count();
        assert_eq!(share(1, 0), 0);
        for rule in 1..20 {
            let held = share(rule, 20);
            assert!((1_850..2_150).contains(&held), "{held} of 10000 in rule {rule}");
        }
        let both = (0..10_000).filter(|id| [1, 2].into_iter().all(|rule| is_held_out(RuleId(rule), 20, CustomerId(*id)))).count();
        assert!((300..500).contains(&both), "the lots of two rules are independent: {both}");
    }
}
