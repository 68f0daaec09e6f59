//! The page in a real browser while one writes: what helps stays in sight, and what was begun is not lost.

use serde_json::json;

use super::{
    browser::{Browser, key},
    process::Process,
    scenes::{DESK, begin, end, scene, suggest, turn_into},
};

/// A phone whose keyboard is up.
const ABOVE_A_KEYBOARD: (u32, u32) = (360, 340);

/// Waits until the composer has the focus and holds this.
async fn holds(browser: &Browser, text: &str) {
    let script = "
        const composer = document.querySelector(\"[data-role='composer']\");
        return document.activeElement === composer && composer.value === arguments[0]";
    browser.wait(&format!("the composer to hold {text:?}"), script, json!([text])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_stay_in_sight_above_a_keyboard() {
    let Some((stage, browser)) = scene(ABOVE_A_KEYBOARD).await else { return };
    // Between the upper edge of the page and what one types into, with nothing between.
    let stands_well = async |what: &str| {
        let script = "
            const list = document.querySelector(\"[role='option']\")?.closest('#suggestions').getBoundingClientRect();
            const form = document.querySelector('#composer-form').getBoundingClientRect();
            return list && list.top >= 0 && list.bottom <= form.top && form.top - list.bottom < 16
                && form.bottom <= document.documentElement.clientHeight";
        browser.wait(what, script, json!([])).await;
    };
    turn_into(&browser, &stage.info().await.person("moderator")).await;
    browser.click("[data-role='composer']").await;
    browser.keys("/").await;
    browser.find("[role='option'][data-command='addtool']").await;
    stands_well("the list of commands").await;
    browser.keys(key::ESCAPE).await;
    browser.keys(key::BACKSPACE).await;
    begin(&browser, "addreview").await;
    browser.keys("a").await;
    browser.find("[role='option'][data-choice]").await;
    stands_well("the choices of an option").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_closed_keeps_its_text_and_gives_the_caret_back() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    turn_into(&browser, &stage.info().await.person("moderator")).await;
    let review = async || {
        begin(&browser, "addreview").await;
        suggest(&browser, "tool", "axolotl", "Axolotl v0.16").await;
        suggest(&browser, "verdict", "shi", "hip").await;
        browser.keys(key::ENTER).await;
        browser.find("[role='dialog'] [name]:focus").await;
    };
    let reason = "return document.querySelector(\"[role='dialog'] [name='quote']\").value";
    review().await;
    browser.keys("Half a tho").await;
    browser.keys(key::ESCAPE).await;
    browser.gone("[role='dialog']").await;
    // Writing goes on at once.
    browser.keys("hello").await;
    holds(&browser, "hello").await;
    browser.keys(&key::BACKSPACE.repeat(5)).await;
    review().await;
    assert_eq!(browser.run(reason, json!([])).await, "Half a tho");
    browser.click("[role='dialog'] [name='quote']").await;
    browser.keys("ught.").await;
    browser.click("[role='dialog'] button[type='submit']").await;
    browser.reads("[data-ephemeral='true']", "Review added").await;
    // What was handed in is no draft any more.
    review().await;
    assert_eq!(browser.run(reason, json!([])).await, "");
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_begun_waits_in_its_channel() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let general = format!("[data-channel-id='{}']", stage.info().await.general());
    browser.click("[data-role='composer']").await;
    browser.keys("half a thought").await;
    browser.click("[data-channel-id]:not([aria-current])").await;
    browser.find(&format!("{general}:not([aria-current])")).await;
    browser.click("[data-role='composer']").await;
    holds(&browser, "").await;
    browser.click(&general).await;
    browser.find(&format!("{general}[aria-current='page']")).await;
    browser.click("[data-role='composer']").await;
    holds(&browser, "half a thought").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tips_make_room_once_something_was_tried() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    browser.find("#hint:not([hidden]):not(.brief)").await;
    browser.click("[data-role='composer']").await;
    browser.keys("good morning").await;
    browser.keys(key::ENTER).await;
    browser.find("#hint.brief").await;
    // All of them can still be pressed, and the button brings the words back.
    assert!(browser.count("#hint .try").await >= 3);
    browser.click("#help").await;
    browser.find("#hint[hidden]").await;
    browser.click("#help").await;
    browser.find("#hint:not([hidden]):not(.brief)").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_connected_when_the_playground_has_stopped() {
    let place = tempfile::tempdir().unwrap();
    let process = Process::start(place.path(), &[]);
    let Some(browser) = Browser::open(&process.url, DESK).await else { return };
    browser.go("/").await;
    browser.find("[data-role='connection'][data-connected='true']").await;
    process.kill();
    browser.reads("#lost[role='status']", "stopped").await;
    browser.find("[data-role='connection'][data-connected='false']").await;
    assert_eq!(browser.text("[data-role='connection']").await, "No connection");
    browser.close().await;
}
