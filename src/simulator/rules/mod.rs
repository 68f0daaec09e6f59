//! What Discord allows: the strictness of the simulator, pure.
//!
//! Every function here takes JSON or plain values (and the time, where it matters) and answers with a value or
//! with the error that Discord would send. No state of the simulated world, no network and no clock, so that
//! each rule can be tested alone and checked against other people's implementations of it.

pub mod emoji;
mod emoji_table;
pub mod error;
pub mod permission;
pub mod snowflake;
