//! A simulator, a folder and a bot that can be stopped and started again.

use std::{sync::Arc, time::Duration};

use tempfile::TempDir;
use tiebreaker::{
    app::run::{RunError, RunOptions, run},
    config::Config,
    simulator::{ChannelId, MemberHandle, MessageView, Permissions, ServerHandle, Settings, Simulator, Whom},
};
use tokio::{sync::oneshot, task::JoinHandle};

/// Longest wait for anything in these tests; reached only when something is broken.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// See the module's page.
pub(super) struct Stage {
    pub(super) discord: Arc<Simulator>,
    pub(super) server: ServerHandle,
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
    running: Option<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), RunError>>,
}

impl Stage {
    /// A server named Makers with a running bot, without rate limits.
    pub(super) async fn new() -> Self {
        Self::with(Settings::unlimited(), &[]).await
    }

    /// The same with other settings of the simulator and of the bot.
    pub(super) async fn with(discord: Settings, bot: &[(&'static str, &str)]) -> Self {
        let discord = Arc::new(Simulator::start(discord).await.unwrap());
        let server = discord.server("Makers");
        let settings = bot.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        let mut stage =
            Self { discord, server, folder: tempfile::tempdir().unwrap(), settings, running: None };
        stage.start().await;
        stage
    }

    /// The bot's configuration.
    pub(super) fn config(&self) -> Config {
        Config::parse(|key| match key {
            "DISCORD_TOKEN" => Some(self.discord.token()),
            "DISCORD_API_URL" => Some(self.discord.base_url().to_owned()),
            "DATABASE_URL" => Some(format!("sled://{}", self.folder.path().display())),
            other => self.settings.iter().find(|(key, _)| *key == other).map(|(_, value)| value.clone()),
        })
        .unwrap()
    }

    /// Starts the bot and waits until it is there.
    pub(super) async fn start(&mut self) {
        let config = self.config();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            run(&config, RunOptions::default(), stopped).await
        });
        self.running = Some(Running { stop, task });
        self.discord.wait_for_bot().await.unwrap();
        self.discord.wait_for_command("compare").await.unwrap();
    }

    /// Stops the bot in good order.
    pub(super) async fn stop(&mut self) {
        let running = self.running.take().expect("the bot runs");
        running.stop.send(()).unwrap();
        let ended = tokio::time::timeout(PATIENCE, running.task).await.expect("the bot stops in time");
        ended.unwrap().unwrap();
    }

    /// The general channel.
    pub(super) fn general(&self) -> ChannelId {
        self.server.general()
    }

    /// What the bot may not do in the general channel from now on; everything else that its roles allow, it may.
    pub(super) fn deny(&self, denied: Permissions) {
        let bot = Whom::Member(self.discord.bot_id());
        self.server.overwrite(self.general(), bot, Permissions::NONE, denied);
    }

    /// A message of the channel, once it looks as wanted.
    pub(super) async fn see(
        &self,
        who: &MemberHandle,
        channel: ChannelId,
        what: &str,
        wanted: impl Fn(&MessageView) -> bool,
    ) -> MessageView {
        let looking = async {
            loop {
                if let Some(message) = who.look(channel).into_iter().rev().find(&wanted) {
                    return message;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, looking).await {
            Ok(message) => message,
            Err(_) => panic!("{what} did not happen; the channel shows {:#?}", texts(who, channel)),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            crate::openapi::check_traffic(&self.discord.requests());
        }
    }
}

/// All texts of a channel, for a failing test.
pub(super) fn texts(who: &MemberHandle, channel: ChannelId) -> Vec<String> {
    who.look(channel).iter().map(MessageView::text).collect()
}
