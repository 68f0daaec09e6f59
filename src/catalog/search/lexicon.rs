//! The words of all labels, each once, in order, with the labels that hold it.

use super::labels::{LabelId, range, whole};

/// The number of one word within its segment: its place in alphabetical order.
pub(super) type WordId = u32;

/// See the module's page.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    text: String,
    text_at: Vec<u32>,
    labels: Vec<LabelId>,
    labels_at: Vec<u32>,
}

impl Lexicon {
    /// Builds from `(word, label)` pairs given as numbers into `words`; each pair once.
    pub(super) fn build(words: &[&str], pairs: &[(u32, LabelId)]) -> Self {
        let mut order: Vec<u32> = (0..whole(words.len())).collect();
        order.sort_unstable_by_key(|&w| (head(words[w as usize]), words[w as usize]));
        let mut place = vec![0_u32; words.len()];
        let mut lexicon = Self::default();
        lexicon.text.reserve_exact(words.iter().map(|w| w.len()).sum());
        lexicon.text_at.reserve_exact(words.len() + 1);
        lexicon.text_at.push(0);
        for (at, &word) in order.iter().enumerate() {
            place[word as usize] = whole(at);
            lexicon.text.push_str(words[word as usize]);
            lexicon.text_at.push(whole(lexicon.text.len()));
        }
        // Counting sort by word; labels come in rising order and stay so.
        let mut at = vec![0_u32; words.len() + 1];
        for &(word, _) in pairs {
            at[place[word as usize] as usize + 1] += 1;
        }
        for i in 1..at.len() {
            at[i] += at[i - 1];
        }
        lexicon.labels_at = at.clone();
        lexicon.labels = vec![0; pairs.len()];
        for &(word, label) in pairs {
            let next = &mut at[place[word as usize] as usize];
            lexicon.labels[*next as usize] = label;
            *next += 1;
        }
        lexicon
    }

    pub(super) fn len(&self) -> usize {
        self.text_at.len().saturating_sub(1)
    }

    pub(super) fn word(&self, id: WordId) -> &str {
        range(&self.text_at, id as usize).and_then(|r| self.text.get(r)).unwrap_or_default()
    }

    /// The labels that hold a word, in rising order.
    pub(super) fn labels(&self, id: WordId) -> &[LabelId] {
        range(&self.labels_at, id as usize).and_then(|r| self.labels.get(r)).unwrap_or_default()
    }

    /// The place of the first word that is not below `word`.
    fn lower(&self, word: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let mid = usize::midpoint(low, high);
            if self.word(whole(mid)) < word {
                low = mid + 1;
            } else {
                high = mid;
            }
        }
        low
    }

    pub(super) fn find(&self, word: &str) -> Option<WordId> {
        let at = whole(self.lower(word));
        (self.word(at) == word && !word.is_empty()).then_some(at)
    }

    /// The words that begin with `prefix`, at most `limit` of them.
    pub(super) fn starting(&self, prefix: &str, limit: usize) -> std::ops::Range<WordId> {
        let low = self.lower(prefix);
        let mut high = low;
        while high < self.len() && high - low < limit && self.word(whole(high)).starts_with(prefix) {
            high += 1;
        }
        whole(low)..whole(high)
    }

    pub(super) fn memory(&self) -> usize {
        self.text.capacity()
            + 4 * (self.text_at.capacity() + self.labels.capacity() + self.labels_at.capacity())
    }
}

/// The first eight bytes as a number that orders like them: most comparisons of a sort end here.
pub(super) fn head(text: &str) -> u64 {
    let mut head = [0; 8];
    for (to, from) in head.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(head)
}
