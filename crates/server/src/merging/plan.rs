//! What the profile of the survivor becomes, field by field. Pure: preview and merge ask the same question.

use super::model::{FieldPlan, FieldRule, Origin, Pick, Picks, Side};
use crate::customers::{Candidate, Profile};
use crate::error::Problem;
use crate::ids::CompanyId;
use crate::settings::{BUILT_IN_TEXTS, Fields, MergingSettings};
use crate::time::Instant;
use serde_json::{Map, Value, json};

/// What stays together, so that no address is made of two.
const ADDRESS: [&str; 4] = ["street", "zip", "city", "countryCode"];
/// Whether an address works belongs to the address.
const MAIL: [&str; 2] = ["email", "emailOk"];
/// Settled by the survivor alone, unless somebody picks.
const STANDING: [&str; 2] = ["published", "active"];
const CONSENT: &str = "profilingConsent";
const CUSTOM: &str = "fields.";

/// What the survivor becomes.
#[derive(Debug)]
pub struct Planned {
    pub profile: Profile,
    /// Fields that one of the two has.
    pub fields: Vec<FieldPlan>,
    /// Values that are neither one's, as a patch that is still to be checked and laid over the profile.
    pub values: Map<String, Value>,
}

pub fn plan(
    survivor: &Candidate,
    other: &Candidate,
    rule: FieldRule,
    picks: &Picks,
    settings: &MergingSettings,
    fields: &Fields,
) -> Result<Planned, Vec<Problem>> {
    let two = Two { survivor, other, rule, settings };
    let mut planned = Planned { profile: survivor.profile.clone(), fields: Vec::new(), values: Map::new() };
    let mut unknown: Vec<&String> = picks.keys().collect();
    for group in groups(fields) {
        let side = two.side(&group);
        let mail_pick = picks.get(MAIL[0]).filter(|_| group[0] == MAIL[0]);
        for name in group {
            unknown.retain(|pick| **pick != name);
            two.take(&mut planned, &name, side, picks.get(&name).or(mail_pick.filter(|pick| matches!(pick, Pick::Side(_)))));
        }
    }
    let problem =
        |name: &String| Problem::new(format!("/picks/{name}"), "unknown_field", format!("{name:?} is no field that can be picked"));
    if !unknown.is_empty() {
        return Err(unknown.into_iter().map(problem).collect());
    }
    for (system, id) in &other.profile.external_ids {
        if !settings.blocks(id) {
            planned.profile.external_ids.entry(system.clone()).or_insert_with(|| id.clone());
        }
    }
    Ok(planned)
}

/// All fields, those together that go together.
fn groups(fields: &Fields) -> Vec<Vec<String>> {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let mut groups = vec![named(&MAIL), named(&ADDRESS)];
    let is_single = |name: &&&str| !MAIL.contains(*name) && !ADDRESS.contains(*name);
    let more = ["birthDate", "companyId", CONSENT].iter().chain(&STANDING);
    groups.extend(BUILT_IN_TEXTS.iter().chain(more).filter(is_single).map(|name| named(&[*name])));
    groups.extend(fields.all.iter().map(|field| vec![format!("{CUSTOM}{}", field.name)]));
    groups
}

struct Two<'t> {
    survivor: &'t Candidate,
    other: &'t Candidate,
    rule: FieldRule,
    settings: &'t MergingSettings,
}

impl Two<'_> {
    /// Whose values a group gets by the rule.
    fn side(&self, group: &[String]) -> Side {
        if STANDING.contains(&group[0].as_str()) || group[0] == CONSENT {
            return Side::Survivor;
        }
        let says = |one: &Candidate| group.iter().any(|name| self.is_filled(&value(&one.profile, name)));
        choose(
            self.rule,
            (says(self.survivor), says(self.other)),
            (changed_at(self.survivor, group), changed_at(self.other, group)),
            (self.rank(self.survivor), self.rank(self.other)),
        )
    }

    /// Whether a value says something.
    fn is_filled(&self, value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty() && !self.settings.blocks(text),
            Value::Array(entries) => !entries.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        }
    }

    /// The place of the most trusted system a customer is known in; whoever is in none comes last.
    fn rank(&self, of: &Candidate) -> usize {
        let is_known_in = |source: &String| of.identities.iter().any(|identity| identity.system() == Some(source));
        self.settings.trusted_sources.iter().position(is_known_in).unwrap_or(usize::MAX)
    }

    /// Writes down what becomes of one field.
    fn take(&self, planned: &mut Planned, name: &str, by_rule: Side, pick: Option<&Pick>) {
        let (own, their) = (value(&self.survivor.profile, name), value(&self.other.profile, name));
        let (becomes, from) = match pick {
            Some(Pick::Value(picked)) => {
                put(&mut planned.values, name, picked.value.clone());
                (picked.value.clone(), Origin::Picked)
            }
            Some(Pick::Side(Side::Survivor)) => (own.clone(), Origin::Survivor),
            Some(Pick::Side(Side::Other)) => (their.clone(), Origin::Other),
            // Both must have said yes.
            None if name == CONSENT => (json!(own == json!(true) && their == json!(true)), Origin::Both),
            None => match by_rule {
                Side::Survivor => (own.clone(), Origin::Survivor),
                Side::Other => (their.clone(), Origin::Other),
            },
        };
        if from != Origin::Picked {
            set(&mut planned.profile, name, &becomes);
        }
        if own.is_null() && their.is_null() && becomes.is_null() {
            return;
        }
        let from = if own == their && becomes == own { Origin::Both } else { from };
        planned.fields.push(FieldPlan { name: name.to_owned(), survivor: own, other: their, value: becomes, from });
    }
}

