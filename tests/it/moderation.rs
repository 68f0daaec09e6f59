//! A server's own catalog: what moderators do to it, its history, and that memory and store never differ.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use tiebreaker::{
    catalog::{check::Checked, layer::Layer, layered::Catalog, starter, typed::TypedTool},
    domain::{
        change::{CatalogScope, ChangeId},
        ids::{ReviewerId, ServerId, ToolId, UserId},
        review::Verdict,
        tool::EntryKind,
    },
    service::{
        moderate::{
            Done, Moderation, Moderator, Refusal,
            review::NewReview,
            typed::{Fault, Field},
        },
        ports::SystemClock,
    },
    store::{Embedded, Store},
};

const HERE: ServerId = ServerId(1 << 22);
const ELSEWHERE: ServerId = ServerId(2 << 22);

/// A small shared catalog: a few tools of the starter, and its panel.
fn shared() -> Layer {
    static SHARED: LazyLock<Layer> = LazyLock::new(|| {
        let Checked { mut tools, reviewers, .. } = starter::load();
        tools.retain(|entry| ["axolotl", "unsloth", "llama"].contains(&entry.tool.id.as_str()));
        Layer::of(tools, reviewers)
    });
    SHARED.clone()
}

struct Place {
    store: Arc<dyn Store>,
    catalog: Arc<Catalog>,
    moderation: Moderation,
}

impl Place {
    fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(Embedded::in_memory().unwrap());
        let catalog = Arc::new(Catalog::new(shared(), Layer::default()));
        let moderation = Moderation::new(Arc::clone(&catalog), Arc::clone(&store), Arc::new(SystemClock));
        Self { store, catalog, moderation }
    }

    /// What a server sees, from memory.
    fn seen(&self, server: ServerId) -> Vec<String> {
        seen(&self.catalog, server)
    }

    /// What it would see after a restart.
    async fn seen_after_restart(&self, server: ServerId) -> Vec<String> {
        let catalog = Catalog::new(shared(), Layer::default());
        let records = self.store.catalog(CatalogScope::Server(server)).await.unwrap();
        let records = records.into_iter().map(|record| (record.subject, record.state));
        catalog.set_servers([(server, Layer::of_records(records))]);
        seen(&catalog, server)
    }
}

/// Every tool with everything that is said of it, in a fixed order.
fn seen(catalog: &Catalog, server: ServerId) -> Vec<String> {
    let view = catalog.view(Some(server));
    let mut all: Vec<String> = view
        .tools()
        .map(|listing| {
            let mut reviews: Vec<String> =
                listing.reviews().map(|(scope, review)| format!("{scope:?} {review:?}")).collect();
            reviews.sort();
            format!("{:?} {reviews:?}", listing.tool)
        })
        .collect();
    all.sort();
    let mut reviewers: Vec<String> = view.reviewers().iter().map(|one| format!("{one:?}")).collect();
    reviewers.sort();
    all.extend(reviewers);
    all
}

fn ada(server: ServerId) -> Moderator {
    Moderator { server, user: UserId(7) }
}

fn typed(name: &str) -> TypedTool {
    TypedTool {
        name: name.to_owned(),
        aliases: Vec::new(),
        vendor: String::new(),
        category: "tracing".to_owned(),
        tagline: String::new(),
        description: String::new(),
        link: String::new(),
        kind: EntryKind::Free,
        note: String::new(),
        amount: String::new(),
        currency: String::new(),
        per: String::new(),
    }
}

fn review(tool: &str, reviewer: &str, quote: &str) -> NewReview {
    NewReview {
        tool: ToolId::trusted(tool),
        verdict: Verdict::Ship,
        reviewer: reviewer.to_owned(),
        quote: quote.to_owned(),
    }
}

