// Loads a module of the page that imports nothing. Node takes a `.js` file for CommonJS unless told otherwise, so
// the text is handed over instead.

import { readFile } from "node:fs/promises";

export async function load(name) {
  const file = new URL(`../../src/playground/page/${name}`, import.meta.url);
  return import(`data:text/javascript,${encodeURIComponent(await readFile(file, "utf8"))}`);
}
