// What opens beside something: menus and lists to pick from. One at a time; Escape or a press elsewhere closes it,
// and the focus goes back to where it was.

import { byId, h, icon } from "./dom.js";

const GAP = 4;
let open = null;

/** Shows an element beside another, or at a point `{x, y}`. */
export function openPopup(anchor, element, onClose = () => {}) {
  closePopup(false);
  const before = document.activeElement;
  const home = before?.closest?.("dialog") ?? byId("main");
  element.classList.add("popup");
  home.append(element);
  place(anchor, element);
  open = { element, before, onClose };
  addEventListener("pointerdown", outside, true);
  addEventListener("resize", closeQuietly);
}

/** Closes what is open. */
export function closePopup(focusBack = true) {
  if (!open) return;
  const { element, before, onClose } = open;
  open = null;
  removeEventListener("pointerdown", outside, true);
  removeEventListener("resize", closeQuietly);
  const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body;
  element.remove();
  // What had the focus may have been drawn anew meanwhile.
  if (focusBack && hadFocus) find(before)?.focus();
  onClose();
}

const closeQuietly = () => closePopup(false);

function find(before) {
  if (before?.isConnected) return before;
  const key = before?.dataset?.key;
  return key ? document.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
}

function outside(event) {
  if (open && !open.element.contains(event.target)) closePopup(false);
}

function place(anchor, element) {
  const box =
    anchor instanceof Element
      ? anchor.getBoundingClientRect()
      : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y, width: 0 };
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  if (box.width > 0 && element.dataset.wide) element.style.minWidth = `${Math.min(box.width, width - 16)}px`;
  const own = element.getBoundingClientRect();
  const below = height - box.bottom - GAP;
  const top = own.height <= below || below >= box.top ? box.bottom + GAP : box.top - GAP - own.height;
  const left = element.dataset.end && box.width > 0 ? box.right - own.width : box.left;
  element.style.top = `${Math.max(8, Math.min(top, height - own.height - 8))}px`;
  element.style.left = `${Math.max(8, Math.min(left, width - own.width - 8))}px`;
}

/**
 * A menu. Items: `{label, icon, danger, data, run}`, or `{heading}`. Arrow keys move, letters jump.
 */
export function openMenu(anchor, label, items) {
  const entries = items.filter(Boolean).map((item) => {
    if (item.heading) return h("div", { class: "menu-heading", role: "presentation", text: item.heading });
    return h(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: "-1",
        class: item.danger ? "menu-item danger" : "menu-item",
        data: item.data ?? {},
        on: {
          click: () => {
            closePopup();
            item.run();
          },
        },
      },
      h("span", { text: item.label }),
      item.icon && icon(item.icon),
    );
  });
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, data: { end: "yes" } }, entries);
  menu.addEventListener("keydown", (event) => moveWithKeys(event, menu, "[role=menuitem]"));
  openPopup(anchor, menu);
  menu.querySelector("[role=menuitem]")?.focus();
}

/**
 * A list to pick one or many from. Options: `{value, label, hint, emoji, picked}`. `done` gets the values when the
 * person has picked; with `max` above one that is when the list closes or on the button below it.
 */
export function openPicker(anchor, { label, options, min = 1, max = 1, done }) {
  const picked = new Set(options.filter((option) => option.picked).map((option) => option.value));
  const many = max > 1;
  const finish = () => {
    const values = options.map((option) => option.value).filter((value) => picked.has(value));
    if (values.length < min || values.length > max) return;
    closePopup();
    done(values);
  };
  const list = h("div", {
    class: "picker-list",
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": many ? "true" : null,
  });
  for (const option of options) {
    const choose = () => {
      if (!many) {
        picked.clear();
        picked.add(option.value);
        return finish();
      }
      if (!picked.delete(option.value) && picked.size < max) picked.add(option.value);
      row.setAttribute("aria-selected", String(picked.has(option.value)));
      submit.disabled = picked.size < min;
      return undefined;
    };
    const row = h(
      "div",
      {
        class: "picker-option",
        role: "option",
        tabindex: "-1",
        "aria-selected": String(picked.has(option.value)),
        data: { choice: option.value },
        on: { click: choose },
      },
      option.emoji && h("span", { class: "picker-emoji", text: option.emoji }),
      h(
        "span",
        { class: "picker-text" },
        h("span", { text: option.label }),
        option.hint && h("small", { text: option.hint }),
      ),
      many && h("span", { class: "tick", "aria-hidden": "true" }),
    );
    row.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose();
      }
    });
    list.append(row);
  }
  const submit = h("button", {
    type: "button",
    class: "button primary",
    text: "Done",
    on: { click: finish },
  });
  submit.disabled = picked.size < min;
  const box = h(
    "div",
    { class: "picker", data: { wide: "yes" } },
    list,
    many && h("div", { class: "picker-foot" }, submit),
  );
  box.addEventListener("keydown", (event) => moveWithKeys(event, box, "[role=option]"));
  openPopup(anchor, box);
  (list.querySelector("[aria-selected=true]") ?? list.querySelector("[role=option]"))?.focus();
}

let typed = "";
let typedAt = 0;

/** Arrow keys, Home, End and first letters move among the entries; Escape and Tab close. */
function moveWithKeys(event, box, selector) {
  const entries = [...box.querySelectorAll(selector)];
  const at = entries.indexOf(document.activeElement);
  const go = (to) => {
    event.preventDefault();
    entries[(to + entries.length) % entries.length]?.focus();
  };
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at <= 0 ? entries.length - 1 : at - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(entries.length - 1);
  else if (event.key === "Escape" || (event.key === "Tab" && !box.querySelector(".picker-foot"))) {
    event.preventDefault();
    event.stopPropagation();
    closePopup();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    typed = event.timeStamp - typedAt < 700 ? typed + event.key : event.key;
    typedAt = event.timeStamp;
    entries.find((entry) => entry.textContent.trim().toLowerCase().startsWith(typed.toLowerCase()))?.focus();
  }
}
