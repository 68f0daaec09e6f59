//! Everything that names serenity or poise, and all talk with Discord. May use `service` and `card`.
//!
//! | file | what it does |
//! | --- | --- |
//! | `adopt` | cards that nobody registered |
//! | [`asker`] | who asks, where, in which language |
//! | [`bot`] | what every handler shares |
//! | [`card_mark`] | the mark by which a card says its tool |
//! | [`commands`] | the slash commands, one file each |
//! | [`components`] | buttons, menus and forms |
//! | [`custom_id`] | what a button, menu or form carries |
//! | [`doctor`] | what Discord says of us: token, gateway, commands, permissions |
//! | [`drafts`] | what was typed and could not be used yet |
//! | [`emoji`] | the two emoji that are votes |
//! | [`forms`] | forms as they come back, and what travels with them |
//! | [`gateway`] | sessions, and where each event goes |
//! | [`guilds`] | what the gateway tells of servers and channels |
//! | [`mentions`] | questions in messages |
//! | [`moderators`] | who is one, and what they are told |
//! | [`outbox`] | background work, a lane a channel |
//! | [`permissions`] | who may do what |
//! | [`post`] | posting cards: build, post, register, seed |
//! | [`reactions`] | the ordered stream of reactions |
//! | [`recount`] | which card is compared with Discord's lists, and when |
//! | [`refresh`] | the newest score on cards |
//! | [`register`] | commands, only when they differ |
//! | [`render`] | cards as the JSON that Discord takes |
//! | [`reply`] | answering people |
//! | [`rest`] | calls to Discord's REST API, within its limits |
//! | `seen` | which questions were taken on already |
//! | [`shards`] | the connections to the gateway |
//! | [`voting`] | all that votes need, wired |

mod adopt;
pub mod asker;
pub mod bot;
pub mod card_mark;
pub mod commands;
pub mod components;
pub mod custom_id;
pub mod doctor;
pub mod drafts;
pub mod emoji;
pub mod forms;
pub mod gateway;
pub mod guilds;
pub mod mentions;
pub mod moderators;
pub mod outbox;
pub mod permissions;
pub mod post;
pub mod reactions;
pub mod recount;
pub mod refresh;
pub mod register;
pub mod render;
pub mod reply;
pub mod rest;
mod seen;
pub mod shards;
pub mod voting;
