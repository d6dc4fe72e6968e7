//! Clients that send orders and write down what was acknowledged; and the reckoning afterwards.

use super::ground::{Orders, Shop};
use crate::client::{Answer, Api, Connection};
use crate::numbers::Numbers;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Every other sender sends batches of this size.
const BATCH: usize = 25;
const PAUSE: Duration = Duration::from_millis(50);

/// What one sender, or all of them, know. By the external id of each order: its customer and its amount.
#[derive(Default)]
pub struct Ledger {
    pub acknowledged: HashMap<String, (i64, u64)>,
    /// Sent without an answer: each may be there or not.
    pub unanswered: HashMap<String, (i64, u64)>,
    /// Answers that said to come back later.
    pub refused: u64,
}

type Batch = Vec<(String, (i64, u64))>;

/// Sends orders under ids that nobody else uses.
pub struct Sender<'a> {
    api: &'a Api,
    customers: &'a [i64],
    name: String,
    size: usize,
    numbers: Numbers,
    sent: u64,
    pub ledger: Ledger,
}

/// What became of one request.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Taken,
    /// 503, with everything such an answer must have.
    Refused,
    /// The connection ended without an answer.
    Nothing,
}

impl<'a> Sender<'a> {
    pub fn new(api: &'a Api, shop: &'a Shop, round: usize, number: usize) -> Sender<'a> {
        let name = format!("r{round}-s{number}");
        let seed = (round * 1000 + number) as u64;
        let size = if number.is_multiple_of(2) { 1 } else { BATCH };
        Sender { api, customers: &shop.customers, name, size, numbers: Numbers(seed), sent: 0, ledger: Ledger::default() }
    }

    /// The next orders, under new ids.
    pub fn next(&mut self) -> Batch {
        let orders = (0..self.size).map(|_| {
            self.sent += 1;
            (format!("{}-{}", self.name, self.sent), (*self.numbers.one_of(self.customers), 1 + self.numbers.below(200)))
        });
        orders.collect()
    }

    /// Sends new orders until the connection breaks. Anything but an acknowledgement is an error.
    pub fn send_until_broken(mut self) -> Result<Ledger> {
        let Ok(mut connection) = Connection::open(&self.api.address) else { return Ok(self.ledger) };
        loop {
            let orders = self.next();
            match deliver(&mut connection, self.api, &orders)? {
                Heard::Taken => self.ledger.acknowledged.extend(orders),
                Heard::Refused => bail!("a request was refused"),
                Heard::Nothing => {
                    self.ledger.unanswered.extend(orders);
                    return Ok(self.ledger);
                }
            }
        }
    }

    /// Sends new orders while told so, each until it is taken, and counts what is. Only a refusal is a reason to send again.
    pub fn send_until_taken(mut self, goes_on: &AtomicBool, taken: &AtomicU64) -> Result<Ledger> {
        let mut connection = Connection::open(&self.api.address)?;
        while goes_on.load(Ordering::Relaxed) {
            let orders = self.next();
            loop {
                match deliver(&mut connection, self.api, &orders)? {
                    Heard::Taken => break,
                    Heard::Refused => self.ledger.refused += 1,
                    Heard::Nothing => bail!("a connection was closed without an answer"),
                }
                if !goes_on.load(Ordering::Relaxed) {
                    self.ledger.unanswered.extend(orders);
                    return Ok(self.ledger);
                }
                std::thread::sleep(PAUSE);
            }
            self.ledger.acknowledged.extend(orders);
            taken.fetch_add(1, Ordering::Relaxed);
        }
        Ok(self.ledger)
    }
}

/// Sends one batch, or a single order by itself.
pub fn deliver(connection: &mut Connection, api: &Api, orders: &Batch) -> Result<Heard> {
    match connection.exchange(&request(api, orders)) {
        Ok(answer) => heard(&answer, orders.len()),
        Err(_) => Ok(Heard::Nothing),
    }
}

pub fn request(api: &Api, orders: &Batch) -> Vec<u8> {
    let bodies: Vec<Value> = orders.iter().map(order).collect();
    let body = match bodies.as_slice() {
        [single] => single.to_string(),
        _ => json!({ "activities": bodies }).to_string(),
    };
    api.request("POST", "/api/activities", body.as_bytes())
}

