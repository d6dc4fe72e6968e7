//! Customers on their way into the database: load what decides, decide, write, tell. Any number of drafts takes the same
//! few statements.

use super::batch::{self, Known, Loaded, Missing, Rules, Slot, Target, Wish};
use super::history;
use super::model::{Draft, Refusal, SaveOptions, Saved};
use super::profile::{self, Profile};
use super::store::{self, Stored};
use crate::companies;
use crate::error::Error;
use crate::events::Event;
use crate::identities::{self, Identity, Key, TOKEN};
use crate::ids::{CompanyId, CustomerId};
use crate::settings::{self, Fields};
use crate::work::Work;
use ::store::StoreError;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};

/// Drafts one batch may have.
pub const BATCH_MAX: usize = 1_000;

/// Random bytes of a token: 128 bits.
const TOKEN_BYTES: usize = 16;

pub fn save(work: &mut Work<'_>, wishes: &[(Target, &Draft)], options: SaveOptions) -> Result<Vec<Result<Saved, Refusal>>, Error> {
    if BATCH_MAX < wishes.len() {
        return Err(Error::Bug(anyhow::anyhow!("{} customers in one batch", wishes.len())));
    }
    let (settings, fields) = (settings::all(work)?, settings::fields(work)?);
    let rules = Rules { settings: &settings, fields: &fields, options };
    let wishes: Vec<Wish<'_>> = wishes.iter().map(|(target, draft)| Wish { target: *target, draft }).collect();
    let mut known = Known::default();
    find_targets(work, &rules, &wishes, &mut known)?;
    let mut decision = batch::decide(&rules, &wishes, &known);
    // Every round knows what the one before missed; a draft that was refused may let a later one ask for more.
    for _ in 0..=wishes.len() {
        if decision.missing.is_empty() {
            break;
        }
        look_up(work, &rules, &decision.missing, &mut known)?;
        decision = batch::decide(&rules, &wishes, &known);
    }
    let written = write(work, decision.slots, known.customers)?;
    let saved = |(place, created): (usize, bool)| Saved { created, ..written[place] };
    Ok(decision.outcomes.into_iter().map(|outcome| outcome.map(saved)).collect())
}

