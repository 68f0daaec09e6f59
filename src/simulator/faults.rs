//! What goes wrong on purpose. Nothing does unless it was asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::gateway::event::Dispatch;
use super::gateway::session::Session;

/// What happens to an event on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum EventFault {
    /// It arrives this many times in all.
    Repeat {
        /// How often.
        times: u32,
    },
    /// It arrives this much later (in real time), after events that came after it.
    Late {
        /// Milliseconds.
        ms: u64,
    },
    /// It is held back until the next one went out, and arrives after it.
    Swap,
    /// It never arrives.
    Lose,
}

/// A fault for the next events of some kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRule {
    /// The events it strikes, such as `MESSAGE_REACTION_ADD`; none: all.
    #[serde(default)]
    pub event: Option<String>,
    /// What happens.
    #[serde(flatten)]
    pub fault: EventFault,
    /// How many events it strikes; none: all from now on.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The faults of events.
#[derive(Debug, Default)]
pub struct EventFaults {
    /// Whether there is anything below at all: the common way stays free of locks.
    armed: AtomicBool,
    lose_unheard: AtomicBool,
    plan: Mutex<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    rules: Vec<EventRule>,
    held: Vec<(Arc<Session>, Arc<Dispatch>)>,
}

impl EventFaults {
    /// Adds a rule. Older rules strike first.
    pub fn add(&self, rule: EventRule) {
        self.plan.lock().rules.push(rule);
        self.armed.store(true, Ordering::Release);
    }

    /// From now on, whether events that happen while a session has no connection are lost to it.
    pub fn lose_while_disconnected(&self, lose: bool) {
        self.lose_unheard.store(lose, Ordering::Release);
    }

    /// Ends every fault; what was held back goes out.
    pub fn clear(&self) {
        self.lose_while_disconnected(false);
        self.armed.store(false, Ordering::Release);
        let mut plan = self.plan.lock();
        plan.rules.clear();
        for (session, dispatch) in plan.held.drain(..) {
            session.push(&dispatch, false);
        }
    }

    /// Sends an event to a session, as the rules say.
    pub(super) fn pass(&self, session: &Arc<Session>, dispatch: &Arc<Dispatch>) {
        let lose = self.lose_unheard.load(Ordering::Acquire);
        if !self.armed.load(Ordering::Acquire) {
            session.push(dispatch, lose);
            return;
        }
        let mut plan = self.plan.lock();
        match plan.take(&dispatch.name) {
            None => {
                session.push(dispatch, lose);
                plan.release(session, lose);
            }
            Some(EventFault::Lose) => {}
            Some(EventFault::Repeat { times }) => {
                for _ in 0..times {
                    session.push(dispatch, lose);
                }
                plan.release(session, lose);
            }
            Some(EventFault::Swap) => plan.held.push((Arc::clone(session), Arc::clone(dispatch))),
            Some(EventFault::Late { ms }) => {
                let (session, dispatch) = (Arc::clone(session), Arc::clone(dispatch));
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    session.push(&dispatch, lose);
                });
            }
        }
    }
}

impl Plan {
    /// The fault for an event of this name, counted down.
    fn take(&mut self, name: &str) -> Option<EventFault> {
        let place =
            self.rules.iter().position(|rule| rule.event.as_deref().is_none_or(|event| event == name))?;
        let rule = &mut self.rules[place];
        let fault = rule.fault.clone();
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.rules.remove(place);
            }
        }
        Some(fault)
    }

    /// Sends what was held back for this session.
    fn release(&mut self, session: &Arc<Session>, lose: bool) {
        self.held.retain(|(held_for, dispatch)| {
            if !Arc::ptr_eq(held_for, session) {
                return true;
            }
            session.push(dispatch, lose);
            false
        });
    }
}
