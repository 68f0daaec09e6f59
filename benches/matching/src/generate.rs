//! A catalog, queries and a larger catalog out of nothing but a seed: for a run without data. The names are invented, evenly
//! spread and harmless; real ones are harder. Figures from here tell speed and memory well and quality only roughly.

use std::collections::{HashMap, HashSet};

use tiebreaker::catalog::fold::fold;

use crate::input::Question;

/// A small generator of numbers (xorshift), the same on every machine.
pub struct Dice(u64);

impl Dice {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`, which must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % n as u64) as usize
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    fn letter(&mut self) -> char {
        char::from(b'a' + self.below(26) as u8)
    }
}

// typos:off: syllables, not words
const SYLLABLES: &[&str] = &[
    "ba", "bel", "bri", "ca", "cor", "da", "del", "dro", "e", "fa", "fin", "flo", "ga", "gro", "ha", "i",
    "jo", "ka", "kel", "lan", "li", "lo", "lum", "ma", "mer", "mi", "mon", "na", "ner", "no", "nu", "o",
    "pa", "per", "pla", "po", "qui", "ra", "ri", "ro", "sa", "sel", "shi", "sta", "su", "ta", "ter", "ti",
    "tra", "u", "va", "vel", "vi", "wa", "wi", "xa", "yo", "za", "zen", "zi",
];
// typos:on

fn word(dice: &mut Dice) -> String {
    (0..3 + dice.below(2)).map(|_| dice.of(SYLLABLES)).collect()
}

fn capital(word: &str) -> String {
    word.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect()
}

/// `count` distinct names of one to three invented words, some with a version.
pub fn names(count: usize, seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed);
    let words: Vec<String> = (0..count / 3 + 50).map(|_| word(&mut dice)).collect();
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(count);
    while names.len() < count {
        let parts: Vec<String> =
            (0..1 + dice.below(3)).map(|_| capital(&words[dice.below(words.len())])).collect();
        let mut name = parts.join(dice.of(&[" ", "-", ""]));
        if dice.below(6) == 0 {
            name.push_str(&format!(" {}.{}", 1 + dice.below(9), dice.below(10)));
        }
        if seen.insert(fold(&name).text().to_owned()) {
            names.push(name);
        }
    }
    names
}

/// One to three letters of `name` changed, put in or left out.
fn mutant(name: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(letters.len());
        match dice.below(3) {
            0 => letters[at] = dice.letter(),
            1 => letters.insert(at, dice.letter()),
            _ if letters.len() > 3 => drop(letters.remove(at)),
            _ => {}
        }
    }
    letters.into_iter().collect()
}

/// `names` with mutants of them behind, `count` in all.
pub fn mutated(names: &[String], count: usize) -> Vec<String> {
    let mut dice = Dice::new(7);
    let mut all = names.to_vec();
    while all.len() < count {
        let name = &names[dice.below(names.len())];
        if !name.is_empty() {
            all.push(mutant(name, &mut dice));
        }
    }
    all
}

fn slip(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 => letters[at] = dice.letter(),
        1 => letters.insert(at, dice.letter()),
        2 if at > 0 => letters.swap(at - 1, at),
        _ => drop(letters.remove(at)),
    }
    letters.into_iter().collect()
}

/// `each` queries of every class about `names`.
pub fn questions(names: &[String], each: usize, seed: u64) -> Vec<Question> {
    let mut dice = Dice::new(seed);
    let folded: Vec<_> = names.iter().map(|name| fold(name)).collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, name) in folded.iter().enumerate() {
        for &word in name.words() {
            holders.entry(name.word(word)).or_default().push(at);
        }
    }
    let mut made = Vec::new();
    let mut add = |query: String, expected: &str, class: &str| {
        made.push(Question { query, expected: expected.to_owned(), class: class.to_owned() });
    };
    for _ in 0..each {
        let mut pick = || loop {
            let at = dice.below(names.len());
            if folded[at].text().len() >= 6 && folded[at].text().is_ascii() {
                break at;
            }
        };
        let at: Vec<usize> = (0..9).map(|_| pick()).collect();
        let name = |n: usize| names[at[n]].as_str();
        add(name(0).to_owned(), name(0), "exact");
        add(name(1).to_uppercase(), name(1), "case");
        add(name(2).replace([' ', '-'], "_"), name(2), "punct");
        add(slip(&name(3).to_lowercase(), &mut dice), name(3), "typo1");
        let once = slip(&name(4).to_lowercase(), &mut dice);
        add(slip(&once, &mut dice), name(4), "typo2");
        add(format!("{} 3.1", name(5)), name(5), "version_extra");
        for (n, length) in [(6, 4), (7, 6)] {
            let beginning = &folded[at[n]].text()[..length];
            add(beginning.to_owned(), &format!("^{beginning}"), &format!("prefix{length}"));
        }
        // One word left out: every name that holds the others is right.
        let (whole, words) = (&folded[at[8]], folded[at[8]].words());
        if words.len() > 1 {
            let gone = dice.below(words.len());
            let kept: Vec<&str> =
                (0..words.len()).filter(|&w| w != gone).map(|w| whole.word(words[w])).collect();
            let right: Vec<&str> = holders[kept[0]]
                .iter()
                .filter(|&&other| {
                    kept.iter().all(|k| folded[other].words().iter().any(|&w| folded[other].word(w) == *k))
                })
                .map(|&other| names[other].as_str())
                .collect();
            add(kept.join(" "), &right.join("|"), "dropped_word");
        }
        let nothing = format!("{} {}", word(&mut dice), word(&mut dice));
        if nothing.split(' ').all(|w| !holders.contains_key(w)) {
            add(nothing, "", "neg_invented");
        }
    }
    made
}
