//! One use case a file. Returns domain values; knows no card, no language and no Discord. May use `domain`, `catalog`
//! and `store`, and owns the ports through which it reaches the outside.
//!
//! | file | use case |
//! | --- | --- |
//! | [`cards`] | which messages are cards of ours |
//! | [`ports`] | what the outside must give: who reacted, the time |
//! | [`recount`] | making the marks of a card equal to Discord's lists |
//! | [`servers`] | servers that come, leave and return |
//! | [`vote`] | from reactions in their order to marks that are durable |
//! | [`voters`] | who voted, without saying who; whose marks are held back |

pub mod cards;
pub mod ports;
pub mod quiet;
pub mod recount;
pub mod servers;
pub mod vote;
pub mod voters;
