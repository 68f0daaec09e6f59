//! A second reader of the gateway: every event that the simulator sends is read by `twilight-model`, other
//! people's types of Discord's events, none of which a lenient parser of ours would stand in for.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeSeed as _;
use serde_json::{Value, json};
use tiebreaker::simulator::gateway::event::intent;
use tiebreaker::simulator::{Permissions, Settings, Simulator, Whom};
use twilight_model::gateway::event::{DispatchEvent, GatewayEvent, GatewayEventDeserializer};

use super::raw::{Socket, call};

/// Reads one payload as twilight reads it.
fn read(payload: &Value) -> Result<GatewayEvent, String> {
    let text = payload.to_string();
    let deserializer = GatewayEventDeserializer::from_json(&text).ok_or("no opcode")?.into_owned();
    let mut json = serde_json::Deserializer::from_str(&text);
    deserializer.deserialize(&mut json).map_err(|error| format!("{}: {error}\n{text}", payload["t"]))
}

/// Everything that is on its way, each payload read.
async fn read_all(socket: &mut Socket, seen: &mut BTreeSet<String>) -> Vec<DispatchEvent> {
    socket.send(json!({ "op": 1, "d": socket.sequence })).await;
    let mut events = Vec::new();
    loop {
        let payload = socket.payload().await;
        let event = read(&payload).unwrap_or_else(|error| panic!("twilight cannot read {error}"));
        match event {
            GatewayEvent::HeartbeatAck => return events,
            GatewayEvent::Dispatch(_, event) => {
                seen.insert(payload["t"].as_str().unwrap().to_owned());
                events.push(event);
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twilight_reads_every_event() {
    let settings = Settings { privileged_intents: intent::GUILD_MEMBERS, ..Settings::unlimited() };
    let discord = Simulator::start(settings.with_message_content()).await.unwrap();
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    server.set_bot_permissions(Permissions::ADMINISTRATOR);
    let intents = intent::KNOWN & !intent::GUILD_PRESENCES;
    let (mut socket, ready) = Socket::identified(&discord, intents, (0, 1)).await;
    assert!(
        matches!(read(&ready), Ok(GatewayEvent::Dispatch(_, DispatchEvent::Ready(_)))),
        "{:?}",
        read(&ready)
    );
    let mut seen = BTreeSet::from(["READY".to_owned()]);

    // Members, roles, channels, threads.
    let bob = server.member("Bob");
    let role = server.role("Testers", Permissions::SEND_MESSAGES);
    server.set_member_role(bob.user, role, true);
    server.set_role(role, Permissions::NONE);
    let side = server.channel("side");
    server.overwrite(side, Whom::Role(role), Permissions::NONE, Permissions::SEND_MESSAGES);
    server.delete_role(role);
    server.time_out(bob.user, Duration::from_secs(60));
    let thread = server.thread(general, "thread").unwrap();
    server.set_archived(thread, true, false);
    server.delete_channel(thread);
    server.delete_channel(side);
    read_all(&mut socket, &mut seen).await;

    // Messages and reactions, in a server and in private.
    let said = alice.say(general, &format!("hello <@{}>", discord.bot_id())).unwrap();
    let reply = alice.reply(general, said, "a reply", true).unwrap();
    alice.edit(general, reply, "edited").unwrap();
    alice.react(general, said, "🚢").unwrap();
    alice.super_react(general, said, "🚢").unwrap();
    alice.take_back(general, said, "🚢").unwrap();
    alice.react(general, said, "⏭️").unwrap();
    server.owner().clear_emoji(general, said, "⏭️").unwrap();
    server.owner().clear_reactions(general, said).unwrap();
    alice.delete_message(general, reply).unwrap();
    let others = [alice.say(general, "a").unwrap(), alice.say(general, "b").unwrap()];
    server.owner().delete_messages(general, &others).unwrap();
    let (direct, conversation) = alice.direct();
    direct.say(conversation, "in private").unwrap();
    let path = format!("/channels/{general}/messages");
    let card = json!({
        "content": "a card", "embeds": [{ "title": "t", "fields": [{ "name": "n", "value": "v" }], "footer": { "text": "f" } }],
        "components": [
            { "type": 1, "components": [{ "type": 2, "style": 1, "label": "More", "custom_id": "more" }] },
            { "type": 1, "components": [{ "type": 3, "custom_id": "menu", "options": [{ "label": "l", "value": "v" }] }] },
        ],
    });
    let (status, sent) = call(&discord, Method::POST, &path, Some(card)).await;
    assert_eq!(status, 200, "{sent}");
    let events = read_all(&mut socket, &mut seen).await;
    let super_reactions = events.iter().filter(|event| {
        matches!(event, DispatchEvent::ReactionAdd(added) if added.burst && added.message_author_id == Some(alice_id(&alice)))
    });
    assert_eq!(super_reactions.count(), 1);

    // Interactions of every kind.
    let commands = json!([
        { "name": "ask", "description": "d", "options": [
            { "type": 3, "name": "tool", "description": "d", "required": true, "autocomplete": true },
            { "type": 6, "name": "who", "description": "d" },
            { "type": 7, "name": "where", "description": "d" },
        ] },
        { "name": "Look", "type": 3 },
        { "name": "Greet", "type": 2 },
    ]);
    let path = format!("/applications/{}/commands", discord.bot_id());
    assert_eq!(call(&discord, Method::PUT, &path, Some(commands)).await.0, 200);
    let sent = sent["id"].as_str().unwrap().parse().unwrap();
    let mut typing = alice.slash(general, "ask").unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(50), typing.keystroke("tool", "h"));
    assert!(waiting.await.is_err(), "nobody answers");
    let typing =
        typing.with("tool", "haiku").with("who", bob.user.to_string()).with("where", general.to_string());
    typing.send().unwrap();
    alice.message_menu(general, said, "Look").unwrap();
    alice.user_menu(general, bob.user, "Greet").unwrap();
    let clicked = alice.click(general, sent, "more").unwrap();
    alice.pick(general, sent, "menu", &["v"]).unwrap();
    let token = discord.with_world(|world| world.data.interactions[&clicked.id].token.clone());
    let form = json!({ "type": 9, "data": { "custom_id": "form", "title": "t", "components": [
        { "type": 1, "components": [{ "type": 4, "custom_id": "x", "style": 1, "label": "l" }] },
    ] } });
    let path = format!("/interactions/{}/{token}/callback", clicked.id);
    assert_eq!(call(&discord, Method::POST, &path, Some(form)).await.0, 204);
    alice.submit(&clicked.form().await.unwrap(), &[("x", "words")]).unwrap();
    let events = read_all(&mut socket, &mut seen).await;
    let asked = events.iter().filter(|event| matches!(event, DispatchEvent::InteractionCreate(_))).count();
    assert_eq!(asked, 7);

    // The server goes away for a while, and for good.
    server.remove_member(bob.user);
    server.set_available(false);
    server.set_available(true);
    server.remove_bot();
    read_all(&mut socket, &mut seen).await;

    let expected = [
        "CHANNEL_CREATE",
        "CHANNEL_DELETE",
        "CHANNEL_UPDATE",
        "GUILD_CREATE",
        "GUILD_DELETE",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_MEMBER_UPDATE",
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_DELETE",
        "GUILD_ROLE_UPDATE",
        "INTERACTION_CREATE",
        "MESSAGE_CREATE",
        "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "MESSAGE_REACTION_REMOVE_EMOJI",
        "MESSAGE_UPDATE",
        "READY",
        "THREAD_CREATE",
        "THREAD_DELETE",
        "THREAD_UPDATE",
    ];
    let missing: Vec<_> = expected.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(missing.is_empty(), "never sent: {missing:?}; sent: {seen:?}");
}

fn alice_id(
    alice: &tiebreaker::simulator::MemberHandle,
) -> twilight_model::id::Id<twilight_model::id::marker::UserMarker> {
    twilight_model::id::Id::new(alice.user.0)
}
