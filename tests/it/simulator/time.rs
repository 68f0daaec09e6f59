//! Limits of time, on a clock that the tests move: three seconds, fifteen minutes, rate limits.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tiebreaker::simulator::{Asked, ChannelId, DriverError, MemberHandle, Settings, Simulator};

use super::raw::{call, call_with};

/// A server where one command exists that nobody answers by itself.
async fn with_command(settings: Settings) -> (Simulator, MemberHandle, ChannelId) {
    let discord = Simulator::start(settings).await.unwrap();
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let path = format!("/applications/{}/commands", discord.bot_id());
    let command = json!({ "name": "ask", "description": "Asks", "options": [
        { "type": 3, "name": "what", "description": "What", "autocomplete": true },
    ] });
    assert_eq!(call(&discord, Method::POST, &path, Some(command)).await.0, 201);
    (discord, alice, general)
}

fn ask(alice: &MemberHandle, general: ChannelId) -> Asked {
    alice.slash(general, "ask").unwrap().send().unwrap()
}

async fn answer(discord: &Simulator, asked: &Asked, body: Value) -> (u16, Value) {
    let token = discord.with_world(|world| world.data.interactions[&asked.id].token.clone());
    call(discord, Method::POST, &format!("/interactions/{}/{token}/callback", asked.id), Some(body)).await
}

fn message(text: &str) -> Value {
    json!({ "type": 4, "data": { "content": text } })
}

#[tokio::test]
async fn an_answer_has_three_seconds_and_is_given_once() {
    let (discord, alice, general) = with_command(Settings::unlimited()).await;
    discord.clock().stop();
    let asked = ask(&alice, general);
    discord.clock().advance(Duration::from_millis(3_000));
    assert_eq!(answer(&discord, &asked, message("just in time")).await.0, 204);
    assert_eq!(answer(&discord, &asked, message("again")).await.1["code"], 40060);

    let late = ask(&alice, general);
    let waiting = tokio::spawn({
        let late = late.clone();
        async move { late.answer().await }
    });
    discord.clock().advance(Duration::from_millis(3_001));
    let (status, body) = answer(&discord, &late, message("too late")).await;
    assert_eq!((status, &body["code"]), (404, &json!(10062)));
    assert_eq!(waiting.await.unwrap().err(), Some(DriverError::NoResponse));
    assert_eq!(alice.look(general).len(), 1);
}

#[tokio::test]
async fn a_token_lives_fifteen_minutes() {
    let (discord, alice, general) = with_command(Settings::unlimited()).await;
    discord.clock().stop();
    let asked = ask(&alice, general);
    let token = discord.with_world(|world| world.data.interactions[&asked.id].token.clone());
    let webhook = format!("/webhooks/{}/{token}", discord.bot_id());
    let original = format!("{webhook}/messages/@original");
    let text = |text: &str| Some(json!({ "content": text }));

    // Before the first answer there is nothing to follow.
    assert_eq!(call(&discord, Method::POST, &webhook, text("early")).await.1["code"], 10015);
    assert_eq!(answer(&discord, &asked, json!({ "type": 5 })).await.0, 204);
    assert!(alice.newest(general).unwrap().thinking);
    // The first follow-up becomes the message that was promised.
    let (status, first) = call(&discord, Method::POST, &webhook, text("thought")).await;
    assert_eq!((status, first["id"].clone()), (200, json!(alice.newest(general).unwrap().id)));
    assert_eq!(alice.look(general).len(), 1);
    assert_eq!(call(&discord, Method::POST, &webhook, text("and more")).await.0, 200);
    discord.clock().advance(Duration::from_secs(15 * 60));
    assert_eq!(call(&discord, Method::PATCH, &original, text("changed")).await.0, 200);
    discord.clock().advance(Duration::from_millis(1));
    for (method, path, body) in [
        (Method::POST, &webhook, text("late")),
        (Method::PATCH, &original, text("late")),
        (Method::GET, &original, None),
        (Method::DELETE, &original, None),
    ] {
        let (status, body) = call(&discord, method, path, body).await;
        assert_eq!((status, &body["code"]), (401, &json!(50027)));
    }
    // The message itself stays, and can be edited as the bot's own for ever.
    let id = alice.look(general)[0].id;
    let path = format!("/channels/{general}/messages/{id}");
    assert_eq!(call(&discord, Method::PATCH, &path, text("still here")).await.0, 200);
}

