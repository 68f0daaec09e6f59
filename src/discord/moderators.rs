//! Moderators: who is one, and how they are answered.
//!
//! All answers to moderators are private: housekeeping would only bury the talk of a channel, and what was changed shows on
//! the cards themselves. Who did it stands in `/history`.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashSet;

use super::{
    asker::Asker,
    bot::Bot,
    custom_id,
    drafts::{Draft, Drafts},
    permissions::is_moderator,
};
use crate::{
    card::{
        Button, Card,
        moderation::{self, Mistake, Typed},
        notice,
    },
    domain::{
        change::ChangeId,
        ids::{ServerId, ToolId},
    },
    error::{Failure, UserError},
    service::moderate::{
        Moderation, Moderator, Refusal,
        typed::{Fault, Field},
    },
};

/// Verb of the button that takes a change back: `undo:<change>`.
pub const UNDO: &str = "undo";
/// Verb of the button that leaves things as they are.
pub const KEEP: &str = "keep";

/// What moderators need beside what every handler shares.
#[derive(Debug)]
pub struct Desk {
    /// Their use cases.
    pub moderation: Moderation,
    /// What they typed and could not be used yet.
    pub drafts: Drafts,
    /// Servers in which a recount on command is running.
    pub recounting: Mutex<FxHashSet<ServerId>>,
}

impl Desk {
    /// A desk over these use cases.
    #[must_use]
    pub fn new(moderation: Moderation) -> Self {
        Self { moderation, drafts: Drafts::default(), recounting: Mutex::default() }
    }
}

impl Bot {
    /// The asker as a moderator.
    ///
    /// # Errors
    /// `moderation-not-allowed` when the asker is none (any more); a fault of the store, because then nobody knows.
    pub async fn moderator(&self, asker: &Asker) -> Result<Moderator, Failure> {
        let settings = self.store.settings(asker.server).await.map_err(|error| {
            anyhow::Error::new(error).context("the settings of a server could not be read")
        })?;
        let role = settings.moderator_role.map(|role| role.0);
        if is_moderator(asker.member_permissions, &asker.roles, role) {
            Ok(Moderator { server: asker.server, user: asker.user })
        } else {
            Err(UserError::new("moderation-not-allowed").into())
        }
    }

    /// The moderator who sent a form. Whoever is none any more is told so and gets back what was typed; then there is none.
    ///
    /// # Errors
    /// A fault of the store, or an answer that Discord did not take.
    pub(super) async fn moderator_of_form(
        &self,
        asker: &Asker,
        typed: &[Typed],
    ) -> Result<Option<Moderator>, Failure> {
        match self.moderator(asker).await {
            Ok(moderator) => Ok(Some(moderator)),
            Err(Failure::User(_)) => {
                let frame = self.private_frame(asker);
                let cards = moderation::given_back("moderation-given-back", typed, &frame);
                self.answer_each(asker, cards).await?;
                Ok(None)
            }
            Err(fault) => {
                self.refuse(asker, Refusal::Other(fault), typed, |_| Vec::new()).await?;
                Ok(None)
            }
        }
    }

    /// Answers a command, or a form that came from one. A form that was opened by a button on a private message of ours, such
    /// as the one that told of mistakes, is answered in its place: what it says is settled.
    ///
    /// # Errors
    /// When Discord did not take it.
    pub(super) async fn settle(&self, asker: &Asker, cards: &[Card]) -> Result<(), Failure> {
        if asker.came_from_message {
            self.update(asker, cards).await
        } else {
            self.answer(asker, cards).await.map(drop)
        }
    }

    /// Answers with a message for each card: what does not fit into one.
    ///
    /// # Errors
    /// When Discord did not take the first.
    pub(super) async fn answer_each(&self, asker: &Asker, cards: Vec<Card>) -> Result<(), Failure> {
        let mut cards = cards.into_iter();
        if let Some(first) = cards.next() {
            self.answer(asker, &[first]).await?;
        }
        self.follow_each(asker, cards).await;
        Ok(())
    }

    /// Further private messages below an answer.
    pub(super) async fn follow_each(&self, asker: &Asker, cards: impl Iterator<Item = Card>) {
        for card in cards {
            if let Err(error) = self.follow_up(asker, &[card]).await {
                tracing::warn!(guild.id = asker.server.0, %error, "a part of an answer was not taken");
            }
        }
    }

