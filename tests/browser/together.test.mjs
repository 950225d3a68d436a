// Connections side by side: two platforms in one link, two devices on one time axis, and their clocks.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { drop, file } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

const START = Date.parse("2026-03-01T12:00:00Z");
const [OFFSET_MS, DRIFT] = [7_300, 40e-6];
const SECONDS = 3_600;
const track = (page, id) => page.locator(`section.track[data-stream="${id}"]`);
const switched = (page) => page.getByRole("group", { name: "Connections", exact: true }).getByRole("button");

/** Ten samples a second with a tap each at 60 s and at 3,540 s; `clock` tells the device's time of a true one, ms. */
function taps(name, clock) {
  const rows = Array.from({ length: SECONDS * 10 }, (_, row) => {
    const tap = row === 600 || row === 35_400;
    return `${new Date(clock(row * 100)).toISOString().replace("Z", "")}Z,${tap ? 5 : Math.sin(row / 40).toFixed(3)}`;
  });
  return file(name, Buffer.from(["time,force [N]", ...rows].join("\n")));
}

const first = () => taps("first.csv", (ms) => START + ms);
const second = () => taps("second.csv", (ms) => Math.round(START + ms - OFFSET_MS - ms * DRIFT));

/** Drops a file and opens it as it is understood. */
async function take(page, given) {
  await drop(page, given);
  await page.getByRole("heading", { name: `${given.name} as understood` }).waitFor();
  await page.getByRole("button", { name: "Open", exact: true }).click();
}

async function two_devices() {
  const page = await open(browser, sandbox.url);
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await take(page, first());
  await assertDrawn(track(page, "first.csv/1").locator("canvas").first(), "the first device");
  await take(page, second());
  await assertDrawn(track(page, "file-2~second.csv/1").locator("canvas").first(), "the second device");
  await assertDrawn(track(page, "first.csv/1").locator("canvas").first(), "the first device beside it");
  return page;
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button, exact: true }).click()]);
  return readFile(await download.path(), "utf8");
}

