//! How long each primitive takes: `cargo run --release -p matching --example primitives`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use matching::matchers::Matcher;
use matching::normalise::date::date;
use matching::normalise::email::email;
use matching::normalise::name::{family, given, nickname_group};
use matching::normalise::phone::phone;
use matching::normalise::street::street;
use matching::normalise::text::text;
use matching::normalise::zip::zip;
use matching::rules::{Rule, RuleField};
use matching::transformers::Transformer;
use matching::{phonetics, similarity};

const AT_LEAST: Duration = Duration::from_millis(100);

fn main() {
    normal_forms();
    sounds_and_likeness();
    of_the_predecessor();
}

fn normal_forms() {
    measure("text, ASCII", || text(black_box("Anna-Maria Huber")));
    measure("text, umlauts", || text(black_box("Jörg Müller-Lüdenscheidt")));
    measure("given", || given(black_box("Mag.a Anna-Maria")));
    measure("family", || family(black_box("von der Leyen")));
    measure("nickname_group", || nickname_group(black_box("hannes")));
    measure("street", || street(black_box("Dr.-Karl-Renner-Straße 5a/3, Top 12")));
    measure("zip", || zip(black_box("A-1010"), black_box("AT")));
    first("phone, first by library", || phone(black_box("212 555 0123"), black_box("US")));
    measure("phone, by library", || phone(black_box("212 555 0123"), black_box("US")));
    measure("phone, national", || phone(black_box("0664 / 123 45 67"), black_box("AT")));
    measure("phone, international", || phone(black_box("+43 (0)664 123 45 67"), black_box("AT")));
    measure("phone, no country", || phone(black_box("0664 / 123 45 67"), black_box("")));
    measure("email", || email(black_box("John.Doe+shop@GoogleMail.com")));
    measure("date", || date(black_box("1982-12-07")));
}

fn sounds_and_likeness() {
    measure("soundex", || phonetics::soundex(black_box("luedenscheidt")));
    measure("metaphone", || phonetics::metaphone(black_box("luedenscheidt")));
    measure("double_metaphone", || phonetics::double_metaphone(black_box("luedenscheidt")));
    measure("cologne", || phonetics::cologne(black_box("luedenscheidt")));
    measure("jaro_winkler", || similarity::jaro_winkler(black_box("luedenscheidt"), black_box("ludenscheit")));
    measure("damerau_levenshtein", || similarity::damerau_levenshtein(black_box("luedenscheidt"), black_box("ludenscheit")));
    measure("token_set", || similarity::token_set(black_box("karl renner str"), black_box("str karl rener")));
    measure("similar_text", || similarity::similar_text(black_box("john.doe@example.com"), black_box("jon.doe@example.org")));
}

fn of_the_predecessor() {
    measure("matcher, birth date", || Matcher::BirthDate.score(black_box("1982-12-07"), black_box("1982-12-08")));
    measure("transformer, simplify", || Transformer::Simplify.apply(black_box("Jörg Müller")));
    measure("transformer, street", || Transformer::Street.apply(black_box("Hauptstraße 5")));
    let field = |name: &str| RuleField {
        field: name.to_owned(),
        transformer: Transformer::Simplify,
        soundex: true,
        metaphone: true,
        similarity: Some(Matcher::SimilarText),
        threshold: None,
    };
    let rule = Rule { name: "name".to_owned(), fields: vec![field("given"), field("family")] };
    let keys = |given: &str| rule.keys(&|name| Some(if name == "given" { given.to_owned() } else { "Müller".to_owned() }));
    measure("rule, keys", || keys(black_box("Markus")));
    if let (Some(a), Some(b)) = (keys("Markus"), keys("Marcus")) {
        measure("rule, judge", || rule.judge(black_box(&a), black_box(&b)));
    }
}

/// What only the first call does, such as reading tables.
#[allow(clippy::print_stdout, reason = "figures are all there is to it")]
fn first<T>(what: &str, call: impl FnOnce() -> T) {
    let start = Instant::now();
    black_box(call());
    println!("{what:24} {:>8} ns", start.elapsed().as_nanos());
}

#[allow(clippy::print_stdout, reason = "figures are all there is to it")]
fn measure<T>(what: &str, call: impl Fn() -> T) {
    black_box(call());
    let mut calls = 1u32;
    let taken = loop {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        let taken = start.elapsed();
        if taken >= AT_LEAST {
            break taken;
        }
        calls *= 2;
    };
    println!("{what:24} {:>8} ns", taken.as_nanos() / u128::from(calls));
}
