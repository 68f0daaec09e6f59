//! Comparing cards with Discord's lists: when which card is read.
//!
//! | file | what |
//! | --- | --- |
//! | [`lists`] | reading the lists, by REST |
//! | [`run`] | comparing cards side by side, in their lanes |
//! | [`report`] | what a run is asked for, how far it is, what it found |
//!
//! | after | what is compared | how |
//! | --- | --- | --- |
//! | a session that was not resumed | the shard's cards of the last `RECOUNT_DAYS` days | in full, newest first, channels taking turns |
//! | the return of a server | its cards of as many days | the same |
//! | a dropped event, a doubtful removal | that card | in full |
//! | a registration | that card | counts; in full when anybody but us is there |
//! | a minute of quiet after votes | that card | counts; in full when they differ |
//! | `/recount` | a server's cards | looked at in full, written when a moderator says so |
//! | `tiebreaker recount` | all cards, or a server's | in full, with a report |
//!
//! Reads go through the outbox (a lane a channel) and take from the recount share of the global limit. Cards that could
//! not be read for a passing reason are tried again later in the same run.

mod lists;
mod report;
mod run;

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::{
    sync::{Notify, Semaphore},
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use self::run::{How, Manner, Target};
pub use self::{
    lists::RestReactions,
    report::{Progress, Report, Scope},
};
use crate::{
    discord::{outbox::Outbox, refresh::Refresher},
    domain::{
        ids::{MessageId, ServerId},
        time::Timestamp,
    },
    service::{
        ports::{Clock, Place},
        recount::Recounter,
        servers::{Session, shard_of},
    },
    store::{Store, StoreError, contract::CardPlace},
};

/// So many cards are read at the same time; the outbox keeps room for other work beside them.
const WINDOW: usize = 16;
/// Cards taken from the store at a time.
const PAGE: usize = 1_000;
/// Wishes for single cards are gathered for so long.
const GATHER: Duration = Duration::from_millis(200);
/// A card without events for so long has gone quiet.
const QUIET: Duration = Duration::from_secs(60);
/// At most so many cards are watched for going quiet.
const MOST_WATCHED: usize = 50_000;
/// Decides when which card is compared. Cheap to clone.
#[derive(Clone)]
pub struct Recounts(Arc<Inner>);

struct Inner {
    recounter: Recounter,
    store: Arc<dyn Store>,
    outbox: Outbox,
    refresher: Refresher,
    clock: Arc<dyn Clock>,
    days: u32,
    window: Arc<Semaphore>,
    wishes: Mutex<Wishes>,
    bell: Notify,
    /// Tasks that end with us.
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Default)]
struct Wishes {
    cards: FxHashMap<MessageId, How>,
    quiet: FxHashMap<MessageId, Instant>,
    sessions: FxHashMap<u32, AbortHandle>,
}

impl std::fmt::Debug for Recounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recounts").finish_non_exhaustive()
    }
}

impl Recounts {
    /// Compares through `recounter`, in the lanes of `outbox`. `days`: how old cards are compared after a session.
    /// Must be called inside a tokio runtime.
    #[must_use]
    pub fn new(
        recounter: Recounter,
        store: Arc<dyn Store>,
        outbox: Outbox,
        refresher: Refresher,
        clock: Arc<dyn Clock>,
        days: u32,
    ) -> Self {
        let this = Self(Arc::new(Inner {
            recounter,
            store,
            outbox,
            refresher,
            clock,
            days,
            window: Arc::new(Semaphore::new(WINDOW)),
            wishes: Mutex::default(),
            bell: Notify::new(),
            tasks: Mutex::default(),
        }));
        this.spawn(this.clone().gather());
        this.spawn(this.clone().watch_quiet());
        this
    }

    /// Compares these cards in full, soon.
    pub fn cards(&self, cards: impl IntoIterator<Item = MessageId>) {
        self.wish(cards, How::Full);
    }

    /// Looks at a card that was just registered.
    pub fn fresh_card(&self, card: MessageId) {
        self.wish([card], How::Fresh);
    }

    /// Something happened on these cards: when they have gone quiet, their counts are read once.
    pub fn touched(&self, cards: impl IntoIterator<Item = MessageId>) {
        let due = Instant::now() + QUIET;
        let mut wishes = self.0.wishes.lock();
        for card in cards {
            if wishes.quiet.len() < MOST_WATCHED || wishes.quiet.contains_key(&card) {
                wishes.quiet.insert(card, due);
            }
        }
    }

    /// A session began anew: the cards of its servers are compared. A run for an earlier session of the shard ends.
    pub fn session_began(&self, session: &Session) {
        let (shard, shards) = (session.shard, session.shards);
        let servers: FxHashSet<ServerId> = session.servers.iter().copied().collect();
        let this = self.clone();
        let since = self.0.clock.now().plus(-i64::from(self.0.days) * Timestamp::DAY);
        let run = async move {
            let of_shard = |server| shard_of(server, shards) == shard && servers.contains(&server);
            match this.targets(CardPlace::All, since, of_shard).await {
                Ok(targets) if targets.is_empty() => {}
                Ok(targets) => {
                    tracing::info!(
                        shard.id = shard,
                        cards = targets.len(),
                        "recount after a new session begins"
                    );
                    this.run(targets, &Progress::default(), Manner { shard: Some(shard), ..Manner::PATIENT })
                        .await;
                }
                Err(error) => {
                    tracing::error!(shard.id = shard, %error, "no recount: the store could not be read")
                }
            }
        };
        let handle = self.spawn(run);
        if let Some(earlier) = self.0.wishes.lock().sessions.insert(shard, handle) {
            earlier.abort();
        }
    }

