//! The driver: what people do in this Discord, as a Rust API.
//!
//! | file | holds |
//! | --- | --- |
//! | [`server`] | making and changing servers, channels, roles, members |
//! | [`member`] | what a member says and does |
//! | [`slash`] | typing a command: options, autocomplete, sending |
//! | [`answer`] | waiting for what the application makes of it |
//! | [`view`] | a channel as one member sees it |
//! | [`wait`] | waiting until something has become true |
//! | [`fault`] | faults on demand |
//! | [`flood`] | prepared events in bulk |

pub mod answer;
pub mod fault;
pub mod flood;
pub mod member;
pub mod server;
pub mod slash;
pub mod view;
pub mod wait;

use std::path::Path;
use std::sync::Arc;

use super::change::Change;
use super::clock::Clock;
use super::core::Core;
use super::gateway::session::SessionView;
use super::ids::{ChannelId, UserId};
use super::persist;
use super::record::{Exchange, TrafficLine};
use super::rules::error::ApiError;
use super::state::{Data, World};

pub use flood::Flood;
pub use member::MemberHandle;

/// Why something cannot be done, in words for whoever tries.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DriverError {
    /// Discord would refuse it to this member.
    #[error("refused: {0}")]
    Refused(#[from] ApiError),
    /// The client of a member would not let it happen.
    #[error("not possible: {0}")]
    NotPossible(String),
    /// It did not become true in time.
    #[error("waited in vain for {0}")]
    TimedOut(String),
    /// The application did not answer in the time that Discord gives it.
    #[error("the application did not respond")]
    NoResponse,
}

/// The result of driving.
pub type Driven<T> = Result<T, DriverError>;

pub(super) fn not_possible<T>(why: impl Into<String>) -> Driven<T> {
    Err(DriverError::NotPossible(why.into()))
}

/// Everything that can be done with a running simulator. Clones drive the same one.
#[derive(Clone)]
pub struct Driver {
    pub(super) core: Arc<Core>,
}

impl Driver {
    /// What a client takes for `https://discord.com`, such as `http://127.0.0.1:40001`.
    pub fn base_url(&self) -> &str {
        &self.core.base_url
    }

    /// Where the gateway listens. Clients learn it from REST.
    pub fn gateway_url(&self) -> &str {
        &self.core.gateway_url
    }

    /// The application's token at the moment.
    pub fn token(&self) -> String {
        self.core.world().data.application.token.clone()
    }

    /// The application's own user; also its application id.
    pub fn bot_id(&self) -> UserId {
        self.core.world().bot_id()
    }

    /// Acts as a person where this channel is: in its server, or in the direct conversation.
    /// None when the person is not there.
    pub fn member_in(&self, user: UserId, channel: ChannelId) -> Option<MemberHandle> {
        let world = self.core.world();
        let found = world.channel(channel)?;
        let there = match found.server {
            Some(server) => world.member(server, user).is_some(),
            None => found.recipients.contains(&user),
        };
        let server = found.server;
        drop(world);
        there.then(|| MemberHandle { core: Arc::clone(&self.core), server, user })
    }

    /// The clock. Moving it is how limits of seconds and minutes are tested.
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// Looks at the world. Keep it short: nothing else happens meanwhile.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.core.world())
    }

    /// The gateway sessions of the application.
    pub fn sessions(&self) -> Vec<SessionView> {
        self.core.hub.views()
    }

    /// Every request of the application with its answer, oldest first (the newest ones, see
    /// [`Settings`](super::Settings)).
    pub fn requests(&self) -> Vec<Exchange> {
        self.core.record.all()
    }

    /// The recorded requests after this number, oldest first.
    pub fn requests_after(&self, number: u64) -> Vec<Exchange> {
        self.core.record.after(number)
    }

    /// The recorded requests after this number as lines of a list, oldest first.
    pub fn request_lines_after(&self, number: u64) -> Vec<TrafficLine> {
        self.core.record.with(|kept| {
            kept.iter().filter(|exchange| exchange.number > number).map(TrafficLine::from).collect()
        })
    }

    /// How many requests there were so far.
    pub fn request_count(&self) -> u64 {
        self.core.record.count()
    }

    /// Forgets the requests recorded so far.
    pub fn forget_requests(&self) {
        self.core.record.clear();
    }

    /// Hears of every change; see [`Change`].
    pub fn listen(&self) -> tokio::sync::broadcast::Receiver<Change> {
        self.core.changes.listen()
    }

    /// Rises with every change; for finding out whether there was one.
    pub fn version(&self) -> tokio::sync::watch::Receiver<u64> {
        self.core.changes.version()
    }

    /// Switches rate limits on or off. Their headers are sent either way.
    pub fn set_limits(&self, on: bool) {
        self.core.limits.enable(on);
    }

    /// Saves the whole state to one JSON file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        // The world stands still only while it is read, not while the disk works.
        let text = self.with_world(|world| {
            world.data.saved_at_ms = world.clock.now_ms();
            persist::text(&world.data)
        })?;
        persist::write(&text, path)
    }

    /// Puts a saved state in place of the present one. The application keeps the token and the rights of its
    /// settings; connected sessions end, so that clients identify anew and see the loaded servers.
    ///
    /// # Errors
    /// When the file cannot be read or holds no saved state.
    pub fn load(&self, path: &Path) -> anyhow::Result<()> {
        self.replace(persist::load(path)?);
        Ok(())
    }

    /// Puts other data in place of the present world; see [`Driver::load`].
    pub fn replace(&self, mut data: Data) {
        let mut world = self.core.world();
        data.application.token.clone_from(&world.data.application.token);
        data.application.privileged_intents = world.data.application.privileged_intents;
        world.replace(data);
        drop(world);
        self.faults().invalidate(None, false);
    }
}
