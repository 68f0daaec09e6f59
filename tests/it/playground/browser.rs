//! A real browser, driven through chromedriver by the WebDriver protocol (W3C): plain HTTP with JSON.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::stage::PATIENCE;
use crate::openapi;

/// Browsers are heavy: so many run at the same time.
static TURNS: Semaphore = Semaphore::const_new(2);

/// So often the driver is started. It takes any free port of IPv6, wants the same one of IPv4, and ends when somebody has
/// that: the other tests hold hundreds.
const STARTS: u32 = 20;

/// The key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Runs in every page before its own scripts: counts what the policy forbade, and remembers errors.
const WATCH: &str = r"
    window.__watched = { violations: [], errors: [] };
    document.addEventListener('securitypolicyviolation', (e) =>
        window.__watched.violations.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
    window.addEventListener('error', (e) => window.__watched.errors.push(String(e.message)));
    window.addEventListener('unhandledrejection', (e) => window.__watched.errors.push(String(e.reason)));
";

/// Keys by their WebDriver numbers.
pub(super) mod key {
    pub(in super::super) const ENTER: &str = "\u{e007}";
    pub(in super::super) const TAB: &str = "\u{e004}";
    pub(in super::super) const ESCAPE: &str = "\u{e00c}";
    pub(in super::super) const BACKSPACE: &str = "\u{e003}";
    pub(in super::super) const UP: &str = "\u{e013}";
    pub(in super::super) const END: &str = "\u{e010}";
    pub(in super::super) const SPACE: &str = " ";
}

/// A window of a browser, with its driver.
pub(super) struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
    base: String,
    _turn: SemaphorePermit<'static>,
}

/// An element that was found.
#[derive(Clone)]
pub(super) struct Element(String);

