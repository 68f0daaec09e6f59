//! The application's commands as they are registered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::change::Change;
use super::super::ids::{CommandId, ServerId};
use super::World;

/// A registered command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Command {
    /// The id.
    pub id: CommandId,
    /// The server it is for; none: everywhere.
    pub server: Option<ServerId>,
    /// 1 slash, 2 user menu, 3 message menu.
    pub kind: u8,
    /// The name.
    pub name: String,
    /// The whole definition, with defaults filled in, as the API returns it (without id, application and version).
    pub definition: Value,
    /// A number that changes with every change.
    pub version: u64,
    /// When it was created (not updated), in Unix milliseconds: Discord limits creations per day.
    pub created_at_ms: u64,
}

impl Command {
    /// The permissions a member needs unless an administrator said otherwise; none: everybody may.
    pub fn default_member_permissions(&self) -> Option<u64> {
        self.definition.get("default_member_permissions")?.as_str()?.parse().ok()
    }

    /// The options of the definition.
    pub fn options(&self) -> &[Value] {
        self.definition.get("options").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

impl World {
    /// The command of this kind and name in this scope.
    pub fn find_command(&self, server: Option<ServerId>, kind: u8, name: &str) -> Option<&Command> {
        self.data
            .commands
            .values()
            .find(|command| command.server == server && command.kind == kind && command.name == name)
    }

    /// All commands of one scope, in the order in which they were made.
    pub fn commands_of(&self, server: Option<ServerId>) -> impl Iterator<Item = &Command> {
        self.data.commands.values().filter(move |command| command.server == server)
    }

    /// Creates a command, or changes the one of the same kind and name.
    /// Returns its id and whether it is new.
    pub fn put_command(
        &mut self,
        server: Option<ServerId>,
        kind: u8,
        name: &str,
        definition: Value,
    ) -> (CommandId, bool) {
        let known = self.find_command(server, kind, name).map(|command| (command.id, command.created_at_ms));
        let version = self.next_id();
        let (id, created_at_ms) = match known {
            Some(known) => known,
            None => (CommandId(self.next_id()), self.clock.now_ms()),
        };
        let command = Command { id, server, kind, name: name.to_owned(), definition, version, created_at_ms };
        self.data.commands.insert(id, command);
        self.changes.tell(Change::Commands);
        (id, known.is_none())
    }
}
