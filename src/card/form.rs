//! The forms that moderators fill in. A form opens with what was typed before: nothing is lost on an error.

use super::{
    parts::{Form, Input},
    words::{self, Frame},
};
use crate::domain::{compare::ToolView, review::Verdict, tool::Tool};

/// Ids of the inputs, by which they come back.
pub mod input {
    /// Who reviews.
    pub const REVIEWER: &str = "reviewer";
    /// The quote of a review.
    pub const QUOTE: &str = "quote";
    /// A tool's name.
    pub const NAME: &str = "name";
    /// A tool's other names, separated by commas or line breaks.
    pub const ALIASES: &str = "aliases";
    /// A tool's tagline.
    pub const TAGLINE: &str = "tagline";
    /// A tool's description.
    pub const DESCRIPTION: &str = "description";
    /// A tool's official page.
    pub const LINK: &str = "link";
    /// Who makes a tool.
    pub const VENDOR: &str = "vendor";
    /// A note on its price.
    pub const NOTE: &str = "note";
    /// Its price.
    pub const AMOUNT: &str = "amount";
    /// The currency of its price.
    pub const CURRENCY: &str = "currency";
    /// What its price buys.
    pub const PER: &str = "per";
}

/// Longest name of a reviewer, in characters.
pub const REVIEWER: usize = 60;

/// Longest quote of a review, in characters.
pub const QUOTE: usize = 1_000;
/// Longest name, alias or vendor of a tool.
pub const NAME: usize = 80;
/// Room for all aliases together.
pub const ALIASES: usize = 1_000;
/// Longest tagline.
pub const TAGLINE: usize = 100;
/// Longest description.
pub const DESCRIPTION: usize = 600;
/// Longest link.
pub const LINK: usize = 200;
/// Longest note on a price.
pub const NOTE: usize = 120;
/// Longest price.
pub const AMOUNT: usize = 14;
/// Length of a currency.
pub const CURRENCY: usize = 3;
/// Longest name of what a price buys.
pub const PER: usize = 30;

/// What a moderator has typed into the form of a tool so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolDraft {
    /// Name.
    pub name: String,
    /// Other names, separated by commas.
    pub aliases: String,
    /// Tagline.
    pub tagline: String,
    /// Description.
    pub description: String,
    /// Official page.
    pub link: String,
}

impl From<&Tool> for ToolDraft {
    fn from(tool: &Tool) -> Self {
        Self {
            name: tool.name.clone(),
            aliases: tool.aliases.join(", "),
            tagline: tool.tagline.clone(),
            description: tool.description.clone(),
            link: tool.link.clone().unwrap_or_default(),
        }
    }
}

impl From<&ToolView> for ToolDraft {
    fn from(view: &ToolView) -> Self {
        Self::from(&view.tool)
    }
}

/// What a moderator has typed about maker and price so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DetailsDraft {
    /// Who makes it.
    pub vendor: String,
    /// A note on the price.
    pub note: String,
    /// The price.
    pub amount: String,
    /// Its currency.
    pub currency: String,
    /// What it buys.
    pub per: String,
}

/// The form for a review: who says so, and why.
#[must_use]
pub fn review(id: &str, tool: &str, verdict: Verdict, reviewer: &str, quote: &str, frame: &Frame) -> Form {
    let title = frame.text.get("form-review-title", &[("tool", tool.into())]);
    let inputs = [
        Input::new(input::REVIEWER, &frame.say("form-reviewer"), 1, REVIEWER)
            .hint(&frame.say("form-reviewer-hint"))
            .value(reviewer),
        Input::new(input::QUOTE, &frame.say("form-quote"), 1, QUOTE)
            .hint(&frame.say("form-quote-hint"))
            .value(quote)
            .long(),
    ];
    Form::new(id, &format!("{} {title}", words::emoji(verdict)), inputs)
}

/// The form for maker and price of a tool, which are options of the commands; it opens when one of them has a mistake.
#[must_use]
pub fn details(id: &str, draft: &DetailsDraft, frame: &Frame) -> Form {
    let input =
        |id: &str, key: &str, max: usize, value: &str| Input::new(id, &frame.say(key), 0, max).value(value);
    let inputs = [
        input(input::VENDOR, "form-vendor", NAME, &draft.vendor),
        input(input::AMOUNT, "form-amount", AMOUNT, &draft.amount).hint(&frame.say("form-amount-hint")),
        input(input::CURRENCY, "form-currency", CURRENCY, &draft.currency)
            .hint(&frame.say("form-currency-hint")),
        input(input::PER, "form-per", PER, &draft.per).hint(&frame.say("form-per-hint")),
        input(input::NOTE, "form-note", NOTE, &draft.note).hint(&frame.say("form-note-hint")),
    ];
    Form::new(id, &frame.say("form-details-title"), inputs)
}

/// The form for a new tool; category and price are options of the command.
#[must_use]
pub fn add_tool(id: &str, draft: &ToolDraft, frame: &Frame) -> Form {
    Form::new(id, &frame.say("form-add-tool-title"), tool_inputs(draft, frame))
}

/// The form to change a tool.
#[must_use]
pub fn edit_tool(id: &str, tool: &str, draft: &ToolDraft, frame: &Frame) -> Form {
    let title = frame.text.get("form-edit-tool-title", &[("tool", tool.into())]);
    Form::new(id, &title, tool_inputs(draft, frame))
}

fn tool_inputs(draft: &ToolDraft, frame: &Frame) -> [Input; 5] {
    let label = |key: &str| frame.say(key);
    [
        Input::new(input::NAME, &label("form-name"), 1, NAME).value(&draft.name),
        Input::new(input::ALIASES, &label("form-aliases"), 0, ALIASES)
            .hint(&label("form-aliases-hint"))
            .value(&draft.aliases),
        Input::new(input::TAGLINE, &label("form-tagline"), 0, TAGLINE)
            .hint(&label("form-tagline-hint"))
            .value(&draft.tagline),
        Input::new(input::DESCRIPTION, &label("form-description"), 0, DESCRIPTION)
            .hint(&label("form-description-hint"))
            .value(&draft.description)
            .long(),
        Input::new(input::LINK, &label("form-link"), 0, LINK)
            .hint(&label("form-link-hint"))
            .value(&draft.link),
    ]
}
