//! The same answer in SQL: one boolean expression about the table alias `c` (customers), never null. The text carries the
//! tokens of `sql::dialect`, so that one text serves both databases. What is cheap to ask comes first; how the rest is
//! asked depends on how many customers are left by then (docs/decisions/0012-whole-base-questions.md).

mod activity;
mod compare;
mod order;
mod rows;
mod sequence;
mod zone;

use jiff::tz::TimeZone;
use rows::Rows;
use sql::Statement;

use crate::evaluate;
use crate::needs;
use crate::tree::{Answer, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, Node, SegmentTest, Test, Tree};
use crate::{Column, calendar};

/// Appends the condition as seen at `now`, for statements that ask everybody. It may stand wherever a boolean may, also
/// under a `not`.
pub fn render(tree: &Tree, now: i64, into: &mut Statement) {
    whole(&order::narrowed(&tree.root), Asked { zone: &tree.zone, now, of: Of::Everybody }, into);
}

/// The same for statements that look at few customers, or stop early: it costs nothing before the first of them.
pub fn render_each(tree: &Tree, now: i64, into: &mut Statement) {
    whole(&tree.root, Asked { zone: &tree.zone, now, of: Of::Few }, into);
}

/// Appends ` from … where …`, for statements that ask who all of them are and read nothing of a customer but `c.id`. Where the
/// condition asks for nothing else either, it begins with those whom one of its leaves finds, and leaves the customers alone.
pub fn render_whom(tree: &Tree, now: i64, into: &mut Statement) {
    let asked = Asked { zone: &tree.zone, now, of: Of::Everybody };
    let root = order::narrowed(&tree.root);
    let parts = match &root {
        Node::All(children) => order::cheap_first(children, asked),
        other => vec![other],
    };
    let leader = parts.iter().position(|part| matches!(part, Node::Leaf(leaf) if finds_all(&leaf.test, asked)));
    let Some(leader) = leader.filter(|_| reads_ids_only(tree)) else {
        into.push(" from customers as c where ");
        return whole(&root, asked, into);
    };
    let rest: Vec<_> = parts.iter().enumerate().filter(|(place, _)| *place != leader).map(|(_, part)| *part).collect();
    into.push(" from ");
    whole(parts[leader], Asked { of: Of::Nobody, ..asked }, into);
    into.push(" as c where ");
    let of = order::left_by(parts[leader], asked);
    every(&rest, Asked { of, ..asked }, into);
}

/// Whether those of whom a leaf holds are found without asking each customer.
fn finds_all(test: &Test, asked: Asked<'_>) -> bool {
    match test {
        Test::Segment(test) => test.inside,
        Test::Consent { answer, .. } => *answer != Answer::Unanswered,
        Test::Subscription { .. } => true,
        Test::Activity(test) => !activity::holds_of_none(test, asked) && order::is_found_by_keys(test, asked.now),
        Test::Field(_)
        | Test::Sequence(_)
        | Test::Company(_)
        | Test::Customer { .. }
        | Test::Attribute(_)
        | Test::TriggerSegment(_)
        | Test::TriggerTargetGroup(_) => false,
    }
}

fn reads_ids_only(tree: &Tree) -> bool {
    let needs = needs::needs(tree);
    needs.fields.is_empty() && !needs.company && !needs.days
}

/// What every leaf is rendered with.
#[derive(Clone, Copy)]
struct Asked<'t> {
    zone: &'t TimeZone,
    now: i64,
    of: Of,
}

/// How many customers a leaf is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The leaf says who there is to be asked: its rows are a table of ids.
    Nobody,
    /// Nothing was asked before that lets few pass.
    Everybody,
    /// Something was asked before that most do not pass.
    Rest,
    /// Those few are asked one by one, by both databases.
    Few,
}

fn whole(tree: &Node<Leaf>, asked: Asked<'_>, into: &mut Statement) {
    match tree {
        Node::All(children) => every(&order::cheap_first(children, asked), asked, into),
        Node::Any(children) => {
            joined(&order::cheap_first(children, asked), "false", " or ", into, |child, into| whole(child, asked, into));
        }
        Node::Not(child) => {
            into.push("not (");
            whole(child, asked, into);
            into.push(")");
        }
        Node::Leaf(leaf) => render_leaf(leaf, asked, into),
    }
}

/// Parts that must all hold, in the order in which they are asked.
fn every(parts: &[&Node<Leaf>], asked: Asked<'_>, into: &mut Statement) {
    let mut of = asked.of;
    joined(parts, "true", " and ", into, |part, into| {
        let asked = Asked { of, ..asked };
        whole(part, asked, into);
        of = order::left_by(part, asked);
    });
}

