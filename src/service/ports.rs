//! What the use cases need from the outside. `discord` implements [`Reactions`]; tests bring their own.

use async_trait::async_trait;

use crate::domain::{
    ids::{ChannelId, MessageId, UserId},
    marks::ReactionKind,
    review::Verdict,
    time::Timestamp,
};

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The channel or thread.
    pub channel: ChannelId,
    /// The card's message.
    pub card: MessageId,
}

/// One entry of Discord's lists: somebody whose reaction stands on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reactor {
    /// Who.
    pub user: UserId,
    /// An application, ourselves included.
    pub is_bot: bool,
    /// Which emoji.
    pub verdict: Verdict,
    /// Ordinary or super.
    pub kind: ReactionKind,
    /// The emoji is spelled as our seed is (see [`crate::service::cards::KnownCards::has_two_spellings`]).
    pub usual: bool,
}

/// How many reactions stand on a card, our own left out; other bots are still among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// 🚢, ordinary.
    pub ship_normal: u64,
    /// 🚢, super.
    pub ship_super: u64,
    /// ⏭️, ordinary.
    pub skip_normal: u64,
    /// ⏭️, super.
    pub skip_super: u64,
}

impl Counts {
    /// In the order in which the store counts: ship normal, ship super, skip normal, skip super.
    #[must_use]
    pub const fn in_order(self) -> [u64; 4] {
        [self.ship_normal, self.ship_super, self.skip_normal, self.skip_super]
    }

    /// The number of one verdict and kind.
    pub fn of(&mut self, verdict: Verdict, kind: ReactionKind) -> &mut u64 {
        match (verdict, kind) {
            (Verdict::Ship, ReactionKind::Normal) => &mut self.ship_normal,
            (Verdict::Ship, ReactionKind::Super) => &mut self.ship_super,
            (Verdict::Skip, ReactionKind::Normal) => &mut self.skip_normal,
            (Verdict::Skip, ReactionKind::Super) => &mut self.skip_super,
        }
    }
}

/// Why a card's reactions were not read. A card is never read as empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The message or its channel does not exist any more.
    #[error("the card is gone")]
    Gone,
    /// We may not read it; asking again soon is of no use.
    #[error("the card may not be read: {0}")]
    Forbidden(String),
    /// No answer, or one that cannot be understood; a later try may succeed.
    #[error("the card could not be read: {0}")]
    Unreadable(String),
}

/// Who stands on a card.
#[async_trait]
pub trait Reactions: Send + Sync {
    /// Everybody who stands on a card, in full: both emoji, ordinary and super, all pages.
    async fn standing(&self, place: Place) -> Result<Vec<Reactor>, ReadError>;

    /// Only how many; cheaper. Equal counts do not prove equal lists.
    async fn counts(&self, place: Place) -> Result<Counts, ReadError>;
}

/// The time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The time of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let ms = time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        Timestamp(i64::try_from(ms).unwrap_or(i64::MAX))
    }
}
