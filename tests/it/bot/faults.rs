//! Discord is unwell: answers that can be given are given, nothing is doubled, scores are right in the end.

use std::time::Duration;

use tiebreaker::{
    catalog::starter,
    simulator::{
        ChannelId, EventFault, EventRule, MemberHandle, MessageId, MessageView, RestFault, RestRule, Settings,
    },
};

use super::stage::{Stage, texts};
use crate::scene::{SHIP, SKIP, is_seeded};

fn rule(method: &str, path: &str, fault: RestFault, times: u32) -> RestRule {
    RestRule { method: Some(method.to_owned()), path: Some(path.to_owned()), fault, times: Some(times) }
}

/// Messages of ours in a channel.
fn ours(who: &MemberHandle, channel: ChannelId) -> Vec<MessageView> {
    who.look(channel).into_iter().filter(|view| view.from_bot && !view.ephemeral).collect()
}

/// Compares two tools and waits for the head-to-head and both cards, seeded. Returns the cards.
async fn compare(stage: &Stage, who: &MemberHandle, channel: ChannelId, a: &str, b: &str) -> [MessageId; 2] {
    let asked = who.slash(channel, "compare").unwrap().with("a", a).with("b", b).send().unwrap();
    let answer = asked.message().await.unwrap();
    assert!(answer.text().contains(" vs "), "{}", answer.text());
    stage
        .see(who, channel, "two cards", |_| {
            ours(who, channel).iter().filter(|one| is_seeded(one)).count() == 2
        })
        .await;
    let all = ours(who, channel);
    assert_eq!(all.len(), 3, "a head-to-head and two cards: {:#?}", texts(who, channel));
    let cards: Vec<MessageId> = all.iter().filter(|one| is_seeded(one)).map(|one| one.id).collect();
    [cards[0], cards[1]]
}

/// Members vote on both cards; the cards show it.
async fn vote(stage: &Stage, channel: ChannelId, cards: [MessageId; 2]) {
    let voters: Vec<MemberHandle> = (0..3).map(|n| stage.server.member(&format!("Voter {n}"))).collect();
    for (n, voter) in voters.iter().enumerate() {
        voter.react(channel, cards[0], SHIP).unwrap();
        voter.react(channel, cards[1], if n == 0 { SKIP } else { SHIP }).unwrap();
    }
    for (card, score) in cards.into_iter().zip(["100% ship · 3 votes", "67% ship · 3 votes"]) {
        stage.see(&voters[0], channel, score, |view| view.id == card && view.text().contains(score)).await;
    }
}

