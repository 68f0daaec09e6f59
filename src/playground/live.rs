//! Who one can be, and the stream of what happens.
//!
//! One stream carries everything a tab needs: a browser opens six connections to one host at most, and tabs are people here.

use axum::{
    Json,
    extract::{Query, State},
    response::IntoResponse,
};
use futures_util::{Stream, StreamExt as _};
use serde_json::{Value, json};

use crate::simulator::control::events::{Requests, Told, Watch, batches, sse};

use super::{Playground, faults::Mischief};

/// What to try first, and what for. The page shows it as a hint.
pub const TRY: &[(&str, &str)] = &[
    ("/compare", "two half-remembered names, such as cursr and cc"), // typos:ignore
    ("🚢", "vote on a card and see its score change"),
    ("@Tiebreaker ollama vs vllm", "ask in a message"),
    ("/addreview", "become the moderator and give an opinion"),
];

/// `GET /play/info`
pub(super) async fn info(State(playground): State<Playground>) -> Json<Value> {
    let mut body = playground.roster.describe(&playground.driver);
    let (bot, name) = playground
        .driver
        .with_world(|world| (world.data.application.bot, world.data.application.name.clone()));
    body["version"] = json!(env!("CARGO_PKG_VERSION"));
    body["bot"] = json!({ "id": bot, "name": name });
    body["data"] = json!(playground.data);
    body["try"] = TRY.iter().map(|(say, why)| json!({ "say": say, "why": why })).collect();
    body["faults"] = playground.mischief.describe();
    Json(body)
}

/// `GET /play/events?as=USER&channel=CHANNEL`
pub(super) async fn events(
    State(playground): State<Playground>,
    Query(watch): Query<Watch>,
) -> impl IntoResponse {
    let told = batches(playground.driver.clone(), watch, Requests::Lines);
    sse(with_faults(told, playground.mischief))
}

/// `GET /play/traffic`
pub(super) async fn traffic(State(playground): State<Playground>) -> impl IntoResponse {
    let told = batches(playground.driver, Watch::default(), Requests::Lines);
    sse(told.map(|batch| batch.into_iter().filter(|told| told.event == "traffic").collect()))
}

/// Adds the state of the faults, at first and whenever it has changed.
fn with_faults(told: impl Stream<Item = Vec<Told>>, mischief: Mischief) -> impl Stream<Item = Vec<Told>> {
    let mut last = Value::Null;
    told.map(move |mut batch| {
        let mut now = mischief.describe();
        let at = now.as_object_mut().and_then(|state| state.remove("now"));
        if now != last {
            last = now.clone();
            now["now"] = json!(at);
            batch.push(Told { event: "faults", data: now });
        }
        batch
    })
}
