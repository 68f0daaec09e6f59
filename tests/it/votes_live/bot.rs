//! The part of the bot that votes need, connected to a simulator: shards, streams, recounts, refreshed cards.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use serenity::all::{Event, GatewayIntents, HttpBuilder};
use tiebreaker::{
    config::Secret,
    discord::{
        card_mark::CardMark,
        emoji,
        outbox::Outbox,
        refresh::CardView,
        rest::{Rest, calls},
        shards::{self, Setup},
        voting::{Parts, Voting},
    },
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, UserId},
        review::Verdict,
        score::Tally,
    },
    service::{ports::SystemClock, voters::Voters},
    simulator::{self, Simulator},
    store::{
        Embedded, Store, VoterKey,
        records::{Card, CardKind, VoterRules},
    },
    telemetry::Metrics,
};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::openapi::Judged;

pub(super) fn tool(name: &str) -> ToolId {
    ToolId::base(name).unwrap()
}

/// What outlives a bot: its store and key.
#[derive(Clone)]
pub(super) struct Home {
    pub(super) store: Arc<dyn Store>,
    key: VoterKey,
}

impl Home {
    pub(super) fn new() -> Self {
        Self { store: Arc::new(Embedded::in_memory().unwrap()), key: VoterKey::random().unwrap() }
    }

    pub(super) async fn tally(&self, server: &simulator::ServerHandle, name: &str) -> Tally {
        self.store.tally(ServerId(server.id.0), &tool(name)).await.unwrap()
    }

    /// Waits until a tally is this. Panics with what it is instead.
    pub(super) async fn wait_for(&self, server: &simulator::ServerHandle, name: &str, ship: u64, skip: u64) {
        self.wait_for_tally(server, name, Tally { ship, skip, held: 0 }).await;
    }

    pub(super) async fn wait_for_tally(&self, server: &simulator::ServerHandle, name: &str, wanted: Tally) {
        let mut last = Tally::default();
        for _ in 0..3_000 {
            last = self.tally(server, name).await;
            if last == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{name}: {wanted:?} awaited, but it is {last:?}");
    }
}

/// Shows a card as plain text.
struct Plain(Arc<dyn Store>);

#[async_trait]
impl CardView for Plain {
    async fn body(&self, card: &Card) -> anyhow::Result<Option<Value>> {
        let tally = self.0.tally(card.server, &card.tool).await?;
        Ok(Some(json!({"content": text(tally), "allowed_mentions": {"parse": []}})))
    }
}

pub(super) fn text(tally: Tally) -> String {
    format!("ship {} skip {}", tally.ship, tally.skip)
}

/// Where most of these tests begin: a server with Alice and Ben, a bot, and Axolotl's card, seeded, in the general channel.
pub(super) struct Scene {
    pub(super) discord: Judged,
    pub(super) home: Home,
    pub(super) server: simulator::ServerHandle,
    pub(super) general: simulator::ChannelId,
    pub(super) alice: simulator::MemberHandle,
    pub(super) ben: simulator::MemberHandle,
    pub(super) bot: Bot,
    pub(super) card: simulator::MessageId,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let (discord, home) = (super::discord().await, Home::new());
        let server = discord.server("Makers");
        let (general, alice, ben) = (server.general(), server.member("Alice"), server.member("Ben"));
        let bot = Bot::start(&discord, &home).await;
        let card = bot.card(&server, general, "axolotl").await;
        Self { discord, home, server, general, alice, ben, bot, card }
    }
}

/// A running bot.
pub(super) struct Bot {
    pub(super) voting: Voting,
    pub(super) metrics: Arc<Metrics>,
    rest: Rest,
    outbox: Outbox,
    stop: Option<oneshot::Sender<()>>,
    gateway: JoinHandle<()>,
}

impl Bot {
    pub(super) async fn start(discord: &Simulator, home: &Home) -> Self {
        Self::start_with(discord, home, 1, &[]).await
    }

