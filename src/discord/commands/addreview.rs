//! `/addreview tool verdict [reviewer] [quote]`: a review of this server's own. Without a quote a form opens for it.

use std::sync::Arc;

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse};

use super::{
    Ctx, asker, compare, draft,
    named::{Named, listed, named},
};
use crate::{
    card::{
        form::{self, input},
        limits,
        moderation::{self, Notes, ReviewChange, Typed},
    },
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        drafts::{Draft, ReviewDraft, Waiting},
        forms::Sent,
        moderators::{typed, undo_button},
    },
    domain::{
        change::State,
        ids::ToolId,
        review::{Reviewer, Verdict},
    },
    error::{Failure, UserError},
    service::moderate::{Done, Moderator, review::NewReview, typed::Field},
};

/// Verb of the form: `add-review:<tool>:<ship or skip>`.
pub const FORM: &str = "add-review";

/// The verdicts as a moderator chooses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, poise::ChoiceParameter)]
pub(super) enum Choice {
    /// 🚢
    #[name = "🚢 Ship it"]
    Ship,
    /// ⏭️
    #[name = "⏭️ Skip it"]
    Skip,
}

/// Moderators: add a review of a tool, seen in this server only.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
pub(super) async fn addreview(
    ctx: Ctx<'_>,
    #[description = "The tool that is reviewed"]
    #[autocomplete = "compare::complete"]
    #[max_length = 100]
    tool: String,
    #[description = "Ship it or skip it"] verdict: Choice,
    #[description = "Who says so: your own name, or a name of this server"]
    #[autocomplete = "complete"]
    #[max_length = 100]
    reviewer: Option<String>,
    // Longer than a quote may be: a pasted one is not turned away, but shortened in the form.
    #[description = "Why; leave it out to write it in a form"]
    #[max_length = 4000]
    quote: Option<String>,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    let by = bot.moderator(&asker).await?;
    let verdict = match verdict {
        Choice::Ship => Verdict::Ship,
        Choice::Skip => Verdict::Skip,
    };
    let reviewer = reviewer.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| asker.name.clone());
    let waiting = Waiting::Review { verdict, reviewer: reviewer.clone(), quote: quote.clone() };
    match named(bot, &asker, &tool, waiting).await? {
        Some(named) => go_on(bot, &asker, by, named, verdict, reviewer, quote).await,
        None => Ok(()),
    }
}

/// Reviewers while they are typed: the moderator first, then the server's own.
async fn complete(ctx: Ctx<'_>, text: &str) -> CreateAutocompleteResponse {
    let Ok(asker) = asker(&ctx) else { return CreateAutocompleteResponse::new() };
    let own = ctx.data().desk.moderation.own_reviewers(asker.server);
    let names = std::iter::once(asker.name.clone()).chain(own.into_iter().map(|reviewer| reviewer.name));
    choices(names, text)
}

/// Names that hold what is typed, each once, as choices.
pub(super) fn choices(names: impl IntoIterator<Item = String>, text: &str) -> CreateAutocompleteResponse {
    let wanted = text.trim().to_lowercase();
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let name = limits::cut(&name, limits::CHOICE);
        if kept.len() < limits::CHOICES && name.to_lowercase().contains(&wanted) && !kept.contains(&name) {
            kept.push(name);
        }
    }
    let choices = kept.into_iter().map(|name| AutocompleteChoice::new(name.clone(), name)).collect();
    CreateAutocompleteResponse::new().set_choices(choices)
}

/// The tool is clear: saves the review, or opens the form for its quote.
pub(super) async fn go_on(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    named: Named,
    verdict: Verdict,
    reviewer: String,
    quote: Option<String>,
) -> Result<(), Failure> {
    let quote = quote.unwrap_or_default();
    let review = ReviewDraft { tool: named.tool, verdict, reviewer, quote };
    if review.quote.trim().is_empty() {
        return open(bot, asker, &review).await;
    }
    save(bot, asker, by, review, named.read_as).await
}

/// Opens the form with what was typed so far.
pub(super) async fn open(bot: &Arc<Bot>, asker: &Asker, review: &ReviewDraft) -> Result<(), Failure> {
    let tool = listed(bot, asker, &review.tool)?;
    let id = custom_id::encode(FORM, &[tool.id.as_str(), review.verdict.word()]).unwrap_or_default();
    let frame = bot.private_frame(asker);
    let form = form::review(&id, &tool.name, review.verdict, &review.reviewer, &review.quote, &frame);
    bot.open_form(asker, &form).await
}

/// The form was sent.
pub(in crate::discord) async fn sent(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &str,
    verdict: &str,
    sent: &Sent,
) -> Result<(), Failure> {
    let verdict = Verdict::of_word(verdict).ok_or_else(|| UserError::new("error-menu-outdated"))?;
    let review = ReviewDraft {
        tool: ToolId::trusted(tool),
        verdict,
        reviewer: sent.text(input::REVIEWER),
        quote: sent.text(input::QUOTE),
    };
    match bot.moderator_of_form(asker, &typed_review(&review)).await? {
        Some(by) => save(bot, asker, by, review, None).await,
        None => Ok(()),
    }
}

async fn save(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    review: ReviewDraft,
    read_as: Option<String>,
) -> Result<(), Failure> {
    let new = NewReview {
        tool: review.tool.clone(),
        verdict: review.verdict,
        reviewer: review.reviewer.clone(),
        quote: review.quote.clone(),
    };
    match bot.desk.moderation.add_review(by, &new).await {
        Ok(done) => {
            bot.show_cards_of(by, done.tool.id.clone());
            let card = saved(bot, asker, &done, read_as)?;
            bot.settle(asker, &[card]).await
        }
        Err(refusal) => {
            let typed = typed_review(&review);
            bot.refuse(asker, refusal, &typed, |_| {
                let key = bot.keep(asker, Draft::Review(review));
                vec![("moderation-correct", draft::id(&key, draft::TEXTS))]
            })
            .await
        }
    }
}

/// Confirms a review that was added or removed.
pub(super) fn saved(
    bot: &Bot,
    asker: &Asker,
    done: &Done,
    read_as: Option<String>,
) -> Result<crate::card::Card, Failure> {
    let review = |state: &Option<State>| match state {
        Some(State::Review(review)) => Some(review.clone()),
        _ => None,
    };
    let (before, after) = (review(&done.before), review(&done.after));
    let (shown, change) = match (&before, &after) {
        (_, Some(after)) if done.change.is_none() => (after, ReviewChange::Same),
        (Some(before), Some(after)) => (after, ReviewChange::Replaced(before)),
        (None, Some(after)) => (after, ReviewChange::Added),
        (Some(before), None) => (before, ReviewChange::Removed),
        (None, None) => return Err(UserError::new("moderation-review-gone").into()),
    };
    let view = bot.questions.view(asker.server);
    let reviewer = view.reviewer(&shown.reviewer).cloned();
    let reviewer = reviewer.unwrap_or_else(|| Reviewer::unseated(&shown.reviewer));
    let undo = undo_button(done.change);
    let notes = Notes { undo, read_as, tidied: done.tidied, shared: false, on_cards: Some(true) };
    let frame = bot.private_frame(asker);
    Ok(moderation::review_saved(&done.tool.name, &reviewer, shown, change, &notes, &frame))
}

fn typed_review(review: &ReviewDraft) -> Vec<Typed> {
    vec![typed(Field::Reviewer, &review.reviewer), typed(Field::Quote, &review.quote)]
}
