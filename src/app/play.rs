//! `tiebreaker play`: a Discord on loopback, the real bot, and the page between them, in one process. The bot talks to the
//! simulator over sockets exactly as it does to Discord; it is started by [`run`](super::run) like any other.
//!
//! Start: the port, the folder, the simulator, the bot, the first comparison, the page. Stop: the bot first, so that its last
//! words still find a Discord; then the page, the last save, and the temporary folder.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use anyhow::Context as _;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::run::{RunError, RunOptions, run};
use crate::{
    config::{Config, ConfigErrors, Database},
    playground::{
        Playground,
        folder::{Folder, FolderError},
        roster::Roster,
        seed,
    },
    simulator::{Driver, Settings, Simulator, keep::Keeper},
};

/// The port when nobody asks for one.
pub const PORT: u16 = 7373;

/// The name under which the bot appears.
const NAME: &str = "Tiebreaker";

/// What a playground is told.
#[derive(Debug, Clone, Default)]
pub struct PlayOptions {
    /// Where the page is served; 0: a free port.
    pub port: u16,
    /// Where both sides keep what they know; none: a temporary folder.
    pub data: Option<PathBuf>,
    /// Empty that folder first.
    pub fresh: bool,
    /// Read the page's files from this folder instead of the embedded ones.
    pub page: Option<PathBuf>,
}

/// A playground that is open.
#[derive(Debug)]
pub struct Opened {
    /// Where the page is.
    pub address: String,
    /// The folder that is kept, if one is.
    pub data: Option<PathBuf>,
    /// Whether an earlier run goes on.
    pub goes_on: bool,
}

/// Why there is no playground, or no longer. Each is one clear line.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// Somebody listens there.
    #[error(
        "port {0} is taken: another program listens there, perhaps another `tiebreaker play` (http://127.0.0.1:{0}/); \
         choose another port with `--port`, or `--port 0` for any free one"
    )]
    PortTaken(u16),
    /// The port cannot be had for another reason.
    #[error(
        "port {0} cannot be listened on: {1}; choose another one with `--port`, or `--port 0` for any free one"
    )]
    Port(u16, io::Error),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// No page is where its files should be read.
    #[error("{} holds no index.html; --page takes the folder of the page's files, such as src/playground/page", .0.display())]
    NoPage(PathBuf),
    /// The simulator's saved state.
    #[error("{0:#}; `--fresh` begins anew")]
    State(anyhow::Error),
    /// The settings that we made for the bot ourselves.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The bot.
    #[error("the bot stopped: {0}")]
    Bot(#[from] RunError),
    /// It stays silent.
    #[error("the bot did not connect to the simulator in time; RUST_LOG=info shows what it does")]
    Silent,
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

/// Opens a playground, calls `opened`, and keeps it open until `stop` is done.
///
/// # Errors
/// When it cannot be opened, or one of its parts ends by itself.
pub async fn play(
    options: PlayOptions,
    opened: impl FnOnce(&Opened) -> io::Result<()>,
    stop: impl Future<Output = ()>,
) -> Result<(), PlayError> {
    if let Some(page) = options.page.as_ref().filter(|page| !page.join("index.html").is_file()) {
        return Err(PlayError::NoPage(page.clone()));
    }
    let listener = listen(options.port).await?;
    let mut folder = match &options.data {
        Some(path) => Folder::at(path, options.fresh)?,
        None => Folder::temporary()?,
    };
    let result = over(&mut folder, listener, options.page, opened, stop).await;
    folder.close()?;
    result
}

async fn listen(port: u16) -> Result<TcpListener, PlayError> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(|error| {
        match error.kind() {
            io::ErrorKind::AddrInUse => PlayError::PortTaken(port),
            _ => PlayError::Port(port, error),
        }
    })
}

/// Everything over a folder that is open.
async fn over(
    folder: &mut Folder,
    listener: TcpListener,
    page: Option<PathBuf>,
    opened: impl FnOnce(&Opened) -> io::Result<()>,
    stop: impl Future<Output = ()>,
) -> Result<(), PlayError> {
    let settings = Settings { application: NAME.to_owned(), ..Settings::default() };
    let simulator = Simulator::start(settings).await?;
    let earlier = folder.roster().cloned();
    let roster = match &earlier {
        Some(roster) => {
            simulator.load(&folder.discord()).map_err(PlayError::State)?;
            roster.clone()
        }
        None => seed::found(&simulator),
    };
    // A temporary world is gone with this process, whatever ends it.
    let keeper = match folder.kept() {
        Some(_) => Some(Keeper::start(simulator.driver(), folder.discord()).await?),
        None => None,
    };
    let saver = keeper.as_ref().map(Keeper::saver);
    let mut bot = RunningBot::start(&simulator, folder.bot())?;
    let page = async {
        simulator.wait_for_bot().await.map_err(|_| PlayError::Silent)?;
        if earlier.is_none() {
            furnish(&simulator, &roster).await;
            if let Some(saver) = &saver {
                saver.save().await?;
            }
            folder.made(roster.clone())?;
        }
        let address = format!("http://{}/", listener.local_addr().context("the page has no address")?);
        let kept = folder.kept().zip(saver);
        let playground = Playground::new(simulator.driver(), roster, kept, page);
        let facts = Opened { address, data: folder.kept().map(Into::into), goes_on: earlier.is_some() };
        opened(&facts).context("the address cannot be told")?;
        axum::serve(listener, playground.router()).await.context("the page is no longer served")?;
        Ok(())
    };
    let result = tokio::select! {
        biased;
        () = stop => Ok(()),
        ended = bot.ended() => ended,
        ended = page => ended,
    };
    let stopped = bot.stop().await;
    if let Some(keeper) = keeper {
        keeper.stop().await?;
    }
    result.and(stopped)
}

/// Has the first comparison made.
async fn furnish(simulator: &Simulator, roster: &Roster) {
    let ready = async {
        for command in seed::COMMANDS {
            simulator.wait_for_command(command).await?;
        }
        seed::compare(simulator, roster).await
    };
    if let Err(error) = ready.await {
        // A playground without a first comparison is still one.
        tracing::warn!(%error, "the first comparison could not be made");
    }
}

/// The bot while it runs.
struct RunningBot {
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<Result<(), RunError>>>,
}

impl RunningBot {
    /// Starts the bot on this simulator, with its store in a folder. No setting of a real bot is looked at.
    fn start(simulator: &Driver, store: PathBuf) -> Result<Self, PlayError> {
        let mut config = Config::parse(|key| match key {
            "DISCORD_TOKEN" => Some(simulator.token()),
            "DISCORD_API_URL" => Some(simulator.base_url().to_owned()),
            _ => None,
        })?;
        config.database = Database::Sled(store);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let stopped = async {
                // A sender that is gone asks for the same.
                let _ = stopped.await;
            };
            run(&config, RunOptions::default(), stopped).await
        });
        Ok(Self { stop: Some(stop), task: Some(task) })
    }

    /// Done when it ends by itself, which it should not.
    async fn ended(&mut self) -> Result<(), PlayError> {
        let Some(task) = &mut self.task else { return std::future::pending().await };
        let ended = task.await;
        self.task = None;
        ended.context("the bot broke off")??;
        Err(PlayError::Other(anyhow::anyhow!("the bot ended by itself")))
    }

    /// Asks it to end, and waits until it has.
    async fn stop(mut self) -> Result<(), PlayError> {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            task.await.context("the bot broke off")??;
        }
        Ok(())
    }
}
