//! Mentions: which ones a text holds, which of them ping, and what `allowed_mentions` may say.
//!
//! From the "Allowed Mentions Object" part of Discord's message page.

use std::collections::BTreeSet;

use super::error::{FormErrors, Path};
use super::field::Fields;
use super::snowflake::Snowflake;

/// Ids in each list of `allowed_mentions`.
pub const MAX_IDS: usize = 100;

/// What a body said about who may be pinged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedMentions {
    /// Every member that the text names.
    pub parse_users: bool,
    /// Every role that the text names.
    pub parse_roles: bool,
    /// `@everyone` and `@here`.
    pub parse_everyone: bool,
    /// These members, if the text names them.
    pub users: BTreeSet<Snowflake>,
    /// These roles, if the text names them.
    pub roles: BTreeSet<Snowflake>,
    /// The author of the message that is replied to.
    pub replied_user: bool,
}

impl AllowedMentions {
    /// What holds for an ordinary message when the body says nothing: everything pings.
    pub fn message_default() -> Self {
        Self {
            parse_users: true,
            parse_roles: true,
            parse_everyone: true,
            replied_user: true,
            ..Self::default()
        }
    }

    /// What holds for answers to interactions and for webhooks when the body says nothing: members ping.
    pub fn interaction_default() -> Self {
        Self { parse_users: true, ..Self::default() }
    }

    /// Reads `allowed_mentions` of a body; nothing when the body has none.
    pub fn check(body: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Self> {
        let path = body.path().key("allowed_mentions");
        let fields = Fields::of(body.get("allowed_mentions")?, &path, errors)?;
        let mut allowed =
            Self { replied_user: fields.boolean(errors, "replied_user").unwrap_or(false), ..Self::default() };
        allowed.users.extend(fields.snowflakes(errors, "users", MAX_IDS).unwrap_or_default());
        allowed.roles.extend(fields.snowflakes(errors, "roles", MAX_IDS).unwrap_or_default());
        let parse_path = path.key("parse");
        for (index, kind) in
            fields.list(errors, "parse", 0..=usize::MAX).unwrap_or_default().iter().enumerate()
        {
            match kind.as_str() {
                Some("users") => allowed.parse_users = true,
                Some("roles") => allowed.parse_roles = true,
                Some("everyone") => allowed.parse_everyone = true,
                _ if kind.is_null() => {}
                _ => errors.add(
                    &parse_path.index(index),
                    "BASE_TYPE_CHOICES",
                    "Value must be one of ('users', 'roles', 'everyone').",
                ),
            }
        }
        exclusive(&path, errors, "users", allowed.parse_users, &allowed.users);
        exclusive(&path, errors, "roles", allowed.parse_roles, &allowed.roles);
        Some(allowed)
    }
}

/// A kind is either parsed from the text or listed.
fn exclusive(
    path: &Path<'_>,
    errors: &mut FormErrors,
    kind: &str,
    parsed: bool,
    listed: &BTreeSet<Snowflake>,
) {
    if parsed && !listed.is_empty() {
        let message = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
        errors.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
    }
}

/// What a text names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// `<@id>` and `<@!id>`.
    pub users: BTreeSet<Snowflake>,
    /// `<@&id>`.
    pub roles: BTreeSet<Snowflake>,
    /// `<#id>`.
    pub channels: BTreeSet<Snowflake>,
    /// `@everyone` or `@here`.
    pub everyone: bool,
}

impl Mentions {
    /// Finds the mentions of a text. Code, inline or in blocks, mentions nobody. A backslash before a mention
    /// protects nobody: Discord hides it in the client only.
    pub fn of(text: &str) -> Self {
        let text = without_code(text);
        let mut found =
            Self { everyone: text.contains("@everyone") || text.contains("@here"), ..Self::default() };
        for part in text.split('<').skip(1) {
            let Some((inner, _)) = part.split_once('>') else { continue };
            let (set, id) = if let Some(id) = inner.strip_prefix("@&") {
                (&mut found.roles, id)
            } else if let Some(id) = inner.strip_prefix("@!").or_else(|| inner.strip_prefix('@')) {
                (&mut found.users, id)
            } else if let Some(id) = inner.strip_prefix('#') {
                (&mut found.channels, id)
            } else {
                continue;
            };
            set.extend(id.parse::<Snowflake>().ok());
        }
        found
    }
}

/// Who is really told about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pings {
    /// Members.
    pub users: BTreeSet<Snowflake>,
    /// Roles.
    pub roles: BTreeSet<Snowflake>,
    /// Everybody in the channel.
    pub everyone: bool,
}

impl Pings {
    /// Whether nobody is told.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.roles.is_empty() && !self.everyone
    }
}

