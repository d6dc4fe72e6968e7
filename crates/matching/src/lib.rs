//! Finding customers who are one person. Pure: it opens no database and reads no clock.

pub mod base;
pub mod blocks;
pub mod clusters;
pub mod compare;
pub mod describe;
pub mod field;
pub mod learn;
pub mod matchers;
pub mod model;
pub mod normalise;
pub mod phonetics;
pub mod rules;
pub mod search;
pub mod similarity;
pub mod traits;
pub mod transformers;
