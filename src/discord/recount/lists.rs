//! Who stands on a card, as Discord tells it.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    discord::{
        emoji,
        refresh::{Refresher, is_message_gone},
        rest::{
            Patience, Rest, RestError,
            calls::{self, ReactionKind as ListKind},
        },
    },
    domain::{ids::UserId, marks::ReactionKind, review::Verdict},
    service::ports::{Counts, Place, Reactions, Reactor, ReadError},
};

/// A read tries no longer than this; what still fails is skipped and tried again at the end of the run.
const READ: Patience = Patience { tries: 3, within: Duration::from_secs(20) };
/// Members on one page of a list.
const LIST_PAGE: usize = 100;

/// Reads who reacted, by REST.
#[derive(Debug, Clone)]
pub struct RestReactions {
    rest: Rest,
    refresher: Refresher,
}

impl RestReactions {
    /// Reads through `rest`. A card that is read in full and does not show the newest score is left to `refresher`.
    #[must_use]
    pub fn new(rest: Rest, refresher: Refresher) -> Self {
        Self { rest, refresher }
    }

    /// The card itself.
    async fn message(&self, place: Place) -> Result<Value, ReadError> {
        let call = calls::get_message(place.channel, place.card).for_recount().patience(READ);
        let message = self.rest.call(call).await.map_err(|error| read_error(&error))?;
        if message.get("id").is_none() {
            return Err(ReadError::Unreadable("the answer holds no message".to_owned()));
        }
        Ok(message)
    }

    /// All members on one list.
    async fn list(&self, place: Place, entry: &Entry, kind: ReactionKind) -> Result<Vec<Reactor>, ReadError> {
        let list = match kind {
            ReactionKind::Normal => ListKind::Normal,
            ReactionKind::Super => ListKind::Super,
        };
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let call =
                calls::list_reactions(place.channel, place.card, &entry.name, list, after).patience(READ);
            let answer = self.rest.call(call).await.map_err(|error| read_error(&error))?;
            let unreadable = || ReadError::Unreadable("the answer is no list of members".to_owned());
            let page = answer.as_array().ok_or_else(unreadable)?;
            for member in page {
                let id = member.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
                let user = UserId(id.ok_or_else(unreadable)?);
                let is_bot = member.get("bot").and_then(Value::as_bool).unwrap_or(false);
                let usual = emoji::is_usual(&entry.name);
                all.push(Reactor { user, is_bot, verdict: entry.verdict, kind, usual });
            }
            // Pages are ordered by id.
            let last = all.iter().map(|reactor| reactor.user).max();
            if page.len() < LIST_PAGE || last <= after {
                return Ok(all);
            }
            after = last;
        }
    }
}

/// One emoji on a message, as the message tells it.
struct Entry {
    /// As it is spelled there. A message may carry ⏭ and ⏭️ as two entries.
    name: String,
    verdict: Verdict,
    normal: u64,
    supers: u64,
    ours: bool,
    ours_super: bool,
}

impl Entry {
    /// The reactions on a message that are votes.
    fn all(message: &Value) -> Vec<Self> {
        let reactions = message.get("reactions").and_then(Value::as_array);
        reactions.into_iter().flatten().filter_map(Self::read).collect()
    }

    fn read(value: &Value) -> Option<Self> {
        let emoji = value.get("emoji")?;
        if emoji.get("id").is_some_and(|id| !id.is_null()) {
            return None;
        }
        let name = emoji.get("name")?.as_str()?;
        let verdict = emoji::verdict(name)?;
        let number = |pointer| value.pointer(pointer).and_then(Value::as_u64);
        let flag = |field| value.get(field).and_then(Value::as_bool).unwrap_or(false);
        let supers = number("/count_details/burst");
        let normal = number("/count_details/normal");
        Some(Self {
            name: name.to_owned(),
            verdict,
            // Without the details both lists are read.
            normal: normal.or_else(|| number("/count")).unwrap_or(1),
            supers: supers.unwrap_or(u64::from(normal.is_none())),
            ours: flag("me"),
            ours_super: flag("me_burst"),
        })
    }
}

#[async_trait]
impl Reactions for RestReactions {
    async fn standing(&self, place: Place) -> Result<Vec<Reactor>, ReadError> {
        let mut all = Vec::new();
        let message = self.message(place).await?;
        self.refresher.saw(place.channel, place.card, &message);
        // The message tells which spellings there are, and which lists are empty; the lists tell who.
        for entry in Entry::all(&message) {
            all.extend(self.list(place, &entry, ReactionKind::Normal).await?);
            if entry.supers > 0 {
                all.extend(self.list(place, &entry, ReactionKind::Super).await?);
            }
        }
        Ok(all)
    }

    async fn counts(&self, place: Place) -> Result<Counts, ReadError> {
        let mut counts = Counts::default();
        for entry in Entry::all(&self.message(place).await?) {
            *counts.of(entry.verdict, ReactionKind::Normal) += entry.normal.saturating_sub(entry.ours.into());
            *counts.of(entry.verdict, ReactionKind::Super) +=
                entry.supers.saturating_sub(entry.ours_super.into());
        }
        Ok(counts)
    }
}

fn read_error(error: &RestError) -> ReadError {
    if is_message_gone(error) {
        ReadError::Gone
    } else if error.is_forbidden() || error.is_unauthorized() {
        ReadError::Forbidden(error.to_string())
    } else {
        ReadError::Unreadable(error.to_string())
    }
}
