//! One tool as a card shows it, and two to four tools side by side.

use std::{cmp::Ordering, cmp::Reverse, ops::RangeInclusive};

use super::{
    call::Call,
    pricing::PricingRead,
    review::{Review, Reviewer, Scope, Verdict},
    score::{Everywhere, PanelScore, Tally},
    split::Split,
    time::Date,
    tool::Tool,
};
use crate::error::UserError;

/// How many tools one comparison takes.
pub const TOOLS: RangeInclusive<usize> = 2..=4;

/// Everything known about one tool, as catalog and store hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolInput {
    /// The tool as this server sees it.
    pub tool: Tool,
    /// Its reviews in the base catalog.
    pub base_reviews: Vec<Review>,
    /// This server's own reviews of it.
    pub server_reviews: Vec<Review>,
    /// The ballots of this server; `None` when votes are not known (there is no store).
    pub here: Option<Tally>,
    /// The ballots of all servers; `None` for a server's own tool, or when votes are not known.
    pub everywhere: Option<Everywhere>,
}

/// One tool, ready for its card.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolView {
    /// The tool.
    pub tool: Tool,
    /// All its reviews: the panel's in the panel's order, then this server's by name.
    pub reviews: Vec<SpokenReview>,
    /// What they come to.
    pub panel: PanelScore,
    /// The ballots of this server; `None` when votes are not known.
    pub here: Option<Tally>,
    /// The ballots of all servers, when more than one server voted.
    pub everywhere: Option<Everywhere>,
    /// Whether the entry price was checked too long ago to trust it.
    pub is_price_stale: bool,
    /// Place of the strongest ship review in `reviews`.
    strongest_ship: Option<usize>,
    /// Place of the strongest skip review in `reviews`.
    strongest_skip: Option<usize>,
}

/// A review with its reviewer and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenReview {
    /// Who speaks.
    pub reviewer: Reviewer,
    /// What is said.
    pub review: Review,
    /// Whether the panel speaks or this server.
    pub scope: Scope,
    /// Place of the reviewer in the list of reviewers.
    seat: usize,
}

impl SpokenReview {
    /// The order in which reviewers are shown: the panel as seated, then this server's reviewers by name.
    pub(super) fn order_of_speaker(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.scope, if it.scope == Scope::Base { it.seat } else { 0 });
        key(self)
            .cmp(&key(other))
            .then_with(|| self.reviewer.name.cmp(&other.reviewer.name))
            .then_with(|| self.reviewer.id.cmp(&other.reviewer.id))
    }

    /// What makes a quote strong, the strongest first. The same reviews always give the same quote:
    ///
    /// 1. quotes that can be shown whole and say something (40 to 240 characters) before shorter and longer ones;
    /// 2. quotes that name a figure before those that do not;
    /// 3. newer before older, then longer before shorter, then in the order of the speakers.
    fn strength(&self) -> impl Ord {
        let quote = &self.review.quote;
        let length = quote.chars().count();
        let is_whole = (40..=240).contains(&length);
        let names_a_figure = quote.chars().any(|c| c.is_ascii_digit());
        Reverse((is_whole, names_a_figure, self.review.date, length))
    }
}

impl ToolView {
    /// Collects what a card of the tool shows. `reviewers` gives the names and, by its order, the seats of the panel.
    #[must_use]
    pub fn new(input: ToolInput, reviewers: &[Reviewer], today: Date) -> Self {
        let panel = PanelScore::of(&input.base_reviews, &input.server_reviews);
        let spoken = |review: Review, scope| {
            let seat = reviewers.iter().position(|reviewer| reviewer.id == review.reviewer);
            let reviewer = seat
                .and_then(|seat| reviewers.get(seat))
                .cloned()
                .unwrap_or_else(|| Reviewer::unseated(&review.reviewer));
            SpokenReview { reviewer, review, scope, seat: seat.unwrap_or(usize::MAX) }
        };
        let base = input.base_reviews.into_iter().map(|review| spoken(review, Scope::Base));
        let server = input.server_reviews.into_iter().map(|review| spoken(review, Scope::Server));
        let mut reviews: Vec<SpokenReview> = base.chain(server).collect();
        reviews.sort_by(SpokenReview::order_of_speaker);
        let strongest = |verdict| {
            let of_verdict =
                reviews.iter().enumerate().filter(|(_, spoken)| spoken.review.verdict == verdict);
            of_verdict.min_by_key(|(_, spoken)| spoken.strength()).map(|(place, _)| place)
        };
        Self {
            strongest_ship: strongest(Verdict::Ship),
            strongest_skip: strongest(Verdict::Skip),
            is_price_stale: input.tool.entry.is_stale(today),
            everywhere: input.everywhere.filter(|everywhere| everywhere.is_shown()),
            here: input.here,
            tool: input.tool,
            reviews,
            panel,
        }
    }

