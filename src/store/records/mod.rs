//! What is kept: every kind of record, whose it is, and when it goes.
//!
//! | record | owner | goes |
//! | --- | --- | --- |
//! | [`MarksRecord`] (marks of a member for a tool, by hash) | member | taken back; erased by the member; with the server; 30 days after its tool was removed |
//! | [`Card`] | server | when frozen and its last mark is gone; with the server; 30 days after its tool was removed |
//! | tally (derived from marks) | server | with the marks |
//! | [`Erasure`] (hash and time) | member | never alone: it keeps a recount from bringing marks back; with the server |
//! | [`Blocked`] (hash) | server | unblocked; with the server |
//! | [`Server`] | server | 14 days after the server removed the bot |
//! | [`Purged`] (server id and time) | operator | never: it is applied again after a restore of an older snapshot |
//! | [`SettingsRecord`] | server | with the server |
//! | [`CatalogRecord`], [`HistoryRecord`] of a server | server | with the server; a moderator's id on their erasure |
//! | [`CatalogRecord`], [`HistoryRecord`] of the operator | operator | when the operator removes them |
//! | [`Subscriber`] (raw user id) | member | unsubscribed; erased; with the server |
//! | [`DayTallies`] | server | after [`DayTallies::KEPT_DAYS`] days; with the server |
//! | [`ComparisonCount`] | server | after [`ComparisonCount::KEPT_WEEKS`] weeks; with the server |
//! | [`Wanted`] | server | dismissed; the least recently wanted above [`Wanted::MOST`]; with the server |
//! | [`RefusedChannel`] | server | when the channel takes a message again; after [`RefusedChannel::KEPT_DAYS`] days; with the server |
//! | [`JobMark`] | operator | after [`JobMark::KEPT_DAYS`] days |
//! | [`Rename`] | operator | never: cards posted under the old id may still come in |
//! | [`Meta`] | operator | with the store |

mod cards;
mod counts;
mod members;
mod operator;
mod servers;

use serde::{Deserialize, Serialize};

pub use self::{
    cards::{Card, CardKind},
    counts::{ComparisonCount, DayTallies, Wanted, Week},
    members::{Blocked, Erasure, MarksRecord, Subscriber},
    operator::{CatalogRecord, HistoryRecord, JobMark, Meta, Purged, Rename},
    servers::{
        DigestPeriod, DigestSettings, QuietSettings, Refusal, RefusedChannel, Server, ServerSettings,
        SettingsRecord, VoterRules,
    },
};

/// One record, as an export holds it: one line of JSON each. What can be derived from these (tallies, indexes) is not
/// exported but made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// A card.
    Card(Card),
    /// The marks of a member for a tool.
    Marks(MarksRecord),
    /// A member's erasure.
    Erasure(Erasure),
    /// A blocked member.
    Blocked(Blocked),
    /// A server.
    Server(Server),
    /// A purged server.
    Purged(Purged),
    /// Settings of a server.
    Settings(SettingsRecord),
    /// A tool, review or reviewer of a catalog.
    Catalog(CatalogRecord),
    /// An entry of a catalog's history.
    History(HistoryRecord),
    /// A digest subscriber.
    Subscriber(Subscriber),
    /// Tallies of a day.
    Day(DayTallies),
    /// How often a pair was compared.
    Comparison(ComparisonCount),
    /// A wanted name.
    Wanted(Wanted),
    /// A channel that refused us.
    RefusedChannel(RefusedChannel),
    /// A job that was done.
    Job(JobMark),
    /// A tool's new id.
    Rename(Rename),
}

impl Record {
    /// Its kind, as in the export.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Card(_) => "card",
            Self::Marks(_) => "marks",
            Self::Erasure(_) => "erasure",
            Self::Blocked(_) => "blocked",
            Self::Server(_) => "server",
            Self::Purged(_) => "purged",
            Self::Settings(_) => "settings",
            Self::Catalog(_) => "catalog",
            Self::History(_) => "history",
            Self::Subscriber(_) => "subscriber",
            Self::Day(_) => "day",
            Self::Comparison(_) => "comparison",
            Self::Wanted(_) => "wanted",
            Self::RefusedChannel(_) => "refused_channel",
            Self::Job(_) => "job",
            Self::Rename(_) => "rename",
        }
    }
}
