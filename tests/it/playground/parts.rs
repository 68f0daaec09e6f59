//! The page in a real browser: what a bot may send or offer, also where ours does not yet.

use serde_json::{Value, json};

use super::{
    scenes::{DESK, end, scene},
    stage::Stage,
};

/// The bot's side of Discord, spoken to as a library would.
struct Bot<'a> {
    stage: &'a Stage,
    address: Value,
}

impl<'a> Bot<'a> {
    async fn of(stage: &'a Stage) -> Self {
        Self { stage, address: stage.control(json!({ "do": "address" })).await }
    }

    /// A request with the bot's token, ready to be given a body.
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.address["rest"].as_str().unwrap());
        let token = format!("Bot {}", self.address["token"].as_str().unwrap());
        self.stage.http.post(url).header("Authorization", token)
    }
}

/// Sends it, which must work, and gives what came back.
async fn done(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{status} {body}");
    body
}

/// One pixel.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00,
    0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x88, 0x48, 0xfd, 0xf4, 0x1f, 0x00, 0x05,
    0x77, 0x02, 0xaf, 0x59, 0xc5, 0xd9, 0x4e, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42,
    0x60, 0x82,
];

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_a_message_are_offered_by_right_click_and_by_its_button() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let info = stage.info().await;
    let bot = Bot::of(&stage).await;
    let path = format!("/applications/{}/guilds/{}/commands", info.bot(), info.server());
    done(bot.post(&path).json(&json!({ "name": "Look <b>here</b>", "type": 3 }))).await;
    let said = json!({ "do": "say", "as": info.person("moderator"), "channel": info.general(), "text": "this or that?" });
    let message = stage.control(said).await["message"].as_str().unwrap().to_owned();
    let message = format!("[data-message-id='{message}']");
    let command = "[role='menu'] [role='menuitem'][data-command='Look <b>here</b>']";
    browser.right_click(&format!("{message} .message-content")).await;
    browser.find(command).await;
    browser.keys(super::browser::key::ESCAPE).await;
    browser.gone("[role='menu']").await;
    browser.click(&format!("{message} button[data-role='message-menu']")).await;
    browser.click(command).await;
    // Our bot knows no such command and says so, to this person only.
    browser.reads("[data-ephemeral='true']", "Look <b>here</b>").await;
    end(stage, browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_menus_and_files_are_drawn_and_nothing_is_fetched_from_elsewhere() {
    let Some((stage, browser)) = scene(DESK).await else { return };
    let path = format!("/channels/{}/messages", stage.info().await.general());
    let bot = Bot::of(&stage).await;
    let button = |style: u8| json!({ "type": 2, "style": style, "label": "Press", "custom_id": format!("style-{style}") });
    let link = json!({ "type": 2, "style": 5, "label": "Elsewhere", "url": "https://example.com/" });
    let options =
        ["1", "2", "3"].map(|name| json!({ "label": name, "value": name, "description": "one of three" }));
    let menu = json!({ "type": 3, "custom_id": "pick", "placeholder": "Two of them", "min_values": 2, "max_values": 2, "options": options });
    let picture = json!({ "url": "https://example.com/picture.png" });
    let body = json!({
        "embeds": [{ "title": "From elsewhere", "image": picture, "thumbnail": picture }],
        "components": [
            { "type": 1, "components": [button(1), button(2), button(3), button(4), link] },
            { "type": 1, "components": [menu] },
        ],
    });
    done(bot.post(&path).json(&body)).await;
    let part = |bytes: &[u8], name: &str, kind: &str| {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec());
        part.file_name(name.to_owned()).mime_str(kind).unwrap()
    };
    let form = reqwest::multipart::Form::new()
        .text("payload_json", "{}")
        .part("files[0]", part(PICTURE, "dot.png", "image/png"))
        .part("files[1]", part(b"a,b", "table.csv", "text/csv"));
    done(bot.post(&path).multipart(form)).await;

    let script = "
        const colours = [1, 2, 3, 4].map((style) => document.querySelector(`[data-custom-id='style-${style}']`))
            .map((button) => getComputedStyle(button).backgroundColor);
        const link = document.querySelector(\"a[href='https://example.com/']\");
        return [new Set(colours).size, link.target, link.rel.includes('noopener')]";
    browser.find("[data-custom-id='style-4']").await;
    assert_eq!(browser.run(script, json!([])).await, json!([4, "_blank", true]));
    let drawn = "return [...document.images].some((image) => image.src.endsWith('/dot.png') && image.naturalWidth === 1)";
    browser.wait("the picture to be drawn", drawn, json!([])).await;
    assert_eq!(browser.attribute("a[href$='/table.csv']", "download").await, "table.csv");
    // Two have to be picked before it can be sent.
    browser.click("[data-custom-id='pick']").await;
    browser.click("[role='option'][data-choice='1']").await;
    browser.find(".picker-foot button:disabled").await;
    browser.click("[role='option'][data-choice='3']").await;
    browser.click(".picker-foot button:not(:disabled)").await;
    browser.gone("[role='listbox']").await;
    end(stage, browser).await;
}
