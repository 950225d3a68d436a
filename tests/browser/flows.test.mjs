// Flows through the built site, in a real browser, on the demo recordings that the sandbox serves.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browser, sandbox, served } from "./scene.mjs";
import { assertDrawn, open, startSandbox } from "./support.mjs";

const RANGE = { from: "2024-03-01T00:00:00Z", to: "2024-03-04T00:00:00Z" };

/** The address of a view of some streams of one subject. */
function link(url, view, streams, { from, to } = RANGE) {
  const selected = streams.map((stream) => `&stream=${stream.id}`).join("");
  return `${url}#view=${view}&subject=${streams[0].subject_id}${selected}&from=${from}&to=${to}&zone=UTC`;
}

const canvases = (page) => page.locator("main canvas");
const seconds = (text) => Date.parse(text) / 1000;

/** The text of a table's cells, row by row. */
const cells = (table) =>
  table.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));

/** A page without mistakes, closed. */
async function close(page) {
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
}

test("the demo opens by itself with something to look at", async () => {
  const page = await open(browser, sandbox.url);
  await page.getByRole("tab", { name: "Timeline", selected: true }).waitFor();
  await assertDrawn(canvases(page).first(), "the first track");
  assert.ok((await page.locator("section.track").count()) >= 2, "several tracks are open");
  await page.waitForURL(/#view=timeline&subject=/);
  await close(page);
});

test("a person picks a patient and a stream and sees all three charts", async () => {
  const page = await open(browser, sandbox.url);
  const subject = page.getByRole("combobox", { name: /subject/i });
  await subject.selectOption({ label: "willow" });
  const streams = page.getByRole("listbox", { name: "Streams" }).getByRole("option");
  await page.getByRole("searchbox", { name: "Search streams" }).fill("tremor");
  await streams.first().waitFor();
  await streams.first().click();
  await page.getByRole("button", { name: "All data of the selected streams" }).click();
  for (const view of ["Timeline", "Day profile", "Availability"]) {
    await page.getByRole("tab", { name: view }).click();
    await page.getByRole("tab", { name: view, selected: true }).waitFor();
    await assertDrawn(canvases(page).first(), view);
  }
  await close(page);
});

test("the timeline's table holds what the server sends", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const page = await open(browser, link(sandbox.url, "timeline", [stream]));
  await page.getByRole("button", { name: "Table" }).click();
  const table = page.getByRole("region", { name: "Samples in view" }).locator("table");
  await table.locator("tbody tr").first().waitFor();
  const query = `start_time=${seconds(RANGE.from)}&end_time=${seconds(RANGE.to)}&format=json`;
  const { cardinality, data } = await sandbox.get(`/v2/streams/${stream.id}?${query}`);
  await page.getByText(`of ${cardinality.toLocaleString("en-US")} in this range`).waitFor();
  const shown = await cells(table);
  assert.equal(shown.length, 50);
  shown.forEach(([time, value], row) => {
    assert.equal(Number(value.replace("−", "-")), data.probability[row], `row ${row}`);
    assert.match(time, new RegExp(new Date(data.time[row] * 1000).toISOString().slice(11, 19)), `row ${row}`);
  });
  await close(page);
});

test("the day profile's table holds the server's daily aggregate", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const page = await open(browser, link(sandbox.url, "day", [stream]));
  await assertDrawn(canvases(page).first(), "the day profile");
  await page.getByRole("button", { name: "Table" }).click();
  const table = page.locator("main table").first();
  await table.locator("tbody tr").first().waitFor();
  const shown = await cells(table);
  const resolution = 86_400 / shown.length;
  assert.ok(Number.isInteger(resolution), `${shown.length} slots divide a day`);
  const query = `start_time=${seconds(RANGE.from)}&n_days=3&resolution=${resolution}`;
  const { data } = await sandbox.get(`/v2/streams/${stream.id}/daily_aggregate?${query}`);
  shown.forEach((row, slot) => {
    const mean = data.values[slot];
    const value = Number(row[1].replace("−", "-"));
    if (mean === null) assert.ok(Number.isNaN(value), `slot ${slot} is empty, and shows ${row[1]}`);
    else assert.ok(Math.abs(value - mean) < 1e-5, `slot ${slot} shows ${value}, not ${mean}`);
  });
  await close(page);
});

