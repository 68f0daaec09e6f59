// What the page makes of what is typed behind a slash. Run by `cargo test --test it page`, or: node --test tests/page/

import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { OPTION, begun, fillIn, fitting, leaves, valueOf } = await load("commands.js");

const text = (name, required = false) => ({ name, type: OPTION.text, required });
const all = leaves([
  {
    name: "compare",
    type: 1,
    description: "Compare tools",
    options: [text("a", true), text("b", true), text("c")],
  },
  {
    name: "digest",
    type: 1,
    description: "The weekly post",
    options: [
      { name: "on", type: OPTION.sub, description: "Switch it on", options: [text("channel")] },
      { name: "off", type: OPTION.sub, description: "Switch it off" },
    ],
  },
  { name: "tool", type: 1, description: "One card", options: [text("name", true)] },
  { name: "Compare tools mentioned", type: 3 },
]);
const paths = (found) => found.map((leaf) => leaf.path);

test("every sub-command is a command of its own, menus are none", () => {
  assert.deepEqual(paths(all), ["compare", "digest off", "digest on", "tool"]);
});

test("names come before parts of names, descriptions last", () => {
  assert.deepEqual(paths(fitting(all, "")), paths(all));
  assert.deepEqual(paths(fitting(all, "o")), ["digest off", "digest on", "compare", "tool"]);
  assert.deepEqual(paths(fitting(all, "digest o")), ["digest off", "digest on"]);
  assert.deepEqual(paths(fitting(all, "weekly")), []);
  assert.deepEqual(paths(fitting(all, "switch")), ["digest off", "digest on"]);
});

test("a whole name and a blank begin the command", () => {
  assert.equal(begun(all, "/compare"), null);
  assert.equal(begun(all, "/digest "), null);
  assert.deepEqual(
    [begun(all, "/digest on x").leaf.path, begun(all, "/digest on x").rest],
    ["digest on", "x"],
  );
});

test("a pasted line fills in what it names", () => {
  assert.deepEqual(fillIn(all[0], "a: haiku b:axolotl v0.16"), { a: "haiku", b: "axolotl v0.16" });
  assert.deepEqual(fillIn(all[0], "haiku"), { a: "haiku" });
  assert.deepEqual(fillIn(all[0], ""), {});
});

test("values are of the kind that the option wants", () => {
  assert.equal(valueOf({ type: OPTION.whole }, "-12"), -12);
  assert.equal(valueOf({ type: OPTION.whole }, "1.5"), undefined);
  assert.equal(valueOf({ type: OPTION.number }, "1.5"), 1.5);
  assert.equal(valueOf({ type: OPTION.number }, ""), undefined);
  assert.equal(valueOf({ type: OPTION.flag }, "True"), true);
  assert.equal(valueOf({ type: OPTION.flag }, "yes"), undefined);
  assert.equal(valueOf({ type: OPTION.user }, "Mara"), undefined);
});
