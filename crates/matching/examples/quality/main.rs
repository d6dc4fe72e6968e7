//! How well duplicates are found: on made-up customers, of whom the truth is known, or on a file.
//!
//! `quality people N [SEED]` makes N customers; `quality csv FILE` makes nothing up and reads a file whose first column is
//! `rec_id` (FEBRL); `quality write N FILE` writes made-up customers as a file to import.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program at the command line says what it measured")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to whoever starts it in a terminal")]

mod names;
mod people;

use matching::base::Base;
use matching::clusters::{each_two, groups};
use matching::describe::{Stored, describe};
use matching::field::Field;
use matching::model::Scorer;
use matching::search::{self, Found};
use people::{Person, people};
use rustc_hash::FxHashSet;
use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const THRESHOLD: f64 = 0.5;
const THREADS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, usual: u64| arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(usual);
    match arguments.first().map(String::as_str) {
        Some("people") => measure(&people(number(1, 10_000) as usize, number(2, 1)), &[]),
        Some("crowd") => measure(&crowd(people(number(1, 100_000) as usize, number(2, 1))), &[]),
        Some("csv") => {
            let (people, extras) = febrl(&arguments[1]);
            measure(&people, &extras);
        }
        Some("write") => write(&people(number(1, 10_000) as usize, 1), &arguments[2]),
        _ => eprintln!("people N [SEED] | crowd N [SEED] | csv FILE | write N FILE"),
    }
}

/// The worst that blocks can meet: everybody has one surname and lives in one place.
fn crowd(mut people: Vec<Person>) -> Vec<Person> {
    for person in &mut people {
        for (value, usual) in
            [(&mut person.lastname, "Müller"), (&mut person.zip, "10115"), (&mut person.city, "Berlin"), (&mut person.country, "DE")]
        {
            *value = usual.to_owned();
        }
    }
    people
}

fn febrl(path: &str) -> (Vec<Person>, Vec<[String; 2]>) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).expect("the file is there");
    let mut people = Vec::new();
    let mut extras = Vec::new();
    for record in reader.records() {
        let record = record.expect("a record");
        let date = &record[9];
        people.push(Person {
            truth: record[0].split('-').nth(1).and_then(|number| number.parse().ok()).expect("a number"),
            firstname: record[1].to_owned(),
            lastname: record[2].to_owned(),
            street: format!("{} {}", &record[3], &record[4]).trim().to_owned(),
            city: record[6].to_owned(),
            zip: record[7].to_owned(),
            born: if date.len() == 8 { format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]) } else { String::new() },
            country: "AU".to_owned(),
            ..Person::default()
        });
        extras.push([record[5].to_owned(), record[8].to_owned()]);
    }
    (people, extras)
}

fn base_of(people: &[Person], extras: &[[String; 2]]) -> Base {
    let mut base = Base::default();
    for (place, person) in people.iter().enumerate() {
        let mut stored = Stored {
            firstname: &person.firstname,
            lastname: &person.lastname,
            birth_date: &person.born,
            email: &person.email,
            phone: &person.phone,
            street: &person.street,
            zip: &person.zip,
            city: &person.city,
            country: &person.country,
            ..Stored::default()
        };
        if let Some([one, other]) = extras.get(place) {
            (stored.extras[0], stored.extras[1]) = (one, other);
        }
        assert!(base.push(place as i64, &describe(&stored).encode()));
    }
    base
}

