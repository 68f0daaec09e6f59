// Filling in a slash command: one field for each option, choices above it (the bot's own while one types), Enter
// sends, Tab goes on, Escape leaves.

import { control, NotDone } from "./api.js";
import { OPTION, valueOf } from "./commands.js";
import { byId, fill, h } from "./dom.js";
import { known } from "./form.js";
import { invoke } from "./interactions.js";
import { announce } from "./notice.js";
import { hideSuggestions, isShown, showSuggestions, suggestionKey } from "./suggestions.js";
import { state } from "./store.js";

/** Menus of components number people, roles and channels one below options. */
const MENU_KIND = { [OPTION.user]: 5, [OPTION.role]: 6, [OPTION.mentionable]: 7, [OPTION.channel]: 8 };
const KEYSTROKE_MS = 60;
const SHOWN_CHOICES = 25;

let bar;
let onLeave = () => {};
let current = null;

/** Wires the bar. `leave` is called with the text that the composer shall hold when a command is left. */
export function startCommandBar(leave) {
  bar = byId("command-bar");
  onLeave = leave;
}

export const isCommanding = () => current !== null;

/** Begins to fill in a command; `values` holds texts by option. */
export function beginCommand(leaf, values = {}) {
  current = { leaf, fields: [], tail: null };
  bar.hidden = false;
  const given = leaf.options.filter((option) => option.required || values[option.name] !== undefined);
  current.rows = h("span", { class: "options" });
  current.tail = tail();
  fill(bar, h("span", { class: "bar-name", text: `/${leaf.path}` }), current.rows, current.tail.element);
  for (const option of given) addField(option, values[option.name]);
  showTail();
  announce(`Command ${leaf.path}. ${leaf.description}`);
  (firstEmpty() ?? current.fields.at(-1)?.input ?? current.tail.input).focus();
}

/** Leaves the command; the composer holds `text` then. */
export function leaveCommand(text = "") {
  if (!current) return;
  current = null;
  hideSuggestions();
  bar.hidden = true;
  bar.replaceChildren();
  onLeave(text);
}

const firstEmpty = () =>
  current.fields.find((field) => field.option.required && field.input.value.trim() === "")?.input;

// Fields ------------------------------------------------------------------------------------------------------

function addField(option, text = "") {
  const { leaf } = current;
  const input = h("input", {
    type: "text",
    class: "option-input",
    autocomplete: "off",
    spellcheck: "false",
    role: "combobox",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-label": `${option.name}: ${option.description ?? ""}`,
    "aria-required": option.required ? "true" : null,
    maxlength: option.max_length ?? null,
    inputmode: option.type === OPTION.whole ? "numeric" : option.type === OPTION.number ? "decimal" : null,
    data: { option: option.name },
  });
  const element = h(
    "label",
    { class: "option" },
    h("span", { class: "option-name", "aria-hidden": "true", text: option.name }),
    input,
  );
  const field = { option, input, element, chosen: undefined, asked: 0, timer: 0 };
  input.value = text;
  current.fields.push(field);
  current.rows.append(element);
  fit(input);
  input.addEventListener("focus", () => offer(field, 0));
  input.addEventListener("input", () => {
    field.chosen = undefined;
    input.removeAttribute("aria-invalid");
    const other = optionTyped(input.value);
    if (other) {
      input.value = input.value.slice(0, -other.name.length - 1).trimEnd();
      fit(input);
      (current.fields.find((one) => one.option === other) ?? addField(other)).input.focus();
      showTail();
      return;
    }
    fit(input);
    offer(field, KEYSTROKE_MS);
  });
  input.addEventListener("blur", () =>
    setTimeout(() => isShown(input) && document.activeElement !== input && hideSuggestions(), 0),
  );
  input.addEventListener("keydown", (event) => fieldKey(event, field, leaf));
  return field;
}

/** The option whose name and colon were just typed, as people do who know the command by heart. */
const optionTyped = (text) =>
  current.leaf.options.find((option) => text === `${option.name}:` || text.endsWith(` ${option.name}:`));

/** A field is as wide as its text. */
function fit(input) {
  input.style.width = `${Math.max(4, [...input.value].length + 1)}ch`;
}

