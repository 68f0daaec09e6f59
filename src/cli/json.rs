//! The shapes that `--json` prints. Fields are only ever added: scripts rely on them.

use serde::Serialize;

use crate::{
    catalog::view::Found,
    domain::{
        call::{CommunityVerdict, Standing},
        compare::{Comparison, SpokenReview, ToolView},
        review::{Scope, Verdict},
        score::{Everywhere, Score, Tally},
        split,
        time::iso_date,
        tool::{self, EntryKind},
    },
    service::names::Asked,
};

/// Counts and their whole percent.
#[derive(Serialize)]
pub(super) struct JsonScore {
    ship: u64,
    skip: u64,
    total: u64,
    percent: Option<u8>,
}

impl From<Score> for JsonScore {
    fn from(score: Score) -> Self {
        Self { ship: score.ship, skip: score.skip, total: score.total(), percent: score.percent() }
    }
}

#[derive(Serialize)]
struct Panel {
    #[serde(flatten)]
    score: JsonScore,
    /// Of these, reviews of the server's own reviewers.
    of_server: JsonScore,
}

#[derive(Serialize)]
struct Community {
    #[serde(flatten)]
    score: JsonScore,
    is_early: bool,
    held: u64,
}

#[derive(Serialize)]
struct JsonEverywhere {
    #[serde(flatten)]
    score: JsonScore,
    servers: u64,
}

#[derive(Serialize)]
struct Entry<'a> {
    kind: EntryKind,
    note: &'a str,
    #[serde(with = "iso_date")]
    checked: time::Date,
    is_stale: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per: Option<&'a str>,
}

#[derive(Serialize)]
struct Review<'a> {
    reviewer: &'a str,
    name: &'a str,
    scope: Scope,
    verdict: Verdict,
    quote: &'a str,
    #[serde(with = "iso_date")]
    date: time::Date,
}

/// One tool with everything known about it.
#[derive(Serialize)]
pub(super) struct Tool<'a> {
    id: &'a str,
    name: &'a str,
    aliases: &'a [String],
    vendor: &'a str,
    category: &'a str,
    also: Vec<&'a str>,
    tagline: &'a str,
    description: &'a str,
    link: Option<&'a str>,
    lang: &'a str,
    entry: Entry<'a>,
    panel: Panel,
    /// `null`: not known.
    community: Option<Community>,
    /// `null`: not known, or no more than one server voted.
    everywhere: Option<JsonEverywhere>,
    reviews: Vec<Review<'a>>,
}

impl<'a> Tool<'a> {
    pub(super) fn new(view: &'a ToolView) -> Self {
        let tool::Tool {
            id,
            name,
            aliases,
            vendor,
            category,
            also,
            tagline,
            description,
            link,
            lang,
            entry,
            ..
        } = &view.tool;
        Self {
            id: id.as_str(),
            name,
            aliases,
            vendor,
            category: category.as_str(),
            also: also.iter().map(|id| id.as_str()).collect(),
            tagline,
            description,
            link: link.as_deref(),
            lang,
            entry: Entry {
                kind: entry.kind,
                note: &entry.note,
                checked: entry.checked,
                is_stale: view.is_price_stale,
                amount: entry.amount.as_deref(),
                currency: entry.currency.as_deref(),
                per: entry.per.as_deref(),
            },
            panel: Panel { score: view.panel.here().into(), of_server: view.panel.server.into() },
            community: view.here.map(community),
            everywhere: view
                .everywhere
                .map(|sum: Everywhere| JsonEverywhere { score: sum.score().into(), servers: sum.servers }),
            reviews: view.reviews.iter().map(review).collect(),
        }
    }
}

fn community(tally: Tally) -> Community {
    Community { score: tally.score().into(), is_early: tally.is_early(), held: tally.held }
}

fn review(spoken: &SpokenReview) -> Review<'_> {
    Review {
        reviewer: spoken.reviewer.id.as_str(),
        name: &spoken.reviewer.name,
        scope: spoken.scope,
        verdict: spoken.review.verdict,
        quote: &spoken.review.quote,
        date: spoken.review.date,
    }
}

