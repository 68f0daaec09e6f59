//! The pictures of the README, made anew by `cargo test --test it screenshots -- --ignored`.

use std::path::Path;

use serde_json::json;

use super::{
    browser::Browser,
    scenes::{DESK, PHONE, card, compare, end, scene},
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

#[ignore = "writes docs/images: run it when the page has changed"]
#[tokio::test(flavor = "multi_thread")]
async fn screenshots() {
    let Some((stage, browser)) = scene(DESK).await else { panic!("no browser, no pictures") };
    browser.go("/?theme=dark").await;
    compare(&browser).await;
    let cursor = card(&stage, "Cursor").await;
    browser.click(&format!("{cursor} button[data-emoji='🚢']")).await;
    browser.reads(&cursor, "1 vote").await;
    let show = "
        const messages = [...document.querySelectorAll('[data-message-id]')];
        const wanted = messages.findLast((message) => message.innerText.includes(arguments[0]));
        wanted.scrollIntoView({ block: 'start' });
        document.activeElement?.blur();
        return true";
    browser.wait("the head-to-head", show, json!(["Cursor vs Claude Code"])).await;
    take(&browser, "play-dark.png").await;
    browser.go("/?theme=light").await;
    browser.wait("the first comparison", show, json!(["Haiku Open Weights vs Axolotl"])).await;
    take(&browser, "play-light.png").await;
    browser.viewport(PHONE.0, PHONE.1).await;
    browser.go("/?theme=dark").await;
    browser.wait("a card", show, json!(["Axolotl v0.16"])).await;
    take(&browser, "play-phone.png").await;
    end(stage, browser).await;
}
