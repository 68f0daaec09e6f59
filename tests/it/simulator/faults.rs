//! Faults of REST on demand, and requests that nobody simulates.

use reqwest::Method;
use serde_json::json;
use tiebreaker::simulator::{RestFault, RestRule};

use super::discord;
use super::raw::{call, call_with};

fn rule(method: &str, fault: RestFault) -> RestRule {
    RestRule { method: Some(method.to_owned()), path: Some("/messages".to_owned()), fault, times: Some(1) }
}

#[tokio::test]
async fn requests_fail_as_told_before_or_after_they_were_carried_out() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let (owner, general) = (server.owner(), server.general());
    let path = format!("/channels/{general}/messages");
    let post = |text: &str| call(&discord, Method::POST, &path, Some(json!({ "content": text })));

    discord.faults().rest(rule("POST", RestFault::Status { status: 503, done: false }));
    assert_eq!(post("lost").await.0, 503);
    discord.faults().rest(rule("POST", RestFault::Status { status: 502, done: true }));
    assert_eq!(post("done all the same").await.0, 502);
    discord
        .faults()
        .rest(rule("POST", RestFault::TooMany { retry_after_ms: 1_500, global: true, shared: false }));
    let (status, body) = post("limited").await;
    assert_eq!((status, &body["retry_after"], &body["global"]), (429, &json!(1.5), &json!(true)));
    discord.faults().rest(rule("POST", RestFault::Slow { ms: 50 }));
    let began = std::time::Instant::now();
    assert_eq!(post("slow").await.0, 200);
    assert!(began.elapsed().as_millis() >= 50);
    let texts: Vec<String> = owner.look(general).into_iter().map(|message| message.content).collect();
    assert_eq!(texts, ["done all the same", "slow"]);

    for done in [false, true] {
        discord.faults().rest(rule("POST", RestFault::Cut { done }));
        let url = format!("{}/api/v10{path}", discord.base_url());
        let request = reqwest::Client::new()
            .post(url)
            .header("Authorization", format!("Bot {}", discord.token()))
            .json(&json!({ "content": format!("cut {done}") }));
        assert!(request.send().await.is_err());
    }
    assert_eq!(owner.newest(general).unwrap().content, "cut true");
    assert_eq!(owner.look(general).len(), 3);
    let cut = discord.requests().into_iter().filter(|exchange| exchange.status == 0).count();
    assert_eq!(cut, 2);
}

#[tokio::test]
async fn what_is_not_simulated_says_so_and_is_recorded() {
    let discord = discord().await;
    for (method, path) in [
        (Method::GET, "/guilds/1/emojis"),
        (Method::POST, "/channels/1/invites"),
        (Method::PATCH, "/users/@me"),
    ] {
        let (status, body) = call(&discord, method, path, None).await;
        assert_eq!((status, body), (404, json!({ "message": "404: Not Found", "code": 0 })));
    }
    let kept = discord.requests();
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|exchange| !exchange.is_simulated() && exchange.status == 404));
    assert_eq!(kept[0].path, "/guilds/1/emojis");
    let (status, body, _) = call_with(&discord, Method::GET, "/users/@me", None, Some("wrong")).await;
    assert_eq!((status, body), (401, json!({ "message": "401: Unauthorized", "code": 0 })));
}

#[tokio::test]
async fn malformed_requests_get_discords_answer() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let url = format!("{}/api/v10/channels/{}/messages", discord.base_url(), server.general());
    let send = async |body: Vec<u8>, kind: &str| {
        let request = reqwest::Client::new()
            .post(&url)
            .header("Authorization", format!("Bot {}", discord.token()))
            .header("Content-Type", kind)
            .body(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap()["code"].clone())
    };
    assert_eq!(send(b"{no json".to_vec(), "application/json").await, (400, json!(50109)));
    assert_eq!(send(b"\xff\xfe".to_vec(), "application/json").await, (400, json!(50109)));
    assert_eq!(send(b"[1,2]".to_vec(), "application/json").await, (400, json!(50035)));
    assert_eq!(send(b"a=b".to_vec(), "text/plain").await, (400, json!(50035)));
    assert_eq!(
        send(b"--x\r\nrubbish".to_vec(), "multipart/form-data; boundary=x").await,
        (400, json!(50035))
    );
    assert_eq!(send(vec![b' '; 26 * 1024 * 1024], "application/json").await, (413, json!(40005)));
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000)).into_bytes();
    assert_eq!(send(deep, "application/json").await, (400, json!(50109)));
    assert_eq!(send(b"{\"content\":\"fine\"}".to_vec(), "application/json").await.0, 200);
}