/// Finds, locks and loads the customers the drafts are about.
fn find_targets(work: &mut Work<'_>, rules: &Rules<'_>, wishes: &[Wish<'_>], known: &mut Known) -> Result<(), Error> {
    let mut ids = BTreeSet::new();
    let mut keys = Vec::new();
    for wish in wishes {
        match wish.target {
            Target::New => {}
            Target::Existing(id, _) => drop(ids.insert(id)),
            Target::Known => keys.extend(batch::keys_of_draft(rules, wish.draft)),
        }
    }
    if !keys.is_empty() {
        let found = identities::find_folded(work, keys.clone())?;
        ids.extend(found.values().copied());
        known.owners.extend(keys.into_iter().map(|key| (key.clone(), found.get(&key).copied())));
    }
    let ids: Vec<CustomerId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    store::lock(work, &ids)?;
    known.customers = load(work, &ids, rules.fields)?;
    Ok(())
}

/// The customers with their external ids. Values of fields that are no longer defined are left behind.
pub fn load(work: &mut Work<'_>, ids: &[CustomerId], fields: &Fields) -> Result<HashMap<CustomerId, Loaded>, Error> {
    let mut identities = identities::of_customers(work, ids)?;
    let mut loaded = HashMap::with_capacity(ids.len());
    for mut stored in store::read(work, ids)? {
        let identities = identities.remove(&stored.id).unwrap_or_default();
        complete(&mut stored.profile, &identities, fields);
        stored.known_by = spelled(&identities);
        loaded.insert(stored.id, Loaded { stored, identities });
    }
    Ok(loaded)
}

/// Gives a profile its external ids (the first of each system) and puts its custom fields in their order.
pub fn complete(profile: &mut Profile, identities: &[Identity], fields: &Fields) {
    for identity in identities {
        if let Some(system) = identity.system() {
            profile.external_ids.entry(system.to_owned()).or_insert_with(|| identity.spelled.clone());
        }
    }
    let mut stored = std::mem::take(&mut profile.fields);
    let defined = fields.all.iter().filter_map(|field| Some((field.name.clone(), stored.remove(&field.name)?)));
    profile.fields = defined.collect::<Map<String, Value>>();
}

pub fn spelled(identities: &[Identity]) -> Vec<String> {
    identities.iter().filter(|identity| identity.kind != TOKEN).map(|identity| identity.spelled.clone()).collect()
}

fn look_up(work: &mut Work<'_>, rules: &Rules<'_>, missing: &Missing, known: &mut Known) -> Result<(), Error> {
    if !missing.owners.is_empty() {
        let found = identities::find_folded(work, missing.owners.iter().cloned().collect())?;
        known.owners.extend(missing.owners.iter().map(|key| (key.clone(), found.get(key).copied())));
    }
    let companies: Vec<CompanyId> = missing.companies.iter().copied().collect();
    let existing = companies::existing(work, &companies)?;
    known.companies.extend(companies.into_iter().map(|company| (company, existing.contains(&company))));
    for (number, combination) in rules.settings.save_pipeline.duplicate_check.combinations.iter().enumerate() {
        let asked: Vec<&Vec<String>> = missing.twins.iter().filter(|(of, _)| *of == number).map(|(_, values)| values).collect();
        known.twins.extend(asked.iter().map(|values| ((number, (*values).clone()), Vec::new())));
        for (values, id) in store::twins(work, combination, &asked)? {
            known.twins.entry((number, values)).or_default().push(id);
        }
    }
    Ok(())
}

/// What is to be written of a batch.
#[derive(Default)]
struct Writes {
    created: Vec<Stored>,
    changed: Vec<Stored>,
    released: Vec<Key>,
    claimed: Vec<Identity>,
    versions: Vec<(CustomerId, i64, Map<String, Value>)>,
    events: Vec<Event>,
}

fn write(work: &mut Work<'_>, slots: Vec<Slot>, mut loaded: HashMap<CustomerId, Loaded>) -> Result<Vec<Saved>, Error> {
    let count = slots.iter().filter(|slot| slot.id.is_none()).count();
    let mut fresh = if count == 0 { 0..0 } else { work.tx.new_ids(CustomerId::KIND, count)? };
    let mut writes = Writes::default();
    let mut written = Vec::with_capacity(slots.len());
    for slot in slots {
        match slot.id.and_then(|id| loaded.remove(&id)) {
            Some(before) => {
                let id = before.stored.id;
                let version = change(work, before, slot.profile, &mut writes);
                written.push(Saved { id, created: false, version });
            }
            None => {
                let id = CustomerId(fresh.next().ok_or_else(|| StoreError::bug("fewer ids than new customers"))?);
                create(work, id, slot, &mut writes);
                written.push(Saved { id, created: true, version: Some(1) });
            }
        }
    }
    store::insert(work, &writes.created)?;
    store::update(work, &writes.changed)?;
    identities::release(work, writes.released)?;
    let taken = identities::claim(work, writes.claimed)?;
    // Somebody was faster by a moment: the whole unit runs again and then sees him. A phone may be shared.
    if taken.iter().any(|identity| identity.kind != identities::PHONE) {
        return Err(StoreError::Again.into());
    }
    history::add_versions(work, &writes.versions)?;
    writes.events.into_iter().for_each(|event| work.tell(event));
    Ok(written)
}

fn create(work: &Work<'_>, id: CustomerId, slot: Slot, writes: &mut Writes) {
    let token = slot.token.unwrap_or_else(|| work.app.random_token(TOKEN_BYTES));
    let named = batch::identities_of(&slot.profile).into_iter().chain([(TOKEN.to_owned(), token.clone())]);
    writes.claimed.extend(named.map(|(kind, spelled)| Identity::new(&kind, &spelled, id, work.now)));
    writes.versions.push((id, 1, Map::new()));
    writes.events.push(Event::CustomerCreated { customer: id });
    let created_at = slot.created_at.unwrap_or(work.now);
    writes.created.push(Stored {
        id,
        token,
        profile: slot.profile,
        version: 1,
        created_at,
        updated_at: work.now,
        known_by: Vec::new(),
        stands: None,
    });
}

/// Gives the version it makes, unless nothing is to be changed.
fn change(work: &Work<'_>, before: Loaded, profile: Profile, writes: &mut Writes) -> Option<i64> {
    let changes = profile::changes(&before.stored.profile, &profile);
    if changes.is_empty() {
        return None;
    }
    let id = before.stored.id;
    let (had, has) = (batch::identities_of(&before.stored.profile), batch::identities_of(&profile));
    let is_own = |key: &Key| before.identities.iter().any(|identity| identity.key() == *key);
    let gone =
        had.iter().filter(|identity| !has.contains(identity)).map(|(kind, spelled)| (kind.clone(), identities::fold_value(kind, spelled)));
    let released: Vec<Key> = gone.filter(is_own).collect();
    let kept: Vec<Identity> = before.identities.iter().filter(|identity| !released.contains(&identity.key())).cloned().collect();
    writes.released.extend(released);
    let come = has.iter().filter(|identity| !had.contains(identity));
    writes.claimed.extend(come.map(|(kind, spelled)| Identity::new(kind, spelled, id, work.now)));
    let version = before.stored.version + 1;
    writes.events.push(Event::CustomerChanged { customer: id, fields: profile::names_of(&changes).into() });
    writes.versions.push((id, version, changes));
    writes.changed.push(Stored { profile, version, updated_at: work.now, known_by: spelled(&kept), ..before.stored });
    Some(version)
}

/// Writes what a customer is known by into the row that searches read, as a version of its own.
pub fn write_known_by(work: &mut Work<'_>, customer: Loaded, changes: Value) -> Result<(), Error> {
    let id = customer.stored.id;
    let version = customer.stored.version + 1;
    let known_by = spelled(&customer.identities);
    store::update(work, &[Stored { version, updated_at: work.now, known_by, ..customer.stored }])?;
    let changes = changes.as_object().cloned().unwrap_or_default();
    history::add_versions(work, &[(id, version, changes)])?;
    work.tell(Event::CustomerChanged { customer: id, fields: ["identities".to_owned()].into() });
    Ok(())
}
