//! The shop that is measured: customers with a past, segments and rules as a real shop has them, and the activities that
//! come in. Everything is made through the API, from numbers that are the same on each run.

use crate::client::{Api, Connection, id};
use crate::numbers::Numbers;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Activities that each customer has already, on average.
pub const ACTIVITIES_EACH: usize = 10;
/// Activities in one batch.
pub const BATCH: usize = 1_000;
const CONNECTIONS: usize = 8;
const DAY_S: u64 = 86_400;
/// How far the past goes back.
const PAST_DAYS: u64 = 365;

const FIRSTNAMES: [&str; 24] = [
    "Ada", "Bruno", "Clara", "David", "Emmy", "Franz", "Grace", "Heidi", "Ivan", "Jana", "Karl", "Lena", "Max", "Nora", "Oskar", "Paula",
    "Quirin", "Rosa", "Simon", "Tilda", "Ulrich", "Vera", "Walter", "Xenia",
];
/// Three of them are a surname or a street, so that few people are taken for one another.
const SYLLABLES: [&str; 24] = [
    "ba", "cher", "dorf", "en", "fel", "gan", "hol", "in", "jer", "kel", "lin", "mau", "ner", "ost", "pro", "quel", "ris", "stei", "tal",
    "ur", "vol", "win", "yl", "zer",
];
const PLACES: [(&str, &str, &str); 4] =
    [("AT", "1010", "Wien"), ("DE", "10115", "Berlin"), ("CH", "8001", "Zürich"), ("GB", "SW1A 1AA", "London")];
const CATEGORIES: [&str; 5] = ["shoes", "coats", "hats", "scarves", "gloves"];

/// What a customer does: mostly look, sometimes buy.
pub fn activity(numbers: &mut Numbers, customer: i64) -> Value {
    let category = *numbers.one_of(&CATEGORIES);
    let (kind, attributes) = match numbers.below(100) {
        0..60 => ("page_view", json!({ "path": format!("/{category}/{}", numbers.below(400)), "category": category })),
        60..75 => ("add_to_cart", json!({ "product": format!("{category}-{}", numbers.below(400)), "price": money(numbers) })),
        75..85 => ("order", json!({ "amount": money(numbers), "quantity": 1 + numbers.below(4) })),
        85..95 => ("login", json!({ "device": if numbers.below(2) == 0 { "phone" } else { "desktop" } })),
        _ => ("newsletter_open", json!({ "campaign": format!("week-{}", numbers.below(52)) })),
    };
    json!({ "customer": { "id": customer }, "type": kind, "attributes": attributes })
}

fn money(numbers: &mut Numbers) -> f64 {
    (500 + numbers.below(20_000)) as f64 / 100.0
}

/// Makes the customers and their past; gives the customers' ids.
pub fn fill(api: &Api, customers: usize) -> Result<Vec<i64>> {
    let ids = create_customers(api, customers)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut numbers = Numbers(1);
    let mut connection = Connection::open(&api.address)?;
    for _ in 0..(customers * ACTIVITIES_EACH).div_ceil(BATCH) {
        let past = (0..BATCH).map(|_| {
            let customer = *numbers.one_of(&ids);
            let mut activity = activity(&mut numbers, customer);
            activity["occurredAt"] = timestamp(now - 60 - numbers.below(PAST_DAYS * DAY_S)).into();
            activity
        });
        let body = json!({ "activities": past.collect::<Vec<_>>() }).to_string();
        let answer = connection.exchange(&api.request("POST", "/api/activities", body.as_bytes()))?;
        ensure!(answer.status == 200 && created(answer.body) == BATCH, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
    }
    Ok(ids)
}

fn create_customers(api: &Api, customers: usize) -> Result<Vec<i64>> {
    let share = |worker: usize| -> Result<Vec<i64>> {
        let mut connection = Connection::open(&api.address)?;
        let mine = (worker..customers).step_by(CONNECTIONS);
        let create = mine.map(|number| -> Result<i64> {
            let mut numbers = Numbers(number as u64);
            let (firstname, (country, zip, city)) = (*numbers.one_of(&FIRSTNAMES), *numbers.one_of(&PLACES));
            let (lastname, street) = (name(&mut numbers), format!("{}gasse {}", name(&mut numbers), 1 + numbers.below(90)));
            let body = json!({
                "email": format!("{lastname}.{number}@example.org"), "firstname": firstname, "lastname": lastname, "street": street,
                "zip": zip, "city": city, "countryCode": country,
                "externalIds": { "shop": number.to_string() },
            });
            let answer = connection.exchange(&api.request("POST", "/api/customers", body.to_string().as_bytes()))?;
            ensure!(answer.status == 201, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
            answer.json()?["id"].as_i64().context("a customer without an id")
        });
        create.collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|worker| scope.spawn(move || share(worker))).collect();
        let shares = workers.into_iter().map(|worker| worker.join().expect("a worker does not panic"));
        Ok(shares.collect::<Result<Vec<_>>>()?.concat())
    })
}

fn name(numbers: &mut Numbers) -> String {
    let name: String = (0..3).map(|_| *numbers.one_of(&SYLLABLES)).collect();
    name[..1].to_uppercase() + &name[1..]
}

