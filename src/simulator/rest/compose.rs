//! From the body of a request to a message: what to write, whom to ping, which files hang on it.

use serde_json::{Value, json};

use super::super::ids::{AttachmentId, ChannelId, MessageId, RoleId, UserId};
use super::super::rules::error::{ApiError, Path};
use super::super::rules::permission::Permissions;
use super::super::state::message::{flag, kind};
use super::super::state::{Message, StoredFile, World};
use super::body::Upload;

/// Which rules a body is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// An ordinary message of the bot.
    Message,
    /// An answer to an interaction, or a follow-up.
    Answer,
}

/// Fills a message from a body. Members that the body leaves out stay as they are.
pub fn apply(
    world: &mut World,
    door: Door,
    body: &Value,
    files: &[Upload],
    message: &mut Message,
) -> Result<(), ApiError> {
    let root = Path::ROOT;
    if let Some(content) = body.get("content") {
        let content = content.as_str().unwrap_or("").trim();
        if content.chars().count() > 2000 {
            return Err(ApiError::form(
                &root.key("content"),
                "BASE_TYPE_MAX_LENGTH",
                "Must be 2000 or fewer in length.",
            ));
        }
        message.content = content.to_owned();
    }
    if let Some(embeds) = body.get("embeds") {
        message.embeds = embeds.as_array().cloned().unwrap_or_default();
        for embed in &mut message.embeds {
            embed["type"] = json!("rich");
        }
    }
    if let Some(components) = body.get("components") {
        message.components = components.as_array().cloned().unwrap_or_default();
        number_components(&mut message.components, &mut 0);
    }
    if let Some(flags) = body.get("flags").and_then(Value::as_u64) {
        let settable = flag::SUPPRESS_EMBEDS | flag::SUPPRESS_NOTIFICATIONS | flag::COMPONENTS_V2;
        message.flags = (message.flags & !settable) | (flags & settable);
    }
    attach(world, body, files, message);
    ping(world, door, body, message);
    if message.content.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.attachments.is_empty()
    {
        return Err(ApiError::empty_message());
    }
    Ok(())
}

/// Gives every component the number that Discord gives those that come without one.
fn number_components(components: &mut [Value], last: &mut u64) {
    for component in components {
        *last += 1;
        if component.get("id").and_then(Value::as_u64).is_none() {
            component["id"] = json!(*last);
        }
        if let Some(inner) = component.get_mut("components").and_then(Value::as_array_mut) {
            number_components(inner, last);
        }
    }
}

/// Keeps uploaded files, and of the old ones those that the body names.
fn attach(world: &mut World, body: &Value, files: &[Upload], message: &mut Message) {
    let named = body.get("attachments").and_then(Value::as_array);
    if let Some(named) = named {
        let kept: Vec<AttachmentId> =
            named.iter().filter_map(|entry| serde_json::from_value(entry.get("id")?.clone()).ok()).collect();
        message.attachments.retain(|old| {
            serde_json::from_value(old["id"].clone()).is_ok_and(|id: AttachmentId| kept.contains(&id))
        });
    }
    for file in files {
        let id = AttachmentId(world.next_id());
        let description = named
            .into_iter()
            .flatten()
            .find(|entry| {
                entry
                    .get("id")
                    .is_some_and(|id| id == &json!(file.place) || id == &json!(file.place.to_string()))
            })
            .and_then(|entry| entry.get("description").cloned());
        let address = format!("{}/attachments/{}/{}/{}", world.base_url, message.channel, id, file.name);
        let mut attachment = json!({
            "id": id,
            "filename": file.name,
            "size": file.bytes.len(),
            "url": address,
            "proxy_url": address,
            "content_type": file.content_type,
        });
        if let Some(description) = description {
            attachment["description"] = description;
        }
        if message.is_ephemeral() {
            attachment["ephemeral"] = json!(true);
        }
        message.attachments.push(attachment);
        let stored = StoredFile {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            bytes: file.bytes.to_vec(),
        };
        world.data.files.insert(id, stored);
    }
}

/// Works out who is told about the message.
fn ping(world: &World, door: Door, body: &Value, message: &mut Message) {
    let allowed = body.get("allowed_mentions").filter(|allowed| allowed.is_object());
    let parses = |kind: &str| match allowed {
        Some(allowed) => allowed
            .get("parse")
            .and_then(Value::as_array)
            .is_some_and(|kinds| kinds.iter().any(|known| known == kind)),
        None => kind == "users" || door == Door::Message,
    };
    let lists = |kind: &str, id: u64| {
        allowed
            .and_then(|allowed| allowed.get(kind))
            .and_then(Value::as_array)
            .is_some_and(|ids| ids.iter().any(|known| known.as_str() == Some(&id.to_string())))
    };
    let may_all =
        world.permissions_in(message.channel, message.author).contains(Permissions::MENTION_EVERYONE);
    let server = world.channel(message.channel).and_then(|found| found.server);
    let (mut users, mut roles) = (Vec::new(), Vec::new());
    for part in message.content.split('<').skip(1) {
        let Some((inner, _)) = part.split_once('>') else { continue };
        if let Some(id) = inner.strip_prefix("@&").and_then(|id| id.parse::<RoleId>().ok()) {
            let mentionable = server
                .and_then(|server| world.server(server)?.roles.get(&id))
                .is_some_and(|role| role.mentionable || may_all);
            if mentionable && (parses("roles") || lists("roles", id.0)) && !roles.contains(&id) {
                roles.push(id);
            }
        } else if let Some(id) = inner.strip_prefix('@').map(|id| id.trim_start_matches('!'))
            && let Ok(id) = id.parse::<UserId>()
            && world.user(id).is_some()
            && (parses("users") || lists("users", id.0))
            && !users.contains(&id)
        {
            users.push(id);
        }
    }
    let everyone = message.content.contains("@everyone") || message.content.contains("@here");
    if message.kind == kind::REPLY {
        let pings = allowed.is_none_or(|allowed| allowed.get("replied_user") == Some(&json!(true)));
        let author = message
            .reply_to
            .and_then(|target| world.message(message.channel, target))
            .map(|target| target.author);
        if let Some(author) = author.filter(|author| pings && !users.contains(author)) {
            users.push(author);
        }
    }
    message.mentions = users;
    message.mention_roles = roles;
    message.mention_everyone = everyone && may_all && parses("everyone");
}

/// The message that a body replies to.
pub fn reply_target(world: &World, channel: ChannelId, body: &Value) -> Result<Option<MessageId>, ApiError> {
    let Some(reference) = body.get("message_reference").filter(|reference| reference.is_object()) else {
        return Ok(None);
    };
    let target = reference.get("message_id").cloned().unwrap_or(Value::Null);
    let known =
        serde_json::from_value::<MessageId>(target).ok().filter(|id| world.message(channel, *id).is_some());
    if known.is_some() {
        return Ok(known);
    }
    if reference.get("fail_if_not_exists") == Some(&json!(false)) {
        return Ok(None);
    }
    let root = Path::ROOT;
    Err(ApiError::form(&root.key("message_reference"), "REPLIES_UNKNOWN_MESSAGE", "Unknown message"))
}

/// Works out whom a member's own message pings.
pub(in super::super) fn ping_as_member(world: &World, body: &Value, message: &mut Message) {
    ping(world, Door::Message, body, message);
}
