//! The index as others use it: a base that changes while it serves, and overlays over it.

use std::cell::RefCell;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::candidates::{self, Scratch};
use super::decide::decide;
use super::query::Query;
use super::readings;
use super::segment::{Background, Segment};
use super::types::{Answer, Entry, Hit, How, Layer};

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// One change of the base.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// Adds this entry, or puts it in the place of the one with the same key.
    Put(Entry<'a>),
    /// Takes the entry with this key away; unknown keys are ignored.
    Remove(u32),
}

/// The base at one moment: a large segment, a small one with what came since, and the keys of the large one that no longer count.
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
/// Small ones cost a few hundred bytes and a few bytes a letter.
#[derive(Debug, Default)]
pub struct Overlay {
    segment: Segment,
    hidden: Vec<u32>,
}

/// A reader's hold on the index: sees one state of the base, whatever changes meanwhile, and at most one overlay.
#[derive(Clone, Debug)]
pub struct View {
    base: Arc<Base>,
    overlay: Option<Arc<Overlay>>,
}

impl Background for Base {
    fn labels(&self) -> usize {
        self.main.labels()
    }

    fn df(&self, word: &str) -> usize {
        self.main.df(word)
    }
}

/// An entry of a segment with its texts borrowed from it.
fn copied(segment: &Segment, entry: u32) -> (u32, &str, Vec<String>, &str) {
    let mut labels = segment.labels_of(entry).map(|id| segment.labels.raw(id));
    let name = labels.next().unwrap_or_default();
    let maker = segment.maker(entry).map_or("", |m| &m.raw);
    (segment.key(entry), name, labels.map(str::to_owned).collect(), maker)
}

impl Index {
    /// Indexes `entries`; of two with one key the later counts.
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
        let base = self.base.load();
        let mut hidden: Vec<u32> = hidden.into_iter().collect();
        hidden.sort_unstable();
        hidden.dedup();
        hidden.shrink_to_fit();
        Overlay { segment: Segment::build(entries, Some(&**base)), hidden }
    }

    /// Applies `changes` in order. Costs as much as what changed since the last [`Index::compact`] is long; when that is no
    /// longer small beside the whole, it compacts by itself.
    pub fn apply<'a>(&self, changes: impl IntoIterator<Item = Change<'a>>) {
        let _one = self.writing.lock();
        let base = self.base.load_full();
        let main: FxHashSet<u32> =
            (0..base.main.len()).map(|e| base.main.key(super::labels::whole(e))).collect();
        let mut gone = base.gone.clone();
        let kept: Vec<_> =
            (0..super::labels::whole(base.recent.len())).map(|e| copied(&base.recent, e)).collect();
        let mut recent: Vec<Option<Entry<'_>>> = kept
            .iter()
            .map(|(key, name, aliases, vendor)| Some(Entry { key: *key, name, aliases, vendor }))
            .collect();
        let mut place: FxHashMap<u32, usize> =
            recent.iter().flatten().enumerate().map(|(at, e)| (e.key, at)).collect();
        for change in changes {
            let key = match change {
                Change::Put(entry) => entry.key,
                Change::Remove(key) => key,
            };
            if main.contains(&key) {
                gone.insert(key);
            }
            if let Some(at) = place.remove(&key) {
                recent[at] = None;
            }
            if let Change::Put(entry) = change {
                place.insert(key, recent.len());
                recent.push(Some(entry));
            }
        }
        let recent = Segment::build(recent.into_iter().flatten(), Some(&*base));
        let next = Base { main: Arc::clone(&base.main), recent, gone };
        self.base.store(Arc::new(next));
    }
}

impl Index {
    /// The bytes the base holds on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        let base = self.base.load();
        base.main.memory() + base.recent.memory() + base.gone.capacity() * 5
    }
}

impl View {
    /// This state of the base under a server's own catalog, in place of the one it lay under.
    #[must_use]
    pub fn with(&self, overlay: Arc<Overlay>) -> Self {
        Self { base: Arc::clone(&self.base), overlay: Some(overlay) }
    }

    /// What a query means: [`View::answer`] with room for a question back.
    #[must_use]
    pub fn resolve(&self, query: &str) -> Answer {
        self.answer(query, 5)
    }

