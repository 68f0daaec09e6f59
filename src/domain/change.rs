//! What was changed in a catalog, and how it is taken back.
//!
//! A change keeps the state before and after. Taking it back touches only the fields which that change altered: when one
//! of them was altered again since, undo is refused and both versions are shown. Other fields keep what they became.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    ids::{ReviewerId, ServerId, ToolId, UserId},
    review::{Review, Reviewer, Scope},
    time::Timestamp,
    tool::Tool,
};

/// Whose catalog: the operator's or a server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CatalogScope {
    /// The operator's: seen everywhere.
    Base,
    /// This server's own: seen only there.
    Server(ServerId),
}

impl CatalogScope {
    /// Without the server.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::Base => Scope::Base,
            Self::Server(_) => Scope::Server,
        }
    }

    /// The server, when it is a server's catalog.
    #[must_use]
    pub const fn server(self) -> Option<ServerId> {
        match self {
            Self::Base => None,
            Self::Server(server) => Some(server),
        }
    }
}

/// Who made a change. A member's raw id is kept here, because moderators answer for what they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// Somebody with access to the machine: an import, the terminal.
    Operator,
    /// A moderator of the server.
    Member(UserId),
    /// A moderator whose id was erased on their wish.
    Erased,
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// A tool.
    Tool(ToolId),
    /// A reviewer's verdict on a tool.
    Review(ToolId, ReviewerId),
    /// A reviewer.
    Reviewer(ReviewerId),
}

impl Subject {
    /// The tool it touches, if any.
    #[must_use]
    pub const fn tool(&self) -> Option<&ToolId> {
        match self {
            Self::Tool(tool) | Self::Review(tool, _) => Some(tool),
            Self::Reviewer(_) => None,
        }
    }
}

/// A tool as one catalog holds it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ToolEntry {
    /// The tool's own entry here, shared by whoever reads it; `None` when this catalog only hides a tool of a catalog below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Arc<Tool>>,
    /// Hidden (removed) since then. Its ballots are purged 30 days later unless the removal is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Timestamp>,
}

/// The state of a subject in one catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Of a [`Subject::Tool`].
    Tool(ToolEntry),
    /// Of a [`Subject::Review`].
    Review(Review),
    /// Of a [`Subject::Reviewer`].
    Reviewer(Reviewer),
}

impl State {
    /// Of a tool that is seen.
    #[must_use]
    pub fn shown(tool: impl Into<Arc<Tool>>) -> Self {
        Self::Tool(ToolEntry { tool: Some(tool.into()), hidden: None })
    }

    /// Whether this is a state of that subject: same sort, same id.
    #[must_use]
    pub fn fits(&self, subject: &Subject) -> bool {
        match (subject, self) {
            (Subject::Tool(id), Self::Tool(entry)) => entry.tool.as_ref().is_none_or(|tool| tool.id == *id),
            (Subject::Review(_, reviewer), Self::Review(review)) => review.reviewer == *reviewer,
            (Subject::Reviewer(id), Self::Reviewer(reviewer)) => reviewer.id == *id,
            _ => false,
        }
    }
}

/// Number of a change within its catalog; grows with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(pub u64);

/// One entry of the history of a catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub id: ChangeId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What it was about.
    pub subject: Subject,
    /// State before; `None`: this catalog held nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<State>,
    /// State after; `None`: this catalog holds nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<State>,
    /// The change that this one took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<ChangeId>,
    /// The change that took this one back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<ChangeId>,
}

/// Why a change cannot be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoConflict {
    /// Names of the fields that were changed again since; empty when the whole subject came or went.
    pub fields: Vec<String>,
    /// The state that undo would bring back.
    pub before: Option<State>,
    /// The state that stands now.
    pub now: Option<State>,
}

