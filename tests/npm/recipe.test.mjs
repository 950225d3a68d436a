// The README's recipe for a chart, as it stands there, in a browser: its line breaks where there is nothing to draw.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { launch } from "../browser/support.mjs";
import { modules, project, root, serve } from "./support.mjs";

const FIRST = 1709280000;

let browser, made, server;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.stop();
  made?.remove();
});

/** A hundred seconds: twenty nulls from 10, a NaN at 40, no rows from 50 to 89. */
function csv() {
  const rows = ["time,probability"];
  for (let second = 0; second < 100; second += 1) {
    if (second >= 50 && second < 90) continue;
    const value = second >= 10 && second < 30 ? "" : second === 40 ? "NaN" : String(5 + (second % 2));
    rows.push(`${FIRST + second},${value}`);
  }
  return `${rows.join("\n")}\n`;
}

test("uPlot draws no line across nulls, NaN and stretches without rows", async () => {
  const readme = readFileSync(join(root, "web/npm/README.md"), "utf8");
  const [, take] = readme.match(/^(const \[time, tremor\] = table\.[^;]*;)/m);
  const [, draw] = readme.match(/```html\n<script type="module">\n([\s\S]*?)<\/script>/);
  const script = `
    import { init, parseCsv } from "./node_modules/streamscope/browser.js";
    ${draw.match(/^\s*import .*$/m)[0].replace(/"https:[^"]*"/, '"./uplot.js"')}
    await init();
    const table = parseCsv(new TextEncoder().encode(${JSON.stringify(csv())}), {
      columns: [{ name: "time", type: "time" }, { name: "probability", type: "float" }], timeFormat: "unix",
    });
    ${take}
    ${draw.replace(/^\s*import .*$/m, "").replace(/\bnew uPlot/, "globalThis.chart = new uPlot")}`;
  made = project("recipe", {
    "main.js": script,
    "uplot.js": readFileSync(join(modules, "uplot/dist/uPlot.esm.js"), "utf8"),
    "index.html": '<!doctype html><title>test</title><body></body><script type="module" src="main.js"></script>',
  });
  server = await serve(made.folder);
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  await page.waitForFunction("globalThis.chart?.ctx", undefined, { timeout: 30_000 });
  await page.waitForTimeout(300);
  // Whether anything teal stands in the column of pixels at a second.
  const drawn = await page.evaluate((first) => {
    const { chart } = globalThis;
    const teal = (second) => {
      const x = Math.round(chart.valToPos(first + second, "x", true));
      const { data } = chart.ctx.getImageData(x, 0, 1, chart.ctx.canvas.height);
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 60 && data[at + 1] > data[at] + 60) return true;
      return false;
    };
    return Array.from({ length: 198 }, (_, half) => teal(half / 2));
  }, FIRST);
  for (let half = 0; half < drawn.length; half += 1) {
    const second = half / 2;
    const blank = (second > 9.5 && second < 29.5) || (second > 39.5 && second < 40.5) || (second > 49.5 && second < 89.5);
    const line = (second >= 1 && second <= 8.5) || (second >= 30.5 && second <= 38.5) || (second >= 42 && second <= 48.5) || (second >= 90.5 && second <= 98);
    if (blank) assert.equal(drawn[half], false, `a line is drawn at second ${second}`);
    if (line) assert.equal(drawn[half], true, `nothing is drawn at second ${second}`);
  }
});
