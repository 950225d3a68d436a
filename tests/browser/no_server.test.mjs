// The site where nobody serves it anything: on a bare file server, and as one file that opens from a disk.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { edf, file } from "./recordings.mjs";
import { assertDrawn, hostSite, launch, open, required, startSandbox } from "./support.mjs";

/** Where each platform's demo begins. */
const PLATFORMS = ["Rune", "Joule", "Braincube", "Hexoskin"];

let browser;
let site;

before(async () => {
  [browser, site] = await Promise.all([launch(), hostSite("/some/path/")]);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const canvas = (page) => page.locator("canvas.track-data").first();
const streams = (page) => page.getByRole("listbox", { name: "Streams" });

/** The page on the bare server, with the paths that it and its workers ask for. */
async function visit(fragment = "", options = {}) {
  const page = await open(browser, "about:blank", { allowed: [site.url], ...options });
  page.paths = [];
  page.context().on("request", (request) => page.paths.push(new URL(request.url()).pathname));
  await page.goto(site.url + fragment);
  return page;
}

/** Fails where something went wrong, but for what a browser reports by itself: nobody describes a demo here. */
async function close(page) {
  assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("404")), []);
  await page.context().close();
}

const loadsDemo = (page) => page.paths.some((path) => path.includes("/demo-"));

/** Opens the demo of a platform from the form. */
async function openDemo(page, platform) {
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: platform, exact: true }).click();
  await page.getByRole("button", { name: "Open the demo recordings" }).click();
}

test("a first visit opens the demo, says that it is one, and offers those of all platforms", async () => {
  const page = await visit();
  await assertDrawn(canvas(page), "the first track");
  await page.locator("header .connection").getByText("Demo recordings").waitFor();
  assert.ok(loadsDemo(page), "the paths of what workers ask for are seen here");
  for (const platform of PLATFORMS.slice(1)) {
    await openDemo(page, platform);
    await page.waitForFunction((named) => location.hash.includes(named), `&platform=${platform.toLowerCase()}&demo=yes`);
    await assertDrawn(canvas(page), platform);
    await page.locator("header .connection").getByText("Demo recordings").waitFor();
  }
  await close(page);
});

test("the request behind a view says that it reaches nobody", async () => {
  const page = await visit();
  await page.getByText("These recordings live in this page alone").waitFor();
  await close(page);
});

test("a link to the demo reopens it, and a link to something else loads nothing of it", async () => {
  const first = await visit();
  await assertDrawn(canvas(first), "the first track");
  await first.waitForURL(/demo=yes/);
  const second = await visit(new URL(first.url()).hash);
  await assertDrawn(canvas(second), "the same track");
  assert.equal(second.url(), first.url());
  await close(first);
  await close(second);

  const own = await startSandbox();
  const stream = await own.stream("Heart rate");
  const page = await visit(`#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&zone=UTC`, {
    allowed: [site.url, own.url],
  });
  await page.getByRole("heading", { name: "Connect to Rune" }).waitFor();
  await page.getByRole("button", { name: "Open the demo recordings" }).waitFor();
  for (const [label, text] of [
    ["Access token ID", "demo"],
    ["Access token secret", "demo-secret"],
    ["Graph URL", own.url],
    ["Stream URL", own.url],
  ]) {
    await page.getByLabel(label).fill(text);
  }
  await page.getByLabel("Access token secret").press("Enter");
  await assertDrawn(canvas(page), "the track of an own connection");
  assert.ok(!page.url().includes("demo=yes"));
  assert.ok(!loadsDemo(page), page.paths.join(" "));
  await close(page);
  await own.stop();
});

test("events are written to the demo, read back, and gone with the page", async () => {
  const link = "#view=timeline&subject=/site%20A/mains&stream=/site%20A/mains/energy&from=2024-03-02T00:00:00Z&to=2024-03-03T00:00:00Z&zone=UTC&platform=joule&demo=yes";
  const page = await visit(link);
  await assertDrawn(canvas(page), "the track");
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await page.getByLabel("In", { exact: true }).selectOption("Annotations of energy");
  await page.getByLabel("Start", { exact: true }).last().fill("2024-03-02 12:00:00.5");
  await page.getByLabel("title").fill("Meter read");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Note an event" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Table", exact: true }).click();
  const noted = (page) => page.getByRole("region", { name: "Events in view" }).getByRole("row", { name: /Meter read/ });
  await noted(page).waitFor();
  await close(page);
  const again = await visit(link);
  await assertDrawn(canvas(again), "the track");
  await again.getByRole("button", { name: "Table", exact: true }).click();
  await again.getByRole("region", { name: "Samples in view" }).locator("tbody tr").first().waitFor();
  assert.equal(await noted(again).count(), 0);
  await close(again);
});

test("a stream that is recorded now is followed, by the clock of the machine", async () => {
  const page = await visit("#view=timeline&subject=/live&stream=/live/house&zone=UTC&platform=joule&demo=yes");
  await assertDrawn(canvas(page), "the track");
  await page.getByRole("button", { name: "Live", exact: true }).click();
  // What is in view ends now, and goes on.
  const end = page.getByLabel("End", { exact: true });
  const isNow = async () => Math.abs(Date.parse(`${(await end.inputValue()).replace(" ", "T")}Z`) - Date.now()) < 60_000;
  const before = await end.inputValue();
  await page.waitForFunction(([field, before]) => field.value > before, [await end.elementHandle(), before]);
  assert.ok(await isNow(), await end.inputValue());
  await close(page);
});

test("a demo that cannot be loaded is told in words, and is tried again", async () => {
  const page = await open(browser, "about:blank", { allowed: [site.url] });
  let missing = true;
  await page.context().route("**/demo-*.js", (route) => (missing ? route.abort() : route.continue()));
  await page.goto(site.url);
  await page.getByText("the demo's program could not be loaded").waitFor({ timeout: 60_000 });
  missing = false;
  await page.getByRole("button", { name: "Open the demo recordings" }).click();
  await assertDrawn(canvas(page), "the first track");
  await page.context().close();
});

test("one file opens from a disk, draws the demo, opens files and asks nobody anything", async () => {
  const address = pathToFileURL(join(required("STREAMSCOPE_SITE"), "../streamscope.html")).href;
  const page = await open(browser, "about:blank", { allowed: [] });
  page.on("request", (request) => {
    const { protocol } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && request.url().split("#")[0] !== address) page.mistakes.push(`request: ${request.url()}`);
  });
  page.on("filechooser", () => {});
  await page.goto(address);
  await assertDrawn(canvas(page), "the first track");
  await page.locator("header .connection").getByText("Demo recordings").waitFor();
  for (const view of ["Day profile", "Availability"]) {
    await page.getByRole("tab", { name: view }).click();
    await assertDrawn(page.locator("main canvas").first(), view);
  }
  await page.waitForFunction(() => /#view=availability&subject=.*&demo=yes/.test(location.hash));
  const link = page.url();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open files…" }).click();
  await (await chooser).setFiles(file("night.edf", edf()));
  await streams(page).getByRole("option").first().waitFor();
  await page.getByRole("tab", { name: "Timeline" }).click();
  await assertDrawn(canvas(page), "the file");

  // What a link shows opens in another window of it.
  const other = await open(browser, link, { allowed: [] });
  await assertDrawn(other.locator("main canvas").first(), "the availability");
  assert.equal(other.url(), link);
  assert.deepEqual([...page.mistakes, ...other.mistakes], []);
  await page.context().close();
  await other.context().close();
});