fn order((external_id, (customer, amount)): &(String, (i64, u64))) -> Value {
    json!({ "customer": { "id": customer }, "type": "order", "externalId": external_id, "attributes": { "amount": amount } })
}

/// What an answer says of a request with so many orders.
pub fn heard(answer: &Answer, orders: usize) -> Result<Heard> {
    match answer.status {
        201 if orders == 1 => Ok(Heard::Taken),
        // An order that was kept though its first answer said nothing: it is updated, not kept twice.
        200 if orders == 1 => Ok(Heard::Taken),
        200 => {
            let results = answer.json()?;
            let results = results["results"].as_array().context("no results")?.iter();
            let taken = results.filter(|result| result["status"] == "created" || result["status"] == "updated").count();
            ensure!(taken == orders, "{taken} of {orders} were taken: {}", String::from_utf8_lossy(answer.body));
            Ok(Heard::Taken)
        }
        503 => check_refusal(answer).map(|()| Heard::Refused),
        status => bail!("{status}: {}", String::from_utf8_lossy(answer.body)),
    }
}

/// What an answer must say when the database is away: a problem for programs and people, and when to come back.
pub fn check_refusal(answer: &Answer) -> Result<()> {
    let problem = answer.json()?;
    let says =
        [&problem["code"], &problem["title"], &problem["detail"]].iter().all(|said| said.as_str().is_some_and(|said| !said.is_empty()));
    let complete = answer.header("content-type") == Some("application/problem+json")
        && answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok())
        && problem["status"] == 503
        && says;
    ensure!(complete, "an incomplete refusal: {} {problem}", answer.head);
    Ok(())
}

impl Ledger {
    pub fn add(&mut self, other: Ledger) {
        self.acknowledged.extend(other.acknowledged);
        self.unanswered.extend(other.unanswered);
        self.refused += other.refused;
    }

    /// Sends again what was not answered, as a careful client does. Gives how many of these orders had been kept.
    pub fn send_unanswered(&mut self, api: &Api) -> Result<usize> {
        let mut connection = Connection::open(&api.address)?;
        let mut kept = 0;
        for (external_id, order) in self.unanswered.drain() {
            let body = self::order(&(external_id.clone(), order)).to_string();
            let answer = connection.exchange(&api.request("POST", "/api/activities", body.as_bytes()))?;
            ensure!(answer.status == 201 || answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
            kept += usize::from(answer.status == 200);
            self.acknowledged.insert(external_id, order);
        }
        Ok(kept)
    }

    /// The reckoning: every acknowledged order is there exactly once and as it was sent, nothing is there that nobody sent,
    /// and everyone is in the segments that follow from what is there. Gives the number of memberships.
    pub fn check(&self, api: &Api, shop: &Shop) -> Result<usize> {
        let mut found: HashMap<String, u32> = HashMap::new();
        let mut by_customer: BTreeMap<i64, Orders> = BTreeMap::new();
        api.each("/api/activities?type=order", |activity| {
            let external_id = activity["externalId"].as_str().context("an order without an external id")?;
            let sent = self.acknowledged.get(external_id).or_else(|| self.unanswered.get(external_id));
            let (customer, amount) = *sent.with_context(|| format!("nobody sent {external_id}"))?;
            let same = activity["customerId"] == customer && activity["attributes"] == json!({ "amount": amount });
            ensure!(same, "{external_id} was sent for {customer} with {amount}, and is {activity}");
            *found.entry(external_id.to_owned()).or_default() += 1;
            let orders = by_customer.entry(customer).or_default();
            orders.count += 1;
            orders.amount += amount;
            Ok(())
        })?;
        if let Some((twice, times)) = found.iter().find(|(_, times)| **times != 1) {
            bail!("{twice} is there {times} times");
        }
        let lost: Vec<&String> = self.acknowledged.keys().filter(|sent| !found.contains_key(*sent)).take(10).collect();
        ensure!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        shop.check_segments(api, &by_customer)
    }
}
