//! The floor: a bot on the same client library that answers a constant and counts reactions, in a process of its own.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serenity::{
    all::{
        Context, CreateAutocompleteResponse, CreateInteractionResponse, CreateInteractionResponseMessage,
        EventHandler, GatewayIntents, HttpBuilder, Interaction, Reaction,
    },
    async_trait,
};

/// The argument with which this program becomes the echo bot.
pub const ARGUMENT: &str = "--echo";
/// How often the number of reactions is told.
const TELL_EVERY: Duration = Duration::from_millis(5);

struct Echo {
    seen: Arc<AtomicU64>,
}

#[async_trait]
impl EventHandler for Echo {
    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        let answered = match interaction {
            Interaction::Command(command) => {
                let message = CreateInteractionResponseMessage::new().content("always the same");
                command.create_response(&ctx.http, CreateInteractionResponse::Message(message)).await
            }
            Interaction::Autocomplete(typing) => {
                let choices = CreateAutocompleteResponse::new().add_string_choice("always", "always");
                typing.create_response(&ctx.http, CreateInteractionResponse::Autocomplete(choices)).await
            }
            _ => return,
        };
        if let Err(error) = answered {
            eprintln!("the echo bot could not answer: {error}");
        }
    }

    async fn reaction_add(&self, _: Context, _: Reaction) {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }

    async fn reaction_remove(&self, _: Context, _: Reaction) {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs until the pipe to whoever listens breaks.
pub async fn run(base_url: &str, token: &str) {
    let seen = Arc::<AtomicU64>::default();
    let intents =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::GUILD_MESSAGE_REACTIONS;
    // Without the library's limiter, which would ignore the address.
    let http = HttpBuilder::new(token).proxy(base_url).ratelimiter_disabled(true).build();
    let client = serenity::client::ClientBuilder::new_with_http(http, intents)
        .event_handler(Echo { seen: Arc::clone(&seen) });
    let mut client = client.await.expect("a client");
    tokio::spawn(async move { client.start().await.expect("the echo bot runs") });
    let mut told = 0;
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        let now = seen.load(Ordering::Relaxed);
        if now != told && writeln!(std::io::stdout(), "{now}").is_err() {
            return;
        }
        told = now;
    }
}
