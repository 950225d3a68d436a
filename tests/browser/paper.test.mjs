// ECG paper: its grid, its scales, and a screen that was measured.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openCsv, file } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

/** A minute at 250 Hz: a beat of 1 mV once a second, in µV. */
function ecg() {
  const lines = ["time,lead [µV]"];
  const start = Date.parse("2024-03-01T12:00:00Z");
  for (let row = 0; row < 15_000; row += 1) {
    const phase = (row % 250) / 250;
    lines.push(`${new Date(start + row * 4).toISOString()},${Math.round(1000 * Math.exp(-(((phase - 0.3) / 0.02) ** 2)))}`);
  }
  return Buffer.from(lines.join("\n"));
}

test("a voltage lies on paper, at 25 mm/s and 10 mm/mV of a measured screen", async () => {
  const page = await open(browser, sandbox.url);
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await openCsv(page, file("ecg.csv", ecg()));
  const track = page.locator('section.track[data-stream="ecg.csv/1"]');
  const canvas = track.locator("canvas.track-data");
  await assertDrawn(canvas, "the ECG");
  await page.getByRole("button", { name: "Paper", exact: true }).click();
  const panel = page.getByRole("group", { name: "ECG paper" });
  // The bar is a bank card of 85.6 mm: by this the screen has five pixels to the millimetre.
  await panel.getByRole("slider").fill("428");
  await panel.getByRole("button", { name: "25 mm/s" }).click();
  await panel.getByRole("button", { name: "10 mm/mV" }).click();
  await track.getByText("25 mm/s, 10 mm/mV").waitFor();

  const { width } = await canvas.boundingBox();
  await page.waitForFunction(() => location.hash.includes("axis="));
  await page.waitForTimeout(400);
  const link = new URLSearchParams(new URL(page.url()).hash.slice(1));
  const [low, high] = link.get("axis").split(",").map(Number);
  assert.ok(high - low > 1000 && low < 0 && high > 1000, `${low} to ${high} µV`);
  const seconds = (Date.parse(link.get("to")) - Date.parse(link.get("from"))) / 1000;
  assert.ok(Math.abs(seconds - (width - 68) / 125) < 0.05, `${seconds} s over ${width} pixels`);

  // Lines of large boxes stand 25 pixels apart: 200 ms at 125 pixels a second.
  const reds = await canvas.evaluate((element) => {
    const { width, height } = element;
    const { data } = element.getContext("2d").getImageData(0, 0, width, height);
    return Array.from({ length: width }, (_, x) => {
      let red = 0;
      for (let at = 4 * x; at < data.length; at += 4 * width) red += ((data[at] - data[at + 2]) * data[at + 3]) / 255;
      return red;
    });
  });
  const strong = reds.flatMap((red, x) => (red > Math.max(...reds) * 0.75 ? [x] : []));
  const steps = strong.slice(1).map((x, place) => x - strong[place]);
  assert.ok(steps.length > 10 && steps.every((step) => Math.abs(step - 25) <= 1), steps.join());

  // Zoomed, the boxes stay 40 ms wide and the track says what the scale is then.
  await page.getByRole("button", { name: "Zoom in" }).click();
  await track.getByText("50 mm/s, 10 mm/mV").waitFor();
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});
