// Round pictures of people: a letter on the colour that Discord would give the account, and a picture for the bot.

import { h } from "./dom.js";
import { isBot } from "./world.js";

/** The picture of a person; decoration beside a name. */
export function avatar(id, name, size = "") {
  const box = h("span", { class: `avatar ${size}`.trim(), "aria-hidden": "true" });
  if (isBot(id)) {
    box.append(h("img", { src: "/page/icon.svg", alt: "", draggable: "false" }));
    return box;
  }
  box.classList.add(`colour-${colour(id)}`);
  box.textContent = [...name.trim()][0]?.toUpperCase() ?? "?";
  return box;
}

/** Discord picks one of six by the time at which the account was made. */
function colour(id) {
  try {
    return Number((BigInt(id) >> 22n) % 6n);
  } catch {
    return 0;
  }
}
