//! `doctor`: what does not work, why, and what to do about it.

use serde::Serialize;

use super::{
    args::OutputArgs,
    outcome::{Exit, Outcome},
    terminal::Terminal,
};
use crate::{
    app::doctor::{Report, examine},
    card::{Rich, Span, Style, plain::wrap},
    config::Config,
    error::Arg,
    service::doctor::{Finding, Grade},
    text::Texts,
};

/// Before what a finding means.
const INDENT: &str = "  ";

#[derive(Serialize)]
struct Json {
    is_healthy: bool,
    findings: Vec<Said>,
}

/// A finding in words.
#[derive(Serialize)]
struct Said {
    about: &'static str,
    grade: Grade,
    /// The key of the text: it stays the same when the words change.
    code: &'static str,
    found: String,
    /// What does not work because of it.
    stops: Option<String>,
    /// What to do.
    fix: Option<String>,
}

pub(super) async fn run(args: OutputArgs, terminal: &mut Terminal) -> Outcome {
    let spinner = super::progress::spinner("looking");
    let report = examine(Config::from_environment()).await;
    spinner.finish_and_clear();
    let exit = if report.is_healthy() { Exit::Done } else { Exit::Failed };
    let is_healthy = report.is_healthy();
    let Report(findings) = report;
    let findings: Vec<Said> = findings.iter().map(|finding| say(finding, terminal.texts)).collect();
    if args.json {
        terminal.json(&Json { is_healthy, findings })?;
        return Ok(exit);
    }
    let texts = terminal.texts;
    for said in &findings {
        let (key, style) = match said.grade {
            Grade::Good => ("doctor-good", Style::Ship),
            Grade::Note => ("doctor-note", Style::Skip),
            Grade::Broken => ("doctor-broken", Style::Strong),
        };
        let head = Rich::styled(&texts.get(key, &[]), style);
        terminal.rich(&head.then(&format!(" {}: {}", said.about, said.found), Style::Plain))?;
        for (key, text) in [("doctor-what-stops", &said.stops), ("doctor-what-to-do", &said.fix)] {
            if let Some(text) = text {
                let line = texts.get(key, &[("text", text.into())]);
                for mut spans in wrap(&Rich::styled(&line, Style::Plain), terminal.width - INDENT.len()) {
                    spans.insert(0, Span { text: INDENT.to_owned(), style: Style::Plain });
                    terminal.spans(&spans)?;
                }
            }
        }
    }
    let count = |grade: Grade| Arg::from(findings.iter().filter(|said| said.grade == grade).count());
    let key = if is_healthy { "doctor-healthy" } else { "doctor-unwell" };
    terminal.line("")?;
    let counts = [("notes", count(Grade::Note)), ("broken", count(Grade::Broken))];
    terminal.rich(&Rich::styled(&texts.get(key, &counts), Style::Strong))?;
    Ok(exit)
}

fn say(finding: &Finding, texts: &Texts) -> Said {
    let Finding { about, grade, key, .. } = *finding;
    let mut args = finding.args.clone();
    if let Some(permission) = finding.permission {
        args.push(("permission", texts.get(permission, &[]).into()));
    }
    let is_trouble = grade > Grade::Good;
    Said {
        about,
        grade,
        code: key,
        found: texts.get(key, &args),
        stops: is_trouble.then(|| match finding.permission {
            Some(permission) => texts.get(&format!("{permission}-why"), &[]),
            None => texts.get(&format!("{key}-stops"), &args),
        }),
        fix: is_trouble.then(|| texts.get(&format!("{key}-fix"), &args)),
    }
}
