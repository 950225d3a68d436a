// What the charts promise, looked at pixel by pixel: in light and dark, at one and two pixels a CSS pixel.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { openCsv, file, rows } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

const START = Date.parse("2024-03-01T12:00:00Z");
/** Beside the data: labels on the left, air on the right, in CSS pixels. */
const [GUTTER, EDGE] = [56, 12];
const SETTINGS = [
  { colorScheme: "light", deviceScaleFactor: 1 },
  { colorScheme: "light", deviceScaleFactor: 2 },
  { colorScheme: "dark", deviceScaleFactor: 1 },
  { colorScheme: "dark", deviceScaleFactor: 2 },
];

const iso = (seconds) => new Date(START + seconds * 1000).toISOString();
const track = (page, id) => page.locator(`section.track[data-stream="${id}"]`);

/** The page on a CSV file. */
async function visit(name, text, context = {}) {
  const page = await open(browser, sandbox.url, context);
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await openCsv(page, file(name, Buffer.from(text)));
  await assertDrawn(track(page, `${name}/1`).locator("canvas.track-data"), name);
  return page;
}

async function look(page, name, from, to, zone = "UTC") {
  const streams = await page.locator("section.track").evaluateAll((tracks) => tracks.map((track) => `&stream=${track.dataset.stream}`).join(""));
  await page.evaluate((hash) => (location.hash = hash), `#view=timeline&subject=${name}${streams}&zone=${zone}&platform=file&from=${from}&to=${to}`);
  await page.waitForTimeout(400);
  await page.waitForLoadState("networkidle");
}

/** For each column of a track's pixels the highest and the lowest one in the colour of its line; both -1 where none is. */
function ink(canvas) {
  return canvas.evaluate((element) => {
    const { width, height } = element;
    const { data } = element.getContext("2d").getImageData(0, 0, width, height);
    const columns = [];
    for (let x = 0; x < width; x += 1) {
      let [top, bottom] = [-1, -1];
      for (let y = 0; y < height; y += 1) {
        const at = 4 * (y * width + x);
        const colourful = data[at + 3] > 60 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 40;
        if (colourful) [top, bottom] = [top < 0 ? y : top, y];
      }
      columns.push([top, bottom]);
    }
    return columns;
  });
}

/** Where an instant lies in a window, in device pixels. */
function place(columns, scale, [from, to], at) {
  const [left, right] = [GUTTER * scale, columns.length - EDGE * scale];
  return left + ((at - from) / (to - from)) * (right - left);
}

/** A wave of 100 values a second for 200 s: nothing from 60 to 70 s, and one value of 900 at 123.45 s. */
function wave() {
  const lines = ["time,wave"];
  for (let row = 0; row < 20_000; row += 1) {
    if (row >= 6_000 && row < 7_000) continue;
    lines.push(`${iso(row / 100)},${row === 12_345 ? 900 : (10 * Math.sin(row / 30)).toFixed(3)}`);
  }
  return lines.join("\n");
}

for (const setting of SETTINGS) {
  const { colorScheme, deviceScaleFactor: scale } = setting;
  test(`a spike stands at every zoom, and a gap stays blank: ${colorScheme}, ${scale}x`, async () => {
    const page = await visit("wave.csv", wave(), setting);
    const canvas = track(page, "wave.csv/1").locator("canvas.track-data");
    const [spike, wide] = [123.45, 200];
    for (const length of [wide, 60, 10, 1, 0.2]) {
      const window = length === wide ? [0, wide] : [spike - length * 0.4, spike + length * 0.6];
      await look(page, "wave.csv", iso(window[0]), iso(window[1]));
      const columns = await ink(canvas);
      const tops = columns.map(([top]) => (top < 0 ? Infinity : top));
      const highest = tops.indexOf(Math.min(...tops));
      assert.ok(Math.abs(highest - place(columns, scale, window, spike)) <= 2 * scale, `in ${length} s it stands at ${highest}`);
      const others = tops.filter((_, x) => Math.abs(x - highest) > 0.02 * columns.length && tops[x] < Infinity);
      if (length > 1) assert.ok(Math.min(...others) > tops[highest] + 20 * scale, `in ${length} s it stands out`);
    }
    for (const window of [[0, 200], [40, 90], [58, 72]]) {
      await look(page, "wave.csv", iso(window[0]), iso(window[1]));
      const columns = await ink(canvas);
      const [from, to] = [60, 70].map((at) => place(columns, scale, window, at));
      const inside = columns.slice(Math.ceil(from + 3 * scale), Math.floor(to - 3 * scale));
      assert.ok(inside.length > 20, `${inside.length} columns`);
      assert.ok(inside.every(([top]) => top < 0), `nothing is drawn from 60 to 70 s in ${window}`);
      const before = columns.slice(Math.floor(from - 20 * scale), Math.floor(from - 3 * scale));
      assert.ok(before.every(([top]) => top >= 0), `everything before is drawn in ${window}`);
    }
    assert.deepEqual(page.mistakes, []);
    await page.context().close();
  });
}

