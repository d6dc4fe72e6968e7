//! Told to stop in the middle of its work: every request that was sent before gets its answer, and the program ends well.

use super::ground::{Ground, Shop};
use super::ledger::{Heard, Ledger, Sender, heard, request};
use crate::client::{Api, Connection};
use anyhow::{Context, Result, bail, ensure};
use std::time::{Duration, Instant};

const SENDERS: usize = 16;
const BEFORE: Duration = Duration::from_millis(300);

/// What one sender heard, and the instant at which it sent what it heard nothing of.
struct Share {
    ledger: Ledger,
    last_sent: Instant,
}

pub fn run(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    let key = program.key()?;
    let mut server = program.start()?;
    let shop = Shop::make(&server, &key)?;
    let api = server.api(&key);
    let (mut ledger, mut slowest) = (Ledger::default(), Duration::ZERO);
    for round in 0..ground.rounds {
        let (asked, shares) = std::thread::scope(|scope| {
            let sending = |number| {
                scope.spawn({
                    let (sender, api) = (Sender::new(&api, &shop, round, number), &api);
                    move || send_until_closed(sender, api)
                })
            };
            let senders: Vec<_> = (0..SENDERS).map(sending).collect();
            std::thread::sleep(BEFORE);
            let asked = Instant::now();
            server.terminate()?;
            let status = server.ended()?;
            slowest = slowest.max(asked.elapsed());
            ensure!(status.success(), "regulars ended with {status}:\n{}", program.last_words());
            let shares = senders.into_iter().map(|sender| sender.join().expect("a sender does not panic"));
            Ok((asked, shares.collect::<Result<Vec<_>>>()?))
        })?;
        let unheard = shares.iter().filter(|share| share.last_sent < asked).count();
        ensure!(unheard == 0, "round {}: {unheard} requests were sent before the signal and never answered", round + 1);
        shares.into_iter().for_each(|share| ledger.add(share.ledger));
        server = program.start()?;
        ledger.check(&api, &shop).with_context(|| format!("after stop {}", round + 1))?;
    }
    server.end()?;
    Ok(format!(
        "{} stops under load, each with exit status 0 within {} ms; {} acknowledged orders, each there exactly once; every request \
         sent before the signal was answered",
        ground.rounds,
        slowest.as_millis(),
        ledger.acknowledged.len(),
    ))
}

fn send_until_closed(mut sender: Sender, api: &Api) -> Result<Share> {
    let mut connection = Connection::open(&api.address)?;
    loop {
        let orders = sender.next();
        let request = request(api, &orders);
        let written = connection.send(&request);
        // After writing: from here on it is the server's.
        let last_sent = Instant::now();
        let answer = written.and_then(|()| connection.receive());
        let heard = answer.map_or(Ok(Heard::Nothing), |answer| heard(&answer, orders.len()))?;
        match heard {
            Heard::Taken => sender.ledger.acknowledged.extend(orders),
            Heard::Refused => bail!("a request was refused"),
            Heard::Nothing => {
                sender.ledger.unanswered.extend(orders);
                return Ok(Share { ledger: sender.ledger, last_sent });
            }
        }
    }
}
