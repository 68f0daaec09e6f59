// Two quiet lines: whether this page still hears from the simulator, and who is typing.

import { byId, fill, h } from "./dom.js";
import { on, state } from "./store.js";
import { reconnectNow } from "./stream.js";

/** Wires both. */
export function startStatus() {
  on("stream", showStream);
  on("typing place", showTyping);
  setInterval(showTyping, 1_000);
}

function showStream() {
  const words = {
    lost: "Connection lost. Trying again…",
    stopped:
      "The playground has stopped. Start `tiebreaker play` again with the same port and this page goes on.",
  }[state.stream];
  const note = byId("lost");
  note.hidden = !words;
  if (!words) note.replaceChildren();
  else
    fill(
      note,
      h("span", { text: words }),
      h("button", { type: "button", class: "linkish", text: "Try now", on: { click: reconnectNow } }),
    );
}

let shown = "";

function showTyping() {
  const now = Date.now();
  for (const [user, { until }] of state.typing) if (until < now) state.typing.delete(user);
  const who = [...state.typing.values()].map((one) => one.name);
  const words =
    who.length === 0
      ? ""
      : who.length > 3
        ? "Several people are typing…"
        : `${list(who)} ${who.length === 1 ? "is" : "are"} typing…`;
  if (words === shown) return;
  shown = words;
  fill(
    byId("typing"),
    words && h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    words && h("span", { text: words }),
  );
}

const list = (names) => new Intl.ListFormat("en", { type: "conjunction" }).format(names);
