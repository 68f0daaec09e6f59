//! Who may do what: the bot in a channel, a member as a moderator.
//!
//! Everything is read from the interaction itself: Discord sends the permissions that hold in that channel, for the member
//! and for the bot, so no cache and no extra call is needed. Source: Discord's topic "Permissions" and "Receiving and
//! Responding".

use serenity::all::{Permissions, RoleId};

/// What the bot needs in a channel, in the order in which it is named to people.
pub const NEEDED: [(Permissions, &str); 6] = [
    (Permissions::VIEW_CHANNEL, "permission-view-channel"),
    (Permissions::SEND_MESSAGES, "permission-send-messages"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "permission-send-in-threads"),
    (Permissions::EMBED_LINKS, "permission-embed-links"),
    (Permissions::ADD_REACTIONS, "permission-add-reactions"),
    (Permissions::READ_MESSAGE_HISTORY, "permission-read-message-history"),
];

/// What the bot can do in the channel where it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    permissions: Permissions,
    /// Posting has a right of its own there.
    in_thread: bool,
}

impl Abilities {
    /// From `app_permissions` of an interaction; `in_thread` when the channel is a thread, where posting has a right of its own.
    #[must_use]
    pub fn new(app_permissions: Option<Permissions>, in_thread: bool) -> Self {
        // Old interactions lack the field: assume the usual, Discord will refuse what is not allowed.
        let mut permissions = app_permissions.unwrap_or_else(Permissions::all);
        if permissions.administrator() {
            permissions = Permissions::all();
        }
        Self { permissions, in_thread }
    }

    /// Rich cards are shown; without it Discord drops every embed and a plain text must do.
    #[must_use]
    pub fn can_embed(self) -> bool {
        self.permissions.contains(Permissions::EMBED_LINKS)
    }

    /// The same without the right to embed.
    #[must_use]
    pub fn without_embeds(self) -> Self {
        Self { permissions: self.permissions.difference(Permissions::EMBED_LINKS), ..self }
    }

    /// Cards can be posted by the bot itself and are seen by it.
    #[must_use]
    pub fn can_post(self) -> bool {
        let posting =
            if self.in_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
        self.permissions.contains(Permissions::VIEW_CHANNEL | posting)
    }

    /// The bot sees what happens here: reactions on its cards reach it.
    #[must_use]
    pub fn can_see(self) -> bool {
        self.permissions.contains(Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY)
    }

    /// Votes can be seeded, seen and read back.
    #[must_use]
    pub fn can_collect_votes(self) -> bool {
        self.permissions.contains(
            Permissions::VIEW_CHANNEL | Permissions::ADD_REACTIONS | Permissions::READ_MESSAGE_HISTORY,
        )
    }

    /// Text keys of the needed permissions that are missing here.
    #[must_use]
    pub fn missing(self) -> Vec<&'static str> {
        let elsewhere =
            if self.in_thread { Permissions::SEND_MESSAGES } else { Permissions::SEND_MESSAGES_IN_THREADS };
        let needed = NEEDED.iter().filter(|(needed, _)| *needed != elsewhere);
        needed.filter(|(needed, _)| !self.permissions.contains(*needed)).map(|(_, key)| *key).collect()
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
        let all = Permissions::all().difference(Permissions::ADMINISTRATOR);
        let missing = |lacks, in_thread| Abilities::new(Some(all.difference(lacks)), in_thread).missing();
        assert_eq!(missing(Permissions::SEND_MESSAGES_IN_THREADS, true), ["permission-send-in-threads"]);
        assert!(missing(Permissions::SEND_MESSAGES, true).is_empty());
        assert!(missing(Permissions::SEND_MESSAGES_IN_THREADS, false).is_empty());
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
