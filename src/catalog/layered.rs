//! The catalog that everybody asks: the starter, the operator's import over it, and each server's own over both.
//!
//! Look-up order: the server's entry, the operator's, the starter's. A server may change or hide a tool of the base and keeps
//! its id; reviews of both scopes stand beside each other. Readers take a [`View`], which holds one state of everything
//! until it is dropped; a change prepares the next state beside it and swaps one pointer, so no reader ever waits. A
//! server without a catalog of its own costs nothing, one with a few entries a few hundred bytes.

use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    layer::Layer,
    search::{self, Change, Entry, Index},
    view::{BaseTool, Origin, View},
};
use crate::domain::{
    change::{CatalogScope, State, Subject},
    ids::{ServerId, ToolId},
    review::{Review, Reviewer},
    tool::Tool,
};

/// The base catalog at one moment.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// The number under which the index knows a tool. Never given to another tool, kept when the tool goes.
    pub(super) keys: FxHashMap<ToolId, u32>,
    /// The tools by that number; `None`: hidden, or gone.
    pub(super) tools: Vec<Option<BaseTool>>,
    /// Today's id of each earlier id.
    pub(super) formerly: FxHashMap<ToolId, ToolId>,
    /// The panel in its order, then the operator's own reviewers.
    pub(super) reviewers: Arc<[Reviewer]>,
    /// The index of exactly these tools.
    pub(super) index: search::View,
}

impl Base {
    pub(super) fn get(&self, id: &ToolId) -> Option<&BaseTool> {
        let key = *self.keys.get(id)?;
        self.tools.get(usize::try_from(key).ok()?)?.as_ref()
    }
}

/// One server's own catalog.
#[derive(Debug, Default)]
pub(super) struct ServerCatalog {
    pub(super) layer: Layer,
    /// The tools of which this server has an entry of its own, by their number in the overlay.
    pub(super) tools: Vec<Arc<Tool>>,
    /// What this server added to the index or hid; `None` when it changed no tool.
    pub(super) overlay: Option<Arc<search::Overlay>>,
}

impl ServerCatalog {
    pub(super) fn own(&self, id: &ToolId) -> Option<&Arc<Tool>> {
        self.tools.iter().find(|tool| tool.id == *id)
    }
}

/// See the module's page. Cheap to read, safe to share between threads.
#[derive(Debug)]
pub struct Catalog {
    starter: Layer,
    index: Index,
    now: ArcSwap<Moment>,
    /// The operator's layer; its lock is also what one writer at a time holds.
    import: Mutex<Layer>,
}

/// Everything at one moment.
#[derive(Debug, Clone)]
struct Moment {
    base: Arc<Base>,
    servers: Arc<FxHashMap<ServerId, Arc<ServerCatalog>>>,
}

impl Catalog {
    /// A catalog of a starter layer (empty with `STARTER=off`) and the operator's layer.
    #[must_use]
    pub fn new(starter: Layer, import: Layer) -> Self {
        let ids: FxHashSet<&ToolId> = ids_of(&starter).chain(ids_of(&import)).collect();
        let mut ids: Vec<&ToolId> = ids.into_iter().collect();
        // By id, so that ties in the ranking do not depend on the order of a hash map.
        ids.sort_unstable();
        let tools: Vec<Option<BaseTool>> = ids.iter().map(|id| base_tool(id, &starter, &import)).collect();
        let keys = ids.into_iter().cloned().zip(0..).collect();
        let index =
            Index::build((0..).zip(&tools).filter_map(|(key, tool)| Some(entry(key, &tool.as_ref()?.tool))));
        let base = Base {
            keys,
            formerly: formerly(&tools),
            reviewers: reviewers(&starter, &import),
            tools,
            index: index.view(),
        };
        Self {
            starter,
            index,
            now: ArcSwap::from_pointee(Moment { base: Arc::new(base), servers: Arc::default() }),
            import: Mutex::new(import),
        }
    }

    /// The catalog as everybody sees it, or as one server does.
    #[must_use]
    pub fn view(&self, server: Option<ServerId>) -> View {
        let now = self.now.load();
        View::new(Arc::clone(&now.base), server.and_then(|id| now.servers.get(&id).cloned()))
    }

    /// Servers that have a catalog of their own.
    #[must_use]
    pub fn servers(&self) -> Vec<ServerId> {
        self.now.load().servers.keys().copied().collect()
    }

    /// What a catalog holds of a subject: the `before` of a change.
    #[must_use]
    pub fn state(&self, scope: CatalogScope, subject: &Subject) -> Option<State> {
        match scope {
            CatalogScope::Base => self.import.lock().state(subject),
            CatalogScope::Server(id) => self.now.load().servers.get(&id)?.layer.state(subject),
        }
    }

