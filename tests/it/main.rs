//! The one integration-test binary (one link step instead of many). One module per subject.
// Clippy lets tests unwrap, but not the functions that tests share.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod architecture;
mod bot;
mod cards;
mod catalog_data;
mod clients;
mod data_schema;
mod docs;
mod doctor;
mod import;
mod moderation;
mod openapi;
mod oracle;
mod page;
mod playground;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod remote;
mod rest;
mod scene;
mod simulator;
mod store_contract;
mod store_durability;
mod terminal;
mod texts;
mod votes_live;
mod votes_model;
mod votes_quiet;
