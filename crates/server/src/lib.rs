//! Regulars: the domains, one slice each, the HTTP server and the worker. Slices call only earlier ones; the order stands
//! in ARCHITECTURE.md.

pub mod access;
pub mod app;
pub mod catalogue;
mod conditions;
pub mod config;
pub mod duplicates;
pub mod error;
pub mod events;
pub mod http;
pub mod ids;
pub mod mailer;
mod network;
pub mod personal;
mod reactions;
pub mod serve;
pub mod telemetry;
pub mod time;
pub mod work;
pub mod worker;

pub mod activities;
pub mod admin;
pub mod audit;
pub mod automation;
pub mod bulk;
pub mod companies;
pub mod consents;
pub mod customers;
pub mod dashboard;
pub mod deletions;
pub mod exports;
pub mod identities;
pub mod jobs;
pub mod links;
pub mod mail;
pub mod merging;
pub mod rollups;
pub mod segments;
pub mod settings;
pub mod subscriptions;
pub mod timeline;
pub mod transfer;
pub mod views;
pub mod webhooks;
