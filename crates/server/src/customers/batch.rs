//! The decision about a batch of drafts: which customers they make or change, and why some are refused. Drafts are taken
//! in order, and one may build on what an earlier one did. Pure: what it would have to know from the database and was not
//! told is given back as missing, to be looked up before the batch is decided anew.

use super::model::{Draft, Refusal, SaveOptions};
use super::profile::Profile;
use super::store::Stored;
use super::{patch, steps};
use crate::companies;
use crate::error::Problem;
use crate::identities::{self, EMAIL, Identity, Key, PHONE, TOKEN};
use crate::ids::{CompanyId, CustomerId};
use crate::settings::{Fields, Settings};
use crate::time::Instant;
use std::collections::{BTreeSet, HashMap};

/// Whom a draft is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    New,
    /// This customer, in this version if one is named.
    Existing(CustomerId, Option<i64>),
    /// Whoever is known by its external ids, else by its mail address; somebody new if nobody is.
    Known,
}

pub struct Wish<'w> {
    pub target: Target,
    pub draft: &'w Draft,
}

/// A customer as the database has him.
pub struct Loaded {
    pub stored: Stored,
    pub identities: Vec<Identity>,
}

/// What a batch is decided by.
pub struct Rules<'r> {
    pub settings: &'r Settings,
    pub fields: &'r Fields,
    pub options: SaveOptions,
}

/// Which combination of the duplicate check, and the folded values in it.
pub type TwinKey = (usize, Vec<String>);

/// What was looked up so far.
#[derive(Default)]
pub struct Known {
    pub owners: HashMap<Key, Option<CustomerId>>,
    pub twins: HashMap<TwinKey, Vec<CustomerId>>,
    /// Companies, and whether there are such.
    pub companies: HashMap<CompanyId, bool>,
    pub customers: HashMap<CustomerId, Loaded>,
}

/// What has to be looked up before the batch can be decided.
#[derive(Default)]
pub struct Missing {
    pub owners: BTreeSet<Key>,
    pub twins: BTreeSet<TwinKey>,
    pub companies: BTreeSet<CompanyId>,
}

impl Missing {
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty() && self.twins.is_empty() && self.companies.is_empty()
    }
}

/// A customer of the batch as the drafts so far would have him.
pub struct Slot {
    pub id: Option<CustomerId>,
    pub profile: Profile,
    pub token: Option<String>,
    pub created_at: Option<Instant>,
}

/// For each draft the place of its customer among the slots and whether it made him, or why not.
pub struct Decision {
    pub slots: Vec<Slot>,
    pub outcomes: Vec<Result<(usize, bool), Refusal>>,
    pub missing: Missing,
}

pub fn decide(rules: &Rules<'_>, wishes: &[Wish<'_>], known: &Known) -> Decision {
    let mut batch = Batch {
        rules,
        known,
        slots: Vec::new(),
        by_id: HashMap::new(),
        claims: HashMap::new(),
        twins: HashMap::new(),
        missing: Missing::default(),
    };
    let outcomes = wishes.iter().map(|wish| batch.take(wish)).collect();
    Decision { slots: batch.slots, outcomes, missing: batch.missing }
}

/// What must be unique in a profile: kind, value as spelled, and the path to it. A phone may be shared by a household and
/// is not among it.
pub fn unique_identities(profile: &Profile) -> Vec<(String, String, String)> {
    let email = profile.email.iter().map(|email| (EMAIL.to_owned(), email.clone(), "/email".to_owned()));
    let external = profile.external_ids.iter();
    let external = external.map(|(system, id)| (identities::external(system), id.clone(), format!("/externalIds/{system}")));
    external.chain(email).collect()
}

/// All a profile makes its customer known by: kind and value as spelled.
pub fn identities_of(profile: &Profile) -> Vec<(String, String)> {
    let unique = unique_identities(profile).into_iter().map(|(kind, spelled, _)| (kind, spelled));
    unique.chain(profile.phone.iter().map(|phone| (PHONE.to_owned(), phone.clone()))).collect()
}

