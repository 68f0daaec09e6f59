//! `/addtool category price [vendor] [amount] [currency] [per] [note]`: a tool of this server's own. The form asks for its
//! name and what it is; what the form has no room for travels with it (see [`crate::discord::forms`]).

use std::{collections::BTreeSet, sync::Arc};

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse};

use super::{Ctx, asker, draft};
use crate::{
    card::{
        Form,
        form::{self, DetailsDraft, ToolDraft, input},
        limits,
        moderation::{self, Notes, ToolChange, Typed},
        words::Frame,
    },
    catalog::{
        limits::{CATEGORIES, OTHER_CATEGORY},
        typed::TypedTool,
    },
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        drafts::{DetailsWish, Draft},
        forms::{Sent, carry},
        moderators::{typed, undo_button},
        post,
    },
    domain::{ids::CategoryId, tool::EntryKind},
    error::{Failure, UserError},
    service::moderate::{
        Done, Moderator, Refusal,
        typed::{Fault, Field, category, names},
    },
};

/// Verb of the form: `add-tool:<category>:<price>`.
pub const FORM: &str = "add-tool";
/// Verb of the form for maker and price: `maker-and-price:<draft>`.
pub const DETAILS_FORM: &str = "maker-and-price";

/// Boxes of the form.
const TEXTS: [Field; 5] = [Field::Name, Field::Aliases, Field::Tagline, Field::Description, Field::Link];
/// Boxes of the form for maker and price.
const DETAILS: [Field; 5] = [Field::Vendor, Field::Amount, Field::Currency, Field::Per, Field::Note];

/// What it costs to start, as a moderator chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, poise::ChoiceParameter)]
pub(super) enum Price {
    /// One can start without paying.
    #[name = "Free to start"]
    Free,
    /// One pays to start.
    #[name = "Paid"]
    Paid,
    /// Nobody looked.
    #[name = "Not known"]
    Unknown,
}

impl From<Price> for EntryKind {
    fn from(price: Price) -> Self {
        match price {
            Price::Free => Self::Free,
            Price::Paid => Self::Paid,
            Price::Unknown => Self::Unknown,
        }
    }
}

/// Moderators: add a tool that only this server sees.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
#[expect(clippy::too_many_arguments, reason = "one for each option that Discord shows")]
pub(super) async fn addtool(
    ctx: Ctx<'_>,
    #[description = "Where it is listed"]
    #[rename = "category"]
    #[autocomplete = "complete"]
    #[max_length = 100]
    kind: String,
    #[description = "Whether one can start without paying"] price: Price,
    #[description = "Who makes it"]
    #[max_length = 200]
    vendor: Option<String>,
    #[description = "The price in digits, such as 20"]
    #[max_length = 100]
    amount: Option<String>,
    #[description = "Its currency, such as USD"]
    #[max_length = 100]
    currency: Option<String>,
    #[description = "What the price buys, such as month"]
    #[max_length = 100]
    per: Option<String>,
    #[description = "A note on the price, such as research licence"]
    #[max_length = 300]
    note: Option<String>,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    let by = bot.moderator(&asker).await?;
    let text = bot.private_texts(&asker);
    let wish = DetailsWish { vendor, note, amount, currency, per, ..DetailsWish::default() };
    let mut tool = nothing_yet(category_of(text, &kind), price.into());
    wish.apply(&mut tool);
    continue_with(bot, &asker, by, tool).await
}

/// Maker and price are given: tells what is wrong with them, or asks for the rest.
async fn continue_with(bot: &Arc<Bot>, asker: &Asker, by: Moderator, tool: TypedTool) -> Result<(), Failure> {
    let checked = bot.desk.moderation.check_tool(by, &tool, &TEXTS);
    if let Err(faults) = checked {
        return refuse(bot, asker, Refusal::Faults(faults), tool).await;
    }
    match form(bot, asker, &tool) {
        Some(form) => bot.open_form(asker, &form).await,
        None => {
            let what = UserError::new("moderation-too-much");
            refuse(bot, asker, Refusal::Faults(vec![Fault { field: Field::Note, what }]), tool).await
        }
    }
}

/// Opens the form with what was typed so far.
pub(super) async fn open(bot: &Arc<Bot>, asker: &Asker, tool: &TypedTool) -> Result<(), Failure> {
    let form = form(bot, asker, tool).ok_or_else(|| UserError::new("error-menu-outdated"))?;
    bot.open_form(asker, &form).await
}

/// Opens the form for maker and price.
pub(super) async fn open_details(bot: &Arc<Bot>, asker: &Asker, tool: &TypedTool) -> Result<(), Failure> {
    let key = bot.keep(asker, Draft::NewTool(tool.clone()));
    bot.open_form(asker, &details_form(bot, asker, &key, &details(tool))).await
}

