//! `/compare a b [c] [d]`: the head-to-head as the answer, then a card for each tool.
//!
//! When a name does not say which tool is meant, the asker sees a menu for it; picking goes on in public. The menus hold
//! everything that is needed to go on, so they work after a restart too: the tools that were clear stand in the menus' ids
//! as short hashes, and a menu that has been used shows its choice first.

use std::{
    hash::{Hash as _, Hasher as _},
    sync::Arc,
};

use serenity::all::{
    ActionRowComponent, AutocompleteChoice, CommandDataOptionValue, ComponentInteraction,
    CreateAutocompleteResponse,
};

use super::{Ctx, asker, extras};
use crate::{
    card::{
        Button, Card, Menu, MenuOption, Row,
        head_to_head::{ReadAs, head_to_head},
        limits,
        words::{Frame, Voting},
    },
    catalog::{
        search::How,
        view::{Found, View},
    },
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        post::{Posting, Target},
    },
    domain::{compare::TOOLS, ids::ToolId, tool::Tool},
    error::{Failure, UserError},
    service::{
        ask::{Answer, Compared, Place},
        names::{Asked, Unclear},
        quiet::Loudness,
    },
    store::records::{self, CardKind},
    text::Texts,
};

/// Verb of the menus for unclear names.
pub const PICK: &str = "pick";
/// Verb of the buttons that compare two known tools: `versus:<tool>:<tool>`.
pub const VERSUS: &str = "versus";
/// Compare two to four tools: panel, community, price and an honest call.
#[poise::command(slash_command, guild_only, install_context = "Guild", interaction_context = "Guild")]
pub(super) async fn compare(
    ctx: Ctx<'_>,
    #[description = "A tool; a half-remembered name is enough"]
    #[autocomplete = "complete_another"]
    #[max_length = 100]
    a: String,
    #[description = "The tool to compare it with"]
    #[autocomplete = "complete_another"]
    #[max_length = 100]
    b: String,
    #[description = "A third tool"]
    #[autocomplete = "complete_another"]
    #[max_length = 100]
    c: Option<String>,
    #[description = "A fourth tool"]
    #[autocomplete = "complete_another"]
    #[max_length = 100]
    d: Option<String>,
) -> Result<(), Failure> {
    let asker = asker(&ctx)?;
    let typed: Vec<String> = [Some(a), Some(b), c, d].into_iter().flatten().collect();
    let answer = ctx.data().questions.compare(asker.place(), &typed).await?;
    give(ctx.data(), &asker, answer).await
}

/// Names while they are typed, from memory.
pub(super) async fn complete(ctx: Ctx<'_>, typed: &str) -> CreateAutocompleteResponse {
    choices(ctx, typed, &[])
}

/// The same for one of several tools: not those that stand in the other boxes.
async fn complete_another(ctx: Ctx<'_>, typed: &str) -> CreateAutocompleteResponse {
    let others = ctx.interaction.data.options.iter().filter_map(|option| match &option.value {
        CommandDataOptionValue::String(name) => Some(name.trim()),
        _ => None,
    });
    choices(ctx, typed, &others.collect::<Vec<_>>())
}

fn choices(ctx: Ctx<'_>, typed: &str, others: &[&str]) -> CreateAutocompleteResponse {
    let Ok(asker) = asker(&ctx) else { return CreateAutocompleteResponse::new() };
    let found = ctx.data().questions.complete(asker.server, typed, others, limits::CHOICES);
    let choices = found.into_iter().map(|name| {
        let name = limits::cut(&name, limits::CHOICE);
        // The name itself comes back, so that what stands in the box is what a person reads.
        AutocompleteChoice::new(name.clone(), name)
    });
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}

/// Gives the answer to a question, whoever asked it and how.
pub(in crate::discord) async fn give(bot: &Arc<Bot>, asker: &Asker, answer: Answer) -> Result<(), Failure> {
    match answer {
        Answer::Compared(compared) => show(bot, asker, *compared).await,
        Answer::Unclear { names } => {
            bot.answer(asker, &ask_back(&names, bot.private_texts(asker))).await.map(drop)
        }
    }
}

/// Shows a comparison: loud with cards, or quietly without.
async fn show(bot: &Arc<Bot>, asker: &Asker, compared: Compared) -> Result<(), Failure> {
    let loud = compared.loudness == Loudness::Public;
    let text = if loud { bot.public_texts(asker).await } else { bot.private_texts(asker) };
    let mut card = build(&compared, asker, text);
    card.private = !loud;
    bot.answer(asker, &[card]).await?;
    if loud {
        post_cards(bot, asker, &compared, text, Target::FollowUp(asker.key.clone()));
        extras::tell_missing(bot, asker).await;
    }
    Ok(())
}

