// Names that are programs, turn text around, never end or hold control characters: in every view and panel, in what is saved,
// and in files that are opened, they are text, cut to what a line holds.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { openCsv, file } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open, required } from "./support.mjs";

const NAME = `</script><img src=x onerror="globalThis.hit = 1"><script>globalThis.hit = 1</script>\0\x1b[31m\u202e=cmd()${"n".repeat(10_000)}`;
/** Letters that stand in one piece of text at most: what is longer is no line. */
const MOST = 400;

/** Nothing of a name has run, sticks out of its pane, or stands there whole. */
async function assertHarmless(page, where) {
  const found = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let longest = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement.closest("pre, code, script, style, textarea") && node.data.length > longest.length) longest = node.data;
    const panes = [...document.querySelectorAll("main, nav, aside, body")].filter((pane) => pane.scrollWidth > pane.clientWidth + 1);
    return {
      hit: globalThis.hit,
      made: document.querySelectorAll("img[src=x], main script, nav script, aside script").length,
      longest: longest.length,
      where: longest.slice(0, 60),
      wide: panes.map((pane) => `${pane.localName} by ${pane.scrollWidth - pane.clientWidth} px`),
    };
  });
  assert.equal(found.hit, undefined, `${where}: a name ran`);
  assert.equal(found.made, 0, `${where}: a name became markup`);
  assert.ok(found.longest <= MOST, `${where}: ${found.longest} letters in one piece: ${found.where}`);
  assert.deepEqual(found.wide, [], where);
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button, exact: true }).click()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

const MEMBERS = "import sys, zipfile; print('\\n'.join(zipfile.ZipFile(sys.argv[1]).namelist()))";

test("names of a server in every view, panel and file", async () => {
  const streams = await Promise.all(["Heart rate", "Sleep stages"].map((name) => sandbox.stream(name)));
  const page = await open(browser, "about:blank", { allowed: [sandbox.url], viewport: { width: 1440, height: 900 } });
  const names = ["codeName", "alias", "displayName", "unitAbbrev", "unitName", "quantityName", "description", "name"];
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    const hostile = (key, value) => (names.includes(key) && typeof value === "string" ? NAME : key === "value" && /heart_rate|sleep_stage/.test(value) ? NAME : value);
    await route.fulfill({ response, json: JSON.parse(await response.text(), hostile) });
  });
  const chosen = streams.map((stream) => `&stream=${stream.id}`).join("");
  await page.goto(`${sandbox.url}#view=timeline&subject=${streams[0].subject_id}${chosen}&from=2024-03-01T00:00:00Z&to=2024-03-02T00:00:00Z&zone=UTC`);
  await assertDrawn(page.locator("canvas.track-data").first(), "the track");
  await page.waitForLoadState("networkidle");
  await assertHarmless(page, "Timeline");
  for (const panel of ["Axes", "Filters", "Spectrum", "Paper", "Events", "Align", "Table"]) {
    const toggle = page.getByRole("button", { name: panel, exact: true });
    await toggle.click();
    await page.waitForTimeout(200);
    await assertHarmless(page, panel);
    if (!["Events", "Align"].includes(panel)) await toggle.click();
  }
  await page.getByRole("button", { name: "Events", exact: true }).click();
  const box = await page.locator("canvas.track-data").first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await assertHarmless(page, "a reading");

  const zip = await saved(page, "CSV");
  assert.match(zip.name, /^[\w-]+\.zip$/);
  const { stdout } = await promisify(execFile)(required("STREAMSCOPE_PYTHON"), ["-c", MEMBERS, zip.path]);
  for (const member of stdout.trim().split("\n")) assert.match(member, /^[\w-]{1,60}\.(csv|json|txt)$/);
  assert.match((await saved(page, "PNG")).name, /^[\w-]+\.png$/);
  const { name, path } = await saved(page, "Page");
  assert.match(name, /^[\w-]+\.html$/);
  const copy = `${path}.html`;
  await copyFile(path, copy);
  const offline = await (await browser.newContext({ offline: true, viewport: { width: 1000, height: 800 } })).newPage();
  await offline.goto(`file://${copy}`);
  await assertDrawn(offline.locator("canvas").first(), "a track");
  await assertHarmless(offline, "the saved page");
  await offline.context().close();

  for (const view of ["Day profile", "Availability"]) {
    await page.getByRole("tab", { name: view }).click();
    await assertDrawn(page.locator("main canvas").first(), view);
    await assertHarmless(page, view);
    const table = page.getByRole("button", { name: "Table", exact: true });
    if (await table.count()) {
      await table.click();
      await assertHarmless(page, `${view}, as a table`);
    }
  }
  await page.evaluate((name) => (location.hash = `#view=timeline&subject=${encodeURIComponent(name)}&stream=${encodeURIComponent(name)}&zone=${encodeURIComponent(name)}`), NAME.slice(0, 2_000));
  await page.waitForTimeout(300);
  await assertHarmless(page, "a link");
  await page.context().close();
});

test("names of files and of what is in them", async () => {
  const page = await open(browser, sandbox.url, { viewport: { width: 1440, height: 900 } });
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  const column = NAME.replace(/[\0\x1b]/g, "").replaceAll('"', '""').slice(0, 5_000);
  const lines = Array.from({ length: 100 }, (_, row) => `${new Date(Date.UTC(2024, 2, 1, 0, 0, row)).toISOString()},${row},${row % 2 ? "on" : '"<b>off</b>"'}`);
  const text = [`time,"${column}","<i>state</i>"`, ...lines].join("\n");
  const called = `<img src=x onerror="globalThis.hit=1">\u202e${"n".repeat(200)}.csv`;
  await openCsv(page, file(called, Buffer.from(text)), file(`${called}.edf`, Buffer.from("0       no more")));
  await page.locator("section.track").first().waitFor();
  await assertHarmless(page, "a file");
  for (const view of ["Timeline", "Day profile", "Availability"]) {
    await page.getByRole("tab", { name: view }).click();
    await assertDrawn(page.locator("main canvas").first(), view);
    await assertHarmless(page, view);
  }
  const { path } = await saved(page, "CSV");
  assert.ok((await readFile(path, "latin1")).length > 0);
  await page.context().close();
});
