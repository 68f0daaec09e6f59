// Short words outside the channel: what was refused, and what a screen reader should say.

import { byId, h, icon } from "./dom.js";

const STAYS_MS = 8_000;

/** Says that something was not done. */
export const complain = (words) => note("notice", "alert", words);

/** Says what has happened without being asked for in so many words. */
export const inform = (words) => note("notice calm", "status", words);

function note(look, role, words) {
  const gone = () => element.remove();
  const element = h(
    "div",
    { class: look, role },
    h("span", { text: words }),
    h(
      "button",
      { type: "button", class: "plain", "aria-label": "Close", on: { click: gone } },
      icon("close"),
    ),
  );
  byId("notices").append(element);
  setTimeout(gone, STAYS_MS);
}

let timer = 0;
let waiting = [];

/** Has a screen reader say it, when it has finished what it says now. */
export function announce(words) {
  waiting.push(words);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const line = h("p", { text: waiting.map((one) => one.replace(/\.$/, "")).join(". ") });
    waiting = [];
    const region = byId("announcer");
    region.append(line);
    while (region.children.length > 5) region.firstChild.remove();
  }, 150);
}
