//! A small bot on serenity and poise, as anybody would write it. It shares nothing with ours.

use std::sync::Arc;
use std::sync::Mutex;

use poise::serenity_prelude as serenity;
use tiebreaker::simulator::Simulator;
use tokio::task::JoinHandle;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Context<'a> = poise::Context<'a, Heard, Error>;

/// What the bot heard, in words.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    /// All lines so far.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until a line begins with `start`.
    pub(super) async fn wait(&self, start: &str) -> String {
        for _ in 0..2_000 {
            if let Some(line) = self.lines().into_iter().find(|line| line.starts_with(start)) {
                return line;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("never heard {start:?}, only {:#?}", self.lines());
    }
}

/// A running bot.
pub(super) struct Bot {
    pub(super) heard: Heard,
    pub(super) http: Arc<serenity::Http>,
    task: JoinHandle<()>,
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Two things to compare.
#[poise::command(slash_command)]
async fn compare(
    ctx: Context<'_>,
    #[description = "The one"]
    #[autocomplete = "offer"]
    a: String,
    #[description = "The other"] b: String,
) -> Result<(), Error> {
    ctx.say(format!("{a} or {b}")).await?;
    let more = serenity::CreateButton::new("more").label("More");
    let rows = vec![serenity::CreateActionRow::Buttons(vec![more])];
    ctx.send(poise::CreateReply::default().content("a card").components(rows)).await?;
    Ok(())
}

async fn offer(_: Context<'_>, partial: &str) -> serenity::CreateAutocompleteResponse {
    let fits = |name: &&str| name.to_lowercase().starts_with(&partial.to_lowercase());
    let choices = ["Haiku", "Hermes", "Axolotl"].into_iter().filter(fits);
    let choices = choices.map(|name| serenity::AutocompleteChoice::new(name, name)).collect();
    serenity::CreateAutocompleteResponse::new().set_choices(choices)
}

/// Thinks for a moment.
#[poise::command(slash_command)]
async fn think(ctx: Context<'_>) -> Result<(), Error> {
    ctx.defer_ephemeral().await?;
    ctx.say("thought").await?;
    Ok(())
}

#[derive(poise::Modal)]
#[name = "A review"]
struct Review {
    #[name = "What do you say?"]
    #[max_length = 20]
    quote: String,
}

/// Opens a form.
#[poise::command(slash_command, default_member_permissions = "MANAGE_GUILD")]
async fn review(ctx: poise::ApplicationContext<'_, Heard, Error>) -> Result<(), Error> {
    use poise::Modal as _;
    if let Some(review) = Review::execute(ctx).await? {
        ctx.say(format!("“{}”", review.quote)).await?;
    }
    Ok(())
}

/// Counts the words of a message.
#[poise::command(context_menu_command = "Count words")]
async fn count_words(ctx: Context<'_>, message: serenity::Message) -> Result<(), Error> {
    ctx.say(format!("{} words", message.content.split_whitespace().count())).await?;
    Ok(())
}

async fn on_event(ctx: &serenity::Context, event: &serenity::FullEvent, heard: &Heard) -> Result<(), Error> {
    use serenity::FullEvent as E;
    match event {
        E::Ready { data_about_bot } => {
            heard.add(format!("ready with {} servers", data_about_bot.guilds.len()))
        }
        E::Resume { .. } => heard.add("resumed".to_owned()),
        E::GuildCreate { guild, .. } => {
            heard.add(format!("server {} with {} channels", guild.name, guild.channels.len()));
        }
        E::GuildDelete { incomplete, .. } => {
            heard.add(format!("server gone, outage {}", incomplete.unavailable))
        }
        E::Message { new_message } if !new_message.author.bot => {
            heard.add(format!("message {:?}", new_message.content));
        }
        E::MessageDelete { .. } => heard.add("message deleted".to_owned()),
        E::MessageDeleteBulk { multiple_deleted_messages_ids, .. } => {
            heard.add(format!("{} messages deleted", multiple_deleted_messages_ids.len()));
        }
        E::ChannelDelete { channel, .. } => heard.add(format!("channel {} deleted", channel.name)),
        E::ThreadDelete { .. } => heard.add("thread deleted".to_owned()),
        E::ReactionAdd { add_reaction } => heard.add(format!(
            "+{}{} bot {:?}",
            add_reaction.emoji,
            if add_reaction.burst { " super" } else { "" },
            add_reaction.member.as_ref().map(|member| member.user.bot),
        )),
        E::ReactionRemove { removed_reaction } => heard.add(format!(
            "-{}{}",
            removed_reaction.emoji,
            if removed_reaction.burst { " super" } else { "" },
        )),
        E::ReactionRemoveAll { .. } => heard.add("all reactions gone".to_owned()),
        E::ReactionRemoveEmoji { removed_reactions } => {
            heard.add(format!("all {} gone", removed_reactions.emoji));
        }
        E::InteractionCreate { interaction: serenity::Interaction::Component(click) } => {
            let text = match &click.data.kind {
                serenity::ComponentInteractionDataKind::StringSelect { values } => values.join(","),
                _ => click.data.custom_id.clone(),
            };
            let message = serenity::CreateInteractionResponseMessage::new()
                .content(format!("you used {text}"))
                .ephemeral(true);
            click.create_response(ctx, serenity::CreateInteractionResponse::Message(message)).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Starts the bot against a simulator, with these intents.
pub(super) async fn start(discord: &Simulator, intents: serenity::GatewayIntents) -> Bot {
    let heard = Heard::default();
    let state = heard.clone();
    let framework = poise::Framework::builder()
        .options(poise::FrameworkOptions {
            commands: vec![compare(), think(), review(), count_words()],
            event_handler: |framework, event| {
                Box::pin(on_event(framework.serenity_context, event, framework.user_data))
            },
            on_error: |error| Box::pin(async move { panic!("the bot failed: {error}") }),
            ..Default::default()
        })
        .setup(move |ctx, _, framework| {
            Box::pin(async move {
                poise::builtins::register_globally(ctx, &framework.options().commands).await?;
                Ok(state)
            })
        })
        .initialize_owners(true)
        .build();
    let http = serenity::HttpBuilder::new(discord.token())
        .proxy(discord.base_url())
        .ratelimiter_disabled(true)
        .build();
    let mut client =
        serenity::ClientBuilder::new_with_http(http, intents).framework(framework).await.unwrap();
    let http = Arc::clone(&client.http);
    let task = tokio::spawn(async move {
        client.start().await.unwrap();
    });
    Bot { heard, http, task }
}

/// What our kind of bot asks for: nothing privileged.
pub(super) fn usual() -> serenity::GatewayIntents {
    serenity::GatewayIntents::GUILDS
        | serenity::GatewayIntents::GUILD_MESSAGES
        | serenity::GatewayIntents::GUILD_MESSAGE_REACTIONS
}
