//! Posting cards: build, post, register, seed.
//!
//! A card is registered before it is seeded. Whoever hears of it first registers it: the answer of the call that posted
//! it (here), or our own MESSAGE_CREATE (the reaction stream), which reads the mark in the card's first button. So a card
//! whose call was cut off, or whose bot was killed at that moment, is not orphaned and is not posted twice.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;

use super::{
    bot::Bot,
    card_mark::CardMark,
    emoji,
    outbox::{Key, Outbox, Urgency},
    refresh::CardView,
    render,
    rest::{Rest, RestError, calls, calls::InteractionKey},
};
use crate::{
    card::{
        Button, Row,
        tool::{hidden_card, tool_card},
        words::{self, Frame},
    },
    domain::{
        compare::ToolView,
        ids::{ChannelId, MessageId, ServerId, ToolId},
        review::Verdict,
        time::Timestamp,
    },
    error::Failure,
    service::ask,
    store::{
        contract::CardPlace,
        records::{Card, CardKind},
    },
    text::Texts,
};

/// After a call whose end is unknown: so long our own MESSAGE_CREATE may take to tell that it was done.
const HEAR_OF_IT: Duration = Duration::from_secs(3);
/// Tries to post one card: more than a minute in all, with pauses that grow after the first few.
const TRIES: u32 = 10;
const QUICK_TRIES: u32 = 4;

/// Where a card goes.
#[derive(Debug, Clone)]
pub enum Target {
    /// Below the answer to an interaction.
    FollowUp(InteractionKey),
    /// A message of its own.
    Channel,
}

/// A card to be posted.
#[derive(Debug, Clone)]
pub struct Posting {
    /// How it is posted.
    pub target: Target,
    /// The server.
    pub server: ServerId,
    /// The channel or thread.
    pub channel: ChannelId,
    /// The tool.
    pub tool: ToolId,
    /// How it comes to be posted.
    pub kind: CardKind,
    /// Language of its texts.
    pub lang: String,
    /// Whether the right to embed is there.
    pub can_embed: bool,
    /// Whether it can be seeded.
    pub can_seed: bool,
}

impl Posting {
    /// The message. Where it cannot be seeded, it says what voting needs; once somebody has voted all the same, it says no
    /// more of that.
    fn body(&self, view: &ToolView) -> Value {
        let voting = if self.can_seed { words::Voting::Open } else { words::Voting::LacksPermission };
        let face = face(view, self.kind, Texts::for_language(&self.lang), voting);
        render::message(&[face], self.can_embed)
    }
}

impl Bot {
    /// Puts a card into the outbox. Nothing waits for it.
    pub fn post_later(self: &Arc<Self>, posting: Posting) {
        let bot = Arc::clone(self);
        let (channel, key) = (posting.channel, self.outbox.single());
        // What a person asked for just now is worth a try where we were refused before.
        self.outbox.channel_open(channel);
        let taken = self.outbox.push(channel, Urgency::Post, key, Duration::ZERO, move || async move {
            bot.post(posting).await;
        });
        if !taken {
            tracing::warn!(channel.id = channel.0, "a card was not posted: the outbox takes nothing more");
        }
    }

    /// Posts a card, registers it and has it seeded.
    async fn post(self: &Arc<Self>, posting: Posting) {
        let body = match self.card_body(&posting).await {
            Ok(Some(body)) => body,
            // Hidden since it was asked for.
            Ok(None) => return,
            Err(error) => {
                tracing::error!(tool.id = %posting.tool, %error, "a card could not be built");
                return;
            }
        };
        match self.post_body(&posting, body).await {
            Ok(message) => {
                self.channel_accepted(posting.server, posting.channel).await;
                self.posted(&posting, message).await;
            }
            Err(error) => {
                tracing::warn!(channel.id = posting.channel.0, tool.id = %posting.tool, %error, "a card was not posted");
                if matches!(posting.target, Target::Channel) && (error.is_forbidden() || error.is_gone()) {
                    self.channel_refused(posting.server, posting.channel, &error).await;
                }
            }
        }
    }

