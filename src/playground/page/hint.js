// What to try: shown at the first visit, later with the button "?". And the keys.

import { write } from "./composer.js";
import { byId, fill, h, icon } from "./dom.js";
import { inform } from "./notice.js";
import { go } from "./place.js";
import { on, once, state } from "./store.js";
import { recall, remember } from "./theme.js";

const KEY = "tiebreaker.hint";
const USUAL = [
  { say: "/compare", why: "Two names, half-remembered is fine. Then react with 🚢 or ⏭️ on the cards." },
  { say: "@Tiebreaker A vs B", why: "Ask in a sentence." },
];
const KEYS = [
  ["Tab, Shift+Tab", "from part to part"],
  ["Arrow keys", "from message to message, in menus and lists"],
  ["Enter", "send; take a suggestion; open a message's menu"],
  ["Esc", "close, or leave a command"],
  ["Arrow up in an empty field", "change your last message"],
  ["/ and @", "commands, people"],
];

/** Shows it at the first visit and wires the button. It takes less room as soon as something was tried. */
export function startHint() {
  on("messages", ({ id, isNew }) => {
    const message = isNew && state.messages.get(id);
    if (message && (message.author === state.me || message.answers?.user === state.me)) beBrief();
  });
  byId("help").addEventListener("click", () => (byId("hint").hidden ? open(true) : dismiss()));
  if (recall(KEY) !== "read") open(false);
}

function open(withKeys) {
  const suggestions = state.info.try?.length > 0 ? state.info.try : USUAL;
  fill(
    byId("hint"),
    h(
      "div",
      { class: "hint-head" },
      h("strong", { text: "A few things to try" }),
      h(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": "Close the hint",
          data: { role: "hint-close" },
          on: { click: dismiss },
        },
        icon("close"),
      ),
    ),
    h(
      "ul",
      {},
      suggestions.map(({ say, why }) =>
        h(
          "li",
          {},
          h("button", { type: "button", class: "try", text: say, on: { click: () => attempt(say) } }),
          h("span", { text: ` ${why}` }),
        ),
      ),
    ),
    h("p", {
      class: "subtext",
      text: "The bot is the real one; this Discord is a small copy on your machine. To be somebody else, choose below the channels, or open a second tab.",
    }),
    withKeys &&
      h(
        "dl",
        { class: "keys" },
        KEYS.map(([key, what]) => [h("dt", { text: key }), h("dd", { text: what })]),
      ),
  );
  byId("hint").classList.remove("brief");
  byId("hint").hidden = false;
}

const beBrief = () => byId("hint").classList.add("brief");

function attempt(say) {
  beBrief();
  remember(KEY, "read");
  const reactions = [...document.querySelectorAll(`button[data-emoji="${CSS.escape(say)}"]`)];
  if (reactions.length > 0) {
    reactions.at(-1).scrollIntoView({ block: "center" });
    reactions.at(-1).focus();
    return;
  }
  const command = /^\/(\S+)$/.exec(say)?.[1];
  const moderator = state.info.people.find((person) => person.role === "moderator");
  if (
    command &&
    moderator &&
    moderator.id !== state.me &&
    !state.commands.some((known) => known.name === command)
  ) {
    go(moderator.id);
    inform(`You are ${moderator.name} now: this is a moderator's command.`);
    const later = () => (state.commands.length > 0 ? write(`${say} `) : false);
    once("commands", later);
    return;
  }
  write(command ? `${say} ` : say);
}

function dismiss() {
  byId("hint").hidden = true;
  remember(KEY, "read");
  // On a touch screen that would bring up the keyboard.
  if (matchMedia("(pointer: fine)").matches) byId("composer").focus();
}
