//! The same answer in SQL: one boolean expression about the table alias `c` (customers), never null. The text carries the
//! tokens of `sql::dialect`, so that one text serves both databases. What is cheap to ask comes first; how the rest is
//! asked depends on how many customers are left by then (docs/decisions/0012-whole-base-questions.md).

mod activity;
mod compare;
mod order;
mod rows;
mod sequence;
mod whom;
mod zone;

use jiff::tz::TimeZone;
use rows::Rows;
use sql::Statement;

use crate::evaluate;
use crate::tree::{Answer, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, Node, SegmentTest, Test, Tree};
use crate::{Column, calendar};

/// Appends the condition as seen at `now`, for statements that ask everybody. It may stand wherever a boolean may, also
/// under a `not`.
pub fn render(tree: &Tree, now: i64, into: &mut Statement) {
    whole(&order::narrowed(&tree.root), Asked { is_strict: true, ..Asked::everybody(tree, now) }, into);
}

/// The same for statements that look at few customers, or stop early: it costs nothing before the first of them.
pub fn render_each(tree: &Tree, now: i64, into: &mut Statement) {
    whole(&tree.root, Asked { of: Of::Few, is_strict: true, ..Asked::everybody(tree, now) }, into);
}

/// Appends ` from … where …`, for statements that ask who all of them are and read nothing of a customer but `c.id`.
pub fn render_whom(tree: &Tree, now: i64, into: &mut Statement) {
    whom::render(tree, Asked::everybody(tree, now), into);
}

/// Appends a select of how many they are.
pub fn render_count(tree: &Tree, now: i64, into: &mut Statement) {
    whom::render_count(tree, Asked::everybody(tree, now), into);
}

/// What every leaf is rendered with.
#[derive(Clone, Copy)]
struct Asked<'t> {
    zone: &'t TimeZone,
    now: i64,
    of: Of,
    /// Whether a null may not stand for false: something negates the answer, or shows it.
    is_strict: bool,
    /// Whether every customer is looked at anyway, because of what stands beside the leaf.
    is_scanned: bool,
}

impl<'t> Asked<'t> {
    fn everybody(tree: &'t Tree, now: i64) -> Asked<'t> {
        Asked { zone: &tree.zone, now, of: Of::Everybody, is_strict: false, is_scanned: false }
    }

    fn seen(&self, form: Form) -> Seen {
        Seen { form, is_strict: self.is_strict }
    }
}

/// How many customers a leaf is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The leaf says who there is to be asked: its rows are a table of ids.
    Nobody,
    /// Nothing was asked before that lets few pass.
    Everybody,
    /// A field was asked before that not everybody has.
    Some,
    /// Something was asked before that most do not pass.
    Rest,
    /// Those few are asked one by one, by both databases.
    Few,
}

fn whole(tree: &Node<Leaf>, asked: Asked<'_>, into: &mut Statement) {
    match tree {
        Node::All(children) => every(&order::cheap_first(children, asked), asked, into),
        Node::Any(children) => either(children, asked, into),
        Node::Not(child) => {
            into.push("not (");
            whole(child, Asked { is_strict: true, ..asked }, into);
            into.push(")");
        }
        Node::Leaf(leaf) => render_leaf(leaf, asked, into),
    }
}

/// Parts that must all hold, in the order in which they are asked. Segments that nobody is to be in are asked for together.
fn every(parts: &[&Node<Leaf>], asked: Asked<'_>, into: &mut Statement) {
    let (parts, ids) = together(parts.to_vec(), |part| whom::segments_without(part));
    let mut of = asked.of;
    joined(&parts, "true", " and ", into, |part, into| {
        let asked = Asked { of, ..asked };
        if 1 < ids.len() && whom::segments_without(part).is_some() {
            members_of(&ids, false, asked, into);
        } else {
            whole(part, asked, into);
        }
        of = order::left_by(part, asked);
    });
}

/// Parts of which one must hold. Segments are asked for together.
fn either(children: &[Node<Leaf>], asked: Asked<'_>, into: &mut Statement) {
    let (parts, ids) = together(order::for_any(children, asked), |(part, _)| whom::segments(part));
    let asked = Asked { is_scanned: asked.is_scanned || order::reads_more_than_fields(&parts, asked), ..asked };
    joined(&parts, "false", " or ", into, |(part, of), into| {
        let asked = Asked { of: *of, ..asked };
        if 1 < ids.len() && whom::segments(part).is_some() { members_of(&ids, true, asked, into) } else { whole(part, asked, into) }
    });
}

