//! The bot under load, beside an echo bot on the same client library. `docs/bot.md` has figures and says how to read them.
//!
//! ```sh
//! cargo bench --bench bot                  # about five minutes
//! cargo bench --bench bot -- --quick       # under one
//! cargo bench --bench bot -- --long        # a whole hour's traffic for the memory
//! ```
//!
//! Three processes: this one with the simulator and everybody who asks and reacts; the real program, `tiebreaker run`; the
//! echo bot (this program again). So processor time and memory are each one's own.
//!
//! | file | what |
//! | --- | --- |
//! | `phases.rs` | what is measured |
//! | `load.rs` | interactions and events with a plan, and when answers arrive |
//! | `votes.rs` | votes and the model of what must come of them |
//! | `world.rs`, `names.rs` | the servers; the catalog |
//! | `process.rs`, `echo.rs` | the bots |
//! | `machine.rs`, `report.rs` | processor time, memory, who else is busy; the table |

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    reason = "a benchmark prints"
)]

mod echo;
mod load;
mod machine;
mod names;
mod phases;
mod process;
mod report;
mod votes;
mod world;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{names::Names, phases::Size, report::Report};

const SECOND: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, url, token] = arguments.as_slice()
        && role == echo::ARGUMENT
    {
        runtime().block_on(echo::run(url, token));
        return ExitCode::SUCCESS;
    }
    let has = |argument: &str| arguments.iter().any(|given| given == argument);
    if !has("--bench") {
        // `cargo test --benches` runs this too.
        println!("run with `cargo bench --bench bot`");
        return ExitCode::SUCCESS;
    }
    let size = if has("--quick") {
        Size {
            low: (2, SECOND * 3),
            high: (1, SECOND * 3),
            flood: (60_000, 2),
            hour: (0.005, 3),
            together: 3,
        }
    } else {
        Size {
            low: (6, SECOND * 5),
            high: (1, SECOND * 10),
            flood: (200_000, 3),
            hour: (if has("--long") { 1.0 } else { 0.1 }, 6),
            together: 8,
        }
    };
    let only = arguments.iter().position(|given| given == "--only").and_then(|at| arguments.get(at + 1));
    match runtime().block_on(measure(&size, only.map(String::as_str))) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(missed) => {
            println!("\ntargets missed: {missed}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("the benchmark failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

async fn measure(size: &Size, only: Option<&str>) -> anyhow::Result<usize> {
    let began = Instant::now();
    let names = Names::get()?;
    let machine = machine::describe();
    eprintln!(
        "{machine}\n{} ({} of {} are typed, {} asked for)",
        names.origin,
        names.typed.len(),
        names.count,
        names.asked.len()
    );
    let template = process::template(&names).await?;
    let store = template.path().join("data");
    let mut report = Report::default();
    let wanted = |part: &str| only.is_none_or(|only| only == part);
    if wanted("load") || wanted("flood") {
        let mut pair = phases::start(&names, &store, &mut report).await?;
        if wanted("load") {
            phases::loads(&mut pair, &names, size, &mut report).await?;
        }
        if wanted("flood") {
            phases::floods(&pair, size, &mut report).await?;
        }
        phases::mixed(pair, size, &mut report).await?;
    }
    if wanted("together") {
        phases::together(&names, &store, size, &mut report).await?;
    }
    if wanted("large") {
        phases::large(&names, &store, &mut report).await?;
    }
    if wanted("hour") {
        phases::hour(&names, &store, size, &mut report).await?;
    }
    println!("{machine}, {} at the end · {}\n", machine::load(), names.origin);
    let missed = report.print();
    println!("- measured in {:.0} s", began.elapsed().as_secs_f64());
    Ok(missed)
}
