// Round pictures of people: a letter on one of six colours, and a picture for the bot.

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
  // The first sign that can be seen: a name may begin with one that only turns the direction.
  box.textContent = /[\p{L}\p{N}]|\p{Extended_Pictographic}/u.exec(name)?.[0].toUpperCase() ?? "?";
  return box;
}

/** Always the same for one account. Discord takes the moment it was made; here many are made in the same. */
function colour(id) {
  return [...id].reduce((sum, digit) => (sum * 31 + Number(digit)) % 997, 7) % 6;
}
