// Reads Discord's Markdown into a tree of plain objects. Nothing here touches the page: `rich.js` draws the tree.
//
// A node is `{ t, … }`: text, b, i, u, s, spoiler, code, pre, quote, h, sub, list, br, link, user, role, channel,
// everyone, time, emoji, command, guide. `parse` reads what a message or an embed's body may hold, `parseInline`
// what a heading of an embed may hold (no blocks, no mentions).

const DEEPEST = 12;
const ADDRESS = /https?:\/\/[^\s<>"]+/y;
const ANGLED = /<(https?:\/\/[^\s<>]+)>/y;
const USER = /<@!?(\d{1,20})>/y;
const ROLE = /<@&(\d{1,20})>/y;
const CHANNEL = /<#(\d{1,20})>/y;
const COMMAND = /<\/([^:<>]{1,100}):(\d{1,20})>/y;
const GUIDE = /<id:(customize|browse|guide|linked-roles)>/y;
const TIME = /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y;
const EMOJI = /<(a?):(\w{2,32}):(\d{1,20})>/y;
const EVERYONE = /@(everyone|here)\b/y;
const FENCE = /```(?:([\w+.#-]{1,40})\n)?([\s\S]*?)```/y;
const PAIRS = [
  ["**", "b"],
  ["__", "u"],
  ["~~", "s"],
  ["||", "spoiler"],
];

/** Everything: blocks, mentions, links with a text of their own. */
export function parse(source) {
  return blocks(source.replace(/\r\n?/g, "\n"), { depth: 0, mentions: true, quoted: false });
}

/** One run of text without blocks and mentions, such as the title of an embed. */
export function parseInline(source) {
  return inline(source, { depth: 0, mentions: false });
}

/** The text of a tree without its marks, for titles and for being read aloud. */
export function plain(nodes, names = {}) {
  return nodes
    .map((node) => {
      switch (node.t) {
        case "br":
          return " ";
        case "list":
          return node.items.map((item) => plain(item, names)).join(", ");
        case "user":
          return `@${names.user?.(node.id) ?? node.id}`;
        case "role":
          return `@${names.role?.(node.id) ?? node.id}`;
        case "channel":
          return `#${names.channel?.(node.id) ?? node.id}`;
        case "everyone":
          return node.v;
        case "spoiler":
          return "(spoiler)";
        case "command":
          return `/${node.name}`;
        case "emoji":
          return `:${node.name}:`;
        case "time":
          return names.time?.(node) ?? "";
        default:
          return node.c ? plain(node.c, names) : (node.v ?? "");
      }
    })
    .join("");
}

/** Whether a tree holds nothing but up to thirty emoji, which are then drawn large. */
export function onlyEmoji(nodes) {
  let count = 0;
  for (const node of nodes) {
    if (node.t === "emoji") count += 1;
    else if (
      node.t === "text" &&
      /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u.test(node.v) &&
      !/\d/.test(node.v)
    ) {
      count += [...node.v.matchAll(/\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic})*/gu)]
        .length;
    } else return false;
  }
  return count > 0 && count <= 30;
}

// Blocks ------------------------------------------------------------------------------------------------------

function blocks(source, ctx) {
  const nodes = [];
  let text = "";
  const flush = (blockFollows) => {
    // A block begins and ends a line itself, so one line break beside it is not drawn.
    if (nodes.length > 0 && isBlock(nodes.at(-1)) && text.startsWith("\n")) text = text.slice(1);
    if (blockFollows && text.endsWith("\n")) text = text.slice(0, -1);
    if (text !== "") nodes.push(...inline(text, ctx));
    text = "";
  };
  let at = 0;
  while (at < source.length) {
    const end = lineEnd(source, at);
    const line = source.slice(at, end);
    const rest = source.slice(at);
    const fenceAt = line.indexOf("```");
    if (fenceAt >= 0 && !/^>>? /.test(line)) {
      FENCE.lastIndex = at + fenceAt;
      const fence = FENCE.exec(source);
      if (fence && fence[2].trim() !== "") {
        text += line.slice(0, fenceAt);
        flush(true);
        nodes.push({ t: "pre", lang: fence[1] ?? "", v: fence[2].replace(/^\n|\n$/g, "") });
        at = FENCE.lastIndex;
        if (source[at] === "\n") at += 1;
        continue;
      }
    }
    if (!ctx.quoted && rest.startsWith(">>> ")) {
      flush(true);
      nodes.push({ t: "quote", c: blocks(rest.slice(4), deeper(ctx, { quoted: true })) });
      break;
    }
    const found = (!ctx.quoted && quote(source, at, ctx)) || heading(line, end, ctx) || list(source, at, ctx);
    if (found && ctx.depth < DEEPEST) {
      flush(true);
      nodes.push(...(found.nodes ?? [found.node]));
      at = found.end;
      if (source[at] === "\n") at += 1;
      continue;
    }
    text += line;
    at = end;
    if (source[at] === "\n") {
      text += "\n";
      at += 1;
    }
  }
  flush(false);
  return nodes;
}

