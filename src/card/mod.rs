//! Our own card type, built from a comparison with the texts of a language. Discord's limits live here in one place.
//! May use `domain` and `text`.
//!
//! ```text
//! domain values ── a builder ──> Card ──┬── embed::fit      strings within Discord's limits, Markdown escaped
//!                  (head_to_head,       ├── embed::content  the same as one message text, where embeds may not stand
//!                   tool, reviews, …)   └── plain           lines for a terminal, styled by whoever prints them
//! ```
//!
//! A [`Card`] holds [`Rich`] text: what is said and in which style, never Markdown. Whatever people typed or a catalog
//! holds goes in raw; it is made harmless when a card is written out, in the way of the place where it will stand. So no
//! builder can forget to escape, and nothing pings anybody.
//!
//! | file | what |
//! | --- | --- |
//! | [`rich`], [`escape`] | styled text; what makes foreign text harmless |
//! | [`limits`] | Discord's numbers, and cutting to them |
//! | [`embed`], [`plain`] | the two ways out |
//! | [`parts`] | buttons, menus and forms as data |
//! | [`words`] | scores, prices and names as they stand on every card |
//! | [`head_to_head`], [`tool`], [`reviews`] | the cards people come for |
//! | [`form`], [`history`], [`moderation`], [`recount`] | what moderators type and see |
//! | [`find`], [`notice`], [`help`], [`list`] | all others |

pub mod embed;
pub mod escape;
pub mod find;
pub mod form;
pub mod head_to_head;
pub mod help;
pub mod history;
pub mod limits;
pub mod list;
pub mod moderation;
pub mod notice;
pub mod parts;
pub mod plain;
pub mod recount;
pub mod reviews;
pub mod rich;
pub mod tool;
pub mod words;

pub use parts::{Button, ButtonStyle, Form, Input, Menu, MenuOption, Row};
pub use rich::{Rich, Span, Style};
pub use words::{Frame, Votes, Voting};

/// One answer of ours: what an embed shows, what can be pressed below it, and who sees it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Card {
    /// Colour of the edge.
    pub colour: Colour,
    /// Headline; one line.
    pub title: Rich,
    /// Where the headline leads. Only `https://` and `http://` addresses are written out.
    pub link: Option<String>,
    /// The text below the headline.
    pub body: Rich,
    /// Sections, in the order in which they stand.
    pub fields: Vec<Field>,
    /// Small print. Styles are not shown there.
    pub footer: Rich,
    /// Buttons and menus.
    pub rows: Vec<Row>,
    /// Whether only the asker may see it.
    pub private: bool,
}

/// A section of a card.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Its heading.
    pub name: Rich,
    /// Its text.
    pub value: Rich,
    /// Whether it may stand beside its neighbours. Phones put it below them all the same.
    pub inline: bool,
    /// When a message is too long for Discord, fields with the highest number go first, all of one number together (no
    /// tool keeps its quotes when another loses its own). Fields with 0 stay and are cut instead.
    pub drop_order: u8,
}

/// What a card's edge says at a glance. A hint only: nothing depends on seeing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Leans to ship.
    Ship,
    /// Leans to skip.
    Skip,
    /// Panel and community disagree, or something is to be decided.
    Attention,
    /// Something did not work.
    Trouble,
}

impl Colour {
    /// As red, green and blue, 0 to `0xFF_FF_FF`. Readable on Discord's light and dark ground.
    #[must_use]
    pub const fn rgb(self) -> u32 {
        match self {
            Self::Neutral => 0x4A_6F_A5,
            Self::Ship => 0x2E_8B_6F,
            Self::Skip => 0x8A_6D_5B,
            Self::Attention => 0xC9_8A_1B,
            Self::Trouble => 0xB5_48_48,
        }
    }
}
