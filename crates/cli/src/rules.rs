//! `regulars rules …`: list them, have one look now, see what one would do, keep their definitions in a file.

use crate::opening::{Opening, read, told, write};
use crate::print;
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use server::access::Actor;
use server::app::App;
use server::automation::definitions::{self, Applied, Document};
use server::automation::simulate::{self, replay};
use server::automation::{self, Draft, Rule};
use server::ids::{CustomerId, RuleId};
use server::jobs;
use server::segments::definitions::Change;
use server::work::{self, Work};
use server::{http, worker};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum Rules {
    /// List rules in the order in which they act.
    List,
    /// Have a rule look now: at everyone for whom its condition holds, or at some customers. Acts for real.
    Run(Run),
    /// Show what a rule would do, and do nothing.
    Simulate(Simulate),
    /// Write all rules into a file, or to standard output.
    Export { file: Option<PathBuf> },
    /// Bring about what a file says of rules: all of it or nothing.
    Apply(Apply),
}

#[derive(Debug, Args)]
pub struct Run {
    /// The name of the rule, or its id.
    rule: String,
    /// This customer only. Can be repeated.
    #[arg(long, value_name = "ID")]
    customer: Vec<i64>,
}

#[derive(Debug, Args)]
pub struct Simulate {
    /// The name of the rule, its id, or a file with one rule as `POST /api/rules` takes it.
    rule: String,
    #[command(flatten)]
    whom: Whom,
    /// What the customer does: the type of an activity.
    #[arg(long, value_name = "TYPE", conflicts_with = "last")]
    activity: Option<String>,
    /// Its attributes as JSON.
    #[arg(long, value_name = "JSON", requires = "activity")]
    attributes: Option<String>,
    /// How many days to look ahead.
    #[arg(long, value_name = "DAYS", conflicts_with = "last")]
    days: Option<i64>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Whom {
    /// For this customer.
    #[arg(long, value_name = "ID")]
    customer: Option<i64>,
    /// For a made-up customer: his fields as JSON.
    #[arg(long, value_name = "JSON")]
    made_up: Option<String>,
    /// For everyone who did something in the last days.
    #[arg(long, value_name = "DAYS")]
    last: Option<i64>,
}

#[derive(Debug, Args)]
pub struct Apply {
    file: PathBuf,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove rules that the file does not name.
    #[arg(long)]
    prune: bool,
}

pub async fn run(command: Rules, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    match command {
        Rules::List => list(&app, opening).await,
        Rules::Run(wanted) => run_now(&app, wanted, opening).await,
        Rules::Simulate(wanted) => try_out(&app, wanted, opening).await,
        Rules::Export { file } => export(&app, file.as_deref(), opening).await,
        Rules::Apply(wanted) => apply(&app, &wanted, opening).await,
    }
}

async fn list(app: &App, opening: &Opening) -> anyhow::Result<()> {
    let rules = read(app, automation::all).await?;
    if opening.json {
        return print::json(&rules);
    }
    let row = |rule: &Rule| {
        let triggers = json!(rule.definition.triggers);
        let kinds = triggers.as_array().into_iter().flatten().filter_map(|trigger| trigger["type"].as_str());
        let does = match rule.definition.steps.len() {
            0 => format!("{} actions", rule.definition.actions.len()),
            steps => format!("{steps} steps"),
        };
        let active = if rule.active { "on" } else { "off" };
        [rule.id.to_string(), active.to_owned(), rule.name.clone(), kinds.collect::<Vec<_>>().join(", "), does]
    };
    print::table(["id", "active", "name", "triggers", "does"], &rules.iter().map(row).collect::<Vec<_>>())
}

async fn named(app: &App, text: &str) -> anyhow::Result<RuleId> {
    let wanted = text.to_owned();
    read(app, move |work| definitions::named(work, &wanted)).await?.with_context(|| format!("there is no rule {text}"))
}

async fn run_now(app: &App, wanted: Run, opening: &Opening) -> anyhow::Result<()> {
    let rule = named(app, &wanted.rule).await?;
    let customers: Vec<CustomerId> = wanted.customer.into_iter().map(CustomerId).collect();
    let job = write(app, move |work| automation::run(work, rule, customers.clone())).await?;
    worker::run_kinds(app, &automation::JOBS).await.map_err(told)?;
    let ended = read(app, move |work| jobs::read(work, job)).await?;
    if opening.json {
        print::json(&ended)
    } else {
        print::line(&format!("Job {job}: {}, {} customers looked at.", ended.state.as_str(), ended.done))
    }
}

fn object(text: Option<&str>, what: &str) -> anyhow::Result<Map<String, Value>> {
    serde_json::from_str(text.unwrap_or("{}")).with_context(|| format!("{what} is not a JSON object"))
}

async fn try_out(app: &App, wanted: Simulate, opening: &Opening) -> anyhow::Result<()> {
    let file = Path::new(&wanted.rule);
    let (rule_id, rule) = match file.is_file() {
        true => (None, Some(http::shaped::<Draft>(yaml(file)?).map_err(told)?)),
        false => (Some(named(app, &wanted.rule).await?), None),
    };
    if let Some(days) = wanted.whom.last {
        let replayed = replay::run(app, Actor::operator(), replay::Wanted { rule_id, rule, days }).await.map_err(told)?;
        return if opening.json { print::json(&replayed) } else { print::line(&shown_days(&replayed)) };
    }
    let activity = match wanted.activity {
        Some(kind) => Some(simulate::TriedActivity { kind, attributes: object(wanted.attributes.as_deref(), "--attributes")? }),
        None => None,
    };
    let customer = wanted.whom.made_up.as_deref().map(|text| object(Some(text), "--made-up")).transpose()?;
    let customer_id = wanted.whom.customer.map(CustomerId);
    let wanted = simulate::Wanted { rule_id, rule, customer_id, customer, activity, environment: None, days: wanted.days };
    let seen = work::rehearse(app, Actor::operator(), move |work| simulate::simulate(work, &wanted)).await.map_err(told)?;
    if opening.json {
        return print::json(&seen);
    }
    let mut lines: Vec<String> = seen.runs.iter().map(|run| format!("{}  {}  {}", run.at, run.outcome.as_str(), brief(&run.why))).collect();
    lines.extend(seen.plans.iter().map(|plan| format!("{}  still planned  {}", plan.due_at, plan.path)));
    if lines.is_empty() {
        lines.push("Nothing: no trigger of the rule means this.".to_owned());
    }
    lines.push("Nothing was kept.".to_owned());
    print::line(&lines.join("\n"))
}

/// A reason without the version.
fn brief(why: &Value) -> String {
    let mut why = why.clone();
    why.as_object_mut().and_then(|members| members.shift_remove("version"));
    why.to_string()
}

fn shown_days(replayed: &replay::Replayed) -> String {
    let mut lines = vec![format!("{} customers did something that fires it.", replayed.customers)];
    lines.extend(replayed.outcomes.iter().map(|(outcome, count)| format!("{count:>8}  {}", outcome.as_str())));
    lines.extend(replayed.actions.iter().map(|(path, count)| format!("{count:>8}  {path}")));
    lines.extend(replayed.entries.iter().map(|entry| {
        let name = entry.customer_name.clone().unwrap_or_else(|| format!("customer {}", entry.customer_id));
        format!("{}  {name}  {} {}", entry.at, entry.path, entry.action["type"].as_str().unwrap_or_default())
    }));
    if replayed.truncated {
        lines.push("There was more than is looked at.".to_owned());
    }
    lines.join("\n")
}

async fn export(app: &App, file: Option<&Path>, opening: &Opening) -> anyhow::Result<()> {
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

fn yaml(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_saphyr::from_str(&text).with_context(|| format!("{} is not YAML", file.display()))
}

async fn apply(app: &App, wanted: &Apply, opening: &Opening) -> anyhow::Result<()> {
    let document: Document = http::shaped(yaml(&wanted.file)?).map_err(told)?;
    let prune = wanted.prune;
    let operation = move |work: &mut Work<'_>| definitions::apply(work, &document, prune);
    let applied = match wanted.dry_run {
        true => work::rehearse(app, Actor::operator(), operation).await,
        false => work::write(app, Actor::operator(), operation).await,
    };
    let applied = applied.map_err(told)?;
    if opening.json { print::json(&applied) } else { print::line(&shown(&applied, wanted.dry_run)) }
}

/// What is other, one line for each value, and the sum.
fn shown(applied: &Applied, dry_run: bool) -> String {
    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    let mut lines = Vec::new();
    for one in applied.differences.iter().filter(|one| one.change != Change::Unchanged) {
        let sign = match one.change {
            Change::Created => '+',
            Change::Changed => '~',
            Change::Removed => '-',
            Change::Unchanged => ' ',
        };
        lines.push(format!("{sign} {}", one.name));
        let part = |part: &server::segments::definitions::Part| {
            format!("    {}: {} → {}", part.path.trim_start_matches('/'), text(&part.before), text(&part.after))
        };
        lines.extend(one.parts.iter().map(part));
    }
    let Applied { created, changed, unchanged, removed, .. } = applied;
    let would = if dry_run { " Nothing was written." } else { "" };
    lines.push(format!("{created} created, {changed} changed, {unchanged} unchanged, {removed} removed.{would}"));
    lines.join("\n")
}