    pub(super) async fn start_with(
        discord: &Simulator,
        home: &Home,
        shards: u32,
        rules: &[(ServerId, VoterRules)],
    ) -> Self {
        let metrics = Arc::<Metrics>::default();
        let token = discord.token();
        let url = discord.base_url().parse().unwrap();
        let rest = Rest::new(&Secret::from(token.as_str()), Some(&url), Arc::clone(&metrics)).unwrap();
        let outbox = Outbox::new(10_000, Arc::clone(&metrics));
        let voting = Voting::open(Parts {
            us: UserId(discord.bot_id().0),
            store: Arc::clone(&home.store),
            voters: Arc::new(Voters::new(home.key.clone(), rules.iter().copied())),
            rest: rest.clone(),
            outbox: outbox.clone(),
            view: Arc::new(Plain(Arc::clone(&home.store))),
            clock: Arc::new(SystemClock),
            metrics: Arc::clone(&metrics),
            recount_days: 30,
        })
        .await
        .unwrap();
        let http = HttpBuilder::new(&token).proxy(discord.base_url()).ratelimiter_disabled(true).build();
        let setup = Setup {
            http: Arc::new(http),
            gateway_url: discord.gateway_url().to_owned(),
            intents: GatewayIntents::GUILDS
                | GatewayIntents::GUILD_MESSAGES
                | GatewayIntents::GUILD_MESSAGE_REACTIONS,
            first: 0,
            last: shards - 1,
            total: shards,
            max_concurrency: shards,
        };
        let looking = voting.clone();
        let look = move |line: &shards::Line, event: &Event| looking.look(line.context.shard_id.0, event);
        let (stop, stopped) = oneshot::channel::<()>();
        let gateway = tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            shards::run(setup, Arc::new(look), stopped).await.unwrap();
        });
        discord.wait_for_sessions(shards as usize).await.unwrap();
        Self { voting, metrics, rest, outbox, stop: Some(stop), gateway }
    }

    /// Posts a card and seeds it, as the bot does after an answer.
    pub(super) async fn card(
        &self,
        server: &simulator::ServerHandle,
        channel: simulator::ChannelId,
        name: &str,
    ) -> simulator::MessageId {
        let mark = CardMark { tool: tool(name), kind: CardKind::Single, lang: "en-US".to_owned() };
        let channel = ChannelId(channel.0);
        let id = self.post(channel, Some(&mark)).await;
        self.voting.register(card(server, channel, id, name)).await.unwrap();
        self.seed(channel, id).await;
        simulator::MessageId(id.0)
    }

    pub(super) async fn post(&self, channel: ChannelId, mark: Option<&CardMark>) -> MessageId {
        let mut body = json!({"content": "a card", "allowed_mentions": {"parse": []}});
        if let Some(mark) = mark {
            let button = json!({"type": 2, "style": 2, "label": "Reviews", "custom_id": mark.custom_id()});
            body["components"] = json!([{"type": 1, "components": [button]}]);
        }
        let answer = self.rest.call(calls::create_message(channel, body)).await.unwrap();
        answer["id"].as_str().unwrap().parse().unwrap()
    }

    pub(super) async fn seed(&self, channel: ChannelId, id: MessageId) {
        for verdict in Verdict::ALL {
            self.rest.call(calls::add_reaction(channel, id, emoji::of(verdict))).await.unwrap();
        }
    }

    /// Stops in good order.
    pub(super) async fn stop(mut self) {
        drop(self.stop.take());
        (&mut self.gateway).await.unwrap();
        assert!(self.voting.close(Duration::from_secs(5)).await);
        self.outbox.drain(Duration::from_secs(1)).await;
    }
}

pub(super) fn card(server: &simulator::ServerHandle, channel: ChannelId, id: MessageId, name: &str) -> Card {
    Card {
        id,
        server: ServerId(server.id.0),
        channel,
        tool: tool(name),
        card: CardKind::Single,
        lang: "en-US".to_owned(),
        frozen: None,
        plain: false,
    }
}
