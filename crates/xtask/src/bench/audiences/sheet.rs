//! What was measured of the audiences on one database, and what the peer says to the same rows.

use super::RATIO_MAX;
use super::peers::Peer;
use crate::bench::figures::{Column, Figures, median, min, number};
use crate::serving::Kind;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

pub struct Sheet {
    pub kind: Kind,
    pub rows: Vec<Row>,
}

pub struct Row {
    pub name: String,
    pub plan: String,
    /// By who counted.
    counts: BTreeMap<String, i64>,
    preview: Vec<f64>,
    rendered: Vec<f64>,
    by_hand: Vec<f64>,
    rebuild_s: f64,
    sweep_s: f64,
}

impl Sheet {
    pub fn read(kind: Kind, rebuilt: &Value, asked: &Value) -> Result<Sheet> {
        let rebuilt = rebuilt.as_array().context("no list of rebuilds")?;
        let asked = asked["audiences"].as_array().context("no list of audiences")?;
        let rows = asked.iter().zip(rebuilt).map(|(asked, rebuilt)| Row::read(asked, rebuilt)).collect::<Result<_>>()?;
        Ok(Sheet { kind, rows })
    }

    /// One customer asked for all audiences.
    pub fn note_customer(&self, figures: &mut Figures, told: &Value) -> Result<()> {
        let column = Column::On(self.kind);
        let mut add = |name: &'static str, unit: &'static str, value: &Value| -> Result<()> {
            figures.add(name, unit, column, value.as_f64().with_context(|| format!("{name}: {value}"))?);
            Ok(())
        };
        add("one customer read and asked for all twelve", "customers/s", &told["perSecond"])?;
        add("– without the reading", "customers/s", &told["judgedPerSecond"])?;
        add("– half of them within", "ms", &told["p50Ms"])?;
        add("– 99 % of them within", "ms", &told["p99Ms"])?;
        add("activities of the busiest customer", "activities", &told["busiest"]["activities"])?;
        add("– read and asked for all twelve, half of the times within", "ms", &told["busiest"]["p50Ms"])?;
        add("– 99 % of the times within", "ms", &told["busiest"]["p99Ms"])
    }

    /// Markdown: a line for each audience, and one for all of them.
    pub fn table(&self, customers: usize, duckdb: Option<&Peer>) -> String {
        let mut out = "| audience | customers | preview | rendered | by hand | rendered / by hand | DuckDB | rendered / DuckDB | rebuild | sweep | rebuilt |\n\
                       |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
            .to_owned();
        let mut total = [0.0; 7];
        for row in &self.rows {
            let peer = duckdb.map_or(&[][..], |peer| peer.ms(&row.name));
            let times = [&row.preview, &row.rendered, &row.by_hand, peer];
            let mins = times.map(min);
            [mins.as_slice(), &[row.rebuild_s, row.sweep_s, 1.0]].concat().iter().zip(&mut total).for_each(|(one, all)| *all += one);
            let count = row.counts.values().next().copied().unwrap_or_default() as f64;
            let [preview, rendered, by_hand, duckdb] = times.map(shown);
            let ratio = ratio(mins[1], mins[2], RATIO_MAX);
            let beside = self::ratio(mins[1], mins[3], f64::INFINITY);
            let rebuild =
                format!("{} s | {} s | {}/s", number(row.rebuild_s), number(row.sweep_s), number(customers as f64 / row.rebuild_s));
            let line = format!("{preview} | {rendered} | {by_hand} | {ratio} | {duckdb} | {beside} | {rebuild}");
            writeln!(out, "| {} | {} | {line} |", row.name, number(count)).expect("a string takes everything");
        }
        let [preview, rendered, by_hand, duckdb, rebuild, sweep, rows] = total;
        let times = [preview, rendered, by_hand].map(number).join(" | ");
        let (ratio, beside) = (ratio(rendered, by_hand, RATIO_MAX), self::ratio(rendered, duckdb, f64::INFINITY));
        let rate = number(customers as f64 * rows / rebuild);
        let rebuild = format!("{} s | {} s | {rate}/s", number(rebuild), number(sweep));
        writeln!(out, "| all, by their minima | | {times} | {ratio} | {} | {beside} | {rebuild} |", number(duckdb)).expect("as above");
        out
    }

    /// Audiences whose rendered statement takes longer than it may, beside the one written by hand.
    pub fn slow(&self) -> Vec<String> {
        let slow = self.rows.iter().filter(|row| RATIO_MAX < min(&row.rendered) / min(&row.by_hand));
        slow.map(|row| format!("{} on {}: {:.1} times", row.name, self.kind, min(&row.rendered) / min(&row.by_hand))).collect()
    }
}

