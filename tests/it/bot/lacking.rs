//! Where the bot lacks a permission: what still works, and who is told.

use std::time::Duration;

use tiebreaker::simulator::{MessageView, Permissions, RestFault, RestRule, Whom};

use super::stage::{Stage, texts};
use crate::scene::is_seeded;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_to_the_asker_only_and_cards_say_what_voting_needs() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    stage.deny(Permissions::EMBED_LINKS | Permissions::ADD_REACTIONS);
    let compare =
        alice.slash(general, "compare").unwrap().with("a", "cursor").with("b", "cline").send().unwrap();
    let tool = alice.slash(general, "tool").unwrap().with("name", "ollama").send().unwrap();
    let card = tool.message().await.unwrap();
    for (asked, answers) in [(compare, 3), (tool, 1)] {
        let answer = asked.message().await.unwrap();
        assert!(!answer.ephemeral && !answer.text().contains("missing"), "{}", answer.text());
        let below = asked.follow_ups(answers).await.unwrap();
        let (told, cards): (Vec<MessageView>, Vec<MessageView>) =
            below.into_iter().partition(|m| m.ephemeral);
        let [told] = &told[..] else { panic!("{told:#?}") };
        assert!(bob.see(general, told.id).is_none(), "only the asker can do something about it");
        for name in ["Embed Links", "Add Reactions"] {
            assert!(told.text().contains(name), "{}", told.text());
        }
        assert!(!told.text().contains("Send Messages"), "{}", told.text());
        for card in cards.iter().chain((answers == 1).then_some(&card)) {
            let text = card.text();
            assert!(text.contains("Voting needs the permission Add Reactions"), "{text}");
        }
    }
    stage.stop().await;
}

/// Answers and what follows them need no right to post; mentions do, and their refusal must not stop the rest.
#[tokio::test(flavor = "multi_thread")]
async fn where_posting_is_not_allowed_cards_under_answers_are_seeded_all_the_same() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    stage.deny(Permissions::SEND_MESSAGES);
    alice.say(general, &format!("<@{}> cursor vs windsurf", stage.discord.bot_id())).unwrap();
    stage
        .discord
        .wait_for_request("the refusal", |one| one.status == 403 && one.path.ends_with("/messages"))
        .await
        .unwrap();
    let tool = alice.slash(general, "tool").unwrap().with("name", "ollama").send().unwrap();
    let card = tool.message().await.unwrap();
    stage.see(&alice, general, "seeding", |m| m.id == card.id && is_seeded(m)).await;
    stage.stop().await;
}

/// A channel that refuses is not asked again at every mention, also after a restart; when its permissions change, it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_refuses_is_left_alone_until_its_permissions_change() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let us = stage.discord.bot_id();
    let ask = |text: &str| alice.say(general, &format!("<@{us}> {text}")).unwrap();
    let refused = |stage: &Stage| stage.discord.requests().iter().filter(|one| one.status == 403).count();
    stage.deny(Permissions::SEND_MESSAGES);
    ask("cursor vs cline");
    stage.discord.wait_for_request("the refusal", |one| one.status == 403).await.unwrap();
    stage.stop().await;
    stage.start().await;
    let silent = ask("ollama vs vllm");
    // A command is answered, so the mention before it was seen.
    let help = alice.slash(general, "help").unwrap().send().unwrap();
    help.message().await.unwrap();
    assert_eq!(refused(&stage), 1);
    stage.server.overwrite(general, Whom::Member(us), Permissions::SEND_MESSAGES, Permissions::NONE);
    let mut asked = ask("aider vs cline");
    // The change and the mention are two events; whoever asks once more is answered for sure.
    let answered = |to| alice.look(general).iter().any(|m| m.reply_to == Some(to));
    for _ in 0..100 {
        if answered(asked) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        if !answered(asked) {
            asked = ask("aider vs cline");
        }
    }
    stage.see(&alice, general, "an answer", |m| m.from_bot && m.text().contains("Aider vs Cline")).await;
    assert!(!answered(silent), "{:#?}", texts(&alice, general));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_read_a_mention_is_answered_without_a_reply() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    stage.deny(Permissions::READ_MESSAGE_HISTORY);
    alice.say(general, &format!("<@{}> cursor vs cline", stage.discord.bot_id())).unwrap();
    let answer =
        stage.see(&alice, general, "an answer", |m| m.from_bot && m.text().contains("Cursor vs Cline")).await;
    assert!(answer.reply_to.is_none() && answer.mentions.is_empty(), "{:#?}", texts(&alice, general));
    stage.stop().await;
}

/// After fifteen minutes an answer takes nothing more; a storm of 429 can last so long.
#[tokio::test(flavor = "multi_thread")]
async fn cards_that_come_too_late_for_their_answer_are_posted_all_the_same() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    stage.discord.faults().rest(RestRule {
        method: Some("POST".to_owned()),
        path: Some("/webhooks/".to_owned()),
        fault: RestFault::Status { status: 503, done: false },
        times: Some(1),
    });
    let asked =
        alice.slash(general, "compare").unwrap().with("a", "cursor").with("b", "cline").send().unwrap();
    asked.message().await.unwrap();
    stage.discord.wait_for_request("a card that failed", |one| one.status == 503).await.unwrap();
    stage.discord.clock().advance(Duration::from_secs(16 * 60));
    let seeded = |m: &&MessageView| m.from_bot && is_seeded(m);
    stage
        .see(&alice, general, "both cards", |_| alice.look(general).iter().filter(seeded).count() == 2)
        .await;
    stage.stop().await;
}
