// The list above the composer: commands, choices for an option, people to mention. It never has the focus itself;
// the field that one types in keeps it and names the active entry (`aria-activedescendant`).

import { byId, fill, h } from "./dom.js";
import { announce } from "./notice.js";

/** The list's greatest height, and what is left free above and below it, in pixels. */
const HIGHEST = 416;
const AROUND = 16;

let box;
let owner = null;
let entries = [];
let active = -1;
let told = 0;
let take = () => {};

/** Wires the list. */
export function startSuggestions() {
  box = byId("suggestions");
  // A press must not take the focus away from the field.
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  // Above many options, or an on-screen keyboard, there is less room.
  const grow = () => {
    const room = box.parentElement.getBoundingClientRect().top - AROUND;
    box.style.maxHeight = `${Math.min(HIGHEST, room)}px`;
  };
  new ResizeObserver(grow).observe(box.parentElement);
  addEventListener("resize", grow);
}

/**
 * Shows entries `{data, sign, main, hint, side, value}` for a field. `active` is the entry that Enter takes: 0, or -1
 * for none until an arrow key is pressed.
 */
export function showSuggestions(field, { label, head, hint, list, note, active: first = 0, onTake }) {
  if (owner && owner !== field) hideSuggestions();
  owner = field;
  entries = list;
  take = onTake;
  active = list.length > 0 ? Math.min(first, list.length - 1) : -1;
  const rows = list.map((entry, at) =>
    h(
      "div",
      {
        class: "suggestion",
        role: "option",
        id: `suggestion-${at}`,
        data: entry.data ?? {},
        "aria-selected": String(at === active),
        on: { click: () => takeEntry(at), pointermove: () => at !== active && setActive(at, false) },
      },
      entry.sign && h("span", { class: "suggestion-sign" }, entry.sign),
      h(
        "span",
        { class: "suggestion-text" },
        h("span", { class: "suggestion-main", text: entry.main }),
        entry.hint && h("span", { class: "suggestion-hint", text: entry.hint }),
      ),
      entry.side && h("span", { class: "suggestion-side", text: entry.side }),
    ),
  );
  fill(
    box,
    (head || hint) &&
      h(
        "div",
        { class: "suggestions-head" },
        head && h("strong", { text: head }),
        hint && h("span", { text: hint }),
      ),
    note && h("div", { class: "suggestions-note", role: "status", text: note }),
    h("div", { role: "listbox", id: "suggestion-list", class: "suggestion-list", "aria-label": label }, rows),
  );
  box.hidden = false;
  field.setAttribute("aria-controls", "suggestion-list");
  // A field of several lines has no such state in ARIA; for that one the number is told.
  if (field.hasAttribute("aria-expanded")) field.setAttribute("aria-expanded", String(list.length > 0));
  else if (list.length !== told) announce(list.length === 1 ? "1 suggestion" : `${list.length} suggestions`);
  told = list.length;
  mark();
}

/** Takes the list away. */
export function hideSuggestions() {
  if (!owner) return;
  if (owner.hasAttribute("aria-expanded")) owner.setAttribute("aria-expanded", "false");
  told = 0;
  owner.removeAttribute("aria-activedescendant");
  owner = null;
  entries = [];
  active = -1;
  box.hidden = true;
  box.replaceChildren();
}

/** Whether the list stands there for this field, be it empty. */
export const isShown = (field) => owner === field;

/**
 * What the list makes of a key: ArrowUp and ArrowDown move, Enter and Tab take the active entry, Escape closes.
 * True when the key is used up.
 */
export function suggestionKey(event, field) {
  if (!isShown(field) || event.isComposing) return false;
  if (event.key === "Escape") {
    hideSuggestions();
    return true;
  }
  if (entries.length === 0) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    const from = active < 0 && step < 0 ? 0 : active;
    setActive((from + step + entries.length) % entries.length);
    return true;
  }
  if (
    (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) &&
    active >= 0 &&
    !event.ctrlKey &&
    !event.metaKey
  ) {
    takeEntry(active);
    return true;
  }
  return false;
}

function takeEntry(at) {
  const entry = entries[at];
  const taking = take;
  hideSuggestions();
  taking(entry.value);
}

function setActive(at, scroll = true) {
  active = at;
  [...box.querySelectorAll("[role=option]")].forEach((row, index) =>
    row.setAttribute("aria-selected", String(index === at)),
  );
  mark(scroll);
}

function mark(scroll = true) {
  if (active < 0) {
    owner.removeAttribute("aria-activedescendant");
    return;
  }
  owner.setAttribute("aria-activedescendant", `suggestion-${active}`);
  if (scroll) byId(`suggestion-${active}`)?.scrollIntoView({ block: "nearest" });
}
