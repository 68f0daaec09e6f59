//! How much the simulator costs, and how much it can send. See `docs/simulator.md` for figures and how to repeat.
//!
//! ```sh
//! cargo bench --bench simulator                 # ten seconds each
//! cargo bench --bench simulator -- --seconds 3
//! ```
//!
//! The clients run in a child process (this program again), so that the processor time measured is that of the
//! simulator and of the members who react, and not that of whoever listens.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints"
)]

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tiebreaker::simulator::{Flood, Settings, Simulator};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio_tungstenite::tungstenite::Message;

const SERVERS: usize = 1_000;
const SHARDS: u32 = 4;
const REACTIONS_PER_SECOND: u64 = 5_000;
const FLOOD_PER_SECOND: u64 = 100_000;
/// GUILDS, GUILD_MESSAGES, GUILD_MESSAGE_REACTIONS.
const INTENTS: u64 = 1 | 1 << 9 | 1 << 10;

fn main() {
    let mut seconds = 10;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--consume" => {
                let mut next = || arguments.next().expect("an address, a token, a number of shards");
                let (address, token, shards) = (next(), next(), next());
                return runtime(1).block_on(consume(address, token, shards.parse().expect("a number")));
            }
            "--seconds" => {
                seconds = arguments.next().and_then(|text| text.parse().ok()).expect("a number of seconds")
            }
            _ => {}
        }
    }
    runtime(2).block_on(measure(seconds));
}

