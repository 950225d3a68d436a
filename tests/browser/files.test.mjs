// Recordings opened from disk: chosen, dropped, asked for by a link, refused, and read by keyboard alone.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { drop, edf, file, flow, GAP_S, rows, START } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, colours, open, required } from "./support.mjs";

const track = (page, id) => page.locator(`section.track[data-stream="${id}"]`);
const iso = (seconds) => new Date(START + seconds * 1000).toISOString();

/** A page whose requests with a body are mistakes: nothing is uploaded. */
async function visit(fragment = "") {
  const page = await open(browser, `${sandbox.url}${fragment}`);
  // Choosers come to tests only while somebody listens, which takes a moment to begin.
  page.on("filechooser", () => {});
  page.on("request", (request) => {
    if (request.method() !== "GET" && request.postData()?.includes("Flow")) page.mistakes.push("an upload");
  });
  return page;
}

async function close(page) {
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
}

/** Chooses files as a person does, from the button in the header. */
async function choose(page, ...files) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open files…" }).click();
  await (await chooser).setFiles(files);
}

test("a chosen file is drawn at once, with its values, its gap and its annotations", async () => {
  const page = await visit();
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await choose(page, file("night.edf", edf()));
  await assertDrawn(track(page, "night.edf/1").locator("canvas").first(), "Flow");
  await assertDrawn(track(page, "night.edf/2").locator("canvas").first(), "Pulse");
  await page.waitForURL(/platform=file/);
  assert.ok(await page.getByText("Reproduce this").isHidden(), "a file on this computer is asked for nowhere");
  assert.match(page.url(), /subject=night\.edf/);
  assert.match(page.url(), /zone=UTC/);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByText(/of 10,000 in this range/).first().waitFor();
  const shown = await rows(page, "Samples in view");
  shown.slice(0, 50).forEach(([time, value], sample) => {
    assert.match(time, new RegExp(iso(sample / 50).slice(11, 19)), `sample ${sample}`);
    const shown = Number(value.replace("−", "-"));
    assert.ok(Math.abs(shown - flow(sample) / 1000) < 1e-9, `sample ${sample}: ${shown}`);
  });
  const events = (await rows(page, "Events in view")).map((row) => row.join(" "));
  assert.equal(events.length, 2);
  assert.match(events[0], /00:30:10.*lights off/s);
  assert.match(events[1], /00:30:20.*apnea/s);
  await close(page);
});

test("the gap of a recording is blank, and what lies under the cursor is read", async () => {
  const page = await visit();
  await choose(page, file("night.edf", edf()));
  await assertDrawn(track(page, "night.edf/1").locator("canvas").first(), "Flow");
  const inGap = `#view=timeline&subject=night.edf&stream=night.edf/1&zone=UTC&platform=file`;
  await page.evaluate((fragment) => (location.hash = fragment), `${inGap}&from=${iso(102)}&to=${iso(98 + GAP_S)}`);
  await page.getByText("0 rows", { exact: true }).waitFor();
  await page.evaluate((fragment) => (location.hash = fragment), `${inGap}&from=${iso(0)}&to=${iso(1)}`);
  await page.getByText("50 rows", { exact: true }).waitFor();
  const canvas = track(page, "night.edf/1").locator("canvas").first();
  assert.ok((await colours(canvas)) > 4);
  const tracks = page.getByRole("group", { name: /^Tracks/ });
  await tracks.focus();
  await page.keyboard.press("]");
  await page.keyboard.press("]");
  const legend = track(page, "night.edf/1");
  await legend.getByText(/mV/).first().waitFor();
  const read = (await legend.innerText()).replaceAll("−", "-").match(/-?\d+\.?\d*(?= mV)/g) ?? [];
  const isSample = (value) => Array.from({ length: 50 }, (_, at) => flow(at) / 1000).some((one) => Math.abs(one - value) < 1e-3);
  assert.ok(read.map(Number).some(isSample), `${read} is read under the cursor`);
  await close(page);
});