    /// The strongest review of that verdict: one that can be shown whole before a scrap or an essay, one that names a
    /// figure before one that does not, then the newest, the longest, the first in the order of the speakers.
    #[must_use]
    pub fn strongest(&self, verdict: Verdict) -> Option<&SpokenReview> {
        let place = match verdict {
            Verdict::Ship => self.strongest_ship,
            Verdict::Skip => self.strongest_skip,
        };
        place.and_then(|place| self.reviews.get(place))
    }
}

/// Two to four tools side by side. Everything in it that points to a tool points to its place in `tools`.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The tools, in the order in which they were asked for.
    pub tools: Vec<ToolView>,
    /// What panel and community say.
    pub call: Call,
    /// Who would ship which.
    pub split: Split,
    /// How the entry prices stand to each other.
    pub pricing: PricingRead,
    /// The pairs of tools that share no category: they are not substitutes.
    pub not_substitutes: Vec<(usize, usize)>,
}

impl Comparison {
    /// Compares the tools.
    ///
    /// # Errors
    /// `error-compare-too-few` and `error-compare-too-many` when they are not two to four, `error-compare-same` when one
    /// stands there twice.
    pub fn new(inputs: Vec<ToolInput>, reviewers: &[Reviewer], today: Date) -> Result<Self, UserError> {
        if inputs.len() < *TOOLS.start() {
            return Err(UserError::new("error-compare-too-few").with("min", *TOOLS.start()));
        }
        if inputs.len() > *TOOLS.end() {
            return Err(UserError::new("error-compare-too-many")
                .with("max", *TOOLS.end())
                .with("count", inputs.len()));
        }
        for (place, input) in inputs.iter().enumerate() {
            if inputs.iter().take(place).any(|earlier| earlier.tool.id == input.tool.id) {
                return Err(UserError::new("error-compare-same").with("tool", &input.tool.name));
            }
        }
        let tools: Vec<ToolView> =
            inputs.into_iter().map(|input| ToolView::new(input, reviewers, today)).collect();
        let panel: Vec<_> = tools.iter().map(|view| view.panel.here()).collect();
        let community: Vec<_> = tools.iter().map(|view| view.here).collect();
        let reviews: Vec<&[SpokenReview]> = tools.iter().map(|view| view.reviews.as_slice()).collect();
        let pairs = (0..tools.len()).flat_map(|a| (a + 1..tools.len()).map(move |b| (a, b)));
        Ok(Self {
            call: Call::new(&panel, &community),
            split: Split::new(&reviews),
            pricing: PricingRead::new(tools.iter().map(|view| &view.tool.entry)),
            not_substitutes: pairs
                .filter(|(a, b)| !tools[*a].tool.is_substitute_for(&tools[*b].tool))
                .collect(),
            tools,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::{
        ids::{CategoryId, ReviewerId, ToolId},
        time::parse_date,
        tool::{Entry, EntryKind},
    };

    pub(crate) fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    pub(crate) fn panel() -> Vec<Reviewer> {
        ["builder", "skeptic", "futurist", "founder", "creator"]
            .map(|role| Reviewer {
                id: ReviewerId::trusted(role),
                name: format!("The {}{}", role[..1].to_uppercase(), &role[1..]),
                role: role.to_owned(),
                motto: String::new(),
            })
            .to_vec()
    }

    pub(crate) fn review(reviewer: &str, verdict: Verdict, quote: &str, date: &str) -> Review {
        Review { reviewer: ReviewerId::trusted(reviewer), verdict, quote: quote.to_owned(), date: day(date) }
    }

    pub(crate) fn input(name: &str, reviews: &[(&str, Verdict)]) -> ToolInput {
        let base_reviews = reviews
            .iter()
            .map(|(reviewer, verdict)| {
                review(reviewer, *verdict, "It does what it says on my machine.", "2026-11-01")
            })
            .collect();
        let tool = Tool {
            id: ToolId::trusted(&name.to_lowercase()),
            name: name.to_owned(),
            aliases: Vec::new(),
            formerly: Vec::new(),
            vendor: String::new(),
            category: CategoryId::trusted("models"),
            also: Vec::new(),
            tagline: String::new(),
            description: String::new(),
            link: None,
            lang: "en".to_owned(),
            entry: Entry {
                kind: EntryKind::Free,
                note: String::new(),
                checked: day("2026-11-01"),
                amount: None,
                currency: None,
                per: None,
            },
        };
        ToolInput {
            tool,
            base_reviews,
            server_reviews: Vec::new(),
            here: Some(Tally::default()),
            everywhere: None,
        }
    }

    pub(crate) fn comparison(inputs: Vec<ToolInput>) -> Comparison {
        Comparison::new(inputs, &panel(), day("2026-11-24")).unwrap()
    }

    #[test]
    fn two_to_four_different_tools() {
        let compare = |names: &[&str]| {
            let inputs = names.iter().map(|name| input(name, &[])).collect();
            Comparison::new(inputs, &panel(), day("2026-11-24")).map_err(|error| error.key)
        };
        assert_eq!(compare(&["A"]).unwrap_err(), "error-compare-too-few");
        assert_eq!(compare(&["A", "B", "C", "D", "E"]).unwrap_err(), "error-compare-too-many");
        assert_eq!(compare(&["A", "B", "A"]).unwrap_err(), "error-compare-same");
        assert_eq!(compare(&["A", "B", "C", "D"]).unwrap().tools.len(), 4);
    }

    #[test]
    fn tools_without_a_common_category_are_no_substitutes() {
        let [mut a, b, mut c] = ["A", "B", "C"].map(|name| input(name, &[]));
        a.tool.category = CategoryId::trusted("fine-tuning");
        c.tool.category = CategoryId::trusted("rag");
        c.tool.also = vec![CategoryId::trusted("models")];
        assert_eq!(comparison(vec![a, b, c]).not_substitutes, [(0, 1), (0, 2)]);
    }

    #[test]
    fn the_strongest_quote_is_whole_concrete_and_new() {
        let scrap = "15x. Great";
        let plain = "It shortened our evenings and nobody has asked for the old one back.";
        let figure = "It cut the bill of our nightly run by 40 percent without a change of code.";
        let mut tool = input("A", &[]);
        tool.base_reviews = vec![
            review("builder", Verdict::Ship, scrap, "2026-11-20"),
            review("skeptic", Verdict::Ship, plain, "2026-11-19"),
            review("futurist", Verdict::Ship, figure, "2026-01-01"),
        ];
        tool.server_reviews = vec![review("@ada", Verdict::Skip, scrap, "2026-11-20")];
        let view = ToolView::new(tool, &panel(), day("2026-11-24"));
        assert_eq!(view.strongest(Verdict::Ship).unwrap().reviewer.name, "The Futurist");
        assert_eq!(view.strongest(Verdict::Skip).unwrap().reviewer.name, "ada");
    }

    #[test]
    fn reviews_stand_in_the_order_of_the_panel_then_of_this_server() {
        let mut tool =
            input("A", &[("creator", Verdict::Skip), ("gone", Verdict::Skip), ("builder", Verdict::Ship)]);
        tool.server_reviews =
            ["@zoe", "@ada"].map(|id| review(id, Verdict::Ship, "Yes.", "2026-11-20")).to_vec();
        let view = ToolView::new(tool, &panel(), day("2026-11-24"));
        let names: Vec<_> = view.reviews.iter().map(|spoken| spoken.reviewer.name.as_str()).collect();
        assert_eq!(names, ["The Builder", "The Creator", "gone", "ada", "zoe"]);
        assert_eq!(
            (view.panel.base.total(), view.panel.server.total(), view.panel.here().percent()),
            (3, 2, Some(60))
        );
    }

    #[test]
    fn everywhere_is_shown_once_more_than_one_server_voted() {
        for (servers, shown) in [(0, false), (1, false), (2, true)] {
            let mut tool = input("A", &[]);
            tool.everywhere = Some(Everywhere { ship: 9, skip: 1, servers });
            assert_eq!(ToolView::new(tool, &panel(), day("2026-11-24")).everywhere.is_some(), shown);
        }
    }
}
