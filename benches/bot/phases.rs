//! What is measured, one function a part.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tiebreaker::simulator::{Settings, Simulator};

use crate::{
    load::{Foreign, Kind, Load, ONE_OF_OURS_IN, Outcome, Rates, Recorder},
    machine::{self, Window},
    names::{Dice, Names},
    process::{Bot, Echo, Tiebreaker, memory},
    report::{Report, Verdict},
    votes::Board,
    world::World,
};

/// Cards that are voted on.
const CARDS: usize = 20;
/// How long events may take to be read and applied after the last was sent.
const PATIENCE: Duration = Duration::from_secs(60);
/// What may be called growth, in MiB: less is the allocator's business.
const GROWTH: f64 = 1.0;

/// How much is done.
pub struct Size {
    /// Rounds of the low load, and how long each is.
    pub low: (u64, Duration),
    /// Rounds of the high load.
    pub high: (u64, Duration),
    /// Events of a flood, and how often.
    pub flood: (u64, usize),
    /// Part of an hour's traffic, and in how many slices.
    pub hour: (f64, usize),
    /// Comparisons at once in one channel.
    pub together: usize,
}

/// Both bots, each in a Discord of its own.
pub struct Pair {
    real: Side,
    echo: Side,
}

struct Side {
    world: World,
    bot: Bot,
    board: Board,
    foreign: Foreign,
}

impl Side {
    fn ids(&self) -> u32 {
        self.bot.id()
    }

    async fn load(
        &mut self,
        names: &Names,
        rates: Rates,
        time: Duration,
        seed: u64,
    ) -> anyhow::Result<Outcome> {
        let Self { world, board, foreign, .. } = self;
        Load { world, names, foreign }.run(board, rates, time, seed).await
    }

    /// Lets work that follows answers end, so that it does not run into the other bot's turn.
    async fn rest(&self) -> u64 {
        match &self.bot {
            Bot::Real(bot) => bot.wait_for("outbox_waiting", Duration::from_secs(60), |left| left == 0).await,
            Bot::Echo(_) => 0,
        }
    }
}

fn ms(quantile: f64) -> String {
    format!("{quantile:.2}")
}

fn mib((now, most): (f64, f64)) -> String {
    format!("{now:.1} MiB (most {most:.1})")
}

/// Starts both bots at 1,000 servers: ready, and resident memory.
pub async fn start(names: &Names, template: &Path, report: &mut Report) -> anyhow::Result<Pair> {
    const SERVERS: usize = 1_000;
    eprintln!("starting both bots at {SERVERS} servers");
    let window = Window::open(&[]);
    let world = World::new(SERVERS, false).await?;
    let bot = Bot::Real(Tiebreaker::start(&world.discord, template, &[])?);
    let ready = world.wait_until_ready(names).await?;
    let others = window.others();
    let resident = memory(&bot);
    let board = Board::of_cards(&world, names, CARDS).await?;
    let foreign = Foreign::new(&world, ONE_OF_OURS_IN - 1);
    let real = Side { world, bot, board, foreign };

    let world = World::new(SERVERS, false).await?;
    world.register(&tiebreaker::discord::commands::definitions()?).await?;
    let bot = Bot::Echo(Echo::start(&world.discord)?);
    let echo_ready = world.wait_until_ready(names).await?;
    let echo_resident = memory(&bot);
    let board = Board::of_messages(&world, CARDS)?;
    let foreign = Foreign::new(&world, ONE_OF_OURS_IN - 1);
    let echo = Side { world, bot, board, foreign };

    let seconds = |time: Duration| format!("{:.3} s", time.as_secs_f64());
    let verdict = Verdict::timed(ready <= Duration::from_millis(500), others);
    let what = format!("READY to first answer, {} tools, {SERVERS} servers", names.count);
    report.row(what, seconds(ready), seconds(echo_ready), "≤ 0.5 s", verdict);
    let what = format!("resident memory, {SERVERS} servers, {} tools", names.count);
    report.row(what, mib(resident), mib(echo_resident), "", Verdict::Told);
    Ok(Pair { real, echo })
}

