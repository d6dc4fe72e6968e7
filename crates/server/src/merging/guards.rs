//! What stands against a merge: what a person has to confirm, what is refused, and what keeps a pair from being merged
//! without a person. Pure.

use crate::customers::Candidate;
use crate::identities::{EMAIL, Identity, PHONE, TOKEN};
use crate::settings::MergingSettings;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MergeReason)]
pub struct Reason {
    pub code: String,
    pub detail: String,
}

impl Reason {
    fn new(code: &str, detail: impl Into<String>) -> Reason {
        Reason { code: code.to_owned(), detail: detail.into() }
    }
}

/// What speaks for two different people and has to be confirmed.
pub fn confirmations(one: &Candidate, other: &Candidate) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let (own, their) = (by_system(&one.identities), by_system(&other.identities));
    for (system, ids) in &own {
        if their.get(system).is_some_and(|others| ids.is_disjoint(others)) {
            reasons.push(Reason::new("different_external_ids", format!("they have different ids in the system {system}")));
        }
    }
    let (own, their) = (&one.profile, &other.profile);
    let is_same = |own: &Option<String>, their: &Option<String>| own.is_some() && folded(own) == folded(their);
    let is_namesake = is_same(&own.firstname, &their.firstname) && is_same(&own.lastname, &their.lastname);
    if is_namesake && own.birth_date.is_some() && their.birth_date.is_some() && own.birth_date != their.birth_date {
        reasons.push(Reason::new("different_birth_dates", "they have the same name and were born on different days"));
    }
    if own.company_id.is_some() && their.company_id.is_some() && own.company_id != their.company_id {
        reasons.push(Reason::new("different_companies", "they belong to different companies"));
    }
    reasons
}

fn folded(text: &Option<String>) -> Option<String> {
    text.as_deref().map(|text| sql::fold(text.trim()))
}

fn by_system(identities: &[Identity]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for identity in identities {
        if let Some(system) = identity.system() {
            systems.entry(system).or_default().insert(&identity.value);
        }
    }
    systems
}

/// Kinds of which the survivor would be known by too many.
pub fn over_limits(one: &Candidate, other: &Candidate, settings: &MergingSettings) -> Vec<Reason> {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    let taken_over = other.identities.iter().filter(|identity| !settings.blocks(&identity.spelled));
    for identity in one.identities.iter().chain(taken_over).filter(|identity| identity.kind != TOKEN) {
        *counts.entry(&identity.kind).or_default() += 1;
    }
    let over = counts.into_iter().filter_map(|(kind, count)| Some((kind, count, settings.limit_of(kind).filter(|limit| *limit < count)?)));
    over.map(|(kind, count, limit)| {
        Reason::new("identity_limit", format!("he would be known by {count} of the kind {kind}, more than {limit}"))
    })
    .collect()
}

/// The phone number that both have, if that could be why they were taken for the same.
pub fn shared_phone<'c>(one: &'c Candidate, other: &Candidate) -> Option<&'c str> {
    let phone = one.profile.phone.as_deref()?;
    (folded(&one.profile.phone) == folded(&other.profile.phone)).then_some(phone)
}

/// Why a pair is not merged without a person. `sharers` is how many customers have the phone number that both have.
pub fn obstacles(one: &Candidate, other: &Candidate, settings: &MergingSettings, sharers: i64) -> Vec<Reason> {
    let mut reasons = confirmations(one, other);
    reasons.extend(over_limits(one, other, settings));
    let pairs = [(EMAIL, &one.profile.email, &other.profile.email), (PHONE, &one.profile.phone, &other.profile.phone)];
    for (kind, own, their) in pairs {
        if let (Some(value), true) = (own, folded(own) == folded(their))
            && settings.blocks(value)
        {
            reasons.push(Reason::new("blocked_value", format!("the {kind} that both have is one that says nothing")));
        }
    }
    if settings.shared_max < sharers {
        reasons.push(Reason::new("shared_value", format!("{sharers} customers have the phone number that both have")));
    }
    reasons
}

