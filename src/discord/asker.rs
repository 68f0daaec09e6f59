//! Who asks, where, in which language, and what may be done there: read from the interaction itself.

use serenity::all::{
    ChannelType, CommandInteraction, ComponentInteraction, Interaction, Member, ModalInteraction,
    PartialChannel, Permissions, RoleId, User,
};

use super::{permissions::Abilities, rest::calls::InteractionKey};
use crate::domain::ids::{ApplicationId, ChannelId, ServerId, UserId};

/// One person's question, as far as every command needs it.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Where to answer.
    pub key: InteractionKey,
    /// The server. Commands of this bot exist in servers only.
    pub server: ServerId,
    /// The channel or thread.
    pub channel: ChannelId,
    /// The account.
    pub user: UserId,
    /// The name that others see here.
    pub name: String,
    /// Language of the asker's client: private answers.
    pub locale: String,
    /// Language of the server, as Discord has it: the first value of the server's setting.
    pub server_locale: Option<String>,
    /// What the bot may do in this channel.
    pub abilities: Abilities,
    /// What the member may do in this channel.
    pub member_permissions: Option<Permissions>,
    /// The member's roles.
    pub roles: Vec<RoleId>,
    /// Autocomplete: nothing but choices can be answered.
    pub typing: bool,
    /// A form was sent that a button on a message of ours had opened: the answer may take that message's place.
    pub came_from_message: bool,
}

/// The fields that the kinds of interaction share, but not as one type.
struct Parts<'a> {
    key: InteractionKey,
    server: Option<serenity::all::GuildId>,
    channel: &'a Option<PartialChannel>,
    channel_id: serenity::all::ChannelId,
    member: Option<&'a Member>,
    user: &'a User,
    app_permissions: Option<Permissions>,
    locale: &'a str,
    server_locale: &'a Option<String>,
}

macro_rules! parts {
    ($interaction:expr, $member:expr) => {
        Parts {
            key: InteractionKey {
                application: ApplicationId($interaction.application_id.get()),
                id: $interaction.id.get(),
                token: $interaction.token.clone(),
            },
            server: $interaction.guild_id,
            channel: &$interaction.channel,
            channel_id: $interaction.channel_id,
            member: $member,
            user: &$interaction.user,
            app_permissions: $interaction.app_permissions,
            locale: &$interaction.locale,
            server_locale: &$interaction.guild_locale,
        }
    };
}

impl Asker {
    /// The asker of any interaction; `None` outside of servers.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Option<Self> {
        match interaction {
            Interaction::Command(command) => Self::of_command(command),
            Interaction::Autocomplete(command) => {
                Self::of_command(command).map(|asker| Self { typing: true, ..asker })
            }
            Interaction::Component(component) => Self::of_component(component),
            Interaction::Modal(form) => Self::of_form(form),
            _ => None,
        }
    }

    /// The asker of a command.
    #[must_use]
    pub fn of_command(command: &CommandInteraction) -> Option<Self> {
        Self::from_parts(parts!(command, command.member.as_deref()))
    }

    /// Whoever pressed a button or picked from a menu.
    #[must_use]
    pub fn of_component(component: &ComponentInteraction) -> Option<Self> {
        Self::from_parts(parts!(component, component.member.as_ref()))
    }

    /// Whoever sent a form.
    #[must_use]
    pub fn of_form(form: &ModalInteraction) -> Option<Self> {
        let asker = Self::from_parts(parts!(form, form.member.as_ref()))?;
        Some(Self { came_from_message: form.message.is_some(), ..asker })
    }

    fn from_parts(parts: Parts<'_>) -> Option<Self> {
        let server = parts.server?;
        let in_thread = parts.channel.as_ref().is_some_and(|channel| {
            matches!(
                channel.kind,
                ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread
            )
        });
        let nick = parts.member.and_then(|member| member.nick.as_deref());
        Some(Self {
            key: parts.key,
            server: ServerId(server.get()),
            channel: ChannelId(parts.channel_id.get()),
            user: UserId(parts.user.id.get()),
            name: nick.or(parts.user.global_name.as_deref()).unwrap_or(&parts.user.name).to_owned(),
            locale: parts.locale.to_owned(),
            server_locale: parts.server_locale.clone(),
            abilities: Abilities::new(parts.app_permissions, in_thread),
            member_permissions: parts.member.and_then(|member| member.permissions),
            roles: parts.member.map(|member| member.roles.clone()).unwrap_or_default(),
            typing: false,
            came_from_message: false,
        })
    }
}
