// Going to another channel, or becoming somebody else: the store, the address and the stream go together.

import { writeRoute } from "./route.js";
import { setPlace, state } from "./store.js";
import { openStream, refreshCommands } from "./stream.js";

/** Makes this tab a person in a channel. */
export function go(me = state.me, channel = state.channel) {
  setPlace(me, channel);
  // Whoever heard of it may have gone on to a channel that this person sees.
  if (me !== state.me || channel !== state.channel) return;
  writeRoute(me, channel);
  openStream();
  refreshCommands();
}