test("the completeness file holds the server's availability, day by day", async () => {
  const streams = [await sandbox.stream("Heart rate"), await sandbox.stream("Tremor probability")];
  const page = await open(browser, link(sandbox.url, "availability", streams));
  await assertDrawn(canvases(page).first(), "the grid");
  const saved = async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Completeness CSV" }).click(),
    ]);
    return readFile(await download.path(), "utf8");
  };
  let text = await saved();
  for (let tries = 0; text.includes("not asked") && tries < 50; tries += 1) {
    await page.waitForTimeout(100);
    text = await saved();
  }
  const rows = text.trim().split("\n").slice(1).map((line) => line.split(","));
  for (const { id } of streams) {
    const days = rows.filter(([stream]) => stream === id);
    assert.ok(days.length >= 28, `${days.length} days of ${id}`);
    const query = `start_time=${seconds(days[0][2])}&end_time=${seconds(days.at(-1)[3])}&resolution=3600&format=json`;
    const { data } = await sandbox.get(`/v2/streams/${id}/availability?${query}`);
    for (const [, , start, end, share] of days) {
      const hours = data.availability.filter((_, at) => data.time[at] >= seconds(start) && data.time[at] < seconds(end));
      assert.equal(Number(share).toFixed(4), (hours.reduce((sum, hour) => sum + hour, 0) / 24).toFixed(4), start);
    }
  }
  await close(page);
});

test("zooming in by keyboard and wheel narrows the window and draws again", async () => {
  const stream = await sandbox.stream("Heart rate");
  const page = await open(browser, link(sandbox.url, "timeline", [stream]));
  const track = canvases(page).first();
  await assertDrawn(track, "the track");
  const width = () => {
    const fragment = new URLSearchParams(new URL(page.url()).hash.slice(1));
    return Date.parse(fragment.get("to")) - Date.parse(fragment.get("from"));
  };
  // The address follows a little later, and has other reasons to change, too.
  const narrower = async (than, what) => {
    for (let tries = 0; tries < 100 && !(width() < than); tries += 1) await page.waitForTimeout(50);
    assert.ok(width() < than, what);
    return width();
  };
  const whole = width();
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("+");
  const closer = await narrower(whole, "plus zooms in");
  const box = await track.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -400);
  await narrower(closer, "the wheel zooms in");
  await assertDrawn(track, "the track, zoomed in");
  await close(page);
});

served("a long read shows its progress, stops when told to and goes on when told to", async () => {
  const slow = await startSandbox("--page-rows", 200, "--latency", 150);
  const stream = await slow.stream("Heart rate");
  const page = await open(browser, link(slow.url, "timeline", [stream]));
  await page.getByRole("progressbar", { name: "Time covered" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Stopped. What had arrived is drawn").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("progressbar", { name: "Time covered" }).waitFor();
  await close(page);
  await slow.stop();
});

served("wrong credentials are refused in words, and are kept nowhere", async () => {
  const page = await open(browser, sandbox.url);
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByLabel("Access token ID").fill("demo");
  await page.getByLabel("Access token secret").fill("not-the-secret");
  await page.getByLabel("Graph URL").fill(sandbox.url);
  await page.getByLabel("Stream URL").fill(sandbox.url);
  await page.locator("form.connect button[type=submit]").click();
  await page.getByText("Check the credentials").waitFor();
  const kept = await page.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!kept.includes("not-the-secret"), "the secret is in the address or in the browser's storage");
  // The browser itself reports the 401 on the console; nothing else may be wrong.
  assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("401")), []);
  await page.context().close();
});