function fieldKey(event, field, leaf) {
  if (suggestionKey(event, field.input)) {
    // What was asked before the list was closed opens it no more.
    if (event.key === "Escape") forget(field);
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    leaveCommand();
  } else if (event.key === "Enter") {
    event.preventDefault();
    goOnOrSend(field);
  } else if (event.key === "Backspace" && field.input.value === "") {
    event.preventDefault();
    stepBack(field, leaf);
  } else if (
    event.key === "ArrowLeft" &&
    field.input.selectionStart === 0 &&
    field.input.selectionEnd === 0
  ) {
    neighbour(field, -1)?.focus();
  } else if (event.key === "ArrowRight" && field.input.selectionStart === field.input.value.length) {
    neighbour(field, 1)?.focus();
  }
}

const neighbour = (field, step) => {
  const at = current.fields.indexOf(field) + step;
  return current.fields[at]?.input ?? (step > 0 && !current.tail.element.hidden ? current.tail.input : null);
};

function stepBack(field, leaf) {
  const at = current.fields.indexOf(field);
  const before = current.fields[at - 1]?.input;
  if (!field.option.required) {
    current.fields.splice(at, 1);
    field.element.remove();
    showTail();
    (before ?? current.fields[0]?.input ?? current.tail.input).focus();
  } else if (before) before.focus();
  else leaveCommand(`/${leaf.path}`);
}

/** Enter: on to the next option that must be there, or off. */
function goOnOrSend(field) {
  const next = firstEmpty();
  if (next && next !== field?.input) next.focus();
  else send();
}

/** After a choice was taken. */
function goOn(field) {
  const next = firstEmpty();
  if (next) next.focus();
  else field.input.focus();
}

// Choices -----------------------------------------------------------------------------------------------------

function offer(field, after) {
  const { option } = field;
  clearTimeout(field.timer);
  if (option.autocomplete) {
    if (!isShown(field.input)) show(field, [], option.autocomplete ? "Loading options…" : null);
    field.timer = setTimeout(() => ask(field), after);
    return;
  }
  const all = fixed(option);
  if (all.length === 0) {
    show(field, [], null);
    return;
  }
  const typed = field.chosen === undefined ? field.input.value.trim().toLowerCase() : "";
  const list = all.filter((choice) => choice.name.toLowerCase().includes(typed));
  show(field, list, list.length === 0 ? "No options match your search." : null);
}

function fixed(option) {
  if (option.choices) return option.choices;
  if (option.type === OPTION.flag)
    return [
      { name: "True", value: true },
      { name: "False", value: false },
    ];
  if (!MENU_KIND[option.type]) return [];
  const of = option.channel_types;
  return known(MENU_KIND[option.type])
    .filter((entry) => !of || of.includes(channelKind(entry.value)))
    .map(({ label, value }) => ({ name: label, value }));
}

const channelKind = (id) =>
  state.world?.servers.flatMap((server) => server.channels).find((place) => place.channel === id)?.kind;

async function ask(field) {
  const { leaf } = current ?? {};
  if (!leaf || document.activeElement !== field.input) return;
  const number = (field.asked += 1);
  const text = field.chosen === undefined ? field.input.value : "";
  const command = {
    do: "keystroke",
    as: state.me,
    channel: state.channel,
    command: leaf.path,
    values: collected(field).values,
    option: field.option.name,
    text,
  };
  let list = [];
  let note = null;
  try {
    list = (await control(command)).choices;
    // Before anything is typed there is nothing to match.
    if (list.length === 0 && text !== "") note = "No options match your search.";
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    note = error.kind === "no_response" ? "Loading options failed." : error.words;
  }
  // Only the newest question counts, and only while one is still there.
  if (number === field.asked && document.activeElement === field.input && current?.fields.includes(field))
    show(field, list, note);
}

function show(field, list, note) {
  const { option, input } = field;
  showSuggestions(input, {
    label: `Choices for ${option.name}`,
    head: option.name,
    hint: option.description,
    note,
    list: list
      .slice(0, SHOWN_CHOICES)
      .map((choice) => ({ main: choice.name, data: { choice: String(choice.value) }, value: choice })),
    // An empty option that may stay empty takes nothing by itself.
    active: option.required || input.value !== "" ? 0 : -1,
    onTake: (choice) => {
      field.chosen = choice;
      forget(field);
      input.value = choice.name;
      input.removeAttribute("aria-invalid");
      fit(input);
      goOn(field);
      hideAfterTake(field);
    },
  });
}

