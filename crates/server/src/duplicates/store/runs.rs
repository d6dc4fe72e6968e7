//! SQL of full runs and of what people said of pairs.

use crate::duplicates::model::{Band, Rejection, Run};
use crate::error::Error;
use crate::ids::PairId;
use crate::time::Instant;
use crate::work::Work;
use matching::model::Model;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{FromRow, Row, StoreError};

/// Bands of probability that reviews are counted in.
const BANDS: [(f64, f64); 6] = [(0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.99), (0.99, 1.0)];

/// Runs that are kept.
const KEPT: i64 = 50;

impl FromRow for Run {
    fn from_row(row: &Row<'_>) -> Result<Run, StoreError> {
        let rejected: serde_json::Value = row.get(6)?;
        Ok(Run {
            at: row.get(0)?,
            customers: row.get(1)?,
            compared: row.get(2)?,
            cut: row.get(3)?,
            pairs: row.get(4)?,
            millis: row.get(5)?,
            rejected: serde_json::from_value(rejected).map_err(|error| StoreError::bug(format!("a run cannot be read: {error}")))?,
        })
    }
}

pub fn insert(work: &mut Work<'_>, id: i64, run: &Run, model: Option<&Model>) -> Result<(), Error> {
    work.tx.execute(
        "insert into duplicate_runs (id, at, customers, compared, cut, pairs, millis, rejected, model)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            run.at.into(),
            run.customers.into(),
            run.compared.into(),
            run.cut.into(),
            run.pairs.into(),
            run.millis.into(),
            json!(run.rejected).into(),
            model.map(|model| json!(model)).into(),
        ],
    )?;
    work.tx.execute("delete from duplicate_runs where id <= $1 and model is null", &[(id - KEPT).into()])?;
    Ok(())
}

/// What a run came to in the end.
pub fn finish(work: &mut Work<'_>, id: i64, pairs: i64, millis: i64, rejected: &[Rejection]) -> Result<(), Error> {
    work.tx.execute(
        "update duplicate_runs set pairs = $2, millis = $3, rejected = $4, ended_at = $5 where id = $1",
        &[id.into(), pairs.into(), millis.into(), json!(rejected).into(), work.now.into()],
    )?;
    Ok(())
}

/// Takes away the models that are in force no more, before a new one is.
pub fn remove_models(work: &mut Work<'_>) -> Result<(), Error> {
    work.tx.execute("update duplicate_runs set model = null where model is not null", &[])?;
    Ok(())
}

/// The last run that came to its end.
pub fn last(work: &mut Work<'_>) -> Result<Option<Run>, Error> {
    Ok(work.tx.first(
        "select at, customers, compared, cut, pairs, millis, rejected from duplicate_runs
         where ended_at is not null order by id desc limit 1",
        &[],
    )?)
}

/// The model in force.
pub fn model(work: &mut Work<'_>) -> Result<Option<Model>, Error> {
    let text = "select model from duplicate_runs where model is not null order by id desc limit 1";
    let mut found = Vec::new();
    work.tx.each(text, &[], |row| {
        found.push(row.get::<serde_json::Value>(0)?);
        Ok(())
    })?;
    let read = |value| serde_json::from_value(value).map_err(|error| Error::Bug(anyhow::anyhow!("a model cannot be read: {error}")));
    found.pop().map(read).transpose()
}

/// What somebody said of a pair. The last word counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub pair: PairId,
    pub at: Instant,
    pub probability: f64,
    pub is_same: bool,
}

impl FromRow for Review {
    fn from_row(row: &Row<'_>) -> Result<Review, StoreError> {
        Ok(Review { pair: row.get(0)?, at: row.get(1)?, probability: row.get(2)?, is_same: row.get(3)? })
    }
}

pub fn put_review(work: &mut Work<'_>, review: Review) -> Result<(), Error> {
    work.tx.execute(
        "insert into duplicate_reviews (id, at, probability, is_same) values ($1, $2, $3, $4)
         on conflict (id) do update set at = excluded.at, probability = excluded.probability, is_same = excluded.is_same",
        &[review.pair.into(), review.at.into(), review.probability.into(), review.is_same.into()],
    )?;
    Ok(())
}

pub fn review(work: &mut Work<'_>, pair: PairId) -> Result<Option<Review>, Error> {
    Ok(work.tx.first("select id, at, probability, is_same from duplicate_reviews where id = $1", &[pair.into()])?)
}

pub fn remove_review(work: &mut Work<'_>, pair: PairId) -> Result<(), Error> {
    work.tx.execute("delete from duplicate_reviews where id = $1", &[pair.into()])?;
    Ok(())
}

/// How often people agreed, by probability.
pub fn bands(work: &mut Work<'_>) -> Result<Vec<Band>, Error> {
    let mut bands: Vec<Band> = BANDS.iter().map(|(from, to)| Band { from: *from, to: *to, same: 0, different: 0 }).collect();
    let last = BANDS.len() - 1;
    let case: String = BANDS[..last].iter().enumerate().map(|(place, (_, to))| format!(" when probability < {to} then {place}")).collect();
    let text = format!(
        "select r.band, r.is_same, count(*) from (select case{case} else {last} end as band, is_same from duplicate_reviews) as r
         group by r.band, r.is_same"
    );
    work.tx.each(&text, &[], |row| {
        let (place, is_same, count): (i64, bool, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Some(band) = bands.get_mut(place as usize) {
            *(if is_same { &mut band.same } else { &mut band.different }) = count;
        }
        Ok(())
    })?;
    Ok(bands)
}
