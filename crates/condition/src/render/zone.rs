//! A test whose bound depends on the customer's time zone, in SQL. No database knows our zones, so every zone is asked here,
//! once per statement, and zones with the same bound share a branch: at any instant the world has two or three dates.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use sql::Statement;

/// Appends `test` with the bound of the customer's own zone, else with that of the instance's.
pub(super) fn by_zone<K: Ord>(into: &mut Statement, instance: &TimeZone, bound: impl Fn(&TimeZone) -> K, test: impl Fn(&mut Statement, K)) {
    let standard = bound(instance);
    let mut others: BTreeMap<K, Vec<String>> = BTreeMap::new();
    for (name, zone) in zones() {
        let own = bound(&zone);
        if own != standard {
            others.entry(own).or_default().push(name);
        }
    }
    if others.is_empty() {
        return test(into, standard);
    }
    into.push("case");
    for (own, names) in others {
        into.push(" when c.time_zone_folded in ('").push(&names.join("', '")).push("') then (");
        test(into, own);
        into.push(")");
    }
    into.push(" else (");
    test(into, standard);
    into.push(") end");
}

/// Every zone by its folded name. The names stand in the statement as they are, so only harmless ones may.
fn zones() -> impl Iterator<Item = (String, TimeZone)> {
    // These two are known without being in the database of zones.
    let names = jiff::tz::db().available().map(|name| name.as_str().to_owned()).chain(["UTC".to_owned(), "Etc/Unknown".to_owned()]);
    let harmless = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte)));
    let mut folded: Vec<(String, TimeZone)> = harmless.filter_map(|name| Some((sql::fold(&name), TimeZone::get(&name).ok()?))).collect();
    folded.sort_by(|one, other| one.0.cmp(&other.0));
    folded.dedup_by(|one, other| one.0 == other.0);
    folded.into_iter()
}