const isBlock = (node) => ["pre", "quote", "h", "sub", "list"].includes(node.t);
const deeper = (ctx, more = {}) => ({ ...ctx, ...more, depth: ctx.depth + 1 });

function lineEnd(source, at) {
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end;
}

function quote(source, at, ctx) {
  const lines = [];
  let end = at;
  for (let from = at; from <= source.length && source.startsWith("> ", from);) {
    end = lineEnd(source, from);
    lines.push(source.slice(from + 2, end));
    from = end + 1;
  }
  if (lines.length === 0) return null;
  return { node: { t: "quote", c: blocks(lines.join("\n"), deeper(ctx, { quoted: true })) }, end };
}

function heading(line, end, ctx) {
  const found = /^(#{1,3}|-#) +(?=\S)(.*)$/.exec(line);
  if (!found) return null;
  const c = inline(found[2].trimEnd(), deeper(ctx));
  return { node: found[1] === "-#" ? { t: "sub", c } : { t: "h", level: found[1].length, c }, end };
}

const ITEM = /^( *)(?:([-*])|(\d{1,9})\.) +(?=\S)(.*)$/;

function list(source, at, ctx) {
  const lines = [];
  let end = at;
  for (let from = at; from < source.length;) {
    const stop = lineEnd(source, from);
    const line = source.slice(from, stop);
    const item = ITEM.exec(line);
    if (item) lines.push({ indent: item[1].length, number: item[3] && Number(item[3]), text: item[4] });
    // A further line of an item is indented.
    else if (lines.length > 0 && /^ {2,}\S/.test(line)) lines.at(-1).text += `\n${line.trim()}`;
    else break;
    end = stop;
    from = stop + 1;
  }
  if (lines.length === 0 || lines[0].indent > 3) return null;
  return { nodes: nest(lines, ctx), end };
}

/** Lines with their indents as lists within lists; points and numbers side by side are two lists. */
function nest(lines, ctx) {
  const [{ indent, number }] = lines;
  const ordered = number !== undefined;
  const other = lines.findIndex((line) => line.indent <= indent && (line.number !== undefined) !== ordered);
  if (other > 0) return [...nest(lines.slice(0, other), ctx), ...nest(lines.slice(other), ctx)];
  const node = { t: "list", ordered, start: number ?? 1, items: [] };
  for (let at = 0; at < lines.length;) {
    const item = inline(lines[at].text, deeper(ctx));
    let next = at + 1;
    while (next < lines.length && lines[next].indent > indent) next += 1;
    if (next > at + 1) {
      const inner = lines.slice(at + 1, next);
      if (ctx.depth < DEEPEST) item.push(...nest(inner, deeper(ctx)));
      else for (const line of inner) item.push({ t: "br" }, { t: "text", v: line.text });
    }
    node.items.push(item);
    at = next;
  }
  return [node];
}

// Runs of text ------------------------------------------------------------------------------------------------

function inline(source, ctx) {
  const nodes = [];
  let text = "";
  let at = 0;
  const flush = () => {
    if (text !== "") nodes.push({ t: "text", v: text });
    text = "";
  };
  while (at < source.length) {
    const found = ctx.depth < DEEPEST ? piece(source, at, ctx) : null;
    if (found?.text !== undefined) {
      text += found.text;
      at = found.end;
    } else if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      const letter = String.fromCodePoint(source.codePointAt(at));
      text += letter;
      at += letter.length;
    }
  }
  flush();
  return nodes;
}

function piece(source, at, ctx) {
  switch (source[at]) {
    case "\n":
      return { node: { t: "br" }, end: at + 1 };
    case "\\":
      return /[^\sA-Za-z0-9]/.test(source[at + 1] ?? " ") ? escaped(source, at) : null;
    case "`":
      return code(source, at);
    case "*":
      return marked(source, at, ctx) ?? star(source, at, ctx);
    case "_":
      return marked(source, at, ctx) ?? underscore(source, at, ctx);
    case "~":
    case "|":
      return marked(source, at, ctx);
    case "<":
      return angled(source, at, ctx);
    case "@":
      return ctx.mentions && match(EVERYONE, source, at, (m) => ({ t: "everyone", v: m[0] }));
    case "[":
      return masked(source, at, ctx);
    case "h":
      return address(source, at, ctx);
    default:
      return null;
  }
}

function escaped(source, at) {
  const letter = String.fromCodePoint(source.codePointAt(at + 1));
  return { text: letter, end: at + 1 + letter.length };
}

function match(pattern, source, at, make) {
  pattern.lastIndex = at;
  const found = pattern.exec(source);
  return found ? { node: make(found), end: pattern.lastIndex } : null;
}

function code(source, at) {
  const ticks = /`+/y;
  ticks.lastIndex = at;
  const mark = ticks.exec(source)[0];
  for (let end = at + mark.length; end < source.length;) {
    const close = source.indexOf(mark, end);
    if (close < 0) break;
    let after = close + mark.length;
    while (source[after] === "`") after += 1;
    if (after === close + mark.length && close > at + mark.length) {
      const inner = source.slice(at + mark.length, close);
      const v = /^ .* $/s.test(inner) && inner.includes("`") ? inner.slice(1, -1) : inner;
      return { node: { t: "code", v }, end: after };
    }
    end = after;
  }
  return { text: mark, end: at + mark.length };
}

