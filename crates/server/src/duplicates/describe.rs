//! From a customer to what he is compared by: his traits, and the keys by which he meets others.

use super::store::Indexed;
use crate::customers::Profile;
use crate::ids::CustomerId;
use crate::settings::{DuplicateSettings, MergingSettings};
use matching::blocks::{Key, Marks};
use matching::describe::{Stored, describe};
use matching::field::EXTRAS_MAX;
use matching::rules::{Keys, Rule};
use matching::traits::Seen;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Moves on when traits or keys are made in another way: everybody is described anew.
const MAKE: u32 = 2;

/// Kinds of keys: of the traits; of a rule, exact and by sound.
pub const BY_TRAITS: i64 = 0;
pub const BY_RULE: i64 = 1;
pub const BY_SOUND: i64 = 2;

/// What traits are made of, custom fields aside.
const IN_TRAITS: [&str; 8] = ["firstname", "lastname", "birthDate", "email", "phone", "street", "zip", "city"];

/// A key with its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Met {
    pub kind: i64,
    pub key: Key,
}

const MET_BYTES: usize = 17;

/// A customer made ready to be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    pub customer: CustomerId,
    pub version: i64,
    pub traits: Vec<u8>,
    pub keys: Vec<Met>,
}

impl Described {
    /// As it is stored.
    pub fn indexed(&self, basis: i64) -> Indexed {
        Indexed { customer: self.customer, version: self.version, basis, traits: self.traits.clone(), keys: self.encoded_keys() }
    }

    pub fn encoded_keys(&self) -> Vec<u8> {
        let bytes = |met: &Met| [&[met.kind as u8][..], &met.key.key.to_le_bytes(), &met.key.sub.to_le_bytes()].concat();
        self.keys.iter().flat_map(bytes).collect()
    }
}

pub fn decode_keys(bytes: &[u8]) -> Vec<Met> {
    let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let met = |bytes: &[u8]| Met { kind: i64::from(bytes[0]), key: Key { key: number(&bytes[1..9]), sub: number(&bytes[9..17]) } };
    bytes.chunks_exact(MET_BYTES).map(met).collect()
}

/// How customers are described under the settings of now.
#[derive(Debug, Clone)]
pub struct Describer {
    pub settings: DuplicateSettings,
    merging: MergingSettings,
    /// Says under which settings something was made.
    pub basis: i64,
}

impl Describer {
    pub fn new(settings: &DuplicateSettings, merging: &MergingSettings) -> Describer {
        let made_by = json!([MAKE, settings.scores.enabled, settings.scores.fields, settings.rules, merging.blocked_values]);
        let hash = Sha256::digest(made_by.to_string().as_bytes());
        let basis = i64::from_le_bytes(hash[..8].try_into().expect("a hash has more than eight bytes"));
        Describer { settings: settings.clone(), merging: merging.clone(), basis }
    }

    /// Nothing for customers who are not compared: drafts, and those who are not active.
    pub fn describe(&self, customer: CustomerId, version: i64, profile: &Profile) -> Option<Described> {
        if !profile.published || !profile.active {
            return None;
        }
        let traits = self.traits(profile);
        let marks = Marks::new(&Seen::decode(&traits)?);
        let is_scored = self.settings.scores.enabled;
        let mut keys: Vec<Met> = marks.keys().into_iter().filter(|_| is_scored).map(|key| Met { kind: BY_TRAITS, key }).collect();
        for rule in &self.settings.rules {
            if let Some(found) = self.keys(rule, profile) {
                keys.push(met(BY_RULE, &rule.name, "", &found.exact));
                let sounds = [("soundex", &found.soundex), ("metaphone", &found.metaphone)];
                keys.extend(sounds.into_iter().filter_map(|(way, sound)| Some(met(BY_SOUND, &rule.name, way, sound.as_ref()?))));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Some(Described { customer, version, traits, keys })
    }

    fn traits(&self, profile: &Profile) -> Vec<u8> {
        let open = |value: &'_ Option<String>| value.clone().filter(|value| !self.merging.blocks(value)).unwrap_or_default();
        let extras: Vec<String> = self.settings.scores.fields.iter().map(|name| value(profile, name).unwrap_or_default()).collect();
        let mut places = [""; EXTRAS_MAX];
        places.iter_mut().zip(&extras).for_each(|(place, extra)| *place = extra);
        let (first, last, email, phone) = (open(&profile.firstname), open(&profile.lastname), open(&profile.email), open(&profile.phone));
        let (street, zip, city) = (open(&profile.street), open(&profile.zip), open(&profile.city));
        let stored = Stored {
            firstname: &first,
            lastname: &last,
            birth_date: profile.birth_date.as_deref().unwrap_or_default(),
            email: &email,
            phone: &phone,
            street: &street,
            zip: &zip,
            city: &city,
            country: profile.country_code.as_deref().unwrap_or_default(),
            extras: places,
        };
        describe(&stored).encode()
    }

    /// The values that rules compare and the model does not, as one text; nothing where no rule compares such.
    pub fn beside(&self, profile: &Profile) -> Option<String> {
        let is_beside = |name: &&str| !IN_TRAITS.contains(name) && !self.settings.scores.fields.iter().any(|field| field == name);
        let names: BTreeSet<&str> =
            self.settings.rules.iter().flat_map(|rule| &rule.fields).map(|field| field.field.as_str()).filter(is_beside).collect();
        let said = |name: &&str| json!([name, value(profile, name)]);
        (!names.is_empty()).then(|| json!(names.iter().map(said).collect::<Vec<_>>()).to_string())
    }

    /// What a customer is found by under a rule.
    pub fn keys(&self, rule: &Rule, profile: &Profile) -> Option<Keys> {
        rule.keys(&|name| value(profile, name).filter(|value| !value.trim().is_empty() && !self.merging.blocks(value)))
    }
}

fn value(profile: &Profile, name: &str) -> Option<String> {
    match profile.get(name) {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    }
}

fn met(kind: i64, rule: &str, way: &str, value: &str) -> Met {
    let hash = Sha256::digest([rule, way, value].join("\u{1}").as_bytes());
    let number = |part: &[u8]| i64::from_le_bytes(part.try_into().expect("eight bytes"));
    Met { kind, key: Key { key: number(&hash[..8]), sub: number(&hash[8..16]) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_their_bytes() {
        let keys = vec![Met { kind: 2, key: Key { key: i64::MIN, sub: 7 } }, Met { kind: 0, key: Key { key: -1, sub: i64::MAX } }];
        let described = Described { customer: CustomerId(1), version: 1, traits: Vec::new(), keys: keys.clone() };
        assert_eq!(decode_keys(&described.encoded_keys()), keys);
    }
}
