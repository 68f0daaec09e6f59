//! `compare A B [C] [D]`: the head-to-head.

use serde::Serialize;

use super::{
    args::CompareArgs,
    catalog::Shown,
    json, names,
    outcome::{Exit, Outcome, Stop},
    terminal::Terminal,
};
use crate::{card::head_to_head::head_to_head, service::compare};

#[derive(Serialize)]
struct Json<'a> {
    tools: Vec<json::Tool<'a>>,
    votes: json::Votes<'a>,
    call: json::Call<'a>,
    split: Vec<json::SplitRow<'a>>,
    /// Pairs that share no category, by id.
    not_substitutes: Vec<[&'a str; 2]>,
    read_as: Vec<json::ReadAs<'a>>,
}

pub(super) async fn run(args: &CompareArgs, terminal: &mut Terminal) -> Outcome {
    let shown = Shown::read(args.votes.server).await?;
    let asked = match names::read(&shown.view, &args.names, "compare", args.output.json, terminal)? {
        Ok(asked) => asked,
        Err(stop) => return Err(stop),
    };
    let ids: Vec<_> = asked.iter().map(|name| &name.found.listing.tool.id).collect();
    let votes = shown.votes(&ids).await?;
    let listings: Vec<_> = asked.iter().map(|name| name.found.listing.clone()).collect();
    let comparison = compare::compare(&shown.view, &listings, votes.as_deref(), shown.today)
        .map_err(|error| Stop::user(Exit::WrongUse, &error))?;
    if args.output.json {
        let id = |place: &usize| comparison.tools.get(*place).map_or("", |view| view.tool.id.as_str());
        terminal.json(&Json {
            tools: comparison.tools.iter().map(json::Tool::new).collect(),
            votes: shown.votes_json(),
            call: json::Call::new(&comparison),
            split: comparison.split.rows.iter().map(json::SplitRow::new).collect(),
            not_substitutes: comparison.not_substitutes.iter().map(|(a, b)| [id(a), id(b)]).collect(),
            read_as: asked.iter().map(json::ReadAs::new).collect(),
        })?;
        return Ok(Exit::Done);
    }
    shown.tell_trouble();
    let read_as: Vec<_> = asked.iter().map(names::read_as).collect();
    terminal.card(&head_to_head(&comparison, &read_as, &shown.frame(terminal.texts)))?;
    Ok(Exit::Done)
}