/// What the state becomes when a change is taken back.
///
/// # Errors
/// When a field which the change altered has another value now than the change gave it.
pub fn undo(
    before: Option<&State>,
    after: Option<&State>,
    now: Option<&State>,
) -> Result<Option<State>, Box<UndoConflict>> {
    if now == after {
        return Ok(before.cloned());
    }
    let conflict = |fields| Box::new(UndoConflict { fields, before: before.cloned(), now: now.cloned() });
    let (Some(before), Some(after), Some(now)) = (before, after, now) else {
        return Err(conflict(Vec::new()));
    };
    let (Some(was), Some(became), Some(is)) = (fields(before), fields(after), fields(now)) else {
        return Err(conflict(Vec::new()));
    };
    let mut result = is.clone();
    let mut changed_since = Vec::new();
    for name in was.keys().chain(became.keys()) {
        if was.get(name) == became.get(name) {
            continue;
        }
        if is.get(name) != became.get(name) {
            if !changed_since.contains(name) {
                changed_since.push(name.clone());
            }
            continue;
        }
        match was.get(name) {
            Some(value) => result.insert(name.clone(), value.clone()),
            None => result.remove(name),
        };
    }
    if !changed_since.is_empty() {
        return Err(conflict(changed_since));
    }
    unfields(after, result).map(Some).ok_or_else(|| conflict(Vec::new()))
}

/// A state as flat fields: those of the tool lie beside `hidden`.
fn fields(state: &State) -> Option<Map<String, Value>> {
    let value = match state {
        State::Tool(entry) => {
            let mut map = match serde_json::to_value(entry.tool.as_ref()?).ok()? {
                Value::Object(map) => map,
                _ => return None,
            };
            map.insert("hidden".to_owned(), serde_json::to_value(entry.hidden).ok()?);
            return Some(map);
        }
        State::Review(review) => serde_json::to_value(review),
        State::Reviewer(reviewer) => serde_json::to_value(reviewer),
    };
    match value.ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

fn unfields(like: &State, mut map: Map<String, Value>) -> Option<State> {
    Some(match like {
        State::Tool(_) => {
            let hidden = serde_json::from_value(map.remove("hidden")?).ok()?;
            State::Tool(ToolEntry { tool: Some(serde_json::from_value(Value::Object(map)).ok()?), hidden })
        }
        State::Review(_) => State::Review(serde_json::from_value(Value::Object(map)).ok()?),
        State::Reviewer(_) => State::Reviewer(serde_json::from_value(Value::Object(map)).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::CategoryId,
        tool::{Entry, EntryKind},
    };

    fn tool(name: &str, tagline: &str) -> State {
        State::shown(Tool {
            id: ToolId::trusted("axolotl"),
            name: name.to_owned(),
            aliases: Vec::new(),
            formerly: Vec::new(),
            vendor: String::new(),
            category: CategoryId::trusted("fine-tuning"),
            also: Vec::new(),
            tagline: tagline.to_owned(),
            description: String::new(),
            link: None,
            lang: "en".to_owned(),
            entry: Entry {
                kind: EntryKind::Paid,
                note: String::new(),
                checked: time::macros::date!(2026 - 11 - 24),
                amount: None,
                currency: None,
                per: None,
            },
        })
    }

    #[test]
    fn undo_brings_back_what_was() {
        let (old, new) = (tool("A", "x"), tool("B", "x"));
        assert_eq!(undo(Some(&old), Some(&new), Some(&new)), Ok(Some(old.clone())));
        assert_eq!(undo(None, Some(&new), Some(&new)), Ok(None), "undoing an addition removes");
        assert_eq!(undo(Some(&old), None, None), Ok(Some(old)), "undoing a removal brings back");
    }

    #[test]
    fn undo_leaves_other_fields_alone() {
        let (old, new, now) = (tool("A", "x"), tool("B", "x"), tool("B", "y"));
        assert_eq!(undo(Some(&old), Some(&new), Some(&now)), Ok(Some(tool("A", "y"))));
    }

    #[test]
    fn undo_is_refused_when_the_field_changed_since() {
        let (old, new, now) = (tool("A", "x"), tool("B", "x"), tool("C", "x"));
        let conflict = undo(Some(&old), Some(&new), Some(&now)).unwrap_err();
        assert_eq!(conflict.fields, ["name"]);
        assert_eq!((conflict.before, conflict.now), (Some(old.clone()), Some(now)));
        assert!(undo(None, Some(&new), Some(&old)).is_err());
    }

    #[test]
    fn undo_of_a_removal_keeps_edits() {
        let State::Tool(mut entry) = tool("A", "x") else { unreachable!() };
        let shown = State::Tool(entry.clone());
        entry.hidden = Some(Timestamp(5));
        let hidden = State::Tool(entry.clone());
        Arc::make_mut(entry.tool.as_mut().unwrap()).tagline = "y".to_owned();
        let now = State::Tool(entry);
        assert_eq!(undo(Some(&shown), Some(&hidden), Some(&now)), Ok(Some(tool("A", "y"))));
    }
}
