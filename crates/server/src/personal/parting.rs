//! Two customers who become one, and two again: what the slices are told, and what they keep to go back.

use crate::customers::Profile;
use crate::error::Error;
use crate::ids::{CustomerId, MergeId};
use anyhow::Context;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// `from` becomes a part of `into`. Both are locked.
pub struct Joining<'j> {
    pub merge: MergeId,
    pub from: CustomerId,
    pub into: CustomerId,
    /// What the survivor's profile was, and what it becomes.
    pub before: &'j Profile,
    pub profile: &'j Profile,
}

/// What each slice needs to go back, by slice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journals(Map<String, Value>);

impl Journals {
    /// A slice that had nothing to do keeps null, which is nothing.
    pub fn keep(&mut self, slice: &str, journal: Value) {
        if !journal.is_null() {
            self.0.insert(slice.to_owned(), journal);
        }
    }

    /// What a slice kept.
    pub fn read<T: DeserializeOwned + Default>(&self, slice: &str) -> Result<T, Error> {
        let Some(journal) = self.0.get(slice) else { return Ok(T::default()) };
        let read = T::deserialize(journal).with_context(|| format!("the journal of {slice} cannot be read"));
        Ok(read?)
    }
}

/// `from` leaves `into` again.
pub struct Parting<'p> {
    pub merge: MergeId,
    pub from: CustomerId,
    pub into: CustomerId,
    /// The slice that is asked now.
    pub slice: &'static str,
    pub journals: &'p Journals,
    /// The journals of later merges into the same customer that still stand, in their order. What they found was made by
    /// this merge, so a slice may have to rewrite what they go back to.
    pub later: &'p mut [Journals],
}

impl Parting<'_> {
    /// What this slice kept.
    pub fn journal<T: DeserializeOwned + Default>(&self) -> Result<T, Error> {
        self.journals.read(self.slice)
    }

    /// What this slice kept of the later merges, for the eyes and hands of `change`.
    pub fn with_later<T, R>(&mut self, change: impl FnOnce(&mut [T]) -> R) -> Result<R, Error>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        let mut later = self.later.iter().map(|journals| journals.read(self.slice)).collect::<Result<Vec<T>, Error>>()?;
        let answer = change(&mut later);
        for (journals, journal) in self.later.iter_mut().zip(&later) {
            let journal = serde_json::to_value(journal).context("a journal has no JSON form")?;
            if journals.0.contains_key(self.slice) {
                journals.keep(self.slice, journal);
            }
        }
        Ok(answer)
    }
}

/// Something that could not go back to what it was, because of what happened since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MergeConflict)]
pub struct Conflict {
    /// `field`, `identity`, `consent`, `subscription`, `segment`, `rule`.
    pub kind: String,
    /// Which one: the name of the field, the purpose, the list, the id of the segment or the rule.
    pub name: String,
    /// What was done about it.
    pub outcome: String,
}

impl Conflict {
    pub fn new(kind: &str, name: impl Into<String>, outcome: &str) -> Conflict {
        Conflict { kind: kind.to_owned(), name: name.into(), outcome: outcome.to_owned() }
    }
}
