// Display filters and spectra: what a track draws, and that nothing else changes by it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, colours, open } from "./support.mjs";

const at = (seconds) => new Date(Math.round(seconds * 1000)).toISOString();

/** A minute of a stream, some minutes after its beginning. */
function minute(stream, minutes = 5) {
  const from = Math.floor(stream.min_time) + minutes * 60;
  const range = { start: from, end: from + 60 };
  const link = `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&from=${at(range.start)}&to=${at(range.end)}&zone=UTC`;
  return { link, range };
}

const pictureOf = (canvas) => canvas.evaluate((canvas) => canvas.toDataURL());

/** Waits until a canvas shows another picture than before, and returns it. */
async function changed(canvas, before) {
  for (let tries = 0; tries < 100; tries += 1) {
    const now = await pictureOf(canvas);
    if (now !== before) return now;
    await canvas.page().waitForTimeout(50);
  }
  assert.fail("the picture stays as it was");
}

/** The picture of a canvas once it stays as it is. */
async function settled(canvas) {
  let before = "";
  for (let tries = 0; tries < 50; tries += 1) {
    await canvas.page().waitForLoadState("networkidle");
    await canvas.page().waitForTimeout(300);
    const now = await pictureOf(canvas);
    if (now === before) return now;
    before = now;
  }
  assert.fail("the picture goes on changing");
}

/** The largest difference of two pictures of the same size, of 255. */
const difference = (page, one, other) =>
  page.evaluate(
    async (sources) => {
      const [a, b] = await Promise.all(
        sources.map(async (source) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height).data;
        }),
      );
      return a.reduce((most, value, place) => Math.max(most, Math.abs(value - b[place])), a.length === b.length ? 0 : 255);
    },
    [one, other],
  );

async function csv(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV", exact: true }).click()]);
  return readFile(await download.path(), "utf8");
}

test("a track is drawn filtered, says so in words and in the link, and nothing else changes", async () => {
  const stream = await sandbox.stream("Acceleration y");
  const { link } = minute(stream);
  const page = await open(browser, link);
  const track = page.locator("section.track").first();
  const canvas = track.locator("canvas.track-data");
  await assertDrawn(canvas, "the track");
  await page.waitForLoadState("networkidle");
  const raw = await csv(page);
  const plain = await pictureOf(canvas);

  await page.getByRole("button", { name: "Filters" }).click();
  const row = page.getByRole("group", { name: "Display filters" }).getByRole("group").first();
  await row.getByLabel("Frequencies that pass").selectOption("high");
  await track.getByText("filtered: high-pass 0.5 Hz (order 2)").waitFor();
  await page.waitForURL(/display=high:0\.5:2,no,no,/);
  const high = await changed(canvas, plain);
  await row.getByLabel("Notch in Hz").fill("12");
  await row.getByLabel("Notch in Hz").press("Enter");
  await track.getByText("filtered: high-pass 0.5 Hz (order 2), notch 12 Hz").waitFor();
  await changed(canvas, high);

  // The reading says that it is no sample; what is saved and listed are the samples.
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("]");
  await track.locator("output.reading").filter({ hasText: /\d filtered$/ }).first().waitFor();
  assert.equal(await csv(page), raw, "what is saved are the samples");
  await page.keyboard.press("Escape");

  // The same picture from the link alone, warm-up and all.
  await page.waitForURL(/display=high:0\.5:2,12,no,/);
  const filtered = await settled(canvas);
  const again = await open(browser, page.url());
  await again.locator("section.track").first().getByText("notch 12 Hz").waitFor();
  const fresh = await settled(again.locator("section.track canvas.track-data").first());
  // What was read before the window may begin elsewhere, which a settled filter hardly knows any more.
  const apart = await difference(page, fresh, filtered);
  assert.ok(apart < 40, `the link shows the same picture, within ${apart} of 255`);
  assert.ok((await difference(page, fresh, plain)) > 100, "and not that of the samples");
  await again.context().close();

  // What is wrong is said in the row; what does not fit the samples, on the track.
  await row.getByLabel("Low edge in Hz").fill("fast");
  await row.getByLabel("Low edge in Hz").press("Enter");
  await row.getByRole("alert").getByText("Give the edge as a frequency in Hz").waitFor();
  await row.getByLabel("Low edge in Hz").fill("30");
  await row.getByLabel("Low edge in Hz").press("Enter");
  await track.getByText(/not filtered: 30 Hz is not between 0 and half the sampling rate/).waitFor();
  await row.getByRole("button", { name: "Clear" }).click();
  await track.getByText(/filtered/).waitFor({ state: "detached" });
  for (let tries = 0; (await pictureOf(canvas)) !== plain && tries < 50; tries += 1) await page.waitForTimeout(50);
  assert.equal(await pictureOf(canvas), plain, "without a filter the track is as it was");
  await page.waitForFunction(() => !location.hash.includes("display="));
  assert.deepEqual([...page.mistakes, ...again.mistakes], []);
  await page.context().close();
});

