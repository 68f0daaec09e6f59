//! `tool NAME`: one tool with all its reviews.

use serde::Serialize;

use super::{
    args::ToolArgs,
    catalog::Shown,
    json, names,
    outcome::{Exit, Outcome},
    terminal::Terminal,
};
use crate::{
    card::{Rich, Style, tool::tool_card, words},
    service::compare,
};

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    tool: json::Tool<'a>,
    votes: json::Votes<'a>,
    read_as: json::ReadAs<'a>,
}

pub(super) async fn run(args: &ToolArgs, terminal: &mut Terminal) -> Outcome {
    let shown = Shown::read(args.votes.server).await?;
    let typed = [args.name.join(" ")];
    let asked = names::read(&shown.view, &typed, "tool", args.output.json, terminal)??;
    let Some(asked) = asked.first() else { return Ok(Exit::NotFound) };
    let listing = &asked.found.listing;
    let votes = shown.votes(&[&listing.tool.id]).await?;
    let votes = votes.map(|votes| votes.first().copied().unwrap_or_default());
    let view = compare::tool(&shown.view, listing, votes, shown.today);
    if args.output.json {
        terminal.json(&Json {
            tool: json::Tool::new(&view),
            votes: shown.votes_json(),
            read_as: json::ReadAs::new(asked),
        })?;
        return Ok(Exit::Done);
    }
    shown.tell_trouble();
    terminal.card(&tool_card(&view, None, &shown.frame(terminal.texts)))?;
    // A card shows the strongest quote for and against; a terminal has room for the others.
    let shown_already = [crate::domain::review::Verdict::Ship, crate::domain::review::Verdict::Skip]
        .map(|verdict| view.strongest(verdict).map(|spoken| &spoken.reviewer.id));
    let mut others =
        view.reviews.iter().filter(|spoken| !shown_already.contains(&Some(&spoken.reviewer.id))).peekable();
    if others.peek().is_some() {
        terminal.line("")?;
        terminal.rich(&Rich::styled(&terminal.texts.get("terminal-other-reviews", &[]), Style::Strong))?;
    }
    for spoken in others {
        terminal.rich(&words::spoken(terminal.texts, spoken, usize::MAX))?;
    }
    let line = names::read_as(asked).line(terminal.texts);
    if !line.is_empty() {
        terminal.line("")?;
        terminal.rich(&Rich::styled(&line, Style::Dim))?;
    }
    Ok(Exit::Done)
}
