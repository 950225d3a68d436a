// What a person relies on while reading: nothing moves under the pointer, names stay in their places whatever they
// hold, a window looks the same however one came to it, and what was left is let go.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open, startSandbox } from "./support.mjs";

function link(url, view, streams, from, to) {
  const selected = streams.map((stream) => `&stream=${stream.id}`).join("");
  return `${url}#view=${view}&subject=${streams[0].subject_id}${selected}&from=${from}&to=${to}&zone=UTC`;
}

async function close(page) {
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
}

/** Pixels of a canvas that are neither grey nor clear. */
const inked = (canvas) =>
  canvas.evaluate((element) => {
    const { data } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 40 && Math.abs(data[at] - data[at + 2]) > 60) count += 1;
    }
    return count;
  });

test("tracks stay where they are while the pointer reads them", async () => {
  const [axes, heart, tremor] = await Promise.all(["three axes", "Heart rate", "Tremor probability"].map(sandbox.stream));
  const pictures = [
    [[heart, tremor], "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"],
    [[axes], "2024-02-28T00:00:00Z", "2024-02-28T00:20:00Z"],
  ];
  for (const [streams, from, to] of pictures)
    for (const width of [1440, 1024, 390]) {
      const page = await open(browser, link(sandbox.url, "timeline", streams, from, to), { viewport: { width, height: 900 } });
      const canvas = page.locator("canvas.track-data").first();
      const places = () => page.locator("canvas.track-data").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
      await assertDrawn(canvas, "the first track");
      // The lane of events has its room once they are known.
      await page.getByRole("group", { name: "Events" }).waitFor();
      const before = await places();
      const box = await canvas.boundingBox();
      for (const share of [0.3, 0.55, 0.8]) {
        await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
        await page.locator("output.reading").filter({ hasText: /\S/ }).first().waitFor();
        assert.deepEqual(await places(), before, `at ${width} px`);
      }
      await page.keyboard.press("Escape");
      await close(page);
    }
});

test("a window between two samples shows the line that crosses it, opened afresh and panned to", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const begin = Math.floor(stream.min_time);
  const query = `start_time=${begin}&end_time=${begin + 2 * 86_400}&format=json`;
  const { data } = await sandbox.get(`/v2/streams/${stream.id}?${query}`);
  const at = data.time.findIndex((time, row) => data.time[row + 1] - time > 30 && data.time[row + 1] - time < 100);
  assert.ok(at >= 0, "two samples a minute apart");
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  for (const length of [40, 10, 4]) {
    const from = Math.ceil(data.time[at]) + 5;
    const window = [iso(from), iso(from + length)];
    const fresh = await open(browser, link(sandbox.url, "timeline", [stream], ...window));
    await assertDrawn(fresh.locator("canvas.track-data"), "the track");
    for (let tries = 0; (await inked(fresh.locator("canvas.track-data"))) < 100 && tries < 50; tries += 1) await fresh.waitForTimeout(100);
    const panned = await open(browser, link(sandbox.url, "timeline", [stream], iso(from - 7200), iso(from + 7200)));
    await assertDrawn(panned.locator("canvas.track-data"), "the track");
    await panned.evaluate((hash) => (location.hash = hash), new URL(fresh.url()).hash);
    await panned.waitForTimeout(800);
    const pictures = await Promise.all([fresh, panned].map((page) => page.locator("canvas.track-data").evaluate((canvas) => canvas.toDataURL())));
    assert.ok((await inked(fresh.locator("canvas.track-data"))) > 100, `a line at ${length} s`);
    assert.equal(pictures[0], pictures[1], `the same picture at ${length} s`);
    assert.equal(await fresh.getByText("No data in this range.").count(), 0);
    await close(fresh);
    await close(panned);
  }
});

test("an export is whole, whatever the view does while it is fetched", async () => {
  const slow = await startSandbox("--page-rows", 2000, "--latency", 60);
  const stream = await slow.stream("Heart rate");
  const [from, to] = ["2024-03-01T00:00:00Z", "2024-03-09T00:00:00Z"];
  const page = await open(browser, link(slow.url, "timeline", [stream], from, to));
  await assertDrawn(page.locator("canvas.track-data"), "the track");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("Home");
  for (let presses = 0; presses < 6; presses += 1) await page.keyboard.press("+");
  const rows = (await readFile(await (await saved).path(), "utf8")).trim().split("\n").length - 1;
  const query = `start_time=${Date.parse(from) / 1000}&end_time=${Date.parse(to) / 1000}&format=json`;
  let [count, token] = [0, ""];
  do {
    const response = await fetch(new URL(`/v2/streams/${stream.id}?${query}${token && `&page_token=${encodeURIComponent(token)}`}`, slow.url), {
      headers: { "X-Rune-User-Access-Token-Id": "demo", "X-Rune-User-Access-Token-Secret": "demo-secret" },
    });
    count += (await response.json()).cardinality;
    token = response.headers.get("x-rune-next-page-token") ?? "";
  } while (token);
  assert.equal(rows, count);
  await close(page);
  await slow.stop();
});

