//! Some rows of a file on their way into the database: the bodies that can be read, and what is wrong with the others.

use super::deeds::Done;
use super::mapping::Plan;
use super::members;
use super::model::{Kind, Options, RowOutcome, RowProblem};
use super::records::Row;
use crate::activities::{self, NewActivity, NewActivityBody, OutcomeStatus, TrackOptions};
use crate::customers::{self, Draft, SaveOptions};
use crate::error::{Error, Problem};
use crate::events::Cause;
use crate::http;
use crate::ids::ImportId;
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What came of some rows.
pub struct Loaded {
    /// One for each row.
    pub outcomes: Vec<RowOutcome>,
    pub done: Done,
}

/// Rows of one unit of work.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Their numbers, in order.
    rows: Vec<i64>,
    /// By place in `rows`.
    refused: Vec<(usize, Vec<Problem>)>,
    items: Items,
}

#[derive(Debug, Clone)]
enum Items {
    Customers(Vec<(usize, Draft)>),
    Activities(Vec<usize>, Vec<NewActivity>),
    Members(Vec<(usize, members::Entry)>),
}

impl Batch {
    /// Reads the rows by the plan.
    pub fn new(plan: &Plan, rows: Vec<Row>) -> Batch {
        let numbers = rows.iter().map(|row| row.number as i64).collect();
        let mut refused = Vec::new();
        let bodies: Vec<(usize, Value)> = rows
            .into_iter()
            .enumerate()
            .filter_map(|(place, row)| plan.body(row).map(|body| (place, body)).map_err(|problems| refused.push((place, problems))).ok())
            .collect();
        let mut take = |place: usize, error: Error| refused.push((place, problems_of(error)));
        let items = match plan.kind {
            Kind::Customers => {
                let read = |(place, body)| draft(body).map(|draft| (place, draft)).map_err(|error| take(place, error)).ok();
                Items::Customers(bodies.into_iter().filter_map(read).collect())
            }
            Kind::Activities => {
                let read = |(place, body)| activity(body).map(|activity| (place, activity)).map_err(|error| take(place, error)).ok();
                let (places, activities) = bodies.into_iter().filter_map(read).unzip();
                Items::Activities(places, activities)
            }
            Kind::Members => {
                let read = |(place, body)| members::entry(body).map(|entry| (place, entry)).map_err(|error| take(place, error)).ok();
                Items::Members(bodies.into_iter().filter_map(read).collect())
            }
        };
        Batch { rows: numbers, refused, items }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of the last row.
    pub fn last(&self) -> Option<i64> {
        self.rows.last().copied()
    }

    /// Saves what can be saved; says of each row what became of it, and what was done. A rehearsal is for no import.
    pub fn load(&self, work: &mut Work<'_>, options: &Options, import: Option<ImportId>) -> Result<Loaded, Error> {
        let mut done = Done::default();
        work.cause = import.map(|import| Cause::Import { import });
        let mut outcomes: Vec<RowOutcome> = self.rows.iter().map(|_| RowOutcome::Rejected(Vec::new())).collect();
        for (place, problems) in &self.refused {
            outcomes[*place] = RowOutcome::Rejected(problems.clone());
        }
        work.is_quiet = !options.run_rules;
        match &self.items {
            Items::Customers(drafts) => {
                let wanted = drafts.iter().map(|(_, draft)| draft.clone()).collect();
                let saved = customers::save_many(work, wanted, SaveOptions::default())?;
                for ((place, _), outcome) in drafts.iter().zip(saved) {
                    outcome.iter().for_each(|saved| done.customer(self.rows[*place], saved));
                    outcomes[*place] = match outcome {
                        Ok(saved) if saved.created => RowOutcome::Created,
                        Ok(_) => RowOutcome::Updated,
                        Err(problems) => RowOutcome::Rejected(problems),
                    };
                }
            }
            Items::Activities(places, activities) => {
                let track = TrackOptions { create_customers: options.create_customers, run_rules: options.run_rules };
                let tracked = activities::track(work, activities, track)?;
                // Those who were made for activities that came to nothing are of the last row.
                let row_of = tracked.iter().zip(places).filter_map(|(outcome, place)| Some((outcome.customer_id?, self.rows[*place])));
                done.made_for_activities(work.told(), row_of.collect(), self.last().unwrap_or(0));
                for (place, outcome) in places.iter().zip(tracked) {
                    done.activity(self.rows[*place], &outcome);
                    outcomes[*place] = match outcome.status {
                        OutcomeStatus::Created => RowOutcome::Created,
                        OutcomeStatus::Updated => RowOutcome::Updated,
                        OutcomeStatus::Rejected => RowOutcome::Rejected(outcome.problems),
                    };
                }
            }
            Items::Members(entries) => {
                let wanted: Vec<&members::Entry> = entries.iter().map(|(_, entry)| entry).collect();
                for ((place, _), (outcome, moved)) in entries.iter().zip(members::load(work, &wanted, options, import)?) {
                    outcomes[*place] = outcome;
                    moved.into_iter().for_each(|moved| done.member(self.rows[*place], moved));
                }
            }
        }
        // What follows from it is not the import's own doing.
        work.cause = None;
        Ok(Loaded { outcomes, done })
    }

    /// The refused rows among the outcomes.
    pub fn problems(&self, outcomes: &[RowOutcome]) -> Vec<RowProblem> {
        let refused = self.rows.iter().zip(outcomes).filter_map(|(row, outcome)| match outcome {
            RowOutcome::Rejected(problems) => Some(RowProblem { row: *row, problems: problems.clone() }),
            RowOutcome::Created | RowOutcome::Updated => None,
        });
        refused.collect()
    }

    /// Corrects what a dry run saw: a row that repeats an identity of an earlier batch would find it in the database.
    pub fn correct(&self, outcomes: &mut [RowOutcome], seen: &mut Seen) {
        let items: Vec<(usize, Vec<u64>)> = match &self.items {
            Items::Customers(drafts) => drafts.iter().map(|(place, draft)| (*place, identities(draft))).collect(),
            Items::Activities(places, activities) => {
                places.iter().zip(activities).map(|(place, activity)| (*place, external_id(activity).into_iter().collect())).collect()
            }
            Items::Members(entries) => entries.iter().map(|(place, entry)| (*place, vec![digest(&entry.named())])).collect(),
        };
        for (place, identities) in items {
            if outcomes[place] == RowOutcome::Created && identities.iter().any(|identity| seen.contains(identity)) {
                outcomes[place] = RowOutcome::Updated;
            }
            if !matches!(outcomes[place], RowOutcome::Rejected(_)) {
                seen.extend(identities);
            }
        }
    }
}

/// Hashes of what the rows of a dry run were identified by, eight bytes each.
pub type Seen = HashSet<u64>;

fn identities(draft: &Draft) -> Vec<u64> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(sql::fold);
    let email = text(draft.values.get("email")).map(|email| digest(&("email", email)));
    let external = draft.values.get("externalIds").and_then(Value::as_object).into_iter().flatten();
    let external = external.filter_map(|(kind, value)| text(Some(value)).map(|value| digest(&(kind, value))));
    email.into_iter().chain(external).collect()
}

