//! Rate limits: buckets, their headers, and what a refused request is told.
//!
//! From Discord's page on rate limits. A request counts against the global limit of its caller (50 a second,
//! interactions exempt) and against the bucket of its route, which is kept apart by the channel, server or
//! webhook in the path. Discord says of no bucket how large it is; the sizes here are what people read in its
//! headers, see [`route`].
//!
//! Pure: the time comes in as an argument, in milliseconds since 1970, and may stand still or go back. Tables
//! are bounded: they forget windows that are over, and everything when more than [`MAX_WINDOWS`] run at once.

mod route;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use serde_json::{Value, json};

pub use self::route::{Class, Major, classify};
use super::error::ApiError;

/// Running windows of one table before it forgets them.
pub const MAX_WINDOWS: usize = 50_000;
/// A message is old from here on, for the extra limit on edits.
pub const OLD_EDIT_MS: u64 = 60 * 60 * 1000;
/// How long invalid requests are counted.
const INVALID_WINDOW_MS: u64 = 10 * 60 * 1000;
/// New commands are counted over a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How strict the limits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether anything is refused at all. The headers are sent either way.
    pub enabled: bool,
    /// Requests of one caller per second.
    pub global_per_second: u32,
    /// One reaction request per channel in so many milliseconds.
    pub reaction_every_ms: u64,
    /// So many edits of old messages per channel …
    pub old_edits: u32,
    /// … in so many milliseconds.
    pub old_edits_ms: u64,
    /// So many answers of 401, 403 and 429 to one address in ten minutes, then it is shut out for the rest.
    pub invalid_requests: u32,
}

impl Default for Settings {
    /// As Discord does it, where it is known; one reaction in 250 ms and 3 old edits in 20 s are what people
    /// measured.
    fn default() -> Self {
        Self {
            enabled: true,
            global_per_second: 50,
            reaction_every_ms: 250,
            old_edits: 3,
            old_edits_ms: 20_000,
            invalid_requests: 10_000,
        }
    }
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who calls: the token, or the address when there is none.
    pub caller: &'a str,
    /// `GET`, `POST` …
    pub method: &'a str,
    /// The path after `/api/v10`, percent-encoded as it came.
    pub path: &'a str,
    /// For an edit: how old the message is, in milliseconds.
    pub edited_age_ms: Option<u64>,
}

/// Headers of an answer.
pub type Headers = Vec<(&'static str, String)>;

/// Whether a request goes through.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It does; the answer carries these headers.
    Pass(Headers),
    /// It does not.
    Refuse(Refused),
}

/// A 429.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// How long to wait, in milliseconds.
    pub retry_after_ms: u64,
    /// Whose limit it is.
    pub scope: Scope,
    /// Discord's own code, for some limits.
    pub code: Option<u32>,
    /// The sentence.
    pub message: String,
    /// The headers of the answer.
    pub headers: Headers,
}

/// Whose limit was hit: the value of `X-RateLimit-Scope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The caller's, on this route.
    User,
    /// The caller's, on everything.
    Global,
    /// Everybody's, on this resource. Does not count as an invalid request.
    Shared,
}

impl Refused {
    /// A 429 of this scope, with the headers that every 429 has.
    pub fn new(retry_after_ms: u64, scope: Scope) -> Self {
        let name = match scope {
            Scope::User => "user",
            Scope::Global => "global",
            Scope::Shared => "shared",
        };
        let whole_seconds = retry_after_ms.div_ceil(1000).max(1);
        let mut headers =
            vec![("Retry-After", whole_seconds.to_string()), ("X-RateLimit-Scope", name.to_owned())];
        if scope == Scope::Global {
            headers.push(("X-RateLimit-Global", "true".to_owned()));
        }
        let message = if scope == Scope::Shared {
            "The resource is being rate limited."
        } else {
            "You are being rate limited."
        };
        Self { retry_after_ms, scope, code: None, message: message.to_owned(), headers }
    }

    /// A 429 that has a code of its own.
    fn with_error(mut self, error: &ApiError) -> Self {
        self.code = Some(error.code);
        self.message = error.message.clone().into_owned();
        self
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "message": self.message,
            "retry_after": seconds(self.retry_after_ms),
            "global": self.scope == Scope::Global,
        });
        if let Some(code) = self.code {
            body["code"] = json!(code);
        }
        body
    }
}

fn seconds(ms: u64) -> f64 {
    // Exact: times up to 2^53 ms.
    ms as f64 / 1000.0
}

/// A fixed window: so many requests from the first one on, until it ends.
#[derive(Clone, Copy, Debug)]
struct Window {
    ends_ms: u64,
    used: u32,
}

/// Windows by key.
#[derive(Debug, Default)]
struct Table {
    windows: HashMap<u64, Window>,
}

impl Table {
    /// The running window of `key`, or a fresh one.
    fn window(&mut self, key: u64, now_ms: u64, length_ms: u64) -> &mut Window {
        if self.windows.len() >= MAX_WINDOWS && !self.windows.contains_key(&key) {
            self.windows.retain(|_, window| window.ends_ms > now_ms);
            if self.windows.len() >= MAX_WINDOWS {
                self.windows.clear();
            }
        }
        let fresh = Window { ends_ms: now_ms.saturating_add(length_ms), used: 0 };
        let window = self.windows.entry(key).or_insert(fresh);
        // A clock that was set back must not leave a window that never ends.
        if window.ends_ms <= now_ms || window.ends_ms > fresh.ends_ms {
            *window = fresh;
        }
        window
    }

