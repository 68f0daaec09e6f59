// Buttons, menus and the newer layout components of a message.

import { h, icon } from "./dom.js";
import { drawAttachment, picture } from "./embed.js";
import { known } from "./form.js";
import { useComponent } from "./interactions.js";
import { safeLink } from "./links.js";
import { openPicker } from "./popup.js";
import { richMessage } from "./rich.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };

/** All components of a message. `use` is the one that waits for its answer or got none. */
export function drawParts(message, use) {
  return message.components.map((part) => draw(part, message, use));
}

function draw(part, message, use) {
  const inner = () => (part.components ?? []).map((child) => draw(child, message, use));
  switch (part.type) {
    case 1:
      return h("div", { class: "part-row" }, inner());
    case 2:
      return button(part, message, use);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return menu(part, message, use);
    case 9:
      return h(
        "div",
        { class: "part-section" },
        h("div", {}, inner()),
        part.accessory && draw(part.accessory, message, use),
      );
    case 10:
      return richMessage(part.content ?? "", false);
    case 11:
      return picture(
        part.media?.url,
        message.attachments,
        "embed-thumbnail",
        part.description ?? "Thumbnail",
      );
    case 12:
      return h(
        "div",
        { class: "part-gallery" },
        (part.items ?? []).map((item) =>
          picture(item.media?.url, message.attachments, "attachment-image", item.description ?? "Picture"),
        ),
      );
    case 13:
      return drawAttachment(fileOf(part, message));
    case 14:
      return h("hr", { class: part.divider === false ? "part-gap" : "part-line" });
    case 17:
      return container(part, inner());
    default:
      return h("div", { class: "subtext", text: "This part cannot be shown here." });
  }
}

function container(part, children) {
  const box = h("div", { class: "embed part-container" }, children);
  if (Number.isInteger(part.accent_color))
    box.style.borderInlineStartColor = `#${part.accent_color.toString(16).padStart(6, "0")}`;
  return box;
}

function fileOf(part, message) {
  const name = (part.file?.url ?? "").replace("attachment://", "");
  return message.attachments.find((file) => file.filename === name) ?? { filename: name, size: 0 };
}

/** The sign of a button or an option: a custom emoji has only its name here. */
const sign = (emoji) => (emoji ? (emoji.id ? `:${emoji.name}:` : emoji.name) : null);

function button(part, message, use) {
  const face = [
    sign(part.emoji) && h("span", { class: "button-emoji", text: sign(part.emoji) }),
    part.label && h("span", { text: part.label }),
  ];
  const className = `button ${STYLES[part.style] ?? "secondary"}`;
  if (part.style === 5) {
    const more = { class: className, data: { key: `${message.id}/${part.url}` } };
    return safeLink(part.url, [face, icon("out")], more);
  }
  const waits = use?.state === "waiting" && use.part === part.custom_id;
  const element = h(
    "button",
    {
      type: "button",
      class: waits ? `${className} waiting` : className,
      "aria-busy": waits ? "true" : null,
      data: { customId: part.custom_id ?? "", key: `${message.id}/${part.custom_id}` },
      on: {
        click: () =>
          use?.state === "waiting" ||
          useComponent(message, part.custom_id, { do: "click", button: part.custom_id }),
      },
    },
    h("span", { class: "button-face" }, face),
  );
  // While an answer is awaited it keeps the focus, so it is not disabled.
  element.disabled = part.disabled === true;
  if (use?.state === "waiting") element.setAttribute("aria-disabled", "true");
  return element;
}

function menu(part, message, use) {
  const options =
    part.options?.map((option) => ({
      value: option.value,
      label: option.label,
      hint: option.description,
      emoji: sign(option.emoji),
      picked: option.default === true,
    })) ?? known(part.type);
  const picked = options
    .filter((option) => option.picked)
    .map((option) => option.label)
    .join(", ");
  const waits = use?.state === "waiting" && use.part === part.custom_id;
  const placeholder = part.placeholder ?? "Make a selection";
  const element = h(
    "button",
    {
      type: "button",
      class: waits ? "select waiting" : "select",
      "aria-haspopup": "listbox",
      "aria-label": picked ? `${placeholder}: ${picked}` : placeholder,
      data: { customId: part.custom_id, key: `${message.id}/${part.custom_id}` },
      on: {
        click: () =>
          use?.state === "waiting" ||
          openPicker(element, {
            label: placeholder,
            options,
            min: part.min_values ?? 1,
            max: part.max_values ?? 1,
            done: (values) =>
              useComponent(message, part.custom_id, { do: "pick", menu: part.custom_id, values }),
          }),
      },
    },
    h("span", { class: picked ? "select-text" : "select-text empty", text: picked || placeholder }),
    icon("down"),
  );
  element.disabled = part.disabled === true;
  if (use?.state === "waiting") element.setAttribute("aria-disabled", "true");
  return element;
}