test("own recordings stand beside one another, and each connection lists its own", async () => {
  const page = await two_devices();
  assert.deepEqual((await switched(page).allInnerTexts()).map((text) => text.split("\n")[0].trim()), ["first.csv", "second.csv"]);
  await switched(page).first().click();
  await page.getByRole("combobox", { name: /subject/i }).getByRole("option", { name: "first.csv" }).waitFor({ state: "attached" });
  assert.equal(await page.locator("section.track").count(), 2, "tracks stay");
  // The link holds both, each with its subject.
  await page.waitForURL(/keep=/);
  assert.match(page.url(), /stream=file-2~second\.csv\/1/);
  // Let go of one: its track goes with it.
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("button", { name: "Disconnect second.csv" }).click();
  await page.getByRole("button", { name: "Back to the charts" }).click();
  await track(page, "file-2~second.csv/1").waitFor({ state: "detached" });
  assert.equal(await page.locator("section.track").count(), 1);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("two devices that recorded the same taps are aligned by two marks, and rows are saved with both times", async () => {
  const page = await two_devices();
  await page.getByRole("button", { name: "Tracks", exact: true }).click();
  const clock = page.getByRole("group", { name: "Clock of second.csv" });
  const offset = clock.getByLabel("Offset"), drift = clock.getByLabel("Drift");
  /** Looks at ten seconds around a tap and measures from the second device's tap to the first's. */
  const match = async (tap, apart) => {
    const look = async (name, value) => {
      await page.getByLabel(name, { exact: true }).fill(value);
      await page.getByLabel(name, { exact: true }).press("Enter");
    };
    const at = START + tap;
    await look("Start", new Date(at - 15_000).toISOString());
    await look("End", new Date(at + 5_000).toISOString());
    await page.getByText(/20 s in view/).waitFor();
    const box = await track(page, "first.csv/1").locator("canvas").first().boundingBox();
    const x = (ms) => box.x + 56 + ((ms + 15_000) / 20_000) * (box.width - 56 - 12);
    await page.getByRole("button", { name: "Measure", exact: true }).click();
    await page.mouse.move(x(-apart), box.y + 30);
    await page.mouse.down();
    await page.mouse.move(x(0), box.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.getByRole("button", { name: "Measure", exact: true }).click();
  };
  await match(60_000, OFFSET_MS + 2.4);
  await clock.getByRole("button", { name: /^A is B/ }).click();
  await page.waitForURL(/clock=/);
  assert.ok(Math.abs(Number(await offset.inputValue()) * 1000 - OFFSET_MS) < 30, await offset.inputValue());
  await match(3_540_000, 139.2 + (OFFSET_MS - Number(await offset.inputValue()) * 1000));
  await clock.getByLabel("second mark").check();
  await clock.getByRole("button", { name: /^A is B/ }).click();
  await page.waitForURL(/clock=\d+,[\d.]+,/);
  assert.ok(Math.abs(Number(await drift.inputValue()) - 40) < 15, await drift.inputValue());

  // Exact, by numbers: the marks of the mouse are as fine as its pixels.
  await clock.getByRole("button", { name: "As recorded" }).click();
  await offset.fill("7.3");
  await offset.press("Enter");
  await track(page, "file-2~second.csv/1").getByText("clock +7.3 s").waitFor();
  await page.getByRole("button", { name: "Tracks", exact: true }).click();
  await track(page, "first.csv/1").waitFor();
  await page.getByRole("button", { name: "All data of the selected streams" }).click();
  await page.getByText("36,000 rows", { exact: true }).waitFor();
  await page.waitForURL(/from=2026-03-01T1[12]:[05]\d:[05]\d.*&to=2026-03-01T13:00/);
  await page.evaluate(() => (location.hash = location.hash.replace(/&stream=first\.csv\/1/, "").replace(/&keep=[^&]*first\.csv\/1/, "")));
  await track(page, "first.csv/1").waitFor({ state: "detached" });
  const [header, ...rows] = (await saved(page, "CSV")).trim().split("\n");
  assert.match(header, /^time \(UTC\),.*,time recorded \(UTC\)$/);
  assert.equal(rows.length, SECONDS * 10);
  for (const row of [rows[0], rows[600], rows.at(-1)]) {
    const cells = row.split(",");
    assert.equal(Date.parse(cells[0]) - Date.parse(cells.at(-1)), OFFSET_MS, row);
  }
  assert.equal(Number(rows[600].split(",")[1]), 5, "the tap is where it was");
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("dragging a device's tracks sets its clock, and As recorded undoes it", async () => {
  const page = await two_devices();
  await page.getByRole("button", { name: "Tracks", exact: true }).click();
  const clock = page.getByRole("group", { name: "Clock of second.csv" });
  await clock.getByRole("button", { name: "Drag" }).click();
  const box = await track(page, "file-2~second.csv/1").locator("canvas").first().boundingBox();
  await page.mouse.move(box.x + 300, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/clock=\d+,0,/);
  const moved = Number(await clock.getByLabel("Offset").inputValue());
  assert.ok(moved > 0, `${moved} s later`);
  await clock.getByRole("button", { name: "As recorded" }).click();
  await page.waitForURL((url) => !url.hash.includes("clock="));
  await page.context().close();
});

test("a link with streams of two platforms opens the same picture, and asks for what is missing by name", async () => {
  const info = await sandbox.get("/sandbox/info.json");
  const heart = await sandbox.stream("Heart rate");
  assert.ok(info.platforms.joule, "the sandbox has a demo node");
  const power = "/site A/mains/power";
  const link = `#view=timeline&subject=${heart.subject_id}&stream=${heart.id}&stream=${encodeURIComponent(`joule~${power}`)}`
    + `&keep=${encodeURIComponent(encodeURIComponent("joule~/site A/mains"))},${encodeURIComponent(`joule~${power}`)}`
    + "&from=2024-03-04T00:00:00Z&to=2024-03-05T00:00:00Z&zone=UTC&platform=rune";
  const page = await open(browser, `${sandbox.url}${link}`);
  await assertDrawn(track(page, heart.id).locator("canvas").first(), "heart rate");
  await assertDrawn(track(page, `joule~${power}`).locator("canvas").first(), "power");
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("listitem").filter({ hasText: "Joule" }).getByRole("button", { name: /^Disconnect/ }).click();
  await page.getByRole("button", { name: "Back to the charts" }).click();
  await track(page, `joule~${power}`).waitFor({ state: "detached" });
  await page.evaluate((link) => (location.hash = link), link);
  await page.getByText(/The link also shows recordings of Joule/).waitFor();
  await page.getByRole("button", { name: "Connect…", exact: true }).click();
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: "Joule", pressed: true }).waitFor();
  await page.getByRole("button", { name: "Open the demo recordings" }).click();
  await assertDrawn(track(page, `joule~${power}`).locator("canvas").first(), "power once more");
  await assertDrawn(track(page, heart.id).locator("canvas").first(), "heart rate beside it");
  assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("status of 400")), []);
  await page.context().close();
});