test("a stream without an even rate is not filtered, and says why", async () => {
  const stream = await sandbox.stream("Heart rate");
  const from = Math.floor(stream.min_time) + 86_400;
  const page = await open(
    browser,
    `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&from=${at(from)}&to=${at(from + 43_200)}&zone=UTC&display=low:0.001:2,no,no,${stream.id}`,
  );
  await page.locator("section.track").getByText("not filtered: its samples do not come at an even rate").waitFor();
  await assertDrawn(page.locator("section.track canvas.track-data"), "the samples");
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

/** The frequency of the highest density of Welch's spectrum, as its definition says it, and the number of windows. */
function welch(values, rate, length) {
  const density = new Array(length / 2 + 1).fill(0);
  let windows = 0;
  for (let start = 0; start + length <= values.length; start += length / 2, windows += 1) {
    const window = values.slice(start, start + length);
    const mean = window.reduce((sum, value) => sum + value, 0) / length;
    for (let bin = 0; bin <= length / 2; bin += 1) {
      let [re, im] = [0, 0];
      window.forEach((value, place) => {
        const weighted = (value - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * place) / length));
        re += weighted * Math.cos((2 * Math.PI * bin * place) / length);
        im += weighted * Math.sin((2 * Math.PI * bin * place) / length);
      });
      density[bin] += re * re + im * im;
    }
  }
  const strongest = density.reduce((best, value, bin) => (bin > 0 && value > density[best] ? bin : best), 1);
  return { windows, hz: (strongest * rate) / length };
}

test("the spectrum of what is in view is Welch's, by key and by mouse", async () => {
  const stream = await sandbox.stream("Acceleration y");
  const { link, range } = minute(stream, 8);
  const page = await open(browser, link);
  const track = page.locator("section.track").first();
  await assertDrawn(track.locator("canvas.track-data"), "the track");
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("s");
  const spectrum = track.getByRole("group", { name: "Power spectrum" });
  await spectrum.getByLabel("Length of a window").selectOption("256");
  const note = spectrum.locator(".track-note");
  await note.getByText(/Hann windows of 256 samples/).waitFor();
  await assertDrawn(spectrum.locator("canvas"), "the spectrum");

  const { data } = await sandbox.get(`/v2/streams/${stream.id}?start_time=${range.start}&end_time=${range.end}&format=json`);
  const name = Object.keys(data).find((key) => !["time", "measurement_duration_ns"].includes(key));
  const steps = data.time.slice(1).map((time, place) => time - data.time[place]);
  assert.ok(Math.max(...steps) < 0.03, "this minute has no gap");
  const expected = welch(data[name], 50, 256);
  const said = (await note.innerText()).match(/of 1 min at ([\d.]+) Hz: mean of (\d+) Hann windows .* 50 % shared; .* strongest at ([\d.]+) Hz/);
  assert.ok(said, await note.innerText());
  assert.equal(Number(said[2]), expected.windows);
  assert.ok(Math.abs(Number(said[1]) - 50) < 0.01);
  assert.ok(Math.abs(Number(said[3]) - expected.hz) < 0.01, `${said[3]} Hz, not ${expected.hz}`);

  const decibels = await pictureOf(spectrum.locator("canvas"));
  await spectrum.getByLabel("dB").uncheck();
  await changed(spectrum.locator("canvas"), decibels);
  // Over time, strength is colour, over the whole width.
  const linear = await pictureOf(spectrum.locator("canvas"));
  await spectrum.getByLabel("over time").check();
  await changed(spectrum.locator("canvas"), linear);
  assert.ok((await colours(spectrum.locator("canvas"))) > 60, "many shades");
  await spectrum.getByLabel("over time").uncheck();
  // Through a low-pass two curves are drawn: of the samples, and of what is left of them.
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("group", { name: "Display filters" }).getByLabel("Frequencies that pass").selectOption("low");
  await note.getByText(/thin: samples, thick: filtered/).waitFor();
  await page.getByRole("button", { name: "Spectrum" }).click();
  await spectrum.waitFor({ state: "detached" });
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("two cursors measure, and what they measure is copied as a table", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const page = await open(browser, `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&from=2024-03-01T16:00:00Z&to=2024-03-01T20:00:00Z&zone=UTC`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await assertDrawn(page.locator("canvas.track-data"), "the track");
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("]");
  await page.keyboard.press("m");
  for (let steps = 0; steps < 10; steps += 1) await page.keyboard.press("]");
  await page.keyboard.press("m");
  const measured = page.getByRole("region", { name: "Measured interval" });
  await measured.getByText(/^Δt \d+ min/).waitFor();
  await measured.getByText(/^1\/Δt 0\.00\d+ Hz$/).waitFor();
  const shown = await measured.locator("tbody tr").first().locator("td").allInnerTexts();
  await measured.getByRole("button", { name: "Copy the measured figures" }).click();
  await measured.getByText("Copied").waitFor();
  const [interval, heads, row] = (await page.evaluate(() => navigator.clipboard.readText())).split("\n").map((line) => line.split("\t"));
  assert.match(interval.join(" "), /^A Fri 1 Mar 2024, .* B Fri 1 Mar 2024, .* Δt \d+ min.* 1\/Δt .* Hz$/);
  assert.deepEqual(heads, ["Stream", "Dimension", "Values", "Mean", "Min", "Max", "B − A", "Unit"]);
  assert.deepEqual(row.slice(2, 7), shown.slice(0, 5));
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});
