//! `--data`: both sides are kept and agree, whatever ended the run before.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    process::{Process, command, run},
    stage::{PATIENCE, control, info, is_card, look, see, shows, standing},
};

/// What the bot's store holds for a tool in the playground's server, as the terminal shows it: ship ballots and all.
async fn ballots(place: &Path, data: &Path, url: &str, tool: &str) -> (u64, u64) {
    let server = info(&reqwest::Client::new(), url).await.server();
    let output = command(place, &["tool", tool, "--server", &server, "--json"])
        .env("DATABASE_URL", format!("sled://{}", data.join("bot").display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let community = &shown["community"];
    let (ship, total) = (community["ship"].as_u64().unwrap(), community["total"].as_u64().unwrap());
    (ship, total)
}

/// Waits until every card shows what Discord holds, and checks that the store holds the same.
async fn agree(place: &Path, data: &Path, url: &str) {
    let http = reqwest::Client::new();
    let cards: Vec<Value> = look(&http, url).await.into_iter().filter(is_card).collect();
    assert_eq!(cards.len(), 2);
    for card in &cards {
        let card =
            see(&http, url, |message| message["id"] == card["id"] && shows(message, standing(message))).await;
        let (ship, skip) = standing(&card);
        let tool = if card.to_string().contains("Axolotl") { "axolotl" } else { "haiku open weights" };
        let began = Instant::now();
        while ballots(place, data, url, tool).await != (ship, ship + skip) {
            assert!(began.elapsed() < PATIENCE, "{tool}: the store does not hold {ship} of {}", ship + skip);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn vote(url: &str, role: &str, card: &Value, emoji: &str, stands: bool) {
    let http = reqwest::Client::new();
    let info = info(&http, url).await;
    let command = json!({
        "do": "react", "as": info.person(role), "channel": info.general(), "message": card["id"], "emoji": emoji,
        "stands": stands,
    });
    control(&http, url, command).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn both_sides_are_kept_and_agree_after_a_restart_and_after_kill_9() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("kept");
    let args = ["--data", data.to_str().unwrap()];
    let http = reqwest::Client::new();

    let process = Process::start(place.path(), &args);
    let card = look(&http, &process.url).await.into_iter().find(is_card).unwrap();
    let before = standing(&card);
    vote(&process.url, "member", &card, "🚢", true).await;
    agree(place.path(), &data, &process.url).await;
    let said = json!({
        "do": "say", "as": info(&http, &process.url).await.person("newcomer"),
        "channel": info(&http, &process.url).await.general(), "text": "this was said before",
    });
    control(&http, &process.url, said).await;
    let second = run(place.path(), &["play", "--port", "0", "--data", data.to_str().unwrap()]);
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("another `tiebreaker play` runs on"), "{}", second.err);
    assert_eq!(process.end("-INT").code, Some(0));

    let process = Process::start(place.path(), &args);
    let messages = look(&http, &process.url).await;
    assert!(json!(messages).to_string().contains("this was said before"));
    assert_eq!(messages.iter().filter(|message| is_card(message)).count(), 2, "nothing is made twice");
    let now = messages.iter().find(|message| message["id"] == card["id"]).unwrap();
    assert_eq!(standing(now), (before.0 + 1, before.1));
    agree(place.path(), &data, &process.url).await;

    assert_eq!(process.end("-TERM").code, Some(0));

    // Killed right after votes: what was answered is kept, and what the bot had not written yet is found at its start.
    for round in 0..3 {
        let votes = round % 2 == 0;
        let process = Process::start(place.path(), &args);
        let before: Vec<Value> = look(&http, &process.url).await.into_iter().filter(is_card).collect();
        for card in &before {
            vote(&process.url, "newcomer", card, "⏭️", votes).await;
            vote(&process.url, "moderator", card, "🚢", votes).await;
        }
        process.kill();
        let process = Process::start(place.path(), &args);
        let after: Vec<Value> = look(&http, &process.url).await.into_iter().filter(is_card).collect();
        for (before, after) in before.iter().zip(&after) {
            let ((ship, skip), now) = (standing(before), standing(after));
            assert_eq!(now, if votes { (ship + 1, skip + 1) } else { (ship - 1, skip - 1) }, "round {round}");
        }
        agree(place.path(), &data, &process.url).await;
        process.kill();
    }

    let process = Process::start(place.path(), &["--data", data.to_str().unwrap(), "--fresh"]);
    let messages = look(&http, &process.url).await;
    assert!(!json!(messages).to_string().contains("this was said before"));
    agree(place.path(), &data, &process.url).await;
    assert_eq!(process.end("-TERM").code, Some(0));
}

#[test]
fn a_folder_with_something_else_is_refused_and_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("photos");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("cat.txt"), "purr").unwrap();
    for args in [
        &["play", "--port", "0", "--data", "photos"][..],
        &["play", "--port", "0", "--data", "photos", "--fresh"],
    ] {
        let ended = run(place.path(), args);
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains("holds no playground"), "{}", ended.err);
        assert_eq!(std::fs::read_to_string(data.join("cat.txt")).unwrap(), "purr");
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1);
    }
}

#[test]
fn a_state_that_cannot_be_read_is_said_with_the_way_out() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("kept");
    drop(Process::start(place.path(), &["--data", data.to_str().unwrap()]));
    std::fs::write(data.join("discord.json"), "torn").unwrap();
    let ended = run(place.path(), &["play", "--port", "0", "--data", "kept"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("discord.json") && ended.err.contains("--fresh"), "{}", ended.err);
}