/// The filter of an activity, in the order in which it came.
fn node<L>(tree: &Node<L>, into: &mut Statement, leaf: &dyn Fn(&L, &mut Statement)) {
    match tree {
        Node::All(children) => joined(children, "true", " and ", into, |child, into| node(child, into, leaf)),
        Node::Any(children) => joined(children, "false", " or ", into, |child, into| node(child, into, leaf)),
        Node::Not(child) => {
            into.push("not (");
            node(child, into, leaf);
            into.push(")");
        }
        Node::Leaf(test) => leaf(test, into),
    }
}

fn joined<T>(children: &[T], empty: &str, word: &str, into: &mut Statement, mut each: impl FnMut(&T, &mut Statement)) {
    if children.is_empty() {
        into.push(empty);
        return;
    }
    into.push("(");
    for (place, child) in children.iter().enumerate() {
        if place > 0 {
            into.push(word);
        }
        each(child, into);
    }
    into.push(")");
}

fn render_leaf(leaf: &Leaf, asked: Asked<'_>, into: &mut Statement) {
    match &leaf.test {
        Test::Field(test) => field(test, "c", asked, into),
        Test::Activity(test) => activity::render(test, asked, into),
        Test::Sequence(test) => sequence::render(test, asked, into),
        Test::Segment(test) => segment(test, asked, into),
        Test::Consent { purpose, answer } => {
            let is_unanswered = *answer == Answer::Unanswered;
            into.push(if is_unanswered { "not " } else { "" });
            Rows::of(asked, !is_unanswered).open("consents as k", "k.customer_id", into);
            into.push(" and k.purpose = ").bind(purpose);
            if !is_unanswered {
                into.push(" and k.granted = ").bind(*answer == Answer::Granted);
            }
            into.push(")");
        }
        Test::Subscription { list, statuses } => {
            Rows::of(asked, true).open("subscriptions as l", "l.customer_id", into);
            into.push(" and l.list = ").bind(list).push(" and l.status in ").bind_list(statuses).push(")");
        }
        Test::Company(test) => company(test, asked, into),
        Test::Customer { id } => {
            into.push("c.id = ").bind(*id);
        }
        // Over the whole base nothing has fired anything.
        Test::Attribute(test) => constant(evaluate::attribute(test, None, asked.zone, asked.now), into),
        Test::TriggerSegment(test) | Test::TriggerTargetGroup(test) => constant(evaluate::trigger(test, None), into),
    }
}

fn constant(holds: bool, into: &mut Statement) {
    into.push(if holds { "true" } else { "false" });
}

/// Members are found all at once; who is not a member is asked one by one, for he may be one of nearly everybody.
fn segment(test: &SegmentTest, asked: Asked<'_>, into: &mut Statement) {
    into.push(if test.inside { "" } else { "not " });
    let from = "memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation";
    Rows::of(asked, test.inside).open(from, "m.customer_id", into);
    into.push(" and m.segment_id = ").bind(test.id);
    if let Some(number) = test.counter {
        into.push(" and ");
        compare::number(into, &Seen::Computed("cast(m.counter as {double})".to_owned()), number);
    }
    into.push(")");
}

/// Who has no company has no value either. The row that is looked for is one for which the answer would be another.
fn company(test: &FieldTest, asked: Asked<'_>, into: &mut Statement) {
    let of_nothing = evaluate::field(test, None, asked.zone, asked.now);
    into.push(if of_nothing { "not exists (" } else { "exists (" });
    into.push("select 1 from companies as o where o.id = c.company_id and ").push(if of_nothing { "not (" } else { "(" });
    field(test, "o", asked, into);
    into.push("))");
}

/// A field of the row `of`, which is the customer or his company.
fn field(test: &FieldTest, of: &str, asked: Asked<'_>, into: &mut Statement) {
    let name = &test.name;
    let column = match test.column {
        Column::BuiltIn { column, folded_column } => Some((column, folded_column.unwrap_or(column))),
        Column::Custom => None,
    };
    match (&test.value, column) {
        (FieldValueTest::Text(test), Some((plain, folded))) => {
            compare::text(into, &Seen::Column(format!("{of}.{}", if test.exact { plain } else { folded })), test);
        }
        (FieldValueTest::Text(test), None) => {
            compare::text(into, &Seen::Indexed(format!("{{string {}}}", document(test.exact, name))), test)
        }
        (FieldValueTest::Number(test), Some((plain, _))) => {
            compare::number(into, &Seen::Computed(format!("cast({of}.{plain} as {{double}})")), *test);
        }
        (FieldValueTest::Number(test), None) => compare::number(into, &Seen::Indexed(format!("{{number c.fields:{name}}}")), *test),
        (FieldValueTest::Boolean(wanted), Some((plain, _))) => compare::boolean(into, &Seen::Column(format!("{of}.{plain}")), *wanted),
        (FieldValueTest::Boolean(wanted), None) => {
            compare::boolean(into, &Seen::Indexed(format!("{{boolean c.fields:{name}}}")), *wanted);
        }
        (FieldValueTest::Date(test), Some((plain, _))) => {
            // What is in a column came through the door: it is a date.
            compare::date(into, &Seen::Column(format!("{of}.{plain}")), *test, asked.zone, asked.now);
        }
        (FieldValueTest::Date(test), None) => {
            compare::date(into, &Seen::Selected(date_in(&document(true, name))), *test, asked.zone, asked.now);
        }
        (FieldValueTest::Datetime(test), Some((plain, _))) => {
            compare::datetime(into, &Seen::Column(format!("{of}.{plain}")), *test, asked.zone, asked.now, &sql::Value::Int);
        }
        (FieldValueTest::Datetime(test), None) => {
            let seen = format!("select {{instant t.value}} as value from (select {{string c.fields:{name}}} as value) as t");
            let spell = |instant| sql::Value::Text(calendar::instant_text(instant));
            compare::datetime(into, &Seen::Selected(seen), *test, asked.zone, asked.now, &spell);
        }
        (FieldValueTest::List(test), _) => compare::list(into, &document(test.exact, name), test),
        (FieldValueTest::Present(wanted), _) => compare::present(into, &format!("c.fields:{name}"), *wanted),
        (FieldValueTest::Inside(test), _) => {
            let path = format!("{name}.{}", test.path.join("."));
            inside(test, &|exact| document(exact, &path), asked, into);
        }
    }
}

