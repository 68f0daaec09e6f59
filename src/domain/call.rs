//! The call: what the panel says, what the community says, and whether they agree.
//!
//! It says who is ahead and how sure that is, never who won.

use std::cmp::Ordering;

use super::{
    posterior::probabilities_of_being_best,
    score::{EARLY_BELOW, PANEL_CALLS_FROM, Score, Tally},
};

/// From this probability on, the community leans to its leader; below, it is too close to call.
pub const LEANS_FROM: f64 = 0.95;

/// What panel and community say about the tools of a comparison. Tools are named by their place in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The panel's part.
    pub panel: PanelCall,
    /// The community's part.
    pub community: CommunityCall,
}

impl Call {
    /// Makes the call. `panel` and `community` hold one item per tool, in the same order; a community of `None` is not
    /// known (there is no store).
    #[must_use]
    pub fn new(panel: &[Score], community: &[Option<Tally>]) -> Self {
        Self { panel: PanelCall::new(panel), community: CommunityCall::new(community) }
    }

    /// Whether both name a leader and the leaders differ.
    #[must_use]
    pub fn is_disagreement(&self) -> bool {
        matches!((self.panel.called_leader(), self.community.leader()), (Some(a), Some(b)) if a != b)
    }

    /// The tool that both lean to.
    #[must_use]
    pub fn agreed_leader(&self) -> Option<usize> {
        self.panel.called_leader().filter(|leader| self.community.leader() == Some(*leader))
    }
}

/// The panel's part of the call, by exact fractions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelCall {
    /// Who leads.
    pub standing: Standing,
    /// Tools with fewer than [`PANEL_CALLS_FROM`] reviews. When there are any, the standing is reported, not called.
    pub thin: Vec<usize>,
}

/// Who leads on the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No tool has a review.
    NoReviews,
    /// One tool has reviews, so there is nothing to compare it with.
    OnlyOne {
        /// The tool with reviews.
        tool: usize,
    },
    /// One tool has the highest ship rate.
    Leads {
        /// That tool.
        leader: usize,
        /// The tools with reviews that it leads, the best first, ties in the order of the comparison.
        others: Vec<usize>,
        /// How far it leads the next one, in percent points, half rounded up; 0 when the lead is under half a point.
        points: u8,
    },
    /// Several tools share the highest ship rate.
    Tie {
        /// Those tools, in the order of the comparison.
        tools: Vec<usize>,
        /// The other tools with reviews, the best first.
        others: Vec<usize>,
    },
}

impl PanelCall {
    /// Makes the panel's part from the reviews of each tool.
    #[must_use]
    pub fn new(scores: &[Score]) -> Self {
        let thin = places(scores, |score| score.total() < PANEL_CALLS_FROM);
        let mut ranked = places(scores, |score| score.total() > 0);
        let by_rate = |a: &usize, b: &usize| {
            let (Some(a), Some(b)) = (scores.get(*a), scores.get(*b)) else { return Ordering::Equal };
            b.compare_rate(*a).unwrap_or(Ordering::Equal)
        };
        ranked.sort_by(by_rate);
        let standing = match ranked.as_slice() {
            [] => Standing::NoReviews,
            [tool] => Standing::OnlyOne { tool: *tool },
            [leader, others @ ..] => {
                let tied = others.iter().take_while(|other| by_rate(leader, other).is_eq()).count();
                if tied == 0 {
                    let points =
                        others.first().map_or(0, |next| lead_in_points(scores[*leader], scores[*next]));
                    Standing::Leads { leader: *leader, others: others.to_vec(), points }
                } else {
                    let (tools, others) = ranked.split_at(tied + 1);
                    Standing::Tie { tools: tools.to_vec(), others: others.to_vec() }
                }
            }
        };
        Self { standing, thin }
    }

    /// Whether it is a call: every tool has reviews enough.
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.thin.is_empty()
    }

    /// The leader, when the panel's lead is called.
    #[must_use]
    pub fn called_leader(&self) -> Option<usize> {
        match self.standing {
            Standing::Leads { leader, .. } if self.is_called() => Some(leader),
            _ => None,
        }
    }
}

/// The community's part of the call.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunityCall {
    /// What its votes say.
    pub verdict: CommunityVerdict,
    /// Tools with fewer than [`EARLY_BELOW`] ballots: too few votes, so they are left out.
    pub too_few: Vec<usize>,
}