#[tokio::test]
async fn the_limits_hold_in_real_time_too() {
    let (_discord, alice, general) = with_command(Settings::unlimited()).await;
    let asked = ask(&alice, general);
    let began = std::time::Instant::now();
    assert_eq!(asked.answer().await.err(), Some(DriverError::NoResponse));
    assert!((2_900..4_500).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn reactions_are_paced_per_channel_and_the_headers_say_so() {
    let (discord, alice, general) = with_command(Settings::default()).await;
    discord.clock().stop();
    let said = alice.say(general, "react here").unwrap();
    let put = |emoji: &str| format!("/channels/{general}/messages/{said}/reactions/{emoji}/@me");
    let token = discord.token();
    let (status, _, headers) = call_with(&discord, Method::PUT, &put("🚢"), None, Some(&token)).await;
    assert_eq!(status, 204);
    for (name, value) in
        [("x-ratelimit-limit", "1"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "0.250")]
    {
        assert_eq!(headers[name], value, "{name}");
    }
    let (status, body, headers) = call_with(&discord, Method::PUT, &put("⏭️"), None, Some(&token)).await;
    assert_eq!((status, &body["global"], &body["retry_after"]), (429, &json!(false), &json!(0.25)));
    assert_eq!(
        (&headers["retry-after"], &headers["x-ratelimit-scope"]),
        (&"1".parse().unwrap(), &"user".parse().unwrap())
    );
    discord.clock().advance(Duration::from_millis(250));
    assert_eq!(call(&discord, Method::PUT, &put("⏭️"), None).await.0, 204);
}

#[tokio::test]
async fn fifty_requests_a_second_are_the_end_except_for_answers() {
    let (discord, alice, general) = with_command(Settings::default()).await;
    discord.clock().stop();
    discord.clock().advance(Duration::from_secs(60));
    let asked = ask(&alice, general);
    let paths: Vec<String> =
        (0..60).map(|number| format!("/channels/{general}/messages/{}", number + 1)).collect();
    let mut limited = 0;
    for path in &paths {
        // Unknown messages of several buckets; what counts here is the sum.
        let (status, body) = call(&discord, Method::DELETE, path, None).await;
        let (status, body) = if status == 429 && body["global"] == false {
            call(&discord, Method::GET, &format!("/guilds/{}", discord.servers()[0].id), None).await
        } else {
            (status, body)
        };
        limited += usize::from(status == 429 && body["global"] == true);
    }
    assert!(limited > 0);
    assert_eq!(answer(&discord, &asked, message("still")).await.0, 204);
    discord.clock().advance(Duration::from_secs(11));
    assert_eq!(call(&discord, Method::GET, "/users/@me", None).await.0, 200);
}

#[tokio::test]
async fn two_hundred_commands_may_be_created_a_day() {
    let (discord, ..) = with_command(Settings::default()).await;
    discord.clock().stop();
    let path = format!("/applications/{}/guilds/{}/commands", discord.bot_id(), discord.servers()[0].id);
    let list = |from: usize| {
        let commands =
            (from..from + 100).map(|number| json!({ "name": format!("c{number}"), "description": "d" }));
        Some(Value::Array(commands.collect()))
    };
    for from in [0, 100] {
        assert_eq!(call(&discord, Method::PUT, &path, list(from)).await.0, 200);
        // The same again creates nothing.
        assert_eq!(call(&discord, Method::PUT, &path, list(from)).await.0, 200);
    }
    let (status, body) = call(&discord, Method::PUT, &path, list(200)).await;
    assert_eq!((status, &body["code"]), (429, &json!(30034)));
    discord.clock().advance(Duration::from_secs(86_400));
    assert_eq!(call(&discord, Method::PUT, &path, list(200)).await.0, 200);
}
