//! `regulars import …`: reads a file of this machine into the database, shows how far it is, and reports what was refused.
//! Stopped at any instant, the same command goes on where it was. What an import did is taken back in `undo.rs`.

mod problems;
mod undo;

use crate::opening::{Opening, told};
use crate::print;
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use server::access::Actor;
use server::app::App;
use server::ids::SegmentId;
use server::transfer::{
    self, Counts, Format, Import, Kind, MemberMode, Opened, Options, Order, RowProblem, Run, Step, parse_map, parse_set,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read customers from a file.
    Customers(Arguments),
    /// Read activities from a file.
    Activities(Arguments),
    /// Take an import back: what it made goes, what it changed becomes what it was.
    Undo(undo::Undo),
}

#[derive(Debug, Args)]
#[command(after_long_help = NOTES)]
pub struct Arguments {
    file: PathBuf,
    /// The type of all activities; short for --set type=TYPE.
    #[arg(long = "type", value_name = "TYPE")]
    activity_type: Option<String>,
    /// Give activities an external id made of the file's name and the row's number, for files without an id of their own.
    #[arg(long)]
    row_ids: bool,
    /// Make customers for identities that nobody has (activities only).
    #[arg(long)]
    create_customers: bool,
    /// Let rules react to the activities, mails included; without it segments follow but rules do not look.
    #[arg(long)]
    run_rules: bool,
    #[command(flatten)]
    reading: Reading,
}

/// How a file is read, whatever its rows are.
#[derive(Debug, Args)]
pub struct Reading {
    /// What becomes of the columns: COLUMN=FIELD,… Columns that are not named are left out. Without it, columns that are
    /// named like a field are that field.
    #[arg(long, value_name = "COLUMN=FIELD,…", value_parser = parse_map)]
    map: Vec<BTreeMap<String, String>>,
    /// A value for rows that have none of their own in this field.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_set)]
    set: Vec<(String, String)>,
    /// Check everything, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Import a file once more that was imported with the same options before.
    #[arg(long)]
    again: bool,
    /// How the file is written; by the end of its name (.ndjson, .jsonl), else CSV.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// The character between fields, or "tab"; found out from the first line.
    #[arg(long)]
    delimiter: Option<String>,
    /// Such as windows-1252 or utf-16; a byte order mark wins, without both it is UTF-8.
    #[arg(long)]
    encoding: Option<String>,
    /// How dates are written, such as "%d.%m.%Y %H:%M"; ISO 8601 without it.
    #[arg(long, value_name = "PATTERN")]
    date_format: Option<String>,
    /// Where times without an offset belong, such as Europe/Vienna; the instance's zone without it.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Numbers are written 1.234,50.
    #[arg(long)]
    decimal_comma: bool,
    /// Where the rows that were refused go, with their reasons; FILE.problems.csv without it.
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
}

const NOTES: &str = "\
Fields of customers: email, salutation, gender, firstname, lastname, street, zip, city, countryCode, phone, language,
  timeZone, birthDate, profilingConsent, active, published, emailOk, token, createdAt, fields.NAME (a custom field) and
  external:KIND (an id in another system). A row is about whoever has one of its external ids, else its mail address.
Fields of activities: customer.id, customer.email, customer.phone, customer.token, customer.external:KIND, type,
  occurredAt, externalId, attributes.NAME[:text|number|boolean|date|datetime|list|json] and metadata.NAME[:…].
  An activity with an external id is written once: a second row of the same type and id changes the first.
A column with a comma or an equals sign in its name is put in double quotes: '\"net, total\"=attributes.net:number'.
Lines of NDJSON without --map are what POST /api/customers and POST /api/activities take.

  regulars import customers people.csv --map 'number=external:shop,mail=email,born=birthDate' --date-format %d.%m.%Y
  regulars import activities orders.csv --type order --row-ids \\
    --map 'customer=customer.external:shop,date=occurredAt,total=attributes.amount:number'

Exit status: 0 all rows were taken, 1 some were refused or the import failed, 2 asked wrongly.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Ndjson,
}

/// Problems read from the database at a time.
const PROBLEMS_PER_READ: usize = 5_000;

pub async fn run(command: Command, opening: &Opening) -> anyhow::Result<ExitCode> {
    match command {
        Command::Customers(arguments) => read(Kind::Customers, arguments, opening).await,
        Command::Activities(arguments) => read(Kind::Activities, arguments, opening).await,
        Command::Undo(wanted) => undo::run(wanted, opening).await.map(|()| ExitCode::SUCCESS),
    }
}

