//! Tiebreaker's name matching beside its rivals: quality, time, memory and building, in one run and one table.
//! See README.md here.

mod clock;
mod engines;
mod generate;
mod heap;
mod input;
mod quality;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tiebreaker::catalog::search::Entry;

use clock::Took;
use engines::{Engine, Nucleo, Ours, Strsim, Tantivy};
use input::{Catalog, Question};
use quality::Quality;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

/// How many names the engine that reads every name may look at in one pass; queries are left out evenly to keep to it.
const VISITS: usize = 4_000_000;

/// The size of the catalog by mutation.
const MILLION: usize = 1_000_000;

/// A pass that takes longer than this is not repeated.
const REPEAT_BELOW: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (origin, catalogs) = input::catalogs()?;
    println!("{origin}");
    println!("{}", machine());
    println!();
    println!(
        "| catalog | engine | asked | resolve | macro | recall@25 | prefix | wrong given | negatives answered | p50 wall | p99 wall \
         | p50 CPU | p99 CPU | heap MB | own count MB | build wall | build CPU |"
    );
    println!("|{}", " --- |".repeat(17));
    for catalog in &catalogs {
        all(catalog, true);
    }
    if !quick && let Some(last) = catalogs.last() {
        let names = generate::mutated(&last.names, MILLION);
        let title = format!("{}, mutated", last.title);
        let questions = last.questions.clone();
        all(&Catalog { title, names, questions }, false);
    }
    println!();
    println!(
        "Times: one warm thread, the least of three passes for each query (one pass where a pass takes over {} s). Building: the \
         least of three (one for the million); its CPU time is that of all threads. Engines that do not decide answer from the \
         score that suits them best on these very queries. Few asked: p99 is then the slowest. heap: what is allocated more \
         after building than before. No quality over mutants: they lie nearer to many a query than the name that was meant.",
        REPEAT_BELOW.as_secs()
    );
    println!();
    if let Some(first) = catalogs.first() {
        overlays(first);
    }
    Ok(())
}

/// What else the figures depend on.
fn machine() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{}, {cores} cores, load before the run {}", model.map_or("?", |m| m.1), load.join(" "))
}

fn all(catalog: &Catalog, judged: bool) {
    let per_name = VISITS / catalog.names.len();
    run::<Ours>(catalog, usize::MAX, judged);
    run::<Tantivy>(catalog, per_name.saturating_mul(20), judged);
    run::<Nucleo>(catalog, per_name.saturating_mul(10), judged);
    run::<Strsim>(catalog, per_name, judged);
}

/// Every so-manieth question, at most `most` (at least four) in all.
fn sample(questions: &[Question], most: usize) -> Vec<&Question> {
    let step = questions.len().div_ceil(most.max(4));
    questions.iter().step_by(step.max(1)).collect()
}

fn run<E: Engine>(catalog: &Catalog, most: usize, judged: bool) {
    let names = &catalog.names;
    let before = heap::live();
    let (mut engine, mut built) = clock::process(|| E::build(names));
    let heap = heap::live().saturating_sub(before);
    if names.len() < MILLION {
        for _ in 0..2 {
            let (again, took) = clock::process(|| E::build(names));
            built = built.least(took);
            drop(again);
        }
    }
    let questions = sample(&catalog.questions, most);
    for question in questions.iter().take(3) {
        std::hint::black_box(engine.ask(&question.query));
    }
    let (first, whole) = clock::thread(|| {
        questions.iter().map(|q| clock::thread(|| engine.ask(&q.query))).collect::<Vec<_>>()
    });
    let (replies, mut times): (Vec<_>, Vec<Took>) = first.into_iter().unzip();
    if whole.wall < REPEAT_BELOW {
        for _ in 0..2 {
            for (question, time) in questions.iter().zip(&mut times) {
                *time = time.least(clock::thread(|| engine.ask(&question.query)).1);
            }
        }
    }
    let quality = judged.then(|| quality::judge(&questions, &replies, names));
    let (wall, cpu) = (spread(&times, |t| t.wall), spread(&times, |t| t.cpu));
    println!(
        "| {}, {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        catalog.title,
        names.len(),
        E::NAME,
        questions.len(),
        shares(quality),
        micros(wall.0),
        micros(wall.1),
        micros(cpu.0),
        micros(cpu.1),
        megabytes(heap),
        engine.own_count().map_or_else(|| "–".to_owned(), megabytes),
        millis(built.wall),
        millis(built.cpu),
    );
}

/// Median and 99th percentile.
fn spread(times: &[Took], which: impl Fn(&Took) -> Duration) -> (Duration, Duration) {
    let mut times: Vec<Duration> = times.iter().map(which).collect();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    (at(50), at(99))
}

fn shares(quality: Option<Quality>) -> String {
    let Some(q) = quality else { return ["–"; 6].join(" | ") };
    [q.resolve, q.macro_top1, q.recall, q.prefix, q.wrong, q.negatives].map(|s| format!("{s:.3}")).join(" | ")
}

fn micros(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

/// Two thousand servers, each with ten tools of its own over the same base.
fn overlays(catalog: &Catalog) {
    const SERVERS: usize = 2_000;
    const TOOLS: usize = 10;
    let mut ours = Ours::build(&catalog.names);
    let own = generate::names(SERVERS * TOOLS, 99);
    let before = heap::live();
    let (made, took) = clock::process(|| {
        let each = own.chunks(TOOLS).map(|tools| {
            let entries = (0..).zip(tools).map(|(key, name)| Entry { key, name, aliases: &[], vendor: "" });
            Arc::new(ours.index().overlay(entries, []))
        });
        each.collect::<Vec<_>>()
    });
    let heap = heap::live().saturating_sub(before);
    let counted: usize = made.iter().map(|overlay| overlay.memory()).sum();
    println!(
        "{SERVERS} overlays of {TOOLS} tools over {}: built in {} ({} CPU), heap {} MB ({} bytes each), own count {} MB",
        catalog.title,
        millis(took.wall),
        millis(took.cpu),
        megabytes(heap),
        heap / SERVERS,
        megabytes(counted),
    );
    let base = ours.index().view();
    let questions = sample(&catalog.questions, SERVERS);
    let mut times = Vec::new();
    for (question, overlay) in questions.iter().zip(&made) {
        let view = base.with(Arc::clone(overlay));
        let mut best = clock::thread(|| view.answer(&question.query, engines::LIMIT)).1;
        for _ in 0..2 {
            best = best.least(clock::thread(|| view.answer(&question.query, engines::LIMIT)).1);
        }
        times.push(best);
    }
    let (wall, cpu) = (spread(&times, |t| t.wall), spread(&times, |t| t.cpu));
    println!(
        "a query under an overlay: p50 {} p99 {} wall, p50 {} p99 {} CPU",
        micros(wall.0),
        micros(wall.1),
        micros(cpu.0),
        micros(cpu.1)
    );
    let found = own.iter().zip((0..made.len()).flat_map(|server| std::iter::repeat_n(server, TOOLS)));
    let lost = found
        .step_by(37)
        .filter(|(name, server)| base.with(Arc::clone(&made[*server])).resolve(name).matched().is_none());
    println!("own tools not answered by their full names: {}", lost.count());
    std::hint::black_box(ours.ask(""));
}
