//! `tiebreaker run`: the bot in this process, from the first question to Discord to the last flush.
//!
//! The order matters. Discord is asked who we are before the store is opened, because a store belongs to one application;
//! the store is open before the gateway is, because no reaction may arrive without a place to go; commands are registered
//! before the first person can use one.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{self, Either, FutureExt as _, Shared};
use serde_json::Value;

use super::{operator::OperatorSocket, stock::Stock};
use crate::{
    config::{Config, Database, Shards},
    discord::{
        bot::Bot,
        commands,
        gateway::{self, Connection, GatewayEnd},
        moderators::Desk,
        outbox::Outbox,
        post::Faces,
        register,
        rest::{Rest, RestError, calls},
        shards::SERVERS_PER_SHARD,
        voting::{self, Voting},
    },
    domain::ids::{ApplicationId, ServerId, UserId},
    service::{
        ask::{Questions, QuietDefaults},
        moderate::Moderation,
        ports::{Clock, SystemClock},
        quiet,
        voters::Voters,
    },
    store::{OpenError, OpenOptions, Store, StoreError, StoreFolder, voter_key::VoterKey},
    telemetry::Metrics,
};

/// What registering the commands came to.
pub use crate::discord::register::Registered;

/// So many pieces of background work may wait in all.
const OUTBOX_LIMIT: usize = 20_000;
/// What can be finished after a signal is finished within this time.
pub const GRACE: Duration = Duration::from_secs(10);

/// Why the bot could not start, or ended by itself. Each is one clear line.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No token.
    #[error(
        "DISCORD_TOKEN is not set; put the token of your application into the environment or into .env (see .env.example)"
    )]
    NoToken,
    /// A token that Discord does not know.
    #[error(
        "Discord does not accept DISCORD_TOKEN; make a new one in the developer portal: your application, Bot, Reset Token"
    )]
    WrongToken,
    /// The API did not answer.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, RestError),
    /// The API answered something unexpected.
    #[error("{0} did not answer as Discord does: {1}")]
    Strange(String, String),
    /// Too many sessions were started today.
    #[error("Discord allows no more new sessions for another {} minutes: the bot was restarted too often", .0.as_secs() / 60 + 1)]
    NoSessionsLeft(Duration),
    /// `SHARDS` sets fewer shards than Discord takes for that many servers.
    #[error(
        "SHARDS sets {shards} shards for about {servers} servers, and Discord refuses more than {SERVERS_PER_SHARD} on one; set SHARDS=auto"
    )]
    TooFewShards {
        /// Shards of all processes.
        shards: u32,
        /// Servers, as Discord estimates them.
        servers: u64,
    },
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store, later.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The gateway.
    #[error(transparent)]
    Gateway(#[from] GatewayEnd),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

/// What a run is told beside its configuration.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunOptions {
    /// Open a store that lost commits; the recount brings back what still stands on Discord.
    pub accept_loss: bool,
}

/// Who the token says we are.
struct Identity {
    application: ApplicationId,
    user: UserId,
    shards: u32,
    gateway_url: String,
    max_concurrency: u32,
}

/// Runs the bot until `stop` is done.
///
/// # Errors
/// When it cannot start, or the connection ends for good. Everything acknowledged is on disk then, too.
pub async fn run(
    config: &Config,
    options: RunOptions,
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let metrics = Arc::new(Metrics::default());
    let token = config.token.as_ref().ok_or(RunError::NoToken)?;
    let rest = Rest::new(token, config.api_url.as_ref(), Arc::clone(&metrics))?;
    let stop = stop.shared();
    let starting = async {
        let identity = identify(&rest, config).await?;
        let store = open_store(config, identity.application, options).await?;
        Ok::<_, RunError>((identity, store))
    };
    let (identity, store) = tokio::select! {
        started = starting => started?,
        // Nothing was begun that would have to be ended.
        () = stop.clone() => return Ok(()),
    };
    let result = serve(config, &rest, &identity, Arc::clone(&store), metrics, stop).await;
    // Also after a failure: what was acknowledged is on disk already, this gives the lock back in good order.
    store.close().await?;
    result
}

