//! Cards that members vote on, and a model of what must come of it: each member's standing marks in the order in which
//! they came; the newest is the ballot.

use std::path::PathBuf;

use anyhow::Context as _;
use tiebreaker::{
    domain::ids as ours,
    simulator::{ChannelId, MemberHandle, MessageId, ServerId},
    store::{
        OpenOptions, StoreFolder,
        contract::{Cards as _, MarkStore as _, Upkeep as _},
        open,
    },
};

use crate::{
    names::{Dice, Names},
    world::World,
};

/// Ship and skip, as the bot seeds them.
const EMOJI: [&str; 2] = ["🚢", "⏭️"];
/// Members who vote on each card.
const VOTERS: usize = 50;

/// A message that is voted on.
struct Card {
    server: ServerId,
    channel: ChannelId,
    message: MessageId,
    voters: Vec<Voter>,
}

struct Voter {
    member: MemberHandle,
    /// Places in [`EMOJI`], oldest first.
    standing: Vec<usize>,
}

/// All cards, and whose turn it is.
pub struct Board {
    cards: Vec<Card>,
    dice: Dice,
    /// How many votes were cast or taken back.
    pub votes: u64,
}

impl Board {
    /// Asks for `/tool` in so many servers and takes the cards that come, once they are seeded.
    pub async fn of_cards(world: &World, names: &Names, count: usize) -> anyhow::Result<Self> {
        let mut cards = Vec::with_capacity(count);
        let mut tools = names.asked.iter();
        for place in world.places.iter().take(count) {
            let channel = place.channels[0];
            let message = loop {
                let name = tools.next().context("no more names")?;
                let asked = place.members[0].slash(channel, "tool")?.with("name", name.as_str()).send()?;
                let answer = asked.message().await?;
                // A name that could mean another tool too is asked back.
                if !answer.ephemeral {
                    break answer.id;
                }
            };
            cards.push(Card { server: place.server, channel, message, voters: Vec::new() });
        }
        for card in &cards {
            let (channel, message) = (card.channel, card.message);
            let seeded = |world: &tiebreaker::simulator::state::World| {
                world.message(channel, message).filter(|message| message.reactions.len() == 2).map(drop)
            };
            world.discord.wait_until("both reactions under a card", seeded).await?;
        }
        Ok(Self::with_voters(world, cards))
    }

    /// Messages of members, for a bot without cards.
    pub fn of_messages(world: &World, count: usize) -> anyhow::Result<Self> {
        let mut cards = Vec::with_capacity(count);
        for place in world.places.iter().take(count) {
            let channel = place.channels[0];
            let message = place.members[0].say(channel, "no card")?;
            cards.push(Card { server: place.server, channel, message, voters: Vec::new() });
        }
        Ok(Self::with_voters(world, cards))
    }

    fn with_voters(world: &World, mut cards: Vec<Card>) -> Self {
        for card in &mut cards {
            let Some(server) = world.discord.server_by_id(card.server) else { continue };
            let voter = |n| Voter { member: server.member(&format!("Voter {n}")), standing: Vec::new() };
            card.voters.extend((0..VOTERS).map(voter));
        }
        Self { cards, dice: Dice::new(11), votes: 0 }
    }

    /// Somebody puts or takes back one mark: one event.
    pub fn vote(&mut self) -> anyhow::Result<()> {
        let card = self.dice.below(self.cards.len());
        let card = &mut self.cards[card];
        let voter = self.dice.below(card.voters.len());
        let voter = &mut card.voters[voter];
        let emoji = self.dice.below(EMOJI.len());
        match voter.standing.iter().position(|standing| *standing == emoji) {
            Some(at) => {
                voter.standing.remove(at);
                voter.member.take_back(card.channel, card.message, EMOJI[emoji])?;
            }
            None => {
                voter.standing.push(emoji);
                voter.member.react(card.channel, card.message, EMOJI[emoji])?;
            }
        }
        self.votes += 1;
        Ok(())
    }

    /// Opens the store of a bot that has stopped: how many cards have other tallies than the model.
    pub async fn wrong_tallies(&self, data: PathBuf) -> anyhow::Result<usize> {
        let options = OpenOptions { create: false, snapshots: None, ..OpenOptions::default() };
        let store = open(&StoreFolder::at(data), options).await?;
        let mut wrong = 0;
        for card in &self.cards {
            let known = store.card(ours::MessageId(card.message.0)).await?.context("a card is not known")?;
            let tally = store.tally(ours::ServerId(card.server.0), &known.tool).await?;
            let ballots = |emoji| {
                card.voters.iter().filter(|voter| voter.standing.last() == Some(&emoji)).count() as u64
            };
            if (tally.ship, tally.skip, tally.held) != (ballots(0), ballots(1), 0) {
                wrong += 1;
                eprintln!("{}: {tally:?}, but {} and {} stand", known.tool, ballots(0), ballots(1));
            }
        }
        store.close().await?;
        Ok(wrong)
    }
}
