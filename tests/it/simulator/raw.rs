//! A client that does only what it is told: raw requests and a raw gateway connection.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tiebreaker::simulator::Simulator;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long to wait for something that must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a request as the application and returns status and body.
pub(super) async fn call(
    discord: &Simulator,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let (status, body, _) = call_with(discord, method, path, body, Some(&discord.token())).await;
    (status, body)
}

/// The same with any token, and with the headers of the answer.
pub(super) async fn call_with(
    discord: &Simulator,
    method: Method,
    path: &str,
    body: Option<Value>,
    token: Option<&str>,
) -> (u16, Value, reqwest::header::HeaderMap) {
    let mut request = reqwest::Client::new().request(method, format!("{}/api/v10{path}", discord.base_url()));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bot {token}"));
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null), headers)
}

/// A gateway connection.
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    pub(super) sequence: u64,
}

/// What came over a gateway connection.
#[derive(Debug)]
pub(super) enum Got {
    Payload(Value),
    Packed(Vec<u8>),
    Closed(u16),
    Cut,
}

impl Socket {
    /// Connects with this query, such as `v=10&encoding=json`.
    pub(super) async fn connect(discord: &Simulator, query: &str) -> Self {
        let url = format!("{}/?{query}", discord.gateway_url());
        let address = discord.gateway_url().strip_prefix("ws://").unwrap().to_owned();
        let tcp = TcpStream::connect(address).await.unwrap();
        let (stream, _) = client_async(url, tcp).await.unwrap();
        Self { stream, sequence: 0 }
    }

    /// Connects and takes the HELLO.
    pub(super) async fn hello(discord: &Simulator) -> Self {
        let mut socket = Self::connect(discord, "v=10&encoding=json").await;
        let hello = socket.payload().await;
        assert_eq!(hello["op"], 10);
        socket
    }

    /// Connects and identifies; the first payload after that is returned.
    pub(super) async fn identified(discord: &Simulator, intents: u64, shard: (u32, u32)) -> (Self, Value) {
        let mut socket = Self::hello(discord).await;
        socket.identify(&discord.token(), intents, shard).await;
        let ready = socket.payload().await;
        (socket, ready)
    }

    pub(super) async fn identify(&mut self, token: &str, intents: u64, shard: (u32, u32)) {
        let properties = json!({ "os": "linux", "browser": "test", "device": "test" });
        let data = json!({
            "token": token, "intents": intents, "shard": [shard.0, shard.1], "properties": properties,
        });
        self.send(json!({ "op": 2, "d": data })).await;
    }

    pub(super) async fn send(&mut self, payload: Value) {
        self.send_text(payload.to_string()).await;
    }

    pub(super) async fn send_text(&mut self, text: String) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    pub(super) async fn got(&mut self) -> Got {
        let next = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing came");
        match next {
            Some(Ok(Message::Text(text))) => {
                let payload: Value = serde_json::from_str(&text).unwrap();
                self.sequence = payload["s"].as_u64().unwrap_or(self.sequence);
                Got::Payload(payload)
            }
            Some(Ok(Message::Binary(bytes))) => Got::Packed(bytes.to_vec()),
            Some(Ok(Message::Close(frame))) => Got::Closed(frame.map_or(0, |frame| frame.code.into())),
            _ => Got::Cut,
        }
    }

    pub(super) async fn payload(&mut self) -> Value {
        match self.got().await {
            Got::Payload(payload) => payload,
            other => panic!("no payload but {other:?}"),
        }
    }

    /// Reads on until an event of this name.
    pub(super) async fn event(&mut self, name: &str) -> Value {
        loop {
            let payload = self.payload().await;
            if payload["t"] == name {
                return payload["d"].clone();
            }
        }
    }

    /// The names of the events until a heartbeat is answered: everything that was on its way.
    pub(super) async fn names_so_far(&mut self) -> Vec<String> {
        self.send(json!({ "op": 1, "d": self.sequence })).await;
        let mut names = Vec::new();
        loop {
            let payload = self.payload().await;
            if payload["op"] == 11 {
                return names;
            }
            names.extend(payload["t"].as_str().map(str::to_owned));
        }
    }

    pub(super) async fn close(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.stream.close(Some(frame)).await.unwrap();
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    pub(super) async fn close_code(&mut self) -> u16 {
        loop {
            match self.got().await {
                Got::Closed(code) => return code,
                Got::Cut => panic!("cut without a code"),
                Got::Payload(_) | Got::Packed(_) => {}
            }
        }
    }
}