    /// Takes `count` from the window if they fit, else says how long to wait.
    fn take(
        &mut self,
        key: u64,
        now_ms: u64,
        length_ms: u64,
        limit: u32,
        count: u32,
    ) -> Result<Window, Window> {
        let window = self.window(key, now_ms, length_ms);
        match window.used.checked_add(count).filter(|used| *used <= limit) {
            Some(used) => {
                window.used = used;
                Ok(*window)
            }
            None => Err(*window),
        }
    }
}

/// All limits of the REST API.
#[derive(Debug, Default)]
pub struct RateLimits {
    /// How strict.
    pub settings: Settings,
    hash: RandomState,
    routes: Table,
    globals: Table,
    old_edits: Table,
    invalid: Table,
    creates: Table,
}

impl RateLimits {
    /// Limits as strict as `settings`.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Counts a request and says whether it goes through.
    pub fn check(&mut self, call: &Call<'_>, now_ms: u64) -> Verdict {
        let class = classify(call.method, call.path, &self.settings);
        if !class.exempt_from_global {
            let key = self.hash.hash_one(call.caller);
            let taken = self.globals.take(key, now_ms, 1000, self.settings.global_per_second, 1);
            if let (Err(window), true) = (taken, self.settings.enabled) {
                return Verdict::Refuse(Refused::new(window.ends_ms.saturating_sub(now_ms), Scope::Global));
            }
        }
        let key = self.key(&(call.caller, class.bucket, class.major));
        let taken = self.routes.take(key, now_ms, class.window_ms, class.limit, 1);
        let (Ok(window) | Err(window)) = taken;
        let headers = headers(&class, window, now_ms);
        if let (Err(window), true) = (taken, self.settings.enabled) {
            let mut refused = Refused::new(window.ends_ms.saturating_sub(now_ms), Scope::User);
            refused.headers.extend(headers);
            return Verdict::Refuse(refused);
        }
        if call.edited_age_ms.is_some_and(|age| age >= OLD_EDIT_MS) {
            let key = self.key(&(call.caller, class.major));
            let Settings { old_edits, old_edits_ms, enabled, .. } = self.settings;
            let taken = self.old_edits.take(key, now_ms, old_edits_ms, old_edits, 1);
            if let (Err(window), true) = (taken, enabled) {
                let wait = window.ends_ms.saturating_sub(now_ms);
                let mut refused = Refused::new(wait, Scope::User).with_error(&ApiError::too_many_old_edits());
                refused.headers.extend(headers);
                return Verdict::Refuse(refused);
            }
        }
        Verdict::Pass(headers)
    }

    /// Counts `count` new commands of a scope (a server, or none for global ones); 30034 when the day has no
    /// room for them.
    pub fn check_creates(
        &mut self,
        caller: &str,
        guild: Option<u64>,
        count: usize,
        now_ms: u64,
    ) -> Result<(), Refused> {
        let limit = u32::try_from(super::command::MAX_CREATES_PER_DAY).unwrap_or(u32::MAX);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let key = self.key(&(caller, guild));
        match self.creates.take(key, now_ms, DAY_MS, limit, count) {
            Err(window) if self.settings.enabled => {
                let wait = window.ends_ms.saturating_sub(now_ms);
                Err(Refused::new(wait, Scope::User).with_error(&ApiError::too_many_command_creates()))
            }
            _ => Ok(()),
        }
    }

    /// Notes how a request of an address was answered. `shared` says that it was a 429 of shared scope.
    pub fn note_answer(&mut self, address: &str, status: u16, shared: bool, now_ms: u64) {
        if matches!(status, 401 | 403) || status == 429 && !shared {
            let key = self.key(&address);
            let window = self.invalid.window(key, now_ms, INVALID_WINDOW_MS);
            window.used = window.used.saturating_add(1);
        }
    }

    /// How many invalid requests of an address are counted at the moment.
    pub fn invalid_requests(&mut self, address: &str, now_ms: u64) -> u32 {
        let key = self.key(&address);
        self.invalid.window(key, now_ms, INVALID_WINDOW_MS).used
    }

    /// Whether an address is shut out, and for how many milliseconds. The answer is then a bare 429 without
    /// any of Discord's headers, as a proxy in front of it sends it.
    pub fn shut_out(&mut self, address: &str, now_ms: u64) -> Option<u64> {
        let key = self.key(&address);
        let limit = self.settings.invalid_requests;
        let window = self.invalid.window(key, now_ms, INVALID_WINDOW_MS);
        let over = self.settings.enabled && window.used >= limit;
        over.then(|| window.ends_ms.saturating_sub(now_ms))
    }

    fn key(&self, what: &impl Hash) -> u64 {
        self.hash.hash_one(what)
    }
}

/// The headers of a bucket.
fn headers(class: &Class<'_>, window: Window, now_ms: u64) -> Headers {
    let left = window.ends_ms.saturating_sub(now_ms);
    vec![
        ("X-RateLimit-Limit", class.limit.to_string()),
        ("X-RateLimit-Remaining", class.limit.saturating_sub(window.used).to_string()),
        ("X-RateLimit-Reset", format!("{:.3}", seconds(window.ends_ms))),
        ("X-RateLimit-Reset-After", format!("{:.3}", seconds(left))),
        ("X-RateLimit-Bucket", class.bucket_hash()),
    ]
}

#[cfg(test)]
mod tests;
