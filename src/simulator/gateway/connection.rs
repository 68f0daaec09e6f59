//! One socket of the gateway: reading, writing, heartbeats, and the close codes that answer bad behaviour.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::super::core::Core;
use super::identify::{self, Verdict};
use super::members;
use super::pack::Packer;
use super::session::{Out, Session, backlog};

/// The largest payload a client may send.
const PAYLOAD_LIMIT: usize = 4_096;
/// What the socket reads at most before it gives up on a message.
const READ_LIMIT: usize = 64 * 1024;
/// How many payloads a client may send in a minute.
const SENDS_PER_MINUTE: u32 = 120;
/// How long a client may take for the handshake, and for its goodbye.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many payloads are written before they are flushed together.
const BATCH: usize = 512;

/// What a client asked for in the address.
#[derive(Clone, Copy, Debug, Default)]
struct Wishes {
    version: Option<u32>,
    json: bool,
    stream: bool,
}

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, core: &Arc<Core>) -> anyhow::Result<()> {
    let config = WebSocketConfig::default()
        .read_buffer_size(8 * 1024)
        .max_message_size(Some(READ_LIMIT))
        .max_frame_size(Some(READ_LIMIT));
    let mut wishes = Wishes::default();
    #[expect(clippy::result_large_err, reason = "the signature is tungstenite's")]
    let read_wishes = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        wishes = Wishes::read(request.uri().query().unwrap_or(""));
        Ok(response)
    };
    let handshake = accept_hdr_async_with_config(stream, read_wishes, Some(config));
    let socket = tokio::time::timeout(PATIENCE, handshake).await??;
    let (out, inbox) = mpsc::unbounded_channel();
    let number = core.hub.next_connection();
    let packer = if wishes.stream { Packer::stream() } else { Packer::Plain };
    let mut connection = Connection {
        core: Arc::clone(core),
        socket,
        out,
        inbox,
        number,
        packer,
        session: None,
        sends_since: Instant::now(),
        sends: 0,
        heard: Instant::now(),
    };
    let end = connection.run(wishes).await;
    connection.leave(end).await;
    Ok(())
}

impl Wishes {
    fn read(query: &str) -> Self {
        let mut wishes = Self { json: true, ..Self::default() };
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "v" => wishes.version = value.parse().ok(),
                "encoding" => wishes.json = value == "json",
                "compress" => wishes.stream = value == "zlib-stream",
                _ => {}
            }
        }
        wishes
    }
}

struct Connection {
    core: Arc<Core>,
    socket: WebSocketStream<TcpStream>,
    out: mpsc::UnboundedSender<Out>,
    inbox: mpsc::UnboundedReceiver<Out>,
    number: u64,
    packer: Packer,
    session: Option<Arc<Session>>,
    sends_since: Instant,
    sends: u32,
    /// The last heartbeat.
    heard: Instant,
}

