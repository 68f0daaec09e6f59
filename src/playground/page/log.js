// The messages of the channel: in order, grouped as Discord groups them, drawn anew only where something changed,
// kept at the end while one reads there. Arrow keys move from message to message.

import { byId, h } from "./dom.js";
import { drawLocal, drawMessage, repliesTo, spoken } from "./message.js";
import { menuOf } from "./message_menu.js";
import { announce } from "./notice.js";
import { readable } from "./rich.js";
import { on, state } from "./store.js";
import { day, sameDay } from "./time.js";
import { channel, server } from "./world.js";

const GROUP_MS = 7 * 60_000;
const NEAR_END = 60;
/** Small things that are reached with Tab in one message only. */
const EXTRAS = ".toolbar button, .reaction-add, button.above, pre";

let log;
let list;
let jump;
let rows = new Map();
let active = null;
let atEnd = true;
let unseen = 0;
let shownNames = "";

/** Wires the channel's messages. */
export function startLog() {
  log = byId("log");
  list = byId("messages");
  jump = byId("jump");
  on("messages", draw);
  on("world commands", () => {
    const now = JSON.stringify([
      server()?.members.map((member) => [member.user, member.name]),
      server()?.roles.map((role) => role.name),
      server()?.channels.map((place) => place.name),
      state.commands.map((command) => command.name),
    ]);
    if (now !== shownNames) draw({ names: true });
    shownNames = now;
  });
  log.addEventListener(
    "scroll",
    () => {
      atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
      setUnseen(atEnd ? 0 : unseen);
    },
    { passive: true },
  );
  jump.addEventListener("click", toEnd);
  // Pictures that arrive and panes that open change heights; who reads the end stays there.
  new ResizeObserver(() => atEnd && scrollDown()).observe(list);
  new ResizeObserver(() => atEnd && scrollDown()).observe(log);
  list.addEventListener("focusin", (event) => activate(event.target.closest("article")));
  list.addEventListener("keydown", keys);
  list.addEventListener("contextmenu", (event) => {
    const message = messageOf(event.target);
    if (!message || event.target.closest("a, img")) return;
    event.preventDefault();
    menuOf(event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : event.target, message);
  });
}

const messageOf = (element) => state.messages.get(element.closest("article")?.dataset.messageId);

function scrollDown() {
  log.scrollTop = log.scrollHeight;
}

function toEnd() {
  atEnd = true;
  scrollDown();
  setUnseen(0);
}

function setUnseen(count) {
  unseen = count;
  jump.hidden = atEnd;
  jump.textContent =
    count === 0 ? "Jump to the newest" : count === 1 ? "1 new message" : `${count} new messages`;
  document.title = `${count > 0 ? `(${count}) ` : ""}#${channel()?.name ?? ""} · Tiebreaker`;
}

/** What stands in the list, from top to bottom. */
function plan() {
  const wanted = [];
  // A command without an answer stays where it was sent; one that is on its way stands last.
  const local = state.local.map((line) => ({
    at: line.state === "failed" ? line.at + state.clockAhead : Infinity,
    row: { key: line.key, mark: line.state, make: () => drawLocal(line) },
  }));
  let before = null;
  let lastDay = 0;
  for (const message of state.messages.values()) {
    while (local[0]?.at < message.at_ms) {
      wanted.push(local.shift().row);
      before = null;
    }
    const newDay = !sameDay(lastDay, message.at_ms);
    lastDay = message.at_ms;
    if (newDay)
      wanted.push({ key: `day-${day(message.at_ms)}`, mark: "", make: () => divider(message.at_ms) });
    const follows =
      !newDay &&
      before?.author === message.author &&
      !message.reply_to &&
      !message.answers &&
      before.ephemeral === message.ephemeral &&
      message.at_ms - before.at_ms < GROUP_MS;
    const target = state.messages.get(repliesTo(message));
    wanted.push({
      key: message.id,
      message,
      use: state.uses.get(message.id),
      mark: `${follows} ${target?.content ?? target?.embeds[0]?.title ?? ""}`,
      make: () => drawMessage(message, follows),
    });
    before = message;
  }
  return [...wanted, ...local.map((one) => one.row)];
}