/// Registers the commands, or takes away those that are registered in one server only.
///
/// # Errors
/// When there is no token, or Discord cannot be reached or refuses.
pub async fn register_commands(config: &Config, clear: Option<ServerId>) -> Result<Registered, RunError> {
    let token = config.token.as_ref().ok_or(RunError::NoToken)?;
    let rest = Rest::new(token, config.api_url.as_ref(), Arc::default())?;
    let identity = identify(&rest, config).await?;
    let done = match clear {
        Some(server) => register::clear_server(&rest, identity.application, server).await,
        None => register::register(&rest, identity.application, &commands::definitions()?).await,
    };
    done.map_err(|error| RunError::Unreachable(place(config), error))
}

async fn serve(
    config: &Config,
    rest: &Rest,
    identity: &Identity,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    stop: Shared<impl Future<Output = ()>>,
) -> Result<(), RunError> {
    let bot = build(config, rest, identity, store, metrics).await?;
    let commands = commands::definitions()?;
    tokio::select! {
        outcome = register::register(rest, identity.application, &commands) => report_registration(outcome),
        () = stop.clone() => {}
    }
    let operator = OperatorSocket::open(config, &bot);
    let served_metrics = super::metrics::serve(config.metrics, Arc::clone(&bot.metrics)).await?;
    let token = config.token.as_ref().ok_or(RunError::NoToken)?;
    let (first, last, total) = shards(config, identity.shards);
    let connection = Connection {
        url: identity.gateway_url.clone(),
        max_concurrency: identity.max_concurrency,
        first,
        last,
        total,
    };
    tracing::info!(
        application.id = identity.application.0,
        shards = total,
        tools = bot.catalog.view(None).base_len(),
        "starting; stop with Ctrl-C or SIGTERM"
    );
    let running =
        gateway::run(Arc::clone(&bot), token, config.api_url.as_ref(), connection, stop.clone(), GRACE);
    // The terminal's commands end beside the bot's answers, within the same time.
    let ended = match future::select(pin!(running), stop).await {
        Either::Left((ended, _)) => {
            operator.close(GRACE).await;
            ended
        }
        Either::Right(((), running)) => tokio::join!(running, operator.close(GRACE)).0,
    };
    drop(served_metrics);
    let leftover = ended?;
    tracing::info!(
        answers_unfinished = leftover.answers,
        reactions_unapplied = !leftover.reactions_applied,
        outbox_left = leftover.outbox,
        "stopped"
    );
    Ok(())
}

/// Builds everything that stands between the gateway and the store.
async fn build(
    config: &Config,
    rest: &Rest,
    identity: &Identity,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
) -> Result<Arc<Bot>, RunError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let stock = Stock::load(store.as_ref(), config.starter).await?;
    metrics.tools.set(stock.catalog.view(None).base_len() as u64);
    let defaults = QuietDefaults {
        card_reuse_hours: config.quiet.card_reuse_hours,
        limits: quiet::Limits {
            member_per_minute: config.quiet.member_per_minute,
            channel_per_minute: config.quiet.channel_per_minute,
        },
    };
    let questions = Arc::new(Questions::new(
        Arc::clone(&stock.catalog),
        Arc::clone(&store),
        Arc::clone(&clock),
        defaults,
    ));
    let outbox = Outbox::new(OUTBOX_LIMIT, Arc::clone(&metrics));
    let voting = Voting::open(voting::Parts {
        us: identity.user,
        store: Arc::clone(&store),
        voters: Arc::new(Voters::new(voter_key(config)?, stock.voter_rules)),
        rest: rest.clone(),
        outbox: outbox.clone(),
        view: Arc::new(Faces::new(Arc::clone(&questions))),
        clock: Arc::clone(&clock),
        metrics: Arc::clone(&metrics),
        recount_days: config.recount_days,
    })
    .await?;
    Ok(Arc::new(Bot {
        application: identity.application,
        user: identity.user,
        rest: rest.clone(),
        outbox,
        voting,
        questions,
        desk: Desk::new(Moderation::new(Arc::clone(&stock.catalog), Arc::clone(&store), Arc::clone(&clock))),
        catalog: stock.catalog,
        store,
        clock,
        metrics,
        mentions: config.mentions,
    }))
}

