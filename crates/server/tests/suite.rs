//! Stories told to a running instance, on each database. One binary, one module per slice.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod suite {
    mod access;
    mod activities;
    mod admin;
    mod automation;
    mod conditions;
    mod customer_lists;
    mod customers;
    mod dashboard;
    mod fields;
    mod http;
    mod identities;
    mod jobs;
    mod mail;
    mod save_pipeline;
    mod segments;
    mod settings;
    mod timeline;
    mod transfer;
}
