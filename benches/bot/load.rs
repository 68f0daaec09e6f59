//! Load with a plan: when each interaction is due is known beforehand, and its time counts from then, so a stall of the
//! bot or of the measuring side is never left out.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tiebreaker::simulator::{
    Asked, Driven, Driver, Flood, InteractionId, change::Change, driver::slash::Typing, state::Standing,
};
use tokio::{
    sync::{Notify, broadcast::error::RecvError},
    task::JoinHandle,
};

use crate::{
    names::{Dice, Names},
    votes::Board,
    world::World,
};

/// Discord forgets an interaction after three seconds.
pub const LATE: Duration = Duration::from_secs(3);
/// One event in so many is a vote on a card of ours.
pub const ONE_OF_OURS_IN: usize = 20;
/// Prepared groups of foreign events, sent over and over.
const GROUPS: usize = 500;

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keystroke in an option.
    Autocomplete,
    /// Two names.
    Compare,
    /// One name.
    Tool,
}

impl Kind {
    /// In the order of the table.
    pub const ALL: [Self; 3] = [Self::Autocomplete, Self::Compare, Self::Tool];

    /// As it stands in the table.
    pub fn label(self) -> &'static str {
        match self {
            Self::Autocomplete => "autocomplete",
            Self::Compare => "/compare",
            Self::Tool => "/tool",
        }
    }

    /// Seven keystrokes for three commands.
    fn roll(dice: &mut Dice) -> Self {
        match dice.below(20) {
            0..3 => Self::Compare,
            3..6 => Self::Tool,
            _ => Self::Autocomplete,
        }
    }
}

/// How much comes in.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Interactions a second, at random moments.
    pub interactions: f64,
    /// Reaction events a second.
    pub events: f64,
}

/// An interaction that was sent: which, what kind, and when it was due.
type Sent = (InteractionId, Kind, Instant);

/// What became of it.
#[derive(Default)]
pub struct Outcome {
    /// From the planned moment to the answer, by kind.
    took: HashMap<&'static str, Vec<Duration>>,
    /// Interactions sent.
    pub sent: usize,
    /// Never answered.
    pub lost: usize,
    /// Answered after Discord had forgotten them, counted from the planned moment.
    pub late: usize,
    /// Answered with something that is no choices or no message.
    pub wrong: usize,
    /// Reaction events sent, votes included.
    pub events: u64,
    /// The furthest that sending fell behind its plan.
    pub behind: Duration,
}

impl Outcome {
    /// Adds another stretch of the same load.
    pub fn add(&mut self, other: Self) {
        for (kind, took) in other.took {
            self.took.entry(kind).or_default().extend(took);
        }
        self.sent += other.sent;
        self.lost += other.lost;
        self.late += other.late;
        self.wrong += other.wrong;
        self.events += other.events;
        self.behind = self.behind.max(other.behind);
    }

    /// The time within which this share of a kind was answered, in milliseconds.
    pub fn quantile(&self, kind: Kind, share: f64) -> f64 {
        let mut took = self.took.get(kind.label()).cloned().unwrap_or_default();
        took.sort_unstable();
        let at = (took.len() as f64 * share).ceil() as usize;
        took.get(at.saturating_sub(1)).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }

    /// The slowest answer of any kind, in milliseconds.
    pub fn slowest(&self) -> f64 {
        self.took.values().flatten().max().map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }
}

/// Events on messages that are not ours, prepared in groups.
pub struct Foreign {
    groups: Vec<Flood>,
    size: usize,
}

impl Foreign {
    /// Groups of this many.
    pub fn new(world: &World, size: usize) -> Self {
        let mut dice = Dice::new(5);
        let groups = (0..GROUPS.min(200_000 / size))
            .map(|_| Flood::prepare((0..size).map(|_| foreign(world, &mut dice))))
            .collect();
        Self { groups, size }
    }

    /// Sends group `n`, in turn.
    pub fn send(&self, discord: &Driver, n: usize) -> u64 {
        discord.flood(0, &self.groups[n % self.groups.len()]) as u64
    }

    /// Events of a group.
    pub fn size(&self) -> usize {
        self.size
    }
}

/// Somebody reacts to a message of somebody else.
fn foreign(world: &World, dice: &mut Dice) -> (&'static str, Value) {
    let place = dice.of(&world.places);
    let id = |dice: &mut Dice| (1_200_000_000_000_000_000 + dice.below(1 << 40) as u64).to_string();
    let user = id(dice);
    let emoji = match dice.below(4) {
        0 => json!({ "id": null, "name": "🚢" }),
        1 => json!({ "id": null, "name": "👍" }),
        2 => json!({ "id": null, "name": "🎉" }),
        _ => json!({ "id": "1234567890123456789", "name": "party", "animated": false }),
    };
    let body = json!({
        "user_id": user, "channel_id": dice.of(&place.channels), "message_id": id(dice), "guild_id": place.server,
        "emoji": emoji, "burst": false, "type": 0, "message_author_id": id(dice),
        "member": {
            "user": {
                "id": user, "username": "somebody", "global_name": "Somebody", "avatar": null,
                "discriminator": "0", "public_flags": 0, "bot": false,
            },
            "roles": ["1400000000000000001"], "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false, "nick": null,
            "avatar": null, "communication_disabled_until": null,
        },
    });
    ("MESSAGE_REACTION_ADD", body)
}

/// A stretch of load over a world.
pub struct Load<'a> {
    /// Where.
    pub world: &'a World,
    /// What is asked for.
    pub names: &'a Names,
    /// Groups of one less than [`ONE_OF_OURS_IN`].
    pub foreign: &'a Foreign,
}