/// What the votes of a community say.
#[derive(Debug, Clone, PartialEq)]
pub enum CommunityVerdict {
    /// Votes are not known here (there is no store).
    Unknown,
    /// No tool has a ballot.
    NoVotes,
    /// Fewer than two tools have ballots enough to compare.
    TooFewVotes,
    /// One tool's ship rate is above every other's with a probability of at least [`LEANS_FROM`].
    Leans {
        /// That tool.
        leader: usize,
        /// The tools that were compared with it, the most probable first.
        others: Vec<usize>,
        /// The probability.
        probability: f64,
    },
    /// No tool is that likely to be the best.
    TooClose {
        /// The tool that is the best most probably.
        leader: usize,
        /// The tools that were compared with it, the most probable first.
        others: Vec<usize>,
        /// The probability that the leader's ship rate is above every other's.
        probability: f64,
    },
}

impl CommunityCall {
    /// Makes the community's part from the tallies of each tool.
    ///
    /// Its leader is the tool whose ship rate is above every other's most probably, not the one with the highest bare
    /// percentage: 5 of 5 does not lead 999 of 1,000.
    #[must_use]
    pub fn new(tallies: &[Option<Tally>]) -> Self {
        let Some(tallies) = tallies.iter().copied().collect::<Option<Vec<Tally>>>() else {
            return Self { verdict: CommunityVerdict::Unknown, too_few: Vec::new() };
        };
        let too_few = places(&tallies, |tally| tally.ballots() < EARLY_BELOW);
        let counted = places(&tallies, |tally| tally.ballots() >= EARLY_BELOW);
        let verdict = if tallies.iter().all(|tally| tally.ballots() == 0) {
            CommunityVerdict::NoVotes
        } else if counted.len() < 2 {
            CommunityVerdict::TooFewVotes
        } else {
            let scores: Vec<Score> = counted.iter().map(|tool| tallies[*tool].score()).collect();
            let mut ranked: Vec<(usize, f64)> =
                counted.into_iter().zip(probabilities_of_being_best(&scores)).collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
            let (leader, probability) = ranked.first().copied().unwrap_or_default();
            let others = ranked.iter().skip(1).map(|(tool, _)| *tool).collect();
            if probability >= LEANS_FROM {
                CommunityVerdict::Leans { leader, others, probability }
            } else {
                CommunityVerdict::TooClose { leader, others, probability }
            }
        };
        Self { verdict, too_few }
    }

    /// The tool that the community leans to.
    #[must_use]
    pub const fn leader(&self) -> Option<usize> {
        match self.verdict {
            CommunityVerdict::Leans { leader, .. } => Some(leader),
            _ => None,
        }
    }
}

/// The places of the items that fit.
fn places<T>(items: &[T], fits: impl Fn(&T) -> bool) -> Vec<usize> {
    items.iter().enumerate().filter(|(_, item)| fits(item)).map(|(place, _)| place).collect()
}

