// Forms that the bot opens, as dialogs. What was typed stays when handing it in fails.

import { h, icon } from "./dom.js";
import { submitForm } from "./interactions.js";
import { richMessage } from "./rich.js";
import { state } from "./store.js";
import { botName, server, visibleChannels } from "./world.js";

const KIND = { row: 1, text: 4, display: 10, label: 18, file: 19, radio: 21, boxes: 22, box: 23 };
const LONG = 2;
let counted = 0;
/** Texts of forms that were closed without being handed in, by person and form; they are there again the next time. */
const drafts = new Map();

/** Shows a form, as the control interface describes it. */
export function openForm(form) {
  const before = document.activeElement;
  const draft = `${state.me} ${form.custom_id}`;
  let handedIn = false;
  const id = `form-${(counted += 1)}`;
  const error = h("p", { class: "form-error", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", class: "button primary", text: "Submit" });
  const fields = form.components.map((part) => section(part, id));
  const body = h(
    "form",
    { class: "form-body", novalidate: true },
    h("p", {
      class: "form-note",
      text: `This form will be submitted to ${botName()}. Do not share passwords or other sensitive information.`,
    }),
    fields,
    error,
    h(
      "div",
      { class: "form-foot" },
      h("button", {
        type: "button",
        class: "button secondary",
        text: "Cancel",
        on: { click: () => dialog.close() },
      }),
      submit,
    ),
  );
  const dialog = h(
    "dialog",
    { class: "dialog", role: "dialog", "aria-labelledby": `${id}-title`, data: { form: form.custom_id } },
    h(
      "header",
      { class: "dialog-head" },
      h("img", { src: "/page/icon.svg", alt: "", class: "dialog-icon" }),
      h("h2", { id: `${id}-title`, text: form.title }),
      h(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": "Close the form",
          on: { click: () => dialog.close() },
        },
        icon("close"),
      ),
    ),
    body,
  );
  const fail = (words) => {
    error.textContent = words;
    error.hidden = false;
  };
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    const wrong = firstMistake(body);
    if (wrong) {
      fail(wrong.words);
      wrong.field.focus();
      return;
    }
    error.hidden = true;
    submit.disabled = true;
    submit.classList.add("waiting");
    const words = await submitForm(form, valuesOf(body));
    submit.disabled = false;
    submit.classList.remove("waiting");
    if (words) fail(words);
    else {
      handedIn = true;
      dialog.close();
    }
  });
  fillAgain(body, drafts.get(draft));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (handedIn) drafts.delete(draft);
    else drafts.set(draft, textsOf(body));
    const home =
      before?.isConnected && before !== document.body
        ? before
        : document.querySelector("[data-role=composer]");
    // The browser has given the focus back already, but the caret stayed in the field that is gone.
    home?.blur();
    home?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  const inputs = [...dialog.querySelectorAll("[name]")];
  (inputs.find((input) => input.value === "") ?? inputs[0])?.focus();
}

const textFields = (body) => [...body.querySelectorAll("input[type=text][name], textarea[name]")];

/** What was typed, and what the bot had put there. */
const textsOf = (body) =>
  new Map(textFields(body).map(({ name, defaultValue, value }) => [name, { defaultValue, value }]));

/** Puts a draft back, unless the bot puts something else there by now. */
function fillAgain(body, draft) {
  for (const field of draft ? textFields(body) : []) {
    const known = draft.get(field.name);
    if (known?.defaultValue !== field.defaultValue || known.value === field.value) continue;
    field.value = known.value;
    field.dispatchEvent(new Event("input"));
  }
}

function section(part, id) {
  if (part.type === KIND.display) return richMessage(part.content ?? "", false);
  const inner = part.type === KIND.label ? part.component : part.components?.[0];
  if (!inner) return null;
  const label = part.label ?? inner.label ?? "";
  const fieldId = `${id}-${inner.custom_id}`;
  const required = inner.required !== false && inner.type !== KIND.box;
  const star = required && h("span", { class: "required", "aria-hidden": "true", text: " *" });
  const hint =
    part.description && h("p", { class: "form-hint", id: `${fieldId}-hint`, text: part.description });
  const described = part.description ? `${fieldId}-hint` : null;
  if (inner.type === KIND.radio || inner.type === KIND.boxes) {
    return h(
      "fieldset",
      {
        class: "form-field",
        "aria-describedby": described,
        data: { group: inner.custom_id, label, least: required ? String(inner.min_values ?? 1) : "0" },
      },
      h("legend", {}, label, star),
      hint,
      (inner.options ?? []).map((option) => choice(inner, option)),
    );
  }
  if (inner.type === KIND.box) {
    const box = h("input", { type: "checkbox", id: fieldId, name: inner.custom_id, data: { box: "yes" } });
    box.checked = inner.default === true;
    return h("div", { class: "form-field form-check" }, box, h("label", { for: fieldId, text: label }), hint);
  }
  const field = control(inner, {
    id: fieldId,
    name: inner.custom_id,
    "aria-required": required ? "true" : null,
    "aria-describedby": described,
    data: { label },
  });
  return h(
    "div",
    { class: "form-field" },
    h("label", { for: fieldId }, label, star),
    hint,
    field,
    inner.type === KIND.text && counter(inner, field),
  );
}

