//! The last days over again, with a rule that was not there: every activity is looked at in its time, with what the customer
//! had done until then. His fields and the segments he is in are those of today: what they were is not asked.

use crate::access::Actor;
use crate::activities;
use crate::app::App;
use crate::automation::delay::due;
use crate::automation::incident::{Happened, Incident};
use crate::automation::journeys::Known;
use crate::automation::judge::{Entries, Judged, Round, judge_one};
use crate::automation::model::Draft;
use crate::automation::outcome::Outcome;
use crate::automation::rules::Ready;
use crate::automation::steps::{Op, Standing, Then};
use crate::automation::trigger::Trigger;
use crate::catalogue;
use crate::customers::{self, CustomerName};
use crate::error::Error;
use crate::events::Tracked;
use crate::ids::{ActivityId, CustomerId, RuleId};
use crate::segments;
use crate::time::Instant;
use crate::work::{self, Work};
use condition::{ActivityNeed, Facts, Needs, Occurrence, Reach, evaluate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;

const DAYS_MAX: i64 = 365;
/// Customers looked at in one read.
const PAGE: usize = 200;
const ENTRIES_MAX: usize = 200;
/// Activities looked at before it is enough.
const LOOKS_MAX: i64 = 200_000;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = RuleToReplay)]
pub struct Wanted {
    #[serde(default)]
    pub rule_id: Option<RuleId>,
    #[serde(default)]
    pub rule: Option<Draft>,
    /// 1 to 365.
    pub days: i64,
}

#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleReplayed)]
pub struct Replayed {
    /// Customers who did something that fires the rule.
    pub customers: i64,
    /// How often the rule would have looked, by outcome.
    pub outcomes: BTreeMap<Outcome, i64>,
    /// How often each action would have been done until now, by its path.
    pub actions: BTreeMap<String, i64>,
    /// The first things that would have been done, or would still be to come.
    pub entries: Vec<Entry>,
    /// Whether there was more to look at than is looked at.
    pub truncated: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleReplayEntry)]
pub struct Entry {
    pub customer_id: CustomerId,
    pub customer_name: Option<String>,
    /// When; later than now for what would still be to come.
    pub at: Instant,
    /// The path of the action.
    pub path: String,
    #[schema(value_type = Object)]
    pub action: Value,
}

/// What a replay needs, made once.
struct Stage {
    ready: Ready,
    needs: Needs,
    kinds: Vec<String>,
    from: Instant,
    now: Instant,
}

pub async fn run(app: &App, actor: Actor, wanted: Wanted) -> Result<Replayed, Error> {
    let stage = Arc::new(work::read(app, actor.clone(), move |work| stage(work, &wanted)).await?);
    let mut replayed = Replayed::default();
    let mut after = 0;
    loop {
        let stage = stage.clone();
        let (lanes, names) = work::read(app, actor.clone(), move |work| page(work, &stage, after)).await?;
        let Some(last) = lanes.last().map(|lane| lane.facts.customer) else { break };
        after = last;
        for lane in lanes {
            replayed.customers += 1;
            lane.run(&mut replayed);
        }
        for entry in &mut replayed.entries {
            if entry.customer_name.is_none() {
                entry.customer_name = names.get(&entry.customer_id).and_then(CustomerName::shown);
            }
        }
        if LOOKS_MAX <= replayed.outcomes.values().sum() {
            replayed.truncated = true;
            break;
        }
    }
    Ok(replayed)
}

fn stage(work: &mut Work<'_>, wanted: &Wanted) -> Result<Stage, Error> {
    if !(1..=DAYS_MAX).contains(&wanted.days) {
        return Err(Error::invalid("/days", "out_of_range", format!("1 to {DAYS_MAX} days")));
    }
    let rule = super::stand_in(work, wanted.rule_id, wanted.rule.as_ref(), false)?;
    let kind = |trigger: &Trigger| match trigger {
        Trigger::NewActivity { activity_type, .. } => Some(activity_type.clone()),
        _ => None,
    };
    let kinds: Vec<String> = rule.definition.triggers.iter().filter_map(kind).collect();
    if kinds.is_empty() {
        return Err(Error::invalid("/rule/triggers", "misplaced", "only rules that wait for new activities can be looked at for the past"));
    }
    let from = work.now.plus_days(-wanted.days);
    let ready = Ready::new(rule, &catalogue::get(work)?);
    let mut needs = ready.needs.clone();
    let window = work.now.0 - from.0;
    needs.activities.values_mut().for_each(|need| need.reach = further(need.reach, window));
    for kind in &kinds {
        let own = ActivityNeed { needs_attributes: true, reach: Reach::From(from.0) };
        let known = needs.activities.get(&Some(kind.clone())).map_or(own, |known| known.or(own));
        needs.activities.insert(Some(kind.clone()), known);
    }
    Ok(Stage { ready, needs, kinds, from, now: work.now })
}

