//! One customer of the measurements: what he is, and what he is like.

use super::activity::CATEGORIES;
use crate::demo::country::Country;
use crate::demo::random::Random;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use server::customers::Draft;
use server::time::Instant;

/// Whoever does most does at most so many times what a quiet one does.
const WEIGHT_MAX: f64 = 1_500.0;
/// The slope of a power law: about one of a hundred does ten times as much as the average.
const SLOPE: f64 = 1.2;
const INTERESTS: [&str; 6] = ["hiking", "running", "climbing", "camping", "skiing", "cycling"];

pub struct Person {
    pub draft: Draft,
    pub country: &'static str,
    /// How much he does, beside others.
    pub weight: f64,
    pub since: Instant,
    /// Until when he is seen.
    pub until: Instant,
    /// How often he uses his phone.
    pub mobile: f64,
    pub favourites: [&'static str; 2],
}

pub fn make(countries: &[Country], random: &mut Random, number: u64, from: Instant, to: Instant) -> Person {
    let shares: Vec<f64> = countries.iter().map(|country| country.weight).collect();
    let country = &countries[random.weighted(&shares)];
    let weight = if random.chance(0.08) { 0.02 } else { (1.0 - random.share()).powf(-1.0 / SLOPE).min(WEIGHT_MAX) };
    let since = between(from, to, random.share().sqrt());
    let until = if random.chance(0.5) { to } else { between(since, to, random.share()) };
    let favourites = [random.pick_skewed(&CATEGORIES), random.pick(&CATEGORIES)];
    let mobile = 0.1 + 0.8 * random.share();
    let draft = Draft { values: values(country, random, number), token: Some(token(random)), created_at: Some(since) };
    Person { draft, country: country.code, weight, since, until, mobile, favourites }
}

pub fn between(from: Instant, to: Instant, share: f64) -> Instant {
    Instant(from.0 + (share * (to.0 - from.0) as f64) as i64)
}

fn token(random: &mut Random) -> String {
    format!("{:016x}{:016x}", random.next(), random.next())
}

fn values(country: &Country, random: &mut Random, number: u64) -> Map<String, Value> {
    let gender = ["female", "male", "diverse"][random.weighted(&[0.5, 0.46, 0.04])];
    let address = country.address(random);
    let mut values = Map::new();
    let mut put = |name: &str, value: Value| drop(values.insert(name.to_owned(), value));
    put("email", format!("customer{number}@mail.example").into());
    put("firstname", country.first_name(gender == "female", random).into());
    put("lastname", country.last_name(random).into());
    put("street", address.street.into());
    put("zip", address.zip.into());
    put("city", address.city.into());
    put("countryCode", country.code.into());
    put("language", country.language.into());
    put("timeZone", country.time_zone.into());
    put("externalIds", json!({ "shop": number.to_string() }));
    put("active", (!random.chance(0.05)).into());
    put("profilingConsent", random.chance(0.8).into());
    if random.chance(0.9) {
        put("gender", gender.into());
    }
    if random.chance(0.9) {
        put("birthDate", birth_date(random).into());
    }
    put("fields", fields(random));
    values
}

fn birth_date(random: &mut Random) -> String {
    let first = Date::constant(1945, 1, 1);
    let days = (62.0 * 365.0 * (random.share() + random.share()) / 2.0) as i64;
    first.saturating_add(jiff::Span::new().days(days)).to_string()
}

fn fields(random: &mut Random) -> Value {
    let tier = ["bronze", "silver", "gold"][random.weighted(&[0.7, 0.22, 0.08])];
    let mut fields = json!({ "tier": tier, "interests": [random.pick(&INTERESTS)], "newsletter": random.chance(0.55) });
    if random.chance(0.7) {
        fields["shoeSize"] = json!(36.0 + (random.between(0, 24) as f64) / 2.0);
    }
    fields
}