    /// A server came back: its cards are compared like those of a new session.
    pub fn server_returned(&self, server: ServerId) {
        let this = self.clone();
        let since = self.0.clock.now().plus(-i64::from(self.0.days) * Timestamp::DAY);
        self.spawn(async move {
            match this.targets(CardPlace::Server(server), since, |_| true).await {
                Ok(targets) if targets.is_empty() => {}
                Ok(targets) => {
                    this.run(targets, &Progress::default(), Manner::PATIENT).await;
                }
                Err(error) => {
                    tracing::error!(guild.id = server.0, %error, "no recount: the store could not be read")
                }
            }
        });
    }

    /// Compares cards on command, and reports.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn on_command(&self, scope: Scope, progress: &Progress) -> Result<Report, StoreError> {
        let (place, since) = match scope {
            Scope::Server(server, since) => (CardPlace::Server(server), since),
            Scope::All(since) => (CardPlace::All, since),
        };
        let targets = self.targets(place, since.unwrap_or(Timestamp(i64::MIN)), |_| true).await?;
        Ok(self.run(targets, progress, Manner::PATIENT).await)
    }

    /// Looks at the cards of a server, newest first, and writes nothing: the report says what differs. Ends after `within`;
    /// the report says how many cards are left then.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn look(
        &self,
        server: ServerId,
        since: Timestamp,
        within: Duration,
        progress: &Progress,
    ) -> Result<Report, StoreError> {
        let mut targets = self.targets(CardPlace::Server(server), since, |_| true).await?;
        targets.iter_mut().for_each(|target| target.how = How::Look);
        Ok(self.run(targets, progress, Manner::within(within)).await)
    }

    /// Makes these cards of a server equal to Discord's lists while a moderator waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn repair(
        &self,
        server: ServerId,
        cards: &[MessageId],
        within: Duration,
        progress: &Progress,
    ) -> Result<Report, StoreError> {
        let mut targets = Vec::with_capacity(cards.len());
        for card in cards {
            if let Some(card) = self.0.store.card(*card).await?.filter(|card| card.server == server) {
                let place = Place { channel: card.channel, card: card.id };
                targets.push(Target { place, how: How::Full });
            }
        }
        Ok(self.run(targets, progress, Manner::within(within)).await)
    }

    /// Ends all runs.
    pub fn close(&self) {
        self.0.tasks.lock().abort_all();
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let mut tasks = self.0.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task)
    }

    fn wish(&self, cards: impl IntoIterator<Item = MessageId>, how: How) {
        let mut wishes = self.0.wishes.lock();
        for card in cards {
            let wished = wishes.cards.entry(card).or_insert(how);
            *wished = how.max(*wished);
        }
        self.0.bell.notify_one();
    }

    /// Turns wishes for single cards into runs.
    async fn gather(self) {
        loop {
            self.0.bell.notified().await;
            tokio::time::sleep(GATHER).await;
            let wished = std::mem::take(&mut self.0.wishes.lock().cards);
            let mut targets = Vec::with_capacity(wished.len());
            for (card, how) in wished {
                match self.0.store.card(card).await {
                    Ok(Some(card)) if card.frozen.is_none() => {
                        targets.push(Target { place: Place { channel: card.channel, card: card.id }, how });
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::error!(message.id = card.0, %error, "no recount: the store could not be read")
                    }
                }
            }
            if !targets.is_empty() {
                targets.sort_unstable_by_key(|target| std::cmp::Reverse(target.place.card));
                let this = self.clone();
                self.spawn(async move {
                    this.run(targets, &Progress::default(), Manner::PATIENT).await;
                });
            }
        }
    }

    /// Finds cards that have gone quiet.
    async fn watch_quiet(self) {
        let mut tick = tokio::time::interval(Duration::from_secs(5));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let now = Instant::now();
            let mut due = Vec::new();
            {
                let mut wishes = self.0.wishes.lock();
                if wishes.quiet.is_empty() {
                    continue;
                }
                wishes.quiet.retain(|card, at| {
                    let stays = *at > now;
                    if !stays {
                        due.push(*card);
                    }
                    stays
                });
                if wishes.quiet.is_empty() {
                    wishes.quiet.shrink_to(1_024);
                }
            }
            self.wish(due, How::Quiet);
        }
    }

    /// Cards of a place, newest first.
    async fn targets(
        &self,
        place: CardPlace,
        since: Timestamp,
        wanted: impl Fn(ServerId) -> bool,
    ) -> Result<Vec<Target>, StoreError> {
        let mut targets = Vec::new();
        let mut before = None;
        loop {
            let page = self.0.store.cards(place.clone(), since, before, PAGE).await?;
            targets.extend(page.iter().filter(|card| wanted(card.server)).map(|card| Target {
                place: Place { channel: card.channel, card: card.id },
                how: How::Full,
            }));
            match page.last() {
                Some(last) if page.len() == PAGE => before = Some(last.id),
                _ => return Ok(targets),
            }
        }
    }
}
