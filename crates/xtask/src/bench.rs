//! `cargo xtask bench`: how fast, how large and how quiet the release build is on this machine, on both databases, beside
//! what one would write by hand. Each figure several times, each time on a fresh copy of the same shop.

mod audiences;
mod duplicates;
mod figures;
mod load;
mod machine;
mod merges;
mod page;
mod peers;
mod report;
mod rules;
mod shop;
mod stage;

use crate::client::{Api, Connection, id};
use crate::scratch::Scratch;
use crate::serving::{Kind, Server};
use crate::test_database::TestDatabase;
use crate::{command, demo, repository};
use anyhow::{Context, Result, bail, ensure};
use figures::{Column, Figures, Target};
use load::Taken;
use machine::Meter;
use serde_json::json;
use stage::Stage;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub const USAGE: &str = "bench takes --write, --runs N, --seconds N, --customers N, --database sqlite|postgres, --binary FILE, \
                         and the names of measurements: peers singles batches rules plans latency visible idle start program; or `bench audiences`, `bench duplicates` or `bench merges`, see there";

const SINGLE_CONNECTIONS: usize = 32;
const BATCH_CONNECTIONS: usize = 4;
/// Idle-ish: twenty requests a second for ten seconds.
const PACE: Duration = Duration::from_millis(50);
const PACED: u32 = 200;
const VISIBLE: usize = 1_000;
const SETTLE: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(30);

const PEER: &str = "hand-written peer, activities";
const SINGLES: &str = "one activity per request, 32 connections";
const BATCHES: &str = "batches of 1000, 4 connections";
const MISSED: &str = "memberships missing right after the answer, of 1000";

type Measure = fn(&Bench, &Stage, &mut Figures) -> Result<()>;

/// What is measured on each database, by name.
const MEASURES: [(&str, Measure); 8] = [
    ("singles", singles),
    ("batches", batches),
    ("rules", rules::rules),
    ("plans", rules::plans),
    ("latency", latency),
    ("visible", visible),
    ("idle", idle),
    ("start", start),
];

struct Bench {
    root: PathBuf,
    binary: PathBuf,
    folder: PathBuf,
    runs: usize,
    measured: Duration,
    customers: usize,
    databases: Vec<Kind>,
    only: Vec<String>,
    write: bool,
}

pub fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((word, rest)) if word == "audiences" => audiences::run(rest),
        Some((word, rest)) if word == "duplicates" => duplicates::run(rest),
        Some((word, rest)) if word == "merges" => merges::run(rest),
        _ => run_all(arguments),
    }
}

fn run_all(arguments: &[String]) -> Result<()> {
    let scratch = Scratch::new("bench")?;
    let bench = Bench::of(arguments, &scratch.path)?;
    let machine = report::Machine::look(&bench.folder)?;
    let postgres = TestDatabase::start_durable()?;
    let settings = ["show fsync", "show synchronous_commit", "show full_page_writes"];
    ensure!(
        postgres.query("postgres", &settings)?.lines().all(|value| value == "on"),
        "PostgreSQL is not set to keep what it acknowledges"
    );

    let mut figures = Figures::default();
    let mut stages = Vec::new();
    for kind in &bench.databases {
        println!("making the shop on {kind}");
        stages.push(Stage::build(*kind, &bench.binary, &bench.folder, &postgres, bench.customers)?);
    }
    for number in 1..=bench.runs {
        println!("run {number} of {}, load {:.1}", bench.runs, machine::load()?);
        bench.measure(&stages, &postgres, &mut figures)?;
    }
    if bench.measures("program")
        && let Some(stage) = stages.first()
    {
        program(&bench, stage, &mut figures)?;
    }
    want(&mut figures);
    let page = report::page(&bench.root, &machine, &figures, bench.runs, bench.measured, bench.customers)?;
    println!("\n{page}");
    if bench.write {
        std::fs::write(bench.root.join(report::PATH), page).context("cannot write the report")?;
    }
    Ok(())
}

