//! Which facts a condition reads: what the server must load before it asks, and what may wake a condition at all.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{
    ActivityTest, AttributeLeaf, AttributeTest, AttributeValueTest, DateTest, DatetimeTest, FieldTest, FieldValueTest, Leaf,
};
use crate::tree::{Edge, MeasureTest, Node, NumberMeasure, Selection, Test, Tree, Window};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Names of fields, built-in and custom.
    pub fields: BTreeSet<String>,
    /// By type; `None` stands for activities of every type.
    pub activities: BTreeMap<Option<String>, ActivityNeed>,
    pub segments: BTreeSet<i64>,
    /// Those of the segments whose application counter is read too.
    pub counters: BTreeSet<i64>,
    /// Purposes of consents.
    pub consents: BTreeSet<String>,
    /// Lists of subscriptions.
    pub subscriptions: BTreeSet<String>,
    /// Whether it asks about the customer's company.
    pub company: bool,
    /// Whether the answer may change with time alone: `due` may name an instant.
    pub time: bool,
    /// Whether it may so even where no activity is dated in the future.
    pub moves: bool,
    /// Whether it speaks of days, which another time zone moves.
    pub days: bool,
    /// Whether it asks about what fired the rule.
    pub trigger: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityNeed {
    pub needs_attributes: bool,
    /// How far back; what lies ahead of now is always needed, for `due`.
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    All,
    /// Later than this many microseconds ago.
    Within(i64),
    /// At this instant or later.
    From(i64),
    /// Whichever of the two reaches further.
    Either {
        within: i64,
        from: i64,
    },
}

/// What one condition reads.
pub fn needs(tree: &Tree) -> Needs {
    of_node(&tree.root)
}

pub(crate) fn of_node(node: &Node<Leaf>) -> Needs {
    let mut needs = Needs::default();
    node.each(&mut |leaf| gather_leaf(leaf, &mut needs));
    needs
}

impl Needs {
    /// Takes in what another condition reads.
    pub fn merge(&mut self, other: &Needs) {
        self.fields.extend(other.fields.iter().cloned());
        self.segments.extend(&other.segments);
        self.counters.extend(&other.counters);
        self.consents.extend(other.consents.iter().cloned());
        self.subscriptions.extend(other.subscriptions.iter().cloned());
        self.company |= other.company;
        for (kind, need) in &other.activities {
            self.add_activity(kind.as_ref(), *need);
        }
        self.time |= other.time;
        self.moves |= other.moves;
        self.days |= other.days;
        self.trigger |= other.trigger;
    }

    /// Whether an activity of this type can change the answer.
    pub fn reads_activity(&self, kind: &str) -> bool {
        self.activities.keys().any(|needed| needed.as_deref().is_none_or(|needed| needed == kind))
    }

    /// Whether whoever has loaded this has all that `other` asks for.
    pub fn covers(&self, other: &Needs) -> bool {
        let mut sum = self.clone();
        sum.merge(other);
        sum == *self
    }

    /// What is needed of one type of activity, if anything.
    pub fn activity(&self, kind: &str) -> Option<ActivityNeed> {
        let needs = self.activities.iter().filter(|(needed, _)| needed.as_deref().is_none_or(|needed| needed == kind));
        needs.map(|(_, need)| *need).reduce(ActivityNeed::or)
    }

    /// What is selected of a window may change with time in any case: when a coming activity comes.
    fn add_selection(&mut self, selection: &Selection, window: Window, reads_attribute: bool) {
        let (reach, moves) = match window {
            Window::Always | Window::Between { from: None, .. } => (Reach::All, false),
            Window::Last(length) => (Reach::Within(length), true),
            Window::Between { from: Some(from), .. } => (Reach::From(from), false),
        };
        if let Some(filter) = &selection.filter {
            filter.each(&mut |leaf| self.add_attribute(&leaf.test));
        }
        let needs_attributes = reads_attribute || selection.filter.is_some();
        self.add_activity(selection.kind.as_ref(), ActivityNeed { needs_attributes, reach });
        self.time = true;
        self.add_moves(moves);
    }

    fn add_moves(&mut self, moves: bool) {
        self.time |= moves;
        self.moves |= moves;
    }

    fn add_date(&mut self, test: DateTest) {
        let moves = date_moves(test);
        self.add_moves(moves);
        self.days |= moves;
    }

    fn add_datetime(&mut self, test: DatetimeTest) {
        self.add_moves(datetime_moves(test));
        if let DatetimeTest::Range { from, to } = test {
            self.days |= [from, to].into_iter().flatten().any(|edge| matches!(edge, Edge::StartOf(_)));
        }
    }

    fn add_field(&mut self, test: &FieldTest) {
        match &test.value {
            FieldValueTest::Date(test) => self.add_date(*test),
            FieldValueTest::Datetime(test) => self.add_datetime(*test),
            FieldValueTest::Inside(test) => self.add_attribute(test),
            FieldValueTest::Text(_)
            | FieldValueTest::Number(_)
            | FieldValueTest::Boolean(_)
            | FieldValueTest::List(_)
            | FieldValueTest::Present(_) => {}
        }
    }

    fn add_attribute(&mut self, test: &AttributeTest) {
        if let AttributeValueTest::Date(test) = test.value {
            self.add_date(test);
        }
    }