/// Ten live segments and five active rules; waits until everyone is in the segments he belongs to and nothing is left to do.
pub fn define(api: &Api) -> Result<()> {
    let group = id(&api.create("/api/segment-groups", &json!({ "name": "Behaviour", "reference": "behaviour", "calculated": true }))?)?;
    for (name, condition) in segments() {
        let body = json!({ "groupId": group, "name": name, "reference": name, "calculated": true, "condition": condition });
        api.create("/api/segments", &body)?;
        api.wait_until_built()?;
    }
    let group = id(&api.create("/api/segment-groups", &json!({ "name": "Marks", "reference": "marks", "calculated": false }))?)?;
    let template = json!({ "name": "Thanks", "subject": "Thank you", "html": "<p>Thank you.</p>", "text": "Thank you." });
    let template = id(&api.create("/api/templates", &template)?)?;
    for (name, kind, condition) in rules() {
        let mark = id(&api.create("/api/segments", &json!({ "groupId": group, "name": name, "reference": name }))?)?;
        let mut actions = vec![json!({ "type": "add_segment", "segmentId": mark })];
        if name == "thanked" {
            actions.push(json!({ "type": "send_mail", "templateId": template, "delay": "2h" }));
        }
        let triggers = json!([{ "type": "new_activity", "activityType": kind }]);
        api.create(
            "/api/rules",
            &json!({ "name": name, "active": true, "triggers": triggers, "condition": condition, "actions": actions }),
        )?;
    }
    // Whoever is new is compared with everybody else.
    api.wait_until_idle()
}

/// Counts and sums in windows, what did not happen, a field, and segments that ask for segments.
fn segments() -> [(&'static str, Value); 10] {
    let did =
        |kind: &str, within: &str, count: u64| json!({ "fact": "activity", "type": kind, "within": within, "op": "gte", "value": count });
    let bought = json!({ "fact": "activity", "type": "order", "op": "gte", "value": 1 });
    let spent = |measure: &str, amount: u64| json!({ "fact": "activity", "type": "order", "within": "365d", "measure": measure, "attribute": "amount", "op": "gte", "value": amount });
    let shoes = json!({ "fact": "attribute", "name": "category", "op": "eq", "value": "shoes" });
    let looks = json!({ "fact": "activity", "type": "page_view", "where": shoes, "within": "30d", "op": "gte", "value": 3 });
    let inside = |name: &str| json!({ "fact": "segment", "reference": name });
    let austrian = json!({ "fact": "field", "name": "countryCode", "op": "eq", "value": "AT" });
    [
        ("ordered-often", did("order", "90d", 3)),
        ("big-spender", spent("sum", 500)),
        ("lapsed", json!({ "all": [bought, { "not": did("order", "180d", 1) }] })),
        ("visits-now", did("page_view", "7d", 5)),
        ("left-a-cart", json!({ "all": [did("add_to_cart", "1d", 1), { "not": did("order", "1d", 1) }] })),
        ("reads-mails", did("newsletter_open", "30d", 2)),
        ("looks-at-shoes", looks),
        ("fills-carts", spent("average", 100)),
        ("austrian-big-spender", json!({ "all": [austrian, inside("big-spender")] })),
        ("best", json!({ "all": [inside("big-spender"), inside("ordered-often"), { "not": inside("left-a-cart") }] })),
    ]
}

/// What fires, by activity type; most conditions hold now and then, none always.
fn rules() -> [(&'static str, &'static str, Value); 5] {
    let attribute = |name: &str, op: &str, value: Value| json!({ "fact": "attribute", "name": name, "op": op, "value": value });
    let inside = |name: &str| json!({ "fact": "segment", "reference": name });
    [
        ("returning", "order", json!({ "fact": "activity", "type": "order", "op": "gte", "value": 2 })),
        ("thanked", "order", json!({ "all": [attribute("amount", "gte", json!(200)), inside("big-spender")] })),
        ("wants-shoes", "page_view", json!({ "all": [attribute("category", "eq", json!("shoes")), inside("looks-at-shoes")] })),
        ("hesitates", "add_to_cart", json!({ "all": [inside("left-a-cart"), { "not": inside("ordered-often") }] })),
        ("mobile", "login", attribute("device", "eq", json!("phone"))),
    ]
}

/// Activities in the database, whatever their type.
pub fn count(api: &Api) -> Result<u64> {
    let types = api.get("/api/activity-types")?;
    let counts = types["items"].as_array().context("no list")?.iter().map(|known| known["count"].as_u64().context("no count"));
    counts.sum()
}

/// How often the answer to a batch says that an activity is new.
pub fn created(body: &[u8]) -> usize {
    const CREATED: &[u8] = b"\"created\"";
    body.windows(CREATED.len()).filter(|window| *window == CREATED).count()
}

/// Seconds since 1970 as RFC 3339 (days to date after Howard Hinnant, <https://howardhinnant.github.io/date_algorithms.html>).
pub fn timestamp(seconds: u64) -> String {
    let (days, rest) = (seconds / DAY_S + 719_468, seconds % DAY_S);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_399, "2000-02-28T23:59:59Z");
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(1_704_067_199, "2023-12-31T23:59:59Z");
        check(1_772_323_200, "2026-03-01T00:00:00Z");

        #[track_caller]
        fn check(seconds: u64, text: &str) {
            assert_eq!(timestamp(seconds), text);
        }
    }

    #[test]
    fn answers_are_counted() {
        assert_eq!(created(br#"{"results":[{"status":"created"},{"status":"updated"},{"status":"created"}]}"#), 2);
    }
}