test("names of any length and direction stay in their places", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const name = `${"n".repeat(10_000)}\u202e`;
  const unit = `unit of sixty characters ${"u".repeat(35)}`;
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // The server's own answers, with every measurement and unit replaced.
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    const changed = JSON.parse(body, (key, value) => {
      if (key === "unitAbbrev" && typeof value === "string") return unit;
      if (key === "value" && value === "tremor") return name;
      return value;
    });
    await route.fulfill({ response, json: changed });
  });
  await page.goto(link(sandbox.url, "timeline", [stream], "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"));
  await assertDrawn(page.locator("canvas.track-data"), "the track");
  for (const view of ["Timeline", "Day profile", "Availability"]) {
    await page.getByRole("tab", { name: view }).click();
    await assertDrawn(page.locator("main canvas").first(), view);
    for (const pane of ["main", "nav", "aside"]) {
      const sticksOut = await page.locator(pane).evaluate((element) => element.scrollWidth - element.clientWidth);
      assert.ok(sticksOut <= 0, `${view}: ${pane} is ${sticksOut} px too wide`);
    }
  }
  const row = page.locator(`li.stream[data-stream="${stream.id}"]`);
  const [whole, shown] = [await row.boundingBox(), await row.locator(".stream-name").boundingBox()];
  assert.ok(shown.width > 60 && shown.x + shown.width <= whole.x + whole.width, "the name keeps its room");
  const title = await row.locator(".stream-name").getAttribute("title");
  if (title.length > 1000) {
    assert.ok((await row.locator(".stream-name").innerText()).length < 100);
  }
  assert.equal(await row.locator(".stream-unit").getAttribute("title"), unit);
  await page.close();
});

test("a live stream that is deselected is asked for no longer", async () => {
  const page = await open(browser, `${sandbox.url}#view=timeline&subject=/live&stream=/live/house&zone=UTC&platform=joule`);
  await assertDrawn(page.locator("canvas.track-data"), "the track");
  let asked = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/joule/data")) asked += 1;
  });
  await page.getByRole("button", { name: "Live", exact: true }).click();
  for (let tries = 0; asked === 0 && tries < 100; tries += 1) await page.waitForTimeout(50);
  assert.ok(asked > 0, "rows are asked for");
  const ended = page.waitForEvent("requestfailed", { timeout: 5_000 }).catch(() => null);
  await page.getByRole("button", { name: "Deselect all" }).click();
  await ended;
  await page.waitForTimeout(500);
  const before = asked;
  await page.waitForTimeout(3_000);
  assert.equal(asked, before, "nothing more is asked for");
  await page.context().close();
});

test("brackets read one sample at any zoom, and the cursor stays with its subject", async () => {
  const stream = await sandbox.stream("Heart rate");
  const page = await open(browser, link(sandbox.url, "timeline", [stream], "2024-03-01T00:00:00Z", "2024-03-04T00:00:00Z"));
  await page.locator(".track-note").filter({ hasText: "samples per pixel" }).waitFor();
  const tracks = page.getByRole("group", { name: /^Tracks/ });
  await tracks.focus();
  const reading = page.locator("output.reading").first();
  const read = [];
  for (let steps = 0; steps < 3; steps += 1) {
    await page.keyboard.press("]");
    await reading.filter({ hasText: /\d/ }).waitFor();
    assert.doesNotMatch(await reading.innerText(), /mean/);
    read.push(await page.locator(".cursor-time").innerText());
  }
  assert.equal(new Set(read).size, 3, "each step goes to another sample");
  await page.getByRole("combobox", { name: /subject/i }).selectOption({ index: 1 });
  await page.getByRole("listbox", { name: "Streams" }).getByRole("option").first().click();
  await page.locator("section.track").first().waitFor();
  assert.equal(await page.locator("output.reading").filter({ hasText: /\S/ }).count(), 0);
  await close(page);
});

test("the connection form takes the keys, and Esc gives them back", async () => {
  const page = await open(browser, sandbox.url);
  const button = page.getByRole("button", { name: "Connection…" });
  await button.click();
  await page.waitForFunction(() => document.activeElement?.closest("form.connect"));
  await page.keyboard.press("Escape");
  await button.waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === "Connection…");
  await close(page);
});

test("the average day of states shows their shares of the time", async () => {
  const { url, get } = sandbox;
  const { platforms } = await get("/sandbox/info.json");
  const path = "/site A/hvac/relays";
  assert.ok(platforms.joule.streams.some((stream) => stream.id === path));
  const stream = platforms.rune.streams.find((one) => /sleep|activity|state/i.test(one.name));
  assert.ok(stream, "the demo recordings hold a stream of states");
  const page = await open(browser, link(url, "day", [stream], "2024-03-02T00:00:00Z", "2024-03-05T00:00:00Z"));
  await page.getByText("% of time").first().waitFor({ timeout: 30_000 });
  await assertDrawn(page.locator("main canvas").first(), "the shares");
  assert.equal(await page.getByText("400").count(), 0);
  await close(page);
});