served("a server that is gone is named, and reading goes on when it is back", async () => {
  const mortal = await startSandbox();
  const stream = await mortal.stream("Tremor probability");
  const page = await open(browser, link(mortal.url, "timeline", [stream]));
  await assertDrawn(canvases(page).first(), "the track");
  await mortal.stop();
  await page.getByRole("button", { name: "All data of the selected streams" }).click();
  const failure = page.locator(".track-state.failed");
  await failure.waitFor({ timeout: 60_000 });
  assert.match(await failure.innerText(), /127\.0\.0\.1/);
  const again = await startSandbox("--port", new URL(mortal.url).port);
  await failure.getByRole("button", { name: "Retry" }).click();
  await failure.waitFor({ state: "detached" });
  await page.context().close();
  await again.stop();
});

test("a link opens the same picture in another browser", async () => {
  const streams = [await sandbox.stream("Heart rate"), await sandbox.stream("Tremor probability")];
  const first = await open(browser, link(sandbox.url, "timeline", streams));
  await first.getByRole("button", { name: "The last 24 hours of data" }).click();
  await first.waitForFunction((from) => !location.hash.includes(from), RANGE.from);
  await assertDrawn(canvases(first).first(), "the track");
  await first.waitForTimeout(500);
  const second = await open(browser, first.url());
  await assertDrawn(canvases(second).first(), "the track");
  const tracks = (page) => page.locator("section.track").evaluateAll((all) => all.map((one) => one.dataset.stream));
  assert.deepEqual(await tracks(second), streams.map((stream) => stream.id));
  assert.deepEqual(await tracks(second), await tracks(first));
  assert.equal(second.url(), first.url());
  await close(first);
  await close(second);
});

test("the keyboard alone reaches the charts and reads a sample", async () => {
  const stream = await sandbox.stream("Heart rate");
  const page = await open(browser, link(sandbox.url, "timeline", [stream]));
  await assertDrawn(canvases(page).first(), "the track");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the charts");
  await page.keyboard.press("Enter");
  const tracks = page.getByRole("group", { name: /^Tracks/ });
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    if (await tracks.evaluate((element) => element === document.activeElement)) break;
  }
  assert.ok(await tracks.evaluate((element) => element === document.activeElement), "Tab reaches the tracks");
  await page.keyboard.press("]");
  await page.locator("output.reading").filter({ hasText: /\d/ }).first().waitFor();
  await page.keyboard.press("?");
  await page.getByText(/zoom/i).first().waitFor();
  await close(page);
});

served("ten million rows: the spikes stay when everything is in view", async () => {
  const stream = await sandbox.stream("10 million");
  const day = (time) => new Date(time * 1000).toISOString();
  const whole = { from: day(stream.min_time - 60), to: day(stream.max_time + 60) };
  const page = await open(browser, link(sandbox.url, "timeline", [stream], whole));
  const details = page.getByRole("complementary", { name: "Details" });
  await details.getByText(`${stream.rows.toLocaleString("en-US")} rows`).waitFor({ timeout: 240_000 });
  const query = `start_time=${Math.floor(stream.min_time)}&end_time=${Math.ceil(stream.max_time) + 1}`;
  await assertDrawn(canvases(page).first(), "the track");
  const note = await page.locator(".track-note").first().innerText();
  assert.match(note, /min–max of [\d,]+ samples per pixel/);
  const figures = await details.locator("dl.facts").last().innerText();
  const { summary } = await sandbox.get(`/v2/streams/${stream.id}/aggregate_window?${query}&resolution=60&aggregate_function=mean`);
  const maximum = Number(figures.match(/Max\s+(−?[\d.]+)/)[1].replace("−", "-"));
  assert.ok(maximum > summary.value_max * 2, `${maximum} is a spike, far above any minute's mean (${summary.value_max})`);
  await close(page);
});
