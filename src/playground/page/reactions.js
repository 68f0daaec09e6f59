// Reactions below a message, and choosing one to add.

import { h, icon } from "./dom.js";
import { act } from "./interactions.js";
import { announce } from "./notice.js";
import { closePopup, openPopup } from "./popup.js";
import { permissions } from "./world.js";

/** Names for screen readers; others are read by their sign. */
const NAMES = {
  "🚢": "ship",
  "⏭️": "skip",
  "⏭": "skip",
  "👍": "thumbs up",
  "👎": "thumbs down",
  "❤️": "heart",
  "🎉": "party",
  "👀": "eyes",
  "😂": "laughing",
  "🤔": "thinking",
  "🔥": "fire",
  "✅": "check mark",
};
const OFFERED = [
  "🚢",
  "⏭️",
  "👍",
  "👎",
  "❤️",
  "🎉",
  "👀",
  "😂",
  "🤔",
  "🔥",
  "✅",
  "🚀",
  "💯",
  "🙏",
  "😮",
  "😢",
];

const named = (emoji) => NAMES[emoji] ?? emoji;

/** The row of reactions, with the button that adds one; nothing when there is none. */
export function drawReactions(message) {
  if (message.reactions.length === 0) return null;
  return h(
    "div",
    { class: "reactions", role: "group", "aria-label": "Reactions" },
    message.reactions.map((reaction) => chip(message, reaction)),
    message.ephemeral || adder(message, "reaction-add", `${message.id}/react-below`),
  );
}

function chip(message, { emoji, count, burst, me, me_burst: meBurst, names = [] }) {
  const mine = me || meBurst;
  const people = count === 1 ? "1 reaction" : `${count} reactions`;
  return h(
    "button",
    {
      type: "button",
      class: burst > 0 ? "reaction burst" : "reaction",
      "aria-pressed": String(mine),
      "aria-label": `${named(emoji)}: ${people}${mine ? ", yours among them" : ""}`,
      title: `${who(names, count)} reacted with ${named(emoji)}`,
      data: { emoji, count: String(count), key: `${message.id}/${emoji}` },
      on: { click: () => toggle(message, emoji, !mine, !me && meBurst) },
    },
    h("span", { class: "reaction-emoji", text: emoji, "aria-hidden": "true" }),
    h("span", { class: "reaction-count", text: String(count), "aria-hidden": "true" }),
  );
}

function who(names, count) {
  const rest = count - names.length;
  const all = rest > 0 ? [...names, `${rest} more`] : names;
  return all.length > 0 ? new Intl.ListFormat("en").format(all) : String(count);
}

async function toggle(message, emoji, stands, burst) {
  const done = await act({ do: "react", message: message.id, emoji, stands, burst });
  if (done) announce(stands ? `You reacted with ${named(emoji)}` : `You took ${named(emoji)} back`);
}

/** The button that opens the choice of emoji. */
export function adder(message, className, key) {
  const element = h(
    "button",
    {
      type: "button",
      class: className,
      "aria-label": "Add a reaction",
      title: "Add a reaction",
      "aria-haspopup": "true",
      data: { key },
      on: { click: () => chooseReaction(element, message) },
    },
    icon("smile"),
  );
  return element;
}

/** Opens the choice of emoji for a message. */
export function chooseReaction(anchor, message) {
  const react = (emoji) => {
    closePopup();
    const mine = message.reactions.find((known) => known.emoji === emoji)?.me;
    toggle(message, emoji, !mine, false);
  };
  const other = h("input", {
    type: "text",
    class: "emoji-other",
    placeholder: "or any emoji, then Enter",
    "aria-label": "Any other emoji",
    maxlength: "40",
    autocomplete: "off",
  });
  other.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && other.value.trim()) react(other.value.trim());
  });
  const grid = h(
    "div",
    { class: "emoji-grid" },
    OFFERED.map((emoji) =>
      h("button", {
        type: "button",
        class: "emoji-choice",
        "aria-label": named(emoji),
        text: emoji,
        data: { choice: emoji },
        on: { click: () => react(emoji) },
      }),
    ),
  );
  const box = h(
    "div",
    { class: "emoji-box", role: "dialog", "aria-label": "Choose a reaction" },
    permissions().has("ADD_REACTIONS")
      ? null
      : h("p", { class: "subtext", text: "You may not add new reactions in this channel." }),
    grid,
    other,
  );
  box.addEventListener("keydown", (event) => {
    const all = [...grid.children];
    const at = all.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (event.key === "Escape") {
      event.stopPropagation();
      closePopup();
    } else if (step && at >= 0) {
      event.preventDefault();
      (all[at + step] ?? other).focus();
    }
  });
  // Below a message the button stands at the start of the line, in its bar at the end.
  if (!(anchor instanceof Element) || anchor.closest(".toolbar")) box.dataset.end = "yes";
  openPopup(anchor, box);
  grid.firstChild.focus();
}
