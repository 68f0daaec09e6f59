//! Reviews of a server's own, and who gives them.

use super::{
    Done, MOST_REVIEWS, Moderation, Moderator, Refusal, Step, listed,
    typed::{Fault, Field, faults},
};
use crate::{
    catalog::{
        fold::{caseless, fold},
        limits::IMPORT,
        tidy, typed,
        view::View,
    },
    domain::{
        change::{State, Subject},
        ids::{ReviewerId, ServerId, ToolId},
        review::{Review, Reviewer, Verdict},
    },
    error::UserError,
};

/// A review as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview {
    /// Of which tool.
    pub tool: ToolId,
    /// Ship or skip.
    pub verdict: Verdict,
    /// Whose: a name of the server's own.
    pub reviewer: String,
    /// In the reviewer's words.
    pub quote: String,
}

impl Moderation {
    /// Adds a review to a tool that this server sees. A reviewer's second review of a tool replaces the first.
    ///
    /// # Errors
    /// Everything that is wrong with what was typed, or a fault of the store.
    pub async fn add_review(&self, by: Moderator, new: &NewReview) -> Result<Done, Refusal> {
        let today = self.clock.now().date();
        let _turn = self.turn(by.server).await;
        let view = self.view(by.server);
        let listing = listed(&view, &new.tool)?;
        let tool = listing.tool.as_ref().clone();
        let reviewer = reviewer(&view, &new.reviewer);
        let id = reviewer.as_ref().map_or_else(|_| ReviewerId::for_server(""), |known| known.id.clone());
        let review = typed::review(&id, new.verdict, &new.quote, today).map_err(faults);
        let (reviewer, review) = match (reviewer, review) {
            (Ok(reviewer), Ok(review)) => (reviewer, review),
            (reviewer, review) => {
                let wrong = reviewer.err().into_iter().flatten();
                return Err(Refusal::Faults(wrong.chain(review.err().into_iter().flatten()).collect()));
            }
        };
        let subject = Subject::Review(tool.id.clone(), reviewer.id.clone());
        let before = self.state(by, &subject).await?;
        if before.is_none() {
            room(&view, listing.server_reviews.len())?;
        }
        let mut steps = Vec::with_capacity(2);
        if view.reviewer(&reviewer.id).is_none() {
            let subject = Subject::Reviewer(reviewer.id.clone());
            let before = self.state(by, &subject).await?;
            steps.push(Step { subject, before, after: Some(State::Reviewer(reviewer)) });
        }
        let after = Some(State::Review(review));
        steps.push(Step { subject: subject.clone(), before: before.clone(), after: after.clone() });
        let change = self.commit(by, steps).await?;
        let tidied = tidy::hides(&new.quote) || tidy::hides(&new.reviewer);
        Ok(Done { change, tool_before: Some(tool.clone()), tool, subject, before, after, tidied })
    }

    /// Takes a review of this server away. Reviews of the shared catalog stay.
    ///
    /// # Errors
    /// `moderation-review-gone` when there is none, or a fault of the store.
    pub async fn remove_review(
        &self,
        by: Moderator,
        tool: &ToolId,
        reviewer: &ReviewerId,
    ) -> Result<Done, Refusal> {
        let _turn = self.turn(by.server).await;
        let tool = listed(&self.view(by.server), tool)?.tool.as_ref().clone();
        let subject = Subject::Review(tool.id.clone(), reviewer.clone());
        let before = self.state(by, &subject).await?;
        if before.is_none() {
            return Err(UserError::new("moderation-review-gone").into());
        }
        let step = Step { subject: subject.clone(), before: before.clone(), after: None };
        let change = self.commit(by, vec![step]).await?;
        Ok(Done {
            change,
            tool_before: Some(tool.clone()),
            tool,
            subject,
            before,
            after: None,
            tidied: false,
        })
    }

    /// The server's own reviewers, by name.
    #[must_use]
    pub fn own_reviewers(&self, server: ServerId) -> Vec<Reviewer> {
        let mut own = self.view(server).reviewers();
        own.retain(|reviewer| reviewer.id.is_server_made());
        own.sort_by(|a, b| a.name.cmp(&b.name));
        own
    }

    /// This server's reviews of a tool, with the names of those who gave them.
    #[must_use]
    pub fn own_reviews(&self, server: ServerId, tool: &ToolId) -> Vec<(Reviewer, Review)> {
        let view = self.view(server);
        let reviews = view.tool(tool).map(|listing| listing.server_reviews).unwrap_or_default();
        let named = |review: &Review| {
            let reviewer = view.reviewer(&review.reviewer).cloned();
            (reviewer.unwrap_or_else(|| Reviewer::unseated(&review.reviewer)), review.clone())
        };
        reviews.iter().map(named).collect()
    }
}

/// The reviewer of the server who is meant by a name: a known one, or a new one.
///
/// Names that read the same are one reviewer. The panel, and reviewers of the operator, cannot be spoken for.
fn reviewer(view: &View, name: &str) -> Result<Reviewer, Vec<Fault>> {
    let mut name = typed::reviewer_name(name).map_err(|problems| {
        faults(problems)
            .into_iter()
            .map(|fault| Fault { field: Field::Reviewer, ..fault })
            .collect::<Vec<_>>()
    })?;
    let folded = fold(&name);
    // A name of symbols only is told apart by the symbols themselves.
    let key = if folded.is_empty() { caseless(&name) } else { folded.text().to_owned() };
    let reads_like = |other: &str| {
        let other = fold(other);
        !other.is_empty() && other.text() == folded.text()
    };
    let id = ReviewerId::for_server(&key);
    let known = view.reviewers();
    if let Some(other) = known.iter().filter(|other| !other.id.is_server_made()).find(|other| {
        reads_like(&other.name)
            || reads_like(other.id.as_str())
            || (!other.role.is_empty() && reads_like(&other.role))
    }) {
        let what = UserError::new("moderation-reviewer-of-panel").with("name", &other.name);
        return Err(vec![Fault { field: Field::Reviewer, what }]);
    }
    if let Some(known) = known.into_iter().find(|known| known.id == id) {
        name = known.name;
    }
    Ok(Reviewer { id, name, role: String::new(), motto: String::new() })
}

fn room(view: &View, of_tool: usize) -> Result<(), Refusal> {
    let (_, all) = view.own_len();
    let what = if of_tool >= IMPORT.reviews {
        UserError::new("moderation-many-reviews").with("max", IMPORT.reviews)
    } else if all >= MOST_REVIEWS {
        UserError::new("moderation-many-reviews-all").with("max", MOST_REVIEWS)
    } else {
        return Ok(());
    };
    Err(Fault { field: Field::Reviewer, what }.into())
}
