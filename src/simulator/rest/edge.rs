//! What every request passes: reading, faults, the token, rate limits, the endpoint, the record.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts as _, Query, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::Response;
use serde_json::Value;

use super::super::core::Core;
use super::super::record::Exchange;
use super::super::rest_fault::RestFault;
use super::super::rules::error::ApiError;
use super::super::rules::ratelimit::{Refused, Scope};
use super::BASE;
use super::body::{self, REQUEST_LIMIT, Upload};
use super::call::Call;
use super::limit::{self, Leave};
use super::listener::Line;
use super::route::{Answer, Auth, Reply, Route};

/// Serves one request; without a route it is answered as not simulated.
pub async fn serve(core: Arc<Core>, route: Option<&'static Route>, request: Request) -> Response {
    let began = Instant::now();
    let at_ms = core.clock.now_ms();
    let (mut parts, body) = request.into_parts();
    let line = ConnectInfo::<Line>::from_request_parts(&mut parts, &()).await.map(|info| info.0).ok();
    let (request_body, outcome) = match to_bytes(body, REQUEST_LIMIT).await {
        Err(_) => (Value::Null, Outcome::error(&ApiError::entity_too_large())),
        Ok(bytes) => match body::read(&parts, bytes).await {
            Err(error) => (Value::Null, Outcome::error(&error)),
            Ok((value, files)) => {
                let shown = shown(&value, &files);
                (shown, pass(&core, route, &mut parts, value, files).await)
            }
        },
    };
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let path = path.strip_prefix(BASE).unwrap_or(path).to_owned();
    if route.is_none() {
        tracing::warn!(http.method = %parts.method, http.path = %path, "this endpoint is not simulated");
    }
    if route.is_some() {
        let shared = outcome.headers.get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
        core.limits.note(outcome.status, shared, at_ms);
    }
    core.record.add(Exchange {
        number: 0,
        at_ms,
        method: parts.method.to_string(),
        path,
        route: route.map(|route| route.template),
        status: if outcome.cut { 0 } else { outcome.status },
        took_ms: began.elapsed().as_secs_f64() * 1_000.0,
        request: request_body,
        answer: outcome.body.clone(),
        user_agent: parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
            .to_owned(),
        authorized: parts.headers.contains_key(header::AUTHORIZATION),
    });
    if let (true, Some(line)) = (outcome.cut, line) {
        line.cut();
    }
    outcome.into_response()
}

/// How a request ended.
struct Outcome {
    status: u16,
    body: Value,
    headers: HeaderMap,
    cut: bool,
}

impl Outcome {
    fn error(error: &ApiError) -> Self {
        Self { status: error.status, body: error.body(), headers: HeaderMap::new(), cut: false }
    }

    fn refused(refused: Refused) -> Self {
        let (body, headers) = limit::refusal(refused);
        Self { status: 429, body, headers, cut: false }
    }

    fn of(answer: Answer) -> Self {
        match answer {
            Ok(Reply::Json(status, body)) => Self { status, body, headers: HeaderMap::new(), cut: false },
            Ok(Reply::Refused(refused)) => Self::refused(refused),
            Ok(Reply::Nothing) => {
                Self { status: 204, body: Value::Null, headers: HeaderMap::new(), cut: false }
            }
            Err(error) => Self::error(&error),
        }
    }

    fn into_response(self) -> Response {
        let empty = self.status == 204;
        let body = if empty { Body::empty() } else { Body::from(self.body.to_string()) };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = self.headers;
        if !empty {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        response
    }
}

/// Faults, token, limits, endpoint.
async fn pass(
    core: &Core,
    route: Option<&'static Route>,
    parts: &mut Parts,
    value: Value,
    files: Vec<Upload>,
) -> Outcome {
    let path = parts.uri.path().to_owned();
    let fault = core.rest_faults.take(parts.method.as_str(), &path);
    match &fault {
        Some(RestFault::Slow { ms }) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Some(RestFault::TooMany { retry_after_ms, global, shared }) => {
            let scope = match (global, shared) {
                (true, _) => Scope::Global,
                (false, true) => Scope::Shared,
                (false, false) => Scope::User,
            };
            return Outcome::refused(Refused::new(*retry_after_ms, scope));
        }
        Some(RestFault::Status { status, done: false }) => return fault_status(*status),
        Some(RestFault::Cut { done: false }) => {
            return Outcome { cut: true, ..Outcome::error(&ApiError::internal()) };
        }
        _ => {}
    }
    let Some(route) = route else { return Outcome::error(&ApiError::not_found()) };
    if route.auth == Auth::Bot && !is_authorized(core, &parts.headers) {
        return Outcome::error(&ApiError::unauthorized());
    }
    let params = path_params(parts).await;
    let query =
        Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
    let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let outcome = match limit::take(core, &parts.method, &parts.uri, token, &params) {
        Leave::Refused { body, headers } => {
            Outcome { status: 429, body: body.unwrap_or(Value::Null), headers, cut: false }
        }
        Leave::Granted(headers) => {
            let mut call = Call { world: core.world(), core, params, query, body: value, files };
            let outcome = Outcome::of((route.handler)(&mut call));
            drop(call);
            let mut merged = headers;
            merged.extend(outcome.headers);
            Outcome { headers: merged, ..outcome }
        }
    };
    match fault {
        Some(RestFault::Status { status, .. }) => fault_status(status),
        Some(RestFault::Cut { .. }) => Outcome { cut: true, ..outcome },
        _ => outcome,
    }
}

fn fault_status(status: u16) -> Outcome {
    Outcome::error(&match status {
        502 => ApiError::bad_gateway(),
        503 => ApiError::unavailable(),
        500 => ApiError::internal(),
        other => ApiError { status: other, ..ApiError::internal() },
    })
}

fn is_authorized(core: &Core, headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    given.strip_prefix("Bot ").is_some_and(|token| token == core.world().data.application.token)
}

async fn path_params(parts: &mut Parts) -> Vec<(String, String)> {
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        Err(_) => Vec::new(),
    }
}

/// The body as it is recorded: files by name and size only.
fn shown(body: &Value, files: &[Upload]) -> Value {
    let nothing = body.as_object().is_some_and(serde_json::Map::is_empty);
    if files.is_empty() {
        return if nothing { Value::Null } else { body.clone() };
    }
    let files: Vec<Value> =
        files.iter().map(|file| serde_json::json!({ "name": file.name, "size": file.bytes.len() })).collect();
    let mut shown = body.clone();
    if let Some(members) = shown.as_object_mut() {
        members.insert("(files)".to_owned(), Value::Array(files));
    }
    shown
}
