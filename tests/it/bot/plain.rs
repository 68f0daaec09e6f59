//! Where embeds cannot be shown: cards are plain text, and stay so.

use tiebreaker::simulator::{MessageView, Permissions};

use super::stage::Stage;
use crate::scene::{SHIP, ask_for_card, is_seeded};

/// Four tools are more than a message of text holds: what is left out is the quotes, not how a name was read.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_comparison_loses_its_quotes_and_keeps_how_names_were_read() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    stage.deny(Permissions::EMBED_LINKS);
    let typing = alice.slash(general, "compare").unwrap().with("a", "cursor").with("b", "axlotl");
    let asked = typing.with("c", "cline").with("d", "ollama").send().unwrap();
    let text = asked.message().await.unwrap().text();
    assert!(text.contains("“axlotl” was read as Axolotl v0.16"), "{text}");
    assert!(text.contains("Reviewer by reviewer") && !text.ends_with('…'), "{text}");
    stage.stop().await;
}

fn is_plain(view: &MessageView) -> bool {
    view.embeds.is_empty() && !view.content.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_keeps_the_look_in_which_it_was_posted() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let framed = ask_for_card(&alice, general, "ollama").await;
    stage.deny(Permissions::EMBED_LINKS);
    let plain = ask_for_card(&alice, general, "axolotl").await;
    assert!(is_plain(&alice.see(general, plain).unwrap()));
    // The right comes back: the look does not change with it, in this run and in the next.
    stage.deny(Permissions::NONE);
    let shows =
        |votes: &'static str, card| move |view: &MessageView| view.id == card && view.text().contains(votes);
    alice.react(general, plain, SHIP).unwrap();
    alice.react(general, framed, SHIP).unwrap();
    assert!(is_plain(&stage.see(&alice, general, "the vote", shows("1 vote", plain)).await));
    assert!(!is_plain(&stage.see(&alice, general, "the vote", shows("1 vote", framed)).await));
    stage.stop().await;
    bob.react(general, plain, SHIP).unwrap();
    bob.react(general, framed, SHIP).unwrap();
    stage.start().await;
    assert!(is_plain(&stage.see(&alice, general, "the recount", shows("2 votes", plain)).await));
    assert!(!is_plain(&stage.see(&alice, general, "the recount", shows("2 votes", framed)).await));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_in_messages_are_answered_in_plain_text_too() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let us = stage.discord.bot_id();
    stage.deny(Permissions::EMBED_LINKS);
    let asked = alice.say(general, &format!("<@{us}> ollama vs vllm")).unwrap();
    let answers = |view: &MessageView| view.reply_to == Some(asked) && is_plain(view);
    let reply = stage.see(&alice, general, "the reply", answers).await;
    assert!(reply.text().contains("Ollama vs vLLM"), "{}", reply.text());
    let cards = |view: &&MessageView| view.from_bot && is_seeded(view) && is_plain(view);
    stage.see(&alice, general, "two cards", |_| alice.look(general).iter().filter(cards).count() == 2).await;
    let one = alice.say(general, &format!("<@{us}> cursor?")).unwrap();
    let card =
        stage.see(&alice, general, "a card", |view| view.reply_to == Some(one) && is_seeded(view)).await;
    assert!(is_plain(&card));
    alice.react(general, card.id, SHIP).unwrap();
    let voted = stage
        .see(&alice, general, "the vote", |view| view.id == card.id && view.text().contains("1 vote"))
        .await;
    assert!(is_plain(&voted));
    stage.stop().await;
}
