// Using the bot: slash commands, buttons, menus, message commands, forms. While an answer is awaited the page shows
// it, and when none comes it says so where Discord does.

import * as api from "./api.js";
import { openForm } from "./form.js";
import { complain } from "./notice.js";
import { setLocal, setMessage, setUse, state } from "./store.js";

let counted = 0;

/**
 * Sends a slash command or a message command. A line in the channel stands for it until there is an answer.
 * Gives an error for the person, or null.
 */
export async function invoke(command, shown) {
  const place = state.channel;
  const key = `local-${(counted += 1)}`;
  const line = { command: shown, at: Date.now() };
  setLocal(key, { ...line, state: "sending" });
  try {
    const answer = await api.control({ ...command, as: state.me, channel: place });
    setLocal(key, null);
    take(answer, place);
    return null;
  } catch (error) {
    if (!(error instanceof api.NotDone)) throw error;
    if (place !== state.channel) return null;
    if (error.kind === "no_response") {
      setLocal(key, { ...line, state: "failed", words: error.words });
      return null;
    }
    setLocal(key, null);
    return error;
  }
}

/** Presses a button or picks from a menu of a message. */
export async function useComponent(message, part, command) {
  const place = state.channel;
  setUse(message.id, { part, state: "waiting" });
  try {
    const answer = await api.control({ ...command, as: state.me, channel: place, message: message.id });
    setUse(message.id, null);
    take(answer, place);
  } catch (error) {
    if (!(error instanceof api.NotDone)) throw error;
    if (error.kind === "no_response")
      setUse(message.id, { part, state: "failed", words: "This interaction failed" });
    else {
      setUse(message.id, null);
      complain(error.words);
    }
  }
}

/** Hands a form in. Gives an error for the person, or null. */
export async function submitForm(form, values) {
  const place = state.channel;
  try {
    take(await api.control({ do: "submit", as: state.me, interaction: form.interaction, values }), place);
    return null;
  } catch (error) {
    if (!(error instanceof api.NotDone)) throw error;
    return error.kind === "no_response" ? "Something went wrong. Try again." : error.words;
  }
}

/** Does something that needs no answer of the bot: react, say, delete. Says so when it is refused. */
export async function act(command) {
  try {
    return await api.control({ as: state.me, channel: state.channel, ...command });
  } catch (error) {
    if (!(error instanceof api.NotDone)) throw error;
    complain(error.words);
    return null;
  }
}

function take(answer, place) {
  if (answer.answer === "form") openForm(answer.form);
  // The stream tells it too; whichever is first.
  if (answer.message && place === state.channel) setMessage(answer.message.id, answer.message);
}
