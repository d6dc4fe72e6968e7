//! The tree as plain values: checked, typed, resolved. Each leaf keeps the JSON it was made from, so that a tree can be
//! given back as it came. Nothing here decides anything.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::catalogue::Column;
use crate::pattern::Pattern;

/// A whole condition. `zone` is the instance's time zone, for customers who have none of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub root: Node<Leaf>,
    pub zone: TimeZone,
}

/// Nodes over leaves of one kind: a whole condition has [`Leaf`], the `where` of an activity has [`AttributeLeaf`].
#[derive(Debug, Clone, PartialEq)]
pub enum Node<L> {
    All(Vec<Node<L>>),
    Any(Vec<Node<L>>),
    Not(Box<Node<L>>),
    Leaf(L),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    pub json: Value,
    pub test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Field(FieldTest),
    Activity(ActivityTest),
    Sequence(SequenceTest),
    Segment(SegmentTest),
    Consent {
        purpose: String,
        answer: Answer,
    },
    /// The statuses are sorted.
    Subscription {
        list: String,
        statuses: Vec<String>,
    },
    /// A field of the customer's company.
    Company(FieldTest),
    Customer {
        id: i64,
    },
    /// An attribute of the activity that fired the rule.
    Attribute(AttributeTest),
    /// How often the visitor's segment that fired the rule was tracked.
    TriggerSegment(TriggerTest),
    /// The weight of the target group that fired the rule.
    TriggerTargetGroup(TriggerTest),
}

#[derive(Debug, Clone, PartialEq)]
pub struct SegmentTest {
    pub id: i64,
    pub inside: bool,
    /// How often membership was applied.
    pub counter: Option<NumberTest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Granted,
    Denied,
    Unanswered,
}

