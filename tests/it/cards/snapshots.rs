//! One snapshot per card and situation.

use insta::assert_snapshot;
use tiebreaker::{
    card::{
        Frame, Votes,
        head_to_head::{ReadAs, head_to_head},
        reviews::reviews,
        tool::tool_card,
    },
    domain::{compare::ToolInput, review::Verdict},
};

use super::made::{axolotl, compare, english, haiku, ollama, review, shown, view, vllm, votes};

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
