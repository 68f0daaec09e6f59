//! What belongs to a server as a whole.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ChannelId, RoleId, ServerId},
    time::Timestamp,
};

/// A server that has, or had, the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The server.
    pub id: ServerId,
    /// When we first saw it.
    pub first_seen: Timestamp,
    /// When it removed the bot; `None` while it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Timestamp>,
    /// Its data is being deleted; nothing new is taken for it until that is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub purging: bool,
}

impl Server {
    /// Days between the removal of the bot and the purge of the data.
    pub const KEPT_DAYS: i64 = 14;
}

/// How old an account or a membership must be for its marks to count at once. Zero: no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VoterRules {
    /// Least age of the Discord account, in hours.
    pub account_hours: u32,
    /// Least time as a member of the server, in hours.
    pub member_hours: u32,
}

/// How often a digest is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestPeriod {
    /// Once a week, on Mondays.
    #[default]
    Weekly,
    /// Once a day.
    Daily,
}

/// Where and when the digest of a server is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestSettings {
    /// The channel.
    pub channel: ChannelId,
    /// How often.
    #[serde(default)]
    pub period: DigestPeriod,
    /// Offset from UTC in minutes, -720 to 840.
    #[serde(default)]
    pub zone_minutes: i16,
    /// Hour of the day there, 0 to 23.
    #[serde(default)]
    pub hour: u8,
}

/// A server's own limits of *Quiet*; `None`: the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct QuietSettings {
    /// A card younger than this is linked instead of posted again, in hours; 0: off.
    pub card_reuse_hours: Option<u32>,
    /// Comparisons a minute and member; 0: off.
    pub member_per_minute: Option<u32>,
    /// Comparisons a minute and channel; 0: off.
    pub channel_per_minute: Option<u32>,
}

/// What `/setup` sets. Every field has a default, so that a field of a later version may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerSettings {
    /// Language of public texts (BCP 47); `None`: not known yet.
    pub lang: Option<String>,
    /// Members with this role are moderators too.
    pub moderator_role: Option<RoleId>,
    /// Whose marks are held back.
    pub voters: VoterRules,
    /// Whether the bot answers to mentions; `None`: as the operator says.
    pub mentions: Option<bool>,
    /// The digest; `None`: off.
    pub digest: Option<DigestSettings>,
    /// Limits of *Quiet*.
    pub quiet: QuietSettings,
}

/// Settings, and of which server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsRecord {
    /// The server.
    pub server: ServerId,
    /// Its settings.
    #[serde(flatten)]
    pub settings: ServerSettings,
}

/// Why a channel took no message of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// 403: a permission is missing.
    Forbidden,
    /// 404: it is gone.
    NotFound,
}

/// A channel that refused us: it is not asked again for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedChannel {
    /// Its server.
    pub server: ServerId,
    /// The channel.
    pub channel: ChannelId,
    /// The answer.
    pub why: Refusal,
    /// When it last refused.
    pub at: Timestamp,
    /// How often in a row.
    pub times: u32,
}

impl RefusedChannel {
    /// Days after which a refusal is forgotten.
    pub const KEPT_DAYS: i64 = 30;
}
