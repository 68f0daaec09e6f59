//! From the body of a request to a message: what to write, whom to ping, which files hang on it. What a body may
//! say is decided in [`rules::message`](super::super::rules::message).

use serde_json::{Value, json};

use super::super::ids::{AttachmentId, ChannelId, MessageId, RoleId, UserId};
use super::super::rules::error::{ApiError, Path};
use super::super::rules::mention::{AllowedMentions, pings};
use super::super::rules::message::{self as rule, Context, Draft, Endpoint, Reference, Standing};
use super::super::rules::permission::Permissions;
use super::super::rules::snowflake::Snowflake;
use super::super::state::message::flag;
use super::super::state::{Message, StoredFile, World};
use super::body::Upload;

/// What the rules want to know of uploaded files.
pub(super) fn uploads(files: &[Upload]) -> Vec<rule::Upload> {
    files
        .iter()
        .map(|file| rule::Upload {
            index: file.place,
            filename: file.name.clone(),
            size: file.bytes.len() as u64,
        })
        .collect()
}

/// Calls `then` with what the rules want to know of a message that is edited.
pub(super) fn with_standing<T>(message: &Message, then: impl FnOnce(&Standing<'_>) -> T) -> T {
    let attachments: Vec<Snowflake> = message
        .attachments
        .iter()
        .filter_map(|attachment| Snowflake::from_value(&attachment["id"]))
        .collect();
    then(&Standing {
        content: &message.content,
        embeds: message.embeds.len(),
        components: message.components.len(),
        attachments: &attachments,
        flags: message.flags,
    })
}

/// Checks the body of an edit against the message as it stands.
pub(super) fn check_edit(
    body: &Value,
    files: &[Upload],
    endpoint: Endpoint,
    message: &Message,
) -> Result<Draft, ApiError> {
    let uploads = uploads(files);
    with_standing(message, |standing| {
        rule::check(body, &Context { endpoint, uploads: &uploads, edited: Some(standing) })
    })
}

/// Writes what a checked body says into a message. What it leaves out stays as it was.
pub(super) fn apply(
    world: &mut World,
    endpoint: Endpoint,
    draft: Draft,
    files: &[Upload],
    message: &mut Message,
) {
    if let Some(content) = draft.content {
        message.content = content;
    }
    if let Some(embeds) = draft.embeds {
        message.embeds = embeds;
    }
    if let Some(components) = draft.components {
        message.components = components;
    }
    if let Some(flags) = draft.flags {
        // The step to the newer components is never undone; whether a message is ephemeral was settled before.
        let lasting = message.flags & (flag::COMPONENTS_V2 | flag::EPHEMERAL);
        message.flags = (message.flags & !endpoint.settable_flags()) | flags | lasting;
    }
    if let Some(entries) = &draft.attachments {
        let stays = |old: &Value| {
            let id = Snowflake::from_value(&old["id"]);
            entries.iter().find(|entry| !entry.uploaded && Some(entry.id) == id)
        };
        message.attachments.retain(|old| stays(old).is_some());
        for old in &mut message.attachments {
            if let Some(description) = stays(old).and_then(|entry| entry.description.clone()) {
                old["description"] = json!(description);
            }
        }
    }
    for file in files {
        let entry = draft
            .attachments
            .as_ref()
            .and_then(|entries| entries.iter().find(|entry| entry.uploaded && entry.id.0 == file.place));
        let name = entry.and_then(|entry| entry.filename.clone()).unwrap_or_else(|| file.name.clone());
        let description = entry.and_then(|entry| entry.description.clone());
        attach(world, file, &name, description, message);
    }
    let allowed = draft.allowed_mentions.unwrap_or_else(|| endpoint.default_mentions());
    ping(world, &allowed, message);
}

/// Keeps an uploaded file and hangs it on the message.
fn attach(world: &mut World, file: &Upload, name: &str, description: Option<String>, message: &mut Message) {
    let id = AttachmentId(world.next_id());
    let address = format!("{}/attachments/{}/{}/{}", world.base_url, message.channel, id, name);
    let mut attachment = json!({
        "id": id,
        "filename": name,
        "size": file.bytes.len(),
        "url": address,
        "proxy_url": address,
        "content_type": file.content_type,
    });
    if let Some(description) = description {
        attachment["description"] = json!(description);
    }
    if message.is_ephemeral() {
        attachment["ephemeral"] = json!(true);
    }
    message.attachments.push(attachment);
    let stored = StoredFile {
        name: name.to_owned(),
        content_type: file.content_type.clone(),
        bytes: file.bytes.to_vec(),
    };
    world.data.files.insert(id, stored);
}

/// Works out who is told about the message.
pub(in super::super) fn ping(world: &World, allowed: &AllowedMentions, message: &mut Message) {
    let mut text = message.content.clone();
    collect_text(&message.components, &mut text);
    let may_all =
        world.permissions_in(message.channel, message.author).contains(Permissions::MENTION_EVERYONE);
    let roles = world
        .channel(message.channel)
        .and_then(|found| world.server(found.server?))
        .map(|server| &server.roles);
    let replied_to = message
        .reply_to
        .and_then(|target| world.message(message.channel, target))
        .map(|target| target.author.into());
    let told = pings(&text, allowed, replied_to, may_all, |id| {
        roles.and_then(|roles| roles.get(&RoleId::from(id))).is_some_and(|role| role.mentionable)
    });
    message.mentions =
        told.users.into_iter().map(UserId::from).filter(|id| world.user(*id).is_some()).collect();
    message.mention_roles = told
        .roles
        .into_iter()
        .map(RoleId::from)
        .filter(|id| roles.is_some_and(|roles| roles.contains_key(id)))
        .collect();
    message.mention_everyone = told.everyone;
}

/// Texts inside of the newer components mention people too.
fn collect_text(components: &[Value], into: &mut String) {
    for component in components {
        if let (Some(10), Some(text)) = (component["type"].as_u64(), component["content"].as_str()) {
            into.push('\n');
            into.push_str(text);
        }
        if let Some(inner) = component.get("components").and_then(Value::as_array) {
            collect_text(inner, into);
        }
    }
}

/// The message that a body replies to, if it exists.
pub(super) fn reply_target(
    world: &World,
    channel: ChannelId,
    reference: Option<&Reference>,
) -> Result<Option<MessageId>, ApiError> {
    let Some(reference) = reference else { return Ok(None) };
    let root = Path::ROOT;
    let path = root.key("message_reference");
    if reference.forward {
        return Err(ApiError::form(
            &path.key("type"),
            "NOT_SIMULATED",
            "The simulator forwards no messages.",
        ));
    }
    let id = MessageId::from(reference.message);
    let here = reference.channel.is_none_or(|named| named == channel.into());
    if here && world.message(channel, id).is_some_and(|target| !target.is_ephemeral()) {
        return Ok(Some(id));
    }
    if reference.fail_if_not_exists {
        return Err(ApiError::form(&path, "REPLIES_UNKNOWN_MESSAGE", "Unknown message"));
    }
    Ok(None)
}
