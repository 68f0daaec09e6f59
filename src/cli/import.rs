//! `import FILE|DIR|-`: tools into the operator's catalog, or an export of a store back into an empty one.

use std::io;

use serde::Serialize;

use super::{
    args::ImportArgs,
    catalog::{config, place},
    outcome::{Exit, Outcome, Stop, note},
    problems, progress,
    terminal::Terminal,
};
use crate::{
    catalog::{layer::Layer, starter},
    domain::change::CatalogScope,
    service::{
        access::{Absent, Access},
        desk::MOST_EDITS,
        import::{self, Plan},
        ports::{Clock as _, SystemClock},
        restore,
    },
};

#[derive(Serialize)]
struct Json {
    new: usize,
    changed: usize,
    same: usize,
    refused: usize,
    reviewers: usize,
    /// Whether anything was written.
    is_done: bool,
    problems: Vec<problems::Json>,
    left_out: Vec<JsonLeftOut>,
    cut: usize,
    categories: usize,
    alike: usize,
}

#[derive(Serialize)]
struct JsonLeftOut {
    field: String,
    records: usize,
}

pub(super) async fn run(args: &ImportArgs, terminal: &mut Terminal) -> Outcome {
    let spinner = progress::spinner("reading");
    let given = import::read(&args.source, &mut io::stdin().lock()).map_err(Stop::failed)?;
    spinner.finish_and_clear();
    let sources = match given {
        import::Given::Catalog(sources) => sources,
        import::Given::Export(file) => return take_back(file, args, terminal).await,
    };
    let config = config()?;
    let today = SystemClock.now().date();
    let starter = if config.starter { starter::layer() } else { Layer::default() };
    // A store is made when there is something to write, and not before.
    let access = match Access::look(&place(&config)).await {
        Ok(access) => Some(access),
        Err(Absent::NoStore(_)) => None,
        Err(_) if args.dry_run => None,
        Err(absent) => return Err(Stop::failed(absent)),
    };
    let base = match &access {
        Some(access) => access.desk().catalog(CatalogScope::Base).await.map_err(Stop::failed)?,
        None => Vec::new(),
    };
    let base = Layer::of_records(base.into_iter().map(|record| (record.subject, record.state)));
    let spinner = progress::spinner("comparing");
    let plan = import::plan(&sources, &starter, &base, today);
    spinner.finish_and_clear();

    let is_refused = plan.refused > 0 && !args.skip_bad;
    let is_done = !is_refused && !args.dry_run;
    let access = match access {
        None if is_done && !plan.edits.is_empty() => {
            Some(Access::open(&place(&config)).await.map_err(Stop::failed)?)
        }
        access => access,
    };
    if let (Some(access), true) = (&access, is_done) {
        let bar = progress::bar(plan.edits.len(), "importing");
        for edits in plan.edits.chunks(MOST_EDITS) {
            access.desk().edit_base(edits.to_vec()).await.map_err(Stop::failed)?;
            bar.inc(edits.len() as u64);
        }
        bar.finish_and_clear();
    }
    if let Some(access) = access {
        access.close().await.map_err(Stop::failed)?;
    }
    tell(&plan, args, is_done, terminal)?;
    if plan.holds_nothing() {
        // A folder without catalog files, or a pipe whose other end failed.
        let source = crate::card::escape::clean(&args.source);
        return Err(Stop::failed(terminal.texts.get("import-nothing", &[("source", source.into())])));
    }
    Ok(if is_refused { Exit::Failed } else { Exit::Done })
}

fn tell(plan: &Plan, args: &ImportArgs, is_done: bool, terminal: &mut Terminal) -> io::Result<()> {
    let texts = terminal.texts;
    if plan.holds_nothing() && !args.output.json {
        return Ok(());
    }
    if args.output.json {
        return terminal.json(&Json {
            new: plan.new,
            changed: plan.changed,
            same: plan.same,
            refused: plan.refused,
            reviewers: plan.reviewers,
            is_done,
            problems: problems::json(&plan.problems, texts),
            left_out: plan
                .notes
                .left_out
                .iter()
                .map(|(field, records)| JsonLeftOut { field: field.clone(), records: *records })
                .collect(),
            cut: plan.notes.cut,
            categories: plan.notes.categories,
            alike: plan.notes.alike,
        });
    }
    for line in problems::lines(&plan.problems, texts) {
        terminal.line(&line)?;
    }
    for (field, records) in &plan.notes.left_out {
        let field = crate::card::escape::clean(field);
        note(&texts.get("import-left-out", &[("field", field.into()), ("records", (*records).into())]));
    }
    for (key, count) in [
        ("import-cut", plan.notes.cut),
        ("import-categories", plan.notes.categories),
        ("import-alike", plan.notes.alike),
    ] {
        if count > 0 {
            note(&texts.get(key, &[("count", count.into())]));
        }
    }
    let counts = [
        ("new", plan.new.into()),
        ("changed", plan.changed.into()),
        ("same", plan.same.into()),
        ("refused", plan.refused.into()),
    ];
    let key = match (is_done, args.dry_run) {
        (true, _) => "import-done",
        (false, true) => "import-dry-run",
        (false, false) => "import-refused",
    };
    terminal.line(&texts.get(key, &counts))
}

/// An export of a store goes into a store that holds nothing.
async fn take_back(mut file: std::fs::File, args: &ImportArgs, terminal: &mut Terminal) -> Outcome {
    let config = config()?;
    if args.dry_run {
        let records = restore::verify(&mut file).map_err(Stop::failed)?;
        if args.output.json {
            terminal.json(&serde_json::json!({ "records": records, "is_done": false }))?;
            return Ok(Exit::Done);
        }
        terminal.line(&terminal.texts.get("import-export-dry-run", &[("records", records.into())]))?;
        return Ok(Exit::Done);
    }
    let bar = progress::spinner("importing");
    let records = restore::take_back(&place(&config), &mut file, |records| bar.set_position(records)).await;
    bar.finish_and_clear();
    let records = records.map_err(Stop::failed)?;
    if args.output.json {
        terminal.json(&serde_json::json!({ "records": records, "is_done": true }))?;
    } else {
        terminal.line(&terminal.texts.get("import-export-done", &[("records", records.into())]))?;
    }
    Ok(Exit::Done)
}
