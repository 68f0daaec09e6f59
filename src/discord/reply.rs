//! Answering people: publicly, privately, with a form, with an error. The only place that answers interactions.

use serde_json::{Value, json};

use super::{
    asker::Asker,
    bot::Bot,
    post::message_id,
    render,
    rest::{Patience, RestError, calls},
};
use crate::{
    card::{Card, notice, parts::Form},
    domain::ids::MessageId,
    error::{Failure, UserError},
    telemetry,
};

/// Types of an interaction callback. Source: Discord's page "Receiving and Responding".
mod callback {
    pub(super) const MESSAGE: u8 = 4;
    pub(super) const THINKING: u8 = 5;
    pub(super) const UPDATE: u8 = 7;
    pub(super) const FORM: u8 = 9;
}

impl Bot {
    /// Answers with cards: for everyone, or for the asker only when a card is private. Returns the message.
    ///
    /// # Errors
    /// When Discord did not take the answer.
    pub async fn answer(&self, asker: &Asker, cards: &[Card]) -> Result<Option<MessageId>, Failure> {
        let message =
            render::message(cards, asker.abilities.can_embed() || cards.iter().any(|card| card.private));
        self.callback(asker, callback::MESSAGE, message).await
    }

    /// Answers with a message that is built already.
    ///
    /// # Errors
    /// When Discord did not take the answer.
    pub async fn answer_body(&self, asker: &Asker, message: Value) -> Result<Option<MessageId>, Failure> {
        self.callback(asker, callback::MESSAGE, message).await
    }

    /// Changes the message on which a button was pressed.
    ///
    /// # Errors
    /// When Discord did not take the answer.
    pub async fn update(&self, asker: &Asker, cards: &[Card]) -> Result<(), Failure> {
        self.callback(asker, callback::UPDATE, render::message(cards, true)).await.map(drop)
    }

    /// Opens a form.
    ///
    /// # Errors
    /// When Discord did not take the answer.
    pub async fn open_form(&self, asker: &Asker, form: &Form) -> Result<(), Failure> {
        self.callback(asker, callback::FORM, render::form(form)).await.map(drop)
    }

    /// Says that the answer takes a while; only the asker sees it. [`Bot::say_at_last`] gives it.
    ///
    /// # Errors
    /// When Discord did not take it.
    pub async fn think(&self, asker: &Asker) -> Result<(), Failure> {
        self.callback(asker, callback::THINKING, json!({"flags": render::EPHEMERAL})).await.map(drop)
    }

    /// The answer after [`Bot::think`], or a newer state of one that was given: for fifteen minutes after the question.
    ///
    /// # Errors
    /// When Discord did not take it.
    pub async fn say_at_last(&self, asker: &Asker, cards: &[Card]) -> Result<(), Failure> {
        let mut message = render::message(cards, true);
        // Whether only the asker sees a message was settled when it was made.
        if let Some(message) = message.as_object_mut() {
            message.remove("flags");
        }
        match self.rest.call(calls::edit_answer(&asker.key, message)).await {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(Failure::Internal(anyhow::Error::new(error).context("an answer was not taken")))
            }
        }
    }

    async fn callback(&self, asker: &Asker, kind: u8, data: Value) -> Result<Option<MessageId>, Failure> {
        let call = calls::answer(&asker.key, json!({"type": kind, "data": data})).patience(Patience::ANSWER);
        match self.rest.call(call).await {
            Ok(answer) => {
                self.metrics.answers.increment();
                Ok(answer.pointer("/resource/message").and_then(message_id))
            }
            // The first try had arrived although its answer was lost.
            Err(error) if error.is_already_answered() => {
                self.metrics.answers.increment();
                Ok(None)
            }
            Err(error) => {
                Err(Failure::Internal(anyhow::Error::new(error).context("an answer was not taken")))
            }
        }
    }

    /// A further message after the answer, for everyone or for the asker only.
    ///
    /// # Errors
    /// When Discord did not take it.
    pub async fn follow_up(&self, asker: &Asker, cards: &[Card]) -> Result<Option<MessageId>, RestError> {
        let message = render::message(cards, asker.abilities.can_embed());
        self.rest.call(calls::follow_up(&asker.key, message)).await.map(|message| message_id(&message))
    }

    /// Tells the asker what went wrong: what they can mend, or an id that stands in the log too.
    pub async fn fail(&self, asker: &Asker, failure: Failure) {
        match failure {
            Failure::User(error) => self.tell(asker, &error).await,
            Failure::Internal(error) => {
                let incident = self.log_failure(asker, &error, "an answer failed");
                // Three seconds had passed: there is nobody left to tell.
                if !error.downcast_ref::<RestError>().is_some_and(RestError::is_too_late) {
                    self.tell_incident(asker, &incident).await;
                }
            }
        }
    }

    /// Writes a failure of ours into the log; returns the id under which it stands there. `what` failed is the line.
    pub(super) fn log_failure(&self, asker: &Asker, error: &anyhow::Error, what: &str) -> String {
        let incident = telemetry::incident_id();
        self.metrics.answers_failed.increment();
        tracing::error!(
            incident,
            guild.id = asker.server.0,
            channel.id = asker.channel.0,
            error = format!("{error:#}"),
            "{what}"
        );
        incident
    }

    /// Tells the asker that something of ours failed, with the id under which it stands in the log.
    pub async fn tell_incident(&self, asker: &Asker, incident: &str) {
        let card = notice::fault(incident, &self.private_frame(asker));
        if let Err(error) = self.tell_card(asker, &card).await {
            // That it failed stands in the log already, under the same number.
            tracing::debug!(incident, %error, "the asker could not be told");
        }
    }

    /// Tells the asker to come back in a moment.
    pub async fn tell_restarting(&self, asker: &Asker) {
        self.tell(asker, &UserError::new("error-restarting")).await;
    }

    /// Tells the asker a user error, privately.
    async fn tell(&self, asker: &Asker, error: &UserError) {
        let card = notice::error(error, &self.private_frame(asker));
        if let Err(error) = self.tell_card(asker, &card).await {
            tracing::warn!(guild.id = asker.server.0, %error, "the asker could not be told what went wrong");
        }
    }

    async fn tell_card(&self, asker: &Asker, card: &Card) -> Result<(), RestError> {
        if asker.typing {
            return Ok(());
        }
        let message = render::message(std::slice::from_ref(card), true);
        let answer = calls::answer(&asker.key, json!({"type": callback::MESSAGE, "data": message}));
        match self.rest.call(answer).await {
            // The answer had been given before it failed: the rest is told below it.
            Err(error) if error.is_already_answered() => {
                self.rest.call(calls::follow_up(&asker.key, message)).await.map(drop)
            }
            other => other.map(drop),
        }
    }
}
