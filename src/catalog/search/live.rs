//! The index as others use it: a base that changes while it serves, and overlays over it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::decide;
use super::labels::whole;
use super::ranking;
use super::segment::Segment;
use super::types::{Answer, Entry, Hit, Layer};

/// One change of the base.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// Adds this entry, or puts it in the place of the one with the same key.
    Put(Entry<'a>),
    /// Takes the entry with this key away; unknown keys are ignored.
    Remove(u32),
}

/// The base at one moment: a large segment, a small one with what came since, and the keys of the large one that no
/// longer count. Whoever holds it sees it whole, whatever comes after.
#[derive(Debug, Default)]
struct Base {
    main: Arc<Segment>,
    recent: Segment,
    gone: FxHashSet<u32>,
}

/// The base index. Readers take a [`View`] and are never stopped by a change; writers wait for each other.
#[derive(Debug, Default)]
pub struct Index {
    base: ArcSwap<Base>,
    writing: Mutex<()>,
}

/// One server's own catalog: entries that are added, entries in place of the base's, and base entries that are hidden.
/// A small one costs a few hundred bytes and a few bytes a letter (`docs/matching.md` has the figures).
#[derive(Debug, Default)]
pub struct Overlay {
    segment: Segment,
    hidden: Box<[u32]>,
}

/// A reader's hold on the index: sees one state of the base, whatever changes meanwhile, and at most one overlay.
#[derive(Clone, Debug)]
pub struct View {
    base: Arc<Base>,
    overlay: Option<Arc<Overlay>>,
}

/// An entry that owns its texts.
struct Owned {
    key: u32,
    name: String,
    aliases: Vec<String>,
    vendor: String,
}

impl Owned {
    fn as_entry(&self) -> Entry<'_> {
        Entry { key: self.key, name: &self.name, aliases: &self.aliases, vendor: &self.vendor }
    }
}

/// The entries of a segment.
fn entries(segment: &Segment) -> impl Iterator<Item = Owned> + '_ {
    (0..whole(segment.len())).map(|entry| {
        let mut labels = segment.labels_of(entry).map(|id| segment.labels.raw(id).to_owned());
        Owned {
            key: segment.key(entry),
            name: labels.next().unwrap_or_default(),
            aliases: labels.collect(),
            vendor: segment.maker(entry).map_or_else(String::new, |m| m.raw.to_string()),
        }
    })
}

impl Base {
    /// How many changes may lie beside the large segment before it is worth building it again.
    fn is_due(&self) -> bool {
        self.recent.len() + self.gone.len() > 256.max(4 * self.main.len().isqrt())
    }

    /// The same entries in one segment, in the order of their keys.
    fn compacted(&self) -> Self {
        let mut all: Vec<Owned> = entries(&self.main).filter(|e| !self.gone.contains(&e.key)).collect();
        all.extend(entries(&self.recent));
        all.sort_by_key(|e| e.key);
        let main = Segment::build(all.iter().map(Owned::as_entry), None);
        Self { main: Arc::new(main), ..Self::default() }
    }
}

impl Index {
    /// Indexes `entries`. Keys must be distinct.
    #[must_use]
    pub fn build<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        let base = Base { main: Arc::new(Segment::build(entries, None)), ..Base::default() };
        Self { base: ArcSwap::from_pointee(base), writing: Mutex::new(()) }
    }

    /// What the index holds now, without an overlay.
    #[must_use]
    pub fn view(&self) -> View {
        View { base: self.base.load_full(), overlay: None }
    }

    /// What the index holds now, under a server's own catalog.
    #[must_use]
    pub fn view_with(&self, overlay: Arc<Overlay>) -> View {
        View { base: self.base.load_full(), overlay: Some(overlay) }
    }

    /// Indexes a server's own catalog. `hidden` are keys of the base that this server does not see, be it because it took
    /// them away or because one of `entries` stands in their place.
    #[must_use]
    pub fn overlay<'a>(
        &self,
        entries: impl IntoIterator<Item = Entry<'a>>,
        hidden: impl IntoIterator<Item = u32>,
    ) -> Overlay {
        let main = Arc::clone(&self.base.load().main);
        let mut hidden: Vec<u32> = hidden.into_iter().collect();
        hidden.sort_unstable();
        hidden.dedup();
        Overlay { segment: Segment::build(entries, Some(&*main)), hidden: hidden.into_boxed_slice() }
    }

    /// Applies `changes` in order, all at once for readers. Costs as much as building an index of what changed since the
    /// last [`Index::compact`]; when that is no longer little beside the whole, it compacts, which for very large catalogs
    /// takes a good part of a second of this thread's time.
    pub fn apply<'a>(&self, changes: impl IntoIterator<Item = Change<'a>>) {
        let _one_writer = self.writing.lock();
        let base = self.base.load_full();
        let kept: Vec<Owned> = entries(&base.recent).collect();
        let mut gone = base.gone.clone();
        let mut recent: Vec<Option<Entry<'_>>> = kept.iter().map(|e| Some(e.as_entry())).collect();
        let mut place: FxHashMap<u32, usize> = kept.iter().enumerate().map(|(at, e)| (e.key, at)).collect();
        for change in changes {
            let (Change::Put(Entry { key, .. }) | Change::Remove(key)) = change;
            gone.insert(key);
            if let Some(old) = place.remove(&key).and_then(|at| recent.get_mut(at)) {
                *old = None;
            }
            if let Change::Put(entry) = change {
                place.insert(key, recent.len());
                recent.push(Some(entry));
            }
        }
        let recent = Segment::build(recent.into_iter().flatten(), Some(&*base.main));
        let next = Base { main: Arc::clone(&base.main), recent, gone };
        let next = if next.is_due() { next.compacted() } else { next };
        self.base.store(Arc::new(next));
    }

    /// Builds one segment of everything. Afterwards the index answers exactly as one that was built anew.
    pub fn compact(&self) {
        let _one_writer = self.writing.lock();
        let next = self.base.load().compacted();
        self.base.store(Arc::new(next));
    }

    /// The bytes the base holds on the heap. Each thread that searches holds two bytes a name more.
    #[must_use]
    pub fn memory(&self) -> usize {
        let base = self.base.load();
        base.main.memory() + base.recent.memory() + base.gone.capacity() * 5 + 2 * size_of::<Segment>()
    }
}

