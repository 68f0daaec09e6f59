//! Events on their way to the gateway: who may hear of one, and its text, serialised once for everybody.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::super::ids::{ChannelId, ServerId};
use super::super::rules::permission::Permissions;
use super::super::state::World;

/// Bits of the intents field.
pub mod intent {
    /// Servers, roles, channels, threads.
    pub const GUILDS: u64 = 1 << 0;
    /// Members (privileged).
    pub const GUILD_MEMBERS: u64 = 1 << 1;
    /// Presences (privileged).
    pub const GUILD_PRESENCES: u64 = 1 << 8;
    /// Messages in servers.
    pub const GUILD_MESSAGES: u64 = 1 << 9;
    /// Reactions in servers.
    pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    /// Who writes, in servers.
    pub const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
    /// Messages in direct conversations, and ephemeral ones.
    pub const DIRECT_MESSAGES: u64 = 1 << 12;
    /// Reactions in direct conversations.
    pub const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
    /// The content of messages that do not concern the application (privileged).
    pub const MESSAGE_CONTENT: u64 = 1 << 15;
    /// Who writes, in direct conversations.
    pub const DIRECT_MESSAGE_TYPING: u64 = 1 << 14;
    /// Those that must be switched on for an application.
    pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
    /// Every bit that has a meaning.
    pub const KNOWN: u64 = 0b11_0011_1111_1111_1111_1111 | (1 << 24) | (1 << 25);
}

/// Who may hear of an event.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The server it belongs to; none: shard 0.
    pub server: Option<ServerId>,
    /// The channel the application must be able to see.
    pub channel: Option<ChannelId>,
    /// A session needs one of these intents; 0: none needed.
    pub intents: u64,
}

impl Scope {
    /// An event of a server.
    pub fn server(server: ServerId, intents: u64) -> Self {
        Self { server: Some(server), channel: None, intents }
    }

    /// An event of a channel, for those who see the channel.
    pub fn channel(server: ServerId, channel: ChannelId, intents: u64) -> Self {
        Self { server: Some(server), channel: Some(channel), intents }
    }

    /// An event outside of servers.
    pub fn direct(intents: u64) -> Self {
        Self { server: None, channel: None, intents }
    }

    /// An event of a server that no intent governs.
    pub fn always(server: ServerId) -> Self {
        Self::server(server, 0)
    }
}

/// An event with its body as text. Sequence numbers differ per session, so they are added on the way out.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// The name, such as `MESSAGE_CREATE`.
    pub name: Cow<'static, str>,
    /// The body as JSON text.
    pub body: Bytes,
}

impl Dispatch {
    /// Serialises an event.
    pub fn new(name: impl Into<Cow<'static, str>>, body: &Value) -> Arc<Self> {
        // A Value has string keys only, so it always serialises.
        let text = serde_json::to_vec(body).unwrap_or_default();
        Arc::new(Self { name: name.into(), body: text.into() })
    }

    /// Appends the whole payload, as it goes over the wire with this sequence number.
    pub fn write(&self, sequence: u64, out: &mut Vec<u8>) {
        let mut number = [0u8; 20];
        let digits = decimal(sequence, &mut number);
        out.reserve(self.body.len() + self.name.len() + 48);
        out.extend_from_slice(b"{\"t\":\"");
        out.extend_from_slice(self.name.as_bytes());
        out.extend_from_slice(b"\",\"s\":");
        out.extend_from_slice(digits);
        out.extend_from_slice(b",\"op\":0,\"d\":");
        out.extend_from_slice(&self.body);
        out.push(b'}');
    }
}

/// The digits of a number, written without going through the formatter.
fn decimal(mut number: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &buffer[at..];
        }
    }
}

impl World {
    /// Tells every session that may hear it.
    pub fn emit(&self, scope: Scope, name: &'static str, body: &Value) {
        self.emit_content(scope, name, body, None);
    }

    /// The same, with another body for sessions that have no right to the content of messages.
    pub fn emit_content(&self, scope: Scope, name: &'static str, full: &Value, withheld: Option<&Value>) {
        if self.hub.is_empty() || !self.is_heard(scope, name) {
            return;
        }
        let full = Dispatch::new(name, full);
        let withheld = withheld.map(|body| Dispatch::new(name, body));
        self.hub.deliver(scope.server, scope.intents, &full, withheld.as_ref());
    }

    /// Whether the application may hear of this at all.
    fn is_heard(&self, scope: Scope, name: &'static str) -> bool {
        let Some(server) = scope.server else { return true };
        let Some(found) = self.server(server) else { return false };
        if !found.members.contains_key(&self.bot_id()) {
            return false;
        }
        if !found.available && name != "GUILD_DELETE" {
            return false;
        }
        scope.channel.is_none_or(|channel| self.bot_sees(channel))
    }

    /// Whether the application may see this channel.
    pub fn bot_sees(&self, channel: ChannelId) -> bool {
        self.permissions_in(channel, self.bot_id()).contains(Permissions::VIEW_CHANNEL)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_is_one_json_object_with_its_number() {
        for sequence in [0, 7, 1_234_567, u64::MAX] {
            let mut out = Vec::new();
            Dispatch::new("RESUMED", &json!({"a": [1]})).write(sequence, &mut out);
            let read: Value = serde_json::from_slice(&out).unwrap();
            assert_eq!(read, json!({"t": "RESUMED", "s": sequence, "op": 0, "d": {"a": [1]}}));
        }
    }
}
