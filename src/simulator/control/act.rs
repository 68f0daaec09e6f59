//! Carrying out commands: acting as a member.

use serde_json::{Map, Value, json};

use super::super::driver::answer::{Answer, Asked, form_view};
use super::super::driver::member::MemberHandle;
use super::super::driver::slash::Typing;
use super::super::driver::{Driven, Driver, DriverError};
use super::super::ids::{ChannelId, UserId};
use super::acting::Acting;

/// Acts as the member that the command names.
pub(super) async fn act(driver: &Driver, command: Acting) -> Driven<Value> {
    match command {
        Acting::Look { r#as, channel } => {
            Ok(json!({ "messages": member(driver, r#as, channel)?.look(channel) }))
        }
        Acting::Commands { r#as, channel } => {
            let member = member(driver, r#as, channel)?;
            let mut offered = Vec::new();
            for kind in 1..=3 {
                for name in member.commands(channel, kind) {
                    offered.extend(member.command_definition(channel, kind, &name));
                }
            }
            Ok(json!({ "commands": offered }))
        }
        Acting::Keystroke { r#as, channel, command, values, option, text } => {
            let mut typing = typing(&member(driver, r#as, channel)?, channel, &command, values)?;
            Ok(json!({ "choices": typing.keystroke(&option, &text).await? }))
        }
        Acting::Send { r#as, channel, command, values, wait } => {
            let asked = typing(&member(driver, r#as, channel)?, channel, &command, values)?.send()?;
            if wait { answered(&asked).await } else { Ok(json!({ "interaction": asked.id })) }
        }
        Acting::MessageMenu { r#as, channel, message, command } => {
            answered(&member(driver, r#as, channel)?.message_menu(channel, message, &command)?).await
        }
        Acting::UserMenu { r#as, channel, user, command } => {
            answered(&member(driver, r#as, channel)?.user_menu(channel, user, &command)?).await
        }
        Acting::Click { r#as, channel, message, button } => {
            answered(&member(driver, r#as, channel)?.click(channel, message, &button)?).await
        }
        Acting::Pick { r#as, channel, message, menu, values } => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            answered(&member(driver, r#as, channel)?.pick(channel, message, &menu, &values)?).await
        }
        Acting::Submit { r#as, interaction, values } => {
            let found = driver.with_world(|world| {
                let known = world.data.interactions.get(&interaction)?;
                Some((known.channel, form_view(interaction, known.form.as_ref()?)))
            });
            let Some((channel, form)) = found else {
                return Err(DriverError::NotPossible("there is no such form".to_owned()));
            };
            // A menu of a form takes a list.
            let values: Vec<(&str, &str)> = values
                .iter()
                .flat_map(|(name, value)| {
                    let many = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                    many.iter().map(|value| (name.as_str(), value.as_str().unwrap_or("")))
                })
                .collect();
            answered(&member(driver, r#as, channel)?.submit(&form, &values)?).await
        }
        Acting::React { r#as, channel, message, emoji, burst, stands } => {
            let member = member(driver, r#as, channel)?;
            match (burst, stands) {
                (false, true) => member.react(channel, message, &emoji)?,
                (false, false) => member.take_back(channel, message, &emoji)?,
                (true, true) => member.super_react(channel, message, &emoji)?,
                (true, false) => member.take_super_back(channel, message, &emoji)?,
            }
            Ok(json!({}))
        }
        other => tidy(driver, other),
    }
}

/// Writing, deleting, clearing.
fn tidy(driver: &Driver, command: Acting) -> Driven<Value> {
    match command {
        Acting::RemoveReactionOf { r#as, channel, message, user, emoji } => {
            member(driver, r#as, channel)?.remove_reaction_of(channel, message, user, &emoji)?;
        }
        Acting::ClearReactions { r#as, channel, message, emoji } => {
            let member = member(driver, r#as, channel)?;
            match emoji {
                Some(emoji) => member.clear_emoji(channel, message, &emoji)?,
                None => member.clear_reactions(channel, message)?,
            }
        }
        Acting::Say { r#as, channel, text, reply_to, ping } => {
            let member = member(driver, r#as, channel)?;
            let message = match reply_to {
                Some(to) => member.reply(channel, to, &text, ping)?,
                None => member.say(channel, &text)?,
            };
            return Ok(json!({ "message": message }));
        }
        Acting::Typing { r#as, channel } => member(driver, r#as, channel)?.typing(channel)?,
        Acting::Edit { r#as, channel, message, text } => {
            member(driver, r#as, channel)?.edit(channel, message, &text)?;
        }
        Acting::DeleteMessages { r#as, channel, messages } => {
            let member = member(driver, r#as, channel)?;
            match messages.as_slice() {
                [one] => member.delete_message(channel, *one)?,
                many => member.delete_messages(channel, many)?,
            }
        }
        Acting::DeleteChannel { r#as, channel } => member(driver, r#as, channel)?.delete_channel(channel)?,
        Acting::MakeThread { r#as, parent, name, message } => {
            let made = member(driver, r#as, parent)?.start_thread(parent, message, &name)?;
            return Ok(json!({ "channel": made }));
        }
        _ => {}
    }
    Ok(json!({}))
}

/// The person, as a member of the server that the channel belongs to.
pub(super) fn member(driver: &Driver, user: UserId, channel: ChannelId) -> Driven<MemberHandle> {
    driver
        .member_in(user, channel)
        .ok_or_else(|| DriverError::NotPossible("this person is not where the channel is".to_owned()))
}

fn typing(
    member: &MemberHandle,
    channel: ChannelId,
    command: &str,
    values: Map<String, Value>,
) -> Driven<Typing> {
    let mut typing = member.slash(channel, command)?;
    for (name, value) in values {
        typing.set(&name, value);
    }
    Ok(typing)
}

async fn answered(asked: &Asked) -> Driven<Value> {
    let answer = asked.answer().await?;
    let mut body = answer_body(&answer);
    body["interaction"] = json!(asked.id);
    Ok(body)
}

/// The first answer as JSON: `interaction` (its number), `answer` (`message`, `thinking`, `acknowledged`, `updated`,
/// `choices` or `form`) and, where there is one, `message`, `choices` or `form`.
pub fn answer_body(answer: &Answer) -> Value {
    match answer {
        Answer::Message(message) => json!({ "answer": "message", "message": message }),
        Answer::Thinking => json!({ "answer": "thinking" }),
        Answer::Acknowledged => json!({ "answer": "acknowledged" }),
        Answer::Updated(message) => json!({ "answer": "updated", "message": message }),
        Answer::Choices(choices) => json!({ "answer": "choices", "choices": choices }),
        Answer::Form(form) => json!({ "answer": "form", "form": form }),
    }
}
