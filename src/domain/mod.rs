//! The rules, pure: no clock, no I/O, no Discord. Time and ids come in as arguments. May use `error`.
//!
//! | file | rule |
//! | --- | --- |
//! | [`ids`] | newtypes, so that a tool's id cannot be passed as a member's |
//! | [`time`] | points in time and days |
//! | [`tool`] | a tool and its entry price |
//! | [`review`] | reviewers and their verdicts |
//! | [`score`] | panel and community score, whole percents, the order of a leaderboard |
//! | [`marks`] | from the marks that stand to the ballot that counts |
//! | [`change`] | what was changed in a catalog, and how it is taken back |

pub mod change;
pub mod ids;
pub mod marks;
pub mod review;
pub mod score;
pub mod time;
pub mod tool;
