//! Reviews of a server's own: forms, mistakes, what others see of them.

use tiebreaker::simulator::{ChannelId, FormView, MemberHandle, MessageView, Permissions, ServerHandle};

use super::stage::Stage;

pub(super) const SHIP: u64 = 0;
pub(super) const SKIP: u64 = 1;

/// A member with Manage Server.
pub(super) fn moderator(server: &ServerHandle, name: &str) -> MemberHandle {
    let member = server.member(name);
    let role = server.role(&format!("Moderators ({name})"), Permissions::MANAGE_GUILD);
    server.set_member_role(member.user, role, true);
    member
}

/// `/addreview` with a quote, as it is answered.
pub(super) async fn review(
    who: &MemberHandle,
    channel: ChannelId,
    tool: &str,
    verdict: u64,
    quote: &str,
) -> MessageView {
    let typing = who.slash(channel, "addreview").unwrap();
    let typing = typing.with("tool", tool).with("verdict", verdict).with("quote", quote);
    typing.send().unwrap().message().await.unwrap()
}

/// Uses the button with this label on a message; the answer.
pub(super) async fn press(
    who: &MemberHandle,
    channel: ChannelId,
    message: &MessageView,
    label: &str,
) -> MessageView {
    who.click(channel, message.id, label).unwrap().message().await.unwrap()
}

/// Uses the button with this label on a message; the form.
pub(super) async fn press_for_form(
    who: &MemberHandle,
    channel: ChannelId,
    message: &MessageView,
    label: &str,
) -> FormView {
    who.click(channel, message.id, label).unwrap().form().await.unwrap()
}

/// The label of the undo button.
pub(super) fn undo_label(message: &MessageView) -> String {
    let labels = message.parts().into_iter().filter_map(|part| part["label"].as_str());
    labels.map(str::to_owned).find(|label| label.starts_with("Undo")).expect("an undo button")
}

/// What stands in a box of a form.
pub(super) fn value(form: &FormView, id: &str) -> String {
    let field = form.fields.iter().find(|field| box_id(&field.custom_id) == id).expect("such a box");
    field.value.clone().unwrap_or_default()
}

/// A box's id, without what travels with it.
pub(super) fn box_id(id: &str) -> &str {
    id.split('~').next().unwrap_or_default()
}

