//! The program beside a store: with nobody else, with a bot that answers, with a process that does not.

use std::sync::Arc;

use tiebreaker::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, UserId},
        marks::ReactionKind,
        review::Verdict,
    },
    service::{desk::LocalDesk, ports::SystemClock, remote::serve},
    store::{
        Embedded, OpenOptions, StoreFolder,
        contract::{Applied, Cards as _, MarkChange, MarkStore as _, Members as _, Upkeep as _},
        open,
        records::{Card, CardKind},
    },
};

use super::place::Place;

const HERE: &str = "1000000000000000001";

/// A store in the place's data folder in which so many members voted on Axolotl, in two servers.
async fn store(place: &Place, ship: u64, skip: u64) -> Arc<Embedded> {
    let store = open(&StoreFolder::at(place.data()), OpenOptions::default()).await.unwrap();
    for (server, ship, skip) in
        [(HERE.parse().unwrap(), ship, skip), (ServerId(1_000_000_000_000_000_002), 1, 0)]
    {
        let card = Card {
            id: MessageId(server.0 + 10),
            server,
            channel: ChannelId(server.0 + 20),
            tool: ToolId::base("axolotl").unwrap(),
            card: CardKind::Single,
            lang: "en-US".to_owned(),
            frozen: None,
            plain: false,
        };
        let id = card.id;
        store.register_card(card).await.unwrap();
        let verdicts = (0..ship).map(|_| Verdict::Ship).chain((0..skip).map(|_| Verdict::Skip));
        let changes = (100..).zip(verdicts).map(|(user, verdict)| MarkChange::Add {
            card: id,
            voter: store.voter_hash(server, UserId(user)),
            verdict,
            kind: ReactionKind::Normal,
            held_until: None,
        });
        let applied = store.apply(changes.collect()).await.unwrap();
        assert!(applied.iter().all(|one| matches!(one, Applied::Done { .. })));
    }
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_of_one_server_and_of_all_are_shown() {
    let place = Place::new();
    store(&place, 7, 2).await.close().await.unwrap();
    let here = place.run(&["tool", "axolotl", "--server", HERE, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&here.out).unwrap();
    assert_eq!(
        (&json["community"]["total"], &json["community"]["percent"]),
        (&9.into(), &78.into()),
        "{}",
        here.err
    );
    assert_eq!(json["votes"]["are_known"], true);
    let all = place.run(&["tool", "axolotl", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&all.out).unwrap();
    assert_eq!(json["community"]["total"], 10);
    // Without a server a card says whose votes these are; with one it does not speak of the others' as its own.
    let (all, here) = (place.run(&["tool", "axolotl"]), place.run(&["tool", "axolotl", "--server", HERE]));
    assert!(all.out.contains("Community, all servers") && all.out.contains("10 votes"), "{}", all.out);
    assert!(!here.out.contains("Community, all servers") && here.out.contains("9 votes"), "{}", here.out);
    insta::assert_snapshot!(place.run(&["compare", "axolotl", "unsloth"]).shown());
    let top = place.run(&["top"]);
    assert!(top.out.contains("Axolotl v0.16") && top.out.contains("8 of 10"), "{}", top.shown());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_bot_does_the_work() {
    let place = Place::new();
    let store = store(&place, 7, 2).await;
    let desk = LocalDesk::new(store.clone(), Arc::new(SystemClock));
    let serving = serve(&place.data(), Arc::new(desk)).unwrap();
    let ran = place.run(&["tool", "axolotl", "--server", HERE, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["community"]["total"], 9, "{}", ran.err);

    let imported = place.feed(&["import", "-"], b"{\"name\": \"Widget Press\"}\n");
    assert_eq!(
        (imported.code, imported.out.as_str()),
        (0, "Imported: 1 new, 0 changed, 0 the same, 0 refused.\n")
    );
    assert_eq!(place.run(&["find", "widget press"]).code, 0);
    assert_eq!(place.run(&["check"]).code, 0);
    assert_eq!(place.run(&["export", "out.jsonl"]).code, 0);
    assert!(std::fs::read_to_string(place.path().join("out.jsonl")).unwrap().contains("widget-press"));
    let forgotten = place.run(&["forget", "100", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&forgotten.out).unwrap();
    assert_eq!((json["servers"].as_u64(), json["marks"].as_u64()), (Some(2), Some(2)), "{}", forgotten.err);
    let recount = place.run(&["recount"]);
    assert_eq!(recount.code, 1);
    assert!(recount.err.contains("tiebreaker run"), "{}", recount.err);
    for args in [&["restore", "out.jsonl"][..], &["import", "out.jsonl"]] {
        let refused = place.run(args);
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains("stop it first"), "{}", refused.err);
    }
    assert!(serving.stop(std::time::Duration::from_secs(10)).await);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_somebody_else_holds_is_said_to_be_busy() {
    let place = Place::new();
    let store = store(&place, 7, 2).await;
    let ran = place.run(&["compare", "axolotl", "unsloth"]);
    assert_eq!(ran.code, 0, "a comparison needs no store");
    assert!(ran.err.contains("has the store") && ran.out.contains("the store is busy"), "{}", ran.shown());
    let ran = place.run(&["export"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("does not answer"), "{}", ran.err);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_exported_comes_back() {
    let place = Place::new();
    store(&place, 7, 2).await.close().await.unwrap();
    assert_eq!(place.run(&["export", "out.jsonl"]).code, 0);
    let full = place.run(&["import", "out.jsonl"]);
    assert_eq!(full.code, 1, "a store that holds something is not overwritten");
    let key = place.data().join("voter.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_dir_all(place.data()).unwrap();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::write(&key, kept).unwrap();
    let back = place.feed(&["import", "-"], &std::fs::read(place.path().join("out.jsonl")).unwrap());
    assert_eq!(back.code, 0, "{}", back.err);
    let ran = place.run(&["tool", "axolotl", "--server", HERE, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["community"]["total"], 9);
    let restored = place.run(&["restore", "out.jsonl"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    assert_eq!(place.run(&["check"]).code, 0);
    let missing = place.run(&["restore", "nowhere"]);
    assert_eq!(missing.code, 3);
}

#[test]
fn an_import_changes_nothing_while_something_is_refused() {
    let place = Place::new();
    let lines = b"{\"name\": \"Widget Press\"}\n{\"name\": 7}\n";
    let refused = place.feed(&["import", "-"], lines);
    insta::assert_snapshot!(refused.shown());
    assert_eq!(place.run(&["find", "widget press"]).code, 3);
    let dry = place.feed(&["import", "-", "--skip-bad", "--dry-run"], lines);
    assert_eq!(dry.code, 0);
    assert!(dry.out.contains("Would import: 1 new"), "{}", dry.out);
    assert_eq!(place.run(&["find", "widget press"]).code, 3);
    let skipped = place.feed(&["import", "-", "--skip-bad", "--json"], lines);
    let json: serde_json::Value = serde_json::from_str(&skipped.out).unwrap();
    assert_eq!(
        (skipped.code, &json["new"], &json["refused"], &json["is_done"]),
        (0, &1.into(), &1.into(), &true.into())
    );
    assert_eq!(place.run(&["find", "widget press"]).code, 0);
}

/// A failed import made a store with a key of its own, which was in the way of the right one ever after.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_moves_to_another_machine_with_its_key() {
    let place = Place::new();
    store(&place, 3, 1).await.close().await.unwrap();
    assert_eq!(place.run(&["export", "all.jsonl"]).code, 0);
    let file = place.path().join("all.jsonl");
    let file = file.to_str().unwrap();

    let elsewhere = Place::new();
    let ran = elsewhere.run(&["import", file]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("voter.key") && ran.err.contains("there is no key here yet"), "{}", ran.err);
    assert!(!elsewhere.data().exists(), "nothing was made");

    std::fs::create_dir(elsewhere.data()).unwrap();
    std::fs::copy(place.data().join("voter.key"), elsewhere.data().join("voter.key")).unwrap();
    assert_eq!(elsewhere.run(&["import", file]).code, 0);
    let votes = |place: &Place| place.run(&["tool", "axolotl", "--server", HERE, "--json"]).out;
    assert_eq!(votes(&place), votes(&elsewhere));

    let ran = elsewhere.run(&["import", file]);
    assert!(ran.code == 1 && ran.err.contains("holds something already"), "{}", ran.err);
    assert!(ran.err.contains("tiebreaker restore"), "{}", ran.err);
    assert_eq!(elsewhere.run(&["restore", file]).code, 0);
}

/// As root, `export /dev/full` put a file in the place of the device.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_replaces_files_and_nothing_else() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let place = Place::new();
    store(&place, 3, 1).await.close().await.unwrap();
    let here = |name: &str| place.path().join(name);

    // A named pipe is written into.
    assert!(std::process::Command::new("mkfifo").arg(here("pipe")).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = here("pipe");
        move || std::fs::read_to_string(pipe).unwrap()
    });
    let ran = place.run(&["export", "pipe"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(reader.join().unwrap().lines().count() > 2);
    assert!(std::fs::symlink_metadata(here("pipe")).unwrap().file_type().is_fifo());

    // A link stays one, and what it leads to is replaced.
    std::fs::write(here("old.jsonl"), "old").unwrap();
    symlink(here("old.jsonl"), here("link")).unwrap();
    assert_eq!(place.run(&["export", "link"]).code, 0);
    assert!(std::fs::symlink_metadata(here("link")).unwrap().is_symlink());
    assert!(std::fs::read_to_string(here("old.jsonl")).unwrap().starts_with("{\"format\""));

    assert_eq!(place.run(&["export", "."]).code, 1);

    // A reader who has enough is no error, however much is left.
    let mut child = place
        .command(&["export"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}
