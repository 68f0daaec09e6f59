//! Waiting until something has become true, without polling.

use std::time::Duration;

use super::super::Driver;
use super::super::core::Core;
use super::super::record::Exchange;
use super::super::state::World;
use super::{Driven, DriverError};

/// How long the wait helpers wait, in real time, before they give up.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until `look` finds something, looking again after every change.
pub(super) async fn until<T>(
    core: &Core,
    what: &str,
    patience: Duration,
    mut look: impl FnMut(&World) -> Option<T>,
) -> Driven<T> {
    let mut version = core.changes.version();
    let search = async {
        loop {
            version.mark_unchanged();
            if let Some(found) = look(&core.world()) {
                return Some(found);
            }
            if version.changed().await.is_err() {
                return None;
            }
        }
    };
    match tokio::time::timeout(patience, search).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) | Err(_) => Err(DriverError::TimedOut(what.to_owned())),
    }
}

impl Driver {
    /// Waits (ten seconds at most) until `look` finds something in the world. `what` is for the error.
    pub async fn wait_until<T>(&self, what: &str, look: impl FnMut(&World) -> Option<T>) -> Driven<T> {
        until(&self.core, what, PATIENCE, look).await
    }

    /// Waits until this many sessions of the application are connected.
    pub async fn wait_for_sessions(&self, count: usize) -> Driven<()> {
        let hub = std::sync::Arc::clone(&self.core.hub);
        let connected = move || hub.views().iter().filter(|session| session.connected).count();
        // Starting several shards takes serenity five seconds each.
        let patience = PATIENCE + Duration::from_secs(6) * count as u32;
        let what = format!("{count} connected sessions");
        until(&self.core, &what, patience, |_| (connected() >= count).then_some(())).await
    }

    /// Waits until the application is connected with at least one session.
    pub async fn wait_for_bot(&self) -> Driven<()> {
        self.wait_for_sessions(1).await
    }

    /// Waits until no session of the application is connected.
    pub async fn wait_for_no_session(&self) -> Driven<()> {
        let hub = std::sync::Arc::clone(&self.core.hub);
        until(&self.core, "no connected session", PATIENCE, |_| {
            hub.views().iter().all(|session| !session.connected).then_some(())
        })
        .await
    }

    /// Waits until a command of this name is registered, for everywhere or in any server.
    pub async fn wait_for_command(&self, name: &str) -> Driven<()> {
        self.wait_until(&format!("the command {name}"), |world| {
            world.data.commands.values().any(|command| command.name == name).then_some(())
        })
        .await
    }

    /// Waits for the first recorded request that `fits`.
    pub async fn wait_for_request(&self, what: &str, fits: impl Fn(&Exchange) -> bool) -> Driven<Exchange> {
        let core = &self.core;
        until(core, what, PATIENCE, |_| {
            core.record.with(|kept| kept.iter().find(|exchange| fits(exchange)).cloned())
        })
        .await
    }
}
