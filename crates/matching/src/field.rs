//! What two customers are compared by, and how well they can agree in each of it.

use serde::{Deserialize, Serialize};

/// Further texts that can be compared beside the built-in ones: custom fields.
pub const EXTRAS_MAX: usize = 4;

/// All fields, the further texts included.
pub const FIELDS: usize = 7 + EXTRAS_MAX;

/// Levels of agreement a field can have at most, the missing one included.
pub const LEVELS_MAX: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    Firstname,
    Lastname,
    BirthDate,
    Street,
    Place,
    Email,
    Phone,
    /// A custom field, by its place in the settings.
    Extra(u8),
}

impl Field {
    pub const BUILT_IN: [Field; 7] =
        [Field::Firstname, Field::Lastname, Field::BirthDate, Field::Street, Field::Place, Field::Email, Field::Phone];

    pub fn all() -> impl Iterator<Item = Field> {
        Field::BUILT_IN.into_iter().chain((0..EXTRAS_MAX as u8).map(Field::Extra))
    }

    pub fn index(self) -> usize {
        match self {
            Field::Firstname => 0,
            Field::Lastname => 1,
            Field::BirthDate => 2,
            Field::Street => 3,
            Field::Place => 4,
            Field::Email => 5,
            Field::Phone => 6,
            Field::Extra(place) => 7 + usize::from(place),
        }
    }

    /// What its levels are called, the best one first. Level 0 is not among them: one of the two has no value.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Field::Firstname => &["same", "variant", "close", "sounds_alike", "swapped", "different"],
            Field::Lastname => &["same", "part", "close", "sounds_alike", "swapped", "different"],
            Field::BirthDate => &["same", "close", "partly", "different"],
            Field::Street => &["same", "close", "same_street", "different"],
            Field::Place => &["same", "same_city", "close", "different"],
            Field::Email => &["same", "same_name", "close", "different"],
            Field::Phone => &["same", "close", "different"],
            Field::Extra(_) => &["same", "close", "different"],
        }
    }

    /// Whether people of one household are expected to share it.
    pub fn is_shared_at_home(self) -> bool {
        match self {
            Field::Lastname | Field::Street | Field::Place | Field::Phone | Field::Email => true,
            Field::Firstname | Field::BirthDate | Field::Extra(_) => false,
        }
    }

    /// Whether somebody who moves has another one afterwards.
    pub fn goes_with_the_home(self) -> bool {
        match self {
            Field::Street | Field::Place => true,
            Field::Firstname | Field::Lastname | Field::BirthDate | Field::Email | Field::Phone | Field::Extra(_) => false,
        }
    }
}

/// The level of every field of a pair, four bits each: 0 where one of the two has no value, 1 for the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Pattern(pub u64);

impl Pattern {
    pub fn level(self, field: Field) -> usize {
        ((self.0 >> (4 * field.index())) & 15) as usize
    }

    #[must_use]
    pub fn with(self, field: Field, level: usize) -> Pattern {
        let shift = 4 * field.index();
        Pattern(self.0 & !(15 << shift) | (level as u64) << shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_place_of_its_own_and_levels_that_fit() {
        let mut pattern = Pattern::default();
        for (place, field) in Field::all().enumerate() {
            assert_eq!(field.index(), place);
            assert!(field.levels().len() < LEVELS_MAX);
            pattern = pattern.with(field, field.levels().len());
        }
        for field in Field::all() {
            assert_eq!(pattern.level(field), field.levels().len());
            assert_eq!(pattern.with(field, 1).level(field), 1);
        }
    }
}
