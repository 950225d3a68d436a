// For places that cannot serve a .wasm file: it is part of the JavaScript, as text.

import { start } from "./loading.js";
import text from "./wasm-text.js";

export * from "./face.js";

export function init(source) {
  return start(() => source ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}
