// Who one is and where, in the address: every tab is a person of its own, and a reload changes nothing.

/** `{as, channel}` as the address has them; either may be missing. */
export function readRoute() {
  const query = new URLSearchParams(location.search);
  return { as: query.get("as"), channel: query.get("channel") };
}

/** The address for a person in a channel. */
export function address(as, channel) {
  const query = new URLSearchParams(location.search);
  query.set("as", as);
  query.set("channel", channel);
  return `/?${query}`;
}

/** Puts them into the address, without a step in the history. */
export function writeRoute(as, channel) {
  history.replaceState(null, "", address(as, channel));
}
