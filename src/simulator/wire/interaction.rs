//! Interactions as the gateway brings them.

use serde_json::{Value, json};

use super::super::state::interaction::kind;
use super::super::state::{Interaction, World};
use super::{channel, message, server, user};

/// The largest file an answer may carry.
const ATTACHMENT_LIMIT: u64 = 10 * 1024 * 1024;

/// The event of an interaction with this data.
pub fn event(world: &World, interaction: &Interaction, data: Value) -> Value {
    let bot = world.bot_id();
    let member_permissions = world.explicit_permissions_in(interaction.channel, interaction.user);
    let mut body = json!({
        "id": interaction.id,
        "application_id": bot,
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": interaction.channel,
        "locale": world.user(interaction.user).map_or("en-US", |user| &user.locale),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": ATTACHMENT_LIMIT,
        "app_permissions": world.explicit_permissions_in(interaction.channel, bot),
    });
    if let Some(found) = world.channel(interaction.channel) {
        body["channel"] = channel::in_interaction(world, found, member_permissions);
    }
    match interaction.server.and_then(|id| world.server(id)) {
        Some(found) => {
            body["guild_id"] = json!(found.id);
            body["guild_locale"] = json!(found.locale);
            body["guild"] = json!({ "id": found.id, "locale": found.locale, "features": [] });
            body["context"] = json!(0);
            body["authorizing_integration_owners"] = json!({ "0": found.id });
            if let Some(mut member) = server::member_by_id(world, found.id, interaction.user) {
                member["permissions"] = json!(member_permissions);
                body["member"] = member;
            }
        }
        None => {
            body["user"] = user::partial(world, interaction.user);
            body["context"] = json!(1);
            body["authorizing_integration_owners"] = json!({ "0": "0" });
        }
    }
    if matches!(interaction.kind, kind::COMPONENT | kind::FORM) {
        // The message comes whole, whatever the application may read otherwise: it wrote it.
        if let Some(source) = interaction.source.and_then(|id| world.message(interaction.channel, id)) {
            body["message"] = message::message(world, source);
        }
    }
    body
}