async fn read(kind: Kind, arguments: Arguments, opening: &Opening) -> anyhow::Result<ExitCode> {
    let options = Options {
        activity_type: arguments.activity_type,
        row_ids: arguments.row_ids,
        create_customers: arguments.create_customers,
        run_rules: arguments.run_rules,
        ..arguments.reading.options()?
    };
    let app = opening.app().await?;
    read_file(&app, kind, options, &Wanted { file: &arguments.file, reading: &arguments.reading }, opening).await
}

/// Reads a list of members of a segment.
pub async fn run_members(
    app: &App,
    segment: SegmentId,
    mode: MemberMode,
    file: &Path,
    reading: &Reading,
    opening: &Opening,
) -> anyhow::Result<ExitCode> {
    let options = Options { segment: Some(segment), mode, ..reading.options()? };
    read_file(app, Kind::Members, options, &Wanted { file, reading }, opening).await
}

/// What is to be read.
struct Wanted<'w> {
    file: &'w Path,
    reading: &'w Reading,
}

async fn read_file(app: &App, kind: Kind, options: Options, wanted: &Wanted<'_>, opening: &Opening) -> anyhow::Result<ExitCode> {
    let name = wanted.file.file_name().with_context(|| format!("{} is not a file", wanted.file.display()))?;
    let order = Order { kind, file_name: name.to_string_lossy().into_owned(), options };
    let opened = transfer::open_file(app, Actor::operator(), wanted.file, order, wanted.reading.again).await.map_err(told)?;
    let report = match opened {
        Opened::Before(import) => before(app, wanted, *import).await?,
        Opened::Ready(run) => carry_out(app, wanted, *run).await?,
    };
    report.print(kind, wanted, opening)?;
    Ok(if report.counts.rejected == 0 && report.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Reading {
    fn options(&self) -> anyhow::Result<Options> {
        let mut map = BTreeMap::new();
        for (column, field) in self.map.iter().flatten() {
            anyhow::ensure!(map.insert(column.clone(), field.clone()).is_none(), "--map: column {column:?} is mapped twice");
        }
        Ok(Options {
            map: (!self.map.is_empty()).then_some(map),
            set: self.set.iter().cloned().collect(),
            dry_run: self.dry_run,
            format: self.format.map(|format| match format {
                FormatName::Csv => Format::Csv,
                FormatName::Ndjson => Format::Ndjson,
            }),
            delimiter: self.delimiter.clone(),
            encoding: self.encoding.clone(),
            date_format: self.date_format.clone(),
            time_zone: self.time_zone.clone(),
            decimal_comma: self.decimal_comma,
            ..Options::default()
        })
    }
}

/// What is said at the end.
struct Report {
    import: Option<Import>,
    counts: Counts,
    /// The row after which an earlier run had stopped.
    resumed_after: Option<i64>,
    was_done_before: bool,
    ignored: Vec<String>,
    failure: Option<String>,
    problems_file: Option<PathBuf>,
    took: Duration,
}

/// The file was imported before: what came of it then.
async fn before(app: &App, wanted: &Wanted<'_>, import: Import) -> anyhow::Result<Report> {
    let refused = kept_problems(app, &import).await?;
    let problems_file = write_problems(wanted, &import.options, refused).await?;
    let (counts, failure) = (import.counts, import.error.clone());
    let took = Duration::ZERO;
    Ok(Report {
        import: Some(import),
        counts,
        resumed_after: None,
        was_done_before: true,
        ignored: Vec::new(),
        failure,
        problems_file,
        took,
    })
}

async fn carry_out(app: &App, wanted: &Wanted<'_>, mut run: Run) -> anyhow::Result<Report> {
    let started = Instant::now();
    let bytes = std::fs::metadata(wanted.file).map(|file| file.len()).unwrap_or_default();
    let resumed_after = run.import().map(|import| import.row).filter(|row| *row > 0);
    let from = run.import().map_or(0, |import| import.bytes_done) as u64;
    let bar = bar(bytes, from)?;
    let mut refused = Vec::new();
    let step = loop {
        let stage = run.step().await.map_err(told)?;
        bar.set_position(stage.bytes as u64);
        bar.set_message(format!("{} rows, {} refused", stage.counts.rows_done, stage.counts.rejected));
        if wanted.reading.dry_run {
            refused.extend(stage.problems);
        }
        if stage.step != Step::More {
            break stage.step;
        }
    };
    bar.finish_and_clear();
    let import = match run.import() {
        Some(import) => {
            let id = import.id;
            let import = crate::opening::read(app, move |work| transfer::read(work, id)).await?;
            refused = kept_problems(app, &import).await?;
            Some(import)
        }
        None => None,
    };
    let failure = match step {
        Step::Failed => import.as_ref().and_then(|import| import.error.clone()),
        Step::Cancelled => Some("it was cancelled".to_owned()),
        Step::More | Step::End => None,
    };
    let problems_file = write_problems(wanted, run.options(), refused).await?;
    let (counts, ignored, took) = (run.counts(), run.ignored().to_vec(), started.elapsed());
    Ok(Report { import, counts, resumed_after, was_done_before: false, ignored, failure, problems_file, took })
}

/// On a terminal only; elsewhere indicatif draws nothing.
fn bar(bytes: u64, from: u64) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {bytes_per_sec}, {eta} left")?;
    bar.set_style(style);
    bar.set_position(from);
    bar.reset_eta();
    Ok(bar)
}

async fn kept_problems(app: &App, import: &Import) -> anyhow::Result<Vec<RowProblem>> {
    let (id, mut refused) = (import.id, Vec::new());
    loop {
        let after = refused.last().map_or(0, |last: &RowProblem| last.row);
        let more = crate::opening::read(app, move |work| transfer::problems(work, id, after, PROBLEMS_PER_READ)).await?;
        if more.is_empty() {
            return Ok(refused);
        }
        refused.extend(more);
    }
}

/// Writes what was refused beside the file; nothing if nothing was.
async fn write_problems(wanted: &Wanted<'_>, options: &Options, refused: Vec<RowProblem>) -> anyhow::Result<Option<PathBuf>> {
    let path = wanted.reading.problems.clone().unwrap_or_else(|| beside(wanted.file));
    // What an earlier run wrote does not hold any more.
    if refused.is_empty() && !path.exists() {
        return Ok(None);
    }
    problems::write(&path, wanted.file, options, &refused).await?;
    Ok(Some(path).filter(|_| !refused.is_empty()))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".problems.csv");
    name.into()
}

