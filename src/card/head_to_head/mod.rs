//! The head-to-head: two to four tools side by side, and the call.

mod call;

use super::{
    Card, Colour, Field, limits,
    rich::{self, Rich, Style},
    words::{self, Frame},
};
use crate::{
    domain::{
        compare::Comparison,
        review::Verdict,
        split::{Pick, SplitRow},
    },
    error::Arg,
    text::Texts,
};

/// Reviewers shown row by row; the rest are counted.
const REVIEWERS_SHOWN: usize = 8;

/// How a name was read that was not typed exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAs {
    /// What was typed.
    pub typed: String,
    /// The name it was read as.
    pub tool: String,
    /// The matcher's stable word for the way (`typo`, `vendor_missing`); see [`Texts::how`].
    pub how: String,
}

impl ReadAs {
    /// One line that says so; empty when the name was typed as it is.
    #[must_use]
    pub fn line(&self, text: &Texts) -> String {
        /// Nobody needs more to recognise what they typed.
        const TYPED: usize = 60;
        if self.how == "exact" || self.how == "case" {
            return String::new();
        }
        let typed = limits::cut(&super::escape::clean(&self.typed), TYPED);
        let quoted = text.get("format-quote", &[("text", typed.into())]);
        let how = text.how(&self.how);
        let args = [("typed", quoted.into()), ("tool", Arg::from(&self.tool)), ("how", Arg::from(&how))];
        text.get(if how.is_empty() { "read-as" } else { "read-as-how" }, &args)
    }
}

/// The head-to-head of a comparison.
///
/// Title "A vs B"; the call in a sentence or two; panel, community and entry of each tool side by side; who would ship
/// which; the pricing read; the strongest quote for and against each; how names were read.
#[must_use]
pub fn head_to_head(comparison: &Comparison, read_as: &[ReadAs], frame: &Frame) -> Card {
    let build = Build { comparison, frame, text: frame.text };
    let mut fields = build.scores();
    fields.extend(build.split());
    fields.push(build.pricing());
    fields.extend(build.quotes());
    Card {
        colour: if comparison.call.is_disagreement() { Colour::Attention } else { Colour::Neutral },
        title: build.title(),
        link: None,
        body: build.body(),
        fields,
        footer: build.footer(read_as),
        rows: Vec::new(),
        private: false,
    }
}

struct Build<'a> {
    comparison: &'a Comparison,
    frame: &'a Frame,
    text: &'static Texts,
}