/// All segments that parts name, and the parts of which only the first names segments.
fn together<P>(mut parts: Vec<P>, segments: impl Fn(&P) -> Option<Vec<i64>>) -> (Vec<P>, Vec<i64>) {
    let ids = parts.iter().filter_map(&segments).flatten().collect();
    let mut is_first = true;
    parts.retain(|part| segments(part).is_none() || std::mem::take(&mut is_first));
    (parts, ids)
}

/// The filter of an activity, in the order in which it came.
fn node<L>(tree: &Node<L>, asked: Asked<'_>, into: &mut Statement, leaf: &dyn Fn(&L, Asked<'_>, &mut Statement)) {
    match tree {
        Node::All(children) => joined(children, "true", " and ", into, |child, into| node(child, asked, into, leaf)),
        Node::Any(children) => joined(children, "false", " or ", into, |child, into| node(child, asked, into, leaf)),
        Node::Not(child) => {
            into.push("not (");
            node(child, Asked { is_strict: true, ..asked }, into, leaf);
            into.push(")");
        }
        Node::Leaf(test) => leaf(test, asked, into),
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
            negate(is_unanswered, asked, into);
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

/// Begins a test of whom no rows are found. A table of ids holds those of whom they are found.
fn negate(is_negative: bool, asked: Asked<'_>, into: &mut Statement) {
    into.push(if is_negative && asked.of != Of::Nobody { "not " } else { "" });
}

fn constant(holds: bool, into: &mut Statement) {
    into.push(if holds { "true" } else { "false" });
}

/// Segments whose generations are looked up one by one.
const LOOKED_UP_MAX: usize = 8;
const MEMBERS: &str = "memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation";

/// Members are found all at once; who is not a member is asked one by one, for he may be one of nearly everybody.
fn segment(test: &SegmentTest, asked: Asked<'_>, into: &mut Statement) {
    if !test.inside && test.counter.is_none() {
        return members_of(&[test.id], false, asked, into);
    }
    negate(!test.inside, asked, into);
    Rows::of(asked, test.inside).open(MEMBERS, "m.customer_id", into);
    into.push(" and m.segment_id = ").bind(test.id);
    if let Some(number) = test.counter {
        into.push(" and ");
        compare::number(into, &asked.seen(Form::Computed("cast(m.counter as {double})".to_owned())), number);
    }
    into.push(")");
}

/// Whether somebody is a member of one of these segments, or of none of them.
fn members_of(ids: &[i64], inside: bool, asked: Asked<'_>, into: &mut Statement) {
    negate(!inside, asked, into);
    let rows = Rows::of(asked, inside);
    if inside || LOOKED_UP_MAX < ids.len() {
        rows.open(MEMBERS, "m.customer_id", into);
        compare::listed(into.push(" and "), "m.segment_id", " in ", ids);
    } else {
        // Joined to their segments, PostgreSQL may gather all members for the sake of a few customers.
        rows.open("memberships as m", "m.customer_id", into);
        joined(ids, "false", " or ", into.push(" and "), |id, into| {
            into.push("m.segment_id = ").bind(*id);
            into.push(" and m.generation = (select s.generation from segments as s where s.id = ").bind(*id).push(")");
        });
    }
    into.push(")");
}

/// Who has no company has no value either. The row that is looked for is one for which the answer would be another.
fn company(test: &FieldTest, asked: Asked<'_>, into: &mut Statement) {
    let of_nothing = evaluate::field(test, None, asked.zone, asked.now);
    into.push(if of_nothing { "not exists (" } else { "exists (" });
    into.push("select 1 from companies as o where o.id = c.company_id and ").push(if of_nothing { "not (" } else { "(" });
    field(test, "o", Asked { is_strict: of_nothing, ..asked }, into);
    into.push("))");
}

/// A field of the row `of`, which is the customer or his company.
fn field(test: &FieldTest, of: &str, asked: Asked<'_>, into: &mut Statement) {
    let name = &test.name;
    let (custom, computed, selected) =
        (|text: String| asked.seen(Form::Indexed(text)), |text| asked.seen(Form::Computed(text)), |text| asked.seen(Form::Selected(text)));
    let column = match test.column {
        Column::BuiltIn { column, folded_column } => Some((column, folded_column.unwrap_or(column))),
        Column::Custom => None,
    };
    let seen = |column: &str| asked.seen(Form::Column(format!("{of}.{column}")));
    match (&test.value, column) {
        (FieldValueTest::Text(test), Some((plain, folded))) => compare::text(into, &seen(if test.exact { plain } else { folded }), test),
        (FieldValueTest::Text(test), None) => {
            let token = if asked.is_scanned && compare::is_of_texts_only(test) { "scanned" } else { "string" };
            compare::text(into, &custom(format!("{{{token} {}}}", document(test.exact, name))), test);
        }
        (FieldValueTest::Number(test), Some((plain, _))) => {
            compare::number(into, &computed(format!("cast({of}.{plain} as {{double}})")), *test);
        }
        (FieldValueTest::Number(test), None) => compare::number(into, &custom(format!("{{number c.fields:{name}}}")), *test),
        (FieldValueTest::Boolean(wanted), Some((plain, _))) => compare::boolean_column(into, &seen(plain), *wanted),
        (FieldValueTest::Boolean(wanted), None) => compare::holds(into, &computed(format!("{{{wanted} c.fields:{name}}}"))),
        (FieldValueTest::Date(test), Some((plain, _))) => {
            // What is in a column came through the door: it is a date.
            compare::date(into, &seen(plain), *test, asked.zone, asked.now);
        }
        (FieldValueTest::Date(test), None) => {
            compare::date(into, &selected(date_in(&document(true, name))), *test, asked.zone, asked.now);
        }
        (FieldValueTest::Datetime(test), Some((plain, _))) => {
            compare::datetime(into, &seen(plain), *test, asked.zone, asked.now, &sql::Value::Int);
        }
        (FieldValueTest::Datetime(test), None) => {
            let seen = format!("select {{instant t.value}} as value from (select {{string c.fields:{name}}} as value) as t");
            let spell = |instant| sql::Value::Text(calendar::instant_text(instant));
            compare::datetime(into, &selected(seen), *test, asked.zone, asked.now, &spell);
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
    let computed = |token: &str, exact| asked.seen(Form::Computed(format!("{{{token} {}}}", spelled(exact))));
    match &test.value {
        AttributeValueTest::Text(test) => {
            let token = if compare::is_of_texts_only(test) { "plain" } else { "string" };
            compare::text(into, &computed(token, test.exact), test);
        }
        AttributeValueTest::Number(test) => compare::number(into, &computed("number", true), *test),
        AttributeValueTest::Boolean(wanted) => compare::holds(into, &computed(if *wanted { "true" } else { "false" }, true)),
        AttributeValueTest::Date(test) => {
            compare::date(into, &asked.seen(Form::Selected(date_in(&spelled(true)))), *test, asked.zone, asked.now);
        }
        AttributeValueTest::List(test) => compare::list(into, &spelled(test.exact), test),
        AttributeValueTest::Present(wanted) => compare::present(into, &spelled(true), *wanted),
    }
}

/// The value a test looks at.
struct Seen {
    form: Form,
    is_strict: bool,
}

#[derive(Clone)]
enum Form {
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
        match &self.form {
            Form::Column(value) | Form::Computed(value) | Form::Indexed(value) if !self.is_strict => test(into, value),
            Form::Computed(value) => {
                into.push("coalesce(");
                test(into, value);
                into.push(", false)");
            }
            // Not `coalesce`, which would hide the value from its index.
            Form::Indexed(value) => {
                into.push("(");
                test(into, value);
                // Last: of whom it does not hold, the value is read once.
                into.push(" and ").push(value).push(" is not null)");
            }
            Form::Column(_) | Form::Selected(_) => self.often(into, test),
        }
    }

    /// The same for a test that names the value several times, or inside a token: it gets a short name for it.
    fn often(&self, into: &mut Statement, test: impl FnOnce(&mut Statement, &str)) {
        match &self.form {
            // Not `coalesce`, which would hide the column from its index.
            Form::Column(column) => {
                into.push("(");
                if self.is_strict {
                    into.push(column).push(" is not null and ");
                }
                test(into, column);
                into.push(")");
            }
            Form::Computed(value) | Form::Indexed(value) => selected(into, false, test, |into| {
                into.push("select ").push(value).push(" as value");
            }),
            Form::Selected(select) => selected(into, false, test, |into| {
                into.push(select);
            }),
        }
    }

    /// The same under a negation. Appends the `not`.
    fn none(&self, into: &mut Statement, test: impl FnOnce(&mut Statement, &str)) {
        into.push("not ");
        Seen { form: self.form.clone(), is_strict: true }.once(into, test);
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
