//! Stories told to a running instance, on each database. One binary, one module per slice.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod suite {
    mod access;
    mod activities;
    mod admin;
    mod automation;
    mod customers;
    mod dashboard;
    mod http;
    mod jobs;
    mod mail;
    mod segments;
    mod timeline;
    mod transfer;
}
