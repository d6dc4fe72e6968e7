//! `regulars segments …`: look at them, build them anew, bring in lists of members, keep their definitions in a file.

mod definitions;

use crate::import::{self, Reading};
use crate::opening::{Opening, read, write};
use crate::print;
use anyhow::Context;
use clap::{Args, Subcommand};
use server::app::App;
use server::ids::{CustomerId, SegmentId};
use server::jobs::State;
use server::segments::{self, BuildWanted, Group, Segment};
use server::transfer::MemberMode;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Segments {
    /// List segments with their sizes.
    List,
    /// Evaluate segments once more, for everyone or for some customers.
    Build(Build),
    /// Put the customers of a file into a manual segment, take them out, or make them its members.
    Members(Box<Members>),
    /// Write all groups and segments into a file, or to standard output.
    Export { file: Option<PathBuf> },
    /// Bring about what a file says of groups and segments: all of it or nothing.
    Apply(definitions::Apply),
}

#[derive(Debug, Args)]
#[group(id = "what", required = true, multiple = true)]
pub struct Build {
    /// All calculated segments.
    #[arg(long, group = "what", conflicts_with = "segment")]
    all: bool,
    /// This segment: its reference, GROUP/REFERENCE, or its id. Can be repeated.
    #[arg(long, group = "what", value_name = "REFERENCE")]
    segment: Vec<String>,
    /// For this customer only. Can be repeated.
    #[arg(long, group = "what", value_name = "ID", conflicts_with_all = ["active", "inactive"])]
    customer: Vec<i64>,
    /// For active customers only.
    #[arg(long, group = "what", conflicts_with = "inactive")]
    active: bool,
    /// For customers who are not active only.
    #[arg(long, group = "what")]
    inactive: bool,
}

#[derive(Debug, Args)]
pub struct Members {
    /// The segment: its reference, GROUP/REFERENCE, or its id.
    segment: String,
    #[command(flatten)]
    file: MembersFile,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct MembersFile {
    /// Put the customers of this file into it. Columns: id, email, phone, token or external:KIND; since and counter if wanted.
    #[arg(long, value_name = "FILE")]
    add: Option<PathBuf>,
    /// Take the customers of this file out of it.
    #[arg(long, value_name = "FILE")]
    remove: Option<PathBuf>,
    /// Make the customers of this file its members, and nobody else.
    #[arg(long, value_name = "FILE")]
    replace: Option<PathBuf>,
}

pub async fn run(command: Segments, opening: &Opening) -> anyhow::Result<ExitCode> {
    let app = opening.app().await?;
    match command {
        Segments::List => list(&app, opening).await?,
        Segments::Build(wanted) => return build(&app, wanted, opening).await,
        Segments::Members(wanted) => {
            let segment = named(&app, &wanted.segment).await?;
            let MembersFile { add, remove, replace } = wanted.file;
            let modes = [(add, MemberMode::Add), (remove, MemberMode::Remove), (replace, MemberMode::Replace)];
            let given = modes.into_iter().find_map(|(file, mode)| Some((file?, mode)));
            let (file, mode) = given.context("say which file: --add, --remove or --replace")?;
            return import::run_members(&app, segment, mode, &file, &wanted.reading, opening).await;
        }
        Segments::Export { file } => definitions::export(&app, file.as_deref(), opening).await?,
        Segments::Apply(wanted) => definitions::apply(&app, &wanted, opening).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, opening: &Opening) -> anyhow::Result<()> {
    let (groups, all) = read(app, |work| Ok((segments::groups(work)?, segments::list(work)?))).await?;
    if opening.json {
        return print::json(&all);
    }
    let group = |segment: &Segment| {
        groups.iter().find(|group| group.id == segment.group_id).map_or_else(String::new, |group: &Group| group.reference.clone())
    };
    let kind = |segment: &Segment| match (segment.calculated, segment.building) {
        (_, true) => "building",
        (true, false) => "calculated",
        (false, false) => "manual",
    };
    let rows: Vec<[String; 6]> = all
        .iter()
        .map(|one| [one.id.to_string(), group(one), one.reference.clone(), one.name.clone(), kind(one).to_owned(), one.size.to_string()])
        .collect();
    print::table(["id", "group", "reference", "name", "kind", "size"], &rows)
}

/// The segment that somebody means.
async fn named(app: &App, text: &str) -> anyhow::Result<SegmentId> {
    let (groups, all) = read(app, |work| Ok((segments::groups(work)?, segments::all(work)?))).await?;
    let (group, reference) = match text.split_once('/') {
        Some((group, reference)) => (Some(group), reference),
        None => (None, text),
    };
    let is_in =
        |segment: &&Segment| group.is_none_or(|named| groups.iter().any(|one| one.id == segment.group_id && one.reference == named));
    let found: Vec<&Segment> = all.all.iter().filter(|segment| segment.reference == reference).filter(is_in).collect();
    match (found.as_slice(), text.parse()) {
        ([one], _) => Ok(one.id),
        ([], Ok(id)) if all.get(SegmentId(id)).is_some() => Ok(SegmentId(id)),
        ([], _) => anyhow::bail!("there is no segment {text}"),
        (several, _) => {
            let ids: Vec<String> = several.iter().map(|one| one.id.to_string()).collect();
            anyhow::bail!("{text} can be several segments; name one by its id: {}", ids.join(", "))
        }
    }
}

async fn build(app: &App, wanted: Build, opening: &Opening) -> anyhow::Result<ExitCode> {
    let mut order = BuildWanted {
        all: wanted.all,
        segments: Vec::new(),
        customers: wanted.customer.into_iter().map(CustomerId).collect(),
        active: wanted.active.then_some(true).or(wanted.inactive.then_some(false)),
    };
    for segment in &wanted.segment {
        order.segments.push(named(app, segment).await?);
    }
    let job = write(app, move |work| segments::build(work, &order)).await?;
    let ended = crate::jobs::follow(app, job, &segments::JOBS).await?;
    if opening.json {
        print::json(&ended)?;
    } else {
        print::line(&format!("Job {job}: {}, {} customers looked at.", ended.state.as_str(), ended.done))?;
    }
    Ok(if ended.state == State::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
