//! The stream of one member's view, as server-sent events.
//!
//! `GET /control/events?as=USER&channel=CHANNEL`; both may be left out (then there are no views). Events:
//!
//! | event | data |
//! | --- | --- |
//! | `view` | `{messages}`: the whole channel as the member sees it; first of all, and after a gap |
//! | `message` | `{id, message}`: a message is new or changed; `message` is null when it is gone or hidden |
//! | `interaction` | `{interaction, standing, channel, deadline_ms, now_ms, …}`: one of the member's own; with `choices`, `form` or `message` |
//! | `world` | `{}`: servers, channels, roles or members changed; `GET /control/world` has them |
//! | `commands` | `{}`: the application registered or removed commands |
//! | `gateway` | `{sessions}` |
//! | `typing` | `{user, name}`: somebody else writes in this channel |
//! | `request` | one recorded request with its answer; the stream begins with the present ones left out |
//! | `traffic` | instead of `request`, for whoever asked for lines: a list of [`TrafficLine`], first the newest that are kept |
//!
//! Changes that come thick and fast are put together: a message is sent at most every few hundredths of a second.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::super::change::Change;
use super::super::driver::answer::form_view;
use super::super::driver::{Driver, view};
use super::super::ids::{ChannelId, InteractionId, MessageId, UserId};
use super::super::record::TrafficLine;
use super::super::state::World;
use super::super::state::interaction::ANSWER_WITHIN_MS;

/// How long changes are gathered before they are sent together.
const GATHER: Duration = Duration::from_millis(25);

/// How many lines of traffic a stream begins with.
const FIRST_LINES: usize = 200;

/// Whose view, and of what.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Watch {
    /// The person.
    r#as: Option<UserId>,
    /// The channel.
    channel: Option<ChannelId>,
}

/// How requests are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requests {
    /// Each as a whole, as `request`.
    Whole,
    /// As lines of a list, as `traffic`.
    Lines,
}

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its name.
    pub event: &'static str,
    /// Its data.
    pub data: Value,
}

/// What has changed since the last look.
#[derive(Debug, Default)]
struct Pending {
    everything: bool,
    messages: BTreeSet<MessageId>,
    typing: BTreeSet<UserId>,
    interactions: BTreeSet<InteractionId>,
    world: bool,
    commands: bool,
    gateway: bool,
    requests: bool,
}

struct Viewer {
    driver: Driver,
    watch: Watch,
    requests: Requests,
    changes: Receiver<Change>,
    seen_requests: u64,
}

/// The handler.
pub(super) async fn stream(
    State(driver): State<Driver>,
    Query(watch): Query<Watch>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    sse(batches(driver, watch, Requests::Whole))
}

/// What a member sees from now on: first everything, then what changes, in batches. It ends with the simulator.
pub fn batches(driver: Driver, watch: Watch, requests: Requests) -> impl Stream<Item = Vec<Told>> {
    // Listening begins before the first look, so nothing falls between them.
    let changes = driver.listen();
    let seen_requests = driver.request_count();
    let mut first = driver.with_world(|world| first_view(world, watch));
    if requests == Requests::Lines {
        let kept = driver.request_lines_after(seen_requests.saturating_sub(FIRST_LINES as u64));
        first.push(told(
            "traffic",
            json!(kept.iter().filter(|line| line.number <= seen_requests).collect::<Vec<_>>()),
        ));
    }
    let state = Viewer { driver, watch, requests, changes, seen_requests };
    let rest = stream::unfold(state, |mut state| async move {
        let batch = state.next().await?;
        Some((batch, state))
    });
    stream::once(std::future::ready(first)).chain(rest)
}

/// Batches as server-sent events.
pub fn sse(
    batches: impl Stream<Item = Vec<Told>> + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = batches.flat_map(stream::iter);
    let events = events.map(|told| Ok(Event::default().event(told.event).data(told.data.to_string())));
    Sse::new(events).keep_alive(KeepAlive::default())
}

fn first_view(world: &World, watch: Watch) -> Vec<Told> {
    let mut events = Vec::new();
    if let (Some(user), Some(channel)) = (watch.r#as, watch.channel) {
        events.push(told("view", json!({ "messages": view::channel(world, channel, user, 100) })));
    }
    events.push(told("gateway", json!({ "sessions": world.hub.views() })));
    events
}

