//! What is served, with which headers, and to whom it is refused.

use std::path::Path;

use serde_json::{Value, json};
use tiebreaker::{app::play::PlayOptions, playground::guard::POLICY};

use super::stage::{Stage, hear, is_card, look, see, shows, standing};

const PAGE: &str = "src/playground/page";

#[tokio::test(flavor = "multi_thread")]
async fn a_first_look_finds_a_server_with_people_and_a_finished_comparison() {
    let stage = Stage::open().await;
    let info = stage.info().await;
    assert_eq!(info.0["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info.0["bot"]["name"], "Tiebreaker");
    assert_eq!(info.0["data"], Value::Null);
    assert!(info.0["channels"].as_array().unwrap().len() >= 3, "{}", info.0);
    assert!(
        !info.0["others"].as_array().unwrap().is_empty() && !info.0["try"].as_array().unwrap().is_empty()
    );
    let age_days = |id: String| {
        let made = (id.parse::<u64>().unwrap() >> 22) + 1_420_070_400_000;
        (info.0["faults"]["now"].as_u64().unwrap() - made) / 86_400_000
    };
    assert!(age_days(info.person("newcomer")) <= 2 && age_days(info.person("member")) > 100);
    let commands = async |role: &str| {
        let command = json!({ "do": "commands", "as": info.person(role), "channel": info.general() });
        stage.control(command).await["commands"].as_array().unwrap().len()
    };
    assert!(commands("moderator").await >= commands("member").await && commands("member").await > 0);

    let messages = look(&stage.http, &stage.url).await;
    let text = json!(messages).to_string();
    assert!(text.contains("Claude Haiku Open Weights vs Axolotl v0.16"), "{text}");
    let cards: Vec<&Value> = messages.iter().filter(|message| is_card(message)).collect();
    assert_eq!(cards.len(), 2, "{text}");
    assert!(
        cards.iter().all(|card| {
            let (ship, skip) = standing(card);
            ship + skip >= 5
        }),
        "{text}"
    );
    let cards: Vec<String> = cards.iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect();
    // The cards follow the votes within a few seconds.
    for card in cards {
        see(&stage.http, &stage.url, |message| message["id"] == card && shows(message, standing(message)))
            .await;
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_policy_and_every_file_its_type() {
    let stage = Stage::open().await;
    for path in
        ["/", "/play/info", "/control/world", "/page/nothing.js", "/nowhere", "/attachments/1/2/x.html"]
    {
        let answer = stage.http.get(format!("{}{path}", stage.url)).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-security-policy").as_deref(), Some(POLICY), "{path}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("x-frame-options").as_deref(), Some("DENY"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"), "{path}");
        assert_eq!(header("cross-origin-resource-policy").as_deref(), Some("same-origin"), "{path}");
    }
    assert!(!POLICY.contains("unsafe") && !POLICY.contains('*') && POLICY.starts_with("default-src 'none'"));
    for file in files(Path::new(PAGE)) {
        let path = file.strip_prefix(PAGE).unwrap().to_str().unwrap();
        let answer = stage.http.get(format!("{}/page/{path}", stage.url)).send().await.unwrap();
        assert_eq!(
            answer.status(),
            200,
            "{path}: a file that is new since the last build? touch src/playground/assets.rs"
        );
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let wanted = match file.extension().unwrap().to_str().unwrap() {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("no type is known for .{other}"),
        };
        assert_eq!(kind, wanted, "{path}");
        assert_eq!(answer.bytes().await.unwrap(), std::fs::read(&file).unwrap(), "{path}");
    }
    for path in ["/page/../mod.rs", "/page/..%2Fmod.rs", "/page/%2e%2e/mod.rs", "/page//etc/passwd", "/page/"]
    {
        let answer = stage.http.get(format!("{}{path}", stage.url)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    stage.close().await;
}

#[test]
fn the_page_names_no_other_place_and_builds_no_markup_from_strings() {
    for file in files(Path::new(PAGE)) {
        let text = std::fs::read_to_string(&file).unwrap();
        // Namespaces are names, not addresses; what a chat links to is its own business.
        let text = text.replace("http://www.w3.org/", "").replace("https://discord.com", "");
        for forbidden in [
            "src=\"http",
            "href=\"http",
            "url(http",
            "@import",
            "from \"http",
            "import(\"http",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            " style=\"",
            " onclick=\"",
            "<style",
        ] {
            assert!(!text.contains(forbidden), "{} holds {forbidden}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_pages_and_hosts_are_refused_everywhere() {
    let stage = Stage::open().await;
    let own_port = stage.url.rsplit(':').next().unwrap().to_owned();
    let foreign = [
        ("Origin", "http://evil.example".to_owned()),
        ("Origin", "null".to_owned()),
        ("Origin", "http://127.0.0.1:1".to_owned()),
        ("Host", "evil.example".to_owned()),
        ("Host", format!("evil.example:{own_port}")),
        ("Host", format!("127.0.0.1.evil.example:{own_port}")),
    ];
    for (name, value) in &foreign {
        for path in [
            "/",
            "/page/index.html",
            "/play/info",
            "/play/events",
            "/play/traffic",
            "/attachments/1/2/a.png",
            "/control/state",
        ] {
            let answer =
                stage.http.get(format!("{}{path}", stage.url)).header(*name, value).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {name}: {value}");
            assert!(answer.headers().contains_key("content-security-policy"));
        }
        for (path, body) in
            [("/play/fault", json!({ "fault": "drop" })), ("/control", json!({ "do": "clear_faults" }))]
        {
            let request = stage.http.post(format!("{}{path}", stage.url)).json(&body).header(*name, value);
            assert_eq!(request.send().await.unwrap().status(), 403, "{path} {name}: {value}");
        }
    }
    // A form of a foreign page cannot send JSON, and text is not taken for it.
    let plain = stage
        .http
        .post(format!("{}/play/fault", stage.url))
        .body(r#"{"fault":"drop"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), 415);
    let own = stage.http.get(format!("{}/play/info", stage.url)).header("Origin", &stage.url);
    assert_eq!(own.send().await.unwrap().status(), 200);
    let named = format!("http://localhost:{own_port}");
    let own = stage
        .http
        .get(format!("{}/play/info", stage.url))
        .header("Host", &named[7..])
        .header("Origin", &named);
    assert_eq!(own.send().await.unwrap().status(), 200);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_is_told_as_lines_without_tokens() {
    let stage = Stage::open().await;
    let response = stage.http.get(format!("{}/play/traffic", stage.url)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let lines = hear(response, "traffic", |_| true).await;
    let lines = lines.as_array().unwrap();
    let has = |method: &str, piece: &str, status: u64| {
        lines.iter().any(|line| {
            line["method"] == method
                && line["path"].as_str().unwrap().contains(piece)
                && line["status"] == status
        })
    };
    assert!(has("GET", "/gateway/bot", 200), "{lines:?}");
    assert!(has("POST", "/interactions/", 200) || has("POST", "/interactions/", 204), "{lines:?}");
    assert!(has("PUT", "/reactions/", 204), "{lines:?}");
    assert!(lines.windows(2).all(|two| two[0]["number"].as_u64() < two[1]["number"].as_u64()));
    for line in lines {
        assert!(line["ms"].as_f64().is_some_and(|ms| ms >= 0.0) && line["at"].as_u64().is_some(), "{line}");
        let path = line["path"].as_str().unwrap();
        if path.starts_with("/interactions/") || path.starts_with("/webhooks/") {
            assert_eq!(path.split('/').nth(3), Some("…"), "{path}");
        }
    }

    // The stream of a tab carries the same, and what comes later.
    let info = stage.info().await;
    let url = format!("{}/play/events?as={}&channel={}", stage.url, info.person("member"), info.general());
    let response = stage.http.get(url).send().await.unwrap();
    let say = json!({
        "do": "say", "as": info.person("moderator"), "channel": info.general(),
        "text": format!("<@{}> ollama vs vllm", info.bot()),
    });
    stage.control(say).await;
    let newest = lines.last().unwrap()["number"].as_u64().unwrap();
    hear(response, "traffic", |told| {
        told.as_array().unwrap().iter().any(|line| {
            line["number"].as_u64() > Some(newest)
                && line["method"] == "POST"
                && line["path"].as_str().unwrap().ends_with("/messages")
        })
    })
    .await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_seen_by_others_only() {
    let stage = Stage::open().await;
    let info = stage.info().await;
    let (member, moderator) = (info.person("member"), info.person("moderator"));
    let url = format!("{}/play/events?as={member}&channel={}", stage.url, info.general());
    let response = stage.http.get(url).send().await.unwrap();
    for who in [&member, &moderator] {
        stage.control(json!({ "do": "typing", "as": who, "channel": info.general() })).await;
    }
    let told = hear(response, "typing", |_| true).await;
    assert_eq!(told, json!({ "user": moderator, "name": "Theo" }));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_come_and_go_by_themselves_and_votes_survive_them() {
    let stage = Stage::open().await;
    let info = stage.info().await;
    let events = async || {
        let url =
            format!("{}/play/events?as={}&channel={}", stage.url, info.person("member"), info.general());
        stage.http.get(url).send().await.unwrap()
    };
    let strike = async |body: Value| -> Value {
        let answer = stage.http.post(format!("{}/play/fault", stage.url)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{body}");
        answer.json().await.unwrap()
    };
    let card = look(&stage.http, &stage.url).await.into_iter().find(is_card).unwrap();
    let (ship, skip) = standing(&card);
    let vote = async |role: &str, emoji: &str| {
        stage.control(json!({
            "do": "react", "as": info.person(role), "channel": info.general(), "message": card["id"], "emoji": emoji,
        })).await;
    };
    let counted = async |votes: (u64, u64)| {
        see(&stage.http, &stage.url, |message| message["id"] == card["id"] && shows(message, votes)).await;
    };

    let stream = events().await;
    let state = strike(json!({ "fault": "offline", "seconds": 1 })).await;
    assert_eq!((&state["connected"], state["offline_until"].is_u64()), (&json!(false), true), "{state}");
    vote("member", "🚢").await;
    hear(stream, "faults", |state| state["connected"] == true && state["offline_until"].is_null()).await;
    counted((ship + 1, skip)).await;

    strike(json!({ "fault": "drop" })).await;
    vote("newcomer", "⏭️").await;
    counted((ship + 1, skip + 1)).await;

    let state = strike(json!({ "fault": "storm", "requests": 3 })).await;
    assert_eq!(state["storm_left"], 3);
    vote("moderator", "🚢").await;
    counted((ship + 2, skip + 1)).await;
    assert_eq!(strike(json!({ "fault": "clear" })).await["storm_left"], 0);
    let nonsense = stage.http.post(format!("{}/play/fault", stage.url)).json(&json!({ "fault": "flood" }));
    assert_eq!(nonsense.send().await.unwrap().status(), 422);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_messages_are_pictures_or_saved_and_never_run() {
    let stage = Stage::open().await;
    let info = stage.info().await;
    let address = stage.control(json!({ "do": "address" })).await;
    for (name, kind, shown) in [
        ("chart.png", "image/png", "image/png"),
        ("page.html", "text/html", "application/octet-stream"),
        ("drawing.svg", "image/svg+xml", "application/octet-stream"),
        ("code.js", "text/javascript", "application/octet-stream"),
    ] {
        let file = reqwest::multipart::Part::bytes(b"<script>window.pwned=1</script>".to_vec());
        let form = reqwest::multipart::Form::new()
            .text("payload_json", "{}")
            .part("files[0]", file.file_name(name).mime_str(kind).unwrap());
        let url =
            format!("{}/api/v10/channels/{}/messages", address["rest"].as_str().unwrap(), info.general());
        let token = format!("Bot {}", address["token"].as_str().unwrap());
        let sent = stage.http.post(url).header("Authorization", token).multipart(form).send().await.unwrap();
        let sent: Value = sent.json().await.unwrap();
        let url = reqwest::Url::parse(sent["attachments"][0]["url"].as_str().unwrap()).unwrap();
        let answer = stage.http.get(format!("{}{}", stage.url, url.path())).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{sent}");
        assert_eq!(answer.headers()["content-type"], shown, "{name}");
        assert_eq!(answer.headers().contains_key("content-disposition"), shown != kind, "{name}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("sandbox") && !policy.contains("script-src"), "{policy}");
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_be_read_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>mine</title>").unwrap();
    std::fs::write(folder.path().join("secret.key"), "not part of a page").unwrap();
    let stage =
        Stage::with(PlayOptions { page: Some(folder.path().to_owned()), ..PlayOptions::default() }).await;
    let get = async |path: &str| stage.http.get(format!("{}{path}", stage.url)).send().await.unwrap();
    assert!(get("/").await.text().await.unwrap().contains("mine"));
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>changed</title>").unwrap();
    assert!(get("/").await.text().await.unwrap().contains("changed"));
    assert_eq!(get("/page/secret.key").await.status(), 404);
    stage.close().await;
}
