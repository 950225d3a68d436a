// For browsers and bundlers: the wasm is a file beside this one.

import { start } from "./loading.js";

export * from "./face.js";

export function init(source) {
  return start(() => source ?? new URL("./streamscope_bg.wasm", import.meta.url));
}
