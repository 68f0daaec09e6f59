//! Keys.
//!
//! | first byte | then | holds |
//! | --- | --- | --- |
//! | `00` | name | the store itself: `head`, `meta` |
//! | `m` | server, tool `00`, voter | marks |
//! | `c` | card | card |
//! | `l` | server, card | *derived:* cards of a server; value: channel |
//! | `s` | server, tool `00`, card | *derived:* cards of a tool in a server |
//! | `t` | server, tool | *derived:* tally |
//! | `u` | until, server, voter, tool | *derived:* held marks by the time they mature |
//! | `b` | server, voter | blocked |
//! | `e` | server, voter | erasure |
//! | `v` | server | server |
//! | `z` | server | purged |
//! | `S` | server | settings |
//! | `g` | server, user | subscriber |
//! | `f` | server, channel | refused channel |
//! | `w` | server, folded name | wanted |
//! | `d` | server, day, first tool | tallies of a day |
//! | `p` | server, week, tool `00` tool | comparisons |
//! | `o` | scope, sort, tool `00` reviewer | catalog |
//! | `h` | scope, change | history |
//! | `j` | key | job mark |
//! | `r` | tool | rename |
//!
//! Marks lie under their tool, not under their member: that keeps what a vote touches to two keys (marks and tally), and
//! their common beginning keeps the engine's pages small. Who has a mark on a card is read from the marks of the card's
//! tool, and what a member has in a server by asking each of the server's tools.
//!
//! Tools and names are text without a zero byte; where something follows them, a zero byte ends them. That keeps the
//! order of the text and needs no table of numbers that could be lost.

use crate::{
    domain::{
        change::{CatalogScope, ChangeId, Subject},
        ids::{ChannelId, MessageId, ReviewerId, ServerId, ToolId, UserId, VoterHash},
        time::{Date, Timestamp},
    },
    store::records::Week,
};

macro_rules! kinds {
    ($($name:ident = $byte:literal),* $(,)?) => {
        $(pub(crate) const $name: u8 = $byte;)*
    };
}

kinds! {
    META = 0, SETTINGS = b'S', BLOCKED = b'b', CARD = b'c', DAY = b'd', ERASURE = b'e', REFUSED = b'f',
    SUBSCRIBER = b'g', HISTORY = b'h', JOB = b'j', SERVER_CARD = b'l', MARKS = b'm', CATALOG = b'o',
    COMPARISON = b'p', RENAME = b'r', TOOL_CARD = b's', TALLY = b't', HELD = b'u', SERVER = b'v', WANTED = b'w',
    PURGED = b'z',
}

/// Kinds that lie under a server right after the first byte, and go with it.
pub(crate) const OF_SERVER: [u8; 15] = [
    TALLY,
    TOOL_CARD,
    BLOCKED,
    ERASURE,
    SETTINGS,
    SUBSCRIBER,
    REFUSED,
    WANTED,
    DAY,
    COMPARISON,
    CATALOG,
    HISTORY,
    MARKS,
    SERVER_CARD,
    SERVER,
];

/// Commit and sequence number.
pub(crate) const HEAD: &[u8] = b"\0head";
/// Schema, store id, application, voter key.
pub(crate) const IDENTITY: &[u8] = b"\0meta";

/// A key under construction.
struct Key(Vec<u8>);

impl Key {
    fn new(kind: u8) -> Self {
        let mut key = Vec::with_capacity(64);
        key.push(kind);
        Self(key)
    }

    fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    fn day(mut self, day: Date) -> Self {
        self.0.extend_from_slice(&u32::try_from(day.to_julian_day()).unwrap_or(0).to_be_bytes());
        self
    }

    fn voter(mut self, voter: VoterHash) -> Self {
        self.0.extend_from_slice(&voter.0);
        self
    }

    fn text(mut self, text: &str) -> Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    fn end(mut self) -> Self {
        self.0.push(0);
        self
    }
}

pub(crate) fn kind(kind: u8) -> Vec<u8> {
    vec![kind]
}

pub(crate) fn of_server(kind: u8, server: ServerId) -> Vec<u8> {
    Key::new(kind).number(server.0).0
}

pub(crate) fn marks(server: ServerId, tool: &ToolId, voter: VoterHash) -> Vec<u8> {
    Key::new(MARKS).number(server.0).text(tool.as_str()).end().voter(voter).0
}

pub(crate) fn marks_of_tool(server: ServerId, tool: &ToolId) -> Vec<u8> {
    Key::new(MARKS).number(server.0).text(tool.as_str()).end().0
}

/// The first key after all marks of a tool.
pub(crate) fn after_marks_of_tool(server: ServerId, tool: &ToolId) -> Vec<u8> {
    let mut key = Key::new(MARKS).number(server.0).text(tool.as_str()).0;
    key.push(1);
    key
}

pub(crate) fn card(card: MessageId) -> Vec<u8> {
    Key::new(CARD).number(card.0).0
}

pub(crate) fn server_card(server: ServerId, card: MessageId) -> Vec<u8> {
    Key::new(SERVER_CARD).number(server.0).number(card.0).0
}

pub(crate) fn cards_of_tool(server: ServerId, tool: &ToolId) -> Vec<u8> {
    Key::new(TOOL_CARD).number(server.0).text(tool.as_str()).end().0
}

pub(crate) fn tool_card(server: ServerId, tool: &ToolId, card: MessageId) -> Vec<u8> {
    Key::new(TOOL_CARD).number(server.0).text(tool.as_str()).end().number(card.0).0
}

pub(crate) fn tally(server: ServerId, tool: &ToolId) -> Vec<u8> {
    Key::new(TALLY).number(server.0).text(tool.as_str()).0
}

