// Faults on purpose, so that one can watch votes survive; and how the bot's connection stands.

import * as api from "./api.js";
import { byId, h } from "./dom.js";
import { announce, complain } from "./notice.js";
import { on, state } from "./store.js";

const OFFLINE_S = 15;
const STORM = 20;

const FAULTS = [
  {
    name: "drop",
    label: "Drop the socket",
    why: "The bot resumes its session and misses nothing.",
    run: () => api.fault({ fault: "drop" }),
  },
  {
    name: "offline",
    label: `Offline for ${OFFLINE_S} s`,
    why: "Vote meanwhile. Afterwards the bot compares its cards with the channel and your votes count.",
    run: () => api.fault({ fault: "offline", seconds: OFFLINE_S }),
  },
  {
    name: "storm",
    label: "429 storm",
    why: `The next ${STORM} requests are told to wait. Everything arrives, later.`,
    run: () => api.fault({ fault: "storm", requests: STORM }),
  },
];
const MORE = [
  {
    name: "late",
    label: "Late answer",
    why: "The next answer to a command takes four seconds, so it fails as in Discord.",
    run: () => rest({ fault: "slow", ms: 4_000, path: "/callback", times: 1 }),
  },
  {
    name: "errors",
    label: "Server errors",
    why: "The next five requests for channels fail with 503.",
    run: () => rest({ fault: "status", status: 503, path: "/channels/", times: 5 }),
  },
  {
    name: "lose",
    label: "Lose a reaction",
    why: "The bot never hears of the next reaction. A quiet minute later it reads the card and counts it.",
    run: () => event({ event: "MESSAGE_REACTION_ADD", fault: "lose", times: 1 }),
  },
  {
    name: "swap",
    label: "Swap two reactions",
    why: "The next reaction arrives after the one behind it.",
    run: () => event({ event: "MESSAGE_REACTION_ADD", fault: "swap", times: 1 }),
  },
];

const rest = (rule) => api.control({ do: "rest_fault", rule });
const event = (rule) => api.control({ do: "event_fault", rule });

/** Draws the buttons and keeps the standing fresh. */
export function startFaults() {
  byId("faults").append(
    h("ul", { class: "fault-list" }, FAULTS.map(entry)),
    h(
      "details",
      { class: "fault-more" },
      h("summary", { text: "More" }),
      h("ul", { class: "fault-list" }, MORE.map(entry)),
    ),
    h("button", {
      type: "button",
      class: "button secondary",
      text: "End all faults",
      data: { fault: "clear" },
      on: { click: (press) => run(press.currentTarget, () => api.fault({ fault: "clear" })) },
    }),
    h("p", { class: "fault-standing", id: "fault-standing" }),
  );
  on("faults stream", show);
  setInterval(show, 1_000);
  const { version, data } = state.info;
  byId("run-note").textContent =
    `Tiebreaker ${version}. ${data ? `Kept in ${data}.` : "Nothing is kept: each run begins fresh."} Nothing leaves this machine.`;
}

function entry(fault) {
  return h(
    "li",
    { class: "fault" },
    h("button", {
      type: "button",
      class: "button secondary",
      text: fault.label,
      "aria-describedby": `why-${fault.name}`,
      data: { fault: fault.name },
      on: { click: (press) => run(press.currentTarget, fault.run) },
    }),
    h("p", { id: `why-${fault.name}`, text: fault.why }),
  );
}

async function run(button, start) {
  button.disabled = true;
  try {
    await start();
  } catch (error) {
    complain(error instanceof api.NotDone ? error.words : String(error));
  } finally {
    button.disabled = false;
  }
}

let said = "";

function show() {
  const { connected, offline_until: until, storm_left: storm } = state.faults;
  const left = until ? Math.max(0, Math.ceil((until - Date.now() - state.clockAhead) / 1_000)) : 0;
  const element = byId("connection");
  // While nothing is heard, nobody knows how the bot is.
  const deaf = state.stream === "lost" || state.stream === "stopped";
  const words = deaf ? "No connection" : connected ? "Bot connected" : "Bot disconnected";
  element.dataset.connected = String(connected && !deaf);
  if (byId("connection-text").textContent !== words) byId("connection-text").textContent = words;
  const parts = [
    left > 0 && `Kept offline for ${left} s more.`,
    storm > 0 && `${storm} more requests will be told to wait.`,
  ]
    .filter(Boolean)
    .join(" ");
  if (parts === said) return;
  byId("fault-standing").textContent = parts;
  // The seconds are for eyes; ears are told that it begins and that it is over.
  if (said === "") announce(parts);
  else if (parts === "") announce("The faults are over");
  said = parts;
}
