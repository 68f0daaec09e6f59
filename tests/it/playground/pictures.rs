//! The pictures of the README, made anew by `cargo test --test it screenshots -- --ignored`.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    browser::Browser,
    scenes::{DESK, PHONE, card, compare, end, scene},
    stage::see,
};

const FOLDER: &str = "docs/images";
/// Larger ones make a README slow.
const MOST_BYTES: usize = 300_000;

async fn take(browser: &Browser, name: &str) {
    // Fonts and transitions settle.
    let settled = "return document.fonts.status === 'loaded' && document.getAnimations().every((a) => a.playState !== 'running')";
    browser.wait("everything to be drawn", settled, json!([])).await;
    let picture = browser.picture().await;
    assert!(picture.len() < MOST_BYTES, "{name} has {} bytes", picture.len());
    std::fs::create_dir_all(FOLDER).unwrap();
    std::fs::write(Path::new(FOLDER).join(name), picture).unwrap();
}

/// Brings a message to an edge of the channel.
async fn show(browser: &Browser, message: &str, edge: &str) {
    let script = "
        const wanted = document.querySelector(arguments[0]);
        wanted?.scrollIntoView({ block: arguments[1] });
        document.activeElement?.blur();
        // A button that is of no use in a picture.
        document.getElementById('jump')?.style.setProperty('visibility', 'hidden');
        return wanted !== null";
    browser.wait(message, script, json!([message, edge])).await;
}

#[ignore = "writes docs/images: run it when the page has changed"]
#[tokio::test(flavor = "multi_thread")]
async fn screenshots() {
    let Some((stage, browser)) = scene(DESK).await else { panic!("no browser, no pictures") };
    browser.go("/?theme=dark").await;
    browser.click("#hint button[aria-label]").await;
    compare(&browser).await;
    let cursor = card(&stage, "Cursor").await;
    browser.click(&format!("{cursor} button[data-emoji='🚢']")).await;
    browser.reads(&cursor, "1 vote").await;
    let title = |message: &Value| message["embeds"][0]["title"].as_str().unwrap_or("").to_owned();
    let head = see(&stage.http, &stage.url, |message| title(message) == "Cursor vs Claude Code").await;
    show(&browser, &format!("[data-message-id='{}']", head["id"].as_str().unwrap()), "start").await;
    take(&browser, "play-dark.png").await;
    browser.go("/?theme=light").await;
    let axolotl = card(&stage, "Axolotl").await;
    show(&browser, &axolotl, "end").await;
    take(&browser, "play-light.png").await;
    browser.viewport(PHONE.0, PHONE.1).await;
    browser.go("/?theme=dark").await;
    show(&browser, &axolotl, "end").await;
    take(&browser, "play-phone.png").await;
    end(stage, browser).await;
}
