//! The page in a real browser: what people do on it, from the first question to the last fault.

use serde_json::{Value, json};

use super::{
    browser::{Browser, key},
    stage::{Stage, is_card, look, see, standing},
};

/// A window on a desk.
pub(super) const DESK: (u32, u32) = (1280, 800);
/// A phone held upright.
pub(super) const PHONE: (u32, u32) = (390, 844);

const SHIP: &str = "🚢";

/// A fresh playground and a window on its first page.
pub(super) async fn scene(size: (u32, u32)) -> Option<(Stage, Browser)> {
    let stage = Stage::open().await;
    match Browser::open(&stage.url, size).await {
        Some(browser) => {
            browser.go("/").await;
            Some((stage, browser))
        }
        None => {
            stage.close().await;
            None
        }
    }
}

/// Nothing was forbidden, nothing failed, everything stops in good order.
pub(super) async fn end(stage: Stage, browser: Browser) {
    browser.close().await;
    stage.close().await;
}

/// Types a command until its first option has the focus.
pub(super) async fn begin(browser: &Browser, command: &str) {
    browser.click("[data-role='composer']").await;
    browser.keys("/").await;
    browser.find("[role='listbox'] [role='option'][data-command='compare']").await;
    browser.keys(command).await;
    browser.find(&format!("[role='option'][data-command='{command}'][aria-selected='true']")).await;
    browser.keys(key::ENTER).await;
    browser.find("[data-option]:focus").await;
}

