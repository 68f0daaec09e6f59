//! "@bot A vs B" in messages.

use super::stage::{Stage, texts};

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
