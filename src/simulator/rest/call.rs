//! A request on its way through one endpoint.

use std::str::FromStr;

use parking_lot::MutexGuard;
use serde_json::Value;

use super::super::core::Core;
use super::super::ids::{ChannelId, MessageId, ServerId, UserId};
use super::super::rules::error::{ApiError, Path};
use super::super::rules::permission::Permissions;
use super::super::state::World;
use super::body::Upload;

/// A request, with the world in hand.
pub struct Call<'a> {
    /// The world, locked for as long as the endpoint runs.
    pub world: MutexGuard<'a, World>,
    /// The simulator.
    pub core: &'a Core,
    /// Parameters of the path, decoded.
    pub params: Vec<(String, String)>,
    /// Parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The body; an empty object when there was none.
    pub body: Value,
    /// Uploaded files.
    pub files: Vec<Upload>,
}

impl Call<'_> {
    /// A parameter of the path.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a yes-or-no parameter of the query says yes; Discord takes three spellings of it.
    pub fn query_flag(&self, name: &str) -> bool {
        matches!(self.query(name), Some("true" | "True" | "1"))
    }

    /// An id in the path.
    pub fn id<T: FromStr>(&self, name: &str) -> Result<T, ApiError> {
        let text = self.param(name);
        text.parse().map_err(|_| not_a_snowflake(name, text))
    }

    /// An id in the query.
    pub fn query_id<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.query(name).map(|text| text.parse().map_err(|_| not_a_snowflake(name, text))).transpose()
    }

    /// A whole number in the query, within a range.
    pub fn query_number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> Result<u64, ApiError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        let path = Path::ROOT;
        let path = path.key(name);
        let number: u64 = text.parse().map_err(|_| {
            ApiError::form(&path, "NUMBER_TYPE_COERCE", format!("Value \"{text}\" is not int."))
        })?;
        if number < *range.start() {
            let message = format!("int value should be greater than or equal to {}.", range.start());
            return Err(ApiError::form(&path, "NUMBER_TYPE_MIN", message));
        }
        if number > *range.end() {
            let message = format!("int value should be less than or equal to {}.", range.end());
            return Err(ApiError::form(&path, "NUMBER_TYPE_MAX", message));
        }
        Ok(number)
    }

    /// The application of the path; it must be the caller itself.
    pub fn own_application(&self) -> Result<(), ApiError> {
        let id: UserId = self.id("application_id")?;
        if id == self.world.bot_id() { Ok(()) } else { Err(ApiError::unknown_application()) }
    }

    /// The server of the path, if the application is in it.
    pub fn own_server(&self) -> Result<ServerId, ApiError> {
        let id: ServerId = self.id("guild_id")?;
        match self.world.server(id) {
            Some(server) if server.members.contains_key(&self.world.bot_id()) => {
                if server.available {
                    Ok(id)
                } else {
                    Err(ApiError::unavailable())
                }
            }
            Some(_) => Err(ApiError::missing_access()),
            None => Err(ApiError::unknown_guild()),
        }
    }

    /// The channel of the path, if the application may do this in it.
    pub fn channel_with(&self, needed: Permissions) -> Result<ChannelId, ApiError> {
        let id: ChannelId = self.id("channel_id")?;
        may(&self.world, id, self.world.bot_id(), needed)?;
        Ok(id)
    }

    /// A message of the path, in this channel. Ephemeral ones are nobody's here.
    pub fn message_in(&self, channel: ChannelId) -> Result<MessageId, ApiError> {
        let id: MessageId = self.id("message_id")?;
        match self.world.message(channel, id) {
            Some(message) if !message.is_ephemeral() => Ok(id),
            _ => Err(ApiError::unknown_message()),
        }
    }
}

/// Whether a user may do this in a channel: 10003 for an unknown one, 50001 where it cannot look, 50013 where it
/// may look but not do it.
pub fn may(world: &World, channel: ChannelId, user: UserId, needed: Permissions) -> Result<(), ApiError> {
    let Some(found) = world.channel(channel) else { return Err(ApiError::unknown_channel()) };
    if found.server.and_then(|server| world.server(server)).is_some_and(|server| !server.available) {
        return Err(ApiError::unavailable());
    }
    let has = world.permissions_in(channel, user);
    if !has.contains(Permissions::VIEW_CHANNEL) {
        return Err(ApiError::missing_access());
    }
    if has.contains(needed) { Ok(()) } else { Err(ApiError::missing_permissions()) }
}

fn not_a_snowflake(name: &str, text: &str) -> ApiError {
    let root = Path::ROOT;
    ApiError::form(&root.key(name), "NUMBER_TYPE_COERCE", format!("Value \"{text}\" is not snowflake."))
}
