//! `/edittool tool [category] [price] [vendor] [amount] [currency] [per] [note]`: changes a tool for this server. Without
//! options a form opens with its texts; with options they are changed at once. Either way the answer shows every field
//! before and after, and a button that takes the change back.
//!
//! While a form is open, somebody else may change the same tool. The form's id remembers what each box was opened with, as
//! a short hash: a box that was left alone changes nothing, and one that was changed on both sides is a mistake that shows
//! what stands there now.

use std::sync::Arc;

use serenity::all::CreateAutocompleteResponse;

use super::{
    Ctx, addtool, asker, compare, draft,
    named::{Named, listed, named},
};
use crate::{
    card::{
        form::{self, DetailsDraft, ToolDraft},
        moderation::{ToolChange, Typed},
    },
    catalog::typed::{TypedTool, line},
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        drafts::{DetailsWish, Draft, Waiting},
        forms::Sent,
        moderators::typed,
    },
    domain::ids::ToolId,
    error::{Failure, UserError},
    service::moderate::{
        Done, Moderator, Refusal,
        typed::{Fault, Field, as_typed, names},
    },
};

/// Verb of the form: `edit-tool:<tool>:<what its boxes were opened with>`.
pub const FORM: &str = "edit-tool";

/// Moderators: change a tool for this server only.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
#[expect(clippy::too_many_arguments, reason = "one for each option that Discord shows")]
pub(super) async fn edittool(
    ctx: Ctx<'_>,
    #[description = "The tool to change; without further options a form opens with its texts"]
    #[autocomplete = "compare::complete"]
    #[max_length = 100]
    tool: String,
    #[description = "Where it is listed"]
    #[autocomplete = "complete"]
    #[max_length = 100]
    category: Option<String>,
    #[description = "Whether one can start without paying"] price: Option<addtool::Price>,
    #[description = "Who makes it; - takes it out"]
    #[max_length = 200]
    vendor: Option<String>,
    #[description = "The price in digits, such as 20; - takes it out"]
    #[max_length = 100]
    amount: Option<String>,
    #[description = "Its currency, such as USD"]
    #[max_length = 100]
    currency: Option<String>,
    #[description = "What the price buys, such as month; - takes it out"]
    #[max_length = 100]
    per: Option<String>,
    #[description = "A note on the price, such as research licence; - takes it out"]
    #[max_length = 300]
    note: Option<String>,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    let by = bot.moderator(&asker).await?;
    let texts = bot.private_texts(&asker);
    let category = category.map(|typed| addtool::category_of(texts, &typed));
    let wish = DetailsWish { category, vendor, kind: price.map(Into::into), note, amount, currency, per };
    match named(bot, &asker, &tool, Waiting::Edit(wish.clone())).await? {
        Some(named) => go_on(bot, &asker, by, named, wish).await,
        None => Ok(()),
    }
}

async fn complete(ctx: Ctx<'_>, text: &str) -> CreateAutocompleteResponse {
    let Ok(asker) = asker(&ctx) else { return CreateAutocompleteResponse::new() };
    addtool::complete_category(ctx.data(), &asker, text)
}

/// The tool is clear: changes what was given, or opens the form.
pub(super) async fn go_on(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    named: Named,
    wish: DetailsWish,
) -> Result<(), Failure> {
    if wish == DetailsWish::default() {
        return open(bot, asker, &named.tool, None).await;
    }
    save_details(bot, asker, by, named.tool, wish, named.read_as).await
}

/// Opens the form: with the texts of the tool, or with what was typed before.
pub(super) async fn open(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &ToolId,
    typed: Option<ToolDraft>,
) -> Result<(), Failure> {
    let tool = listed(bot, asker, tool)?;
    let now = ToolDraft::from(tool.as_ref());
    let id = custom_id::encode(FORM, &[tool.id.as_str(), &marks(&now)]).unwrap_or_default();
    let frame = bot.private_frame(asker);
    let form = form::edit_tool(&id, &tool.name, typed.as_ref().unwrap_or(&now), &frame);
    bot.open_form(asker, &form).await
}

/// Opens the form for maker and price: what stands there, under what was typed.
pub(super) async fn open_details(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &ToolId,
    wish: DetailsWish,
) -> Result<(), Failure> {
    let mut now = as_typed(listed(bot, asker, tool)?.as_ref());
    wish.apply(&mut now);
    let key = bot.keep(asker, Draft::Details { tool: tool.clone(), wish });
    bot.open_form(asker, &addtool::details_form(bot, asker, &key, &addtool::details(&now))).await
}

/// The form was sent.
pub(in crate::discord) async fn sent(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &str,
    opened: &str,
    sent: &Sent,
) -> Result<(), Failure> {
    let texts = addtool::sent_texts(sent);
    let all = addtool::typed_texts(&texts);
    let Some(by) = bot.moderator_of_form(asker, &all).await? else { return Ok(()) };
    let tool = ToolId::trusted(tool);
    let edited = bot.desk.moderation.edit_tool(by, &tool, |now| merge(now, &texts, opened)).await;
    finish(bot, asker, by, edited, &all, None, |_| {
        let key = bot.keep(asker, Draft::Texts { tool, typed: texts });
        vec![("moderation-correct", draft::id(&key, draft::TEXTS))]
    })
    .await
}

/// The form for maker and price was sent.
pub(super) async fn sent_details(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    tool: ToolId,
    wish: DetailsWish,
    given: DetailsDraft,
) -> Result<(), Failure> {
    let wish = DetailsWish { category: wish.category, kind: wish.kind, ..DetailsWish::all(given) };
    save_details(bot, asker, by, tool, wish, None).await
}