/// Sends a form with these boxes filled in.
pub(super) async fn send(who: &MemberHandle, form: &FormView, values: &[(&str, &str)]) -> MessageView {
    let named: Vec<(&str, &str)> = values
        .iter()
        .map(|(id, text)| {
            let field = form.fields.iter().find(|field| box_id(&field.custom_id) == *id).expect("such a box");
            (field.custom_id.as_str(), *text)
        })
        .collect();
    who.submit(form, &named).unwrap().message().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_written_in_a_form_and_shows_on_cards_and_in_comparisons() {
    let mut stage = Stage::new().await;
    let (ada, bob, general) = (moderator(&stage.server, "Ada"), stage.server.member("Bob"), stage.general());
    let card = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let card = card.message().await.unwrap();

    let mut typing = ada.slash(general, "addreview").unwrap();
    let choices = typing.type_text("tool", "axo").await.unwrap();
    typing.choose("tool", &choices[0]).set("verdict", SKIP);
    let form = typing.send().unwrap().form().await.unwrap();
    assert!(form.title.contains("Axolotl"), "{}", form.title);
    assert_eq!(value(&form, "reviewer"), "Ada", "the moderator speaks unless somebody else is named");
    let done = send(&ada, &form, &[("quote", "Too slow on our\n2 old machines.")]).await;
    assert!(done.text().contains("Review added") && done.text().contains("Too slow on our 2 old machines."));
    assert!(bob.see(general, done.id).is_none(), "only the moderator sees the confirmation");

    stage
        .see(&bob, general, "the card with the server's review", |m| {
            m.id == card.id && m.text().contains("from this server")
        })
        .await;
    let compared = bob.slash(general, "compare").unwrap().with("a", "axolotl").with("b", "unsloth");
    let compared = compared.send().unwrap().message().await.unwrap().text();
    assert!(compared.contains("from this server") && compared.contains("Ada"), "{compared}");

    // A second one of the same reviewer replaces the first.
    let again = review(&ada, general, "axolotl", SHIP, "With the new release it is fine.").await;
    assert!(
        again.text().contains("Review replaced") && again.text().contains("Too slow"),
        "{}",
        again.text()
    );
    let same = review(&ada, general, "axolotl", SHIP, "With the new release it is fine.").await;
    assert!(same.text().contains("stands already"), "{}", same.text());

    // A restart keeps it all.
    stage.stop().await;
    stage.start().await;
    let shown = bob.click(general, card.id, &button_id(&card, "card:")).unwrap().message().await.unwrap();
    let text = shown.text();
    assert!(text.contains("With the new release it is fine.") && !text.contains("Too slow"), "{text}");
    assert!(text.contains("Ada") && text.contains("from this server"), "{text}");
    let help = ada.slash(general, "help").unwrap().send().unwrap().message().await.unwrap();
    let help = press(&ada, general, &help, "For moderators").await.text();
    for command in
        ["/addreview", "/removereview", "/addtool", "/edittool", "/removetool", "/history", "/recount"]
    {
        assert!(help.contains(command), "{command}: {help}");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_named_and_the_form_comes_back_filled_in() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    // Far too long, hostile, and by somebody who cannot be spoken for.
    let long = format!("@everyone **{}** <@1>", "word ".repeat(780));
    let typing = ada.slash(general, "addreview").unwrap().with("tool", "axolotl").with("verdict", SHIP);
    let asked = typing.with("reviewer", "the builder").with("quote", long.as_str()).send().unwrap();
    let told = asked.message().await.unwrap();
    let text = told.text();
    assert!(text.contains("Reviewer**: The Builder belongs to the panel"), "{text}");
    assert!(text.contains("1,000 fit") && text.contains("Your reason"), "field and limit: {text}");
    assert!(told.mentions.is_empty());
    assert_eq!(text.matches("word").count(), 780, "nothing typed is lost");

    // Four thousand stars take eight thousand characters to show: what does not fit stands in a second message.
    let stars = "*".repeat(4_000);
    let typing = ada.slash(general, "addreview").unwrap().with("tool", "axolotl").with("verdict", SHIP);
    let asked = typing.with("quote", stars.as_str()).send().unwrap();
    let first = asked.message().await.unwrap();
    let more = asked.follow_ups(1).await.unwrap();
    let shown: String = std::iter::once(&first).chain(&more).map(MessageView::text).collect();
    assert_eq!(shown.matches(r"\*").count(), 4_000, "all of it is there");
    assert!(more.iter().all(|m| !m.mentions.contains(&ada.user) && ada.see(general, m.id).is_some()));

    let form = press_for_form(&ada, general, &told, "Correct it").await;
    assert_eq!(value(&form, "quote"), long, "letter by letter as it was typed");
    assert_eq!(value(&form, "reviewer"), "the builder");
    let again = send(&ada, &form, &[("quote", "\u{200b} \u{202e}"), ("reviewer", "Grace")]).await;
    assert!(again.text().contains("this is empty"), "{}", again.text());
    assert_eq!(again.id, told.id, "the answer takes the place of what is settled");
    let told = again;
    let form = press_for_form(&ada, general, &told, "Correct it").await;
    let done = send(&ada, &form, &[("quote", "Ships\u{200b} on *Fridays*, pings @everyone.")]).await;
    assert!(done.text().contains("Grace") && done.text().contains("nobody can see"), "{}", done.text());
    assert!(done.mentions.is_empty());
    insta::assert_snapshot!("moderating_mistakes", masked(&told.text()));
    insta::assert_snapshot!("moderating_review_added", masked(&done.text()));
    stage.stop().await;
}

/// Without what differs from day to day.
pub(super) fn masked(text: &str) -> String {
    let lines = text.lines().map(|line| if line.starts_with("checked ") { "checked TODAY" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_before_a_restart_is_not_lost() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    let told = review(&ada, general, "axolotl", SHIP, &"long ".repeat(300)).await;
    let typing = ada.slash(general, "addreview").unwrap().with("tool", "axolotl").with("verdict", SHIP);
    let open = typing.send().unwrap().form().await.unwrap();
    stage.stop().await;
    stage.start().await;
    // A form that was open goes through: it holds everything itself.
    let done = send(&ada, &open, &[("quote", "Still here after the restart.")]).await;
    assert!(done.text().contains("Review added"), "{}", done.text());
    // What was kept in memory is gone, and the answer says where it still stands.
    let gone = press(&ada, general, &told, "Correct it").await;
    assert!(gone.text().contains("still stands in the message above"), "{}", gone.text());
    assert!(ada.see(general, told.id).is_some_and(|m| m.text().matches("long").count() == 300));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_adds_the_other_never_sees() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    let other = stage.discord.server("Others");
    let (eve, elsewhere) = (moderator(&other, "Eve"), other.general());
    review(&ada, general, "axolotl", SKIP, "Only for us.").await;

    let names = |choices: Vec<tiebreaker::simulator::Choice>| {
        choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>()
    };
    let mut typing = ada.slash(general, "addreview").unwrap();
    assert_eq!(names(typing.keystroke("reviewer", "").await.unwrap()), ["Ada"]);
    let mut typing = eve.slash(elsewhere, "addreview").unwrap();
    assert_eq!(names(typing.keystroke("reviewer", "").await.unwrap()), ["Eve"]);
    let seen = eve.slash(elsewhere, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let seen = seen.message().await.unwrap();
    assert!(!seen.text().contains("from this server"), "{}", seen.text());
    let reviews = eve.click(elsewhere, seen.id, &button_id(&seen, "card:")).unwrap().message().await.unwrap();
    assert!(!reviews.text().contains("Only for us"), "{}", reviews.text());
    let history = eve.slash(elsewhere, "history").unwrap().send().unwrap().message().await.unwrap();
    assert!(history.text().contains("Nothing has been changed"), "{}", history.text());
    let none = eve.slash(elsewhere, "removereview").unwrap().with("tool", "axolotl").with("reviewer", "Ada");
    let none = none.send().unwrap().message().await.unwrap();
    assert!(none.text().contains("no reviews of"), "{}", none.text());
    stage.stop().await;
}

/// The id of the first button that begins so.
pub(super) fn button_id(message: &MessageView, begins: &str) -> String {
    let ids = message.parts().into_iter().filter_map(|part| part["custom_id"].as_str());
    ids.map(str::to_owned).find(|id| id.starts_with(begins)).expect("such a button")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_removed_after_asking_and_comes_back_with_undo() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    review(&ada, general, "axolotl", SKIP, "Too slow for us.").await;
    let typing = ada.slash(general, "addreview").unwrap().with("tool", "axolotl").with("verdict", SHIP);
    typing.with("reviewer", "Grace").with("quote", "Fast enough.").send().unwrap().message().await.unwrap();

    let asked = ada.slash(general, "removereview").unwrap().with("tool", "axolotl").send().unwrap();
    let asked = asked.message().await.unwrap();
    let options = asked.menus()[0]["options"].clone();
    let of_ada = options.as_array().unwrap().iter().find(|option| option["label"] == "⏭️ Ada").unwrap();
    let value = of_ada["value"].as_str().unwrap();
    let asked = ada.pick(general, asked.id, "", &[value]).unwrap().message().await.unwrap();
    assert!(asked.text().contains("Remove this review") && asked.text().contains("Too slow for us"));
    insta::assert_snapshot!("moderating_ask_review", masked(&asked.text()));
    let kept = press(&ada, general, &asked, "Keep").await;
    assert!(kept.text().contains("Nothing was changed"), "{}", kept.text());

    let mut typing = ada.slash(general, "removereview").unwrap();
    typing.set("tool", "axolotl");
    let offered = typing.keystroke("reviewer", "").await.unwrap();
    assert_eq!(offered.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>(), ["Ada", "Grace"]);
    let asked = typing.with("reviewer", "ada").send().unwrap().message().await.unwrap();
    let gone = press(&ada, general, &asked, "Remove").await;
    assert!(gone.text().contains("Review removed"), "{}", gone.text());
    let undone = press(&ada, general, &gone, &undo_label(&gone)).await;
    assert!(undone.text().contains("is taken back") && undone.text().contains("Too slow for us"));
    insta::assert_snapshot!("moderating_undone", masked(&undone.text()));
    // Taking back can be taken back too, and the history tells all of it.
    press(&ada, general, &undone, &undo_label(&undone)).await;
    let history = ada.slash(general, "history").unwrap().with("tool", "axolotl").send().unwrap();
    let history = history.message().await.unwrap();
    assert!(history.text().contains("review removed") && history.text().contains("took back change"));
    stage.stop().await;
}
