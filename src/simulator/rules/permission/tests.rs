//! Tests of permissions.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const GUILD: Snowflake = Snowflake(1);
const USER: Snowflake = Snowflake(2);
const RED: Snowflake = Snowflake(3);
const BLUE: Snowflake = Snowflake(4);

fn member(roles: &[Snowflake]) -> Subject<'_> {
    Subject { guild: GUILD, owner: false, user: USER, roles, timed_out: false }
}

fn roles(everyone: Permissions, red: Permissions) -> impl Fn(Snowflake) -> Option<Permissions> {
    move |id| match id {
        GUILD => Some(everyone),
        RED => Some(red),
        BLUE => Some(Permissions::NONE),
        _ => None,
    }
}

fn overwrite(target: Target, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite { target, allow, deny }
}

const VIEW: Permissions = Permissions::VIEW_CHANNEL;
const SEND: Permissions = Permissions::SEND_MESSAGES;
const NONE: Permissions = Permissions::NONE;

#[test]
fn bits_stand_where_discord_documents_them() {
    assert_eq!(Permissions::MANAGE_GUILD.0, 0x20);
    assert_eq!(Permissions::USE_APPLICATION_COMMANDS.0, 0x8000_0000);
    assert_eq!(Permissions::SEND_MESSAGES_IN_THREADS.0, 0x40_0000_0000);
    assert_eq!(Permissions::USE_EXTERNAL_APPS.0, 0x0004_0000_0000_0000);
    use twilight_model::guild::Permissions as Other;
    for (name, bit) in Permissions::NAMES {
        if let Some(other) = Other::from_name(name) {
            assert_eq!(other.bits(), bit.0, "{name}");
        }
    }
}

#[test]
fn roles_add_up_and_unknown_ones_give_nothing() {
    let lookup = roles(VIEW, SEND);
    assert_eq!(in_guild_by(&member(&[]), &lookup), VIEW);
    assert_eq!(in_guild_by(&member(&[RED, Snowflake(99)]), &lookup), VIEW | SEND);
}

#[test]
fn owner_and_administrator_stand_above_overwrites() {
    let deny_all = [
        overwrite(Target::Role(GUILD), NONE, Permissions::ALL),
        overwrite(Target::Member(USER), NONE, Permissions::ALL),
    ];
    let owner = Subject { owner: true, ..member(&[]) };
    assert_eq!(in_channel(&owner, roles(NONE, NONE), &deny_all, Place::Text), Permissions::ALL);
    let admin = roles(NONE, Permissions::ADMINISTRATOR);
    assert_eq!(in_channel(&member(&[RED]), admin, &deny_all, Place::Text), Permissions::ALL);
}

#[test]
fn overwrites_apply_from_everyone_over_roles_to_the_member() {
    let lookup = roles(VIEW | SEND, NONE);
    let closed = overwrite(Target::Role(GUILD), NONE, VIEW);
    assert_eq!(in_channel(&member(&[RED]), &lookup, &[closed], Place::Text), NONE);
    let red_may = overwrite(Target::Role(RED), VIEW, NONE);
    assert_eq!(in_channel(&member(&[RED]), &lookup, &[closed, red_may], Place::Text), VIEW | SEND);
    // One role denies, another allows: allowed, whatever their order.
    let blue_not = overwrite(Target::Role(BLUE), NONE, VIEW);
    let both = [closed, blue_not, red_may];
    assert_eq!(in_channel(&member(&[RED, BLUE]), &lookup, &both, Place::Text), VIEW | SEND);
    let not_me = overwrite(Target::Member(USER), NONE, VIEW);
    let all = [not_me, closed, red_may];
    assert_eq!(in_channel(&member(&[RED]), &lookup, &all, Place::Text), NONE);
}