    /// Gives servers their catalogs, in place of those they have; for many at once, at the start.
    pub fn set_servers(&self, layers: impl IntoIterator<Item = (ServerId, Layer)>) {
        let _one = self.import.lock();
        let Moment { base, servers } = self.now.load().as_ref().clone();
        let mut servers = servers.as_ref().clone();
        for (id, layer) in layers {
            servers.insert(id, Arc::new(self.server_catalog(layer, &base)));
        }
        self.now.store(Arc::new(Moment { base, servers: Arc::new(servers) }));
    }

    /// Forgets a server's catalog.
    pub fn drop_server(&self, server: ServerId) {
        let _one = self.import.lock();
        let Moment { base, servers } = self.now.load().as_ref().clone();
        let mut servers = servers.as_ref().clone();
        if servers.remove(&server).is_some() {
            self.now.store(Arc::new(Moment { base, servers: Arc::new(servers) }));
        }
    }

    /// Takes changes that the store has taken. Views taken later see all of them.
    pub fn apply(&self, scope: CatalogScope, changes: impl IntoIterator<Item = (Subject, Option<State>)>) {
        let mut import = self.import.lock();
        match scope {
            CatalogScope::Base => self.apply_base(&mut import, changes),
            CatalogScope::Server(id) => {
                let Moment { base, servers } = self.now.load().as_ref().clone();
                let mut servers = servers.as_ref().clone();
                let mut layer = servers.get(&id).map(|server| server.layer.clone()).unwrap_or_default();
                for (subject, state) in changes {
                    layer.set(&subject, state);
                }
                servers.insert(id, Arc::new(self.server_catalog(layer, &base)));
                self.now.store(Arc::new(Moment { base, servers: Arc::new(servers) }));
            }
        }
    }

    fn apply_base(&self, import: &mut Layer, changes: impl IntoIterator<Item = (Subject, Option<State>)>) {
        let mut touched: FxHashSet<ToolId> = FxHashSet::default();
        for (subject, state) in changes {
            touched.extend(subject.tool().cloned());
            import.set(&subject, state);
        }
        let now = self.now.load_full();
        let mut base = now.base.as_ref().clone();
        let mut numbers: Vec<u32> = Vec::with_capacity(touched.len());
        for id in &touched {
            let next = u32::try_from(base.tools.len()).unwrap_or(u32::MAX);
            let key = *base.keys.entry(id.clone()).or_insert(next);
            if key == next {
                base.tools.push(None);
            }
            if let Some(place) = usize::try_from(key).ok().and_then(|key| base.tools.get_mut(key)) {
                *place = base_tool(id, &self.starter, import);
            }
            numbers.push(key);
        }
        numbers.sort_unstable();
        self.index.apply(numbers.iter().map(|&key| {
            let tool = usize::try_from(key).ok().and_then(|key| base.tools.get(key)?.as_ref());
            tool.map_or(Change::Remove(key), |tool| Change::Put(entry(key, &tool.tool)))
        }));
        base.formerly = formerly(&base.tools);
        base.reviewers = reviewers(&self.starter, import);
        base.index = self.index.view();

        // A server's overlay hides base tools by their number: one that speaks of a touched tool is made anew.
        let is_stale = |server: &ServerCatalog| server.layer.tools().any(|(id, _)| touched.contains(id));
        let mut servers = Arc::clone(&now.servers);
        if servers.values().any(|server| is_stale(server)) {
            for server in Arc::make_mut(&mut servers).values_mut().filter(|server| is_stale(server)) {
                *server = Arc::new(self.server_catalog(server.layer.clone(), &base));
            }
        }
        self.now.store(Arc::new(Moment { base: Arc::new(base), servers }));
    }

    fn server_catalog(&self, layer: Layer, base: &Base) -> ServerCatalog {
        let mut own: Vec<(&ToolId, Option<&Arc<Tool>>)> = layer
            .tools()
            .filter(|(_, entry)| entry.tool.is_some() || entry.hidden.is_some())
            .map(|(id, entry)| (id, entry.tool.as_ref().filter(|_| entry.hidden.is_none())))
            .collect();
        own.sort_unstable_by_key(|(id, _)| *id);
        if own.is_empty() {
            return ServerCatalog { layer, ..ServerCatalog::default() };
        }
        let hidden = own.iter().filter_map(|(id, _)| base.keys.get(*id).copied());
        let tools: Vec<Arc<Tool>> = own.iter().filter_map(|(_, tool)| tool.cloned()).collect();
        let entries = (0..).zip(&tools).map(|(key, tool)| entry(key, tool));
        let overlay = Arc::new(self.index.overlay(entries, hidden));
        ServerCatalog { layer, tools, overlay: Some(overlay) }
    }
}

