//! The starter catalog: the files of `data/`, built into the binary.

use rust_embed::Embed;

use super::{
    check::{self, Checked},
    formats::Source,
    layer::Layer,
};
use crate::domain::time::Date;

#[derive(Embed)]
#[folder = "data/tools/"]
struct Tools;

/// The panel.
const REVIEWERS: &str = include_str!("../../data/reviewers.toml");

/// The embedded files, named as in the repository, sorted by name.
#[must_use]
pub fn sources() -> Vec<Source> {
    let mut names: Vec<_> = Tools::iter().filter(|name| name.ends_with(".toml")).collect();
    names.sort_unstable();
    let tools = names.iter().filter_map(|name| {
        let file = Tools::get(name)?;
        Some(Source::new(&format!("data/tools/{name}"), String::from_utf8_lossy(&file.data)))
    });
    std::iter::once(Source::new("data/reviewers.toml", REVIEWERS)).chain(tools).collect()
}

/// The starter catalog.
///
/// It has no mistakes: a test of this repository sees to that. Days in the future are let pass here, so that a machine
/// whose clock is behind still has its catalog; `check-data` speaks of them.
#[must_use]
pub fn load() -> Checked {
    check::check(&sources(), &[], Date::MAX)
}

/// The starter catalog as the lowest layer of [`super::layered::Catalog`].
#[must_use]
pub fn layer() -> Layer {
    let Checked { tools, reviewers, .. } = load();
    Layer::of(tools, reviewers)
}