    /// Posts until it is known to be done. After a cut connection nobody knows whether it was, so we listen for our own
    /// message before trying again.
    async fn post_body(&self, posting: &Posting, body: Value) -> Result<MessageId, RestError> {
        let before = self.newest_card(posting).await;
        let mut tries = 0;
        let mut target = &posting.target;
        loop {
            tries += 1;
            let call = match target {
                Target::FollowUp(key) => calls::follow_up(key, body.clone()),
                Target::Channel => calls::create_message(posting.channel, body.clone()).not_repeatable(),
            };
            match self.rest.call(call).await {
                Ok(message) => return message_id(&message).ok_or(RestError::Unreadable { status: 200 }),
                Err(error) if error.is_transient() && tries < TRIES => {
                    let patience = HEAR_OF_IT * tries.saturating_sub(QUICK_TRIES - 1).max(1);
                    let until = tokio::time::Instant::now() + patience;
                    while tokio::time::Instant::now() < until {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        match self.newest_card(posting).await {
                            heard if heard > before => return heard.ok_or(error),
                            _ => {}
                        }
                    }
                }
                // It waited so long that the answer takes nothing more: the card goes where the answer stands.
                Err(error) if error.is_answer_over() && matches!(target, Target::FollowUp(_)) => {
                    target = &Target::Channel;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn newest_card(&self, posting: &Posting) -> Option<MessageId> {
        let place = CardPlace::Tool(posting.server, posting.tool.clone());
        let since = self.clock.now().plus(-Timestamp::HOUR);
        let cards = self.store.cards(place, since, None, 20).await.ok()?;
        cards.into_iter().find(|card| card.channel == posting.channel).map(|card| card.id)
    }

    /// Registers a posted card and has it seeded.
    pub(super) async fn posted(self: &Arc<Self>, posting: &Posting, message: MessageId) {
        let card = Card {
            id: message,
            server: posting.server,
            channel: posting.channel,
            tool: posting.tool.clone(),
            card: posting.kind,
            lang: posting.lang.clone(),
            frozen: None,
            plain: !posting.can_embed,
        };
        if let Err(error) = self.voting.register(card).await {
            tracing::error!(message.id = message.0, %error, "a card could not be registered; its reactions do not count");
            return;
        }
        if posting.can_seed {
            self.seed_later(posting.channel, message);
        }
    }

    /// Puts 🚢 and ⏭️ under a card, when the channel's turn has come.
    pub fn seed_later(self: &Arc<Self>, channel: ChannelId, message: MessageId) {
        seed_later(&self.outbox, &self.rest, channel, message);
    }

    /// Answers an interaction with a card that is voted on.
    ///
    /// # Errors
    /// When Discord did not take the answer.
    pub async fn answer_with_card(
        self: &Arc<Self>,
        asker: &super::asker::Asker,
        view: &ToolView,
        posting: Posting,
    ) -> Result<(), Failure> {
        let body = posting.body(view);
        // When the answer arrived but its receipt was lost, our own MESSAGE_CREATE registers the card.
        if let Some(message) = self.answer_body(asker, body).await? {
            // What a person asked for just now is worth a try where we were refused before.
            self.outbox.channel_open(posting.channel);
            self.channel_accepted(posting.server, posting.channel).await;
            self.posted(&posting, message).await;
        }
        Ok(())
    }

    async fn card_body(&self, posting: &Posting) -> Result<Option<Value>, Failure> {
        let Some(view) = self.questions.tool(posting.server, &posting.tool).await? else { return Ok(None) };
        Ok(Some(posting.body(&view)))
    }

    /// A channel answered 403 or 404 to a message: it is left alone for a while, also after a restart. Where only posting is
    /// not allowed, cards that stand under answers are still seeded and refreshed.
    pub async fn channel_refused(&self, server: ServerId, channel: ChannelId, error: &RestError) {
        use crate::store::records::Refusal;
        if error.is_lack_of_permission() {
            self.outbox.posts_refused(channel);
        } else {
            self.outbox.channel_refused(channel);
        }
        let why = if error.is_gone() { Refusal::NotFound } else { Refusal::Forbidden };
        let noted = self.store.channel_refused(server, channel, why, self.clock.now()).await;
        if let Err(error) = noted {
            tracing::error!(channel.id = channel.0, %error, "a refusing channel could not be noted");
        }
    }

    /// A channel took a message: what it refused before is forgotten.
    pub(super) async fn channel_accepted(&self, server: ServerId, channel: ChannelId) {
        if let Err(error) = self.store.channel_accepted(server, channel).await {
            tracing::warn!(channel.id = channel.0, %error, "a channel is still noted as refusing");
        }
    }

    /// What the bot may do changed in a channel, or in all of a server: where we were refused before is worth a try.
    pub(super) async fn permissions_changed(&self, server: ServerId, channel: Option<ChannelId>) {
        let refusing = match channel {
            Some(channel) => vec![channel],
            None => match self.store.refused_channels(server).await {
                Ok(refusing) => refusing.into_iter().map(|refusing| refusing.channel).collect(),
                Err(error) => {
                    tracing::warn!(guild.id = server.0, %error, "channels are still noted as refusing");
                    return;
                }
            },
        };
        for channel in refusing {
            self.outbox.channel_open(channel);
            self.channel_accepted(server, channel).await;
        }
    }

    /// Whether a channel refused a message of ours within the last hour, also before a restart.
    pub(super) async fn refused_lately(&self, server: ServerId, channel: ChannelId) -> bool {
        if self.outbox.is_mute(channel) {
            return true;
        }
        let since = self.clock.now().plus(-Timestamp::HOUR);
        let noted = self.store.refused_channel(server, channel).await;
        matches!(noted, Ok(Some(refused)) if refused.at >= since)
    }
}

/// Puts 🚢 and ⏭️ under a card, when the channel's turn has come.
pub(super) fn seed_later(outbox: &Outbox, rest: &Rest, channel: ChannelId, message: MessageId) {
    let rest = rest.clone();
    outbox.push(channel, Urgency::Seed, Key::Seed(message), Duration::ZERO, move || async move {
        for verdict in Verdict::ALL {
            let call = calls::add_reaction(channel, message, emoji::of(verdict));
            if let Err(error) = rest.call(call).await {
                // Gone, or not allowed: members can still react themselves.
                tracing::warn!(channel.id = channel.0, message.id = message.0, %error, "a card was not seeded");
                return;
            }
        }
    });
}

/// A tool as it looks where its card stands already, or must not be posted: nothing to vote on.
#[must_use]
pub fn look(view: &ToolView, text: &'static Texts) -> crate::card::Card {
    tool_card(view, None, &Frame::server(text).voting(words::Voting::Closed))
}

/// A card with its mark, to vote on.
#[must_use]
pub fn face(
    view: &ToolView,
    kind: CardKind,
    text: &'static Texts,
    voting: words::Voting,
) -> crate::card::Card {
    let mark = CardMark { tool: view.tool.id.clone(), kind, lang: text.language() };
    let id = mark.custom_id();
    let mut card = tool_card(view, id.as_deref(), &Frame::server(text).voting(voting));
    if card.rows.is_empty()
        && let Some(id) = id
    {
        // The mark must be there even when there is nothing to open.
        card.rows.push(idle(id, "tool-no-reviews", text));
    }
    card
}

/// The id of a message that Discord answered with.
#[must_use]
pub fn message_id(message: &Value) -> Option<MessageId> {
    message.get("id")?.as_str()?.parse().ok().map(MessageId)
}

/// How a card looks now, for refreshing it in place.
pub struct Faces {
    questions: Arc<ask::Questions>,
}

impl Faces {
    /// Faces of cards, from what is asked of the catalog and the votes.
    #[must_use]
    pub fn new(questions: Arc<ask::Questions>) -> Self {
        Self { questions }
    }
}

impl Faces {
    /// The card of a tool that moderators have removed: it says so, and keeps its mark.
    fn hidden(&self, card: &Card) -> Value {
        let view = self.questions.view(card.server);
        let text = Texts::for_language(&card.lang);
        let mut face = hidden_card(view.name_of(&card.tool), &Frame::server(text));
        let mark = CardMark { tool: card.tool.clone(), kind: card.card, lang: card.lang.clone() };
        face.rows.extend(mark.custom_id().map(|id| idle(id, "tool-hidden-button", text)));
        render::message(&[face], !card.plain)
    }
}

/// The mark where there is nothing to open, with a word that says why.
fn idle(id: String, why: &str, text: &'static Texts) -> Row {
    Row::Buttons(vec![Button::new(&text.get(why, &[]), id).enabled(false)])
}

#[async_trait]
impl CardView for Faces {
    async fn body(&self, card: &Card) -> anyhow::Result<Option<Value>> {
        match self.questions.tool(card.server, &card.tool).await {
            Ok(Some(view)) => {
                let text = Texts::for_language(&card.lang);
                let face = face(&view, card.card, text, words::Voting::Open);
                Ok(Some(render::message(&[face], !card.plain)))
            }
            Ok(None) => Ok(Some(self.hidden(card))),
            Err(failure) => Err(anyhow::anyhow!("{failure}")),
        }
    }

    fn server_forgotten(&self, server: ServerId) {
        self.questions.forget(server);
    }
}
