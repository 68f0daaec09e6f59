//! First answers to interactions.

use serde_json::{Value, json};

use super::super::ids::{InteractionId, MessageId};
use super::super::rules::callback::{self as callback_rule, Asked, Callback, ChoiceKind};
use super::super::rules::error::ApiError;
use super::super::rules::message::{Draft, Endpoint};
use super::super::state::interaction::kind;
use super::super::state::message::{flag, kind as message_kind};
use super::super::state::{Choice, Form, Interaction, Message, Standing};
use super::super::wire;
use super::body::Upload;
use super::call::Call;
use super::compose;
use super::route::{Answer, Method, Reply, Route, by_path};

pub(super) const ROUTES: &[Route] =
    &[by_path(Method::Post, "/interactions/{interaction_id}/{interaction_token}/callback", callback)];

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
    let files = std::mem::take(&mut call.files);
    let answer = check(call, &interaction, &files)?;
    let with_message = matches!(answer, Callback::Message(_) | Callback::Update(_));
    match answer {
        Callback::Message(draft) => {
            let ephemeral = draft.flags.unwrap_or(0) & flag::EPHEMERAL != 0;
            let mut message = blank(call, &interaction, ephemeral);
            compose::apply(&mut call.world, Endpoint::Callback, *draft, &files, &mut message);
            let original = message.id;
            call.world.post(message);
            settle(call, id, Standing::Message, Some(original));
        }
        Callback::DeferMessage { ephemeral } => {
            let mut message = blank(call, &interaction, ephemeral);
            message.flags |= flag::LOADING;
            let original = message.id;
            call.world.post(message);
            settle(call, id, Standing::Thinking, Some(original));
        }
        Callback::DeferUpdate => settle(call, id, Standing::Acknowledged, interaction.source),
        Callback::Update(draft) => {
            update_source(call, &interaction, *draft, &files)?;
            settle(call, id, Standing::Updated, interaction.source);
        }
        Callback::Choices(choices) => {
            let choices =
                choices.into_iter().map(|choice| Choice { name: choice.name, value: choice.value }).collect();
            call.world.with_interaction(id, |interaction| interaction.choices = choices);
            settle(call, id, Standing::Choices, None);
        }
        Callback::Modal(modal) => {
            let form = Form { custom_id: modal.custom_id, title: modal.title, components: modal.components };
            call.world.with_interaction(id, |interaction| interaction.form = Some(form));
            settle(call, id, Standing::Form, None);
        }
    }
    if !call.query_flag("with_response") {
        return Ok(Reply::Nothing);
    }
    Ok(Reply::Json(200, callback_response(call, id, with_message)))
}

/// Checks the answer as a whole.
fn check(call: &Call<'_>, interaction: &Interaction, files: &[Upload]) -> Result<Callback, ApiError> {
    let source = interaction.source.and_then(|id| call.world.message(interaction.channel, id));
    let asked = match interaction.kind {
        kind::COMMAND => Asked::Command,
        kind::COMPONENT => Asked::Component,
        kind::AUTOCOMPLETE => {
            let option = interaction.typed_kind.and_then(|kind| ChoiceKind::of_option(i64::from(kind)));
            Asked::Typing(option.unwrap_or(ChoiceKind::Text))
        }
        _ => Asked::Form { on_message: source.is_some() },
    };
    let uploads = compose::uploads(files);
    match source {
        Some(source) => compose::with_standing(source, |standing| {
            callback_rule::check(&call.body, asked, &uploads, Some(standing))
        }),
        None => callback_rule::check(&call.body, asked, &uploads, None),
    }
}

fn settle(call: &mut Call<'_>, id: InteractionId, standing: Standing, original: Option<MessageId>) {
    call.world.with_interaction(id, |interaction| {
        interaction.standing = standing;
        interaction.original = original;
    });
}

/// An empty message of the application that answers this interaction.
pub(super) fn blank(call: &mut Call<'_>, interaction: &Interaction, ephemeral: bool) -> Message {
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
    if ephemeral {
        message.flags |= flag::EPHEMERAL;
        message.only_for = Some(interaction.user);
    }
    message
}

/// Changes the message that carried the component.
fn update_source(
    call: &mut Call<'_>,
    interaction: &Interaction,
    draft: Draft,
    files: &[Upload],
) -> Result<(), ApiError> {
    let source = interaction.source.ok_or_else(ApiError::unknown_message)?;
    let mut message =
        call.world.message(interaction.channel, source).cloned().ok_or_else(ApiError::unknown_message)?;
    compose::apply(&mut call.world, Endpoint::CallbackUpdate, draft, files, &mut message);
    message.edited_at_ms = Some(call.core.clock.now_ms());
    if let Some(place) = call.world.message_mut(interaction.channel, source) {
        *place = message;
    }
    call.world.tell_message(interaction.channel, source, "MESSAGE_UPDATE");
    Ok(())
}

/// What `with_response` asks for.
fn callback_response(call: &Call<'_>, id: InteractionId, with_message: bool) -> Value {
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
        if with_message {
            let kind = if interaction.standing == Standing::Updated { 7 } else { 4 };
            body["resource"] =
                json!({ "type": kind, "message": wire::message::message(&call.world, message) });
        }
    }
    body
}
