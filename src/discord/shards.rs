//! Our shards: serenity's shard runner, driven by us.
//!
//! serenity's client starts a task for every event it has a handler or a framework for, foreign reactions included. That
//! costs 11 µs of CPU an event, more than reading the event does (9 µs), and it gives the order away. So no handler is
//! registered at all: one function of ours is called inside the shard's loop for every event, in order, and starts a task
//! only for what is to be answered. It is in place before the runner runs, so READY and everything after it is seen.
//!
//! Running the runner ourselves mends three more things of serenity 0.12.5: shards start as fast as `max_concurrency`
//! allows (not one in five seconds), a resume goes to READY's `resume_gateway_url`, and a session that ends at once is
//! tried again with a growing pause (identifies are counted by the day).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    time::Duration,
};

use serenity::{
    all::{Context, Event, GatewayIntents, Http, ShardId, ShardInfo, ShardManager, ShardMessenger},
    gateway::{
        CollectorCallback, GatewayError, Shard, ShardManagerOptions, ShardRunner, ShardRunnerMessage,
        ShardRunnerOptions,
    },
    prelude::{RwLock, TypeMap},
};
use tokio::{
    sync::{Mutex, watch},
    task::JoinSet,
    time::{Instant, timeout},
};

/// Shards of one bucket may identify once in this time. Source: Discord's topic "Gateway", section "Sharding".
const IDENTIFY_EVERY: Duration = Duration::from_millis(5_050);
/// A session that lasted so long was a good one: the next begins without a pause.
const GOOD_SESSION: Duration = Duration::from_secs(60);
/// The longest pause before a further session: at most 720 identifies a day of the 1,000 that Discord allows.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// A shard with more servers is refused by Discord (close code 4011), which serenity would try again for ever.
/// Source: Discord's topic "Gateway", section "Sharding".
pub const SERVERS_PER_SHARD: u64 = 2_500;
/// A connection that does not stand after this time is given up.
const CONNECTING: Duration = Duration::from_secs(20);
/// How long a shard may take to say good-bye.
const GOOD_BYE: Duration = Duration::from_secs(2);

/// What shards are run with.
#[derive(Clone)]
pub struct Setup {
    /// serenity's HTTP client; holds the token, and answers made by serenity or poise go through it.
    pub http: Arc<Http>,
    /// Where the gateway is, as `GET /gateway/bot` told.
    pub gateway_url: String,
    /// What events are wanted.
    pub intents: GatewayIntents,
    /// First shard of this process.
    pub first: u32,
    /// Last shard of this process.
    pub last: u32,
    /// Shards of all processes.
    pub total: u32,
    /// How many shards may identify at the same time, as `GET /gateway/bot` told.
    pub max_concurrency: u32,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("shards", &(self.first..=self.last))
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// The connection of one shard, for whoever handles its events.
#[derive(Clone)]
pub struct Line {
    /// serenity's context, as handlers get it.
    pub context: Context,
    /// serenity's manager; poise wants one. It manages nothing.
    pub manager: Arc<ShardManager>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("shard", &self.context.shard_id).finish_non_exhaustive()
    }
}

/// Called for every event inside the shard's loop: it must be quick and must not wait.
pub type OnEvent = Arc<dyn Fn(&Line, &Event) + Send + Sync>;

/// Runs the shards until `stop` is done, then closes them in good order.
///
/// # Errors
/// When Discord refuses the token, the intents or the shards for good; the others are closed.
pub async fn run(
    setup: Setup,
    on_event: OnEvent,
    stop: impl Future<Output = ()>,
) -> Result<(), GatewayError> {
    let (closing, closed) = watch::channel(false);
    let buckets = (0..setup.max_concurrency.max(1)).map(|_| Mutex::new(None)).collect();
    let shared = Arc::new(Shared { setup, on_event, closed, buckets });
    let mut shards = JoinSet::new();
    for id in shared.setup.first..=shared.setup.last {
        shards.spawn(Arc::clone(&shared).keep(id));
    }
    let mut stop = std::pin::pin!(stop);
    let mut result = Ok(());
    loop {
        tokio::select! {
            () = &mut stop, if !*closing.borrow() => {
                let _ = closing.send(true);
            }
            ended = shards.join_next() => match ended {
                None => return result,
                Some(Ok(Err(error))) => {
                    result = Err(error);
                    let _ = closing.send(true);
                }
                Some(_) => {}
            }
        }
    }
}

struct Shared {
    setup: Setup,
    on_event: OnEvent,
    closed: watch::Receiver<bool>,
    /// When a shard of each bucket last identified.
    buckets: Vec<Mutex<Option<Instant>>>,
}

/// How a session ended.
enum End {
    /// The bot stops.
    Stopped,
    /// A new session is to be begun.
    Again,
    /// There was none: the gateway could not be reached.
    Unreached(String),
    /// Discord will not have us.
    Refused(GatewayError),
}

impl Shared {
    /// Keeps one shard connected.
    async fn keep(self: Arc<Self>, id: u32) -> Result<(), GatewayError> {
        let mut pause = Duration::ZERO;
        let mut closed = self.closed.clone();
        loop {
            tokio::select! {
                _ = closed.wait_for(|closed| *closed) => return Ok(()),
                () = self.wait_for_turn(id, pause) => {}
            }
            let start = Instant::now();
            let unreached = match self.session(id, closed.clone()).await {
                End::Stopped => return Ok(()),
                End::Refused(error) => return Err(error),
                End::Again => None,
                End::Unreached(why) => Some(why),
            };
            let lasted = start.elapsed();
            pause = if unreached.is_none() && lasted >= GOOD_SESSION {
                Duration::ZERO
            } else {
                (pause * 2).clamp(Duration::from_secs(1), LONGEST_PAUSE)
            };
            let pause_ms = pause.as_secs() * 1_000;
            let duration_ms = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
            match unreached {
                None => tracing::warn!(
                    shard.id = id,
                    duration_ms,
                    pause_ms,
                    "a gateway session ended; a new one begins"
                ),
                Some(error) => tracing::warn!(
                    shard.id = id,
                    error,
                    pause_ms,
                    "the gateway could not be reached; it is tried again"
                ),
            }
        }
    }