    fn add_activity(&mut self, kind: Option<&String>, need: ActivityNeed) {
        let merged = match self.activities.get(&kind.cloned()) {
            Some(known) => known.or(need),
            None => need,
        };
        self.activities.insert(kind.cloned(), merged);
    }
}

impl ActivityNeed {
    /// The need that covers both.
    pub fn or(self, other: ActivityNeed) -> ActivityNeed {
        ActivityNeed { needs_attributes: self.needs_attributes || other.needs_attributes, reach: self.reach.or(other.reach) }
    }
}

impl Reach {
    /// The earliest instant that is needed at `now`, itself included.
    pub fn since(self, now: i64) -> i64 {
        let within = |duration: i64| now.saturating_sub(duration).saturating_add(1);
        match self {
            Reach::All => i64::MIN,
            Reach::Within(duration) => within(duration),
            Reach::From(instant) => instant,
            Reach::Either { within: duration, from } => within(duration).min(from),
        }
    }

    /// The reach that covers both.
    pub fn or(self, other: Reach) -> Reach {
        let (Some((within, from)), Some((other_within, other_from))) = (self.parts(), other.parts()) else { return Reach::All };
        let within = [within, other_within].into_iter().flatten().max();
        let from = [from, other_from].into_iter().flatten().min();
        match (within, from) {
            (Some(within), Some(from)) => Reach::Either { within, from },
            (Some(within), None) => Reach::Within(within),
            (None, Some(from)) => Reach::From(from),
            (None, None) => Reach::All,
        }
    }

    /// The longest duration and the earliest instant; nothing where there is no bound at all.
    fn parts(self) -> Option<(Option<i64>, Option<i64>)> {
        match self {
            Reach::All => None,
            Reach::Within(within) => Some((Some(within), None)),
            Reach::From(from) => Some((None, Some(from))),
            Reach::Either { within, from } => Some((Some(within), Some(from))),
        }
    }
}

fn gather_leaf(leaf: &Leaf, needs: &mut Needs) {
    match &leaf.test {
        Test::Field(test) => {
            needs.fields.insert(test.name.clone());
            needs.add_field(test);
        }
        Test::Activity(test) => gather_activity(test, needs),
        Test::Sequence(test) => {
            for step in &test.steps {
                needs.add_selection(step, test.window, false);
            }
        }
        Test::Segment(test) => {
            needs.segments.insert(test.id);
            needs.counters.extend(test.counter.map(|_| test.id));
        }
        Test::Consent { purpose, answer: _ } => {
            needs.consents.insert(purpose.clone());
        }
        Test::Subscription { list, statuses: _ } => {
            needs.subscriptions.insert(list.clone());
        }
        Test::Company(test) => {
            needs.company = true;
            needs.add_field(test);
        }
        Test::Customer { .. } => {}
        Test::Attribute(test) => {
            needs.trigger = true;
            needs.add_attribute(test);
        }
        Test::TriggerSegment(_) | Test::TriggerTargetGroup(_) => needs.trigger = true,
    }
}

/// What one leaf of activities needs.
pub(crate) fn of_activity(test: &ActivityTest) -> Needs {
    let mut needs = Needs::default();
    gather_activity(test, &mut needs);
    needs
}

fn attribute_moves(test: &AttributeTest) -> bool {
    matches!(&test.value, AttributeValueTest::Date(test) if date_moves(*test))
}

/// Whether a filter asks how far away a date is.
pub(crate) fn filter_moves(filter: &Node<AttributeLeaf>) -> bool {
    let mut moves = false;
    filter.each(&mut |leaf| moves |= attribute_moves(&leaf.test));
    moves
}

fn gather_activity(test: &ActivityTest, needs: &mut Needs) {
    let reads_attribute = match &test.measure {
        MeasureTest::Number(NumberMeasure::Count, _) => false,
        MeasureTest::Number(NumberMeasure::DaysSinceLast, _) => {
            needs.add_moves(true);
            false
        }
        MeasureTest::Number(
            NumberMeasure::Sum(_) | NumberMeasure::Average(_) | NumberMeasure::Min(_) | NumberMeasure::Max(_) | NumberMeasure::Distinct(_),
            _,
        ) => true,
        MeasureTest::Instant(_, datetime) => {
            needs.add_datetime(*datetime);
            false
        }
    };
    needs.add_selection(&test.selection, test.window, reads_attribute);
}

fn date_moves(test: DateTest) -> bool {
    match test {
        DateTest::WithinLast(_)
        | DateTest::WithinNext(_)
        | DateTest::OlderThan(_)
        | DateTest::AnniversaryWithin(_)
        | DateTest::AgeGte(_)
        | DateTest::AgeLt(_) => true,
        DateTest::Range { .. } | DateTest::Set | DateTest::NotSet => false,
    }
}

fn datetime_moves(test: DatetimeTest) -> bool {
    match test {
        DatetimeTest::WithinLast(_) | DatetimeTest::WithinNext(_) | DatetimeTest::OlderThan(_) => true,
        DatetimeTest::Range { .. } | DatetimeTest::Set | DatetimeTest::NotSet => false,
    }
}

#[cfg(test)]
mod tests;
