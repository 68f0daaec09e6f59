//! What refuses the bot: one clear line, exit code 1, and no second try.

use tiebreaker::simulator::{RestFault, RestRule};

use super::{Ended, Installation, Running};

/// The one line that was said for people.
fn line(ended: &Ended) -> &str {
    assert_eq!(ended.status.code(), Some(1), "{}", ended.err);
    let errors = ended.errors();
    assert_eq!(errors.len(), 1, "{}", ended.err);
    assert_eq!(ended.err.lines().last(), Some(errors[0]), "it is the last word: {}", ended.err);
    errors[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_it_says_where_to_put_one() {
    let place = Installation::new().await;
    let mut program = place.program(&["run"]);
    program.env_remove("DISCORD_TOKEN");
    let ended = Running::start(program).ended().await;
    insta::assert_snapshot!(line(&ended), @"error: DISCORD_TOKEN is not set; put the token of your application into the environment or into .env (see .env.example)");
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    assert_eq!(place.discord.request_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_cannot_be_reached_is_named() {
    let place = Installation::new().await;
    let mut program = place.program(&["run"]);
    // Port 9 is discard; nothing listens there.
    program.env("DISCORD_API_URL", "http://127.0.0.1:9");
    let ended = Running::start(program).ended().await;
    assert!(
        line(&ended).starts_with("error: DISCORD_API_URL http://127.0.0.1:9/ cannot be reached"),
        "{}",
        ended.err
    );
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_fails_is_asked_a_few_times_only() {
    let place = Installation::new().await;
    let fault = RestFault::Status { status: 503, done: false };
    place.discord.faults().rest(RestRule { method: None, path: None, fault, times: None });
    let ended = place.ran(&["run"]).await;
    assert!(line(&ended).contains("cannot be reached"), "{}", ended.err);
    assert_eq!(place.discord.request_count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_one_line_and_the_end() {
    let place = Installation::new().await;
    let mut program = place.program(&["run"]);
    program.env("DISCORD_TOKEN", "wrong");
    let ended = Running::start(program).ended().await;
    assert!(line(&ended).contains("does not accept DISCORD_TOKEN"), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    assert_eq!(place.discord.request_count(), 1);
    assert!(!ended.err.contains("wrong"), "a token is not repeated");
}

/// The gateway closes with a code that is final.
async fn closed_with(code: u16) -> Ended {
    let place = Installation::new().await;
    let bot = place.start().await;
    place.discord.faults().close_sockets(None, code);
    let ended = bot.ended().await;
    assert!(place.discord.sessions().iter().all(|session| !session.connected));
    // The client library would say it three times more, in its own words.
    assert!(!ended.err.contains("serenity"), "{}", ended.err);
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_intents_are_one_line_and_the_end() {
    let ended = closed_with(4_014).await;
    assert!(line(&ended).contains("refuses the intents"), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_reset_while_the_bot_runs_ends_it() {
    let ended = closed_with(4_004).await;
    assert!(line(&ended).contains("does not accept the token"), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_shards_are_seen_before_discord_refuses_them() {
    let place = Installation::new().await;
    for n in 0..2_500 {
        place.discord.server(&format!("Server {n}"));
    }
    let mut program = place.program(&["run"]);
    program.env("SHARDS", "0-0/1");
    let ended = Running::start(program).ended().await;
    insta::assert_snapshot!(line(&ended), @"error: SHARDS sets 1 shards for about 2501 servers, and Discord refuses more than 2500 on one; set SHARDS=auto");
    assert!(place.discord.sessions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metrics_address_that_is_taken_is_named() {
    let place = Installation::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut program = place.program(&["run"]);
    program.env("METRICS_ADDR", &address);
    let ended = Running::start(program).ended().await;
    assert!(line(&ended).contains(&format!("METRICS_ADDR {address}")), "{}", ended.err);
    assert!(place.discord.sessions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_bot_on_the_same_store_is_refused_and_the_first_goes_on() {
    let place = Installation::new().await;
    let first = place.start().await;
    let second = place.ran(&["run"]).await;
    let said = line(&second);
    assert!(said.contains("another process has the store") && said.contains("data"), "{said}");
    assert_eq!(place.discord.sessions().len(), 1);
    let (alice, general) = (place.server.member("Alice"), place.server.general());
    let asked = alice.slash(general, "help").unwrap().send().unwrap();
    asked.message().await.unwrap();
    first.signal("TERM").await;
    first.ended().await.assert_good();
}
