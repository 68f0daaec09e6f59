//! People, bots, and the one application.

use serde::{Deserialize, Serialize};

use super::super::ids::UserId;
use super::World;

/// A person or a bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// The id; its time is the age of the account.
    pub id: UserId,
    /// The unique name.
    pub name: String,
    /// The name others see, where it differs.
    pub global_name: Option<String>,
    /// Whether this is a bot.
    pub bot: bool,
    /// The language of this person's client, such as `en-US` or `de`.
    pub locale: String,
}

impl User {
    /// The name to show.
    pub fn shown_name(&self) -> &str {
        self.global_name.as_deref().unwrap_or(&self.name)
    }
}

/// The application that this Discord hosts, with its token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Application {
    /// Its user. Application and bot user share one number, as on Discord for every application since 2016.
    pub bot: UserId,
    /// Its name.
    pub name: String,
    /// The token it must present.
    pub token: String,
    /// The person who owns it.
    pub owner: UserId,
    /// Which privileged intents are switched on for it (bits of the intents field).
    pub privileged_intents: u64,
}

impl World {
    /// Makes a person whose account is as old as `made_at_ms` says.
    pub fn make_user(&mut self, name: &str, bot: bool, made_at_ms: u64) -> UserId {
        let now = self.clock.now_ms();
        // An id in the past must not collide with another one; searching upward from its first number is enough.
        let id = if made_at_ms >= now {
            UserId(self.next_id())
        } else {
            let mut raw = made_at_ms.saturating_sub(super::super::rules::snowflake::EPOCH_MS) << 22;
            while raw == 0 || self.data.users.contains_key(&UserId(raw)) {
                raw += 1;
            }
            UserId(raw)
        };
        let user = User {
            id,
            name: account_name(name),
            global_name: Some(name.to_owned()),
            bot,
            locale: "en-US".to_owned(),
        };
        self.data.users.insert(id, user);
        id
    }
}

/// The unique account name for a shown name: lower case, without blanks.
fn account_name(shown: &str) -> String {
    let name: String = shown
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '.' { c } else { '_' })
        .collect();
    if name.chars().count() < 2 { format!("{name}__") } else { name }
}
