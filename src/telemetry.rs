//! Logs and metrics: how they are written, and every metric's name in one place.
//!
//! A log line is readable by itself and carries dotted fields for search (`guild.id`, `tool.id`, `duration_ms`). Names of
//! members and texts of messages are never logged at info or above.

mod panics;

use std::{
    fmt::Write as _,
    io::IsTerminal as _,
    sync::atomic::{AtomicU64, Ordering},
};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

pub use self::panics::{caught_panic, log_panics};
use crate::config::Log;

/// Starts logging to standard error for the rest of the process. A second call does nothing.
pub fn init(log: &Log) {
    let filter = filter(&log.filter);
    let registry = tracing_subscriber::registry().with(filter);
    let writer = std::io::stderr;
    // A second subscriber cannot be set; tests that run in one process keep the first.
    let _already_set = if log.json {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(writer)).try_init()
    } else {
        let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        registry.with(fmt::layer().compact().with_ansi(colour).with_writer(writer)).try_init()
    };
}

/// What is logged. The client library opens several spans at info for every gateway event; with its own level left at
/// warn they cost nothing. How its connections end we say ourselves, in one line. A filter that names it is taken as it is.
fn filter(wanted: &str) -> EnvFilter {
    const QUIET: &str = "serenity=warn,serenity::gateway=off";
    let wanted = if wanted.contains("serenity") { wanted.to_owned() } else { format!("{QUIET},{wanted}") };
    EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new(format!("info,{QUIET}")))
}

/// An id that stands in the log and in the answer to the person, so that one finds the other: eight hex digits.
#[must_use]
pub fn incident_id() -> String {
    let mut bytes = [0; 4];
    // Without randomness the id is still usable: the log line carries the time as well.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(8), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Adds one.
    pub fn increment(&self) {
        self.add(1);
    }

    /// The value now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// Sets the value.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// The value now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! metrics {
    ($($kind:ident $field:ident = $name:literal, $help:literal;)*) => {
        /// What a running process counts. Shared by reference; every field is cheap to touch from any task.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $(#[doc = $help] pub $field: $kind,)*
        }

        impl Metrics {
            /// All values in the Prometheus text format, version 0.0.4.
            #[must_use]
            pub fn render(&self) -> String {
                let mut out = String::with_capacity(2_048);
                $(
                    let kind = stringify!($kind).to_ascii_lowercase();
                    let _ = write!(
                        out,
                        concat!("# HELP ", $name, " ", $help, "\n# TYPE ", $name, " {}\n", $name, " {}\n"),
                        kind,
                        self.$field.get()
                    );
                )*
                out
            }
        }
    };
}

metrics! {
    Counter answers = "tiebreaker_answers_total", "Answers given to interactions and mentions.";
    Counter answers_failed = "tiebreaker_answers_failed_total", "Answers that could not be given; each is logged with an id.";
    Counter reactions_seen = "tiebreaker_reactions_seen_total", "Reaction events that arrived.";
    Counter reactions_ours = "tiebreaker_reactions_ours_total", "Reaction events on cards of ours.";
    Counter reactions_dropped = "tiebreaker_reactions_dropped_total", "Reaction events dropped because a queue was full; their cards are recounted.";
    Counter events_unreadable = "tiebreaker_events_unreadable_total", "Gateway events that the client library could not read.";
    Counter votes_applied = "tiebreaker_votes_applied_total", "Changes of marks that were made durable.";
    Counter cards_recounted = "tiebreaker_cards_recounted_total", "Cards compared with Discord's own lists.";
    Counter marks_repaired = "tiebreaker_marks_repaired_total", "Marks that a recount added or removed.";
    Counter rate_limited = "tiebreaker_rate_limited_total", "Answers 429 from Discord.";
    Counter rest_failed = "tiebreaker_rest_failed_total", "REST calls that failed for good.";
    Counter outbox_dropped = "tiebreaker_outbox_dropped_total", "Pieces of background work dropped because the outbox was full.";
    Gauge outbox_waiting = "tiebreaker_outbox_waiting", "Pieces of background work that wait.";
    Gauge store_writes_stopped = "tiebreaker_store_writes_stopped", "1 when the store takes no more writes since one failed; free some space, then start again.";
    Gauge servers = "tiebreaker_servers", "Servers the bot is in, as far as the gateway told.";
    Gauge tools = "tiebreaker_tools", "Tools of the base catalog.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_render_as_prometheus_text() {
        let metrics = Metrics::default();
        metrics.answers.add(3);
        let text = metrics.render();
        assert!(text.starts_with(
            "# HELP tiebreaker_answers_total Answers given to interactions and mentions.\n\
             # TYPE tiebreaker_answers_total counter\ntiebreaker_answers_total 3\n"
        ));
        assert!(text.contains("# TYPE tiebreaker_servers gauge\n"));
    }

    #[test]
    fn spans_of_the_client_library_are_off_unless_they_are_asked_for() {
        assert_eq!(filter("info").to_string(), "serenity::gateway=off,serenity=warn,info");
        assert_eq!(filter("serenity=debug,warn").to_string(), "serenity=debug,warn");
        assert!(filter("=,=").to_string().contains("serenity=warn"));
    }

    #[test]
    fn incident_ids_are_short_and_differ() {
        let (a, b) = (incident_id(), incident_id());
        assert_eq!(a.len(), 8);
        assert_ne!(a, b);
    }
}