/// Times before 1970 do not occur; they sort first.
fn moment(at: Timestamp) -> u64 {
    u64::try_from(at.0).unwrap_or(0)
}

pub(crate) fn held(until: Timestamp, server: ServerId, voter: VoterHash, tool: &ToolId) -> Vec<u8> {
    Key::new(HELD).number(moment(until)).number(server.0).voter(voter).text(tool.as_str()).0
}

/// The first key of marks held longer than `now`.
pub(crate) fn held_after(now: Timestamp) -> Vec<u8> {
    Key::new(HELD).number(moment(now).saturating_add(1)).0
}

pub(crate) fn blocked(server: ServerId, voter: VoterHash) -> Vec<u8> {
    Key::new(BLOCKED).number(server.0).voter(voter).0
}

pub(crate) fn erasure(server: ServerId, voter: VoterHash) -> Vec<u8> {
    Key::new(ERASURE).number(server.0).voter(voter).0
}

pub(crate) fn purged(server: ServerId) -> Vec<u8> {
    Key::new(PURGED).number(server.0).0
}

pub(crate) fn subscriber(server: ServerId, user: UserId) -> Vec<u8> {
    Key::new(SUBSCRIBER).number(server.0).number(user.0).0
}

pub(crate) fn refused(server: ServerId, channel: ChannelId) -> Vec<u8> {
    Key::new(REFUSED).number(server.0).number(channel.0).0
}

pub(crate) fn wanted(server: ServerId, folded: &str) -> Vec<u8> {
    Key::new(WANTED).number(server.0).text(folded).0
}

pub(crate) fn day(server: ServerId, day: Date) -> Vec<u8> {
    Key::new(DAY).number(server.0).day(day).0
}

pub(crate) fn day_from(server: ServerId, day: Date, first: &ToolId) -> Vec<u8> {
    Key::new(DAY).number(server.0).day(day).text(first.as_str()).0
}

pub(crate) fn week(server: ServerId, week: Week) -> Vec<u8> {
    Key::new(COMPARISON).number(server.0).day(week.monday()).0
}

pub(crate) fn comparison(server: ServerId, week: Week, pair: &(ToolId, ToolId)) -> Vec<u8> {
    Key::new(COMPARISON)
        .number(server.0)
        .day(week.monday())
        .text(pair.0.as_str())
        .end()
        .text(pair.1.as_str())
        .0
}

/// The operator's catalog lies under zero, which is no server's id.
fn scope(scope: CatalogScope) -> u64 {
    scope.server().map_or(0, |server| server.0)
}

pub(crate) fn catalog_of(of: CatalogScope) -> Vec<u8> {
    Key::new(CATALOG).number(scope(of)).0
}

pub(crate) fn catalog(of: CatalogScope, subject: &Subject) -> Vec<u8> {
    let key = Key::new(CATALOG).number(scope(of));
    match subject {
        Subject::Tool(tool) => key.text("t").text(tool.as_str()).0,
        Subject::Review(tool, reviewer) => key.text("r").text(tool.as_str()).end().text(reviewer.as_str()).0,
        Subject::Reviewer(reviewer) => key.text("w").text(reviewer.as_str()).0,
    }
}

pub(crate) fn history_of(of: CatalogScope) -> Vec<u8> {
    Key::new(HISTORY).number(scope(of)).0
}

pub(crate) fn history(of: CatalogScope, change: ChangeId) -> Vec<u8> {
    Key::new(HISTORY).number(scope(of)).number(change.0).0
}

pub(crate) fn job(key: &str) -> Vec<u8> {
    Key::new(JOB).text(key).0
}

pub(crate) fn rename(from: &ToolId) -> Vec<u8> {
    Key::new(RENAME).text(from.as_str()).0
}

/// Takes a key apart.
pub(crate) struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    /// Without the kind.
    pub(crate) fn of(key: &'a [u8]) -> Option<(u8, Self)> {
        key.split_first().map(|(kind, rest)| (*kind, Self(rest)))
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_be_bytes)
    }

    pub(crate) fn server(&mut self) -> Option<ServerId> {
        self.number().map(ServerId)
    }

    pub(crate) fn message(&mut self) -> Option<MessageId> {
        self.number().map(MessageId)
    }

    pub(crate) fn voter(&mut self) -> Option<VoterHash> {
        self.bytes().map(VoterHash)
    }

    pub(crate) fn day(&mut self) -> Option<Date> {
        let day = i32::try_from(self.bytes().map(u32::from_be_bytes)?).ok()?;
        Date::from_julian_day(day).ok()
    }

    pub(crate) fn scope(&mut self) -> Option<CatalogScope> {
        Some(match self.number()? {
            0 => CatalogScope::Base,
            server => CatalogScope::Server(ServerId(server)),
        })
    }

    /// Text up to a zero byte.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        let word = std::str::from_utf8(self.0.get(..end)?).ok()?;
        self.0 = self.0.get(end + 1..)?;
        Some(word)
    }

    /// A tool that a zero byte ends.
    pub(crate) fn ended_tool(&mut self) -> Option<ToolId> {
        self.word().map(ToolId::trusted)
    }

    /// All that is left, as text.
    pub(crate) fn rest(&self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }

    pub(crate) fn tool(&self) -> Option<ToolId> {
        self.rest().filter(|text| !text.is_empty()).map(ToolId::trusted)
    }

    pub(crate) fn subject(&mut self) -> Option<Subject> {
        let [sort] = self.bytes::<1>()?;
        Some(match sort {
            b't' => Subject::Tool(self.tool()?),
            b'r' => {
                let tool = ToolId::trusted(self.word()?);
                Subject::Review(tool, ReviewerId::trusted(self.rest()?))
            }
            b'w' => Subject::Reviewer(ReviewerId::trusted(self.rest()?)),
            _ => return None,
        })
    }
}
