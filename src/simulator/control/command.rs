//! Every command of the control interface, as it is written in JSON.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::super::faults::EventRule;
use super::super::ids::{ChannelId, InteractionId, MessageId, RoleId, ServerId, UserId};
use super::super::rest_fault::RestRule;
use super::super::rules::permission::Permissions;

/// A set of permissions: a decimal string, or a list of Discord's names such as `["SEND_MESSAGES"]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(pub Permissions);

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Value::Array(names) = &value else {
            let bits = Permissions::from_value(&value);
            return bits
                .map(Self)
                .ok_or_else(|| de::Error::custom("permissions are digits or a list of names"));
        };
        let mut set = Permissions::NONE;
        for name in names {
            let known = Permissions::NAMES.iter().find(|(known, _)| name == known);
            let (_, bit) = known.ok_or_else(|| de::Error::custom(format!("{name} is no permission")))?;
            set |= *bit;
        }
        Ok(Self(set))
    }
}

/// One command. `as` is always the number of the person who acts.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    // ---- making and changing --------------------------------------------------------------------------------
    /// Gives `{server, general, owner}`.
    MakeServer {
        /// Its name.
        name: String,
        /// Whether the bot is in it from the start.
        #[serde(default = "yes")]
        with_bot: bool,
    },
    /// The server is gone.
    DeleteServer {
        /// Which.
        server: ServerId,
    },
    /// An outage begins or ends.
    SetAvailable {
        /// Which.
        server: ServerId,
        /// Up or down.
        available: bool,
    },
    /// The bot joins.
    InviteBot {
        /// Where.
        server: ServerId,
        /// What its role may do; nothing said: the usual.
        permissions: Option<PermissionSet>,
    },
    /// The bot is thrown out.
    RemoveBot {
        /// Where.
        server: ServerId,
    },
    /// What the bot's own role may do from now on.
    SetBotPermissions {
        /// Where.
        server: ServerId,
        /// The set.
        permissions: PermissionSet,
    },
    /// Gives `{channel}`.
    MakeChannel {
        /// Where.
        server: ServerId,
        /// Its name.
        name: String,
        /// Discord's number: 0 text, 2 voice, 4 category, 5 news, 15 forum.
        #[serde(default)]
        kind: u8,
        /// The category it is in.
        category: Option<ChannelId>,
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
    /// Archives a thread or takes it back.
    SetArchived {
        /// Which.
        thread: ChannelId,
        /// Put aside.
        archived: bool,
        /// Closed.
        #[serde(default)]
        locked: bool,
    },
    /// Gives `{user}`: a new person joins.
    MakeMember {
        /// Where.
        server: ServerId,
        /// The name.
        name: String,
        /// How old the account is, in days.
        #[serde(default = "a_year")]
        account_days: f64,
        /// How long ago the person joined, in days.
        #[serde(default)]
        joined_days: f64,
        /// Whether it is another bot.
        #[serde(default)]
        bot: bool,
    },
    /// Somebody who exists joins another server.
    Admit {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
    },
    /// Somebody leaves.
    RemoveMember {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
    },
    /// Times somebody out; 0 ends it.
    TimeOut {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
        /// How long.
        seconds: u64,
    },
    /// Gives `{role}`.
    MakeRole {
        /// Where.
        server: ServerId,
        /// Its name.
        name: String,
        /// What it may do.
        #[serde(default)]
        permissions: PermissionSet,
    },
    /// Changes what a role may do; the everyone role has the server's number.
    SetRole {
        /// Where.
        server: ServerId,
        /// Which.
        role: RoleId,
        /// The set.
        permissions: PermissionSet,
    },
    /// Deletes a role.
    DeleteRole {
        /// Where.
        server: ServerId,
        /// Which.
        role: RoleId,
    },
    /// Gives a role to somebody, or takes it.
    SetMemberRole {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
        /// Which.
        role: RoleId,
        /// Has it from now on.
        has: bool,
    },
    /// An exception in a channel for a role or a member.
    Overwrite {
        /// Where.
        channel: ChannelId,
        /// For the members of a role.
        role: Option<RoleId>,
        /// For one member.
        member: Option<UserId>,
        /// Given.
        #[serde(default)]
        allow: PermissionSet,
        /// Taken.
        #[serde(default)]
        deny: PermissionSet,
    },
    /// Opens or closes a command for a role or member, as administrators do under Integrations.
    OverrideCommand {
        /// Where.
        server: ServerId,
        /// The command's name.
        command: String,
        /// For the members of a role.
        role: Option<RoleId>,
        /// For one member.
        member: Option<UserId>,
        /// Open or closed.
        allowed: bool,
    },
    /// The language of a server or of a person's client.
    SetLocale {
        /// Of a server.
        server: Option<ServerId>,
        /// Of a person.
        user: Option<UserId>,
        /// Such as `de`.
        locale: String,
    },

    // ---- acting as a member ---------------------------------------------------------------------------------
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

    // ---- time, faults, looking inside -----------------------------------------------------------------------
    /// Moves time forward.
    Advance {
        /// By how much.
        ms: u64,
    },
    /// Stops time, or lets it run again.
    StopClock {
        /// Stopped.
        stopped: bool,
    },
    /// Cuts gateway connections without a word.
    DropSockets {
        /// Of one shard.
        shard: Option<u32>,
    },
    /// Nobody can connect to the gateway, or everybody again.
    KeepOut {
        /// Kept out.
        out: bool,
    },
    /// Closes gateway connections with a code.
    CloseSockets {
        /// Of one shard.
        shard: Option<u32>,
        /// The code.
        code: u16,
    },
    /// Opcode 7.
    Reconnect {
        /// Of one shard.
        shard: Option<u32>,
    },
    /// Opcode 9.
    Invalidate {
        /// Of one shard.
        shard: Option<u32>,
        /// Whether the session may be resumed.
        #[serde(default)]
        resumable: bool,
    },
    /// The next resumes are refused.
    RefuseResumes {
        /// How many.
        times: usize,
    },
    /// Heartbeats stay without an answer.
    MuteHeartbeats {
        /// Muted.
        mute: bool,
    },
    /// Events while disconnected are lost.
    LoseWhileDisconnected {
        /// Lost.
        lose: bool,
    },
    /// Something happens to the next events.
    EventFault {
        /// What.
        rule: EventRule,
    },
    /// Something happens to the next requests.
    RestFault {
        /// What.
        rule: RestRule,
    },
    /// Ends all faults.
    ClearFaults,
    /// Gives `{requests}`: those after a number.
    Requests {
        /// The number.
        #[serde(default)]
        after: u64,
    },
    /// Gives `{sessions}`.
    Sessions,
    /// Gives `{rest, gateway, token, bot}`: what a client needs to connect.
    Address,
    /// Prepares a flood of events for a shard and sends it. Gives `{queued}`.
    Flood {
        /// Which shard.
        shard: u32,
        /// The events, each `[name, body]`.
        events: Vec<(String, Value)>,
        /// How often the whole list is sent.
        #[serde(default = "once")]
        times: u32,
    },
}

fn yes() -> bool {
    true
}

fn once() -> u32 {
    1
}

fn a_year() -> f64 {
    365.0
}
