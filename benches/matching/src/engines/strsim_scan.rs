//! Brute force: every name read with `strsim`'s metrics on folded text, the best combination we know by hand.
//!
//! The best of: Jaro-Winkler of the whole, one minus the relative OSA distance, and word by word (the mean over the query's
//! words of the best Jaro-Winkler among the name's, a little less for words of the name that stay over).

use tiebreaker::catalog::fold::fold;

use super::{Engine, Reply, best};

/// A folded name and its words.
struct Name {
    text: String,
    words: Vec<String>,
}

impl Name {
    fn new(raw: &str) -> Self {
        let folded = fold(raw);
        let words = folded.words().iter().map(|&word| folded.word(word).to_owned()).collect();
        Self { text: folded.text().to_owned(), words }
    }

    fn score(&self, query: &Self) -> f64 {
        let longest = self.text.len().max(query.text.len()).max(1) as f64;
        let whole = strsim::jaro_winkler(&query.text, &self.text);
        let slips = 1.0 - strsim::osa_distance(&query.text, &self.text) as f64 / longest;
        let best_word =
            |word: &String| self.words.iter().map(|own| strsim::jaro_winkler(word, own)).fold(0.0, f64::max);
        let mean = query.words.iter().map(best_word).sum::<f64>() / query.words.len().max(1) as f64;
        let over = self.words.len().saturating_sub(query.words.len()) as f64;
        whole.max(slips).max(mean * (0.97 - 0.02 * over.min(5.0)))
    }
}

/// All names, folded beforehand.
pub struct Strsim(Vec<Name>);

impl Engine for Strsim {
    const NAME: &'static str = "strsim, every name";

    fn build(names: &[String]) -> Self {
        Self(names.iter().map(|name| Name::new(name)).collect())
    }

    fn ask(&mut self, query: &str) -> Reply {
        let query = Name::new(query);
        let hits = (0..).zip(&self.0).map(|(at, name)| (at, name.score(&query) as f32)).collect();
        Reply { hits: best(hits, |at| self.0[at as usize].text.len()), answered: None }
    }
}
