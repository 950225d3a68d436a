// The scene of most flows: one browser, and one sandbox that serves the built site. Set up before a file's first test, and
// taken down after its last.

import { after, before } from "node:test";

import { launch, startSandbox } from "./support.mjs";

export let browser;
export let sandbox;

before(async () => {
  [browser, sandbox] = await Promise.all([launch(), startSandbox()]);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});