/// Both loads; the bots take turns, so that both meet the same moments of the machine.
pub async fn loads(pair: &mut Pair, names: &Names, size: &Size, report: &mut Report) -> anyhow::Result<()> {
    let low = Rates { interactions: 50.0, events: 1_000.0 };
    let high = Rates { interactions: 300.0, events: 8_000.0 };
    // What is done once is done before.
    pair.real.load(names, low, Duration::from_secs(1), 99).await?;
    pair.echo.load(names, low, Duration::from_secs(1), 99).await?;
    load(pair, names, low, size.low, report).await?;
    load(pair, names, high, size.high, report).await
}

async fn load(
    pair: &mut Pair,
    names: &Names,
    rates: Rates,
    (rounds, time): (u64, Duration),
    report: &mut Report,
) -> anyhow::Result<()> {
    let title = format!("{}/s + {} events/s", rates.interactions, rates.events);
    eprintln!("{title}: {rounds} rounds of {time:?} each");
    let is_low = rates.interactions < 100.0;
    let window = Window::open(&[pair.real.ids(), pair.echo.ids()]);
    let (mut real, mut echo) = (Outcome::default(), Outcome::default());
    let before = pair.real.bot.seen().await;
    for round in 0..rounds {
        echo.add(pair.echo.load(names, rates, time, round).await?);
        real.add(pair.real.load(names, rates, time, round).await?);
        if round + 1 < rounds {
            pair.real.rest().await;
        }
    }
    let others = window.others();
    let (seen, _) = pair.real.bot.wait_for_seen(before + real.events, PATIENCE).await;
    let missing = (before + real.events).saturating_sub(seen);
    for kind in Kind::ALL {
        let [(p50, p99), (floor50, floor99)] =
            [&real, &echo].map(|of| (of.quantile(kind, 0.5), of.quantile(kind, 0.99)));
        let limit = if kind == Kind::Autocomplete { 3.0 } else { 5.0 };
        let what = format!("{}, {title}: p50 / p99", kind.label());
        let (ours, floor) =
            (format!("{} / {} ms", ms(p50), ms(p99)), format!("{} / {} ms", ms(floor50), ms(floor99)));
        if !is_low {
            report.row(what, ours, floor, "", Verdict::Told);
            continue;
        }
        report.row(what, ours, floor, format!("p99 ≤ {limit} ms"), Verdict::timed(p99 <= limit, others));
        let ratio = p99 / floor99;
        let what = format!("{}, {title}: p99 beside the echo bot's", kind.label());
        let ours = format!("{:.2} × (p50 {:.2} ×)", ratio, p50 / floor50);
        report.row(what, ours, "1", "≤ 2 ×", Verdict::timed(ratio <= 2.0, others));
    }
    let told = |of: &Outcome| {
        format!(
            "{} late, {} lost of {}; slowest {:.0} ms",
            of.late,
            of.lost + of.wrong,
            of.sent,
            of.slowest()
        )
    };
    let met = real.late + real.lost + real.wrong == 0 && missing == 0;
    let verdict = if met { Verdict::Met } else { Verdict::timed(false, others) };
    let ours = format!("{}; {missing} of {} events lost", told(&real), real.events);
    report.row(format!("{title}: late, lost"), ours, told(&echo), "none", verdict);
    report.note(format!(
        "{title}: sending was at most {:.1} ms behind its plan ({:.1} ms for the echo bot)",
        real.behind.as_secs_f64() * 1e3,
        echo.behind.as_secs_f64() * 1e3
    ));
    Ok(())
}

