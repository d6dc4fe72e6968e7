//! One canonical form for each kind of value, so that equal things are equal bytes. Empty means: there is nothing to compare.

pub mod date;
pub mod email;
pub mod name;
pub mod phone;
pub mod street;
pub mod text;
pub mod zip;
