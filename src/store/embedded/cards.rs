//! Cards.

use async_trait::async_trait;

use super::{Embedded, marks::card_of, txn::Txn};
use crate::{
    domain::{
        ids::{MessageId, ServerId},
        time::Timestamp,
    },
    store::{
        contract::{CardPlace, Cards, Registered},
        error::Result,
        kv::Range,
        layout::{keys, keys::Parts, values},
        records::{Card, Record, Server},
    },
};

/// Writes a card and the indexes that lead to it.
pub(super) fn put_card(txn: &mut Txn<'_>, card: &Card) -> Result<()> {
    txn.put(keys::server_card(card.server, card.id), values::channel(card.channel));
    txn.put(keys::tool_card(card.server, &card.tool, card.id), vec![values::FORM]);
    txn.put_record(&Record::Card(card.clone()))
}

/// A server becomes known, so that its data is found when it is to be purged.
pub(super) fn know_server(txn: &mut Txn<'_>, server: ServerId, at: Timestamp) -> Result<()> {
    if !txn.has(&keys::of_server(keys::SERVER, server))? {
        let new = Server { id: server, first_seen: at, removed: None, purging: false };
        txn.put_record(&Record::Server(new))?;
    }
    Ok(())
}

/// The least message id of a moment or later: the upper 42 bits of an id are a time.
fn first_message(at: Timestamp) -> MessageId {
    let epoch = MessageId(0).created_at();
    MessageId(u64::try_from(at.since(epoch)).unwrap_or(0) << 22)
}

impl Embedded {
    pub(super) fn card_now(&self, card: MessageId) -> Result<Option<Card>> {
        self.get(&keys::card(card))?.map(|value| values::to_card(card, &value)).transpose()
    }

    fn cards_now(
        &self,
        place: &CardPlace,
        since: Timestamp,
        before: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<Card>> {
        let prefix = match place {
            CardPlace::All => keys::kind(keys::CARD),
            CardPlace::Server(server) | CardPlace::Channel(server, _) => {
                keys::of_server(keys::SERVER_CARD, *server)
            }
            CardPlace::Tool(server, tool) => keys::cards_of_tool(*server, tool),
        };
        let with = |card: MessageId| [prefix.as_slice(), &card.0.to_be_bytes()].concat();
        let mut range = Range::prefix(&prefix).starting(&with(first_message(since)));
        if let Some(before) = before {
            range = range.before(&with(before));
        }
        let kv = self.kv()?;
        let mut found = Vec::new();
        for pair in kv.scan(&range, true) {
            if found.len() >= limit {
                break;
            }
            let (key, value) = pair?;
            if let CardPlace::Channel(_, channel) = place
                && values::to_channel(&value)? != *channel
            {
                continue;
            }
            let id = key
                .last_chunk::<8>()
                .map(|id| MessageId(u64::from_be_bytes(*id)))
                .ok_or_else(|| values::damaged("card"))?;
            let card = match place {
                CardPlace::All => {
                    let id = Parts::of(&key).and_then(|(_, mut parts)| parts.message());
                    Some(values::to_card(id.ok_or_else(|| values::damaged("card"))?, &value)?)
                }
                _ => self.card_now(id)?,
            };
            // Between index and card another unit may have dropped it.
            found.extend(card.filter(|card| card.frozen.is_none()));
        }
        Ok(found)
    }
}

#[async_trait]
impl Cards for Embedded {
    async fn register_card(&self, card: Card) -> Result<Registered> {
        // A repeated registration is the usual case (answer and event): it must not wake the writer.
        if self.card(card.id).await?.is_some() {
            return Ok(Registered::Known);
        }
        self.write(move |txn| {
            txn.shared.refuse_purging(card.server)?;
            if card_of(txn, card.id)?.is_some() {
                return Ok(Registered::Known);
            }
            let card = Card { tool: txn.shared.present_id(&card.tool), ..card };
            know_server(txn, card.server, card.created())?;
            put_card(txn, &card)?;
            Ok(Registered::New)
        })
        .await
    }

    async fn card(&self, card: MessageId) -> Result<Option<Card>> {
        self.card_now(card)
    }

    async fn cards(
        &self,
        place: CardPlace,
        since: Timestamp,
        before: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<Card>> {
        self.cards_now(&place, since, before, limit)
    }
}