function choice(inner, option) {
  const input = h("input", {
    type: inner.type === KIND.radio ? "radio" : "checkbox",
    name: inner.custom_id,
    value: option.value,
  });
  input.checked = option.default === true;
  return h(
    "label",
    { class: "form-choice" },
    input,
    h("span", {}, option.label, option.description && h("small", { text: option.description })),
  );
}

function control(inner, attributes) {
  if (inner.type === KIND.text) {
    const field =
      inner.style === LONG
        ? h("textarea", { ...attributes, rows: "4", placeholder: inner.placeholder })
        : h("input", { ...attributes, type: "text", autocomplete: "off", placeholder: inner.placeholder });
    field.defaultValue = inner.value ?? "";
    if (inner.required === false) field.dataset.optional = "yes";
    if (inner.min_length) field.dataset.least = String(inner.min_length);
    if (inner.max_length) field.dataset.most = String(inner.max_length);
    return field;
  }
  if (inner.type === KIND.file)
    return h("p", { class: "form-hint", text: "Files cannot be handed in here." });
  const options = inner.options ?? known(inner.type);
  const field = h("select", attributes);
  field.multiple = (inner.max_values ?? 1) > 1;
  if (!field.multiple)
    field.append(h("option", { value: "", text: inner.placeholder ?? "Make a selection" }));
  for (const option of options) {
    const row = h("option", { value: option.value, text: option.label });
    row.selected = option.default === true;
    field.append(row);
  }
  if (inner.required === false) field.dataset.optional = "yes";
  return field;
}

/** People, roles or channels to pick from, by the kind of a menu. */
export function known(kind) {
  const here = server();
  const people = (here?.members ?? []).map(({ user, name }) => ({ value: user, label: name }));
  const roles = (here?.roles ?? []).map(({ role, name }) => ({ value: role, label: name }));
  const places = visibleChannels().map(({ channel, name }) => ({ value: channel, label: `#${name}` }));
  return { 5: people, 6: roles, 7: [...people, ...roles], 8: places }[kind] ?? [];
}

const length = (text) => [...text].length;

function counter(inner, field) {
  if (!inner.max_length) return null;
  const count = h("span", { class: "form-count", "aria-hidden": "true" });
  const show = () => {
    const left = inner.max_length - length(field.value);
    count.textContent = String(left);
    count.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", show);
  show();
  return count;
}

function firstMistake(body) {
  for (const field of body.querySelectorAll("input[name], textarea[name], select[name]")) {
    const { label, least, most, optional } = field.dataset;
    if (!label) continue;
    const count = length(field.value);
    if (count === 0 && !optional) return { field, words: `${label}: this is required` };
    if (most && count > Number(most))
      return { field, words: `${label}: at most ${most} characters, and this has ${count}` };
    if (least && count > 0 && count < Number(least))
      return { field, words: `${label}: at least ${least} characters` };
  }
  for (const group of body.querySelectorAll("fieldset[data-group]")) {
    if (group.querySelectorAll(":checked").length < Number(group.dataset.least)) {
      return { field: group.querySelector("input"), words: `${group.dataset.label}: make a selection` };
    }
  }
  return null;
}

function valuesOf(body) {
  const values = {};
  for (const field of body.querySelectorAll("input[name], textarea[name], select[name]")) {
    if (field.dataset.box) values[field.name] = String(field.checked);
    else if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) (values[field.name] ??= []).push(field.value);
    } else if (field.multiple) values[field.name] = [...field.selectedOptions].map((option) => option.value);
    else if (field.tagName !== "SELECT" || field.value) values[field.name] = field.value;
  }
  return values;
}
