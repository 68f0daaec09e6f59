//! Typing a command as a member does: choosing it, filling in options, getting choices while typing, sending.
//! And what menus, buttons and forms send.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::ids::{ChannelId, InteractionId, MessageId, ServerId, UserId};
use super::super::rules::component::Refusal;
use super::super::rules::option as rule;
use super::super::rules::permission::Permissions;
use super::super::state::interaction::kind;
use super::super::state::message::Origin;
use super::super::state::{Choice, Command, Interaction, Standing, World};
use super::super::wire;
use super::answer::Asked;
use super::member::MemberHandle;
use super::{Driven, DriverError, not_possible};

/// A kind of option that stands for something with a number: user, channel, role, mentionable.
const BY_ID: std::ops::RangeInclusive<u64> = 6..=9;

/// A slash command that a member is typing.
pub struct Typing {
    member: MemberHandle,
    channel: ChannelId,
    command: Command,
    /// Sub-command group and sub-command, if any.
    path: Vec<String>,
    /// What is filled in, in order.
    values: Vec<(String, Value)>,
}

impl MemberHandle {
    /// Begins to type a slash command. A sub-command follows after a blank: `digest on`.
    pub fn slash(&self, channel: ChannelId, name: &str) -> Driven<Typing> {
        let mut words = name.trim_start_matches('/').split_whitespace();
        let first = words.next().unwrap_or("");
        let path: Vec<String> = words.map(str::to_owned).collect();
        let world = self.world();
        let Some(command) = find(&world, channel, 1, first).cloned() else {
            return not_possible(format!("there is no command /{first} here"));
        };
        offered(&world, &command, channel, self.user)?;
        drop(world);
        Ok(Typing { member: self.clone(), channel, command, path, values: Vec::new() })
    }

    /// Uses a message menu on a message.
    pub fn message_menu(&self, channel: ChannelId, message: MessageId, name: &str) -> Driven<Asked> {
        let mut world = self.world();
        let Some(command) = find(&world, channel, 3, name).cloned() else {
            return not_possible(format!("there is no message menu {name} here"));
        };
        offered(&world, &command, channel, self.user)?;
        let Some(target) = world.message(channel, message).filter(|found| !found.is_ephemeral()) else {
            return not_possible("there is no such message");
        };
        let mut data = command_data(&command, self.server);
        data["target_id"] = json!(message);
        data["resolved"] =
            json!({ "messages": { message.to_string(): wire::message::message(&world, target) } });
        let mut origin = command_origin(&mut world, &command, &[], self.user);
        origin.target = Some(message);
        let opening = Opening { kind: kind::COMMAND, channel, origin, source: None };
        let id = open(&mut world, self, opening, None, data);
        Ok(Asked::new(Arc::clone(&self.core), id))
    }

    /// Uses a user menu on a person.
    pub fn user_menu(&self, channel: ChannelId, target: UserId, name: &str) -> Driven<Asked> {
        let mut world = self.world();
        let Some(command) = find(&world, channel, 2, name).cloned() else {
            return not_possible(format!("there is no user menu {name} here"));
        };
        offered(&world, &command, channel, self.user)?;
        let mut data = command_data(&command, self.server);
        data["target_id"] = json!(target);
        let mut resolved = Map::new();
        resolve(&world, self.server, 6, target.0, channel, &mut resolved);
        data["resolved"] = Value::Object(resolved);
        let origin = command_origin(&mut world, &command, &[], self.user);
        let opening = Opening { kind: kind::COMMAND, channel, origin, source: None };
        let id = open(&mut world, self, opening, None, data);
        Ok(Asked::new(Arc::clone(&self.core), id))
    }
}

impl Typing {
    /// Fills in an option: text, a number, true or false, or the id of a user, role or channel as text.
    pub fn set(&mut self, option: &str, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        match self.values.iter_mut().find(|(name, _)| name == option) {
            Some(held) => held.1 = value,
            None => self.values.push((option.to_owned(), value)),
        }
        self
    }

    /// The same, for chaining at the start.
    #[must_use]
    pub fn with(mut self, option: &str, value: impl Into<Value>) -> Self {
        self.set(option, value);
        self
    }

    /// Takes one of the offered choices.
    pub fn choose(&mut self, option: &str, choice: &Choice) -> &mut Self {
        self.set(option, choice.value.clone())
    }

    /// One keystroke: the option now holds this text. Returns the choices the application offers.
    pub async fn keystroke(&mut self, option: &str, text: &str) -> Driven<Vec<Choice>> {
        self.press(option, text)?.choices().await
    }

