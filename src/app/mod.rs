//! Wiring: builds every room from a [`crate::config`], owns start and orderly stop.
//!
//! | file | what it does |
//! | --- | --- |
//! | [`run`] | the bot in this process |
//! | [`play`] | the bot and a Discord on loopback, with a page to try it in a browser |
//! | `stock` | catalog and voter rules, as the store has them |
//! | `operator` | the socket through which the terminal reaches a running bot |
//! | `metrics` | `/metrics` |
//! | [`signal`] | Ctrl-C and SIGTERM |

mod metrics;
mod operator;
pub mod play;
pub mod run;
pub mod signal;
mod stock;
