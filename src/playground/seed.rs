//! Makes the server, its people, and one comparison with votes, so that nothing is empty at first sight. The comparison is
//! made by the real bot: somebody asks, it answers, others react.

use std::time::Duration;

use crate::simulator::{
    ChannelId, Driven, Driver, MemberHandle, MessageId, Permissions, ServerHandle, UserId,
};

use super::roster::{Part, Person, Roster};

const DAY: u64 = 86_400;

/// Whom one can be: the name, the part, and how many days old account and membership are.
const PEOPLE: &[(&str, Part, u64, u64)] =
    &[("Mara", Part::Member, 900, 300), ("Theo", Part::Moderator, 2_200, 700), ("Nik", Part::Newcomer, 1, 0)];

/// Who else is there, and how they vote on the two tools of the comparison.
const OTHERS: &[(&str, Option<&str>, Option<&str>)] = &[
    ("Ana", Some(SHIP), Some(SHIP)),
    ("Bo", None, Some(SHIP)),
    ("Cleo", Some(SKIP), Some(SHIP)),
    ("Dov", Some(SKIP), Some(SHIP)),
    ("Eli", Some(SHIP), Some(SKIP)),
    ("Fay", Some(SKIP), Some(SHIP)),
];

/// What the bot must have registered before [`compare`].
pub const COMMANDS: &[&str] = &["compare"];

/// Beside `general`.
const CHANNELS: &[(&str, &str)] =
    &[("tool-talk", "What we build with, and what we would rather not"), ("random", "Everything else")];

const SHIP: &str = "🚢";
const SKIP: &str = "⏭️";

/// How long the scores on the cards are waited for; they come anyway.
const PATIENCE: Duration = Duration::from_secs(6);

/// Makes the server with its channels and people. The bot is a member.
pub fn found(driver: &Driver) -> Roster {
    let server = driver.server("The Workshop");
    let general = server.general();
    describe_channel(driver, general, "A or B? Ask here");
    for (name, topic) in CHANNELS {
        let channel = server.channel(name);
        describe_channel(driver, channel, topic);
    }
    rename(driver, server.owner_id(), "Olga");
    let moderators = server.role("Moderators", Permissions::MANAGE_GUILD | Permissions::MANAGE_MESSAGES);
    let people = PEOPLE
        .iter()
        .map(|(name, part, account, joined)| {
            let id = join(&server, name, *account, *joined).user;
            if *part == Part::Moderator {
                server.set_member_role(id, moderators, true);
            }
            Person { id, role: *part }
        })
        .collect();
    for (place, (name, ..)) in OTHERS.iter().enumerate() {
        join(&server, name, 400 + 90 * place as u64, 200 + 10 * place as u64);
    }
    Roster { server: server.id, people }
}

/// Has one comparison made and voted on. The bot must be connected, with its commands registered.
///
/// # Errors
/// When the bot does not answer as expected.
pub async fn compare(driver: &Driver, roster: &Roster) -> Driven<()> {
    let Some(server) = driver.server_by_id(roster.server) else { return Ok(()) };
    let general = server.general();
    let (Some(ana), Some(bo)) = (server.member_named("Ana"), server.member_named("Bo")) else {
        return Ok(());
    };
    ana.say(general, "We want to tune a small model of our own. Haiku open weights, or axolotl?")?;
    bo.say(general, "No idea. Let us ask.")?;
    let asked = bo.slash(general, "compare")?.with("a", "haiku open weights").with("b", "axlotl").send()?;
    asked.message().await?;
    let cards: Vec<MessageId> = asked.follow_ups(2).await?.iter().map(|card| card.id).collect();
    for card in &cards {
        ana.wait_for_message(general, "a card that can be voted on", |message| {
            message.id == *card && message.count(SHIP) == 1 && message.count(SKIP) == 1
        })
        .await?;
    }
    for (name, first, second) in OTHERS {
        let Some(voter) = server.member_named(name) else { continue };
        for (card, emoji) in cards.iter().zip([first, second]) {
            if let Some(emoji) = emoji {
                voter.react(general, *card, emoji)?;
            }
        }
    }
    let shown = scores_shown(&ana, general, &cards);
    if tokio::time::timeout(PATIENCE, shown).await.is_err() {
        tracing::debug!("the scores of the first comparison are not on its cards yet");
    }
    Ok(())
}

async fn scores_shown(viewer: &MemberHandle, channel: ChannelId, cards: &[MessageId]) -> Driven<()> {
    for card in cards {
        viewer
            .wait_for_message(channel, "the score on a card", |message| message.id == *card && message.edited)
            .await?;
    }
    Ok(())
}

fn join(server: &ServerHandle, name: &str, account_days: u64, joined_days: u64) -> MemberHandle {
    server.member_aged(name, Duration::from_secs(account_days * DAY), Duration::from_secs(joined_days * DAY))
}

fn describe_channel(driver: &Driver, channel: ChannelId, topic: &str) {
    driver.with_world(|world| {
        if let Some(found) = world.data.channels.get_mut(&channel) {
            found.topic = Some(topic.to_owned());
        }
    });
}

fn rename(driver: &Driver, user: UserId, name: &str) {
    driver.with_world(|world| {
        if let Some(found) = world.data.users.get_mut(&user) {
            found.name = name.to_lowercase();
            found.global_name = Some(name.to_owned());
        }
    });
}