async fn save_details(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    tool: ToolId,
    wish: DetailsWish,
    read_as: Option<String>,
) -> Result<(), Failure> {
    let edited = bot
        .desk
        .moderation
        .edit_tool(by, &tool, |mut now| {
            wish.apply(&mut now);
            Ok(now)
        })
        .await;
    let all = typed_details(&wish);
    finish(bot, asker, by, edited, &all, read_as, |faults| {
        // The category is no box of that form.
        if faults.iter().all(|fault| fault.field == Field::Category) {
            return Vec::new();
        }
        let key = bot.keep(asker, Draft::Details { tool, wish });
        vec![("moderation-correct-details", draft::id(&key, draft::DETAILS))]
    })
    .await
}

async fn finish(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    edited: Result<Done, Refusal>,
    typed: &[Typed],
    read_as: Option<String>,
    back: impl FnOnce(&[Fault]) -> Vec<(&'static str, String)>,
) -> Result<(), Failure> {
    match edited {
        Ok(done) => {
            bot.show_cards_of(by, done.tool.id.clone());
            let change = if done.change.is_some() { ToolChange::Changed } else { ToolChange::Same };
            addtool::confirm(bot, asker, &done, change, read_as).await
        }
        Err(refusal) => bot.refuse(asker, refusal, typed, back).await,
    }
}

/// What was given with the command, as it was typed.
pub(super) fn typed_details(wish: &DetailsWish) -> Vec<Typed> {
    let all = [
        (Field::Category, &wish.category),
        (Field::Vendor, &wish.vendor),
        (Field::Amount, &wish.amount),
        (Field::Currency, &wish.currency),
        (Field::Per, &wish.per),
        (Field::Note, &wish.note),
    ];
    all.into_iter().filter_map(|(field, text)| Some(typed(field, text.as_ref()?))).collect()
}

/// The boxes of the form, in its order.
fn boxes(texts: &ToolDraft) -> [&String; 5] {
    [&texts.name, &texts.aliases, &texts.tagline, &texts.description, &texts.link]
}

/// What the boxes hold, in six letters each. A box of which Discord trims a space is still the same.
fn marks(texts: &ToolDraft) -> String {
    boxes(texts).into_iter().map(|text| mark(text)).collect()
}

fn mark(text: &str) -> String {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = rustc_hash::FxHasher::default();
    line(text).hash(&mut hasher);
    format!("{:06x}", hasher.finish() >> 40)
}

/// What stands now, with the boxes that were changed in the form.
fn merge(now: TypedTool, sent: &ToolDraft, opened: &str) -> Result<TypedTool, Vec<Fault>> {
    const FIELDS: [Field; 5] = [Field::Name, Field::Aliases, Field::Tagline, Field::Description, Field::Link];
    let stands = ToolDraft {
        name: now.name.clone(),
        aliases: now.aliases.join(", "),
        tagline: now.tagline.clone(),
        description: now.description.clone(),
        link: now.link.clone(),
    };
    let mut merged = now;
    let mut faults = Vec::new();
    let sides = boxes(&stands).into_iter().zip(boxes(sent));
    for (place, (field, (stands, sent))) in FIELDS.into_iter().zip(sides).enumerate() {
        let opened = opened.get(place * 6..place * 6 + 6).unwrap_or_default();
        if line(stands) == line(sent) || mark(sent) == opened {
            continue;
        }
        if mark(stands) != opened {
            let what = UserError::new("moderation-edited-meanwhile").with("now", line(stands));
            faults.push(Fault { field, what });
            continue;
        }
        match field {
            Field::Name => merged.name.clone_from(sent),
            Field::Aliases => merged.aliases = names(sent),
            Field::Tagline => merged.tagline.clone_from(sent),
            Field::Description => merged.description.clone_from(sent),
            _ => merged.link.clone_from(sent),
        }
    }
    if faults.is_empty() { Ok(merged) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tool::EntryKind;

    fn tool(name: &str, tagline: &str) -> TypedTool {
        TypedTool {
            name: name.to_owned(),
            aliases: vec!["a".to_owned(), "b".to_owned()],
            vendor: "V".to_owned(),
            category: "models".to_owned(),
            tagline: tagline.to_owned(),
            description: String::new(),
            link: String::new(),
            kind: EntryKind::Free,
            note: String::new(),
            amount: String::new(),
            currency: String::new(),
            per: String::new(),
        }
    }

    fn texts(name: &str, tagline: &str) -> ToolDraft {
        ToolDraft {
            name: name.to_owned(),
            aliases: "a, b".to_owned(),
            tagline: tagline.to_owned(),
            ..ToolDraft::default()
        }
    }

    #[test]
    fn what_others_changed_meanwhile_stays_where_i_changed_nothing() {
        let opened = marks(&texts("Old", "old"));
        let merged = merge(tool("Theirs", "old"), &texts("Old", "mine "), &opened).unwrap();
        assert_eq!((merged.name.as_str(), merged.tagline.as_str()), ("Theirs", "mine "));
        assert_eq!(merged.aliases, ["a", "b"]);
    }

    #[test]
    fn a_box_that_both_changed_is_a_mistake_that_shows_theirs() {
        let opened = marks(&texts("Old", "old"));
        let faults = merge(tool("Theirs", "old"), &texts("Mine", "old"), &opened).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].field, Field::Name);
        assert_eq!(faults[0].what.to_string(), "moderation-edited-meanwhile now=\"Theirs\"");
        // Both made the same of it.
        assert!(merge(tool("Mine", "old"), &texts("Mine", "old"), &opened).is_ok());
        // A form of an earlier version knows nothing of marks: nothing is overwritten blindly.
        assert!(merge(tool("Theirs", "old"), &texts("Mine", "old"), "").is_err());
    }
}
