//! Marks, ballots and tallies.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{MessageId, ServerId, ToolId, VoterHash},
        marks::{Halves, ReactionKind, Seq},
        review::Verdict,
        score::{Everywhere, Tally},
        time::Timestamp,
    },
    store::error::Result,
};

/// A recount that has begun: marks which it finds, on however many cards, share its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recount(pub Seq);

/// The reading of one card's lists that has begun. Events that arrive from here on are not overridden by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReadingId(pub u64);

/// What Discord's lists say of one member on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The member.
    pub voter: VoterHash,
    /// What stands.
    pub halves: Halves,
    /// Hold a mark that is new here until then.
    pub held_until: Option<Timestamp>,
}

/// Something that happened to the marks of one card.
#[derive(Debug, Clone, PartialEq)]
pub enum MarkChange {
    /// A reaction was added. The member is no bot and not ourselves.
    Add {
        /// The card.
        card: MessageId,
        /// The member.
        voter: VoterHash,
        /// Which emoji.
        verdict: Verdict,
        /// Ordinary or super.
        kind: ReactionKind,
        /// Hold the mark until then when it is new (account or membership too young). A blocked member's marks are held
        /// without being told.
        held_until: Option<Timestamp>,
    },
    /// A reaction was taken back.
    Remove {
        /// The card.
        card: MessageId,
        /// The member.
        voter: VoterHash,
        /// Which emoji.
        verdict: Verdict,
        /// Ordinary or super.
        kind: ReactionKind,
    },
    /// All reactions of one emoji were cleared from a card.
    ClearEmoji {
        /// The card.
        card: MessageId,
        /// Which emoji.
        verdict: Verdict,
    },
    /// All reactions were cleared from a card.
    ClearAll {
        /// The card.
        card: MessageId,
    },
    /// The card was deleted or found gone: its marks are frozen.
    Freeze {
        /// The card.
        card: MessageId,
        /// When we learnt it.
        at: Timestamp,
    },
    /// The lists of a card were read in full: its marks become equal to them, except for what happened since the reading
    /// began. Ends the reading.
    Reconcile {
        /// The card.
        card: MessageId,
        /// The recount of which this reading is a part.
        recount: Recount,
        /// From [`MarkStore::begin_reading`] of this card.
        reading: ReadingId,
        /// Everybody on the lists, each member once, without bots and ourselves.
        standing: Vec<Standing>,
    },
}

impl MarkChange {
    /// The card to which it happened.
    #[must_use]
    pub const fn card(&self) -> MessageId {
        match self {
            Self::Add { card, .. }
            | Self::Remove { card, .. }
            | Self::ClearEmoji { card, .. }
            | Self::ClearAll { card }
            | Self::Freeze { card, .. }
            | Self::Reconcile { card, .. } => *card,
        }
    }
}

/// A tally before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyChange {
    /// The server.
    pub server: ServerId,
    /// The tool.
    pub tool: ToolId,
    /// Its tally before.
    pub before: Tally,
    /// Its tally after.
    pub after: Tally,
}

/// What became of a [`MarkChange`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The card is not registered (yet): nothing was done.
    UnknownCard,
    /// The card is frozen: nothing was done.
    FrozenCard,
    /// The reading is not known any more (the process restarted, or it took too long): nothing was done, read again.
    UnknownReading,
    /// Done.
    Done {
        /// The tally of the card's tool. Equal before and after when no ballot and no held mark came of it.
        tally: TallyChange,
        /// Members whose marks changed; 0 for a repeated event.
        members: usize,
    },
}

/// Whose held marks are released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// One member's.
    Voter(VoterHash),
    /// Those on one tool.
    Tool(ToolId),
    /// All of the server.
    All,
}

/// What stands on a card, by member.
pub type MarksOnCard = Vec<(VoterHash, Halves)>;

/// Marks, ballots and tallies.
#[async_trait]
pub trait MarkStore: Send + Sync {
    /// Applies changes in this order, all of them in one unit with the ballots and tallies that follow. One answer each.
    /// Changes of one card must come in the order of arrival.
    async fn apply(&self, changes: Vec<MarkChange>) -> Result<Vec<Applied>>;

    /// Begins a recount of one card or many: what it finds is newer than every mark known now and older than every
    /// mark seen live from now on.
    async fn begin_recount(&self) -> Result<Recount>;

    /// Call this before the first request that reads a card's lists.
    async fn begin_reading(&self, card: MessageId) -> Result<ReadingId>;

    /// Drops a reading that led to nothing. Unknown ones are ignored.
    async fn end_reading(&self, reading: ReadingId);

    /// The tally of a tool in a server.
    async fn tally(&self, server: ServerId, tool: &ToolId) -> Result<Tally>;

    /// All tallies of a server, by tool id.
    async fn tallies(&self, server: ServerId) -> Result<Vec<(ToolId, Tally)>>;

    /// The sum over all servers; may lag by a minute.
    async fn everywhere(&self, tool: &ToolId) -> Result<Everywhere>;

    /// The sums of all tools that have a ballot anywhere, by tool id; may lag by a minute.
    async fn everywhere_all(&self) -> Result<Vec<(ToolId, Everywhere)>>;

    /// What stands on a card, by member.
    async fn marks_on(&self, card: MessageId) -> Result<MarksOnCard>;

    /// How many members stand on a card, per verdict and kind, in the order ship normal, ship super, skip normal, skip super.
    async fn counts_on(&self, card: MessageId) -> Result<[u64; 4]>;

    /// Holds all marks of a member for good, or lifts that. In bounded steps. Returns the tallies that changed.
    async fn set_blocked(
        &self,
        server: ServerId,
        voter: VoterHash,
        blocked: bool,
        at: Timestamp,
    ) -> Result<Vec<TallyChange>>;

    /// Whether a member is blocked.
    async fn is_blocked(&self, server: ServerId, voter: VoterHash) -> Result<bool>;

    /// How many members are blocked in a server.
    async fn blocked_count(&self, server: ServerId) -> Result<usize>;

    /// Makes ballots of held marks before their time (not of a blocked member's). In bounded steps.
    /// Returns the tallies that changed.
    async fn release(&self, server: ServerId, which: Release) -> Result<Vec<TallyChange>>;

    /// Makes ballots of the marks that were held until `now` or earlier. In bounded steps. Returns the tallies that changed.
    async fn mature(&self, now: Timestamp) -> Result<Vec<TallyChange>>;
}
