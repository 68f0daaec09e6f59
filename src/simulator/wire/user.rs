//! Users and the application.

use serde_json::{Value, json};

use super::super::gateway::event::intent;
use super::super::ids::UserId;
use super::super::state::{User, World};

/// A user as it appears everywhere.
pub fn user(user: &User) -> Value {
    let mut body = json!({
        "id": user.id,
        "username": user.name,
        "global_name": user.global_name,
        // People have a name of their own since 2023, bots a number beside it.
        "discriminator": if user.bot { discriminator(user.id) } else { "0".to_owned() },
        "avatar": null,
        "avatar_decoration_data": null,
        "banner": null,
        "accent_color": null,
        "collectibles": null,
        "primary_guild": null,
        "public_flags": 0,
        "flags": 0,
    });
    if user.bot {
        body["bot"] = json!(true);
    }
    body
}

/// The four digits beside a bot's name, never zero.
fn discriminator(id: UserId) -> String {
    format!("{:04}", (id.0 >> 22) % 9_999 + 1)
}

/// A user by id; of an unknown one only the id.
pub fn partial(world: &World, id: UserId) -> Value {
    world.user(id).map_or_else(
        || {
            json!({ "id": id, "username": "deleted_user", "discriminator": "0",
        "global_name": null, "avatar": null, "public_flags": 0, "flags": 0, "primary_guild": null })
        },
        user,
    )
}

/// The application's own user, with what only it may know.
pub fn current(world: &World) -> Value {
    let mut body = partial(world, world.bot_id());
    body["verified"] = json!(true);
    body["mfa_enabled"] = json!(true);
    body["email"] = Value::Null;
    body["locale"] = json!("en-US");
    body["premium_type"] = json!(0);
    body["bio"] = json!("");
    body["bot"] = json!(true);
    body
}

/// The flags that say which privileged intents are switched on.
pub fn application_flags(privileged: u64) -> u64 {
    let mut flags = 1 << 23; // uses slash commands
    for (bit, limited) in [
        (intent::GUILD_PRESENCES, 1 << 13),
        (intent::GUILD_MEMBERS, 1 << 15),
        (intent::MESSAGE_CONTENT, 1 << 19),
    ] {
        if privileged & bit != 0 {
            flags |= limited;
        }
    }
    flags
}

/// The application as its owner sees it.
pub fn application(world: &World) -> Value {
    let application = &world.data.application;
    let flags = application_flags(application.privileged_intents);
    let servers = world.data.servers.values().filter(|server| server.members.contains_key(&application.bot));
    json!({
        "id": application.bot,
        "name": application.name,
        "icon": null,
        "description": "",
        "type": null,
        "bot": partial(world, application.bot),
        "bot_public": true,
        "bot_require_code_grant": false,
        "integration_types_config": { "0": {} },
        "verify_key": "0000000000000000000000000000000000000000000000000000000000000000",
        "flags": flags,
        "flags_new": flags.to_string(),
        "redirect_uris": [],
        "interactions_endpoint_url": null,
        "role_connections_verification_url": null,
        "event_webhooks_url": null,
        "event_webhooks_status": 1,
        "owner": partial(world, application.owner),
        "approximate_guild_count": servers.count(),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "team": null,
        "summary": "",
    })
}
