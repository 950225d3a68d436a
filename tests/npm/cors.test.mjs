// What only a browser can do to a read: CORS that refuses or hides, no network in the middle, a name that leads nowhere.
// Each call on each platform gives what there is, or an error that says which server and what to do.

import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { launch, open, startSandbox } from "../browser/support.mjs";
import { project, serve } from "./support.mjs";

let sandbox, browser, page, beside, proxy, folder;

/** Rows, and what ended the call: what each of these gives in the page. */
const CALLS = {
  "Rune, list": `return (await session("Rune").patients()).length;`,
  "Rune, read": `return rows(session("Rune").data({ streamId: stream, startTime: start }));`,
  "Rune, availability": `return (await session("Rune").availability({ streamId: stream, startTime: start, endTime: start + 86400, resolution: 3600 })).time.length;`,
  "Joule, list": `return (await session("Joule").folderRoot()).children.length;`,
  "Joule, read": `return rows(session("Joule").dataRead({ stream: "/site B/solar" }));`,
  "Hexoskin, list": `return (await session("Hexoskin").resource("record").list()).objects.length;`,
  "Hexoskin, read": `return rows(session("Hexoskin").samples({ of: 99999, datatype: 4113, endTime: new Date("2024-03-09T08:05:00Z") }));`,
  "Braincube, list": `return (await session("Braincube").braincubes()).length;`,
  "Braincube, read": `return rows(session("Braincube").data({ braincube: "Paper mill", base: 20, variables: [2000001] }));`,
};

const PROGRAM = `
import * as streamscope from "./node_modules/streamscope/browser.js";
await streamscope.init();
const configurations = (url) => ({
  Rune: { graphUrl: url, streamUrl: url, accessTokenId: "demo", accessTokenSecret: "demo-secret" },
  Joule: { url: url + "/joule", apiKey: "demo-joule-key" },
  // A signature would name the address of the proxy.
  Hexoskin: { url: url + "/hexoskin", auth: "demo@example.org:demo-password" },
  Braincube: { ssoBaseUrl: url + "/braincube", braincubeBaseUrl: url + "/braincube", apiKey: "demo-braincube" },
});
globalThis.run = async (code, url, stream, start) => {
  let count = 0;
  const session = (platform) => new streamscope[platform](configurations(url)[platform]);
  const rows = async (read) => {
    for await (const frame of read) count += frame.rows;
    return count;
  };
  try {
    return { gave: await new Function("session", "rows", "stream", "start", "return (async () => {" + code + "})()")(session, rows, stream, start) };
  } catch (error) {
    return { count, kind: error.kind, message: error.message, rows: error.rows ?? null };
  }
};
globalThis.ready = true;`;

/** Stands before the sandbox: `change` may alter the head of an answer, and is told of each piece of its body. */
async function startProxy(target) {
  const state = { head: () => {}, piece: async () => {} };
  const server = createServer((incoming, outgoing) => {
    const { hostname, port } = new URL(target);
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    const passed = ask({ hostname, port, path: incoming.url, method: incoming.method, headers }, async (answer) => {
      const head = { ...answer.headers };
      state.head(head, incoming);
      outgoing.writeHead(answer.statusCode, head);
      for await (const piece of answer) {
        await state.piece(piece, incoming);
        outgoing.write(piece);
      }
      outgoing.end();
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${server.address().port}`;
  state.stop = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  state.reset = () => Object.assign(state, { head: () => {}, piece: async () => {} });
  return state;
}

let stream;

before(async () => {
  [sandbox, browser] = await Promise.all([startSandbox("--page-rows", 2000, "--hexoskin-rate", 0), launch()]);
  stream = await sandbox.stream("Tremor probability");
  folder = project("cors", { "main.js": PROGRAM, "index.html": `<!doctype html><title>test</title><script type="module" src="main.js"></script>` });
  [beside, proxy] = await Promise.all([serve(folder.folder), startProxy(sandbox.url)]);
  page = await open(browser, beside.url, { allowed: [beside.url, proxy.url, "http://nowhere.invalid"] });
  await page.waitForFunction("globalThis.ready");
});
after(async () => {
  await browser?.close();
  await Promise.all([sandbox?.stop(), proxy?.stop()]);
  beside?.stop();
  folder?.remove();
});

const run = (call, url = proxy.url) => page.evaluate(([code, url, id, start]) => globalThis.run(code, url, id, start), [CALLS[call], url, stream.id, stream.min_time]);
const strip = (head, name) => Object.keys(head).filter((key) => key.startsWith(name)).forEach((key) => delete head[key]);

for (const call of Object.keys(CALLS)) {
  test(`${call}: nothing stands in the way`, async () => {
    proxy.reset();
    const { gave, message } = await run(call);
    assert.ok(gave > 0, message);
  });

  test(`${call}: the server lets no page read its answers`, async () => {
    proxy.reset();
    proxy.head = (head) => strip(head, "access-control-");
    const { gave, count, kind, message } = await run(call);
    assert.equal(gave, undefined);
    assert.deepEqual([kind, count], ["network", 0], message);
    assert.match(message, /CORS|origin/i);
    assert.ok(message.includes(new URL(proxy.url).host), message);
  });

  test(`${call}: headers that pages may read are few`, async () => {
    proxy.reset();
    const whole = await run(call);
    proxy.head = (head) => strip(head, "access-control-expose-headers");
    const { gave, message, rows } = await run(call);
    if (gave !== undefined) return assert.equal(gave, whole.gave, "all of it");
    assert.match(message, /header/i);
    assert.equal(rows ?? 0, 0, message);
  });

  test(`${call}: its name leads nowhere`, async () => {
    const { gave, count, kind, message } = await run(call, "http://nowhere.invalid");
    assert.equal(gave, undefined);
    assert.deepEqual([kind, count], ["network", 0], message);
    assert.ok(message.includes("nowhere.invalid"), message);
  });
}

for (const call of Object.keys(CALLS).filter((call) => call.endsWith("read")))
  test(`${call}: the network goes in the middle and comes back`, async () => {
    proxy.reset();
    const whole = await run(call);
    let pieces = 0;
    let back = Promise.resolve();
    proxy.piece = async () => {
      pieces += 1;
      if (pieces === 3) {
        await page.context().setOffline(true);
        back = setTimeout(300).then(() => page.context().setOffline(false));
      }
    };
    const { gave, count, kind, message, rows } = await run(call);
    await back;
    await page.context().setOffline(false);
    if (gave !== undefined) return assert.equal(gave, whole.gave, "read on where it broke off");
    assert.equal(kind, "network", message);
    assert.equal(rows ?? 0, count, message);
    assert.ok(count < whole.gave);
  });
