//! What the application makes of an interaction; and clicking, picking and submitting, which lead to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::core::Core;
use super::super::ids::{ChannelId, InteractionId, MessageId};
use super::super::rules::component::check_use;
use super::super::rules::modal;
use super::super::state::interaction::{ANSWER_WITHIN_MS, kind};
use super::super::state::message::Origin;
use super::super::state::{Choice, Form, Interaction, Standing, World};
use super::member::MemberHandle;
use super::slash::{Opening, open, resolve};
use super::view::{self, MessageView};
use super::wait::PATIENCE;
use super::{Driven, DriverError, not_possible};

/// An interaction that was sent, on its way to an answer.
#[derive(Clone)]
pub struct Asked {
    core: Arc<Core>,
    /// The interaction.
    pub id: InteractionId,
}

/// How the application answered first.
#[derive(Clone, Debug)]
pub enum Answer {
    /// With a message.
    Message(Box<MessageView>),
    /// It is thinking; the message comes later.
    Thinking,
    /// It took note, and nothing is to be seen.
    Acknowledged,
    /// It changed the message that carried the component.
    Updated(Box<MessageView>),
    /// With choices for the option that is typed.
    Choices(Vec<Choice>),
    /// With a form.
    Form(FormView),
}

/// A form as a member sees it.
#[derive(Clone, Debug, Serialize)]
pub struct FormView {
    /// The interaction it answers.
    pub interaction: InteractionId,
    /// The application's own mark.
    pub custom_id: String,
    /// The heading.
    pub title: String,
    /// What can be filled in.
    pub fields: Vec<FieldView>,
    /// Its parts, as sent.
    pub components: Vec<Value>,
}

/// One thing to fill in.
#[derive(Clone, Debug, Serialize)]
pub struct FieldView {
    /// Its mark.
    pub custom_id: String,
    /// What stands beside it.
    pub label: String,
    /// The kind of component, as Discord numbers them (4: a text).
    pub kind: u64,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it holds at first.
    pub value: Option<String>,
    /// The component, as sent.
    pub definition: Value,
}

impl Asked {
    pub(super) fn new(core: Arc<Core>, id: InteractionId) -> Self {
        Self { core, id }
    }

    /// Waits for the first answer, at most the three seconds (of the simulator's clock) that Discord gives.
    pub async fn answer(&self) -> Driven<Answer> {
        self.wait("the first answer", first).await
    }

    /// Waits for the message that answers: at once, or after thinking.
    pub async fn message(&self) -> Driven<MessageView> {
        match self.answer().await? {
            Answer::Message(message) | Answer::Updated(message) => return Ok(*message),
            Answer::Thinking => {}
            other => return not_possible(format!("the answer is no message: {other:?}")),
        }
        let id = self.id;
        super::wait::until(&self.core, "the message after thinking", PATIENCE, |world| {
            let interaction = world.data.interactions.get(&id)?;
            if interaction.standing == Standing::Thinking {
                return None;
            }
            message_of(world, interaction, interaction.original?)
        })
        .await
    }

    /// Waits for the form that answers.
    pub async fn form(&self) -> Driven<FormView> {
        match self.answer().await? {
            Answer::Form(form) => Ok(form),
            other => not_possible(format!("the answer is no form: {other:?}")),
        }
    }

    /// Waits for the choices that answer a keystroke.
    pub async fn choices(&self) -> Driven<Vec<Choice>> {
        match self.answer().await? {
            Answer::Choices(choices) => Ok(choices),
            other => not_possible(format!("the answer is no list of choices: {other:?}")),
        }
    }

    /// Waits until there are this many follow-ups, and returns them in order.
    pub async fn follow_ups(&self, count: usize) -> Driven<Vec<MessageView>> {
        let id = self.id;
        super::wait::until(&self.core, &format!("{count} follow-ups"), PATIENCE, |world| {
            let interaction = world.data.interactions.get(&id)?;
            if interaction.follow_ups.len() < count {
                return None;
            }
            interaction.follow_ups.iter().map(|message| message_of(world, interaction, *message)).collect()
        })
        .await
    }

    async fn wait<T>(&self, what: &str, look: impl Fn(&World, &Interaction) -> Option<T>) -> Driven<T> {
        let id = self.id;
        let Some(made_at_ms) = self.core.world().data.interactions.get(&id).map(|known| known.made_at_ms)
        else {
            return not_possible("there is no such interaction");
        };
        let found = super::wait::until(&self.core, what, PATIENCE, |world| {
            look(world, world.data.interactions.get(&id)?)
        });
        tokio::select! {
            biased;
            found = found => found,
            // The limit holds on the simulator's clock, so a test can move it there.
            () = self.core.clock.sleep_until(made_at_ms + ANSWER_WITHIN_MS + 1) => {
                let world = self.core.world();
                let late = world.data.interactions.get(&id).and_then(|interaction| look(&world, interaction));
                late.ok_or(DriverError::NoResponse)
            }
        }
    }
}