/** Answers that are still on their way do not count any more. */
function forget(field) {
  clearTimeout(field.timer);
  field.asked += 1;
}

/** Staying in the same field, the list is not wanted again until something is typed. */
function hideAfterTake(field) {
  forget(field);
  if (document.activeElement === field.input) hideSuggestions();
}

// Options that may be added -----------------------------------------------------------------------------------

function tail() {
  const input = h("input", {
    type: "text",
    class: "option-tail",
    autocomplete: "off",
    spellcheck: "false",
    role: "combobox",
    "aria-expanded": "false",
    "aria-label": "Add an option",
    data: { role: "option-tail" },
  });
  const element = h("label", { class: "tail" }, input);
  const list = () => spare().filter((option) => option.name.startsWith(input.value.trim().toLowerCase()));
  const open = () =>
    showSuggestions(input, {
      label: "Further options",
      head: "Options",
      hint: "that may be added",
      list: list().map((option) => ({
        main: option.name,
        hint: option.description,
        data: { spare: option.name },
        value: option,
      })),
      active: input.value === "" ? -1 : 0,
      onTake: (option) => {
        input.value = "";
        const field = addField(option);
        showTail();
        field.input.focus();
      },
    });
  input.addEventListener("focus", open);
  input.addEventListener("input", open);
  input.addEventListener("blur", () => isShown(input) && hideSuggestions());
  input.addEventListener("keydown", (event) => {
    const last = current.fields.at(-1);
    if (suggestionKey(event, input)) event.preventDefault();
    else if (event.key === "Escape") leaveCommand();
    else if (event.key === "Enter") {
      event.preventDefault();
      goOnOrSend(null);
    } else if (event.key === "Backspace" && input.value === "") {
      event.preventDefault();
      if (last) last.input.focus();
      else leaveCommand(`/${current.leaf.path}`);
    }
  });
  return { element, input };
}

const spare = () =>
  current.leaf.options.filter((option) => !current.fields.some((field) => field.option === option));

function showTail() {
  const left = spare().length;
  // Without any option the tail still holds the focus, so that Enter sends.
  current.tail.element.hidden = left === 0 && current.fields.length > 0;
  current.tail.input.placeholder = left > 0 ? `+${left} optional` : "Press Enter to send";
}

// Sending -----------------------------------------------------------------------------------------------------

/** What the fields hold; `wrong` is the first that is missing or none of its kind. */
function collected(except) {
  const values = {};
  let wrong = null;
  for (const field of current.fields) {
    const { option, input, chosen } = field;
    if (field === except) continue;
    const text = input.value;
    if (text.trim() === "" && chosen === undefined) {
      if (option.required) wrong ??= { field, words: `${option.name}: this option is required` };
      continue;
    }
    const exact = fixed(option).find((choice) => choice.name.toLowerCase() === text.trim().toLowerCase());
    const isList = fixed(option).length > 0;
    const value = chosen ? chosen.value : exact ? exact.value : isList ? undefined : valueOf(option, text);
    if (value === undefined) wrong ??= { field, words: `${option.name}: choose one of the options` };
    else values[option.name] = value;
  }
  return { values, wrong };
}

/** Sends the command, or says what is missing. */
export async function send() {
  const { leaf, fields } = current;
  const { values, wrong } = collected();
  const alert = byId("composer-alert");
  if (wrong) {
    alert.textContent = wrong.words;
    wrong.field.input.setAttribute("aria-invalid", "true");
    wrong.field.input.focus();
    return;
  }
  alert.textContent = "";
  const texts = Object.fromEntries(
    fields.filter((field) => field.input.value).map((field) => [field.option.name, field.input.value]),
  );
  leaveCommand();
  const error = await invoke({ do: "send", command: leaf.path, values }, leaf.path);
  if (!error) return;
  alert.textContent = error.words;
  if (!isCommanding() && byId("composer").value === "") beginCommand(leaf, texts);
}
