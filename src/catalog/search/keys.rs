//! How likely a slip is: fingers hit the next key, ears confuse `c` and `k`, a doubled letter is easily written once. Of two
//! names that are as many slips away, the one with the likelier slips was meant.

/// The rows of the keyboard that most people have, each half a key further right than the one above.
const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Letters that stand for the same or a near sound.
const SOUNDS: &[&[u8]] =
    &[b"aeiouy", b"ckq", b"csz", b"gj", b"mn", b"dt", b"bp", b"fv", b"vw", b"lr", b"sx", b"iy", b"uw"];

fn place(letter: u8) -> Option<(usize, usize)> {
    ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.iter().position(|&k| k == letter)?)))
}

/// Whether two keys touch.
fn neighbours(a: u8, b: u8) -> bool {
    let (Some((row, at)), Some((other_row, other_at))) = (place(a), place(b)) else { return false };
    match other_row.cmp(&row) {
        std::cmp::Ordering::Equal => at.abs_diff(other_at) == 1,
        std::cmp::Ordering::Greater if other_row - row == 1 => other_at == at || other_at + 1 == at,
        std::cmp::Ordering::Less if row - other_row == 1 => other_at == at || other_at == at + 1,
        _ => false,
    }
}

fn alike(a: u8, b: u8) -> bool {
    SOUNDS.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// What it costs to type `typed` for `meant`; an unlikely slip costs 1.
fn exchange(typed: u8, meant: u8) -> f32 {
    if typed.is_ascii_digit() || meant.is_ascii_digit() {
        1.5
    } else if alike(typed, meant) {
        0.65
    } else if neighbours(typed, meant) {
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
                } else if i > 1 && neighbours(t[i - 1], t[i - 2]) || i < t.len() && neighbours(t[i - 1], t[i])
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
    fn equal_texts_cost_nothing() {
        assert!(cost("axolotl", "axolotl").abs() < f32::EPSILON);
        assert!(cost("", "").abs() < f32::EPSILON);
    }
}
