//! Votes end to end: the voting part of the bot against the simulator, over real sockets. What is promised (complete, in
//! order, nothing lost, nothing doubled, equal after a restart) is tried here at a small size.

mod bot;
mod flood;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tiebreaker::{
    discord::recount::{Progress, Scope},
    domain::{
        ids::{ChannelId, MessageId, ServerId},
        score::Tally,
    },
    simulator::{EventFault, EventRule, MemberHandle, MessageView, RestFault, RestRule, Settings, Simulator},
    store::records::{Server, VoterRules},
};

use crate::{
    openapi::Judged,
    scene::{SHIP, SKIP},
};

use self::bot::{Bot, Home, Scene, text};

const BARE_SKIP: &str = "⏭";

async fn discord() -> Judged {
    Judged::new(Simulator::start(Settings::unlimited()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_count_and_are_shown() {
    let Scene { discord: _discord, home, server, general, alice, ben, bot, card } = Scene::new().await;

    alice.react(general, card, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    ben.react(general, card, BARE_SKIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 1).await;
    server.other_bot("Counter").react(general, card, SHIP).unwrap();
    // ⏭️ after 🚢 changes the ballot; taking it back brings 🚢 back.
    alice.react(general, card, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 0, 2).await;
    alice.take_back(general, card, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 1).await;
    // A super reaction beside the normal one is the same mark, gone when both are.
    alice.super_react(general, card, SHIP).unwrap();
    alice.take_back(general, card, SHIP).unwrap();
    // A second card does not double a vote.
    let second = bot.card(&server, general, "axolotl").await;
    ben.react(general, second, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 2, 0).await;
    alice.take_super_back(general, card, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;

    let shown = text(Tally { ship: 1, skip: 0, held: 0 });
    alice
        .wait_for_message(general, "the score on the card", |message| {
            message.id == card && message.content == shown
        })
        .await
        .unwrap();
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_and_deleting_take_effect() {
    let Scene { discord: _discord, home, server, general, alice, ben, bot, card } = Scene::new().await;
    let owner = server.owner();
    alice.react(general, card, SHIP).unwrap();
    ben.react(general, card, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 1).await;
    // The event for this one is none that serenity can read.
    owner.clear_emoji(general, card, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    owner.clear_reactions(general, card).unwrap();
    home.wait_for(&server, "axolotl", 0, 0).await;

    // A deleted card freezes its marks: they count until their member marks another card of the tool.
    alice.react(general, card, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    owner.delete_message(general, card).unwrap();
    let elsewhere = server.channel("elsewhere");
    let other = bot.card(&server, elsewhere, "axolotl").await;
    ben.react(elsewhere, other, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 2, 0).await;
    alice.react(elsewhere, other, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 1).await;
    // So does a deleted channel.
    server.delete_channel(elsewhere);
    let third = bot.card(&server, general, "axolotl").await;
    alice.react(general, third, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 2, 0).await;
    alice.take_back(general, third, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_spellings_of_an_emoji_are_one_mark() {
    let Scene { discord: _discord, home, server, general, alice, bot, card, .. } = Scene::new().await;
    alice.react(general, card, SKIP).unwrap();
    alice.react(general, card, BARE_SKIP).unwrap();
    home.wait_for(&server, "axolotl", 0, 1).await;
    alice.take_back(general, card, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 0, 0).await;
    // The bare one still stands; the lists tell.
    home.wait_for(&server, "axolotl", 0, 1).await;
    alice.take_back(general, card, BARE_SKIP).unwrap();
    home.wait_for(&server, "axolotl", 0, 0).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_the_bot_is_away_is_found() {
    let (discord, home) = (discord().await, Home::new());
    let server = discord.server("Makers");
    let members: Vec<MemberHandle> = (0..3).map(|n| server.member(&format!("Member {n}"))).collect();
    let bot = Bot::start(&discord, &home).await;
    let mut cards = Vec::new();
    for n in 0..6 {
        let channel = server.channel(&format!("channel-{n}"));
        let name = format!("tool-{n}");
        cards.push((channel, bot.card(&server, channel, &name).await, name));
        members[0].react(channel, cards[n].1, SHIP).unwrap();
    }
    for (_, _, name) in &cards {
        home.wait_for(&server, name, 1, 0).await;
    }
    bot.stop().await;
    for (channel, card, _) in &cards[..4] {
        members[0].take_back(*channel, *card, SHIP).unwrap();
        members[1].super_react(*channel, *card, SHIP).unwrap();
        members[2].react(*channel, *card, BARE_SKIP).unwrap();
    }
    server.owner().delete_message(cards[4].0, cards[4].1).unwrap();
    server.delete_channel(cards[5].0);

    let bot = Bot::start(&discord, &home).await;
    for (_, _, name) in &cards[..4] {
        home.wait_for(&server, name, 1, 1).await;
    }
    // Deleted cards keep their marks.
    home.wait_for(&server, "tool-4", 1, 0).await;
    home.wait_for(&server, "tool-5", 1, 0).await;
    for (_, card, _) in &cards[4..] {
        let id = MessageId(card.0);
        discord
            .wait_until("a frozen card", |_| (!bot.voting.is_card(id)).then_some(()))
            .await
            .unwrap_or_else(|_| panic!("{card} is not frozen"));
    }
    let report = bot.voting.recount(Scope::Server(ServerId(server.id.0), None), &Progress::default()).await;
    let report = report.unwrap();
    assert_eq!((report.cards, report.same, report.repaired), (4, 4, 0), "{report:?}");
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_sockets_and_refused_resumes_lose_nothing() {
    let Scene { discord, home, server, general, alice, ben, bot, card } = Scene::new().await;
    discord.faults().drop_sockets(None);
    alice.react(general, card, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    // Now what was missed is lost, and a new session begins.
    discord.faults().lose_while_disconnected(true);
    discord.faults().refuse_resumes(1);
    discord.faults().drop_sockets(None);
    discord.wait_for_no_session().await.unwrap();
    alice.take_back(general, card, SHIP).unwrap();
    ben.react(general, card, SKIP).unwrap();
    home.wait_for(&server, "axolotl", 0, 1).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_twice_or_swapped_do_no_harm() {
    let (discord, home) = (discord().await, Home::new());
    let server = discord.server("Makers");
    let general = server.general();
    let bot = Bot::start(&discord, &home).await;
    let cards = [bot.card(&server, general, "axolotl").await, bot.card(&server, general, "haiku").await];
    discord.faults().events(EventRule {
        event: Some("MESSAGE_REACTION_ADD".to_owned()),
        fault: EventFault::Repeat { times: 3 },
        times: None,
    });
    for n in 0..20 {
        let member = server.member(&format!("Member {n}"));
        for card in cards {
            member.react(general, card, if n % 2 == 0 { SHIP } else { SKIP }).unwrap();
            if n % 5 == 0 {
                member.take_back(general, card, if n % 2 == 0 { SHIP } else { SKIP }).unwrap();
            }
        }
    }
    for name in ["axolotl", "haiku"] {
        home.wait_for(&server, name, 8, 8).await;
    }
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_may_come_before_its_card() {
    let (discord, home) = (discord().await, Home::new());
    let server = discord.server("Makers");
    let (general, alice, ben) = (server.general(), server.member("Alice"), server.member("Ben"));
    let bot = Bot::start(&discord, &home).await;
    // A message of ours that does not say what it is; the REST answer is late.
    let channel = ChannelId(general.0);
    let id = bot.post(channel, None).await;
    let message = tiebreaker::simulator::MessageId(id.0);
    alice.react(general, message, SHIP).unwrap();
    ben.react(general, message, SHIP).unwrap();
    ben.take_back(general, message, SHIP).unwrap();
    assert!(!bot.voting.is_card(id));
    bot.voting.register(bot::card(&server, channel, id, "axolotl")).await.unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    // And one whose REST answer never comes: its own MESSAGE_CREATE says what it is.
    let mark = tiebreaker::discord::card_mark::CardMark {
        tool: bot::tool("haiku"),
        kind: tiebreaker::store::records::CardKind::Single,
        lang: "en-US".to_owned(),
    };
    let id = bot.post(channel, Some(&mark)).await;
    alice.react(general, tiebreaker::simulator::MessageId(id.0), SKIP).unwrap();
    home.wait_for(&server, "haiku", 0, 1).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_nobody_registered_is_adopted_with_its_votes() {
    let Scene { discord, home, server, general, alice, ben, bot, .. } = Scene::new().await;
    // Neither the answer of the call nor our own message tells of it, as when the bot is killed at that moment.
    let mark = tiebreaker::discord::card_mark::CardMark {
        tool: bot::tool("haiku"),
        kind: tiebreaker::store::records::CardKind::Single,
        lang: "en-US".to_owned(),
    };
    discord.faults().events(EventRule {
        event: Some("MESSAGE_CREATE".to_owned()),
        fault: EventFault::Lose,
        times: Some(2),
    });
    let card = tiebreaker::simulator::MessageId(bot.post(ChannelId(general.0), Some(&mark)).await.0);
    let answer = tiebreaker::simulator::MessageId(bot.post(ChannelId(general.0), None).await.0);
    discord.faults().events(EventRule {
        event: Some("MESSAGE_REACTION_ADD".to_owned()),
        fault: EventFault::Lose,
        times: Some(1),
    });
    ben.react(general, card, SKIP).unwrap();
    alice.react(general, card, SHIP).unwrap();
    alice.react(general, answer, SHIP).unwrap();
    home.wait_for(&server, "haiku", 1, 1).await;
    let seeded = |view: &MessageView| view.id == card && view.count(SHIP) == 2 && view.count(SKIP) == 2;
    alice.wait_for_message(general, "both reactions", seeded).await.unwrap();
    // What is no card is looked at once only.
    let looks = || {
        let path = format!("/messages/{answer}");
        discord.requests().iter().filter(|one| one.method == "GET" && one.path.ends_with(&path)).count()
    };
    discord.wait_until("a look at the answer", |_| (looks() == 1).then_some(())).await.unwrap();
    ben.react(general, answer, SHIP).unwrap();
    ben.take_back(general, card, SKIP).unwrap();
    home.wait_for(&server, "haiku", 1, 0).await;
    assert!(!bot.voting.is_card(MessageId(answer.0)));
    bot.stop().await;
    assert_eq!(looks(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_cannot_be_read_are_never_taken_as_empty() {
    let Scene { discord, home, server, general, alice, ben, bot, card } = Scene::new().await;
    alice.react(general, card, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    bot.stop().await;
    ben.react(general, card, SHIP).unwrap();
    // More failures than one read tries, so that the card is skipped and read again later.
    discord.faults().rest(RestRule {
        method: Some("GET".to_owned()),
        path: Some("/messages/".to_owned()),
        fault: RestFault::Status { status: 502, done: false },
        times: Some(3),
    });
    let bot = Bot::start(&discord, &home).await;
    home.wait_for(&server, "axolotl", 2, 0).await;
    let metrics = Arc::clone(&bot.metrics);
    // It is counted after it is durable: a stop waits for both.
    bot.stop().await;
    assert_eq!(metrics.marks_repaired.get(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_compared() {
    let Scene { discord: _discord, home, server, general, alice, ben, bot, card } = Scene::new().await;
    alice.react(general, card, SHIP).unwrap();
    home.wait_for(&server, "axolotl", 1, 0).await;
    server.remove_bot();
    ben.react(general, card, SHIP).unwrap();
    alice.take_back(general, card, SHIP).unwrap();
    alice.react(general, card, SKIP).unwrap();
    server.invite_bot(tiebreaker::simulator::Permissions::ALL);
    home.wait_for(&server, "axolotl", 1, 1).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_votes_arrive_a_card_is_edited_seldom() {
    let Scene { discord, server, general, bot, card, .. } = Scene::new().await;
    let members: Vec<MemberHandle> = (0..40).map(|n| server.member(&format!("Member {n}"))).collect();
    for member in &members {
        member.react(general, card, SHIP).unwrap();
    }
    let shown = text(Tally { ship: 40, skip: 0, held: 0 });
    let all_are_shown = |message: &MessageView| message.id == card && message.content == shown;
    members[0].wait_for_message(general, "all votes on the card", all_are_shown).await.unwrap();
    let edits = discord.requests().iter().filter(|request| request.method == "PATCH").count();
    assert!((1..=2).contains(&edits), "{edits} edits");
    bot.stop().await;
}

/// With Discord's rate limits: 20 cards in 20 channels, votes cast and taken back while the bot was down.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_cards_are_right_within_ten_seconds() {
    let (discord, home) = (Simulator::start(Settings::default()).await.unwrap(), Home::new());
    let server = discord.server("Makers");
    let (alice, ben) = (server.member("Alice"), server.member("Ben"));
    let bot = Bot::start(&discord, &home).await;
    let channels: Vec<_> = (0..20).map(|n| server.channel(&format!("channel-{n}"))).collect();
    let names: Vec<String> = (0..20).map(|n| format!("tool-{n}")).collect();
    let posts = channels.iter().zip(&names).map(|(channel, name)| bot.card(&server, *channel, name));
    let cards = futures_util::future::join_all(posts).await;
    for (channel, card) in channels.iter().zip(&cards) {
        alice.react(*channel, *card, SHIP).unwrap();
    }
    for name in &names {
        home.wait_for(&server, name, 1, 0).await;
    }
    bot.stop().await;
    for (channel, card) in channels.iter().zip(&cards) {
        alice.take_back(*channel, *card, SHIP).unwrap();
        ben.super_react(*channel, *card, SKIP).unwrap();
    }
    // Discord lets a shard identify once in five seconds; only the recount is to be measured.
    discord.clock().advance(Duration::from_secs(6));
    let start = Instant::now();
    let bot = Bot::start(&discord, &home).await;
    for name in &names {
        home.wait_for(&server, name, 0, 1).await;
    }
    println!("20 cards right {:?} after the start", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let refused: Vec<String> = discord
        .requests()
        .iter()
        .filter(|request| request.status == 429)
        .map(|request| {
            format!("{} {:?} {} {}", request.method, request.route, request.at_ms % 100_000, request.answer)
        })
        .collect();
    assert!(refused.len() <= 5, "{} answers 429: {refused:#?}", refused.len());
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn young_accounts_are_held() {
    let (discord, home) = (discord().await, Home::new());
    let server = discord.server("Makers");
    let day = Duration::from_secs(86_400);
    let young = server.member_aged("Young", day, day / 2);
    let new_here = server.member_aged("New here", day * 900, day);
    let old = server.member_aged("Old", day * 900, day * 800);
    let rules = VoterRules { account_hours: 72, member_hours: 72 };
    let bot = Bot::start_with(&discord, &home, 1, &[(ServerId(server.id.0), rules)]).await;
    let general = server.general();
    let card = bot.card(&server, general, "axolotl").await;
    for member in [&young, &new_here, &old] {
        member.react(general, card, SHIP).unwrap();
    }
    home.wait_for_tally(&server, "axolotl", Tally { ship: 1, skip: 0, held: 2 }).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_leave_are_remembered_and_taken_back() {
    let (discord, home) = (discord().await, Home::new());
    let (stays, leaves) = (discord.server("Stays"), discord.server("Leaves"));
    let removed = async |id: u64, wanted: bool| {
        for _ in 0..2_000 {
            let known: Option<Server> = home.store.server(ServerId(id)).await.unwrap();
            if known.is_some_and(|server| server.removed.is_some() == wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("server {id}: removal {wanted} awaited in vain");
    };
    let bot = Bot::start_with(&discord, &home, 2, &[]).await;
    removed(stays.id.0, false).await;
    removed(leaves.id.0, false).await;
    // An outage is no removal.
    stays.set_available(false);
    leaves.remove_bot();
    removed(leaves.id.0, true).await;
    stays.set_available(true);
    removed(stays.id.0, false).await;
    for _ in 0..2_000 {
        if bot.metrics.servers.get() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(bot.metrics.servers.get(), 1, "back from the outage");
    bot.stop().await;
    // While we are away one comes back and the other leaves.
    leaves.invite_bot(tiebreaker::simulator::Permissions::ALL);
    stays.remove_bot();
    let bot = Bot::start_with(&discord, &home, 2, &[]).await;
    removed(leaves.id.0, false).await;
    removed(stays.id.0, true).await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_dies_at_any_moment_is_right_after_its_return() {
    let (discord, home) = (Arc::new(discord().await), Home::new());
    let server = discord.server("Makers");
    let channels: Vec<_> = (0..3).map(|n| server.channel(&format!("channel-{n}"))).collect();
    let members: Vec<MemberHandle> = (0..6).map(|n| server.member(&format!("Member {n}"))).collect();
    let mut cards = Vec::new();
    let mut random = 7_u64;
    let mut dice = move |sides: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % sides
    };
    for round in 0..5 {
        // In a runtime of its own, which ends without a word.
        let life =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (at, with, place) = (Arc::clone(&discord), home.clone(), server.clone());
        let in_channels = if round == 0 { channels.clone() } else { Vec::new() };
        let born = life.spawn(async move {
            let bot = Bot::start(&at, &with).await;
            let mut cards = Vec::new();
            for (n, channel) in in_channels.into_iter().enumerate() {
                cards.push((channel, bot.card(&place, channel, &format!("tool-{n}")).await));
            }
            (bot, cards)
        });
        let (bot, posted) = born.await.unwrap();
        cards.extend(posted);
        for _ in 0..40 {
            let (member, (channel, card)) = (&members[dice(6)], cards[dice(3)]);
            // One emoji per member and card, so that what stands tells the ballot.
            let standing = member.see(channel, card).unwrap();
            let mine = standing.reactions.iter().find(|one| one.me).map(|one| one.emoji.clone());
            match mine {
                Some(emoji) => member.take_back(channel, card, &emoji).unwrap(),
                None => member.react(channel, card, [SHIP, SKIP][dice(2)]).unwrap(),
            }
            if dice(4) == 0 {
                tokio::task::yield_now().await;
            }
        }
        life.shutdown_background();
        drop(bot);
        discord.wait_for_no_session().await.unwrap();
    }
    let bot = Bot::start(&discord, &home).await;
    for (n, (channel, card)) in cards.iter().enumerate() {
        // Ours are among what stands.
        let view = members[0].see(*channel, *card).unwrap();
        let (ship, skip) = (view.count(SHIP) as u64 - 1, view.count(SKIP) as u64 - 1);
        home.wait_for(&server, &format!("tool-{n}"), ship, skip).await;
    }
    assert!(home.store.check().await.unwrap().is_clean());
    bot.stop().await;
}