/// What a draft whose customer is to be found may be known by, the strongest first.
pub fn keys_of_draft(rules: &Rules<'_>, draft: &Draft) -> Vec<Key> {
    let mut named = Profile::default();
    let only = |name: &&String| ["email", "externalIds"].contains(&name.as_str());
    let values = draft.values.iter().filter(|(name, _)| only(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    // What is wrong with them is told when the draft is decided.
    drop(patch::apply(&mut named, &values, rules.fields));
    if rules.options.save_steps {
        steps::run(rules.settings, rules.fields, None, &mut named);
    }
    unique_identities(&named).into_iter().map(|(kind, spelled, _)| key(&kind, &spelled)).collect()
}

fn key(kind: &str, spelled: &str) -> Key {
    (kind.to_owned(), identities::fold_value(kind, spelled))
}

struct Batch<'b> {
    rules: &'b Rules<'b>,
    known: &'b Known,
    slots: Vec<Slot>,
    by_id: HashMap<CustomerId, usize>,
    claims: HashMap<Key, usize>,
    twins: HashMap<TwinKey, usize>,
    missing: Missing,
}

/// A customer, in this batch or outside of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Someone {
    Slot(usize),
    Stored(CustomerId),
}

impl Batch<'_> {
    fn take(&mut self, wish: &Wish<'_>) -> Result<(usize, bool), Refusal> {
        let place = self.place(wish)?;
        let before = place.map(|place| self.slots[place].profile.clone());
        let mut profile = before.clone().unwrap_or_default();
        let problems = patch::apply(&mut profile, &wish.draft.values, self.rules.fields);
        if !problems.is_empty() {
            return Err(Refusal::Invalid(problems));
        }
        if self.rules.options.save_steps {
            steps::run(self.rules.settings, self.rules.fields, before.as_ref(), &mut profile);
        }
        self.check_email(before.as_ref(), &profile)?;
        self.check_company(before.as_ref(), &profile)?;
        self.check_required(before.as_ref(), &profile)?;
        let token = wish.draft.token.as_ref().filter(|_| place.is_none());
        let claimed = self.check_identities(place, &profile, token)?;
        let twin_keys = self.check_twins(place, &profile)?;
        let created = place.is_none();
        let place = place.unwrap_or_else(|| {
            self.slots.push(Slot { id: None, profile: Profile::default(), token: token.cloned(), created_at: wish.draft.created_at });
            self.slots.len() - 1
        });
        self.slots[place].profile = profile;
        self.claims.extend(claimed.into_iter().map(|key| (key, place)));
        self.twins.extend(twin_keys.into_iter().map(|key| (key, place)));
        Ok((place, created))
    }

    /// The slot a draft is about; nothing when it makes a new customer.
    fn place(&mut self, wish: &Wish<'_>) -> Result<Option<usize>, Refusal> {
        match wish.target {
            Target::New => Ok(None),
            Target::Existing(id, version) => {
                let loaded = self.known.customers.get(&id).ok_or(Refusal::Missing)?;
                if version.is_some_and(|version| version != loaded.stored.version) {
                    return Err(Refusal::Changed);
                }
                Ok(Some(self.slot_of(id, loaded)))
            }
            Target::Known => {
                for key in keys_of_draft(self.rules, wish.draft) {
                    match self.owner(&key) {
                        Some(Someone::Slot(place)) => return Ok(Some(place)),
                        Some(Someone::Stored(id)) => {
                            if let Some(loaded) = self.known.customers.get(&id) {
                                return Ok(Some(self.slot_of(id, loaded)));
                            }
                        }
                        None => {}
                    }
                }
                Ok(None)
            }
        }
    }

    fn slot_of(&mut self, id: CustomerId, loaded: &Loaded) -> usize {
        *self.by_id.entry(id).or_insert_with(|| {
            self.slots.push(Slot { id: Some(id), profile: loaded.stored.profile.clone(), token: None, created_at: None });
            self.slots.len() - 1
        })
    }

    fn owner(&mut self, key: &Key) -> Option<Someone> {
        if let Some(place) = self.claims.get(key) {
            return Some(Someone::Slot(*place));
        }
        match self.known.owners.get(key) {
            Some(owner) => owner.map(|id| self.by_id.get(&id).map_or(Someone::Stored(id), |place| Someone::Slot(*place))),
            None => {
                self.missing.owners.insert(key.clone());
                None
            }
        }
    }

    fn id_of(&self, someone: Someone) -> Option<CustomerId> {
        match someone {
            Someone::Slot(place) => self.slots[place].id,
            Someone::Stored(id) => Some(id),
        }
    }

    fn check_email(&self, before: Option<&Profile>, profile: &Profile) -> Result<(), Refusal> {
        let is_new = before.is_none_or(|before| before.email != profile.email);
        match &profile.email {
            Some(email) if is_new && !steps::has_shape(email) => {
                Err(Refusal::Invalid(vec![Problem::new("/email", "invalid", "this is not a mail address")]))
            }
            _ => Ok(()),
        }
    }

    fn check_company(&mut self, before: Option<&Profile>, profile: &Profile) -> Result<(), Refusal> {
        let Some(company) = profile.company_id.filter(|_| before.is_none_or(|before| before.company_id != profile.company_id)) else {
            return Ok(());
        };
        match self.known.companies.get(&company) {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::Invalid(vec![companies::unknown(company)])),
            None => {
                self.missing.companies.insert(company);
                Ok(())
            }
        }
    }

    /// Demanded of whoever is published when he comes, and of everybody afterwards.
    fn check_required(&self, before: Option<&Profile>, profile: &Profile) -> Result<(), Refusal> {
        let combinations = &self.rules.settings.save_pipeline.required_fields;
        let is_held_to_it = self.rules.options.validator && (before.is_some() || profile.published);
        if !is_held_to_it || steps::has_required(combinations, profile) {
            return Ok(());
        }
        let wanted = combinations.iter().map(|combination| combination.join(" and ")).collect::<Vec<_>>().join(", or ");
        let first_missing =
            |combination: &Vec<String>| combination.iter().find(|name| profile.get(name).is_null()).map(|name| self.pointer(name));
        let problem = |path| Problem::new(path, "required", format!("this is needed: {wanted}"));
        let paths: BTreeSet<String> = combinations.iter().filter_map(first_missing).collect();
        Err(Refusal::Invalid(paths.into_iter().map(problem).collect()))
    }

    fn pointer(&self, name: &str) -> String {
        if self.rules.fields.get(name).is_some() { format!("/fields/{name}") } else { format!("/{name}") }
    }

    /// The identities the customer will have; refused when one of them is somebody else's.
    fn check_identities(&mut self, place: Option<usize>, profile: &Profile, token: Option<&String>) -> Result<Vec<Key>, Refusal> {
        let mut wanted = unique_identities(profile);
        wanted.extend(token.map(|token| (TOKEN.to_owned(), token.clone(), "/token".to_owned())));
        let mut keys = Vec::with_capacity(wanted.len());
        for (kind, spelled, path) in wanted {
            let key = key(&kind, &spelled);
            if let Some(owner) = self.owner(&key)
                && Some(owner) != place.map(Someone::Slot)
            {
                let code = if kind == EMAIL { "duplicate_email" } else { "duplicate_identity" };
                let message = format!("another customer has the {} {spelled}", if kind == EMAIL { "mail address" } else { &kind });
                return Err(Refusal::Duplicate { code, problems: vec![Problem::new(path, code, message)], existing: self.id_of(owner) });
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// The keys under which this customer will be found as a duplicate; refused when somebody is found under one of them.
    /// The first combination that finds someone decides, and one with an empty value finds nobody.
    fn check_twins(&mut self, place: Option<usize>, profile: &Profile) -> Result<Vec<TwinKey>, Refusal> {
        let check = &self.rules.settings.save_pipeline.duplicate_check;
        if !check.enabled || !profile.active || !profile.published {
            return Ok(Vec::new());
        }
        let mut keys = Vec::new();
        for (number, combination) in check.combinations.iter().enumerate() {
            let values: Option<Vec<String>> = combination.iter().map(|name| profile.get(name).as_str().map(sql::fold)).collect();
            let Some(values) = values else { continue };
            let key = (number, values);
            if self.rules.options.duplicate_check
                && let Some(twin) = self.twin(place, &key)
            {
                let code = "duplicate_customer";
                let message = format!("another customer has the same {}", combination.join(" and "));
                let problems = combination.iter().map(|name| Problem::new(self.pointer(name), code, message.clone())).collect();
                return Err(Refusal::Duplicate { code, problems, existing: self.id_of(twin) });
            }
            keys.push(key);
        }
        Ok(keys)
    }

    fn twin(&mut self, place: Option<usize>, key: &TwinKey) -> Option<Someone> {
        let own = place.and_then(|place| self.slots[place].id);
        let Some(stored) = self.known.twins.get(key) else {
            self.missing.twins.insert(key.clone());
            return None;
        };
        let other = stored.iter().find(|id| Some(**id) != own).map(|id| Someone::Stored(*id));
        other.or_else(|| self.twins.get(key).filter(|twin| Some(**twin) != place).map(|twin| Someone::Slot(*twin)))
    }
}
