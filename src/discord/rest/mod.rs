//! Calls to Discord's REST API: one client, our own limiter, bounded patience.
//!
//! serenity is used for the gateway and its models; calls go through here, because its HTTP client hides the headers that
//! tell the limits and has no time-outs. Every call
//!
//! - stays within Discord's limits ([`limiter`]) and honours `retry_after` to the millisecond;
//! - is retried after 429, 5xx and cut connections as often as its [`Patience`] allows, and never later than that;
//! - ends in an answer or a [`RestError`] that says what to do about it.
//!
//! A retried call may have been done by the first try. Calls that would then do it twice are marked with
//! [`Call::not_repeatable`] and are not retried after anything but a 429; the caller decides.

pub mod calls;
pub mod error;
pub mod limiter;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, Method, StatusCode, Url, header};
use serde_json::Value;

pub use self::error::RestError;
use self::limiter::{Headers, Lane, Limiter, Share};
use crate::{config::Secret, telemetry::Metrics};

/// Discord itself.
const DISCORD: &str = "https://discord.com/";
/// No single try may take longer.
const TRY_TIMEOUT: Duration = Duration::from_secs(10);
/// Discord asks for this form: `DiscordBot (url, version)`.
const USER_AGENT: &str =
    concat!("DiscordBot (https://github.com/tiebreaker-bot/tiebreaker, ", env!("CARGO_PKG_VERSION"), ")");

/// A client of Discord's REST API. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Rest(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client,
    base: Url,
    authorization: String,
    limiter: Limiter,
    metrics: Arc<Metrics>,
}

/// How long a call may go on trying.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries in all, the first included.
    pub tries: u32,
    /// No try begins later than this after the call was made.
    pub within: Duration,
}

impl Patience {
    /// An answer to an interaction: Discord forgets the interaction after three seconds.
    pub const ANSWER: Self = Self { tries: 4, within: Duration::from_millis(2_700) };
    /// What follows an answer; its token lives for fifteen minutes.
    pub const FOLLOW_UP: Self = Self { tries: 8, within: Duration::from_secs(600) };
    /// Background work that is worth some waiting.
    pub const BACKGROUND: Self = Self { tries: 6, within: Duration::from_secs(300) };
    /// A question at start-up that a person waits for.
    pub const START: Self = Self { tries: 3, within: Duration::from_secs(10) };
}

/// One call.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    query: Option<String>,
    body: Option<Value>,
    file: Option<File>,
    lane: Lane,
    share: Share,
    /// Interaction callbacks have no bucket of their own and never wait for one.
    limited: bool,
    authorized: bool,
    repeatable: bool,
    patience: Patience,
}

/// A file that goes with a message.
#[derive(Debug, Clone)]
pub struct File {
    /// Its shown name.
    pub name: String,
    /// Its contents.
    pub bytes: Vec<u8>,
    /// Its MIME type.
    pub mime: &'static str,
}

impl Call {
    fn new(method: Method, path: String, lane: Lane) -> Self {
        Self {
            method,
            path,
            query: None,
            body: None,
            file: None,
            lane,
            share: Share::Common,
            limited: true,
            authorized: true,
            repeatable: true,
            patience: Patience::BACKGROUND,
        }
    }

    fn query(mut self, query: String) -> Self {
        self.query = Some(query);
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, file: File) -> Self {
        self.file = Some(file);
        self
    }

    /// Takes from the recount share of the global limit.
    #[must_use]
    pub fn for_recount(mut self) -> Self {
        self.share = Share::Recount;
        self
    }

    /// A second try could do it twice: only a 429 is retried.
    #[must_use]
    pub fn not_repeatable(mut self) -> Self {
        self.repeatable = false;
        self
    }

    /// Other patience than [`Patience::BACKGROUND`].
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }
}

impl Rest {
    /// A client for a bot. `api_url` replaces Discord's own address.
    ///
    /// # Errors
    /// When no HTTP client can be built on this machine.
    pub fn new(token: &Secret, api_url: Option<&Url>, metrics: Arc<Metrics>) -> anyhow::Result<Self> {
        let base = match api_url {
            Some(url) => url.clone(),
            None => Url::parse(DISCORD)?,
        };
        Ok(Self(Arc::new(Inner {
            client: http_client()?,
            base,
            authorization: format!("Bot {}", token.reveal()),
            limiter: Limiter::default(),
            metrics,
        })))
    }

    /// Makes a call and returns what Discord answered (`Null` for an empty answer).
    ///
    /// # Errors
    /// When patience ran out or Discord refused; see [`RestError`].
    pub async fn call(&self, call: Call) -> Result<Value, RestError> {
        let start = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.try_once(&call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = match &error {
                RestError::RateLimited { retry_after, .. } => {
                    self.0.metrics.rate_limited.increment();
                    *retry_after
                }
                error if error.is_transient() && call.repeatable => backoff(tries),
                _ => Duration::MAX,
            };
            if tries >= call.patience.tries || start.elapsed().saturating_add(wait) > call.patience.within {
                self.0.metrics.rest_failed.increment();
                return Err(error);
            }
            tracing::debug!(
                rest.kind = call.lane.kind,
                rest.tries = tries,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                %error,
                "call to Discord is tried again"
            );
            tokio::time::sleep(wait).await;
        }
    }

