//! Panel and community score: counts, whole percents, and the order of a leaderboard.
//!
//! A score is always its two counts; percents are made of them when they are shown and never calculated with.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::review::{Review, Verdict};

/// Under this number of ballots a community score is marked as early, and the call leaves the tool out.
pub const EARLY_BELOW: u64 = 5;

/// Under this number of reviews on a side, the panel's lead is reported, not called.
pub const PANEL_CALLS_FROM: u64 = 3;

/// How many said ship and how many said skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Score {
    /// Number of ship verdicts or ballots.
    pub ship: u64,
    /// Number of skip verdicts or ballots.
    pub skip: u64,
}

impl Score {
    /// A score of so many ship and so many skip.
    #[must_use]
    pub const fn new(ship: u64, skip: u64) -> Self {
        Self { ship, skip }
    }

    /// Counts verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        verdicts.into_iter().fold(Self::default(), |score, verdict| match verdict {
            Verdict::Ship => Self { ship: score.ship + 1, ..score },
            Verdict::Skip => Self { skip: score.skip + 1, ..score },
        })
    }

    /// Ship and skip together.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.ship.saturating_add(self.skip)
    }

    /// Both counted together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { ship: self.ship.saturating_add(other.ship), skip: self.skip.saturating_add(other.skip) }
    }

    /// Ship in whole percent, half rounded up; `None` when nobody spoke.
    #[must_use]
    pub fn percent(self) -> Option<u8> {
        let (ship, total) = (u128::from(self.ship), u128::from(self.ship) + u128::from(self.skip));
        // Half up in integers: floor(ship / total * 100 + 1/2).
        ((ship * 200 + total).checked_div(total * 2)).and_then(|percent| u8::try_from(percent).ok())
    }

    /// Compares two ship rates as exact fractions. `None` when one of them has no counts.
    #[must_use]
    pub fn compare_rate(self, other: Self) -> Option<Ordering> {
        let total = |s: Self| u128::from(s.ship) + u128::from(s.skip);
        (total(self) > 0 && total(other) > 0)
            .then(|| (u128::from(self.ship) * total(other)).cmp(&(u128::from(other.ship) * total(self))))
    }

    /// Lower end of the 95 % Wilson score interval of the ship rate, 0 to 1; 0 when nobody spoke.
    ///
    /// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).
    #[must_use]
    pub fn wilson_lower(self) -> f64 {
        /// 97.5 % quantile of the standard normal distribution.
        const Z: f64 = 1.959_963_984_540_054;
        if self.ship == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 are no counts of people")]
        let (ship, total) = (self.ship as f64, self.total() as f64);
        let rate = ship / total;
        let z2 = Z * Z;
        let spread = Z * (rate * (1.0 - rate) / total + z2 / (4.0 * total * total)).sqrt();
        ((rate + z2 / (2.0 * total) - spread) / (1.0 + z2 / total)).max(0.0)
    }
}

/// The panel's score of one tool: the operator's reviews and this server's own, counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PanelScore {
    /// Reviews of the base catalog.
    pub base: Score,
    /// Reviews of this server.
    pub server: Score,
}

impl PanelScore {
    /// Counts the reviews of both scopes.
    #[must_use]
    pub fn of(base: &[Review], server: &[Review]) -> Self {
        let count = |reviews: &[Review]| Score::of(reviews.iter().map(|review| review.verdict));
        Self { base: count(base), server: count(server) }
    }

    /// What counts here: both together.
    #[must_use]
    pub const fn here(self) -> Score {
        self.base.plus(self.server)
    }
}

/// The ballots of one tool in one server, and how many marks are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Members whose ballot is ship.
    pub ship: u64,
    /// Members whose ballot is skip.
    pub skip: u64,
    /// Marks that stand but are held back by a rule; they are no ballots.
    #[serde(default)]
    pub held: u64,
}

impl Tally {
    /// The counts that make the community score.
    #[must_use]
    pub const fn score(self) -> Score {
        Score::new(self.ship, self.skip)
    }

    /// Number of ballots; held marks are none.
    #[must_use]
    pub const fn ballots(self) -> u64 {
        self.score().total()
    }

    /// Whether the score rests on so few ballots that it is marked as early (one to four).
    #[must_use]
    pub const fn is_early(self) -> bool {
        self.ballots() > 0 && self.ballots() < EARLY_BELOW
    }
}