impl Answer {
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Granted => "granted",
            Answer::Denied => "denied",
            Answer::Unanswered => "unanswered",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct TriggerTest {
    /// Which ones may have fired; nothing for any. Sorted.
    pub among: Option<Vec<i64>>,
    pub number: NumberTest,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AttributeLeaf {
    pub json: Value,
    pub test: AttributeTest,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    pub name: String,
    pub column: Column,
    pub value: FieldValueTest,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FieldValueTest {
    Text(TextTest),
    Number(NumberTest),
    Boolean(bool),
    Date(DateTest),
    Datetime(DatetimeTest),
    List(ListTest),
    /// Whether a document holds anything at all.
    Present(bool),
    /// A value inside of a document.
    Inside(AttributeTest),
}

#[derive(Debug, Clone, PartialEq)]
pub struct AttributeTest {
    pub path: Path,
    pub value: AttributeValueTest,
}

/// Attributes declare no type, so the test says which one it wants.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValueTest {
    Text(TextTest),
    Number(NumberTest),
    Boolean(bool),
    /// A text that is a date, `YYYY-MM-DD`.
    Date(DateTest),
    List(ListTest),
    Present(bool),
}

/// The steps from the top of a document to a value.
pub type Path = Vec<String>;

#[derive(Debug, Clone, PartialEq)]
pub struct TextTest {
    pub exact: bool,
    pub op: TextOp,
}

/// The literals are folded already, unless the test is exact. Lists are sorted and hold nothing twice.
#[derive(Debug, Clone, PartialEq)]
pub enum TextOp {
    Eq(String),
    Ne(String),
    In(Vec<String>),
    NotIn(Vec<String>),
    Contains(String),
    NotContains(String),
    StartsWith(String),
    EndsWith(String),
    Matches(Pattern),
    Set,
    NotSet,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberTest {
    Eq(f64),
    Ne(f64),
    Lt(f64),
    Lte(f64),
    Gt(f64),
    Gte(f64),
    Between(f64, f64),
    /// A whole number that the divisor divides without rest.
    Modulo(i64),
    Set,
    NotSet,
}

/// Durations are microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DateTest {
    /// Both ends belong to the range.
    Range {
        from: Option<Date>,
        to: Option<Date>,
    },
    WithinLast(i64),
    WithinNext(i64),
    OlderThan(i64),
    AnniversaryWithin(i64),
    AgeGte(i16),
    AgeLt(i16),
    Set,
    NotSet,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DatetimeTest {
    /// `from` belongs to the range, `to` does not.
    Range {
        from: Option<Edge>,
        to: Option<Edge>,
    },
    WithinLast(i64),
    WithinNext(i64),
    OlderThan(i64),
    Set,
    NotSet,
}

/// An instant given outright, or as the first one of a day in the customer's time zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edge {
    Instant(i64),
    StartOf(Date),
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListTest {
    pub exact: bool,
    pub op: ListOp,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ListOp {
    Has(String),
    HasAny(Vec<String>),
    HasAll(Vec<String>),
    Empty,
}

/// A measure over the activities of one customer that lie in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityTest {
    pub selection: Selection,
    pub window: Window,
    pub measure: MeasureTest,
}

/// Which activities: of a type (or of all), those that pass the filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    pub kind: Option<String>,
    pub filter: Option<Node<AttributeLeaf>>,
}

/// Activities of one customer in a window, one for each step, in the order of their times and ids.
#[derive(Debug, Clone, PartialEq)]
pub struct SequenceTest {
    pub steps: Vec<Selection>,
    pub window: Window,
    /// The most microseconds from the first to the last.
    pub span: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    Always,
    /// Microseconds up to now.
    Last(i64),
    /// `from` belongs to the window, `to` does not.
    Between {
        from: Option<i64>,
        to: Option<i64>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum MeasureTest {
    Number(NumberMeasure, NumberTest),
    Instant(InstantMeasure, DatetimeTest),
}

#[derive(Debug, Clone, PartialEq)]
pub enum NumberMeasure {
    Count,
    Sum(Path),
    Average(Path),
    Min(Path),
    Max(Path),
    /// How many different texts, numbers and booleans; texts are the same when their folded forms are.
    Distinct(Path),
    /// Whole days of 24 hours since the last one.
    DaysSinceLast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstantMeasure {
    First,
    Last,
}

impl Window {
    /// The first and the last instant of the window as seen at `now`, both inside.
    pub fn bounds(self, now: i64) -> (i64, i64) {
        match self {
            Window::Always => (i64::MIN, now),
            Window::Last(length) => (now.saturating_sub(length).saturating_add(1), now),
            Window::Between { from, to } => (from.unwrap_or(i64::MIN), to.map_or(now, |to| now.min(to.saturating_sub(1)))),
        }
    }
}

impl Tree {
    /// The JSON the tree was made from.
    pub fn to_json(&self) -> Value {
        self.root.to_json()
    }
}

impl Node<Leaf> {
    pub fn to_json(&self) -> Value {
        match self {
            Node::All(children) => json!({ "all": children.iter().map(Node::to_json).collect::<Vec<_>>() }),
            Node::Any(children) => json!({ "any": children.iter().map(Node::to_json).collect::<Vec<_>>() }),
            Node::Not(child) => json!({ "not": child.to_json() }),
            Node::Leaf(leaf) => leaf.json.clone(),
        }
    }
}

impl<L> Node<L> {
    /// Hands every leaf on, from left to right.
    pub fn each<'n>(&'n self, take: &mut dyn FnMut(&'n L)) {
        match self {
            Node::All(children) | Node::Any(children) => children.iter().for_each(|child| child.each(take)),
            Node::Not(child) => child.each(take),
            Node::Leaf(leaf) => take(leaf),
        }
    }

    /// The answer of the tree, given the answer of each leaf.
    pub fn holds(&self, leaf: &impl Fn(&L) -> bool) -> bool {
        match self {
            Node::All(children) => children.iter().all(|child| child.holds(leaf)),
            Node::Any(children) => children.iter().any(|child| child.holds(leaf)),
            Node::Not(child) => !child.holds(leaf),
            Node::Leaf(test) => leaf(test),
        }
    }
}