#[test]
fn a_role_overwrite_of_a_member_id_is_not_the_members() {
    let lookup = roles(VIEW, NONE);
    let confused = overwrite(Target::Role(USER), NONE, VIEW);
    assert_eq!(in_channel(&member(&[]), &lookup, &[confused], Place::Text), VIEW);
}

#[test]
fn who_cannot_look_can_do_nothing_and_who_cannot_write_cannot_embed() {
    let embed = Permissions::EMBED_LINKS;
    let lookup = roles(SEND | embed, NONE);
    assert_eq!(in_channel(&member(&[]), &lookup, &[], Place::Text), NONE);
    assert_eq!(explicit_in_channel(&member(&[]), &lookup, &[]), SEND | embed);
    let lookup = roles(VIEW | embed, NONE);
    assert_eq!(in_channel(&member(&[]), &lookup, &[], Place::Text), VIEW);
}

#[test]
fn threads_ask_for_their_own_permission_to_write() {
    let threads = Permissions::SEND_MESSAGES_IN_THREADS;
    let may = |set: Permissions| in_channel(&member(&[]), roles(set, NONE), &[], Place::Thread);
    assert!(!may(VIEW | SEND | Permissions::EMBED_LINKS).contains(SEND));
    assert!(!may(VIEW | SEND | Permissions::EMBED_LINKS).contains(Permissions::EMBED_LINKS));
    assert!(may(VIEW | threads | Permissions::EMBED_LINKS).contains(SEND | Permissions::EMBED_LINKS));
}

#[test]
fn a_timed_out_member_may_only_read() {
    let out = Subject { timed_out: true, ..member(&[RED]) };
    let grant = overwrite(Target::Member(USER), SEND, NONE);
    let set = in_channel(&out, roles(Permissions::DEFAULT, NONE), &[grant], Place::Text);
    assert_eq!(set, VIEW | Permissions::READ_MESSAGE_HISTORY);
    let admin = in_channel(&out, roles(NONE, Permissions::ADMINISTRATOR), &[], Place::Text);
    assert_eq!(admin, Permissions::ALL);
}

#[test]
fn json_is_a_decimal_string() {
    assert_eq!(serde_json::to_value(Permissions::MANAGE_GUILD).unwrap(), json!("32"));
    assert_eq!(serde_json::from_value::<Permissions>(json!("32")).unwrap(), Permissions::MANAGE_GUILD);
    assert_eq!(Permissions::from_value(&json!("-1")), None);
    assert_eq!(Permissions::from_value(&json!("")), None);
    assert_eq!(Permissions::MANAGE_GUILD.names(), ["MANAGE_GUILD"]);
}

proptest! {
    #[test]
    fn allowing_more_never_takes_away(
        everyone in any::<u64>(),
        red in any::<u64>(),
        allow in any::<u64>(),
        more in any::<u64>(),
        deny in any::<u64>(),
    ) {
        let lookup = roles(Permissions(everyone), Permissions(red));
        let set = |allow| {
            let one = [overwrite(Target::Role(RED), Permissions(allow), Permissions(deny))];
            explicit_in_channel(&member(&[RED]), &lookup, &one)
        };
        prop_assert!(set(allow | more).contains(set(allow)));
    }

    #[test]
    fn the_order_of_overwrites_does_not_matter(
        everyone in any::<u64>(),
        sets in proptest::collection::vec((any::<u64>(), any::<u64>()), 3),
    ) {
        let lookup = roles(Permissions(everyone).without(Permissions::ADMINISTRATOR), NONE);
        let targets = [Target::Role(GUILD), Target::Role(RED), Target::Member(USER)];
        let mut list: Vec<_> = targets
            .into_iter()
            .zip(sets)
            .map(|(target, (allow, deny))| overwrite(target, Permissions(allow), Permissions(deny)))
            .collect();
        let one = explicit_in_channel(&member(&[RED]), &lookup, &list);
        list.reverse();
        prop_assert_eq!(one, explicit_in_channel(&member(&[RED]), &lookup, &list));
    }
}
