// The two sides of the channel. On a wide screen they stand beside it; on a narrow one they slide over it, and what
// is below cannot be reached until they are closed.

import { byId } from "./dom.js";

const narrow = { sidebar: matchMedia("(max-width: 760px)"), panel: matchMedia("(max-width: 1180px)") };
const openers = { sidebar: "open-sidebar", panel: "panel-toggle" };
const open = { sidebar: false, panel: false };

/** Wires buttons, Escape, the veil and changes of width. */
export function startDrawers() {
  open.panel = !narrow.panel.matches;
  for (const side of ["sidebar", "panel"]) {
    byId(openers[side]).addEventListener("click", () => toggle(side));
    narrow[side].addEventListener("change", () => {
      open[side] = side === "panel" && !narrow.panel.matches;
      show();
    });
  }
  for (const button of document.querySelectorAll("[data-close]"))
    button.addEventListener("click", () => toggle(button.dataset.close));
  byId("veil").addEventListener("click", closeDrawers);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && over()) closeDrawers();
  });
  startTabs();
  show();
}

const isOver = (side) => open[side] && narrow[side].matches;
const over = () => ["sidebar", "panel"].find(isOver);

/** Closes what slid over the channel. */
export function closeDrawers() {
  const side = over();
  if (!side) return;
  open[side] = false;
  show();
  byId(openers[side]).focus();
}

function toggle(side) {
  open[side] = !open[side];
  if (open[side] && narrow[side].matches) open[side === "panel" ? "sidebar" : "panel"] = false;
  show();
  if (isOver(side)) byId(side).querySelector("button, a, select")?.focus();
  else if (!open[side]) byId(openers[side]).focus();
}

function show() {
  const covered = over();
  byId("sidebar").hidden = narrow.sidebar.matches && !open.sidebar;
  byId("panel").hidden = !open.panel;
  for (const side of ["sidebar", "panel"])
    byId(openers[side]).setAttribute("aria-expanded", String(open[side]));
  byId("veil").hidden = !covered;
  byId("main").inert = Boolean(covered);
  byId("sidebar").inert = covered === "panel";
}

function startTabs() {
  const tabs = [byId("tab-bot"), byId("tab-members")];
  const choose = (tab) => {
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      byId(one.getAttribute("aria-controls")).hidden = one !== tab;
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tabs[1 - tabs.indexOf(tab)];
      choose(other);
      other.focus();
    });
  }
}
