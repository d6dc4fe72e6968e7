//! What is counted, in which spans of time, and how a stretch of time is put together from the fewest of them.

use crate::ids::{RuleId, SegmentId};
use crate::time::Instant;
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::Arc;

/// Every time zone is a whole number of quarters away from UTC, and so days of every shop begin at one.
const QUARTER: i64 = 15 * 60 * 1_000_000;
const HOUR: i64 = 4;
/// A day of UTC: where the days of the shop are others, it is what long stretches are made of.
const DAY: i64 = 96;

/// The quarter of an hour an instant is in, counted from 1970.
fn quarter_of(at: Instant) -> i64 {
    at.0.div_euclid(QUARTER)
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident $text:literal),* $(,)?) => {
        /// What is counted. Each has its time and its subjects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Figure {
            $($(#[$doc])* $name),*
        }

        impl Figure {
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Figure::$name => $text),*
                }
            }

            pub fn parse(text: &str) -> Option<Figure> {
                match text {
                    $($text => Some(Figure::$name),)*
                    _ => None,
                }
            }
        }
    };
}

figures! {
    /// By when they occurred and their type.
    Activities "activities",
    /// By when they were made, `active` or `inactive`.
    Customers "customers",
    /// Those of them who can be named or reached, by when they were made.
    Known "known",
    /// Rows of membership, by segment and generation; of no time.
    Members "members",
    /// By when that was and the segment.
    Entered "entered",
    Left "left",
    /// Lines of the log of rules, by when that was, rule and outcome.
    Runs "runs",
    /// By when they were made and the state they are in.
    Messages "messages",
    /// Messages that came back or were complained about, by when that was first.
    CameBack "came_back",
}

impl Figure {
    /// The spans that are kept of it, in quarters.
    pub fn spans(self) -> &'static [i64] {
        match self {
            Figure::Members => &[DAY],
            Figure::Activities
            | Figure::Customers
            | Figure::Known
            | Figure::Entered
            | Figure::Left
            | Figure::Runs
            | Figure::Messages
            | Figure::CameBack => &[1, HOUR, DAY],
        }
    }
}

/// Of what something is one. In the database it is what [`fmt::Display`] writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Name(Arc<str>),
    Word(&'static str),
    Segment(SegmentId),
    Generation(SegmentId, i64),
    Outcome(RuleId, &'static str),
}

impl Subject {
    pub fn active(active: bool) -> Subject {
        Subject::Word(if active { "active" } else { "inactive" })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Name(name) => out.write_str(name),
            Subject::Word(word) => out.write_str(word),
            Subject::Segment(segment) => write!(out, "{segment}"),
            Subject::Generation(segment, generation) => write!(out, "{segment}:{generation}"),
            Subject::Outcome(rule, outcome) => write!(out, "{rule}:{outcome}"),
        }
    }
}

/// A subject that names something by its id: the id, and what stands behind it.
pub fn split(subject: &str) -> Option<(i64, &str)> {
    let (id, rest) = subject.split_once(':')?;
    Some((id.parse().ok()?, rest))
}

/// What a unit of work has changed so far.
#[derive(Default)]
pub struct Tallies(FxHashMap<(Figure, Subject, i64), i64>);

impl Tallies {
    pub fn add(&mut self, figure: Figure, subject: Subject, at: Instant, count: i64) {
        *self.0.entry((figure, subject, quarter_of(at))).or_default() += count;
    }

    /// Rows of membership have no time that is counted by.
    pub fn add_members(&mut self, segment: SegmentId, generation: i64, count: i64) {
        self.add(Figure::Members, Subject::Generation(segment, generation), Instant(0), count);
    }

    pub fn take(&mut self) -> Vec<Change> {
        let mut changes: Vec<_> = self.0.drain().filter(|(_, count)| *count != 0).collect();
        changes.sort_unstable();
        changes
            .into_iter()
            .map(|((figure, subject, quarter), count)| Change { figure, subject: subject.to_string(), quarter, count })
            .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub figure: Figure,
    pub subject: String,
    pub quarter: i64,
    pub count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub figure: Figure,
    pub subject: String,
    pub place: i64,
    pub count: i64,
}

/// A stretch of time that is read from rows of one span: quarters from `from` up to `to`, cut into pieces of `each`, which go to
/// the places from `place` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub span: i64,
    pub from: i64,
    pub to: i64,
    pub each: i64,
    pub place: i64,
}

impl Stretch {
    /// All time, at place 0.
    pub fn always() -> Stretch {
        let end = i64::MAX / QUARTER;
        Stretch { span: DAY, from: -end, to: end, each: 2 * end, place: 0 }
    }

