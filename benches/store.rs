//! Durable votes a second beside raw append + fdatasync, and reads while votes come in.
//!
//! `cargo bench --bench store` · `BENCH_STORE_SECONDS=10` for longer runs · `BENCH_STORE_MARKS=1000000` also measures
//! opening and reading a store of that size.
//!
//! Disks of shared machines change their mind: the same loop may reach 5,000 syncs a second and then 280. So both are
//! measured in alternating slices of a quarter of a second, and only ratios of the slices that lie beside each other are
//! told. They are judged when the raw loop reaches 2,000 a second, otherwise they are told as throttled.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark"
)]

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope, State, Subject},
        ids::{ChannelId, MessageId, ReviewerId, ServerId, ToolId, VoterHash},
        marks::{Mark, Marks, ReactionKind, Seq},
        review::{Review, Verdict},
        time::Timestamp,
    },
    store::{
        OpenOptions, Store, StoreFolder,
        contract::{Edit, Expected, MarkChange, Upkeep as _},
        open,
        records::{Card, CardKind, MarksRecord, Record},
    },
};

const SLICE: Duration = Duration::from_millis(250);
/// Under this rate of the raw loop the disk is throttled, and ratios say little.
const JUDGED_FROM: f64 = 2_000.0;
const SERVERS: u64 = 50;
const TOOLS: u64 = 100;
const VOTERS: u64 = 2_000;

fn server(n: u64) -> ServerId {
    ServerId(1_000 + n)
}

fn tool(n: u64) -> ToolId {
    ToolId::trusted(&format!("tool-{n:03}"))
}

fn message(server: u64, tool: u64) -> MessageId {
    MessageId((1_000_000 + server * TOOLS + tool) << 22)
}

fn voter(n: u64) -> VoterHash {
    VoterHash((u128::from(n) << 64 | u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).to_be_bytes())
}

fn scatter(n: u64) -> u64 {
    let mixed = n.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 31)
}

fn vote(n: u64) -> MarkChange {
    let mixed = scatter(n);
    let card = message(mixed % SERVERS, (mixed >> 8) % TOOLS);
    let (voter, kind) = (voter((mixed >> 20) % VOTERS), ReactionKind::Normal);
    let verdict = if mixed >> 40 & 1 == 0 { Verdict::Ship } else { Verdict::Skip };
    if mixed >> 42 & 3 == 0 {
        MarkChange::Remove { card, voter, verdict, kind }
    } else {
        MarkChange::Add { card, voter, verdict, kind, held_until: None }
    }
}

async fn prepare(store: &dyn Store) {
    let cards = (0..SERVERS).flat_map(|s| (0..TOOLS).map(move |t| (s, t)));
    let cards: Vec<Record> = cards
        .map(|(s, t)| {
            Record::Card(Card {
                id: message(s, t),
                server: server(s),
                channel: ChannelId(1),
                tool: tool(t),
                card: CardKind::Comparison,
                lang: "en-US".to_owned(),
                frozen: None,
                plain: false,
            })
        })
        .collect();
    for some in cards.chunks(1_000) {
        store.load(some.to_vec()).await.unwrap();
    }
    // Eight reviews of each tool, as a card shows them.
    let reviews = (0..TOOLS).flat_map(|t| (0..8).map(move |r| (t, r)));
    let edits: Vec<Edit> = reviews
        .map(|(t, r)| {
            let reviewer = ReviewerId::trusted(&format!("reviewer-{r}"));
            let review = Review {
                reviewer: reviewer.clone(),
                verdict: if r % 2 == 0 { Verdict::Ship } else { Verdict::Skip },
                quote: "It does what it says, and it says what it does not do. ".repeat(3),
                date: Timestamp(1_764_000_000_000).date(),
            };
            Edit {
                subject: Subject::Review(tool(t), reviewer),
                expected: Expected::Anything,
                after: Some(State::Review(review)),
            }
        })
        .collect();
    for some in edits.chunks(500) {
        store.edit_catalog(CatalogScope::Base, Actor::Operator, Timestamp(1), some.to_vec()).await.unwrap();
    }
}

/// Appends 4 KiB and syncs, one after the other, for a slice. Returns the rate.
fn raw_slice(file: &mut File) -> f64 {
    let (begun, mut syncs) = (Instant::now(), 0_u32);
    while begun.elapsed() < SLICE {
        file.write_all(&[7; 4_096]).unwrap();
        file.sync_data().unwrap();
        syncs += 1;
    }
    f64::from(syncs) / begun.elapsed().as_secs_f64()
}

