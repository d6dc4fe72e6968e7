//! The database restarted while serving: clients are told to come back, and are served again without anybody's help.

use super::ground::{Ground, Shop};
use super::ledger::{Ledger, Sender, check_refusal};
use crate::client::Connection;
use crate::test_database::TestDatabase;
use anyhow::{Result, ensure};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SENDERS: usize = 8;
const BEFORE: Duration = Duration::from_millis(500);
const AWAY: Duration = Duration::from_millis(800);
const AFTER: Duration = Duration::from_millis(500);
const BACK_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(5);

pub fn run(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    let key = program.key()?;
    let mut server = program.start()?;
    let shop = Shop::make(&server, &key)?;
    let api = server.api(&key);
    let (mut ledger, mut memberships, mut back) = (Ledger::default(), 0, Duration::ZERO);
    for round in 0..ground.rounds {
        // In order and as in a crash, in turns.
        let end: fn(&mut TestDatabase) -> Result<()> = if round.is_multiple_of(2) { TestDatabase::stop } else { TestDatabase::crash };
        let (goes_on, taken) = (AtomicBool::new(true), AtomicU64::new(0));
        let postgres = &mut *ground.postgres;
        let ledgers = std::thread::scope(|scope| {
            let sending = |number| {
                scope.spawn({
                    let (sender, goes_on, taken) = (Sender::new(&api, &shop, round, number), &goes_on, &taken);
                    move || sender.send_until_taken(goes_on, taken)
                })
            };
            let senders: Vec<_> = (0..SENDERS).map(sending).collect();
            let mut outage = || -> Result<Duration> {
                std::thread::sleep(BEFORE);
                end(postgres)?;
                std::thread::sleep(AWAY);
                not_ready(&program.address)?;
                postgres.restart()?;
                let (began, before) = (Instant::now(), taken.load(Ordering::Relaxed));
                while taken.load(Ordering::Relaxed) == before {
                    ensure!(began.elapsed() < BACK_WITHIN, "nothing was taken within {BACK_WITHIN:?} after the database came back");
                    std::thread::sleep(LOOK_EVERY);
                }
                let back = began.elapsed();
                std::thread::sleep(AFTER);
                Ok(back)
            };
            let back_after = outage();
            goes_on.store(false, Ordering::Relaxed);
            let ledgers = senders.into_iter().map(|sender| sender.join().expect("a sender does not panic")).collect::<Result<Vec<_>>>();
            back = back.max(back_after?);
            ledgers
        })?;
        ledgers.into_iter().for_each(|one| ledger.add(one));
        ensure!(server.is_running()?, "regulars did not live through it:\n{}", program.last_words());
        memberships = ledger.check(&api, &shop)?;
    }
    ensure!(0 < ledger.refused, "no request met the outage");
    server.end()?;
    Ok(format!(
        "{} restarts of the database; {} requests were told to come back (503 with Retry-After) and none lost its connection; taking \
         orders again at most {} ms after the database; {} acknowledged orders, each there exactly once; {memberships} memberships right",
        ground.rounds,
        ledger.refused,
        back.as_millis(),
        ledger.acknowledged.len(),
    ))
}

/// While the database is away, whoever distributes requests is told so.
fn not_ready(address: &str) -> Result<()> {
    let mut connection = Connection::open(address)?;
    let answer = connection.exchange(format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())?;
    ensure!(answer.status == 503, "/readyz says {} while the database is away", answer.status);
    check_refusal(&answer)
}
