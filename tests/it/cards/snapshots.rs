//! One snapshot per card and situation.

use insta::assert_snapshot;
use tiebreaker::{
    card::{
        Frame, Votes, Voting,
        embed::content,
        find::{Candidate, unknown, unsure},
        form::{self, ToolDraft},
        head_to_head::{ReadAs, head_to_head},
        help,
        history::{NamedChange, history, undo_refused},
        list::{By, Ranked, leaderboard},
        notice,
        reviews::reviews,
        tool::tool_card,
    },
    domain::{
        change::{Actor, Change, ChangeId, State, Subject, ToolEntry, undo},
        compare::ToolInput,
        ids::{CategoryId, ToolId, UserId},
        review::Verdict,
        score::Score,
        time::Timestamp,
        tool::{EntryKind, Tool},
    },
    error::UserError,
};

use super::made::{axolotl, compare, english, haiku, ollama, review, shown, tool, view, vllm, votes};

fn two(inputs: [ToolInput; 2], read_as: &[ReadAs]) -> String {
    shown(&head_to_head(&compare(inputs.into()), read_as, &Frame::server(english())))
}

fn voted(input: ToolInput, ship: u64, skip: u64) -> ToolInput {
    ToolInput { here: votes(ship, skip, 0), ..input }
}

#[test]
fn head_to_head_without_votes() {
    let read_as =
        ReadAs { typed: "axlotl".to_owned(), tool: "Axolotl v0.16".to_owned(), how: "typo".to_owned() };
    assert_snapshot!(two([haiku(), axolotl()], &[read_as]));
}

#[test]
fn head_to_head_both_agree() {
    assert_snapshot!(two([voted(haiku(), 10, 20), voted(axolotl(), 30, 4)], &[]));
}

#[test]
fn head_to_head_they_disagree() {
    assert_snapshot!(two([voted(haiku(), 30, 4), voted(axolotl(), 10, 20)], &[]));
}

#[test]
fn head_to_head_too_close_and_a_tie() {
    let mut axolotl = voted(axolotl(), 9, 10);
    axolotl.base_reviews[0].verdict = Verdict::Skip;
    assert_snapshot!(two([voted(haiku(), 10, 9), axolotl], &[]));
}

#[test]
fn head_to_head_few_reviews_and_early_votes() {
    assert_snapshot!(two([ollama(), vllm()], &[]));
}

#[test]
fn head_to_head_of_three() {
    let inputs = vec![voted(haiku(), 12, 9), voted(axolotl(), 40, 2), ollama()];
    assert_snapshot!(shown(&head_to_head(&compare(inputs), &[], &Frame::server(english()))));
}

#[test]
fn head_to_head_of_four() {
    let inputs = vec![haiku(), axolotl(), ollama(), vllm()];
    assert_snapshot!(shown(&head_to_head(&compare(inputs), &[], &Frame::server(english()))));
}

#[test]
fn head_to_head_in_a_terminal_without_a_store() {
    let inputs = vec![ToolInput { here: None, ..haiku() }, ToolInput { here: None, ..axolotl() }];
    let frame = Frame::quiet(english(), Votes::Unknown("votes-no-store"));
    assert_snapshot!(shown(&head_to_head(&compare(inputs), &[], &frame)));
}

#[test]
fn tool_with_votes_held_marks_and_a_stale_price() {
    assert_snapshot!(shown(&tool_card(&view(ollama()), Some("reviews:ollama"), &Frame::server(english()))));
}

#[test]
fn tool_without_votes() {
    assert_snapshot!(shown(&tool_card(&view(haiku()), Some("reviews:haiku"), &Frame::server(english()))));
}

#[test]
fn tool_without_reviews() {
    assert_snapshot!(shown(&tool_card(&view(vllm()), Some("reviews:vllm"), &Frame::server(english()))));
}

#[test]
fn reviews_page_by_page() {
    let mut input = haiku();
    input.server_reviews = vec![review("@Ada", Verdict::Skip, &"We tried it for a week. ".repeat(40))];
    let view = view(input);
    let page = |page| {
        shown(&reviews(&view, page, |page| format!("reviews:haiku:{page}"), &Frame::server(english())))
    };
    assert_snapshot!("reviews_first_page", page(0));
    assert_snapshot!("reviews_last_page", page(9));
}

fn frame() -> Frame {
    Frame::server(english())
}

fn llamas() -> Vec<Candidate> {
    let named = |name: &str, category| Candidate::of(&tool(name, category, EntryKind::Free, ""), &frame());
    vec![named("Llama 4", "models"), named("Ollama", "local-runners"), named("Code Llama", "models")]
}

#[test]
fn a_name_that_could_be_several() {
    assert_snapshot!(shown(&unsure("llama", &llamas(), "pick:1", &frame())));
}

