// What this tab knows, and who wants to hear when it changes. No other module keeps facts about the server.

/** The stream begins with so many messages, the newest. */
const BEGINNING = 100;
/** Messages beyond this many are forgotten, oldest first. */
const MOST_MESSAGES = 300;
const MOST_TRAFFIC = 300;

/** The facts. Read them anywhere, change them through the functions below only. */
export const state = {
  info: null,
  world: null,
  /** The difference between the simulator's clock and this machine's, in milliseconds. */
  clockAhead: 0,
  me: "",
  channel: "",
  /** By id, as this person sees them. */
  messages: new Map(),
  /** Interactions of this tab that have no message yet: `{key, command, state, words, at}`. */
  local: [],
  /** Message id → `{part, state, words}`: a button or menu that waits for its answer, or that got none. */
  uses: new Map(),
  /** Definitions of the commands this person is offered here. */
  commands: [],
  /** `opening`, `open`, `lost` or `stopped`: the stream of this page. */
  stream: "opening",
  faults: { connected: true, offline_until: null, storm_left: 0, now: 0 },
  traffic: [],
  /** User id → `{name, until}`. */
  typing: new Map(),
};

const listeners = new Map();

/** Calls `listener` at every change of a topic: world, place, messages, commands, stream, faults, traffic, typing. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
  }
}

/** Calls `listener` at the next change of a topic only; when it gives false, at the one after it too, and so on. */
export function once(topic, listener) {
  const heard = (detail) => {
    if (listener(detail) !== false) listeners.get(topic).delete(heard);
  };
  on(topic, heard);
}

export function tell(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** Ids are numbers written as texts, and too large for a number of JavaScript. */
export const byId = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

export function setInfo(info) {
  state.info = info;
}

export function setWorld(world) {
  state.world = world;
  state.clockAhead = world.now_ms - Date.now();
  tell("world");
}

/** Another person or another channel. */
export function setPlace(me, channel) {
  state.me = me;
  state.channel = channel;
  state.messages = new Map();
  state.local = [];
  state.uses = new Map();
  state.commands = [];
  state.typing = new Map();
  tell("place");
  tell("messages", { fresh: true });
}

/** The whole channel at once. */
export function setMessages(messages) {
  const before = state.messages;
  state.messages = new Map();
  for (const message of messages) {
    const known = before.get(message.id);
    state.messages.set(message.id, known && same(known, message) ? known : message);
  }
  tell("messages", { whole: true });
}

/** One message is new, changed, or (null) gone. */
export function setMessage(id, message) {
  const known = state.messages.get(id);
  const ids = [...state.messages.keys()];
  const isNew = Boolean(message) && !known && (ids.length === 0 || byId(id, ids.at(-1)) > 0);
  if (!message) {
    if (!state.messages.delete(id)) return;
  } else if (known) {
    if (same(known, message)) return;
    state.messages.set(id, message);
  } else {
    // One from before the first that is kept: it is not shown.
    if (ids.length >= BEGINNING && byId(id, ids[0]) < 0) return;
    const all = [...state.messages, [id, message]].sort(([one], [other]) => byId(one, other));
    state.messages = new Map(all.slice(-MOST_MESSAGES));
    state.typing.delete(message.author);
  }
  tell("messages", { id, isNew });
  tell("typing");
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** An interaction that is on its way, or that failed; null takes the line away. */
export function setLocal(key, line) {
  state.local = state.local.filter((known) => known.key !== key);
  if (line) state.local.push({ key, ...line });
  tell("messages", { local: key });
}

/** A button or menu of a message waits for its answer or failed; null: neither. */
export function setUse(id, use) {
  if (use) state.uses.set(id, use);
  else state.uses.delete(id);
  tell("messages", { id });
}

export function setCommands(commands) {
  state.commands = commands;
  tell("commands");
}

export function setStream(standing) {
  if (state.stream === standing) return;
  state.stream = standing;
  tell("stream");
}

export function setFaults(faults) {
  state.faults = faults;
  tell("faults");
}

export function addTraffic(rows) {
  const known = new Map(state.traffic.map((row) => [row.number, row]));
  for (const row of rows) known.set(row.number, row);
  state.traffic = [...known.values()].sort((a, b) => a.number - b.number).slice(-MOST_TRAFFIC);
  tell("traffic");
}

export function setTyping(user, name, forMs) {
  state.typing.set(user, { name, until: Date.now() + forMs });
  tell("typing");
}

/** The simulator's time, in Unix milliseconds. */
export const now = () => Date.now() + state.clockAhead;
