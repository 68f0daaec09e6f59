//! Tools, reviews and votes to build cards of.

use std::fmt::Write as _;

use tiebreaker::{
    card::{Card, Row, embed},
    domain::{
        compare::{Comparison, ToolInput, ToolView},
        ids::{CategoryId, ReviewerId, ToolId},
        review::{Review, Reviewer, Verdict},
        score::{Everywhere, Tally},
        time::{Date, parse_date},
        tool::{Entry, EntryKind, Tool},
    },
    text::Texts,
};

pub(crate) fn english() -> &'static Texts {
    Texts::for_language("en-US")
}

pub(crate) fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

pub(crate) fn today() -> Date {
    day("2026-11-24")
}

pub(crate) fn panel() -> Vec<Reviewer> {
    ["Builder", "Skeptic", "Futurist", "Founder", "Creator"]
        .map(|name| Reviewer {
            id: ReviewerId::trusted(&name.to_lowercase()),
            name: format!("The {name}"),
            role: name.to_lowercase(),
            motto: "What does it cost us, and can we leave?".to_owned(),
        })
        .to_vec()
}

pub(crate) fn review(reviewer: &str, verdict: Verdict, quote: &str) -> Review {
    Review {
        reviewer: ReviewerId::trusted(reviewer),
        verdict,
        quote: quote.to_owned(),
        date: day("2026-11-12"),
    }
}

pub(crate) fn votes(ship: u64, skip: u64, held: u64) -> Option<Tally> {
    Some(Tally { ship, skip, held })
}

pub(crate) fn tool(name: &str, category: &str, kind: EntryKind, note: &str) -> Tool {
    let entry = Entry {
        kind,
        note: note.to_owned(),
        checked: day("2026-11-12"),
        amount: None,
        currency: None,
        per: None,
    };
    Tool {
        id: ToolId::trusted(&name.to_lowercase().replace(' ', "-")),
        name: name.to_owned(),
        aliases: Vec::new(),
        formerly: Vec::new(),
        vendor: "Anthropic".to_owned(),
        category: CategoryId::trusted(category),
        also: Vec::new(),
        tagline: "A model as weights you can download".to_owned(),
        description: "Weights for research and non-commercial use. The larger models stay behind the API."
            .to_owned(),
        link: Some("https://www.anthropic.com".to_owned()),
        lang: "en".to_owned(),
        entry,
    }
}

/// The two tools of the starter catalog, in short.
pub(crate) fn haiku() -> ToolInput {
    use Verdict::{Ship, Skip};
    ToolInput {
        tool: tool(
            "Claude Haiku Open Weights",
            "developer-tools",
            EntryKind::Free,
            "Free to start, under a research licence",
        ),
        base_reviews: vec![
            review("builder", Ship, "I can load it, look inside and run my own tests on it."),
            review(
                "skeptic",
                Skip,
                "Open weights under a non-commercial licence: you may look and learn, but not sell.",
            ),
            review("futurist", Ship, "Even a small one opens a door that was closed."),
            review("founder", Skip, "My product charges money, so this licence ends the conversation."),
        ],
        server_reviews: Vec::new(),
        here: votes(0, 0, 0),
        everywhere: Some(Everywhere::default()),
    }
}

pub(crate) fn axolotl() -> ToolInput {
    use Verdict::{Ship, Skip};
    ToolInput {
        tool: Tool {
            vendor: "Axolotl AI".to_owned(),
            tagline: "A fine-tuning framework, in a release about speed and memory".to_owned(),
            description: "A framework for fine-tuning models, with 15x faster MoE+LoRA training.".to_owned(),
            link: Some("https://github.com/axolotl-ai-cloud/axolotl".to_owned()),
            ..tool(
                "Axolotl v0.16",
                "developer-tools",
                EntryKind::Paid,
                "Paid to start; no amount is recorded here",
            )
        },
        base_reviews: vec![
            review(
                "builder",
                Ship,
                "MoE with LoRA at 15x the speed is the difference between one experiment a day and ten.",
            ),
            review(
                "skeptic",
                Ship,
                "Verify on your hardware before you plan around 15x or 40x; yours is not their setup.",
            ),
            review("futurist", Ship, "Tuning a new model is becoming something you do the week it appears."),
            review(
                "creator",
                Skip,
                "I want a better result on my own material, and this starts far from there.",
            ),
        ],
        server_reviews: Vec::new(),
        here: votes(0, 0, 0),
        everywhere: Some(Everywhere::default()),
    }
}

