//! Where marks are found: of a member for a tool, on a card, of a member in a server.

use super::txn::Txn;
use crate::{
    domain::{
        ids::{MessageId, ServerId, ToolId, VoterHash},
        marks::{Halves, Marks},
    },
    store::{
        contract::MarksOnCard,
        error::Result,
        kv::{Pair, Range},
        layout::{keys, keys::Parts, values},
        records::Card,
    },
};

/// The marks of a member for a tool.
pub(super) fn marks_of(txn: &Txn<'_>, server: ServerId, voter: VoterHash, tool: &ToolId) -> Result<Marks> {
    txn.get(&keys::marks(server, tool, voter))?.map_or(Ok(Marks::default()), |value| values::to_marks(&value))
}

/// Of the marks of a card's tool, those that stand on the card.
pub(super) fn on_card(
    card: MessageId,
    marks_of_tool: impl Iterator<Item = Result<Pair>>,
) -> impl Iterator<Item = Result<(VoterHash, Halves)>> {
    marks_of_tool.filter_map(move |pair| {
        let read = |(key, value): Pair| Ok((voter_of(&key)?, values::to_marks(&value)?.on(card)));
        pair.and_then(read).map(|(voter, halves)| (!halves.is_none()).then_some((voter, halves))).transpose()
    })
}

/// The member of a key of marks.
pub(super) fn voter_of(key: &[u8]) -> Result<VoterHash> {
    key.last_chunk().map(|voter| VoterHash(*voter)).ok_or_else(|| values::damaged("marks"))
}

/// Members with a mark on a card.
pub(super) fn voters_on(txn: &Txn<'_>, card: &Card) -> Result<MarksOnCard> {
    let marks = txn.scan(&Range::prefix(&keys::marks_of_tool(card.server, &card.tool)), false);
    on_card(card.id, marks).collect()
}

/// All tools for which a member has marks in a server, in order: each tool that anybody has marks for is asked. `first`: the
/// first key of a range; `get`: what stands under a key.
pub(super) fn groups_in(
    (server, voter): (ServerId, VoterHash),
    first: impl Fn(&Range) -> Result<Option<Vec<u8>>>,
    get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>>,
) -> Result<Vec<(ToolId, Marks)>> {
    let mut range = Range::prefix(&keys::of_server(keys::MARKS, server));
    let mut found = Vec::new();
    while let Some(key) = first(&range)? {
        let tool = Parts::of(&key).and_then(|(_, mut p)| p.server().and(p.ended_tool()));
        let tool = tool.ok_or_else(|| values::damaged("marks"))?;
        range = range.starting(&keys::after_marks_of_tool(server, &tool));
        if let Some(value) = get(&keys::marks(server, &tool, voter))? {
            found.push((tool, values::to_marks(&value)?));
        }
    }
    Ok(found)
}

/// All tools for which a member has marks in a server.
pub(super) fn groups_of(txn: &Txn<'_>, server: ServerId, voter: VoterHash) -> Result<Vec<(ToolId, Marks)>> {
    let first = |range: &Range| Ok(txn.scan(range, false).next().transpose()?.map(|(key, _)| key));
    groups_in((server, voter), first, |key| txn.get(key))
}
