//! The profiles of two customers who become one, and two again. The row of the one who goes is kept as it stood; what was
//! changed of him stays under his id and is read through it. What the survivor becomes is decided elsewhere.

use super::aliases;
use super::batch::{Loaded, identities_of, unique_identities};
use super::patch;
use super::profile::{self, Profile};
use super::save;
use super::store::{self, Stored, joining as rows};
use super::{history, steps};
use crate::companies;
use crate::deletions;
use crate::error::{Error, Problem};
use crate::identities::{self, EMAIL, Identity, Key, PHONE};
use crate::ids::CustomerId;
use crate::personal::{self, Conflict, Joining, Kept, Parting};
use crate::settings::{self, Fields};
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Versions of two customers that are looked at to learn when what of them was last changed.
const VERSIONS_MAX: i64 = 2_000;

/// What a merge is decided by of one of its customers.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: CustomerId,
    pub profile: Profile,
    pub identities: Vec<Identity>,
    pub updated_at: Instant,
    /// By JSON pointer; a field that is not in it is as it was when he was made.
    pub changed_at: HashMap<String, Instant>,
}

/// These customers, in the order asked for; not found, if one is missing.
pub fn candidates(work: &mut Work<'_>, ids: [CustomerId; 2]) -> Result<[Candidate; 2], Error> {
    let fields = settings::fields(work)?;
    let mut loaded = save::load(work, &ids, &fields)?;
    let mut changed: HashMap<CustomerId, HashMap<String, Instant>> = HashMap::new();
    for (customer, version) in rows::latest_versions(work, &ids, VERSIONS_MAX)? {
        let of = changed.entry(customer).or_default();
        let paths = version.changes.as_object().into_iter().flatten().map(|(path, _)| path.clone());
        // The first version changed everything.
        let made = (version.version == 1).then(String::new);
        for path in paths.chain(made) {
            of.entry(path).or_insert(version.at);
        }
    }
    let mut candidate = |id: CustomerId| {
        let Loaded { stored, identities } = loaded.remove(&id).ok_or(Error::NotFound)?;
        let changed_at = changed.remove(&id).unwrap_or_default();
        Ok::<Candidate, Error>(Candidate { id, profile: stored.profile, identities, updated_at: stored.updated_at, changed_at })
    };
    Ok([candidate(ids[0])?, candidate(ids[1])?])
}