/// Lets so many tasks vote for a slice. Returns the rate and every latency.
async fn vote_slice(store: &Arc<dyn Store>, tasks: u64, next: &Arc<AtomicU64>) -> (f64, Vec<Duration>) {
    let begun = Instant::now();
    let voting = (0..tasks).map(|_| {
        let (store, next) = (Arc::clone(store), Arc::clone(next));
        tokio::spawn(async move {
            let mut took = Vec::new();
            while begun.elapsed() < SLICE {
                let one = Instant::now();
                store.apply(vec![vote(next.fetch_add(1, Ordering::Relaxed))]).await.unwrap();
                took.push(one.elapsed());
            }
            took
        })
    });
    let took: Vec<Duration> =
        futures_util::future::join_all(voting).await.into_iter().flat_map(Result::unwrap).collect();
    (took.len() as f64 / begun.elapsed().as_secs_f64(), took)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(0.0)
}

fn percentile(sorted: &[Duration], percent: f64) -> Duration {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = (sorted.len() as f64 * percent / 100.0) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The engine alone, driven as simply as can be: batches of so many votes' keys, written by this thread, one after the other,
/// each flushed and synced. It tells what of a vote is the engine's.
struct Bare {
    engine: sled::Db,
    file: File,
    next: u64,
}

impl Bare {
    fn open(folder: &Path) -> Self {
        let folder = folder.join("bare");
        let engine = sled::Config::new().path(&folder).cache_capacity(64 << 20).open().unwrap();
        let file = File::options().read(true).write(true).open(folder.join("db")).unwrap();
        Self { engine, file, next: 0 }
    }

    fn slice(&mut self, votes: u64) -> f64 {
        let (begun, mut written) = (Instant::now(), 0);
        while begun.elapsed() < SLICE {
            let mut batch = sled::Batch::default();
            for _ in 0..votes {
                self.next += 1;
                let mixed = scatter(self.next);
                let (of, by) = (mixed % (SERVERS * TOOLS), (mixed >> 20) % VOTERS);
                // A member's marks and a tally: keys and values as long as the store's.
                batch.insert(format!("m{of:017}{by:016}").as_bytes(), &[7; 18]);
                batch.insert(format!("t{of:016}").as_bytes(), &[7; 22]);
            }
            batch.insert(&b"head"[..], &[7; 17]);
            self.engine.apply_batch(batch).unwrap();
            self.engine.flush().unwrap();
            self.file.sync_data().unwrap();
            written += votes;
        }
        #[allow(clippy::cast_precision_loss, reason = "a count of a quarter of a second")]
        let written = written as f64;
        written / begun.elapsed().as_secs_f64()
    }
}

async fn durable_votes(store: &Arc<dyn Store>, folder: &Path, tasks: u64, target: f64, run: Duration) {
    let mut file = File::create(folder.join("raw")).unwrap();
    let mut bare = Bare::open(folder);
    let next = Arc::new(AtomicU64::new(0));
    vote_slice(store, tasks, &next).await;
    let (mut raws, mut rates, mut ratios, mut latencies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut floors = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < run {
        let first = raw_slice(&mut file);
        let floor = bare.slice(tasks);
        let before = raw_slice(&mut file);
        floors.push(floor / f64::midpoint(first, before));
        let (rate, took) = vote_slice(store, tasks, &next).await;
        let after = raw_slice(&mut file);
        raws.push(f64::midpoint(before, after));
        rates.push(rate);
        ratios.push(rate / f64::midpoint(before, after));
        latencies.extend(took);
    }
    latencies.sort_unstable();
    let (raw, rate, ratio) = (median(raws), median(rates), median(ratios));
    let verdict = match (raw >= JUDGED_FROM, ratio >= target) {
        (false, _) => "throttled, not judged",
        (true, true) => "reached",
        (true, false) => "MISSED",
    };
    println!(
        "{tasks:>3} task(s): {rate:>8.0} votes/s · raw {raw:>6.0}/s · ratio {ratio:>5.2} (target {target}): {verdict} · \
         p50 {:?} p99 {:?}",
        percentile(&latencies, 50.0),
        percentile(&latencies, 99.0),
    );
    println!("             the bare engine in batches of {tasks}: ratio {:.2}", median(floors));
}

/// A tally and eight reviews, as one card needs them.
async fn read_card(store: &dyn Store, n: u64) {
    let mixed = scatter(n);
    let (at, of) = (server(mixed % SERVERS), tool((mixed >> 8) % TOOLS));
    std::hint::black_box(store.tally(at, &of).await.unwrap());
    for r in 0..8 {
        let subject = Subject::Review(of.clone(), ReviewerId::trusted(&format!("reviewer-{r}")));
        std::hint::black_box(store.catalog_state(CatalogScope::Base, &subject).await.unwrap());
    }
}

async fn reads(store: &dyn Store, what: &str) {
    let mut took = Vec::new();
    let begun = Instant::now();
    for n in 0.. {
        let one = Instant::now();
        read_card(store, n).await;
        took.push(one.elapsed());
        if begun.elapsed() > Duration::from_secs(1) {
            break;
        }
    }
    took.sort_unstable();
    println!(
        "tally + 8 reviews, {what}: p50 {:?} p99 {:?}",
        percentile(&took, 50.0),
        percentile(&took, 99.0)
    );
}

async fn large(folder: &Path, marks: u64, options: OpenOptions) {
    let here = StoreFolder::at(folder.join("large"));
    let begun = Instant::now();
    {
        let store = open(&here, options.clone()).await.unwrap();
        prepare(&*store).await;
        let records = (0..marks).map(|n| {
            let (s, t) = (n % SERVERS, n / SERVERS % TOOLS);
            let mark = Mark {
                card: message(s, t),
                verdict: if n % 3 == 0 { Verdict::Skip } else { Verdict::Ship },
                normal: true,
                super_: false,
                seq: Seq(n + 1),
                frozen: false,
                held_until: None,
            };
            let who = voter(1_000_000 + n / (SERVERS * TOOLS));
            Record::Marks(MarksRecord {
                server: server(s),
                voter: who,
                tool: tool(t),
                marks: Marks::from_marks([mark]),
            })
        });
        let mut some = Vec::new();
        for record in records {
            some.push(record);
            if some.len() == 2_000 {
                store.load(std::mem::take(&mut some)).await.unwrap();
            }
        }
        store.load(some).await.unwrap();
        (&*store as &dyn Store).close().await.unwrap();
    }
    let bytes: u64 = std::fs::metadata(here.engine().join("db")).map_or(0, |file| file.len());
    println!("{marks} marks: loaded in {:?}, {} MB on disk", begun.elapsed(), bytes / 1_000_000);
    let begun = Instant::now();
    let store = open(&here, options).await.unwrap();
    println!("{marks} marks: opened in {:?}", begun.elapsed());
    reads(&*store, "large store").await;
    let begun = Instant::now();
    let report = (&*store as &dyn Store).check().await.unwrap();
    println!(
        "{marks} marks: checked in {:?}, {}",
        begun.elapsed(),
        if report.is_clean() { "clean" } else { "NOT CLEAN" }
    );
}

fn main() {
    // `cargo test --benches` runs it too, with an argument of its own; there is nothing to test here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let run = Duration::from_secs(number("BENCH_STORE_SECONDS").unwrap_or(6));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // On the disk that holds the target folder: a folder in memory would sync in no time.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let options = OpenOptions { snapshots: None, ..OpenOptions::default() };
        let here = StoreFolder::at(folder.path().join("store"));
        let store: Arc<dyn Store> = open(&here, options.clone()).await.unwrap();
        prepare(&*store).await;
        durable_votes(&store, folder.path(), 1, 0.8, run).await;
        durable_votes(&store, folder.path(), 64, 8.0, run).await;
        reads(&*store, "nothing else going on").await;
        let (busy, stop) = (Arc::clone(&store), Arc::new(AtomicBool::new(false)));
        let (next, stopped) = (Arc::new(AtomicU64::new(1 << 40)), Arc::clone(&stop));
        let voting = tokio::spawn(async move {
            while !stopped.load(Ordering::Relaxed) {
                vote_slice(&busy, 16, &next).await;
            }
        });
        reads(&*store, "16 tasks voting").await;
        stop.store(true, Ordering::Relaxed);
        voting.await.unwrap();
        assert!(store.check().await.unwrap().is_clean());
        if let Some(marks) = number("BENCH_STORE_MARKS") {
            large(folder.path(), marks, options).await;
        }
    });
}
