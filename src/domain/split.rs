//! The reviewer split: who would ship which of the tools.

use super::{
    compare::SpokenReview,
    review::{Reviewer, Verdict},
};

/// Reviewer by reviewer, the verdicts side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// One row for each reviewer who spoke about any of the tools, in the order in which reviews are shown: the panel in
    /// its own order, then the server's reviewers by name.
    pub rows: Vec<SplitRow>,
}

/// One reviewer's verdicts on the tools of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitRow {
    /// Who.
    pub reviewer: Reviewer,
    /// One item per tool; `None` where the reviewer has not spoken.
    pub verdicts: Vec<Option<Verdict>>,
}

/// What one reviewer's row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// Spoke about every tool and would ship them all (of two: both).
    All,
    /// Spoke about every tool and would ship none (of two: neither).
    None,
    /// Spoke about every tool and would ship these only. Neither empty nor all.
    Only(Vec<usize>),
    /// Has not spoken about every tool. Would ship these of the ones spoken about; may be empty.
    Partial(Vec<usize>),
}

impl Split {
    /// Lays the reviews of each tool side by side.
    pub(super) fn new(reviews: &[&[SpokenReview]]) -> Self {
        let mut spoken: Vec<(usize, &SpokenReview)> = reviews
            .iter()
            .enumerate()
            .flat_map(|(tool, list)| list.iter().map(move |review| (tool, review)))
            .collect();
        spoken.sort_by(|a, b| a.1.order_of_speaker(b.1));
        let mut rows: Vec<SplitRow> = Vec::new();
        for (tool, review) in spoken {
            if rows.last().is_none_or(|row| row.reviewer.id != review.reviewer.id) {
                rows.push(SplitRow {
                    reviewer: review.reviewer.clone(),
                    verdicts: vec![None; reviews.len()],
                });
            }
            if let Some(verdict) = rows.last_mut().and_then(|row| row.verdicts.get_mut(tool)) {
                *verdict = Some(review.review.verdict);
            }
        }
        Self { rows }
    }

    /// The reviewers whose row comes to `pick`.
    pub fn who<'a>(&'a self, pick: &'a Pick) -> impl Iterator<Item = &'a Reviewer> {
        self.rows.iter().filter(move |row| row.pick() == *pick).map(|row| &row.reviewer)
    }
}

impl SplitRow {
    /// What the row comes to.
    #[must_use]
    pub fn pick(&self) -> Pick {
        let ships: Vec<usize> = (0..self.verdicts.len())
            .filter(|tool| self.verdicts.get(*tool) == Some(&Some(Verdict::Ship)))
            .collect();
        if self.verdicts.contains(&None) {
            Pick::Partial(ships)
        } else if ships.is_empty() {
            Pick::None
        } else if ships.len() == self.verdicts.len() {
            Pick::All
        } else {
            Pick::Only(ships)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::compare::tests::{comparison, input};

    fn picks(inputs: &[(&str, &[(&str, Verdict)])]) -> Vec<(String, Pick)> {
        let inputs = inputs.iter().map(|(name, reviews)| input(name, reviews)).collect();
        let split = comparison(inputs).split;
        split.rows.iter().map(|row| (row.reviewer.name.clone(), row.pick())).collect()
    }

    use Verdict::{Ship, Skip};

    #[test]
    fn two_tools_give_both_neither_only_and_partial() {
        let picks = picks(&[
            ("A", &[("builder", Ship), ("skeptic", Skip), ("futurist", Skip), ("founder", Skip)]),
            ("B", &[("creator", Ship), ("skeptic", Ship), ("builder", Ship), ("futurist", Skip)]),
        ]);
        let expected = [
            ("The Builder", Pick::All),
            ("The Skeptic", Pick::Only(vec![1])),
            ("The Futurist", Pick::None),
            ("The Founder", Pick::Partial(vec![])),
            ("The Creator", Pick::Partial(vec![1])),
        ];
        assert_eq!(picks, expected.map(|(name, pick)| (name.to_owned(), pick)));
    }

    #[test]
    fn four_tools_give_each_reviewers_picks() {
        let picks = picks(&[
            ("A", &[("builder", Ship), ("skeptic", Ship)]),
            ("B", &[("builder", Skip), ("skeptic", Ship)]),
            ("C", &[("builder", Ship), ("skeptic", Ship)]),
            ("D", &[("builder", Skip), ("skeptic", Ship)]),
        ]);
        assert_eq!(
            picks,
            [("The Builder".to_owned(), Pick::Only(vec![0, 2])), ("The Skeptic".to_owned(), Pick::All)]
        );
    }

    #[test]
    fn nobody_spoke() {
        assert!(picks(&[("A", &[]), ("B", &[])]).is_empty());
    }
}
