// A Joule node in the explorer: its tree, its display rules, its events and its live end, and the ways into a real one.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { browser, sandbox, served } from "./scene.mjs";
import { assertDrawn, open, required, startSandbox } from "./support.mjs";

const track = (page, path) => page.locator(`section.track[data-stream="${path}"]`);
const streams = (page) => page.getByRole("listbox", { name: "Streams" });

/** The page on the demo node, looking at some streams. */
function visit(subject, paths, from, to, view = "timeline") {
  const selected = paths.map((path) => `&stream=${encodeURIComponent(path)}`).join("");
  const range = from ? `&from=${from}&to=${to}` : "";
  return open(
    browser,
    `${sandbox.url}#view=${view}&subject=${encodeURIComponent(subject)}${selected}${range}&zone=UTC&platform=joule`,
  );
}

/** A node says 400 where a window holds no rows, which the browser reports on the console by itself. */
const withoutRows = (mistake) => mistake.includes("status of 400");

async function close(page) {
  assert.deepEqual(page.mistakes.filter((mistake) => !withoutRows(mistake)), []);
  await page.context().close();
}

/** Fills the form for a node and sends it. */
async function connect(page, url, key) {
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: "Joule" }).click();
  await page.getByLabel("Node URL").fill(url);
  await page.getByLabel("API key").fill(key);
  await page.locator("form.connect button[type=submit]").click();
}

served("the demo node opens from the form, and two million rows are drawn", async () => {
  const page = await open(browser, sandbox.url);
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: "Joule" }).click();
  await page.getByRole("button", { name: "Open the demo recordings" }).click();
  const power = track(page, "/site A/mains/power");
  await power.getByText(/^min–max of [\d,]+ samples per pixel/).waitFor({ timeout: 60_000 });
  await assertDrawn(power.locator("canvas").first(), "two million rows");
  await page.getByText("2,000,000 rows", { exact: true }).waitFor({ timeout: 60_000 });
  await page.waitForURL(/platform=joule/);
  await close(page);
});

test("folders are a tree for the keyboard, and hold what lies below them", async () => {
  const page = await visit("/site A", []);
  const tree = page.getByRole("tree", { name: "Folders" });
  await streams(page).getByRole("option", { name: /relays/ }).waitFor();
  const rows = () => tree.getByRole("treeitem").allInnerTexts();
  assert.deepEqual((await rows()).map((row) => row.trim()), ["live", "site A", "hvac", "lab", "mains", "site B"]);
  await tree.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/subject=\/site%20A\/hvac/);
  await streams(page).getByRole("option", { name: /power/ }).waitFor({ state: "detached" });
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  assert.equal((await rows()).length, 3, "the folder is closed");
  await close(page);
});

test("values are shown by offset and scale and saved as they are", async () => {
  const { api, get } = sandbox;
  const window = "start=1709542800000000&end=1709542810000000";
  const path = "/site A/mains/snapshots";
  const raw = await fetch(new URL(`joule/data.json?path=${encodeURIComponent(path)}&${window}`, api), {
    headers: { "X-API-KEY": "demo-joule-key" },
  }).then((response) => response.json());
  const [, volts] = raw.data[0][0];
  const page = await visit("/site A", [path], "2024-03-04T09:00:00Z", "2024-03-04T09:00:10Z");
  await page.getByRole("button", { name: "Table", exact: true }).click();
  const first = page.getByRole("region", { name: "Samples in view" }).locator("tbody tr").first().locator("td").first();
  await first.waitFor();
  const shown = Number((await first.innerText()).replace("−", "-"));
  assert.ok(Math.abs(shown - (volts - 12) * 0.0125) < 1e-9, `${shown} of ${volts}`);
  await page.getByText("shown: (raw − 12) × 0.0125").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  const lines = await (await saved).createReadStream().then((stream) => stream.toArray());
  assert.equal(Number(Buffer.concat(lines).toString().split("\n")[1].split(",")[1]), volts);
  assert.ok((await get("/sandbox/info.json")).platforms.joule);
  await close(page);
});

