//! Tiebreaker: "A or B, which one should we ship with?", answered in a chat.
//!
//! The rooms, from the top of the house down. Arrows point down only; `tests/it/architecture.rs` reads the
//! sources and fails on an import that points up.
//!
//! | room | what lives there |
//! | --- | --- |
//! | [`cli`] | the terminal: one file a command |
//! | [`app`] | wiring: builds everything, owns start and orderly stop |
//! | [`config`], [`telemetry`] | environment to typed settings; logs and metric names |
//! | [`discord`] | everything that names serenity or poise |
//! | [`jobs`] | due work, run once per key |
//! | [`playground`] | the page a person uses to talk to the bot on the simulator |
//! | [`simulator`] | a Discord on loopback; knows nothing of the bot |
//! | [`service`] | one use case a file; owns the ports it needs |
//! | [`card`] | our own card type and Discord's limits |
//! | [`text`] | a key and its arguments in, words in a language out |
//! | [`catalog`] | data files, names, the search index, the decision |
//! | [`store`] | what is kept, and the promise with which it is kept |
//! | [`domain`] | the rules, pure: no clock, no I/O, no Discord |
//! | [`error`] | user errors as data |

pub mod app;
pub mod card;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod discord;
pub mod domain;
pub mod error;
pub mod jobs;
pub mod playground;
pub mod service;
pub mod simulator;
pub mod store;
pub mod telemetry;
pub mod text;
