//! The forms that moderators fill in. A form opens with what was typed before: nothing is lost on an error.

use super::{
    parts::{Form, Input},
    words::Frame,
};
use crate::domain::{compare::ToolView, tool::Tool};

/// Ids of the inputs, by which they come back.
pub mod input {
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
}

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

/// The form for the quote of a review.
#[must_use]
pub fn review(id: &str, tool: &str, quote: &str, frame: &Frame) -> Form {
    let title = frame.text.get("form-review-title", &[("tool", tool.into())]);
    let input = Input::new(input::QUOTE, &frame.say("form-quote"), 1, QUOTE)
        .hint(&frame.say("form-quote-hint"))
        .value(quote)
        .long();
    Form::new(id, &title, [input])
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
