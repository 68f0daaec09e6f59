//! Everything that votes need, wired: cards known, reactions in order, scores shown, lists compared.
//!
//! The rest of the bot calls [`Voting::look`] for every event of a shard, [`Voting::register`] for every card it posts, and
//! [`Voting::close`] at the end. What must happen now and then (held marks that mature, data that is due to go) is done
//! here as well.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use serenity::all::Event;
use tokio::task::JoinSet;

use crate::{
    discord::{
        adopt::Adoption,
        outbox::Outbox,
        reactions::{Follow, Streams},
        recount::{Progress, Recounts, Report, RestReactions, Scope},
        refresh::{CardView, Refresher},
        rest::Rest,
    },
    domain::{
        ids::{MessageId, ServerId, ToolId, UserId},
        time::Timestamp,
    },
    service::{
        cards::KnownCards,
        ports::{Clock, Place},
        recount::Recounter,
        servers::ServerLife,
        vote::{Effects, Votes},
        voters::Voters,
    },
    store::{
        Store, StoreError,
        contract::TallyChange,
        records::{Card, VoterRules},
    },
    telemetry::Metrics,
};

/// How often held marks are looked through for those whose time has come.
const MATURE_EVERY: Duration = Duration::from_secs(60);
/// How often data that is due to go is deleted.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);
/// A failing store is named in the log at most this often.
const COMPLAIN_EVERY: Duration = Duration::from_secs(30);

/// What voting is built from.
pub struct Parts {
    /// Our own account.
    pub us: UserId,
    /// Where marks are kept.
    pub store: Arc<dyn Store>,
    /// Hashes and rules of voters.
    pub voters: Arc<Voters>,
    /// Calls to Discord.
    pub rest: Rest,
    /// Background work.
    pub outbox: Outbox,
    /// How a card looks.
    pub view: Arc<dyn CardView>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How old cards are compared after a session, in days.
    pub recount_days: u32,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("recount_days", &self.recount_days).finish_non_exhaustive()
    }
}

/// Votes on Discord. Cheap to clone.
#[derive(Clone)]
pub struct Voting(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    cards: Arc<KnownCards>,
    servers: Arc<ServerLife>,
    voters: Arc<Voters>,
    streams: Streams,
    follower: Arc<Follower>,
    view: Arc<dyn CardView>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    upkeep: Mutex<JoinSet<()>>,
}

impl std::fmt::Debug for Voting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voting").field("cards", &self.0.cards.len()).finish_non_exhaustive()
    }
}

