//! A sketch: facts about customers in columns, held in memory, asked for the twelve audiences of `bench/audiences`. Reads the
//! rows that `export.py` wrote, prints JSON: how long it took to read them, what they take in memory, the count and the
//! milliseconds of each audience, and what one more activity costs.
//!
//! usage: columnar FOLDER NOW_IN_MICROSECONDS RUNS

mod audiences;
mod index;
mod read;

use index::{Index, New};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

const APPENDED: usize = 200_000;
/// A prime, so that the activities that are appended go to customers all over.
const STRIDE: usize = 7_919;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, now, runs] = arguments.as_slice() else { return Err("usage: columnar FOLDER NOW_IN_MICROSECONDS RUNS".into()) };
    let (now, runs): (i64, usize) = (now.parse()?, runs.parse()?);
    let threads = std::thread::available_parallelism()?.get();
    let began = Instant::now();
    let mut index = read::index(Path::new(folder))?;
    let load_s = began.elapsed().as_secs_f64();
    let (activities, bytes) = (index.activities(), index.bytes());

    let mut told = Vec::new();
    for (name, audience) in audiences::ALL {
        let (mut count, mut ms) = (0, Vec::new());
        // The first round warms up.
        for run in 0..=runs {
            let began = Instant::now();
            count = index.members(threads, |block| audience(&index, block, now)).iter().map(|word| word.count_ones()).sum::<u32>();
            let took = began.elapsed().as_secs_f64() * 1e3;
            ms.extend((0 < run).then_some(took));
        }
        told.push(format!("{name:?}: {{\"count\": {count}, \"ms\": {ms:?}}}"));
    }
    let append_ns = append(&mut index, now)?;
    println!(
        "{{\"version\": \"sketch\", \"loadS\": {load_s}, \"bytesPerActivity\": {}, \"appendNs\": {append_ns}, \"audiences\": {{{}}}}}",
        bytes as f64 / activities as f64,
        told.join(", ")
    );
    Ok(())
}

/// The time of one more order, on average; each belongs into the middle of what its customer has done.
fn append(index: &mut Index, now: i64) -> Result<f64, Box<dyn Error>> {
    let began = Instant::now();
    for number in 0..APPENDED {
        let customer = number * STRIDE % index.customers;
        let at = now - (number as i64 * 7_919_000_003) % (1_000 * 86_400_000_000);
        let codes = [("category", "shoes"), ("country", "DE"), ("device", "mobile")];
        index.append(customer, "order", &New { at, codes: &codes, value: Some(49_900_000) })?;
    }
    Ok(began.elapsed().as_secs_f64() * 1e9 / APPENDED as f64)
}