/// Foreign reactions as fast as they are read.
pub async fn floods(pair: &Pair, size: &Size, report: &mut Report) -> anyhow::Result<()> {
    let (events, times) = size.flood;
    eprintln!("a flood of {events} foreign events, {times} times");
    // What commands have left to be done would count as the flood's; so would what is done once in a process's life.
    let left = pair.real.rest().await;
    if left > 0 {
        report.note(format!("{left} pieces of background work were still to be done when the floods began"));
    }
    flood(&pair.real, events).await;
    let ids = [pair.real.ids(), pair.echo.ids()];
    let window = Window::open(&ids);
    let (mut real, mut echo): (Vec<Flooded>, Vec<Flooded>) = (Vec::new(), Vec::new());
    for _ in 0..times {
        echo.push(flood(&pair.echo, events).await);
        real.push(flood(&pair.real, events).await);
    }
    let others = window.others();
    let best = |of: &[Flooded]| of.iter().map(|one| one.per_second).fold(0.0, f64::max);
    let least = |of: &[Flooded]| of.iter().map(|one| one.each).fold(f64::INFINITY, f64::min);
    let all = |of: &[Flooded]| {
        let each = of.iter().map(|one| format!("{:.0}", one.per_second / 1e3));
        format!("{:.0}k/s (runs {}k)", best(of) / 1e3, each.collect::<Vec<_>>().join(" "))
    };
    let verdict = Verdict::timed(best(&real) >= 80_000.0, others);
    report.row(format!("flood of {events} foreign events"), all(&real), all(&echo), "≥ 80k/s", verdict);
    let micros = |of: &[Flooded]| format!("{:.1} µs", least(of));
    let verdict = Verdict::timed(least(&real) <= 15.0, others);
    report.row("flood: processor time of an event", micros(&real), micros(&echo), "≤ 15 µs", verdict);
    let grown = |of: &[Flooded]| {
        of.last().zip(of.first()).map_or(0.0, |(last, first)| last.resident - first.resident)
    };
    let verdict = Verdict::promised(grown(&real) <= GROWTH);
    let target = format!("≤ {GROWTH} MiB");
    let mib = |of: &[Flooded]| {
        let each = of.iter().map(|one| format!("{:.1}", one.resident)).collect::<Vec<_>>().join(" → ");
        format!("{:+.1} MiB ({each})", grown(of))
    };
    report.row("flood: memory, first to last", mib(&real), mib(&echo), target, verdict);
    let sender = real.iter().map(|one| one.sender).fold(f64::INFINITY, f64::min);
    let side = if sender < least(&real) { "bot's reading" } else { "simulator's sending" };
    report.note(format!(
        "a flood costs the simulator {sender:.1} µs an event: the {side} side bounds the rate"
    ));
    Ok(())
}

struct Flooded {
    per_second: f64,
    /// Microseconds of the bot's processor time an event.
    each: f64,
    /// The same of this process, which holds the simulator.
    sender: f64,
    resident: f64,
}

async fn flood(side: &Side, events: u64) -> Flooded {
    let before = side.bot.seen().await;
    let cpu = || [side.ids(), std::process::id()].map(machine::cpu);
    let (began, [bot, sender]) = (Instant::now(), cpu());
    let mut sent = 0;
    for n in 0.. {
        sent += side.foreign.send(&side.world.discord, n);
        if sent + side.foreign.size() as u64 > events {
            break;
        }
    }
    let (_, at) = side.bot.wait_for_seen(before + sent, PATIENCE).await;
    let seconds = at.saturating_duration_since(began).as_secs_f64();
    let [bot_after, sender_after] = cpu();
    let each =
        |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() * 1e6 / sent as f64;
    Flooded {
        per_second: sent as f64 / seconds,
        each: each(bot, bot_after),
        sender: each(sender, sender_after),
        resident: memory(&side.bot).0,
    }
}

/// A flood in which one event in twenty is a vote; then the bot is stopped and its store compared with the model.
pub async fn mixed(pair: Pair, size: &Size, report: &mut Report) -> anyhow::Result<()> {
    let Side { world, bot, mut board, foreign } = pair.real;
    let Bot::Real(bot) = bot else { anyhow::bail!("not the real bot") };
    let events = size.flood.0;
    eprintln!("{events} events, one in {ONE_OF_OURS_IN} of them a vote");
    let window = Window::open(&[bot.pid()]);
    let (seen, dropped) =
        (bot.metric("reactions_seen_total").await, bot.metric("reactions_dropped_total").await);
    let (began, mut sent) = (Instant::now(), 0);
    while sent < events {
        sent += foreign.send(&world.discord, usize::try_from(sent).unwrap_or(0)) + 1;
        board.vote()?;
    }
    bot.wait_for("reactions_seen_total", PATIENCE, |now| now >= seen + sent).await;
    let read = began.elapsed();
    let votes = board.votes;
    bot.wait_for("votes_applied_total", PATIENCE, |applied| applied >= votes).await;
    let applied = began.elapsed();
    let others = window.others();
    let dropped = bot.metric("reactions_dropped_total").await - dropped;
    let rate = sent as f64 / read.as_secs_f64();
    let ours = format!("{:.0}k/s; all votes durable after {:.2} s", rate / 1e3, applied.as_secs_f64());
    let what = format!("flood of {sent} with one in {ONE_OF_OURS_IN} ours");
    report.row(what, ours, "", "", Verdict::Told);
    let resident = machine::memory(bot.pid());
    report.row("resident memory after all of this", mib(resident), "", "", Verdict::Told);
    let limited = bot.metric("rate_limited_total").await;
    let (complaints, some) = bot.complaints();
    let (is_well, folder) = bot.stop().await?;
    let wrong = board.wrong_tallies(folder.path().join("data")).await?;
    let ours = format!("{wrong} of {CARDS} tallies wrong, {dropped} events dropped, {votes} votes");
    let met = wrong == 0 && dropped == 0 && is_well;
    report.row("votes: lost or out of order, against the model", ours, "", "none", Verdict::promised(met));
    report.note(format!(
        "others used {others:.1} cores meanwhile; the bot stopped {}, had logged {complaints} warnings and met {limited} × 429",
        if is_well { "in good order" } else { "BADLY" }
    ));
    some.into_iter().for_each(|line| report.note(line));
    Ok(())
}

