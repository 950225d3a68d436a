// Loading once, and a plain word to whoever calls too early.

import load, * as wasm from "./streamscope.js";

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

/** The class or function of this name, usable after `init()` only. */
export function guarded(name) {
  const check = () => {
    if (!loaded) throw new Error(`${name} was called before init(): call \`await init()\` once, first.`);
  };
  return new Proxy(wasm[name], {
    apply: (target, self, given) => (check(), Reflect.apply(target, self, given)),
    construct: (target, given, made) => (check(), Reflect.construct(target, given, made)),
  });
}
