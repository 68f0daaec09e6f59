// What can be done with a message: the menu of its "…" button, of a right click and of the menu key.

import { ask } from "./ask.js";
import { act, invoke } from "./interactions.js";
import { complain } from "./notice.js";
import { go } from "./place.js";
import { openMenu } from "./popup.js";
import { chooseReaction } from "./reactions.js";
import { startEdit, startReply } from "./reply.js";
import { readable } from "./rich.js";
import { state } from "./store.js";
import { refreshWorld } from "./stream.js";
import { channel, isThread, permissions } from "./world.js";

/** Opens it beside an element or at a point. */
export function menuOf(anchor, message) {
  const mine = message.author === state.me;
  const may = permissions();
  const remove = () => act({ do: "delete_messages", messages: [message.id] });
  if (message.ephemeral) {
    openMenu(anchor, "Message", [
      { label: "Copy text", run: () => copy(message) },
      { label: "Dismiss message", icon: "close", run: remove },
    ]);
    return;
  }
  const commands = state.commands.filter((command) => command.type === 3);
  const moderates = may.has("MANAGE_MESSAGES");
  openMenu(anchor, "Message", [
    { label: "Add reaction", icon: "smile", run: () => chooseReaction(anchor, message) },
    mine && { label: "Edit message", run: () => startEdit(message) },
    { label: "Reply", icon: "reply", run: () => startReply(message) },
    may.has("CREATE_PUBLIC_THREADS") &&
      !isThread(channel()) && { label: "Create thread", run: () => createThread(message) },
    { label: "Copy text", run: () => copy(message) },
    commands.length > 0 && { heading: "Apps" },
    ...commands.map((command) => ({
      label: command.name,
      data: { command: command.name },
      run: () => use(command.name, message),
    })),
    (mine || (moderates && message.reactions.length > 0)) && { heading: "Change" },
    moderates &&
      message.reactions.length > 0 && {
        label: "Remove all reactions",
        danger: true,
        run: () => act({ do: "clear_reactions", message: message.id }),
      },
    (mine || moderates) && { label: "Delete message", danger: true, icon: "close", run: remove },
  ]);
}

function createThread(message) {
  const answer = async (name) => {
    const made = await act({
      do: "make_thread",
      channel: undefined,
      parent: state.channel,
      name,
      message: message.id,
    });
    if (!made) return;
    await refreshWorld();
    go(state.me, made.channel);
  };
  ask({ title: "Create thread", label: "Its name", button: "Create thread", most: 100, answer });
}

async function use(command, message) {
  const error = await invoke({ do: "message_menu", message: message.id, command }, command);
  if (error) complain(error.words);
}

async function copy(message) {
  const texts = [
    message.content,
    ...message.embeds.flatMap((embed) => [
      embed.title,
      embed.description,
      ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
    ]),
  ];
  try {
    await navigator.clipboard.writeText(texts.filter(Boolean).map(readable).join("\n"));
  } catch {
    complain("The browser does not let this page copy.");
  }
}
