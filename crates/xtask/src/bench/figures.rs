//! The figures: what was measured how often, and how it stands to what was wanted.

use crate::serving::Kind;
use std::fmt::Write;

/// What a figure is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Column {
    On(Kind),
    /// The program itself, whatever the database.
    Program,
}

/// What was wanted of a figure.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    OrMore(f64),
    OrLess(f64),
    /// At least the median of that figure on PostgreSQL.
    FigureOrMore(&'static str),
}

struct Figure {
    name: &'static str,
    unit: &'static str,
    column: Column,
    target: Option<Target>,
    values: Vec<f64>,
}

#[derive(Default)]
pub struct Figures {
    all: Vec<Figure>,
    /// What has to be known beside the numbers, each once.
    pub notes: Vec<String>,
}

impl Figures {
    /// Adds what one run measured.
    pub fn add(&mut self, name: &'static str, unit: &'static str, column: Column, value: f64) {
        match self.all.iter_mut().find(|figure| figure.name == name && figure.column == column) {
            Some(figure) => figure.values.push(value),
            None => self.all.push(Figure { name, unit, column, target: None, values: vec![value] }),
        }
    }

    /// Says what was wanted of a figure that has been added.
    pub fn want(&mut self, name: &str, column: Column, target: Target) {
        for figure in self.all.iter_mut().filter(|figure| figure.name == name && figure.column == column) {
            figure.target = Some(target);
        }
    }

    pub fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Markdown: figures that depend on the database side by side, then those that do not.
    pub fn tables(&self) -> String {
        let mut out = "| figure | SQLite | PostgreSQL | wanted |\n|---|---:|---:|---|\n".to_owned();
        for name in self.names(|column| column != Column::Program) {
            let [sqlite, postgres] = [Kind::Sqlite, Kind::Postgres].map(|kind| self.find(name, Column::On(kind)));
            let shown = [sqlite, postgres].map(|figure| figure.map_or("–".to_owned(), |figure| self.shown(figure)));
            let wanted = [("SQLite", sqlite), ("PostgreSQL", postgres)].map(|(database, figure)| self.verdict(database, figure?));
            let wanted = wanted.into_iter().flatten().collect::<Vec<_>>().join("; ");
            line(&mut out, &[&format!("{name} ({})", self.unit(name)), &shown[0], &shown[1], &wanted]);
        }
        let names = self.names(|column| column == Column::Program);
        if names.is_empty() {
            return out;
        }
        out += "\n| figure | | wanted |\n|---|---:|---|\n";
        for figure in names.into_iter().filter_map(|name| self.find(name, Column::Program)) {
            let wanted = self.verdict("", figure).unwrap_or_default();
            line(&mut out, &[&format!("{} ({})", figure.name, figure.unit), &self.shown(figure), &wanted]);
        }
        out
    }

    /// What was wanted and is not so, a line for each.
    pub fn missed(&self) -> Vec<String> {
        let missed = self.all.iter().filter(|figure| self.share(figure).is_some_and(|share| share < 1.0));
        let said = missed.map(|figure| match figure.column {
            Column::On(kind) => format!("{} on {kind}: {}", figure.name, self.verdict("", figure).unwrap_or_default()),
            Column::Program => format!("{}: {}", figure.name, self.verdict("", figure).unwrap_or_default()),
        });
        said.collect()
    }

    fn find(&self, name: &str, column: Column) -> Option<&Figure> {
        self.all.iter().find(|figure| figure.name == name && figure.column == column)
    }

