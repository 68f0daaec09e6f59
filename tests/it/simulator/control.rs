//! The control interface: commands over HTTP, a member's view as a stream, foreign pages refused.

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tiebreaker::simulator::{Settings, Simulator};

use super::{bot, discord};

struct Page {
    http: reqwest::Client,
    url: String,
}

impl Page {
    async fn open(discord: &mut Simulator) -> Self {
        let address = discord.serve_control("127.0.0.1:0".parse().unwrap()).await.unwrap();
        Self { http: reqwest::Client::new(), url: format!("http://{address}") }
    }

    async fn run(&self, command: Value) -> (u16, Value) {
        let answer = self.http.post(format!("{}/control", self.url)).json(&command).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn done(&self, command: Value) -> Value {
        let (status, body) = self.run(command.clone()).await;
        assert_eq!(status, 200, "{command} {body}");
        body
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_plays_a_member_from_making_the_server_to_the_vote() {
    let mut discord = discord().await;
    let page = Page::open(&mut discord).await;
    let made = page.done(json!({ "do": "make_server", "name": "Makers" })).await;
    let (server, general, owner) = (&made["server"], &made["general"], &made["owner"]);
    let alice =
        page.done(json!({ "do": "make_member", "server": server, "name": "Alice" })).await["user"].clone();
    let bot = bot::start(&discord, bot::usual()).await;
    bot.heard.wait("server Makers").await;
    discord.wait_for_command("review").await.unwrap();

    let stream = page.http.get(format!(
        "{}/control/events?as={}&channel={}",
        page.url,
        alice.as_str().unwrap(),
        general.as_str().unwrap()
    ));
    let mut stream = stream.send().await.unwrap().bytes_stream();
    let mut text = String::new();
    let mut heard = async |what: &str| {
        while !text.contains(what) {
            let next = tokio::time::timeout(std::time::Duration::from_secs(10), stream.next()).await;
            let chunk = next.unwrap_or_else(|_| panic!("{what} never came: {text}")).unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    heard("event: view").await;

    let offered = page.done(json!({ "do": "commands", "as": alice, "channel": general })).await;
    let names: Vec<&str> = offered["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|command| command["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["compare", "think", "Count words"]);
    let typed = page
        .done(json!({ "do": "keystroke", "as": alice, "channel": general, "command": "compare", "option": "a", "text": "ha" }))
        .await;
    assert_eq!(typed["choices"], json!([{ "name": "Haiku", "value": "Haiku" }]));
    let sent = page
        .done(json!({ "do": "send", "as": alice, "channel": general, "command": "compare", "values": { "a": "Haiku", "b": "Axolotl" } }))
        .await;
    assert_eq!(
        (&sent["answer"], &sent["message"]["content"]),
        (&json!("message"), &json!("Haiku or Axolotl"))
    );
    heard("Haiku or Axolotl").await;
    let message = sent["message"]["id"].clone();
    page.done(json!({ "do": "react", "as": alice, "channel": general, "message": message, "emoji": "🚢" }))
        .await;
    heard("🚢").await;
    heard("event: request").await;
    let looked = page.done(json!({ "do": "look", "as": alice, "channel": general })).await;
    assert_eq!(looked["messages"][0]["reactions"][0]["me"], true);

    let form = page.done(json!({ "do": "send", "as": owner, "channel": general, "command": "review" })).await;
    assert_eq!((&form["answer"], &form["form"]["title"]), (&json!("form"), &json!("A review")));
    let (status, body) = page
        .run(json!({ "do": "submit", "as": alice, "interaction": form["interaction"], "values": {} }))
        .await;
    assert_eq!((status, &body["error"]["kind"]), (409, &json!("not_possible")));

    // What Discord would refuse, and what is no command at all.
    page.done(json!({ "do": "overwrite", "channel": general, "member": alice, "deny": ["SEND_MESSAGES"] }))
        .await;
    let (status, body) =
        page.run(json!({ "do": "say", "as": alice, "channel": general, "text": "hello" })).await;
    assert_eq!(
        (status, &body["error"]["kind"], &body["error"]["discord"]["code"]),
        (409, &json!("refused"), &json!(50013))
    );
    let (status, body) = page.run(json!({ "do": "dance" })).await;
    assert_eq!((status, &body["error"]["kind"]), (400, &json!("bad_command")));
    let overview: Value =
        page.http.get(format!("{}/control/world", page.url)).send().await.unwrap().json().await.unwrap();
    assert_eq!(overview["servers"][0]["channels"][0]["name"], "general");

    // The whole state, out and in.
    let state =
        page.http.get(format!("{}/control/state", page.url)).send().await.unwrap().bytes().await.unwrap();
    page.done(json!({ "do": "delete_server", "server": server })).await;
    let put = page.http.put(format!("{}/control/state", page.url)).body(state).send().await.unwrap();
    assert_eq!(put.status(), 204);
    assert_eq!(
        page.done(json!({ "do": "look", "as": alice, "channel": general })).await["messages"][0]["id"],
        message
    );
}

#[tokio::test]
async fn foreign_pages_and_hosts_are_refused() {
    let mut discord = Simulator::start(Settings::unlimited()).await.unwrap();
    let page = Page::open(&mut discord).await;
    let command = json!({ "do": "make_server", "name": "Evil" });
    for (name, value) in [("Origin", "http://evil.example"), ("Host", "evil.example"), ("Origin", "null")] {
        let request = page.http.post(format!("{}/control", page.url)).json(&command).header(name, value);
        assert_eq!(request.send().await.unwrap().status(), 403, "{name}: {value}");
    }
    assert!(discord.servers().is_empty());
    let own = page.http.post(format!("{}/control", page.url)).json(&command).header("Origin", &page.url);
    assert_eq!(own.send().await.unwrap().status(), 200);
    assert!(discord.serve_control("0.0.0.0:0".parse().unwrap()).await.is_err());
}
