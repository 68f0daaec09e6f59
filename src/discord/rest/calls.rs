//! The calls this bot makes, one function each: method, path, and the lane in which Discord counts it.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::Value;

use super::{
    Call, Patience,
    limiter::{Lane, Share},
};
use crate::domain::ids::{ApplicationId, ChannelId, MessageId, ServerId, UserId};

/// Where an interaction is answered: its id and the token that Discord gave with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InteractionKey {
    /// The application that was asked.
    pub application: ApplicationId,
    /// Id of the interaction.
    pub id: u64,
    /// Valid for three seconds until the first answer, for fifteen minutes afterwards.
    pub token: String,
}

/// Which reactions of one emoji are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReactionKind {
    /// Plain reactions.
    Normal,
    /// Super reactions.
    Super,
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// The first answer to an interaction. `callback` is the whole body (`type` and `data`).
/// Returns the message that was made, in `resource.message`, where the answer is one.
#[must_use]
pub fn answer(key: &InteractionKey, callback: Value) -> Call {
    let path = format!("interactions/{}/{}/callback", key.id, key.token);
    let mut call = Call::new(Method::POST, path, Lane { kind: "POST callback", major: key.id });
    call.query = Some("with_response=true".to_owned());
    call.share = Share::Exempt;
    call.limited = false;
    call.authorized = false;
    call.body(callback).patience(Patience::ANSWER)
}

fn webhook(method: Method, kind: &'static str, key: &InteractionKey, rest: &str) -> Call {
    let path = format!("webhooks/{}/{}{rest}", key.application, key.token);
    // Discord counts webhooks per token; the interaction's id stands for its token here.
    let mut call = Call::new(method, path, Lane { kind, major: key.id });
    call.share = Share::Exempt;
    call.authorized = false;
    call.patience(Patience::FOLLOW_UP)
}

/// A further message after the answer.
#[must_use]
pub fn follow_up(key: &InteractionKey, message: Value) -> Call {
    webhook(Method::POST, "POST webhook", key, "")
        .query("wait=true".to_owned())
        .body(message)
        .not_repeatable()
}

/// Changes the first answer.
#[must_use]
pub fn edit_answer(key: &InteractionKey, message: Value) -> Call {
    webhook(Method::PATCH, "PATCH webhook message", key, "/messages/@original").body(message)
}

/// Takes the first answer away.
#[must_use]
pub fn delete_answer(key: &InteractionKey) -> Call {
    webhook(Method::DELETE, "DELETE webhook message", key, "/messages/@original")
}

/// Posts a message. With a `nonce` and `enforce_nonce` in the body it may be tried again.
#[must_use]
pub fn create_message(channel: ChannelId, message: Value) -> Call {
    let repeatable = message.get("enforce_nonce").and_then(Value::as_bool) == Some(true);
    let call = channel_call(Method::POST, "POST message", channel, "messages").body(message);
    if repeatable { call } else { call.not_repeatable() }
}

/// Changes a message of ours.
#[must_use]
pub fn edit_message(channel: ChannelId, message: MessageId, body: Value) -> Call {
    channel_call(Method::PATCH, "PATCH message", channel, &format!("messages/{message}")).body(body)
}

/// Deletes a message of ours.
#[must_use]
pub fn delete_message(channel: ChannelId, message: MessageId) -> Call {
    channel_call(Method::DELETE, "DELETE message", channel, &format!("messages/{message}"))
}

/// Reads a message, its reaction counts included.
#[must_use]
pub fn get_message(channel: ChannelId, message: MessageId) -> Call {
    channel_call(Method::GET, "GET message", channel, &format!("messages/{message}"))
}

/// Reads the newest messages of a channel, at most 100.
#[must_use]
pub fn newest_messages(channel: ChannelId, most: usize) -> Call {
    channel_call(Method::GET, "GET messages", channel, "messages").query(format!("limit={most}"))
}

