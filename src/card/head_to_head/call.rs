//! The call in a sentence or two.

use super::Build;
use crate::{
    card::{
        Rich,
        words::{self, Votes, Voting},
    },
    domain::{
        call::{CommunityVerdict, Standing},
        score::Score,
    },
};

impl Build<'_> {
    /// What panel and community say: in one sentence when both name a leader, else one after the other.
    pub(super) fn call(&self) -> Rich {
        let call = &self.comparison.call;
        let panel_rates =
            |leader: usize, others: &[usize]| self.rates(leader, others, |tool| self.panel(tool));
        let votes_rates =
            |leader: usize, others: &[usize]| self.rates(leader, others, |tool| self.community(tool));
        let mut body = match (&call.panel.standing, &call.community.verdict) {
            (
                Standing::Leads { leader, others, .. },
                CommunityVerdict::Leans { leader: voted, others: behind, .. },
            ) if call.panel.is_called() => {
                let rates = [
                    ("panel", panel_rates(*leader, others).into()),
                    ("community", votes_rates(*voted, behind).into()),
                ];
                let [panel, community] = rates;
                if leader == voted {
                    self.sentence("call-agree", &[("tool", self.strong(*leader)), panel, community])
                } else {
                    let tools = [("panelTool", self.strong(*leader)), ("communityTool", self.strong(*voted))];
                    let [panel_tool, community_tool] = tools;
                    self.sentence("call-disagree", &[panel_tool, community_tool, panel, community])
                }
            }
            _ => {
                let mut panel = self.panel_sentence();
                panel.next(self.community_sentence());
                panel
            }
        };
        let decided = matches!(
            call.community.verdict,
            CommunityVerdict::Leans { .. } | CommunityVerdict::TooClose { .. }
        );
        if decided && !call.community.too_few.is_empty() {
            body.next(
                self.sentence("call-community-left-out", &[("tools", self.names(&call.community.too_few))]),
            );
        }
        body
    }

    fn panel_sentence(&self) -> Rich {
        let panel = &self.comparison.call.panel;
        match &panel.standing {
            Standing::NoReviews => self.sentence("call-panel-none", &[]),
            Standing::OnlyOne { tool } => {
                let args =
                    [("tool", self.strong(*tool)), ("percent", self.percent(self.panel(*tool)).into())];
                self.sentence("call-panel-only", &args)
            }
            Standing::Tie { tools, .. } => {
                let percent = tools.first().map(|tool| self.percent(self.panel(*tool))).unwrap_or_default();
                self.sentence("call-panel-tie", &[("tools", self.names(tools)), ("percent", percent.into())])
            }
            Standing::Leads { leader, others, points } => {
                let rates = self.rates(*leader, others, |tool| self.panel(tool));
                let (tool, rates) = (("tool", self.strong(*leader)), ("rates", rates.into()));
                if !panel.is_called() {
                    self.sentence("call-panel-reported", &[tool, rates, ("thin", self.names(&panel.thin))])
                } else if *points == 0 {
                    self.sentence("call-panel-leans-barely", &[tool])
                } else {
                    self.sentence("call-panel-leans", &[tool, rates])
                }
            }
        }
    }

    fn community_sentence(&self) -> Rich {
        match &self.comparison.call.community.verdict {
            _ if matches!(self.frame.votes, Votes::Unknown(_)) => Rich::default(),
            CommunityVerdict::Unknown => Rich::default(),
            CommunityVerdict::NoVotes if self.frame.voting == Voting::Open => {
                self.sentence("call-community-none-invite", &[])
            }
            CommunityVerdict::NoVotes => self.sentence("call-community-none", &[]),
            CommunityVerdict::TooFewVotes => {
                let too_few = &self.comparison.call.community.too_few;
                let key = if too_few.len() == self.comparison.tools.len() {
                    "call-community-few"
                } else {
                    "call-community-few-some"
                };
                self.sentence(key, &[("tools", self.names(too_few))])
            }
            CommunityVerdict::TooClose { .. } => self.sentence("call-community-close", &[]),
            CommunityVerdict::Leans { leader, others, .. } => {
                let rates = self.rates(*leader, others, |tool| self.community(tool));
                self.sentence(
                    "call-community-leans",
                    &[("tool", self.strong(*leader)), ("rates", rates.into())],
                )
            }
        }
    }

    fn panel(&self, tool: usize) -> Score {
        self.comparison.tools.get(tool).map(|view| view.panel.here()).unwrap_or_default()
    }

    fn community(&self, tool: usize) -> Score {
        self.comparison.tools.get(tool).and_then(|view| view.here).unwrap_or_default().score()
    }

    fn percent(&self, score: Score) -> String {
        score.percent().map_or_else(|| words::NOTHING.to_owned(), |percent| self.text.percent(percent))
    }

    /// "75% to 50%"; with more tools "75% to 50% and 25%".
    fn rates(&self, leader: usize, others: &[usize], score: impl Fn(usize) -> Score) -> String {
        let others: Vec<String> = others.iter().map(|other| self.percent(score(*other))).collect();
        let args =
            [("leader", self.percent(score(leader)).into()), ("others", self.text.list(&others).into())];
        self.text.get("call-rates", &args)
    }
}
