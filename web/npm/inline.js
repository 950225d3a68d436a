// For places that cannot serve a .wasm file: it is part of the JavaScript, as text.

import { start } from "./face.js";
import text from "./wasm-text.js";

export { CsvParser, Frame, Pages, Read, Rune, StreamscopeError, Table, V1, initialize, parseCsv, rune, tableOf } from "./face.js";

export function init(source) {
  return start(() => source ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}
