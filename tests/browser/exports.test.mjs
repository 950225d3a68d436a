// What is saved: files whose names, headers and metadata tell what they hold, read by Python's own zipfile and by pandas.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open, required } from "./support.mjs";

const [FROM, TO] = ["2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"];

/** What pandas and zipfile make of an archive: its metadata, and of each table the columns, the rows and the first time. */
const READER = `
import io, json, sys, zipfile, pandas
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
tables = {}
for name in archive.namelist():
    if name.endswith('.csv'):
        table = pandas.read_csv(io.BytesIO(archive.read(name)), parse_dates=[0])
        tables[name] = [list(table.columns), len(table), table.iloc[0, 0].isoformat()]
print(json.dumps({'metadata': json.loads(archive.read('metadata.json')), 'tables': tables}))
`;

async function timeline(streams, zone = "UTC") {
  const chosen = streams.map((stream) => `&stream=${stream.id}`).join("");
  const page = await open(browser, `${sandbox.url}#view=timeline&subject=${streams[0].subject_id}${chosen}&from=${FROM}&to=${TO}&zone=${zone}`);
  await assertDrawn(page.locator("canvas.track-data").first(), "the track");
  return page;
}

async function saved(page, button) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

test("several streams are saved as one archive that says what it holds", async () => {
  const streams = await Promise.all(["Heart rate", "Tremor probability"].map((name) => sandbox.stream(name)));
  const page = await timeline(streams, "Europe/Berlin");
  const { name, path } = await saved(page, "CSV");
  assert.match(name, /^[\w-]+-2-streams-20240301T0100-20240302T0100\.zip$/);
  await page.getByRole("status").filter({ hasText: `: ${name}.` }).filter({ hasText: "Saved 2 streams" }).waitFor();

  const { stdout } = await promisify(execFile)(required("STREAMSCOPE_PYTHON"), ["-c", READER, path]);
  const { metadata, tables } = JSON.parse(stdout);
  assert.deepEqual(metadata.range, { start: "2024-03-01T01:00:00+01:00", end: "2024-03-02T01:00:00+01:00" });
  assert.deepEqual([metadata.platform, metadata.time_zone, metadata.row_filter], ["Rune", "Europe/Berlin", null]);
  assert.equal(metadata.subject.id, streams[0].subject_id);
  assert.deepEqual(new Set(metadata.streams.map((stream) => stream.id)), new Set(streams.map((stream) => stream.id)));
  for (const stream of metadata.streams) {
    const [columns, rows, first] = tables[stream.path];
    assert.equal(rows, stream.rows);
    assert.equal(Date.parse(first), Date.parse(stream.first));
    const titled = stream.columns.map((column) => (column.unit ? `${column.name} (${column.unit})` : column.name));
    assert.deepEqual(columns.slice(0, titled.length), ["time (Europe/Berlin)", ...titled.slice(1)]);
  }
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("one stream is a file of its own, named after subject, stream and range", async () => {
  const page = await timeline([await sandbox.stream("Heart rate")]);
  const { name, path } = await saved(page, "CSV");
  assert.match(name, /^[\w-]+-heart-rate[\w-]*-20240301T0000-20240302T0000\.csv$/);
  const [header, ...rows] = (await readFile(path, "utf8")).trim().split("\n");
  assert.match(header, /^time \(UTC\),\w+ \([^)]+\)/);
  await page.getByRole("status").filter({ hasText: `Saved ${rows.length.toLocaleString("en")} rows` }).waitFor();
  const picture = await saved(page, "PNG");
  assert.match(picture.name, /-timeline-20240301T0000-20240302T0000\.png$/);
  await page.context().close();
});

test("where there are no rows nothing is saved, and words say so", async () => {
  const stream = await sandbox.stream("Heart rate");
  const page = await open(
    browser,
    `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&from=2019-01-01T00:00:00Z&to=2019-01-02T00:00:00Z&zone=UTC`,
  );
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "has no rows in this range. Nothing was saved." }).waitFor();
  await page.context().close();
});

test("a page holds its rows, and pans and zooms them with no network", async () => {
  const streams = await Promise.all(["Heart rate", "sleep stage"].map((name) => sandbox.stream(name)));
  const page = await timeline(streams, "Europe/Berlin");
  const { name, path } = await saved(page, "Page");
  assert.match(name, /-page-20240301T0100-20240302T0100\.html$/);
  const rows = Number((await page.locator(".export-note").innerText()).match(/Saved ([\d,]+) rows/)[1].replaceAll(",", ""));
  const copy = `${path}.html`;
  await copyFile(path, copy);
  const offline = await browser.newContext({ offline: true, viewport: { width: 1000, height: 800 } });
  const opened = await offline.newPage();
  const mistakes = [];
  opened.on("console", (message) => message.type() === "error" && mistakes.push(message.text()));
  opened.on("pageerror", (error) => mistakes.push(String(error)));
  await opened.goto(`file://${copy}`);
  const canvases = opened.locator("canvas");
  assert.equal(await canvases.count(), streams.length);
  for (const canvas of await canvases.all()) await assertDrawn(canvas, "a track");
  const told = await canvases.evaluateAll((all) => all.map((one) => Number(one.getAttribute("aria-label").match(/([\d,]+) rows/)[1].replaceAll(",", ""))));
  assert.equal(told.reduce((sum, one) => sum + one, 0), rows, "every row is inside");
  const picture = () => canvases.first().evaluate((canvas) => canvas.toDataURL());
  const all = await picture();
  await opened.locator("#tracks").focus();
  await opened.keyboard.press("+");
  await opened.waitForTimeout(100);
  const near = await picture();
  assert.notEqual(near, all);
  await opened.keyboard.press("0");
  await opened.waitForTimeout(100);
  assert.equal(await picture(), all);
  const { x, y, width } = await canvases.first().boundingBox();
  await opened.mouse.move(x + width * 0.68, y + 50);
  await opened.getByText(/^1 Mar 2024, 1[67]:\d\d:\d\d.*bpm\) \d+/).waitFor();
  assert.deepEqual(mistakes, []);
  await offline.close();
  await page.context().close();
});