/// Part of an hour's traffic, as fast as it goes: memory must not grow.
pub async fn hour(names: &Names, template: &Path, size: &Size, report: &mut Report) -> anyhow::Result<()> {
    const INTERACTIONS: f64 = 50.0 * 3_600.0;
    const EVENTS: f64 = 1_000.0 * 3_600.0;
    /// Interactions under way at a time.
    const AT_ONCE: usize = 8;
    /// Commands come from so many channels and name so many tools, so that cards stand there already, as in a real hour.
    const PLACES: usize = 50;
    let (share, slices) = size.hour;
    let interactions = (INTERACTIONS * share / slices as f64) as usize;
    let events = (EVENTS * share / slices as f64) as u64;
    eprintln!("{share:.3} of an hour's traffic in {slices} slices");
    let world = World::new(1_000, false).await?;
    let unlimited = [("MEMBER_PER_MINUTE", "0"), ("CHANNEL_PER_MINUTE", "0")];
    let bot = Tiebreaker::start(&world.discord, template, &unlimited)?;
    world.wait_until_ready(names).await?;
    let mut board = Board::of_cards(&world, names, CARDS).await?;
    let foreign = Foreign::new(&world, ONE_OF_OURS_IN - 1);
    let mut dice = Dice::new(3);
    let (mut resident, mut answered, mut seen) = (Vec::new(), 0, 0);
    for _ in 0..slices {
        let before = bot.metric("reactions_seen_total").await;
        let mut sent = 0;
        let recorder = Recorder::start(world.discord.driver());
        for n in 0..interactions {
            let place = &world.places[dice.below(PLACES)];
            let (member, channel, name) =
                (dice.of(&place.members), place.channels[1], &names.asked[dice.below(8)]);
            match dice.below(50) {
                0 => member.slash(channel, "tool")?.with("name", name.as_str()).send()?,
                1 => member
                    .slash(channel, "compare")?
                    .with("a", name.as_str())
                    .with("b", names.asked[9].as_str())
                    .send()?,
                _ => {
                    let typed: String = dice.of(&names.typed).chars().take(3).collect();
                    member.slash(channel, "tool")?.press("name", &typed)?
                }
            };
            // Events come in between, evenly.
            while sent * (interactions as u64) < events * n as u64 {
                sent += foreign.send(&world.discord, usize::try_from(sent).unwrap_or(0)) + 1;
                board.vote()?;
            }
            anyhow::ensure!(
                recorder.wait_until((n + 1).saturating_sub(AT_ONCE)).await,
                "an interaction was not answered in time"
            );
        }
        answered += recorder.wait_for(interactions, PATIENCE).await.len();
        seen += bot.wait_for("reactions_seen_total", PATIENCE, |now| now >= before + sent).await - before;
        bot.wait_for("outbox_waiting", Duration::from_secs(20), |left| left == 0).await;
        resident.push(machine::memory(bot.pid()).0);
    }
    let total = interactions * slices;
    let first = resident.get(slices / 3).copied().unwrap_or_default();
    let grown = resident.last().copied().unwrap_or_default() - first;
    let each: Vec<String> = resident.iter().map(|mib| format!("{mib:.1}")).collect();
    let what =
        format!("memory over {:.0} minutes of traffic ({total} interactions, {seen} events)", share * 60.0);
    let verdict = Verdict::promised(grown <= GROWTH * 2.0 && answered == total);
    report.row(
        what,
        format!("{} MiB", each.join(" → ")),
        "",
        format!("flat (≤ {} MiB)", GROWTH * 2.0),
        verdict,
    );
    if answered != total {
        report.note(format!("only {answered} of {total} interactions were answered"));
    }
    Ok(())
}

