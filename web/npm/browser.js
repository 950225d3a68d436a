// For browsers and bundlers: the wasm is a file beside this one.

import { start } from "./face.js";

export { CsvParser, Frame, Pages, Read, Rune, StreamscopeError, Table, V1, initialize, parseCsv, rune, tableOf } from "./face.js";

export function init(source) {
  return start(() => source ?? new URL("./streamscope_bg.wasm", import.meta.url));
}
