//! Stories told to a running instance, on each database. One binary, one module per slice.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod suite {
    mod access;
    mod activities;
    mod admin;
    mod audit;
    mod automation;
    mod automation_actions;
    mod automation_journeys;
    mod automation_simulation;
    mod automation_triggers;
    mod builders;
    mod bulk;
    mod bulk_undo;
    mod companies;
    mod conditions;
    mod consents;
    mod customer_lists;
    mod customers;
    mod dashboard;
    mod duplicates;
    mod duplicates_many;
    mod duplicates_search;
    mod exports;
    mod fields;
    mod http;
    mod identities;
    mod jobs;
    mod mail;
    mod mail_bounces;
    mod mail_leaving;
    mod mail_sending;
    mod merging;
    mod merging_changes;
    mod merging_routes;
    mod oidc;
    mod previews;
    mod rollups;
    mod save_pipeline;
    mod second_factor;
    mod segment_definitions;
    mod segment_flips;
    mod segment_groups;
    mod segment_history;
    mod segment_members;
    mod segment_rebuilds;
    mod segment_uses;
    mod segments;
    mod sessions;
    mod settings;
    mod timeline;
    mod transfer;
    mod views;
    mod webhook_deliveries;
    mod webhooks;
}
