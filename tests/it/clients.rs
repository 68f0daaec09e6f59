//! Clients of other authors against the simulator: discord.js and discord.py, each with the same small bot (see
//! `tests/clients/README.md`), each taken through the same scenario. What they sent and got is then judged by
//! Discord's own description.
//!
//! Skipped with a visible word where Node, Python or the packages are missing; with `CLIENTS_REQUIRED=1` that is
//! a failure.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tiebreaker::simulator::{ChannelId, MessageId, Permissions, Settings, Simulator};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::openapi;

/// How long one step of a client may take. Libraries pace themselves; a loaded machine adds to that.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_js_runs_the_scenario() {
    let home = clients().join("discordjs");
    let installed = home.join("node_modules/discord.js").is_dir();
    let node = if installed { found("node", "--version").await } else { None };
    let Some(node) = node else {
        return skip("discord.js: Node or tests/clients/discordjs/node_modules is missing");
    };
    scenario(Command::new(node).arg("bot.mjs").current_dir(home)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_py_runs_the_scenario() {
    let home = clients().join("discordpy");
    let own = home.join(".venv/bin/python");
    let python = if own.exists() { Some(own) } else { found("python3", "--version").await };
    let works =
        |python: &PathBuf| Command::new(python).args(["-c", "import discord"]).stderr(Stdio::null()).status();
    let python = match python {
        Some(python) if works(&python).await.is_ok_and(|status| status.success()) => python,
        _ => return skip("discord.py: Python or tests/clients/discordpy/.venv is missing"),
    };
    scenario(Command::new(python).arg("bot.py").current_dir(home)).await;
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

async fn found(program: &str, probe: &str) -> Option<PathBuf> {
    let status = Command::new(program).arg(probe).stdout(Stdio::null()).stderr(Stdio::null()).status().await;
    status.is_ok_and(|status| status.success()).then(|| PathBuf::from(program))
}

fn skip(what: &str) {
    assert!(std::env::var_os("CLIENTS_REQUIRED").is_none(), "CLIENTS_REQUIRED is set, but {what}");
    openapi::say_skipped(what);
}

/// A client that is running.
struct Bot {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Bot {
    fn start(command: &mut Command, discord: &Simulator) -> Self {
        let mut child = command
            .env("DISCORD_API", discord.base_url())
            .env("DISCORD_TOKEN", discord.token())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the client starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, lines }
    }

    /// The next thing that the bot tells; it must be of this kind.
    async fn hears(&mut self, event: &str) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("waited in vain for {event:?}"));
        let line =
            line.expect("a readable line").unwrap_or_else(|| panic!("the client ended before {event:?}"));
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        assert_eq!(told["event"], event, "{told}");
        told
    }

    async fn ends(mut self) {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("the client ends").expect("a status");
        assert!(status.success(), "the client ended with {status}");
    }
}

/// Prints the last requests when the test fails: they say what the client was at.
struct Trail<'a>(&'a Simulator);

#[expect(clippy::print_stderr, reason = "a failed test tells what it knows")]
impl Drop for Trail<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for exchange in self.0.requests().iter().rev().take(6) {
                let shown = |value: &Value| value.to_string().chars().take(400).collect::<String>();
                let (request, answer) = (shown(&exchange.request), shown(&exchange.answer));
                eprintln!("{} {} {request}\n  {} {answer}", exchange.method, exchange.path, exchange.status);
            }
        }
    }
}

