//! What can go wrong at the push of a button, so that one can watch votes survive. Each ends by itself, also when nobody
//! looks any more.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::simulator::{Driver, RestFault, RestRule};

use super::Playground;

/// Longest time offline, in seconds.
const OFFLINE_MOST: u64 = 120;
/// Most requests that a storm strikes.
const STORM_MOST: u32 = 200;
/// How long a client shall wait in a storm, in milliseconds.
const STORM_WAIT_MS: u64 = 1_000;

/// A fault, as the page asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Strike {
    /// The gateway connection is cut; the session can be resumed.
    Drop,
    /// Nobody gets in for a while, and the session is lost.
    Offline {
        /// How long.
        #[serde(default = "offline_usual")]
        seconds: u64,
    },
    /// The next requests for channels are answered with 429.
    Storm {
        /// How many.
        #[serde(default = "storm_usual")]
        requests: u32,
    },
    /// Everything works again.
    Clear,
}

fn offline_usual() -> u64 {
    15
}

fn storm_usual() -> u32 {
    20
}

/// The faults of one playground.
#[derive(Clone)]
pub struct Mischief {
    driver: Driver,
    offline: Arc<Mutex<Offline>>,
}

#[derive(Debug, Default)]
struct Offline {
    /// On the simulator's clock.
    until_ms: Option<u64>,
    /// Counts up, so that only the newest end is one.
    turn: u64,
}

impl Mischief {
    pub(super) fn new(driver: Driver) -> Self {
        Self { driver, offline: Arc::default() }
    }

    /// Lets it happen.
    pub fn strike(&self, strike: Strike) {
        match strike {
            Strike::Drop => self.driver.faults().drop_sockets(None),
            Strike::Offline { seconds } => {
                self.go_offline(Duration::from_secs(seconds.clamp(1, OFFLINE_MOST)))
            }
            Strike::Storm { requests } => self.driver.faults().rest(RestRule {
                method: None,
                path: Some("/channels/".to_owned()),
                fault: RestFault::TooMany { retry_after_ms: STORM_WAIT_MS, global: false, shared: false },
                times: Some(requests.clamp(1, STORM_MOST)),
            }),
            Strike::Clear => {
                self.offline.lock().end();
                self.driver.faults().clear();
            }
        }
    }

    fn go_offline(&self, length: Duration) {
        let turn = {
            let mut offline = self.offline.lock();
            offline.end();
            offline.until_ms = Some(self.driver.clock().now_ms() + length.as_millis() as u64);
            offline.turn
        };
        let faults = self.driver.faults();
        faults.keep_out(true);
        faults.refuse_resumes(1);
        faults.drop_sockets(None);
        let this = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(length).await;
            let mut offline = this.offline.lock();
            if offline.turn == turn {
                offline.end();
                this.driver.faults().keep_out(false);
            }
        });
    }

    /// How things stand: `{now, connected, offline_until, storm_left}`, times in Unix milliseconds.
    pub(super) fn describe(&self) -> Value {
        json!({
            "now": self.driver.clock().now_ms(),
            "connected": self.driver.sessions().iter().any(|session| session.connected),
            "offline_until": self.offline.lock().until_ms,
            "storm_left": self.driver.faults().requests_left(),
        })
    }
}

impl Offline {
    fn end(&mut self) {
        self.until_ms = None;
        self.turn += 1;
    }
}

/// `POST /play/fault`
pub(super) async fn strike(State(playground): State<Playground>, Json(strike): Json<Strike>) -> Json<Value> {
    playground.mischief.strike(strike);
    Json(playground.mischief.describe())
}
