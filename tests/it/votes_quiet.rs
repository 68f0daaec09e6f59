//! A card that has gone quiet: its counts are read once, and its lists only when they differ.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use tiebreaker::{
    config::Secret,
    discord::{
        outbox::Outbox,
        recount::Recounts,
        refresh::{CardView, Refresher},
        rest::Rest,
    },
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, UserId},
        marks::ReactionKind,
        review::Verdict,
        score::Tally,
    },
    service::{
        cards::KnownCards,
        ports::{Counts, Place, Reactions, Reactor, ReadError, SystemClock},
        recount::Recounter,
        voters::Voters,
    },
    store::{
        Embedded, Store, VoterKey,
        contract::{Cards as _, MarkStore as _},
        records::{Card, CardKind},
    },
    telemetry::Metrics,
};

const CARD: MessageId = MessageId(10);

/// Ships that stand on Discord, and how often it was asked.
#[derive(Default)]
struct Discord {
    ships: Mutex<Vec<u64>>,
    counted: AtomicUsize,
    listed: AtomicUsize,
}

#[async_trait]
impl Reactions for Discord {
    async fn standing(&self, _: Place) -> Result<Vec<Reactor>, ReadError> {
        self.listed.fetch_add(1, Ordering::SeqCst);
        let reactor = |user: &u64| Reactor {
            user: UserId(*user),
            is_bot: false,
            verdict: Verdict::Ship,
            kind: ReactionKind::Normal,
            usual: true,
        };
        Ok(self.ships.lock().iter().map(reactor).collect())
    }

    async fn counts(&self, _: Place) -> Result<Counts, ReadError> {
        self.counted.fetch_add(1, Ordering::SeqCst);
        Ok(Counts { ship_normal: self.ships.lock().len() as u64, ..Counts::default() })
    }
}

struct Nothing;

#[async_trait]
impl CardView for Nothing {
    async fn body(&self, _: &Card) -> anyhow::Result<Option<Value>> {
        Ok(None)
    }
}

#[tokio::test(start_paused = true)]
async fn counts_are_read_once_and_lists_only_when_they_differ() {
    let store = Arc::new(Embedded::in_memory().unwrap());
    let (server, tool) = (ServerId(1), ToolId::base("axolotl").unwrap());
    let card = Card {
        id: CARD,
        server,
        channel: ChannelId(2),
        tool: tool.clone(),
        card: CardKind::Single,
        lang: "en".to_owned(),
        frozen: None,
        plain: false,
    };
    store.register_card(card).await.unwrap();
    let shared: Arc<dyn Store> = store.clone();
    let (discord, metrics) = (Arc::<Discord>::default(), Arc::<Metrics>::default());
    let cards = Arc::new(KnownCards::load(shared.as_ref()).await.unwrap());
    let recounter = Recounter::new(
        Arc::clone(&shared),
        discord.clone(),
        Arc::new(Voters::new(VoterKey::random().unwrap(), [])),
        Arc::clone(&cards),
        Arc::new(SystemClock),
        Arc::clone(&metrics),
    );
    let outbox = Outbox::new(100, Arc::clone(&metrics));
    let rest = Rest::new(&Secret::from("x"), None, metrics).unwrap();
    let refresher = Refresher::new(
        outbox.clone(),
        rest,
        Arc::clone(&shared),
        cards,
        Arc::new(Nothing),
        Arc::new(SystemClock),
    );
    let recounts = Recounts::new(recounter, shared, outbox, refresher, Arc::new(SystemClock), 30);
    let asked = || (discord.counted.load(Ordering::SeqCst), discord.listed.load(Ordering::SeqCst));

    // Votes go on for two minutes: nothing is read meanwhile.
    for _ in 0..12 {
        recounts.touched([CARD]);
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    assert_eq!(asked(), (0, 0));
    tokio::time::sleep(Duration::from_secs(90)).await;
    assert_eq!(asked(), (1, 0), "the counts agree");
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(asked(), (1, 0), "once");

    // An event was lost.
    *discord.ships.lock() = vec![7, 8];
    recounts.touched([CARD]);
    tokio::time::sleep(Duration::from_secs(90)).await;
    assert_eq!(asked(), (2, 1));
    // The store's writer has a thread of its own, to which the paused clock means nothing.
    let wanted = Tally { ship: 2, skip: 0, held: 0 };
    for _ in 0..2_000 {
        if store.tally(server, &tool).await.unwrap() == wanted {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
        tokio::task::yield_now().await;
    }
    assert_eq!(store.tally(server, &tool).await.unwrap(), wanted);
    recounts.close();
}
