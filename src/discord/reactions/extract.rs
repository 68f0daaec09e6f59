//! From gateway events to what happened to votes. Runs inside the shard's loop for every event: it looks, and does
//! nothing else.

use serde::Deserialize;
use serde_json::Value;
use serenity::all::{Event, Reaction, ReactionType, ReactionTypes};

use crate::{
    discord::{card_mark, emoji, guilds},
    domain::{
        ids::{ChannelId, MessageId, ServerId, UserId},
        marks::ReactionKind,
        review::Verdict,
        time::Timestamp,
    },
    service::{
        cards::{Acquaintance, Awaiting, KnownCards},
        ports::{Clock, Place},
        vote::VoteEvent,
    },
    telemetry::Metrics,
};

/// What the extraction looks at.
pub(super) struct Extract<'a> {
    /// Our own user id.
    pub(super) us: UserId,
    /// Cards of ours.
    pub(super) cards: &'a KnownCards,
    /// For messages that are awaited.
    pub(super) clock: &'a dyn Clock,
    /// Counts what arrives.
    pub(super) metrics: &'a Metrics,
    /// Told of a message of ours that is no card we know of, once while it is awaited.
    pub(super) strange: &'a dyn Fn(ServerId, Place),
}

/// An event that the client library could not read, and neither could we.
pub(super) struct Unreadable<'a>(pub(super) &'a str);