test("dropped files are subjects; one that cannot be read says why when it is looked at", async () => {
  const page = await visit();
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  const broken = file("broken.edf", edf({ records: "many" }));
  await drop(page, file("night.edf", edf()), broken, file("day.edf", edf()));
  await assertDrawn(track(page, "night.edf/1").locator("canvas").first(), "Flow");
  const subject = page.getByRole("combobox", { name: /subject/i });
  const names = await subject.getByRole("option").allInnerTexts();
  assert.deepEqual(names, ["night.edf", "broken.edf (cannot be read)", "day.edf"]);
  await subject.selectOption({ label: "broken.edf (cannot be read)" });
  await page.getByRole("alert").filter({ hasText: /broken\.edf cannot be read.*number of data records/ }).waitFor();
  await subject.selectOption({ label: "day.edf" });
  await page.getByRole("listbox", { name: "Streams" }).getByRole("option", { name: /Pulse/ }).waitFor();
  await close(page);
});

test("a header that is wrong is refused by the name of its field, and the charts stay reachable", async () => {
  const page = await visit();
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await drop(page, file("broken.edf", edf({ digitalMax: "-10000" })));
  await page.getByRole("alert").filter({ hasText: /broken\.edf cannot be read.*digital/ }).waitFor();
  await page.getByText("Read their headers").waitFor();
  await drop(page, file("notes.pdf", Buffer.from("%PDF-1.7 and so on")));
  await page.getByRole("alert").filter({ hasText: /notes\.pdf is no file that is read here/ }).waitFor();
  await page.getByRole("button", { name: "Back to the charts" }).click();
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await close(page);
});

test("a CSV file from elsewhere shows how it was understood", async () => {
  const clock = (row) => iso(row).slice(0, 19).replace("T", " ");
  const row = (_, row) => `${clock(row)};${String(row / 4).replace(".", ",")};${row % 7}`;
  const table = ["Station 7", "", "Datum;Druck [hPa];Wind (m/s)", ...Array.from({ length: 3000 }, row)].join("\n");
  const page = await visit();
  await drop(page, file("wetter.csv", Buffer.from(table)));
  const understood = page.getByRole("region", { name: "As understood" });
  await understood.getByText("Datum (times), Druck [hPa] (numbers), Wind (m/s) (whole numbers)").waitFor();
  await understood.getByText("2026-03-29 00:30:00 UTC").waitFor();
  const found = (label) => understood.getByLabel(label).locator("option").first().innerText();
  assert.equal(await found("Between two cells"), "semicolon (as found)");
  assert.equal(await found("Decimals"), "after a comma (as found)");
  assert.equal(await found("Times are written"), "year, month, day (as found)");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await assertDrawn(track(page, "wetter.csv/1").locator("canvas").first(), "the pressure");
  await assertDrawn(track(page, "wetter.csv/2").locator("canvas").first(), "the wind");
  for (const said of ["semicolon", "after a comma", "line 3", "column Datum: year, month, day"])
    await page.locator("#inspector").getByText(said, { exact: true }).waitFor();
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByText(/of 3,000 in this range/).first().waitFor();
  (await rows(page, "Samples in view")).slice(0, 50).forEach(([time, value], row) => {
    assert.match(time, new RegExp(iso(row).slice(11, 19)), `row ${row}`);
    assert.equal(Number(value), row / 4, `row ${row}`);
  });
  const back = `time,x\n${START / 1000 + 1},1\n${START / 1000},2\n`;
  await drop(page, file("back.csv", Buffer.from(back)));
  await understood.getByRole("heading", { name: "back.csv as understood" }).waitFor();
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: /back\.csv cannot be read.*sort the file/ }).waitFor();
  await close(page);
});

test("what a CSV file leaves open is put right before anything is drawn, by keyboard too", async () => {
  const line = (_, row) => `04/03/2023 ${String(row % 24).padStart(2, "0")}:00;${row},5`;
  const table = ["time;x", ...Array.from({ length: 24 }, line)].join("\n");
  const page = await visit();
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await drop(page, file("clock.csv", Buffer.from(table)));
  const understood = page.getByRole("region", { name: "As understood" });
  await understood.getByRole("alert").filter({ hasText: /day or its month comes first; say below/ }).waitFor();
  assert.equal(await page.locator("section.track[data-stream^='clock.csv']").count(), 0);
  const times = understood.getByLabel("Times are written");
  await times.focus();
  await times.selectOption({ label: "day, month, year" });
  await understood.getByText("2023-03-04 00:00:00 UTC").waitFor();
  assert.ok(await times.evaluate((element) => element === document.activeElement), "the focus stays");
  assert.equal(await understood.getByRole("alert").count(), 0);
  await understood.getByLabel("Zone of its clock").fill("Asia/Kolkata");
  await page.keyboard.press("Tab");
  await understood.getByText("2023-03-04 00:00:00 UTC+05:30").waitFor();
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await assertDrawn(track(page, "clock.csv/1").locator("canvas").first(), "x");
  await page.locator("#inspector").getByText("none is written: Asia/Kolkata, as told").waitFor();
  await page.getByRole("button", { name: "Table", exact: true }).click();
  const shown = await rows(page, "Samples in view");
  assert.match(shown[0].join(" "), /3 Mar 2023, 18:30:00.*0\.5/);
  await close(page);
});