fn faults(result: Result<Done, Refusal>) -> Vec<Fault> {
    match result {
        Err(Refusal::Faults(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

fn told(result: Result<Done, Refusal>) -> String {
    match result {
        Err(Refusal::Other(failure)) => failure.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn names_that_read_the_same_are_one_reviewer_and_nobody_speaks_for_the_panel() {
    let place = Place::new();
    let here = ada(HERE);
    for (name, id) in [("Ada L.", "@adal"), ("ada-l", "@adal"), ("🐙🐙", "@🐙🐙"), ("🐙", "@🐙")]
    {
        place.moderation.add_review(here, &review("axolotl", name, "Fine.")).await.unwrap();
        assert!(
            place
                .moderation
                .own_reviews(HERE, &ToolId::trusted("axolotl"))
                .iter()
                .any(|(by, _)| { by.id == ReviewerId::trusted(id) })
        );
    }
    let names: Vec<String> =
        place.moderation.own_reviewers(HERE).into_iter().map(|reviewer| reviewer.name).collect();
    assert_eq!(names, ["Ada L.", "🐙", "🐙🐙"], "the first spelling stays");
    for name in ["The Skeptic", "skeptic", " SKEPTIC ", "Ｓkeptic"] {
        let faults = faults(place.moderation.add_review(here, &review("axolotl", name, "Fine.")).await);
        assert_eq!((faults[0].field, faults[0].what.key), (Field::Reviewer, "moderation-reviewer-of-panel"));
    }
    let gone = told(place.moderation.add_review(here, &review("no-such-tool", "Ada", "Fine.")).await);
    assert_eq!(gone, "moderation-tool-gone");
}

#[tokio::test]
async fn a_tool_holds_so_many_reviews_of_a_server() {
    let place = Place::new();
    for number in 0..30 {
        let new = review("axolotl", &format!("Reviewer {number}"), "Fine.");
        place.moderation.add_review(ada(HERE), &new).await.unwrap();
    }
    let full = faults(place.moderation.add_review(ada(HERE), &review("axolotl", "One more", "Fine.")).await);
    assert_eq!(full[0].what.to_string(), "moderation-many-reviews max=30");
    // Whoever has spoken may still change their mind, and other servers have their own room.
    place.moderation.add_review(ada(HERE), &review("axolotl", "reviewer 3", "Better now.")).await.unwrap();
    place.moderation.add_review(ada(ELSEWHERE), &review("axolotl", "One more", "Fine.")).await.unwrap();
}

#[tokio::test]
async fn a_name_that_was_given_away_is_not_taken_back_by_undo() {
    let place = Place::new();
    let here = ada(HERE);
    let first = place.moderation.add_tool(here, &typed("Paper Trail")).await.unwrap();
    let gone = place.moderation.remove_tool(here, &first.tool.id).await.unwrap();
    let second = place.moderation.add_tool(here, &typed("paper-trail")).await.unwrap();
    assert_ne!(first.tool.id, second.tool.id);
    let refused = told(place.moderation.undo(here, gone.change.unwrap()).await);
    assert_eq!(refused, "moderation-undo-name-taken name=\"Paper Trail\" other=\"paper-trail\"");
    place.moderation.undo(here, second.change.unwrap()).await.unwrap();
    let back = place.moderation.undo(here, gone.change.unwrap()).await.unwrap();
    assert_eq!(back.tool.name, "Paper Trail");
    assert_eq!(told(place.moderation.undo(here, gone.change.unwrap()).await), "moderation-nothing-to-undo");
    assert_eq!(told(place.moderation.undo(here, ChangeId(999)).await), "moderation-nothing-to-undo");
    assert_eq!(
        told(place.moderation.undo(ada(ELSEWHERE), gone.change.unwrap()).await),
        "moderation-nothing-to-undo"
    );
}

#[tokio::test]
async fn the_price_counts_as_checked_only_when_somebody_looked_at_it() {
    let place = Place::new();
    let tool = ToolId::trusted("axolotl");
    let before = place.catalog.view(Some(HERE)).tool(&tool).unwrap().tool.entry.clone();
    let text = |now: TypedTool| Ok(TypedTool { tagline: "Ours".to_owned(), ..now });
    let done = place.moderation.edit_tool(ada(HERE), &tool, text).await.unwrap();
    assert_eq!(done.tool.entry, before);
    let price = |now: TypedTool| Ok(TypedTool { note: "We pay for seats".to_owned(), ..now });
    let done = place.moderation.edit_tool(ada(HERE), &tool, price).await.unwrap();
    assert!(done.tool.entry.checked > before.checked);
    let same = place.moderation.edit_tool(ada(HERE), &tool, Ok).await.unwrap();
    assert_eq!(same.change, None, "nothing changed, nothing is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_moment_all_stand() {
    let place = Arc::new(Place::new());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..24_u64 {
        let place = Arc::clone(&place);
        tasks.spawn(async move {
            let server = if number % 2 == 0 { HERE } else { ELSEWHERE };
            let new = review("axolotl", &format!("Reviewer {number}"), "Fine.");
            place.moderation.add_review(ada(server), &new).await.unwrap();
        });
    }
    tasks.join_all().await;
    for server in [HERE, ELSEWHERE] {
        assert_eq!(place.moderation.own_reviews(server, &ToolId::trusted("axolotl")).len(), 12);
        assert_eq!(place.seen(server), place.seen_after_restart(server).await);
    }
}

#[tokio::test]
async fn a_long_history_has_pages() {
    let place = Place::new();
    let here = ada(HERE);
    for number in 0..12 {
        let quote = format!("Fine, {number}.");
        place.moderation.add_review(here, &review("axolotl", "Ada", &quote)).await.unwrap();
    }
    place.moderation.add_review(here, &review("unsloth", "Ada", "Fine.")).await.unwrap();
    let of = ToolId::trusted("axolotl");
    let page = place.moderation.history(here, Some(&of), 0, 5).await.unwrap();
    assert_eq!((page.total, page.entries.len(), page.number), (12, 5, 0));
    assert_eq!(page.entries[0].subject, "Axolotl v0.16 · Ada");
    let last = place.moderation.history(here, Some(&of), 99, 5).await.unwrap();
    assert_eq!((last.entries.len(), last.number), (2, 2), "a page past the last is the last");
    let all = place.moderation.history(here, None, 0, 5).await.unwrap();
    assert_eq!(all.total, 13, "that Ada became a reviewer is no entry of its own");
    let other = place.moderation.history(ada(ELSEWHERE), None, 0, 5).await.unwrap();
    assert_eq!((other.total, other.number), (0, 0));
}

/// What a moderator may do next.
#[derive(Debug, Clone)]
enum Move {
    Add(usize),
    Edit(usize, usize),
    Remove(usize),
    Review(usize, usize, usize),
    RemoveReview(usize, usize),
    Undo(u64),
}

fn moves() -> impl Strategy<Value = Vec<(bool, Move)>> {
    let step = prop_oneof![
        (0..4_usize).prop_map(Move::Add),
        (0..6_usize, 0..4_usize).prop_map(|(tool, text)| Move::Edit(tool, text)),
        (0..6_usize).prop_map(Move::Remove),
        (0..6_usize, 0..3_usize, 0..3_usize).prop_map(|(tool, by, text)| Move::Review(tool, by, text)),
        (0..6_usize, 0..3_usize).prop_map(|(tool, by)| Move::RemoveReview(tool, by)),
        (1..20_u64).prop_map(Move::Undo),
    ];
    prop::collection::vec((any::<bool>(), step), 1..24)
}

async fn play(place: &Place, by: Moderator, made: &mut Vec<ToolId>, next: Move) {
    const NAMES: [&str; 4] = ["Paper Trail", "paper trail", "Axolotl", "Ünique Ωmega"];
    const BY: [&str; 3] = ["Ada", "ADA", "Grace"];
    const TEXTS: [&str; 4] = ["one", "two", "", "\u{200b}three"];
    let tool = |number: usize| match number {
        0 => ToolId::trusted("axolotl"),
        1 => ToolId::trusted("unsloth"),
        other => made.get(other - 2).cloned().unwrap_or_else(|| ToolId::trusted("llama")),
    };
    let moderation = &place.moderation;
    // Refusals are as good as success here: what counts is that nothing half-done stays.
    match next {
        Move::Add(name) => {
            if let Ok(done) = moderation.add_tool(by, &typed(NAMES[name])).await {
                made.push(done.tool.id);
            }
        }
        Move::Edit(of, text) => {
            let tagline = TEXTS[text].to_owned();
            let _ = moderation.edit_tool(by, &tool(of), |now| Ok(TypedTool { tagline, ..now })).await;
        }
        Move::Remove(of) => {
            let _ = moderation.remove_tool(by, &tool(of)).await;
        }
        Move::Review(of, who, text) => {
            let _ = moderation.add_review(by, &review(tool(of).as_str(), BY[who], TEXTS[text])).await;
        }
        Move::RemoveReview(of, who) => {
            let reviewer = ReviewerId::for_server(&BY[who].to_lowercase());
            let _ = moderation.remove_review(by, &tool(of), &reviewer).await;
        }
        Move::Undo(change) => {
            let _ = moderation.undo(by, ChangeId(change)).await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever two servers do, in whatever order: memory shows what a restart would show, and neither sees the other.
    #[test]
    fn memory_and_store_never_differ_and_servers_stay_apart(moves in moves()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (place, apart) = (Place::new(), Place::new());
            let (mut made, mut made_apart, mut of_others) = (Vec::new(), Vec::new(), Vec::new());
            for (is_here, next) in moves {
                if is_here {
                    play(&place, ada(HERE), &mut made, next.clone()).await;
                    play(&apart, ada(HERE), &mut made_apart, next).await;
                } else {
                    play(&place, ada(ELSEWHERE), &mut of_others, next).await;
                }
            }
            for server in [HERE, ELSEWHERE] {
                assert_eq!(place.seen(server), place.seen_after_restart(server).await);
            }
            assert_eq!(place.seen(ServerId(3 << 22)), seen(&Catalog::new(shared(), Layer::default()), HERE));
            // As if the other server had never done anything; only generated ids differ.
            let without_ids = |place: &Place, made: &[ToolId]| {
                let mut seen = place.seen(HERE);
                for (number, id) in made.iter().enumerate() {
                    seen.iter_mut().for_each(|line| *line = line.replace(id.as_str(), &format!("made-{number}")));
                }
                seen.sort();
                seen
            };
            assert_eq!(without_ids(&place, &made), without_ids(&apart, &made_apart));
        });
    }
}