/// The first answer, once there is one.
fn first(world: &World, interaction: &Interaction) -> Option<Answer> {
    let message = || message_of(world, interaction, interaction.original?).map(Box::new);
    match interaction.standing {
        Standing::Waiting => None,
        Standing::Message => message().map(Answer::Message),
        Standing::Thinking => Some(Answer::Thinking),
        Standing::Acknowledged => Some(Answer::Acknowledged),
        Standing::Updated => message().map(Answer::Updated),
        Standing::Choices => Some(Answer::Choices(interaction.choices.clone())),
        Standing::Form => interaction.form.as_ref().map(|form| Answer::Form(form_view(interaction.id, form))),
    }
}

fn message_of(world: &World, interaction: &Interaction, id: MessageId) -> Option<MessageView> {
    let found = world.message(interaction.channel, id)?;
    Some(view::message(world, found, interaction.user))
}

/// A form, laid out.
pub(in super::super) fn form_view(interaction: InteractionId, form: &Form) -> FormView {
    let mut fields = Vec::new();
    for row in &form.components {
        let label = row["label"].as_str();
        let inner = row.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
        for part in inner.iter().chain(row.get("component")) {
            let Some(custom_id) = part["custom_id"].as_str() else { continue };
            fields.push(FieldView {
                custom_id: custom_id.to_owned(),
                label: label.or(part["label"].as_str()).unwrap_or("").to_owned(),
                kind: part["type"].as_u64().unwrap_or(0),
                required: part["required"].as_bool().unwrap_or(true),
                value: part["value"].as_str().map(str::to_owned),
                definition: part.clone(),
            });
        }
    }
    FormView {
        interaction,
        custom_id: form.custom_id.clone(),
        title: form.title.clone(),
        fields,
        components: form.components.clone(),
    }
}

impl MemberHandle {
    /// Clicks a button, by its label or its custom id.
    pub fn click(&self, channel: ChannelId, message: MessageId, label_or_id: &str) -> Driven<Asked> {
        let view = self.see(channel, message);
        let Some(view) = view else { return not_possible("this member does not see the message") };
        let Some(button) = view.button(label_or_id) else {
            return not_possible(format!("there is no button {label_or_id}"));
        };
        check_use(button, &[])?;
        let custom_id = &button["custom_id"];
        let data = json!({ "custom_id": custom_id, "component_type": 2, "id": button["id"] });
        self.use_component(channel, message, data)
    }

    /// Picks from a menu: values of a list, or ids of users, roles or channels.
    pub fn pick(&self, channel: ChannelId, message: MessageId, menu: &str, values: &[&str]) -> Driven<Asked> {
        let view = self.see(channel, message);
        let Some(view) = view else { return not_possible("this member does not see the message") };
        let Some(found) = view.menus().into_iter().find(|part| part["custom_id"] == menu || menu.is_empty())
        else {
            return not_possible(format!("there is no menu {menu}"));
        };
        let kind = found["type"].as_u64().unwrap_or(3);
        let picked: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        check_use(found, &picked)?;
        let mut data = json!({
            "custom_id": found["custom_id"], "component_type": kind, "values": values, "id": found["id"],
        });
        // Menus number their kinds one below those of options: 5 user, 6 role, 7 mentionable, 8 channel.
        let option_kind = match kind {
            5 => Some(6),
            6 => Some(8),
            7 => Some(9),
            8 => Some(7),
            _ => None,
        };
        if let Some(option_kind) = option_kind {
            let world = self.world();
            let mut resolved = Map::new();
            for id in values.iter().filter_map(|value| value.parse().ok()) {
                resolve(&world, self.server, option_kind, id, channel, &mut resolved);
            }
            data["resolved"] = Value::Object(resolved);
        }
        self.use_component(channel, message, data)
    }

    fn use_component(&self, channel: ChannelId, message: MessageId, data: Value) -> Driven<Asked> {
        let mut world = self.world();
        let id = InteractionId(world.next_id());
        let origin = Origin {
            id,
            kind: kind::COMPONENT,
            user: self.user,
            command: None,
            command_kind: 0,
            original: None,
            component_of: Some(message),
            target: None,
            opened_by: None,
        };
        let opening = Opening { kind: kind::COMPONENT, channel, origin, source: Some(message) };
        open(&mut world, self, opening, None, data);
        Ok(Asked::new(Arc::clone(&self.core), id))
    }

    /// Fills in a form and submits it. Fields that are not named keep what they hold; a menu
    /// of many values is named once for each.
    pub fn submit(&self, form: &FormView, values: &[(&str, &str)]) -> Driven<Asked> {
        let mut entries: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in values {
            entries.entry((*name).to_owned()).or_default().push((*value).to_owned());
        }
        let submitted = modal::submit(&form.components, &entries)?;
        let data = json!({ "custom_id": form.custom_id, "components": submitted });
        let mut world = self.world();
        let Some(opener) = world.data.interactions.get(&form.interaction).cloned() else {
            return not_possible("the form is gone");
        };
        if opener.user != self.user {
            return not_possible("the form was opened for somebody else");
        }
        let id = InteractionId(world.next_id());
        let origin = Origin {
            id,
            kind: kind::FORM,
            user: self.user,
            command: None,
            command_kind: 0,
            original: None,
            component_of: None,
            target: None,
            opened_by: Some(Box::new(opener.origin.clone())),
        };
        let opening = Opening { kind: kind::FORM, channel: opener.channel, origin, source: opener.source };
        open(&mut world, self, opening, None, data);
        Ok(Asked::new(Arc::clone(&self.core), id))
    }
}
