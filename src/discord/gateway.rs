//! The gateway: sessions, and where each event goes.
//!
//! serenity runs the shards. It hands events to handlers in tasks of their own, in no order; so what must keep its order
//! (reactions, deletions, servers) is taken by a collector that serenity runs inside the shard's loop
//! ([`super::reactions`]), and only what is independent (interactions, messages) goes through the handler here.
//!
//! A panic in a handler costs that one answer: it is caught, logged with an id, and the asker is told that id.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use serenity::all::{
    Client, ClientBuilder, Context, EventHandler, FullEvent, GatewayError, GatewayIntents, HttpBuilder,
    Interaction, Ready, ResumedEvent, ShardManager, ShardStageUpdateEvent,
};
use tokio::sync::Notify;

use super::{asker::Asker, bot::Bot, commands, components, rest};
use crate::{config::Secret, error::Failure, telemetry};

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
    /// Close code 4011, or a wrong range.
    #[error("Discord refuses the shards of this bot ({0}); set SHARDS=auto")]
    Shards(String),
    /// Anything else.
    #[error("the connection to Discord ended: {0}")]
    Other(String),
}

/// Everything the handlers share.
pub(super) struct Handler {
    pub(super) bot: Arc<Bot>,
    options: poise::FrameworkOptions<Arc<Bot>, Failure>,
    shards: OnceLock<Arc<ShardManager>>,
    closing: AtomicBool,
    busy: Busy,
}

/// Counts handlers that are still at work.
#[derive(Default)]
struct Busy {
    count: std::sync::atomic::AtomicUsize,
    done: Notify,
}

struct BusyGuard<'a>(&'a Busy);

impl Busy {
    fn enter(&self) -> BusyGuard<'_> {
        self.count.fetch_add(1, Ordering::AcqRel);
        BusyGuard(self)
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

impl Drop for BusyGuard<'_> {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::AcqRel);
        self.0.done.notify_one();
    }
}

/// The running gateway connection of this process.
pub struct Gateway {
    client: Client,
    handler: Arc<Handler>,
}

impl Gateway {
    /// Prepares the connection; nothing is sent yet but the question for the gateway's address.
    ///
    /// # Errors
    /// When serenity cannot be set up.
    pub async fn new(bot: Arc<Bot>, token: &Secret, api_url: Option<&reqwest::Url>) -> anyhow::Result<Self> {
        let mut http = HttpBuilder::new(token.reveal())
            .client(rest::http_client()?)
            // Two reasons: the built-in limiter stalls under load, and it ignores the proxy.
            .ratelimiter_disabled(true);
        if let Some(url) = api_url {
            http = http.proxy(url.as_str().trim_end_matches('/'));
        }
        let handler = Arc::new(Handler {
            bot,
            options: commands::options(),
            shards: OnceLock::new(),
            closing: AtomicBool::new(false),
            busy: Busy::default(),
        });
        let client = ClientBuilder::new_with_http(http.build(), INTENTS)
            .event_handler_arc(Arc::clone(&handler))
            .await?;
        let _ = handler.shards.set(Arc::clone(&client.shard_manager));
        Ok(Self { client, handler })
    }

    /// Runs shards `first..=last` of `total` until `stop` is done or the connection ends for good; then lets work in
    /// progress end within `grace`. Returns what was left when the grace was over.
    ///
    /// # Errors
    /// When the connection ended although nobody stopped it.
    pub async fn run(
        mut self,
        (first, last, total): (u32, u32, u32),
        stop: impl Future<Output = ()>,
        grace: Duration,
    ) -> Result<Leftover, GatewayEnd> {
        let shards = Arc::clone(&self.client.shard_manager);
        let ended = {
            let connection = self.client.start_shard_range(first..last, total);
            tokio::select! {
                result = connection => Some(result),
                () = stop => None,
            }
        };
        let deadline = tokio::time::Instant::now() + grace;
        self.handler.closing.store(true, Ordering::Release);
        let left = || deadline.saturating_duration_since(tokio::time::Instant::now());
        if ended.is_none() {
            // Nothing new comes in; answers go out over REST and do not need the gateway.
            let _ = tokio::time::timeout(left().min(Duration::from_secs(3)), shards.shutdown_all()).await;
        }
        let answered = tokio::time::timeout(left(), self.handler.busy.wait()).await.is_ok();
        let reactions_applied = self.handler.bot.voting.close(left()).await;
        let outbox = self.handler.bot.outbox.drain(left()).await;
        match ended {
            Some(Err(error)) => Err(explain(&error)),
            Some(Ok(())) => Err(GatewayEnd::Other("all shards stopped".to_owned())),
            None => Ok(Leftover { answers: !answered, reactions_applied, outbox }),
        }
    }
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

fn explain(error: &serenity::Error) -> GatewayEnd {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => GatewayEnd::Token,
        serenity::Error::Gateway(
            GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents,
        ) => GatewayEnd::Intents,
        serenity::Error::Gateway(
            error @ (GatewayError::InvalidShardData | GatewayError::OverloadedShard),
        ) => GatewayEnd::Shards(error.to_string()),
        other => GatewayEnd::Other(other.to_string()),
    }
}

impl Handler {
    /// Runs one handler: counted, so that a stop can wait for it, and with panics caught.
    async fn guarded(&self, asker: Option<Asker>, work: impl Future<Output = ()>) {
        let _busy = self.busy.enter();
        if AssertUnwindSafe(work).catch_unwind().await.is_err() {
            let incident = telemetry::incident_id();
            // The panic hook has already logged place and message.
            tracing::error!(incident, "a handler panicked");
            self.bot.metrics.answers_failed.increment();
            if let Some(asker) = asker {
                self.bot.tell_incident(&asker, &incident).await;
            }
        }
    }

    fn framework<'a>(&'a self, ctx: &'a Context) -> Option<poise::FrameworkContext<'a, Arc<Bot>, Failure>> {
        Some(poise::FrameworkContext {
            serenity_context: ctx,
            bot_id: serenity::all::UserId::new(self.bot.user.0),
            options: &self.options,
            user_data: &self.bot,
            shard_manager: self.shards.get()?,
        })
    }
}

#[serenity::async_trait]
impl EventHandler for Handler {
    async fn shard_stage_update(&self, ctx: Context, event: ShardStageUpdateEvent) {
        // The earliest moment at which a shard can be listened to; READY comes later.
        self.bot.voting.listen(&ctx.shard, event.shard_id.0);
    }

    async fn ready(&self, ctx: Context, ready: Ready) {
        tracing::info!(shard.id = ctx.shard_id.0, servers = ready.guilds.len(), "ready");
        self.bot.voting.attach(&ctx.shard, &ready);
    }

    async fn resume(&self, ctx: Context, _: ResumedEvent) {
        tracing::info!(shard.id = ctx.shard_id.0, "session resumed; nothing was missed");
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        let asker = Asker::of(&interaction);
        if self.closing.load(Ordering::Acquire) {
            if let Some(asker) = asker {
                self.bot.tell_restarting(&asker).await;
            }
            return;
        }
        match interaction {
            Interaction::Command(_) | Interaction::Autocomplete(_) => {
                let Some(framework) = self.framework(&ctx) else { return };
                let event = FullEvent::InteractionCreate { interaction };
                self.guarded(asker, poise::dispatch_event(framework, event)).await;
            }
            Interaction::Component(interaction) => {
                self.guarded(asker, components::pressed(&self.bot, &interaction)).await;
            }
            Interaction::Modal(interaction) => {
                self.guarded(asker, components::submitted(&self.bot, &interaction)).await;
            }
            _ => {}
        }
    }
}
