//! "@bot A vs B" in a message: the same answer as `/compare`, as a reply.
//!
//! A message cannot be answered for its author only. So what would be private there is one quiet line here, with a button
//! that asks back privately whoever presses it: the message that was asked comes with the press, nothing is remembered.

use std::sync::Arc;

use serde_json::{Value, json};
use serenity::all::{ComponentInteraction, Message, MessageType, Permissions};

use super::{
    asker::Asker,
    bot::Bot,
    commands::compare,
    custom_id,
    permissions::Abilities,
    post::{self, Target, message_id},
    render,
    rest::{
        RestError,
        calls::{self, InteractionKey},
    },
};
use crate::{
    card::{
        Button, Card, Rich, Row, find,
        find::Candidate,
        help, notice,
        words::{Frame, Voting},
    },
    catalog::{
        question::{self, Question},
        view::View,
    },
    domain::ids::{ChannelId, MessageId, ServerId, ToolId, UserId},
    error::Failure,
    service::{ask::Answer, quiet::Loudness},
    store::records::CardKind,
    text::Texts,
};

/// Verb of the button that asks back privately.
pub const ASK_BACK: &str = "ask-back";
/// Rivals offered below a single tool.
const RIVALS: usize = 3;
/// Discord's code for a message that holds nothing: without the right to embed, one that holds embeds only.
const EMPTY_MESSAGE: u32 = 50_006;

/// Whether a message asks us something: a person of a server mentions us by name, and not only by answering us.
#[must_use]
pub fn is_for_us(bot: &Bot, message: &Message) -> bool {
    let us = bot.user.0;
    let by_name = |text: &str| text.contains(&format!("<@{us}>")) || text.contains(&format!("<@!{us}>"));
    !message.author.bot
        && message.webhook_id.is_none()
        && message.guild_id.is_some()
        && matches!(message.kind, MessageType::Regular | MessageType::InlineReply)
        && message.mentions.iter().any(|user| user.id.get() == us)
        && by_name(&message.content)
}

/// Answers a message that [`is_for_us`].
pub async fn answer(bot: &Arc<Bot>, message: &Message) {
    let Some(asker) = asker(bot, message) else { return };
    if !bot.answers_mentions(asker.server).await || bot.refused_lately(asker.server, asker.channel).await {
        return;
    }
    if let Err(failure) = reply(bot, &asker, message).await {
        bot.mention_failed(&asker, MessageId(message.id.get()), failure).await;
    }
}

/// Answering a message panicked: its author is told the id under which that is in the log.
pub async fn tell_incident(bot: &Arc<Bot>, message: &Message, incident: &str) {
    if let Some(asker) = asker(bot, message) {
        bot.tell_below(&asker, MessageId(message.id.get()), incident).await;
    }
}

async fn reply(bot: &Arc<Bot>, asker: &Asker, message: &Message) -> Result<(), Failure> {
    let view = bot.questions.view(asker.server);
    let text = bot.public_texts(asker).await;
    let to = MessageId(message.id.get());
    match read(&view, &message.content) {
        Question::Nothing => line(bot, asker, to, help::hint(&Frame::server(text)), text).await,
        Question::One(name) => {
            let tool = name
                .answer
                .matched()
                .and_then(|hit| view.found(hit))
                .map(|found| found.listing.tool.id.clone());
            match tool {
                Some(tool) => one(bot, asker, to, &tool, text).await,
                None => line(bot, asker, to, ask_back_line(text), text).await,
            }
        }
        Question::Compare(names) => {
            let typed: Vec<String> = names.iter().map(|name| name.text.clone()).collect();
            match bot.questions.compare(asker.place(), &typed).await {
                Ok(Answer::Compared(compared)) if compared.loudness == Loudness::Public => {
                    let mut asker = asker.clone();
                    if !bot.reply(&asker, to, &[compare::build(&compared, &asker, text)]).await? {
                        asker.abilities = asker.abilities.without_embeds();
                    }
                    compare::post_cards(bot, &asker, &compared, text, Target::Channel);
                    Ok(())
                }
                Ok(Answer::Compared(_)) => too_much(bot, asker, to, text).await,
                Ok(Answer::Unclear { .. }) => line(bot, asker, to, ask_back_line(text), text).await,
                Err(Failure::User(error)) => {
                    line(bot, asker, to, notice::error(&error, &Frame::server(text)), text).await
                }
                Err(fault) => Err(fault),
            }
        }
    }
}

