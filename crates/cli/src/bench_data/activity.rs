//! What customers of the measurements do: twelve types, some often, some seldom.

use super::person::{Person, between};
use crate::demo::random::Random;
use serde_json::{Value, json};
use server::activities::{NewActivity, Who};
use server::ids::CustomerId;
use server::time::Instant;

pub const CATEGORIES: [&str; 12] =
    ["shoes", "coats", "hats", "tents", "packs", "books", "maps", "lamps", "stoves", "ropes", "bikes", "skis"];
const COUNTRIES: [&str; 4] = ["DE", "AT", "CH", "GB"];
const CHANNELS: [&str; 3] = ["mail", "phone", "chat"];

/// The types, and how often each is met among a hundred activities.
const TYPES: [(&str, f64); 12] = [
    ("product_view", 38.0),
    ("login", 14.0),
    ("email_open", 14.0),
    ("search", 9.0),
    ("cart", 7.0),
    ("order", 6.0),
    ("email_click", 4.0),
    ("wishlist", 3.0),
    ("review", 2.0),
    ("return", 1.0),
    ("newsletter_signup", 1.0),
    ("support", 1.0),
];

/// So many things that he did, in order of time.
pub fn of(person: &Person, customer: CustomerId, count: usize, end: Instant, random: &mut Random) -> Vec<NewActivity> {
    let mut times: Vec<Instant> = (0..count).map(|_| between(person.since, person.until.min(end), random.share())).collect();
    times.sort_unstable();
    let weights = TYPES.map(|(_, weight)| weight);
    let activity = |at| {
        let (kind, _) = TYPES[random.weighted(&weights)];
        NewActivity {
            customer: Who::Id(customer),
            kind: kind.to_owned(),
            occurred_at: Some(at),
            external_id: None,
            attributes: attributes(kind, person, random),
            metadata: None,
        }
    };
    times.into_iter().map(activity).collect()
}

fn attributes(kind: &str, person: &Person, random: &mut Random) -> Value {
    let category = if random.chance(0.6) { random.pick(&person.favourites) } else { random.pick(&CATEGORIES) };
    let device = if random.chance(person.mobile) { "mobile" } else { "desktop" };
    let country = if random.chance(0.9) { person.country } else { random.pick(&COUNTRIES) };
    match kind {
        "order" => json!({ "value": money(random), "category": category, "country": country, "device": device }),
        "cart" => json!({ "value": money(random), "category": category, "device": device }),
        "product_view" => json!({ "category": category, "country": country, "device": device }),
        "login" => json!({ "country": country, "device": device }),
        "search" => json!({ "category": category, "device": device }),
        "email_open" | "email_click" => json!({ "campaign": format!("week-{}", random.between(1, 157)), "device": device }),
        "wishlist" => json!({ "category": category }),
        "review" => json!({ "category": category, "stars": random.between(1, 6) }),
        "return" => json!({ "value": money(random), "category": category }),
        "newsletter_signup" => json!({ "country": country }),
        _ => json!({ "channel": random.pick(&CHANNELS) }),
    }
}

/// Most orders are small; in whole cents.
fn money(random: &mut Random) -> f64 {
    ((5.0 + random.wait(55.0)).min(900.0) * 100.0).round() / 100.0
}