impl Bench {
    fn of(arguments: &[String], folder: &Path) -> Result<Bench> {
        let root = repository::root()?;
        let (mut runs, mut seconds, mut customers, mut write) = (3, 10, 20_000, false);
        let (mut databases, mut only, mut binary) = (vec![Kind::Sqlite, Kind::Postgres], Vec::new(), None);
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value; {USAGE}"));
            match word {
                "--write" => write = true,
                "--runs" => runs = value()?.parse()?,
                "--seconds" => seconds = value()?.parse()?,
                "--customers" => customers = value()?.parse()?,
                "--binary" => binary = Some(PathBuf::from(value()?)),
                "--database" => databases = vec![Kind::parse(value()?)?],
                name if ["peers", "program"].contains(&name) || MEASURES.iter().any(|(known, _)| *known == name) => {
                    only.push(name.to_owned())
                }
                _ => bail!("{USAGE}"),
            }
        }
        let binary = match binary {
            Some(binary) => binary,
            None => {
                demo::build_ui(&root.join("ui"))?;
                command::run(&mut command::command(&root, &["cargo", "build", "--release", "--locked", "--package", "regulars"]))?;
                repository::target()?.join("release").join("regulars")
            }
        };
        let measured = Duration::from_secs(seconds);
        Ok(Bench { root, binary, folder: folder.to_owned(), runs, measured, customers, databases, only, write })
    }

    fn measures(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    /// One run: everything once, the peers first, so that each run has its own measure of the machine.
    fn measure(&self, stages: &[Stage], postgres: &TestDatabase, figures: &mut Figures) -> Result<()> {
        if self.measures("peers") {
            let rate = peers::postgres(&self.root, postgres, self.customers, self.measured)?;
            figures.add(PEER, "1/s", Column::On(Kind::Postgres), rate);
            let (version, rate) = peers::sqlite(&self.root, &self.folder, self.customers, self.measured)?;
            figures.add(PEER, "1/s", Column::On(Kind::Sqlite), rate);
            figures.note(format!("The peer of SQLite is Python's module with SQLite {version}."));
        }
        for stage in stages {
            for (name, measure) in MEASURES.iter().filter(|(name, _)| self.measures(name)) {
                println!("  {name} on {}", stage.kind);
                measure(self, stage, figures)?;
            }
        }
        Ok(())
    }
}

fn singles(bench: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    let (api, column) = (server.api(&stage.key), Column::On(stage.kind));
    load::meet_everyone(&api, &stage.customers, shop::activity)?;
    let load = load::singles(&api, &stage.customers, SINGLE_CONNECTIONS, 2);
    let meter = Meter::start(server.pid())?;
    let taken = counted(&api, || load.press(&api, bench.measured))?;
    let (serving, generating) = meter.cores()?;
    figures.add(SINGLES, "1/s", column, taken.rate);
    figures.add("– half of its requests answered within", "ms", column, taken.latency_ms(0.5));
    figures.add("– 99 % of its requests answered within", "ms", column, taken.latency_ms(0.99));
    figures.add("– cores that regulars kept busy", "cores", column, serving);
    figures.add("– cores that the load generator kept busy", "cores", column, generating);
    server.end()
}

fn batches(bench: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    let (api, column) = (server.api(&stage.key), Column::On(stage.kind));
    load::meet_everyone(&api, &stage.customers, shop::activity)?;
    let load = load::batches(&api, &stage.customers, shop::activity, BATCH_CONNECTIONS, 3);
    let meter = Meter::start(server.pid())?;
    let taken = counted(&api, || load.press(&api, bench.measured))?;
    let (serving, generating) = meter.cores()?;
    figures.add(BATCHES, "1/s", column, taken.rate);
    figures.add("– half of its batches answered within", "ms", column, taken.latency_ms(0.5));
    figures.add("– cores that regulars kept busy with batches", "cores", column, serving);
    figures.add("– cores that the load generator kept busy with batches", "cores", column, generating);
    figures.add("most memory used while taking batches", "MiB", column, machine::memory_mib(server.pid(), "VmHWM")?);
    server.end()
}

/// Runs a load and holds what was acknowledged against what the database has then.
fn counted(api: &Api, load: impl FnOnce() -> Result<Taken>) -> Result<Taken> {
    let before = shop::count(api)?;
    let taken = load()?;
    let kept = shop::count(api)? - before;
    ensure!(kept == taken.activities, "{} activities were acknowledged and {kept} kept", taken.activities);
    Ok(taken)
}

