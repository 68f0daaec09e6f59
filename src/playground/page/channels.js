// The list of channels and threads that this person sees, and the head of the one on show.

import { byId, fill, h } from "./dom.js";
import { closeDrawers } from "./drawers.js";
import { go } from "./place.js";
import { address } from "./route.js";
import { on, state } from "./store.js";
import { channel, isThread, server, visibleChannels } from "./world.js";

/** Wires both. */
export function startChannels() {
  on("world place", draw);
}

function draw() {
  // The channel on show may be gone, or closed to this person.
  const seen = visibleChannels().flatMap((place) => [place, ...place.threads]);
  if (state.channel && seen.length > 0 && !seen.some((place) => place.channel === state.channel)) {
    go(state.me, seen[0].channel);
    return;
  }
  const name = server()?.name ?? "Tiebreaker";
  byId("server-name").textContent = name;
  byId("rail-server").textContent = name
    .split(/\s+/)
    .map((word) => [...word][0])
    .join("")
    .slice(0, 3);
  const had = document.activeElement?.dataset?.channelId;
  fill(
    byId("channels"),
    visibleChannels().map((place) =>
      h(
        "li",
        {},
        entry(place, "#"),
        place.threads.length > 0 &&
          h(
            "ul",
            { class: "threads" },
            place.threads.map((thread) => h("li", {}, entry(thread, "└"))),
          ),
      ),
    ),
  );
  if (had)
    byId("channels")
      .querySelector(`[data-channel-id="${CSS.escape(had)}"]`)
      ?.focus();
  const here = channel();
  byId("channel-name").textContent = here?.name ?? "";
  byId("channel-topic").textContent = here?.topic ?? "";
  byId("messages").setAttribute("aria-label", `Messages in #${here?.name ?? ""}`);
  beginning(here);
}

function entry(place, sign) {
  const here = place.channel === state.channel;
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    closeDrawers();
    if (!here) go(state.me, place.channel);
  };
  return h(
    "a",
    {
      class: "channel",
      href: address(state.me, place.channel),
      "aria-current": here ? "page" : null,
      data: { channelId: place.channel },
      on: { click: open },
    },
    h("span", { class: "hash", "aria-hidden": "true", text: sign }),
    h("span", { class: "channel-text", text: place.name }),
  );
}

/** The first words of a channel, above its first message. */
function beginning(here) {
  if (!here) return;
  fill(
    byId("beginning"),
    h("span", { class: "beginning-sign", "aria-hidden": "true", text: "#" }),
    h("h2", { text: isThread(here) ? here.name : `Welcome to #${here.name}` }),
    h("p", {
      text: here.topic || `This is the start of the #${here.name} ${isThread(here) ? "thread" : "channel"}.`,
    }),
  );
}
