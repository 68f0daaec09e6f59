// Where one writes: messages, `/` for commands, `@` for people. Enter sends, Shift+Enter begins a new line.

import { typing } from "./api.js";
import { avatar } from "./avatar.js";
import {
  beginCommand,
  isCommanding,
  leaveCommand,
  send as sendCommand,
  startCommandBar,
} from "./command_bar.js";
import { begun, fillIn, fitting, leaves } from "./commands.js";
import { byId, fill, h, icon } from "./dom.js";
import { act } from "./interactions.js";
import { currentAim, dropAim, onAim, setPing, startEdit } from "./reply.js";
import { hideSuggestions, isShown, showSuggestions, startSuggestions, suggestionKey } from "./suggestions.js";
import { on, state } from "./store.js";
import { channel, isBot, permissions, server } from "./world.js";

const LONGEST = 2_000;
const TYPING_EVERY_MS = 5_000;
const SHOWN_PEOPLE = 8;

let field;
let told = 0;
/** What was begun and not sent, by person and channel. */
const drafts = new Map();
let place = "";

/** Wires the composer. */
export function startComposer() {
  field = byId("composer");
  startSuggestions();
  startCommandBar((text) => {
    field.hidden = false;
    field.value = text;
    changed();
    field.focus();
  });
  field.addEventListener("input", changed);
  field.addEventListener("keydown", keys);
  field.addEventListener("click", suggest);
  field.addEventListener("blur", () => isShown(field) && hideSuggestions());
  byId("send").addEventListener("click", () => (isCommanding() ? sendCommand() : send()));
  byId("composer-form").addEventListener("submit", (event) => event.preventDefault());
  onAim(showAim);
  on("place", () => {
    drafts.set(place, currentAim()?.kind === "edit" ? "" : field.value);
    place = `${state.me} ${state.channel}`;
    dropAim();
    leaveCommand();
    field.value = drafts.get(place) ?? "";
    byId("composer-alert").textContent = "";
    changed();
  });
  on("place world", showRights);
  document.addEventListener("command", (event) => write(`/${event.detail} `));
  // Writing anywhere goes into the composer, as in Discord.
  document.addEventListener("keydown", (event) => {
    const free = event.target === document.body || event.target.closest?.("#log");
    if (
      free &&
      event.key.length === 1 &&
      event.key !== " " &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey &&
      !isCommanding()
    )
      field.focus();
  });
}

/** Puts a text there and the caret behind it, as if it had been typed. */
export function write(text) {
  leaveCommand();
  field.value = text;
  field.focus();
  field.setSelectionRange(text.length, text.length);
  changed();
}

function showRights() {
  const may = permissions().has("SEND_MESSAGES");
  const name = channel()?.name ?? "";
  field.disabled = !may;
  field.placeholder = may
    ? `Message #${name}`
    : "You do not have permission to send messages in this channel.";
  field.setAttribute("aria-label", `Message #${name}. Type / for commands, @ for people`);
}

// What is typed -----------------------------------------------------------------------------------------------

function changed() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
  const left = LONGEST - [...field.value].length;
  byId("letters-left").textContent = left < 200 ? String(left) : "";
  byId("letters-left").classList.toggle("over", left < 0);
  byId("send").disabled = field.value.trim() === "";
  const whole = field.value.startsWith("/") && begun(leaves(state.commands), field.value);
  if (whole) {
    open(whole.leaf, fillIn(whole.leaf, whole.rest));
    return;
  }
  suggest();
  if (field.value && !field.value.startsWith("/") && Date.now() - told > TYPING_EVERY_MS) {
    told = Date.now();
    typing(state.me, state.channel);
  }
}

function open(leaf, values) {
  byId("composer-alert").textContent = "";
  hideSuggestions();
  field.value = "";
  field.hidden = true;
  byId("send").disabled = false;
  beginCommand(leaf, values);
}

function suggest() {
  if (field.value.startsWith("/") && !field.value.includes("\n")) offerCommands(field.value.slice(1));
  else offerPeople();
}

function offerCommands(typed) {
  const found = fitting(leaves(state.commands), typed);
  if (found.length === 0 && (typed === "" || /\s/.test(typed))) {
    hideSuggestions();
    return;
  }
  showSuggestions(field, {
    label: "Commands",
    head: "Commands",
    hint: typed ? `that fit “${typed}”` : null,
    note: found.length === 0 ? "No commands match your search." : null,
    list: found.map((leaf) => ({
      main: `/${leaf.path}`,
      hint: leaf.description,
      side: optionsOf(leaf),
      data: { command: leaf.path },
      value: leaf,
      sign: avatar(state.world?.application.user ?? "", "", "small"),
    })),
    onTake: (leaf) => open(leaf, {}),
  });
}

