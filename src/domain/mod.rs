//! The rules, pure: no clock, no I/O, no Discord. Time and ids come in as arguments. May use `error`.
//!
//! | file | rule |
//! | --- | --- |
//! | [`ids`] | newtypes, so that a tool's id cannot be passed as a member's |
//! | [`time`] | points in time and days |
//! | [`tool`] | a tool and its entry price |
//! | [`review`] | reviewers and their verdicts |
//! | [`score`] | panel and community score, whole percents, the order of a leaderboard |
//! | [`posterior`] | how probable it is that one ship rate is above the others |
//! | [`call`] | the call: panel and community, and whether they agree |
//! | [`split`] | who would ship which |
//! | [`pricing`] | what it costs to start, and how old that knowledge is |
//! | [`compare`] | one tool, and two to four tools side by side |
//! | [`marks`] | from the marks that stand to the ballot that counts |
//! | [`change`] | what was changed in a catalog, and how it is taken back |

pub mod call;
pub mod change;
pub mod compare;
pub mod ids;
pub mod marks;
pub mod posterior;
pub mod pricing;
pub mod review;
pub mod score;
pub mod split;
pub mod time;
pub mod tool;
