// Draws a tree of `markdown.js` with nodes of the page. Texts stay texts.

import { h } from "./dom.js";
import { link, shortLink } from "./links.js";
import { onlyEmoji, parse, parseInline, plain } from "./markdown.js";
import { full, written } from "./time.js";
import { names } from "./world.js";
import { state } from "./store.js";

const INLINE = { b: "strong", i: "em", u: "u", s: "s" };
const GUIDES = {
  customize: "Channels & Roles",
  browse: "Browse Channels",
  guide: "Server Guide",
  "linked-roles": "Linked Roles",
};

/** What a message says. Nothing but emoji is drawn large. */
export function richMessage(text, jumbo = true) {
  const tree = parse(text);
  const nodes = draw(tree);
  return h("div", { class: jumbo && onlyEmoji(tree) ? "rich jumbo" : "rich" }, nodes);
}

/** A heading or label: no blocks, no mentions. */
export const richLine = (text) => draw(parseInline(text));

/** A text to be read aloud or to stand in one line. */
export const readable = (text) => plain(parse(text), { ...names, time: written });

function draw(nodes) {
  return nodes.map((node) => {
    if (INLINE[node.t]) return h(INLINE[node.t], {}, draw(node.c));
    const drawn = DRAW[node.t];
    return drawn ? drawn(node) : document.createTextNode(node.v ?? "");
  });
}

const DRAW = {
  br: () => h("br"),
  code: ({ v }) => h("code", { text: v }),
  pre: ({ v, lang }) =>
    h("pre", { tabindex: "0", "aria-label": lang ? `Code in ${lang}` : "Code" }, h("code", { text: v })),
  quote: ({ c }) => h("blockquote", {}, draw(c)),
  h: ({ level, c }) =>
    h("div", { class: `heading heading-${level}`, role: "heading", "aria-level": level + 2 }, draw(c)),
  sub: ({ c }) => h("div", { class: "subtext" }, draw(c)),
  list: ({ ordered, start, items }) =>
    h(
      ordered ? "ol" : "ul",
      ordered && start !== 1 ? { start } : {},
      items.map((item) => h("li", {}, draw(item))),
    ),
  link: ({ href, c }) => (c.length === 1 && c[0].v === href && shortLink(href)) || link(href, draw(c)),
  spoiler,
  user: ({ id }) => mention(names.user(id) ? `@${names.user(id)}` : "@unknown-user", id === state.me),
  role: ({ id }) => mention(`@${names.role(id) ?? "unknown-role"}`),
  everyone: ({ v }) => mention(v, true),
  channel: ({ id }) => mention(`#${names.channel(id) ?? "unknown"}`),
  command: ({ name }) =>
    h("button", {
      type: "button",
      class: "mention",
      text: `/${name}`,
      on: {
        click: (event) =>
          event.target.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: name })),
      },
    }),
  guide: ({ v }) => mention(GUIDES[v]),
  emoji: ({ name }) => h("span", { class: "emoji-name", text: `:${name}:` }),
  time: (node) =>
    h("time", {
      class: "stamp",
      title: full(node.at * 1_000),
      text: written(node),
      data: node.style === "R" ? { relative: node.at } : {},
    }),
};

const mention = (text, mine = false) => h("span", { class: mine ? "mention mine" : "mention", text });

function spoiler({ c }) {
  const inner = h("span", { class: "spoiler-text", "aria-hidden": "true" }, draw(c));
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    box.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) box.removeAttribute(name);
    inner.removeAttribute("aria-hidden");
    box.removeEventListener("click", show);
    box.removeEventListener("keydown", show);
  };
  const box = h(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: "0",
      "aria-label": "Spoiler, press to show",
      on: { click: show, keydown: show },
    },
    inner,
  );
  return box;
}

/** Relative times grow older while one looks. */
export function keepTimesFresh() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      element.textContent = written({ at: Number(element.dataset.relative), style: "R" });
    }
  }, 15_000);
}
