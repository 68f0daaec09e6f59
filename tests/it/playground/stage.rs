//! A playground in this process, and its control interface.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tiebreaker::app::play::{PlayError, PlayOptions, play};
use tokio::{sync::oneshot, task::JoinHandle};

/// Longest wait for anything in these tests; reached only when something is broken.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// See the module's page.
pub(super) struct Stage {
    /// Where the page is, without a slash at the end.
    pub(super) url: String,
    pub(super) http: reqwest::Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), PlayError>>,
}

impl Stage {
    /// A fresh playground on a free port.
    pub(super) async fn open() -> Self {
        Self::with(PlayOptions::default()).await
    }

    pub(super) async fn with(options: PlayOptions) -> Self {
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let opened = |opened: &tiebreaker::app::play::Opened| {
                let _ = tell.send(opened.address.clone());
                Ok(())
            };
            let stopped = async {
                let _ = stopped.await;
            };
            play(options, opened, stopped).await
        });
        let address = match tokio::time::timeout(PATIENCE, told).await.expect("the playground opens in time")
        {
            Ok(address) => address,
            Err(_) => panic!("the playground did not open: {:?}", task.await),
        };
        let url = address.trim_end_matches('/').to_owned();
        Self { url, http: reqwest::Client::new(), stop, task }
    }

    /// Stops it in good order.
    pub(super) async fn close(self) {
        self.stop.send(()).unwrap();
        let ended = tokio::time::timeout(PATIENCE, self.task).await.expect("the playground stops in time");
        ended.unwrap().unwrap();
    }

    pub(super) async fn control(&self, command: Value) -> Value {
        control(&self.http, &self.url, command).await
    }

    pub(super) async fn info(&self) -> Info {
        info(&self.http, &self.url).await
    }
}

/// Sends one command, which must work.
pub(super) async fn control(http: &reqwest::Client, url: &str, command: Value) -> Value {
    let answer = http.post(format!("{url}/control")).json(&command).send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{command} {body}");
    body
}

pub(super) async fn info(http: &reqwest::Client, url: &str) -> Info {
    Info(http.get(format!("{url}/play/info")).send().await.unwrap().json().await.unwrap())
}

/// What `/play/info` says.
pub(super) struct Info(pub(super) Value);

impl Info {
    pub(super) fn person(&self, role: &str) -> String {
        let people = self.0["people"].as_array().unwrap();
        let found = people.iter().find(|person| person["role"] == role).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// The first channel.
    pub(super) fn general(&self) -> String {
        self.0["channels"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn bot(&self) -> String {
        self.0["bot"]["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn server(&self) -> String {
        self.0["server"]["id"].as_str().unwrap().to_owned()
    }
}

/// The messages of the first channel, as the member sees them.
pub(super) async fn look(http: &reqwest::Client, url: &str) -> Vec<Value> {
    let info = info(http, url).await;
    let seen =
        control(http, url, json!({ "do": "look", "as": info.person("member"), "channel": info.general() }))
            .await;
    seen["messages"].as_array().unwrap().clone()
}

/// Votes on a card by what Discord holds: everybody who reacted but the bot itself, which seeds each emoji once.
pub(super) fn standing(message: &Value) -> (u64, u64) {
    let count = |emoji: &str| {
        let reactions = message["reactions"].as_array().unwrap();
        let held = reactions.iter().find(|held| held["emoji"] == emoji);
        held.map_or(0, |held| held["count"].as_u64().unwrap().saturating_sub(1))
    };
    (count("🚢"), count("⏭️"))
}

/// Whether a message is a card that can be voted on.
pub(super) fn is_card(message: &Value) -> bool {
    message["reactions"].as_array().is_some_and(|reactions| {
        ["🚢", "⏭️"].iter().all(|emoji| reactions.iter().any(|held| held["emoji"] == *emoji))
    })
}

/// Whether the score printed on a card is the one of these votes.
pub(super) fn shows(message: &Value, (ship, skip): (u64, u64)) -> bool {
    let total = ship + skip;
    if total == 0 {
        return !message.to_string().contains("votes");
    }
    let percent = (200 * ship + total) / (2 * total);
    let text = message["embeds"].to_string();
    let noun = if total == 1 { "vote" } else { "votes" };
    text.contains(&format!("{total} {noun}")) && text.contains(&format!("{percent}%"))
}

/// The first channel as the member sees it, until a message of it is as wanted.
pub(super) async fn see(http: &reqwest::Client, url: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let info = info(http, url).await;
    let url = format!("{url}/play/events?as={}&channel={}", info.person("member"), info.general());
    let stream = http.get(url).send().await.unwrap();
    listen(stream, "a message as wanted", |event, data| match event {
        "view" => data["messages"].as_array()?.iter().find(|message| fits(message)).cloned(),
        "message" => Some(data["message"].clone()).filter(|message| !message.is_null() && fits(message)),
        _ => None,
    })
    .await
}

/// Reads a stream of events until one of this name is as wanted, and returns its data.
pub(super) async fn hear(stream: reqwest::Response, event: &str, fits: impl Fn(&Value) -> bool) -> Value {
    listen(stream, event, |name, data| (name == event && fits(data)).then(|| data.clone())).await
}

/// Reads a stream of events until `take` takes something of one.
async fn listen<T>(stream: reqwest::Response, what: &str, take: impl Fn(&str, &Value) -> Option<T>) -> T {
    let mut chunks = stream.bytes_stream();
    let mut text = Vec::new();
    let listening = async {
        loop {
            let chunk = chunks.next().await.expect("the stream goes on").unwrap();
            text.extend_from_slice(&chunk);
            while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                let one: Vec<u8> = text.drain(..end + 2).collect();
                let one = String::from_utf8(one).unwrap();
                let line = |name: &str| one.lines().find_map(|line| line.strip_prefix(name).map(str::trim));
                let (Some(name), Some(data)) = (line("event:"), line("data:")) else { continue };
                if let Some(taken) = take(name, &serde_json::from_str(data).unwrap()) {
                    return taken;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("{what} was not told"))
}
