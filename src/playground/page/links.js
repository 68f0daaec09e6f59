// Links. Those to messages and channels of Discord stay in this page, as they do in Discord; others open beside it.

import { h } from "./dom.js";
import { goTo } from "./message.js";
import { go } from "./place.js";
import { address } from "./route.js";
import { once, state } from "./store.js";
import { channel } from "./world.js";

const INTERNAL = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?\/?$/;

/** Where a link leads within this server: `{place, message}`; null for every other one. */
function inside(href) {
  const found = INTERNAL.exec(href ?? "");
  const place = found && channel(found[1]);
  return place ? { place, message: found[2] } : null;
}

function visit({ place, message }) {
  if (place.channel !== state.channel) {
    go(state.me, place.channel);
    if (message) once("messages", ({ whole }) => (whole ? goTo(message) : false));
  } else if (message) goTo(message);
}

/** A link with these children. `more`: further properties of the element, see `h`. */
export function link(href, children, more = {}) {
  const known = inside(href);
  if (!known) {
    return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...more }, children);
  }
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    visit(known);
  };
  return h("a", { href: address(state.me, known.place.channel), ...more, on: { click: follow } }, children);
}

/** How Discord writes a bare address of its own messages and channels; null for every other one. */
export function shortLink(href) {
  const known = inside(href);
  if (!known) return null;
  return link(href, `#${known.place.name}${known.message ? " › 💬" : ""}`, { class: "mention" });
}

/** A link where the address may be of any kind: only http and https lead anywhere. */
export function safeLink(href, children, more = {}) {
  return /^https?:\/\//i.test(href ?? "") ? link(href, children, more) : h("span", more, children);
}