    /// The same without waiting for the choices.
    pub fn press(&mut self, option: &str, text: &str) -> Driven<Asked> {
        self.set(option, text);
        let options = rule::typing(&self.command.definition, &self.steps(), &self.values, option)?;
        let typed_kind = self.option(option).and_then(|option| option["type"].as_u64());
        let id = {
            let mut world = self.member.world();
            let data = self.data(&world, options);
            let origin = command_origin(&mut world, &self.command, &self.path, self.member.user);
            let opening = Opening { kind: kind::AUTOCOMPLETE, channel: self.channel, origin, source: None };
            open(&mut world, &self.member, opening, typed_kind, data)
        };
        Ok(Asked::new(Arc::clone(&self.member.core), id))
    }

    /// Types a text letter by letter, each a keystroke of its own, and returns the last choices.
    pub async fn type_text(&mut self, option: &str, text: &str) -> Driven<Vec<Choice>> {
        let mut choices = self.keystroke(option, "").await?;
        let mut typed = String::new();
        for letter in text.chars() {
            typed.push(letter);
            choices = self.keystroke(option, &typed).await?;
        }
        Ok(choices)
    }

    /// Sends the command, if a client would let it go.
    pub fn send(&self) -> Driven<Asked> {
        let options = rule::submit(&self.command.definition, &self.steps(), &self.values)?;
        let mut world = self.member.world();
        offered(&world, &self.command, self.channel, self.member.user)?;
        let data = self.data(&world, options);
        let origin = command_origin(&mut world, &self.command, &self.path, self.member.user);
        let opening = Opening { kind: kind::COMMAND, channel: self.channel, origin, source: None };
        let id = open(&mut world, &self.member, opening, None, data);
        Ok(Asked::new(Arc::clone(&self.member.core), id))
    }

    fn steps(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The definition of an option of the chosen (sub-)command.
    fn option(&self, name: &str) -> Option<&Value> {
        let mut options = self.command.options();
        for step in &self.path {
            let inner = options.iter().find(|option| option["name"] == step.as_str())?;
            options = inner.get("options").and_then(Value::as_array).map_or(&[], Vec::as_slice);
        }
        options.iter().find(|option| option["name"] == name)
    }

    /// The data of the interaction, with these options.
    fn data(&self, world: &World, options: Vec<Value>) -> Value {
        let mut resolved = Map::new();
        for (name, value) in &self.values {
            let kind = self.option(name).and_then(|option| option["type"].as_u64()).unwrap_or(0);
            if let (true, Some(id)) = (BY_ID.contains(&kind), value.as_str().and_then(|id| id.parse().ok())) {
                resolve(world, self.member.server, kind, id, self.channel, &mut resolved);
            }
        }
        let mut data = command_data(&self.command, self.member.server);
        if !options.is_empty() {
            data["options"] = Value::Array(options);
        }
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
        data
    }
}

/// The command of this name in a channel: the server's own before the one for everywhere.
pub(super) fn find<'w>(world: &'w World, channel: ChannelId, kind: u8, name: &str) -> Option<&'w Command> {
    let server = world.channel(channel)?.server;
    server
        .and_then(|server| world.find_command(Some(server), kind, name))
        .or_else(|| world.find_command(None, kind, name))
}

/// Whether a client would offer this command to this user here.
pub(super) fn offered(world: &World, command: &Command, channel: ChannelId, user: UserId) -> Driven<()> {
    let Some(found) = world.channel(channel) else { return not_possible("there is no such channel") };
    let has = world.permissions_in(channel, user);
    if !has.contains(Permissions::VIEW_CHANNEL) {
        return not_possible("this member does not see the channel");
    }
    let context = if found.server.is_some() { 0 } else { 1 };
    if let Some(contexts) = command.definition.get("contexts").and_then(Value::as_array) {
        if !contexts.iter().any(|known| known == &json!(context)) {
            return not_possible("this command is not offered in this kind of place");
        }
    } else if context == 1 && command.definition.get("dm_permission") == Some(&json!(false)) {
        return not_possible("this command is not offered in direct conversations");
    }
    let Some(server) = found.server.and_then(|server| world.server(server)) else { return Ok(()) };
    if command.server.is_some_and(|wanted| wanted != server.id) {
        return not_possible("this command belongs to another server");
    }
    if !server.members.contains_key(&world.bot_id()) {
        return not_possible("the application is not in this server");
    }
    if !has.contains(Permissions::USE_APPLICATION_COMMANDS) {
        return not_possible("this member may not use commands here");
    }
    let at_large = world.permissions_at_large(server.id, user);
    if at_large.contains(Permissions::ADMINISTRATOR) {
        return Ok(());
    }
    let lines = server.command_overrides.get(&command.id.0);
    let line = |target: u64| lines.into_iter().flatten().find(|line| line.target == target);
    if let Some(own) = line(user.0) {
        return if own.allowed { Ok(()) } else { not_possible("this command is closed to this member") };
    }
    let roles = world.role_ids_of(server.id, user);
    let by_role: Vec<bool> = roles.iter().filter_map(|role| line(role.0)).map(|line| line.allowed).collect();
    if !by_role.is_empty() {
        return if by_role.contains(&true) {
            Ok(())
        } else {
            not_possible("this command is closed to this member")
        };
    }
    match command.default_member_permissions() {
        // Nobody but administrators.
        Some(0) => not_possible("this command is for administrators"),
        Some(needed) if !has.contains(Permissions(needed)) => {
            not_possible("this member lacks the permission that the command asks for")
        }
        _ => Ok(()),
    }
}