fn told(event: &'static str, data: Value) -> Told {
    Told { event, data }
}

impl Viewer {
    /// Waits for a change, gathers what comes with it, and tells it. None when the simulator is gone.
    async fn next(&mut self) -> Option<Vec<Told>> {
        let mut pending = Pending::default();
        match self.changes.recv().await {
            Ok(change) => pending.add(change, self.watch),
            Err(RecvError::Lagged(_)) => pending.everything = true,
            Err(RecvError::Closed) => return None,
        }
        tokio::time::sleep(GATHER).await;
        loop {
            match self.changes.try_recv() {
                Ok(change) => pending.add(change, self.watch),
                Err(TryRecvError::Lagged(_)) => pending.everything = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        Some(self.tell(&pending))
    }

    fn tell(&mut self, pending: &Pending) -> Vec<Told> {
        let watch = self.watch;
        let mut events = Vec::new();
        self.driver.with_world(|world| {
            if pending.everything {
                events.extend(first_view(world, watch));
                events.push(told("world", json!({})));
                events.push(told("commands", json!({})));
            } else if let (Some(user), Some(channel)) = (watch.r#as, watch.channel) {
                for id in &pending.messages {
                    let seen = world
                        .message(channel, *id)
                        .filter(|found| view::sees(world, found, user))
                        .map(|found| view::message(world, found, user));
                    events.push(told("message", json!({ "id": id, "message": seen })));
                }
            }
            for user in &pending.typing {
                let name = world.user(*user).map(|user| user.shown_name());
                events.push(told("typing", json!({ "user": user, "name": name })));
            }
            for id in &pending.interactions {
                events.extend(interaction(world, *id).map(|data| told("interaction", data)));
            }
            if pending.world && !pending.everything {
                events.push(told("world", json!({})));
            }
            if pending.commands && !pending.everything {
                events.push(told("commands", json!({})));
            }
            if pending.gateway && !pending.everything {
                events.push(told("gateway", json!({ "sessions": world.hub.views() })));
            }
        });
        if pending.requests || pending.everything {
            events.extend(self.tell_requests());
        }
        events
    }

    fn tell_requests(&mut self) -> Vec<Told> {
        match self.requests {
            Requests::Whole => {
                let new = self.driver.requests_after(self.seen_requests);
                self.seen_requests = new.last().map_or(self.seen_requests, |last| last.number);
                new.into_iter().map(|exchange| told("request", json!(exchange))).collect()
            }
            Requests::Lines => {
                let new: Vec<TrafficLine> = self.driver.request_lines_after(self.seen_requests);
                self.seen_requests = new.last().map_or(self.seen_requests, |last| last.number);
                if new.is_empty() { Vec::new() } else { vec![told("traffic", json!(new))] }
            }
        }
    }
}

impl Pending {
    fn add(&mut self, change: Change, watch: Watch) {
        match change {
            Change::Everything => self.everything = true,
            Change::Server(_) => self.world = true,
            Change::Channel(_) => self.world = true,
            Change::Message { channel, message, only_for } => {
                let here = watch.channel == Some(channel);
                if here && only_for.is_none_or(|only| watch.r#as == Some(only)) {
                    self.messages.insert(message);
                }
            }
            Change::Typing { channel, user } => {
                if watch.channel == Some(channel) && watch.r#as != Some(user) {
                    self.typing.insert(user);
                }
            }
            Change::Interaction { interaction, user } => {
                if watch.r#as == Some(user) {
                    self.interactions.insert(interaction);
                }
            }
            Change::Commands => self.commands = true,
            Change::Gateway => self.gateway = true,
            Change::Request => self.requests = true,
        }
    }
}

/// An interaction as its owner's client knows it.
fn interaction(world: &World, id: InteractionId) -> Option<Value> {
    let found = world.data.interactions.get(&id)?;
    let mut data = json!({
        "interaction": id,
        "kind": found.kind,
        "channel": found.channel,
        "source": found.source,
        "standing": found.standing,
        "deadline_ms": found.made_at_ms + ANSWER_WITHIN_MS,
        "now_ms": world.clock.now_ms(),
        "choices": found.choices,
        "form": found.form.as_ref().map(|form| form_view(id, form)),
    });
    let message = found.original.and_then(|original| world.message(found.channel, original));
    if let Some(message) = message {
        data["message"] = json!(view::message(world, message, found.user));
    }
    Some(data)
}
