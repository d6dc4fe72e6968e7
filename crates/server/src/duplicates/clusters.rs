//! Whoever is one person with somebody is compared with all in the cluster of that one, and they with each other: two who
//! are one person need not share a key.

use super::describe::Describer;
use super::model::Judged;
use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use matching::clusters::{COMPARED_MAX, each_two, groups};
use std::collections::HashSet;

/// Two customers, the smaller id first.
pub type Two = (CustomerId, CustomerId);

/// Who is to be compared besides, in the clusters of these customers: of whom is known whom they `met`, and what came of it.
/// Pairs connect by their scores, whatever people said of them; those of rules alone do not. The rounds are few, because
/// each takes in everybody who is a pair with those of the one before, and a cluster that gets too large is left alone.
pub fn beyond(
    work: &mut Work<'_>,
    describer: &Describer,
    customers: &[CustomerId],
    met: &[Two],
    pairs: &[Judged],
) -> Result<Vec<Two>, Error> {
    let scores = &describer.settings.scores;
    let connects = |probability: f64| scores.enabled && scores.threshold <= probability;
    let mut edges: Vec<(i64, i64)> =
        pairs.iter().filter(|pair| connects(pair.probability)).map(|pair| (pair.customer.0, pair.other.0)).collect();
    let mut asked: HashSet<CustomerId> = customers.iter().copied().collect();
    let mut known: HashSet<Two> = met.iter().copied().collect();
    loop {
        let mut clusters = groups(edges.iter().copied());
        clusters.retain(|members| members.len() <= COMPARED_MAX);
        let next: Vec<CustomerId> =
            clusters.iter().flatten().map(|member| CustomerId(*member)).filter(|member| !asked.contains(member)).collect();
        if next.is_empty() {
            let both = clusters.iter().flat_map(|members| each_two(members)).map(|(one, other)| (CustomerId(one), CustomerId(other)));
            return Ok(both.filter(|both| !known.contains(both)).collect());
        }
        for (one, other, probability) in store::pairs::partners(work, &next)? {
            // What these customers are a pair with was just judged anew.
            if !customers.contains(&other) {
                known.insert((one.min(other), one.max(other)));
                edges.extend(connects(probability).then_some((one.0, other.0)));
            }
        }
        asked.extend(next);
    }
}