    /// The best `limit` tools for a name that is still being typed: what begins with it comes first.
    #[must_use]
    pub fn complete(&self, typed: &str, limit: usize) -> Vec<Hit> {
        self.find(typed, limit)
    }

    /// The best `limit` tools for a query, best first, each once, also when none of them is meant.
    #[must_use]
    pub fn find(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.answer(query, limit).hits
    }

    /// The decision and the best `limit` tools.
    #[must_use]
    pub fn answer(&self, query: &str, limit: usize) -> Answer {
        let query = Query::new(query, self.base.labels(), |word| self.base.df(word));
        let mut hits = Vec::new();
        SCRATCH.with_borrow_mut(|scratch| {
            let base = &self.base;
            let hidden =
                |key: u32| self.overlay.as_ref().is_some_and(|o| o.hidden.binary_search(&key).is_ok());
            rank(&base.main, Layer::Base, &query, scratch, &mut hits, |k| {
                base.gone.contains(&k) || hidden(k)
            });
            rank(&base.recent, Layer::Base, &query, scratch, &mut hits, hidden);
            if let Some(overlay) = &self.overlay {
                rank(&overlay.segment, Layer::Server, &query, scratch, &mut hits, |_| false);
            }
        });
        hits.sort_unstable_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then(a.length.cmp(&b.length))
                .then(a.hit.layer.cmp(&b.hit.layer))
                .then(a.hit.key.cmp(&b.hit.key))
        });
        let mut hits: Vec<Hit> = hits.into_iter().map(|r| r.hit).collect();
        let decision = decide(&hits);
        hits.truncate(limit);
        Answer { decision, hits }
    }
}

/// A hit and what orders it among equals.
struct Ranked {
    hit: Hit,
    score: f32,
    length: usize,
}

/// Ranks the candidates of one segment.
fn rank(
    segment: &Segment,
    layer: Layer,
    query: &Query,
    scratch: &mut Scratch,
    into: &mut Vec<Ranked>,
    skip: impl Fn(u32) -> bool,
) {
    candidates::gather(segment, query, scratch);
    let from = into.len();
    for &id in &scratch.found {
        let entry = segment.entry_of(id);
        let key = segment.key(entry);
        if skip(key) {
            continue;
        }
        let label = segment.labels.get(id);
        let maker = segment.maker(entry).map_or("", |m| m.folded.text());
        let reading = readings::read(query, &label, maker);
        if reading.score <= 0.0 {
            continue;
        }
        let alias = segment.alias_of(id);
        let how = if alias.is_some() && reading.how.is_sure() { How::Alias } else { reading.how };
        let hit = Hit { layer, key, score: reading.score, how, alias };
        let ranked = Ranked { hit, score: reading.score, length: label.text.len() };
        // Labels of one entry come one after the other.
        match into.get_mut(from..).and_then(<[_]>::last_mut) {
            Some(last) if last.hit.key == key => {
                if ranked.score > last.score {
                    *last = ranked;
                }
            }
            _ => into.push(ranked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(names: &[&str]) -> Index {
        Index::build(names.iter().zip(0..).map(|(name, key)| Entry { key, name, aliases: &[], vendor: "" }))
    }

    #[test]
    fn the_two_first_tools_are_found_as_people_type_them() {
        let index = index(&["Claude Haiku Open Weights", "Axolotl v0.16", "Ollama"]);
        for (query, key) in [("haiku open weights", 0), ("axlotl", 1), ("axolotl 0.16", 1), ("haiku", 0)] {
            let answer = index.view().resolve(query);
            assert_eq!(answer.matched().map(|h| h.key), Some(key), "{query}: {answer:?}");
        }
        assert_eq!(index.view().resolve("margherita").matched(), None);
    }

    #[test]
    fn changes_are_seen_by_later_views_only() {
        let index = index(&["Axolotl", "Ollama"]);
        let before = index.view();
        index.apply([
            Change::Remove(0),
            Change::Put(Entry { key: 7, name: "Unsloth", aliases: &[], vendor: "" }),
        ]);
        let after = index.view();
        assert!(before.resolve("axolotl").matched().is_some());
        assert!(after.resolve("axolotl").matched().is_none());
        assert_eq!(after.resolve("unsloth").matched().map(|h| h.key), Some(7));
    }
}
