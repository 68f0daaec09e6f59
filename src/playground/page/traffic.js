// What the bot sent to the simulator, newest first.

import { byId, h } from "./dom.js";
import { on, state } from "./store.js";
import { full } from "./time.js";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const rows = new Map();

/** Wires the list. */
export function startTraffic() {
  on("traffic", draw);
  draw();
}

function draw() {
  const list = byId("traffic");
  const kept = new Set(state.traffic.map((row) => row.number));
  for (const [number, element] of rows) {
    if (kept.has(number)) continue;
    element.remove();
    rows.delete(number);
  }
  for (const row of state.traffic) {
    if (rows.has(row.number)) continue;
    const element = draw1(row);
    rows.set(row.number, element);
    list.prepend(element);
  }
  byId("traffic-sum").textContent =
    state.traffic.length === 0 ? "Nothing yet." : `The last ${state.traffic.length} requests, ${sum()}`;
}

/** What did not go through at once. A 429 is no fault: it is sent again when its time has come. */
function sum() {
  const count = (fits) => state.traffic.filter(({ status }) => fits(status)).length;
  const parts = [
    [count((status) => status === 429), "told to wait"],
    [count((status) => status >= 400 && status !== 429), "refused"],
    [count((status) => status === 0), "cut"],
  ].filter(([number]) => number > 0);
  return parts.length === 0 ? "none refused" : parts.map(([number, what]) => `${number} ${what}`).join(", ");
}

function draw1({ number, at, method, path, status, ms }) {
  const kind = status === 0 || status >= 500 ? "broken" : status >= 400 ? "refused" : "good";
  return h(
    "li",
    { class: "request", data: { number: String(number), status: String(status) } },
    h("span", { class: `method ${method.toLowerCase()}`, text: method }),
    h("span", { class: "what", text: inWords(method, readablePath(path)) }),
    h("span", { class: "path", title: `${readablePath(path)} · ${full(at)}`, text: shortPath(path) }),
    h("span", { class: `status ${kind}`, text: status === 0 ? "cut" : String(status) }),
    h("span", { class: "took", text: `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` }),
    h("time", { class: "at", text: TIME.format(at) }),
  );
}

/** Method and a pattern of the path → what the bot does with it. */
const WORDS = [
  ["POST", /^\/interactions\/.*\/callback/, () => "answers"],
  ["POST", /^\/webhooks\//, () => "adds to its answer"],
  ["PATCH", /^\/webhooks\//, () => "changes its answer"],
  ["DELETE", /^\/webhooks\//, () => "takes an answer back"],
  ["PUT", /\/reactions\/([^/?]+)\/@me/, (emoji) => `reacts ${emoji}`],
  ["GET", /\/reactions\/([^/?]+)/, (emoji) => `reads who reacted ${emoji}`],
  ["DELETE", /\/reactions\//, () => "takes a reaction away"],
  ["POST", /^\/channels\/\d+\/messages$/, () => "writes a message"],
  ["PATCH", /^\/channels\/\d+\/messages\/\d+$/, () => "brings a card up to date"],
  ["GET", /^\/channels\/\d+\/messages/, () => "reads messages"],
  ["DELETE", /^\/channels\/\d+\/messages\//, () => "deletes a message"],
  ["GET", /^\/gateway/, () => "asks for the gateway"],
  ["GET", /^\/applications\/.*commands/, () => "reads its commands"],
  ["PUT", /^\/applications\/.*commands/, () => "registers its commands"],
  ["GET", /^\/(users\/@me|oauth2|applications\/@me)/, () => "asks who it is"],
  ["GET", /^\/(guilds|channels)\//, () => "looks at the server"],
];

function inWords(method, path) {
  for (const [verb, pattern, words] of WORDS) {
    const found = verb === method && pattern.exec(path);
    if (found) return words(found[1]);
  }
  return "asks something else";
}

function readablePath(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Long numbers say little: their last four digits tell them apart. */
const shortPath = (path) =>
  readablePath(path)
    .replace(/^\/channels\/\d+\/(?=.)/, "…/")
    .replace(/\d{13,}/g, (id) => `…${id.slice(-4)}`)
    .replace(/\?.*$/, "");
