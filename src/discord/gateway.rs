//! The gateway: where each event goes.
//!
//! [`super::shards`] calls one function here for every event, inside the shard's loop and in order. It hands the event to
//! the votes ([`super::voting::Voting::look`]), which keep what must keep its order, and starts a task only for what is
//! answered: interactions and mentions.
//!
//! A panic in a task costs that one answer: it is caught, logged with an id, and the asker is told that id.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use serenity::all::{Event, FullEvent, GatewayError, GatewayIntents, HttpBuilder, Interaction, UserId};
use tokio::{sync::Notify, time::Instant};

use super::{
    asker::Asker,
    bot::Bot,
    commands, components, mentions, rest,
    seen::Seen,
    shards::{self, Line, OnEvent, Setup},
};
use crate::{
    config::Secret,
    domain::ids::{ChannelId, ServerId},
    error::Failure,
    telemetry,
};

/// No privileged intent: message texts arrive only where the bot is mentioned.
pub const INTENTS: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::GUILD_MESSAGE_REACTIONS);

/// How the connection ended, when it did not end because it was told to.
#[derive(Debug, thiserror::Error)]
pub enum GatewayEnd {
    /// Close code 4004.
    #[error(
        "Discord does not accept the token; set DISCORD_TOKEN to the one of the developer portal, section Bot"
    )]
    Token,
    /// Close codes 4013 and 4014.
    #[error(
        "Discord refuses the intents of this bot; it needs no privileged one, so the API that answered is not Discord's v10"
    )]
    Intents,
    /// Close codes 4010 and 4011.
    #[error("Discord refuses the shards of this bot ({0}); set SHARDS=auto")]
    Shards(String),
    /// Anything else.
    #[error("the connection to Discord ended: {0}")]
    Other(String),
}

