//! Starting and ending: what an operator meets.

use std::process::{Command, Output};

use tiebreaker::simulator::{Settings, Simulator};

/// `tiebreaker run` in a folder of its own, with this environment only.
fn run(folder: &tempfile::TempDir, environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tiebreaker"))
        .arg("run")
        .current_dir(folder.path())
        .env_clear()
        .env("DATABASE_URL", format!("sled://{}", folder.path().join("store").display()))
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().filter(|line| line.starts_with("error:")).collect::<Vec<_>>().join("\n")
}

#[test]
fn without_a_token_it_says_where_to_put_one() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(said(&run(&folder, &[])), @"error: DISCORD_TOKEN is not set; put the token of your application into the environment or into .env (see .env.example)");
}

#[test]
fn an_api_that_cannot_be_reached_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Port 9 is discard; nothing listens there.
    let output = run(&folder, &[("DISCORD_TOKEN", "x"), ("DISCORD_API_URL", "http://127.0.0.1:9")]);
    assert!(
        said(&output).starts_with("error: DISCORD_API_URL http://127.0.0.1:9/ cannot be reached"),
        "{}",
        said(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_one_line_and_the_end() {
    let discord = Simulator::start(Settings::unlimited()).await.unwrap();
    let url = discord.base_url().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let output = tokio::task::spawn_blocking(move || {
        run(&folder, &[("DISCORD_TOKEN", "wrong"), ("DISCORD_API_URL", &url)])
    })
    .await
    .unwrap();
    assert!(said(&output).contains("does not accept DISCORD_TOKEN"), "{}", said(&output));
}
