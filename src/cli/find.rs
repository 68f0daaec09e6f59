//! `find [QUERY…]`: what names mean, one query an argument or a line.

use std::io::{self, BufRead as _, IsTerminal as _};

use serde::Serialize;

use super::{
    args::FindArgs,
    catalog::{Shown, config},
    json,
    names::shown,
    outcome::{Exit, Outcome, Stop},
    progress,
    table::{Cell, lay_out},
    terminal::Terminal,
};
use crate::{
    card::Style,
    catalog::{
        import::{self, Nothing},
        layer::Layer,
        layered::Catalog,
        search::Decision,
        starter,
        view::{Resolved, View},
    },
    domain::time::Date,
    error::UserError,
    service::{
        import::{Given, read},
        ports::{Clock as _, SystemClock},
    },
};

#[derive(Serialize)]
struct Json<'a> {
    /// Exactly as it came.
    query: &'a str,
    decision: &'static str,
    matches: Vec<json::Match<'a>>,
}

pub(super) async fn run(args: &FindArgs, terminal: &mut Terminal) -> Outcome {
    let view = match &args.catalog {
        Some(path) => view_of(path, SystemClock.now().date(), terminal)?,
        None => Shown::read(None).await?.view,
    };
    let limit = usize::from(args.limit);
    if let [query] = args.queries.as_slice() {
        let resolved = view.resolve(query, limit);
        answer(query, &resolved, args.output.json, terminal)?;
        return Ok(if resolved.decision == Decision::Match { Exit::Done } else { Exit::NotFound });
    }
    if !args.queries.is_empty() {
        for query in &args.queries {
            answer(query, &view.resolve(query, limit), args.output.json, terminal)?;
        }
        return Ok(Exit::Done);
    }
    let mut stdin = io::stdin().lock();
    let is_typed = stdin.is_terminal();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stdin.read_until(b'\n', &mut line)? == 0 {
            return Ok(Exit::Done);
        }
        // The line break ends the query; every other character belongs to it.
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        let query = String::from_utf8_lossy(&line);
        answer(&query, &view.resolve(&query, limit), args.output.json, terminal)?;
        if is_typed {
            terminal.flush()?;
        }
    }
}

/// The tools of a file or folder, by themselves.
fn view_of(path: &str, today: Date, terminal: &Terminal) -> Result<View, Stop> {
    let bar = progress::spinner("reading the catalog");
    let sources = match read(path, &mut io::stdin().lock()).map_err(Stop::failed)? {
        Given::Catalog(sources) => sources,
        Given::Export(_) => return Err(Stop::user(Exit::WrongUse, &UserError::new("find-export"))),
    };
    let panel =
        if config().is_ok_and(|config| config.starter) { starter::load().reviewers } else { Vec::new() };
    let import = import::read(&sources, &Nothing, &panel, today);
    if import.refused > 0 {
        let said = super::problems::lines(&import.problems, terminal.texts);
        return Err(Stop::Said(Exit::Failed, said));
    }
    let tools = import.items.into_iter().map(|item| item.entry).collect();
    let view = Catalog::new(Layer::of(tools, import.reviewers), Layer::default()).view(None);
    bar.finish_and_clear();
    Ok(view)
}

fn answer(query: &str, resolved: &Resolved, as_json: bool, terminal: &mut Terminal) -> io::Result<()> {
    let (decision, key) = match resolved.decision {
        Decision::Match => ("match", "find-match"),
        Decision::Ambiguous(_) => ("ambiguous", "find-ambiguous"),
        Decision::None if resolved.found.is_empty() => ("none", "find-nothing"),
        Decision::None => ("none", "find-none"),
    };
    if as_json {
        let matches = resolved.found.iter().map(json::Match::new).collect();
        return terminal.json_row(&Json { query, decision, matches });
    }
    let best = resolved.found.first().map_or("", |found| found.listing.tool.name.as_str());
    let shown = shown(query);
    terminal.line(&terminal.texts.get(key, &[("query", shown.into()), ("tool", best.into())]))?;
    let meant = match resolved.decision {
        Decision::Match => 1,
        Decision::Ambiguous(choices) => usize::from(choices),
        Decision::None => 0,
    };
    let rows: Vec<Vec<Cell>> = resolved
        .found
        .iter()
        .enumerate()
        .map(|(place, found)| {
            let style = if place < meant { Style::Strong } else { Style::Plain };
            vec![
                Cell::number(format!("{:.3}", found.score)),
                Cell::new(found.listing.tool.name.clone(), style),
                Cell::new(found.listing.tool.id.as_str(), Style::Dim),
                Cell::new(terminal.texts.how(found.how.as_str()), Style::Dim),
            ]
        })
        .collect();
    for line in lay_out(&rows, terminal.width, 1, 16) {
        terminal.spans(&line)?;
    }
    Ok(())
}
