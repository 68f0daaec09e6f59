//! How likely a slip is: fingers hit the next key, ears confuse `c` and `k`, a doubled letter is easily written once. Of two
//! names that are as many slips away, the one with the likelier slips was meant.

/// The rows of the keyboard that most people have, each half a key further right than the one above.
const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Letters that stand for the same or a near sound.
const SOUNDS: &[&[u8]] =
    &[b"aeiouy", b"ckq", b"csz", b"gj", b"mn", b"dt", b"bp", b"fv", b"vw", b"lr", b"sx", b"iy", b"uw"];

/// For each letter the letters on the keys around it, a bit each.
const NEIGHBOURS: [u32; 26] = neighbours();
/// For each letter the letters that sound like it, a bit each.
const ALIKE: [u32; 26] = alike();

const fn letter(byte: u8) -> usize {
    (byte - b'a') as usize
}

const fn neighbours() -> [u32; 26] {
    let mut table = [0; 26];
    let mut row = 0;
    while row < ROWS.len() {
        let mut at = 0;
        while at < ROWS[row].len() {
            let own = letter(ROWS[row][at]);
            if at + 1 < ROWS[row].len() {
                let right = letter(ROWS[row][at + 1]);
                table[own] |= 1 << right;
                table[right] |= 1 << own;
            }
            // The key below stands half a key to the right, the one before it half a key to the left.
            if row + 1 < ROWS.len() {
                let mut below = at.saturating_sub(1);
                while below <= at && below < ROWS[row + 1].len() {
                    let other = letter(ROWS[row + 1][below]);
                    table[own] |= 1 << other;
                    table[other] |= 1 << own;
                    below += 1;
                }
            }
            at += 1;
        }
        row += 1;
    }
    table
}

const fn alike() -> [u32; 26] {
    let mut table = [0; 26];
    let mut group = 0;
    while group < SOUNDS.len() {
        let mut a = 0;
        while a < SOUNDS[group].len() {
            let mut b = 0;
            while b < SOUNDS[group].len() {
                table[letter(SOUNDS[group][a])] |= 1 << letter(SOUNDS[group][b]);
                b += 1;
            }
            a += 1;
        }
        group += 1;
    }
    table
}

/// Whether the table has `b` beside `a`.
fn beside(table: &[u32; 26], a: u8, b: u8) -> bool {
    a.is_ascii_lowercase() && b.is_ascii_lowercase() && table[letter(a)] >> letter(b) & 1 == 1
}

/// What it costs to type `typed` for `meant`; an unlikely slip costs 1.
fn exchange(typed: u8, meant: u8) -> f32 {
    if typed.is_ascii_digit() || meant.is_ascii_digit() {
        1.5
    } else if beside(&ALIKE, typed, meant) {
        0.65
    } else if beside(&NEIGHBOURS, typed, meant) {
        0.7
    } else {
        1.0
    }
}

/// The cost of the likeliest way in which `meant` became `typed`. Bytes are compared; both texts are short.
pub(super) fn cost(typed: &str, meant: &str) -> f32 {
    let (t, m) = (typed.as_bytes(), meant.as_bytes());
    let width = m.len() + 1;
    let mut table = vec![0.0_f32; (t.len() + 1) * width];
    for i in 0..=t.len() {
        for j in 0..width {
            let mut best = if i == 0 && j == 0 { 0.0 } else { f32::INFINITY };
            // The first letter is rarely wrong.
            let first = if i <= 1 && j <= 1 { 1.25 } else { 1.0 };
            if i > 0 && j > 0 {
                let step = if t[i - 1] == m[j - 1] { 0.0 } else { first * exchange(t[i - 1], m[j - 1]) };
                best = best.min(table[(i - 1) * width + j - 1] + step);
            }
            if j > 0 {
                // A letter of the name was left out.
                let step = if j > 1 && m[j - 1] == m[j - 2] {
                    0.5
                } else if matches!(m[j - 1], b'a' | b'e' | b'i' | b'o' | b'u' | b'h') {
                    0.8
                } else {
                    0.9
                };
                best = best.min(table[i * width + j - 1] + first * step);
            }
            if i > 0 {
                // A letter too much.
                let step = if i > 1 && t[i - 1] == t[i - 2] {
                    0.6
                } else if i > 1 && beside(&NEIGHBOURS, t[i - 1], t[i - 2])
                    || i < t.len() && beside(&NEIGHBOURS, t[i - 1], t[i])
                {
                    0.85
                } else {
                    1.0
                };
                best = best.min(table[(i - 1) * width + j] + first * step);
            }
            if i > 1 && j > 1 && t[i - 1] == m[j - 2] && t[i - 2] == m[j - 1] && t[i - 1] != t[i - 2] {
                best = best.min(table[(i - 2) * width + j - 2] + 0.65);
            }
            table[i * width + j] = best;
        }
    }
    table.last().copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelier_of_equally_many_slips_costs_less() {
        for (typed, likely, unlikely) in [
            ("daika", "daila", "dabka"),
            ("mastrq", "mastra", "mastro"),
            ("olama", "ollama", "oblama"),
            ("factori", "factory", "factors"),
            ("gtp", "gpt", "gtx"),
            ("cursorr", "cursor", "cursobr"),
        ] {
            assert!(cost(typed, likely) < cost(typed, unlikely), "{typed} for {likely}, not {unlikely}");
        }
    }

    #[test]
    fn keys_that_touch_are_neighbours() {
        let around = |key: u8| {
            (b'a'..=b'z').filter(|&k| beside(&NEIGHBOURS, key, k)).map(char::from).collect::<String>()
        };
        assert_eq!(around(b'g'), "bfhtvy");
        assert_eq!(around(b'q'), "aw");
        assert_eq!(around(b'm'), "jkn");
    }

    #[test]
    fn equal_texts_cost_nothing() {
        assert!(cost("axolotl", "axolotl").abs() < f32::EPSILON);
        assert!(cost("", "").abs() < f32::EPSILON);
    }
}