impl Extract<'_> {
    /// Gives what matters to votes to `push`, in order.
    pub(super) fn event<'e>(
        &self,
        event: &'e Event,
        mut push: impl FnMut(VoteEvent),
    ) -> Result<(), Unreadable<'e>> {
        match event {
            Event::ReactionAdd(event) => self.added(&event.reaction, &mut push),
            Event::ReactionRemove(event) => self.removed(&event.reaction, &mut push),
            Event::ReactionRemoveAll(event) => self.cleared_all(MessageId(event.message_id.get()), &mut push),
            Event::ReactionRemoveEmoji(event) => {
                if let ReactionType::Unicode(name) = &event.reaction.emoji {
                    self.cleared_emoji(MessageId(event.reaction.message_id.get()), name, &mut push);
                }
            }
            Event::MessageCreate(event) => {
                if event.message.author.id.get() == self.us.0
                    && let Some(card) = card_mark::card_of(&event.message)
                {
                    push(VoteEvent::Posted(Box::new(card)));
                }
            }
            Event::MessageDelete(event) => self.deleted(MessageId(event.message_id.get()), &mut push),
            Event::MessageDeleteBulk(event) => {
                event.ids.iter().for_each(|id| self.deleted(MessageId(id.get()), &mut push));
            }
            Event::Unknown(event) => return self.raw(&event.kind, &event.value, &mut push),
            other => {
                if let Some(event) = guilds::vote_event(other) {
                    push(event);
                }
            }
        }
        Ok(())
    }

    /// Whether an event on this message is let through.
    fn is_ours(&self, message: MessageId) -> bool {
        self.metrics.reactions_seen.increment();
        let ours = self.cards.look_up(message) != Acquaintance::Foreign;
        if ours {
            self.metrics.reactions_ours.increment();
        }
        ours
    }

    /// The same for an added reaction, which may tell that the message is our own.
    fn is_ours_or_awaited(&self, server: ServerId, place: Place, author: Option<UserId>) -> bool {
        if self.is_ours(place.card) {
            return true;
        }
        if author != Some(self.us) {
            return false;
        }
        match self.cards.await_card(place.card, self.clock.now()) {
            Awaiting::Begun => {
                (self.strange)(server, place);
                true
            }
            Awaiting::Already => true,
            // It may have become a card just now.
            Awaiting::No => self.cards.contains(place.card),
        }
    }

    fn added(&self, reaction: &Reaction, push: &mut impl FnMut(VoteEvent)) {
        let author = reaction.message_author_id.map(|id| UserId(id.get()));
        let message = MessageId(reaction.message_id.get());
        let Some((user, server, verdict, usual)) = self.basics(reaction) else { return };
        let place = Place { channel: ChannelId(reaction.channel_id.get()), card: message };
        if user == self.us || !self.is_ours_or_awaited(server, place, author) {
            return;
        }
        let member = reaction.member.as_ref();
        push(VoteEvent::Added {
            card: message,
            server,
            user,
            is_bot: member.is_some_and(|member| member.user.bot),
            joined: member
                .and_then(|member| member.joined_at)
                .map(|at| Timestamp(at.unix_timestamp() * 1_000)),
            verdict,
            kind: kind(reaction),
            usual,
        });
    }

    fn removed(&self, reaction: &Reaction, push: &mut impl FnMut(VoteEvent)) {
        let message = MessageId(reaction.message_id.get());
        let Some((user, server, verdict, usual)) = self.basics(reaction) else { return };
        if user != self.us && self.is_ours(message) {
            push(VoteEvent::Removed { card: message, server, user, verdict, kind: kind(reaction), usual });
        }
    }

    /// Who, where and what. `None` for other emoji, other places, and events without a user.
    fn basics(&self, reaction: &Reaction) -> Option<(UserId, ServerId, Verdict, bool)> {
        let read = match &reaction.emoji {
            ReactionType::Unicode(name) => {
                emoji::verdict(name).map(|verdict| (verdict, emoji::is_usual(name)))
            }
            _ => None,
        };
        let Some((verdict, usual)) = read else {
            self.metrics.reactions_seen.increment();
            return None;
        };
        Some((UserId(reaction.user_id?.get()), ServerId(reaction.guild_id?.get()), verdict, usual))
    }

    fn cleared_all(&self, card: MessageId, push: &mut impl FnMut(VoteEvent)) {
        if self.is_ours(card) {
            push(VoteEvent::ClearedAll { card });
        }
    }

    fn cleared_emoji(&self, card: MessageId, name: &str, push: &mut impl FnMut(VoteEvent)) {
        if let Some(verdict) = emoji::verdict(name)
            && self.is_ours(card)
        {
            push(VoteEvent::ClearedEmoji { card, verdict, usual: emoji::is_usual(name) });
        }
    }

    fn deleted(&self, card: MessageId, push: &mut impl FnMut(VoteEvent)) {
        if self.cards.look_up(card) != Acquaintance::Foreign {
            push(VoteEvent::CardDeleted { card });
        }
    }

    /// Events that the client library could not read. It wants fields that Discord does not promise: above all
    /// REMOVE_EMOJI arrives here always when it holds what is documented.
    fn raw<'e>(
        &self,
        kind: &'e str,
        value: &Value,
        push: &mut impl FnMut(VoteEvent),
    ) -> Result<(), Unreadable<'e>> {
        let read = match kind {
            "MESSAGE_REACTION_ADD" => RawReaction::read(value).map(|raw| self.raw_added(&raw, push)),
            "MESSAGE_REACTION_REMOVE" => RawReaction::read(value).map(|raw| self.raw_removed(&raw, push)),
            "MESSAGE_REACTION_REMOVE_ALL" => {
                RawReaction::read(value).map(|raw| self.cleared_all(raw.message_id.into(), push))
            }
            "MESSAGE_REACTION_REMOVE_EMOJI" => RawReaction::read(value).map(|raw| {
                if let Some(name) = raw.emoji_name() {
                    self.cleared_emoji(raw.message_id.into(), name, push);
                }
            }),
            "MESSAGE_DELETE" => snowflake(value, "id").map(|id| self.deleted(MessageId(id), push)),
            "MESSAGE_DELETE_BULK" => value.get("ids").and_then(Value::as_array).map(|ids| {
                ids.iter().filter_map(Value::as_str).filter_map(|id| id.parse().ok()).for_each(|id| {
                    self.deleted(id, push);
                });
            }),
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                snowflake(value, "guild_id").zip(snowflake(value, "id")).map(|(server, channel)| {
                    let (server, channel) = (ServerId(server), ChannelId(channel));
                    push(VoteEvent::ChannelDeleted { server, channel });
                })
            }
            "GUILD_DELETE" => snowflake(value, "id").map(|id| {
                let in_outage = value.get("unavailable").is_some();
                let event = if in_outage { VoteEvent::ServerAway } else { VoteEvent::ServerGone };
                push(event(ServerId(id)));
            }),
            // In an outage a server is announced with little more than its id.
            "GUILD_CREATE" => snowflake(value, "id").map(|id| {
                let in_outage = value.get("unavailable").and_then(Value::as_bool).unwrap_or(false);
                let event = if in_outage { VoteEvent::ServerAway } else { VoteEvent::ServerHere };
                push(event(ServerId(id)));
            }),
            _ => None,
        };
        read.ok_or(Unreadable(kind))
    }

    fn raw_added(&self, raw: &RawReaction<'_>, push: &mut impl FnMut(VoteEvent)) {
        let (Some(name), Some(user), Some(server)) = (raw.emoji_name(), raw.user_id, raw.guild_id) else {
            return;
        };
        let Some(verdict) = emoji::verdict(name) else { return };
        let (card, user, server) = (MessageId::from(raw.message_id), UserId(user.0), ServerId(server.0));
        let author = raw.message_author_id.map(|id| UserId(id.0));
        let place = Place { channel: ChannelId(raw.channel_id.0), card };
        if user == self.us || !self.is_ours_or_awaited(server, place, author) {
            return;
        }
        push(VoteEvent::Added {
            card,
            server,
            user,
            is_bot: raw.member.as_ref().and_then(|m| m.pointer("/user/bot")?.as_bool()).unwrap_or(false),
            joined: raw.member.as_ref().and_then(|m| parse_time(m.get("joined_at")?.as_str()?)),
            verdict,
            kind: raw.kind(),
            usual: emoji::is_usual(name),
        });
    }

    fn raw_removed(&self, raw: &RawReaction<'_>, push: &mut impl FnMut(VoteEvent)) {
        let (Some(name), Some(user), Some(server)) = (raw.emoji_name(), raw.user_id, raw.guild_id) else {
            return;
        };
        let Some(verdict) = emoji::verdict(name) else { return };
        let (card, user, server) = (MessageId::from(raw.message_id), UserId(user.0), ServerId(server.0));
        if user != self.us && self.is_ours(card) {
            let (kind, usual) = (raw.kind(), emoji::is_usual(name));
            push(VoteEvent::Removed { card, server, user, verdict, kind, usual });
        }
    }
}

