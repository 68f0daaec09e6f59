// One message, drawn as Discord draws it.

import { avatar } from "./avatar.js";
import { h, icon } from "./dom.js";
import { drawAttachment, drawEmbed, ownFiles } from "./embed.js";
import { act } from "./interactions.js";
import { complain } from "./notice.js";
import { menuOf } from "./message_menu.js";
import { drawParts } from "./parts.js";
import { adder, drawReactions } from "./reactions.js";
import { readable, richMessage } from "./rich.js";
import { startReply } from "./reply.js";
import { setLocal, state } from "./store.js";
import { clock, full, stamp } from "./time.js";
import { botName } from "./world.js";

const READ_ALOUD = 400;

/** A message. `follows`: the same person wrote the one above just before, so name and picture are left out. */
export function drawMessage(message, follows) {
  const use = state.uses.get(message.id);
  const element = h(
    "article",
    {
      class: classes(message, follows),
      tabindex: "-1",
      "aria-label": spoken(message),
      id: `message-${message.id}`,
      data: {
        messageId: message.id,
        author: message.author,
        key: message.id,
        ...(message.ephemeral ? { ephemeral: "true" } : {}),
      },
    },
    above(message),
    follows
      ? h("time", {
          class: "gutter-time",
          datetime: new Date(message.at_ms).toISOString(),
          "aria-hidden": "true",
          text: clock(message.at_ms),
        })
      : avatar(message.author, message.author_name),
    h(
      "div",
      { class: "message-body" },
      !follows && header(message.author_name, message.from_bot, message.at_ms),
      content(message),
      message.embeds.map((embed) => drawEmbed(embed, message.attachments)),
      ownFiles(message).map(drawAttachment),
      message.components.length > 0 && h("div", { class: "parts" }, drawParts(message, use)),
      use?.state === "failed" &&
        h("div", { class: "failed-use", role: "alert", data: { failed: use.part } }, use.words),
      drawReactions(message),
      message.ephemeral &&
        ephemeralNote(message.id, () => act({ do: "delete_messages", messages: [message.id] })),
    ),
    toolbar(message),
  );
  return element;
}

function classes(message, follows) {
  const mine = message.mentions.includes(state.me);
  return ["message", follows && "follows", message.ephemeral && "ephemeral", mine && "mentions-me"]
    .filter(Boolean)
    .join(" ");
}

/** What a screen reader says when it comes to the message. */
export function spoken(message) {
  const texts = [message.content, ...message.embeds.flatMap((embed) => [embed.title, embed.description])];
  const words = message.thinking ? "is thinking" : texts.filter(Boolean).map(readable).join(". ");
  const cut = words.length > READ_ALOUD ? `${words.slice(0, READ_ALOUD)}…` : words;
  const only = message.ephemeral ? "Only you can see this. " : "";
  return `${message.author_name}, ${stamp(message.at_ms)}. ${only}${cut}`;
}

function header(name, fromBot, at) {
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "author", text: name }),
    fromBot && h("span", { class: "badge", text: "APP" }),
    h("time", {
      class: "message-time",
      datetime: new Date(at).toISOString(),
      title: full(at),
      text: stamp(at),
    }),
  );
}

function content(message) {
  if (message.thinking) return thinking(`${message.author_name} is thinking…`);
  if (!message.content) return null;
  const drawn = richMessage(message.content);
  if (message.edited && !message.from_bot) drawn.append(h("span", { class: "edited", text: " (edited)" }));
  return h("div", { class: "message-content" }, drawn);
}

const thinking = (words) =>
  h(
    "div",
    { class: "thinking" },
    h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    h("span", { text: words }),
  );