fn runtime(threads: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn measure(seconds: u64) {
    println!(
        "reactions: {SERVERS} servers on {SHARDS} shards, {REACTIONS_PER_SECOND} events a second, {seconds} s"
    );
    reactions(seconds).await;
    println!("flood: prepared reaction events to one shard, {FLOOD_PER_SECOND} a second, {seconds} s");
    flood(seconds).await;
}

async fn start(
    servers: usize,
    shards: u32,
) -> (Simulator, Vec<(tiebreaker::simulator::ServerHandle, Vec<Voter>)>, Client) {
    let settings = Settings { max_concurrency: shards, record: 0, ..Settings::unlimited() };
    let discord = Simulator::start(settings).await.expect("it starts");
    let mut made = Vec::with_capacity(servers);
    for n in 0..servers {
        let server = discord.server(&format!("Server {n}"));
        let general = server.general();
        let card = server.owner().say(general, "a card").expect("the owner writes");
        let voters = ["Uma", "Vic"].map(|name| Voter { member: server.member(name), channel: general, card });
        made.push((server, voters.into()));
    }
    let client = Client::start(&discord, shards).await;
    (discord, made, client)
}

/// A member in front of a card.
struct Voter {
    member: tiebreaker::simulator::MemberHandle,
    channel: tiebreaker::simulator::ChannelId,
    card: tiebreaker::simulator::MessageId,
}

async fn reactions(seconds: u64) {
    let (_discord, servers, mut client) = start(SERVERS, SHARDS).await;
    let voters: Vec<&Voter> = servers.iter().flat_map(|(_, voters)| voters).collect();
    let total = REACTIONS_PER_SECOND * seconds;
    let (began, cpu) = (Instant::now(), cpu_time());
    // Round after round every member reacts, then takes it back: each is one event.
    for n in 0..total {
        let voter = voters[usize::try_from(n).unwrap_or(0) % voters.len()];
        let round = usize::try_from(n).unwrap_or(0) / voters.len();
        if round.is_multiple_of(2) {
            voter.member.react(voter.channel, voter.card, "🚢").expect("a reaction");
        } else {
            voter.member.take_back(voter.channel, voter.card, "🚢").expect("taken back");
        }
        pace(began, n, REACTIONS_PER_SECOND, 25).await;
    }
    let sent = began.elapsed();
    let arrived = client.wait_for(total).await;
    report(total, sent, began, arrived, cpu);
}

async fn flood(seconds: u64) {
    let (discord, servers, mut client) = start(100, 1).await;
    let events = servers.iter().cycle().take(1_000).enumerate().map(|(n, (server, voters))| {
        let body = json!({
            "user_id": (1_000_000_000_000_000_000u64 + n as u64).to_string(), "channel_id": voters[0].channel,
            "message_id": voters[0].card, "guild_id": server.id, "emoji": { "id": null, "name": "🚢" }, "burst": false,
            "type": 0, "message_author_id": discord.bot_id(),
            "member": {
                "user": { "id": (1_000_000_000_000_000_000u64 + n as u64).to_string(), "username": "voter",
                    "discriminator": "0", "avatar": null, "global_name": "Voter", "public_flags": 0 },
                "roles": [], "joined_at": "2024-01-01T00:00:00.000000+00:00", "deaf": false, "mute": false, "flags": 0,
            },
        });
        ("MESSAGE_REACTION_ADD", body)
    });
    let batch = Flood::prepare(events);
    let size = batch.len() as u64;

    let total = FLOOD_PER_SECOND * seconds;
    let (began, cpu) = (Instant::now(), cpu_time());
    for n in 0..total / size {
        assert_eq!(discord.flood(0, &batch) as u64, size);
        pace(began, (n + 1) * size - 1, FLOOD_PER_SECOND, size).await;
    }
    let sent = began.elapsed();
    let arrived = client.wait_for(total).await;
    report(total, sent, began, arrived, cpu);

    println!("flood: as fast as it goes, {total} events at once");
    let before = client.seen;
    let (began, cpu) = (Instant::now(), cpu_time());
    for _ in 0..total / size {
        discord.flood(0, &batch);
        tokio::task::yield_now().await;
    }
    let sent = began.elapsed();
    let arrived = client.wait_for(before + total).await;
    report(total, sent, began, arrived, cpu);
}

/// Waits until it is time for the event after `n`, looking at the clock every `step` events.
async fn pace(began: Instant, n: u64, per_second: u64, step: u64) {
    if (n + 1).is_multiple_of(step) {
        let due = began + Duration::from_nanos((n + 1) * 1_000_000_000 / per_second);
        tokio::time::sleep_until(due.into()).await;
    }
}

fn report(total: u64, sent: Duration, began: Instant, arrived: Instant, cpu: Option<Duration>) {
    let all = arrived.saturating_duration_since(began);
    let rate = |time: Duration| total as f64 / time.as_secs_f64();
    println!("  handed in   {:>8.2} s   {:>9.0} events/s", sent.as_secs_f64(), rate(sent));
    println!("  all arrived {:>8.2} s   {:>9.0} events/s", all.as_secs_f64(), rate(all));
    match (cpu, cpu_time()) {
        (Some(before), Some(after)) => {
            let used = after.saturating_sub(before);
            let share = used.as_secs_f64() / all.max(sent).as_secs_f64();
            let each = used.as_secs_f64() * 1e6 / total as f64;
            println!(
                "  processor   {:>8.2} s   {share:>9.2} cores   {each:.1} µs an event",
                used.as_secs_f64()
            );
        }
        _ => println!("  processor   not measured on this system"),
    }
}

/// The processor time of this process so far, in hundredths of a second (Linux).
fn cpu_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the name, may hold blanks; after it, user and system time are the 12th and 13th.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

/// The child process with all shards.
struct Client {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    seen: u64,
}

impl Client {
    async fn start(discord: &Simulator, shards: u32) -> Self {
        let address = discord.gateway_url().trim_start_matches("ws://").to_owned();
        let mut child = Command::new(std::env::current_exe().expect("a path"))
            .args(["--consume", &address, &discord.token(), &shards.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the client starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        assert_eq!(lines.next_line().await.expect("a line").as_deref(), Some("ready"));
        Self { _child: child, lines, seen: 0 }
    }

    /// When the client had this many events.
    async fn wait_for(&mut self, count: u64) -> Instant {
        while self.seen < count {
            let line = tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await;
            let line = line.expect("events arrive").expect("a line").expect("the client lives");
            self.seen = line.parse().expect("a number");
        }
        Instant::now()
    }
}

/// What all shards have seen.
#[derive(Default)]
struct Counts {
    shards: AtomicU64,
    frames: AtomicU64,
    reactions: AtomicU64,
}

/// The child: connects every shard and tells how many reaction events it has seen, ten times a second.
async fn consume(address: String, token: String, shards: u32) {
    let counts = Arc::new(Counts::default());
    for shard in 0..shards {
        let (address, token, counts) = (address.clone(), token.clone(), Arc::clone(&counts));
        tokio::spawn(async move { run_shard(&address, &token, [shard, shards], &counts).await });
    }
    // Ready is who has heard of all servers: when all shards are connected and nothing comes any more.
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let frames = counts.frames.load(Ordering::Relaxed);
        if frames == before && counts.shards.load(Ordering::Relaxed) == u64::from(shards) {
            break;
        }
        before = frames;
    }
    let mut out = std::io::stdout();
    let mut told = 0;
    writeln!(out, "ready").expect("a reader");
    loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let now = counts.reactions.load(Ordering::Relaxed);
        if now != told && writeln!(out, "{now}").is_err() {
            return;
        }
        told = now;
    }
}

async fn run_shard(address: &str, token: &str, shard: [u32; 2], counts: &Counts) {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (socket, _) = tokio_tungstenite::client_async(format!("ws://{address}/?v=10&encoding=json"), stream)
        .await
        .expect("a web socket");
    let (mut write, mut read) = socket.split();
    let identify = json!({ "op": 2, "d": {
        "token": token, "intents": INTENTS, "shard": shard, "compress": true,
        "properties": { "os": "linux", "browser": "bench", "device": "bench" },
    } });
    let mut beat = tokio::time::interval(Duration::from_secs(20));
    beat.tick().await;
    write.send(Message::text(identify.to_string())).await.expect("identified");
    counts.shards.fetch_add(1, Ordering::Relaxed);
    loop {
        tokio::select! {
            _ = beat.tick() => {
                let beat: Value = json!({ "op": 1, "d": null });
                write.send(Message::text(beat.to_string())).await.expect("a heartbeat");
            }
            message = read.next() => match message {
                Some(Ok(message)) => {
                    counts.frames.fetch_add(1, Ordering::Relaxed);
                    // Counting, not reading: what is measured is the other side. Large payloads come packed;
                    // a reaction is none.
                    if let Message::Text(text) = message
                        && text.starts_with("{\"t\":\"MESSAGE_REACTION_")
                    {
                        counts.reactions.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Some(Err(_)) | None => return,
            }
        }
    }
}