/// One question and its votes under faults of REST.
async fn comes_through(rules: Vec<RestRule>) {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    for rule in rules {
        stage.discord.faults().rest(rule);
    }
    let cards = compare(&stage, &alice, general, "ollama", "vllm").await;
    vote(&stage, general, cards).await;
    assert_eq!(ours(&alice, general).len(), 3, "{:#?}", texts(&alice, general));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_5xx_are_asked_again() {
    let not_done =
        |method, path, times| rule(method, path, RestFault::Status { status: 502, done: false }, times);
    comes_through(vec![
        not_done("POST", "/callback", 2),
        not_done("POST", "/webhooks/", 2),
        not_done("PUT", "/reactions/", 3),
        not_done("PATCH", "/messages/", 2),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_although_it_failed_is_not_done_twice() {
    let done = |method, path, times| rule(method, path, RestFault::Status { status: 504, done: true }, times);
    let cut = |method, path, times| rule(method, path, RestFault::Cut { done: true }, times);
    comes_through(vec![
        done("POST", "/callback", 1),
        done("POST", "/webhooks/", 1),
        cut("POST", "/webhooks/", 1),
        cut("PUT", "/reactions/", 2),
        done("PATCH", "/messages/", 1),
    ])
    .await;
}

/// Discord may deliver an event more than once.
#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_comes_twice_is_answered_once() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let other = stage.server.channel("other");
    for event in ["INTERACTION_CREATE", "MESSAGE_CREATE"] {
        let fault = EventFault::Repeat { times: 3 };
        stage.discord.faults().events(EventRule { event: Some(event.to_owned()), fault, times: None });
    }
    compare(&stage, &alice, general, "cursor", "cline").await;
    alice.say(other, &format!("<@{}> ollama vs vllm", stage.discord.bot_id())).unwrap();
    let complete = |one: &&MessageView| is_seeded(one);
    stage.see(&alice, other, "two cards", |_| ours(&alice, other).iter().filter(complete).count() == 2).await;
    // The end waits for everything that was begun.
    stage.stop().await;
    for channel in [general, other] {
        assert_eq!(ours(&alice, channel).len(), 3, "{:#?}", texts(&alice, channel));
    }
}

/// A person sees the head-to-head and "the cards below": they come when Discord is well again.
#[tokio::test(flavor = "multi_thread")]
async fn cards_come_after_a_spell_of_5xx() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let down = RestFault::Status { status: 502, done: false };
    stage.discord.faults().rest(rule("POST", "/webhooks/", down, 4));
    compare(&stage, &alice, general, "cursor", "cline").await;
    assert_eq!(stage.discord.faults().requests_left(), 0);
    stage.stop().await;
}

/// The edit of a card gives up after a few seconds of 5xx, and the next vote may be days away.
#[tokio::test(flavor = "multi_thread")]
async fn a_score_that_could_not_be_shown_is_shown_later() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let card = crate::scene::ask_for_card(&alice, general, "axolotl").await;
    let down = RestFault::Status { status: 503, done: false };
    stage.discord.faults().rest(rule("PATCH", "/messages/", down, 8));
    alice.react(general, card, SHIP).unwrap();
    stage.see(&alice, general, "the vote", |m| m.id == card && m.text().contains("1 vote")).await;
    assert_eq!(stage.discord.faults().requests_left(), 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_429_is_waited_out() {
    let storm = |method, path, global, times| {
        let fault = RestFault::TooMany { retry_after_ms: 150, global, shared: !global };
        rule(method, path, fault, times)
    };
    comes_through(vec![
        storm("POST", "/callback", false, 2),
        storm("POST", "/webhooks/", false, 4),
        storm("PUT", "/reactions/", true, 5),
        storm("PATCH", "/messages/", false, 3),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_of_discord_delay_nothing_but_themselves() {
    let slow = |method, path| RestRule { times: None, ..rule(method, path, RestFault::Slow { ms: 400 }, 0) };
    comes_through(vec![slow("POST", "/callback"), slow("POST", "/webhooks/"), slow("PATCH", "/messages/")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_asked_while_the_socket_is_cut_are_answered_after_the_resume() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    stage.discord.faults().drop_sockets(None);
    let cards = compare(&stage, &alice, general, "ollama", "vllm").await;
    stage.discord.faults().reconnect(None);
    vote(&stage, general, cards).await;
    stage.discord.faults().invalidate(None, true);
    let other = stage.server.channel("other");
    compare(&stage, &alice, other, "cursor", "windsurf").await;
    assert_eq!(stage.discord.sessions().len(), 1, "resumed, not begun anew");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_of_lost_sessions_are_counted_by_the_next() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let cards = compare(&stage, &alice, general, "ollama", "vllm").await;
    let faults = stage.discord.faults();
    let scores = [("0% ship · 1 vote", SKIP), ("0% ship · 2 votes", SKIP)];
    for (round, (who, (score, emoji))) in [&alice, &bob].into_iter().zip(scores).enumerate() {
        faults.lose_while_disconnected(true);
        if round == 0 {
            faults.refuse_resumes(1);
            faults.drop_sockets(None);
        } else {
            faults.invalidate(None, false);
            faults.drop_sockets(None);
        }
        stage.discord.wait_for_no_session().await.unwrap();
        who.react(general, cards[0], emoji).unwrap();
        stage.see(&alice, general, score, |view| view.id == cards[0] && view.text().contains(score)).await;
    }
    assert_eq!(ours(&alice, general).len(), 3, "{:#?}", texts(&alice, general));
    // Questions are answered as before.
    let asked = alice.slash(general, "help").unwrap().send().unwrap();
    asked.message().await.unwrap();
    stage.stop().await;
}

/// With Discord's limits: a reaction a channel every quarter of a second, so that 64 of them take 16 seconds at least.
#[tokio::test(flavor = "multi_thread")]
async fn eight_comparisons_at_once_in_one_channel_are_all_completed() {
    let mut stage = Stage::with(Settings::default(), &[]).await;
    let general = stage.general();
    let names: Vec<String> = starter::load().tools.iter().map(|entry| entry.tool.name.clone()).collect();
    let members: Vec<MemberHandle> = (0..8).map(|n| stage.server.member(&format!("Member {n}"))).collect();
    let asked: Vec<_> = members
        .iter()
        .zip(names.chunks(4))
        .map(|(member, tools)| {
            let typing = member.slash(general, "compare").unwrap();
            let typing = ["a", "b", "c", "d"]
                .into_iter()
                .zip(tools)
                .fold(typing, |typing, (option, name)| typing.with(option, name.as_str()));
            typing.send().unwrap()
        })
        .collect();
    for asked in &asked {
        let answer = asked.message().await.expect("every head-to-head in time");
        assert!(!answer.ephemeral && answer.text().contains(" vs "), "{}", answer.text());
    }
    let complete = || ours(&members[0], general).iter().filter(|view| is_seeded(view)).count();
    let all = async {
        while complete() < 32 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(60), all).await.is_ok();
    assert!(in_time, "{} of 32 cards are complete", complete());
    assert_eq!(ours(&members[0], general).len(), 8 + 32);
    let refused = stage.discord.requests().iter().filter(|one| one.status == 429).count();
    assert!(refused <= 5, "{refused} answers 429");
    stage.stop().await;
}
