//! Everything that names serenity or poise, and all talk with Discord. May use `service` and `card`.
//!
//! | file | what it does |
//! | --- | --- |
//! | [`asker`] | who asks, where, in which language |
//! | [`custom_id`] | what a button, menu or form carries |
//! | [`emoji`] | the two emoji that are votes |
//! | [`outbox`] | background work, a lane a channel |
//! | [`permissions`] | who may do what |
//! | [`register`] | commands, only when they differ |
//! | [`render`] | cards as the JSON that Discord takes |
//! | [`rest`] | calls to Discord's REST API, within its limits |

pub mod asker;
pub mod custom_id;
pub mod emoji;
pub mod outbox;
pub mod permissions;
pub mod register;
pub mod render;
pub mod rest;
