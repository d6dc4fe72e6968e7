//! Several connections create a customer under the same mail address at the same moment: one of them wins.

use super::ground::Ground;
use crate::client::{Api, Connection};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::sync::Barrier;

const ROUNDS_EACH: usize = 20;
const CONNECTIONS_MAX: usize = 8;

pub fn run(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    let key = program.key()?;
    let server = program.start()?;
    let api = server.api(&key);
    let (races, mut refused) = (ground.rounds * ROUNDS_EACH, 0);
    for number in 0..races {
        // Two first of all; then more, up to a crowd.
        let connections = 2 + number % (CONNECTIONS_MAX - 1);
        refused += race(&api, number, connections).with_context(|| format!("race {number} of {connections}"))?;
    }
    server.end()?;
    Ok(format!("{races} races of 2 to {CONNECTIONS_MAX} connections: one 201 in each, and 409 duplicate_email for all {refused} others"))
}

/// Gives how many were refused.
fn race(api: &Api, number: usize, connections: usize) -> Result<usize> {
    let start = Barrier::new(connections);
    let answers = std::thread::scope(|scope| {
        let racing = |place: usize| {
            let start = &start;
            scope.spawn(move || -> Result<(u16, Value)> {
                let connection = Connection::open(&api.address);
                // Spelled differently, it is the same address.
                let local = if place.is_multiple_of(2) { "ada" } else { "ADA" };
                let body = json!({ "email": format!("{local}{number}@example.org") }).to_string();
                let request = api.request("POST", "/api/customers", body.as_bytes());
                start.wait();
                let mut connection = connection?;
                let answer = connection.exchange(&request)?;
                Ok((answer.status, answer.json()?))
            })
        };
        let racers: Vec<_> = (0..connections).map(racing).collect();
        racers.into_iter().map(|racer| racer.join().expect("a racer does not panic")).collect::<Result<Vec<_>>>()
    })?;
    let winners: Vec<&Value> = answers.iter().filter(|(status, _)| *status == 201).map(|(_, body)| &body["id"]).collect();
    ensure!(winners.len() == 1, "{} winners: {answers:?}", winners.len());
    for (status, body) in answers.iter().filter(|(status, _)| *status != 201) {
        let right = *status == 409 && body["code"] == "duplicate_email" && body["existingId"] == *winners[0];
        ensure!(right, "{status} {body}, and the winner is {}", winners[0]);
    }
    let wanted = json!({ "identities": [{ "kind": "email", "value": format!("ada{number}@example.org") }] });
    let known = api.post("/api/customers/lookup", &wanted)?.expect(200)?;
    ensure!(known["items"][0]["customerId"] == *winners[0], "the address leads to {known}");
    Ok(connections - 1)
}
