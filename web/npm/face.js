// What all entries have in common: loading once, and a plain word to whoever calls too early.

import load, * as wasm from "./streamscope.js";

export { ErrorClass as StreamscopeError, Frame, Pages, Read, Table, V1 } from "./streamscope.js";

let loading;
let loaded = false;

/** Loads the wasm that `source()` names, once: later calls wait for the first. After a failure it may be tried again. */
export function start(source) {
  loading ??= (async () => {
    try {
      await load({ module_or_path: await source() });
      loaded = true;
    } catch (cause) {
      loading = undefined;
      throw cause;
    }
  })();
  return loading;
}

/** The same class or function, usable after `init()` only. */
function guarded(name) {
  const check = () => {
    if (!loaded) throw new Error(`${name} was called before init(): call \`await init()\` once, first.`);
  };
  return new Proxy(wasm[name], {
    apply: (target, self, given) => (check(), Reflect.apply(target, self, given)),
    construct: (target, given, made) => (check(), Reflect.construct(target, given, made)),
  });
}

export const Rune = guarded("Rune");
export const initialize = guarded("initialize");
export const rune = guarded("rune");
export const CsvParser = guarded("CsvParser");
export const parseCsv = guarded("parseCsv");
export const tableOf = guarded("tableOf");