impl Load<'_> {
    /// Puts the load on for `time`, then waits for what is still to be answered.
    pub async fn run(
        &self,
        board: &mut Board,
        rates: Rates,
        time: Duration,
        seed: u64,
    ) -> anyhow::Result<Outcome> {
        let recorder = Recorder::start(self.world.discord.driver());
        let mut dice = Dice::new(seed);
        let start = Instant::now() + Duration::from_millis(20);
        // This is the main thread, on which nothing else of the runtime runs.
        let (sent, behind, events) = std::thread::scope(|scope| {
            let pump = scope.spawn(|| self.pump(board, rates.events, start, time));
            let asked = self.ask(&mut dice, rates.interactions, start, time);
            let events = pump.join().map_err(|_| anyhow::anyhow!("the pump of events panicked"))?;
            let (sent, behind) = asked?;
            anyhow::Ok((sent, behind, events?))
        })?;
        let arrived = recorder.wait_for(sent.len(), LATE + Duration::from_millis(500)).await;
        let mut outcome = Outcome { sent: sent.len(), events, behind, ..Outcome::default() };
        for (id, kind, due) in sent {
            let Some(at) = arrived.get(&id) else {
                outcome.lost += 1;
                continue;
            };
            let took = at.saturating_duration_since(due);
            outcome.late += usize::from(took > LATE);
            outcome.took.entry(kind.label()).or_default().push(took);
            let standing = self.world.standing(id);
            let wanted = if kind == Kind::Autocomplete { Standing::Choices } else { Standing::Message };
            outcome.wrong += usize::from(standing != wanted);
        }
        Ok(outcome)
    }

    /// Interactions at random moments: as many in a second as wanted, on average.
    fn ask(
        &self,
        dice: &mut Dice,
        per_second: f64,
        start: Instant,
        time: Duration,
    ) -> anyhow::Result<(Vec<Sent>, Duration)> {
        let (mut due, mut sent, mut behind) = (start, Vec::new(), Duration::ZERO);
        loop {
            due += Duration::from_secs_f64(-(1.0 - dice.share()).ln() / per_second);
            if due >= start + time {
                return Ok((sent, behind));
            }
            let (kind, prepared) = self.prepare(dice)?;
            sleep_until(due);
            behind = behind.max(due.elapsed());
            sent.push((prepared.send()?.id, kind, due));
        }
    }

    fn prepare(&self, dice: &mut Dice) -> Driven<(Kind, Prepared)> {
        let kind = Kind::roll(dice);
        let (member, channel) = self.world.anybody(dice);
        let name = dice.of(&self.names.asked).as_str();
        let prepared = match kind {
            Kind::Autocomplete => {
                let text = dice.of(&self.names.typed).chars().take(2 + dice.below(5)).collect();
                Prepared::Key(member.slash(channel, "tool")?, text)
            }
            Kind::Compare => {
                let other = dice.of(&self.names.asked).as_str();
                Prepared::Command(member.slash(channel, "compare")?.with("a", name).with("b", other))
            }
            Kind::Tool => Prepared::Command(member.slash(channel, "tool")?.with("name", name)),
        };
        Ok((kind, prepared))
    }

    /// Events in groups, evenly: foreign ones with one vote behind.
    fn pump(
        &self,
        board: &mut Board,
        per_second: f64,
        start: Instant,
        time: Duration,
    ) -> anyhow::Result<u64> {
        let group = self.foreign.size() + 1;
        let mut events = 0;
        for n in 0.. {
            let due = start + Duration::from_secs_f64(n as f64 * group as f64 / per_second);
            if due >= start + time {
                break;
            }
            sleep_until(due);
            events += self.foreign.send(&self.world.discord, n) + 1;
            board.vote()?;
        }
        Ok(events)
    }
}

/// An interaction that is ready to go.
enum Prepared {
    Key(Typing, String),
    Command(Typing),
}

impl Prepared {
    fn send(self) -> Driven<Asked> {
        match self {
            Self::Key(mut typing, text) => typing.press("name", &text),
            Self::Command(typing) => typing.send(),
        }
    }
}

/// Exact to the kernel's slack, unlike the runtime's timers, which tick in milliseconds.
fn sleep_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        std::thread::sleep(left);
    }
}

/// Notes when each interaction is answered.
pub struct Recorder {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    arrived: Mutex<HashMap<InteractionId, Instant>>,
    bell: Notify,
}

impl Recorder {
    /// Listens from now on.
    pub fn start(discord: Driver) -> Self {
        let (shared, mut changes) = (Arc::<Shared>::default(), discord.listen());
        let noted = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(Change::Interaction { interaction, .. }) => {
                        let now = Instant::now();
                        let answered = discord.with_world(|world| {
                            let found = world.data.interactions.get(&interaction);
                            found.is_some_and(|found| found.standing != Standing::Waiting)
                        });
                        if answered {
                            noted.arrived.lock().entry(interaction).or_insert(now);
                            noted.bell.notify_one();
                        }
                    }
                    // What was missed counts as never answered.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
        Self { shared, task }
    }

    /// Waits until so many are answered, or until Discord would have forgotten them; returns whether they are.
    pub async fn wait_until(&self, count: usize) -> bool {
        self.wait(count, LATE).await
    }

    async fn wait(&self, count: usize, patience: Duration) -> bool {
        let all = async {
            while self.shared.arrived.lock().len() < count {
                self.shared.bell.notified().await;
            }
        };
        tokio::time::timeout(patience, all).await.is_ok()
    }

    /// Waits until so many are answered, or for so long; returns when each was.
    pub async fn wait_for(self, count: usize, patience: Duration) -> HashMap<InteractionId, Instant> {
        self.wait(count, patience).await;
        self.task.abort();
        std::mem::take(&mut self.shared.arrived.lock())
    }
}
