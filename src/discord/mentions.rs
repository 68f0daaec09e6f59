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
    rest::calls::{self, InteractionKey},
};
use crate::{
    card::{Button, Card, Rich, Row, find, find::Candidate, help, notice, words::Frame},
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
    match bot.store.settings(asker.server).await {
        Ok(settings) if !settings.mentions.unwrap_or(bot.mentions) => return,
        _ => {}
    }
    if bot.outbox.is_refused(asker.channel) {
        return;
    }
    if let Err(failure) = reply(bot, &asker, message).await {
        bot.mention_failed(&asker, MessageId(message.id.get()), failure).await;
    }
}

async fn reply(bot: &Arc<Bot>, asker: &Asker, message: &Message) -> Result<(), Failure> {
    let view = bot.questions.view(asker.server);
    let text = bot.public_texts(asker).await;
    let to = MessageId(message.id.get());
    match read(&view, &message.content) {
        Question::Nothing => bot.reply(asker, to, &[help::hint(&Frame::server(text))]).await,
        Question::One(name) => {
            let tool = name
                .answer
                .matched()
                .and_then(|hit| view.found(hit))
                .map(|found| found.listing.tool.id.clone());
            match tool {
                Some(tool) => one(bot, asker, to, &tool, text).await,
                None => bot.reply(asker, to, &[ask_back_line(text)]).await,
            }
        }
        Question::Compare(names) => {
            let typed: Vec<String> = names.iter().map(|name| name.text.clone()).collect();
            match bot.questions.compare(asker.place(), &typed).await {
                Ok(Answer::Compared(compared)) if compared.loudness == Loudness::Public => {
                    bot.reply(asker, to, &[compare::build(&compared, asker, text)]).await?;
                    compare::post_cards(bot, asker, &compared, text, Target::Channel);
                    Ok(())
                }
                Ok(Answer::Compared(_)) => bot.reply(asker, to, &[quiet(text)]).await,
                Ok(Answer::Unclear { .. }) => bot.reply(asker, to, &[ask_back_line(text)]).await,
                Err(Failure::User(error)) => {
                    bot.reply(asker, to, &[notice::error(&error, &Frame::server(text))]).await
                }
                Err(fault) => Err(fault),
            }
        }
    }
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
        return bot.reply(asker, to, &[quiet(text)]).await;
    }
    if let Some(standing) = bot.questions.card_here(asker.place(), &view.tool.id).await? {
        let mut card = post::look(&view, text);
        compare::link_card(&mut card, &view.tool.name, &standing, text);
        card.rows.extend(row);
        return bot.reply(asker, to, &[card]).await;
    }
    let mut card = post::face(&view, CardKind::Single, text);
    card.rows.extend(row);
    let body = referring(render::message(&[card], true), to);
    let sent = bot.rest.call(calls::create_message(asker.channel, body)).await.map_err(not_taken)?;
    if let Some(message) = message_id(&sent) {
        let posting = post::Posting {
            target: Target::Channel,
            server: asker.server,
            channel: asker.channel,
            tool: view.tool.id.clone(),
            kind: CardKind::Single,
            lang: text.language(),
            can_embed: true,
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

/// A message as a reply that pings nobody and is not made twice.
fn referring(mut message: Value, to: MessageId) -> Value {
    message["message_reference"] = json!({"message_id": to.0.to_string(), "fail_if_not_exists": false});
    message["allowed_mentions"] = json!({"parse": [], "replied_user": false});
    message["nonce"] = to.0.to_string().into();
    message["enforce_nonce"] = true.into();
    message
}

fn not_taken(error: super::rest::RestError) -> Failure {
    Failure::Internal(anyhow::Error::new(error).context("a reply was not taken"))
}

impl Bot {
    /// Replies to a message.
    async fn reply(&self, asker: &Asker, to: MessageId, cards: &[Card]) -> Result<(), Failure> {
        let mut cards = cards.to_vec();
        for card in &mut cards {
            // There are no private replies.
            card.private = false;
        }
        let body = referring(render::message(&cards, true), to);
        self.rest.call(calls::create_message(asker.channel, body)).await.map_err(not_taken)?;
        self.metrics.answers.increment();
        Ok(())
    }

    /// A reply failed: it is logged once, and told below the question when Discord takes that.
    async fn mention_failed(&self, asker: &Asker, to: MessageId, failure: Failure) {
        let incident = crate::telemetry::incident_id();
        self.metrics.answers_failed.increment();
        let Failure::Internal(error) = failure else { return };
        tracing::error!(
            incident,
            guild.id = asker.server.0,
            channel.id = asker.channel.0,
            error = format!("{error:#}"),
            "a reply failed"
        );
        match error.downcast_ref::<super::rest::RestError>() {
            Some(rest) if rest.is_forbidden() || rest.is_gone() => {
                self.channel_refused(asker.server, asker.channel, rest).await;
            }
            Some(_) => {}
            None => {
                let text = self.public_texts(asker).await;
                let card = notice::fault(&incident, &Frame::server(text));
                if let Err(error) = self.reply(asker, to, &[card]).await {
                    tracing::warn!(incident, %error, "the asker could not be told either");
                }
            }
        }
    }
}
