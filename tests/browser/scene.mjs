// The scene of most flows: one browser, and one sandbox that serves the built site; or, where STREAMSCOPE_BARE is set, a
// bare file server in its place. Set up before a file's first test, and taken down after its last.

import { after, before, test } from "node:test";

import { bare, hostDemo, launch, startSandbox } from "./support.mjs";

export let browser;
export let sandbox;

before(async () => {
  [browser, sandbox] = await Promise.all([launch(), bare ? hostDemo() : startSandbox()]);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

/** A flow that needs a server: one that is slow, ends, relays, or holds more than a page makes for itself. */
export const served = (name, flow) => test(name, { skip: bare && "needs a server" }, flow);
