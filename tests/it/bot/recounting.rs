//! `/recount`: shows what differs, and a button makes it right.

use tiebreaker::simulator::{Answer, EventFault, EventRule, MessageView, RestFault, RestRule};

use super::{
    moderating::{masked, moderator, press},
    stage::Stage,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_is_shown_first_and_a_button_makes_it_right() {
    let mut stage = Stage::new().await;
    let (ada, bob, general) = (moderator(&stage.server, "Ada"), stage.server.member("Bob"), stage.general());
    let card = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let card = card.message().await.unwrap();
    stage.see(&bob, general, "seeding", |m| m.id == card.id && m.count("⏭️") == 1).await;
    bob.react(general, card.id, "🚢").unwrap();
    stage.see(&bob, general, "the vote", |m| m.id == card.id && m.text().contains("1 vote")).await;

    let right = recount(&ada, general).await;
    assert!(right.text().contains("Every card is right"), "{}", right.text());
    assert!(bob.see(general, right.id).is_none());

    // Events that never arrive: Discord promises none.
    lose_reactions(&stage);
    bob.take_back(general, card.id, "🚢").unwrap();
    bob.react(general, card.id, "⏭️").unwrap();
    ada.react(general, card.id, "⏭️").unwrap();
    stage.discord.faults().clear();
    let found = recount(&ada, general).await;
    insta::assert_snapshot!("recount_found", masked(&found.text()));
    assert!(bob.see(general, card.id).unwrap().text().contains("1 vote"), "nothing was changed yet");
    let label = "Make them right";
    press(&ada, general, &found, label).await;
    let done =
        stage.see(&ada, general, "the repair", |m| m.id == found.id && m.text().contains("made right")).await;
    insta::assert_snapshot!("recount_repaired", masked(&done.text()));
    stage.see(&bob, general, "the repaired card", |m| m.id == card.id && m.text().contains("2 votes")).await;

    // What was found is forgotten by a restart; the button looks again.
    lose_reactions(&stage);
    ada.take_back(general, card.id, "⏭️").unwrap();
    stage.discord.faults().clear();
    let found = recount(&ada, general).await;
    stage.stop().await;
    stage.start().await;
    press(&ada, general, &found, label).await;
    stage.see(&ada, general, "the second repair", |m| m.id == found.id && !m.text().contains(label)).await;
    stage.see(&bob, general, "the card", |m| m.id == card.id && m.text().contains("1 vote")).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_cards_are_told_and_a_second_recount_waits_its_turn() {
    let mut stage = Stage::new().await;
    let (ada, bob, general) = (moderator(&stage.server, "Ada"), stage.server.member("Bob"), stage.general());
    let card = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let card = card.message().await.unwrap();
    stage.see(&bob, general, "seeding", |m| m.id == card.id && m.count("⏭️") == 1).await;
    bob.react(general, card.id, "🚢").unwrap();
    stage.see(&bob, general, "the vote", |m| m.id == card.id && m.text().contains("1 vote")).await;
    let rule = EventRule { event: Some("MESSAGE_DELETE".to_owned()), fault: EventFault::Lose, times: None };
    stage.discord.faults().events(rule);
    stage.server.owner().delete_message(general, card.id).unwrap();

    let slow = RestRule {
        method: Some("GET".to_owned()),
        path: Some("/messages/".to_owned()),
        fault: RestFault::Slow { ms: 1_000 },
        times: Some(1),
    };
    stage.discord.faults().rest(slow);
    let first = ada.slash(general, "recount").unwrap().with("days", 1).send().unwrap();
    assert!(matches!(first.answer().await.unwrap(), Answer::Thinking));
    let second = recount(&ada, general).await;
    assert!(second.text().contains("running already"), "{}", second.text());
    let told = first.message().await.unwrap();
    assert!(told.text().contains("One is deleted"), "{}", told.text());
    // The vote is frozen, not lost: it counts until Bob votes again.
    let again = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    assert!(again.message().await.unwrap().text().contains("1 vote"));
    stage.discord.faults().clear();
    stage.stop().await;
}

async fn recount(
    who: &tiebreaker::simulator::MemberHandle,
    channel: tiebreaker::simulator::ChannelId,
) -> MessageView {
    who.slash(channel, "recount").unwrap().send().unwrap().message().await.unwrap()
}

fn lose_reactions(stage: &Stage) {
    for event in ["MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"] {
        let rule = EventRule { event: Some(event.to_owned()), fault: EventFault::Lose, times: None };
        stage.discord.faults().events(rule);
    }
}
