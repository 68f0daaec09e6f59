//! `/compare`, `/tool`, `/help`, and their buttons and menus.

use tiebreaker::simulator::{ChannelId, MemberHandle, MessageView};

use super::{
    moderating::{moderator, press},
    stage::Stage,
};
use crate::scene::{SHIP, SKIP, ask_for_card, is_seeded};

/// `/compare`, as it is answered.
async fn compare(who: &MemberHandle, channel: ChannelId, names: &[&str]) -> MessageView {
    let mut typing = who.slash(channel, "compare").unwrap();
    for (option, name) in ["a", "b", "c", "d"].into_iter().zip(names) {
        typing.set(option, *name);
    }
    typing.send().unwrap().message().await.unwrap()
}

/// A moderator removes a tool here.
async fn remove(who: &MemberHandle, channel: ChannelId, tool: &str) {
    let asked = who.slash(channel, "removetool").unwrap().with("tool", tool).send().unwrap();
    let done = press(who, channel, &asked.message().await.unwrap(), "Remove").await;
    assert!(done.text().contains("is hidden here now"), "{}", done.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn compare_answers_with_a_head_to_head_and_cards_to_vote_on() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());

    let mut typing = alice.slash(general, "compare").unwrap();
    let choices = typing.type_text("a", "haiku open").await.unwrap();
    assert_eq!(choices.first().map(|choice| choice.name.as_str()), Some("Claude Haiku Open Weights"));
    typing.choose("a", &choices[0]).set("b", "axlotl");
    let asked = typing.send().unwrap();
    let answer = asked.message().await.unwrap();
    let text = answer.text();
    assert!(text.contains("Claude Haiku Open Weights vs Axolotl v0.16"), "{text}");
    assert!(text.contains("axlotl"), "how the name was read: {text}");

    let cards = asked.follow_ups(2).await.unwrap();
    for card in &cards {
        stage.see(&alice, general, "seeding", |m| m.id == card.id && is_seeded(m)).await;
    }
    alice.react(general, cards[0].id, SHIP).unwrap();
    stage.see(&alice, general, "the vote", |m| m.id == cards[0].id && m.text().contains("1 vote")).await;
    alice.take_back(general, cards[0].id, SHIP).unwrap();
    stage.see(&alice, general, "taking back", |m| m.id == cards[0].id && !m.text().contains("1 vote")).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unclear_name_is_asked_back_privately_and_the_pick_goes_on_in_public() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let asked = alice
        .slash(general, "compare")
        .unwrap()
        .with("a", "zzqx nothing like it")
        .with("b", "axolotl")
        .send()
        .unwrap();
    let answer = asked.message().await.unwrap();
    assert!(answer.text().contains("zzqx nothing like it"), "{}", answer.text());
    assert!(bob.see(general, answer.id).is_none(), "only the asker sees it");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_unclear_names_get_a_menu_each() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let typing = alice.slash(general, "compare").unwrap();
    let asked = typing.with("a", "openai").with("b", "ollama").with("c", "google").send().unwrap();
    let mut answer = asked.message().await.unwrap();
    assert!(answer.ephemeral, "only the asker sees it");
    let mut picked = Vec::new();
    for left in [2, 1] {
        let menus = answer.menus();
        assert_eq!(menus.len(), left, "{}", answer.text());
        let (menu, first) = (menus[0]["custom_id"].as_str().unwrap(), &menus[0]["options"][0]);
        picked.push(first["label"].as_str().unwrap().to_owned());
        let pressed = alice.pick(general, answer.id, menu, &[first["value"].as_str().unwrap()]).unwrap();
        answer = pressed.message().await.unwrap();
    }
    assert!(!answer.ephemeral && bob.see(general, answer.id).is_some(), "it goes on in public");
    let title = format!("{} vs Ollama vs {}", picked[0], picked[1]);
    assert!(answer.text().contains(&title), "{title}: {}", answer.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_get_a_clear_answer_and_ping_nobody() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    for name in ["@everyone", "<@1>", "# **x** [y](https://example.com)", "`", "\u{200b}"] {
        let asked =
            alice.slash(general, "compare").unwrap().with("a", name).with("b", "axolotl").send().unwrap();
        let answer = asked.message().await.unwrap();
        assert!(answer.mentions.is_empty(), "{name:?} pings");
    }
    let same = alice
        .slash(general, "compare")
        .unwrap()
        .with("a", "axolotl")
        .with("b", "Axolotl v0.16")
        .send()
        .unwrap();
    let answer = same.message().await.unwrap();
    assert!(answer.text().contains("twice"), "{}", answer.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tools_card_opens_its_reviews_for_whoever_asks() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let card = ask_for_card(&alice, general, "axolotl").await;
    let view = alice.see(general, card).unwrap();
    let button = view.parts().into_iter().find_map(|part| part["custom_id"].as_str()).unwrap().to_owned();
    let reviews = bob.click(general, card, &button).unwrap().message().await.unwrap();
    assert!(
        reviews.text().contains("verify on your hardware") || reviews.text().contains("hardware"),
        "{}",
        reviews.text()
    );
    assert!(alice.see(general, reviews.id).is_none(), "only who pressed sees them");
    // The card stands here already: it is linked, not posted again.
    let again =
        bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap().message().await.unwrap();
    assert!(alice.see(general, again.id).is_none());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_survive_a_restart_and_what_happened_meanwhile_is_counted() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    let card = ask_for_card(&alice, general, "axolotl").await;
    alice.react(general, card, SHIP).unwrap();
    stage.see(&alice, general, "the vote", |m| m.id == card && m.text().contains("1 vote")).await;
    stage.stop().await;
    alice.take_back(general, card, SHIP).unwrap();
    alice.react(general, card, SKIP).unwrap();
    bob.react(general, card, SKIP).unwrap();
    stage.start().await;
    stage
        .see(&alice, general, "the recount", |m| {
            m.id == card && m.text().contains("0%") && m.text().contains("2 votes")
        })
        .await;
    stage.stop().await;
}

/// Discord lists a hundred members at a time.
#[tokio::test(flavor = "multi_thread")]
async fn more_votes_than_fit_on_one_page_are_found_after_a_restart() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let card = ask_for_card(&alice, general, "axolotl").await;
    stage.stop().await;
    for n in 0..250 {
        let member = stage.server.member(&format!("Member {n}"));
        member.react(general, card, if n < 201 { SHIP } else { SKIP }).unwrap();
    }
    stage.start().await;
    stage
        .see(&alice, general, "the recount", |m| m.id == card && m.text().contains("80% ship · 250 votes"))
        .await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_there_before_a_letter_and_leave_out_what_stands_in_the_other_boxes() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    let mut typing = alice.slash(general, "compare").unwrap();
    let names = |choices: Vec<tiebreaker::simulator::Choice>| -> Vec<String> {
        choices.into_iter().map(|choice| choice.name).collect()
    };
    let first = names(typing.keystroke("a", "").await.unwrap());
    assert_eq!(first.len(), 25, "{first:?}");
    typing.set("a", "Cursor");
    let second = names(typing.keystroke("b", "").await.unwrap());
    assert!(second.len() == 25 && !second.contains(&"Cursor".to_owned()), "{second:?}");
    assert!(second[..6].contains(&"Cline".to_owned()), "what could take its place comes first: {second:?}");
    let same = names(typing.keystroke("b", "curs").await.unwrap());
    assert!(!same.contains(&"Cursor".to_owned()), "nobody compares a tool with itself: {same:?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_see_is_no_name() {
    let mut stage = Stage::new().await;
    let (alice, general) = (stage.server.member("Alice"), stage.general());
    for nothing in [" ", "\u{200b}\u{2060}", "\u{202e}"] {
        let told = compare(&alice, general, &[nothing, "axolotl"]).await;
        assert!(told.ephemeral && told.text().contains("Name at least 2 tools"), "{}", told.text());
        let tool = alice.slash(general, "tool").unwrap().with("name", nothing).send().unwrap();
        let told = tool.message().await.unwrap();
        assert!(told.ephemeral && told.text().contains("Name a tool"), "{}", told.text());
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nothing_is_like_is_no_dead_end() {
    let mut stage = Stage::new().await;
    let (alice, bob, general) = (stage.server.member("Alice"), stage.server.member("Bob"), stage.general());
    // One is clear, one has candidates: the pick goes on with these two.
    let told = compare(&alice, general, &["ollama", "openai", "qqqq"]).await;
    assert!(told.text().contains("“qqqq” is not in the catalog"), "{}", told.text());
    let menu = told.menus()[0].clone();
    let (id, pick) = (menu["custom_id"].as_str().unwrap(), menu["options"][0].clone());
    let answer = alice.pick(general, told.id, id, &[pick["value"].as_str().unwrap()]).unwrap();
    let answer = answer.message().await.unwrap();
    let title = format!("Ollama vs {}", pick["label"].as_str().unwrap());
    assert!(answer.text().contains(&title), "{title}: {}", answer.text());
    assert!(bob.see(general, answer.id).is_some());
    // The others are clear: a button compares them.
    let told = compare(&alice, general, &["cursor", "qqqq", "cline"]).await;
    let answer = press(&alice, general, &told, "Compare Cursor and Cline").await;
    assert!(answer.text().contains("Cursor vs Cline"), "{}", answer.text());
    // The same beside a menu.
    let told = compare(&alice, general, &["cursor", "openai", "cline"]).await;
    assert_eq!(told.menus().len(), 1, "{}", told.text());
    let answer = press(&alice, general, &told, "Compare Cursor and Cline").await;
    assert!(answer.text().contains("Cursor vs Cline") && !answer.ephemeral, "{}", answer.text());
    // There is nothing to compare with: whatever were picked, it would lead nowhere.
    let told = compare(&alice, general, &["qqqq", "openai", "wwwwq"]).await;
    assert!(told.menus().len() <= 2, "{}", told.text());
    let told = compare(&alice, general, &["qqqq", "openai"]).await;
    assert!(told.ephemeral && told.menus().is_empty(), "{}", told.text());
    assert_eq!(told.text().matches("without your name").count(), 1, "{}", told.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_is_removed_while_a_menu_is_open_is_no_dead_end() {
    let mut stage = Stage::new().await;
    let (alice, ada, general) =
        (stage.server.member("Alice"), moderator(&stage.server, "Ada"), stage.general());
    let told = compare(&alice, general, &["cursor", "openai"]).await;
    remove(&ada, general, "cursor").await;
    let menu = told.menus()[0].clone();
    let (id, pick) = (menu["custom_id"].as_str().unwrap(), menu["options"][0]["value"].as_str().unwrap());
    let answer = alice.pick(general, told.id, id, &[pick]).unwrap().message().await.unwrap();
    assert!(answer.text().contains("Ask once more"), "{}", answer.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tool_is_not_taken_for_one_that_was_removed() {
    let mut stage = Stage::new().await;
    let (alice, ada, general) =
        (stage.server.member("Alice"), moderator(&stage.server, "Ada"), stage.general());
    let card = ask_for_card(&alice, general, "ollama").await;
    remove(&ada, general, "ollama").await;
    let told = compare(&alice, general, &["ollama", "vllm"]).await;
    assert!(told.ephemeral && told.text().contains("“ollama” is not in the catalog"), "{}", told.text());
    let gone = stage
        .see(&alice, general, "the card", |m| m.id == card && m.text().contains("was removed from the list"))
        .await;
    assert!(!gone.text().contains("No reviews yet"), "it has reviews: {}", gone.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_names_what_there_is_and_nothing_else() {
    for mentions in ["on", "off"] {
        let mut stage =
            Stage::with(tiebreaker::simulator::Settings::unlimited(), &[("MENTIONS", mentions)]).await;
        let (alice, general) = (stage.server.member("Alice"), stage.general());
        let help = alice.slash(general, "help").unwrap().send().unwrap().message().await.unwrap();
        let text = help.text();
        assert!(help.ephemeral && text.contains("/compare") && !text.contains("/top"), "{text}");
        assert_eq!(text.contains("@Tiebreaker A vs B"), mentions == "on", "{text}");
        let more = press(&alice, general, &help, "For moderators").await.text();
        assert!(more.contains("/addreview") && !more.contains("/setup"), "{more}");
        stage.stop().await;
    }
}
