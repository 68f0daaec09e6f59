//! `tantivy`, a full-text engine: fuzzy terms (two slips, one in short words, the last word also as a beginning) over words and
//! whole names find a hundred candidates in its in-memory directory, Jaro-Winkler on folded text ranks them. It is made for
//! documents of many words.

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, Query};
use tantivy::schema::{FAST, Field, STRING, Schema, TEXT};
use tantivy::{Index, Searcher, TantivyDocument, Term};
use tiebreaker::catalog::fold::{Folded, fold};

use super::{Engine, Reply, best};

/// How many candidates are ranked.
const CANDIDATES: usize = 100;

/// An open index with the folded names beside it.
pub struct Tantivy {
    searcher: Searcher,
    keys: Vec<Column<u64>>,
    words: Field,
    whole: Field,
    folded: Vec<String>,
}

fn words(folded: &Folded) -> Vec<&str> {
    folded.words().iter().map(|&word| folded.word(word)).collect()
}

fn index(names: &[String]) -> tantivy::Result<Tantivy> {
    let mut schema = Schema::builder();
    let words_field = schema.add_text_field("words", TEXT);
    let whole = schema.add_text_field("whole", STRING);
    let key = schema.add_u64_field("key", FAST);
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 100_000_000)?;
    let mut texts = Vec::with_capacity(names.len());
    for (at, name) in (0u64..).zip(names) {
        let folded = fold(name);
        let mut document = TantivyDocument::default();
        document.add_text(words_field, words(&folded).join(" "));
        document.add_text(whole, folded.text());
        document.add_u64(key, at);
        writer.add_document(document)?;
        texts.push(folded.text().to_owned());
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let searcher = index.reader()?.searcher();
    let keys = searcher
        .segment_readers()
        .iter()
        .map(|segment| segment.fast_fields().u64("key"))
        .collect::<tantivy::Result<_>>()?;
    Ok(Tantivy { searcher, keys, words: words_field, whole, folded: texts })
}

impl Tantivy {
    fn search(&self, query: &str) -> tantivy::Result<Vec<(u32, f32)>> {
        let query = fold(query);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let slips = |text: &str| if text.len() < 5 { 1 } else { 2 };
        let term = |field, text: &str| Term::from_field_text(field, text);
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut add = |part: FuzzyTermQuery| parts.push((Occur::Should, Box::new(part)));
        for word in words(&query) {
            add(FuzzyTermQuery::new(term(self.words, word), slips(word), true));
        }
        if let Some(last) = words(&query).last() {
            add(FuzzyTermQuery::new_prefix(term(self.words, last), 0, true));
        }
        add(FuzzyTermQuery::new(term(self.whole, query.text()), slips(query.text()), true));
        add(FuzzyTermQuery::new_prefix(term(self.whole, query.text()), 0, true));
        let found = self.searcher.search(&BooleanQuery::new(parts), &TopDocs::with_limit(CANDIDATES))?;
        Ok(found
            .into_iter()
            .filter_map(|(_, place)| {
                let key = self.keys.get(place.segment_ord as usize)?.first(place.doc_id)?;
                let name = self.folded.get(usize::try_from(key).ok()?)?;
                Some((u32::try_from(key).ok()?, strsim::jaro_winkler(query.text(), name) as f32))
            })
            .collect())
    }
}

impl Engine for Tantivy {
    const NAME: &'static str = "tantivy, reranked";

    fn build(names: &[String]) -> Self {
        index(names).unwrap_or_else(|problem| panic!("tantivy does not index: {problem}"))
    }

    fn ask(&mut self, query: &str) -> Reply {
        let found = self.search(query).unwrap_or_else(|problem| panic!("tantivy does not search: {problem}"));
        Reply { hits: best(found, |at| self.folded[at as usize].len()), answered: None }
    }
}
