//! A Discord full of servers, and one bot in it.

use std::time::{Duration, Instant};

use serde_json::Value;
use tiebreaker::simulator::{
    ChannelId, InteractionId, MemberHandle, ServerId, Settings, Simulator, state::Standing,
};

use crate::names::{Dice, Names};

/// Channels of each server.
pub const CHANNELS: usize = 20;
/// Members of each server who ask.
const MEMBERS: usize = 3;

/// A server with who is there.
pub struct Place {
    /// Which.
    pub server: ServerId,
    /// Its channels.
    pub channels: Vec<ChannelId>,
    /// Who asks there.
    pub members: Vec<MemberHandle>,
}

/// A Discord.
pub struct World {
    /// The simulator.
    pub discord: Simulator,
    /// Its servers.
    pub places: Vec<Place>,
}

impl World {
    /// A Discord with so many servers and no bot yet.
    pub async fn new(servers: usize, limits: bool) -> anyhow::Result<Self> {
        let shards = u32::try_from(servers.div_ceil(1_000))?;
        let settings = Settings { limits, max_concurrency: shards, record: 0, ..Settings::default() };
        let discord = Simulator::start(settings).await?;
        let mut places = Vec::with_capacity(servers);
        for n in 0..servers {
            let server = discord.server(&format!("Server {n}"));
            let mut channels = vec![server.general()];
            channels.extend((1..CHANNELS).map(|n| server.channel(&format!("channel-{n}"))));
            let members = (0..MEMBERS).map(|n| server.member(&format!("Member {n}"))).collect();
            places.push(Place { server: server.id, channels, members });
        }
        Ok(Self { discord, places })
    }

    /// How many shards Discord recommends for it.
    pub fn shards(&self) -> usize {
        self.places.len().div_ceil(1_000)
    }

    /// Registers the commands for a bot that does not do so itself.
    pub async fn register(&self, commands: &[Value]) -> anyhow::Result<()> {
        let url =
            format!("{}/api/v10/applications/{}/commands", self.discord.base_url(), self.discord.bot_id());
        let call =
            reqwest::Client::new().put(url).header("Authorization", format!("Bot {}", self.discord.token()));
        call.json(commands).send().await?.error_for_status()?;
        Ok(())
    }

    /// Waits until every shard is connected, then until each has answered one autocomplete: everything that was sent
    /// before it is read by then. Returns how long after the last READY that was.
    pub async fn wait_until_ready(&self, names: &Names) -> anyhow::Result<Duration> {
        self.discord.wait_for_command("compare").await?;
        self.discord.wait_for_sessions(self.shards()).await?;
        let ready = Instant::now();
        // Servers fall on shards in turn, so the first few are one of each.
        for place in self.places.iter().take(self.shards()) {
            let asked =
                place.members[0].slash(place.channels[0], "tool")?.press("name", &names.asked[0][..3])?;
            asked.choices().await?;
        }
        Ok(ready.elapsed())
    }

    /// Whether an interaction was answered, and with something sensible: choices, or a message.
    pub fn standing(&self, id: InteractionId) -> Standing {
        self.discord.with_world(|world| {
            world.data.interactions.get(&id).map_or(Standing::Waiting, |interaction| interaction.standing)
        })
    }

    /// Somebody in some channel.
    pub fn anybody(&self, dice: &mut Dice) -> (&MemberHandle, ChannelId) {
        let place = dice.of(&self.places);
        (dice.of(&place.members), *dice.of(&place.channels))
    }
}
