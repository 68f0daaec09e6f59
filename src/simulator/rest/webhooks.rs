//! Later answers to interactions: the first message again, and follow-ups.

use serde_json::Value;

use super::super::ids::{InteractionId, MessageId};
use super::super::rules::error::ApiError;
use super::super::rules::message::{self as rule, Context, Endpoint};
use super::super::state::message::flag;
use super::super::state::{Interaction, Standing};
use super::super::wire;
use super::body::Upload;
use super::call::Call;
use super::compose;
use super::interactions::blank;
use super::route::{Answer, Method, Reply, Route, by_path, ok};

pub(super) const ROUTES: &[Route] = &[
    by_path(Method::Post, "/webhooks/{application_id}/{interaction_token}", follow_up),
    by_path(Method::Get, "/webhooks/{application_id}/{interaction_token}/messages/@original", get),
    by_path(Method::Patch, "/webhooks/{application_id}/{interaction_token}/messages/@original", edit),
    by_path(Method::Delete, "/webhooks/{application_id}/{interaction_token}/messages/@original", delete),
    by_path(Method::Get, "/webhooks/{application_id}/{interaction_token}/messages/{message_id}", get),
    by_path(Method::Patch, "/webhooks/{application_id}/{interaction_token}/messages/{message_id}", edit),
    by_path(Method::Delete, "/webhooks/{application_id}/{interaction_token}/messages/{message_id}", delete),
];

/// The interaction whose token stands in the path, answered and alive.
fn interaction(call: &Call<'_>) -> Result<Interaction, ApiError> {
    if call.param("application_id") != call.world.bot_id().to_string() {
        return Err(ApiError::unknown_webhook());
    }
    let token = call.param("interaction_token");
    let found = call.world.interaction_by_token(token).ok_or_else(ApiError::invalid_webhook_token)?;
    if !found.token_lives(call.core.clock.now_ms()) {
        return Err(ApiError::invalid_webhook_token());
    }
    // Before the first answer there is no webhook yet.
    match found.standing {
        Standing::Waiting | Standing::Choices => Err(ApiError::unknown_webhook()),
        _ => Ok(found.clone()),
    }
}

/// The message of the path: `@original`, or one of this interaction's own.
fn target(call: &Call<'_>, interaction: &Interaction) -> Result<MessageId, ApiError> {
    let id = if call.param("message_id").is_empty() {
        interaction.original.ok_or_else(ApiError::unknown_message)?
    } else {
        let id: MessageId = call.id("message_id")?;
        let own = interaction.original == Some(id) || interaction.follow_ups.contains(&id);
        own.then_some(id).ok_or_else(ApiError::unknown_message)?
    };
    call.world
        .message(interaction.channel, id)
        .map(|message| message.id)
        .ok_or_else(ApiError::unknown_message)
}

fn get(call: &mut Call<'_>) -> Answer {
    let interaction = interaction(call)?;
    let id = target(call, &interaction)?;
    answer(call, &interaction, id)
}

fn answer(call: &Call<'_>, interaction: &Interaction, id: MessageId) -> Answer {
    let found = call.world.message(interaction.channel, id).ok_or_else(ApiError::unknown_message)?;
    ok(wire::message::message(&call.world, found))
}

fn follow_up(call: &mut Call<'_>) -> Answer {
    let interaction = interaction(call)?;
    let body = call.body.clone();
    let files = std::mem::take(&mut call.files);
    if interaction.standing == Standing::Thinking {
        // The first follow-up after a deferral becomes the deferred message itself.
        if let Some(original) = interaction.original {
            return change(call, &interaction, original, &body, &files);
        }
    }
    let uploads = compose::uploads(&files);
    let draft =
        rule::check(&body, &Context { endpoint: Endpoint::FollowUp, uploads: &uploads, edited: None })?;
    let ephemeral = draft.flags.unwrap_or(0) & flag::EPHEMERAL != 0;
    let mut message = blank(call, &interaction, ephemeral);
    message.reply_to =
        interaction.original.filter(|id| call.world.message(interaction.channel, *id).is_some());
    message.kind = match message.reply_to {
        Some(_) => super::super::state::message::kind::REPLY,
        None => super::super::state::message::kind::DEFAULT,
    };
    if let Some(origin) = &mut message.interaction {
        origin.original = interaction.original;
    }
    compose::apply(&mut call.world, Endpoint::FollowUp, draft, &files, &mut message);
    let id = message.id;
    call.world.post(message);
    call.world.with_interaction(interaction.id, |interaction| interaction.follow_ups.push(id));
    answer(call, &interaction, id)
}

fn edit(call: &mut Call<'_>) -> Answer {
    let interaction = interaction(call)?;
    let id = target(call, &interaction)?;
    let body = call.body.clone();
    let files = std::mem::take(&mut call.files);
    change(call, &interaction, id, &body, &files)
}

/// Changes a message of an interaction; a deferred one comes to life.
fn change(
    call: &mut Call<'_>,
    interaction: &Interaction,
    id: MessageId,
    body: &Value,
    files: &[Upload],
) -> Answer {
    let mut message =
        call.world.message(interaction.channel, id).cloned().ok_or_else(ApiError::unknown_message)?;
    let was_thinking = message.flags & flag::LOADING != 0;
    let draft = compose::check_edit(body, files, Endpoint::EditWebhook, &message)?;
    compose::apply(&mut call.world, Endpoint::EditWebhook, draft, files, &mut message);
    message.flags &= !flag::LOADING;
    if !was_thinking {
        message.edited_at_ms = Some(call.core.clock.now_ms());
    }
    if let Some(place) = call.world.message_mut(interaction.channel, id) {
        *place = message;
    }
    call.world.tell_message(interaction.channel, id, "MESSAGE_UPDATE");
    if was_thinking {
        call.world.with_interaction(interaction.id, |interaction| interaction.standing = Standing::Message);
    }
    answer(call, interaction, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let interaction = interaction(call)?;
    let id = target(call, &interaction)?;
    call.world.delete_message(interaction.channel, id);
    forget(call, interaction.id, id);
    Ok(Reply::Nothing)
}

fn forget(call: &mut Call<'_>, interaction: InteractionId, message: MessageId) {
    call.world.with_interaction(interaction, |interaction| {
        interaction.follow_ups.retain(|known| *known != message);
    });
}
