//! First answers to interactions.

use serde_json::{Value, json};

use super::super::ids::{InteractionId, MessageId};
use super::super::rules::error::{ApiError, Path};
use super::super::state::interaction::kind;
use super::super::state::message::{flag, kind as message_kind};
use super::super::state::{Choice, Form, Interaction, Message, Standing};
use super::super::wire;
use super::call::Call;
use super::compose::{self, Door};
use super::route::{Answer, Method, Reply, Route, by_path};

pub(super) const ROUTES: &[Route] =
    &[by_path(Method::Post, "/interactions/{interaction_id}/{interaction_token}/callback", callback)];

/// Discord's numbers for the kinds of answers.
mod answer {
    pub(super) const PONG: u64 = 1;
    pub(super) const MESSAGE: u64 = 4;
    pub(super) const DEFERRED_MESSAGE: u64 = 5;
    pub(super) const DEFERRED_UPDATE: u64 = 6;
    pub(super) const UPDATE: u64 = 7;
    pub(super) const CHOICES: u64 = 8;
    pub(super) const FORM: u64 = 9;
}

fn callback(call: &mut Call<'_>) -> Answer {
    let id: InteractionId = call.id("interaction_id")?;
    let now = call.core.clock.now_ms();
    let interaction = call
        .world
        .data
        .interactions
        .get(&id)
        .filter(|known| known.token == call.param("interaction_token"))
        .cloned()
        .ok_or_else(ApiError::unknown_interaction)?;
    if interaction.standing != Standing::Waiting {
        return Err(ApiError::already_acknowledged());
    }
    if !interaction.answerable(now) {
        return Err(ApiError::unknown_interaction());
    }
    let kind = call.body.get("type").and_then(Value::as_u64).unwrap_or(0);
    check_kind(&interaction, kind)?;
    let data = call.body.get("data").cloned().unwrap_or_else(|| json!({}));
    let files = std::mem::take(&mut call.files);
    match kind {
        answer::MESSAGE => {
            let message = first_message(call, &interaction, &data, &files)?;
            settle(call, id, Standing::Message, Some(message));
        }
        answer::DEFERRED_MESSAGE => {
            let ephemeral = data.get("flags").and_then(Value::as_u64).unwrap_or(0) & flag::EPHEMERAL;
            let mut message = blank(call, &interaction, ephemeral);
            message.flags |= flag::LOADING;
            let message_id = message.id;
            call.world.post(message);
            settle(call, id, Standing::Thinking, Some(message_id));
            call.world.with_interaction(id, |interaction| interaction.ephemeral = ephemeral != 0);
        }
        answer::DEFERRED_UPDATE => settle(call, id, Standing::Acknowledged, interaction.source),
        answer::UPDATE => {
            update_source(call, &interaction, &data, &files)?;
            settle(call, id, Standing::Updated, interaction.source);
        }
        answer::CHOICES => {
            let choices = read_choices(&data)?;
            call.world.with_interaction(id, |interaction| interaction.choices = choices);
            settle(call, id, Standing::Choices, None);
        }
        _ => {
            let form = read_form(&data)?;
            call.world.with_interaction(id, |interaction| interaction.form = Some(form));
            settle(call, id, Standing::Form, None);
        }
    }
    if call.query("with_response") != Some("true") {
        return Ok(Reply::Nothing);
    }
    Ok(Reply::Json(200, callback_response(call, id, kind)))
}

/// Whether this kind of answer fits this kind of interaction.
fn check_kind(interaction: &Interaction, kind: u64) -> Result<(), ApiError> {
    let allowed: &[u64] = match interaction.kind {
        kind::AUTOCOMPLETE => &[answer::CHOICES],
        kind::COMMAND => &[answer::MESSAGE, answer::DEFERRED_MESSAGE, answer::FORM],
        kind::COMPONENT => &[
            answer::MESSAGE,
            answer::DEFERRED_MESSAGE,
            answer::DEFERRED_UPDATE,
            answer::UPDATE,
            answer::FORM,
        ],
        // A form cannot open a form; one that was opened from a message can change that message.
        _ if interaction.source.is_some() => {
            &[answer::MESSAGE, answer::DEFERRED_MESSAGE, answer::DEFERRED_UPDATE, answer::UPDATE]
        }
        _ => &[answer::MESSAGE, answer::DEFERRED_MESSAGE, answer::DEFERRED_UPDATE],
    };
    debug_assert!(!allowed.contains(&answer::PONG), "PONG answers PING, which the gateway never sends");
    if allowed.contains(&kind) {
        return Ok(());
    }
    let listed: Vec<String> = allowed.iter().map(u64::to_string).collect();
    let root = Path::ROOT;
    let message = format!("Value must be one of {{{}}}.", listed.join(", "));
    Err(ApiError::form(&root.key("type"), "BASE_TYPE_CHOICES", message))
}