    async fn try_once(&self, call: &Call) -> Result<Value, RestError> {
        let permit =
            if call.limited { Some(self.0.limiter.acquire(call.lane, call.share).await) } else { None };
        let response = match self.request(call)?.send().await {
            Ok(response) => response,
            Err(error) => return Err(RestError::transport(&error)),
        };
        let status = response.status();
        let headers = read_headers(response.headers());
        let retry_after = read_retry_after(response.headers());
        let body = response.bytes().await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            let limit = error::read_rate_limit(body.as_deref().unwrap_or_default(), retry_after, &headers);
            if let Some(permit) = permit {
                let bucket = headers.and_then(|h| h.bucket);
                let reset_after = if limit.global { Duration::ZERO } else { limit.retry_after };
                let remaining = u32::from(limit.global);
                self.0.limiter.complete(permit, Some(Headers { bucket, remaining, reset_after }));
            }
            if limit.global {
                self.0.limiter.stop_all(limit.retry_after);
            }
            return Err(RestError::RateLimited { retry_after: limit.retry_after, code: limit.code });
        }
        if let Some(permit) = permit {
            self.0.limiter.complete(permit, headers);
        }
        let body = body.map_err(|error| RestError::transport(&error))?;
        if status.is_success() {
            if body.is_empty() {
                return Ok(Value::Null);
            }
            return serde_json::from_slice(&body)
                .map_err(|_| RestError::Unreadable { status: status.as_u16() });
        }
        Err(RestError::from_body(status.as_u16(), &body))
    }

    fn request(&self, call: &Call) -> Result<reqwest::RequestBuilder, RestError> {
        let mut url = self
            .0
            .base
            .join(&format!("api/v10/{}", call.path))
            .map_err(|_| RestError::Unreadable { status: 0 })?;
        url.set_query(call.query.as_deref());
        let mut request = self.0.client.request(call.method.clone(), url);
        if call.authorized {
            request = request.header(header::AUTHORIZATION, &self.0.authorization);
        }
        Ok(match (&call.file, &call.body) {
            (Some(file), body) => {
                let payload = body.clone().unwrap_or(Value::Object(serde_json::Map::default()));
                let part = reqwest::multipart::Part::bytes(file.bytes.clone()).file_name(file.name.clone());
                let part = part.mime_str(file.mime).map_err(|error| RestError::transport(&error))?;
                let form = reqwest::multipart::Form::new();
                request.multipart(form.text("payload_json", payload.to_string()).part("files[0]", part))
            }
            (None, Some(body)) => request.json(body),
            (None, None) => request,
        })
    }

    /// How many buckets the limiter remembers (for tests of its bounds).
    #[must_use]
    pub fn remembered_buckets(&self) -> usize {
        self.0.limiter.len()
    }
}

/// An HTTP client with time-outs, for us and for serenity alike.
///
/// # Errors
/// When no HTTP client can be built on this machine.
pub fn http_client() -> anyhow::Result<Client> {
    Ok(Client::builder()
        .user_agent(USER_AGENT)
        .timeout(TRY_TIMEOUT)
        .connect_timeout(Duration::from_secs(5))
        .tcp_nodelay(true)
        .pool_idle_timeout(Duration::from_secs(90))
        .build()?)
}

/// 100 ms, 200 ms, 400 ms … at most 10 s, less up to a fifth, so that many callers do not come back together.
fn backoff(tries: u32) -> Duration {
    let full = Duration::from_millis(100)
        .saturating_mul(1 << tries.saturating_sub(1).min(7))
        .min(Duration::from_secs(10));
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    full - full.mul_f64(f64::from(byte[0]) / 255.0 / 5.0)
}

fn read_headers(headers: &header::HeaderMap) -> Option<Headers> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let seconds: f64 = text("x-ratelimit-reset-after")?.parse().ok()?;
    Some(Headers {
        bucket: text("x-ratelimit-bucket").map(Into::into),
        remaining: text("x-ratelimit-remaining")?.parse().ok()?,
        reset_after: Duration::try_from_secs_f64(seconds).ok()?,
    })
}

/// The header of a 429 that every proxy sends. A day in place of a number of seconds is not read.
fn read_retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backing_off_grows_and_ends() {
        assert!(backoff(1) <= Duration::from_millis(100) && backoff(1) >= Duration::from_millis(80));
        assert!(backoff(4) > backoff(1));
        assert!(backoff(60) <= Duration::from_secs(10));
    }

    #[test]
    fn headers_are_read_or_left() {
        let mut map = header::HeaderMap::new();
        assert_eq!(read_headers(&map), None);
        map.insert("x-ratelimit-reset-after", "0.25".parse().unwrap());
        map.insert("x-ratelimit-remaining", "3".parse().unwrap());
        map.insert("x-ratelimit-bucket", "abcd".parse().unwrap());
        let headers = read_headers(&map).unwrap();
        assert_eq!((headers.remaining, headers.reset_after), (3, Duration::from_millis(250)));
        map.insert("x-ratelimit-reset-after", "-1".parse().unwrap());
        assert_eq!(read_headers(&map), None);
        assert_eq!(read_retry_after(&map), None);
        map.insert("retry-after", "7".parse().unwrap());
        assert_eq!(read_retry_after(&map), Some(Duration::from_secs(7)));
        map.insert("retry-after", "Wed, 25 Nov 2026 07:28:00 GMT".parse().unwrap());
        assert_eq!(read_retry_after(&map), None);
    }
}
