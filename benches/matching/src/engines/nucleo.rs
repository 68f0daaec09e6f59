//! `nucleo-matcher`, the matcher of the Helix editor: subsequences with a bonus for the beginnings of words. It is made for
//! picking while typing, not for misspelt names: a letter too many and nothing is found.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};

use super::{Engine, Reply, best};

/// All names in its own form, and its scratch memory.
pub struct Nucleo {
    names: Vec<Utf32String>,
    matcher: Matcher,
}

impl Engine for Nucleo {
    const NAME: &'static str = "nucleo-matcher";

    fn build(names: &[String]) -> Self {
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        Self { names: names.iter().map(|name| name.as_str().into()).collect(), matcher: Matcher::new(config) }
    }

    fn ask(&mut self, query: &str) -> Reply {
        let pattern = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        if pattern.atoms.is_empty() {
            return Reply::default();
        }
        // Its scores grow with the query; relative to the query itself they can be held against one threshold.
        let itself: Utf32String = query.trim().into();
        let full = pattern.score(itself.slice(..), &mut self.matcher).unwrap_or(1).max(1) as f32;
        let mut hits = Vec::new();
        for (at, name) in (0..).zip(&self.names) {
            if let Some(score) = pattern.score(name.slice(..), &mut self.matcher) {
                hits.push((at, score as f32 / full));
            }
        }
        Reply { hits: best(hits, |at| self.names[at as usize].len()), answered: None }
    }
}