    /// Waits for the pause and for the shard's turn to identify.
    async fn wait_for_turn(&self, id: u32, pause: Duration) {
        tokio::time::sleep(pause).await;
        let bucket = self.buckets.get(id as usize % self.buckets.len().max(1));
        let Some(bucket) = bucket else { return };
        let mut last = bucket.lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + IDENTIFY_EVERY).await;
        }
        *last = Some(Instant::now());
    }

    /// One runner, from its connection to its end. It resumes by itself where Discord allows it.
    async fn session(&self, id: u32, mut closed: watch::Receiver<bool>) -> End {
        let setup = &self.setup;
        let url = Arc::new(Mutex::new(setup.gateway_url.clone()));
        let info = ShardInfo { id: ShardId(id), total: setup.total };
        let connecting = Shard::new(Arc::clone(&url), setup.http.token(), info, setup.intents, None);
        let connected = tokio::select! {
            connected = timeout(CONNECTING, connecting) => connected,
            _ = closed.wait_for(|closed| *closed) => return End::Stopped,
        };
        let mut shard = match connected {
            Ok(Ok(shard)) => shard,
            Ok(Err(error)) => return End::Unreached(error.to_string()),
            Err(_) => return End::Unreached("it does not answer".to_owned()),
        };
        let http = Arc::clone(&setup.http);
        shard.set_application_id_callback(move |id| http.set_application_id(id));
        let data = Arc::new(RwLock::new(TypeMap::new()));
        let manager = match idle_manager(setup, Arc::clone(&data), Arc::clone(&url)) {
            Ok(manager) => manager,
            Err(error) => {
                tracing::error!(shard.id = id, %error, "no shard can be run");
                return End::Again;
            }
        };
        // The runner announces its end to the manager and waits until that is confirmed.
        manager.shutdown_finished(ShardId(id));
        let mut runner = ShardRunner::new(ShardRunnerOptions {
            data: Arc::clone(&data),
            event_handlers: Vec::new(),
            raw_event_handlers: Vec::new(),
            framework: None,
            manager: Arc::clone(&manager),
            shard,
            http: Arc::clone(&setup.http),
        });
        let messenger = ShardMessenger::new(&runner);
        let context =
            Context { data, shard: messenger.clone(), shard_id: ShardId(id), http: Arc::clone(&setup.http) };
        self.listen(&messenger, Line { context, manager }, url);
        // In a set, so that the runner ends with us whatever ends us.
        let mut running = JoinSet::new();
        running.spawn(async move { runner.run().await });
        let ended = tokio::select! {
            ended = running.join_next() => ended,
            _ = closed.wait_for(|closed| *closed) => None,
        };
        match ended {
            None => {
                messenger.send_to_shard(ShardRunnerMessage::Shutdown(ShardId(id), 1_000));
                let _ = timeout(GOOD_BYE, running.join_next()).await;
                End::Stopped
            }
            Some(Ok(Ok(()))) => End::Again,
            Some(Ok(Err(serenity::Error::Gateway(error)))) => End::Refused(error),
            Some(Ok(Err(error))) => {
                tracing::warn!(shard.id = id, %error, "a shard stopped");
                End::Again
            }
            Some(Err(error)) => {
                tracing::error!(shard.id = id, %error, "a shard panicked");
                End::Again
            }
        }
    }

    fn listen(&self, messenger: &ShardMessenger, line: Line, url: Arc<Mutex<String>>) {
        let on_event = Arc::clone(&self.on_event);
        messenger.add_collector(CollectorCallback(Box::new(move |event| {
            if let Event::Ready(event) = event
                && !event.ready.resume_gateway_url.is_empty()
                && let Ok(mut url) = url.try_lock()
            {
                // A resume connects to where READY said.
                event.ready.resume_gateway_url.clone_into(&mut url);
            }
            // A panic here would poison the runner's list and end the shard.
            if catch_unwind(AssertUnwindSafe(|| on_event(&line, event))).is_err() {
                tracing::error!(shard.id = line.context.shard_id.0, "looking at an event panicked");
            }
            true
        })));
    }
}

/// serenity's runner needs a manager. This one manages nothing: the task that would start shards behind our back lives in
/// a runtime that never runs and is gone at once.
fn idle_manager(
    setup: &Setup,
    data: Arc<RwLock<TypeMap>>,
    ws_url: Arc<Mutex<String>>,
) -> std::io::Result<Arc<ShardManager>> {
    let never_runs = tokio::runtime::Builder::new_current_thread().build()?;
    let manager = {
        let _inside = never_runs.enter();
        let (manager, _) = ShardManager::new(ShardManagerOptions {
            data,
            event_handlers: Vec::new(),
            raw_event_handlers: Vec::new(),
            framework: Arc::new(OnceLock::new()),
            shard_index: setup.first,
            shard_init: setup.last - setup.first + 1,
            shard_total: setup.total,
            ws_url,
            http: Arc::clone(&setup.http),
            intents: setup.intents,
            presence: None,
        });
        manager
    };
    never_runs.shutdown_background();
    Ok(manager)
}
