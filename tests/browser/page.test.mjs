// The page around the charts: hosting, connecting, catalogue, ranges, links, narrow screens.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, hostSite, open } from "./support.mjs";

async function close(page) {
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
}

const streams = (page) => page.getByRole("listbox", { name: "Streams" });
const fragment = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1));

/** Waits until the fragment satisfies a condition. */
async function settled(page, holds) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (holds(fragment(page))) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`the address stays ${page.url()}`);
}

test("the site runs from any folder of a static server, and asks how to connect where a link names a platform", async () => {
  const server = await hostSite("/some/folder/");
  const page = await open(browser, `${server.url}#platform=rune`, { allowed: [server.url, sandbox.url] });
  await page.getByRole("heading", { name: "Connect to Rune" }).waitFor();
  for (const [label, text] of [
    ["Access token ID", "demo"],
    ["Access token secret", "demo-secret"],
    ["Graph URL", sandbox.url],
    ["Stream URL", sandbox.url],
  ]) {
    await page.getByLabel(label).fill(text);
  }
  await page.getByLabel("Access token secret").press("Enter");
  await streams(page).getByRole("option").first().waitFor();
  const kept = await page.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!kept.includes("demo-secret"));
  // There is no sandbox here, which the browser reports on the console by itself; nothing else may be wrong.
  assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("404")), []);
  await page.context().close();
  await server.stop();
});

test("the official client's configuration file fills the form", async () => {
  const page = await open(browser, sandbox.url);
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByText("Use the official client's configuration").click();
  const pasted = page.getByLabel("Contents of the configuration");
  await pasted.fill("access_token_id: one\njwt: another");
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await page.getByText(/several kinds were given/).waitFor();
  await pasted.fill(`graph_url: ${sandbox.url}\nstream_url: ${sandbox.url}\nclient_key_id: demo-client\nclient_access_key: demo-client-secret\n`);
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await page.getByText("The form holds what the file says: Client key.").waitFor();
  assert.equal(await page.getByLabel("Client key ID").inputValue(), "demo-client");
  assert.equal(await pasted.inputValue(), "");
  await page.locator("form.connect button[type=submit]").click();
  await streams(page).getByRole("option").first().waitFor();
  await close(page);
});

