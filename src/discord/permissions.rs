//! Who may do what: the bot in a channel, a member as a moderator.
//!
//! Everything is read from the interaction itself: Discord sends the permissions that hold in that channel, for the member
//! and for the bot, so no cache and no extra call is needed. Source: Discord's topic "Permissions" and "Receiving and
//! Responding".

use serenity::all::{Permissions, RoleId};

/// What the bot needs in a channel, in the order in which it is named to people.
pub const NEEDED: [(Permissions, &str); 5] = [
    (Permissions::VIEW_CHANNEL, "permission-view-channel"),
    (Permissions::SEND_MESSAGES, "permission-send-messages"),
    (Permissions::EMBED_LINKS, "permission-embed-links"),
    (Permissions::ADD_REACTIONS, "permission-add-reactions"),
    (Permissions::READ_MESSAGE_HISTORY, "permission-read-message-history"),
];

/// What the bot can do in the channel where it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities(Permissions);

impl Abilities {
    /// From `app_permissions` of an interaction; `in_thread` when the channel is a thread, where posting has a right of its own.
    #[must_use]
    pub fn new(app_permissions: Option<Permissions>, in_thread: bool) -> Self {
        // Old interactions lack the field: assume the usual, Discord will refuse what is not allowed.
        let mut permissions = app_permissions.unwrap_or_else(Permissions::all);
        if permissions.administrator() {
            permissions = Permissions::all();
        }
        if in_thread {
            let may_send = permissions.contains(Permissions::SEND_MESSAGES_IN_THREADS);
            permissions.set(Permissions::SEND_MESSAGES, may_send);
        }
        Self(permissions)
    }

    /// Rich cards are shown; without it Discord drops every embed and a plain text must do.
    #[must_use]
    pub fn can_embed(self) -> bool {
        self.0.contains(Permissions::EMBED_LINKS)
    }

    /// The same without the right to embed.
    #[must_use]
    pub fn without_embeds(self) -> Self {
        Self(self.0.difference(Permissions::EMBED_LINKS))
    }

    /// Cards can be posted by the bot itself and are seen by it.
    #[must_use]
    pub fn can_post(self) -> bool {
        self.0.contains(Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES)
    }

    /// The bot sees what happens here: reactions on its cards reach it.
    #[must_use]
    pub fn can_see(self) -> bool {
        self.0.contains(Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY)
    }

    /// Votes can be seeded, seen and read back.
    #[must_use]
    pub fn can_collect_votes(self) -> bool {
        self.0.contains(
            Permissions::VIEW_CHANNEL | Permissions::ADD_REACTIONS | Permissions::READ_MESSAGE_HISTORY,
        )
    }

    /// Text keys of the needed permissions that are missing here.
    #[must_use]
    pub fn missing(self) -> Vec<&'static str> {
        NEEDED.iter().filter(|(needed, _)| !self.0.contains(*needed)).map(|(_, key)| *key).collect()
    }
}

/// Whether a member is a moderator here: Manage Server (or Administrator, which implies it), or the role that `/setup` set.
///
/// Asked again for every command, button and form: Discord's own check of a command can be opened by server admins, and
/// buttons can be pressed by anyone.
#[must_use]
pub fn is_moderator(
    member_permissions: Option<Permissions>,
    member_roles: &[RoleId],
    moderator_role: Option<u64>,
) -> bool {
    let by_permission =
        member_permissions.is_some_and(|p| p.contains(Permissions::MANAGE_GUILD) || p.administrator());
    by_permission || moderator_role.is_some_and(|role| member_roles.iter().any(|mine| mine.get() == role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_have_their_own_right_to_post() {
        let usual = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
        assert!(Abilities::new(Some(usual), false).can_post());
        assert!(!Abilities::new(Some(usual), true).can_post());
        assert!(Abilities::new(Some(usual | Permissions::SEND_MESSAGES_IN_THREADS), true).can_post());
    }

    #[test]
    fn what_is_missing_is_named() {
        let some = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::READ_MESSAGE_HISTORY;
        assert_eq!(
            Abilities::new(Some(some), false).missing(),
            ["permission-embed-links", "permission-add-reactions"]
        );
        assert!(Abilities::new(Some(Permissions::ADMINISTRATOR), true).missing().is_empty());
    }

    #[test]
    fn moderators_have_the_permission_or_the_role() {
        let role = RoleId::new(7);
        assert!(is_moderator(Some(Permissions::MANAGE_GUILD), &[], None));
        assert!(is_moderator(Some(Permissions::ADMINISTRATOR), &[], None));
        assert!(is_moderator(Some(Permissions::empty()), &[role], Some(7)));
        assert!(!is_moderator(Some(Permissions::empty()), &[role], Some(8)));
        assert!(!is_moderator(Some(Permissions::empty()), &[role], None));
        assert!(!is_moderator(None, &[], None));
    }
}