/// The ids of which a layer says something.
fn ids_of(layer: &Layer) -> impl Iterator<Item = &ToolId> {
    layer.tools().map(|(id, _)| id)
}

/// A tool of the base: the operator's word over the starter's. `None`: hidden, or unknown.
fn base_tool(id: &ToolId, starter: &Layer, import: &Layer) -> Option<BaseTool> {
    let ours = import.tool(id);
    if ours.is_some_and(|entry| entry.hidden.is_some()) {
        return None;
    }
    let (origin, tool) = match ours.and_then(|entry| entry.tool.as_ref()) {
        Some(tool) => (Origin::Import, tool),
        None => (Origin::Starter, starter.tool(id)?.tool.as_ref()?),
    };
    Some(BaseTool { tool: Arc::clone(tool), reviews: reviews_of(id, starter, import), origin })
}

/// The reviews of both layers; of one reviewer, the upper layer's.
fn reviews_of(id: &ToolId, starter: &Layer, import: &Layer) -> Arc<[Review]> {
    let (upper, lower) = (import.reviews(id), starter.reviews(id));
    // Nearly always only one of them speaks, and then its reviews are shared and not kept twice.
    if lower.is_empty() {
        return import.shared_reviews(id);
    }
    if upper.is_empty() {
        return starter.shared_reviews(id);
    }
    let replaced = |review: &&Review| !upper.iter().any(|above| above.reviewer == review.reviewer);
    lower.iter().filter(replaced).chain(upper).cloned().collect()
}

/// The reviewers of both layers; of one id, the upper layer's, in the place of the lower one's.
fn reviewers(lower: &Layer, upper: &Layer) -> Arc<[Reviewer]> {
    let replaced = lower.reviewers().iter().map(|reviewer| upper.reviewer(&reviewer.id).unwrap_or(reviewer));
    let added = upper.reviewers().iter().filter(|reviewer| lower.reviewer(&reviewer.id).is_none());
    replaced.chain(added).cloned().collect()
}

/// Earlier ids, except those under which a tool stands today.
fn formerly(tools: &[Option<BaseTool>]) -> FxHashMap<ToolId, ToolId> {
    let mut map = FxHashMap::default();
    for BaseTool { tool, .. } in tools.iter().flatten() {
        for old in &tool.formerly {
            map.insert(old.clone(), tool.id.clone());
        }
    }
    for BaseTool { tool, .. } in tools.iter().flatten() {
        map.remove(&tool.id);
    }
    map
}

