//! Cards.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ChannelId, MessageId, ServerId, ToolId},
    time::Timestamp,
};

/// How a card came to be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// Under a head-to-head.
    #[default]
    Comparison,
    /// Asked for by name.
    Single,
    /// Posted by a digest.
    Digest,
}

/// A message of ours that shows one tool and collects reactions for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Card {
    /// The message. Its id tells when it was posted.
    pub id: MessageId,
    /// The server in which it stands.
    pub server: ServerId,
    /// The channel or thread in which it stands.
    pub channel: ChannelId,
    /// The tool that it shows.
    pub tool: ToolId,
    /// How it came to be posted.
    #[serde(default)]
    pub card: CardKind,
    /// Language of its texts (BCP 47), at most 35 bytes.
    pub lang: String,
    /// When we learnt that it was deleted; its marks are frozen since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Timestamp>,
    /// It is plain text, because cards with a frame could not be shown where it was posted; it is refreshed as text too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
}

impl Card {
    /// When it was posted, as its message id tells.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.id.created_at()
    }
}