/// The ballots of one base tool over all servers. Names no server and no member; may lag by a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Everywhere {
    /// Ship ballots in all servers.
    pub ship: u64,
    /// Skip ballots in all servers.
    pub skip: u64,
    /// Servers with at least one ballot for the tool.
    pub servers: u64,
}

impl Everywhere {
    /// The counts that make the score.
    #[must_use]
    pub const fn score(self) -> Score {
        Score::new(self.ship, self.skip)
    }

    /// Whether it says more than this server's own score does: more than one server voted.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        self.servers > 1
    }
}

/// Orders the rows of a leaderboard, best first: by the lower end of the 95 % Wilson interval, ties by count, then by name.
#[must_use]
pub fn leaderboard_order(a: (Score, &str), b: (Score, &str)) -> Ordering {
    b.0.wilson_lower()
        .total_cmp(&a.0.wilson_lower())
        .then_with(|| b.0.total().cmp(&a.0.total()))
        .then_with(|| a.1.cmp(b.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percents_are_whole_and_rounded_half_up() {
        for (ship, skip, percent) in
            [(1, 1, 50), (3, 1, 75), (1, 2, 33), (2, 1, 67), (1, 7, 13), (3, 5, 38), (0, 4, 0)]
        {
            assert_eq!(Score::new(ship, skip).percent(), Some(percent), "{ship} of {}", ship + skip);
        }
        assert_eq!(Score::default().percent(), None);
        // 199 of 200 is 99.5 %: half up means 100, and it stays within u8 at the ends of the counts.
        assert_eq!(Score::new(199, 1).percent(), Some(100));
        assert_eq!(Score::new(u64::MAX, u64::MAX).percent(), Some(50));
    }

    #[test]
    fn rates_are_compared_as_fractions() {
        // 2/3 and 6667/10000 show the same percent and are not the same.
        assert_eq!(Score::new(2, 1).compare_rate(Score::new(6667, 3333)), Some(Ordering::Less));
        assert_eq!(Score::new(2, 1).compare_rate(Score::new(4, 2)), Some(Ordering::Equal));
        assert_eq!(Score::new(2, 1).compare_rate(Score::default()), None);
    }

    #[test]
    fn the_wilson_bound_agrees_with_known_values() {
        // Checked by hand with the formula in exact arithmetic: 1 of 1, 8 of 10, 90 of 100.
        for (ship, skip, bound) in [(1, 0, 0.206_549_3), (8, 2, 0.490_162_5), (90, 10, 0.825_634_3)] {
            assert!((Score::new(ship, skip).wilson_lower() - bound).abs() < 1e-6, "{ship} {skip}");
        }
        assert_eq!(Score::new(0, 9).wilson_lower(), 0.0);
    }

    #[test]
    fn many_votes_beat_a_perfect_few() {
        let mut rows = [
            (Score::new(3, 0), "three of three"),
            (Score::new(90, 10), "ninety of a hundred"),
            (Score::default(), "nobody"),
            (Score::new(0, 2), "two skips"),
            (Score::new(0, 2), "another with two skips"),
        ];
        rows.sort_by(|a, b| leaderboard_order(*a, *b));
        assert_eq!(
            rows.map(|row| row.1),
            ["ninety of a hundred", "three of three", "another with two skips", "two skips", "nobody"]
        );
    }

    proptest! {
        #[test]
        fn the_bound_lies_below_the_rate_and_grows_with_a_ship(ship in 0_u64..100_000, skip in 0_u64..100_000) {
            let score = Score::new(ship, skip);
            let bound = score.wilson_lower();
            prop_assert!((0.0..=1.0).contains(&bound));
            if score.total() > 0 {
                prop_assert!(bound <= ship as f64 / score.total() as f64 + 1e-12);
            }
            prop_assert!(Score::new(ship + 1, skip).wilson_lower() >= bound);
            prop_assert!(Score::new(ship, skip + 1).wilson_lower() <= bound);
        }

        #[test]
        fn the_percent_is_the_nearest(ship in 0_u64..1_000_000, skip in 0_u64..1_000_000) {
            prop_assume!(ship + skip > 0);
            let percent = Score::new(ship, skip).percent().unwrap();
            let exact = ship as f64 * 100.0 / (ship + skip) as f64;
            prop_assert!((f64::from(percent) - exact).abs() <= 0.5 + 1e-9);
        }
    }
}
