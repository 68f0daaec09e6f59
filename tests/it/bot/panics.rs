//! A bug in one answer costs that answer: the asker is told, everybody else is served.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tiebreaker::{
    catalog::{layer::Layer, layered::Catalog, starter},
    config::Secret,
    discord::{
        bot::Bot,
        commands,
        gateway::{self, Connection},
        moderators::Desk,
        outbox::Outbox,
        post::Faces,
        register,
        rest::Rest,
        voting::{Parts, Voting},
    },
    domain::{
        ids::{ApplicationId, UserId},
        time::Timestamp,
    },
    service::{
        ask::{Questions, QuietDefaults},
        moderate::Moderation,
        ports::{Clock, SystemClock},
        quiet::Limits,
        voters::Voters,
    },
    simulator::{MessageView, Settings, Simulator},
    store::{Embedded, Store, VoterKey},
    telemetry::Metrics,
};
use tokio::sync::oneshot;

use crate::{openapi::Judged, scene::ask_for_card};

/// The clock of the questions: the next one who asks it while it is armed panics.
#[derive(Default)]
struct Trap(AtomicBool);

impl Trap {
    fn arm(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_sprung(&self) -> bool {
        !self.0.load(Ordering::SeqCst)
    }
}

impl Clock for Trap {
    fn now(&self) -> Timestamp {
        assert!(!self.0.swap(false, Ordering::SeqCst), "the trap of a test");
        SystemClock.now()
    }
}

async fn bot(discord: &Simulator, trap: Arc<Trap>) -> Arc<Bot> {
    let metrics = Arc::<Metrics>::default();
    let url = discord.base_url().parse().unwrap();
    let token = Secret::from(discord.token().as_str());
    let rest = Rest::new(&token, Some(&url), Arc::clone(&metrics)).unwrap();
    let store: Arc<dyn Store> = Arc::new(Embedded::in_memory().unwrap());
    let catalog = Arc::new(Catalog::new(starter::layer(), Layer::default()));
    let limits = Limits { member_per_minute: 0, channel_per_minute: 0 };
    let questions = Arc::new(Questions::new(
        Arc::clone(&catalog),
        Arc::clone(&store),
        trap,
        QuietDefaults { card_reuse_hours: 24, limits },
    ));
    let outbox = Outbox::new(1_000, Arc::clone(&metrics));
    let us = UserId(discord.bot_id().0);
    let voting = Voting::open(Parts {
        us,
        store: Arc::clone(&store),
        voters: Arc::new(Voters::new(VoterKey::random().unwrap(), [])),
        rest: rest.clone(),
        outbox: outbox.clone(),
        view: Arc::new(Faces::new(Arc::clone(&questions))),
        clock: Arc::new(SystemClock),
        metrics: Arc::clone(&metrics),
        recount_days: 30,
    })
    .await
    .unwrap();
    let application = ApplicationId(us.0);
    register::register(&rest, application, &commands::definitions().unwrap()).await.unwrap();
    Arc::new(Bot {
        application,
        user: us,
        rest,
        outbox,
        voting,
        questions,
        desk: Desk::new(Moderation::new(Arc::clone(&catalog), Arc::clone(&store), Arc::new(SystemClock))),
        catalog,
        store,
        clock: Arc::new(SystemClock),
        metrics,
        mentions: true,
    })
}

/// The answer says that it was our fault, and under which number that is in the log.
fn assert_told(view: &MessageView) {
    let text = view.text();
    assert!(text.contains("Something went wrong on our side"), "{text}");
    let is_number = |word: &str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(text.split(|c: char| !c.is_alphanumeric()).any(is_number), "{text}");
    assert!(!text.contains("trap"), "nothing of the inside is told: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_one_answer_and_the_asker_is_told() {
    let discord = Judged::new(Simulator::start(Settings::unlimited()).await.unwrap());
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let trap = Arc::<Trap>::default();
    let bot = bot(&discord, Arc::clone(&trap)).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let gateway = {
        let (bot, url) = (Arc::clone(&bot), discord.base_url().parse().unwrap());
        let token = Secret::from(discord.token().as_str());
        let connection = Connection {
            url: discord.gateway_url().to_owned(),
            max_concurrency: 1,
            first: 0,
            last: 0,
            total: 1,
        };
        tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            gateway::run(bot, &token, Some(&url), connection, stopped, Duration::from_secs(5)).await
        })
    };
    discord.wait_for_bot().await.unwrap();
    let card = ask_for_card(&alice, general, "axolotl").await;

    // A command, which poise runs.
    let compare = || alice.slash(general, "compare").unwrap().with("a", "ollama").with("b", "vllm").send();
    trap.arm();
    let told = compare().unwrap().message().await.unwrap();
    assert!(trap.is_sprung() && told.ephemeral);
    assert_told(&told);
    let asked = compare().unwrap();
    let answer = asked.message().await.unwrap();
    assert!(answer.text().contains("Ollama vs vLLM"), "{}", answer.text());
    // Its cards follow from the background, where they must not meet the next trap.
    asked.follow_ups(2).await.unwrap();

    // A button, which we run.
    let view = alice.see(general, card).unwrap();
    let button = view.parts().into_iter().find_map(|part| part["custom_id"].as_str()).unwrap().to_owned();
    trap.arm();
    let told = alice.click(general, card, &button).unwrap().message().await.unwrap();
    assert!(trap.is_sprung() && told.ephemeral);
    assert_told(&told);
    alice.click(general, card, &button).unwrap().message().await.unwrap();

    // A message.
    let question = format!("<@{}> cursor or windsurf?", discord.bot_id());
    trap.arm();
    let asked = alice.say(general, &question).unwrap();
    let told =
        alice.wait_for_message(general, "word of it", |view| view.reply_to == Some(asked)).await.unwrap();
    assert!(trap.is_sprung());
    assert_told(&told);
    let asked = alice.say(general, &question).unwrap();
    alice
        .wait_for_message(general, "the answer", |view| {
            view.reply_to == Some(asked) && view.text().contains("Cursor vs ")
        })
        .await
        .unwrap();

    assert_eq!(bot.metrics.answers_failed.get(), 3);
    stop.send(()).unwrap();
    gateway.await.unwrap().unwrap();
}
