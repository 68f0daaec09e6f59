//! Rate limits: what the pure rules say, for the requests of this simulator and on its clock.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;

use super::super::core::Core;
use super::super::ids::MessageId;
use super::super::rules::ratelimit::{Call, RateLimits, Refused, Settings, Verdict};
use super::BASE;

/// All clients are on this machine, so there is one address for invalid requests.
const ADDRESS: &str = "loopback";

/// The state of the limits.
#[derive(Debug)]
pub struct Limits(Mutex<RateLimits>);

/// What the limits say of a request.
pub(super) enum Leave {
    /// Go on; the answer carries these headers.
    Granted(HeaderMap),
    /// 429 with this body and these headers; `shared` ones do not count as invalid.
    Refused {
        /// The body; none: the bare answer of a proxy that shut the address out.
        body: Option<Value>,
        /// The headers.
        headers: HeaderMap,
    },
}

impl Limits {
    /// Limits that hold, or that only show their headers.
    pub fn new(enabled: bool) -> Self {
        Self(Mutex::new(RateLimits::new(Settings { enabled, ..Settings::default() })))
    }

    /// The rules themselves.
    pub(super) fn lock(&self) -> MutexGuard<'_, RateLimits> {
        self.0.lock()
    }

    /// Switches the limits on or off.
    pub fn enable(&self, enabled: bool) {
        self.0.lock().settings.enabled = enabled;
    }

    /// Notes how a request was answered: too many invalid ones shut the address out.
    pub(super) fn note(&self, status: u16, shared: bool, now_ms: u64) {
        self.0.lock().note_answer(ADDRESS, status, shared, now_ms);
    }
}

/// Counts a request.
pub(super) fn take(
    core: &Core,
    method: &Method,
    uri: &Uri,
    token: Option<&str>,
    params: &[(String, String)],
) -> Leave {
    let now = core.clock.now_ms();
    let path = uri.path();
    let path = path.strip_prefix(BASE).unwrap_or(path);
    let mut limits = core.limits.lock();
    if let Some(wait_ms) = limits.shut_out(ADDRESS, now) {
        let mut headers = HeaderMap::new();
        headers.insert(axum::http::header::RETRY_AFTER, HeaderValue::from(wait_ms.div_ceil(1_000)));
        return Leave::Refused { body: None, headers };
    }
    let call = Call {
        caller: token.unwrap_or(ADDRESS),
        method: method.as_str(),
        path,
        edited_age_ms: edited_age(method, path, params, now),
    };
    match limits.check(&call, now) {
        Verdict::Pass(headers) => Leave::Granted(header_map(headers)),
        Verdict::Refuse(refused) => {
            Leave::Refused { body: Some(refused.body()), headers: header_map(refused.headers) }
        }
    }
}

/// For an edit of a channel's message: how old that message is.
fn edited_age(method: &Method, path: &str, params: &[(String, String)], now_ms: u64) -> Option<u64> {
    if method != Method::PATCH || !path.starts_with("/channels/") {
        return None;
    }
    let (_, id) = params.iter().find(|(name, _)| name == "message_id")?;
    id.parse::<MessageId>().ok().map(|id| now_ms.saturating_sub(id.made_at_ms()))
}

/// A refusal as body and headers.
pub(super) fn refusal(refused: Refused) -> (Value, HeaderMap) {
    (refused.body(), header_map(refused.headers))
}

fn header_map(headers: Vec<(&'static str, String)>) -> HeaderMap {
    headers
        .into_iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(&value).ok()?))
        })
        .collect()
}