fn latency(_: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    let (api, column) = (server.api(&stage.key), Column::On(stage.kind));
    let load = load::singles(&api, &stage.customers, 1, 4);
    load.pace(&api, PACE, PACED / 10)?;
    let taken = load.pace(&api, PACE, PACED)?;
    figures.add("one activity's request at 20/s, half within", "ms", column, taken.latency_ms(0.5));
    figures.add("one activity's request at 20/s, 99 % within", "ms", column, taken.latency_ms(0.99));
    server.end()
}

/// Zero by construction: membership is written in the activity's own transaction. So it must never be missing when it is
/// read, on another connection, right after the activity was acknowledged.
fn visible(_: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    let (api, column) = (server.api(&stage.key), Column::On(stage.kind));
    let group = json!({ "name": "Visible", "reference": "visible", "calculated": true });
    let group = id(&api.create("/api/segment-groups", &group)?)?;
    let condition = json!({ "fact": "activity", "type": "sign_up", "within": "30d", "op": "gte", "value": 1 });
    let segment = json!({ "groupId": group, "name": "Signed up", "condition": condition });
    let segment = id(&api.create("/api/segments", &segment)?)?;
    api.wait_until_built()?;

    let (mut writing, mut reading) = (Connection::open(&api.address)?, Connection::open(&api.address)?);
    let (mut missing, mut reads) = (0, Vec::new());
    for customer in stage.customers.iter().take(VISIBLE) {
        let body = json!({ "customer": { "id": customer }, "type": "sign_up" }).to_string();
        let activity = api.request("POST", "/api/activities", body.as_bytes());
        let look = api.request("GET", &format!("/api/customers/{customer}/segments"), b"");
        ensure!(writing.exchange(&activity)?.status == 201, "an activity was refused");
        let began = Instant::now();
        let segments = reading.exchange(&look)?.json()?;
        reads.push(began.elapsed());
        let found = segments["items"].as_array().context("no list")?.iter().any(|item| item["id"] == segment);
        missing += if found { 0 } else { 1 };
    }
    reads.sort_unstable();
    let taken = Taken { activities: 0, rate: 0.0, latencies: reads };
    figures.add(MISSED, "memberships", column, f64::from(missing));
    figures.add("– half of these reads answered within", "ms", column, taken.latency_ms(0.5));
    server.end()
}

fn idle(_: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    std::thread::sleep(SETTLE);
    let before = machine::cpu_time(server.pid())?;
    std::thread::sleep(IDLE);
    let busy = (machine::cpu_time(server.pid())? - before).as_secs_f64() / IDLE.as_secs_f64();
    let column = Column::On(stage.kind);
    figures.add("processor time when idle, of one core", "%", column, busy * 100.0);
    figures.add("memory used when idle", "MiB", column, machine::memory_mib(server.pid(), "VmRSS")?);
    server.end()
}

fn start(_: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let mut add = |name: &'static str, server: Server| {
        figures.add(name, "ms", Column::On(stage.kind), server.ready_after.as_secs_f64() * 1e3);
        server.end()
    };
    add("start until ready, all tables to be made", stage.open_empty()?)?;
    add("start until ready", stage.open()?)
}

/// What does not depend on the database.
fn program(bench: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let size = std::fs::metadata(&bench.binary)?.len();
    figures.add("size of the program", "MiB", Column::Program, size as f64 / f64::from(1 << 20));
    let server = stage.open()?;
    let page = page::load(&server.program.address)?;
    figures.add("first load of /admin, compressed", "kB", Column::Program, page.bytes as f64 / 1e3);
    figures.add("– scripts of it", "kB", Column::Program, page.script_bytes as f64 / 1e3);
    figures.add("– resources", "files", Column::Program, page.resources as f64);
    server.end()
}

/// What was wanted before anything was measured.
fn want(figures: &mut Figures) {
    for (kind, batches) in [(Kind::Sqlite, 30_000.0), (Kind::Postgres, 20_000.0)] {
        let column = Column::On(kind);
        figures.want(SINGLES, column, Target::FigureOrMore(PEER));
        figures.want(BATCHES, column, Target::OrMore(batches));
        figures.want(rules::FIFTY, column, Target::OrMore(20_000.0));
        figures.want(MISSED, column, Target::OrLess(0.0));
        figures.want("memory used when idle", column, Target::OrLess(200.0));
        figures.want("processor time when idle, of one core", column, Target::OrLess(1.0));
    }
}