test("null, NaN, infinity, and whole numbers beyond 2^53 are read, counted and saved as what they are", async () => {
  const values = ["1.5", "", "NaN", "inf", "-inf", "2.5"];
  const whole = (row) => 9_007_199_254_740_993n + BigInt(row);
  const lines = ["time,odd,whole"];
  for (let row = 0; row < 60; row += 1) lines.push(`${iso(row)},${values[row % values.length]},${whole(row)}`);
  const page = await visit("odd.csv", lines.join("\n"));
  await look(page, "odd.csv", iso(-1), iso(61));
  const odd = track(page, "odd.csv/1");
  await odd.getByText(/null or NaN: 20/).waitFor();
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("Home");
  const read = [];
  for (let row = 0; row < values.length; row += 1) {
    if (row > 0) await page.keyboard.press("]");
    await page.locator(".cursor-time").filter({ hasText: iso(row).slice(11, 19) }).waitFor();
    read.push(await odd.locator("output.reading").innerText());
    const beside = await track(page, "odd.csv/2").locator("output.reading").innerText();
    assert.equal(beside.replace(/\D/g, ""), String(whole(row)), `row ${row}: ${beside}`);
  }
  assert.equal(new Set(read).size, values.length, `each is told apart: ${read}`);
  assert.match(read.join("|"), /^1\.5\|.*null.*\|NaN\|∞\|−∞\|2\.5$/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Table", exact: true }).click().then(() => page.getByRole("button", { name: "CSV", exact: true }).click())]);
  const archive = await readFile(await download.path(), "latin1");
  for (let row = 0; row < 60; row += 1) assert.ok(archive.includes(`,${whole(row)}\n`), `${whole(row)} is saved`);
  await page.getByRole("tablist", { name: "Stream" }).getByRole("tab").nth(1).click();
  await page.getByText(String(whole(7))).waitFor();
  const shown = await rows(page, "Samples in view");
  assert.ok(shown.some((cells) => cells.some((cell) => cell.replace(/\D/g, "") === String(whole(7)))));
  await page.context().close();
});

test("steps of a nanosecond have places of their own", async () => {
  const first = BigInt(START) * 1_000_000n;
  const lines = ["time,value"];
  for (let row = 0n; row < 40n; row += 1n) lines.push(`${first + row},${row}`);
  const page = await visit("fast.csv", lines.join("\n"));
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("0");
  await page.keyboard.press("Home");
  const seen = new Set();
  for (let row = 0; row < 5; row += 1) {
    await page.keyboard.press("]");
    seen.add(await page.locator(".cursor-time").innerText());
  }
  assert.equal(seen.size, 5, [...seen].join());
  const columns = await ink(track(page, "fast.csv/1").locator("canvas.track-data"));
  // No window is shorter than a microsecond, in which 40 ns are one pixel in 25.
  const drawn = columns.filter(([top]) => top >= 0).length;
  assert.ok(Math.abs(drawn - columns.length / 25) < columns.length / 50, `${drawn} columns`);
  await page.context().close();
});

test("one value of 1e300 leaves an axis, and a curve once the axis is set", async () => {
  const lines = ["time,value"];
  for (let row = 0; row < 600; row += 1) lines.push(`${iso(row)},${row === 300 ? "1e300" : (row % 10) + 0.5}`);
  const page = await visit("far.csv", lines.join("\n"));
  await look(page, "far.csv", iso(0), iso(600));
  const canvas = track(page, "far.csv/1").locator("canvas.track-data");
  let columns = await ink(canvas);
  assert.ok(columns.filter(([top]) => top >= 0).length > columns.length * 0.8, "everything is drawn");
  await page.getByRole("button", { name: "Axes", exact: true }).click();
  const axes = page.getByRole("group", { name: "Value axes" }).getByRole("group").first();
  await axes.getByLabel(/^From|^Low|lower/i).fill("0");
  await axes.getByLabel(/^To|^High|upper/i).fill("10");
  await axes.getByLabel(/^To|^High|upper/i).press("Enter");
  await page.waitForTimeout(300);
  columns = await ink(canvas);
  const heights = columns.filter(([top]) => top >= 0).map(([top, bottom]) => bottom - top);
  assert.ok(Math.max(...heights) > 20, "the small values have a shape");
  await track(page, "far.csv/1").getByText(/beyond|1e300|above/i).first().waitFor();
  await page.context().close();
});

test("days of 23 and 25 hours are whole days, and the repeated hour is there twice", async () => {
  const minutes = (from, days) => {
    const lines = ["time,value"];
    for (let minute = 0; minute < days * 1440; minute += 1) lines.push(`${new Date(Date.parse(from) + minute * 60_000).toISOString()},${minute % 60}`);
    return lines.join("\n");
  };
  for (const [name, from, to, day] of [
    ["spring.csv", "2024-03-29T23:00:00Z", "2024-04-01T22:00:00Z", "31"],
    ["autumn.csv", "2024-10-25T22:00:00Z", "2024-10-28T23:00:00Z", "27"],
  ]) {
    const page = await visit(name, minutes(from, 3 + 1 / 24));
    await page.evaluate((hash) => (location.hash = hash), `#view=availability&subject=${name}&stream=${name}/1&zone=Europe/Berlin&platform=file&from=${from}&to=${to}`);
    await page.getByRole("button", { name: "Table", exact: true }).click();
    const row = page.locator("main table tr").filter({ hasText: new RegExp(`\\b${day} (Mar|Oct)`) }).first();
    await row.filter({ hasText: /100/ }).waitFor();
    await page.context().close();
  }
  const page = await visit("autumn.csv", minutes("2024-10-26T22:00:00Z", 1 + 1 / 24));
  await look(page, "autumn.csv", "2024-10-27T00:29:30Z", "2024-10-27T01:31:30Z", "Europe/Berlin");
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  const read = [];
  for (let step = 0; step < 62; step += 1) {
    await page.keyboard.press("]");
    read.push(await page.locator(".cursor-time").innerText());
  }
  const half = read.filter((text) => text.includes("02:30:00"));
  assert.equal(half.length, 2, read.slice(0, 3).join());
  assert.ok(half[0].includes("+02:00") && half[1].includes("+01:00"), half.join());
  await page.context().close();
});