fn entry(key: u32, tool: &Tool) -> Entry<'_> {
    Entry { key, name: &tool.name, aliases: &tool.aliases, vendor: &tool.vendor }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;
    use crate::{
        catalog::search::Decision,
        domain::{
            change::ToolEntry,
            ids::{CategoryId, ReviewerId},
            review::Verdict,
            time::Timestamp,
            tool::{CatalogEntry, EntryKind},
        },
    };

    const HERE: ServerId = ServerId(1);
    const ELSEWHERE: ServerId = ServerId(2);

    fn tool(id: &str, name: &str) -> Tool {
        Tool {
            id: ToolId::trusted(id),
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
            entry: crate::domain::tool::Entry {
                kind: EntryKind::Free,
                note: String::new(),
                checked: date!(2026 - 11 - 24),
                amount: None,
                currency: None,
                per: None,
            },
        }
    }

    fn review(reviewer: &str, quote: &str) -> Review {
        let reviewer = ReviewerId::trusted(reviewer);
        Review { reviewer, verdict: Verdict::Ship, quote: quote.to_owned(), date: date!(2026 - 11 - 24) }
    }

    fn put(tool: Tool) -> (Subject, Option<State>) {
        (Subject::Tool(tool.id.clone()), Some(State::shown(tool)))
    }

    fn hide(id: &str, tool: Option<Tool>) -> (Subject, Option<State>) {
        let entry = ToolEntry { tool: tool.map(Arc::new), hidden: Some(Timestamp(1)) };
        (Subject::Tool(ToolId::trusted(id)), Some(State::Tool(entry)))
    }

    fn said(tool: &str, review: Review) -> (Subject, Option<State>) {
        let subject = Subject::Review(ToolId::trusted(tool), review.reviewer.clone());
        (subject, Some(State::Review(review)))
    }

    fn catalog(starter: &[Tool]) -> Catalog {
        let entries = starter.iter().map(|tool| CatalogEntry { tool: tool.clone(), reviews: Vec::new() });
        Catalog::new(Layer::of(entries.collect(), Vec::new()), Layer::default())
    }

    /// The name under which a text is understood; `None`: not at all, or not surely.
    fn name(catalog: &Catalog, server: Option<ServerId>, query: &str) -> Option<String> {
        let resolved = catalog.view(server).resolve(query, 5);
        (resolved.decision == Decision::Match).then(|| resolved.found[0].listing.tool.name.clone())
    }

    #[test]
    fn a_server_comes_before_the_operator_and_the_operator_before_the_starter() {
        let catalog = catalog(&[tool("axolotl", "Axolotl v0.16"), tool("unsloth", "Unsloth")]);
        assert_eq!(name(&catalog, None, "axolotl").as_deref(), Some("Axolotl v0.16"));
        catalog.apply(CatalogScope::Base, [put(tool("axolotl", "Axolotl v0.17"))]);
        catalog.apply(CatalogScope::Server(HERE), [put(tool("axolotl", "Axolotl (ours)"))]);
        assert_eq!(name(&catalog, None, "axolotl").as_deref(), Some("Axolotl v0.17"));
        assert_eq!(name(&catalog, Some(ELSEWHERE), "axolotl").as_deref(), Some("Axolotl v0.17"));
        assert_eq!(name(&catalog, Some(HERE), "axolotl").as_deref(), Some("Axolotl (ours)"));
        assert_eq!(
            catalog.view(Some(HERE)).tool(&ToolId::trusted("axolotl")).unwrap().origin,
            Origin::Server
        );
        assert_eq!(catalog.view(Some(HERE)).tools().count(), 2, "changed, not doubled");

        catalog.apply(CatalogScope::Server(HERE), [(Subject::Tool(ToolId::trusted("axolotl")), None)]);
        catalog.apply(CatalogScope::Base, [(Subject::Tool(ToolId::trusted("axolotl")), None)]);
        assert_eq!(name(&catalog, Some(HERE), "axolotl").as_deref(), Some("Axolotl v0.16"));
    }

    #[test]
    fn hiding_hides_here_or_everywhere() {
        let catalog = catalog(&[tool("axolotl", "Axolotl"), tool("unsloth", "Unsloth")]);
        catalog.apply(CatalogScope::Server(HERE), [hide("axolotl", None)]);
        assert_eq!(name(&catalog, Some(HERE), "axolotl"), None);
        assert!(catalog.view(Some(HERE)).tool(&ToolId::trusted("axolotl")).is_none());
        assert!(name(&catalog, Some(ELSEWHERE), "axolotl").is_some());
        catalog.apply(CatalogScope::Base, [hide("unsloth", Some(tool("unsloth", "Unsloth")))]);
        assert_eq!(name(&catalog, None, "unsloth"), None);
    }

    #[test]
    fn a_servers_entry_stands_whatever_becomes_of_the_base() {
        let catalog = catalog(&[tool("axolotl", "Axolotl")]);
        catalog.apply(CatalogScope::Server(HERE), [put(tool("later", "Latecomer (ours)"))]);
        // The base learns the same id later, changes it, and loses it: the server sees its own, once.
        for base in [put(tool("later", "Latecomer")), put(tool("later", "Latecomer 2")), hide("later", None)]
        {
            catalog.apply(CatalogScope::Base, [base]);
            let view = catalog.view(Some(HERE));
            let found = view.resolve("latecomer", 9).found;
            let names = found.iter().map(|found| found.listing.tool.name.as_str());
            let names: Vec<&str> = names.filter(|name| name.starts_with("Latecomer")).collect();
            assert_eq!(names, ["Latecomer (ours)"]);
            assert_eq!(view.tools().count(), 2);
        }
    }

    #[test]
    fn reviews_of_both_scopes_stand_apart_and_one_replaces_the_same_reviewers() {
        let starter =
            CatalogEntry { tool: tool("axolotl", "Axolotl"), reviews: vec![review("builder", "old")] };
        let catalog = Catalog::new(Layer::of(vec![starter], Vec::new()), Layer::default());
        catalog.apply(
            CatalogScope::Base,
            [said("axolotl", review("builder", "new")), said("axolotl", review("skeptic", "so"))],
        );
        catalog.apply(CatalogScope::Server(HERE), [said("axolotl", review("@ada", "here"))]);
        let quotes = |reviews: &[Review]| reviews.iter().map(|r| r.quote.clone()).collect::<Vec<_>>();
        let seen = catalog.view(Some(HERE)).tool(&ToolId::trusted("axolotl")).unwrap();
        assert_eq!(quotes(&seen.base_reviews), ["new", "so"]);
        assert_eq!(quotes(&seen.server_reviews), ["here"]);
        assert!(catalog.view(None).tool(&ToolId::trusted("axolotl")).unwrap().server_reviews.is_empty());
    }

    #[test]
    fn an_earlier_id_leads_to_the_tool_of_today() {
        let renamed = Tool { formerly: vec![ToolId::trusted("old-name")], ..tool("new-name", "New Name") };
        let catalog = catalog(&[renamed]);
        let view = catalog.view(None);
        assert_eq!(view.tool(&ToolId::trusted("old-name")).unwrap().tool.name, "New Name");
        assert_eq!(view.current(&ToolId::trusted("old-name")).as_str(), "new-name");
    }

    #[test]
    fn a_view_keeps_its_state_while_the_catalog_goes_on() {
        let catalog = catalog(&[tool("axolotl", "Axolotl")]);
        let before = catalog.view(Some(HERE));
        catalog.apply(CatalogScope::Base, [hide("axolotl", None), put(tool("unsloth", "Unsloth"))]);
        catalog.apply(CatalogScope::Server(HERE), [put(tool("srv-1", "Ours"))]);
        assert_eq!(before.tools().count(), 1);
        assert_eq!(before.resolve("axolotl", 1).found.len(), 1);
        assert!(before.resolve("unsloth", 5).found.iter().all(|found| found.listing.tool.name != "Unsloth"));
        assert_eq!(catalog.view(Some(HERE)).tools().count(), 2);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Put(usize, usize),
        Hide(usize, usize),
        Clear(usize, usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Scope 0 is the base, 1 and 2 are servers; five ids.
        let step = (0_usize..3, 0_usize..5, 0_u8..3).prop_map(|(scope, id, what)| match what {
            0 => Step::Put(scope, id),
            1 => Step::Hide(scope, id),
            _ => Step::Clear(scope, id),
        });
        proptest::collection::vec(step, 0..24)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_is_changed_the_order_of_layers_decides(steps in steps()) {
            const IDS: [&str; 5] = ["aardvark", "buffalo", "crocodile", "dromedary", "elephant"];
            let scopes = [CatalogScope::Base, CatalogScope::Server(HERE), CatalogScope::Server(ELSEWHERE)];
            let catalog = catalog(&[tool("aardvark", "aardvark starter"), tool("buffalo", "buffalo starter")]);
            // What each scope says of each id: nothing, its own entry (by the step's number), hidden.
            let mut model = [[const { None::<Option<usize>> }; 5]; 3];
            for (number, step) in steps.into_iter().enumerate() {
                let (scope, id, change, said) = match step {
                    Step::Put(scope, id) => {
                        (scope, id, put(tool(IDS[id], &format!("{} {number}x", IDS[id]))), Some(Some(number)))
                    }
                    Step::Hide(scope, id) => (scope, id, hide(IDS[id], None), Some(None)),
                    Step::Clear(scope, id) => (scope, id, (Subject::Tool(ToolId::trusted(IDS[id])), None), None),
                };
                catalog.apply(scopes[scope], [change]);
                model[scope][id] = said;
            }
            for (scope, server) in [(0, None), (1, Some(HERE)), (2, Some(ELSEWHERE))] {
                let view = catalog.view(server);
                let mut expected = Vec::new();
                for (id, name) in IDS.iter().enumerate() {
                    let own = if scope == 0 { None } else { model[scope][id] };
                    match own.or(model[0][id]) {
                        Some(Some(number)) => expected.push(format!("{name} {number}x")),
                        Some(None) => {}
                        None if id < 2 => expected.push(format!("{name} starter")),
                        None => {}
                    }
                }
                let mut listed: Vec<String> = view.tools().map(|listing| listing.tool.name.clone()).collect();
                listed.sort_unstable();
                prop_assert_eq!(&listed, &expected);
                // And the index finds exactly these, under exactly these names.
                for name in IDS {
                    let found: Vec<String> = view.resolve(name, 9).found.iter()
                        .map(|found| found.listing.tool.name.clone())
                        .filter(|found| found.starts_with(name)).collect();
                    let wanted: Vec<String> = expected.iter().filter(|e| e.starts_with(name)).cloned().collect();
                    prop_assert_eq!(found, wanted);
                }
            }
        }
    }
}
