//! `regulars export …`: writes customers of the database into a file of this machine, without a job. The file has its name
//! once it is whole.

use crate::opening::{Opening, told};
use crate::print;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use server::access::Actor;
use server::customers::{Filter, SegmentMode};
use server::exports::{Format, Order, Walk, What};
use server::ids::SegmentId;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

#[derive(Debug, Args)]
#[command(after_long_help = NOTES)]
pub struct Arguments {
    /// What the rows of the file are.
    #[arg(value_enum)]
    what: WhatName,
    /// The file; - for standard output.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// By the end of the file's name, else CSV.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// Columns, in order: fields as for import, id, createdAt, updatedAt, segments, group:ID and segment:ID.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// Only customers for whom this condition holds, as JSON.
    #[arg(long, value_name = "CONDITION")]
    filter: Option<String>,
    /// Only customers in whose name, address, mail, phone or texts all of these words occur.
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// Only customers in this segment; may be given several times.
    #[arg(long = "segment", value_name = "ID")]
    segments: Vec<i64>,
    /// In any of the segments; without it, in all of them.
    #[arg(long)]
    any: bool,
    /// Only customers who are active, or who are not.
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
    /// Such as lastname, or -createdAt for the other way round.
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Between the fields of CSV: , ; | : or tab.
    #[arg(long)]
    delimiter: Option<String>,
    /// Begin CSV with a byte order mark.
    #[arg(long)]
    bom: bool,
}

const NOTES: &str = "\
  regulars export customers --out customers.csv
  regulars export customers --out gold.xlsx --columns id,email,fields.tier,segments \\
    --filter '{\"fact\":\"field\",\"name\":\"tier\",\"op\":\"eq\",\"value\":\"gold\"}'

A file that is written through this command belongs to whoever ran it: it does not expire.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WhatName {
    Customers,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Xlsx,
    Parquet,
}

/// Bytes that are written at a time.
const PIECE_BYTES: usize = 1024 * 1024;

pub async fn run(arguments: Arguments, opening: &Opening) -> anyhow::Result<()> {
    let out = arguments.out.clone();
    let is_printed = out.as_os_str() == "-";
    if is_printed && opening.json {
        bail!("--json says what was written, and with --out - that is where the file goes");
    }
    let order = order(arguments)?;
    let app = opening.app().await?;
    let mut walk = Walk::begin(&app, Actor::operator(), &order).await.map_err(told)?;
    let mut target = Target::open(&out)?;
    let bar = bar(walk.total.unsigned_abs());
    let mut more = true;
    while more {
        more = walk.next().await.map_err(told)?;
        bar.set_position(walk.rows.unsigned_abs());
        if let Some(piece) = walk.take(if more { PIECE_BYTES } else { 1 }) {
            target.write(&piece)?;
        }
    }
    bar.finish_and_clear();
    let bytes = target.end(&out)?;
    match (is_printed, opening.json) {
        (true, _) => Ok(()),
        (false, true) => print::json(&json!({ "file": out, "rows": walk.rows, "bytes": bytes })),
        (false, false) => print::line(&format!("{} customers in {} ({bytes} bytes).", walk.rows, out.display())),
    }
}

fn order(arguments: Arguments) -> anyhow::Result<Order> {
    let condition = arguments.filter.as_deref().map(serde_json::from_str).transpose().context("--filter is not JSON")?;
    let by_name = match arguments.out.extension().and_then(|end| end.to_str()) {
        Some("xlsx") => FormatName::Xlsx,
        Some("parquet") => FormatName::Parquet,
        _ => FormatName::Csv,
    };
    Ok(Order {
        what: match arguments.what {
            WhatName::Customers => What::Customers,
        },
        format: match arguments.format.unwrap_or(by_name) {
            FormatName::Csv => Format::Csv,
            FormatName::Xlsx => Format::Xlsx,
            FormatName::Parquet => Format::Parquet,
        },
        filter: Filter {
            q: arguments.search,
            condition,
            segments: arguments.segments.into_iter().map(SegmentId).collect(),
            segment_mode: if arguments.any { SegmentMode::Any } else { SegmentMode::All },
            active: arguments.active,
            published: None,
        },
        columns: arguments.columns,
        sort: arguments.sort,
        delimiter: arguments.delimiter,
        bom: arguments.bom,
    })
}

/// Shown on a terminal only.
fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} customers, {eta} left");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Where the bytes go: a file beside the wanted one until it is whole, so that half a file is never taken for one.
enum Target {
    File { file: NamedTempFile, bytes: u64 },
    Printed,
}

impl Target {
    fn open(out: &Path) -> anyhow::Result<Target> {
        if out.as_os_str() == "-" {
            return Ok(Target::Printed);
        }
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).with_context(|| format!("cannot write into {}", folder.display()))?;
        Ok(Target::File { file, bytes: 0 })
    }

    fn write(&mut self, piece: &[u8]) -> anyhow::Result<()> {
        match self {
            Target::Printed => Ok(io::stdout().lock().write_all(piece)?),
            Target::File { file, bytes } => {
                *bytes += piece.len() as u64;
                file.write_all(piece).context("cannot write the file")
            }
        }
    }

    fn end(self, out: &Path) -> anyhow::Result<u64> {
        match self {
            Target::Printed => {
                io::stdout().lock().flush()?;
                Ok(0)
            }
            Target::File { file, bytes } => {
                let kept: File = file.persist(out).with_context(|| format!("cannot write {}", out.display()))?;
                kept.sync_all().context("cannot write the file")?;
                Ok(bytes)
            }
        }
    }
}
