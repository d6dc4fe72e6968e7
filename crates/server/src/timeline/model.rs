//! What a timeline is made of, and its one order.

use crate::access::{Caller, Permission, ReadActivities, ReadCustomers, ReadMail, ReadMerges, ReadRules, ReadSegments};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that happened.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct Entry {
    pub at: Instant,
    pub kind: Kind,
    /// Unique among entries of its kind.
    pub id: i64,
    /// What it was about: the type of activity, the segment, the subject, the rule, the fields.
    pub title: String,
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TimelineKind)]
pub enum Kind {
    Activity,
    Note,
    Consent,
    SegmentEntered,
    SegmentLeft,
    Edit,
    Mail,
    Rule,
    /// Another customer became a part of this one, or this one a part of another before that was undone.
    Merge,
    Unmerge,
}

impl Kind {
    pub fn source(self) -> Source {
        match self {
            Kind::Activity => Source::Activities,
            Kind::Note => Source::Notes,
            Kind::Consent => Source::Consents,
            Kind::SegmentEntered | Kind::SegmentLeft => Source::Segments,
            Kind::Edit => Source::Edits,
            Kind::Mail => Source::Mails,
            Kind::Rule => Source::Rules,
            Kind::Merge | Kind::Unmerge => Source::Merges,
        }
    }
}

/// Where entries come from. Among entries of one instant, later sources come first: what a thing led to stands above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Edits,
    Activities,
    Notes,
    Consents,
    Segments,
    Rules,
    Mails,
    Merges,
}

/// The place of an entry: its instant, its source, its id there.
pub type Place = (Instant, Source, i64);

/// Before all entries of an instant.
pub fn start_of(at: Instant) -> Place {
    (at, Source::Edits, i64::MIN)
}

impl Source {
    pub const ALL: [Source; 8] = [
        Source::Edits,
        Source::Activities,
        Source::Notes,
        Source::Consents,
        Source::Segments,
        Source::Rules,
        Source::Mails,
        Source::Merges,
    ];

    pub fn place(self, at: Instant, id: i64) -> Place {
        (at, self, id)
    }

    /// The place `(at, id)` within this source before which its entries come after the given place of the whole list.
    pub fn before(self, place: Option<Place>) -> (Instant, i64) {
        let Some((at, source, id)) = place else { return (Instant(i64::MAX), i64::MAX) };
        match self.cmp(&source) {
            std::cmp::Ordering::Less => (at, i64::MAX),
            std::cmp::Ordering::Equal => (at, id),
            std::cmp::Ordering::Greater => (at, i64::MIN),
        }
    }

    /// Whether this caller may see entries of this source.
    pub fn is_shown_to(self, caller: &Caller) -> bool {
        caller.holds(match self {
            Source::Edits | Source::Notes | Source::Consents => ReadCustomers::NAME,
            Source::Activities => ReadActivities::NAME,
            Source::Segments => ReadSegments::NAME,
            Source::Rules => ReadRules::NAME,
            Source::Mails => ReadMail::NAME,
            Source::Merges => ReadMerges::NAME,
        })
    }
}

/// How much a customer did, from his first activity until now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TimelineDensity)]
pub struct Density {
    pub from: Instant,
    pub until: Instant,
    /// Activities in equally long stretches of that time, the oldest first; none for who did nothing.
    pub counts: Vec<i64>,
}

/// Something that will happen if nothing comes between.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = UpcomingEntry)]
pub struct Planned {
    pub at: Instant,
    pub kind: PlannedKind,
    pub title: String,
    /// For an action or a journey: `planId`, or `jobId` for a mail on its way, by which it can be cancelled.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UpcomingKind)]
pub enum PlannedKind {
    Action,
    /// He is on the journey of a rule and waits there.
    Journey,
    /// The next instant at which time alone may change his segments.
    SegmentCheck,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_goes_on_where_the_list_stopped() {
        let stopped = Some((Instant(10), Source::Notes, 7));
        assert_eq!(Source::Notes.before(stopped), (Instant(10), 7));
        assert_eq!(Source::Activities.before(stopped), (Instant(10), i64::MAX), "they come after notes of the same instant");
        assert_eq!(Source::Mails.before(stopped), (Instant(10), i64::MIN), "they came before notes of the same instant");
    }
}
