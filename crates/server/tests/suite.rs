//! Stories told to a running instance, on each database. One binary, one module per slice.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod suite {
    mod activities;
    mod customers;
    mod jobs;
    mod segments;
}
