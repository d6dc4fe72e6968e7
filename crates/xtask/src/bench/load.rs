//! The load: requests made beforehand, sent over connections that stay open, one at a time on each. Its threads do nothing
//! but write, read and note the time, because they share the machine with what they measure.

use super::shop::{self, BATCH};
use crate::client::{Answer, Api, Connection};
use crate::numbers::Numbers;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub const WARM_UP: Duration = Duration::from_secs(2);
/// Requests made beforehand; they are sent again when all have been.
const SINGLES: usize = 40_000;
const BATCHES: usize = 100;

/// What to send, and how to know that it was taken.
pub struct Load {
    connections: usize,
    requests: Vec<Vec<u8>>,
    activities_each: u64,
    is_taken: fn(&Answer) -> bool,
}

/// What came of it.
pub struct Taken {
    /// Activities acknowledged from the first request to the last one.
    pub activities: u64,
    /// Activities acknowledged per second, without the warm-up.
    pub rate: f64,
    /// How long each request took, without the warm-up, in order.
    pub latencies: Vec<Duration>,
}

/// What a customer does next.
pub type Doing = fn(&mut Numbers, i64) -> Value;

/// One activity in each request.
pub fn singles(api: &Api, customers: &[i64], connections: usize, seed: u64) -> Load {
    let mut numbers = Numbers(seed);
    let requests = (0..SINGLES).map(|_| request(api, &random_activity(&mut numbers, customers, shop::activity))).collect();
    Load { connections, requests, activities_each: 1, is_taken: |answer| answer.status == 201 }
}

/// Full batches.
pub fn batches(api: &Api, customers: &[i64], doing: Doing, connections: usize, seed: u64) -> Load {
    let mut numbers = Numbers(seed);
    let mut batch = || json!({ "activities": (0..BATCH).map(|_| random_activity(&mut numbers, customers, doing)).collect::<Vec<_>>() });
    let requests = (0..BATCHES).map(|_| request(api, &batch())).collect();
    let is_taken = |answer: &Answer| answer.status == 200 && shop::created(answer.body) == BATCH;
    Load { connections, requests, activities_each: BATCH as u64, is_taken }
}

/// Lets every customer do something once, as in a shop that has been open for a while.
pub fn meet_everyone(api: &Api, customers: &[i64], doing: Doing) -> Result<()> {
    let mut numbers = Numbers(7);
    let mut connection = Connection::open(&api.address)?;
    for some in customers.chunks(BATCH) {
        let activities: Vec<Value> = some.iter().map(|customer| doing(&mut numbers, *customer)).collect();
        let answer = connection.exchange(&request(api, &json!({ "activities": activities })))?;
        ensure!(answer.status == 200 && shop::created(answer.body) == some.len(), "{}", answer.status);
    }
    Ok(())
}

fn random_activity(numbers: &mut Numbers, customers: &[i64], doing: Doing) -> Value {
    let customer = *numbers.one_of(customers);
    doing(numbers, customer)
}

fn request(api: &Api, body: &Value) -> Vec<u8> {
    api.request("POST", "/api/activities", body.to_string().as_bytes())
}

impl Load {
    /// As fast as the server answers, for the warm-up and then for the given time.
    pub fn press(&self, api: &Api, measured: Duration) -> Result<Taken> {
        let begin = Instant::now() + WARM_UP;
        let end = begin + measured;
        let shares = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.connections).map(|first| scope.spawn(move || self.send_until(api, first, begin, end))).collect();
            workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect::<Result<Vec<_>>>()
        })?;
        let mut latencies: Vec<Duration> = shares.iter().flat_map(|(_, latencies)| latencies.iter().copied()).collect();
        latencies.sort_unstable();
        let measured_activities = latencies.len() as u64 * self.activities_each;
        Ok(Taken {
            activities: shares.iter().map(|(requests, _)| requests * self.activities_each).sum(),
            rate: measured_activities as f64 / measured.as_secs_f64(),
            latencies,
        })
    }

    /// One connection's share: how many requests it sent, and how long those took that ended within the time.
    fn send_until(&self, api: &Api, first: usize, begin: Instant, end: Instant) -> Result<(u64, Vec<Duration>)> {
        let mut connection = Connection::open(&api.address)?;
        let mut mine = self.requests.iter().skip(first).step_by(self.connections).cycle();
        let (mut requests, mut latencies) = (0, Vec::with_capacity(1 << 16));
        loop {
            let sent = Instant::now();
            if end <= sent {
                return Ok((requests, latencies));
            }
            self.send(&mut connection, mine.next().context("nothing to send")?)?;
            requests += 1;
            let answered = Instant::now();
            if begin <= answered && answered < end {
                latencies.push(answered - sent);
            }
        }
    }

    /// At a steady pace on one connection: the machine has time to rest between two requests.
    pub fn pace(&self, api: &Api, every: Duration, count: u32) -> Result<Taken> {
        let mut connection = Connection::open(&api.address)?;
        let began = Instant::now();
        let mut latencies = Vec::new();
        for (number, request) in (0..count).zip(self.requests.iter().cycle()) {
            std::thread::sleep((began + every * number).saturating_duration_since(Instant::now()));
            let sent = Instant::now();
            self.send(&mut connection, request)?;
            latencies.push(sent.elapsed());
        }
        latencies.sort_unstable();
        let activities = u64::from(count) * self.activities_each;
        Ok(Taken { activities, rate: activities as f64 / began.elapsed().as_secs_f64(), latencies })
    }

    fn send(&self, connection: &mut Connection, request: &[u8]) -> Result<()> {
        let answer = connection.exchange(request)?;
        ensure!((self.is_taken)(&answer), "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
        Ok(())
    }
}

impl Taken {
    /// The latency that this share of the requests stayed within, in milliseconds.
    pub fn latency_ms(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share).ceil() as usize;
        let latency = place.checked_sub(1).and_then(|place| self.latencies.get(place));
        latency.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_by_share() {
        let taken = Taken { activities: 0, rate: 0.0, latencies: (1..=200).map(Duration::from_millis).collect() };
        assert_eq!((taken.latency_ms(0.5), taken.latency_ms(0.99), taken.latency_ms(1.0)), (100.0, 198.0, 200.0));
        assert!(Taken { latencies: Vec::new(), ..taken }.latency_ms(0.5).is_nan());
    }
}