/// Who is told about a message with this text.
///
/// `may_mention_everyone` is the author's permission MENTION_EVERYONE in the channel; without it `@everyone`
/// is only text, and a role pings only if `role_is_mentionable` says so. `replied_to` is the author of the
/// message that is replied to. An id that the text does not name pings nobody, whatever the lists say.
pub fn pings(
    text: &str,
    allowed: &AllowedMentions,
    replied_to: Option<Snowflake>,
    may_mention_everyone: bool,
    role_is_mentionable: impl Fn(Snowflake) -> bool,
) -> Pings {
    let named = Mentions::of(text);
    let mut users: BTreeSet<_> =
        named.users.into_iter().filter(|id| allowed.parse_users || allowed.users.contains(id)).collect();
    users.extend(replied_to.filter(|_| allowed.replied_user));
    let roles = named
        .roles
        .into_iter()
        .filter(|id| allowed.parse_roles || allowed.roles.contains(id))
        .filter(|id| may_mention_everyone || role_is_mentionable(*id))
        .collect();
    Pings { users, roles, everyone: named.everyone && allowed.parse_everyone && may_mention_everyone }
}

/// The text with code spans and blocks cut out. A span that is never closed is no code.
fn without_code(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        kept.push_str(before);
        let ticks = from.len() - from.trim_start_matches('`').len();
        // Three open a block, one or two a span; more than three are three and text.
        let fence = &from[..ticks.min(3)];
        let body = &from[fence.len()..];
        match body.find(fence) {
            Some(end) => {
                kept.push(' ');
                rest = &body[end + fence.len()..];
            }
            None => {
                kept.push_str(fence);
                rest = body;
            }
        }
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::field::tests::any_json;
    use super::*;

    fn ids(list: &[u64]) -> BTreeSet<Snowflake> {
        list.iter().map(|id| Snowflake(*id)).collect()
    }

    fn allowed(value: Value) -> Result<Option<AllowedMentions>, Value> {
        let mut errors = FormErrors::default();
        let (root, body) = (Path::ROOT, json!({ "allowed_mentions": value }));
        let read =
            Fields::of(&body, &root, &mut errors).and_then(|body| AllowedMentions::check(&body, &mut errors));
        errors
            .into_result()
            .map(|()| read)
            .map_err(|error| error.body()["errors"]["allowed_mentions"].clone())
    }

    #[test]
    fn a_kind_is_parsed_or_listed_never_both() {
        assert_eq!(
            allowed(json!({ "parse": ["users"], "users": ["1"] })).unwrap_err()["_errors"][0]["code"],
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
        );
        assert!(allowed(json!({ "parse": ["users"], "users": [] })).is_ok());
        assert!(allowed(json!({ "parse": ["users"], "roles": ["1"] })).is_ok());
        assert_eq!(allowed(Value::Null), Ok(None));
        assert_eq!(
            allowed(json!({ "parse": ["all"] })).unwrap_err()["parse"]["0"]["_errors"][0]["code"],
            "BASE_TYPE_CHOICES"
        );
        let many: Vec<String> = (0..101).map(|id: u64| id.to_string()).collect();
        assert_eq!(
            allowed(json!({ "users": many })).unwrap_err()["users"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
    }

    #[test]
    fn mentions_are_found_outside_code_only() {
        let found = Mentions::of("<@1> <@!2> <@&3> <#4> `<@5>` ```\n<@6> @everyone``` <@x> <@7 <a@8>");
        assert_eq!((found.users, found.roles, found.channels), (ids(&[1, 2]), ids(&[3]), ids(&[4])));
        assert!(!found.everyone);
        assert!(Mentions::of("@here").everyone);
        // An unclosed span is text.
        assert_eq!(Mentions::of("`<@1>").users, ids(&[1]));
        assert_eq!(Mentions::of("\\<@1>").users, ids(&[1]));
    }

    #[test]
    fn defaults_differ_between_messages_and_answers() {
        let text = "@everyone <@1> <@&2>";
        let message = pings(text, &AllowedMentions::message_default(), None, true, |_| false);
        assert_eq!(message, Pings { users: ids(&[1]), roles: ids(&[2]), everyone: true });
        let answer = pings(text, &AllowedMentions::interaction_default(), None, true, |_| true);
        assert_eq!(answer, Pings { users: ids(&[1]), ..Pings::default() });
        let nobody = pings(text, &AllowedMentions::default(), Some(Snowflake(9)), true, |_| true);
        assert!(nobody.is_empty());
    }

    #[test]
    fn lists_ping_only_who_is_named_and_permissions_decide_the_rest() {
        let lists = AllowedMentions { users: ids(&[1, 5]), roles: ids(&[2]), ..AllowedMentions::default() };
        let found = pings("<@1> <@3> <@&2>", &lists, None, false, |id| id == Snowflake(2));
        assert_eq!(found, Pings { users: ids(&[1]), roles: ids(&[2]), everyone: false });
        let all = AllowedMentions::message_default();
        let plain = pings("@everyone <@&2>", &all, Some(Snowflake(9)), false, |_| false);
        assert_eq!(plain, Pings { users: ids(&[9]), ..Pings::default() });
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[`<>@!&#0-9a-z \\\\]{0,60}|\\PC*") {
            let found = Mentions::of(&text);
            let told = pings(&text, &AllowedMentions::message_default(), None, true, |_| true);
            prop_assert_eq!((found.users, found.roles, found.everyone), (told.users, told.roles, told.everyone));
            prop_assert!(pings(&text, &AllowedMentions::default(), None, true, |_| true).is_empty());
        }

        #[test]
        fn any_json_is_answered(value in any_json(&["parse", "users", "roles", "replied_user"])) {
            let _ = allowed(value);
        }
    }
}