fn kind(reaction: &Reaction) -> ReactionKind {
    if reaction.burst || reaction.reaction_type == ReactionTypes::Burst {
        ReactionKind::Super
    } else {
        ReactionKind::Normal
    }
}

/// A reaction event as Discord documents it, with everything optional that may be missing.
#[derive(Deserialize)]
struct RawReaction<'a> {
    channel_id: Snowflake,
    message_id: Snowflake,
    guild_id: Option<Snowflake>,
    user_id: Option<Snowflake>,
    message_author_id: Option<Snowflake>,
    #[serde(default)]
    burst: bool,
    #[serde(default, rename = "type")]
    kind: u8,
    #[serde(borrow)]
    emoji: Option<RawEmoji<'a>>,
    member: Option<Value>,
}

#[derive(Deserialize)]
struct RawEmoji<'a> {
    id: Option<Snowflake>,
    name: Option<std::borrow::Cow<'a, str>>,
}

/// Discord writes ids as text.
#[derive(Clone, Copy)]
struct Snowflake(u64);

impl From<Snowflake> for MessageId {
    fn from(id: Snowflake) -> Self {
        Self(id.0)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl<'a> RawReaction<'a> {
    fn read(value: &'a Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }

    /// The name of a Unicode emoji; custom ones have an id.
    fn emoji_name(&self) -> Option<&str> {
        let emoji = self.emoji.as_ref().filter(|emoji| emoji.id.is_none())?;
        emoji.name.as_deref()
    }

    fn kind(&self) -> ReactionKind {
        if self.burst || self.kind == 1 { ReactionKind::Super } else { ReactionKind::Normal }
    }
}

fn snowflake(value: &Value, field: &str) -> Option<u64> {
    value.get(field)?.as_str()?.parse().ok()
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let at = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    Some(Timestamp(at.unix_timestamp().saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::service::ports::SystemClock;

    const US: UserId = UserId(42);
    const CARD: MessageId = MessageId(100);

    /// What comes of an event, read as the client library reads it.
    fn extract(cards: &KnownCards, kind: &str, data: Value) -> Result<Vec<VoteEvent>, String> {
        // As the client library does: what it cannot read becomes an unknown event.
        let event: Event = serde_json::from_value(json!({"t": kind, "d": data})).unwrap();
        extract_event(cards, &event)
    }

    fn extract_event(cards: &KnownCards, event: &Event) -> Result<Vec<VoteEvent>, String> {
        let metrics = Metrics::default();
        let strange = |_, place: Place| assert_eq!(place.channel, ChannelId(11));
        let extract = Extract { us: US, cards, clock: &SystemClock, metrics: &metrics, strange: &strange };
        let mut events = Vec::new();
        match extract.event(event, |event| events.push(event)) {
            Ok(()) => Ok(events),
            Err(Unreadable(kind)) => Err(kind.to_owned()),
        }
    }

    fn cards() -> KnownCards {
        let cards = KnownCards::default();
        cards.add(CARD);
        cards
    }

    fn reaction(emoji: &str, more: Value) -> Value {
        let mut data = json!({
            "user_id": "7", "channel_id": "11", "message_id": "100", "guild_id": "12",
            "emoji": {"id": null, "name": emoji},
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    }

    fn member(bot: bool) -> Value {
        json!({
            "user": {"id": "7", "username": "u", "discriminator": "0", "avatar": null, "bot": bot},
            "roles": [], "joined_at": "2024-01-01T00:00:00.000000+00:00", "deaf": false, "mute": false, "flags": 0,
        })
    }

    fn added(verdict: Verdict, kind: ReactionKind, is_bot: bool, usual: bool) -> VoteEvent {
        let joined = Some(Timestamp(1_704_067_200_000));
        VoteEvent::Added {
            card: CARD,
            server: ServerId(12),
            user: UserId(7),
            is_bot,
            joined,
            verdict,
            kind,
            usual,
        }
    }

    #[test]
    fn reactions_on_cards_are_let_through() {
        let cards = cards();
        let add = |emoji, more: Value| {
            let mut data = reaction(emoji, json!({"member": member(false), "message_author_id": "42"}));
            data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            extract(&cards, "MESSAGE_REACTION_ADD", data).unwrap()
        };
        let normal = json!({"burst": false, "type": 0});
        assert_eq!(add("🚢", normal.clone()), [added(Verdict::Ship, ReactionKind::Normal, false, true)]);
        assert_eq!(add("⏭️", normal.clone()), [added(Verdict::Skip, ReactionKind::Normal, false, true)]);
        assert_eq!(add("⏭", normal.clone()), [added(Verdict::Skip, ReactionKind::Normal, false, false)]);
        let burst = json!({"burst": true, "type": 1, "burst_colors": ["#ffffff"]});
        assert_eq!(add("🚢", burst), [added(Verdict::Ship, ReactionKind::Super, false, true)]);
        assert_eq!(add("👍", normal), []);
        assert_eq!(
            add("🚢", json!({})),
            [added(Verdict::Ship, ReactionKind::Normal, false, true)],
            "without burst"
        );
        let bot = json!({"member": member(true), "burst": false, "type": 0});
        assert_eq!(add("🚢", bot), [added(Verdict::Ship, ReactionKind::Normal, true, true)]);
        assert_eq!(add("🚢", json!({"user_id": "42"})), [], "our own seed");
        assert_eq!(add("🚢", json!({"guild_id": null, "burst": false, "type": 0})), [], "outside servers");
    }

    #[test]
    fn removals_and_clearing_are_let_through() {
        let cards = cards();
        let removed = VoteEvent::Removed {
            card: CARD,
            server: ServerId(12),
            user: UserId(7),
            verdict: Verdict::Skip,
            kind: ReactionKind::Normal,
            usual: true,
        };
        for more in [json!({"burst": false, "type": 0}), json!({})] {
            let event = extract(&cards, "MESSAGE_REACTION_REMOVE", reaction("⏭️", more)).unwrap();
            assert_eq!(event, std::slice::from_ref(&removed));
        }
        for more in [json!({"burst": false, "type": 0}), json!({})] {
            let event = extract(&cards, "MESSAGE_REACTION_REMOVE_EMOJI", reaction("🚢", more)).unwrap();
            assert_eq!(event, [VoteEvent::ClearedEmoji { card: CARD, verdict: Verdict::Ship, usual: true }]);
        }
        let place = json!({"channel_id": "11", "message_id": "100", "guild_id": "12"});
        let event = extract(&cards, "MESSAGE_REACTION_REMOVE_ALL", place).unwrap();
        assert_eq!(event, [VoteEvent::ClearedAll { card: CARD }]);
    }

    #[test]
    fn what_is_not_ours_is_left() {
        let cards = cards();
        let foreign = json!({"message_id": "101", "burst": false, "type": 0, "message_author_id": "9"});
        for kind in ["MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_EMOJI"] {
            assert_eq!(extract(&cards, kind, reaction("🚢", foreign.clone())).unwrap(), []);
        }
        assert!(!cards.awaits_any());
        let ids = json!({"ids": ["99", "100", "101"], "channel_id": "11", "guild_id": "12"});
        assert_eq!(
            extract(&cards, "MESSAGE_DELETE_BULK", ids).unwrap(),
            [VoteEvent::CardDeleted { card: CARD }]
        );
    }

    #[test]
    fn a_message_of_ours_is_awaited_with_all_that_follows() {
        let cards = cards();
        let ours = json!({"message_id": "101", "burst": false, "type": 0, "message_author_id": "42"});
        let later = json!({"message_id": "101", "burst": false, "type": 0});
        let remove =
            || extract(&cards, "MESSAGE_REACTION_REMOVE", reaction("🚢", later.clone())).unwrap().len();
        assert_eq!(remove(), 0);
        assert_eq!(extract(&cards, "MESSAGE_REACTION_ADD", reaction("🚢", ours)).unwrap().len(), 1);
        assert_eq!(remove(), 1);
    }

    #[test]
    fn servers_and_channels_are_told_of() {
        let cards = cards();
        let go = |kind, data| extract(&cards, kind, data).unwrap();
        assert_eq!(go("GUILD_DELETE", json!({"id": "12"})), [VoteEvent::ServerGone(ServerId(12))]);
        for kind in ["GUILD_DELETE", "GUILD_CREATE"] {
            let outage = go(kind, json!({"id": "12", "unavailable": true}));
            assert_eq!(outage, [VoteEvent::ServerAway(ServerId(12))], "{kind}");
        }
        let thread = json!({"id": "11", "guild_id": "12", "parent_id": "10", "type": 11});
        let gone = VoteEvent::ChannelDeleted { server: ServerId(12), channel: ChannelId(11) };
        assert_eq!(go("THREAD_DELETE", thread), std::slice::from_ref(&gone));
        assert_eq!(
            go("CHANNEL_DELETE", json!({"id": "11", "guild_id": "12", "type": 0, "name": "x"})),
            [gone]
        );
    }

    #[test]
    fn what_nobody_can_read_is_named() {
        let cards = cards();
        assert_eq!(extract(&cards, "RATE_LIMITED", json!({})), Err("RATE_LIMITED".to_owned()));
        assert_eq!(extract(&cards, "MESSAGE_DELETE", json!({"id": 5})), Err("MESSAGE_DELETE".to_owned()));
    }
}