    /// From an instant up to another one, at one place: days where they are whole, then hours, then quarters.
    pub fn whole(from: Instant, to: Instant, place: i64) -> Vec<Stretch> {
        let (mut from, mut to) = (quarter_of(from), quarter_of(to));
        let mut stretches = Vec::new();
        for (span, coarser) in [(1, HOUR), (HOUR, DAY)] {
            let inner_from = (from + (coarser - from.rem_euclid(coarser)) % coarser).min(to);
            let inner_to = (to - to.rem_euclid(coarser)).max(inner_from);
            for (from, to) in [(from, inner_from), (inner_to, to)] {
                stretches.push(Stretch { span, from, to, each: i64::MAX, place });
            }
            (from, to) = (inner_from, inner_to);
        }
        stretches.push(Stretch { span: DAY, from, to, each: i64::MAX, place });
        stretches.retain(|stretch| stretch.from < stretch.to);
        stretches
    }

    /// Days that begin at these instants, the last one ending at `end`, at the places from 0 on. Days of the same length that
    /// follow one another are one stretch, so that there are few however many days there are.
    pub fn days(starts: &[Instant], end: Instant) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for (place, start) in starts.iter().enumerate() {
            let from = quarter_of(*start);
            let to = quarter_of(starts.get(place + 1).copied().unwrap_or(end));
            match stretches.last_mut() {
                Some(last) if last.each == to - from => last.to = to,
                _ => stretches.push(Stretch { span: 1, from, to, each: to - from, place: place as i64 }),
            }
        }
        for stretch in &mut stretches {
            let fits = |span: &&i64| stretch.from.rem_euclid(**span) == 0 && stretch.each % **span == 0;
            stretch.span = [DAY, HOUR].iter().find(fits).copied().unwrap_or(1);
        }
        stretches.retain(|stretch| stretch.from < stretch.to);
        stretches
    }

    pub fn has(&self, quarter: i64) -> bool {
        self.from <= quarter && quarter < self.to
    }

    pub fn place_of(&self, quarter: i64) -> i64 {
        self.place + (quarter - self.from) / self.each
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_stretch_is_made_of_the_largest_spans_that_fit() {
        check("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", &[(96, 192)]);
        check("2026-03-01T23:00:00Z", "2026-03-03T01:00:00Z", &[(4, 4), (4, 4), (96, 96)]);
        check("2026-03-01T22:30:00Z", "2026-03-01T22:45:00Z", &[(1, 1)]);
        check("2026-03-01T18:15:00Z", "2026-03-03T18:15:00Z", &[(1, 3), (1, 1), (4, 20), (4, 72), (96, 96)]);
        check("1969-12-30T23:45:00Z", "1970-01-02T00:00:00Z", &[(1, 1), (96, 192)]);
        check("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", &[]);

        #[track_caller]
        fn check(from: &str, to: &str, expected: &[(i64, i64)]) {
            let stretches = Stretch::whole(at(from), at(to), 0);
            assert_eq!(stretches.iter().map(|one| (one.span, one.to - one.from)).collect::<Vec<_>>(), expected);
            let covered =
                (quarter_of(at(from))..quarter_of(at(to))).filter(|quarter| stretches.iter().filter(|one| one.has(*quarter)).count() == 1);
            assert_eq!(covered.count() as i64, quarter_of(at(to)) - quarter_of(at(from)));
        }
    }

    #[test]
    fn days_of_one_length_are_one_stretch() {
        let vienna = ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"].map(at);
        let stretches = Stretch::days(&vienna, at("2026-03-31T22:00:00Z"));
        let shape: Vec<_> = stretches.iter().map(|one| (one.span, one.each, one.place)).collect();
        assert_eq!(shape, [(4, 96, 0), (4, 92, 1), (4, 96, 2)]);
        assert_eq!(stretches[2].place_of(quarter_of(at("2026-03-30T22:00:00Z"))), 3);

        let kathmandu = Stretch::days(&["2026-03-01T18:15:00Z"].map(at), at("2026-03-02T18:15:00Z"));
        assert_eq!((kathmandu.len(), kathmandu[0].span), (1, 1));
        let utc = Stretch::days(&["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"].map(at), at("2026-03-03T00:00:00Z"));
        assert_eq!((utc.len(), utc[0].span), (1, 96));
    }

    #[test]
    fn what_comes_to_nothing_is_no_change() {
        let mut tallies = Tallies::default();
        tallies.add(Figure::Activities, Subject::Word("order"), Instant(5), 1);
        tallies.add(Figure::Activities, Subject::Word("order"), Instant(6), -1);
        tallies.add(Figure::Runs, Subject::Outcome(RuleId(3), "fired"), Instant(-1), 2);
        let change = Change { figure: Figure::Runs, subject: "3:fired".to_owned(), quarter: -1, count: 2 };
        assert_eq!(tallies.take(), [change]);
    }
}