/// The profile with values that a person chose for it, each checked like in a save. What one of these customers is known by
/// is free for him.
pub fn picked(work: &mut Work<'_>, of: [CustomerId; 2], mut profile: Profile, values: &Map<String, Value>) -> Result<Profile, Error> {
    let (settings, fields) = (settings::all(work)?, settings::fields(work)?);
    let mut problems = patch::apply(&mut profile, values, &fields);
    if values.contains_key("email") && profile.email.as_deref().is_some_and(|email| !steps::has_shape(email)) {
        problems.push(Problem::new("/email", "invalid", "this is not a mail address"));
    }
    if values.contains_key("companyId")
        && let Some(company) = profile.company_id
        && companies::existing(work, &[company])?.is_empty()
    {
        problems.push(companies::unknown(company));
    }
    if !values.is_empty() && !steps::has_required(&settings.save_pipeline.required_fields, &profile) {
        problems.push(Problem::new("", "required", "a customer like this misses what every customer needs"));
    }
    if !problems.is_empty() {
        problems.iter_mut().for_each(|problem| problem.path.insert_str(0, "/picks"));
        return Err(Error::Invalid(problems));
    }
    let unique: Vec<(String, String)> = unique_identities(&profile).into_iter().map(|(kind, spelled, _)| (kind, spelled)).collect();
    let owners = identities::find(work, &unique)?;
    match owners.into_iter().find(|(_, owner)| !of.contains(owner)) {
        None => Ok(profile),
        Some(((kind, _), owner)) => {
            let code = if kind == EMAIL { "duplicate_email" } else { "duplicate_identity" };
            let detail = "another customer is known by this".to_owned();
            Err(Error::Conflict { code, problems: vec![Problem::new("/picks", code, detail.clone())], detail, existing: Some(owner.0) })
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Journal {
    /// The row of the customer who went.
    other: Kept,
    /// The revision of his that counted last.
    revision: i64,
    /// The survivor's row before and after.
    before: Kept,
    after: Kept,
    /// The version that the merge made of him, what it changed, and what he became.
    version: i64,
    fields: Map<String, Value>,
    profile: Profile,
    notes: Vec<i64>,
    /// Ids that led to the customer who went.
    redirected: Vec<CustomerId>,
    /// What the survivor was known by from then on and neither was before.
    claimed: Vec<Key>,
}

pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let (from, into) = (joining.from, joining.into);
    let revision = work.locked.get(&from).copied().unwrap_or_default();
    let [mut other, mut before] = pair(rows::rows(work, &[from, into])?)?;
    if other.int(0) != from.0 {
        std::mem::swap(&mut other, &mut before);
    }
    let claimed = claim(work, into, joining.profile)?;
    let known_by = identities::of_customers(work, &[into])?.remove(&into).unwrap_or_default();
    let stored = store::read(work, &[into])?.pop().ok_or(Error::NotFound)?;
    let version = stored.version + 1;
    let mut changes = profile::changes(joining.before, joining.profile);
    let fields: Map<String, Value> =
        changes.iter().filter(|(path, _)| is_field(path)).map(|(path, pair)| (path.clone(), pair.clone())).collect();
    changes.insert("/merged".to_owned(), json!([null, from]));
    let profile = joining.profile.clone();
    let changed = Stored { profile: profile.clone(), version, updated_at: work.now, known_by: save::spelled(&known_by), ..stored };
    store::update(work, &[changed])?;
    history::add_versions(work, &[(into, version, changes)])?;
    let after = rows::rows(work, &[into])?.pop().ok_or(Error::NotFound)?;
    let notes = personal::move_all(work, &rows::NOTES, from, into)?;
    store::delete(work, &[from])?;
    deletions::record(work, deletions::CUSTOMERS, &[(from.0, deletions::MERGED)])?;
    let redirected = aliases::redirect(work, from, into, joining.merge)?;
    Ok(json!(Journal { other, revision, before, after, version, fields, profile, notes, redirected, claimed }))
}

fn pair(rows: Vec<Kept>) -> Result<[Kept; 2], Error> {
    rows.try_into().map_err(|_| Error::NotFound)
}

/// Ids of other systems are no field: they follow from the identities.
fn is_field(path: &str) -> bool {
    !path.starts_with("/externalIds/")
}

/// Makes the customer known by what his profile says from now on; gives what he was not known by before.
fn claim(work: &mut Work<'_>, customer: CustomerId, profile: &Profile) -> Result<Vec<Key>, Error> {
    let own: Vec<Key> =
        identities::of_customers(work, &[customer])?.remove(&customer).unwrap_or_default().iter().map(Identity::key).collect();
    let named = identities_of(profile).into_iter().map(|(kind, spelled)| Identity::new(&kind, &spelled, customer, work.now));
    let wanted: Vec<Identity> = named.filter(|identity| !own.contains(&identity.key())).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let taken = identities::claim(work, wanted.clone())?;
    // Somebody was faster by a moment: the whole unit runs again and then sees him. A phone may be shared.
    if taken.iter().any(|identity| identity.kind != PHONE) {
        return Err(StoreError::Again.into());
    }
    Ok(wanted.iter().filter(|identity| !taken.contains(identity)).map(Identity::key).collect())
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let journal: Journal = parting.journal()?;
    let (from, into) = (parting.from, parting.into);
    personal::move_some(work, &rows::NOTES, into, from, &journal.notes)?;
    aliases::put_back(work, from, &journal.redirected)?;
    deletions::take_back(work, deletions::CUSTOMERS, from.0)?;
    rows::insert_revision(work, from, journal.revision + 1)?;
    rows::put_row(work, &journal.other)?;
    let mut known_by = identities::of_customers(work, &[from, into])?;
    let mut conflicts = Vec::new();
    conflicts.extend(keep_what_is_there(work, from, &known_by.remove(&from).unwrap_or_default())?);
    let standing = rows::rows(work, &[into])?.pop().ok_or(Error::NotFound)?;
    if standing == journal.after {
        identities::release(work, journal.claimed)?;
        rows::put_row(work, &journal.before)?;
        rows::delete_version(work, into, journal.version)?;
        conflicts.extend(keep_what_is_there(work, into, &known_by.remove(&into).unwrap_or_default())?);
        return Ok(conflicts);
    }
    let known_by = known_by.remove(&into).unwrap_or_default();
    conflicts.extend(give_fields_back(work, parting, &journal, &known_by)?);
    Ok(conflicts)
}

/// A mail address that is another one's now, and a company that is not there any more, do not come back with a row.
fn keep_what_is_there(work: &mut Work<'_>, customer: CustomerId, known_by: &[Identity]) -> Result<Vec<Conflict>, Error> {
    let mut stored = store::read(work, &[customer])?.pop().ok_or(Error::NotFound)?;
    let mut conflicts = Vec::new();
    if !owns_address(&stored.profile, known_by) {
        (stored.profile.email, stored.profile.email_ok) = (None, None);
        conflicts.push(Conflict::new("field", "email", "the address is not his any more"));
    }
    if let Some(company) = stored.profile.company_id
        && companies::existing(work, &[company])?.is_empty()
    {
        stored.profile.company_id = None;
        conflicts.push(Conflict::new("field", "companyId", "there is no such company any more"));
    }
    if !conflicts.is_empty() {
        store::update(work, &[Stored { known_by: save::spelled(known_by), ..stored }])?;
    }
    Ok(conflicts)
}

fn owns_address(profile: &Profile, known_by: &[Identity]) -> bool {
    let Some(email) = &profile.email else { return true };
    let key = (EMAIL.to_owned(), identities::fold_value(EMAIL, email));
    known_by.iter().any(|identity| identity.key() == key)
}

/// The survivor was changed since: what the merge gave him and what is still as it gave it goes.
fn give_fields_back(
    work: &mut Work<'_>,
    parting: &mut Parting<'_>,
    journal: &Journal,
    known_by: &[Identity],
) -> Result<Vec<Conflict>, Error> {
    let (from, into) = (parting.from, parting.into);
    let fields = settings::fields(work)?;
    let mut stored = store::read(work, &[into])?.pop().ok_or(Error::NotFound)?;
    save::complete(&mut stored.profile, known_by, &fields);
    let now = &stored.profile;
    let since: Map<String, Value> = profile::changes(&journal.profile, now);
    let (back, changed) = parting.with_later(|later: &mut [Journal]| returning(&journal.fields, &since, later, &fields))?;
    let mut conflicts: Vec<Conflict> =
        changed.into_iter().map(|path| Conflict::new("field", name_of(&path), "it was changed since and keeps the later value")).collect();
    let mut profile = now.clone();
    let problems = patch::apply(&mut profile, &back, &fields);
    conflicts.extend(problems.iter().map(|problem| Conflict::new("field", name_of(&problem.path), "its old value does not fit any more")));
    if !owns_address(&profile, known_by) {
        profile.email = now.email.clone();
        if !owns_address(&profile, known_by) {
            (profile.email, profile.email_ok) = (None, None);
        }
        conflicts.push(Conflict::new("field", "email", "its old value is not his any more"));
    }
    let known_by = &let_go(work, &journal.claimed, &profile, known_by)?;
    let mut changes = profile::changes(now, &profile);
    changes.insert("/unmerged".to_owned(), json!([null, from]));
    let version = stored.version + 1;
    store::update(work, &[Stored { profile, version, updated_at: work.now, known_by: save::spelled(known_by), ..stored }])?;
    history::add_versions(work, &[(into, version, changes)])?;
    Ok(conflicts)
}

/// Releases what the survivor was made known by and his profile does not name any more; gives what he is still known by.
fn let_go(work: &mut Work<'_>, claimed: &[Key], profile: &Profile, known_by: &[Identity]) -> Result<Vec<Identity>, Error> {
    let named: Vec<Key> =
        identities_of(profile).into_iter().map(|(kind, spelled)| (kind.clone(), identities::fold_value(&kind, &spelled))).collect();
    let is_over = |identity: &&Identity| claimed.contains(&identity.key()) && !named.contains(&identity.key());
    let (over, kept): (Vec<&Identity>, Vec<&Identity>) = known_by.iter().partition(is_over);
    identities::release(work, over.into_iter().map(Identity::key).collect())?;
    Ok(kept.into_iter().cloned().collect())
}

/// What goes back, as a patch, and what does not because it was changed since. A later merge that changed the same field is
/// told what it would have found.
fn returning(
    given: &Map<String, Value>,
    since: &Map<String, Value>,
    later: &mut [Journal],
    fields: &Fields,
) -> (Map<String, Value>, Vec<String>) {
    let mut back = Map::new();
    let mut changed: Vec<String> = Vec::new();
    let by_merges = |path: &String, later: &[Journal]| later.iter().any(|journal| journal.fields.contains_key(path));
    changed.extend(since.keys().filter(|path| is_field(path) && !by_merges(path, later)).cloned());
    for (path, pair) in given {
        let (becomes, was) = (&pair[0], &pair[1]);
        let now = since.get(path).map_or(was, |pair| &pair[1]);
        if !is_covered(path, was, becomes, later, fields) && now == was {
            put(&mut back, path, becomes.clone());
        }
    }
    (back, changed)
}

/// Whether a later merge changed the field, which then goes back to what it would have found. Those that did not change it
/// found another value, too.
fn is_covered(path: &str, was: &Value, becomes: &Value, later: &mut [Journal], fields: &Fields) -> bool {
    for journal in later {
        if let Some(next) = journal.fields.get_mut(path).filter(|next| next[0] == *was) {
            next[0] = becomes.clone();
            return true;
        }
        let found = match path.strip_prefix("/fields/") {
            Some(field) => journal.profile.fields.get(field).cloned().unwrap_or(Value::Null),
            None => journal.profile.get(path.trim_start_matches('/')),
        };
        if found == *was {
            let mut patch = Map::new();
            put(&mut patch, path, becomes.clone());
            // What does not fit any more is told when it goes back.
            drop(patch::apply(&mut journal.profile, &patch, fields));
        }
    }
    false
}

/// `/fields/tier` as a member of a member.
fn put(patch: &mut Map<String, Value>, path: &str, value: Value) {
    match path.strip_prefix("/fields/") {
        Some(field) => {
            let fields = patch.entry("fields").or_insert_with(|| json!({}));
            fields[field] = value;
        }
        None => drop(patch.insert(path.trim_start_matches('/').to_owned(), value)),
    }
}

fn name_of(path: &str) -> String {
    path.trim_start_matches('/').replace('/', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_changed_since_goes_back() {
        let given = json!({"/firstname": ["A", "B"], "/fields/tier": [null, "gold"]});
        check(&given, json!({}), &mut [], json!({"firstname": "A", "fields": {"tier": null}}), &[]);
        check(&given, json!({"/firstname": ["B", "C"]}), &mut [], json!({"fields": {"tier": null}}), &["/firstname"]);
        check(&given, json!({"/city": [null, "Graz"]}), &mut [], json!({"firstname": "A", "fields": {"tier": null}}), &["/city"]);
        let later = Journal { fields: object(json!({"/firstname": ["B", "C"]})), ..Journal::default() };
        let mut later = [later];
        check(&given, json!({"/firstname": ["B", "C"]}), &mut later, json!({"fields": {"tier": null}}), &[]);
        assert_eq!(later[0].fields["/firstname"], json!(["A", "C"]), "the later merge goes back further now");
        let profile = Profile { firstname: Some("B".to_owned()), ..Profile::default() };
        let mut later = [Journal { profile, ..Journal::default() }];
        check(&given, json!({}), &mut later, json!({"firstname": "A", "fields": {"tier": null}}), &[]);
        assert_eq!(later[0].profile.firstname.as_deref(), Some("A"), "the later merge would have found this");

        fn object(value: Value) -> Map<String, Value> {
            value.as_object().cloned().expect("an object")
        }

        #[track_caller]
        fn check(given: &Value, since: Value, later: &mut [Journal], back: Value, changed: &[&str]) {
            let (found, also) = returning(&object(given.clone()), &object(since), later, &Fields::default());
            assert_eq!((Value::Object(found), also.iter().map(String::as_str).collect::<Vec<_>>().as_slice()), (back, changed));
        }
    }
}