impl Report {
    fn print(&self, kind: Kind, wanted: &Wanted<'_>, opening: &Opening) -> anyhow::Result<()> {
        if opening.json { print::json(&self.as_json(wanted)) } else { print::line(&self.as_text(kind, wanted)) }
    }

    fn as_json(&self, wanted: &Wanted<'_>) -> Value {
        json!({
            "importId": self.import.as_ref().map(|import| import.id),
            "file": wanted.file, "dryRun": wanted.reading.dry_run,
            "rows": self.counts.rows_done, "created": self.counts.created, "updated": self.counts.updated, "rejected": self.counts.rejected,
            "resumedAfterRow": self.resumed_after, "doneBefore": self.was_done_before, "ignoredColumns": self.ignored,
            "error": self.failure, "problemsFile": self.problems_file, "seconds": self.took.as_secs_f64(),
        })
    }

    fn as_text(&self, kind: Kind, wanted: &Wanted<'_>) -> String {
        let Counts { rows_done, created, updated, rejected } = self.counts;
        let mut lines = Vec::new();
        if let Some(import) = self.import.as_ref().filter(|_| self.was_done_before) {
            let at = import.finished_at.unwrap_or(import.created_at);
            lines.push(format!("This file was imported with the same options before, on {at} (import {}).", import.id));
            lines.push("Nothing was done; --again imports it once more.".to_owned());
        }
        if let Some(row) = self.resumed_after {
            lines.push(format!("Went on after row {row}, where an earlier run had stopped."));
        }
        if !self.ignored.is_empty() {
            lines.push(format!("Left out: {}", self.ignored.join(", ")));
        }
        let would = if wanted.reading.dry_run { "would be " } else { "" };
        lines.push(match kind {
            Kind::Customers | Kind::Activities => {
                format!("{rows_done} rows: {created} {would}created, {updated} {would}updated, {rejected} {would}rejected")
            }
            Kind::Members => format!("{rows_done} rows: {created} {would}changed, {updated} as they were, {rejected} {would}rejected"),
        });
        let seconds = self.took.as_secs_f64();
        if 0.0 < seconds {
            lines.push(format!("It took {seconds:.1} s."));
        }
        if wanted.reading.dry_run {
            lines.push("Nothing was written.".to_owned());
        }
        if let Some(import) = self.import.as_ref().filter(|import| import.is_undoable) {
            lines.push(format!("regulars import undo {} takes it back.", import.id));
        }
        lines.extend(self.failure.iter().map(|why| format!("The import was given up: {why}")));
        lines.extend(self.problems_file.iter().map(|path| format!("What was refused and why: {}", path.display())));
        lines.join("\n")
    }
}
