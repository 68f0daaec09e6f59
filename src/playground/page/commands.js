// Slash commands as data: which there are, which fit what is typed, what a pasted line fills in.

/** Discord's numbers for the kinds of options. */
export const OPTION = {
  sub: 1,
  group: 2,
  text: 3,
  whole: 4,
  flag: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  file: 11,
};

/** Every slash command that can be sent: a sub-command counts as one, named `digest on`. */
export function leaves(definitions) {
  const found = definitions
    .filter((command) => (command.type ?? 1) === 1)
    .flatMap((command) => below(command, command.name));
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

function below(command, path) {
  const options = command.options ?? [];
  const inner = options.filter((option) => option.type === OPTION.sub || option.type === OPTION.group);
  if (inner.length > 0) return inner.flatMap((option) => below(option, `${path} ${option.name}`));
  return [{ path, root: path.split(" ")[0], description: command.description ?? "", options }];
}

/** Those that fit what stands after the slash: first by the beginning of the name, then by a part of it, then by the description. */
export function fitting(all, typed) {
  const query = typed.toLowerCase().trimStart();
  const rank = ({ path, description }) => {
    if (path.startsWith(query) || path.split(" ").some((word) => word.startsWith(query))) return 0;
    if (path.includes(query.trim())) return 1;
    return query.length > 2 && description.toLowerCase().includes(query) ? 2 : 3;
  };
  return all
    .map((leaf) => ({ leaf, rank: rank(leaf) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((one) => one.leaf);
}

/** A command whose whole name stands at the beginning, followed by a blank: `{leaf, rest}`. */
export function begun(all, text) {
  const leaf = all
    .filter((one) => text.startsWith(`/${one.path} `))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return leaf ? { leaf, rest: text.slice(leaf.path.length + 2) } : null;
}

/** What a pasted rest such as `a:haiku b:axolotl v0.16` fills in; a rest without names goes to the first option. */
export function fillIn(leaf, rest) {
  const names = leaf.options.map((option) => option.name).filter((name) => /^[\p{L}\p{N}_-]+$/u.test(name));
  const marks =
    names.length > 0 ? [...rest.matchAll(new RegExp(`(?:^|\\s)(${names.join("|")}):\\s*`, "gu"))] : [];
  const values = {};
  if (marks.length === 0) {
    const text = rest.trim();
    if (text && leaf.options[0]) values[leaf.options[0].name] = text;
    return values;
  }
  marks.forEach((mark, at) => {
    const from = mark.index + mark[0].length;
    values[mark[1]] = rest.slice(from, marks[at + 1]?.index ?? rest.length).trim();
  });
  return values;
}

/** The value of an option as it is sent; `undefined` when the text is none of its kind. */
export function valueOf(option, text) {
  switch (option.type) {
    case OPTION.whole:
      return /^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined;
    case OPTION.number:
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case OPTION.flag:
      return { true: true, false: false }[text.trim().toLowerCase()];
    case OPTION.text:
      return text;
    default:
      return undefined;
  }
}