/// The form for maker and price, with what stands there so far.
pub(super) fn details_form(bot: &Bot, asker: &Asker, key: &str, draft: &DetailsDraft) -> Form {
    let id = custom_id::encode(DETAILS_FORM, &[key]).unwrap_or_default();
    form::details(&id, draft, &bot.private_frame(asker))
}

fn form(bot: &Bot, asker: &Asker, tool: &TypedTool) -> Option<Form> {
    let id = custom_id::encode(FORM, &[&tool.category, tool.kind.word()])?;
    let form = form::add_tool(&id, &texts(tool), &bot.private_frame(asker));
    carry(form, &[&tool.vendor, &tool.note, &tool.amount, &tool.currency, &tool.per])
}

/// The form was sent.
pub(in crate::discord) async fn sent(
    bot: &Arc<Bot>,
    asker: &Asker,
    category: &str,
    kind: &str,
    sent: &Sent,
) -> Result<(), Failure> {
    let kind = EntryKind::of_word(kind).unwrap_or(EntryKind::Unknown);
    let mut tool = nothing_yet(category.to_owned(), kind);
    set_texts(&mut tool, &sent_texts(sent));
    let mut carried = sent.carried().into_iter();
    for text in [&mut tool.vendor, &mut tool.note, &mut tool.amount, &mut tool.currency, &mut tool.per] {
        *text = carried.next().unwrap_or_default();
    }
    match bot.moderator_of_form(asker, &typed_tool(&tool)).await? {
        Some(by) => save(bot, asker, by, tool).await,
        None => Ok(()),
    }
}

/// The form for maker and price was sent, for a tool that is being added.
pub(super) async fn sent_details(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    mut tool: TypedTool,
    given: DetailsDraft,
) -> Result<(), Failure> {
    DetailsWish::all(given).apply(&mut tool);
    if !tool.name.trim().is_empty() {
        return save(bot, asker, by, tool).await;
    }
    if let Err(faults) = bot.desk.moderation.check_tool(by, &tool, &TEXTS) {
        return refuse(bot, asker, Refusal::Faults(faults), tool).await;
    }
    // A form cannot follow a form; a button can lead to the next one.
    let key = bot.keep(asker, Draft::NewTool(tool));
    let frame = bot.private_frame(asker);
    bot.settle(asker, &[moderation::details_good(&draft::id(&key, draft::TEXTS), &frame)]).await
}

async fn save(bot: &Arc<Bot>, asker: &Asker, by: Moderator, tool: TypedTool) -> Result<(), Failure> {
    match bot.desk.moderation.add_tool(by, &tool).await {
        Ok(done) => confirm(bot, asker, &done, ToolChange::Added, None).await,
        Err(refusal) => refuse(bot, asker, refusal, tool).await,
    }
}

async fn refuse(bot: &Arc<Bot>, asker: &Asker, refusal: Refusal, tool: TypedTool) -> Result<(), Failure> {
    let typed = typed_tool(&tool);
    bot.refuse(asker, refusal, &typed, |faults| {
        let key = bot.keep(asker, Draft::NewTool(tool));
        buttons(&key, faults)
    })
    .await
}

/// The way back to the forms in which there are mistakes.
fn buttons(key: &str, faults: &[Fault]) -> Vec<(&'static str, String)> {
    let is_in = |fields: &[Field]| faults.iter().any(|fault| fields.contains(&fault.field));
    let mut buttons = Vec::new();
    if is_in(&TEXTS) || faults.is_empty() {
        buttons.push(("moderation-correct-texts", draft::id(key, draft::TEXTS)));
    }
    if is_in(&DETAILS) {
        buttons.push(("moderation-correct-details", draft::id(key, draft::DETAILS)));
    }
    buttons
}

/// Confirms what became of a tool, with a look at it as it stands now.
pub(super) async fn confirm(
    bot: &Arc<Bot>,
    asker: &Asker,
    done: &Done,
    change: ToolChange,
    read_as: Option<String>,
) -> Result<(), Failure> {
    let text = bot.private_texts(asker);
    let shared = !done.tool.id.is_server_made();
    let on_cards = Some(change == ToolChange::Changed);
    let notes = Notes { undo: undo_button(done.change), read_as, tidied: done.tidied, shared, on_cards };
    let card =
        moderation::tool_saved(done.tool_before.as_ref(), &done.tool, change, &notes, &Frame::server(text));
    let mut cards = vec![card];
    // It is done; a look at it that cannot be taken is no reason to say otherwise.
    if let Ok(Some(view)) = bot.questions.tool(asker.server, &done.tool.id).await {
        cards.push(post::look(&view, text));
    }
    bot.settle(asker, &cards).await
}

