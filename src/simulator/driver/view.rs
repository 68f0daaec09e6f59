//! A channel as one member sees it.

use serde::Serialize;
use serde_json::Value;

use super::super::ids::{ChannelId, MessageId, UserId};
use super::super::rules::permission::Permissions;
use super::super::state::message::Origin;
use super::super::state::message::flag;
use super::super::state::{Message, World};

/// How many names a client shows beside a reaction.
const NAMES_SHOWN: usize = 5;

/// A message as one member sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MessageView {
    /// The id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Who wrote it.
    pub author: UserId,
    /// That name.
    pub author_name: String,
    /// Whether that is a bot.
    pub from_bot: bool,
    /// The text.
    pub content: String,
    /// The embeds, as sent.
    pub embeds: Vec<Value>,
    /// The rows of buttons and menus, as sent.
    pub components: Vec<Value>,
    /// The files.
    pub attachments: Vec<Value>,
    /// Who reacted with what.
    pub reactions: Vec<ReactionView>,
    /// Whether only this member sees it.
    pub ephemeral: bool,
    /// Whether the application is still thinking.
    pub thinking: bool,
    /// Whether it was edited.
    pub edited: bool,
    /// When it was written, in Unix milliseconds.
    pub at_ms: u64,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// The command it answers, and who sent that.
    pub answers: Option<AnswersView>,
    /// Who was pinged by it.
    pub mentions: Vec<UserId>,
}

/// Which command a message answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswersView {
    /// The command's full name; none for buttons, menus and forms.
    pub command: Option<String>,
    /// Who sent it.
    pub user: UserId,
    /// That name.
    pub user_name: String,
    /// The message it belongs to, as clients show it: the first answer for a follow-up, the one that carried the
    /// button or menu, or the one a message menu was used on.
    pub about: Option<MessageId>,
}

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// How many stand here, super reactions included.
    pub count: usize,
    /// How many of them are super reactions.
    pub burst: usize,
    /// Whether this member is among the normal ones.
    pub me: bool,
    /// Whether this member is among the super ones.
    pub me_burst: bool,
    /// The names of some of those who stand here, oldest accounts first.
    pub names: Vec<String>,
}

impl MessageView {
    /// How many stand here with an emoji.
    pub fn count(&self, emoji: &str) -> usize {
        self.reactions.iter().find(|held| held.emoji == emoji).map_or(0, |held| held.count)
    }

    /// Everything a person can read in this message, one piece a line: content, embeds, labels of components.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        if !self.content.is_empty() {
            lines.push(self.content.clone());
        }
        for embed in &self.embeds {
            collect_text(embed, &mut lines);
        }
        for component in &self.components {
            collect_text(component, &mut lines);
        }
        lines.join("\n")
    }

    /// All components of the message, rows opened up.
    pub fn parts(&self) -> Vec<&Value> {
        let mut parts = Vec::new();
        flatten(&self.components, &mut parts);
        parts
    }

    /// The button with this label or custom id.
    pub fn button(&self, label_or_id: &str) -> Option<&Value> {
        self.parts().into_iter().find(|part| {
            part["type"] == 2 && (part["label"] == label_or_id || part["custom_id"] == label_or_id)
        })
    }

    /// The menus of the message.
    pub fn menus(&self) -> Vec<&Value> {
        self.parts()
            .into_iter()
            .filter(|part| matches!(part["type"].as_u64(), Some(3 | 5 | 6 | 7 | 8)))
            .collect()
    }
}

fn flatten<'a>(components: &'a [Value], into: &mut Vec<&'a Value>) {
    for component in components {
        into.push(component);
        if let Some(inner) = component.get("components").and_then(Value::as_array) {
            flatten(inner, into);
        }
        if let Some(accessory) = component.get("accessory") {
            flatten(std::slice::from_ref(accessory), into);
        }
    }
}

/// The members of embeds and components that people read.
fn collect_text(value: &Value, lines: &mut Vec<String>) {
    const READ: &[&str] = &[
        "author",
        "title",
        "description",
        "fields",
        "name",
        "value",
        "footer",
        "text",
        "content",
        "label",
        "placeholder",
        "components",
        "options",
    ];
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_text(item, lines)),
        Value::Object(members) => {
            let is_component = members.get("type").is_some_and(Value::is_u64);
            for key in READ.iter().filter(|key| !(is_component && **key == "value")) {
                match members.get(*key) {
                    Some(Value::String(text)) if !text.is_empty() => lines.push(text.clone()),
                    Some(inner) => collect_text(inner, lines),
                    None => {}
                }
            }
        }
        _ => {}
    }
}

/// A message as this user sees it.
pub(in super::super) fn message(world: &World, found: &Message, viewer: UserId) -> MessageView {
    let name = |id: UserId| {
        world.user(id).map_or_else(|| "deleted user".to_owned(), |user| user.shown_name().to_owned())
    };
    MessageView {
        id: found.id,
        channel: found.channel,
        author: found.author,
        author_name: name(found.author),
        from_bot: world.user(found.author).is_some_and(|user| user.bot),
        content: found.content.clone(),
        embeds: if found.flags & flag::SUPPRESS_EMBEDS == 0 { found.embeds.clone() } else { Vec::new() },
        components: found.components.clone(),
        attachments: found.attachments.clone(),
        reactions: found
            .reactions
            .iter()
            .map(|held| ReactionView {
                emoji: held.emoji.to_value()["name"].as_str().unwrap_or("").to_owned(),
                count: held.normal.len() + held.burst.len(),
                burst: held.burst.len(),
                me: held.normal.contains(&viewer),
                me_burst: held.burst.contains(&viewer),
                names: held.normal.union(&held.burst).take(NAMES_SHOWN).map(|user| name(*user)).collect(),
            })
            .collect(),
        ephemeral: found.is_ephemeral(),
        thinking: found.flags & flag::LOADING != 0,
        edited: found.edited_at_ms.is_some(),
        at_ms: found.id.made_at_ms(),
        reply_to: found.reply_to,
        answers: found.interaction.as_ref().map(|origin| AnswersView {
            command: origin.command.clone(),
            user: origin.user,
            user_name: name(origin.user),
            about: about(origin),
        }),
        mentions: found.mentions.clone(),
    }
}

/// The message that an answer belongs to.
fn about(origin: &Origin) -> Option<MessageId> {
    let own = origin.original.or(origin.component_of).or(origin.target);
    own.or_else(|| origin.opened_by.as_deref().and_then(about))
}

/// Whether this user sees this message.
pub(in super::super) fn sees(world: &World, found: &Message, viewer: UserId) -> bool {
    match found.only_for {
        Some(only) => only == viewer,
        None => world.permissions_in(found.channel, viewer).contains(Permissions::VIEW_CHANNEL),
    }
}

/// The channel as this user sees it, oldest first, at most the newest `most` messages.
pub(in super::super) fn channel(
    world: &World,
    channel: ChannelId,
    viewer: UserId,
    most: usize,
) -> Vec<MessageView> {
    let permissions = world.permissions_in(channel, viewer);
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        return Vec::new();
    }
    let Some(held) = world.data.messages.get(&channel) else { return Vec::new() };
    let mut seen: Vec<MessageView> = held
        .values()
        .rev()
        .filter(|found| found.only_for.is_none_or(|only| only == viewer))
        .take(most)
        .map(|found| message(world, found, viewer))
        .collect();
    seen.reverse();
    seen
}
