//! A whole conversation: connect, register, answer, offer choices, react, list, forms, menus, buttons.

use poise::serenity_prelude as serenity;
use tiebreaker::simulator::MessageView;

use super::{bot, discord};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serenity_and_poise_hold_a_conversation() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let bot = bot::start(&discord, bot::usual()).await;
    bot.heard.wait("ready with 1 servers").await;
    bot.heard.wait("server Makers with 1 channels").await;
    discord.wait_for_command("review").await.unwrap();

    // Registered as Discord would offer them: the moderator's command not to everybody.
    assert_eq!(alice.commands(general, 1), ["compare", "think"]);
    assert_eq!(server.owner().commands(general, 1), ["compare", "review", "think"]);

    // A slash command, keystroke by keystroke, then sent: an answer and a follow-up.
    let mut typing = alice.slash(general, "compare").unwrap();
    let choices = typing.type_text("a", "h").await.unwrap();
    assert_eq!(choices.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>(), ["Haiku", "Hermes"]);
    let asked = typing.choose("a", &choices[0]).set("b", "Axolotl").send().unwrap();
    let first = asked.message().await.unwrap();
    assert_eq!(first.content, "Haiku or Axolotl");
    let card = asked.follow_ups(1).await.unwrap().remove(0);
    assert_eq!(card.content, "a card");
    let about = |message: &MessageView| message.answers.as_ref().and_then(|answers| answers.about);
    assert_eq!((about(&first), about(&card)), (None, Some(first.id)));

    // The bot reacts over REST, a member reacts, both are seen and listed.
    let (channel_id, message_id) = (serenity::ChannelId::new(general.0), serenity::MessageId::new(card.id.0));
    let ship = serenity::ReactionType::Unicode("🚢".to_owned());
    bot.http.create_reaction(channel_id, message_id, &ship).await.unwrap();
    alice.react(general, card.id, "🚢").unwrap();
    bot.heard.wait("+🚢 bot Some(true)").await;
    bot.heard.wait("+🚢 bot Some(false)").await;
    alice.super_react(general, card.id, "🚢").unwrap();
    bot.heard.wait("+🚢 super").await;
    let listed = bot.http.get_reaction_users(channel_id, message_id, &ship, 100, None).await.unwrap();
    assert_eq!(listed.len(), 2);
    alice.take_super_back(general, card.id, "🚢").unwrap();
    bot.heard.wait("-🚢 super").await;
    bot.http.delete_reaction_me(channel_id, message_id, &ship).await.unwrap();
    let read = bot.http.get_message(channel_id, message_id).await.unwrap();
    assert_eq!((read.reactions[0].count, read.reactions[0].me), (1, false));
    server.owner().clear_reactions(general, card.id).unwrap();
    bot.heard.wait("all reactions gone").await;

    // A button, answered for the one who clicked only.
    let clicked = alice.click(general, card.id, "More").unwrap().message().await.unwrap();
    assert_eq!((clicked.content.as_str(), clicked.ephemeral), ("you used more", true));
    assert_eq!(about(&clicked), Some(card.id));
    let bob = server.member("Bob");
    assert!(alice.look(general).iter().any(|message| message.id == clicked.id));
    assert!(bob.look(general).iter().all(|message| message.id != clicked.id));

    // A deferred answer, a form, a message menu.
    let thought = alice.slash(general, "think").unwrap().send().unwrap().message().await.unwrap();
    assert_eq!((thought.content.as_str(), thought.ephemeral), ("thought", true));
    let form = server.owner().slash(general, "review").unwrap().send().unwrap().form().await.unwrap();
    assert_eq!(form.title, "A review");
    assert!(server.owner().submit(&form, &[("quote", "longer than twenty letters")]).is_err());
    // poise listens for the form only after it has sent it; a person needs longer than that, so try until heard.
    let owner = server.owner();
    let quoted = loop {
        owner.submit(&form, &[("quote", "Ship it")]).unwrap();
        let look = owner.wait_for_message(general, "the quote", |message| message.content == "“Ship it”");
        if let Ok(found) = tokio::time::timeout(std::time::Duration::from_millis(300), look).await {
            break found.unwrap();
        }
    };
    assert!(quoted.answers.is_some_and(|answers| answers.command.as_deref() == Some("review")));
    let said = bob.say(general, "three little words").unwrap();
    let counted = alice.message_menu(general, said, "Count words").unwrap().message().await.unwrap();
    assert_eq!(counted.content, "3 words");
    assert_eq!(about(&counted), Some(said));

    // Nothing that was asked for was missing here.
    let missing: Vec<String> = discord
        .requests()
        .into_iter()
        .filter(|exchange| !exchange.is_simulated() || exchange.status >= 400)
        .map(|exchange| {
            format!("{} {} {} {}", exchange.method, exchange.path, exchange.status, exchange.answer)
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
    crate::openapi::check_traffic(&discord.requests());
}
