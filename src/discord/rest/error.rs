//! How a call to Discord can fail, and what follows from it.

use std::time::Duration;

use serde::Deserialize;

use super::limiter::Headers;

/// Waited after a 429 that does not say how long.
const RETRY_AFTER_UNKNOWN: Duration = Duration::from_secs(1);
/// More of Discord's explanation is not kept.
const DETAIL_LIMIT: usize = 600;

/// How a call failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RestError {
    /// Discord understood and refused.
    #[error("Discord refused with {status}, code {code}: {message}{detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Discord's own code; see its topic "Opcodes and Status Codes".
        code: u32,
        /// Discord's words.
        message: String,
        /// Which fields were wrong, as JSON; empty when Discord did not say.
        detail: String,
    },
    /// Too many calls, and no patience left to wait.
    #[error("rate limited by Discord for another {} ms (code {code})", retry_after.as_millis())]
    RateLimited {
        /// How long Discord asked to wait.
        retry_after: Duration,
        /// Discord's code, 0 when it gave none.
        code: u32,
    },
    /// The network or Discord's front failed: no answer, or an answer 5xx.
    #[error("no answer from Discord: {reason}")]
    Unreachable {
        /// What happened.
        reason: String,
    },
    /// An answer that is not what Discord documents.
    #[error("Discord's answer ({status}) could not be read")]
    Unreadable {
        /// HTTP status, 0 when the call could not even be made.
        status: u16,
    },
}

impl RestError {
    pub(super) fn transport(error: &reqwest::Error) -> Self {
        // The library's message holds the address, which holds interaction tokens.
        let mut reason = if error.is_timeout() { "timed out" } else { "connection failed" }.to_owned();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            if cause.source().is_none() {
                reason = format!("{reason} ({cause})");
            }
            source = cause.source();
        }
        Self::Unreachable { reason }
    }

    pub(super) fn from_body(status: u16, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            code: u32,
            #[serde(default)]
            message: String,
            errors: Option<serde_json::Value>,
        }
        if status >= 500 {
            return Self::Unreachable { reason: format!("status {status}") };
        }
        let body: Body =
            serde_json::from_slice(body).unwrap_or(Body { code: 0, message: String::new(), errors: None });
        let mut detail = body.errors.map(|errors| format!(" {errors}")).unwrap_or_default();
        if detail.len() > DETAIL_LIMIT {
            let end = (0..=DETAIL_LIMIT).rev().find(|end| detail.is_char_boundary(*end)).unwrap_or(0);
            detail.truncate(end);
            detail.push('…');
        }
        Self::Refused { status, code: body.code, message: body.message, detail }
    }

    /// Discord's code, when it gave one.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Refused { code, .. } | Self::RateLimited { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The message, channel or server is not there (any more).
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// The bot may not do this here.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused { status: 403, .. })
    }

    /// The bot sees the channel, but lacks a permission for this call there (50013); other calls may be allowed.
    #[must_use]
    pub fn is_lack_of_permission(&self) -> bool {
        self.is_forbidden() && self.code() == Some(50_013)
    }

    /// Replying needs the permission to read what is replied to (160002).
    #[must_use]
    pub fn is_reply_refused(&self) -> bool {
        self.code() == Some(160_002)
    }

    /// Discord has forgotten the interaction (10062): the first answer took longer than three seconds.
    #[must_use]
    pub fn is_too_late(&self) -> bool {
        self.code() == Some(10_062)
    }

    /// The fifteen minutes of an interaction are over (10015, 50027): nothing more can be said below its answer.
    #[must_use]
    pub fn is_answer_over(&self) -> bool {
        matches!(self.code(), Some(10_015 | 50_027))
    }

    /// The token is wrong.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }

    /// A second try may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::RateLimited { .. })
    }

    /// An earlier try of the same answer had already succeeded (40060, interaction already acknowledged).
    #[must_use]
    pub fn is_already_answered(&self) -> bool {
        self.code() == Some(40_060)
    }
}

/// What a 429 says.
pub(super) struct RateLimit {
    pub(super) retry_after: Duration,
    pub(super) global: bool,
    pub(super) code: u32,
}

/// The body's `retry_after` is exact; the header `Retry-After`, given here as `header`, is rounded up to whole seconds.
///
/// An answer that is not Discord's JSON comes from what stands before it, which counts by address: it holds for every call.
/// Source: Discord's topic "Rate Limits", section "Global Rate Limit".
pub(super) fn read_rate_limit(body: &[u8], header: Option<Duration>, headers: &Option<Headers>) -> RateLimit {
    #[derive(Deserialize)]
    struct Body {
        retry_after: f64,
        #[serde(default)]
        global: bool,
        #[serde(default)]
        code: u32,
    }
    let reset_after = headers.as_ref().map(|headers| headers.reset_after);
    let fallback = header.or(reset_after).unwrap_or(RETRY_AFTER_UNKNOWN);
    match serde_json::from_slice::<Body>(body) {
        Ok(body) => RateLimit {
            retry_after: Duration::try_from_secs_f64(body.retry_after).unwrap_or(fallback),
            global: body.global,
            code: body.code,
        },
        Err(_) => RateLimit { retry_after: fallback, global: headers.is_none(), code: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_code_and_fields() {
        let body = br#"{"code":50035,"message":"Invalid Form Body","errors":{"content":{"_errors":[{"code":"X"}]}}}"#;
        let error = RestError::from_body(400, body);
        assert_eq!(error.code(), Some(50_035));
        assert!(error.to_string().contains("content"), "{error}");
        assert!(!error.is_transient());
    }

    #[test]
    fn strange_answers_do_not_panic() {
        assert!(RestError::from_body(502, b"<html>").is_transient());
        assert!(RestError::from_body(404, b"").is_gone());
        let long = format!(r#"{{"errors":"{}"}}"#, "é".repeat(5_000));
        assert!(RestError::from_body(400, long.as_bytes()).to_string().len() < 800);
        let limit = read_rate_limit(b"not json", None, &None);
        assert_eq!((limit.retry_after, limit.global), (RETRY_AFTER_UNKNOWN, true));
        assert_eq!(
            read_rate_limit(br#"{"retry_after":1e400}"#, None, &None).retry_after,
            RETRY_AFTER_UNKNOWN
        );
        assert_eq!(
            read_rate_limit(br#"{"retry_after":0.31}"#, Some(Duration::from_secs(1)), &None).retry_after,
            Duration::from_millis(310)
        );
    }
    #[test]
    fn a_page_of_a_proxy_says_how_long_in_its_header_and_holds_for_every_call() {
        let wait = Some(Duration::from_secs(30));
        let limit = read_rate_limit(b"<html>error code: 1015</html>", wait, &None);
        assert_eq!((limit.retry_after, limit.global, limit.code), (Duration::from_secs(30), true, 0));
        let bucket = Headers { bucket: None, remaining: 0, reset_after: Duration::from_secs(2) };
        let limit = read_rate_limit(b"", None, &Some(bucket));
        assert_eq!((limit.retry_after, limit.global), (Duration::from_secs(2), false));
    }
}
