// Starts the page: reads who and what is there, draws it, opens the stream.
//
// What this tab knows is kept in `store.js`; whoever shows a part of it listens there. Only `api.js` and `stream.js`
// speak to the server.
//
// | files | what they are for |
// | --- | --- |
// | `store`, `world` | the facts, and questions about servers, people and permissions |
// | `api`, `stream`, `place`, `route` | commands, the one stream of events, who and where this tab is |
// | `log`, `message`, `message_menu`, `reactions`, `embed`, `parts`, `avatar` | the channel's messages |
// | `markdown`, `rich`, `links`, `time` | Discord's Markdown: read, and drawn |
// | `composer`, `commands`, `command_bar`, `suggestions`, `reply` | writing, commands and their options |
// | `interactions`, `form`, `popup`, `notice` | what the bot is asked, forms, menus, what was refused |
// | `channels`, `people`, `members`, `traffic`, `faults`, `status`, `hint`, `drawers`, `theme` | what stands around |
//
// Plain modules without a build step. Formatted with Prettier, 110 columns.

import * as api from "./api.js";
import { startChannels } from "./channels.js";
import { startComposer } from "./composer.js";
import { byId, fill, h, icon } from "./dom.js";
import { startDrawers } from "./drawers.js";
import { startFaults } from "./faults.js";
import { startHint } from "./hint.js";
import { startLog } from "./log.js";
import { startMembers } from "./members.js";
import { startPeople } from "./people.js";
import { keepTimesFresh } from "./rich.js";
import { readRoute } from "./route.js";
import { go } from "./place.js";
import { startStatus } from "./status.js";
import { on, setInfo, setWorld } from "./store.js";
import { startTheme } from "./theme.js";
import { startTraffic } from "./traffic.js";

const ICONS = { "open-sidebar": "menu", help: "help", theme: "sun", "panel-toggle": "panel", send: "send" };

async function start() {
  for (const [id, name] of Object.entries(ICONS)) byId(id).append(icon(name));
  for (const button of document.querySelectorAll(".drawer-close")) button.append(icon("close"));
  startTheme();
  let info;
  let world;
  try {
    [info, world] = await Promise.all([api.info(), api.world()]);
  } catch (error) {
    cannotStart(error);
    return;
  }
  setInfo(info);
  for (const begin of [
    startDrawers,
    startPeople,
    startChannels,
    startLog,
    startComposer,
    startTraffic,
    startFaults,
    startMembers,
    startStatus,
    startHint,
  ])
    begin();
  keepTimesFresh();
  setWorld(world);
  on("messages", ({ whole }) => {
    if (whole) document.documentElement.dataset.ready = "true";
  });
  const asked = readRoute();
  const me =
    [...info.people, ...(info.others ?? [])].find((person) => person.id === asked.as) ?? info.people[0];
  const channel =
    info.channels.find((place) => place.id === asked.channel)?.id ??
    knownChannel(world, asked.channel) ??
    info.channels[0].id;
  go(me.id, channel);
  // As in Discord one can write at once; on a touch screen that would bring up the keyboard.
  if (matchMedia("(hover: hover) and (pointer: fine)").matches) byId("composer").focus();
}

/** A channel or thread that was made after the start. */
function knownChannel(world, id) {
  const all = world.servers.flatMap((server) => [...server.channels, ...server.threads]);
  return all.find((place) => place.channel === id)?.channel;
}

function cannotStart(error) {
  const words = error instanceof api.NotDone ? error.words : String(error);
  const again = h("button", {
    type: "button",
    class: "button primary",
    text: "Try again",
    on: { click: () => location.reload() },
  });
  fill(
    byId("beginning"),
    h(
      "div",
      { class: "cannot", role: "alert" },
      h("h2", { text: "The page cannot begin" }),
      h("p", { text: words }),
      again,
    ),
  );
}

start();
