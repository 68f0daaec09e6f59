//! The driver over HTTP, for a page in a browser and for scripts in other languages.
//!
//! | request | answers |
//! | --- | --- |
//! | `POST /control` with one command | its result; every command is in [`making`], [`acting`] or [`machine`] |
//! | `GET /control/world` | servers, channels, roles, members with their ids |
//! | `GET /control/events?as=USER&channel=CHANNEL` | a stream (SSE) of that member's view; see [`events`] |
//! | `GET /control/state`, `PUT /control/state` | the whole saved state, to keep or to put back |
//!
//! A command is a JSON object whose `do` names it, such as
//! `{"do": "react", "as": "81", "channel": "17", "message": "99", "emoji": "🚢"}`. The answer is JSON: what the command
//! gives back, or with status 400 or 409 `{"error": {"kind", "message", "discord"}}`, where `kind` is `refused`
//! (Discord would say no; `discord` is its error), `not_possible` (a client would not let it happen), `no_response`
//! (the application did not answer in three seconds), `timed_out` or `bad_command`.
//!
//! Everything else than this machine is refused: the address must be on loopback, the `Host` must name loopback
//! and an `Origin`, if there is one, must be that same host, so that no foreign page can drive it.

pub mod act;
pub mod acting;
pub mod command;
pub mod events;
pub mod machine;
pub mod making;
pub mod overview;
pub mod run;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::driver::{Driver, DriverError};
use super::state::Data;
use command::Command;

/// The largest command: a saved state with files.
const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// The routes below `/control`, to be merged into a server of one's own. They guard themselves.
pub fn router(driver: Driver) -> Router {
    Router::new()
        .route("/control", post(control))
        .route("/control/world", get(world))
        .route("/control/events", get(events::stream))
        .route("/control/state", get(save).put(load))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard))
        .with_state(driver)
}

/// Lets only pages and programs of this machine pass.
pub async fn guard(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(http.path = request.uri().path(), "a foreign page or host was refused");
    (StatusCode::FORBIDDEN, "only for pages of this machine\n").into_response()
}

/// Whether the headers name this machine, and no other page sent the request.
fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("\u{fffd}"));
    let Some(host) = text(header::HOST) else { return false };
    if !is_loopback(host) {
        return false;
    }
    text(header::ORIGIN).is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

async fn control(State(driver): State<Driver>, body: Bytes) -> Response {
    let command: Command = match serde_json::from_slice(&body) {
        Ok(command) => command,
        Err(error) => {
            let body = json!({ "error": { "kind": "bad_command", "message": error.to_string() } });
            return (StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
        }
    };
    match run::run(&driver, command).await {
        Ok(value) => axum::Json(value).into_response(),
        Err(error) => (StatusCode::CONFLICT, axum::Json(error_body(&error))).into_response(),
    }
}

fn error_body(error: &DriverError) -> Value {
    let (kind, discord) = match error {
        DriverError::Refused(error) => ("refused", error.body()),
        DriverError::NotPossible(_) => ("not_possible", Value::Null),
        DriverError::TimedOut(_) => ("timed_out", Value::Null),
        DriverError::NoResponse => ("no_response", Value::Null),
    };
    json!({ "error": { "kind": kind, "message": error.to_string(), "discord": discord } })
}

async fn world(State(driver): State<Driver>) -> Response {
    axum::Json(driver.with_world(|world| overview::world(world))).into_response()
}

async fn save(State(driver): State<Driver>) -> Response {
    let text = driver.with_world(|world| {
        world.data.saved_at_ms = world.clock.now_ms();
        serde_json::to_vec(&world.data)
    });
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the state cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn load(State(driver): State<Driver>, body: Bytes) -> Response {
    match serde_json::from_slice::<Data>(&body) {
        Ok(data) => {
            driver.replace(data);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => {
            let body = json!({ "error": { "kind": "bad_command", "message": error.to_string() } });
            (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_this_machine_may_drive() {
        for (host, origin) in [
            ("127.0.0.1:8080", None),
            ("localhost:8080", Some("http://localhost:8080")),
            ("[::1]:8080", Some("http://[::1]:8080")),
            ("localhost", None),
        ] {
            assert!(is_local(&headers(host, origin)), "{host} {origin:?}");
        }
        for (host, origin) in [
            ("evil.example", None),
            ("127.0.0.1.evil.example", None),
            ("localhost.evil.example:80", None),
            ("127.0.0.1:8080", Some("http://evil.example")),
            ("127.0.0.1:8080", Some("http://127.0.0.1:9090")),
            ("127.0.0.1:8080", Some("https://127.0.0.1:8080")),
            ("127.0.0.1:8080", Some("null")),
        ] {
            assert!(!is_local(&headers(host, origin)), "{host} {origin:?}");
        }
        assert!(!is_local(&HeaderMap::new()));
    }
}
