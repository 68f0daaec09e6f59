//! `check-data [DIR]`: every mistake of a catalog, with file, line, field and mend.

use std::path::Path;

use serde::Serialize;

use super::{
    args::CheckDataArgs,
    outcome::{Exit, Outcome, Stop},
    problems,
    terminal::Terminal,
};
use crate::{
    catalog::{check, starter},
    service::ports::{Clock as _, SystemClock},
};

#[derive(Serialize)]
struct Json {
    files: usize,
    tools: usize,
    reviewers: usize,
    reviews: usize,
    problems: Vec<problems::Json>,
}

pub(super) fn run(args: &CheckDataArgs, terminal: &mut Terminal) -> Outcome {
    let sources = match &args.folder {
        Some(folder) => check::read_folder(Path::new(folder)).map_err(Stop::failed)?,
        None => starter::sources(),
    };
    let texts = terminal.texts;
    if sources.is_empty() {
        let folder = args.folder.as_deref().unwrap_or_default();
        return Err(Stop::failed(texts.get("check-no-files", &[("folder", folder.into())])));
    }
    let checked = check::check(&sources, &starter::load().reviewers, SystemClock.now().date());
    let exit = if checked.problems.is_empty() { Exit::Done } else { Exit::Failed };
    let reviews: usize = checked.tools.iter().map(|entry| entry.reviews.len()).sum();
    if args.output.json {
        let problems = problems::json(&checked.problems, texts);
        let (tools, reviewers) = (checked.tools.len(), checked.reviewers.len());
        terminal.json(&Json { files: checked.files, tools, reviewers, reviews, problems })?;
        return Ok(exit);
    }
    for problem in &checked.problems {
        terminal.line(&problems::line(problem, texts))?;
    }
    let count = |name, count: usize| (name, count.into());
    let key = if checked.problems.is_empty() { "check-good" } else { "check-bad" };
    terminal.line(&texts.get(
        key,
        &[
            count("problems", checked.problems.len()),
            count("files", checked.files),
            count("tools", checked.tools.len()),
            count("reviewers", checked.reviewers.len()),
            count("reviews", reviews),
        ],
    ))?;
    Ok(exit)
}