/// What is good to know and stops nobody.
pub fn warnings(one: &Candidate, other: &Candidate, settings: &MergingSettings) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for identity in other.identities.iter().filter(|identity| identity.kind != TOKEN && settings.blocks(&identity.spelled)) {
        reasons.push(Reason::new("blocked_value", format!("the {} {:?} is not taken over", identity.kind, identity.spelled)));
    }
    if one.profile.active && !other.profile.active {
        reasons.push(Reason::new("other_inactive", "the customer who goes is not active"));
    }
    if !one.profile.active && other.profile.active {
        reasons.push(Reason::new("survivor_inactive", "the customer who stays is not active"));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CompanyId, CustomerId};
    use crate::settings::merging_for_tests;
    use crate::time::Instant;

    fn candidate(id: i64, known_by: &[(&str, &str)], change: impl FnOnce(&mut Candidate)) -> Candidate {
        let id = CustomerId(id);
        let identities = known_by.iter().map(|(kind, value)| Identity::new(kind, value, id, Instant(0))).collect();
        let mut made = Candidate { id, profile: Default::default(), identities, updated_at: Instant(0), changed_at: Default::default() };
        change(&mut made);
        made
    }

    fn codes(reasons: &[Reason]) -> Vec<&str> {
        reasons.iter().map(|reason| reason.code.as_str()).collect()
    }

    #[test]
    fn what_speaks_for_two_people_has_to_be_confirmed() {
        let none = |_: &mut Candidate| {};
        let named = |birth: &'static str| {
            move |one: &mut Candidate| {
                one.profile.firstname = Some("John".to_owned());
                one.profile.lastname = Some("SMITH".to_owned());
                one.profile.birth_date = Some(birth.to_owned());
            }
        };
        let shop = |id: &'static str| [("external:shop", id)];
        check(&candidate(1, &shop("1"), none), &candidate(2, &shop("2"), none), &["different_external_ids"]);
        check(&candidate(1, &shop("1"), none), &candidate(2, &[("external:crm", "2")], none), &[]);
        check(&candidate(1, &[], named("1950-01-01")), &candidate(2, &[], named("1980-01-01")), &["different_birth_dates"]);
        check(&candidate(1, &[], named("1950-01-01")), &candidate(2, &[], named("1950-01-01")), &[]);
        let of_company = |id: i64| move |one: &mut Candidate| one.profile.company_id = Some(CompanyId(id));
        check(&candidate(1, &[], of_company(1)), &candidate(2, &[], of_company(2)), &["different_companies"]);
        check(&candidate(1, &[], of_company(1)), &candidate(2, &[], none), &[]);

        #[track_caller]
        fn check(one: &Candidate, other: &Candidate, expected: &[&str]) {
            assert_eq!(codes(&confirmations(one, other)), expected);
        }
    }

    #[test]
    fn too_many_of_a_kind_and_values_that_say_nothing() {
        let mut settings = merging_for_tests();
        settings.identity_limits.insert("email".to_owned(), 1);
        let one = candidate(1, &[("email", "a@x.org"), ("token", "t")], |one| one.profile.phone = Some("0000000".to_owned()));
        let same = candidate(2, &[("email", "test@test.com"), ("token", "u")], |one| one.profile.phone = Some("0000000".to_owned()));
        let more = candidate(3, &[("email", "b@x.org")], |_| {});
        assert!(over_limits(&one, &same, &settings).is_empty(), "what is blocked is not taken over");
        assert_eq!(codes(&over_limits(&one, &more, &settings)), ["identity_limit"]);
        assert_eq!(codes(&obstacles(&one, &same, &settings, 2)), ["blocked_value"]);
        assert_eq!(codes(&obstacles(&one, &same, &settings, 4)), ["blocked_value", "shared_value"]);
        assert_eq!(codes(&warnings(&one, &same, &settings)), ["blocked_value"]);
    }
}