/// The date at a place in a document.
fn date_in(place: &str) -> String {
    format!("select {{date t.value}} as value from (select {{string {place}}} as value) as t")
}

fn document(exact: bool, name: &str) -> String {
    format!("{}:{name}", if exact { "c.fields" } else { "c.fields_folded" })
}

/// An attribute of the activity `a`.
fn attribute(test: &AttributeTest, asked: Asked<'_>, into: &mut Statement) {
    let path = test.path.join(".");
    let spelled = |exact| format!("{}:{path}", if exact { "a.attributes" } else { "coalesce(a.attributes_folded, a.attributes)" });
    inside(test, &spelled, asked, into);
}

/// A value inside of a document; `spelled` gives its place in the plain or in the folded one.
fn inside(test: &AttributeTest, spelled: &dyn Fn(bool) -> String, asked: Asked<'_>, into: &mut Statement) {
    match &test.value {
        AttributeValueTest::Text(test) => compare::text(into, &Seen::Computed(format!("{{string {}}}", spelled(test.exact))), test),
        AttributeValueTest::Number(test) => compare::number(into, &Seen::Computed(format!("{{number {}}}", spelled(true))), *test),
        AttributeValueTest::Boolean(wanted) => {
            compare::boolean(into, &Seen::Computed(format!("{{boolean {}}}", spelled(true))), *wanted);
        }
        AttributeValueTest::Date(test) => {
            compare::date(into, &Seen::Selected(date_in(&spelled(true))), *test, asked.zone, asked.now);
        }
        AttributeValueTest::List(test) => compare::list(into, &spelled(test.exact), test),
        AttributeValueTest::Present(wanted) => compare::present(into, &spelled(true), *wanted),
    }
}

/// The value a test looks at.
enum Seen {
    Column(String),
    Computed(String),
    /// Computed too, and perhaps kept in an index: a custom field that people look for.
    Indexed(String),
    /// What a select of one row and one column `value` gives.
    Selected(String),
}

impl Seen {
    /// Appends a test that is false where there is no value, and that names the value once.
    fn once(&self, into: &mut Statement, test: impl FnOnce(&mut Statement, &str)) {
        match self {
            Seen::Computed(value) => {
                into.push("coalesce(");
                test(into, value);
                into.push(", false)");
            }
            // Not `coalesce`, which would hide the value from its index.
            Seen::Indexed(value) => {
                into.push("(");
                test(into, value);
                // Last: of whom it does not hold, the value is read once.
                into.push(" and ").push(value).push(" is not null)");
            }
            Seen::Column(_) | Seen::Selected(_) => self.often(into, test),
        }
    }

    /// The same for a test that names the value several times, or inside a token: it gets a short name for it.
    fn often(&self, into: &mut Statement, test: impl FnOnce(&mut Statement, &str)) {
        match self {
            // Not `coalesce`, which would hide the column from its index.
            Seen::Column(column) => {
                into.push("(").push(column).push(" is not null and ");
                test(into, column);
                into.push(")");
            }
            Seen::Computed(value) | Seen::Indexed(value) => selected(into, false, test, |into| {
                into.push("select ").push(value).push(" as value");
            }),
            Seen::Selected(select) => selected(into, false, test, |into| {
                into.push(select);
            }),
        }
    }
}

/// Appends a test of the column `value` of a select, and the answer where the select has no row or the test is null.
fn selected(into: &mut Statement, otherwise: bool, test: impl FnOnce(&mut Statement, &str), select: impl FnOnce(&mut Statement)) {
    into.push("coalesce((select ");
    test(into, "v.value");
    into.push(" from (");
    select(into);
    into.push(") as v), ").push(if otherwise { "true" } else { "false" }).push(")");
}

#[cfg(test)]
mod tests;