    /// Tells why something was not done, with what was typed and the way back to the form.
    ///
    /// # Errors
    /// What is neither a mistake nor a conflict; when Discord did not take the answer.
    pub(super) async fn refuse(
        &self,
        asker: &Asker,
        refusal: Refusal,
        typed: &[Typed],
        back: impl FnOnce(&[Fault]) -> Vec<(&'static str, String)>,
    ) -> Result<(), Failure> {
        let frame = self.private_frame(asker);
        let buttons = |back: Vec<(&'static str, String)>| -> Vec<Button> {
            back.iter().map(|(key, id)| moderation::back_to_form(key, id, &frame)).collect()
        };
        let cards = match refusal {
            Refusal::Faults(faults) => {
                let mistakes: Vec<Mistake> = faults
                    .iter()
                    .map(|fault| Mistake { label: label(fault.field), what: fault.what.clone() })
                    .collect();
                moderation::mistakes(&mistakes, typed, buttons(back(&faults)), &frame)
            }
            Refusal::Conflict { subject, conflict } => {
                vec![crate::card::history::undo_refused(&subject, &conflict, &frame)]
            }
            Refusal::Other(failure) if typed.is_empty() => return Err(failure),
            Refusal::Other(failure) => {
                let why = match &failure {
                    Failure::User(error) => notice::error(error, &frame),
                    Failure::Internal(error) => {
                        notice::fault(&self.log_failure(asker, error, "an answer failed"), &frame)
                    }
                };
                moderation::with_typed(why, typed, buttons(back(&[])), &frame)
            }
        };
        let mut cards = cards.into_iter();
        if let Some(first) = cards.next() {
            self.settle(asker, &[first]).await?;
        }
        self.follow_each(asker, cards).await;
        Ok(())
    }

    /// Says what a refusal of a button leads to: there is nothing typed that could be lost.
    ///
    /// # Errors
    /// As [`Bot::refuse`].
    pub(super) async fn refuse_press(&self, asker: &Asker, refusal: Refusal) -> Result<(), Failure> {
        self.refuse(asker, refusal, &[], |_| Vec::new()).await
    }

    /// Keeps a draft of the asker; returns its key.
    pub(super) fn keep(&self, asker: &Asker, draft: Draft) -> String {
        self.desk.drafts.keep(asker.server, asker.user, draft)
    }

    /// The asker's draft under a key.
    ///
    /// # Errors
    /// `moderation-draft-gone`, which says where the text still stands.
    pub(super) fn draft(&self, asker: &Asker, key: &str) -> Result<Draft, Failure> {
        let found = self.desk.drafts.find(asker.server, asker.user, key);
        found.ok_or_else(|| UserError::new("moderation-draft-gone").into())
    }

    /// The cards of a tool in a server are shown anew, when their turn comes. Nothing waits for it.
    pub(super) fn show_cards_of(self: &Arc<Self>, by: Moderator, tool: ToolId) {
        let bot = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = bot.voting.show_tool(by.server, &tool).await {
                tracing::error!(guild.id = by.server.0, tool.id = %tool, %error, "the cards of a changed tool are not shown anew");
            }
        });
    }
}

/// The id of the button that takes a change back.
pub(super) fn undo_button(change: Option<ChangeId>) -> Option<String> {
    custom_id::encode(UNDO, &[&change?.0.to_string()])
}

/// The key of the name of a box.
pub(super) const fn label(field: Field) -> &'static str {
    match field {
        Field::Reviewer => "form-reviewer",
        Field::Quote => "form-quote",
        Field::Name => "form-name",
        Field::Aliases => "form-aliases",
        Field::Tagline => "form-tagline",
        Field::Description => "form-description",
        Field::Link => "form-link",
        Field::Category => "form-category",
        Field::Vendor => "form-vendor",
        Field::Note => "form-note",
        Field::Amount => "form-amount",
        Field::Currency => "form-currency",
        Field::Per => "form-per",
    }
}

/// What was typed into a box, by the field it is for.
pub(super) fn typed(field: Field, text: &str) -> Typed {
    Typed { label: label(field), text: text.to_owned() }
}