fn measure(people: &[Person], extras: &[[String; 2]]) {
    let begun = Instant::now();
    let base = base_of(people, extras);
    println!("described {} in {:.2} s", base.len(), begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let stop = AtomicBool::new(false);
    let model = search::learn(&base, THREADS, &stop);
    println!(
        "learned in {:.2} s: same {:.0} moved {:.0} household {:.0}",
        begun.elapsed().as_secs_f64(),
        count(&model, model.same),
        count(&model, model.moved),
        count(&model, model.household)
    );
    for (field, shares) in Field::all().zip(&model.shares) {
        let show = |shares: &[f64]| shares.iter().map(|share| format!("{share:.5}")).collect::<Vec<_>>().join(" ");
        println!("  {field:?}: {} | {} | {}", show(&shares.person), show(&shares.household), show(&shares.chance));
    }
    let begun = Instant::now();
    let met = search::in_blocks(&base, &model, 0.01, THREADS, &stop);
    println!("met in {:.2} s: {} compared, {} pairs, {} cut", begun.elapsed().as_secs_f64(), met.compared, met.pairs.len(), met.cut);
    let truth: usize = groups_of(people).values().map(|group| group.len() * (group.len() - 1) / 2).sum();
    let is_true = |one: i64, other: i64| people[one as usize].truth == people[other as usize].truth;
    let said = |right: usize, all: usize| {
        let (precision, recall) = (right as f64 / all.max(1) as f64, right as f64 / truth.max(1) as f64);
        let f1 = 2.0 * precision * recall / (precision + recall);
        format!("P {precision:.4} R {recall:.4} F1 {f1:.4} ({right} of {truth}, {} wrong)", all - right)
    };
    let scorer = Scorer::new(&model);
    for threshold in [0.1, 0.3, THRESHOLD, 0.7, 0.8, 0.9, 0.95, 0.99] {
        let found = completed(&base, &scorer, threshold, &met);
        let right = found.pairs.iter().filter(|pair| is_true(pair.one, pair.other)).count();
        println!("{threshold}: {}", said(right, found.pairs.len()));
    }
    let begun = Instant::now();
    let found = completed(&base, &scorer, THRESHOLD, &met);
    println!("completed in {:.2} s: {} compared, {} cut", begun.elapsed().as_secs_f64(), found.compared, found.cut);
    let groups = groups(found.pairs.iter().map(|pair| (pair.one, pair.other)));
    let all = groups.iter().map(|group| group.len() * (group.len() - 1) / 2).sum();
    let right = groups.iter().flat_map(|group| each_two(group)).filter(|(one, other)| is_true(*one, *other)).count();
    println!("clusters at {THRESHOLD}: {}", said(right, all));
    if std::env::var("SHOW").is_ok() {
        show(people, &met, &found, is_true);
    }
    println!(
        "peak {}",
        std::fs::read_to_string("/proc/self/status").unwrap_or_default().lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default()
    );
}

/// The pairs from a threshold on, with those that clusters add.
fn completed(base: &Base, scorer: &Scorer, threshold: f64, met: &Found) -> Found {
    let pairs = met.pairs.iter().filter(|pair| threshold <= pair.score.probability).copied().collect();
    let mut found = Found { pairs, ..Found::default() };
    search::complete(base, scorer, threshold, &mut found);
    found
}

/// The places of those who are one person.
fn groups_of(people: &[Person]) -> HashMap<usize, Vec<i64>> {
    let mut groups: HashMap<usize, Vec<i64>> = HashMap::new();
    people.iter().enumerate().for_each(|(place, person)| groups.entry(person.truth).or_default().push(place as i64));
    groups
}

fn count(model: &matching::model::Model, share: f64) -> f64 {
    share * model.customers as f64 * (model.customers as f64 - 1.0) / 2.0
}

/// Some of what was wrong and of what was missed.
fn show(people: &[Person], met: &Found, found: &Found, is_true: impl Fn(i64, i64) -> bool) {
    let person = |place: i64| &people[place as usize];
    for pair in found.pairs.iter().filter(|pair| !is_true(pair.one, pair.other)).take(25) {
        println!("WRONG {:.3} {:?}\n      {:?}", pair.score.probability, person(pair.one), person(pair.other));
    }
    let got: FxHashSet<(i64, i64)> = found.pairs.iter().map(|pair| (pair.one, pair.other)).collect();
    let scored: HashMap<(i64, i64), f64> = met.pairs.iter().map(|pair| ((pair.one, pair.other), pair.score.probability)).collect();
    let of = groups_of(people);
    for both in of.values().flat_map(|group| each_two(group)).filter(|both| !got.contains(both)).take(40) {
        println!("MISSED {:?} {:?}\n       {:?}", scored.get(&both), person(both.0), person(both.1));
    }
}

fn write(people: &[Person], path: &str) {
    let mut writer = csv::Writer::from_path(path).expect("the file can be written");
    writer
        .write_record(["externalIds.truth", "firstname", "lastname", "birthDate", "email", "phone", "street", "zip", "city", "countryCode"])
        .expect("a line");
    for (place, person) in people.iter().enumerate() {
        let truth = format!("{}-{place}", person.truth);
        let cells = [
            &truth,
            &person.firstname,
            &person.lastname,
            &person.born,
            &person.email,
            &person.phone,
            &person.street,
            &person.zip,
            &person.city,
            &person.country,
        ];
        writer.write_record(cells).expect("a line");
    }
    writer.flush().expect("the file is whole");
}
