//! SIGTERM and SIGINT: no more work is taken, what was begun is finished, what was acknowledged is kept.

use std::time::{Duration, Instant};

use tiebreaker::simulator::{MemberHandle, RestFault, RestRule};

use super::{Installation, Running};
use crate::scene::{SHIP, SKIP, ask_for_card, is_seeded};

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_bot_stops_at_once_and_says_good_bye_to_the_gateway() {
    for signal in ["TERM", "INT"] {
        let place = Installation::new().await;
        let bot = place.start().await;
        let start = Instant::now();
        bot.signal(signal).await;
        bot.ended().await.assert_good();
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(!place.folder.path().join("data/bot.sock").exists());
        let votes = place.votes("axolotl").await;
        assert_eq!(votes, Some((0, 0)), "the store opens again");
        let again = place.start().await;
        // A session that was closed in good order is over; one that was cut could be resumed and would still be known.
        assert_eq!(place.discord.sessions().len(), 1, "{:?}", place.discord.sessions());
        drop(again);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_still_starting_stops_too() {
    let place = Installation::new().await;
    // Somebody takes the call and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut program = place.program(&["run"]);
    program.env("DISCORD_API_URL", format!("http://{}", silent.local_addr().unwrap()));
    let bot = Running::start(program);
    let _call = silent.accept().await.unwrap();
    let start = Instant::now();
    bot.signal("TERM").await;
    let ended = bot.ended().await;
    assert_eq!((ended.status.code(), ended.err.as_str()), (Some(0), ""));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_reply_is_in_the_log_once_under_the_number_that_was_told() {
    let place = Installation::new().await;
    let (alice, general) = (place.server.member("Alice"), place.server.general());
    let bot = place.start().await;
    place.discord.faults().rest(RestRule {
        method: Some("POST".to_owned()),
        path: Some("/callback".to_owned()),
        fault: RestFault::Status { status: 400, done: false },
        times: Some(1),
    });
    let asked = alice.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let told = asked.message().await.unwrap();
    let text = told.text();
    assert!(told.ephemeral && text.contains("Something went wrong on our side"), "{text}");
    let is_number = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let number = text.split(|c: char| !c.is_alphanumeric()).find(is_number).unwrap();
    bot.signal("TERM").await;
    let ended = bot.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.err);
    assert_eq!(ended.err.matches(number).count(), 1, "{}", ended.err);
    let troubles =
        ended.err.lines().filter(|line| line.contains(" ERROR ") || line.contains(" WARN ")).count();
    assert_eq!(troubles, 1, "logged once: {}", ended.err);
    assert!(!ended.err.contains("axolotl"), "no words of people: {}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_is_finished_and_votes_are_kept() {
    let place = Installation::new().await;
    let (general, quiet) = (place.server.general(), place.server.channel("quiet"));
    let alice = place.server.member("Alice");
    let bot = place.start().await;
    let card = ask_for_card(&alice, general, "axolotl").await;

    // The first answer to each of these fails, so the bot is at work on them when the signal comes.
    place.discord.faults().rest(RestRule {
        method: Some("POST".to_owned()),
        path: Some("/callback".to_owned()),
        fault: RestFault::Status { status: 503, done: false },
        times: Some(3),
    });
    let asked: Vec<_> = ["ollama", "vllm", "cursor"]
        .into_iter()
        .map(|name| {
            alice.slash(quiet, "compare").unwrap().with("a", name).with("b", "axolotl").send().unwrap()
        })
        .collect();
    let members: Vec<MemberHandle> = (0..120).map(|n| place.server.member(&format!("Member {n}"))).collect();
    for (n, member) in members.iter().enumerate() {
        member.react(general, card, if n % 3 == 0 { SKIP } else { SHIP }).unwrap();
    }
    let callbacks_failed = || {
        place
            .discord
            .requests()
            .iter()
            .filter(|one| one.path.ends_with("with_response=true") && one.status == 503)
            .count()
    };
    place
        .discord
        .wait_until("three answers under way", |_| (callbacks_failed() == 3).then_some(()))
        .await
        .unwrap();
    let start = Instant::now();
    bot.signal("TERM").await;
    for asked in &asked {
        let answer = asked.message().await.unwrap();
        assert!(answer.text().contains(" vs "), "{}", answer.text());
    }
    let ended = bot.ended().await;
    ended.assert_good();
    assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
    // The cards under the answers were still posted and seeded: Axolotl's once, the others' too.
    let cards: Vec<_> = alice.look(quiet).into_iter().filter(|view| view.count(SHIP) > 0).collect();
    assert!(cards.len() >= 4, "{}", ended.err);
    assert!(cards.iter().all(is_seeded));

    let again = place.start().await;
    place.wait_for_votes("axolotl", (80, 40)).await;
    again.signal("INT").await;
    again.ended().await.assert_good();
    assert_eq!(place.votes("axolotl").await, Some((80, 40)), "also with nobody to count anew");
}