/// The head-to-head with what must be said about it here.
pub(in crate::discord) fn build(compared: &Compared, asker: &Asker, text: &'static Texts) -> Card {
    let loud = compared.loudness == Loudness::Public;
    // Cards that stand already are not "below": buttons lead to them.
    let all_stand = compared.standing.iter().all(Option::is_some);
    let voting = match (loud && !all_stand, asker.abilities.can_collect_votes()) {
        (false, _) => Voting::Closed,
        (true, true) => Voting::Open,
        (true, false) => Voting::LacksPermission,
    };
    let frame = Frame::server(text).voting(voting);
    let read_as: Vec<ReadAs> = compared.asked.iter().map(read_as).collect();
    let mut card = head_to_head(&compared.comparison, &read_as, &frame);
    let names = compared.comparison.tools.iter().map(|view| view.tool.name.as_str());
    let standing = names.zip(&compared.standing).filter_map(|(name, card)| Some((name, card.as_ref()?)));
    extras::link_cards(&mut card, standing, text);
    match compared.loudness {
        Loudness::Public => {}
        Loudness::QuietForMember => extras::small_print(&mut card, "compare-quiet-member", text),
        Loudness::QuietForChannel => extras::small_print(&mut card, "compare-quiet-channel", text),
    }
    card
}

/// Links the card of one tool that stands in the channel.
pub(in crate::discord) fn link_card(
    card: &mut Card,
    name: &str,
    standing: &records::Card,
    text: &'static Texts,
) {
    extras::link_cards(card, [(name, standing)], text);
}

/// Posts the cards that do not stand here yet, in the order of the tools.
pub(in crate::discord) fn post_cards(
    bot: &Arc<Bot>,
    asker: &Asker,
    compared: &Compared,
    text: &'static Texts,
    target: Target,
) {
    // Where we see nothing no vote would reach us: a card there would promise what it cannot keep.
    if !asker.abilities.can_see() {
        return;
    }
    for (view, standing) in compared.comparison.tools.iter().zip(&compared.standing) {
        if standing.is_none() {
            bot.post_later(Posting {
                target: target.clone(),
                server: asker.server,
                channel: asker.channel,
                tool: view.tool.id.clone(),
                kind: CardKind::Comparison,
                lang: text.language(),
                can_embed: asker.abilities.can_embed(),
                can_seed: asker.abilities.can_collect_votes(),
            });
        }
    }
}

fn read_as(asked: &Asked) -> ReadAs {
    ReadAs {
        typed: asked.typed.clone(),
        tool: asked.found.listing.tool.name.clone(),
        how: asked.found.how.as_str().to_owned(),
    }
}

/// A private card for every name that is not clear, with a menu where there is something to pick. A name that nothing is
/// like is said and left out: the comparison can go on with the others, when there are two of them.
fn ask_back(names: &[Result<Asked, Unclear>], text: &'static Texts) -> Vec<Card> {
    let is_lost =
        |name: &Result<Asked, Unclear>| name.as_ref().is_err_and(|unclear| unclear.tools.is_empty());
    let rest: Vec<&Result<Asked, Unclear>> = names.iter().filter(|name| !is_lost(name)).collect();
    let clear: Vec<&Tool> =
        rest.iter().filter_map(|name| Some(name.as_ref().ok()?.found.listing.tool.as_ref())).collect();
    let known: Vec<String> = rest
        .iter()
        .map(|name| name.as_ref().map_or_else(|_| String::new(), |asked| short(&asked.found.listing.tool.id)))
        .collect();
    let unclear = names.iter().filter_map(|name| name.as_ref().err());
    let last_unknown = unclear.clone().rfind(|unclear| !unclear.is_ambiguous);
    let mut slots = rest.iter().enumerate().filter(|(_, name)| name.is_err()).map(|(slot, _)| slot);
    let mut cards: Vec<Card> = unclear
        .map(|unclear| {
            let slot = if unclear.tools.is_empty() { None } else { slots.next() };
            let menu = slot.map(|slot| menu_id(slot, &known)).unwrap_or_default();
            let remembered = last_unknown.is_some_and(|last| std::ptr::eq(last, unclear));
            let mut card = extras::unclear(unclear, &menu, remembered, text);
            if rest.len() < *TOOLS.start() {
                // Whatever is picked, there would be nothing to compare it with.
                card.rows.clear();
            }
            card
        })
        .collect();
    // Whoever does not care so much for the unclear one goes on with those that are clear.
    if TOOLS.contains(&clear.len())
        && let Some(last) = cards.last_mut()
        && let Some(id) =
            custom_id::encode(VERSUS, &clear.iter().map(|tool| tool.id.as_str()).collect::<Vec<_>>())
    {
        let names: Vec<String> = clear.iter().map(|tool| tool.name.clone()).collect();
        let label = text.get("compare-rest", &[("tools", text.list(&names).into())]);
        last.rows.push(Row::Buttons(vec![Button::new(&label, id)]));
    }
    cards
}

/// The id of a menu: which name it is for, and what is known of the others. Five short parts always fit.
fn menu_id(slot: usize, known: &[String]) -> String {
    let slot = slot.to_string();
    let args: Vec<&str> = std::iter::once(slot.as_str()).chain(known.iter().map(String::as_str)).collect();
    custom_id::encode(PICK, &args).unwrap_or_default()
}

