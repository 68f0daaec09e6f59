//! Many who ask at once.

use std::collections::BTreeMap;

use tiebreaker::simulator::{MessageView, Settings};

use super::stage::Stage;

const TOOLS: [&str; 4] = ["Axolotl", "Cursor", "Claude Code", "Ollama"];

fn is_complete_card(message: &MessageView) -> bool {
    ["🚢", "⏭️"].iter().all(|emoji| message.count(emoji) == 1)
}

/// Under Discord's limits: reactions go one in 250 ms and channel, so cards are complete some time after the answers.
#[tokio::test(flavor = "multi_thread")]
async fn comparisons_at_once_are_answered_first_and_each_card_comes_once_and_complete() {
    let mut stage = Stage::with(Settings::default(), &[("CARD_REUSE_HOURS", "0")]).await;
    let general = stage.general();
    let pairs = [(0, 1), (2, 3), (1, 2)];
    let asked: Vec<_> = pairs
        .iter()
        .map(|(a, b)| {
            let member = stage.server.member("Somebody");
            let typing = member.slash(general, "compare").unwrap();
            (member, typing.with("a", TOOLS[*a]).with("b", TOOLS[*b]).send().unwrap())
        })
        .collect();
    for (_, asked) in &asked {
        let answer = asked.message().await.unwrap();
        assert!(!answer.ephemeral, "{}", answer.text());
    }
    let (member, _) = &asked[0];
    let mut cards = BTreeMap::new();
    for (_, asked) in &asked {
        for card in asked.follow_ups(2).await.unwrap() {
            let done = stage
                .see(member, general, "both reactions", |m| m.id == card.id && is_complete_card(m))
                .await;
            cards.insert(done.id, done);
        }
    }
    let shown = member.look(general).iter().filter(|message| is_complete_card(message)).count();
    assert_eq!((cards.len(), shown), (6, 6), "no card is doubled");
    let refused = stage.discord.requests().iter().filter(|request| request.status == 429).count();
    assert!(refused <= 2, "{refused} answers of 429");
    stage.stop().await;
}