/** The line above: what it replies to, or which command it answers. */
function above(message) {
  const to = repliesTo(message);
  if (to) {
    const target = state.messages.get(to);
    // What a button of somebody's own message led to stands alone for the others.
    if (!target)
      return message.reply_to
        ? h("div", { class: "above" }, h("em", { text: "The message it replies to is not here." }))
        : null;
    const first = target.content || target.embeds[0]?.title || target.embeds[0]?.description || "";
    return h(
      "button",
      {
        type: "button",
        class: "above",
        data: { key: `${message.id}/reply` },
        on: { click: () => goTo(target.id) },
      },
      h("span", { class: "for-ears", text: "In reply to " }),
      avatar(target.author, target.author_name, "tiny"),
      h("span", { class: "author", text: target.author_name }),
      h("span", {
        class: "above-text",
        text: first ? readable(first.slice(0, 300)) : "Press to see the attachment",
      }),
    );
  }
  if (message.answers?.command)
    return used(message.answers.user, message.answers.user_name, message.answers.command);
  return null;
}

/** What it stands below in Discord: a reply's message, a follow-up's first answer, the message of the button that was pressed. */
export function repliesTo(message) {
  const { about, command } = message.answers ?? {};
  if (message.reply_to || !about) return message.reply_to;
  const first = state.messages.get(about);
  return !command || first?.answers?.command === command ? about : null;
}

function used(user, name, command) {
  const isMenu =
    /[A-Z ]/.test(command) &&
    !state.commands.some((known) => known.type === 1 && command.split(" ")[0] === known.name);
  return h(
    "div",
    { class: "above" },
    avatar(user, name, "tiny"),
    h("span", { class: "author", text: name }),
    " used ",
    h("span", { class: "command-name", text: isMenu ? command : `/${command}` }),
  );
}

/** Brings a message into sight and marks it for a moment. */
export function goTo(id) {
  const element = document.getElementById(`message-${id}`);
  if (!element) {
    complain("That message is not among those shown here.");
    return;
  }
  element.scrollIntoView({ block: "center" });
  element.classList.remove("flash");
  void element.offsetWidth;
  element.classList.add("flash");
  element.focus({ preventScroll: true });
}

function ephemeralNote(key, dismiss) {
  return h(
    "div",
    { class: "ephemeral-note" },
    icon("eye"),
    h("span", { text: "Only you can see this" }),
    " • ",
    h("button", {
      type: "button",
      class: "linkish",
      text: "Dismiss message",
      data: { role: "dismiss", key: `${key}/dismiss` },
      on: { click: dismiss },
    }),
  );
}

function toolbar(message) {
  const more = h(
    "button",
    {
      type: "button",
      "aria-label": "More about this message",
      title: "More",
      "aria-haspopup": "menu",
      data: { role: "message-menu", key: `${message.id}/more` },
      on: { click: () => menuOf(more, message) },
    },
    icon("more"),
  );
  return h(
    "div",
    { class: "toolbar" },
    !message.ephemeral && adder(message, "", `${message.id}/react`),
    !message.ephemeral &&
      h(
        "button",
        {
          type: "button",
          "aria-label": "Reply",
          title: "Reply",
          data: { key: `${message.id}/answer` },
          on: { click: () => startReply(message) },
        },
        icon("reply"),
      ),
    more,
  );
}

/** A command of this tab that has no message yet: on its way, or without an answer. */
export function drawLocal(line) {
  const failed = line.state === "failed";
  const name = botName();
  const bot = state.world?.application.user ?? "";
  const me = state.world?.servers
    .flatMap((server) => server.members)
    .find((member) => member.user === state.me);
  return h(
    "article",
    {
      class: failed ? "message ephemeral" : "message",
      tabindex: "-1",
      data: { key: line.key, local: line.state, ...(failed ? { failed: line.command } : {}) },
      "aria-label": failed ? `${name}: ${line.words}` : `Sending ${line.command}`,
    },
    used(state.me, me?.name ?? "", line.command),
    avatar(bot, name),
    h(
      "div",
      { class: "message-body" },
      header(name, true, line.at + state.clockAhead),
      failed
        ? h(
            "div",
            { class: "failed-command" },
            h("span", { class: "failed-sign", "aria-hidden": "true", text: "!" }),
            line.words,
          )
        : thinking("Sending command…"),
      failed && ephemeralNote(line.key, () => setLocal(line.key, null)),
    ),
  );
}
