//! What all parts of one simulator share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parking_lot::{Mutex, MutexGuard};

use super::change::Changes;
use super::clock::Clock;
use super::gateway::hub::Hub;
use super::record::Record;
use super::rest::limit::Limits;
use super::rest_fault::RestFaults;
use super::state::World;

/// One simulator.
pub struct Core {
    world: Mutex<World>,
    /// The gateway's sessions.
    pub hub: Arc<Hub>,
    /// Time.
    pub clock: Clock,
    /// What watchers inside this process hear.
    pub changes: Changes,
    /// Every request and its answer.
    pub record: Record,
    /// What goes wrong with REST on purpose.
    pub rest_faults: RestFaults,
    /// The state of the rate limits.
    pub limits: Limits,
    /// Set when the simulator is gone.
    pub gone: Arc<AtomicBool>,
    /// Where REST is, such as `http://127.0.0.1:40001`.
    pub base_url: String,
    /// Where the gateway is, such as `ws://127.0.0.1:40002`.
    pub gateway_url: String,
}

impl Core {
    /// Puts the parts together.
    pub fn new(world: World, base_url: String, gateway_url: String) -> Self {
        let (hub, clock, changes) = (Arc::clone(&world.hub), world.clock.clone(), world.changes.clone());
        let enabled = hub.settings.limits;
        let record = Record::new(hub.settings.record, changes.clone());
        Self {
            world: Mutex::new(world),
            hub,
            clock,
            changes,
            record,
            rest_faults: RestFaults::default(),
            limits: Limits::new(enabled),
            gone: Arc::default(),
            base_url,
            gateway_url,
        }
    }

    /// The world, for as long as the guard lives. Never held across an await.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock()
    }
}
