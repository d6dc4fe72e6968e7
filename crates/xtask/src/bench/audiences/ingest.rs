//! Batches of activities with fifty live segments over the twelve types, on the shop of the audiences.

use super::Options;
use super::bases::Bases;
use crate::bench::figures::{Column, Figures};
use crate::bench::machine::{self, Meter};
use crate::bench::{counted, load};
use crate::client::{Api, id};
use crate::numbers::Numbers;
use crate::serving::Kind;
use anyhow::Result;
use serde_json::{Value, json};

pub const SEGMENTS: usize = 50;
pub const BATCHES: &str = "batches of 1000, 4 connections, 50 live segments";
const CONNECTIONS: usize = 4;
const CATEGORIES: [&str; 4] = ["shoes", "tents", "books", "maps"];
/// Types that are only counted, with what makes a customer stand out.
const COUNTED: [(&str, u64); 8] =
    [("login", 5), ("product_view", 12), ("cart", 3), ("order", 2), ("email_open", 4), ("email_click", 2), ("search", 4), ("wishlist", 2)];
const WINDOWS: [&str; 4] = ["7d", "30d", "90d", "365d"];

pub fn measure(options: &Options, bases: &Bases, kind: Kind, figures: &mut Figures) -> Result<()> {
    bases.copy(kind, &bases.shop())?;
    let program = bases.program(kind)?;
    let key = program.key()?;
    let server = program.start()?;
    define(&server.api(&key))?;
    server.end()?;
    bases.settle(kind)?;

    let server = program.start()?;
    let (api, column) = (server.api(&key), Column::On(kind));
    let customers: Vec<i64> = (1..=options.customers as i64).collect();
    load::meet_everyone(&api, &customers, activity)?;
    let load = load::batches(&api, &customers, activity, CONNECTIONS, 3);
    let meter = Meter::start(server.pid())?;
    let taken = counted(&api, || load.press(&api, options.measured))?;
    let (serving, generating) = meter.cores()?;
    figures.add(BATCHES, "1/s", column, taken.rate);
    figures.add("– half of these batches answered within", "ms", column, taken.latency_ms(0.5));
    figures.add("– 99 % of these batches answered within", "ms", column, taken.latency_ms(0.99));
    figures.add("– cores that regulars kept busy with them", "cores", column, serving);
    figures.add("– cores that the load generator kept busy with them", "cores", column, generating);
    figures.add("– most memory used", "MiB", column, machine::memory_mib(server.pid(), "VmHWM")?);
    server.end()
}

/// One after the other, each built before the next.
fn define(api: &Api) -> Result<()> {
    let group = id(&api.create("/api/segment-groups", &json!({ "name": "Live", "reference": "live", "calculated": true }))?)?;
    for (number, condition) in segments().into_iter().enumerate() {
        let body =
            json!({ "groupId": group, "name": format!("live-{number}"), "reference": format!("live-{number}"), "condition": condition });
        api.create("/api/segments", &body)?;
        api.wait_until_built()?;
    }
    Ok(())
}

/// Counts in windows, sums, averages and attributes, what did not happen, fields, and segments over other segments.
fn segments() -> Vec<Value> {
    let did =
        |kind: &str, within: &str, count: u64| json!({ "fact": "activity", "type": kind, "within": within, "op": "gte", "value": count });
    let never = |kind: &str, within: &str| json!({ "fact": "activity", "type": kind, "within": within, "op": "eq", "value": 0 });
    let value = |measure: &str, within: &str, amount: u64| json!({ "fact": "activity", "type": "order", "within": within, "measure": measure, "attribute": "value", "op": "gte", "value": amount });
    let of = |kind: &str, category: &str| {
        let filter = json!({ "fact": "attribute", "name": "category", "op": "eq", "value": category });
        json!({ "fact": "activity", "type": kind, "where": filter, "within": "180d", "op": "gte", "value": 2 })
    };
    let field = |name: &str, value: &str| json!({ "fact": "field", "name": name, "op": "eq", "value": value });
    let inside = |number: usize| json!({ "fact": "segment", "reference": format!("live-{number}") });
    let mut all: Vec<Value> = Vec::with_capacity(SEGMENTS);
    // 32 counts, then 4 sums, 2 averages and 4 categories: 42.
    all.extend(COUNTED.iter().flat_map(|(kind, count)| WINDOWS.map(|within| did(kind, within, *count))));
    all.extend(WINDOWS.map(|within| value("sum", within, 200)));
    all.extend(["90d", "365d"].map(|within| value("average", within, 60)));
    all.extend(CATEGORIES.map(|category| of("order", category)));
    all.push(json!({ "all": [did("cart", "7d", 1), never("order", "7d")] }));
    all.push(json!({ "all": [did("email_open", "90d", 2), never("email_click", "90d")] }));
    all.push(json!({ "all": [field("tier", "gold"), value("sum", "365d", 100)] }));
    all.push(json!({ "any": [did("review", "365d", 1), did("newsletter_signup", "365d", 1)] }));
    all.push(json!({ "all": [inside(3), { "not": inside(14) }] }));
    all.push(json!({ "any": [inside(35), inside(37)] }));
    all.push(json!({ "all": [inside(46), field("countryCode", "DE")] }));
    all.push(json!({ "not": { "any": [did("return", "365d", 1), did("support", "365d", 1)] } }));
    all
}

/// As often as in the shop's past: mostly looks, now and then an order.
fn activity(numbers: &mut Numbers, customer: i64) -> Value {
    let category = *numbers.one_of(&CATEGORIES);
    let device = *numbers.one_of(&["mobile", "desktop"]);
    let value = (500 + numbers.below(12_000)) as f64 / 100.0;
    let (kind, attributes) = match numbers.below(100) {
        0..38 => ("product_view", json!({ "category": category, "country": "DE", "device": device })),
        38..52 => ("login", json!({ "country": "DE", "device": device })),
        52..66 => ("email_open", json!({ "campaign": format!("week-{}", numbers.below(157)), "device": device })),
        66..75 => ("search", json!({ "category": category, "device": device })),
        75..82 => ("cart", json!({ "value": value, "category": category, "device": device })),
        82..88 => ("order", json!({ "value": value, "category": category, "country": "DE", "device": device })),
        88..92 => ("email_click", json!({ "campaign": format!("week-{}", numbers.below(157)), "device": device })),
        92..95 => ("wishlist", json!({ "category": category })),
        95..97 => ("review", json!({ "category": category, "stars": 1 + numbers.below(5) })),
        97 => ("return", json!({ "value": value, "category": category })),
        98 => ("newsletter_signup", json!({ "country": "DE" })),
        _ => ("support", json!({ "channel": "mail" })),
    };
    json!({ "customer": { "id": customer }, "type": kind, "attributes": attributes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_segments_as_are_told() {
        assert_eq!(segments().len(), SEGMENTS);
    }
}