async fn scenario(command: &mut Command) {
    let settings = Settings { application: "Helper".into(), ..Settings::default() };
    let discord = Simulator::start(settings).await.unwrap();
    let _trail = Trail(&discord);
    let (makers, _) = (discord.server("Makers"), discord.server("Others"));
    let general = makers.general();
    makers.set_bot_permissions(makers.bot_permissions(general) | Permissions::MANAGE_MESSAGES);
    let (alice, bob) = (makers.member("Alice"), makers.member("Bob"));
    let mut bot = Bot::start(command, &discord);

    // It connects, receives its servers and registers its commands.
    let ready = bot.hears("ready").await;
    assert_eq!(ready["guilds"], serde_json::json!(["Makers", "Others"]));
    assert_eq!(ready["commands"], serde_json::json!(["Look at this", "ask", "card", "form"]));

    // A slash command with completion, then a button that edits the answer.
    let mut typing = alice.slash(general, "ask").unwrap();
    let choices = typing.type_text("tool", "ax").await.unwrap();
    let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
    assert_eq!(names, ["Axolotl", "Axon"]);
    let answer = typing.choose("tool", &choices[0]).send().unwrap().message().await.unwrap();
    assert_eq!(answer.content, "You asked for axolotl.");
    assert_eq!(answer.embeds[0]["fields"][0]["value"], "75%");
    let updated = bob.click(general, answer.id, "More").unwrap().message().await.unwrap();
    assert_eq!((updated.id, updated.content.as_str()), (answer.id, "More about axolotl."));
    assert!(updated.components.is_empty());

    // A form, an answer for one, a follow-up for all, and an edit of the first.
    let form = alice.slash(general, "form").unwrap().send().unwrap().form().await.unwrap();
    assert_eq!((form.title.as_str(), form.fields[0].label.as_str()), ("Your words", "Your quote"));
    assert!(alice.submit(&form, &[("quote", "no")]).is_err(), "too short");
    let submitted = alice.submit(&form, &[("quote", "Ship it")]).unwrap();
    let private = submitted.message().await.unwrap();
    assert!(private.ephemeral);
    assert_eq!(submitted.follow_ups(1).await.unwrap()[0].content, "And a follow-up.");
    let kept = |view: &tiebreaker::simulator::MessageView| view.content == "You wrote: Ship it (kept)";
    alice.wait_for_message(general, "the edited answer", kept).await.unwrap();
    assert!(!bob.look(general).iter().any(kept), "only for Alice");

    // A message menu sees the text of its target.
    let said = bob.say(general, "three little words").unwrap();
    let look = alice.message_menu(general, said, "Look at this").unwrap().message().await.unwrap();
    assert_eq!(look.content, "It says: three little words");

    card(&discord, &mut bot, general).await;

    // It goes when it is asked to.
    alice.say(general, &format!("<@{}> stop", discord.bot_id())).unwrap();
    bot.hears("bye").await;
    bot.ends().await;
    discord.wait_for_no_session().await.unwrap();

    // Nothing that it asked for was missing.
    let missing: Vec<String> = discord
        .requests()
        .iter()
        .filter(|exchange| !exchange.is_simulated() || exchange.status >= 400 && exchange.status != 429)
        .map(|exchange| {
            format!("{} {} {} {}", exchange.method, exchange.path, exchange.status, exchange.answer)
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
    openapi::check_traffic(&discord.requests());
}

/// A card that is seeded, voted on (also while the connection is gone), counted and cleared.
async fn card(discord: &Simulator, bot: &mut Bot, general: ChannelId) {
    let makers = discord.servers().remove(0);
    let voters: Vec<_> = ["Uma", "Vic", "Wes"].map(|name| makers.member(name)).into();
    let thought = voters[0].slash(general, "card").unwrap().send().unwrap().message().await.unwrap();
    assert_eq!(thought.content, "A card");
    let told = bot.hears("card").await;
    assert_eq!(told["file"], "note.txt");
    let id = |key: &str| told[key].as_str().unwrap().parse::<MessageId>().unwrap();
    let (posted, plain) = (id("message"), id("plain"));
    assert_eq!(posted, thought.id);
    let seen = voters[0].see(general, posted).unwrap();
    assert_eq!((seen.count("🚢"), seen.count("⏭️")), (1, 1));
    assert_eq!(voters[0].see(general, plain).unwrap().reply_to, Some(posted));

    // While the connection lives.
    voters[0].react(general, posted, "🚢").unwrap();
    let heard = bot.hears("reaction").await;
    assert_eq!((&heard["emoji"], &heard["added"]), (&"🚢".into(), &true.into()));
    // While it is gone: both come after the resume, in order.
    discord.faults().drop_sockets(None);
    discord.wait_for_no_session().await.unwrap();
    voters[1].react(general, posted, "🚢").unwrap();
    voters[2].react(general, posted, "⏭️").unwrap();
    voters[0].take_back(general, posted, "🚢").unwrap();
    let mut resumed = false;
    let mut heard = Vec::new();
    while heard.len() < 3 || !resumed {
        let line =
            tokio::time::timeout(PATIENCE, bot.lines.next_line()).await.expect("a resume").unwrap().unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        match told["event"].as_str() {
            Some("resumed") => resumed = true,
            _ => heard.push(format!("{} {}", told["emoji"].as_str().unwrap(), told["added"])),
        }
    }
    assert_eq!(heard, ["🚢 true", "⏭️ true", "🚢 false"]);

    // Counted in pages of two, written onto the card, one emoji cleared.
    voters[0].react(general, posted, "🚢").unwrap();
    bot.hears("reaction").await;
    voters[0].reply(general, posted, &format!("<@{}> count", discord.bot_id()), false).unwrap();
    voters[0].wait_for_message(general, "Counted.", |view| view.content == "Counted.").await.unwrap();
    let counted = voters[0].see(general, posted).unwrap();
    assert!(counted.edited);
    let lines: Vec<&str> = counted.content.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("🚢 3: ") && lines[1].starts_with("⏭️ 2: "), "{lines:?}");
    assert_eq!(lines[0].matches(", ").count(), 1, "two people voted to ship: {lines:?}");
    assert_eq!((counted.count("🚢"), counted.count("⏭️")), (3, 0));
}