impl Voting {
    /// Reads which cards there are and starts what runs beside the shards. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(parts: Parts) -> Result<Self, StoreError> {
        let Parts { us, store, voters, rest, outbox, view, clock, metrics, recount_days } = parts;
        let cards = Arc::new(KnownCards::load(store.as_ref()).await?);
        let servers = Arc::new(ServerLife::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&metrics)));
        let votes = Arc::new(Votes::new(
            Arc::clone(&store),
            Arc::clone(&cards),
            Arc::clone(&voters),
            Arc::clone(&servers),
            Arc::clone(&clock),
            Arc::clone(&metrics),
        ));
        let refresher = Refresher::new(
            outbox.clone(),
            rest.clone(),
            Arc::clone(&store),
            Arc::clone(&cards),
            Arc::clone(&view),
            Arc::clone(&clock),
        );
        let recounter = Recounter::new(
            Arc::clone(&store),
            Arc::new(RestReactions::new(rest.clone(), refresher.clone())),
            Arc::clone(&voters),
            Arc::clone(&cards),
            Arc::clone(&clock),
            Arc::clone(&metrics),
        );
        let recounts = Recounts::new(
            recounter,
            Arc::clone(&store),
            outbox.clone(),
            refresher.clone(),
            Arc::clone(&clock),
            recount_days,
        );
        let adoption = Adoption {
            us,
            store: Arc::clone(&store),
            cards: Arc::clone(&cards),
            rest: rest.clone(),
            outbox: outbox.clone(),
            recounts: recounts.clone(),
        };
        let follower = Arc::new(Follower {
            refresher,
            recounts,
            adoption,
            started: AtomicBool::new(false),
            clock: Arc::clone(&clock),
            complained: Mutex::default(),
        });
        let follow: Arc<dyn Follow> = Arc::<Follower>::clone(&follower);
        let counts = Arc::clone(&metrics);
        let streams = Streams::new(us, votes, Arc::clone(&cards), Arc::clone(&clock), follow, counts);
        let this = Self(Arc::new(Inner {
            store,
            cards,
            servers,
            voters,
            streams,
            follower,
            view,
            clock,
            metrics,
            upkeep: Mutex::default(),
        }));
        this.keep_up();
        Ok(this)
    }

    /// Looks at an event of a shard. Call it for every event, in order, inside the shard's loop. Never waits.
    pub fn look(&self, shard: u32, event: &Event) {
        self.0.streams.look(shard, event);
    }

    /// A card was posted: it is known when this returns, and may be seeded.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn register(&self, card: Card) -> Result<(), StoreError> {
        let id = card.id;
        if self.0.cards.register(self.0.store.as_ref(), card).await? {
            self.0.follower.recounts.fresh_card(id);
        }
        Ok(())
    }

    /// Hashes and rules of voters; tell it when a server changes its rules.
    #[must_use]
    pub fn voters(&self) -> &Voters {
        &self.0.voters
    }

    /// Whether a server has the bot and can be reached, as far as the gateway told.
    #[must_use]
    pub fn is_here(&self, server: ServerId) -> bool {
        self.0.servers.is_here(server)
    }

    /// Whether a message is a card of ours.
    #[must_use]
    pub fn is_card(&self, message: MessageId) -> bool {
        self.0.cards.contains(message)
    }

    /// Tallies were changed by something else than a reaction (a release, a block, an erasure): cards show it.
    pub async fn show(&self, changed: &[TallyChange]) {
        for change in changed {
            let shown = self.0.follower.refresher.tool_changed(change.server, &change.tool, None).await;
            if let Err(error) = shown {
                self.0.follower.complain(&error);
            }
        }
    }

    /// A tool was changed in a server: its cards there show it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn show_tool(&self, server: ServerId, tool: &ToolId) -> Result<(), StoreError> {
        self.0.follower.refresher.tool_edited(server, tool).await
    }

    /// Compares cards with Discord's lists on command.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recount(&self, scope: Scope, progress: &Progress) -> Result<Report, StoreError> {
        self.0.follower.recounts.on_command(scope, progress).await
    }

    /// Says how a server's cards differ from Discord's lists; writes nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn look_at_cards(
        &self,
        server: ServerId,
        since: Timestamp,
        within: Duration,
        progress: &Progress,
    ) -> Result<Report, StoreError> {
        self.0.follower.recounts.look(server, since, within, progress).await
    }

    /// Makes cards of a server equal to Discord's lists.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn repair_cards(
        &self,
        server: ServerId,
        cards: &[MessageId],
        within: Duration,
        progress: &Progress,
    ) -> Result<Report, StoreError> {
        self.0.follower.recounts.repair(server, cards, within, progress).await
    }

    /// Ends recounts and upkeep, applies what has arrived, and stops. Close the gateway first. Returns whether everything
    /// was applied `within` that time.
    pub async fn close(&self, within: Duration) -> bool {
        self.0.follower.recounts.close();
        self.0.upkeep.lock().abort_all();
        self.0.streams.close(within).await
    }

    fn keep_up(&self) {
        let mut upkeep = self.0.upkeep.lock();
        // Weak: what runs in the background must not keep the store open.
        let weak = Arc::downgrade(&self.0);
        upkeep.spawn(async move {
            let mut tick = tokio::time::interval(MATURE_EVERY);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                let Some(this) = weak.upgrade().map(Self) else { return };
                // Nobody may vote tonight, and still somebody has to free some space.
                let stopped = this.0.store.write_error();
                this.0.metrics.store_writes_stopped.set(stopped.is_some().into());
                if let Some(error) = stopped {
                    this.0.follower.complain(&error);
                    continue;
                }
                match this.0.store.mature(this.0.clock.now()).await {
                    Ok(changed) => this.show(&changed).await,
                    Err(error) => this.0.follower.complain(&error),
                }
            }
        });
        let weak = Arc::downgrade(&self.0);
        upkeep.spawn(async move {
            let mut tick = tokio::time::interval(PURGE_EVERY);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                let Some(this) = weak.upgrade().map(Self) else { return };
                match this.0.store.purge_due(this.0.clock.now()).await {
                    Ok(report) => {
                        for server in &report.servers {
                            this.0.view.server_forgotten(*server);
                            this.0.voters.set_rules(*server, VoterRules::default());
                            tracing::info!(guild.id = server.0, "the data of a server that left was deleted");
                        }
                        this.show(&report.tallies).await;
                    }
                    Err(error) => this.0.follower.complain(&error),
                }
            }
        });
    }
}

/// What follows from applied events.
struct Follower {
    refresher: Refresher,
    recounts: Recounts,
    adoption: Adoption,
    /// The first session after the start has begun.
    started: AtomicBool,
    clock: Arc<dyn Clock>,
    complained: Mutex<Option<tokio::time::Instant>>,
}

impl Follower {
    /// Says in the log that the store fails, but not for every vote.
    fn complain(&self, error: &StoreError) {
        let now = tokio::time::Instant::now();
        let mut last = self.complained.lock();
        if last.is_none_or(|last| now - last >= COMPLAIN_EVERY) {
            *last = Some(now);
            tracing::error!(%error, "the store failed; votes of the meantime are read from Discord later");
        }
    }
}

#[async_trait]
impl Follow for Follower {
    async fn applied(&self, effects: Effects) {
        if let Some(error) = &effects.error {
            self.complain(error);
        }
        for changed in effects.changed_once() {
            let shown = self.refresher.card_changed(changed.card, changed.server, &changed.tool).await;
            if let Err(error) = shown {
                self.complain(&error);
            }
        }
        self.recounts.touched(effects.touched_once());
        self.recounts.cards(effects.doubtful.iter().copied());
        self.recounts.cards(effects.failed.iter().copied());
        for place in &effects.registered {
            self.recounts.fresh_card(place.card);
        }
        for server in &effects.returned {
            self.recounts.server_returned(*server);
        }
        if !effects.sessions.is_empty()
            && !self.started.swap(true, Ordering::AcqRel)
            && let Err(error) = self.adoption.look_around(self.clock.now()).await
        {
            self.complain(&error);
        }
        for session in &effects.sessions {
            self.recounts.session_began(session);
        }
    }

    fn strange(&self, server: ServerId, place: Place) {
        self.adoption.look_at(server, place);
    }

    async fn missed(&self, cards: Vec<MessageId>) {
        tracing::warn!(
            cards = cards.len(),
            "reaction events were dropped, the queue was full; their cards are compared"
        );
        self.recounts.cards(cards);
    }
}