fn settle(call: &mut Call<'_>, id: InteractionId, standing: Standing, original: Option<MessageId>) {
    call.world.with_interaction(id, |interaction| {
        interaction.standing = standing;
        interaction.original = original;
    });
}

/// An empty message of the application that answers this interaction.
pub(super) fn blank(call: &mut Call<'_>, interaction: &Interaction, ephemeral: u64) -> Message {
    let bot = call.world.bot_id();
    let id = MessageId(call.world.next_id());
    let mut message = Message::new(id, interaction.channel, bot);
    message.kind = match (interaction.kind, interaction.origin.command_kind) {
        (kind::COMMAND, 1) => message_kind::SLASH_COMMAND,
        (kind::COMMAND, _) => message_kind::MENU_COMMAND,
        // An answer to a component or a form is shown as a reply to the message it came from.
        _ if interaction.source.is_some() => message_kind::REPLY,
        _ => message_kind::DEFAULT,
    };
    if message.kind == message_kind::REPLY {
        message.reply_to = interaction.source;
    }
    message.interaction = Some(interaction.origin.clone());
    if ephemeral != 0 {
        message.flags |= flag::EPHEMERAL;
        message.only_for = Some(interaction.user);
    }
    message
}

fn first_message(
    call: &mut Call<'_>,
    interaction: &Interaction,
    data: &Value,
    files: &[super::body::Upload],
) -> Result<MessageId, ApiError> {
    let ephemeral = data.get("flags").and_then(Value::as_u64).unwrap_or(0) & flag::EPHEMERAL;
    let mut message = blank(call, interaction, ephemeral);
    compose::apply(&mut call.world, Door::Answer, data, files, &mut message)?;
    let id = message.id;
    call.world.post(message);
    Ok(id)
}

/// Changes the message that carried the component.
fn update_source(
    call: &mut Call<'_>,
    interaction: &Interaction,
    data: &Value,
    files: &[super::body::Upload],
) -> Result<(), ApiError> {
    let source = interaction.source.ok_or_else(ApiError::unknown_message)?;
    let mut message =
        call.world.message(interaction.channel, source).cloned().ok_or_else(ApiError::unknown_message)?;
    compose::apply(&mut call.world, Door::Answer, data, files, &mut message)?;
    message.edited_at_ms = Some(call.core.clock.now_ms());
    if let Some(place) = call.world.message_mut(interaction.channel, source) {
        *place = message;
    }
    call.world.tell_message(interaction.channel, source, "MESSAGE_UPDATE");
    Ok(())
}

fn read_choices(data: &Value) -> Result<Vec<Choice>, ApiError> {
    let listed = data.get("choices").and_then(Value::as_array).cloned().unwrap_or_default();
    let root = Path::ROOT;
    let path = root.key("data");
    if listed.len() > 25 {
        return Err(ApiError::form(
            &path.key("choices"),
            "BASE_TYPE_MAX_LENGTH",
            "Must be 25 or fewer in length.",
        ));
    }
    Ok(listed
        .into_iter()
        .map(|choice| Choice {
            name: choice.get("name").and_then(Value::as_str).unwrap_or("").to_owned(),
            value: choice.get("value").cloned().unwrap_or(Value::Null),
        })
        .collect())
}

fn read_form(data: &Value) -> Result<Form, ApiError> {
    let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    Ok(Form {
        custom_id: text("custom_id"),
        title: text("title"),
        components: data.get("components").and_then(Value::as_array).cloned().unwrap_or_default(),
    })
}

/// What `with_response` asks for.
fn callback_response(call: &Call<'_>, id: InteractionId, kind: u64) -> Value {
    let Some(interaction) = call.world.data.interactions.get(&id) else { return Value::Null };
    let mut body = json!({
        "interaction": {
            "id": id,
            "type": interaction.kind,
            "channel_id": interaction.channel,
        },
    });
    if let Some(server) = interaction.server {
        body["interaction"]["guild_id"] = json!(server);
    }
    let message = interaction.original.and_then(|original| call.world.message(interaction.channel, original));
    if let Some(message) = message {
        body["interaction"]["response_message_id"] = json!(message.id);
        body["interaction"]["response_message_loading"] = json!(message.flags & flag::LOADING != 0);
        body["interaction"]["response_message_ephemeral"] = json!(message.is_ephemeral());
        if matches!(kind, answer::MESSAGE | answer::UPDATE) {
            body["resource"] =
                json!({ "type": kind, "message": wire::message::message(&call.world, message) });
        }
    }
    body
}
