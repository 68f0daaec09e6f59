// How the page reads Discord's Markdown. Run by `cargo test --test it page`, or: node --test tests/page/

import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { onlyEmoji, parse, parseInline, plain } = await load("markdown.js");

/** A tree as a short text: `b(…)` for bold and so on, text as it is. */
const short = (nodes) =>
  nodes
    .map((node) => {
      switch (node.t) {
        case "text":
          return node.v;
        case "br":
          return "⏎";
        case "code":
          return `code(${node.v})`;
        case "pre":
          return `pre:${node.lang}(${node.v})`;
        case "h":
          return `h${node.level}(${short(node.c)})`;
        case "list":
          return `${node.ordered ? `ol${node.start}` : "ul"}[${node.items.map(short).join("|")}]`;
        case "link":
          return `link<${node.href}>(${short(node.c)})`;
        case "time":
          return `time<${node.at}:${node.style}>`;
        default:
          return `${node.t}(${node.c ? short(node.c) : (node.id ?? node.v)})`;
      }
    })
    .join("");

const CASES = [
  // Marks within a line
  ["**b** *i* _i_ __u__ ~~s~~ ||x||", "b(b) i(i) i(i) u(u) s(s) spoiler(x)"],
  ["***both***", "b(i(both))"],
  ["*a **b** c*", "i(a b(b) c)"],
  ["**a *b* c**", "b(a i(b) c)"],
  ["snake_case_name and 2*3*4", "snake_case_name and 2i(3)4"],
  ["**never closed", "**never closed"],
  ["* not italic*", "ul[not italic*]"],
  ["** **", "** **"],
  ["`a*b*` ``c`d``", "code(a*b*) code(c`d)"],
  ["`never closed", "`never closed"],
  ["\\*plain\\* \\# \\\\ C:\\new", "*plain* # \\ C:\\new"],
  ["one\ntwo", "one⏎two"],
  // Blocks
  ["# one\n## two\n### three\n#### four", "h1(one)h2(two)h3(three)#### four"],
  ["#channel\n-# small", "#channelsub(small)"],
  ["> a\n> **b**\nc", "quote(a⏎b(b))c"],
  ["a\n>>> b\nc\n- d", "aquote(b⏎cul[d])"],
  [">no quote", ">no quote"],
  ["- a\n- b\n  - c\n- d", "ul[a|bul[c]|d]"],
  ["3. a\n4. b\n- c", "ol3[a|b]ul[c]"],
  ["- a\n  further", "ul[a⏎further]"],
  ["```rs\nlet x = 1;\n```\nafter", "pre:rs(let x = 1;)after"],
  ["before ```x``` after", "before pre:(x) after"],
  ["```never closed", "```never closed"],
  ["a\n\n# b\n\nc", "a⏎h1(b)c"],
  // Links
  ["https://example.org/a_b_c.", "link<https://example.org/a_b_c>(https://example.org/a_b_c)."],
  ["(https://example.org/x_(y))", "(link<https://example.org/x_(y)>(https://example.org/x_(y)))"],
  ["<https://example.org>", "link<https://example.org/>(https://example.org)"],
  ['[a **b**](https://example.org "hint")', "link<https://example.org/>(a b(b))"],
  ["[x](javascript:alert(1)) [y](data:text/html,z)", "[x](javascript:alert(1)) [y](data:text/html,z)"],
  ["[https://good.example](https://bad.example)", "link<https://bad.example/>(https://good.example)"],
  ["xhttps://example.org", "xhttps://example.org"],
  // Mentions and the like
  [
    "<@1> <@!2> <@&3> <#4> @everyone @here",
    "user(1) user(2) role(3) channel(4) everyone(@everyone) everyone(@here)",
  ],
  ["<t:1700000000> <t:1700000000:R> <t:x:R>", "time<1700000000:f> time<1700000000:R> <t:x:R>"],
  ["<:ship:123> <a:party:4> </compare:9>", "emoji(123) emoji(4) command(9)"],
  ["\\<@1> `<@2>`", "<@1> code(<@2>)"],
  // Markup is text
  [
    "<script>alert(1)</script> &lt; <img src=x onerror=y>",
    "<script>alert(1)</script> &lt; <img src=x onerror=y>",
  ],
];

for (const [source, wanted] of CASES) {
  test(`reads ${JSON.stringify(source)}`, () => assert.equal(short(parse(source)), wanted));
}

test("a heading of an embed has marks, but no blocks and no mentions", () => {
  assert.equal(
    short(parseInline("# **a** <@1> @everyone [b](https://example.org)")),
    "# b(a) <@1> @everyone link<https://example.org/>(b)",
  );
});

test("what is read aloud has no marks, names instead of numbers, and does not give spoilers away", () => {
  const names = { user: (id) => (id === "1" ? "Mara" : undefined) };
  assert.equal(plain(parse("**a** <@1> <@2> ||b||\n- c\n- `d`"), names), "a @Mara @2 (spoiler)c, d");
});

test("a message of nothing but emoji is drawn large", () => {
  assert.ok(onlyEmoji(parse("🚢 🎉")));
  assert.ok(onlyEmoji(parse("<:ship:123>👩‍🚀")));
  for (const text of ["", "7", "🚢 yes", "**🚢**"]) assert.ok(!onlyEmoji(parse(text)), text);
});

test("any text is read, quickly, and all addresses are http", () => {
  let seed = 7;
  const next = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const pieces = [
    "*",
    "**",
    "_",
    "__",
    "~~",
    "||",
    "`",
    "```",
    "\n",
    "> ",
    ">>> ",
    "- ",
    "1. ",
    "# ",
    "[",
    "](",
    ")",
    "<",
    ">",
    "@",
    "\\",
    "https://a.b",
    "javascript:x",
    "a",
    " ",
    "🚢",
    "<t:1:R>",
  ];
  const links = (nodes) =>
    nodes.flatMap((node) => [node.href ?? [], links(node.c ?? []), (node.items ?? []).map(links)].flat(9));
  for (let round = 0; round < 400; round += 1) {
    const text = Array.from({ length: 1 + next(120) }, () => pieces[next(pieces.length)]).join("");
    for (const href of links(parse(text))) assert.match(href, /^https?:\/\//, text);
  }
});

test("the worst texts of full length do not hold the page up", () => {
  const long = (piece) => piece.repeat(Math.ceil(6_000 / piece.length)).slice(0, 6_000);
  const worst = [
    ...[
      "> ",
      "[",
      "<@",
      "**",
      "*a ",
      "_a",
      "||",
      "`",
      "```",
      "\\",
      "- a\n",
      "[a](",
      "https://a.b/(",
      "*a **b ",
    ].map(long),
    Array.from({ length: 60 }, (_, depth) => `${" ".repeat(depth)}- a`).join("\n"),
  ];
  for (const text of worst) {
    const from = performance.now();
    parse(text);
    assert.ok(
      performance.now() - from < 2_000,
      `${text.slice(0, 10)}: ${Math.round(performance.now() - from)} ms`,
    );
  }
});
