//! Cards.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId},
        time::Timestamp,
    },
    store::{error::Result, records::Card},
};

/// Whether a registration was the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// The card is new: read its lists once.
    New,
    /// It was registered before; nothing changed.
    Known,
}

/// Where cards are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardPlace {
    /// Everywhere.
    All,
    /// In a server.
    Server(ServerId),
    /// In a channel of a server.
    Channel(ServerId, ChannelId),
    /// Of a tool in a server.
    Tool(ServerId, ToolId),
}

/// Cards.
#[async_trait]
pub trait Cards: Send + Sync {
    /// Registers a card. Two registrations of one card (the REST answer and our own MESSAGE_CREATE) are one; the first
    /// counts. A tool that was renamed is registered under its present id. Its server becomes known with it.
    async fn register_card(&self, card: Card) -> Result<Registered>;

    /// A card by its message.
    async fn card(&self, card: MessageId) -> Result<Option<Card>>;

    /// Cards of a place that are not frozen, newest first: those posted at `since` or later and before (older than) the
    /// card `before`, at most `limit`.
    async fn cards(
        &self,
        place: CardPlace,
        since: Timestamp,
        before: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<Card>>;
}
