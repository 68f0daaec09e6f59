//! `top`: the leaderboard.

use serde::Serialize;

use super::{
    args::{ByArg, TopArgs},
    catalog::Shown,
    json,
    outcome::{Exit, Outcome, Stop, note},
    table::{Cell, lay_out},
    terminal::Terminal,
};
use crate::{
    card::{Style, words},
    catalog::tidy,
    domain::ids::CategoryId,
    error::UserError,
    service::top::{By, Row, categories, top},
};

#[derive(Serialize)]
struct Json<'a> {
    by: By,
    category: Option<&'a str>,
    votes: json::Votes<'a>,
    tools: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    place: usize,
    id: &'a str,
    name: &'a str,
    category: &'a str,
    score: json::JsonScore,
    /// Lower end of the 95 % Wilson interval of the ship rate, by which the list is ordered.
    lower: f64,
}

pub(super) async fn run(args: &TopArgs, terminal: &mut Terminal) -> Outcome {
    let shown = Shown::read(args.votes.server).await?;
    let category = args.category.as_deref().map(|typed| category(&shown, typed)).transpose()?;
    let ballots = shown.ballots().await?;
    let has_ballots = ballots.as_ref().is_some_and(|ballots| !ballots.is_empty());
    let by = match args.by {
        Some(ByArg::Panel) => By::Panel,
        Some(ByArg::Community) => By::Community,
        None if has_ballots => By::Community,
        None => By::Panel,
    };
    let limit = usize::from(args.limit);
    let rows = top(&shown.view, by, &ballots.unwrap_or_default(), category.as_ref(), limit);
    if args.output.json {
        terminal.json(&Json {
            by,
            category: category.as_ref().map(CategoryId::as_str),
            votes: shown.votes_json(),
            tools: (1..).zip(&rows).map(|(place, row)| JsonRow::new(place, row)).collect(),
        })?;
        return Ok(Exit::Done);
    }
    shown.tell_trouble();
    let texts = terminal.texts;
    if args.by.is_none() && by == By::Panel {
        note(&texts.get("terminal-top-by-panel", &[]));
    }
    if args.by == Some(ByArg::Community)
        && let Some(reason) = shown.votes_json().reason
    {
        note(reason);
    }
    if rows.is_empty() {
        terminal.line(&texts.get("terminal-top-nothing", &[]))?;
        return Ok(Exit::Done);
    }
    let lines: Vec<Vec<Cell>> = (1..)
        .zip(&rows)
        .map(|(place, Row { listing, score }): (usize, &Row)| {
            let percent = score.percent().map(|percent| texts.percent(percent)).unwrap_or_default();
            let args = [("ship", score.ship.into()), ("total", score.total().into())];
            vec![
                Cell::number(place.to_string()),
                Cell::new(listing.tool.name.clone(), Style::Strong),
                Cell::new(words::bar(*score).text(), Style::Ship),
                Cell::number(percent),
                Cell::number(texts.get("terminal-of", &args)),
                Cell::new(texts.category(listing.tool.category.as_str()), Style::Dim),
            ]
        })
        .collect();
    for line in lay_out(&lines, terminal.width, 1, 12) {
        terminal.spans(&line)?;
    }
    Ok(Exit::Done)
}

impl<'a> JsonRow<'a> {
    fn new(place: usize, row: &'a Row) -> Self {
        let tool = &row.listing.tool;
        Self {
            place,
            id: tool.id.as_str(),
            name: &tool.name,
            category: tool.category.as_str(),
            score: row.score.into(),
            lower: row.score.wilson_lower(),
        }
    }
}

/// The category that was typed: its id, or its name in words.
fn category(shown: &Shown, typed: &str) -> Result<CategoryId, Stop> {
    let known = categories(&shown.view);
    let id = tidy::kebab(typed, 40);
    if let Some((found, _)) = known.iter().find(|(known, _)| known.as_str() == id) {
        return Ok(found.clone());
    }
    let ids: Vec<&str> = known.iter().map(|(id, _)| id.as_str()).collect();
    // A slip of one, or the only one that holds what was typed.
    let mut holding = ids.iter().copied().filter(|known| !id.is_empty() && known.contains(&id));
    let only = holding.next().filter(|_| holding.next().is_none());
    let near = tidy::closest(&id, ids.iter().copied()).or(only);
    let key = if near.is_some() { "terminal-category-near" } else { "terminal-category" };
    let near = near.unwrap_or_default();
    let error = UserError::new(key).with("typed", typed).with("near", near).with("known", ids.join(", "));
    Err(Stop::user(Exit::NotFound, &error))
}
