//! The statements of an audience: previewed over HTTP, as they are rendered, and as one would write them by hand.

use crate::Audience;
use anyhow::{Context, Result};
use serde_json::json;
use server::access::Actor;
use server::app::App;
use server::catalogue;
use server::error::Error;
use server::work::{self, Work};
use sql::dialect::Dialect;
use std::time::Instant;
use store::Statement;
use testkit::TestApp;

/// What somebody sees who builds the audience, and after how many milliseconds.
pub async fn preview(test: &TestApp, audience: &Audience) -> Result<(i64, f64)> {
    let body = json!({ "condition": audience.condition });
    let began = Instant::now();
    let answer = test.post("/api/segments/preview", body).await.expect(200);
    let ms = began.elapsed().as_secs_f64() * 1e3;
    Ok((answer["count"].as_i64().context("a preview without a count")?, ms))
}

pub async fn rendered(app: &App, audience: &Audience) -> Result<(i64, f64)> {
    let condition = audience.condition.clone();
    let count = move |work: &mut Work<'_>| {
        let statement = render(work, &condition)?;
        timed(work, &statement)
    };
    work::read(app, Actor::operator(), count).await.with_context(|| format!("the statement of {} fails", audience.name))
}

pub async fn by_hand(app: &App, audience: &Audience) -> Result<(i64, f64)> {
    let statement = Statement::new(&audience.by_hand);
    let count = move |work: &mut Work<'_>| timed(work, &statement);
    work::read(app, Actor::operator(), count).await.with_context(|| format!("{} as written by hand fails", audience.name))
}

fn render(work: &mut Work<'_>, condition: &serde_json::Value) -> Result<Statement, Error> {
    let catalogue = catalogue::get(work)?;
    let tree = condition::check(condition, &catalogue)
        .map_err(|problems| Error::Invalid(problems.into_iter().map(|problem| catalogue::under("", problem)).collect()))?;
    let mut statement = Statement::default();
    condition::render_count(&tree, work.now.0, &mut statement);
    Ok(statement)
}

/// Planned again each time: PostgreSQL keeps the plan of a statement without bound values, but nobody asks of the same instant
/// twice.
fn timed(work: &mut Work<'_>, statement: &Statement) -> Result<(i64, f64), Error> {
    if work.tx.dialect() == Dialect::Postgres {
        work.tx.execute("discard plans", &[])?;
    }
    let began = Instant::now();
    let count = work.tx.one(&statement.text, &statement.values)?;
    Ok((count, began.elapsed().as_secs_f64() * 1e3))
}

/// How the database goes about the rendered statement.
pub async fn plan(app: &App, audience: &Audience) -> Result<String> {
    let condition = audience.condition.clone();
    let explain = move |work: &mut Work<'_>| {
        let mut statement = render(work, &condition)?;
        let mut lines = Vec::new();
        match work.tx.dialect() {
            Dialect::Sqlite => {
                statement.text.insert_str(0, "explain query plan ");
                let steps: Vec<(i64, i64, i64, String)> = work.tx.list(&statement)?;
                let mut depths = vec![(0, 0)];
                for (id, parent, _, step) in steps {
                    let depth = depths.iter().find(|(known, _)| *known == parent).map_or(0, |(_, depth)| *depth);
                    depths.push((id, depth + 1));
                    lines.push(format!("{}{step}", "  ".repeat(depth)));
                }
            }
            Dialect::Postgres => {
                statement.text.insert_str(0, "explain (analyze, costs off, timing off, summary off) ");
                lines = work.tx.list(&statement)?;
            }
        }
        Ok(lines.join("\n"))
    };
    work::read(app, Actor::operator(), explain).await.with_context(|| format!("the statement of {} cannot be explained", audience.name))
}
