//! Chat messages: which tools they want compared.
#![no_main]

use std::{cell::Cell, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tiebreaker::catalog::{
    layer::Layer,
    layered::Catalog,
    question::{MAX_LOOKUPS, MAX_NAMES, mentioned, question},
    starter,
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(starter::layer(), Layer::default()));

fuzz_target!(|message: &str| {
    let view = CATALOG.view(None);
    let lookups = Cell::new(0);
    let resolve = |name: &str| {
        lookups.set(lookups.get() + 1);
        view.index().answer(name, 5)
    };
    let asked = question(message, resolve);
    assert!(asked.names().len() <= MAX_NAMES, "too many names");
    assert!(lookups.take() <= MAX_LOOKUPS, "a message must not cost more than that");

    let named = mentioned(message, resolve);
    assert!(named.len() <= MAX_NAMES, "too many names");
    assert!(lookups.take() <= MAX_LOOKUPS, "a message must not cost more than that");
});