fn external_id(activity: &NewActivity) -> Option<u64> {
    activity.external_id.as_ref().map(|id| digest(&(&activity.kind, id)))
}

fn digest(identity: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    identity.hash(&mut hasher);
    hasher.finish()
}

pub fn draft(body: Value) -> Result<Draft, Error> {
    let Value::Object(mut values) = body else { return Err(Error::invalid("", "invalid", "a customer is an object")) };
    let text = |value: Option<Value>, path: &str| match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid(path, "invalid", "must be text")),
    };
    let token = text(values.shift_remove("token"), "/token")?;
    let since = text(values.shift_remove("createdAt"), "/createdAt")?;
    let not_a_time = || Error::invalid("/createdAt", "invalid", "must be an RFC 3339 time");
    let created_at = since.map(|text| Instant::parse(&text).ok_or_else(not_a_time)).transpose()?;
    Ok(Draft { values, token, created_at })
}

fn activity(body: Value) -> Result<NewActivity, Error> {
    // What happened long ago must not become something that happens now because a column is empty.
    if body.get("occurredAt").is_none_or(Value::is_null) {
        return Err(Error::invalid("/occurredAt", "required", "say when it occurred"));
    }
    http::shaped::<NewActivityBody>(body)?.into_new().map_err(|problem| Error::Invalid(vec![problem]))
}

/// What a caller would have been told about a body.
fn problems_of(error: Error) -> Vec<Problem> {
    match error {
        Error::Invalid(problems) => problems,
        other => vec![Problem::new("", other.code(), other.to_string())],
    }
}
