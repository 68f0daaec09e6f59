//! The log as an operator reads it at night: what happened, once, with ids and without names.

use tiebreaker::simulator::Permissions;

use super::Installation;

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_once_and_names_nobody() {
    let place = Installation::new().await;
    let (alice, general) = (place.server.member("Alice Secretname"), place.server.general());
    let bot = place.start().await;

    let other = place.discord.server("Otherplace");
    // An outage is no removal, and its end no arrival.
    other.set_available(false);
    other.set_available(true);
    other.remove_bot();
    other.invite_bot(Permissions::NONE);
    other.remove_bot();
    alice.say(general, &format!("<@{}> cursor vs cline", place.discord.bot_id())).unwrap();
    alice
        .wait_for_message(general, "the answer", |view| view.text().contains("Cursor vs Cline"))
        .await
        .unwrap();

    // The old session counts as connected until its end is noticed: the new one is waited for by its id.
    let old: Vec<String> = place.discord.sessions().into_iter().map(|session| session.id).collect();
    place.discord.faults().invalidate(None, false);
    let anew = || place.discord.sessions().iter().any(|now| now.connected && !old.contains(&now.id));
    place.discord.wait_until("a new session", |_| anew().then_some(())).await.unwrap();
    bot.signal("TERM").await;
    let told = bot.ended().await.err;

    let count = |words: &str| told.matches(words).count();
    assert_eq!(count("a server has added the bot"), 2, "{told}");
    assert_eq!(count("a server has removed the bot"), 2, "{told}");
    assert_eq!(count("a gateway session ended"), 1, "{told}");
    for private in ["Secretname", "Otherplace", "cursor", "Cursor"] {
        assert!(!told.contains(private), "{private}: {told}");
    }
}