/// Two more, of other categories, with votes.
pub(crate) fn ollama() -> ToolInput {
    ToolInput {
        tool: Tool {
            entry: Entry { checked: day("2026-06-01"), ..tool("", "", EntryKind::Free, "Open source").entry },
            ..tool("Ollama", "local-runners", EntryKind::Free, "Open source")
        },
        base_reviews: vec![review("builder", Verdict::Ship, "One command and it runs.")],
        server_reviews: vec![review(
            "@Ada",
            Verdict::Skip,
            "Too slow on our 2 old machines for more than one person.",
        )],
        here: votes(3, 1, 2),
        everywhere: Some(Everywhere { ship: 1_020, skip: 184, servers: 12 }),
    }
}

pub(crate) fn vllm() -> ToolInput {
    ToolInput {
        tool: Tool {
            entry: Entry {
                amount: Some("1200.50".to_owned()),
                currency: Some("USD".to_owned()),
                per: Some("seat and month".to_owned()),
                ..tool("", "", EntryKind::Paid, "Seats").entry
            },
            ..tool("vLLM", "inference-servers", EntryKind::Paid, "Billed by seat")
        },
        base_reviews: Vec::new(),
        server_reviews: Vec::new(),
        here: votes(28, 6, 0),
        everywhere: Some(Everywhere { ship: 28, skip: 6, servers: 1 }),
    }
}

pub(crate) fn compare(inputs: Vec<ToolInput>) -> Comparison {
    Comparison::new(inputs, &panel(), today()).unwrap()
}

pub(crate) fn view(input: ToolInput) -> ToolView {
    ToolView::new(input, &panel(), today())
}

/// A card as Discord gets it, its buttons, and as a terminal of 80 and of 40 columns shows it.
pub(crate) fn shown(card: &Card) -> String {
    let mut out = discord(card);
    for width in [80, 40] {
        let _ =
            write!(out, "\n──── terminal, {width} columns\n{}", tiebreaker::card::plain::plain(card, width));
    }
    out
}

pub(crate) fn discord(card: &Card) -> String {
    let embed = embed::fit(card);
    let mut out = format!(
        "──── Discord, {} units{}\n",
        embed.units(),
        if card.private { ", for the asker only" } else { "" }
    );
    let _ =
        writeln!(out, "# {} {}", embed.title, embed.url.map(|url| format!("({url})")).unwrap_or_default());
    let _ = writeln!(out, "{}", embed.description);
    for field in &embed.fields {
        let _ = writeln!(out, "\n## {}{}\n{}", field.name, if field.inline { " ⇥" } else { "" }, field.value);
    }
    let _ = writeln!(out, "\n-# {}", embed.footer);
    for row in &card.rows {
        match row {
            Row::Buttons(buttons) => {
                for button in buttons {
                    let state = if button.enabled { "" } else { " (off)" };
                    let _ = write!(out, "[{} → {}{state}] ", button.label, button.id);
                }
                out.push('\n');
            }
            Row::Menu(menu) => {
                let _ = writeln!(out, "[{} → {}]", menu.placeholder, menu.id);
                for option in &menu.options {
                    let _ = writeln!(out, "  {} ({}) → {}", option.label, option.hint, option.value);
                }
            }
        }
    }
    out
}
