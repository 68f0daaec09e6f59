//! kill -9 at random moments under votes. `TIEBREAKER_TEST_KILLS=50` for a long run.

use std::time::Duration;

use tiebreaker::simulator::{ChannelId, MemberHandle, MessageId};

use super::{Installation, PATIENCE};
use crate::scene::{SHIP, SKIP, ask_for_card, is_seeded, standing};

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn kills() -> usize {
    std::env::var("TIEBREAKER_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5)
}

const TOOLS: [&str; 3] = ["axolotl", "ollama", "vllm"];

#[tokio::test(flavor = "multi_thread")]
async fn after_every_kill_the_scores_are_the_reactions_that_stand() {
    let kills = kills();
    let place = Installation::new().await;
    let channels = TOOLS.map(|name| place.server.channel(name));
    let members: Vec<MemberHandle> = (0..8).map(|n| place.server.member(&format!("Member {n}"))).collect();
    let mut dice = Dice(7);
    let mut bot = place.start().await;
    let mut cards = Vec::new();
    for (name, channel) in TOOLS.iter().zip(channels) {
        cards.push((channel, ask_for_card(&members[0], channel, name).await));
    }
    let mut votes = 0;
    for round in 0..kills {
        // Votes before, while and after the process dies.
        let dying = async {
            tokio::time::sleep(Duration::from_millis(dice.roll(120) as u64)).await;
            bot.kill().await;
        };
        let mut hands = Dice(round as u64);
        let voting = async {
            for _ in 0..60 {
                let (channel, card) = cards[hands.roll(3)];
                vote(&members[hands.roll(8)], channel, card, &mut hands);
                votes += 1;
                tokio::time::sleep(Duration::from_millis(hands.roll(5) as u64)).await;
            }
        };
        tokio::join!(dying, voting);
        place.discord.wait_for_no_session().await.unwrap();
        vote(&members[round % 8], cards[0].0, cards[0].1, &mut hands);
        bot = place.start().await;
        for (name, (channel, card)) in TOOLS.iter().zip(&cards) {
            place.wait_for_votes(name, standing(&members[0], *channel, *card)).await;
        }
    }
    bot.signal("TERM").await;
    bot.ended().await.assert_good();
    let checked = place.ran(&["check"]).await;
    assert_eq!(checked.status.code(), Some(0), "{}{}", checked.out, checked.err);
    println!("{kills} kills under {votes} votes, every score right after each");
}

/// One emoji per member and card, so that what stands tells the ballot.
fn vote(member: &MemberHandle, channel: ChannelId, card: MessageId, dice: &mut Dice) {
    let standing = member.see(channel, card).unwrap();
    match standing.reactions.iter().find(|one| one.me) {
        Some(mine) => member.take_back(channel, card, &mine.emoji).unwrap(),
        None => member.react(channel, card, [SHIP, SKIP][dice.roll(2)]).unwrap(),
    }
}

/// Killed while cards are posted: each card that stands collects votes afterwards, also one that was posted at that moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_was_posted_at_the_moment_of_death_collects_votes() {
    let place = Installation::new().await;
    let names: Vec<String> =
        tiebreaker::catalog::starter::load().tools.iter().map(|entry| entry.tool.name.clone()).collect();
    let (alice, ben) = (place.server.member("Alice"), place.server.member("Ben"));
    let mut dice = Dice(11);
    for (round, tools) in names.chunks_exact(4).take(kills().div_ceil(2)).enumerate() {
        let channel = place.server.channel(&format!("round-{round}"));
        let bot = place.start().await;
        let asked = ["a", "b", "c", "d"]
            .into_iter()
            .zip(tools)
            .fold(alice.slash(channel, "compare").unwrap(), |typing, (option, name)| {
                typing.with(option, name.as_str())
            })
            .send()
            .unwrap();
        let _ = asked.message().await;
        tokio::time::sleep(Duration::from_millis(dice.roll(60) as u64)).await;
        bot.kill().await;
        place.discord.wait_for_no_session().await.unwrap();
        let cards: Vec<(MessageId, String)> = alice
            .look(channel)
            .iter()
            .filter_map(|view| {
                let ids = view.parts().into_iter().filter_map(|part| part["custom_id"].as_str());
                let tool =
                    ids.filter_map(|id| id.strip_prefix("card:")?.split(':').next()).next()?.to_owned();
                Some((view.id, tool))
            })
            .collect();
        // One votes while nobody listens, one when somebody does again.
        for (card, _) in &cards {
            ben.react(channel, *card, SKIP).unwrap();
        }
        let bot = place.start().await;
        // Where at least one card was known, nobody needs to react for the others to be found; seeds come late, too.
        let seeded = || alice.look(channel).iter().filter(|view| is_seeded(view)).count();
        if seeded() > 0 {
            let all = async {
                while seeded() < cards.len() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            let done = tokio::time::timeout(PATIENCE, all).await;
            assert!(done.is_ok(), "round {round}: {} of {} are seeded", seeded(), cards.len());
        }
        for (card, _) in &cards {
            alice.react(channel, *card, SHIP).unwrap();
        }
        for (_, tool) in &cards {
            place.wait_for_votes(tool, (1, 1)).await;
        }
        bot.kill().await;
        place.discord.wait_for_no_session().await.unwrap();
    }
}