    fn unit(&self, name: &str) -> &'static str {
        self.all.iter().find(|figure| figure.name == name).map_or("", |figure| figure.unit)
    }

    /// In the order in which they came first.
    fn names(&self, of: impl Fn(Column) -> bool) -> Vec<&'static str> {
        let mut names = Vec::new();
        for figure in self.all.iter().filter(|figure| of(figure.column)) {
            if !names.contains(&figure.name) {
                names.push(figure.name);
            }
        }
        names
    }

    fn shown(&self, figure: &Figure) -> String {
        let (low, high) = (figure.values.iter().copied().fold(f64::MAX, f64::min), figure.values.iter().copied().fold(f64::MIN, f64::max));
        match figure.values.len() {
            1 => number(median(&figure.values)),
            _ if low == high => number(low),
            _ => format!("**{}** ({} – {})", number(median(&figure.values)), number(low), number(high)),
        }
    }

    /// The wanted number of a figure, where there is one to hold it against.
    fn wanted(&self, target: Target) -> Option<f64> {
        match target {
            Target::OrMore(wanted) | Target::OrLess(wanted) => Some(wanted),
            Target::FigureOrMore(name) => self.find(name, Column::On(Kind::Postgres)).map(|figure| median(&figure.values)),
        }
    }

    /// How much of what was wanted was reached; 1 is all of it.
    fn share(&self, figure: &Figure) -> Option<f64> {
        let (target, is) = (figure.target?, median(&figure.values));
        let wanted = self.wanted(target)?;
        Some(match target {
            Target::OrLess(_) if is <= wanted => 1.0,
            Target::OrLess(_) => wanted / is,
            Target::OrMore(_) | Target::FigureOrMore(_) => is / wanted,
        })
    }

    fn verdict(&self, database: &str, figure: &Figure) -> Option<String> {
        let (target, share) = (figure.target?, self.share(figure)?);
        let wanted = number(self.wanted(target)?);
        let bound = match target {
            Target::OrMore(_) => format!("≥ {wanted}"),
            Target::OrLess(_) => format!("≤ {wanted}"),
            Target::FigureOrMore(_) => format!("≥ the hand-written statement ({wanted})"),
        };
        let verdict = if share < 1.0 { format!("**missed**, {:.0} % of it", share * 100.0) } else { "reached".to_owned() };
        Some(format!("{database} {bound}: {verdict}").trim_start().to_owned())
    }
}

fn line(out: &mut String, cells: &[&str]) {
    writeln!(out, "| {} |", cells.join(" | ")).expect("a string takes everything");
}

pub fn min(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::min)
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        _ if sorted.is_empty() => f64::NAN,
        0 => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    }
}

/// Three digits or more; thousands parted by a thin space.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value != 0.0 && value.abs() < 100.0 {
        let digits = if value.abs() < 1.0 { 2 } else { 1 };
        return format!("{value:.digits$}");
    }
    let digits = format!("{value:.0}");
    let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).expect("digits are ASCII")).collect();
    parts.join("\u{202f}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_can_be_read() {
        let shown = [0.0, 0.034, 3.16, 99.94, 999.6, 30_000.0, 1_234_567.0].map(number);
        assert_eq!(shown, ["0", "0.03", "3.2", "99.9", "1\u{202f}000", "30\u{202f}000", "1\u{202f}234\u{202f}567"]);
    }

    #[test]
    fn medians() {
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0])), (2.0, 2.5));
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn what_was_missed_is_said() {
        let (sqlite, postgres) = (Column::On(Kind::Sqlite), Column::On(Kind::Postgres));
        let mut figures = Figures::default();
        [900.0, 500.0, 700.0].into_iter().for_each(|value| figures.add("singles", "1/s", sqlite, value));
        figures.add("peer", "1/s", postgres, 1000.0);
        figures.add("start", "ms", Column::Program, 12.0);
        figures.want("singles", sqlite, Target::FigureOrMore("peer"));
        figures.want("start", Column::Program, Target::OrLess(20.0));

        let tables = figures.tables();
        let singles =
            "| singles (1/s) | **700** (500 – 900) | – | SQLite ≥ the hand-written statement (1\u{202f}000): **missed**, 70 % of it |";
        assert!(tables.contains(singles), "{tables}");
        assert!(tables.contains("| start (ms) | 12.0 | ≤ 20.0: reached |"), "{tables}");
        assert_eq!(figures.missed(), ["singles on SQLite: ≥ the hand-written statement (1\u{202f}000): **missed**, 70 % of it"]);
    }
}
