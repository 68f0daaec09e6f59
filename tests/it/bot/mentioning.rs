//! "@bot A vs B" in messages.

use tiebreaker::simulator::{ChannelId, MemberHandle, MessageId, MessageView};

use super::stage::{Stage, texts};
use crate::scene::is_seeded;

/// A message that mentions the bot, and its reply.
async fn ask(stage: &Stage, who: &MemberHandle, channel: ChannelId, text: &str) -> MessageView {
    let asked = who.say(channel, &format!("<@{}> {text}", stage.discord.bot_id())).unwrap();
    stage.see(who, channel, text, |view| view.reply_to == Some(asked)).await
}

/// Everything that was said in reply to a message.
fn replies(who: &MemberHandle, channel: ChannelId, to: MessageId) -> usize {
    who.look(channel).iter().filter(|view| view.reply_to == Some(to)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_in_a_message_is_answered_with_a_reply_and_cards() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let us = stage.discord.bot_id();
    let asked = alice.say(general, &format!("hey <@{us}> is Cursor better than windsurf?")).unwrap();
    let reply = stage.see(&alice, general, "the reply", |m| m.reply_to == Some(asked)).await;
    assert!(reply.text().contains("Cursor vs "), "{}", reply.text());
    assert!(reply.mentions.is_empty(), "a reply pings nobody");
    stage
        .see(&alice, general, "a card", |m| {
            m.from_bot && m.id != reply.id && m.count("🚢") == 1 && m.count("⏭️") == 1
        })
        .await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_brings_its_card_and_rivals_that_compare() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let us = stage.discord.bot_id();
    let asked = alice.say(general, &format!("<@{us}> vs Cursor?")).unwrap();
    let card =
        stage.see(&alice, general, "the card", |m| m.reply_to == Some(asked) && m.count("🚢") == 1).await;
    let ids: Vec<String> =
        card.parts().iter().filter_map(|part| Some(part["custom_id"].as_str()?.to_owned())).collect();
    let rival = ids.iter().find(|id| id.starts_with("versus:")).expect("a rival");
    let versus = alice.click(general, card.id, rival).unwrap().message().await.unwrap();
    assert!(versus.text().contains("Cursor vs "), "{}", versus.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_nothing_gets_one_quiet_line_and_replies_get_none() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let us = stage.discord.bot_id();
    let asked = alice.say(general, &format!("<@{us}> works on linux or mac?")).unwrap();
    let hint = stage.see(&alice, general, "the hint", |m| m.reply_to == Some(asked)).await;
    // A reply that pings us asks nothing; the next question is answered, so the silence before it was meant.
    let ping = alice.reply(general, hint.id, "thanks", true).unwrap();
    let next = alice.say(general, &format!("<@{us}> ollama vs vllm")).unwrap();
    stage.see(&alice, general, "the answer", |m| m.reply_to == Some(next)).await;
    assert!(!alice.look(general).iter().any(|m| m.reply_to == Some(ping)), "{:#?}", texts(&alice, general));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_answered_in_the_thread() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let thread = alice.start_thread(general, None, "tools").unwrap();
    let reply = ask(&stage, &alice, thread, "Cursor v.s. Windsurf, anyone?").await;
    assert!(reply.text().contains("Cursor vs "), "{}", reply.text());
    let cards = || alice.look(thread).iter().filter(|view| view.from_bot && is_seeded(view)).count();
    stage.see(&alice, thread, "two cards in the thread", |_| cards() == 2).await;
    assert!(!alice.look(general).iter().any(|view| view.from_bot), "{:#?}", texts(&alice, general));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_and_those_who_mention_nobody_are_not_answered() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let us = stage.discord.bot_id();
    let by_bot = stage.server.other_bot("Other").say(general, &format!("<@{us}> ollama vs vllm")).unwrap();
    let by_nobody = alice.say(general, "ollama vs vllm").unwrap();
    let by_everyone = stage.server.owner().say(general, "@everyone ollama vs vllm").unwrap();
    // The next question is answered, so the silence before it was meant.
    ask(&stage, &alice, general, "cursor vs windsurf").await;
    for silent in [by_bot, by_nobody, by_everyone] {
        assert_eq!(replies(&alice, general, silent), 0, "{:#?}", texts(&alice, general));
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_false_comparisons_but_one_quiet_line() {
    let mut stage =
        Stage::with(tiebreaker::simulator::Settings::unlimited(), &[("MEMBER_PER_MINUTE", "0")]).await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    for text in [
        "works on linux or mac?",
        "see PR #12 vs #13",
        "how do I set up cline or roo code please, it does not start",
        "good morning",
    ] {
        let reply = ask(&stage, &alice, general, text).await;
        assert!(
            reply.text().contains("/compare") && !reply.text().contains(" vs Cline"),
            "{text}: {}",
            reply.text()
        );
        assert!(reply.text().lines().count() == 1, "{text}: {}", reply.text());
        assert!(reply.mentions.is_empty());
    }
    assert!(!alice.look(general).iter().any(is_seeded), "{:#?}", texts(&alice, general));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_cannot_be_told_apart_are_asked_back_to_whoever_presses() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let reply = ask(&stage, &alice, general, "openai vs ollama").await;
    assert!(!reply.text().contains("Ollama"), "nothing is guessed: {}", reply.text());
    let menu = bob.click(general, reply.id, "ask-back").unwrap().message().await.unwrap();
    assert!(menu.ephemeral && alice.see(general, menu.id).is_none());
    let offered = menu.menus();
    assert_eq!(offered.len(), 1, "{}", menu.text());
    let pick = offered[0]["options"][1].clone();
    let (id, value) = (offered[0]["custom_id"].as_str().unwrap(), pick["value"].as_str().unwrap());
    let answer = bob.pick(general, menu.id, id, &[value]).unwrap().message().await.unwrap();
    let wanted = format!("{} vs Ollama", pick["label"].as_str().unwrap());
    assert!(answer.text().contains(&wanted), "{wanted}: {}", answer.text());
    assert!(alice.see(general, answer.id).is_some(), "it goes on in public");
    stage.stop().await;
}

/// A member who mentions the bot again and again gets silence: a bot that floods a channel is removed.
#[tokio::test(flavor = "multi_thread")]
async fn lines_do_not_flood_a_channel() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let us = stage.discord.bot_id();
    for _ in 0..5 {
        ask(&stage, &alice, general, "good morning").await;
    }
    let told = ask(&stage, &alice, general, "good morning").await;
    assert!(told.text().contains("That was a lot"), "{}", told.text());
    let silent: Vec<MessageId> =
        ["good morning", "cursor vs windsurf", "openai vs ollama", "cursor vs cursor"]
            .into_iter()
            .map(|text| alice.say(general, &format!("<@{us}> {text}")).unwrap())
            .collect();
    // Somebody else is answered, so the silence before was meant.
    let reply = ask(&stage, &bob, general, "cline vs aider").await;
    assert!(reply.text().contains("Cline vs Aider"), "{}", reply.text());
    for message in silent {
        assert_eq!(replies(&alice, general, message), 0, "{:#?}", texts(&alice, general));
    }
    stage.stop().await;
}
