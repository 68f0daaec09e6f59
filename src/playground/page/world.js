// Questions about servers, channels and people, answered from the store; and what a person may do in a channel.

import { state } from "./store.js";

/** The server on show: the one that holds the channel, else the first. */
export function server() {
  const servers = state.world?.servers ?? [];
  return servers.find((known) => holds(known, state.channel)) ?? servers[0];
}

const holds = (known, id) => [...known.channels, ...known.threads].some((found) => found.channel === id);

/** A channel or thread of any server. */
export function channel(id = state.channel) {
  for (const known of state.world?.servers ?? []) {
    const found = [...known.channels, ...known.threads].find((one) => one.channel === id);
    if (found) return found;
  }
  return undefined;
}

export const member = (id) => server()?.members.find((known) => known.user === id);
export const role = (id) => server()?.roles.find((known) => known.role === id);
export const isBot = (id) => id === state.world?.application.user;
export const botName = () =>
  member(state.world?.application.user)?.name ?? state.info?.bot.name ?? "The application";

/** What mentions in texts are shown as. */
export const names = {
  user: (id) => member(id)?.name,
  role: (id) => role(id)?.name.replace(/^@/, ""),
  channel: (id) => channel(id)?.name,
};

/** The names of Discord's permissions that a member has in a channel. */
export function permissions(user = state.me, id = state.channel) {
  const here = server();
  const person = member(user);
  const place = channel(id);
  if (!here || !person || !place) return new Set();
  const roles = [here.server, ...person.roles];
  const granted = new Set(roles.flatMap((one) => role(one)?.permission_names ?? []));
  if (here.owner === user || granted.has("ADMINISTRATOR")) return { has: () => true };
  const at = place.parent && isThread(place) ? (channel(place.parent) ?? place) : place;
  const apply = (lines) => {
    for (const line of lines) for (const name of line.deny) granted.delete(name);
    for (const line of lines) for (const name of line.allow) granted.add(name);
  };
  const lines = at.overwrites ?? [];
  apply(lines.filter((line) => line.target === here.server));
  apply(
    lines.filter(
      (line) => line.kind === "role" && line.target !== here.server && person.roles.includes(line.target),
    ),
  );
  apply(lines.filter((line) => line.kind === "member" && line.target === user));
  return granted;
}

export const isThread = (place) => [10, 11, 12].includes(place.kind);

/** Channels with messages that this person sees, each followed by its threads. */
export function visibleChannels() {
  const here = server();
  if (!here) return [];
  return here.channels
    .filter(
      (place) => [0, 5].includes(place.kind) && permissions(state.me, place.channel).has("VIEW_CHANNEL"),
    )
    .map((place) => ({
      ...place,
      threads: here.threads.filter((thread) => thread.parent === place.channel && !thread.archived),
    }));
}
