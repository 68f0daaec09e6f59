// What the composer is about to do besides writing: reply to a message, or change an own one.

let aim = null;
const listeners = new Set();

/** `{kind: "reply", message, ping}`, `{kind: "edit", message}`, or null. */
export const currentAim = () => aim;

/** Calls the listener whenever the aim changes. */
export const onAim = (listener) => listeners.add(listener);

function set(next) {
  aim = next;
  for (const listener of listeners) listener(aim);
}

export const startReply = (message) => set({ kind: "reply", message, ping: true });
export const startEdit = (message) => set({ kind: "edit", message });
export const dropAim = () => aim && set(null);
export const setPing = (ping) => set({ ...aim, ping });