test("an Arrow file is a connection like others, and says which column its times are", async () => {
  const page = await visit();
  const path = join(await mkdtemp(join(tmpdir(), "streamscope-")), "made.arrow");
  const make = `
import sys, pyarrow
from pyarrow import ipc
rows = range(5000)
table = pyarrow.table({
    'when': pyarrow.array([${START} * 1000 + row * 20000 for row in rows], pyarrow.timestamp('us', 'UTC')),
    'flow [l/s]': pyarrow.array([None if row % 100 == 7 else row / 8 for row in rows]),
    'state': pyarrow.array(['on' if row // 500 % 2 else 'off' for row in rows]).dictionary_encode(),
})
with ipc.new_file(sys.argv[1], table.schema) as writer:
    writer.write_table(table, max_chunksize=999)
`;
  await promisify(execFile)(required("STREAMSCOPE_PYTHON"), ["-c", make, path]);
  await choose(page, file("made.arrow", await readFile(path)));
  await assertDrawn(track(page, "made.arrow/1").locator("canvas").first(), "the flow");
  await assertDrawn(track(page, "made.arrow/2").locator("canvas").first(), "the states");
  await page.locator("#inspector").getByText("column when: times of UTC", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByText(/of 5,000 in this range/).first().waitFor();
  const table = await rows(page, "Samples in view");
  table.slice(0, 5).forEach(([time, value], row) => {
    assert.match(time, new RegExp(iso(row / 50).slice(11, 19)), `row ${row}`);
    assert.equal(Number(value), row / 8, `row ${row}`);
  });
  await drop(page, file("table.parquet", Buffer.from("PAR1 and so on")));
  await page.getByRole("alert").filter({ hasText: /table\.parquet is a Parquet file.*write it as Arrow IPC/ }).waitFor();
  await close(page);
});

test("a link asks for its file by name and shows the same picture once it is there", async () => {
  const selection = "#view=timeline&subject=night.edf&stream=night.edf/2&zone=Europe/Paris&platform=file";
  const page = await visit(`${selection}&from=${iso(10)}&to=${iso(40)}`);
  await page.getByText("The link shows the file night.edf. Choose it to see what the link shows.").waitFor();
  await page.getByLabel(/^EDF/).setInputFiles([file("night.edf", edf())]);
  await assertDrawn(track(page, "night.edf/2").locator("canvas").first(), "Pulse");
  assert.equal(await page.locator("section.track").count(), 1);
  await page.getByText("300 rows", { exact: true }).waitFor();
  assert.match(page.url(), /zone=Europe\/Paris/);
  // Another file stands beside it.
  await choose(page, file("day.edf", edf()));
  await assertDrawn(track(page, "file-2~day.edf/1").locator("canvas").first(), "Flow");
  await track(page, "night.edf/2").waitFor();
  await page.waitForURL(/subject=file-2~day\.edf/);
  await close(page);
});

test("a file is opened and read without a pointer", async () => {
  const page = await visit();
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  const button = page.getByRole("button", { name: "Open files…" });
  const isFocused = () => button.evaluate((element) => element === document.activeElement);
  // Once around the page at most, wherever the focus is.
  for (let tries = 0; tries < 120 && !(await isFocused()); tries += 1) await page.keyboard.press("Tab");
  assert.ok(await isFocused(), "the button is reached");
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles([file("night.edf", edf())]);
  await assertDrawn(track(page, "night.edf/1").locator("canvas").first(), "Flow");
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  const before = page.url();
  await page.keyboard.press("+");
  await page.waitForFunction((before) => location.href !== before, before);
  await close(page);
});
