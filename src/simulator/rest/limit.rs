//! Rate limits as Discord does them; the rules themselves are pure and live beside.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::super::core::Core;
use super::route::Route;

/// The state of the limits.
#[derive(Debug, Default)]
pub struct Limits {}

/// Whether a request may go on, and what its answer says about limits.
#[derive(Debug, Default)]
pub struct Leave {
    /// The body of the 429, if it may not.
    pub refused: Option<Value>,
    /// Headers of the answer.
    pub headers: HeaderMap,
}

/// Counts a request.
pub fn take(_core: &Core, _route: &Route, _params: &[(String, String)], _body: &Value) -> Leave {
    Leave::default()
}

/// A 429: its body and headers.
pub fn refusal(retry_after_ms: u64, global: bool, shared: bool) -> (Value, HeaderMap) {
    let seconds = retry_after_ms as f64 / 1_000.0;
    let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": global });
    let scope = match (global, shared) {
        (true, _) => "global",
        (false, true) => "shared",
        (false, false) => "user",
    };
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("retry-after", &format!("{}", retry_after_ms.div_ceil(1_000).max(1)));
    put("x-ratelimit-scope", scope);
    if global {
        put("x-ratelimit-global", "true");
    }
    (body, headers)
}