impl Browser {
    /// Opens a window of this size on a page of the playground; none, said aloud, without a browser.
    pub(super) async fn open(base: &str, (width, height): (u32, u32)) -> Option<Self> {
        let turn = TURNS.acquire().await.unwrap();
        let Some((driver, port)) = start_driver() else {
            let what = "the page in a browser: chromedriver or Chromium is not installed, or does not start";
            assert!(std::env::var_os("BROWSER_REQUIRED").is_none(), "BROWSER_REQUIRED is set, but {what}");
            openapi::say_skipped(what);
            return None;
        };
        let http = reqwest::Client::new();
        let mut browser = Self {
            driver,
            http,
            session: format!("http://127.0.0.1:{port}/session"),
            base: base.to_owned(),
            _turn: turn,
        };
        let made = browser.call(Method::POST, "", capabilities(width, height)).await;
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().unwrap());
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        // The window has a frame and a least width; what the page sees is set exactly.
        browser.viewport(width, height).await;
        Some(browser)
    }

    /// Sets what the page sees, in CSS pixels; narrow ones are phones.
    pub(super) async fn viewport(&self, width: u32, height: u32) {
        let phone = width < 600;
        let sizes = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", sizes).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await;
    }

    /// Goes to a path of the playground and waits until the page has drawn its first view.
    pub(super) async fn go(&self, path: &str) {
        self.call(Method::POST, "/url", json!({ "url": format!("{}{path}", self.base) })).await;
        self.find("html[data-ready='true']").await;
    }

    /// Opens another tab with a path, and turns to it. Gives the tab before.
    pub(super) async fn tab(&self, path: &str) -> String {
        let before = self.call(Method::GET, "/window", Value::Null).await;
        let made = self.call(Method::POST, "/window/new", json!({ "type": "tab" })).await;
        self.turn_to(made["handle"].as_str().unwrap()).await;
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        self.go(path).await;
        before.as_str().unwrap().to_owned()
    }

    /// Turns to a tab.
    pub(super) async fn turn_to(&self, tab: &str) {
        self.call(Method::POST, "/window", json!({ "handle": tab })).await;
    }

    /// The first element that fits, once there is one.
    pub(super) async fn find(&self, css: &str) -> Element {
        let script = "const found = document.querySelector(arguments[0]); return found";
        let found = self.wait(css, script, json!([css])).await;
        Element(found[ELEMENT].as_str().unwrap().to_owned())
    }

    /// How many elements fit now.
    pub(super) async fn count(&self, css: &str) -> u64 {
        let script = "return document.querySelectorAll(arguments[0]).length";
        self.run(script, json!([css])).await.as_u64().unwrap()
    }

    /// Everything that can be read in the first element that fits.
    pub(super) async fn text(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        self.run(script, json!([css])).await.as_str().unwrap().to_owned()
    }

    /// An attribute of the first element that fits; empty without it.
    pub(super) async fn attribute(&self, css: &str, name: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? ''";
        self.run(script, json!([css, name])).await.as_str().unwrap().to_owned()
    }

    /// Waits until the text of the first element that fits holds a piece.
    pub(super) async fn reads(&self, css: &str, piece: &str) {
        let script = "return document.querySelector(arguments[0])?.innerText.includes(arguments[1])";
        self.wait(&format!("{css} with {piece:?}"), script, json!([css, piece])).await;
    }

    /// Waits until nothing fits any more.
    pub(super) async fn gone(&self, css: &str) {
        let script = "return document.querySelector(arguments[0]) === null";
        self.wait(&format!("{css} to go"), script, json!([css])).await;
    }

    /// Clicks the first element that fits, as with a mouse: it must be visible and not covered.
    pub(super) async fn click(&self, css: &str) {
        let began = Instant::now();
        loop {
            let element = self.find(css).await;
            let answer =
                self.try_call(Method::POST, &format!("/element/{}/click", element.0), json!({})).await;
            match answer {
                Ok(_) => return,
                // It may have been drawn anew, or something moves.
                Err(error) if began.elapsed() > PATIENCE => panic!("{css} cannot be clicked: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Clicks the first element that fits with the other button of the mouse.
    pub(super) async fn right_click(&self, css: &str) {
        let element = self.find(css).await;
        let at = json!({ "type": "pointerMove", "origin": { ELEMENT: element.0 }, "x": 0, "y": 0 });
        let strokes =
            json!([at, { "type": "pointerDown", "button": 2 }, { "type": "pointerUp", "button": 2 }]);
        let actions = json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": strokes }] });
        self.call(Method::POST, "/actions", actions).await;
    }

    /// Types keys where the focus is.
    pub(super) async fn keys(&self, text: &str) {
        let strokes: Vec<Value> = text
            .chars()
            .flat_map(|key| {
                let key = key.to_string();
                [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
            })
            .collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.call(Method::POST, "/actions", actions).await;
    }

    /// Shift and Tab: one stop back.
    pub(super) async fn back_tab(&self) {
        let shift = "\u{e008}";
        let strokes = json!([
            { "type": "keyDown", "value": shift }, { "type": "keyDown", "value": key::TAB },
            { "type": "keyUp", "value": key::TAB }, { "type": "keyUp", "value": shift },
        ]);
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.call(Method::POST, "/actions", actions).await;
    }

    /// Chooses in a native list by value, as a person does: the page hears `input` and `change`.
    pub(super) async fn choose(&self, css: &str, value: &str) {
        let script = "
            const list = document.querySelector(arguments[0]);
            list.focus();
            list.value = arguments[1];
            list.dispatchEvent(new Event('input', { bubbles: true }));
            list.dispatchEvent(new Event('change', { bubbles: true }));
            return list.value === arguments[1]";
        assert_eq!(self.run(script, json!([css, value])).await, true, "{css} has no {value}");
    }

    /// Runs a script in the page and gives what it returns.
    pub(super) async fn run(&self, script: &str, args: Value) -> Value {
        self.call(Method::POST, "/execute/sync", json!({ "script": script, "args": args })).await
    }

    /// Runs a script again and again until it returns something true.
    pub(super) async fn wait(&self, what: &str, script: &str, args: Value) -> Value {
        let began = Instant::now();
        loop {
            let body = json!({ "script": script, "args": args });
            // A page that is just being left cannot run anything.
            if let Ok(value) = self.try_call(Method::POST, "/execute/sync", body).await
                && !matches!(value, Value::Null | Value::Bool(false))
            {
                return value;
            }
            if began.elapsed() > PATIENCE {
                let page = self.run("return document.body.innerText", json!([])).await;
                panic!("waited in vain for {what}; the page shows:\n{}", page.as_str().unwrap_or(""));
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// What is seen now, as a PNG.
    pub(super) async fn picture(&self) -> Vec<u8> {
        let shot = self.devtools("Page.captureScreenshot", json!({ "format": "png" })).await;
        decode(shot["data"].as_str().unwrap())
    }

    /// One command of the browser's own protocol.
    pub(super) async fn devtools(&self, command: &str, params: Value) -> Value {
        self.call(Method::POST, "/goog/cdp/execute", json!({ "cmd": command, "params": params })).await
    }

    /// Ends a scene: nothing was forbidden by the policy, no script failed, and no request left this machine.
    pub(super) async fn close(self) {
        let watched = self.run("return window.__watched", json!([])).await;
        assert_eq!(watched, json!({ "violations": [], "errors": [] }));
        let log = self.call(Method::POST, "/se/log", json!({ "type": "performance" })).await;
        let mut asked = 0;
        for entry in log.as_array().unwrap() {
            let entry: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            if entry["message"]["method"] == "Network.requestWillBeSent" {
                let url = entry["message"]["params"]["request"]["url"].as_str().unwrap();
                assert!(url.starts_with(&self.base) || url.starts_with("data:"), "the page asked for {url}");
                asked += 1;
            }
        }
        assert!(asked > 3, "the log holds the page's own requests");
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        self.try_call(method, path, body).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn try_call(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let mut request = self.http.request(method, format!("{}{path}", self.session)).timeout(PATIENCE * 2);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let mut body: Value = answer.json().await.map_err(|error| error.to_string())?;
        let value = body["value"].take();
        if status.is_success() { Ok(value) } else { Err(format!("{} {}", value["error"], value["message"])) }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ending the driver leaves the browser alone, so it is asked to end first, by plain means: this is no place to wait
        // for a future.
        let id = self.session.clone();
        if let Some((host, path)) = id.strip_prefix("http://").and_then(|rest| rest.split_once('/'))
            && let Ok(mut stream) = std::net::TcpStream::connect(host)
        {
            use std::io::{Read as _, Write as _};
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = write!(stream, "DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(width: u32, height: u32) -> Value {
    let mut args = vec![
        "--headless=new".to_owned(),
        format!("--window-size={width},{height}"),
        "--force-device-scale-factor=1".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--lang=en-US".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
    ];
    // Chromium refuses its sandbox to root, and containers run as root.
    if cfg!(unix) && Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n") {
        args.push("--no-sandbox".to_owned());
    }
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "args": args },
        "goog:loggingPrefs": { "performance": "ALL" },
    } } })
}

/// Starts chromedriver on a port of its choice; none where it or the browser is missing.
fn start_driver() -> Option<(Child, u16)> {
    let browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let is_there = |program: &&&str| {
        let probe =
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        probe.is_ok_and(|status| status.success())
    };
    browsers.iter().find(is_there)?;
    (0..STARTS).find_map(|_| try_driver())
}

/// Starts the driver once; none when it is not there, or ends before it serves.
fn try_driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut lines = BufReader::new(driver.stdout.take()?).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.strip_suffix('.').unwrap_or(&line).rsplit_once("started successfully on port ")?.1.parse().ok()
    });
    // Whatever else it says must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    match port {
        Some(port) => Some((driver, port)),
        None => {
            let _ = driver.kill();
            let _ = driver.wait();
            None
        }
    }
}

/// Base64, as the driver writes pictures.
fn decode(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits) = (0u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        word = (word << 6) | ALPHABET.iter().position(|known| *known == letter).unwrap() as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    bytes
}
