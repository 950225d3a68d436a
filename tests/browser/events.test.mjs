// The list of events: searched, sorted, used to go there, and saved.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

const starts = (list) => list.locator("tbody th").allInnerTexts();

/** The timeline of a stream with the list of its subject's events. */
async function listed(name, from, to) {
  const stream = await sandbox.stream(name);
  const page = await open(
    browser,
    `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&from=${from}&to=${to}&zone=UTC`,
  );
  await assertDrawn(page.locator("canvas.track-data").first(), "the track");
  await page.getByRole("button", { name: "Events", exact: true }).click();
  return page;
}

test("events are found, sorted, gone to with the keyboard, and saved", async () => {
  const page = await listed("Heart rate", "2024-03-01T00:00:00Z", "2024-03-01T01:00:00Z");
  await page.getByLabel("In range only").uncheck();
  const list = page.getByRole("region", { name: "All events" });
  await list.locator("tbody tr").nth(1).waitFor();
  const inTime = await starts(list);

  // Sorted by start the other way around, and what sorts is told to those who hear the page.
  await list.getByRole("button", { name: "Start" }).click();
  assert.deepEqual(await starts(list), inTime.toReversed());
  assert.equal(await list.getByRole("columnheader", { name: /Start/ }).getAttribute("aria-sort"), "descending");

  // Found by a word of a category, in capitals.
  const category = await list.locator("tbody tr").first().locator("td").nth(1).innerText();
  await page.getByLabel("Filter events").fill(category.toUpperCase());
  const found = await list.locator("tbody tr").count();
  assert.ok(found > 0 && found <= inTime.length);
  for (const row of await list.locator("tbody tr").allInnerTexts()) assert.ok(row.includes(category), row);

  // Gone to by key: it comes into view, with the cursor at its start.
  const first = list.locator("tbody th button").first();
  const start = await first.innerText();
  await first.focus();
  await page.keyboard.press("Enter");
  await page.locator(".cursor-time").filter({ hasText: start }).waitFor();
  await page.waitForFunction(() => !location.hash.includes("to=2024-03-01T01:00:00"));
  assert.ok(await first.evaluate((element) => element === document.activeElement), "the focus stays in the list");

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Events CSV" }).click()]);
  const [header, ...lines] = (await readFile(await download.path(), "utf8")).trim().split("\n");
  assert.match(header, /^start \(UTC\),end \(UTC\),category,event,id/);
  assert.equal(lines.length, found);

  await page.getByLabel("Filter events").fill("no such word");
  await page.getByText("No such event.").waitFor();
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("what was recorded around doses is laid over one another", async () => {
  const page = await listed("Tremor probability", "2024-03-01T00:00:00Z", "2024-03-04T00:00:00Z");
  const list = page.getByRole("region", { name: "Events in view" }).locator("tbody tr");
  await list.first().waitFor();
  await page.getByLabel("Filter events").fill("levodopa");
  assert.ok((await list.count()) > 1);
  await page.getByRole("button", { name: "Align", exact: true }).click();
  const panel = page.getByRole("group", { name: "Around the events" });
  await panel.getByText(/^mean .*standard deviation/).waitFor({ timeout: 60_000 });
  await assertDrawn(panel.locator("canvas").first(), "the overlay");
  await panel.getByLabel("Time before").fill("soon");
  await panel.getByLabel("Time before").press("Enter");
  await panel.getByText("Give lengths like 30 min, 2 h or 90 s.").waitFor();
  await panel.getByLabel("Time before").fill("1 h");
  await panel.getByLabel("Time before").press("Enter");
  await panel.getByText(/^mean .*standard deviation/).waitFor({ timeout: 60_000 });
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});