impl Row {
    fn read(asked: &Value, rebuilt: &Value) -> Result<Row> {
        let name = asked["name"].as_str().context("an audience without a name")?.to_owned();
        anyhow::ensure!(rebuilt["name"] == name.as_str(), "{name} was not rebuilt");
        let mut counts: BTreeMap<String, i64> = serde_json::from_value(asked["counts"].clone()).context("no counts")?;
        counts.insert("members".to_owned(), rebuilt["members"].as_i64().context("a segment without a size")?);
        let times = |key: &str| serde_json::from_value::<Vec<f64>>(asked[key].clone()).with_context(|| format!("{name} without {key}"));
        Ok(Row {
            counts,
            preview: times("previewMs")?,
            rendered: times("renderedMs")?,
            by_hand: times("byHandMs")?,
            rebuild_s: rebuilt["seconds"].as_f64().context("a rebuild without a time")?,
            sweep_s: rebuilt["sweepSeconds"].as_f64().context("a sweep without a time")?,
            plan: asked["plan"].as_str().context("an audience without a plan")?.to_owned(),
            name,
        })
    }
}

/// Who counted what, where not everybody counted the same.
pub fn differing(sheets: &[Sheet], peers: &[Peer]) -> Vec<String> {
    let mut counted: BTreeMap<&str, Vec<(String, i64)>> = BTreeMap::new();
    for (sheet, row) in sheets.iter().flat_map(|sheet| sheet.rows.iter().map(move |row| (sheet, row))) {
        let counts = row.counts.iter().map(|(who, count)| (format!("{who} on {}", sheet.kind), *count));
        counted.entry(&row.name).or_default().extend(counts);
    }
    for (peer, (name, count)) in peers.iter().flat_map(|peer| peer.counts().map(move |counted| (peer, counted))) {
        counted.entry(name).or_default().push((peer.name.to_owned(), count));
    }
    let differing = counted.iter().filter(|(_, counts)| counts.iter().any(|(_, count)| *count != counts[0].1));
    let told = |counts: &[(String, i64)]| counts.iter().map(|(who, count)| format!("{who} {count}")).collect::<Vec<_>>().join(", ");
    differing.map(|(name, counts)| format!("{name}: {}", told(counts))).collect()
}

fn shown(times: &[f64]) -> String {
    if times.is_empty() { "–".to_owned() } else { format!("**{}** {}", number(min(times)), number(median(times))) }
}

fn ratio(one: f64, other: f64, wanted: f64) -> String {
    match one / other {
        none if none.is_nan() => "–".to_owned(),
        ratio if ratio <= wanted => format!("{ratio:.2}"),
        ratio => format!("**{ratio:.2}**"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sheet(kind: Kind, by_hand: i64) -> Sheet {
        let asked = json!({ "audiences": [{
            "name": "a", "plan": "scan", "counts": { "preview": 7, "rendered": 7, "byHand": by_hand },
            "previewMs": [30.0, 20.0], "renderedMs": [6.0, 5.0, 9.0], "byHandMs": [4.0],
        }]});
        let rebuilt = json!([{ "name": "a", "members": 7, "seconds": 0.5, "sweepSeconds": 0.25 }]);
        Sheet::read(kind, &rebuilt, &asked).unwrap()
    }

    fn duckdb(count: i64) -> Peer {
        Peer::read("DuckDB", &json!({ "version": "1", "loadS": 1.0, "audiences": { "a": { "count": count, "ms": [2.0, 2.5] } } })).unwrap()
    }

    #[test]
    fn counts_that_differ_are_told() {
        let sheets = [sheet(Kind::Sqlite, 7), sheet(Kind::Postgres, 7)];
        assert!(differing(&sheets, &[]).is_empty());
        assert!(differing(&sheets, &[duckdb(7)]).is_empty());
        assert!(differing(&sheets, &[duckdb(8)])[0].ends_with("rendered on PostgreSQL 7, DuckDB 8"));
        let told = differing(&[sheet(Kind::Sqlite, 6)], &[]);
        assert_eq!(told, ["a: byHand on SQLite 6, members on SQLite 7, preview on SQLite 7, rendered on SQLite 7"]);
    }

    #[test]
    fn a_line_has_minimum_and_median_and_says_what_was_missed() {
        let sheet = sheet(Kind::Sqlite, 7);
        let table = sheet.table(1_000, Some(&duckdb(7)));
        let line =
            "| a | 7.0 | **20.0** 25.0 | **5.0** 6.0 | **4.0** 4.0 | **1.25** | **2.0** 2.2 | 2.50 | 0.50 s | 0.25 s | 2\u{202f}000/s |";
        assert!(table.contains(line), "{table}");
        assert_eq!(sheet.slow(), ["a on SQLite: 1.2 times"]);
        assert!(sheet.table(1_000, None).contains("| **1.25** | – | – |"));
    }
}
