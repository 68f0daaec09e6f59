//! A command of the control interface, as it is written in JSON. There are three groups: [`Making`], [`Acting`] and
//! [`Machine`]; on the wire they are one list of names.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::super::rules::permission::Permissions;
use super::acting::Acting;
use super::machine::Machine;
use super::making::Making;

/// A set of permissions: a decimal string, or a list of Discord's names such as `["SEND_MESSAGES"]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(pub Permissions);

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Value::Array(names) = &value else {
            let bits = Permissions::from_value(&value);
            return bits
                .map(Self)
                .ok_or_else(|| de::Error::custom("permissions are digits or a list of names"));
        };
        let mut set = Permissions::NONE;
        for name in names {
            let known = Permissions::NAMES.iter().find(|(known, _)| name == known);
            let (_, bit) = known.ok_or_else(|| de::Error::custom(format!("{name} is no permission")))?;
            set |= *bit;
        }
        Ok(Self(set))
    }
}

/// One command.
#[derive(Clone, Debug)]
pub enum Command {
    /// Making and changing.
    Make(Making),
    /// Acting as a member.
    Act(Box<Acting>),
    /// Time, faults, looking inside.
    Machine(Machine),
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        // The group that knows the name decides, and its complaint is the one that helps.
        match Making::deserialize(&value) {
            Ok(command) => return Ok(Self::Make(command)),
            Err(error) if knows(&error) => return Err(de::Error::custom(error)),
            Err(_) => {}
        }
        match Acting::deserialize(&value) {
            Ok(command) => return Ok(Self::Act(Box::new(command))),
            Err(error) if knows(&error) => return Err(de::Error::custom(error)),
            Err(_) => {}
        }
        match Machine::deserialize(&value) {
            Ok(command) => Ok(Self::Machine(command)),
            Err(error) if knows(&error) => Err(de::Error::custom(error)),
            Err(_) => Err(de::Error::custom(format!("there is no command {}", value["do"]))),
        }
    }
}

/// Whether a group knows the name of the command, and only something else about it is wrong.
fn knows(error: &serde_json::Error) -> bool {
    !error.to_string().starts_with("unknown variant")
}

pub(super) fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complaint(command: Value) -> String {
        serde_json::from_value::<Command>(command).unwrap_err().to_string()
    }

    #[test]
    fn each_group_reads_its_commands_and_says_what_is_wrong_with_them() {
        let read = |command| serde_json::from_value::<Command>(command).unwrap();
        assert!(matches!(read(json!({ "do": "make_server", "name": "A" })), Command::Make(_)));
        assert!(matches!(read(json!({ "do": "look", "as": "1", "channel": "2" })), Command::Act(_)));
        assert!(matches!(read(json!({ "do": "advance", "ms": 5 })), Command::Machine(_)));
        assert!(complaint(json!({ "do": "look", "as": "1" })).contains("channel"));
        assert!(complaint(json!({ "do": "advance", "ms": "soon" })).contains("soon"));
        assert!(complaint(json!({ "do": "make_server", "nmae": "A" })).contains("nmae")); // typos:ignore
        assert!(complaint(json!({ "do": "dance" })).contains("there is no command \"dance\""));
        assert!(complaint(json!({})).contains("do"));
    }

    #[test]
    fn permissions_are_digits_or_names() {
        let read = |value| serde_json::from_value::<PermissionSet>(value).map(|set| set.0);
        assert_eq!(read(json!("2048")).unwrap(), Permissions::SEND_MESSAGES);
        assert_eq!(read(json!(["SEND_MESSAGES"])).unwrap(), Permissions::SEND_MESSAGES);
        assert!(read(json!(["SEND_MESSAGE"])).is_err());
        assert!(read(json!("all")).is_err());
    }
}