const optionsOf = (leaf) =>
  leaf.options.map((option) => (option.required ? option.name : `[${option.name}]`)).join(" ");

/** The word with an `@` that the caret stands in, or null. */
function mentionAtCaret() {
  const before = field.value.slice(0, field.selectionStart);
  const found = /(?:^|\s)@([\p{L}\p{N}_.-]*)$/u.exec(before);
  return found ? { typed: found[1].toLowerCase(), from: before.length - found[1].length - 1 } : null;
}

function offerPeople() {
  const asked = mentionAtCaret();
  const people = asked
    ? (server()?.members ?? []).filter((member) => member.name.toLowerCase().includes(asked.typed))
    : [];
  if (
    people.length === 0 ||
    people.some((member) => member.name.toLowerCase() === asked.typed && people.length === 1)
  ) {
    hideSuggestions();
    return;
  }
  people.sort((a, b) => Number(isBot(b.user)) - Number(isBot(a.user)) || a.name.localeCompare(b.name));
  showSuggestions(field, {
    label: "People",
    head: "People",
    list: people.slice(0, SHOWN_PEOPLE).map((member) => ({
      main: member.name,
      side: member.bot ? "APP" : null,
      sign: avatar(member.user, member.name, "small"),
      data: { mention: member.user },
      value: member,
    })),
    onTake: (member) => {
      const rest = field.value.slice(field.selectionStart).trimStart();
      const start = `${field.value.slice(0, asked.from)}@${member.name} `;
      field.value = start + rest;
      field.focus();
      field.setSelectionRange(start.length, start.length);
      changed();
    },
  });
}

// Keys and sending --------------------------------------------------------------------------------------------

function keys(event) {
  if (suggestionKey(event, field)) {
    event.preventDefault();
    return;
  }
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && currentAim()) {
    event.preventDefault();
    dropAim();
  } else if (event.key === "ArrowUp" && field.value === "") {
    const own = [...state.messages.values()].findLast(
      (message) => message.author === state.me && !message.ephemeral,
    );
    if (own) {
      event.preventDefault();
      startEdit(own);
    }
  }
}

/** `@Name` becomes the mention of that person, the longest name first. */
function withMentions(text) {
  const people = [...(server()?.members ?? [])].sort((a, b) => b.name.length - a.name.length);
  return people.reduce((written, { name, user }) => {
    const pattern = new RegExp(
      `(^|[\\s(])@${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}_])`,
      "giu",
    );
    return written.replace(pattern, `$1<@${user}>`);
  }, text);
}

/** The other way round, to change a message. */
const withNames = (text) =>
  text.replace(/<@!?(\d+)>/g, (whole, id) => {
    const person = server()?.members.find((member) => member.user === id);
    return person ? `@${person.name}` : whole;
  });

async function send() {
  const text = withMentions(field.value.trim());
  if (text === "") return;
  const aim = currentAim();
  const typed = field.value;
  field.value = "";
  changed();
  dropAim();
  const command =
    aim?.kind === "edit"
      ? { do: "edit", message: aim.message.id, text }
      : { do: "say", text, ...(aim ? { reply_to: aim.message.id, ping: aim.ping } : {}) };
  const done = await act(command);
  // What could not be sent is not lost.
  if (!done && field.value === "") write(typed);
}

function showAim(aim) {
  const bar = byId("aim");
  bar.hidden = !aim;
  if (!aim) return;
  const editing = aim.kind === "edit";
  const ping =
    !editing &&
    h("button", {
      type: "button",
      class: aim.ping ? "ping on" : "ping",
      "aria-pressed": String(aim.ping),
      title: "Whether the reply pings",
      text: aim.ping ? "@ ON" : "@ OFF",
      on: { click: () => setPing(!aim.ping) },
    });
  fill(
    bar,
    h(
      "span",
      {},
      editing ? "Editing your message" : "Replying to ",
      !editing && h("strong", { text: aim.message.author_name }),
    ),
    ping,
    h(
      "button",
      {
        type: "button",
        class: "plain",
        "aria-label": editing ? "Stop editing" : "Stop replying",
        on: {
          click: () => {
            dropAim();
            if (editing) write("");
          },
        },
      },
      icon("close"),
    ),
  );
  if (editing && field.value === "") write(withNames(aim.message.content));
  field.focus();
}
