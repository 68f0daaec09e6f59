//! One use case a file. Returns domain values; knows no card, no language and no Discord. May use `domain`, `catalog`
//! and `store`, and owns the ports through which it reaches the outside.
//!
//! | file | use case |
//! | --- | --- |
//! | [`access`], [`remote`] | how a command reaches the votes: by the socket of a running bot, or by the store |
//! | [`ask`] | a comparison asked in a server |
//! | [`cards`] | which messages are cards of ours |
//! | [`compare`], [`names`], [`top`] | tools side by side, one tool; which tools are meant; the leaderboard |
//! | [`desk`] | what an operator asks: figures, import, export, check, recount, forget |
//! | [`doctor`] | what does not work, as data |
//! | [`import`], [`export`], [`restore`] | what somebody's files change in the operator's catalog; everything out; snapshots back |
//! | [`moderate`] | what moderators do with their server's catalog, with history and undo |
//! | [`ports`] | what the outside must give: who reacted, the time |
//! | [`recount`] | making the marks of a card equal to Discord's lists |
//! | [`servers`] | servers that come, leave and return |
//! | [`vote`] | from reactions in their order to marks that are durable |
//! | [`voters`] | who voted, without saying who; whose marks are held back |

pub mod access;
pub mod ask;
pub mod cards;
pub mod compare;
pub mod desk;
pub mod doctor;
pub mod export;
pub mod import;
pub mod moderate;
pub mod names;
pub mod ports;
pub mod quiet;
pub mod recount;
pub mod remote;
pub mod restore;
pub mod servers;
pub mod top;
pub mod vote;
pub mod voters;