/// Asks Discord who we are and how many shards it recommends.
async fn identify(rest: &Rest, config: &Config) -> Result<Identity, RunError> {
    let place = place(config);
    let failed = |error: RestError| {
        if error.is_unauthorized() {
            RunError::WrongToken
        } else {
            RunError::Unreachable(place.clone(), error)
        }
    };
    let application = rest.call(calls::current_application()).await.map_err(failed)?;
    let user = rest.call(calls::current_user()).await.map_err(failed)?;
    let gateway = rest.call(calls::gateway_bot()).await.map_err(failed)?;
    let strange = |what: &str| RunError::Strange(place.clone(), format!("{what} is missing"));
    if gateway.pointer("/session_start_limit/remaining").and_then(Value::as_u64) == Some(0) {
        let wait =
            gateway.pointer("/session_start_limit/reset_after").and_then(Value::as_u64).unwrap_or_default();
        return Err(RunError::NoSessionsLeft(Duration::from_millis(wait)));
    }
    let servers = application.get("approximate_guild_count").and_then(Value::as_u64).unwrap_or_default();
    if let Shards::Some { total, .. } = config.shards
        && servers > u64::from(total) * SERVERS_PER_SHARD
    {
        return Err(RunError::TooFewShards { shards: total, servers });
    }
    Ok(Identity {
        application: ApplicationId(id(&application).ok_or_else(|| strange("the application's id"))?),
        user: UserId(id(&user).ok_or_else(|| strange("the bot's id"))?),
        gateway_url: gateway
            .get("url")
            .and_then(Value::as_str)
            .ok_or_else(|| strange("the gateway's address"))?
            .to_owned(),
        max_concurrency: gateway
            .pointer("/session_start_limit/max_concurrency")
            .and_then(Value::as_u64)
            .and_then(|most| u32::try_from(most).ok())
            .unwrap_or(1),
        shards: gateway
            .get("shards")
            .and_then(Value::as_u64)
            .and_then(|shards| u32::try_from(shards).ok())
            .filter(|shards| *shards > 0)
            .ok_or_else(|| strange("the number of shards"))?,
    })
}

/// The API as it is named to the operator.
pub(super) fn place(config: &Config) -> String {
    config.api_url.as_ref().map_or_else(|| "Discord".to_owned(), |url| format!("DISCORD_API_URL {url}"))
}

fn id(value: &Value) -> Option<u64> {
    value.get("id")?.as_str()?.parse().ok()
}

/// First and last shard of this process, and how many there are in all.
fn shards(config: &Config, recommended: u32) -> (u32, u32, u32) {
    match &config.shards {
        Shards::Auto => (0, recommended - 1, recommended),
        Shards::Some { range, total } => (range.start, range.end - 1, *total),
    }
}

async fn open_store(
    config: &Config,
    application: ApplicationId,
    options: RunOptions,
) -> Result<Arc<dyn Store>, RunError> {
    let Database::Sled(path) = &config.database;
    let folder = StoreFolder::at(path.clone());
    let options = OpenOptions {
        voter_key: config.voter_key.as_ref().map(|key| VoterKey::of_setting(key.reveal())),
        application: Some(application),
        accept_loss: options.accept_loss,
        ..OpenOptions::default()
    };
    Ok(crate::store::open(&folder, options).await?)
}

/// The key under which voters are hashed: the setting, else the file that opening the store has made.
fn voter_key(config: &Config) -> Result<VoterKey, OpenError> {
    let given = config.voter_key.as_ref().map(|key| VoterKey::of_setting(key.reveal()));
    given.map_or_else(|| VoterKey::load_or_create(config.database.folder()), Ok)
}

/// A set of commands that could not be written is no reason to be silent: the old ones still work.
fn report_registration(outcome: Result<Registered, RestError>) {
    match outcome {
        Ok(Registered::Unchanged(count)) => {
            tracing::info!(commands = count, "commands are registered already")
        }
        Ok(Registered::Replaced(names)) => {
            tracing::info!(commands = names.join(" "), "commands were registered anew");
        }
        Err(error) => {
            tracing::error!(%error, "commands could not be registered; `tiebreaker register` tries again")
        }
    }
}