/// How a connection ends.
#[derive(Debug)]
enum End {
    /// The client closed, with this code if it gave one.
    Client(Option<u16>),
    /// The simulator closes.
    Close(u16, &'static str),
    /// The connection is cut, by the network or on purpose.
    Cut,
}

impl Connection {
    async fn run(&mut self, wishes: Wishes) -> End {
        // An address without a version means the oldest one, which is gone.
        if wishes.version != Some(10) {
            return End::Close(4012, "Invalid API version.");
        }
        if !wishes.json {
            return End::Close(4002, "Error while decoding payload.");
        }
        let interval = self.core.hub.settings.heartbeat_interval_ms;
        let hello = json!({
            "t": null, "s": null, "op": 10,
            "d": { "heartbeat_interval": interval, "_trace": ["simulator"] },
        });
        if let Err(end) = self.write(hello.to_string().into_bytes()).await {
            return end;
        }
        if let Err(end) = self.flush().await {
            return end;
        }
        let patience = Duration::from_millis(interval) * 2;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                message = self.socket.next() => {
                    if let Err(end) = self.read(message).await {
                        return end;
                    }
                }
                count = self.inbox.recv_many(&mut batch, BATCH) => {
                    debug_assert!(count > 0, "the connection holds a sender itself");
                    if let Err(end) = self.send_out(&mut batch).await {
                        return end;
                    }
                }
                () = tokio::time::sleep_until(self.heard + patience) => {
                    return End::Close(4009, "Session timed out.");
                }
            }
        }
    }

    /// Writes what waits, then flushes once.
    async fn send_out(&mut self, batch: &mut Vec<Out>) -> Result<(), End> {
        if self.inbox.len() > backlog() {
            tracing::warn!("a gateway client does not read; it is cut off");
            return Err(End::Cut);
        }
        for out in batch.drain(..) {
            match out {
                Out::Event { sequence, dispatch } => {
                    let mut payload = Vec::new();
                    dispatch.write(sequence, &mut payload);
                    self.write(payload).await?;
                }
                Out::Flood { first, dispatches } => {
                    for (place, dispatch) in dispatches.iter().enumerate() {
                        let mut payload = Vec::new();
                        dispatch.write(first + place as u64, &mut payload);
                        self.write(payload).await?;
                    }
                }
                Out::Raw(payload) => self.write(payload.into_bytes()).await?,
                Out::Close(code, reason) => return Err(End::Close(code, reason)),
                Out::Cut => return Err(End::Cut),
            }
        }
        self.flush().await
    }

    async fn write(&mut self, payload: Vec<u8>) -> Result<(), End> {
        let message = self.packer.pack(payload).map_err(|error| {
            tracing::error!(%error, "a payload cannot be packed");
            End::Cut
        })?;
        self.socket.feed(message).await.map_err(|error| ended(&error))
    }

    async fn flush(&mut self) -> Result<(), End> {
        self.socket.flush().await.map_err(|error| ended(&error))
    }

    async fn answer(&mut self, payload: Value) -> Result<(), End> {
        self.write(payload.to_string().into_bytes()).await?;
        self.flush().await
    }

    async fn read(&mut self, message: Option<Result<Message, WsError>>) -> Result<(), End> {
        let text = match message {
            None => return Err(End::Cut),
            Some(Err(error)) => return Err(ended(&error)),
            Some(Ok(Message::Close(frame))) => return Err(End::Client(frame.map(|frame| frame.code.into()))),
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_))) => return Err(End::Close(4002, "Error while decoding payload.")),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => return Ok(()),
        };
        if self.sends_since.elapsed() >= Duration::from_secs(60) {
            self.sends_since = Instant::now();
            self.sends = 0;
        }
        self.sends += 1;
        if self.sends > SENDS_PER_MINUTE {
            return Err(End::Close(4008, "Rate limited."));
        }
        if text.len() > PAYLOAD_LIMIT {
            return Err(End::Close(4002, "Error while decoding payload."));
        }
        let payload: Value = serde_json::from_str(&text).map_err(|error| {
            tracing::warn!(%error, "a gateway client sent something that is not JSON");
            End::Close(4002, "Error while decoding payload.")
        })?;
        let Some(op) = payload.get("op").and_then(Value::as_u64) else {
            return Err(End::Close(4001, "Unknown opcode."));
        };
        self.handle(op, payload.get("d").unwrap_or(&Value::Null)).await
    }

    async fn handle(&mut self, op: u64, data: &Value) -> Result<(), End> {
        match op {
            1 => {
                self.heard = Instant::now();
                if self.core.hub.mutes_heartbeats() {
                    return Ok(());
                }
                // What happened before the question is told before the answer.
                let mut waiting = Vec::new();
                while let Some(out) = (waiting.len() < BATCH).then(|| self.inbox.try_recv().ok()).flatten() {
                    waiting.push(out);
                }
                self.send_out(&mut waiting).await?;
                self.answer(json!({ "t": null, "s": null, "op": 11, "d": null })).await
            }
            2 | 6 if self.core.hub.keeps_out() => Err(End::Cut),
            2 | 6 if self.session.is_some() => Err(End::Close(4005, "Already authenticated.")),
            2 => {
                let verdict = identify::identify(&self.core, data, self.number, self.out.clone());
                self.enter(verdict, false).await
            }
            6 => {
                let verdict = identify::resume(&self.core, data, self.number, self.out.clone());
                self.enter(verdict, true).await
            }
            // Presence, voice, soundboard and channel statistics: known, without effect here.
            3 | 4 | 8 | 31 | 43 if self.session.is_none() => Err(End::Close(4003, "Not authenticated.")),
            8 => {
                if let Some(session) = &self.session {
                    members::answer(&self.core, session, data);
                }
                Ok(())
            }
            3 | 4 | 31 | 43 => Ok(()),
            _ => {
                tracing::warn!(op, "a gateway client sent an unknown opcode");
                Err(End::Close(4001, "Unknown opcode."))
            }
        }
    }

    async fn enter(&mut self, verdict: Verdict, resumed: bool) -> Result<(), End> {
        match verdict {
            Verdict::Close(code, reason) => Err(End::Close(code, reason)),
            Verdict::Invalid => self.answer(json!({ "t": null, "s": null, "op": 9, "d": false })).await,
            Verdict::Session { session, compress, replay } => {
                if compress && matches!(self.packer, Packer::Plain) {
                    self.packer = Packer::Payload;
                }
                for (sequence, dispatch) in replay {
                    let mut payload = Vec::new();
                    dispatch.write(sequence, &mut payload);
                    self.write(payload).await?;
                }
                tracing::info!(
                    shard.id = session.shard.0,
                    shard.count = session.shard.1,
                    gateway.resumed = resumed,
                    "a session is up"
                );
                self.session = Some(session);
                self.core.hub.tell();
                self.flush().await
            }
        }
    }

    /// Says goodbye as far as possible and lets go of the session.
    async fn leave(&mut self, end: End) {
        let over = match end {
            // A client that closes with one of these says that it will not come back.
            End::Client(code) => matches!(code, Some(1000 | 1001)),
            End::Close(code, _) => matches!(code, 4004 | 4007 | 4009..=4014),
            End::Cut => false,
        };
        if let Some(session) = self.session.take() {
            session.lost(self.number, over, self.core.clock.now_ms());
        }
        match end {
            End::Close(code, reason) => {
                tracing::info!(code, reason, "the gateway closes a connection");
                let frame = CloseFrame { code: code.into(), reason: reason.into() };
                let goodbye = async {
                    if self.socket.close(Some(frame)).await.is_ok() {
                        // Read on until the client has answered: closing at once could lose the frame.
                        while let Some(Ok(_)) = self.socket.next().await {}
                    }
                };
                if tokio::time::timeout(PATIENCE, goodbye).await.is_err() {
                    tracing::debug!("a gateway client did not answer the goodbye");
                }
            }
            End::Client(_) => {
                // tungstenite has queued the answering close frame; flushing sends it.
                let _ = tokio::time::timeout(PATIENCE, self.socket.flush()).await;
            }
            End::Cut => {}
        }
        self.core.hub.tell();
    }
}

/// What an error of the socket means.
fn ended(error: &WsError) -> End {
    match error {
        WsError::Capacity(_) | WsError::Utf8(_) => End::Close(4002, "Error while decoding payload."),
        WsError::ConnectionClosed | WsError::AlreadyClosed => End::Cut,
        error => {
            tracing::info!(%error, "a gateway connection broke");
            End::Cut
        }
    }
}