/// Puts a reaction of ours under a message.
#[must_use]
pub fn add_reaction(channel: ChannelId, message: MessageId, emoji: &str) -> Call {
    let rest = format!("messages/{message}/reactions/{}/@me", percent(emoji));
    channel_call(Method::PUT, "PUT reaction", channel, &rest)
}

/// One page (at most 100 members) of who reacted with an emoji, from after `after` on, ordered by id.
#[must_use]
pub fn list_reactions(
    channel: ChannelId,
    message: MessageId,
    emoji: &str,
    kind: ReactionKind,
    after: Option<UserId>,
) -> Call {
    let rest = format!("messages/{message}/reactions/{}", percent(emoji));
    let mut query = format!("limit=100&type={}", u8::from(kind == ReactionKind::Super));
    if let Some(after) = after {
        let _ = write!(query, "&after={after}");
    }
    channel_call(Method::GET, "GET reactions", channel, &rest).query(query).for_recount()
}

/// Reads a channel.
#[must_use]
pub fn get_channel(channel: ChannelId) -> Call {
    Call::new(Method::GET, format!("channels/{channel}"), Lane { kind: "GET channel", major: channel.0 })
}

fn channel_call(method: Method, kind: &'static str, channel: ChannelId, rest: &str) -> Call {
    Call::new(method, format!("channels/{channel}/{rest}"), Lane { kind, major: channel.0 })
}

fn plain(method: Method, kind: &'static str, path: String) -> Call {
    Call::new(method, path, Lane { kind, major: 0 }).patience(Patience::START)
}

/// Who we are.
#[must_use]
pub fn current_user() -> Call {
    plain(Method::GET, "GET user", "users/@me".to_owned())
}

/// The servers that have the bot, ordered by id, from after `after` on; at most 200 on a page.
#[must_use]
pub fn my_servers(most: usize, after: Option<ServerId>) -> Call {
    let after = after.map_or(0, |after| after.0);
    plain(Method::GET, "GET my servers", "users/@me/guilds".to_owned())
        .query(format!("limit={most}&after={after}"))
}

/// Which application the token belongs to.
#[must_use]
pub fn current_application() -> Call {
    plain(Method::GET, "GET application", "applications/@me".to_owned())
}

/// Where the gateway is, how many shards Discord recommends, how many sessions may still be started.
#[must_use]
pub fn gateway_bot() -> Call {
    plain(Method::GET, "GET gateway", "gateway/bot".to_owned())
}

/// The commands Discord holds, global or of one server.
#[must_use]
pub fn get_commands(application: ApplicationId, server: Option<ServerId>) -> Call {
    plain(Method::GET, "GET commands", commands_path(application, server))
        .query("with_localizations=true".to_owned())
}

/// Replaces all commands, global or of one server.
#[must_use]
pub fn put_commands(application: ApplicationId, server: Option<ServerId>, commands: Value) -> Call {
    plain(Method::PUT, "PUT commands", commands_path(application, server)).body(commands)
}

fn commands_path(application: ApplicationId, server: Option<ServerId>) -> String {
    match server {
        Some(server) => format!("applications/{application}/guilds/{server}/commands"),
        None => format!("applications/{application}/commands"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_encoded_and_pages_follow() {
        let call = list_reactions(ChannelId(1), MessageId(2), "⏭️", ReactionKind::Super, Some(UserId(9)));
        assert_eq!(call.path, "channels/1/messages/2/reactions/%E2%8F%AD%EF%B8%8F");
        assert_eq!(call.query.as_deref(), Some("limit=100&type=1&after=9"));
    }

    #[test]
    fn a_message_is_repeatable_only_with_a_nonce() {
        assert!(!create_message(ChannelId(1), serde_json::json!({"content": "x"})).repeatable);
        let body = serde_json::json!({"content": "x", "nonce": "1", "enforce_nonce": true});
        assert!(create_message(ChannelId(1), body).repeatable);
    }
}