impl From<GatewayError> for GatewayEnd {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::InvalidAuthentication => Self::Token,
            GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents => Self::Intents,
            GatewayError::InvalidShardData | GatewayError::OverloadedShard => Self::Shards(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

/// Where the gateway is and which shards run here.
#[derive(Debug, Clone)]
pub struct Connection {
    /// As `GET /gateway/bot` told.
    pub url: String,
    /// As `GET /gateway/bot` told.
    pub max_concurrency: u32,
    /// First shard of this process.
    pub first: u32,
    /// Last shard of this process.
    pub last: u32,
    /// Shards of all processes.
    pub total: u32,
}

/// What could not be done within the grace of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leftover {
    /// Some answers were still being made.
    pub answers: bool,
    /// Every reaction that had arrived was applied; otherwise the recount at the next start finds the rest.
    pub reactions_applied: bool,
    /// Pieces of background work that were not done.
    pub outbox: usize,
}

/// Runs the shards until `stop` is done or Discord refuses us for good; then takes no more work, and lets what is in
/// progress end. All of that, the farewell to the gateway included, takes no longer than `grace`.
///
/// # Errors
/// When Discord refuses token, intents or shards.
pub async fn run(
    bot: Arc<Bot>,
    token: &Secret,
    api_url: Option<&reqwest::Url>,
    connection: Connection,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> Result<Leftover, GatewayEnd> {
    let client = rest::http_client().map_err(|error| GatewayEnd::Other(error.to_string()))?;
    // Two reasons against serenity's limiter: it stalls under load, and it ignores the proxy.
    let mut http = HttpBuilder::new(token.reveal()).client(client).ratelimiter_disabled(true);
    if let Some(url) = api_url {
        http = http.proxy(url.as_str().trim_end_matches('/'));
    }
    let setup = Setup {
        http: Arc::new(http.build()),
        gateway_url: connection.url,
        intents: INTENTS,
        first: connection.first,
        last: connection.last,
        total: connection.total,
        max_concurrency: connection.max_concurrency,
    };
    let handler = Arc::new(Handler {
        bot: Arc::clone(&bot),
        options: commands::options(),
        closing: AtomicBool::new(false),
        busy: Arc::default(),
        seen: Seen::default(),
    });
    let on_event: OnEvent = {
        let handler = Arc::clone(&handler);
        Arc::new(move |line, event| handler.look(line, event))
    };
    let told = OnceLock::new();
    let stop = async {
        stop.await;
        handler.closing.store(true, Ordering::Release);
        let _ = told.set(Instant::now());
    };
    let ended = shards::run(setup, on_event, stop).await;
    let deadline = *told.get_or_init(Instant::now) + grace;
    let left = || deadline.saturating_duration_since(Instant::now());
    // Nothing new comes in; answers go out over REST and do not need the gateway.
    handler.closing.store(true, Ordering::Release);
    let answers = tokio::time::timeout(left(), handler.busy.wait()).await.is_err();
    let reactions_applied = bot.voting.close(left()).await;
    let outbox = bot.outbox.drain(left()).await;
    ended?;
    Ok(Leftover { answers, reactions_applied, outbox })
}

/// Everything the handlers share.
struct Handler {
    bot: Arc<Bot>,
    options: poise::FrameworkOptions<Arc<Bot>, Failure>,
    closing: AtomicBool,
    busy: Arc<Busy>,
    seen: Seen,
}

impl Handler {
    /// Called for every event, in order; must not wait.
    fn look(self: &Arc<Self>, line: &Line, event: &Event) {
        self.bot.voting.look(line.context.shard_id.0, event);
        match event {
            Event::Ready(event) => {
                tracing::info!(
                    shard.id = line.context.shard_id.0,
                    servers = event.ready.guilds.len(),
                    "ready"
                );
            }
            Event::Resumed(_) => {
                tracing::info!(shard.id = line.context.shard_id.0, "resumed; nothing was missed");
            }
            Event::InteractionCreate(event) if self.seen.is_first(event.interaction.id().get()) => {
                let (handler, line) = (Arc::clone(self), line.clone());
                let (interaction, busy) = (event.interaction.clone(), self.busy.enter());
                tokio::spawn(async move {
                    handler.interaction(&line, interaction).await;
                    drop(busy);
                });
            }
            Event::MessageCreate(event)
                if mentions::is_for_us(&self.bot, &event.message)
                    && self.seen.is_first(event.message.id.get()) =>
            {
                let (handler, message) = (Arc::clone(self), event.message.clone());
                let busy = self.busy.enter();
                tokio::spawn(async move {
                    if !handler.closing.load(Ordering::Acquire)
                        && let Err(incident) = handler.guarded(mentions::answer(&handler.bot, &message)).await
                    {
                        mentions::tell_incident(&handler.bot, &message, &incident).await;
                    }
                    drop(busy);
                });
            }
            Event::ChannelUpdate(event) => {
                let channel = ChannelId(event.channel.id.get());
                self.permissions_changed(ServerId(event.channel.guild_id.get()), Some(channel));
            }
            Event::GuildRoleUpdate(event) => {
                self.permissions_changed(ServerId(event.role.guild_id.get()), None);
            }
            _ => {}
        }
    }

    fn permissions_changed(&self, server: ServerId, channel: Option<ChannelId>) {
        let bot = Arc::clone(&self.bot);
        tokio::spawn(async move { bot.permissions_changed(server, channel).await });
    }

    async fn interaction(&self, line: &Line, interaction: Interaction) {
        let asker = Asker::of(&interaction);
        if self.closing.load(Ordering::Acquire) {
            match (asker, &interaction) {
                // What somebody wrote for half an hour goes back to them, not away with us.
                (Some(asker), Interaction::Modal(form)) => {
                    components::give_back(&self.bot, &asker, form, "error-restarting").await;
                }
                (Some(asker), _) => self.bot.tell_restarting(&asker).await,
                (None, _) => {}
            }
            return;
        }
        let done = match interaction {
            Interaction::Command(_) | Interaction::Autocomplete(_) => {
                let framework = poise::FrameworkContext {
                    serenity_context: &line.context,
                    bot_id: UserId::new(self.bot.user.0),
                    options: &self.options,
                    user_data: &self.bot,
                    shard_manager: &line.manager,
                };
                let event = FullEvent::InteractionCreate { interaction };
                self.guarded(poise::dispatch_event(framework, event)).await
            }
            Interaction::Component(interaction) => {
                self.guarded(components::pressed(&self.bot, &interaction)).await
            }
            Interaction::Modal(interaction) => {
                let done = self.guarded(components::submitted(&self.bot, &interaction)).await;
                if let (Err(incident), Some(asker)) = (&done, &asker) {
                    self.bot.tell_incident(asker, incident).await;
                    components::give_back_below(&self.bot, asker, &interaction).await;
                    return;
                }
                done
            }
            _ => Ok(()),
        };
        if let (Err(incident), Some(asker)) = (done, asker) {
            self.bot.tell_incident(&asker, &incident).await;
        }
    }

    /// Runs one answer with panics caught.
    ///
    /// # Errors
    /// The id under which a panic is in the log.
    async fn guarded(&self, work: impl Future<Output = ()>) -> Result<(), String> {
        AssertUnwindSafe(work).catch_unwind().await.map_err(|_| {
            self.bot.metrics.answers_failed.increment();
            telemetry::caught_panic()
        })
    }
}

/// Counts answers that are being made, from the event on, so that a stop can wait for them.
#[derive(Default)]
struct Busy {
    count: AtomicUsize,
    done: Notify,
}

/// An answer that is being made.
struct BusyGuard(Arc<Busy>);

impl Busy {
    fn enter(self: &Arc<Self>) -> BusyGuard {
        self.count.fetch_add(1, Ordering::AcqRel);
        BusyGuard(Arc::clone(self))
    }

    async fn wait(&self) {
        loop {
            let done = self.done.notified();
            if self.count.load(Ordering::Acquire) == 0 {
                return;
            }
            done.await;
        }
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::AcqRel);
        self.0.done.notify_one();
    }
}
