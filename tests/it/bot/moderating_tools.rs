//! Tools of a server's own, changes to shared ones, history and undo.

use super::{
    moderating::{SHIP, button_id, masked, moderator, press, press_for_form, send, undo_label, value},
    stage::Stage,
};

const PAID: u64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_is_added_in_a_form_and_is_found_here_only() {
    let mut stage = Stage::new().await;
    let (ada, bob, general) = (moderator(&stage.server, "Ada"), stage.server.member("Bob"), stage.general());
    let other = stage.discord.server("Others");
    let (eve, elsewhere) = (other.member("Eve"), other.general());

    let mut typing = ada.slash(general, "addtool").unwrap();
    let categories = typing.keystroke("category", "vector").await.unwrap();
    assert_eq!(categories[0].name, "Vector Databases");
    typing.choose("category", &categories[0]);
    typing.set("price", PAID).set("vendor", "Paper: 100% Inc.").set("amount", "20").set("currency", "USD");
    let form = typing.set("note", "First month free + setup").send().unwrap().form().await.unwrap();
    // The form outlives a restart together with what was given beside it.
    stage.stop().await;
    stage.start().await;
    let values = [
        ("name", "Paper Trail"),
        ("aliases", "ptrail, paper trail db"),
        ("tagline", "Keeps **every** version @everyone"),
        ("description", "A vector database that forgets nothing.\nNot even mistakes."),
        ("link", "https://paper.example/trail"),
    ];
    let done = send(&ada, &form, &values).await;
    assert!(done.mentions.is_empty());
    insta::assert_snapshot!("moderating_tool_added", masked(&done.text()));

    let found = bob.slash(general, "tool").unwrap().with("name", "ptrail").send().unwrap();
    let card = found.message().await.unwrap();
    let text = card.text();
    assert!(
        text.contains("Paper Trail") && text.contains("$20") && text.contains("First month free + setup"),
        "{text}"
    );
    assert!(text.contains("Paper: 100% Inc.") && text.contains("Added by this server"), "{text}");
    let mut typing = eve.slash(elsewhere, "compare").unwrap();
    let offered = typing.type_text("a", "paper tr").await.unwrap();
    assert!(offered.iter().all(|choice| choice.name != "Paper Trail"), "{offered:?}");
    let unknown = eve.slash(elsewhere, "tool").unwrap().with("name", "Paper Trail").send().unwrap();
    let unknown = unknown.message().await.unwrap();
    assert!(!unknown.text().contains("forgets nothing"), "{}", unknown.text());

    // A forged button of the other server finds nothing there either.
    let id = button_id(&card, "card:");
    assert!(id.contains("srv-"), "{id}");
    stage.stop().await;
    stage.start().await;
    let after = bob.slash(general, "compare").unwrap().with("a", "paper trail").with("b", "axolotl");
    let after = after.send().unwrap().message().await.unwrap();
    assert!(after.text().contains("Paper Trail vs Axolotl"), "{}", after.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_of_a_tool_is_told_and_both_forms_come_back() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    // Beside the command: told before a form is opened.
    let typing = ada.slash(general, "addtool").unwrap().with("category", "Paper Trails").with("price", PAID);
    let typing = typing.with("amount", "20,50").with("vendor", "x".repeat(90).as_str());
    let told = typing.send().unwrap().message().await.unwrap();
    insta::assert_snapshot!("moderating_details_mistakes", masked(&told.text()));
    let form = press_for_form(&ada, general, &told, "Correct maker and price").await;
    assert_eq!((value(&form, "amount").as_str(), value(&form, "vendor").len()), ("20,50", 90));
    let told = send(&ada, &form, &[("amount", "20.50"), ("currency", "usd"), ("vendor", "Paper")]).await;
    assert!(told.text().contains("three capitals"), "{}", told.text());
    let form = press_for_form(&ada, general, &told, "Correct maker and price").await;
    let good = send(&ada, &form, &[("currency", "USD")]).await;
    let form = press_for_form(&ada, general, &good, "Go on with name and texts").await;

    // In the form: all at once, and it comes back filled in.
    let values = [
        ("name", "axolotl V0.16"),
        ("aliases", "pt, pt, !!!"),
        ("tagline", ""),
        ("description", "Fine."),
        ("link", "http://paper.example"),
    ];
    let told = send(&ada, &form, &values).await;
    insta::assert_snapshot!("moderating_tool_mistakes", masked(&told.text()));
    let form = press_for_form(&ada, general, &told, "Correct the texts").await;
    assert_eq!(value(&form, "name"), "axolotl V0.16");
    assert_eq!(value(&form, "link"), "http://paper.example");
    let values = [("name", "Paper"), ("aliases", "pt"), ("link", "https://paper.example")];
    let told = send(&ada, &form, &values).await;
    assert!(told.text().contains("Paper is listed here now"), "{}", told.text());
    assert!(told.text().contains("$20.50") && told.text().contains("Paper Trails"), "{}", told.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_shows_before_and_after_and_undo_is_refused_when_the_field_changed_since() {
    let mut stage = Stage::new().await;
    let (ada, grace) = (moderator(&stage.server, "Ada"), moderator(&stage.server, "Grace"));
    let (bob, general) = (stage.server.member("Bob"), stage.general());
    let card = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let card = card.message().await.unwrap();

    let form = ada.slash(general, "edittool").unwrap().with("tool", "axolotl").send().unwrap();
    let form = form.form().await.unwrap();
    let old = value(&form, "tagline");
    assert!(!old.is_empty());
    let done = send(&ada, &form, &[("tagline", "What we tune with")]).await;
    let text = done.text();
    assert!(text.contains(&format!("tagline: {old} → What we tune with")), "{text}");
    assert!(text.contains("shared catalog"), "{text}");
    insta::assert_snapshot!("moderating_tool_changed", masked(&text));
    stage
        .see(&bob, general, "the changed card", |m| m.id == card.id && m.text().contains("What we tune with"))
        .await;

    // Another field by options, at once; then the same field by somebody else.
    let second =
        ada.slash(general, "edittool").unwrap().with("tool", "axolotl").with("vendor", "Axolotl Lab");
    let second = second.send().unwrap().message().await.unwrap();
    assert!(second.text().contains("→ Axolotl Lab"), "{}", second.text());
    let form = grace.slash(general, "edittool").unwrap().with("tool", "axolotl").send().unwrap();
    let form = form.form().await.unwrap();
    send(&grace, &form, &[("tagline", "What Grace tunes with")]).await;

    let refused = press(&ada, general, &done, &undo_label(&done)).await;
    let text = refused.text();
    assert!(text.contains("cannot be taken back") && text.contains("Changed since: tagline"), "{text}");
    assert!(text.contains(&old) && text.contains("What Grace tunes with"), "both versions: {text}");
    insta::assert_snapshot!("moderating_undo_refused", masked(&text));
    // The other field was not touched since: that change can be taken back.
    let undone = press(&ada, general, &second, &undo_label(&second)).await;
    assert!(undone.text().contains("is taken back"), "{}", undone.text());
    let seen = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let text = seen.message().await.unwrap().text();
    assert!(!text.contains("Axolotl Lab") && text.contains("What Grace tunes with"), "{text}");

    let history = ada.slash(general, "history").unwrap().send().unwrap().message().await.unwrap();
    let masked =
        history.text().replace(&ada.user.to_string(), "ADA").replace(&grace.user.to_string(), "GRACE");
    assert!(masked.contains("<@ADA>") && masked.contains("<@GRACE>"), "who did it: {masked}");
    assert!(history.mentions.is_empty(), "named, not pinged");
    assert_eq!(masked.matches("tool changed").count(), 4, "the copy that came first is no news: {masked}");
    let today = masked.lines().find(|line| line.starts_with("<@")).and_then(|line| line.split_once(" · "));
    insta::assert_snapshot!("moderating_history", masked.replace(today.expect("a day").1, "TODAY"));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_forms_at_once_do_not_overwrite_each_other() {
    let mut stage = Stage::new().await;
    let (ada, grace, general) =
        (moderator(&stage.server, "Ada"), moderator(&stage.server, "Grace"), stage.general());
    let open = |who: &tiebreaker::simulator::MemberHandle| {
        who.slash(general, "edittool").unwrap().with("tool", "axolotl").send().unwrap()
    };
    let (first, second) = (open(&ada).form().await.unwrap(), open(&grace).form().await.unwrap());
    send(&ada, &first, &[("tagline", "Ada's line")]).await;
    // Grace changed another box: both stand.
    let done = send(&grace, &second, &[("link", "https://axolotl.example")]).await;
    assert!(done.text().contains("Ada's line"), "{}", done.text());
    let (first, second) = (open(&ada).form().await.unwrap(), open(&grace).form().await.unwrap());
    send(&ada, &first, &[("tagline", "Ada's second line")]).await;
    let told = send(&grace, &second, &[("tagline", "Grace's line")]).await;
    let text = told.text();
    assert!(text.contains("it is now “Ada's second line”") && text.contains("Grace's line"), "{text}");
    let form = press_for_form(&grace, general, &told, "Correct it").await;
    assert_eq!(value(&form, "tagline"), "Grace's line");
    let done = send(&grace, &form, &[]).await;
    assert!(done.text().contains("Ada's second line → Grace's line"), "{}", done.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_is_hidden_after_asking_and_undo_brings_its_votes_back() {
    let mut stage = Stage::new().await;
    let (ada, bob, general) = (moderator(&stage.server, "Ada"), stage.server.member("Bob"), stage.general());
    let card = bob.slash(general, "tool").unwrap().with("name", "axolotl").send().unwrap();
    let card = card.message().await.unwrap();
    stage.see(&bob, general, "seeding", |m| m.id == card.id && m.count("⏭️") == 1).await;
    bob.react(general, card.id, "🚢").unwrap();
    stage.see(&bob, general, "the vote", |m| m.id == card.id && m.text().contains("1 vote")).await;

    let asked = ada.slash(general, "removetool").unwrap().with("tool", "axlotl").send().unwrap();
    let asked = asked.message().await.unwrap();
    insta::assert_snapshot!("moderating_ask_tool", masked(&asked.text()));
    let gone = press(&ada, general, &asked, "Remove").await;
    insta::assert_snapshot!("moderating_tool_removed", masked(&gone.text()));
    stage
        .see(&bob, general, "the card of a hidden tool", |m| {
            m.id == card.id && m.text().contains("was removed from the list")
        })
        .await;
    let missing = bob.slash(general, "tool").unwrap().with("name", "Axolotl v0.16").send().unwrap();
    let missing = missing.message().await.unwrap();
    assert!(!missing.text().contains("1 vote"), "{}", missing.text());
    let other = stage.discord.server("Others");
    let (eve, elsewhere) = (other.member("Eve"), other.general());
    let there = eve.slash(elsewhere, "tool").unwrap().with("name", "axolotl").send().unwrap();
    assert!(there.message().await.unwrap().text().contains("Axolotl v0.16"), "hidden here only");

    // After a restart it is still hidden, and the history of a hidden tool can be asked for by its name.
    stage.stop().await;
    stage.start().await;
    let history = ada.slash(general, "history").unwrap().with("tool", "axolotl").send().unwrap();
    let history = history.message().await.unwrap();
    assert!(history.text().contains("tool removed"), "{}", history.text());
    let after = press(&ada, general, &history, &undo_label(&history)).await;
    assert!(after.text().contains("back again"), "{}", after.text());
    let back = bob.slash(general, "compare").unwrap().with("a", "axolotl").with("b", "unsloth");
    let back = back.send().unwrap().message().await.unwrap().text();
    assert!(back.contains("1 vote"), "its votes are back: {back}");
    stage.see(&bob, general, "the card again", |m| m.id == card.id && m.text().contains("1 vote")).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_clear_is_asked_back_and_the_command_goes_on() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    let typing = ada.slash(general, "addreview").unwrap().with("tool", "code").with("verdict", SHIP);
    let asked = typing.with("quote", "Kept while I choose.").send().unwrap().message().await.unwrap();
    assert!(asked.text().contains("Kept while I choose."), "{}", asked.text());
    let menu = asked.menus().into_iter().next().expect("a menu").clone();
    let picked = menu["options"][0]["value"].as_str().unwrap();
    let done = ada.pick(general, asked.id, "", &[picked]).unwrap().message().await.unwrap();
    assert!(done.text().contains("Review added") && done.text().contains("Kept while I choose."));
    stage.stop().await;
}
