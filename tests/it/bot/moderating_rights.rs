//! Who may moderate, asked again for every command, button and form.

use tiebreaker::{
    domain::{
        ids::{RoleId, ServerId},
        time::Timestamp,
    },
    service::ports::{Clock as _, SystemClock},
    simulator::{self, Permissions, Whom},
    store::{
        OpenOptions, StoreFolder,
        contract::{Servers as _, Upkeep as _},
        open,
        records::ServerSettings,
    },
};

use super::{
    moderating::{SHIP, masked, moderator, press, review, send, undo_label},
    stage::{PATIENCE, Stage},
};

const REFUSED: &str = "Only moderators of this server";

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_member_is_refused_by_command_button_and_form() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    let bob = stage.server.member("Bob");
    for command in ["addreview", "addtool", "edittool", "removetool", "removereview", "history", "recount"] {
        assert!(bob.slash(general, command).is_err(), "/{command} is offered to members");
        // Admins can open a command to anybody; we ask again.
        assert!(stage.server.override_command(command, Whom::Member(bob.user), true));
    }
    let plain = |command: &str| bob.slash(general, command).unwrap();
    for asked in [
        plain("addreview").with("tool", "axolotl").with("verdict", SHIP),
        plain("addreview").with("tool", "axolotl").with("verdict", SHIP).with("quote", "Mine."),
        plain("addtool").with("category", "rag").with("price", 0),
        plain("edittool").with("tool", "axolotl"),
        plain("edittool").with("tool", "axolotl").with("vendor", "Bob Inc."),
        plain("removetool").with("tool", "axolotl"),
        plain("removereview").with("tool", "axolotl"),
        plain("history"),
        plain("recount"),
    ] {
        let answer = asked.send().unwrap().message().await.unwrap();
        assert!(answer.text().contains(REFUSED), "{}", answer.text());
        assert!(ada.see(general, answer.id).is_none(), "only the asker sees it");
    }

    // Buttons and forms of somebody who was a moderator when they came.
    let role = stage.server.role("Helpers", Permissions::MANAGE_GUILD);
    stage.server.set_member_role(bob.user, role, true);
    let form = plain("addreview").with("tool", "axolotl").with("verdict", SHIP);
    let form = form.send().unwrap().form().await.unwrap();
    let added = plain("addtool").with("category", "rag").with("price", 0);
    let tool_form = added.send().unwrap().form().await.unwrap();
    let edit = plain("edittool").with("tool", "axolotl").send().unwrap().form().await.unwrap();
    let done = review(&bob, general, "unsloth", SHIP, "Good.").await;
    let mistake = review(&bob, general, "unsloth", SHIP, &"x".repeat(1_001)).await;
    let asked = plain("removetool").with("tool", "axolotl").send().unwrap().message().await.unwrap();
    let history = plain("history").send().unwrap().message().await.unwrap();
    stage.server.set_member_role(bob.user, role, false);

    for (form, values) in [
        (&form, &[("quote", "Written for half an hour.")][..]),
        (&tool_form, &[("name", "Written for half an hour.")]),
        (&edit, &[("tagline", "Written for half an hour.")]),
    ] {
        let answer = send(&bob, form, values).await;
        let text = answer.text();
        assert!(text.contains("no moderator here any more"), "{text}");
        assert!(text.contains("Written for half an hour."), "the text is given back: {text}");
        assert!(ada.see(general, answer.id).is_none());
        if form.title.starts_with("Add") {
            insta::assert_snapshot!("moderating_given_back", masked(&text));
        }
    }
    for (message, label) in [
        (&done, undo_label(&done)),
        (&mistake, "Correct it".to_owned()),
        (&asked, "Remove".to_owned()),
        (&history, undo_label(&history)),
    ] {
        let answer = press(&bob, general, message, &label).await;
        assert!(answer.text().contains(REFUSED), "{label}: {}", answer.text());
    }
    let shown = ada.slash(general, "history").unwrap().send().unwrap().message().await.unwrap().text();
    assert!(shown.contains("Unsloth") && !shown.contains("Axolotl"), "nothing else was changed: {shown}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_the_settings_moderates_too() {
    let mut stage = Stage::new().await;
    let (bob, general) = (stage.server.member("Bob"), stage.general());
    let role = stage.server.role("Librarians", Permissions::NONE);
    stage.server.set_member_role(bob.user, role, true);
    stage.stop().await;
    set_moderator_role(&stage, role).await;
    stage.start().await;
    assert!(stage.server.override_command("addreview", Whom::Role(role), true));
    let done = review(&bob, general, "axolotl", SHIP, "Librarians like it.").await;
    assert!(done.text().contains("Review added"), "{}", done.text());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_data_was_deleted_starts_anew() {
    let mut stage = Stage::new().await;
    let (ada, general) = (moderator(&stage.server, "Ada"), stage.general());
    review(&ada, general, "axolotl", SHIP, "Before we left.").await;
    stage.stop().await;
    stage.server.remove_bot();
    let store = open_store(&stage).await;
    let left = SystemClock.now().plus(-15 * Timestamp::DAY);
    store.server_removed(ServerId(stage.server.id.0), left).await.unwrap();
    store.close().await.unwrap();
    stage.start().await;
    stage.server.invite_bot(Permissions::ALL);
    let gone = async {
        loop {
            let asked = ada.slash(general, "removereview").unwrap().with("tool", "axolotl").send().unwrap();
            if asked.message().await.unwrap().text().contains("no reviews of") {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("what is deleted is seen no more");
    let done = review(&ada, general, "axolotl", SHIP, "Back again.").await;
    assert!(done.text().contains("Review added"), "not replaced: {}", done.text());
    stage.stop().await;
}

async fn open_store(stage: &Stage) -> std::sync::Arc<tiebreaker::store::Embedded> {
    let tiebreaker::config::Database::Sled(path) = stage.config().database;
    open(&StoreFolder::at(path), OpenOptions::default()).await.unwrap()
}

/// Sets the role while no bot has the store open.
async fn set_moderator_role(stage: &Stage, role: simulator::RoleId) {
    let store = open_store(stage).await;
    let settings = ServerSettings { moderator_role: Some(RoleId(role.0)), ..ServerSettings::default() };
    store.set_settings(ServerId(stage.server.id.0), None, settings).await.unwrap();
    store.close().await.unwrap();
}
