//! The same answer for the whole base: one boolean SQL expression about the table alias `c` (customers), never null.
//! The text carries the tokens of `sql::dialect`, so that one text serves both databases.

mod activity;
mod compare;
mod zone;

use sql::Statement;

use crate::evaluate;
use crate::tree::{AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, Node, Test, Tree};
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
        Test::Field(test) => field(test, tree, now, into),
        Test::Activity(test) => activity::render(test, tree, now, into),
        Test::Segment { id, inside } => {
            into.push(if *inside { "exists (" } else { "not exists (" });
            into.push("select 1 from memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation ");
            into.push("where m.customer_id = c.id and m.segment_id = ").bind(*id).push(")");
        }
        Test::Customer { id } => {
            into.push("c.id = ").bind(*id);
        }
        // Over the whole base no activity has fired anything.
        Test::Attribute(test) => {
            into.push(if evaluate::attribute(test, None) { "true" } else { "false" });
        }
    }
}

fn field(test: &FieldTest, tree: &Tree, now: i64, into: &mut Statement) {
    let name = &test.name;
    let column = match test.column {
        Column::BuiltIn { column, folded_column } => Some((column, folded_column.unwrap_or(column))),
        Column::Custom => None,
    };
    match (&test.value, column) {
        (FieldValueTest::Text(test), Some((plain, folded))) => {
            compare::text(into, &Seen::Column(format!("c.{}", if test.exact { plain } else { folded })), test);
        }
        (FieldValueTest::Text(test), None) => {
            compare::text(into, &Seen::Indexed(format!("{{string {}}}", document(test.exact, name))), test)
        }
        (FieldValueTest::Number(test), Some((plain, _))) => {
            compare::number(into, &Seen::Computed(format!("cast(c.{plain} as {{double}})")), *test);
        }
        (FieldValueTest::Number(test), None) => compare::number(into, &Seen::Indexed(format!("{{number c.fields:{name}}}")), *test),
        (FieldValueTest::Boolean(wanted), Some((plain, _))) => compare::boolean(into, &Seen::Column(format!("c.{plain}")), *wanted),
        (FieldValueTest::Boolean(wanted), None) => {
            compare::boolean(into, &Seen::Indexed(format!("{{boolean c.fields:{name}}}")), *wanted);
        }
        (FieldValueTest::Date(test), Some((plain, _))) => {
            compare::date(into, &Seen::Computed(format!("{{date c.{plain}}}")), *test, &tree.zone, now);
        }
        (FieldValueTest::Date(test), None) => {
            let seen = format!("select {{date t.value}} as value from (select {{string c.fields:{name}}} as value) as t");
            compare::date(into, &Seen::Selected(seen), *test, &tree.zone, now);
        }
        (FieldValueTest::Datetime(test), Some((plain, _))) => {
            compare::datetime(into, &Seen::Column(format!("c.{plain}")), *test, &tree.zone, now, &sql::Value::Int);
        }
        (FieldValueTest::Datetime(test), None) => {
            let seen = format!("select {{instant t.value}} as value from (select {{string c.fields:{name}}} as value) as t");
            let spell = |instant| sql::Value::Text(calendar::instant_text(instant));
            compare::datetime(into, &Seen::Selected(seen), *test, &tree.zone, now, &spell);
        }
        (FieldValueTest::List(test), _) => compare::list(into, &document(test.exact, name), test),
        (FieldValueTest::Present(wanted), _) => compare::present(into, &format!("c.fields:{name}"), *wanted),
    }
}

fn document(exact: bool, name: &str) -> String {
    format!("{}:{name}", if exact { "c.fields" } else { "c.fields_folded" })
}

/// An attribute of the activity `a`.
fn attribute(test: &AttributeTest, into: &mut Statement) {
    let path = test.path.join(".");
    let spelled = |exact: bool| format!("{}:{path}", if exact { "a.attributes" } else { "coalesce(a.attributes_folded, a.attributes)" });
    match &test.value {
        AttributeValueTest::Text(test) => compare::text(into, &Seen::Computed(format!("{{string {}}}", spelled(test.exact))), test),
        AttributeValueTest::Number(test) => compare::number(into, &Seen::Computed(format!("{{number {}}}", spelled(true))), *test),
        AttributeValueTest::Boolean(wanted) => {
            compare::boolean(into, &Seen::Computed(format!("{{boolean {}}}", spelled(true))), *wanted);
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
