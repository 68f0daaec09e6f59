//! Every request with its answer, for tests and for the side panel of a page.

use std::collections::VecDeque;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;

use super::change::{Change, Changes};

/// A request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Counts up from one.
    pub number: u64,
    /// When it arrived, in Unix milliseconds of the simulator's clock.
    pub at_ms: u64,
    /// The method.
    pub method: String,
    /// The path below `/api/v10`, with its query. Tokens of interactions are in it.
    pub path: String,
    /// The route it matched, such as `/channels/{channel_id}/messages`; none: not simulated.
    pub route: Option<&'static str>,
    /// The status of the answer; 0: the connection was cut.
    pub status: u16,
    /// How long the answer took, in milliseconds.
    pub took_ms: f64,
    /// The body of the request; null when there was none.
    pub request: Value,
    /// The body of the answer; null when there was none.
    pub answer: Value,
    /// Headers of the request that tell something about the client (never the token).
    pub user_agent: String,
    /// Whether the request named itself as the application (`Authorization`).
    pub authorized: bool,
}

impl Exchange {
    /// Whether this endpoint is simulated at all.
    pub fn is_simulated(&self) -> bool {
        self.route.is_some()
    }
}

/// One line of a list of requests: what a person looks at while playing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrafficLine {
    /// The number of the exchange.
    pub number: u64,
    /// When it arrived, in Unix milliseconds of the simulator's clock.
    pub at: u64,
    /// The method.
    pub method: String,
    /// The path below `/api/v10`, with its query and without tokens.
    pub path: String,
    /// The status of the answer; 0: the connection was cut.
    pub status: u16,
    /// How long the answer took, in milliseconds.
    pub ms: f64,
}

impl From<&Exchange> for TrafficLine {
    fn from(exchange: &Exchange) -> Self {
        Self {
            number: exchange.number,
            at: exchange.at_ms,
            method: exchange.method.clone(),
            path: without_token(&exchange.path),
            status: exchange.status,
            ms: (exchange.took_ms * 100.0).round() / 100.0,
        }
    }
}

/// Tokens of interactions and webhooks are the third piece of their paths.
fn without_token(path: &str) -> String {
    let mut pieces: Vec<&str> = path.split('/').collect();
    if let ["", "interactions" | "webhooks", _, token, ..] = pieces.as_mut_slice() {
        *token = "…";
    }
    pieces.join("/")
}

/// The newest exchanges.
#[derive(Debug)]
pub struct Record {
    kept: Mutex<Kept>,
    most: usize,
    changes: Changes,
}

#[derive(Debug, Default)]
struct Kept {
    exchanges: VecDeque<Exchange>,
    count: u64,
}

impl Record {
    /// A record that keeps this many.
    pub fn new(most: usize, changes: Changes) -> Self {
        Self { kept: Mutex::default(), most, changes }
    }

    /// Adds one and gives it its number.
    pub fn add(&self, mut exchange: Exchange) {
        let mut kept = self.kept.lock();
        kept.count += 1;
        exchange.number = kept.count;
        if kept.exchanges.len() >= self.most {
            kept.exchanges.pop_front();
        }
        if self.most > 0 {
            kept.exchanges.push_back(exchange);
        }
        drop(kept);
        self.changes.tell(Change::Request);
    }

    /// All that are kept, oldest first.
    pub fn all(&self) -> Vec<Exchange> {
        self.kept.lock().exchanges.iter().cloned().collect()
    }

    /// Those after a number, oldest first.
    pub fn after(&self, number: u64) -> Vec<Exchange> {
        self.kept.lock().exchanges.iter().filter(|exchange| exchange.number > number).cloned().collect()
    }

    /// How many there were, forgotten ones included.
    pub fn count(&self) -> u64 {
        self.kept.lock().count
    }

    /// Calls `look` with the kept ones, without copying them.
    pub fn with<T>(&self, look: impl FnOnce(&VecDeque<Exchange>) -> T) -> T {
        look(&self.kept.lock().exchanges)
    }

    /// Forgets all; numbers go on.
    pub fn clear(&self) {
        self.kept.lock().exchanges.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_carry_no_tokens() {
        for (path, shown) in [
            (
                "/interactions/1/2.secret/callback?with_response=true",
                "/interactions/1/…/callback?with_response=true",
            ),
            ("/webhooks/1/2.secret", "/webhooks/1/…"),
            ("/webhooks/1/2.secret/messages/@original", "/webhooks/1/…/messages/@original"),
            (
                "/channels/1/messages/2/reactions/%F0%9F%9A%A2/@me",
                "/channels/1/messages/2/reactions/%F0%9F%9A%A2/@me",
            ),
            ("/users/@me", "/users/@me"),
            ("/webhooks/1", "/webhooks/1"),
        ] {
            assert_eq!(without_token(path), shown);
        }
    }
}