/// Pairs are the survivor's and the other's: whether he says something, since when, and how trusted he is.
fn choose(rule: FieldRule, says: (bool, bool), since: (Instant, Instant), rank: (usize, usize)) -> Side {
    let is_others = match (rule, says) {
        (FieldRule::Survivor, _) | (_, (_, false)) => false,
        (_, (false, true)) => true,
        (FieldRule::MostComplete, (true, true)) => false,
        (FieldRule::Newest, (true, true)) => since.0 < since.1,
        (FieldRule::MostTrusted, (true, true)) => rank.1 < rank.0,
    };
    if is_others { Side::Other } else { Side::Survivor }
}

/// When the youngest value of a group was written.
fn changed_at(of: &Candidate, group: &[String]) -> Instant {
    let made = of.changed_at.get("").copied();
    let at = |name: &String| {
        let path = format!("/{}", name.replace('.', "/"));
        of.changed_at.get(&path).copied().or(made).unwrap_or(of.updated_at)
    };
    group.iter().map(at).max().unwrap_or(of.updated_at)
}

fn value(profile: &Profile, name: &str) -> Value {
    match name.strip_prefix(CUSTOM) {
        Some(field) => profile.fields.get(field).cloned().unwrap_or(Value::Null),
        None => profile.get(name),
    }
}

fn set(profile: &mut Profile, name: &str, value: &Value) {
    if let Some(field) = name.strip_prefix(CUSTOM) {
        match value.is_null() {
            true => drop(profile.fields.shift_remove(field)),
            false => drop(profile.fields.insert(field.to_owned(), value.clone())),
        }
        return;
    }
    let text = value.as_str().map(str::to_owned);
    match name {
        "published" => profile.published = value == &json!(true),
        "active" => profile.active = value == &json!(true),
        CONSENT => profile.profiling_consent = value == &json!(true),
        "emailOk" => profile.email_ok = value.as_bool(),
        "birthDate" => profile.birth_date = text,
        "companyId" => profile.company_id = value.as_i64().map(CompanyId),
        _ => {
            if let Some(place) = profile.text_mut(name) {
                *place = text;
            }
        }
    }
}

