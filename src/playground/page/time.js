// Days and times as Discord writes them, in the language of the browser.

import { now } from "./store.js";

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const SHORT = format({ hour: "2-digit", minute: "2-digit" });
const FULL = format({ dateStyle: "full", timeStyle: "short" });
const DAY = format({ dateStyle: "long" });
const NUMERIC = format({ day: "2-digit", month: "2-digit", year: "numeric" });
const STYLES = {
  t: SHORT,
  T: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  d: NUMERIC,
  D: DAY,
  f: format({ dateStyle: "long", timeStyle: "short" }),
  F: FULL,
  s: format({ day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  S: format({
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }),
};
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export const clock = (ms) => SHORT.format(ms);
export const full = (ms) => FULL.format(ms);
export const day = (ms) => DAY.format(ms);

/** Whether two moments are of the same day here. */
export const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

/** Beside the name of whoever wrote a message. */
export function stamp(ms) {
  if (sameDay(ms, now())) return clock(ms);
  if (sameDay(ms, now() - 86_400_000)) return `Yesterday at ${clock(ms)}`;
  return `${NUMERIC.format(ms)}, ${clock(ms)}`;
}

/** How far away a moment is, such as "2 hours ago". */
export function relative(ms) {
  const seconds = Math.round((ms - now()) / 1_000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS.at(-1);
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** A timestamp of a text: `at` in Unix seconds, and one of Discord's letters for the style. */
export function written({ at, style }) {
  const ms = at * 1_000;
  if (Number.isNaN(new Date(ms).getTime())) return `<t:${at}:${style}>`;
  return style === "R" ? relative(ms) : STYLES[style].format(ms);
}