/// What the data of every command holds.
fn command_data(command: &Command, server: Option<ServerId>) -> Value {
    let mut data = json!({ "id": command.id, "name": command.name, "type": command.kind });
    if let (Some(server), true) = (server, command.server.is_some()) {
        data["guild_id"] = json!(server);
    }
    data
}

fn command_origin(world: &mut World, command: &Command, path: &[String], user: UserId) -> Origin {
    let mut name = command.name.clone();
    for word in path {
        name.push(' ');
        name.push_str(word);
    }
    Origin {
        id: InteractionId(world.next_id()),
        kind: kind::COMMAND,
        user,
        command: Some(name),
        command_kind: command.kind,
        original: None,
        component_of: None,
        target: None,
        opened_by: None,
    }
}

/// Adds what an option or menu value stands for.
pub(super) fn resolve(
    world: &World,
    server: Option<ServerId>,
    kind: u64,
    id: u64,
    channel: ChannelId,
    into: &mut Map<String, Value>,
) {
    let mut put = |what: &str, value: Value| {
        let section = into.entry(what).or_insert_with(|| json!({}));
        section[id.to_string()] = value;
    };
    let user = world.user(UserId(id)).filter(|_| matches!(kind, 6 | 9));
    if let Some(user) = user {
        put("users", wire::user::user(user));
        if let Some(member) = server.and_then(|server| world.member(server, UserId(id))) {
            let mut body = wire::server::member_part(member);
            body["permissions"] = json!(world.explicit_permissions_in(channel, UserId(id)));
            put("members", body);
        }
    }
    let role = server
        .and_then(|server| world.server(server)?.roles.get(&super::super::ids::RoleId(id)))
        .filter(|_| matches!(kind, 8 | 9));
    if let Some(role) = role {
        put("roles", wire::server::role(role));
    }
    if let Some(found) = world.channel(ChannelId(id)).filter(|_| kind == 7) {
        let permissions = world.explicit_permissions_in(ChannelId(id), world.bot_id());
        put("channels", wire::channel::in_interaction(world, found, permissions));
    }
}

/// What is known of an interaction before it is sent.
pub(super) struct Opening {
    /// See [`kind`].
    pub(super) kind: u8,
    /// Where.
    pub(super) channel: ChannelId,
    /// What answers say of where they come from.
    pub(super) origin: Origin,
    /// The message that carries the component.
    pub(super) source: Option<MessageId>,
}

/// Opens an interaction of this member and tells the application.
pub(super) fn open(
    world: &mut World,
    member: &MemberHandle,
    opening: Opening,
    typed_kind: Option<u64>,
    data: Value,
) -> InteractionId {
    let Opening { kind, channel, origin, source } = opening;
    let id = origin.id;
    let interaction = Interaction {
        id,
        token: token(id),
        kind,
        user: member.user,
        channel,
        server: world.channel(channel).and_then(|found| found.server),
        made_at_ms: world.clock.now_ms(),
        origin,
        source,
        standing: Standing::Waiting,
        typed_kind: typed_kind.map(|kind| kind as u8),
        original: None,
        follow_ups: Vec::new(),
        choices: Vec::new(),
        form: None,
    };
    let event = wire::interaction::event(world, &interaction, data);
    world.open_interaction(interaction, &event);
    id
}

/// A token that cannot be guessed, and that begins with the interaction's number.
fn token(id: InteractionId) -> String {
    let mut random = [0u8; 32];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::warn!(%error, "no randomness for a token");
    }
    let tail: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id}.{tail}")
}

impl From<Refusal> for DriverError {
    fn from(why: Refusal) -> Self {
        Self::NotPossible(why.0)
    }
}
