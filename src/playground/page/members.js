// Who is in the server: the pane "Members" beside the channel.

import { avatar } from "./avatar.js";
import { byId, fill, h, icon } from "./dom.js";
import { invoke } from "./interactions.js";
import { complain } from "./notice.js";
import { roleName } from "./people.js";
import { openMenu } from "./popup.js";
import { on, state } from "./store.js";
import { server } from "./world.js";

/** Wires the pane. */
export function startMembers() {
  on("world place commands", draw);
}

function draw() {
  const here = server();
  const members = here?.members ?? [];
  const toBe = new Map(state.info.people.map((person) => [person.id, person.role]));
  const groups = [
    ["Apps", members.filter((member) => member.bot)],
    ["You can be", members.filter((member) => toBe.has(member.user))],
    ["Others", members.filter((member) => !member.bot && !toBe.has(member.user))],
  ];
  fill(
    byId("pane-members"),
    groups
      .filter(([, people]) => people.length > 0)
      .map(([title, people]) => [
        h("h3", { text: `${title} — ${people.length}` }),
        h(
          "ul",
          { class: "member-list" },
          people.map((member) => row(member, toBe.get(member.user))),
        ),
      ]),
  );
}

function row(member, role) {
  const menus = state.commands.filter((command) => command.type === 2);
  const more = h(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-label": `Apps for ${member.name}`,
      "aria-haspopup": "menu",
      on: {
        click: () =>
          openMenu(
            more,
            member.name,
            menus.map(({ name }) => ({
              label: name,
              data: { command: name },
              run: () => use(name, member.user),
            })),
          ),
      },
    },
    icon("more"),
  );
  return h(
    "li",
    { class: "member" },
    avatar(member.user, member.name),
    h(
      "span",
      { class: "member-text" },
      h("span", { text: member.name }),
      h("small", {
        text: [member.user === state.me && "you", role && roleName(role)].filter(Boolean).join(" · "),
      }),
    ),
    member.bot && h("span", { class: "badge", text: "APP" }),
    menus.length > 0 && more,
  );
}

async function use(command, user) {
  const error = await invoke({ do: "user_menu", user, command }, command);
  if (error) complain(error.words);
}
