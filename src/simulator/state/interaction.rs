//! Interactions: what a member did, and how the application answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::change::Change;
use super::super::gateway::event::Scope;
use super::super::ids::{ChannelId, InteractionId, MessageId, ServerId, UserId};
use super::World;
use super::message::Origin;

/// How long the application has for its first answer.
pub const ANSWER_WITHIN_MS: u64 = 3_000;

/// How long the token of an interaction lives.
pub const TOKEN_LIVES_MS: u64 = 15 * 60_000;

/// Discord's numbers for the kinds of interactions.
pub mod kind {
    /// A command was sent.
    pub const COMMAND: u8 = 2;
    /// A button was clicked or a menu used.
    pub const COMPONENT: u8 = 3;
    /// A member is typing into an option.
    pub const AUTOCOMPLETE: u8 = 4;
    /// A form was submitted.
    pub const FORM: u8 = 5;
}

/// How an interaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not answered. After three seconds it never will be.
    Waiting,
    /// Answered by a message.
    Message,
    /// "… is thinking": the message comes later.
    Thinking,
    /// Acknowledged; the message with the component stays as it is, for now.
    Acknowledged,
    /// The message with the component was changed.
    Updated,
    /// Choices for the option that is being typed.
    Choices,
    /// A form was opened.
    Form,
}

/// One choice of an option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What the member sees.
    pub name: String,
    /// What is sent.
    pub value: Value,
}

/// A form as the application sent it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Form {
    /// The application's own mark.
    pub custom_id: String,
    /// The heading.
    pub title: String,
    /// Its parts, as sent.
    pub components: Vec<Value>,
}

/// One interaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// The id.
    pub id: InteractionId,
    /// The token that answers it.
    pub token: String,
    /// See [`kind`].
    pub kind: u8,
    /// Who did it.
    pub user: UserId,
    /// Where.
    pub channel: ChannelId,
    /// In which server, if not in a direct conversation.
    pub server: Option<ServerId>,
    /// When, in Unix milliseconds.
    pub made_at_ms: u64,
    /// What messages that answer it say of their origin.
    pub origin: Origin,
    /// The message that carries the component (or carried the one that opened the form).
    pub source: Option<MessageId>,
    /// How it stands.
    pub standing: Standing,
    /// The kind of the option that is being typed, for autocomplete.
    pub typed_kind: Option<u8>,
    /// The message of the first answer.
    pub original: Option<MessageId>,
    /// Later messages.
    pub follow_ups: Vec<MessageId>,
    /// The answer to an autocomplete.
    pub choices: Vec<Choice>,
    /// The form that was opened.
    pub form: Option<Form>,
}

impl Interaction {
    /// Whether the first answer is still possible at this time.
    pub fn answerable(&self, now_ms: u64) -> bool {
        now_ms <= self.made_at_ms + ANSWER_WITHIN_MS
    }

    /// Whether the token still lives at this time.
    pub fn token_lives(&self, now_ms: u64) -> bool {
        now_ms <= self.made_at_ms + TOKEN_LIVES_MS
    }
}

impl World {
    /// Keeps an interaction and tells the application of it.
    pub fn open_interaction(&mut self, interaction: Interaction, event: &Value) {
        let (id, user, now) = (interaction.id, interaction.user, self.clock.now_ms());
        let server = interaction.server;
        // Tokens live fifteen minutes; what is older can only ever answer "invalid token", which needs no record.
        let keep_from = now.saturating_sub(4 * TOKEN_LIVES_MS);
        while let Some(oldest) = self.data.interactions.first_entry() {
            if oldest.get().made_at_ms >= keep_from {
                break;
            }
            oldest.remove();
        }
        self.data.interactions.insert(id, interaction);
        let scope = match server {
            Some(server) => Scope::always(server),
            None => Scope::direct(0),
        };
        self.emit(scope, "INTERACTION_CREATE", event);
        self.changes.tell(Change::Interaction { interaction: id, user });
    }

    /// The interaction that holds this token.
    pub fn interaction_by_token(&self, token: &str) -> Option<&Interaction> {
        // A token begins with its interaction's number, so no second index is needed.
        let id: InteractionId = token.split('.').next()?.parse().ok()?;
        self.data.interactions.get(&id).filter(|interaction| interaction.token == token)
    }

    /// Changes an interaction and tells the watchers.
    pub fn with_interaction(&mut self, id: InteractionId, change: impl FnOnce(&mut Interaction)) {
        if let Some(interaction) = self.data.interactions.get_mut(&id) {
            change(interaction);
            let user = interaction.user;
            self.changes.tell(Change::Interaction { interaction: id, user });
        }
    }
}
