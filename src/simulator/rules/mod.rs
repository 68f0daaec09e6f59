//! What Discord allows: the strictness of the simulator, pure.
//!
//! Every function here takes JSON or plain values (and the time, where it matters) and answers with a value or
//! with the error that Discord would send. No state of the simulated world, no network and no clock, so that
//! each rule can be tested alone and checked against other people's implementations of it.
//!
//! | file | holds |
//! | --- | --- |
//! | [`snowflake`] | ids: parsing, the time inside, making new ones |
//! | [`error`] | error codes, the body of an error, form errors by path |
//! | [`permission`] | who may do what where |
//! | [`emoji`] | which emoji a reaction or a button may carry, and when two are the same |
//! | [`field`] | reading typed fields out of a form |
//! | [`message`] | every body that writes a message; [`embed`], [`mention`], [`component`], `select`, `layout` are its parts |
//! | [`callback`], [`modal`] | first answers to interactions, and forms |
//! | [`command`], [`option`] | what may be registered, and what a member may submit to it |
//! | [`ratelimit`] | buckets, headers, 429s |
//!
//! Text is counted in Unicode scalar values, as the other implementations of these limits count; what Discord
//! counts is not documented. Where the documentation and Discord's OpenAPI description disagree, the
//! documentation wins, as the description itself asks. Codes inside a form error are Discord's where they are
//! known from its documentation and from what users report; a few had to be named after their neighbours.

pub mod callback;
pub mod command;
pub mod component;
pub mod embed;
pub mod emoji;
mod emoji_table;
pub mod error;
pub mod field;
mod layout;
pub mod mention;
pub mod message;
pub mod modal;
pub mod option;
pub mod permission;
pub mod ratelimit;
mod select;
pub mod snowflake;