/// What is asked at the beginning of the window reaches back from there.
fn further(reach: Reach, window: i64) -> Reach {
    match reach {
        Reach::Within(length) => Reach::Within(length.saturating_add(window)),
        Reach::Either { within, from } => Reach::Either { within: within.saturating_add(window), from },
        Reach::All | Reach::From(_) => reach,
    }
}

type Names = HashMap<CustomerId, CustomerName>;

fn page(work: &mut Work<'_>, stage: &Arc<Stage>, after: i64) -> Result<(Vec<Lane>, Names), Error> {
    let customers = activities::active_since(work, &stage.kinds, stage.from, after, PAGE)?;
    let mut facts = segments::facts(work, &customers, &stage.needs)?;
    let names = customers::names(work, &customers)?;
    let lanes = customers.iter().filter_map(|customer| Some(Lane::new(stage.clone(), facts.remove(customer)?)));
    Ok((lanes.collect(), names))
}

/// One customer on his way through the window.
struct Lane {
    stage: Arc<Stage>,
    facts: Facts,
    /// What is still to come, the latest first.
    coming: Vec<(Arc<str>, Occurrence)>,
    waiting: Vec<Waiting>,
    entries: Entries,
}

/// Something that comes later.
struct Waiting {
    at: Instant,
    what: What,
}

enum What {
    Action(usize),
    Journey { standing: Standing, for_condition: bool },
}

impl Lane {
    fn new(stage: Arc<Stage>, mut facts: Facts) -> Lane {
        let later = |(kind, lane): (&Arc<str>, &[Occurrence])| {
            let from = lane.partition_point(|one| one.at <= stage.from.0);
            lane[from..].iter().map(|one| (kind.clone(), one.clone())).collect::<Vec<_>>()
        };
        let mut coming: Vec<(Arc<str>, Occurrence)> = facts.activities.types().flat_map(later).collect();
        coming.retain(|(_, one)| one.at <= stage.now.0);
        for (kind, one) in &coming {
            facts.activities.take(kind, one.id);
        }
        coming.sort_by_key(|(_, one)| std::cmp::Reverse((one.at, one.id)));
        Lane { stage, facts, coming, waiting: Vec::new(), entries: Entries::default() }
    }

    fn run(mut self, replayed: &mut Replayed) {
        loop {
            let next_activity = self.coming.last().map(|(_, one)| Instant(one.at));
            let next_waiting = self.waiting.iter().map(|one| one.at).min();
            match (next_activity, next_waiting) {
                (None, None) => return,
                (activity, Some(at)) if activity.is_none_or(|activity| at < activity) => {
                    if self.stage.now < at {
                        return self.still_to_come(replayed);
                    }
                    self.come_due(at, replayed);
                }
                _ => self.next_activity(replayed),
            }
        }
    }

    fn next_activity(&mut self, replayed: &mut Replayed) {
        let Some((kind, one)) = self.coming.pop() else { return };
        let at = Instant(one.at);
        let attributes = Arc::new(one.attributes.as_ref().map_or_else(|| json!({}), |attributes| attributes.plain.to_value()));
        let tracked =
            Tracked { id: ActivityId(one.id), customer: CustomerId(self.facts.customer), kind: kind.clone(), occurred_at: at, attributes };
        self.facts.activities.insert(&kind, one);
        self.hurry(at, replayed);
        let stage = self.stage.clone();
        let incident = Incident { customer: tracked.customer, happened: Happened::NewActivity(Arc::new(tracked)) };
        self.facts.trigger = incident.environment(0).facts(incident.activity().map(|tracked| &**tracked));
        let is_meant = |(place, trigger): (usize, &Trigger)| {
            let filter = stage.ready.filter(place);
            matches!(trigger, Trigger::NewActivity { activity_type, .. } if **activity_type == *kind)
                && filter.is_none_or(|filter| evaluate(filter, &self.facts, at.0))
        };
        if stage.ready.rule.definition.triggers.iter().enumerate().any(is_meant) {
            let mut round = Round { now: at, entries: &mut self.entries, too_deep: false };
            let judged = judge_one(&stage.ready, &incident, &self.facts, &mut round, None);
            let outcome = match judged {
                Judged::Fires => Outcome::Fired,
                Judged::NotMet(_) => Outcome::ConditionNotMet,
                Judged::OutsideValidity => Outcome::OutsideValidity,
                Judged::HeldOut => Outcome::HeldOut,
                Judged::NotAgain(_) => Outcome::NotAgain,
                Judged::Stopped(_) | Judged::TooDeep | Judged::Broken(_) => Outcome::Failed,
            };
            *replayed.outcomes.entry(outcome).or_default() += 1;
            if outcome == Outcome::Fired {
                self.fire(at, replayed);
            }
        }
        self.facts.trigger = condition::Trigger::default();
    }

