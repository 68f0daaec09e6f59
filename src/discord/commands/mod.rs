//! The slash commands: one file each. A file holds the command, its texts' keys, and what its buttons and forms do.
//!
//! poise reads the options and calls the function; answers go through [`super::reply`]. An error that a command returns is
//! told to the asker in one place, [`on_error`].

pub mod addreview;
pub mod addtool;
pub mod compare;
pub mod draft;
pub mod edittool;
mod extras;
pub mod help;
pub mod history;
pub mod named;
pub mod recount;
pub mod removereview;
pub mod removetool;
pub mod tool;

use std::sync::Arc;

use serde_json::Value;

use super::{asker::Asker, bot::Bot};
use crate::{
    error::{Failure, UserError},
    telemetry,
};

/// What a slash command gets.
pub type Ctx<'a> = poise::ApplicationContext<'a, Arc<Bot>, Failure>;

/// All commands, in the order in which `/help` names them.
#[must_use]
pub fn all() -> Vec<poise::Command<Arc<Bot>, Failure>> {
    let mut commands = vec![
        compare::compare(),
        tool::tool(),
        help::help(),
        addreview::addreview(),
        addtool::addtool(),
        edittool::edittool(),
        removetool::removetool(),
        removereview::removereview(),
        history::history(),
        recount::recount(),
    ];
    poise::framework::set_qualified_names(&mut commands);
    commands
}

/// How poise runs them.
#[must_use]
pub fn options() -> poise::FrameworkOptions<Arc<Bot>, Failure> {
    poise::FrameworkOptions {
        commands: all(),
        on_error: |error| Box::pin(on_error(error)),
        // Its tables would grow with every member who ever used a command; `Quiet` counts what must be counted.
        manual_cooldowns: true,
        // Mentions are questions here, not commands.
        prefix_options: poise::PrefixFrameworkOptions {
            mention_as_prefix: false,
            ..poise::PrefixFrameworkOptions::default()
        },
        allowed_mentions: Some(serenity::all::CreateAllowedMentions::new()),
        initialize_owners: false,
        ..poise::FrameworkOptions::default()
    }
}

/// The commands as Discord takes them.
///
/// # Errors
/// When a definition cannot be written as JSON, which would be a bug.
pub fn definitions() -> anyhow::Result<Vec<Value>> {
    poise::builtins::create_application_commands(&all())
        .iter()
        .map(|command| serde_json::to_value(command).map_err(Into::into))
        .collect()
}

/// Who asks; commands exist in servers only, but Discord could send one from elsewhere.
pub(super) fn asker(ctx: &Ctx<'_>) -> Result<Asker, Failure> {
    Asker::of_command(ctx.interaction).ok_or_else(|| UserError::new("error-server-only").into())
}

/// The one place where a command's failure is told.
async fn on_error(error: poise::FrameworkError<'_, Arc<Bot>, Failure>) {
    use poise::FrameworkError as E;
    let internal = |error| Failure::Internal(error);
    let (bot, interaction, failure) = match error {
        E::CommandPanic { ctx: poise::Context::Application(ctx), .. } => {
            let incident = telemetry::caught_panic();
            ctx.data().metrics.answers_failed.increment();
            if let Some(asker) = Asker::of_command(ctx.interaction) {
                ctx.data().tell_incident(&asker, &incident).await;
            }
            return;
        }
        E::Command { error, ctx: poise::Context::Application(ctx), .. } => {
            (Arc::clone(ctx.data()), ctx.interaction.clone(), error)
        }
        // Discord offers a command that this version does not have: an earlier version registered it.
        E::UnknownInteraction { framework, interaction, .. } => (
            Arc::clone(framework.user_data),
            interaction.clone(),
            UserError::new("error-command-unknown").with("command", interaction.data.name.as_str()).into(),
        ),
        E::CommandStructureMismatch { description, ctx, .. } => (
            Arc::clone(ctx.data()),
            ctx.interaction.clone(),
            internal(anyhow::anyhow!("Discord sent a command in a form we do not know: {description}")),
        ),
        other => {
            let Some(poise::Context::Application(ctx)) = other.ctx() else {
                tracing::error!(incident = telemetry::incident_id(), error = %other, "a command failed in an unforeseen way");
                return;
            };
            let error = anyhow::anyhow!("a command failed in an unforeseen way: {other}");
            (Arc::clone(ctx.data()), ctx.interaction.clone(), internal(error))
        }
    };
    if let Some(asker) = Asker::of_command(&interaction) {
        bot.fail(&asker, failure).await;
    }
}
