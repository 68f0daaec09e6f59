//! Wiring: builds every room from a [`crate::config`], owns start and orderly stop.
//!
//! | file | what it does |
//! | --- | --- |
//! | [`run`] | the bot in this process |
//! | [`play`] | the bot and a Discord on loopback, with a page to try it in a browser |
//! | [`doctor`] | what does not work, and what to do about it |
//! | `stock` | catalog and voter rules, as the store has them |
//! | `operator` | the socket through which the terminal reaches a running bot |
//! | `metrics` | `/metrics` |
//! | [`signal`] | Ctrl-C and SIGTERM |

pub mod doctor;
mod metrics;
mod operator;
pub mod play;
pub mod run;
pub mod signal;
mod stock;