/// The difference of two ship rates in percent points, half rounded up. `ahead` is not behind, and both have counts.
fn lead_in_points(ahead: Score, behind: Score) -> u8 {
    let total = |score: Score| u128::from(score.ship) + u128::from(score.skip);
    // a/m - b/n = (a·n - b·m) / (m·n). Counts of reviews are small; huge ones (no real reviews) are scaled down first.
    let shift = 128_u32.saturating_sub(total(ahead).max(total(behind)).leading_zeros()).saturating_sub(56);
    let (a, m) = (u128::from(ahead.ship) >> shift, (total(ahead) >> shift).max(1));
    let (b, n) = (u128::from(behind.ship) >> shift, (total(behind) >> shift).max(1));
    let difference = (a * n).saturating_sub(b * m);
    u8::try_from((difference * 200 + m * n) / (m * n * 2)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(ship: u64, skip: u64) -> Option<Tally> {
        Some(Tally { ship, skip, held: 0 })
    }

    #[test]
    fn the_panel_leads_by_fractions() {
        let call = PanelCall::new(&[Score::new(2, 2), Score::new(3, 1)]);
        assert_eq!(call.standing, Standing::Leads { leader: 1, others: vec![0], points: 25 });
        assert_eq!(call.called_leader(), Some(1));
        // The same whole percent, and still a lead.
        let call = PanelCall::new(&[Score::new(667, 333), Score::new(2, 1)]);
        assert_eq!(call.standing, Standing::Leads { leader: 0, others: vec![1], points: 0 });
    }

    #[test]
    fn equal_fractions_are_a_tie() {
        let call = PanelCall::new(&[Score::new(2, 2), Score::new(1, 3), Score::new(3, 3)]);
        assert_eq!(call.standing, Standing::Tie { tools: vec![0, 2], others: vec![1] });
        assert_eq!(call.called_leader(), None);
    }

    #[test]
    fn a_thin_panel_is_reported_not_called() {
        let call = PanelCall::new(&[Score::new(2, 0), Score::new(1, 3)]);
        assert_eq!(call.standing, Standing::Leads { leader: 0, others: vec![1], points: 75 });
        assert_eq!((call.thin.as_slice(), call.called_leader()), (&[0][..], None));
        assert_eq!(
            PanelCall::new(&[Score::new(2, 2), Score::default()]).standing,
            Standing::OnlyOne { tool: 0 }
        );
        assert_eq!(PanelCall::new(&[Score::default(); 2]).standing, Standing::NoReviews);
    }

    #[test]
    fn the_community_leans_from_95_percent() {
        let verdict = |tallies: &[Option<Tally>]| CommunityCall::new(tallies).verdict;
        assert!(matches!(verdict(&[tally(30, 4), tally(10, 20)]), CommunityVerdict::Leans { leader: 0, .. }));
        assert!(matches!(
            verdict(&[tally(10, 9), tally(9, 10)]),
            CommunityVerdict::TooClose { leader: 0, .. }
        ));
        assert_eq!(verdict(&[tally(0, 0), tally(0, 0)]), CommunityVerdict::NoVotes);
        assert_eq!(verdict(&[tally(4, 0), tally(50, 2)]), CommunityVerdict::TooFewVotes);
        assert_eq!(verdict(&[None, tally(50, 2)]), CommunityVerdict::Unknown);
    }

    #[test]
    fn tools_with_few_votes_are_left_out_and_named() {
        let call = CommunityCall::new(&[tally(4, 0), tally(1, 40), tally(40, 1), tally(0, 0)]);
        assert_eq!(call.too_few, [0, 3]);
        assert!(matches!(&call.verdict, CommunityVerdict::Leans { leader: 2, others, .. } if others == &[1]));
    }

    #[test]
    fn held_marks_are_no_ballots() {
        let held = Some(Tally { ship: 2, skip: 2, held: 100 });
        assert_eq!(CommunityCall::new(&[held, tally(9, 9)]).too_few, [0]);
    }

    #[test]
    fn a_perfect_few_does_not_lead_a_proven_many() {
        let call = CommunityCall::new(&[tally(5, 0), tally(999, 1)]);
        assert_eq!(call.leader(), Some(1));
    }

    #[test]
    fn they_disagree_when_both_name_a_leader_and_the_leaders_differ() {
        let panel = [Score::new(1, 3), Score::new(3, 1)];
        let call = Call::new(&panel, &[tally(40, 2), tally(10, 30)]);
        assert!(call.is_disagreement());
        assert_eq!(call.agreed_leader(), None);
        let call = Call::new(&panel, &[tally(10, 30), tally(40, 2)]);
        assert_eq!((call.is_disagreement(), call.agreed_leader()), (false, Some(1)));
        let call = Call::new(&panel, &[tally(10, 10), tally(10, 10)]);
        assert_eq!((call.is_disagreement(), call.agreed_leader()), (false, None));
        // A reported lead names nobody.
        assert!(
            !Call::new(&[Score::new(1, 3), Score::new(2, 0)], &[tally(40, 2), tally(10, 30)])
                .is_disagreement()
        );
    }

    #[test]
    fn leads_are_whole_points_at_any_size() {
        assert_eq!(lead_in_points(Score::new(u64::MAX, 0), Score::new(0, u64::MAX)), 100);
        assert_eq!(lead_in_points(Score::new(3, 1), Score::new(2, 2)), 25);
        assert_eq!(lead_in_points(Score::new(2, 1), Score::new(1, 2)), 33);
    }
}