/// An answer of one line. It counts like a question: lines flood a channel as well.
async fn line(
    bot: &Bot,
    asker: &Asker,
    to: MessageId,
    card: Card,
    text: &'static Texts,
) -> Result<(), Failure> {
    match bot.questions.admit(asker.place()).await? {
        Loudness::Public => bot.reply(asker, to, &[card]).await.map(drop),
        Loudness::QuietForMember | Loudness::QuietForChannel => too_much(bot, asker, to, text).await,
    }
}

/// There was a lot within a minute: that is said once, then there is silence until the minute is over.
async fn too_much(bot: &Bot, asker: &Asker, to: MessageId, text: &'static Texts) -> Result<(), Failure> {
    if bot.questions.may_say_so(asker.channel) {
        bot.reply(asker, to, &[quiet(text)]).await?;
    }
    Ok(())
}

/// One tool: its card to vote on, or a link to the one that stands here, with its nearest rivals.
async fn one(
    bot: &Arc<Bot>,
    asker: &Asker,
    to: MessageId,
    tool: &ToolId,
    text: &'static Texts,
) -> Result<(), Failure> {
    let Some(view) = bot.questions.tool(asker.server, tool).await? else { return Ok(()) };
    let frame = Frame::server(text);
    let rivals: Vec<Candidate> = bot
        .questions
        .rivals(asker.server, &view.tool.id, RIVALS)
        .iter()
        .map(|listing| Candidate::of(&listing.tool, &frame))
        .collect();
    let versus =
        |rival: &str| custom_id::encode(compare::VERSUS, &[view.tool.id.as_str(), rival]).unwrap_or_default();
    let row = find::rivals(&rivals, versus, &frame);
    if bot.questions.admit(asker.place()).await? != Loudness::Public {
        return too_much(bot, asker, to, text).await;
    }
    if let Some(standing) = bot.questions.card_here(asker.place(), &view.tool.id).await? {
        let mut card = post::look(&view, text);
        compare::link_card(&mut card, &view.tool.name, &standing, text);
        card.rows.extend(row);
        return bot.reply(asker, to, &[card]).await.map(drop);
    }
    let mut card = post::face(&view, CardKind::Single, text, Voting::Open);
    card.rows.extend(row);
    let (message, can_embed) =
        bot.say_below(asker.channel, to, Part::Answer, &[card]).await.map_err(not_taken)?;
    bot.metrics.answers.increment();
    if let Some(message) = message {
        let posting = post::Posting {
            target: Target::Channel,
            server: asker.server,
            channel: asker.channel,
            tool: view.tool.id.clone(),
            kind: CardKind::Single,
            lang: text.language(),
            can_embed,
            can_seed: true,
        };
        bot.posted(&posting, message).await;
    }
    Ok(())
}

/// The button of [`ask_back_line`] was pressed: the question of the message that was answered is asked back, privately.
pub(super) async fn pressed_ask_back(
    bot: &Arc<Bot>,
    asker: &Asker,
    component: &ComponentInteraction,
) -> Result<(), Failure> {
    let outdated = || crate::error::UserError::new("error-menu-outdated");
    let question = component.message.referenced_message.as_ref().ok_or_else(outdated)?;
    let names = read(&bot.questions.view(asker.server), &question.content);
    let typed: Vec<String> = names.names().iter().map(|name| name.text.clone()).collect();
    if typed.len() == 1 {
        return super::commands::tool::find(bot, asker, &typed[0]).await;
    }
    let answer = bot.questions.compare(asker.place(), &typed).await?;
    compare::give(bot, asker, answer).await
}

fn read(view: &View, content: &str) -> Question {
    question::question(content, |name| view.index().answer(name, crate::service::names::OFFERED))
}

fn ask_back_line(text: &'static Texts) -> Card {
    let button = Button::new(&text.get("mention-ask-back", &[]), ASK_BACK);
    Card {
        title: Rich::plain(&text.get("mention-unclear", &[])),
        rows: vec![Row::Buttons(vec![button])],
        ..Card::default()
    }
}

fn quiet(text: &'static Texts) -> Card {
    Card { title: Rich::plain(&text.get("mention-quiet", &[])), ..Card::default() }
}

