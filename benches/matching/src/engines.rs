//! What is compared: one question, the same for all.

mod nucleo;
mod ours;
mod strsim_scan;
mod tantivy_rerank;

pub use nucleo::Nucleo;
pub use ours::Ours;
pub use strsim_scan::Strsim;
pub use tantivy_rerank::Tantivy;

/// The most hits that are asked for and judged.
pub const LIMIT: usize = 25;

/// What an engine says to a query.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Places in the catalog with their scores (higher is better), best first.
    pub hits: Vec<(u32, f32)>,
    /// Whether the first hit is the answer. `None`: the engine does not decide, its best threshold is found afterwards.
    pub answered: Option<bool>,
}

/// An engine, built over a catalog of names.
pub trait Engine: Sized {
    /// What the table calls it.
    const NAME: &'static str;

    /// Builds it; this is timed and its memory counted.
    fn build(names: &[String]) -> Self;

    /// Asks one query; this is timed.
    fn ask(&mut self, query: &str) -> Reply;

    /// The bytes it says it holds, where it says so.
    fn own_count(&self) -> Option<usize> {
        None
    }
}

/// The best [`LIMIT`] of `hits`; of equal ones the shorter name first.
fn best(mut hits: Vec<(u32, f32)>, length: impl Fn(u32) -> usize) -> Vec<(u32, f32)> {
    let order = |a: &(u32, f32), b: &(u32, f32)| {
        b.1.total_cmp(&a.1).then_with(|| length(a.0).cmp(&length(b.0))).then(a.0.cmp(&b.0))
    };
    if hits.len() > LIMIT {
        hits.select_nth_unstable_by(LIMIT - 1, order);
        hits.truncate(LIMIT);
    }
    hits.sort_unstable_by(order);
    hits
}
