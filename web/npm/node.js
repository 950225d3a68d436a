// For Node: the wasm is read from disk.

import { readFile } from "node:fs/promises";

import { start } from "./face.js";

export { CsvParser, Frame, Pages, Read, Rune, StreamscopeError, Table, V1, initialize, parseCsv, rune, tableOf } from "./face.js";

export function init(source) {
  return start(() => source ?? readFile(new URL("./streamscope_bg.wasm", import.meta.url)));
}
