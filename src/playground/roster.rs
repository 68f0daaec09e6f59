//! The server with its people: whom one can be, and who else is there.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::simulator::{Driver, ServerId, UserId, state::channel::kind};

/// The server, and the people that a visitor can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The server.
    pub server: ServerId,
    /// The people, in the order in which they are offered.
    pub people: Vec<Person>,
}

/// Somebody to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub id: UserId,
    /// What this person stands for.
    pub role: Part,
}

/// What a person stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Somebody like most.
    Member,
    /// Somebody who may manage the server.
    Moderator,
    /// Somebody whose account is new.
    Newcomer,
}

impl Roster {
    /// The person who plays this part.
    #[must_use]
    pub fn person(&self, part: Part) -> Option<UserId> {
        self.people.iter().find(|person| person.role == part).map(|person| person.id)
    }

    /// Server, channels and people with their names, as the page takes them.
    pub(super) fn describe(&self, driver: &Driver) -> Value {
        driver.with_world(|world| {
            let name = |user: UserId| world.user(user).map_or("somebody", |user| user.shown_name());
            let Some(server) = world.server(self.server) else {
                return json!({ "server": null, "channels": [], "people": [], "others": [] });
            };
            let channels: Vec<Value> = server
                .channels
                .iter()
                .filter_map(|id| world.channel(*id))
                .filter(|channel| channel.kind == kind::TEXT)
                .map(|channel| json!({ "id": channel.id, "name": channel.name, "topic": channel.topic }))
                .collect();
            let people: Vec<Value> = self
                .people
                .iter()
                .filter(|person| server.members.contains_key(&person.id))
                .map(|person| json!({ "id": person.id, "name": name(person.id), "role": person.role }))
                .collect();
            let others: Vec<Value> = server
                .members
                .keys()
                .filter(|user| self.people.iter().all(|person| person.id != **user))
                .filter(|user| world.user(**user).is_some_and(|user| !user.bot))
                .map(|user| json!({ "id": user, "name": name(*user) }))
                .collect();
            json!({
                "server": { "id": server.id, "name": server.name },
                "channels": channels,
                "people": people,
                "others": others,
            })
        })
    }
}