/// Resident memory of a bot as it is installed, and with the whole catalog at 5,000 servers.
pub async fn large(names: &Names, template: &Path, report: &mut Report) -> anyhow::Result<()> {
    let empty = tempfile::tempdir()?;
    let starter = "starter catalog";
    let all = format!("{} tools", names.count);
    for (servers, most) in [(1_000, 40.0), (5_000, 100.0)] {
        eprintln!("{servers} servers");
        let world = World::new(servers, false).await?;
        for (catalog, store, judged) in [(starter, empty.path(), true), (&all, template, servers == 5_000)] {
            if !judged {
                continue;
            }
            let bot = Tiebreaker::start(&world.discord, store, &[])?;
            world.wait_until_ready(names).await?;
            let resident = machine::memory(bot.pid());
            let what = format!("resident memory, {servers} servers, {catalog}");
            let verdict = Verdict::promised(resident.0 <= most);
            report.row(what, mib(resident), "", format!("≤ {most} MiB"), verdict);
            bot.stop().await?;
            world.discord.wait_for_no_session().await?;
        }
    }
    Ok(())
}

/// Comparisons of four tools each at once in one channel, under Discord's limits.
pub async fn together(
    names: &Names,
    template: &Path,
    size: &Size,
    report: &mut Report,
) -> anyhow::Result<()> {
    const TOOLS: usize = 4;
    let count = size.together;
    eprintln!("{count} comparisons at once in one channel, with Discord's limits");
    let window = Window::open(&[]);
    let discord = Simulator::start(Settings::default()).await?;
    let server = discord.server("Makers");
    let channel = server.general();
    let members: Vec<_> = (0..count).map(|n| server.member(&format!("Member {n}"))).collect();
    let bot = Tiebreaker::start(&discord, template, &[])?;
    discord.wait_for_command("compare").await?;
    discord.wait_for_bot().await?;
    let recorder = Recorder::start(discord.driver());
    let began = Instant::now();
    let mut asked = Vec::new();
    for (member, tools) in members.iter().zip(names.asked.chunks(TOOLS)) {
        let mut typing = member.slash(channel, "compare")?;
        for (option, tool) in ["a", "b", "c", "d"].into_iter().zip(tools) {
            typing.set(option, tool.as_str());
        }
        asked.push(typing.send()?);
    }
    let arrived = recorder.wait_for(count, Duration::from_secs(4)).await;
    let slowest = arrived.values().map(|at| at.saturating_duration_since(began)).max().unwrap_or_default();
    let cards = count * TOOLS;
    // A card is a message of the bot with both reactions under it.
    let complete = |world: &tiebreaker::simulator::state::World| {
        let bot = world.bot_id();
        let messages = world.data.messages.get(&channel).into_iter().flatten().map(|(_, message)| message);
        messages
            .filter(|message| message.author == bot)
            .filter(|message| message.reactions.iter().filter(|held| held.normal.contains(&bot)).count() == 2)
            .count()
    };
    let mut done = 0;
    for _ in 0..12 {
        // Each wait lasts ten seconds at most.
        let all = discord.wait_until("all cards", |world| (complete(world) >= cards).then_some(())).await;
        done = discord.with_world(|world| complete(world));
        if all.is_ok() {
            break;
        }
    }
    let took = began.elapsed();
    let refused = discord.requests().iter().filter(|request| request.status == 429).count();
    let others = window.others();
    let what = format!("{count} /compare × {TOOLS} at once: answers");
    let ours = format!("{} of {count}, slowest {:.0} ms", arrived.len(), slowest.as_secs_f64() * 1e3);
    report.row(what, ours, "", "all in 3 s", Verdict::timed(arrived.len() == count, others));
    let ours = format!("{done} of {cards} after {:.1} s", took.as_secs_f64());
    report.row("… cards complete with both reactions", ours, "", "all", Verdict::promised(done == cards));
    report.row("… answers 429 on the way", refused.to_string(), "", "≤ 5", Verdict::promised(refused <= 5));
    drop(bot);
    Ok(())
}
