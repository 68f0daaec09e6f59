//! What the gateway tells of servers and channels.

use serenity::all::{Event, Ready};

use crate::{
    domain::ids::{ChannelId, ServerId},
    service::{servers::Session, vote::VoteEvent},
};

/// What matters to votes of an event about servers and channels.
pub(super) fn vote_event(event: &Event) -> Option<VoteEvent> {
    match event {
        Event::GuildCreate(event) => Some(VoteEvent::ServerHere(ServerId(event.guild.id.get()))),
        // `unavailable` is there in an outage only.
        Event::GuildDelete(event) if event.guild.unavailable => {
            Some(VoteEvent::ServerAway(ServerId(event.guild.id.get())))
        }
        Event::GuildDelete(event) => Some(VoteEvent::ServerGone(ServerId(event.guild.id.get()))),
        Event::ChannelDelete(event) => Some(VoteEvent::ChannelDeleted {
            server: ServerId(event.channel.guild_id.get()),
            channel: ChannelId(event.channel.id.get()),
        }),
        Event::ThreadDelete(event) => Some(VoteEvent::ChannelDeleted {
            server: ServerId(event.thread.guild_id.get()),
            channel: ChannelId(event.thread.id.get()),
        }),
        _ => None,
    }
}

/// The session that a READY opens.
#[must_use]
pub fn session(ready: &Ready) -> Session {
    let (shard, shards) = ready.shard.map_or((0, 1), |info| (info.id.0, info.total));
    let servers = ready.guilds.iter().map(|guild| ServerId(guild.id.get())).collect();
    Session { shard, shards, servers }
}