    fn fire(&mut self, at: Instant, replayed: &mut Replayed) {
        let stage = self.stage.clone();
        if stage.ready.rule.definition.is_journey() {
            return self.travel(Standing { place: 0, waits_since: None }, at, replayed);
        }
        for (place, action) in stage.ready.rule.definition.actions.iter().enumerate() {
            let timing = action.timing;
            match timing.is_later() {
                true => {
                    let at = due(timing.delay, timing.at, at, &self.facts.zone);
                    self.waiting.push(Waiting { at, what: What::Action(place) });
                }
                false => self.note(at, format!("/actions/{place}"), json!(action.deed), replayed),
            }
        }
    }

    fn travel(&mut self, mut standing: Standing, at: Instant, replayed: &mut Replayed) {
        let stage = self.stage.clone();
        let journey = &stage.ready.journey;
        loop {
            let progress = journey.advance(standing, at, &mut Known { rule: stage.ready.rule.id, facts: &self.facts, now: at });
            for place in progress.acts {
                if let Some(Op::Act(deed)) = journey.ops.get(place) {
                    self.note(at, journey.path(place).to_owned(), json!(deed), replayed);
                }
            }
            match progress.then {
                // What an action would have changed is not known here.
                Then::LooksAgain { place } => standing = Standing { place, waits_since: None },
                Then::Waits { place, until, for_condition } => {
                    let since = standing.waits_since.filter(|_| place == standing.place).unwrap_or(at);
                    let standing = Standing { place, waits_since: Some(since) };
                    return self.waiting.push(Waiting { at: until, what: What::Journey { standing, for_condition } });
                }
                Then::Exited { .. } | Then::Finished => {
                    let key = (stage.ready.rule.id, CustomerId(self.facts.customer));
                    self.entries.entry(key).or_default().is_under_way = false;
                    return;
                }
            }
        }
    }

    /// Lets go on who waits for something to happen.
    fn hurry(&mut self, at: Instant, replayed: &mut Replayed) {
        let waits = |one: &Waiting| matches!(one.what, What::Journey { for_condition: true, .. });
        let (hurried, waiting): (Vec<Waiting>, Vec<Waiting>) = std::mem::take(&mut self.waiting).into_iter().partition(waits);
        self.waiting = waiting;
        hurried.into_iter().for_each(|one| self.go_on(one, at, replayed));
    }

    fn come_due(&mut self, at: Instant, replayed: &mut Replayed) {
        let (due, waiting): (Vec<Waiting>, Vec<Waiting>) = std::mem::take(&mut self.waiting).into_iter().partition(|one| one.at <= at);
        self.waiting = waiting;
        due.into_iter().for_each(|one| self.go_on(one, at, replayed));
    }

    fn go_on(&mut self, waiting: Waiting, at: Instant, replayed: &mut Replayed) {
        let stage = self.stage.clone();
        match waiting.what {
            What::Action(place) => {
                let action = &stage.ready.rule.definition.actions[place];
                let holds = stage.ready.condition.as_ref().is_ok_and(|tree| evaluate(tree, &self.facts, at.0));
                if !action.timing.recheck || holds {
                    self.note(at, format!("/actions/{place}"), json!(action.deed), replayed);
                }
            }
            What::Journey { standing, .. } => {
                if stage.ready.exit_when.as_ref().is_none_or(|tree| !evaluate(tree, &self.facts, at.0)) {
                    self.travel(standing, at, replayed);
                }
            }
        }
    }

    fn note(&self, at: Instant, path: String, action: Value, replayed: &mut Replayed) {
        if at <= self.stage.now {
            *replayed.actions.entry(path.clone()).or_default() += 1;
        }
        if replayed.entries.len() < ENTRIES_MAX {
            let customer_id = CustomerId(self.facts.customer);
            replayed.entries.push(Entry { customer_id, customer_name: None, at, path, action });
        }
    }

    fn still_to_come(&mut self, replayed: &mut Replayed) {
        let stage = self.stage.clone();
        for one in std::mem::take(&mut self.waiting) {
            let (path, action) = match one.what {
                What::Action(place) => (format!("/actions/{place}"), json!(stage.ready.rule.definition.actions[place].deed)),
                What::Journey { standing, .. } => (stage.ready.journey.path(standing.place).to_owned(), json!({"type": "wait"})),
            };
            self.note(one.at, path, action, replayed);
        }
    }
}