impl Overlay {
    /// The bytes the overlay holds, itself included.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.segment.memory() + 4 * self.hidden.len()
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segment.len() == 0 && self.hidden.is_empty()
    }
}

impl View {
    /// This state of the base under a server's own catalog, in place of the one it lay under.
    #[must_use]
    pub fn with(&self, overlay: Arc<Overlay>) -> Self {
        Self { base: Arc::clone(&self.base), overlay: Some(overlay) }
    }

    /// What a query means: the decision, and the best `limit` tools, best first, each once.
    #[must_use]
    pub fn answer(&self, query: &str, limit: usize) -> Answer {
        ranking::answer(query, limit, &*self.base.main, &self.layers())
    }

    /// What a query means, with as many hits as a question back needs.
    #[must_use]
    pub fn resolve(&self, query: &str) -> Answer {
        self.answer(query, decide::CHOICES)
    }

    /// The best `limit` tools for a query, best first, each once, also when none of them is meant.
    #[must_use]
    pub fn find(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.answer(query, limit).hits
    }

    /// The best `limit` tools for a name that is still being typed: what begins with it comes first.
    /// Nothing typed, nothing found.
    #[must_use]
    pub fn complete(&self, typed: &str, limit: usize) -> Vec<Hit> {
        ranking::complete(typed, limit, &*self.base.main, &self.layers())
    }

    /// The segments to look at, each with the keys that do not count in it.
    fn layers(&self) -> Vec<ranking::Source<'_>> {
        let hidden = self.overlay.as_ref().map_or(&[][..], |o| &o.hidden);
        let mut layers = vec![
            ranking::Source {
                segment: &self.base.main,
                layer: Layer::Base,
                gone: Some(&self.base.gone),
                hidden,
            },
            ranking::Source { segment: &self.base.recent, layer: Layer::Base, gone: None, hidden },
        ];
        if let Some(overlay) = &self.overlay {
            layers.push(ranking::Source {
                segment: &overlay.segment,
                layer: Layer::Server,
                gone: None,
                hidden: &[],
            });
        }
        layers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: u32, name: &str) -> Entry<'_> {
        Entry { key, name, aliases: &[], vendor: "" }
    }

    fn key(view: &View, query: &str) -> Option<(Layer, u32)> {
        view.resolve(query).matched().map(|h| (h.layer, h.key))
    }

    #[test]
    fn changes_are_seen_by_later_views_only() {
        let index = Index::build([entry(0, "Axolotl"), entry(1, "Ollama")]);
        let before = index.view();
        index.apply([
            Change::Remove(0),
            Change::Put(entry(7, "Unsloth")),
            Change::Put(entry(1, "Ollama Cloud")),
        ]);
        let after = index.view();
        assert_eq!(key(&before, "axolotl"), Some((Layer::Base, 0)));
        assert_eq!(key(&after, "axolotl"), None);
        assert_eq!(key(&after, "unsloth"), Some((Layer::Base, 7)));
        assert_eq!(key(&after, "ollama cloud"), Some((Layer::Base, 1)));
        let forms = after.find("ollama", 9).iter().filter(|h| h.key == 1).count();
        assert_eq!(forms, 1, "the old form of a changed entry is gone");
        index.apply([Change::Remove(7), Change::Remove(99)]);
        assert_eq!(key(&index.view(), "unsloth"), None);
    }

    #[test]
    fn an_overlay_adds_replaces_and_hides_for_its_own_views_only() {
        let index = Index::build([entry(0, "Axolotl"), entry(1, "Ollama"), entry(2, "Cursor")]);
        let overlay =
            Arc::new(index.overlay([entry(0, "Our Own Linter"), entry(1, "Ollama at Home")], [1, 2]));
        let theirs = index.view_with(overlay);
        assert_eq!(key(&theirs, "our own linter"), Some((Layer::Server, 0)));
        assert_eq!(key(&theirs, "ollama at home"), Some((Layer::Server, 1)));
        assert_eq!(key(&theirs, "cursor"), None);
        assert_eq!(key(&theirs, "axolotl"), Some((Layer::Base, 0)));
        assert_eq!(key(&index.view(), "cursor"), Some((Layer::Base, 2)));
        assert_eq!(key(&index.view(), "our own linter"), None);
    }

    #[test]
    fn many_changes_are_compacted() {
        let index = Index::build([entry(0, "Axolotl")]);
        let names: Vec<String> = (0..600).map(|n| format!("Tool number {n}")).collect();
        for (key, name) in (1..).zip(&names) {
            index.apply([Change::Put(entry(key, name))]);
        }
        let base = index.base.load_full();
        assert!(base.recent.len() < 300, "{}", base.recent.len());
        assert_eq!(key(&index.view(), "tool number 599"), Some((Layer::Base, 600)));
        assert_eq!(key(&index.view(), "Tool Number 3"), Some((Layer::Base, 4)));
    }

    #[test]
    fn a_small_overlay_is_small() {
        let index = Index::build([entry(0, "Axolotl")]);
        let overlay = index.overlay((0..10).map(|k| entry(k, "Our Own Linter")), [0]);
        assert!(overlay.memory() < 1_500, "{}", overlay.memory());
    }
}
