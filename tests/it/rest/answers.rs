//! Every endpoint of the simulator, called as plain HTTP: what it answers fits Discord's own description
//! (see [`crate::openapi`]), and what it refuses is refused with Discord's codes.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tiebreaker::simulator::{ChannelId, InteractionId, Settings, Simulator};

use super::Rest;
use crate::openapi;

fn token_of(discord: &Simulator, id: InteractionId) -> String {
    discord.with_world(|world| world.data.interactions[&id].token.clone())
}

const SHIP: &str = "%F0%9F%9A%A2";

fn commands() -> Value {
    json!([
        { "name": "ask", "description": "d", "options": [
            { "type": 3, "name": "tool", "description": "d", "required": true, "autocomplete": true, "max_length": 50 },
            { "type": 4, "name": "count", "description": "d", "min_value": 1, "max_value": 5 },
            { "type": 3, "name": "by", "description": "d", "choices": [{ "name": "Panel", "value": "panel" }] },
        ], "default_member_permissions": "2048", "contexts": [0], "integration_types": [0] },
        { "name": "Look at this", "type": 3 },
    ])
}

fn everything() -> Value {
    json!({
        "content": "text <@&5>",
        "embeds": [{
            "title": "t", "description": "d", "url": "https://a.example", "color": 255,
            "timestamp": "2026-01-02T03:04:05Z", "footer": { "text": "f", "icon_url": "https://a.example/i.png" },
            "author": { "name": "a", "url": "https://a.example" }, "image": { "url": "https://a.example/p.png" },
            "thumbnail": { "url": "https://a.example/t.png" }, "fields": [{ "name": "n", "value": "v" }],
        }],
        "components": [
            { "type": 1, "components": [
                { "type": 2, "style": 1, "label": "More", "custom_id": "more", "emoji": { "name": "🚢" } },
                { "type": 2, "style": 5, "label": "Link", "url": "https://a.example" },
                { "type": 2, "style": 2, "label": "Off", "custom_id": "off", "disabled": true },
            ] },
            { "type": 1, "components": [
                { "type": 3, "custom_id": "menu", "placeholder": "p", "options": [{ "label": "l", "value": "v", "description": "d" }] },
            ] },
            { "type": 1, "components": [{ "type": 5, "custom_id": "who", "max_values": 2 }] },
        ],
        "allowed_mentions": { "parse": [] },
        "nonce": "mark",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_fits_discords_own_description() {
    let discord = Simulator::start(Settings::unlimited()).await.unwrap();
    let server = discord.server("Makers");
    let (general, alice) = (server.general(), server.member("Alice"));
    let rest = Rest::new(&discord);

    people_and_places(&rest, &discord, server.id.to_string(), general, &alice.user.to_string()).await;
    register(&rest, &server.id.to_string()).await;
    messages(&rest, general).await;
    reactions(&rest, &discord, general).await;
    interactions(&rest, &discord, general).await;

    let missing: BTreeSet<_> = discord
        .requests()
        .iter()
        .filter(|exchange| !exchange.is_simulated())
        .map(|exchange| exchange.path.clone())
        .collect();
    assert_eq!(missing, BTreeSet::new(), "not simulated");
    openapi::check_traffic(&discord.requests());
}

async fn people_and_places(
    rest: &Rest,
    discord: &Simulator,
    server: String,
    general: ChannelId,
    alice: &str,
) {
    for path in [
        "/gateway",
        "/gateway/bot",
        "/users/@me",
        "/users/@me/guilds",
        "/applications/@me",
        "/oauth2/applications/@me",
    ] {
        rest.get(path).await;
    }
    rest.get(&format!("/users/{alice}")).await;
    rest.get(&format!("/guilds/{server}?with_counts=true")).await;
    rest.get(&format!("/guilds/{server}")).await;
    for path in ["channels", "roles", "threads/active"] {
        rest.get(&format!("/guilds/{server}/{path}")).await;
    }
    rest.get(&format!("/guilds/{server}/members/{alice}")).await;
    rest.get(&format!("/guilds/{server}/roles/{server}")).await;
    // The whole list is for applications with the privileged right to it.
    assert_eq!(
        rest.refused(Method::GET, &format!("/guilds/{server}/members?limit=10"), None).await,
        (403, 50001)
    );
    rest.get(&format!("/channels/{general}")).await;
    rest.expect(204, Method::POST, &format!("/channels/{general}/typing"), None).await;
    let direct = rest.post("/users/@me/channels", json!({ "recipient_id": alice })).await;
    let direct = direct["id"].as_str().unwrap();
    rest.get(&format!("/channels/{direct}")).await;
    rest.post(&format!("/channels/{direct}/messages"), json!({ "content": "hello" })).await;

    let handle = discord.server_by_id(server.parse().unwrap()).unwrap();
    handle.set_bot_permissions(tiebreaker::simulator::Permissions::ADMINISTRATOR);
    let made = rest.post(&format!("/guilds/{server}/channels"), json!({ "name": "made", "type": 0 })).await;
    let made = made["id"].as_str().unwrap();
    rest.expect(200, Method::PATCH, &format!("/channels/{made}"), Some(json!({ "topic": "t" }))).await;
    let overwrite = format!("/channels/{made}/permissions/{alice}");
    rest.expect(204, Method::PUT, &overwrite, Some(json!({ "type": 1, "deny": "2048" }))).await;
    rest.expect(204, Method::DELETE, &overwrite, None).await;
    let first = rest.post(&format!("/channels/{made}/messages"), json!({ "content": "a" })).await;
    let thread =
        rest.post(&format!("/channels/{made}/threads"), json!({ "name": "thread", "type": 11 })).await;
    let path = format!("/channels/{made}/messages/{}/threads", first["id"].as_str().unwrap());
    rest.post(&path, json!({ "name": "from a message" })).await;
    let thread = thread["id"].as_str().unwrap();
    rest.post(&format!("/channels/{thread}/messages"), json!({ "content": "in a thread" })).await;
    rest.get(&format!("/guilds/{server}/threads/active")).await;
    rest.expect(204, Method::DELETE, &format!("/channels/{thread}/thread-members/@me"), None).await;
    rest.expect(204, Method::PUT, &format!("/channels/{thread}/thread-members/@me"), None).await;
    rest.expect(200, Method::DELETE, &format!("/channels/{made}"), None).await;

    assert_eq!(rest.refused(Method::GET, "/channels/1", None).await, (404, 10003));
    assert_eq!(rest.refused(Method::GET, "/guilds/1", None).await, (404, 10004));
    assert_eq!(rest.refused(Method::GET, "/users/1", None).await, (404, 10013));
}

async fn register(rest: &Rest, server: &str) {
    for scope in [
        format!("/applications/{}", rest.application),
        format!("/applications/{}/guilds/{server}", rest.application),
    ] {
        let path = format!("{scope}/commands");
        let mut guild_list = commands();
        if scope.contains("guilds") {
            for key in ["contexts", "integration_types"] {
                guild_list[0].as_object_mut().unwrap().remove(key);
            }
        }
        let set = rest.expect(200, Method::PUT, &path, Some(guild_list)).await;
        assert_eq!(set.as_array().unwrap().len(), 2);
        let made = rest.post(&path, json!({ "name": "other", "description": "d" })).await;
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        rest.get(&one).await;
        rest.get(&path).await;
        rest.get(&format!("{path}?with_localizations=true")).await;
        rest.expect(200, Method::PATCH, &one, Some(json!({ "description": "new" }))).await;
        let again =
            rest.expect(200, Method::POST, &path, Some(json!({ "name": "other", "description": "e" }))).await;
        assert_eq!(again["id"], made["id"], "an existing name is changed, not doubled");
        assert_eq!(
            rest.refused(Method::POST, &path, Some(json!({ "name": "Other", "description": "d" }))).await,
            (400, 50035)
        );
        assert_eq!(rest.refused(Method::PUT, &path, Some(json!([{ "name": "no" }]))).await, (400, 50035));
        rest.expect(204, Method::DELETE, &one, None).await;
        assert_eq!(rest.refused(Method::GET, &one, None).await, (404, 10063));
    }
    // One list is enough for what follows.
    let path = format!("/applications/{}/guilds/{server}/commands", rest.application);
    rest.expect(200, Method::PUT, &path, Some(json!([]))).await;
}

async fn messages(rest: &Rest, general: ChannelId) {
    let all = format!("/channels/{general}/messages");
    let sent = rest.post(&all, everything()).await;
    assert_eq!((&sent["nonce"], &sent["mention_roles"]), (&json!("mark"), &json!([])));
    let one = format!("{all}/{}", sent["id"].as_str().unwrap());
    rest.get(&one).await;
    let reply = json!({ "content": "r", "message_reference": { "message_id": sent["id"] } });
    let reply = rest.post(&all, reply).await;
    assert_eq!(reply["referenced_message"]["id"], sent["id"]);
    rest.expect(200, Method::PATCH, &one, Some(json!({ "content": "edited", "components": [] }))).await;
    rest.get(&format!("{all}?limit=5")).await;
    rest.get(&format!("{all}?after={}", sent["id"].as_str().unwrap())).await;

    let file = reqwest::multipart::Part::bytes(b"a note".to_vec()).file_name("note.txt");
    let form = reqwest::multipart::Form::new()
        .text("payload_json", json!({ "attachments": [{ "id": 0, "description": "d" }] }).to_string())
        .part("files[0]", file);
    let request =
        rest.http.post(format!("{}{all}", rest.base)).header("authorization", format!("Bot {}", rest.token));
    let uploaded: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
    let attachment = &uploaded["attachments"][0];
    assert_eq!((&attachment["filename"], &attachment["size"]), (&json!("note.txt"), &json!(6)));
    let bytes =
        rest.http.get(attachment["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], b"a note");

    for (body, code) in [
        (json!({}), 50006),
        (json!({ "content": "x".repeat(2001) }), 50035),
        (json!({ "embeds": [{ "title": "x".repeat(257) }] }), 50035),
        (
            json!({ "embeds": [{ "description": "x".repeat(3001) }, { "description": "x".repeat(3001) }] }),
            50035,
        ),
        (json!({ "content": "a", "allowed_mentions": { "parse": ["users"], "users": ["1"] } }), 50035),
        (json!({ "content": "a", "message_reference": { "message_id": "1" } }), 50035),
    ] {
        assert_eq!(rest.refused(Method::POST, &all, Some(body.clone())).await, (400, code), "{body}");
    }
    assert_eq!(rest.refused(Method::GET, &format!("{all}/1"), None).await, (404, 10008));

    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(rest.post(&all, json!({ "content": n.to_string() })).await["id"].clone());
    }
    rest.expect(204, Method::POST, &format!("{all}/bulk-delete"), Some(json!({ "messages": ids }))).await;
    assert_eq!(
        rest.refused(Method::POST, &format!("{all}/bulk-delete"), Some(json!({ "messages": ["1"] }))).await.0,
        400
    );
    rest.expect(204, Method::DELETE, &one, None).await;
}

async fn reactions(rest: &Rest, discord: &Simulator, general: ChannelId) {
    let sent = rest.post(&format!("/channels/{general}/messages"), json!({ "content": "card" })).await;
    let id = sent["id"].as_str().unwrap().parse().unwrap();
    let base = format!("/channels/{general}/messages/{}/reactions", sent["id"].as_str().unwrap());
    let own = format!("{base}/{SHIP}/@me");
    rest.expect(204, Method::PUT, &own, None).await;
    let server = discord.servers().remove(0);
    let people: Vec<_> = (0..3).map(|n| server.member(&format!("Voter {n}"))).collect();
    for person in &people {
        person.react(general, id, "🚢").unwrap();
    }
    people[0].super_react(general, id, "🚢").unwrap();
    let seen = rest.get(&format!("/channels/{general}/messages/{}", sent["id"].as_str().unwrap())).await;
    let held = &seen["reactions"][0];
    assert_eq!((&held["count"], &held["count_details"]), (&json!(5), &json!({ "burst": 1, "normal": 4 })));

    let page = rest.get(&format!("{base}/{SHIP}?limit=2")).await;
    let last = page[1]["id"].as_str().unwrap();
    let rest_of_it = rest.get(&format!("{base}/{SHIP}?limit=100&after={last}")).await;
    assert_eq!((page.as_array().unwrap().len(), rest_of_it.as_array().unwrap().len()), (2, 2));
    assert_eq!(rest.get(&format!("{base}/{SHIP}?type=1")).await.as_array().unwrap().len(), 1);
    assert_eq!(rest.refused(Method::GET, &format!("{base}/nonsense"), None).await, (400, 10014));
    assert_eq!(rest.refused(Method::PUT, &format!("{base}/ship/@me"), None).await, (400, 10014));

    rest.expect(204, Method::DELETE, &own, None).await;
    rest.expect(204, Method::DELETE, &format!("{base}/{SHIP}/{}", people[1].user), None).await;
    rest.expect(204, Method::DELETE, &format!("{base}/{SHIP}"), None).await;
    for emoji in "😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰😗😙😚🙂🤗".chars() {
        let encoded: String = emoji.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        rest.expect(204, Method::PUT, &format!("{base}/{encoded}/@me"), None).await;
    }
    assert_eq!(rest.refused(Method::PUT, &own, None).await, (400, 30010), "the twenty-first");
    rest.expect(204, Method::DELETE, &base, None).await;
}

async fn interactions(rest: &Rest, discord: &Simulator, general: ChannelId) {
    let server = discord.servers().remove(0);
    let alice = server.member("Asker");
    let callback = |id: InteractionId| format!("/interactions/{id}/{}/callback", token_of(discord, id));
    let webhook = |id: InteractionId| format!("/webhooks/{}/{}", rest.application, token_of(discord, id));
    let ask = || alice.slash(general, "ask").unwrap().with("tool", "haiku").send().unwrap().id;

    // A message, read, edited, followed up, deleted.
    let id = ask();
    assert_eq!(
        rest.refused(Method::GET, &format!("{}/messages/@original", webhook(id)), None).await,
        (404, 10015)
    );
    let answer = rest
        .post(
            &format!("{}?with_response=true", callback(id)),
            json!({ "type": 4, "data": everything_but_nonce() }),
        )
        .await;
    assert!(answer["interaction"]["response_message_id"].is_string(), "{answer}");
    assert_eq!(rest.refused(Method::POST, &callback(id), Some(json!({ "type": 5 }))).await, (400, 40060));
    let original = format!("{}/messages/@original", webhook(id));
    let read = rest.get(&original).await;
    rest.expect(200, Method::PATCH, &original, Some(json!({ "content": "edited" }))).await;
    let more = rest.post(&webhook(id), json!({ "content": "more", "flags": 64 })).await;
    let follow_up = format!("{}/messages/{}", webhook(id), more["id"].as_str().unwrap());
    rest.get(&follow_up).await;
    rest.expect(200, Method::PATCH, &follow_up, Some(json!({ "content": "more yet" }))).await;
    rest.expect(204, Method::DELETE, &follow_up, None).await;

    // Components of that message: an update, a menu, a form and its submission.
    let message = read["id"].as_str().unwrap().parse().unwrap();
    let clicked = alice.click(general, message, "more").unwrap().id;
    rest.expect(204, Method::POST, &callback(clicked), Some(json!({ "type": 6 }))).await;
    let picked = alice.pick(general, message, "menu", &["v"]).unwrap().id;
    rest.post(
        &format!("{}?with_response=true", callback(picked)),
        json!({ "type": 7, "data": { "content": "updated" } }),
    )
    .await;
    let opener = alice.click(general, message, "more").unwrap();
    let form = json!({ "type": 9, "data": { "custom_id": "form", "title": "t", "components": [
        { "type": 1, "components": [{ "type": 4, "custom_id": "x", "style": 1, "label": "l" }] },
        { "type": 18, "label": "l", "component": { "type": 4, "custom_id": "y", "style": 2, "required": false } },
    ] } });
    rest.expect(204, Method::POST, &callback(opener.id), Some(form.clone())).await;
    let form_view = opener.form().await.unwrap();
    let submitted = alice.submit(&form_view, &[("x", "words")]).unwrap().id;
    assert_eq!(
        rest.refused(Method::POST, &callback(submitted), Some(form)).await,
        (400, 50035),
        "no form answers a form"
    );
    rest.post(
        &format!("{}?with_response=true", callback(submitted)),
        json!({ "type": 5, "data": { "flags": 64 } }),
    )
    .await;
    rest.expect(
        200,
        Method::PATCH,
        &format!("{}/messages/@original", webhook(submitted)),
        Some(json!({ "content": "thought" })),
    )
    .await;
    rest.expect(204, Method::DELETE, &format!("{}/messages/@original", webhook(submitted)), None).await;

    // Completion, with and without fault.
    let mut typing = alice.slash(general, "ask").unwrap();
    let look = typing.keystroke("tool", "h");
    let answer = async {
        let id = newest_interaction(discord).await;
        let choice =
            |value: &str| json!({ "type": 8, "data": { "choices": [{ "name": "Haiku", "value": value }] } });
        let long = "x".repeat(101);
        assert_eq!(rest.refused(Method::POST, &callback(id), Some(choice(&long))).await, (400, 50035));
        rest.expect(204, Method::POST, &callback(id), Some(choice("haiku"))).await;
    };
    let (choices, ()) = tokio::join!(look, answer);
    assert_eq!(choices.unwrap()[0].name, "Haiku");

    // Too late, and far too late.
    let late = ask();
    discord.clock().advance(Duration::from_millis(3_100));
    assert_eq!(rest.refused(Method::POST, &callback(late), Some(json!({ "type": 5 }))).await, (404, 10062));
    discord.clock().advance(Duration::from_secs(15 * 60));
    assert_eq!(rest.refused(Method::PATCH, &original, Some(json!({ "content": "a" }))).await, (401, 50027));
}

/// The interaction that waits for its first answer.
async fn newest_interaction(discord: &Simulator) -> InteractionId {
    discord
        .wait_until("an autocomplete", |world| {
            world.data.interactions.values().filter(|asked| asked.kind == 4).map(|asked| asked.id).max()
        })
        .await
        .unwrap()
}

fn everything_but_nonce() -> Value {
    let mut body = everything();
    body.as_object_mut().unwrap().remove("nonce");
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_is_told_why() {
    let discord = Simulator::start(Settings::unlimited()).await.unwrap();
    let server = discord.server("Makers");
    let general = server.general();
    let rest = Rest::new(&discord);
    let path = format!("/channels/{general}/messages");
    let body = || Some(json!({ "content": "a" }));
    let sent = rest.post(&path, json!({ "content": "a" })).await;
    let react = format!("{path}/{}/reactions/{SHIP}/@me", sent["id"].as_str().unwrap());

    use tiebreaker::simulator::Permissions as P;
    let read = P::VIEW_CHANNEL | P::READ_MESSAGE_HISTORY;
    for (has, method, path, wanted) in [
        (P::NONE, Method::POST, &path, (403, 50001)),
        (read, Method::POST, &path, (403, 50013)),
        (P::VIEW_CHANNEL | P::ADD_REACTIONS, Method::PUT, &react, (403, 50013)),
        (read, Method::PUT, &react, (403, 50013)),
    ] {
        server.set_bot_permissions(has);
        server.set_role(server.id.everyone(), P::NONE);
        assert_eq!(rest.refused(method, path, body()).await, wanted, "{:?}", has.names());
    }
    let stranger = Rest { token: "nobody".into(), ..Rest::new(&discord) };
    assert_eq!(stranger.refused(Method::GET, "/users/@me", None).await, (401, 0));
    assert_eq!(rest.refused(Method::GET, "/nowhere", None).await, (404, 0));
    assert_eq!(rest.refused(Method::DELETE, "/users/@me", None).await, (404, 0));
    openapi::check_traffic(&discord.requests());
}