/// Whose votes are shown, or why none are.
#[derive(Serialize)]
pub(super) struct Votes<'a> {
    /// `null`: of all servers together.
    pub(super) server: Option<String>,
    pub(super) are_known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
}

/// A tool that was found.
#[derive(Serialize)]
pub(super) struct Match<'a> {
    id: &'a str,
    name: &'a str,
    score: f32,
    how: &'static str,
}

impl<'a> Match<'a> {
    pub(super) fn new(found: &'a Found) -> Self {
        let tool = &found.listing.tool;
        Self { id: tool.id.as_str(), name: &tool.name, score: found.score, how: found.how.as_str() }
    }
}

/// How a name was read.
#[derive(Serialize)]
pub(super) struct ReadAs<'a> {
    query: &'a str,
    #[serde(flatten)]
    found: Match<'a>,
}

impl<'a> ReadAs<'a> {
    pub(super) fn new(asked: &'a Asked) -> Self {
        Self { query: &asked.typed, found: Match::new(&asked.found) }
    }
}

/// One reviewer's verdicts, in the order of the tools.
#[derive(Serialize)]
pub(super) struct SplitRow<'a> {
    reviewer: &'a str,
    name: &'a str,
    verdicts: &'a [Option<Verdict>],
}

impl<'a> SplitRow<'a> {
    pub(super) fn new(row: &'a split::SplitRow) -> Self {
        Self { reviewer: row.reviewer.id.as_str(), name: &row.reviewer.name, verdicts: &row.verdicts }
    }
}

/// What panel and community say. Tools by id.
#[derive(Serialize)]
pub(super) struct Call<'a> {
    panel: PanelCall<'a>,
    community: CommunityCall<'a>,
    is_disagreement: bool,
}

#[derive(Serialize)]
struct PanelCall<'a> {
    /// `leads`, `tie`, `only_one` or `no_reviews`.
    standing: &'static str,
    /// The leader, the tied tools, or the only one with reviews.
    leaders: Vec<&'a str>,
    /// How far the leader leads the next one, in percent points.
    points: Option<u8>,
    /// Tools with too few reviews to call it.
    thin: Vec<&'a str>,
}

#[derive(Serialize)]
struct CommunityCall<'a> {
    /// `leans`, `too_close`, `too_few_votes`, `no_votes` or `unknown`.
    verdict: &'static str,
    leader: Option<&'a str>,
    /// That the leader's ship rate is above every other's.
    probability: Option<f64>,
    /// Tools that were left out.
    too_few: Vec<&'a str>,
}

impl<'a> Call<'a> {
    pub(super) fn new(comparison: &'a Comparison) -> Self {
        let id = |place: usize| comparison.tools.get(place).map_or("", |view| view.tool.id.as_str());
        let ids = |places: &[usize]| places.iter().map(|place| id(*place)).collect::<Vec<_>>();
        let panel = &comparison.call.panel;
        let (standing, leaders, points) = match &panel.standing {
            Standing::NoReviews => ("no_reviews", Vec::new(), None),
            Standing::OnlyOne { tool } => ("only_one", vec![id(*tool)], None),
            Standing::Leads { leader, points, .. } => ("leads", vec![id(*leader)], Some(*points)),
            Standing::Tie { tools, .. } => ("tie", ids(tools), None),
        };
        let community = &comparison.call.community;
        let (verdict, leader, probability) = match &community.verdict {
            CommunityVerdict::Unknown => ("unknown", None, None),
            CommunityVerdict::NoVotes => ("no_votes", None, None),
            CommunityVerdict::TooFewVotes => ("too_few_votes", None, None),
            CommunityVerdict::Leans { leader, probability, .. } => {
                ("leans", Some(id(*leader)), Some(*probability))
            }
            CommunityVerdict::TooClose { leader, probability, .. } => {
                ("too_close", Some(id(*leader)), Some(*probability))
            }
        };
        Self {
            panel: PanelCall { standing, leaders, points, thin: ids(&panel.thin) },
            community: CommunityCall { verdict, leader, probability, too_few: ids(&community.too_few) },
            is_disagreement: comparison.call.is_disagreement(),
        }
    }
}