impl Build<'_> {
    fn name(&self, tool: usize) -> &str {
        self.comparison.tools.get(tool).map_or(words::NOTHING, |view| view.tool.name.as_str())
    }

    /// The names as a list in which each is strong.
    fn names(&self, tools: &[usize]) -> Arg {
        let names: Vec<String> = tools.iter().map(|tool| text_of(rich::name(self.name(*tool)))).collect();
        self.text.list(&names).into()
    }

    fn strong(&self, tool: usize) -> Arg {
        rich::name(self.name(tool))
    }

    fn sentence(&self, key: &str, args: &[(&str, Arg)]) -> Rich {
        Rich::sentence(&self.text.get(key, args))
    }

    /// All names, each with an equal share of the room: four long names do not push the last one out.
    fn title(&self) -> Rich {
        let tools = &self.comparison.tools;
        let join = |first: String, next: &str| {
            self.text.get("compare-title", &[("first", first.into()), ("next", next.into())])
        };
        let mut room = limits::TITLE;
        for _ in 0..8 {
            let share = room / tools.len().max(1);
            let names = tools.iter().map(|view| shorten(&view.tool.name, share));
            let title = names.reduce(|first, next| join(first, &next)).unwrap_or_default();
            let title = Rich::plain(&title);
            if limits::units(&title.markdown(usize::MAX)) <= limits::TITLE {
                return title;
            }
            room = room * 3 / 4;
        }
        Rich::plain(&tools.iter().map(|view| shorten(&view.tool.name, 8)).collect::<Vec<_>>().join(" "))
    }

    fn body(&self) -> Rich {
        let mut body = self.call();
        body.paragraph(self.not_substitutes());
        body
    }

    fn not_substitutes(&self) -> Rich {
        let pairs = &self.comparison.not_substitutes;
        if pairs.is_empty() {
            return Rich::default();
        }
        let count = self.comparison.tools.len();
        let tools: Vec<String> = (0..count)
            .filter(|tool| pairs.iter().any(|(a, b)| a == tool || b == tool))
            .filter_map(|tool| self.comparison.tools.get(tool))
            .map(|view| {
                let category = self.text.category(view.tool.category.as_str());
                let args = [("tool", rich::name(&view.tool.name)), ("category", category.into())];
                self.text.get("not-substitutes-tool", &args)
            })
            .collect();
        let all = pairs.len() == count * count.saturating_sub(1) / 2;
        let key = if all { "not-substitutes" } else { "not-substitutes-some" };
        self.sentence(key, &[("tools", self.text.list(&tools).into())])
    }

    /// One section per tool: panel, community, entry. Two fit side by side on a desktop; more would wrap inside their lines.
    fn scores(&self) -> Vec<Field> {
        let inline = self.comparison.tools.len() == 2;
        let label = |label: String, value: Rich| {
            let mut line = Rich::styled(&label, Style::Dim).then(" ", Style::Plain);
            line.append(value);
            line
        };
        self.comparison
            .tools
            .iter()
            .map(|view| {
                let panel = words::panel_score(self.text, view.panel);
                let community = words::community_score(self.frame, view.here);
                let entry = Rich::plain(&words::entry_short(self.text, &view.tool.entry));
                let mut value = label(self.frame.say("label-panel"), panel);
                value.line(words::panel_of_server(self.text, view.panel));
                value.line(label(self.frame.community_label(), community));
                if let Some(everywhere) = view.everywhere {
                    value.line(words::everywhere_score(self.text, everywhere));
                }
                value.line(label(self.frame.say("label-entry"), entry));
                Field { name: Rich::plain(&view.tool.name), value, inline, drop_order: 0 }
            })
            .collect()
    }

    /// Reviewer by reviewer, and what it comes to.
    fn split(&self) -> Option<Field> {
        let rows = &self.comparison.split.rows;
        if rows.is_empty() {
            return None;
        }
        let mut value = Rich::default();
        for row in rows.iter().take(REVIEWERS_SHOWN) {
            let marks: Vec<&str> =
                row.verdicts.iter().map(|verdict| verdict.map_or("➖", words::emoji)).collect();
            let who = words::short_name(self.text, &row.reviewer);
            value.line(Rich::plain(&format!("{} {who}", marks.join(" "))));
        }
        if let Some(count) = rows.len().checked_sub(REVIEWERS_SHOWN).filter(|count| *count > 0) {
            value.line(Rich::styled(&self.text.get("split-more", &[("count", count.into())]), Style::Dim));
        }
        value.line(self.picks(rows));
        Some(Field { name: Rich::plain(&self.frame.say("split-title")), value, inline: false, drop_order: 1 })
    }

    /// Who would ship both, neither, only the one, only the other; of more tools: all, none, and each reviewer's picks.
    fn picks(&self, rows: &[SplitRow]) -> Rich {
        let who = |pick: &Pick| -> Option<Arg> {
            let who = rows.iter().filter(|row| row.pick() == *pick);
            let names: Vec<String> = who.map(|row| words::short_name(self.text, &row.reviewer)).collect();
            (!names.is_empty()).then(|| self.text.list(&names).into())
        };
        let mut lines = Rich::default();
        let is_pair = self.comparison.tools.len() == 2;
        let (all, none) = if is_pair { ("split-both", "split-neither") } else { ("split-all", "split-none") };
        for (pick, key) in [(Pick::All, all), (Pick::None, none)] {
            if let Some(who) = who(&pick) {
                lines.line(self.sentence(key, &[("who", who)]));
            }
        }
        if is_pair {
            for tool in 0..self.comparison.tools.len() {
                if let Some(who) = who(&Pick::Only(vec![tool])) {
                    lines.line(self.sentence("split-only", &[("tool", self.strong(tool)), ("who", who)]));
                }
            }
        } else {
            for row in rows.iter().take(REVIEWERS_SHOWN) {
                if let Pick::Only(tools) | Pick::Partial(tools) = row.pick()
                    && !tools.is_empty()
                {
                    let who = words::short_name(self.text, &row.reviewer);
                    lines.line(
                        self.sentence("split-picks", &[("who", who.into()), ("tools", self.names(&tools))]),
                    );
                }
            }
        }
        lines
    }

    /// What it costs to start, one line a tool, with the day it was checked.
    fn pricing(&self) -> Field {
        let tools = &self.comparison.tools;
        let read = &self.comparison.pricing;
        let mut value = Rich::default();
        if read.free.len() == tools.len() {
            value = self.sentence("pricing-all-free", &[("count", tools.len().into())]);
        } else if read.paid.len() == tools.len() {
            value = self.sentence("pricing-all-paid", &[("count", tools.len().into())]);
        } else {
            let lists = [
                ("pricing-free", &read.free),
                ("pricing-paid", &read.paid),
                ("pricing-unknown", &read.unknown),
            ];
            for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
                value.next(self.sentence(key, &[("tools", self.names(list))]));
            }
        }
        for view in tools {
            let entry = &view.tool.entry;
            let checked = words::entry_checked(self.text, entry, view.is_price_stale);
            let price = words::entry_short(self.text, entry);
            let what = match (entry.note.is_empty(), entry.amount.is_some()) {
                (true, _) => price,
                (false, true) => format!("{price} · {}", entry.note),
                (false, false) => entry.note.clone(),
            };
            let mut line = self
                .sentence("pricing-line", &[("tool", rich::name(&view.tool.name)), ("what", what.into())]);
            if !checked.is_empty() {
                line = line.then(&format!(" · {checked}"), Style::Dim);
            }
            value.line(line);
        }
        Field { name: Rich::plain(&self.frame.say("pricing-title")), value, inline: false, drop_order: 2 }
    }

    /// The strongest quote for and against each tool.
    fn quotes(&self) -> Vec<Field> {
        // The more tools, the shorter: what is cut can be read with the tool's own card.
        let longest = match self.comparison.tools.len() {
            2 => 240,
            3 => 160,
            _ => 120,
        };
        let quotes = self.comparison.tools.iter().filter_map(|view| {
            let mut value = Rich::default();
            for review in Verdict::ALL.into_iter().filter_map(|verdict| view.strongest(verdict)) {
                value.line(words::spoken(self.text, review, longest));
            }
            let name = self.text.get("quotes-title", &[("tool", Arg::from(&view.tool.name))]);
            (!value.is_empty()).then(|| Field {
                name: Rich::plain(&name),
                value,
                inline: false,
                drop_order: 3,
            })
        });
        quotes.collect()
    }

    fn footer(&self, read_as: &[ReadAs]) -> Rich {
        let mut footer = Rich::default();
        for read_as in read_as.iter().take(self.comparison.tools.len()) {
            footer.line(Rich::plain(&read_as.line(self.text)));
        }
        if self.comparison.tools.iter().any(|view| view.panel.base.total() > 0) {
            footer.line(Rich::plain(&self.frame.say("panel-note")));
        }
        footer
    }
}

fn text_of(arg: Arg) -> String {
    match arg {
        Arg::Text(text) => text,
        Arg::Number(number) => number.to_string(),
    }
}

fn shorten(name: &str, max: usize) -> String {
    limits::cut(&super::escape::clean(name), max)
}
