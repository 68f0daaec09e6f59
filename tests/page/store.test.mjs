// What a tab remembers of its channel. Run by `cargo test --test it page`, or: node --test tests/page/

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { load } from "./load.mjs";

const { addTraffic, byId, on, setLocal, setMessage, setMessages, setPlace, setTyping, state } =
  await load("store.js");

const message = (id, more = {}) => ({ id: String(id), author: "1", content: `text ${id}`, ...more });
const shown = () => [...state.messages.keys()].join(" ");
let told = [];
on("messages", (change) => told.push(change));

beforeEach(() => {
  setPlace("1", "2");
  told = [];
});

test("ids are put in order as the numbers they are", () => {
  const ids = ["99", "100", "9007199254740993", "9007199254740992"];
  assert.deepEqual(ids.sort(byId), ["99", "100", "9007199254740992", "9007199254740993"]);
});

test("messages stand in order, however they come, and only those at the end are news", () => {
  setMessages([message(10), message(30)]);
  setMessage("20", message(20));
  setMessage("40", message(40));
  assert.equal(shown(), "10 20 30 40");
  assert.deepEqual(
    told.map((change) => change.isNew ?? false),
    [false, false, true],
  );
});

test("what did not change is not told and stays the same object", () => {
  setMessages([message(10)]);
  const first = state.messages.get("10");
  setMessage("10", message(10));
  setMessages([message(10), message(11)]);
  assert.equal(state.messages.get("10"), first);
  assert.equal(told.length, 2);
  setMessage("10", message(10, { content: "other" }));
  assert.notEqual(state.messages.get("10"), first);
});

test("messages go, and going twice is nothing", () => {
  setMessages([message(10), message(11)]);
  setMessage("10", null);
  setMessage("10", null);
  assert.equal(shown(), "11");
  assert.equal(told.length, 2);
});

test("a message from before the shown ones is left out, and the oldest are forgotten", () => {
  setMessages(Array.from({ length: 100 }, (_, at) => message(1_000 + at)));
  setMessage("5", message(5));
  assert.equal(state.messages.has("5"), false);
  for (let id = 2_000; id < 2_300; id += 1) setMessage(String(id), message(id));
  assert.equal(state.messages.size, 300);
  assert.equal(state.messages.keys().next().value, "2000");
});

test("commands on their way are lines of this tab until they are answered", () => {
  setLocal("a", { command: "compare", state: "sending" });
  setLocal("a", { command: "compare", state: "failed" });
  setLocal("b", { command: "tool", state: "sending" });
  assert.deepEqual(
    state.local.map((line) => `${line.key} ${line.state}`),
    ["a failed", "b sending"],
  );
  setLocal("a", null);
  assert.equal(state.local.length, 1);
});

test("whoever has written no longer types", () => {
  setTyping("7", "Ana", 8_000);
  setMessage("10", message(10, { author: "7" }));
  assert.equal(state.typing.size, 0);
});

test("traffic that is told again is kept once, in order, and not without end", () => {
  addTraffic([{ number: 2 }, { number: 1 }]);
  addTraffic([{ number: 2 }, { number: 3 }]);
  assert.deepEqual(
    state.traffic.map((row) => row.number),
    [1, 2, 3],
  );
  addTraffic(Array.from({ length: 500 }, (_, at) => ({ number: at + 4 })));
  assert.equal(state.traffic.length, 300);
  assert.equal(state.traffic.at(-1).number, 503);
});

test("another place begins with nothing", () => {
  setMessages([message(10)]);
  setLocal("a", { state: "sending" });
  setPlace("1", "3");
  assert.deepEqual([state.messages.size, state.local.length, state.commands.length], [0, 0, 0]);
});
