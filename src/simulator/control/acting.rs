//! Commands of members.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::ids::{ChannelId, InteractionId, MessageId, UserId};
use super::command::yes;

/// Acting as a member; `as` is always the number of the person who acts.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Acting {
    /// Gives `{messages}`: the channel as this person sees it.
    Look {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
    },
    /// Gives `{commands}`: the definitions of what this person is offered here (slash 1, user 2, message 3).
    Commands {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
    },
    /// Gives `{choices}` for what is typed into one option of a slash command.
    Keystroke {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// The command, with its sub-command after a blank.
        command: String,
        /// What the other options hold.
        #[serde(default)]
        values: Map<String, Value>,
        /// The option that is typed.
        option: String,
        /// What it holds now.
        text: String,
    },
    /// Sends a slash command. Gives the first answer; see [`super::act::answer_body`].
    Send {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// The command, with its sub-command after a blank.
        command: String,
        /// What the options hold.
        #[serde(default)]
        values: Map<String, Value>,
        /// Whether to wait for the answer.
        #[serde(default = "yes")]
        wait: bool,
    },
    /// Uses a message menu. Gives the first answer.
    MessageMenu {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On which message.
        message: MessageId,
        /// The menu's name.
        command: String,
    },
    /// Uses a user menu. Gives the first answer.
    UserMenu {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On whom.
        user: UserId,
        /// The menu's name.
        command: String,
    },
    /// Clicks a button. Gives the first answer.
    Click {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On which message.
        message: MessageId,
        /// Its label or custom id.
        button: String,
    },
    /// Picks from a menu. Gives the first answer.
    Pick {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On which message.
        message: MessageId,
        /// The menu's custom id; empty: the only one.
        #[serde(default)]
        menu: String,
        /// What is picked.
        values: Vec<String>,
    },
    /// Submits a form that an interaction opened. Gives the first answer.
    Submit {
        /// Who.
        r#as: UserId,
        /// The interaction that the form answered.
        interaction: InteractionId,
        /// What the fields hold, by custom id.
        #[serde(default)]
        values: Map<String, Value>,
    },
    /// Reacts, or with `stands: false` takes it back.
    React {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On which message.
        message: MessageId,
        /// The emoji.
        emoji: String,
        /// A super reaction.
        #[serde(default)]
        burst: bool,
        /// Added or taken back.
        #[serde(default = "yes")]
        stands: bool,
    },
    /// Takes another's reaction away.
    RemoveReactionOf {
        /// Who acts.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On which message.
        message: MessageId,
        /// Whose.
        user: UserId,
        /// The emoji.
        emoji: String,
    },
    /// Takes all reactions away, or all of one emoji.
    ClearReactions {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// On which message.
        message: MessageId,
        /// Only this emoji.
        emoji: Option<String>,
    },
    /// Begins to write, or goes on.
    Typing {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
    },
    /// Gives `{message}`.
    Say {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// What.
        text: String,
        /// In reply to.
        reply_to: Option<MessageId>,
        /// Whether the reply pings.
        #[serde(default = "yes")]
        ping: bool,
    },
    /// Edits an own message.
    Edit {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// Which.
        message: MessageId,
        /// The new text.
        text: String,
    },
    /// Deletes messages; one or many at once. An ephemeral one is dismissed.
    DeleteMessages {
        /// Who.
        r#as: UserId,
        /// Where.
        channel: ChannelId,
        /// Which.
        messages: Vec<MessageId>,
    },
    /// Deletes a channel or thread.
    DeleteChannel {
        /// Who.
        r#as: UserId,
        /// Which.
        channel: ChannelId,
    },
    /// Gives `{channel}`: a public thread, started by `as`.
    MakeThread {
        /// Who starts it.
        r#as: UserId,
        /// In which channel.
        parent: ChannelId,
        /// Its name.
        name: String,
        /// The message it hangs on.
        message: Option<MessageId>,
    },
}