/// Types into an option and takes the suggestion with this text.
pub(super) async fn suggest(browser: &Browser, option: &str, typed: &str, wanted: &str) {
    browser.find(&format!("[data-option='{option}']:focus")).await;
    browser.keys(typed).await;
    let script = "
        const active = document.querySelector(\"[role='option'][data-choice][aria-selected='true']\");
        return active !== null && active.innerText.includes(arguments[0])";
    browser.wait(&format!("the suggestion {wanted:?} for {typed:?}"), script, json!([wanted])).await;
    browser.keys(key::TAB).await;
}

/// `/compare` of two names by what was suggested.
pub(super) async fn compare(browser: &Browser) {
    begin(browser, "compare").await;
    suggest(browser, "a", "curs", "Cursor").await;
    suggest(browser, "b", "claude co", "Claude Code").await;
    browser.keys(key::ENTER).await;
    browser.reads("[role='log']", "Cursor vs Claude Code").await;
}

/// The newest card of a tool, once it can be voted on; as a selector.
pub(super) async fn card(stage: &Stage, tool: &str) -> String {
    let title = |message: &Value| message["embeds"][0]["title"].as_str().unwrap_or("").contains(tool);
    let found = see(&stage.http, &stage.url, |message| is_card(message) && title(message)).await;
    format!("[data-message-id='{}']", found["id"].as_str().unwrap())
}

/// Turns into somebody else.
pub(super) async fn turn_into(browser: &Browser, person: &str) {
    browser.choose("select[data-role='person']", person).await;
    let script = "return new URLSearchParams(location.search).get('as') === arguments[0]";
    browser.wait("the address to name the person", script, json!([person])).await;
    browser.find("[role='log'] [data-message-id]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_answered_and_voted_on() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    browser.reads("[role='log']", "Axolotl v0.16").await;
    compare(&browser).await;
    let card = card(&stage, "Cursor").await;
    let reaction = format!("{card} button[data-emoji='{SHIP}']");
    assert_eq!(browser.attribute(&reaction, "data-count").await, "1");
    assert_eq!(browser.attribute(&reaction, "aria-pressed").await, "false");
    assert!(!browser.text(&card).await.contains("1 vote"));
    browser.click(&reaction).await;
    browser.find(&format!("{reaction}[aria-pressed='true'][data-count='2']")).await;
    browser.reads(&card, "1 vote").await;
    browser.reads(&card, "100%").await;
    browser.click(&reaction).await;
    browser.find(&format!("{reaction}[aria-pressed='false'][data-count='1']")).await;
    let script = "return !document.querySelector(arguments[0]).innerText.includes('1 vote')";
    browser.wait("the score to go back", script, json!([card])).await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_is_enough() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let tab_to = async |css: &str, back: bool| {
        for _ in 0..150 {
            let there = "return document.activeElement?.matches(arguments[0]) ?? false";
            if browser.run(there, json!([css])).await == true {
                return;
            }
            if back { browser.back_tab().await } else { browser.keys(key::TAB).await }
        }
        panic!("{css} is not reached by keyboard");
    };
    tab_to("[data-role='composer']", false).await;
    browser.keys("/").await;
    browser.find("[role='option'][data-command]").await;
    browser.keys(key::ESCAPE).await;
    browser.gone("[role='option'][data-command]").await;
    browser.keys("compare").await;
    if browser.count("[role='option'][data-command='compare'][aria-selected='true']").await == 1 {
        browser.keys(key::ENTER).await;
    } else {
        browser.keys(key::SPACE).await;
    }
    suggest(&browser, "a", "curs", "Cursor").await;
    suggest(&browser, "b", "claude co", "Claude Code").await;
    browser.keys(key::ENTER).await;
    browser.reads("[role='log']", "Cursor vs Claude Code").await;
    let card = card(&stage, "Cursor").await;
    browser.find("[data-role='composer']:focus").await;
    let reaction = format!("{card} button[data-emoji='{SHIP}']");
    // The channel is one stop: arrows go from message to message, Tab goes into the one that has the focus.
    let to_card = async || {
        tab_to("[role='log'] [data-message-id], [role='log'] [data-message-id] *", true).await;
        browser.keys(key::ESCAPE).await;
        if browser.count("[role='log'] [data-message-id]:focus").await == 0 {
            tab_to("[role='log'] [data-message-id]", true).await;
        }
        browser.keys(key::END).await;
        for _ in 0..20 {
            if browser.count(&format!("{card}:focus")).await == 1 {
                return;
            }
            browser.keys(key::UP).await;
        }
        panic!("the card is not reached with the arrow keys");
    };
    to_card().await;
    tab_to(&reaction, false).await;
    browser.keys(key::SPACE).await;
    browser.find(&format!("{reaction}[aria-pressed='true'][data-count='2']:focus")).await;
    // The focus stays on the button although the card is drawn anew with its score.
    browser.reads(&card, "1 vote").await;
    browser.find(&format!("{reaction}:focus")).await;
    tab_to(&format!("{card} button[data-custom-id]"), true).await;
    browser.keys(key::ENTER).await;
    browser.find("[data-ephemeral='true']").await;
    tab_to("[data-ephemeral='true'] [data-role='dismiss']", false).await;
    browser.keys(key::ENTER).await;
    browser.gone("[data-ephemeral='true']").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_are_two_people_in_one_channel() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let info = stage.info().await;
    let card = card(&stage, "Axolotl").await;
    let reaction = format!("{card} button[data-emoji='{SHIP}']");
    let before: u64 = browser.attribute(&reaction, "data-count").await.parse().unwrap();
    browser.click(&reaction).await;
    browser.find(&format!("{reaction}[aria-pressed='true']")).await;
    let first = browser.tab(&format!("/?as={}&channel={}", info.person("newcomer"), info.general())).await;
    browser.find(&format!("{reaction}[aria-pressed='false'][data-count='{}']", before + 1)).await;
    browser.click(&reaction).await;
    browser.click("[data-role='composer']").await;
    browser.keys("hello from the other tab").await;
    browser.keys(key::ENTER).await;
    browser.reads("[role='log']", "hello from the other tab").await;
    browser.turn_to(&first).await;
    browser.reads("[role='log']", "hello from the other tab").await;
    browser.find(&format!("{reaction}[aria-pressed='true'][data-count='{}']", before + 2)).await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unclear_name_is_asked_back_privately_and_the_pick_goes_on_in_public() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    begin(&browser, "compare").await;
    browser.keys("ai gateway").await;
    browser.find("[role='option'][data-choice]").await;
    browser.keys(key::ESCAPE).await;
    browser.click("[data-option='b']").await;
    browser.keys("zed").await;
    browser.find("[role='option'][data-choice]").await;
    browser.keys(key::ESCAPE).await;
    browser.keys(key::ENTER).await;
    browser.reads("[data-ephemeral='true']", "Only you can see this").await;
    let info = stage.info().await;
    let seen = stage
        .control(json!({ "do": "look", "as": info.person("moderator"), "channel": info.general() }))
        .await;
    assert!(!seen.to_string().contains("ai gateway"), "others do not see it: {seen}");
    browser.click("[data-ephemeral='true'] [data-custom-id][aria-haspopup='listbox']").await;
    let choice = "[role='listbox'] [role='option'][data-choice]";
    browser.find(choice).await;
    let picked = browser.text(choice).await.lines().next().unwrap().to_owned();
    browser.click(choice).await;
    let title = format!("{picked} vs Zed");
    let answer = see(&stage.http, &stage.url, |message| message["embeds"][0]["title"] == json!(title)).await;
    assert_eq!(answer["ephemeral"], false, "{answer}");
    browser.reads("[role='log']", &title).await;
    // Dismissing takes away what only the asker saw, and nothing else.
    if browser.count("[data-ephemeral='true']").await > 0 {
        browser.click("[data-ephemeral='true'] [data-role='dismiss']").await;
        browser.gone("[data-ephemeral='true']").await;
    }
    browser.reads("[role='log']", &title).await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_in_a_message_is_answered_and_the_answer_replied_to() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    browser.click("[data-role='composer']").await;
    browser.keys("@Tie").await;
    browser.find("[role='option'][aria-selected='true']").await;
    browser.keys(key::TAB).await;
    browser.keys("ollama vs vllm").await;
    browser.keys(key::ENTER).await;
    browser.reads("[role='log']", "Ollama vs vLLM").await;
    let info = stage.info().await;
    stage.control(json!({ "do": "typing", "as": info.person("moderator"), "channel": info.general() })).await;
    browser.reads("body", "Theo is typing").await;
    let card = card(&stage, "vLLM").await;
    browser.right_click(&card).await;
    browser.find("[role='menu'] [role='menuitem']").await;
    browser.keys(key::ESCAPE).await;
    browser.gone("[role='menu']").await;
    browser.right_click(&card).await;
    let script = "
        const reply = [...document.querySelectorAll(`[role='menu'] [role='menuitem']`)].find((one) => one.innerText.includes('Reply'));
        reply?.click();
        return reply !== undefined";
    browser.wait("the menu to offer a reply", script, json!([])).await;
    browser.find("[data-role='composer']:focus").await;
    browser.keys("thank you").await;
    browser.keys(key::ENTER).await;
    let replied = see(&stage.http, &stage.url, |message| message["content"] == "thank you").await;
    assert!(card.contains(replied["reply_to"].as_str().unwrap()), "{replied}");
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_commands_are_refused_to_the_plain_member() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let info = stage.info().await;
    let offered = stage
        .control(json!({ "do": "commands", "as": info.person("moderator"), "channel": info.general() }))
        .await;
    let has =
        |name: &str| offered["commands"].as_array().unwrap().iter().any(|command| command["name"] == name);
    assert!(has("addreview"), "{offered}");

    // A client does not even offer them.
    browser.click("[data-role='composer']").await;
    browser.keys("/").await;
    browser.find("[role='option'][data-command='compare']").await;
    assert_eq!(browser.count("[role='option'][data-command='addreview']").await, 0);
    browser.keys(key::ESCAPE).await;
    browser.keys("\u{e003}").await;

    // Where an administrator opens the command to everybody, the bot itself refuses.
    let open = json!({
        "do": "override_command", "server": info.server(), "command": "addreview", "member": info.person("member"),
        "allowed": true,
    });
    stage.control(open).await;
    browser.go("/").await;
    begin(&browser, "addreview").await;
    suggest(&browser, "tool", "axolotl", "Axolotl v0.16").await;
    suggest(&browser, "verdict", "shi", "hip").await;
    browser.keys(key::ENTER).await;
    browser.find("[data-ephemeral='true']").await;
    let said = browser.text("[data-ephemeral='true']").await.to_lowercase();
    assert!(said.contains("moderator"), "{said}");
    assert_eq!(browser.count("[role='dialog']").await, 0);
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_adds_a_review_through_the_form_and_the_card_shows_it() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let info = stage.info().await;
    let card = card(&stage, "Axolotl").await;
    turn_into(&browser, &info.person("moderator")).await;
    begin(&browser, "addreview").await;
    suggest(&browser, "tool", "axolotl", "Axolotl v0.16").await;
    suggest(&browser, "verdict", "ski", "kip").await;
    browser.keys(key::ENTER).await;
    browser.find("[role='dialog'] [name]:focus").await;
    assert_eq!(browser.count(&format!("{card} [data-failed]")).await, 0);
    browser.click("[role='dialog'] button[type='submit']").await;
    // What is missing is said in the form, which stays.
    browser.reads("[role='dialog'] [role='alert']", "required").await;
    browser.click("[role='dialog'] [name='quote']").await;
    browser.keys("We tried it for a week <b> and went back.").await;
    browser.click("[role='dialog'] button[type='submit']").await;
    browser.gone("[role='dialog']").await;
    browser.reads("[data-ephemeral='true']", "Review added").await;
    browser.reads(&card, "3 of 5").await;
    browser.reads(&card, "0 of 1 from this server").await;
    browser.reads(&card, "“We tried it for a week <b> and went back.” Theo").await;
    // Others see it on the card, too, and all reviews with it.
    turn_into(&browser, &info.person("member")).await;
    browser.reads(&card, "We tried it for a week <b> and went back.").await;
    browser.click(&format!("{card} button[data-custom-id]")).await;
    browser.reads("[data-ephemeral='true']", "We tried it for a week <b> and went back.").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_everything_without_scrolling_sideways() {
    let Some((stage, browser)) = scene(PHONE).await else { return };
    let fits = async |what: &str| {
        let script = "
            const root = document.documentElement;
            const wide = [...document.querySelectorAll('body *')].filter((element) => {
                const box = element.getBoundingClientRect();
                return box.width > 0 && box.left < root.clientWidth && box.right > root.clientWidth + 1
                    && !element.closest('[inert], pre, table') && getComputedStyle(element).position !== 'fixed';
            });
            return [root.scrollWidth - root.clientWidth, root.clientWidth, wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120))]";
        let seen = browser.run(script, json!([])).await;
        assert_eq!((&seen[0], &seen[1]), (&json!(0), &json!(390)), "{what}: {seen}");
    };
    fits("the first view").await;
    compare(&browser).await;
    fits("after a comparison").await;
    let card = card(&stage, "Cursor").await;
    let reaction = format!("{card} button[data-emoji='{SHIP}']");
    browser.click(&reaction).await;
    browser.reads(&card, "1 vote").await;
    fits("after a vote").await;
    browser.click("[data-role='panel-toggle']").await;
    browser.find("[data-role='panel']:not([hidden]) [data-number]").await;
    fits("with the panel").await;
    browser.keys(key::ESCAPE).await;
    browser.find("[data-role='panel-toggle'][aria-expanded='false']").await;
    browser.click("#open-sidebar, [data-role='sidebar-toggle']").await;
    browser.click("[data-channel-id]:not([aria-current='page'])").await;
    browser.find("[data-role='composer']").await;
    fits("in another channel").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_text_and_no_script_runs() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let info = stage.info().await;
    let hostile = [
        "<img src=x onerror=\"window.pwned=1\">",
        "<script>window.pwned=1</script>",
        "</textarea></dialog><svg onload=window.pwned=1>",
        "[press](javascript:window.pwned=1) <javascript:window.pwned=1>",
        "[press](data:text/html,<script>window.pwned=1</script>) [x](https://example.com\" onmouseover=\"window.pwned=1)",
        "**<b>bold</b>** `<i>code</i>` ```html\n<script>window.pwned=1</script>\n``` > <u>quote</u> ||<a href=x>spoiler</a>||",
        "${window.pwned=1} {{window.pwned=1}} \u{202e}gnp.exe <@0> <#0> <:x:0> <t:99999999999999999:R> <t:0:Z>",
    ];
    let said = |text: &str| json!({ "do": "say", "as": info.person("moderator"), "channel": info.general(), "text": text });
    for text in hostile {
        stage.control(said(text)).await;
    }
    let mallory =
        json!({ "do": "make_member", "server": info.server(), "name": "<img src=x onerror=window.pwned=1>" });
    let mallory = stage.control(mallory).await["user"].clone();
    stage.control(json!({ "do": "typing", "as": mallory, "channel": info.general() })).await;
    stage
        .control(
            json!({ "do": "say", "as": mallory, "channel": info.general(), "text": "hello from Mallory" }),
        )
        .await;
    let channel =
        json!({ "do": "make_channel", "server": info.server(), "name": "<svg onload=window.pwned=1>" });
    stage.control(channel).await;
    // Through the bot: in a name that it repeats, and in what it quotes.
    for name in ["<img src=x onerror=window.pwned=1>", "**[x](javascript:window.pwned=1)**"] {
        let command = json!({
            "do": "send", "as": info.person("member"), "channel": info.general(), "command": "compare",
            "values": { "a": name, "b": "axolotl" },
        });
        stage.control(command).await;
    }
    browser.reads("[role='log']", "hello from Mallory").await;
    browser.reads("[role='log']", "<img src=x onerror=\"window.pwned=1\">").await;
    browser.reads("[role='log']", "<script>window.pwned=1</script>").await;
    // Everything once more from the start, and as another person with everything open.
    browser.go("/").await;
    browser.reads("[role='log']", "hello from Mallory").await;
    turn_into(&browser, &info.person("moderator")).await;
    browser.click("[data-role='composer']").await;
    browser.keys("@").await;
    browser.find("[role='option']").await;
    let script = "
        const odd = document.querySelectorAll(`img[src='x'], svg[onload], [onerror], [onmouseover], body script:not([src]), iframe, object`);
        const links = [...document.querySelectorAll('a[href]')].filter((a) => !/^https?:$/.test(a.protocol));
        return [window.pwned ?? null, odd.length, links.map((a) => a.href)]";
    assert_eq!(browser.run(script, json!([])).await, json!([null, 0, []]));
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_survive_what_goes_wrong_and_the_page_shows_it() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    if browser.attribute("[data-role='panel-toggle']", "aria-expanded").await == "false" {
        browser.click("[data-role='panel-toggle']").await;
    }
    browser.find("[data-role='panel'] [data-number]").await;
    browser.find("[data-role='connection'][data-connected='true']").await;
    let card = card(&stage, "Axolotl").await;
    let id = card.split('\'').nth(1).unwrap().to_owned();
    let held =
        look(&stage.http, &stage.url).await.into_iter().find(|message| message["id"] == json!(id)).unwrap();
    let (ship, skip) = standing(&held);
    browser.click("button[data-fault='offline']").await;
    browser.find("[data-role='connection'][data-connected='false']").await;
    // Discord itself still works: the reaction stands, only the bot does not hear of it.
    browser.click(&format!("{card} button[data-emoji='{SHIP}']")).await;
    browser
        .find(&format!("{card} button[data-emoji='{SHIP}'][aria-pressed='true'][data-count='{}']", ship + 2))
        .await;
    // A command finds nobody who answers, and says so as Discord does.
    begin(&browser, "compare").await;
    browser.find("[data-option='a']:focus").await;
    browser.keys("cursor").await;
    browser.keys(key::ESCAPE).await;
    browser.click("[data-option='b']").await;
    browser.keys("zed").await;
    browser.keys(key::ESCAPE).await;
    browser.keys(key::ENTER).await;
    browser.reads("[data-failed], [role='alert'][data-failed]", "did not respond").await;
    browser.click("button[data-fault='clear']").await;
    browser.find("[data-role='connection'][data-connected='true']").await;
    browser.reads(&card, &format!("{} votes", ship + skip + 1)).await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn themes_stay_and_the_page_is_named_for_those_who_listen() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    browser.go("/?theme=light").await;
    assert_eq!(browser.attribute("html", "data-theme").await, "light");
    browser.click("[data-role='theme']").await;
    browser.find("html[data-theme='dark']").await;
    browser.go("/").await;
    assert_eq!(browser.attribute("html", "data-theme").await, "dark");
    // What the browser tells a screen reader: every control has a name.
    let tree = browser.devtools("Accessibility.getFullAXTree", json!({})).await;
    let mut roles = Vec::new();
    for node in tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false) {
        let role = node["role"]["value"].as_str().unwrap_or("").to_owned();
        let name = node["name"]["value"].as_str().unwrap_or("");
        if matches!(
            role.as_str(),
            "button" | "link" | "textbox" | "combobox" | "log" | "navigation" | "dialog" | "listbox"
        ) {
            assert!(!name.trim().is_empty(), "a {role} without a name: {node}");
        }
        roles.push(role);
    }
    for wanted in ["log", "navigation", "main", "button", "combobox", "heading"] {
        assert!(roles.iter().any(|role| role == wanted), "no {wanted}: {roles:?}");
    }
    assert_eq!(browser.attribute("html", "lang").await, "en");
    end(stage, browser).await;
}