/// Who wrote the message. Messages do not say what the bot may do where they stand: the usual is assumed, and Discord
/// refuses what is not allowed.
fn asker(bot: &Bot, message: &Message) -> Option<Asker> {
    Some(Asker {
        key: InteractionKey { application: bot.application, id: message.id.get(), token: String::new() },
        server: ServerId(message.guild_id?.get()),
        channel: ChannelId(message.channel_id.get()),
        user: UserId(message.author.id.get()),
        name: message.author.name.clone(),
        locale: String::new(),
        server_locale: None,
        abilities: Abilities::new(Some(Permissions::all()), false),
        member_permissions: None,
        roles: Vec::new(),
        typing: false,
        came_from_message: false,
    })
}

/// What a reply tells: each is told once.
#[derive(Debug, Clone, Copy)]
enum Part {
    Answer,
    Fault,
}

/// A message as a reply that pings nobody and is not made twice.
fn referring(mut message: Value, to: MessageId, part: Part) -> Value {
    message["message_reference"] = json!({"message_id": to.0.to_string(), "fail_if_not_exists": false});
    message["allowed_mentions"] = json!({"parse": [], "replied_user": false});
    message["nonce"] = match part {
        Part::Answer => to.0.to_string(),
        Part::Fault => format!("{to}-f"),
    }
    .into();
    message["enforce_nonce"] = true.into();
    message
}

fn not_taken(error: RestError) -> Failure {
    Failure::Internal(anyhow::Error::new(error).context("a reply was not taken"))
}

impl Bot {
    /// Replies to a message. Returns whether cards are shown with their frame here: without the right to embed Discord drops
    /// them, and the reply is made plain text.
    async fn reply(&self, asker: &Asker, to: MessageId, cards: &[Card]) -> Result<bool, Failure> {
        let said = self.say_below(asker.channel, to, Part::Answer, cards).await;
        let (_, framed) = said.map_err(not_taken)?;
        self.metrics.answers.increment();
        self.channel_accepted(asker.server, asker.channel).await;
        Ok(framed)
    }

    /// Posts cards below a message, as plain text where embeds are dropped. Returns the message, and whether it has embeds.
    async fn say_below(
        &self,
        channel: ChannelId,
        to: MessageId,
        part: Part,
        cards: &[Card],
    ) -> Result<(Option<MessageId>, bool), RestError> {
        let mut cards = cards.to_vec();
        for card in &mut cards {
            // There are no private replies.
            card.private = false;
        }
        let sent = match self.post_below(channel, referring(render::message(&cards, true), to, part)).await {
            Ok(sent) => sent,
            Err(error) if error.code() == Some(EMPTY_MESSAGE) => {
                let plain = referring(render::message(&cards, false), to, part);
                let sent = self.post_below(channel, plain).await?;
                return Ok((message_id(&sent), false));
            }
            Err(error) => return Err(error),
        };
        let message = message_id(&sent);
        let is_framed = sent.get("embeds").and_then(Value::as_array).is_none_or(|embeds| !embeds.is_empty());
        if let (false, Some(message)) = (is_framed, message) {
            self.rest.call(calls::edit_message(channel, message, render::message(&cards, false))).await?;
        }
        Ok((message, is_framed))
    }

    /// Posts a reply; where the bot may not read what it replies to, the same as a message of its own.
    async fn post_below(&self, channel: ChannelId, mut message: Value) -> Result<Value, RestError> {
        match self.rest.call(calls::create_message(channel, message.clone())).await {
            Err(error) if error.is_reply_refused() => {
                if let Some(message) = message.as_object_mut() {
                    message.remove("message_reference");
                }
                self.rest.call(calls::create_message(channel, message)).await
            }
            other => other,
        }
    }

    /// A reply failed: it is logged once, and told below the question when Discord takes that.
    async fn mention_failed(&self, asker: &Asker, to: MessageId, failure: Failure) {
        let Failure::Internal(error) = failure else { return };
        let incident = self.log_failure(asker, &error, "a reply failed");
        match error.downcast_ref::<RestError>() {
            Some(rest) if rest.is_forbidden() || rest.is_gone() => {
                self.channel_refused(asker.server, asker.channel, rest).await;
            }
            _ => self.tell_below(asker, to, &incident).await,
        }
    }

    /// Tells below a message that something of ours failed.
    async fn tell_below(&self, asker: &Asker, to: MessageId, incident: &str) {
        let text = self.public_texts(asker).await;
        let card = notice::fault(incident, &Frame::server(text));
        if let Err(error) = self.say_below(asker.channel, to, Part::Fault, &[card]).await {
            // That it failed stands in the log already, under the same number.
            tracing::debug!(incident, %error, "the asker could not be told");
        }
    }
}
