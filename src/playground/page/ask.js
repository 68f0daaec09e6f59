// One question with a line to answer it, as a dialog.

import { h, icon } from "./dom.js";

/** Asks; `answer` gets what was typed, unless the person thinks better of it. */
export function ask({ title, label, button, most, answer }) {
  const before = document.activeElement;
  const field = h("input", {
    type: "text",
    id: "ask-field",
    name: "answer",
    autocomplete: "off",
    maxlength: most,
  });
  const close = () => dialog.close();
  const form = h(
    "form",
    { class: "form-body", novalidate: true },
    h("div", { class: "form-field" }, h("label", { for: "ask-field", text: label }), field),
    h(
      "div",
      { class: "form-foot" },
      h("button", { type: "button", class: "button secondary", text: "Cancel", on: { click: close } }),
      h("button", { type: "submit", class: "button primary", text: button }),
    ),
  );
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "ask-title" },
    h(
      "header",
      { class: "dialog-head" },
      h("h2", { id: "ask-title", text: title }),
      h(
        "button",
        { type: "button", class: "plain", "aria-label": "Close", on: { click: close } },
        icon("close"),
      ),
    ),
    form,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === "") return field.focus();
    dialog.close();
    return answer(text);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
}
