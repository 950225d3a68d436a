// For Node: the wasm is read from disk.

import { readFile } from "node:fs/promises";

import { start } from "./loading.js";

export * from "./face.js";

export function init(source) {
  return start(() => source ?? readFile(new URL("./streamscope_bg.wasm", import.meta.url)));
}
