//! What people type instead of a name, against the starter catalog.
#![no_main]

use std::{collections::HashSet, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tiebreaker::catalog::{
    layer::Layer,
    layered::Catalog,
    search::{Decision, Hit},
    starter,
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(starter::layer(), Layer::default()));

const LIMIT: usize = 25;

fn hold(hits: &[Hit], limit: usize) {
    assert!(hits.len() <= limit, "more hits than asked for");
    assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)), "a score outside 0 to 1");
    let tools: HashSet<_> = hits.iter().map(|hit| hit.key).collect();
    assert_eq!(tools.len(), hits.len(), "a tool was found twice");
}

fuzz_target!(|query: &str| {
    let view = CATALOG.view(None);
    let answer = view.index().answer(query, LIMIT);
    hold(&answer.hits, LIMIT);
    assert!(
        answer.hits.windows(2).all(|pair| pair[0].score >= pair[1].score),
        "hits are not ranked by their score"
    );
    if answer.decision != Decision::None {
        assert!(!answer.hits.is_empty(), "decided on nothing");
    }
    // The same question has the same answer.
    assert_eq!(view.index().answer(query, LIMIT), answer);
    hold(&view.index().complete(query, LIMIT), LIMIT);
    let _ = view.resolve(query, 1);
});
