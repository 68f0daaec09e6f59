//! Connections to a gateway that does not behave.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serenity::all::{GatewayIntents, HttpBuilder};
use tiebreaker::discord::shards::{self, Setup};
use tokio::{net::TcpListener, sync::oneshot};

#[tokio::test]
async fn a_gateway_that_never_answers_does_not_hold_up_the_end() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let setup = Setup {
        http: Arc::new(HttpBuilder::new("a.b.c").ratelimiter_disabled(true).build()),
        gateway_url: format!("ws://{}", silent.local_addr().unwrap()),
        intents: GatewayIntents::GUILDS,
        first: 0,
        last: 1,
        total: 2,
        max_concurrency: 2,
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(shards::run(setup, Arc::new(|_, _| {}), async move {
        let _ = stopped.await;
    }));
    // Both shards are on the line and wait.
    let _lines = [silent.accept().await.unwrap(), silent.accept().await.unwrap()];
    let start = Instant::now();
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
