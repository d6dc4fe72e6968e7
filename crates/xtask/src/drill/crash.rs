//! Killed while activities come in: what was acknowledged is there exactly once afterwards, and membership follows from it.

use super::ground::{Ground, Shop};
use super::ledger::{Ledger, Sender};
use crate::numbers::Numbers;
use anyhow::{Context, Result};
use std::time::Duration;

const SENDERS: usize = 8;
/// The kill comes at some instant in between.
const RUN_MS: std::ops::Range<u64> = 100..700;

pub fn run(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    let key = program.key()?;
    let mut server = program.start()?;
    let shop = Shop::make(&server, &key)?;
    let api = server.api(&key);
    let (mut ledger, mut numbers) = (Ledger::default(), Numbers(11));
    let (mut unanswered, mut kept, mut memberships, mut ready) = (0, 0, 0, Duration::ZERO);
    for round in 0..ground.rounds {
        let run = Duration::from_millis(RUN_MS.start + numbers.below(RUN_MS.end - RUN_MS.start));
        let ledgers = std::thread::scope(|scope| {
            let sending = |number| {
                scope.spawn({
                    let sender = Sender::new(&api, &shop, round, number);
                    move || sender.send_until_broken()
                })
            };
            let senders: Vec<_> = (0..SENDERS).map(sending).collect();
            std::thread::sleep(run);
            server.kill()?;
            senders.into_iter().map(|sender| sender.join().expect("a sender does not panic")).collect::<Result<Vec<_>>>()
        })?;
        ledgers.into_iter().for_each(|one| ledger.add(one));
        server = program.start()?;
        ready = ready.max(server.ready_after);
        ledger.check(&api, &shop).with_context(|| format!("after kill {}", round + 1))?;
        unanswered += ledger.unanswered.len();
        kept += ledger.send_unanswered(&api)?;
        memberships = ledger.check(&api, &shop).with_context(|| format!("after kill {} and sending again", round + 1))?;
    }
    server.end()?;
    Ok(format!(
        "{} kills; {} acknowledged orders, each there exactly once; {unanswered} unanswered ones sent again, of which {kept} had been \
         kept; {memberships} memberships as a fresh count and the orders say; ready again within {} ms",
        ground.rounds,
        ledger.acknowledged.len(),
        ready.as_millis()
    ))
}