#[test]
fn a_name_that_is_none() {
    assert_snapshot!(
        "unknown_with_close_names",
        shown(&unknown("@everyone ollamma", &llamas(), "pick:2", true, &frame()))
    );
    assert_snapshot!(
        "unknown_and_nothing_close",
        shown(&unknown("margherita", &[], "pick:3", false, &frame()))
    );
}

#[test]
fn notices() {
    let error = UserError::new("error-compare-too-many").with("max", 4).with("count", 5);
    assert_snapshot!("error", shown(&notice::error(&error, &frame())));
    assert_snapshot!("fault", shown(&notice::fault("7f3a", &frame())));
    let missing = ["permission-embed-links", "permission-add-reactions"];
    assert_snapshot!("missing_permissions", shown(&notice::missing_permissions(&missing, &frame())));
}

#[test]
fn help_screens() {
    let screen = |number| shown(&help::help(number, |_| true, |screen| format!("help:{screen}"), &frame()));
    assert_snapshot!("help_for_everybody", screen(0));
    assert_snapshot!("help_for_moderators", screen(1));
    // What is not offered is not listed.
    let few =
        shown(&help::help(1, |command| command == "/addtool", |screen| format!("help:{screen}"), &frame()));
    assert!(few.contains("/addtool") && !few.contains("/edittool") && !few.contains("/digest"));
}

#[test]
fn leaderboards() {
    let rows: Vec<Ranked> = (1..=12_u64)
        .map(|place| Ranked { name: format!("Tool {place}"), score: Score::new(40 - place * 2, place) })
        .collect();
    let page = |by, page| shown(&leaderboard(&rows, by, None, page, |page| format!("top:{page}"), &frame()));
    assert_snapshot!("leaderboard_by_votes", page(By::Community, 0));
    assert_snapshot!("leaderboard_by_panel_last_page", page(By::Panel, 5));
    let category = CategoryId::trusted("gpu-clouds");
    assert_snapshot!(
        "leaderboard_empty",
        shown(&leaderboard(&[], By::Community, Some(&category), 0, |page| format!("top:{page}"), &frame()))
    );
}

#[test]
fn a_history_of_changes() {
    let state = |tagline: &str, hidden| {
        let tool = Tool { tagline: tagline.to_owned(), ..axolotl().tool };
        Some(State::Tool(ToolEntry { tool: Some(tool.into()), hidden }))
    };
    let verdict = |verdict| Some(State::Review(review("@Ada", verdict, "We tried it for a week.")));
    let change = |id, before, after, undone: Option<u64>| NamedChange {
        change: Change {
            id: ChangeId(id),
            at: Timestamp(1_795_000_000_000),
            by: Actor::Member(UserId(1)),
            subject: Subject::Tool(ToolId::trusted("axolotl")),
            before,
            after,
            undoes: None,
            undone: undone.map(ChangeId),
        },
        subject: "Axolotl v0.16".to_owned(),
    };
    let changes = [
        change(5, state("new words", None), state("new words", Some(Timestamp(1))), None),
        change(4, state("old words", None), state("new words", None), None),
        change(3, verdict(Verdict::Ship), verdict(Verdict::Skip), None),
        change(2, None, verdict(Verdict::Ship), None),
        change(1, None, state("old words", None), Some(6)),
    ];
    let undo_id = |id: ChangeId| format!("undo:{}", id.0);
    assert_snapshot!(
        "history",
        shown(&history(&changes, 0, 2, |page| format!("history:{page}"), undo_id, &frame()))
    );
    let conflict = undo(
        changes[1].change.before.as_ref(),
        changes[1].change.after.as_ref(),
        state("newer", None).as_ref(),
    );
    assert_snapshot!("undo_refused", shown(&undo_refused("Axolotl v0.16", &conflict.unwrap_err(), &frame())));
}

#[test]
fn forms_open_with_what_was_typed() {
    let draft = ToolDraft::from(&axolotl().tool);
    insta::assert_debug_snapshot!(
        "form_edit_tool",
        form::edit_tool("edit:1", "Axolotl v0.16", &draft, &frame())
    );
    insta::assert_debug_snapshot!(
        "form_review",
        form::review("review:1", "Axolotl v0.16", Verdict::Skip, "Ada", "so far", &frame())
    );
}

#[test]
fn text_where_embeds_may_not_stand() {
    assert_snapshot!(content(&head_to_head(&compare(vec![haiku(), axolotl()]), &[], &frame())));
}

#[test]
fn votes_of_all_servers_and_no_right_to_react() {
    let frame = Frame::quiet(english(), Votes::AllServers);
    assert_snapshot!("tool_all_servers", shown(&tool_card(&view(vllm()), None, &frame)));
    let lacking = Frame::server(english()).voting(Voting::LacksPermission);
    let card = tool_card(&view(vllm()), None, &lacking);
    assert!(card.footer.text().contains("Add Reactions"), "{}", card.footer.text());
}
