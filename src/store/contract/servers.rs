//! Servers: settings, coming and going, subscribers, channels that refused us.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{ChannelId, ServerId, UserId},
        time::Timestamp,
    },
    store::{
        error::Result,
        records::{Refusal, RefusedChannel, Server, ServerSettings, Subscriber},
    },
};

/// Servers.
#[async_trait]
pub trait Servers: Send + Sync {
    /// The settings of a server; defaults when none were set.
    async fn settings(&self, server: ServerId) -> Result<ServerSettings>;

    /// Sets the settings of a server. `expected`: what they were when the form was opened; other settings in the
    /// meantime refuse the call with `false`.
    async fn set_settings(
        &self,
        server: ServerId,
        expected: Option<&ServerSettings>,
        settings: ServerSettings,
    ) -> Result<bool>;

    /// The settings of all servers that set any.
    async fn all_settings(&self) -> Result<Vec<(ServerId, ServerSettings)>>;

    /// A server has the bot. Cancels a purge that has not begun. Writes only when that is news.
    async fn server_present(&self, server: ServerId, at: Timestamp) -> Result<()>;

    /// A server removed the bot. Its data is purged [`Server::KEPT_DAYS`] later by [`super::Upkeep::purge_due`].
    /// A removal that is known keeps its time.
    async fn server_removed(&self, server: ServerId, at: Timestamp) -> Result<()>;

    /// A server.
    async fn server(&self, server: ServerId) -> Result<Option<Server>>;

    /// All servers, by id: those that have the bot and those that are still to be purged.
    async fn servers(&self) -> Result<Vec<Server>>;

    /// Deletes everything of a server now, in bounded steps, and remembers that beside the snapshots.
    /// Returns the number of deleted records.
    async fn purge_server(&self, server: ServerId, at: Timestamp) -> Result<u64>;

    /// Subscribes a member to the digest of a server, or ends that. Returns whether that changed anything.
    async fn set_subscribed(&self, server: ServerId, user: UserId, on: bool, at: Timestamp) -> Result<bool>;

    /// Members who subscribed to the digest of a server.
    async fn subscribers(&self, server: ServerId) -> Result<Vec<Subscriber>>;

    /// A channel refused a message of ours.
    async fn channel_refused(
        &self,
        server: ServerId,
        channel: ChannelId,
        why: Refusal,
        at: Timestamp,
    ) -> Result<()>;

    /// A channel took a message of ours. Writes only when it had refused one.
    async fn channel_accepted(&self, server: ServerId, channel: ChannelId) -> Result<()>;

    /// The refusal of a channel, if any.
    async fn refused_channel(&self, server: ServerId, channel: ChannelId) -> Result<Option<RefusedChannel>>;

    /// Channels of a server that refused us.
    async fn refused_channels(&self, server: ServerId) -> Result<Vec<RefusedChannel>>;
}
