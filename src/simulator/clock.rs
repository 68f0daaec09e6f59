//! The simulator's time. It runs with the machine's clock and can be moved forward by a test, so that limits of
//! three seconds and fifteen minutes are tested without waiting for them.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::sync::watch;

/// A clock that every part of one simulator shares. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    moved: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    /// Added to the machine's time.
    ahead_ms: u64,
    /// While stopped: the time that stands.
    stopped_at_ms: Option<u64>,
}

impl Default for Clock {
    fn default() -> Self {
        let state = State { ahead_ms: 0, stopped_at_ms: None };
        Self { inner: Arc::new(Inner { state: Mutex::new(state), moved: watch::Sender::new(0) }) }
    }
}

impl Clock {
    /// Now, in Unix milliseconds.
    pub fn now_ms(&self) -> u64 {
        let state = self.inner.state.lock();
        state.stopped_at_ms.unwrap_or_else(|| machine_ms() + state.ahead_ms)
    }

    /// Moves time forward. Everything that is due by then is due at once.
    pub fn advance(&self, by: Duration) {
        let by = by.as_millis() as u64;
        let mut state = self.inner.state.lock();
        match &mut state.stopped_at_ms {
            Some(at) => *at += by,
            None => state.ahead_ms += by,
        }
        drop(state);
        self.tell();
    }

    /// Stops time: only [`Clock::advance`] moves it from here on. Rate limits do not refill while it stands.
    pub fn stop(&self) {
        let mut state = self.inner.state.lock();
        let now = machine_ms() + state.ahead_ms;
        state.stopped_at_ms.get_or_insert(now);
    }

    /// Lets time run again, from where it stood.
    pub fn run(&self) {
        let mut state = self.inner.state.lock();
        if let Some(at) = state.stopped_at_ms.take() {
            // A saved state may lie ahead of the machine; a stopped clock may lie behind it. Time never runs back.
            state.ahead_ms = at.saturating_sub(machine_ms());
        }
        drop(state);
        self.tell();
    }

    /// Makes sure that now is not before `ms` (used after loading a saved state).
    pub(crate) fn not_before(&self, ms: u64) {
        let now = self.now_ms();
        if now < ms {
            self.advance(Duration::from_millis(ms - now));
        }
    }

    /// Waits until this clock shows `ms`, however it gets there.
    pub async fn sleep_until(&self, ms: u64) {
        let mut moved = self.inner.moved.subscribe();
        loop {
            let (now, stopped) = {
                let state = self.inner.state.lock();
                (
                    state.stopped_at_ms.unwrap_or_else(|| machine_ms() + state.ahead_ms),
                    state.stopped_at_ms.is_some(),
                )
            };
            if now >= ms {
                return;
            }
            if stopped {
                if moved.changed().await.is_err() {
                    return;
                }
            } else {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(ms - now)) => {}
                    changed = moved.changed() => if changed.is_err() { return },
                }
            }
        }
    }

    fn tell(&self) {
        self.inner.moved.send_modify(|count| *count += 1);
    }
}

/// The machine's own time, in Unix milliseconds.
fn machine_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// A time in the form Discord writes it: ISO 8601 with microseconds and an offset.
pub(crate) fn iso(ms: u64) -> String {
    let nanos = i128::from(ms) * 1_000_000;
    let Ok(at) = OffsetDateTime::from_unix_timestamp_nanos(nanos) else {
        return "1970-01-01T00:00:00.000000+00:00".to_owned();
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.microsecond()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn moving_the_clock_wakes_who_waits() {
        let clock = Clock::default();
        clock.stop();
        let start = clock.now_ms();
        let waiter = {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(start + 900_000).await })
        };
        clock.advance(Duration::from_secs(899));
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        clock.advance(Duration::from_secs(1));
        waiter.await.unwrap();
        assert_eq!(clock.now_ms(), start + 900_000);
        clock.run();
        assert!(clock.now_ms() >= start + 900_000);
    }

    #[test]
    fn times_are_written_as_discord_writes_them() {
        let text = iso(1_700_000_000_123);
        assert_eq!(text, "2023-11-14T22:13:20.123000+00:00");
    }
}