test("a server that does not let pages of other origins read its answers is told apart from one that is gone", async () => {
  const mute = createServer((request, response) => response.writeHead(200).end("{}"));
  await new Promise((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${mute.address().port}`;
  const page = await open(browser, sandbox.url, { allowed: [sandbox.url, address] });
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("button", { name: "JWT" }).click();
  await page.getByLabel("JWT", { exact: true }).fill("demo-jwt");
  await page.getByLabel("Graph URL").fill(address);
  await page.locator("form.connect button[type=submit]").click();
  await page.getByText(/\(CORS\).*Ask its operator to allow this origin/).waitFor({ timeout: 60_000 });
  await page.context().close();
  mute.closeAllConnections();
  await new Promise((resolve) => mute.close(resolve));
});

test("a browser that cannot run the program is told so in a sentence", async () => {
  const old = await browser.newContext();
  await old.addInitScript(() => {
    WebAssembly.validate = () => false;
  });
  const page = await old.newPage();
  await page.goto(sandbox.url);
  await page.getByText("needs a browser with WebAssembly SIMD").waitFor();
  await old.close();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const silent = await plain.newPage();
  await silent.goto(sandbox.url);
  await silent.locator("noscript p").filter({ hasText: "needs JavaScript" }).waitFor();
  await plain.close();
});

test("the catalogue is searched, narrowed and used by keyboard", async () => {
  const page = await open(browser, sandbox.url);
  await streams(page).getByRole("option").first().waitFor();
  const count = await streams(page).getByRole("option").count();
  await page.getByRole("searchbox", { name: "Search streams" }).fill("heart watch");
  await page.waitForFunction((all) => document.querySelectorAll("[role=option].stream").length < all, count);
  await page.getByText(new RegExp(`1 of ${count} streams`)).waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("navigation", { name: "Catalogue" }).getByText("Filters").click();
  const category = page.getByRole("combobox", { name: "Category" });
  await category.selectOption({ index: 1 });
  const named = await category.locator("option:checked").innerText();
  const left = Number(named.match(/\((\d+)\)$/)[1]);
  await page.getByText(`${left} of ${count} streams`).waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();

  await page.getByRole("button", { name: "Deselect all" }).click();
  await streams(page).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Space");
  const last = streams(page).getByRole("option").last();
  assert.equal(await last.getAttribute("aria-selected"), "true");
  await settled(page, (link) => link.getAll("stream").length === 1);
  assert.equal(fragment(page).get("stream"), await last.getAttribute("data-stream"));
  await page.keyboard.press("Enter");
  await streams(page).locator("[aria-selected=true]").waitFor({ state: "detached" });
  await close(page);
});

test("ranges are chosen, typed and gone back to, in the zone on screen", async () => {
  const page = await open(browser, sandbox.url);
  await assertDrawn(page.locator("main canvas").first(), "the first track");
  await page.getByRole("combobox", { name: "Time zone" }).selectOption("Europe/Paris");
  const [start, end] = [page.getByLabel("Start"), page.getByLabel("End", { exact: true })];
  await start.fill("2024-03-31 01:30");
  await end.fill("2024-03-31 04:30");
  await end.press("Enter");
  // The clocks go from 02:00 to 03:00 in this night: two hours lie between the two readings.
  await settled(page, (link) => link.get("from") === "2024-03-31T00:30:00Z" && link.get("to") === "2024-03-31T02:30:00Z");
  await page.getByRole("button", { name: "The last 7 days of data" }).click();
  await settled(page, (link) => link.get("from") !== "2024-03-31T00:30:00Z");
  const week = fragment(page).get("from");
  await page.getByRole("button", { name: "Back to the range before" }).click();
  await settled(page, (link) => link.get("from") === "2024-03-31T00:30:00Z");
  assert.equal(await start.inputValue(), "2024-03-31 01:30:00");
  await page.getByRole("button", { name: "Forward again" }).click();
  await settled(page, (link) => link.get("from") === week);
  await page.goBack();
  await settled(page, (link) => link.get("from") === "2024-03-31T00:30:00Z");
  assert.equal(await start.inputValue(), "2024-03-31 01:30:00");

  await end.fill("2024-02-30");
  await end.press("Enter");
  await page.getByText("There is no day 2024-02-30.").waitFor();
  await end.fill("2024-03-01");
  await end.press("Enter");
  await page.getByText("The end must lie after the start.").waitFor();
  assert.equal(await end.getAttribute("aria-invalid"), "true");
  await close(page);
});

test("a link names what it asks for in vain, and brings no secret", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const here = `#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&stream=no-such-stream&zone=UTC`;
  const page = await open(browser, sandbox.url + here);
  await page.getByText("no-such-stream").waitFor();
  await page.getByRole("button", { name: "Leave out" }).click();
  await settled(page, (link) => link.getAll("stream").length === 1);
  await page.evaluate(() => {
    location.hash = "#view=availability&subject=nobody&stream=a&zone=UTC";
  });
  await page.getByText("The link names the subject").waitFor();
  assert.ok(!page.url().includes("secret"));
  await close(page);
});

test("on a narrow screen the columns are drawers", async () => {
  const page = await open(browser, sandbox.url, { viewport: { width: 390, height: 844 } });
  await assertDrawn(page.locator("main canvas").first(), "the first track");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
  const list = streams(page);
  assert.equal(await list.isVisible(), false);
  await page.getByRole("button", { name: "Streams", exact: true }).click();
  await list.waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("heading", { name: "Reproduce this" }).waitFor();
  await page.mouse.click(10, 400);
  await page.getByRole("heading", { name: "Reproduce this" }).waitFor({ state: "hidden" });
  await close(page);
});

test("disconnecting forgets the connection, and the demo opens again", async () => {
  const page = await open(browser, sandbox.url);
  await streams(page).getByRole("option").first().waitFor();
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByText("Connect, and the subjects").waitFor();
  await page.getByRole("button", { name: "Open the demo recordings" }).click();
  await streams(page).getByRole("option").first().waitFor();
  await close(page);
});
