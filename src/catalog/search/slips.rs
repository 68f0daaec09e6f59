//! How many slips (a letter wrong, missing, too much, or two exchanged) lie between two texts: the optimal string alignment
//! distance of `strsim::osa_distance`, counted for all letters of a pattern at once in the bits of one number (Hyyrö, "A
//! bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003). It is some twenty times as quick, and
//! its last row also tells how far the pattern is from every *beginning* of the other text, which is what a name that is
//! still being typed needs. Texts are compared byte by byte.

use crate::catalog::fold::MAX_TEXT;

/// A text made ready for being compared with many others.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// For each code the places where it stands.
    at: [u128; 64],
    length: u32,
}

/// How far a pattern is from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slips {
    /// From the whole text.
    pub(super) whole: u32,
    /// From that beginning of the text which is nearest.
    pub(super) beginning: u32,
}

/// Letters and digits have a code each; bytes of other scripts share some.
fn code(byte: u8) -> usize {
    usize::from(match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => byte - b'0' + 26,
        _ => 36 + byte % 28,
    })
}

impl Pattern {
    /// At most [`MAX_TEXT`] bytes of `text` are taken.
    pub(super) fn new(text: &str) -> Self {
        let mut at = [0; 64];
        let mut length = 0;
        for (place, byte) in text.bytes().take(MAX_TEXT).enumerate() {
            at[code(byte)] |= 1 << place;
            length += 1;
        }
        Self { at, length }
    }

    /// The slips between the pattern and `text`.
    pub(super) fn slips(&self, text: &str) -> Slips {
        if self.length == 0 {
            return Slips { whole: u32::try_from(text.len()).unwrap_or(u32::MAX), beginning: 0 };
        }
        let last = 1_u128 << (self.length - 1);
        let (mut more, mut less) = (u128::MAX, 0_u128);
        let (mut diagonal, mut equal_before) = (0_u128, 0_u128);
        let mut whole = self.length;
        let mut beginning = whole;
        for byte in text.bytes() {
            let equal = self.at[code(byte)];
            let exchanged = ((!diagonal & equal) << 1) & equal_before;
            diagonal = ((equal & more).wrapping_add(more) ^ more) | equal | less | exchanged;
            let right = less | !(diagonal | more);
            let left = diagonal & more;
            if right & last != 0 {
                whole += 1;
            }
            if left & last != 0 {
                whole -= 1;
            }
            let right = right << 1 | 1;
            more = left << 1 | !(diagonal | right);
            less = diagonal & right;
            equal_before = equal;
            beginning = beginning.min(whole);
        }
        Slips { whole, beginning }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_beginning_may_be_nearer_than_the_whole() {
        let slips = Pattern::new("opneg").slips("opengpts");
        assert_eq!(slips, Slips { whole: 4, beginning: 1 });
    }

    proptest! {
        #[test]
        fn counts_what_strsim_counts(a in "[a-e0-2]{0,40}", b in "[a-e0-2]{0,40}") {
            let slips = Pattern::new(&a).slips(&b);
            prop_assert_eq!(slips.whole as usize, strsim::osa_distance(&a, &b));
            let nearest = (0..=b.len()).map(|end| strsim::osa_distance(&a, &b[..end])).min();
            prop_assert_eq!(Some(slips.beginning as usize), nearest);
        }
    }
}