/** Where a mark closes; an escaped one does not, and a longer run of the same letter closes with its last ones. */
function closing(source, from, mark) {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source.startsWith(mark, at) && at > from && source[at + mark.length] !== mark[0]) return at;
  }
  return -1;
}

function marked(source, at, ctx) {
  const pair = PAIRS.find(([mark]) => source.startsWith(mark, at));
  if (!pair) return null;
  const [mark, t] = pair;
  const close = closing(source, at + mark.length, mark);
  if (close < 0) return null;
  const inner = source.slice(at + mark.length, close);
  if (t !== "spoiler" && inner.trim() === "") return null;
  return { node: { t, c: inline(inner, deeper(ctx)) }, end: close + mark.length };
}

function star(source, at, ctx) {
  if (/[\s*]/.test(source[at + 1] ?? " ")) return null;
  for (let end = at + 1; end < source.length; end += 1) {
    if (source[end] === "\\") end += 1;
    else if (source.startsWith("**", end)) end += 1;
    else if (source[end] === "*" && !/\s/.test(source[end - 1])) {
      return { node: { t: "i", c: inline(source.slice(at + 1, end), deeper(ctx)) }, end: end + 1 };
    }
  }
  return null;
}

const isWord = (letter) => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);

function underscore(source, at, ctx) {
  if (isWord(source[at - 1]) || /[\s_]/.test(source[at + 1] ?? " ")) return null;
  for (let end = at + 1; end < source.length; end += 1) {
    if (source[end] === "\\") end += 1;
    else if (source.startsWith("__", end)) end += 1;
    else if (source[end] === "_" && !isWord(source[end + 1])) {
      return { node: { t: "i", c: inline(source.slice(at + 1, end), deeper(ctx)) }, end: end + 1 };
    }
  }
  return null;
}

function angled(source, at, ctx) {
  const link = match(ANGLED, source, at, (m) => linked(m[1], [{ t: "text", v: m[1] }]));
  const known =
    link ??
    match(TIME, source, at, (m) => ({ t: "time", at: Number(m[1]), style: m[2] ?? "f" })) ??
    match(EMOJI, source, at, (m) => ({ t: "emoji", animated: m[1] === "a", name: m[2], id: m[3] }));
  if (known || !ctx.mentions) return known;
  return (
    match(USER, source, at, (m) => ({ t: "user", id: m[1] })) ??
    match(ROLE, source, at, (m) => ({ t: "role", id: m[1] })) ??
    match(CHANNEL, source, at, (m) => ({ t: "channel", id: m[1] })) ??
    match(COMMAND, source, at, (m) => ({ t: "command", name: m[1], id: m[2] })) ??
    match(GUIDE, source, at, (m) => ({ t: "guide", v: m[1] }))
  );
}

/** A link whose address a browser understands and that is no script; else its text. */
function linked(href, c) {
  try {
    const url = new URL(href);
    if (url.protocol === "https:" || url.protocol === "http:") return { t: "link", href: url.href, c };
  } catch {
    // Not an address.
  }
  return { t: "text", v: href };
}

function masked(source, at, ctx) {
  if (ctx.inLink) return null;
  let depth = 0;
  let end = at;
  for (; end < source.length; end += 1) {
    if (source[end] === "\\") end += 1;
    else if (source[end] === "[") depth += 1;
    else if (source[end] === "]" && (depth -= 1) === 0) break;
    else if (source[end] === "\n" && source[end + 1] === "\n") return null;
  }
  const target = /\]\(<?(https?:\/\/(?:[^\s<>()]|\([^\s<>()]*\))+)>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\)/y;
  target.lastIndex = end;
  const found = target.exec(source);
  const label = source.slice(at + 1, end);
  if (!found || label.trim() === "") return null;
  const node = linked(unescape(found[1]), inline(label, deeper(ctx, { inLink: true })));
  return node.t === "link" ? { node, end: target.lastIndex } : null;
}

const unescape = (text) => text.replace(/\\([^\sA-Za-z0-9])/g, "$1");

function address(source, at, ctx) {
  if (ctx.inLink) return null;
  ADDRESS.lastIndex = at;
  const found = ADDRESS.exec(source);
  if (!found || isWord(source[at - 1])) return null;
  let text = found[0].replace(/(?:[.,:;"'\]!?]|\*+|_+|~~|\|\|)+$/, "");
  // A bracket that was opened before the address does not belong to it.
  while (text.endsWith(")") && text.split(")").length > text.split("(").length) text = text.slice(0, -1);
  if (!/^https?:\/\/[^/?#]/.test(text)) return null;
  const node = linked(text, [{ t: "text", v: text }]);
  return node.t === "link" ? { node, end: at + text.length } : null;
}
