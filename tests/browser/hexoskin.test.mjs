// A garment in the explorer: its channels, its states and its ranges.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertDrawn, colours, launch, open, startSandbox } from "./support.mjs";

const RECORD = "/api/record/99999/";
const channel = (id) => `/api/record/99999/${id}`;
const [FROM, TO] = ["2024-03-09T08:00:00Z", "2024-03-09T09:00:00Z"];

let browser;
let sandbox;

before(async () => {
  [browser, sandbox] = await Promise.all([launch(), startSandbox("--hexoskin-rate", 0)]);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

const track = (page, id) => page.locator(`section.track[data-stream="${channel(id)}"]`);
const streams = (page) => page.getByRole("listbox", { name: "Streams" });

/** The page on the demo's record of an hour, looking at some channels. */
function visit(ids, { from = FROM, to = TO, view = "timeline", ...context } = {}) {
  const selected = ids.map((id) => `&stream=${encodeURIComponent(channel(id))}`).join("");
  const subject = `subject=${encodeURIComponent(RECORD)}`;
  return open(browser, `${sandbox.url}#view=${view}&${subject}${selected}&from=${from}&to=${to}&zone=UTC&platform=hexoskin`, context);
}

async function close(page) {
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
}

/** What the server has, read without the page. */
async function server(path) {
  const headers = { Authorization: `Basic ${btoa("demo@example.org:demo-password")}` };
  return (await fetch(new URL(`hexoskin${path}`, sandbox.url), { headers })).json();
}

test("an hour of ECG opens complete and is read once, with names, units and rates from the server", async () => {
  const page = await visit([19]);
  await page.getByText("3,600 rows", { exact: true }).waitFor({ timeout: 60_000 });
  // All channels are listed: none moves under the pointer.
  await page.waitForLoadState("networkidle");
  const reads = [];
  page.on("request", (request) => request.url().includes("datatype=4113&") && reads.push(request.url()));
  await page.locator(`[id="stream-${channel(4113)}"]`).click();
  await assertDrawn(track(page, 4113).locator("canvas").first(), "the ECG");
  await page.getByText("921,600 rows", { exact: true }).waitFor({ timeout: 60_000 });
  await track(page, 4113).getByText("mV").first().waitFor();
  const listed = await streams(page).getByRole("option").allInnerTexts();
  assert.ok(listed.some((text) => /ECG/.test(text)) && listed.some((text) => /256 Hz/.test(text)), listed.join("\n"));
  assert.equal(reads.length, 1, `the overview draws the rows of the track: ${reads.join(" ")}`);
  await page.getByRole("tab", { name: "Availability" }).click();
  await page.getByText(/^Computed by this browser/).waitFor();
  await close(page);
});

test("a channel of quality is drawn as states", async () => {
  const page = await visit([1000]);
  const quality = track(page, 1000);
  await assertDrawn(quality.locator("canvas").first(), "the quality");
  await page.getByText("3,600 rows", { exact: true }).waitFor({ timeout: 60_000 });
  assert.equal(await quality.locator(".legend .swatch").count(), 0, "states have no line of a colour");
  await page.getByRole("tab", { name: "Day profile" }).click();
  await page.getByText(/state/i).first().waitFor();
  await close(page);
});

test("ranges are drawn, made over a stretch, renamed and deleted", async () => {
  const page = await visit([19], { from: "2024-03-09T08:00:00Z", to: "2024-03-09T08:45:00Z" });
  const events = page.getByRole("group", { name: "Events" });
  await events.getByRole("img", { name: "2 events in view" }).waitFor({ timeout: 30_000 });
  const lane = events.locator("canvas").first();
  assert.ok((await colours(lane)) > 2, "bands are drawn");
  const table = page.getByRole("region", { name: "Events in view" });
  const names = async () => (await server("/api/range/?user=99&limit=100")).objects.map(({ name }) => name);

  await page.getByRole("button", { name: "Note", exact: true }).click();
  const form = page.getByRole("form", { name: "Note an event" });
  await form.getByLabel("Start").fill("2024-03-09 08:05:00");
  await form.getByLabel(/^End/).fill("2024-03-09 08:09:30");
  await form.getByLabel("name").fill("by hand");
  await form.getByRole("button", { name: "Save" }).click();
  await events.getByRole("img", { name: "3 events in view" }).waitFor();
  const [made] = (await server("/api/range/?user=99&limit=100")).objects.filter(({ name }) => name === "by hand");
  const second = Date.parse("2024-03-09T08:05:00Z") / 1000;
  assert.deepEqual([made.start, made.end], [second * 256, (second + 270) * 256]);

  const row = (name) => page.getByRole("row").filter({ hasText: name });
  if (!(await table.isVisible())) await page.getByRole("button", { name: /table|numbers/i }).first().click();
  await row("by hand").getByRole("button", { name: "Change" }).click();
  const change = page.getByRole("form", { name: "Change an event" });
  await change.getByLabel("name").fill("renamed");
  await change.getByRole("button", { name: "Save" }).click();
  await row("renamed").waitFor();
  assert.ok((await names()).includes("renamed") && !(await names()).includes("by hand"));

  await row("renamed").getByRole("button", { name: "Change" }).click();
  await change.getByRole("button", { name: "Delete…" }).click();
  await change.getByRole("button", { name: "Delete for good" }).click();
  await row("renamed").waitFor({ state: "detached" });
  assert.ok(!(await names()).includes("renamed"));
  await close(page);
});
