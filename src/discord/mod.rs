//! Everything that names serenity or poise, and all talk with Discord. May use `service` and `card`.
//!
//! | file | what it does |
//! | --- | --- |
//! | [`emoji`] | the two emoji that are votes |
//! | [`outbox`] | background work, a lane a channel |
//! | [`rest`] | calls to Discord's REST API, within its limits |

pub mod emoji;
pub mod outbox;
pub mod rest;
