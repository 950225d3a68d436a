// Benchmarks a CSV file that is longer than memory in the explorer, beside the package's parser on the same file.
//
//     node web/bench/files.mjs PACKAGE [--bytes 2000000000] [--json FILE]
//
// PACKAGE is the folder with streamscope.js and streamscope_bg.wasm. STREAMSCOPE_SANDBOX, STREAMSCOPE_SITE and
// STREAMSCOPE_DATA are as for the explorer's benchmark. The file is written to the system's folder for temporary files and
// removed afterwards. The extremes that the overview shows are compared with those that were written.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

import { launch, open, startSandbox } from "../../tests/browser/support.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, bytes: { type: "string", default: "2000000000" } },
});
const [packageFolder] = positionals;
const START = Date.parse("2026-01-01T00:00:00Z");
const AT_ONCE = 1_000_000;
/** The share of the parser's speed that the overview must reach, and the longest wait for a first picture, s. */
const [LEAST_SHARE, FIRST_PICTURE] = [0.6, 1];

/** Writes a row a millisecond until the file is long enough, with one spike; resolves with the number of rows. */
async function write(path, bytes) {
  const out = createWriteStream(path);
  out.write("time,force [N]\n");
  let [written, row] = [0, 0];
  while (written < bytes) {
    const lines = new Array(AT_ONCE);
    for (let index = 0; index < AT_ONCE; index += 1, row += 1) {
      lines[index] = `${START + row},${row === 1_234_567 ? "9.875" : Math.sin(row / 5000).toFixed(4)}\n`;
    }
    const text = lines.join("");
    written += text.length;
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  return row;
}

/** Bytes a millisecond of the package's parser, over the first part of the file and in pieces of half a mebibyte. */
async function parserSpeed(browser, path) {
  const types = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
  const server = createServer(async (request, response) => {
    const name = basename(request.url);
    const body = name === "bench.html" ? '<input type="file">' : await readFile(join(packageFolder, name)).catch(() => undefined);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": types[name.split(".").at(-1)] ?? "text/plain" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/bench.html`);
  await page.locator("input").setInputFiles(path);
  const speed = await page.evaluate(async () => {
    const { default: init, CsvParser } = await import("/streamscope.js");
    await init();
    const whole = document.querySelector("input").files[0];
    const part = whole.slice(0, 256 << 20);
    const parser = new CsvParser({ columns: [{ name: "time", type: "time" }, { name: "force [N]", type: "float" }], timeFormat: "unixms" });
    const begun = performance.now();
    for (let at = 0; at < part.size; at += 512 << 10) {
      parser.push(new Uint8Array(await part.slice(at, at + (512 << 10)).arrayBuffer()));
      for (let frame = parser.take(); frame; frame = parser.take()) frame.free();
    }
    return part.size / (performance.now() - begun);
  });
  await page.context().close();
  server.close();
  return speed;
}

function drawn(page) {
  return page.waitForFunction(() => {
    const canvas = document.querySelector('section.track[data-stream="long.csv/1"] canvas');
    if (!canvas?.width) return false;
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return new Set(pixels).size > 8;
  }, undefined, { polling: "raf" });
}

async function measure(sandbox, browser, path, rows, size) {
  const page = await open(browser, sandbox.url);
  await page.getByRole("button", { name: "Fit" }).waitFor();
  await page.locator("header input[type=file]").setInputFiles(path);
  const opens = page.getByRole("button", { name: "Open", exact: true });
  await opens.waitFor();
  await opens.evaluate((button) => button.addEventListener("click", () => (globalThis.chosenAt = performance.now()), { capture: true }));
  await opens.click();
  await drawn(page);
  const first = await page.evaluate(() => performance.now() - globalThis.chosenAt);
  await page.waitForTimeout(1500);
  const begun = performance.now();
  await page.getByRole("button", { name: "Fit" }).click();
  await page.getByText(/min–max and mean of [\d,]+ samples each/).waitFor({ timeout: 600_000 });
  await page.locator(".track-state.loading").waitFor({ state: "detached", timeout: 600_000 });
  const overview = performance.now() - begun;
  await page.getByRole("button", { name: "Axes", exact: true }).click();
  await page.getByRole("button", { name: "Hold" }).click();
  const high = Number((await page.getByLabel("High end").inputValue()).replace("−", "-"));
  assert.ok(high >= 9.875, `the spike of 9.875 is in the overview, whose axis ends at ${high}`);
  const zoom = await page.evaluate(async () => {
    const target = document.querySelector('[data-view="timeline"] canvas');
    const box = target.getBoundingClientRect();
    const times = [];
    for (let index = 0; index < 60; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      const begun = performance.now();
      const deltaY = index % 20 < 10 ? -60 : 60;
      target.dispatchEvent(new WheelEvent("wheel", { clientX: box.left + 300, clientY: box.top + 40, deltaY, bubbles: true, cancelable: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      times.push(performance.now() - begun);
    }
    return times.sort((one, other) => one - other)[Math.floor(times.length * 0.95)];
  });
  const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
  await page.context().close();
  return { rows, bytes: size, first, overview, speed: size / overview, zoom, heap };
}

const folder = await mkdtemp(join(tmpdir(), "streamscope-"));
const sandbox = await startSandbox();
const browser = await launch();
try {
  const path = join(folder, "long.csv");
  const size = Number(options.bytes);
  const rows = await write(path, size);
  const parser = await parserSpeed(browser, path);
  const result = { ...(await measure(sandbox, browser, path, rows, size)), parser };
  const share = result.speed / parser;
  console.log(`\na CSV file of ${(size / 1e9).toFixed(1)} GB, ${rows.toLocaleString("en-US")} rows, Chromium ${browser.version()}`);
  console.log(`  first picture:  ${(result.first / 1000).toFixed(2)} s (at most ${FIRST_PICTURE})`);
  console.log(`  whole overview: ${(result.overview / 1000).toFixed(1)} s, ${(result.speed / 1000).toFixed(0)} MB/s`);
  console.log(`  the parser by itself: ${(parser / 1000).toFixed(0)} MB/s; the overview reaches ${(share * 100).toFixed(0)} % of it (at least ${LEAST_SHARE * 100})`);
  console.log(`  input to frame, zoom: 95 % within ${result.zoom.toFixed(1)} ms`);
  if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
  assert.ok(result.first <= FIRST_PICTURE * 1000 && share >= LEAST_SHARE, "a figure is below its mark");
} finally {
  await browser.close();
  await sandbox.stop();
  await rm(folder, { recursive: true });
}