/// A tool was picked from a menu. When all names are clear now, the comparison goes on in public.
pub(in crate::discord) async fn picked(
    bot: &Arc<Bot>,
    asker: &Asker,
    component: &ComponentInteraction,
    args: &[String],
    chosen: &[String],
) -> Result<(), Failure> {
    let view = bot.questions.view(asker.server);
    let outdated = || UserError::new("error-menu-outdated");
    let (slot, known) = args.split_first().ok_or_else(outdated)?;
    let slot: usize = slot.parse().map_err(|_| outdated())?;
    let chosen = chosen.first().ok_or_else(outdated)?;
    if !TOOLS.contains(&known.len()) || slot >= known.len() {
        return Err(outdated().into());
    }
    // What was clear from the start, or picked before: the menus carry it.
    let mut tools: Vec<Option<ToolId>> = known.iter().map(|hash| by_short(&view, hash)).collect();
    // Such a tool may have been removed since. It has no menu, so nobody could name another one in its place.
    let is_gone = |(place, hash): (usize, &String)| {
        place != slot && !hash.is_empty() && tools.get(place).is_none_or(Option::is_none)
    };
    if known.iter().enumerate().any(is_gone) {
        return Err(outdated().into());
    }
    if let Some(place) = tools.get_mut(slot) {
        *place = view.tool(&ToolId::trusted(chosen)).map(|listing| listing.tool.id.clone());
    }
    if tools.get(slot).is_none_or(Option::is_none) {
        return Err(outdated().into());
    }
    let open: Vec<usize> =
        (0..tools.len()).filter(|place| tools.get(*place).is_some_and(Option::is_none)).collect();
    if !open.is_empty() {
        return ask_rest(bot, asker, component, &tools, &open).await;
    }
    let asked: Vec<Asked> = tools.iter().flatten().filter_map(|id| asked_by_id(&view, id)).collect();
    let answer = bot.questions.compare_known(asker.place(), asked).await?;
    give(bot, asker, answer).await
}

/// Some names are still open: the menus that are left, with what is known by now in their ids.
async fn ask_rest(
    bot: &Arc<Bot>,
    asker: &Asker,
    component: &ComponentInteraction,
    tools: &[Option<ToolId>],
    open: &[usize],
) -> Result<(), Failure> {
    let text = bot.private_texts(asker);
    let known: Vec<String> = tools.iter().map(|tool| tool.as_ref().map_or_else(String::new, short)).collect();
    let mut card = Card {
        title: crate::card::Rich::plain(&text.get("compare-pick-rest", &[("count", open.len().into())])),
        private: true,
        ..Card::default()
    };
    for row in &component.message.components {
        let Some(ActionRowComponent::SelectMenu(menu)) = row.components.first() else { continue };
        let (verb, args) = custom_id::decode(menu.custom_id.as_deref().unwrap_or_default());
        let Some(slot) = args.first().and_then(|slot| slot.parse::<usize>().ok()) else { continue };
        if verb != PICK || !open.contains(&slot) {
            continue;
        }
        let options = menu.options.iter().map(|option| {
            MenuOption::new(
                option.value.as_str(),
                &option.label,
                option.description.as_deref().unwrap_or_default(),
            )
        });
        let placeholder = menu.placeholder.as_deref().unwrap_or_default();
        card.rows.push(Row::Menu(Menu::new(menu_id(slot, &known), placeholder, options)));
    }
    bot.update(asker, &[card]).await
}

/// A button that compares two known tools was pressed.
pub(in crate::discord) async fn versus(
    bot: &Arc<Bot>,
    asker: &Asker,
    args: &[String],
) -> Result<(), Failure> {
    let view = bot.questions.view(asker.server);
    let asked: Vec<Asked> = args.iter().filter_map(|id| asked_by_id(&view, &ToolId::trusted(id))).collect();
    if asked.len() != args.len() || !TOOLS.contains(&asked.len()) {
        return Err(UserError::new("error-menu-outdated").into());
    }
    let answer = bot.questions.compare_known(asker.place(), asked).await?;
    give(bot, asker, answer).await
}

fn asked_by_id(view: &View, id: &ToolId) -> Option<Asked> {
    let listing = view.tool(id)?;
    let typed = listing.tool.name.clone();
    Some(Asked { typed, found: Found { listing, score: 1.0, how: How::Exact, alias: None } })
}

/// A tool's id in sixteen letters at most: 64 bits of a hash that is the same in every process.
fn short(id: &ToolId) -> String {
    let mut hasher = rustc_hash::FxHasher::default();
    id.as_str().hash(&mut hasher);
    format!("{:x}", hasher.finish())
}

fn by_short(view: &View, hash: &str) -> Option<ToolId> {
    if hash.is_empty() {
        return None;
    }
    view.tools().map(|listing| listing.tool.id.clone()).find(|id| short(id) == hash)
}

impl Asker {
    /// Where the question was asked.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { server: self.server, channel: self.channel, user: self.user }
    }
}
