//! All reviews of a tool in full, page by page.

use super::{
    Button, Card, Field, Row, limits,
    rich::{self, Rich, Style},
    words::{self, Frame},
};
use crate::domain::{
    compare::{SpokenReview, ToolView},
    review::Scope,
};

/// Reviews on a page; fewer when they are long.
const ON_A_PAGE: usize = 5;

/// Length at which a page is full. With titles and names it stays below what Discord takes in a message.
const PAGE_UNITS: usize = 4_800;

/// One page of all reviews, for the asker only. Pages count from 0; a page past the last is the last.
///
/// `page_id` makes the id of the button that leads to a page.
#[must_use]
pub fn reviews(view: &ToolView, page: usize, page_id: impl Fn(usize) -> String, frame: &Frame) -> Card {
    let pages = pages(view, frame);
    let last = pages.len().saturating_sub(1);
    let page = page.min(last);
    let fields = pages.into_iter().nth(page).unwrap_or_default();
    let text = frame.text;
    let body = if fields.is_empty() { Rich::plain(&frame.say("tool-no-reviews")) } else { Rich::default() };
    let mut footer = Rich::default();
    if view.panel.base.total() > 0 {
        footer.line(Rich::plain(&frame.say("panel-note")));
    }
    Card {
        title: Rich::plain(&text.get("reviews-title", &[("tool", (&view.tool.name).into())])),
        body,
        fields,
        footer: turned(footer, page, last, frame),
        rows: page_buttons(page, last, page_id, frame),
        private: true,
        ..Card::default()
    }
}

/// The small print with the number of the page, when there are several.
pub(super) fn turned(mut footer: Rich, page: usize, last: usize, frame: &Frame) -> Rich {
    if last > 0 {
        let args = [("page", (page + 1).into()), ("pages", (last + 1).into())];
        footer.line(Rich::plain(&frame.text.get("reviews-page", &args)));
    }
    footer
}

/// Back and next, when there are several pages.
pub(super) fn page_buttons(
    page: usize,
    last: usize,
    id: impl Fn(usize) -> String,
    frame: &Frame,
) -> Vec<Row> {
    if last == 0 {
        return Vec::new();
    }
    // A button that leads nowhere still needs an id of its own.
    let back = Button::new(&frame.say("page-previous"), id(page.checked_sub(1).unwrap_or(last + 1)))
        .enabled(page > 0);
    let next = Button::new(&frame.say("page-next"), id(page + 1)).enabled(page < last);
    vec![Row::Buttons(vec![back, next])]
}

fn pages(view: &ToolView, frame: &Frame) -> Vec<Vec<Field>> {
    let mut pages: Vec<Vec<Field>> = Vec::new();
    let mut used = 0;
    for spoken in &view.reviews {
        let parts = review(spoken, frame);
        let length: usize = parts.iter().map(units).sum();
        let reviews_on_page = pages.last().map_or(0, Vec::len);
        if pages.is_empty() || used + length > PAGE_UNITS || reviews_on_page >= ON_A_PAGE {
            pages.push(Vec::new());
            used = 0;
        }
        used += length;
        if let Some(page) = pages.last_mut() {
            page.extend(parts);
        }
    }
    pages
}

fn units(field: &Field) -> usize {
    limits::units(&field.name.markdown(usize::MAX)) + limits::units(&field.value.markdown(usize::MAX))
}

/// Who, when, and the quote in full: in several fields when one cannot hold it.
fn review(spoken: &SpokenReview, frame: &Frame) -> Vec<Field> {
    let text = frame.text;
    let mark = words::emoji(spoken.review.verdict);
    let mut name = format!("{mark} {} · {}", spoken.reviewer.name, text.date(spoken.review.date));
    if spoken.scope == Scope::Server {
        name = format!("{name} · {}", frame.say("reviews-from-server"));
    }
    let quote = text.get("format-quote", &[("text", super::escape::clean(&spoken.review.quote).into())]);
    let mut fields = Vec::new();
    for part in rich::split_to_fit(&quote, limits::FIELD_VALUE) {
        let name = if fields.is_empty() { Rich::plain(&name) } else { Rich::plain(limits::ELLIPSIS) };
        fields.push(Field { name, value: Rich::styled(&part, Style::Plain), inline: false, drop_order: 0 });
    }
    fields
}
