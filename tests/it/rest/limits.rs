//! Rate limits over real HTTP, on a clock that stands still. Those of reactions, of everything together and of
//! new commands are tested in `simulator/time.rs`.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tiebreaker::simulator::{Settings, Simulator};

use super::Rest;
use crate::openapi;

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

async fn start() -> (Simulator, Rest, String) {
    let discord = Simulator::start(Settings::default()).await.unwrap();
    discord.clock().stop();
    let server = discord.server("Makers");
    let messages = format!("/channels/{}/messages", server.general());
    let rest = Rest::new(&discord);
    (discord, rest, messages)
}

#[tokio::test]
async fn a_bucket_is_shown_in_headers_and_refuses_when_it_is_empty() {
    let (discord, rest, messages) = start().await;
    let post = || rest.send(Method::POST, &messages, Some(json!({ "content": "a" })));
    let mut bucket = None;
    for left in ["4", "3", "2", "1", "0"] {
        let answer = post().await;
        assert_eq!(answer.status(), 200);
        assert_eq!(
            (header(&answer, "x-ratelimit-limit"), header(&answer, "x-ratelimit-remaining")),
            (Some("5"), Some(left))
        );
        assert_eq!(header(&answer, "x-ratelimit-reset-after"), Some("5.000"));
        let named = header(&answer, "x-ratelimit-bucket").map(str::to_owned);
        assert!(bucket.is_none() || bucket == named);
        bucket = named;
    }
    discord.clock().advance(Duration::from_millis(1_600));
    let refused = post().await;
    assert_eq!(refused.status(), 429);
    assert_eq!(
        (header(&refused, "retry-after"), header(&refused, "x-ratelimit-scope")),
        (Some("4"), Some("user"))
    );
    assert_eq!(header(&refused, "x-ratelimit-reset-after"), Some("3.400"));
    assert_eq!(header(&refused, "x-ratelimit-global"), None);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "message": "You are being rate limited.", "retry_after": 3.4, "global": false })
    );
    discord.clock().advance(Duration::from_millis(3_400));
    assert_eq!(post().await.status(), 200);
    openapi::check_traffic(&discord.requests());
}

#[tokio::test]
async fn old_messages_are_edited_slowly() {
    let (discord, rest, messages) = start().await;
    let card = rest.post(&messages, json!({ "content": "card" })).await;
    let path = format!("{messages}/{}", card["id"].as_str().unwrap());
    let edit = || rest.call(Method::PATCH, &path, Some(json!({ "content": "b" })));
    // A little more than an hour: the ids of a fresh world run some milliseconds ahead of its clock.
    discord.clock().advance(Duration::from_secs(3_601));
    for _ in 0..3 {
        assert_eq!(edit().await.0, 200);
    }
    let (status, body) = edit().await;
    assert_eq!((status, &body["code"]), (429, &json!(30046)), "{body}");
    discord.clock().advance(Duration::from_secs(20));
    assert_eq!(edit().await.0, 200);
}
