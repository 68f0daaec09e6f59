// Who this tab is: the card at the bottom left, and the choice of another person.

import { avatar } from "./avatar.js";
import { byId, fill, h } from "./dom.js";
import { go } from "./place.js";
import { address } from "./route.js";
import { on, state } from "./store.js";

const ROLES = { member: "Member", moderator: "Moderator", newcomer: "Newcomer" };

/** What a role is called here. */
export const roleName = (role) => ROLES[role] ?? role;

/** Wires the choice. */
export function startPeople() {
  const select = byId("person");
  const { people, others = [] } = state.info;
  fill(
    select,
    people.map(({ id, name, role }) =>
      h("option", { value: id, text: `${name} (${roleName(role).toLowerCase()})` }),
    ),
    others.length > 0 &&
      h(
        "optgroup",
        { label: "Others here" },
        others.map(({ id, name }) => h("option", { value: id, text: name })),
      ),
  );
  select.addEventListener("change", () => go(select.value, state.channel));
  on("place", draw);
}

function draw() {
  const { people, others = [] } = state.info;
  const at = people.findIndex((person) => person.id === state.me);
  const me = people[at] ?? { role: "member", ...others.find((person) => person.id === state.me) };
  byId("person").value = me.id;
  fill(
    byId("me-card"),
    avatar(me.id, me.name),
    h("div", { class: "me-text" }, h("strong", { text: me.name }), h("small", { text: roleName(me.role) })),
  );
  const other = people[(at + 1) % people.length];
  byId("other-tab").href = address(other.id, state.channel);
  byId("other-tab").textContent = `Be ${other.name} in another tab`;
}
