//! `cargo xtask bench audiences`: twelve audiences over a large shop, on both databases: previewed, rebuilt, asked of one
//! customer, beside hand-written SQL and DuckDB on the same rows; then activities coming in with fifty live segments, and
//! windows that flip all at once. Counts that are not equal everywhere fail the run.

mod bases;
mod flips;
mod ingest;
mod page;
mod peers;
mod sheet;

use super::figures::{Column, Figures, Target};
use super::{machine, report, shop};
use crate::serving::Kind;
use crate::test_database::TestDatabase;
use crate::{command, demo, repository};
use anyhow::{Context, Result, bail, ensure};
use bases::Bases;
use peers::Peer;
use sheet::Sheet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const USAGE: &str = "bench audiences takes --write, --customers N, --activities N, --seed N, --runs N, --seconds N, --flips N, \
                     --database sqlite|postgres, --binaries FOLDER, and the names of parts: previews ingest flips";
const PARTS: [&str; 3] = ["previews", "ingest", "flips"];

/// When `regulars bench-data` lets its story end, and conditions are asked: 2026-07-01.
const NOW_S: u64 = 1_782_864_000;
/// What the rendered statement may take of the time of the one written by hand.
const RATIO_MAX: f64 = 1.2;

struct Options {
    root: PathBuf,
    /// Where `regulars` and `examples/audiences` are.
    binaries: PathBuf,
    /// What is kept from run to run.
    folder: PathBuf,
    customers: usize,
    activities: usize,
    seed: u64,
    runs: usize,
    measured: Duration,
    flips: usize,
    databases: Vec<Kind>,
    parts: Vec<String>,
    write: bool,
}

/// All that was found out.
struct Findings {
    sheets: Vec<Sheet>,
    peers: Vec<Peer>,
    figures: Figures,
}

pub fn run(arguments: &[String]) -> Result<()> {
    let options = Options::of(arguments)?;
    fs::create_dir_all(&options.folder).with_context(|| format!("cannot make {}", options.folder.display()))?;
    let machine = report::Machine::look(&options.folder)?;
    let postgres = TestDatabase::start_kept(&std::env::temp_dir().join("regulars-bench-postgres"))?;
    let bases = Bases::new(&options, &postgres)?;
    let mut findings = Findings { sheets: Vec::new(), peers: Vec::new(), figures: Figures::default() };
    for kind in &options.databases {
        if options.measures("previews") {
            previews(&options, &bases, *kind, &mut findings)?;
        }
        if options.measures("ingest") {
            println!("activities with {} live segments on {kind}", ingest::SEGMENTS);
            ingest::measure(&options, &bases, *kind, &mut findings.figures)?;
        }
        if options.measures("flips") {
            println!("{} flips on {kind}", options.flips);
            flips::measure(&options, &bases, *kind, &mut findings.figures)?;
        }
    }
    want(&mut findings.figures);
    let page = page::audiences(&options, &machine, &findings)?;
    println!("\n{page}");
    let differing = sheet::differing(&findings.sheets, &findings.peers);
    ensure!(differing.is_empty(), "counts differ:\n{}", differing.join("\n"));
    if options.write {
        fs::write(options.root.join("docs/audiences.md"), page).context("cannot write the page")?;
        fs::write(options.root.join("docs/plans.md"), page::plans(&options, &findings)?).context("cannot write the plans")?;
    }
    Ok(())
}

impl Options {
    fn of(arguments: &[String]) -> Result<Options> {
        let (root, target) = (repository::root()?, repository::target()?);
        let mut options = Options {
            root,
            binaries: PathBuf::new(),
            folder: target.join("bench"),
            customers: 100_000,
            activities: 2_000_000,
            seed: 1,
            runs: 5,
            measured: Duration::from_secs(10),
            flips: 100_000,
            databases: vec![Kind::Sqlite, Kind::Postgres],
            parts: Vec::new(),
            write: false,
        };
        let mut binaries = None;
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value; {USAGE}"));
            match word {
                "--write" => options.write = true,
                "--customers" => options.customers = value()?.parse()?,
                "--activities" => options.activities = value()?.parse()?,
                "--seed" => options.seed = value()?.parse()?,
                "--runs" => options.runs = value()?.parse::<usize>()?.max(1),
                "--seconds" => options.measured = Duration::from_secs(value()?.parse()?),
                "--flips" => options.flips = value()?.parse()?,
                "--database" => options.databases = vec![Kind::parse(value()?)?],
                "--binaries" => binaries = Some(PathBuf::from(value()?)),
                part if PARTS.contains(&part) => options.parts.push(part.to_owned()),
                _ => bail!("{USAGE}"),
            }
        }
        let is_whole = options.parts.is_empty() && options.databases.len() == 2;
        ensure!(is_whole || !options.write, "--write keeps a whole run: without parts, on both databases");
        options.binaries = match binaries {
            Some(folder) => folder,
            None => build(&options.root)?,
        };
        Ok(options)
    }

    fn measures(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }

    fn program(&self) -> PathBuf {
        self.binaries.join("regulars")
    }

    fn script(&self, name: &str) -> PathBuf {
        self.root.join("bench/audiences").join(name)
    }
}

/// Both at once, so that they share what they are built from.
fn build(root: &Path) -> Result<PathBuf> {
    demo::build_ui(&root.join("ui"))?;
    let words = ["cargo", "build", "--release", "--locked", "--package", "regulars", "--package", "testkit"];
    command::run(command::command(root, &words).args(["--bin", "regulars", "--example", "audiences"]))?;
    Ok(repository::target()?.join("release"))
}

fn previews(options: &Options, bases: &Bases, kind: Kind, findings: &mut Findings) -> Result<()> {
    let url = bases.copy(kind, &bases.shop())?;
    println!("rebuilding the audiences on {kind}");
    let rebuilt = measure(options, "rebuild", kind, &url)?;
    bases.settle(kind)?;
    println!("asking for the audiences on {kind}, load {:.1}", machine::load()?);
    let asked = measure(options, "ask", kind, &url)?;
    let sheet = Sheet::read(kind, &rebuilt, &asked)?;
    sheet.note_customer(&mut findings.figures, &asked["oneCustomer"])?;
    findings.sheets.push(sheet);
    if kind == Kind::Sqlite {
        findings.peers = peers::ask(options, &bases.copied_file(), &mut |why| findings.figures.note(why))?;
    } else if !options.databases.contains(&Kind::Sqlite) {
        findings.figures.note("The peers were not measured: their rows come from SQLite's file.".to_owned());
    }
    Ok(())
}

/// One run of the measuring program, whose clock stands still.
fn measure(options: &Options, what: &str, kind: Kind, url: &str) -> Result<serde_json::Value> {
    let by_hand = options.script(if kind == Kind::Sqlite { "sqlite.sql" } else { "postgres.sql" });
    let mut program = Command::new(options.binaries.join("examples").join("audiences"));
    program.args([what, url]).arg(options.script("audiences.json")).arg(by_hand);
    let told = command::output(program.arg(shop::timestamp(NOW_S)).arg(options.runs.to_string()))?;
    serde_json::from_str(&told).with_context(|| format!("not JSON: {told}"))
}

/// What was wanted before anything was measured.
fn want(figures: &mut Figures) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        figures.want(ingest::BATCHES, Column::On(kind), Target::OrMore(20_000.0));
        figures.want(flips::LATEST, Column::On(kind), Target::OrLess(1.0));
    }
}
