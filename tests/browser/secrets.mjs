// Where marked secrets are looked for: in all that a page shows, keeps, sends and holds in memory.

import assert from "node:assert/strict";

import { open } from "./support.mjs";

/** A secret as it may be written: as it is, in an address, in JSON, in HTML, in base64 at any place of three. */
function spellings(secret) {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from("x".repeat(shift) + secret).toString("base64");
    return text.slice(shift ? 4 : 0, -4);
  });
  const html = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const all = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), html, html.replaceAll('"', "&quot;")];
  return new Set([...all.map((text) => text.toLowerCase()), ...base64]);
}

/** Fails where a text holds a secret in any spelling. */
export function assertNone(secrets, places) {
  for (const [place, text] of Object.entries(places)) {
    const lower = text.toLowerCase();
    for (const secret of secrets)
      for (const spelling of spellings(secret))
        assert.ok(!lower.includes(spelling) && !text.includes(spelling), `${place} holds ${secret} as ${spelling}`);
  }
}

/** A page that notes its requests' addresses and referrers, and what the console is told. */
export async function watched(browser, url, context) {
  const page = await open(browser, url, { allowed: [url], ...context });
  page.left = { addresses: "", referrers: "", console: "" };
  page.on("request", (request) => {
    page.left.addresses += `${request.url()}\n`;
    page.left.referrers += `${request.headers().referer ?? ""}\n`;
  });
  page.on("console", (message) => (page.left.console += `${message.text()}\n`));
  return page;
}

/** Everything that a page shows and keeps. What stands in the form's own fields is the person's. */
export async function kept(page) {
  const inside = await page.evaluate(() => ({
    dom: document.documentElement.outerHTML,
    text: document.body.innerText,
    address: location.href,
    history: JSON.stringify(history.state),
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    title: document.title,
  }));
  const databases = await page.evaluate(async () => JSON.stringify([await indexedDB.databases(), await caches.keys()]));
  return { ...page.left, ...inside, databases };
}

/** Makes the memory of a page's program known to `memory`, from its next start on. */
export const showMemory = (page) =>
  page.addInitScript(() => {
    const begin = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...given) => {
      const begun = await begin.apply(WebAssembly, given);
      globalThis.programMemory = begun.instance.exports.memory;
      return begun;
    };
  });

/** What the page's program and its scripts still hold: the JavaScript heap, and the program's own memory. */
export async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  let heap = "";
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => (heap += chunk));
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  const { strings } = JSON.parse(heap);
  const program = await page.evaluate(() => {
    const bytes = new Uint8Array(globalThis.programMemory.buffer);
    // As text, a megabyte at a time with some overlap, only what is printable.
    let text = "";
    const decoder = new TextDecoder("latin1");
    for (let start = 0; start < bytes.length; start += 1 << 20)
      text += decoder.decode(bytes.subarray(start, start + (1 << 20) + 256)).replace(/[^\x20-\x7e]+/g, " ");
    return text;
  });
  return { heap: strings.join("\n"), program };
}