/// Categories while they are typed: their names in the moderator's language, known ones first.
async fn complete(ctx: Ctx<'_>, text: &str) -> CreateAutocompleteResponse {
    let Ok(asker) = asker(&ctx) else { return CreateAutocompleteResponse::new() };
    complete_category(ctx.data(), &asker, text)
}

/// See [`complete`]; other commands ask for categories too.
pub(super) fn complete_category(bot: &Bot, asker: &Asker, text: &str) -> CreateAutocompleteResponse {
    let texts = bot.private_texts(asker);
    let view = bot.questions.view(asker.server);
    let mut ids: BTreeSet<&str> = view.categories().into_iter().map(CategoryId::as_str).collect();
    ids.extend(CATEGORIES);
    ids.insert(OTHER_CATEGORY);
    let wanted = text.trim().to_lowercase();
    let choices = ids
        .into_iter()
        .map(|id| (limits::cut(&texts.category(id), limits::CHOICE), id))
        .filter(|(name, id)| name.to_lowercase().contains(&wanted) || id.contains(&wanted))
        .take(limits::CHOICES)
        .map(|(name, id)| AutocompleteChoice::new(name, id.to_owned()))
        .collect();
    CreateAutocompleteResponse::new().set_choices(choices)
}

/// The category that was meant: an id, its name in the moderator's language, or a new one.
pub(super) fn category_of(texts: &crate::text::Texts, typed: &str) -> String {
    let lower = typed.trim().to_lowercase();
    let known =
        CATEGORIES.iter().chain([&OTHER_CATEGORY]).find(|id| texts.category(id).to_lowercase() == lower);
    known.map_or_else(|| category(typed), |id| (*id).to_owned())
}

fn nothing_yet(category: String, kind: EntryKind) -> TypedTool {
    TypedTool {
        name: String::new(),
        aliases: Vec::new(),
        vendor: String::new(),
        category,
        tagline: String::new(),
        description: String::new(),
        link: String::new(),
        kind,
        note: String::new(),
        amount: String::new(),
        currency: String::new(),
        per: String::new(),
    }
}

/// What was typed into the form for texts.
pub(super) fn sent_texts(sent: &Sent) -> ToolDraft {
    ToolDraft {
        name: sent.text(input::NAME),
        aliases: sent.text(input::ALIASES),
        tagline: sent.text(input::TAGLINE),
        description: sent.text(input::DESCRIPTION),
        link: sent.text(input::LINK),
    }
}

/// What was typed into the form for maker and price.
pub(super) fn sent_details_texts(sent: &Sent) -> DetailsDraft {
    DetailsDraft {
        vendor: sent.text(input::VENDOR),
        note: sent.text(input::NOTE),
        amount: sent.text(input::AMOUNT),
        currency: sent.text(input::CURRENCY),
        per: sent.text(input::PER),
    }
}

fn set_texts(tool: &mut TypedTool, texts: &ToolDraft) {
    tool.name.clone_from(&texts.name);
    tool.aliases = names(&texts.aliases);
    tool.tagline.clone_from(&texts.tagline);
    tool.description.clone_from(&texts.description);
    tool.link.clone_from(&texts.link);
}

fn texts(tool: &TypedTool) -> ToolDraft {
    ToolDraft {
        name: tool.name.clone(),
        aliases: tool.aliases.join(", "),
        tagline: tool.tagline.clone(),
        description: tool.description.clone(),
        link: tool.link.clone(),
    }
}

/// Maker and price as they stand in the boxes.
pub(super) fn details(tool: &TypedTool) -> DetailsDraft {
    DetailsDraft {
        vendor: tool.vendor.clone(),
        note: tool.note.clone(),
        amount: tool.amount.clone(),
        currency: tool.currency.clone(),
        per: tool.per.clone(),
    }
}

fn typed_tool(tool: &TypedTool) -> Vec<Typed> {
    let mut all = typed_texts(&texts(tool));
    all.push(typed(Field::Category, &tool.category));
    all.extend(typed_details(&details(tool)));
    all
}

/// Texts of a tool as they were typed.
pub(super) fn typed_texts(texts: &ToolDraft) -> Vec<Typed> {
    vec![
        typed(Field::Name, &texts.name),
        typed(Field::Aliases, &texts.aliases),
        typed(Field::Tagline, &texts.tagline),
        typed(Field::Description, &texts.description),
        typed(Field::Link, &texts.link),
    ]
}

/// Maker and price as they were typed.
pub(super) fn typed_details(details: &DetailsDraft) -> Vec<Typed> {
    vec![
        typed(Field::Vendor, &details.vendor),
        typed(Field::Amount, &details.amount),
        typed(Field::Currency, &details.currency),
        typed(Field::Per, &details.per),
        typed(Field::Note, &details.note),
    ]
}