fn put(patch: &mut Map<String, Value>, name: &str, value: Value) {
    match name.strip_prefix(CUSTOM) {
        Some(field) => patch.entry("fields").or_insert_with(|| json!({}))[field] = value,
        None => drop(patch.insert(name.to_owned(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identities::Identity;
    use crate::ids::{CustomerId, FieldId};
    use crate::settings::{Field, FieldKind, merging_for_tests};

    fn candidate(id: i64, values: Value, changed_at: &[(&str, i64)]) -> Candidate {
        let mut whole = serde_json::to_value(Profile::default()).expect("a profile has a JSON form");
        values.as_object().expect("an object").iter().for_each(|(name, value)| whole[name] = value.clone());
        let profile: Profile = serde_json::from_value(whole).expect("a profile");
        let systems = profile.external_ids.iter();
        let identities = systems.map(|(system, id)| Identity::new(&format!("external:{system}"), id, CustomerId(1), Instant(0))).collect();
        let changed_at = changed_at.iter().map(|(path, at)| ((*path).to_owned(), Instant(*at))).collect();
        Candidate { id: CustomerId(id), profile, identities, updated_at: Instant(0), changed_at }
    }

    fn fields() -> Fields {
        let field = |name: &str| Field {
            id: FieldId(1),
            name: name.to_owned(),
            label: String::new(),
            kind: FieldKind::Text,
            options: Vec::new(),
            is_personal: false,
            is_indexed: false,
            position: 0,
            version: 1,
        };
        Fields::new(vec![field("tier")])
    }

    #[track_caller]
    fn planned(survivor: &Candidate, other: &Candidate, rule: FieldRule, picks: Value) -> Planned {
        let mut settings = merging_for_tests();
        settings.trusted_sources = vec!["erp".to_owned(), "shop".to_owned()];
        let picks: Picks = serde_json::from_value(picks).expect("picks");
        plan(survivor, other, rule, &picks, &settings, &fields()).expect("a plan")
    }

    #[test]
    fn rules() {
        let (newest, complete, trusted, survivor) =
            (FieldRule::Newest, FieldRule::MostComplete, FieldRule::MostTrusted, FieldRule::Survivor);
        check(newest, (true, true), (1, 2), (0, 0), Side::Other);
        check(newest, (true, true), (2, 1), (0, 0), Side::Survivor);
        check(newest, (true, false), (1, 2), (0, 0), Side::Survivor);
        check(newest, (false, true), (2, 1), (0, 0), Side::Other);
        check(complete, (true, true), (1, 2), (1, 0), Side::Survivor);
        check(complete, (false, true), (2, 1), (0, 1), Side::Other);
        check(trusted, (true, true), (2, 1), (1, 0), Side::Other);
        check(trusted, (true, true), (1, 2), (1, 1), Side::Survivor);
        check(trusted, (true, false), (1, 2), (1, 0), Side::Survivor);
        check(survivor, (false, true), (1, 2), (1, 0), Side::Survivor);

        #[track_caller]
        fn check(rule: FieldRule, says: (bool, bool), since: (i64, i64), rank: (usize, usize), side: Side) {
            assert_eq!(choose(rule, says, (Instant(since.0), Instant(since.1)), rank), side);
        }
    }

    #[test]
    fn an_address_is_one_and_blocked_values_say_nothing() {
        let survivor = candidate(1, json!({"city": "Graz", "phone": "0000000", "firstname": "null"}), &[]);
        let other = candidate(2, json!({"street": "Elsewhere 1", "zip": "1010", "phone": "0660 1", "firstname": "Ada"}), &[]);
        let profile = planned(&survivor, &other, FieldRule::MostComplete, json!({})).profile;
        assert_eq!((profile.city.as_deref(), profile.street, profile.zip), (Some("Graz"), None, None));
        assert_eq!((profile.phone.as_deref(), profile.firstname.as_deref()), (Some("0660 1"), Some("Ada")));
    }

    #[test]
    fn newest_goes_by_the_history_of_each_field() {
        let survivor = candidate(1, json!({"firstname": "Old", "lastname": "New", "fields": {"tier": "a"}}), &[("", 1), ("/lastname", 9)]);
        let other =
            candidate(2, json!({"firstname": "Young", "lastname": "Middle", "fields": {"tier": "b"}}), &[("", 5), ("/fields/tier", 7)]);
        let profile = planned(&survivor, &other, FieldRule::Newest, json!({})).profile;
        assert_eq!((profile.firstname.as_deref(), profile.lastname.as_deref()), (Some("Young"), Some("New")));
        assert_eq!(profile.fields["tier"], "b");
    }

    #[test]
    fn the_more_trusted_source_wins_where_both_say_something() {
        let survivor = candidate(1, json!({"firstname": "S", "externalIds": {"shop": "1"}}), &[]);
        let other = candidate(2, json!({"firstname": "E", "lastname": "Both", "externalIds": {"erp": "2"}}), &[]);
        let there = planned(&survivor, &other, FieldRule::MostTrusted, json!({})).profile;
        assert_eq!((there.firstname.as_deref(), there.lastname.as_deref()), (Some("E"), Some("Both")));
        assert_eq!(there.external_ids.len(), 2);
        let back = planned(&other, &survivor, FieldRule::MostTrusted, json!({})).profile;
        assert_eq!(back.firstname.as_deref(), Some("E"));
    }

    #[test]
    fn picks_win_and_consent_takes_two() {
        let survivor = candidate(1, json!({"email": "a@x.org", "emailOk": true, "profilingConsent": true, "firstname": "A"}), &[]);
        let other = candidate(2, json!({"email": "b@x.org", "emailOk": false, "firstname": "B"}), &[]);
        let picks = json!({"email": "other", "firstname": {"value": "C"}, "fields.tier": {"value": "gold"}});
        let planned = planned(&survivor, &other, FieldRule::MostComplete, picks);
        assert_eq!((planned.profile.email.as_deref(), planned.profile.email_ok), (Some("b@x.org"), Some(false)));
        assert!(!planned.profile.profiling_consent);
        assert_eq!(Value::Object(planned.values), json!({"firstname": "C", "fields": {"tier": "gold"}}));
        let firstname = planned.fields.iter().find(|field| field.name == "firstname").expect("it is listed");
        assert_eq!((firstname.from, &firstname.value), (Origin::Picked, &json!("C")));
    }

    #[test]
    fn what_is_no_field_cannot_be_picked() {
        let (survivor, other) = (candidate(1, json!({}), &[]), candidate(2, json!({}), &[]));
        let picks: Picks = serde_json::from_value(json!({"nonsense": "other", "externalIds": "other"})).expect("picks");
        let problems = plan(&survivor, &other, FieldRule::Newest, &picks, &merging_for_tests(), &fields()).expect_err("neither is a field");
        assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), ["/picks/externalIds", "/picks/nonsense"]);
    }
}
