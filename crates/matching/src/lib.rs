//! Finding customers who are one person. Pure: it opens no database and reads no clock.

pub mod matchers;
pub mod normalise;
pub mod phonetics;
pub mod rules;
pub mod similarity;
pub mod transformers;
