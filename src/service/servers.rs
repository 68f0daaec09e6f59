//! Servers that come, leave and return.
//!
//! A server that removes the bot keeps its data for 14 days; then it is purged. Its return cancels that. An outage is no
//! removal. While we were away nobody told us: a server that is missing from the list with which a session begins, on
//! the shard that owns it, has removed the bot in the meantime.

use std::sync::Arc;

use futures_util::future;
use parking_lot::Mutex;
use rustc_hash::FxHashSet;

use crate::{
    domain::ids::ServerId,
    service::ports::Clock,
    store::{Store, StoreError},
    telemetry::Metrics,
};

/// So many servers are written at the same time, so that the store can put them into one commit.
const AT_ONCE: usize = 256;

/// The shard that owns a server. Source: Discord's topic "Gateway", section "Sharding formula".
#[must_use]
pub const fn shard_of(server: ServerId, shards: u32) -> u32 {
    let shards = if shards == 0 { 1 } else { shards };
    ((server.0 >> 22) % shards as u64) as u32
}

/// A gateway session that began anew (was not resumed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The shard.
    pub shard: u32,
    /// How many shards there are in all.
    pub shards: u32,
    /// The servers that the bot is in, of those that the shard owns.
    pub servers: Vec<ServerId>,
}

/// Which servers have the bot.
pub struct ServerLife {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    present: Mutex<FxHashSet<ServerId>>,
    /// Those that an outage took away, until they are back.
    in_outage: Mutex<FxHashSet<ServerId>>,
}

impl std::fmt::Debug for ServerLife {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerLife").field("present", &self.present.lock().len()).finish_non_exhaustive()
    }
}

impl ServerLife {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self { store, clock, metrics, present: Mutex::default(), in_outage: Mutex::default() }
    }

    /// A session began: servers on its list have the bot, other servers of its shard have removed it.
    /// Returns those that were found removed.
    ///
    /// # Errors
    /// When the store fails; the next session tries again.
    pub async fn session_began(&self, session: &Session) -> Result<Vec<ServerId>, StoreError> {
        let listed: FxHashSet<ServerId> = session.servers.iter().copied().collect();
        let owned = |server: ServerId| shard_of(server, session.shards) == session.shard;
        self.change_present(|present| {
            present.retain(|server| !owned(*server));
            present.extend(&listed);
        });
        let now = self.clock.now();
        let known = self.store.servers().await?;
        let up_to_date: FxHashSet<ServerId> =
            known.iter().filter(|server| server.removed.is_none()).map(|server| server.id).collect();
        let missing: Vec<ServerId> =
            up_to_date.iter().copied().filter(|server| owned(*server) && !listed.contains(server)).collect();
        let news: Vec<ServerId> = listed.into_iter().filter(|server| !up_to_date.contains(server)).collect();
        for some in news.chunks(AT_ONCE) {
            let writes = some.iter().map(|server| self.store.server_present(*server, now));
            future::join_all(writes).await.into_iter().collect::<Result<(), _>>()?;
        }
        for some in missing.chunks(AT_ONCE) {
            let writes = some.iter().map(|server| self.store.server_removed(*server, now));
            future::join_all(writes).await.into_iter().collect::<Result<(), _>>()?;
        }
        Ok(missing)
    }

    /// A server has the bot. Returns whether that is news: it was just added, or came back (also from an outage), so that
    /// events of the meantime may have been missed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn here(&self, server: ServerId) -> Result<bool, StoreError> {
        let mut is_news = false;
        self.change_present(|present| is_news = present.insert(server));
        // An outage takes and brings back servers by the thousand; who adds the bot is worth a line each.
        if !self.in_outage.lock().remove(&server) && is_news {
            tracing::info!(guild.id = server.0, "a server has added the bot");
        }
        self.store.server_present(server, self.clock.now()).await?;
        Ok(is_news)
    }

    /// A server cannot be reached because of an outage. It keeps the bot.
    pub fn away(&self, server: ServerId) {
        self.in_outage.lock().insert(server);
        self.change_present(|present| {
            present.remove(&server);
        });
    }

    /// A server removed the bot (not: is unavailable).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn gone(&self, server: ServerId) -> Result<(), StoreError> {
        self.in_outage.lock().remove(&server);
        tracing::info!(guild.id = server.0, "a server has removed the bot; its data is kept for 14 days");
        self.change_present(|present| {
            present.remove(&server);
        });
        self.store.server_removed(server, self.clock.now()).await
    }

    /// Whether a server has the bot and can be reached, as far as the gateway told.
    #[must_use]
    pub fn is_here(&self, server: ServerId) -> bool {
        self.present.lock().contains(&server)
    }

    fn change_present(&self, change: impl FnOnce(&mut FxHashSet<ServerId>)) {
        let mut present = self.present.lock();
        change(&mut present);
        self.metrics.servers.set(present.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_belongs_to_one_shard() {
        assert_eq!(shard_of(ServerId(5 << 22), 4), 1);
        assert_eq!(shard_of(ServerId(5 << 22), 1), 0);
        assert_eq!(shard_of(ServerId(5 << 22), 0), 0, "no division by zero");
    }
}