function draw(change) {
  if (change.fresh) {
    rows = new Map();
    active = null;
    atEnd = true;
    list.replaceChildren();
  }
  const focused = list.contains(document.activeElement) ? (document.activeElement.dataset.key ?? "") : null;
  const wanted = plan();
  const kept = new Map();
  let here = list.firstChild;
  for (const row of wanted) {
    const known = rows.get(row.key);
    const stays =
      known &&
      known.message === row.message &&
      known.use === row.use &&
      known.mark === row.mark &&
      !change.names;
    row.element = stays ? known.element : row.make();
    kept.set(row.key, row);
    if (known?.message && row.message) tellChange(known.message, row.message, row.element);
    if (known && !stays) {
      if (here === known.element) here = row.element;
      known.element.replaceWith(row.element);
    }
    if (row.element === here) here = here.nextSibling;
    else list.insertBefore(row.element, here);
    if (!stays) quiet(row.element);
  }
  for (const [key, row] of rows) if (!kept.has(key)) row.element.remove();
  rows = kept;
  list.toggleAttribute("data-empty", wanted.length === 0);
  restore(focused);
  if (atEnd) scrollDown();
  if (change.isNew) arrived(state.messages.get(change.id));
  if (change.fresh || change.names || (change.whole && atEnd)) setUnseen(unseen);
}

function arrived(message) {
  if (!message) return;
  if (message.author !== state.me) announce(spoken(message));
  if (message.author === state.me) toEnd();
  else if (!atEnd || document.hidden) setUnseen(unseen + 1);
}

/** A card whose score changed says so: what differs in its fields is marked and told, not the whole card again. */
function tellChange(before, after, element) {
  if (before === after) return;
  const drawn = [...element.querySelectorAll(".embed")].map((embed) =>
    embed.querySelectorAll(".embed-field"),
  );
  after.embeds.forEach((embed, at) => {
    const old = before.embeds[at]?.fields ?? [];
    const changed = (embed.fields ?? []).filter(
      (field, place) => old[place] && old[place].value !== field.value,
    );
    for (const field of changed) drawn[at]?.[embed.fields.indexOf(field)]?.classList.add("changed");
    if (changed.length > 0)
      announce(
        `${embed.title ?? ""}: ${changed.map(({ name, value }) => `${readable(name)} ${readable(value)}`).join(", ")}`,
      );
  });
}

function divider(at) {
  return h("div", { class: "day", role: "separator", "aria-label": day(at) }, h("span", { text: day(at) }));
}

// Keyboard ----------------------------------------------------------------------------------------------------
// Buttons, menus, links and reactions are stops of the Tab key as everywhere. The messages themselves are one stop
// together, with arrow keys between them, and only the one that was reached last has its smaller buttons as stops.

function quiet(article) {
  for (const control of article.querySelectorAll(EXTRAS)) control.tabIndex = -1;
}

function activate(article) {
  if (!article || article === active) return;
  if (active) {
    active.tabIndex = -1;
    quiet(active);
  }
  active = article;
  article.tabIndex = 0;
  for (const control of article.querySelectorAll(EXTRAS)) control.tabIndex = 0;
}

/** After drawing: the focus is where it was, and one message can be reached with Tab. */
function restore(key) {
  if (key !== null) {
    const again = list.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (again && again !== document.activeElement) {
      activate(again.closest("article"));
      again.focus({ preventScroll: true });
    }
    // What had the focus is gone, such as a message that was dismissed.
    if (!again && !list.contains(document.activeElement))
      document.querySelector("[data-role=composer]")?.focus();
  }
  if (!active?.isConnected || active !== list.querySelector("article[tabindex='0']")) {
    const stop =
      (active && list.querySelector(`article[data-key="${CSS.escape(active.dataset.key)}"]`)) ??
      [...list.querySelectorAll("article")].at(-1);
    active = null;
    activate(stop);
  }
}

function keys(event) {
  const article = event.target.closest("article");
  if (!article) return;
  const own = event.target === article;
  const all = [...list.querySelectorAll("article")];
  const go = (to) => {
    event.preventDefault();
    const next = all[Math.max(0, Math.min(to, all.length - 1))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  if (event.key === "ArrowDown" && own) go(all.indexOf(article) + 1);
  else if (event.key === "ArrowUp" && own) go(all.indexOf(article) - 1);
  else if (event.key === "Home" && own) go(0);
  else if (event.key === "End" && own) go(all.length - 1);
  else if (event.key === "Enter" && own) {
    event.preventDefault();
    const message = messageOf(article);
    if (message) menuOf(article.querySelector(".toolbar button:last-child") ?? article, message);
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (own) document.querySelector("[data-role=composer]")?.focus();
    else article.focus();
  }
}
