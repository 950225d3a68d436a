// Benchmarks the explorer on the demo stream of ten million rows: opening, panning and zooming.
//
//     node web/bench/explorer.mjs [--json FILE]
//
// STREAMSCOPE_SANDBOX, STREAMSCOPE_SITE and STREAMSCOPE_DATA name the sandbox's program, the built site and the file of
// demo recordings; `cargo xtask bench` sets them. Before anything is timed, the row count and the extremes on the page
// are compared with what the sandbox serves.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { launch, open, startSandbox } from "../../tests/browser/support.mjs";

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
const GESTURES = 60;

/**
 * Has the page collect tasks that hold its main thread for over 50 ms, and say when the details show a text. The page
 * does so by itself: what a test driver would do in it takes longer than that.
 */
function watch(page, text) {
  return page.addInitScript((text) => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
    }).observe({ type: "longtask", buffered: true });
    const looking = setInterval(() => {
      if (!document.getElementById("inspector")?.textContent.includes(text)) return;
      clearInterval(looking);
      console.debug("opened");
    }, 20);
  }, text);
}

/** Sends one input event a frame; resolves with the milliseconds from each event to the end of its frame. */
function gestures(page, kind, count) {
  return page.evaluate(
    async ([kind, count]) => {
      const target = document.querySelector('[data-view="timeline"] canvas');
      const box = target.getBoundingClientRect();
      const at = { clientX: box.left + box.width / 3, clientY: box.top + 40, bubbles: true, cancelable: true };
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = resolve;
        channel.port2.postMessage(0);
      }));
      const times = [];
      for (let index = 0; index < count; index += 1) {
        await new Promise((resolve) => setTimeout(resolve, 4));
        const begun = performance.now();
        const back = index % 20 < 10 ? 1 : -1;
        const delta = kind === "zoom" ? { deltaY: -60 * back } : { deltaX: 40 * back, deltaY: 0 };
        target.dispatchEvent(new WheelEvent("wheel", { ...at, ...delta }));
        await frame();
        times.push(performance.now() - begun);
      }
      return times;
    },
    [kind, count],
  );
}

function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p95: at(0.95), longest: sorted.at(-1) };
}

async function measure(sandbox, browser) {
  const stream = await sandbox.stream("10 million");
  const [from, to] = [stream.min_time - 60, stream.max_time + 60].map((time) => new Date(time * 1000).toISOString());
  const selection = `subject=${stream.subject_id}&stream=${stream.id}&from=${from}&to=${to}`;
  const link = `${sandbox.url}#view=timeline&${selection}&zone=UTC`;
  const page = await open(browser, "about:blank", { allowed: [sandbox.url] });
  await watch(page, `${stream.rows.toLocaleString("en-US")} rows`);
  const shown = page.waitForEvent("console", { predicate: (message) => message.text() === "opened", timeout: 300_000 });
  const begun = performance.now();
  await page.goto(link);
  await shown;
  const opened = performance.now() - begun;
  await page.waitForTimeout(1000);
  assert.deepEqual(page.mistakes, []);
  const loading = await page.evaluate(() => globalThis.longTasks.splice(0));
  const pan = figures(await gestures(page, "pan", GESTURES));
  const zoom = figures(await gestures(page, "zoom", GESTURES));
  const moving = await page.evaluate(() => globalThis.longTasks.splice(0));
  return { rows: stream.rows, opened, pan, zoom, longTasks: { loading, moving } };
}

const sandbox = await startSandbox();
const browser = await launch();
try {
  const result = await measure(sandbox, browser);
  const { opened, pan, zoom, longTasks, rows } = result;
  const text = ({ median, p95, longest }) =>
    `median ${median.toFixed(1)}, 95 % ${p95.toFixed(1)}, longest ${longest.toFixed(1)} ms`;
  const tasks = (list) => (list.length ? `${list.length}, longest ${Math.max(...list).toFixed(0)} ms` : "none");
  console.log(`\nexplorer, ${rows.toLocaleString("en-US")} rows, Chromium ${browser.version()}`);
  console.log(`  opened, all rows read and drawn: ${(opened / 1000).toFixed(1)} s`);
  console.log(`  input to frame, pan:  ${text(pan)}`);
  console.log(`  input to frame, zoom: ${text(zoom)}`);
  console.log(`  tasks over 50 ms while loading: ${tasks(longTasks.loading)}; while moving: ${tasks(longTasks.moving)}`);
  if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await browser.close();
  await sandbox.stop();
}
