//! The same answer for the whole base: one boolean SQL expression about the table alias `c` (customers), never null.
//! The text carries the tokens of `sql::dialect`, so that one text serves both databases.

mod activity;
mod compare;
mod sequence;
mod zone;

use sql::Statement;

use crate::evaluate;
use crate::tree::{Answer, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, Node, SegmentTest, Test, Tree};
use crate::{Column, calendar};

/// Appends the condition as seen at `now`. It may stand wherever a boolean may, also under a `not`.
pub fn render(tree: &Tree, now: i64, into: &mut Statement) {
    node(&tree.root, into, &|leaf: &Leaf, into: &mut Statement| render_leaf(leaf, tree, now, into));
}

fn node<L>(tree: &Node<L>, into: &mut Statement, leaf: &dyn Fn(&L, &mut Statement)) {
    match tree {
        Node::All(children) => together(children, "true", " and ", into, leaf),
        Node::Any(children) => together(children, "false", " or ", into, leaf),
        Node::Not(child) => {
            into.push("not (");
            node(child, into, leaf);
            into.push(")");
        }
        Node::Leaf(test) => leaf(test, into),
    }
}

fn together<L>(children: &[Node<L>], empty: &str, word: &str, into: &mut Statement, leaf: &dyn Fn(&L, &mut Statement)) {
    if children.is_empty() {
        into.push(empty);
        return;
    }
    into.push("(");
    for (place, child) in children.iter().enumerate() {
        if place > 0 {
            into.push(word);
        }
        node(child, into, leaf);
    }
    into.push(")");
}

fn render_leaf(leaf: &Leaf, tree: &Tree, now: i64, into: &mut Statement) {
    match &leaf.test {
        Test::Field(test) => field(test, "c", tree, now, into),
        Test::Activity(test) => activity::render(test, tree, now, into),
        Test::Sequence(test) => sequence::render(test, tree, now, into),
        Test::Segment(test) => segment(test, into),
        Test::Consent { purpose, answer } => {
            into.push(if *answer == Answer::Unanswered { "not exists (" } else { "exists (" });
            into.push("select 1 from consents as k where k.customer_id = c.id and k.purpose = ").bind(purpose);
            if *answer != Answer::Unanswered {
                into.push(" and k.granted = ").bind(*answer == Answer::Granted);
            }
            into.push(")");
        }
        Test::Subscription { list, statuses } => {
            into.push("exists (select 1 from subscriptions as l where l.customer_id = c.id and l.list = ").bind(list);
            into.push(" and l.status in ").bind_list(statuses).push(")");
        }
        Test::Company(test) => company(test, tree, now, into),
        Test::Customer { id } => {
            into.push("c.id = ").bind(*id);
        }
        // Over the whole base nothing has fired anything.
        Test::Attribute(test) => constant(evaluate::attribute(test, None, &tree.zone, now), into),
        Test::TriggerSegment(test) | Test::TriggerTargetGroup(test) => constant(evaluate::trigger(test, None), into),
    }
}

fn constant(holds: bool, into: &mut Statement) {
    into.push(if holds { "true" } else { "false" });
}

fn segment(test: &SegmentTest, into: &mut Statement) {
    into.push(if test.inside { "exists (" } else { "not exists (" });
    into.push("select 1 from memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation ");
    into.push("where m.customer_id = c.id and m.segment_id = ").bind(test.id);
    if let Some(number) = test.counter {
        into.push(" and ");
        compare::number(into, &Seen::Computed("cast(m.counter as {double})".to_owned()), number);
    }
    into.push(")");
}

/// Who has no company has no value either. The row that is looked for is one for which the answer would be another.
fn company(test: &FieldTest, tree: &Tree, now: i64, into: &mut Statement) {
    let of_nothing = evaluate::field(test, None, &tree.zone, now);
    into.push(if of_nothing { "not exists (" } else { "exists (" });
    into.push("select 1 from companies as o where o.id = c.company_id and ").push(if of_nothing { "not (" } else { "(" });
    field(test, "o", tree, now, into);
    into.push("))");
}

/// A field of the row `of`, which is the customer or his company.
fn field(test: &FieldTest, of: &str, tree: &Tree, now: i64, into: &mut Statement) {
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
            compare::date(into, &Seen::Computed(format!("{{date {of}.{plain}}}")), *test, &tree.zone, now);
        }
        (FieldValueTest::Date(test), None) => {
            compare::date(into, &Seen::Selected(date_in(&document(true, name))), *test, &tree.zone, now);
        }
        (FieldValueTest::Datetime(test), Some((plain, _))) => {
            compare::datetime(into, &Seen::Column(format!("{of}.{plain}")), *test, &tree.zone, now, &sql::Value::Int);
        }
        (FieldValueTest::Datetime(test), None) => {
            let seen = format!("select {{instant t.value}} as value from (select {{string c.fields:{name}}} as value) as t");
            let spell = |instant| sql::Value::Text(calendar::instant_text(instant));
            compare::datetime(into, &Seen::Selected(seen), *test, &tree.zone, now, &spell);
        }
        (FieldValueTest::List(test), _) => compare::list(into, &document(test.exact, name), test),
        (FieldValueTest::Present(wanted), _) => compare::present(into, &format!("c.fields:{name}"), *wanted),
        (FieldValueTest::Inside(test), _) => {
            let path = format!("{name}.{}", test.path.join("."));
            inside(test, &|exact| document(exact, &path), tree, now, into);
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
fn attribute(test: &AttributeTest, tree: &Tree, now: i64, into: &mut Statement) {
    let path = test.path.join(".");
    let spelled = |exact| format!("{}:{path}", if exact { "a.attributes" } else { "coalesce(a.attributes_folded, a.attributes)" });
    inside(test, &spelled, tree, now, into);
}

/// A value inside of a document; `spelled` gives its place in the plain or in the folded one.
fn inside(test: &AttributeTest, spelled: &dyn Fn(bool) -> String, tree: &Tree, now: i64, into: &mut Statement) {
    match &test.value {
        AttributeValueTest::Text(test) => compare::text(into, &Seen::Computed(format!("{{string {}}}", spelled(test.exact))), test),
        AttributeValueTest::Number(test) => compare::number(into, &Seen::Computed(format!("{{number {}}}", spelled(true))), *test),
        AttributeValueTest::Boolean(wanted) => {
            compare::boolean(into, &Seen::Computed(format!("{{boolean {}}}", spelled(true))), *wanted);
        }
        AttributeValueTest::Date(test) => {
            compare::date(into, &Seen::Selected(date_in(&spelled(true))), *test, &tree.zone, now);
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
                into.push("(").push(value).push(" is not null and ");
                test(into, value);
                into.push(")");
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
