//! `/removereview tool [reviewer]`: takes a review of this server away, after asking.

use std::sync::Arc;

use serenity::all::{CommandDataOptionValue, CreateAutocompleteResponse};

use super::{
    Ctx, addreview, asker, compare,
    named::{Named, named},
};
use crate::{
    card::{moderation, words::Frame},
    catalog::fold::fold,
    discord::{asker::Asker, bot::Bot, custom_id, drafts::Waiting, moderators::KEEP},
    domain::{
        ids::{ReviewerId, ToolId},
        review::{Review, Reviewer},
    },
    error::{Failure, UserError},
    service::names::read_name,
};

/// Verb of the button that does it: `remove-review:<tool>:<reviewer>`.
pub const REMOVE: &str = "remove-review";
/// Verb of the menu: `which-review:<tool>`.
pub const PICK: &str = "which-review";

/// Moderators: take a review of this server away.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
pub(super) async fn removereview(
    ctx: Ctx<'_>,
    #[description = "The tool that was reviewed"]
    #[autocomplete = "compare::complete"]
    #[max_length = 100]
    tool: String,
    #[description = "Whose review"]
    #[autocomplete = "complete"]
    #[max_length = 100]
    reviewer: Option<String>,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    bot.moderator(&asker).await?;
    let reviewer = reviewer.unwrap_or_default();
    let waiting = Waiting::RemoveReview { reviewer: reviewer.clone() };
    match named(bot, &asker, &tool, waiting).await? {
        Some(named) => go_on(bot, &asker, named, &reviewer).await,
        None => Ok(()),
    }
}

/// Those who reviewed the tool that stands in the other box.
async fn complete(ctx: Ctx<'_>, text: &str) -> CreateAutocompleteResponse {
    let Ok(asker) = asker(&ctx) else { return CreateAutocompleteResponse::new() };
    let options = &ctx.interaction.data.options;
    let tool = options.iter().find(|option| option.name == "tool").and_then(|option| match &option.value {
        CommandDataOptionValue::String(text) => Some(text.trim()),
        _ => None,
    });
    let bot = ctx.data();
    let moderation = &bot.desk.moderation;
    let tool = tool.and_then(|tool| read_name(&moderation.view(asker.server), tool).ok());
    let names: Vec<String> = match tool {
        Some(asked) => {
            let reviews = moderation.own_reviews(asker.server, &asked.found.listing.tool.id);
            reviews.into_iter().map(|(reviewer, _)| reviewer.name).collect()
        }
        None => moderation.own_reviewers(asker.server).into_iter().map(|reviewer| reviewer.name).collect(),
    };
    addreview::choices(names, text)
}

/// The tool is clear: asks before the review goes, or whose review is meant.
pub(super) async fn go_on(
    bot: &Arc<Bot>,
    asker: &Asker,
    named: Named,
    reviewer: &str,
) -> Result<(), Failure> {
    let frame = bot.private_frame(asker);
    let reviews = bot.desk.moderation.own_reviews(asker.server, &named.tool);
    if reviews.is_empty() {
        return Err(UserError::new("moderation-no-own-reviews").with("tool", named.name).into());
    }
    let typed = fold(reviewer);
    let meant = reviews.iter().find(|(by, _)| {
        by.name == reviewer.trim() || (!typed.is_empty() && fold(&by.name).text() == typed.text())
    });
    let only = || reviews.first().filter(|_| reviews.len() == 1 && reviewer.trim().is_empty());
    let card = match meant.or_else(only) {
        Some(review) => ask(&named.tool, &named.name, review, &frame),
        None => {
            let menu = custom_id::encode(PICK, &[named.tool.as_str()]).unwrap_or_default();
            moderation::which_review(&named.name, reviewer, &reviews, &menu, |by| short(&by.id), &frame)
        }
    };
    bot.answer(asker, &[card]).await.map(drop)
}

fn ask(tool: &ToolId, name: &str, (by, review): &(Reviewer, Review), frame: &Frame) -> crate::card::Card {
    let yes = custom_id::encode(REMOVE, &[tool.as_str(), &short(&by.id)]).unwrap_or_default();
    moderation::ask_review(name, by, review, &yes, KEEP, frame)
}

/// A review was picked from the menu: asks before it goes.
pub(in crate::discord) async fn picked(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &str,
    reviewer: &str,
) -> Result<(), Failure> {
    bot.moderator(asker).await?;
    let tool = ToolId::trusted(tool);
    let review = find(bot, asker, &tool, reviewer)?;
    let listing = bot.questions.view(asker.server).tool(&tool);
    let name = listing.map(|listing| listing.tool.name.clone()).unwrap_or_default();
    bot.update(asker, &[ask(&tool, &name, &review, &bot.private_frame(asker))]).await
}

/// The button was pressed.
pub(in crate::discord) async fn pressed(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &str,
    reviewer: &str,
) -> Result<(), Failure> {
    let by = bot.moderator(asker).await?;
    let tool = ToolId::trusted(tool);
    let (reviewer, _) = find(bot, asker, &tool, reviewer)?;
    match bot.desk.moderation.remove_review(by, &tool, &reviewer.id).await {
        Ok(done) => {
            bot.show_cards_of(by, done.tool.id.clone());
            bot.update(asker, &[addreview::saved(bot, asker, &done, None)?]).await
        }
        Err(refusal) => bot.refuse_press(asker, refusal).await,
    }
}

fn find(bot: &Bot, asker: &Asker, tool: &ToolId, hash: &str) -> Result<(Reviewer, Review), Failure> {
    let reviews = bot.desk.moderation.own_reviews(asker.server, tool);
    let review = reviews.into_iter().find(|(by, _)| short(&by.id) == hash);
    review.ok_or_else(|| UserError::new("moderation-review-gone").into())
}

/// A reviewer's id in sixteen letters; a name can be too long for the id of a button.
fn short(id: &ReviewerId) -> String {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = rustc_hash::FxHasher::default();
    id.as_str().hash(&mut hasher);
    format!("{:x}", hasher.finish())
}
