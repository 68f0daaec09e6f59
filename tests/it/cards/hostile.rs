//! Whatever people type and whatever a catalog holds: every card stays within Discord's limits, as an independent library
//! checks them, and pings nobody.

use proptest::prelude::*;
use tiebreaker::{
    card::{
        Card, Form, Frame, Row, Votes, embed,
        find::{Candidate, unknown, unsure},
        form::{self, ToolDraft},
        head_to_head::{ReadAs, head_to_head},
        history,
        list::{By, Ranked, leaderboard},
        notice,
        plain::plain,
        reviews::reviews,
        tool::tool_card,
    },
    domain::{
        change::{Actor, Change, ChangeId, State, Subject},
        compare::{Comparison, ToolInput, ToolView},
        ids::{CategoryId, ReviewerId, ToolId, UserId},
        review::{Review, Verdict},
        score::{Everywhere, Score, Tally},
        time::Timestamp,
        tool::{Entry, EntryKind, Tool},
    },
    error::UserError,
};
use twilight_model::channel::message::component as parts;

use super::made::{english, panel, shown, today};

/// Text as it comes: anything, long, and made of what hurts.
fn text(max: usize) -> impl Strategy<Value = String> {
    let hurts = prop::sample::select(vec![
        "@everyone",
        "@here",
        "<@1>",
        "<@!1>",
        "<@&1>",
        "<#1>",
        "<:x:1>",
        "</a:1>",
        "<t:1:R>",
        "[x](javascript:alert(1))",
        "https://example.com/a_b",
        "**",
        "__",
        "~~",
        "||",
        "`",
        "```\n",
        "# ",
        "-# ",
        "> ",
        "- ",
        "1. ",
        "\\",
        "\n",
        " ",
        "\u{200b}",
        "\u{202e}",
        "\u{200d}",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{1b}[31m",
        "🚢",
        "⏭️",
        "👩\u{200d}💻",
        "漢字",
        "مرحبا",
        "{ $tool }",
        "\u{e000}",
        "\u{e001}",
        "\u{0}",
        "a",
        "Axolotl",
    ]);
    let pile = prop::collection::vec(hurts, 0..12).prop_map(|parts| parts.concat());
    let long = (pile.clone(), 1_usize..400).prop_map(|(pile, times)| pile.repeat(times));
    prop_oneof![3 => pile, 1 => long, 1 => "\\PC{0,40}"]
        .prop_map(move |text| text.chars().take(max).collect())
}

fn kind() -> impl Strategy<Value = EntryKind> {
    prop::sample::select(vec![EntryKind::Free, EntryKind::Paid, EntryKind::Unknown])
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(Verdict::ALL.to_vec())
}

fn review() -> impl Strategy<Value = Review> {
    let reviewer = prop_oneof![
        prop::sample::select(vec!["builder", "skeptic", "futurist", "founder", "creator"])
            .prop_map(str::to_owned),
        text(60).prop_map(|name| format!("@{name}")),
    ];
    (reviewer, verdict(), text(1_000)).prop_map(|(reviewer, verdict, quote)| Review {
        reviewer: ReviewerId::trusted(&reviewer),
        verdict,
        quote,
        date: today(),
    })
}

fn input() -> impl Strategy<Value = ToolInput> {
    let texts = (text(200), text(80), text(100), text(600), text(200), text(120), text(30));
    let reviews = || prop::collection::vec(review(), 0..14);
    let count = || prop_oneof![Just(0_u64), 0_u64..10, Just(u64::MAX / 8), 0_u64..2_000_000];
    let votes = (count(), count(), count(), count(), count(), 0_u64..5);
    (texts, reviews(), reviews(), votes, kind(), any::<bool>(), 0_usize..4).prop_map(
        |(
            (name, vendor, tagline, description, link, note, per),
            base,
            server,
            votes,
            kind,
            known,
            category,
        )| ToolInput {
            tool: Tool {
                id: ToolId::trusted(&name),
                name: name.clone(),
                aliases: vec![vendor.clone()],
                formerly: Vec::new(),
                vendor,
                category: CategoryId::trusted(["models", "rag", "", "a-<@1>"][category]),
                also: Vec::new(),
                tagline,
                description,
                link: Some(link),
                lang: "en".to_owned(),
                entry: Entry {
                    kind,
                    note,
                    checked: today(),
                    amount: known.then(|| per.clone()),
                    currency: known.then(|| "@everyone".to_owned()),
                    per: Some(per),
                },
            },
            base_reviews: base,
            server_reviews: server,
            here: known.then_some(Tally { ship: votes.0, skip: votes.1, held: votes.2 }),
            everywhere: Some(Everywhere { ship: votes.3, skip: votes.4, servers: votes.5 }),
        },
    )
}

/// The card as twilight models it, judged by twilight-validate; then a look for mentions in everything that is sent.
fn judge(card: &Card) {
    let embed = embed::fit(card);
    let written = twilight(&embed);
    twilight_validate::embed::embed(&written).unwrap_or_else(|fault| panic!("{fault}: {embed:?}"));
    // twilight counts scalar values; ours are UTF-16 units, which are never fewer.
    assert!(embed.units() <= 6_000, "{}", embed.units());
    let mut sent: Vec<&str> = vec![&embed.title, &embed.description, &embed.footer];
    sent.extend(embed.fields.iter().flat_map(|field| [field.name.as_str(), field.value.as_str()]));
    let content = embed::content(card);
    twilight_validate::message::content(&content).unwrap();
    assert!(content.encode_utf16().count() <= 2_000);
    sent.push(&content);

    sent.iter().filter(|text| **text != embed.footer).for_each(|text| links_nowhere(text));

    let rows: Vec<_> = card.rows.iter().map(row).collect();
    twilight_validate::message::components(&rows, false).unwrap();
    for row in &card.rows {
        match row {
            Row::Buttons(buttons) => sent.extend(buttons.iter().map(|button| button.label.as_str())),
            Row::Menu(menu) => {
                sent.push(&menu.placeholder);
                sent.extend(menu.options.iter().flat_map(|it| [it.label.as_str(), it.hint.as_str()]));
            }
        }
    }
    for text in sent {
        pings_nobody(text);
    }
    for width in [20, 33, 80] {
        for line in plain(card, width).to_string().lines() {
            assert!(line.chars().all(|c| !c.is_control()), "{line:?}");
        }
    }
}

/// Discord itself names the moderators of a history. An embed pings nobody, and we send no mention that is allowed to.
const MODERATOR: UserId = UserId(424_242);

fn pings_nobody(text: &str) {
    let lower = text.to_lowercase().replace(&format!("<@{MODERATOR}>"), "");
    for mention in ["@everyone", "@here", "<@", "<#", "</", "<t:", "<:"] {
        assert!(!lower.contains(mention), "{mention} in {text:?}");
    }
}

/// Where Markdown is shown, no bracket closes a link: each stands behind a backslash of its own.
fn links_nowhere(text: &str) {
    let mut is_escaped = false;
    for letter in text.chars() {
        assert!(is_escaped || letter != ']', "{text:?}");
        is_escaped = letter == '\\' && !is_escaped;
    }
}

fn twilight(embed: &embed::Embed) -> twilight_model::channel::message::Embed {
    use twilight_model::channel::message::embed::{EmbedField, EmbedFooter};

    twilight_model::channel::message::Embed {
        author: None,
        flags: None,
        color: Some(embed.colour),
        description: (!embed.description.is_empty()).then(|| embed.description.clone()),
        fields: embed
            .fields
            .iter()
            .map(|field| EmbedField {
                inline: field.inline,
                name: field.name.clone(),
                value: field.value.clone(),
            })
            .collect(),
        footer: (!embed.footer.is_empty()).then(|| EmbedFooter {
            icon_url: None,
            proxy_icon_url: None,
            text: embed.footer.clone(),
        }),
        image: None,
        kind: "rich".to_owned(),
        provider: None,
        thumbnail: None,
        timestamp: None,
        title: Some(embed.title.clone()),
        url: embed.url.clone(),
        video: None,
    }
}

fn row(row: &Row) -> parts::Component {
    let components = match row {
        Row::Buttons(buttons) => buttons
            .iter()
            .map(|button| {
                parts::Component::Button(parts::Button {
                    id: None,
                    custom_id: Some(button.id.clone()),
                    disabled: !button.enabled,
                    emoji: None,
                    label: Some(button.label.clone()),
                    style: parts::ButtonStyle::Secondary,
                    url: None,
                    sku_id: None,
                })
            })
            .collect(),
        Row::Menu(menu) => {
            let options = menu.options.iter().map(|option| parts::SelectMenuOption {
                default: false,
                description: (!option.hint.is_empty()).then(|| option.hint.clone()),
                emoji: None,
                label: option.label.clone(),
                value: option.value.clone(),
            });
            vec![parts::Component::SelectMenu(parts::SelectMenu {
                id: None,
                channel_types: None,
                custom_id: menu.id.clone(),
                default_values: None,
                disabled: false,
                kind: parts::SelectMenuType::Text,
                max_values: None,
                min_values: None,
                options: Some(options.collect()),
                placeholder: Some(menu.placeholder.clone()),
                required: None,
            })]
        }
    };
    parts::Component::ActionRow(parts::ActionRow { id: None, components })
}

fn judge_form(form: &Form) {
    let units = |text: &str| text.encode_utf16().count();
    assert!((1..=45).contains(&units(&form.title)), "{form:?}");
    assert!((1..=5).contains(&form.inputs.len()));
    for input in &form.inputs {
        assert!((1..=45).contains(&units(&input.label)), "{input:?}");
        assert!(units(&input.hint) <= 100, "{input:?}");
        assert!(
            units(&input.value) <= input.max && input.max <= 4_000 && input.min <= input.max,
            "{input:?}"
        );
    }
}

fn server() -> Frame {
    Frame::server(english())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn head_to_heads(inputs in prop::collection::vec(input(), 2..=4), typed in text(6_000)) {
        let mut inputs = inputs;
        for (place, input) in inputs.iter_mut().enumerate() {
            input.tool.id = ToolId::trusted(&place.to_string());
        }
        let read_as: Vec<ReadAs> = inputs
            .iter()
            .map(|input| ReadAs { typed: typed.clone(), tool: input.tool.name.clone(), how: "typo".to_owned() })
            .collect();
        let comparison = Comparison::new(inputs, &panel(), today()).unwrap();
        judge(&head_to_head(&comparison, &read_as, &server()));
        judge(&head_to_head(&comparison, &read_as, &Frame::quiet(english(), Votes::Unknown("votes-no-store"))));
    }

    #[test]
    fn tool_cards_and_reviews(input in input(), page in 0_usize..6) {
        let view = ToolView::new(input, &panel(), today());
        judge(&tool_card(&view, Some("reviews"), &server()));
        judge(&reviews(&view, page, |page| format!("page:{page}"), &server()));
    }

    #[test]
    fn names_that_are_not_one_tool(typed in text(6_000), names in prop::collection::vec((text(200), text(200)), 0..40)) {
        let candidates: Vec<Candidate> = names
            .into_iter()
            .enumerate()
            .map(|(place, (name, hint))| Candidate { value: place.to_string(), name, hint })
            .collect();
        if !candidates.is_empty() {
            judge(&unsure(&typed, &candidates, "pick", &server()));
        }
        judge(&unknown(&typed, &candidates, "pick", true, &server()));
    }

    #[test]
    fn errors_lists_and_forms(texts in prop::collection::vec(text(2_500), 4), ship in 0_u64..90, page in 0_usize..3) {
        let error = UserError::new("error-compare-same").with("tool", &texts[0]);
        judge(&notice::error(&error, &server()));
        judge(&notice::errors(&vec![error; 4], &server()));
        judge(&notice::fault(&texts[1], &server()));
        let ranked = |text: &String| Ranked { name: text.clone(), score: Score::new(ship, 3) };
        let rows: Vec<Ranked> = texts.iter().cycle().take(25).map(ranked).collect();
        let category = CategoryId::trusted(&texts[2]);
        judge(&leaderboard(&rows, By::Community, Some(&category), page, |page| format!("top:{page}"), &server()));
        let draft = ToolDraft {
            name: texts[0].clone(),
            aliases: texts[1].clone(),
            tagline: texts[2].clone(),
            description: texts[3].clone(),
            link: texts[0].clone(),
        };
        judge_form(&form::add_tool("add", &draft, &server()));
        judge_form(&form::edit_tool("edit", &texts[3], &draft, &server()));
        judge_form(&form::review("review", &texts[2], Verdict::Ship, &texts[0], &texts[1], &server()));
        let details = form::DetailsDraft {
            vendor: texts[0].clone(),
            note: texts[1].clone(),
            amount: texts[2].clone(),
            currency: texts[3].clone(),
            per: texts[0].clone(),
        };
        judge_form(&form::details("details", &details, &server()));
    }

    #[test]
    fn histories(before in input(), after in input()) {
        let state = |input: ToolInput| State::shown(input.tool);
        let subject = before.tool.name.clone();
        let review = before.base_reviews.first().cloned();
        let change = |id, before, after| history::NamedChange {
            change: Change {
                id: ChangeId(id),
                at: Timestamp(0),
                by: Actor::Member(MODERATOR),
                subject: Subject::Tool(ToolId::trusted("a")),
                before,
                after,
                undoes: Some(ChangeId(1)),
                undone: None,
            },
            subject: subject.clone(),
        };
        let (before, after) = (state(before), state(after));
        let changes = [
            change(1, Some(before.clone()), Some(after.clone())),
            change(2, None, Some(after)),
            change(3, Some(before), None),
            change(4, review.map(State::Review), None),
        ];
        judge(&history::history(&changes, 1, 3, |page| format!("p:{page}"), |id| format!("undo:{}", id.0), &server()));
    }
}

#[test]
fn the_longest_tools_in_one_card() {
    let long = |letter: &str, count: usize| letter.repeat(count);
    let inputs = (0..4_usize)
        .map(|place| {
            let mut input = super::made::axolotl();
            input.tool.id = ToolId::trusted(&place.to_string());
            input.tool.name = format!("{place}{}", long("*", 79));
            input.tool.category = CategoryId::trusted(&long("x-", 20));
            input.tool.entry.note = long("_", 120);
            input.here = Some(Tally { ship: u64::MAX / 4, skip: 3, held: u64::MAX / 4 });
            input.everywhere = Some(Everywhere { ship: u64::MAX / 4, skip: 9, servers: u64::MAX / 4 });
            for review in &mut input.base_reviews {
                review.quote = long("`", 1_000);
            }
            input
        })
        .collect();
    let comparison = Comparison::new(inputs, &panel(), today()).unwrap();
    let card = head_to_head(&comparison, &[], &server());
    judge(&card);
    insta::assert_snapshot!(super::made::discord(&card));
}

#[test]
fn a_hostile_tool_is_only_words() {
    let mut input = super::made::haiku();
    input.tool.name = "@everyone **<@1>** [x](javascript:alert(1))".to_owned();
    input.tool.vendor = "`vendor`\u{202e}\u{200b}".to_owned();
    input.tool.tagline = "# heading\n- list\n> quote".to_owned();
    input.tool.description = "||spoiler|| <#1> </compare:1> {$tool} \u{1b}[31m".to_owned();
    input.tool.link = Some("javascript:alert(1)".to_owned());
    input.base_reviews[0].quote = "```\ncode\n``` ~~gone~~ @here".to_owned();
    let card = tool_card(&ToolView::new(input, &panel(), today()), None, &server());
    judge(&card);
    insta::assert_snapshot!(shown(&card));
}
