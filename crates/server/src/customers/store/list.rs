//! SQL of the lists.

use super::super::list::{Key, Place, SortValue, Wanted};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::time::Instant;
use crate::work::Work;
use condition::Tree;
use store::{Statement, Value};

/// Spelled as in the indexes that serve it.
fn expression(key: Key) -> &'static str {
    match key {
        Key::Id => "c.id",
        Key::CreatedAt => "c.created_at",
        Key::UpdatedAt => "c.updated_at",
        Key::Lastname => "coalesce(c.lastname_folded, '')",
        Key::Firstname => "coalesce(c.firstname_folded, '')",
        Key::Email => "coalesce(c.email_folded, '')",
        Key::City => "coalesce(c.city_folded, '')",
        Key::Zip => "coalesce(c.zip_folded, '')",
    }
}

/// One more than the page holds, so that its end is known.
pub fn page(
    work: &mut Work<'_>,
    wanted: &Wanted,
    filter: Option<&Tree>,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<CustomerId>, Error> {
    let mut statement = Statement::new("select c.id from customers as c where ");
    push_wanted(&mut statement, wanted);
    if let Some(filter) = filter {
        statement.push(" and ");
        condition::render_each(filter, work.now.0, &mut statement);
    }
    let (key, descending) = (expression(wanted.sort.key), wanted.sort.descending);
    let (beyond, direction) = if descending { ("<", "desc") } else { (">", "asc") };
    match after {
        None => {}
        Some(Place(_, _, id)) if wanted.sort.key == Key::Id => {
            statement.push(&format!(" and c.id {beyond} ")).bind(*id);
        }
        Some(Place(_, value, id)) => {
            let value = match value {
                SortValue::Number(number) => Value::Int(*number),
                SortValue::Text(text) => Value::Text(text.clone()),
            };
            // The first half says nothing new, but SQLite finds the place in the index by it.
            statement.push(&format!(" and {key} {beyond}= ")).bind(value.clone());
            statement.push(&format!(" and ({key}, c.id) {beyond} (")).bind(value).push(", ").bind(*id).push(")");
        }
    }
    match wanted.sort.key {
        Key::Id => statement.push(&format!(" order by c.id {direction}")),
        _ => statement.push(&format!(" order by {key} {direction}, c.id {direction}")),
    };
    statement.push(" limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count(work: &mut Work<'_>, wanted: &Wanted, filter: Option<&Tree>) -> Result<i64, Error> {
    let mut statement = Statement::default();
    match filter {
        Some(filter) if wanted.is_anybody() => condition::render_count(filter, work.now.0, &mut statement),
        _ => statement = of_wanted("select count(*)", wanted, filter, work.now),
    }
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

/// The lowest ids of all that are wanted.
pub fn ids(work: &mut Work<'_>, wanted: &Wanted, filter: Option<&Tree>, limit: usize) -> Result<Vec<CustomerId>, Error> {
    let mut statement = of_wanted("select c.id", wanted, filter, work.now);
    statement.push(" order by c.id limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}

/// Of all who are wanted, what reads nothing of them but their ids.
fn of_wanted(select: &str, wanted: &Wanted, filter: Option<&Tree>, now: Instant) -> Statement {
    let mut statement = Statement::new(select);
    match filter {
        Some(filter) if wanted.is_anybody() => condition::render_whom(filter, now.0, &mut statement),
        _ => {
            statement.push(" from customers as c where ");
            push_wanted(&mut statement, wanted);
            if let Some(filter) = filter {
                statement.push(" and ");
                condition::render(filter, now.0, &mut statement);
            }
        }
    }
    statement
}

fn push_wanted(statement: &mut Statement, wanted: &Wanted) {
    statement.push("true");
    if let Some(is_active) = wanted.is_active {
        statement.push(" and c.active = ").bind(is_active);
    }
    if let Some(is_published) = wanted.is_published {
        statement.push(" and c.published = ").bind(is_published);
    }
    for word in &wanted.words {
        statement.push(" and {contains c.search_folded ").bind(word).push("}");
    }
    if !wanted.segments.is_empty() {
        push_segments(statement, wanted);
    }
}

fn push_segments(statement: &mut Statement, wanted: &Wanted) {
    const MEMBER: &str = "exists (select 1 from memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation \
         where m.customer_id = c.id and m.segment_id ";
    if !wanted.in_all {
        statement.push(" and ").push(MEMBER).push("in ").bind_list(&wanted.segments).push(")");
        return;
    }
    for segment in &wanted.segments {
        statement.push(" and ").push(MEMBER).push("= ").bind(*segment).push(")");
    }
}

/// Published customers for whom the condition holds, after the given one.
pub fn matching(work: &mut Work<'_>, tree: &Tree, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    let mut statement = Statement::new("select c.id from customers as c where c.id > ");
    statement.bind(after).push(" and c.published = true and ");
    condition::render_each(tree, work.now.0, &mut statement);
    statement.push(" order by c.id limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}
