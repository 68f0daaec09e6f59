// Dark or light: what the address says, else what was chosen here before, else what the system prefers.

import { byId } from "./dom.js";

const KEY = "tiebreaker.theme";
const system = matchMedia("(prefers-color-scheme: light)");

function chosen() {
  const asked = new URLSearchParams(location.search).get("theme");
  return [asked, recall(KEY)].find((theme) => theme === "dark" || theme === "light");
}

/** What was remembered in this browser; nothing where it keeps nothing. */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Remembers something that is not about a person: the theme, the hint that was read. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It holds until the page is left.
  }
}

function show(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").setAttribute(
    "aria-label",
    theme === "dark" ? "Switch to the light theme" : "Switch to the dark theme",
  );
}

/** Shows the theme and wires the button. */
export function startTheme() {
  show(chosen() ?? (system.matches ? "light" : "dark"));
  system.addEventListener("change", () => chosen() ?? show(system.matches ? "light" : "dark"));
  byId("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    remember(KEY, theme);
    const query = new URLSearchParams(location.search);
    if (query.has("theme")) {
      query.set("theme", theme);
      history.replaceState(null, "", `/?${query}`);
    }
    show(theme);
  });
}
