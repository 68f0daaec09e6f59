// The one stream of events of this tab. It comes back by itself after a fault, and it rests while the tab is hidden:
// browsers keep six connections to a host, so ten tabs would otherwise leave none for commands.

import * as api from "./api.js";
import {
  addTraffic,
  setCommands,
  setFaults,
  setMessage,
  setMessages,
  setStream,
  setTyping,
  setWorld,
  state,
} from "./store.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
const REST_AFTER_MS = 3_000;
const TYPING_MS = 8_000;
/** Failures in a row after which it has probably been ended. */
const STOPPED_AFTER = 3;

let source = null;
let wait = FIRST_WAIT_MS;
let timer = 0;
let resting = 0;
let failures = 0;

/** Opens the stream for the present person and channel, in place of the one before. */
export function openStream() {
  close();
  if (failures === 0) setStream("opening");
  const query = new URLSearchParams({ as: state.me, channel: state.channel });
  const opened = new EventSource(`/play/events?${query}`);
  source = opened;
  const hear = (name, listener) =>
    opened.addEventListener(name, (event) => {
      if (source === opened) listener(JSON.parse(event.data));
    });
  hear("view", ({ messages }) => {
    wait = FIRST_WAIT_MS;
    failures = 0;
    setStream("open");
    setMessages(messages);
  });
  hear("message", ({ id, message }) => setMessage(id, message));
  hear("world", refreshWorld);
  hear("commands", refreshCommands);
  hear("traffic", (rows) => addTraffic(Array.isArray(rows) ? rows : [rows]));
  hear("faults", setFaults);
  hear("typing", ({ user, name }) => user !== state.me && setTyping(user, name, TYPING_MS));
  opened.addEventListener("error", () => {
    if (source !== opened) return;
    close();
    failures += 1;
    setStream(failures < STOPPED_AFTER ? "lost" : "stopped");
    timer = setTimeout(comeBack, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
}

async function comeBack() {
  const info = await api.info().catch(() => null);
  // Another run, with another server and other people: begin anew.
  if (info && info.server.id !== state.info.server.id) {
    location.reload();
    return;
  }
  // What was missed besides messages is read anew.
  if (info) await Promise.all([refreshWorld(), refreshCommands()]);
  if (!document.hidden) openStream();
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** Reads who and what is there. */
export async function refreshWorld() {
  const world = await api.world().catch(() => null);
  if (world) setWorld(world);
}

/** Reads which commands this person is offered here. */
export async function refreshCommands() {
  const { me, channel } = state;
  const offered = await api.control({ do: "commands", as: me, channel }).catch(() => null);
  if (offered && me === state.me && channel === state.channel) setCommands(offered.commands);
}

/** Reconnects at once instead of waiting. */
export function reconnectNow() {
  wait = FIRST_WAIT_MS;
  clearTimeout(timer);
  comeBack();
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(resting);
  if (document.hidden) resting = setTimeout(close, REST_AFTER_MS);
  else if (!source) comeBack();
});
addEventListener("pagehide", close);
// A page that the browser had put aside and shows again.
addEventListener("pageshow", (event) => event.persisted && !source && comeBack());
