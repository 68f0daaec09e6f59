//! A Discord on loopback: REST and gateway, for tests and for trying a bot without an account. It knows nothing of
//! any bot and uses nothing of ours.
//!
//! ```no_run
//! use tiebreaker::simulator::{Settings, Simulator};
//!
//! # async fn try_it() -> anyhow::Result<()> {
//! let discord = Simulator::start(Settings::unlimited()).await?;
//! // A client connects: REST base `discord.base_url()`, token `discord.token()`. Then:
//! let server = discord.server("Makers");
//! let (alice, general) = (server.member("Alice"), server.general());
//! discord.wait_for_bot().await?;
//! let mut typing = alice.slash(general, "compare")?;
//! let choices = typing.type_text("a", "haik").await?;
//! typing.choose("a", &choices[0]).set("b", "Axolotl");
//! let answer = typing.send()?.message().await?;
//! alice.react(general, answer.id, "🚢")?;
//! assert_eq!(alice.look(general).last().map(|message| message.count("🚢")), Some(1));
//! # Ok(())
//! # }
//! ```
//!
//! | wanted | where |
//! | --- | --- |
//! | start and stop | [`Simulator`] |
//! | addresses, token, clock, save and load | [`Driver`] |
//! | saving after every change, by itself | [`keep::Keeper`] |
//! | make servers, channels, threads, roles, members, overwrites, outages | [`driver::server::ServerHandle`] |
//! | say, reply, react, take back, super react, delete, clear, look | [`driver::member::MemberHandle`] |
//! | slash commands keystroke by keystroke, menus | [`driver::slash`] |
//! | buttons, menus, forms, waiting for answers | [`driver::answer`] |
//! | waiting without sleeping | [`driver::wait`] |
//! | faults | [`driver::fault::Faults`] |
//! | floods of prepared events | [`driver::flood::Flood`] |
//! | every request with its answer | [`Driver::requests`] |
//! | the same over HTTP, for a page or for scripts in other languages | [`control`] |
//!
//! Inside: `state` is the world behind one lock; `wire` writes it as Discord's JSON; `rest` and `gateway` are
//! the two doors for the application; `rules` is what Discord allows, pure; `driver` is the door for people.

pub mod change;
pub mod clock;
pub mod control;
pub mod core;
pub mod driver;
pub mod faults;
pub mod gateway;
pub mod ids;
pub mod keep;
mod persist;
pub mod record;
pub mod rest;
pub mod rest_fault;
pub mod rules;
pub mod settings;
pub mod state;
pub mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use change::Changes;
use clock::Clock;
pub use driver::answer::{Answer, Asked, FormView};
pub use driver::flood::Flood;
pub use driver::member::MemberHandle;
pub use driver::server::{ServerHandle, Whom};
pub use driver::view::MessageView;
pub use driver::{Driven, Driver, DriverError};
pub use faults::{EventFault, EventRule};
use gateway::hub::Hub;
pub use ids::{ChannelId, CommandId, InteractionId, MessageId, RoleId, ServerId, UserId};
pub use record::{Exchange, TrafficLine};
pub use rest_fault::{RestFault, RestRule};
pub use rules::permission::Permissions;
pub use settings::Settings;
pub use state::Choice;
use state::{Application, Data, World};

use self::core::Core;

/// A running simulator. It stops when it is dropped. Everything that can be done with it is in [`Driver`], to
/// which it dereferences.
pub struct Simulator {
    driver: Driver,
    tasks: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Starts with an empty world: the application and nobody else.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let rest = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("the simulator cannot listen on {}", settings.listen))?;
        let gateway = TcpListener::bind(settings.gateway_listen).await.with_context(|| {
            format!("the simulator's gateway cannot listen on {}", settings.gateway_listen)
        })?;
        let base_url = format!("http://{}", rest.local_addr()?);
        let gateway_url = format!("ws://{}", gateway.local_addr()?);
        let changes = Changes::default();
        let hub = Arc::new(Hub::new(settings.clone(), changes.clone()));
        let mut world = World::new(Data::default(), Clock::default(), hub, changes);
        world.base_url.clone_from(&base_url);
        found(&mut world, &settings);
        let core = Arc::new(Core::new(world, base_url, gateway_url));
        let tasks = vec![
            tokio::spawn(rest::serve(rest, rest::router(Arc::clone(&core)), Arc::clone(&core.gone))),
            tokio::spawn(gateway::serve(gateway, Arc::clone(&core))),
        ];
        tracing::info!(rest.url = %core.base_url, gateway.url = %core.gateway_url, "the simulator is up");
        Ok(Self { driver: Driver { core }, tasks })
    }

    /// The driver, to be kept and cloned. It works as long as the simulator lives.
    pub fn driver(&self) -> Driver {
        self.driver.clone()
    }

    /// Serves the control interface (see [`control`]) at an address of its own, which must be on loopback.
    /// Returns the address.
    ///
    /// # Errors
    /// When the address is not on loopback or cannot be listened on.
    pub async fn serve_control(&mut self, listen: SocketAddr) -> anyhow::Result<SocketAddr> {
        anyhow::ensure!(
            listen.ip().is_loopback(),
            "the control interface is for this machine only, not {listen}"
        );
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("the control interface cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        let router = control::router(self.driver());
        self.tasks.push(tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the control interface stopped");
            }
        }));
        Ok(address)
    }
}

impl std::ops::Deref for Simulator {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        &self.driver
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        // Connections have tasks of their own; they end with a cut, as when a machine dies.
        self.driver.core.gone.store(true, std::sync::atomic::Ordering::Release);
        self.driver.faults().keep_out(true);
        self.driver.faults().drop_sockets(None);
    }
}

/// Makes the application and its owner.
fn found(world: &mut World, settings: &Settings) {
    let now = world.clock.now_ms();
    let owner = world.make_user("App Owner", false, now - 3 * 365 * 86_400_000);
    let bot = world.make_user(&settings.application, true, now - 365 * 86_400_000);
    world.data.application = Application {
        bot,
        name: settings.application.clone(),
        token: settings.token.clone(),
        owner,
        privileged_intents: settings.privileged_intents,
    };
}
