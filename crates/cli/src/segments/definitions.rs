//! `regulars segments export` and `apply`: definitions as YAML.

use crate::opening::{Opening, read, told};
use crate::print;
use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::Value;
use server::access::Actor;
use server::app::App;
use server::http;
use server::segments::Unlinked;
use server::segments::definitions::{self, Applied, Change, Difference, Document, Kind, Options};
use server::work::{self, Work};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Apply {
    file: PathBuf,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove groups and segments that the file does not name.
    #[arg(long)]
    prune: bool,
    /// What becomes of target groups that segments are no longer used as.
    #[arg(long, value_enum, value_name = "WHAT")]
    target_groups: Option<UnlinkedName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UnlinkedName {
    Delete,
    Keep,
}

pub async fn export(app: &App, file: Option<&Path>, opening: &Opening) -> anyhow::Result<()> {
    let document = read(app, definitions::export).await?;
    let text = match opening.json {
        true => serde_json::to_string_pretty(&document)?,
        false => serde_saphyr::to_string(&document)?,
    };
    match file {
        Some(file) => std::fs::write(file, text.trim_end().to_owned() + "\n").with_context(|| format!("cannot write {}", file.display())),
        None => print::line(text.trim_end()),
    }
}

pub async fn apply(app: &App, wanted: &Apply, opening: &Opening) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&wanted.file).with_context(|| format!("cannot read {}", wanted.file.display()))?;
    let values: Value = serde_saphyr::from_str(&text).with_context(|| format!("{} is not YAML", wanted.file.display()))?;
    let document: Document = http::shaped(values).map_err(told)?;
    let unlinked = wanted.target_groups.map(|name| match name {
        UnlinkedName::Delete => Unlinked::Delete,
        UnlinkedName::Keep => Unlinked::Keep,
    });
    let options = Options { prune: wanted.prune, unlinked };
    let operation = move |work: &mut Work<'_>| definitions::apply(work, &document, options);
    let applied = match wanted.dry_run {
        true => work::rehearse(app, Actor::operator(), operation).await,
        false => work::write(app, Actor::operator(), operation).await,
    };
    let applied = applied.map_err(told)?;
    if opening.json { print::json(&applied) } else { print::line(&shown(&applied, wanted.dry_run)) }
}

/// What is other, one line for each value, and the sum.
fn shown(applied: &Applied, dry_run: bool) -> String {
    let mut lines: Vec<String> = applied.differences.iter().filter(|one| one.change != Change::Unchanged).flat_map(lines_of).collect();
    let Applied { created, changed, unchanged, removed, .. } = applied;
    let would = if dry_run { " Nothing was written." } else { "" };
    lines.push(format!("{created} created, {changed} changed, {unchanged} unchanged, {removed} removed.{would}"));
    if let Some(job) = applied.job_id.filter(|_| !dry_run) {
        lines.push(format!("Conditions are evaluated by job {job}: a server does it, or regulars segments build."));
    }
    lines.join("\n")
}

fn lines_of(one: &Difference) -> Vec<String> {
    let sign = match one.change {
        Change::Created => '+',
        Change::Changed => '~',
        Change::Removed => '-',
        Change::Unchanged => ' ',
    };
    let what = match one.kind {
        Kind::Group => format!("group {}", one.group),
        Kind::Segment => format!("segment {}/{}", one.group, one.reference),
    };
    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    let parts =
        one.parts.iter().map(|part| format!("    {}: {} → {}", part.path.trim_start_matches('/'), text(&part.before), text(&part.after)));
    std::iter::once(format!("{sign} {what}")).chain(parts).collect()
}