test("discrete elements are states, and the average day is computed here and says so", async () => {
  const page = await visit("/site A", ["/site A/hvac/relays"], "2024-03-01T00:00:00Z", "2024-03-08T00:00:00Z");
  const relays = track(page, "/site A/hvac/relays");
  await assertDrawn(relays.locator("canvas").first(), "the states");
  await relays.locator(".legend .swatch").first().waitFor();
  assert.equal(await relays.locator(".legend .swatch").count(), 1, "one number beside two states");
  await page.getByRole("tab", { name: "Day profile" }).click();
  await page.getByText(/The platform computes no averages/).first().waitFor();
  await page.getByRole("tab", { name: "Availability" }).click();
  await page.getByText(/^Computed by this browser/).waitFor();
  await close(page);
});

test("an annotation is noted, changed and deleted with the keyboard", async () => {
  const page = await visit("/site A/mains", ["/site A/mains/energy"], "2024-03-02T00:00:00Z", "2024-03-03T00:00:00Z");
  await assertDrawn(track(page, "/site A/mains/energy").locator("canvas").first(), "the track");
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await page.getByLabel("In", { exact: true }).selectOption("Annotations of energy");
  await page.getByLabel("Start", { exact: true }).last().fill("2024-03-02 12:00:00.5");
  await page.getByLabel("title").fill("Meter read");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Note an event" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Table", exact: true }).click();
  const row = page.getByRole("region", { name: "Events in view" }).getByRole("row", { name: /Meter read/ });
  await row.waitFor();
  assert.match(await row.innerText(), /12:00:00\.5/);
  await row.getByRole("button", { name: "Change" }).click();
  await page.getByText("The platform keeps the times of this event as they are.").waitFor();
  await page.getByLabel("title").fill("Meter read twice");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const changed = page.getByRole("region", { name: "Events in view" }).getByRole("row", { name: /Meter read twice/ });
  await changed.waitFor();
  await changed.getByRole("button", { name: "Change" }).click();
  await page.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await changed.waitFor({ state: "detached" });
  await close(page);
});

test("a live stream is followed until the person pans", async () => {
  const page = await visit("/live", ["/live/house"]);
  await assertDrawn(track(page, "/live/house").locator("canvas").first(), "the track");
  const live = page.getByRole("button", { name: "Live", exact: true });
  const before = new URL(page.url()).hash.match(/to=([^&]+)/)?.[1];
  await live.click();
  await page.waitForFunction((before) => !location.hash.includes(before), before, { timeout: 30_000 });
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await live.getAttribute("aria-pressed"), "false");
  await close(page);
});

served("a real node answers no page from elsewhere, and the ways in are explained", async () => {
  const mute = createServer((request, response) => response.writeHead(403).end("403: Forbidden"));
  await new Promise((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${mute.address().port}`;
  const page = await open(browser, sandbox.url, { allowed: [sandbox.url, address] });
  await connect(page, address, "some-joule-key");
  await page.getByText("There are three ways in").waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("details.ways-in").getAttribute("open"), "");
  assert.ok(!page.url().includes("some-joule-key"));
  await page.context().close();
  mute.closeAllConnections();
  await new Promise((resolve) => mute.close(resolve));
});

served("a real node opens through the relay, two million rows and all", async () => {
  const relay = await startSandbox("--relay", `node=${required("STREAMSCOPE_JOULE_URL")}`);
  const page = await open(browser, relay.url);
  await connect(page, `${relay.url}relay/node`, "not-the-key-of-this-node");
  await page.getByText(/Check the credentials/).waitFor({ timeout: 60_000 });
  await page.getByLabel("API key").fill(required("STREAMSCOPE_JOULE_KEY"));
  await page.locator("form.connect button[type=submit]").click();
  await streams(page).getByRole("option").first().waitFor({ timeout: 60_000 });
  await page.getByRole("treeitem", { name: "site", exact: true }).click();
  await page.getByRole("searchbox", { name: "Search streams" }).fill("power");
  await streams(page).getByRole("option").first().click();
  await page.getByRole("button", { name: "All data of the selected streams" }).click();
  await page.getByText("2,000,000 rows", { exact: true }).waitFor({ timeout: 90_000 });
  await page.getByText(/^min–max of [\d,]+ samples per pixel/).waitFor();
  const kept = await page.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!kept.includes(required("STREAMSCOPE_JOULE_KEY")));
  // The refused key is told on the console by the browser itself.
  assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("403")), []);
  await page.context().close();
  await relay.stop();
});
