// Dimensions hidden by their names in the legend: the picture, the axis, the figure and the link.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

test("a dimension is hidden by its name, and the axis follows those that are left", async () => {
  const stream = await sandbox.stream("three axes");
  const page = await open(
    browser,
    `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&from=2024-02-28T00:00:00Z&to=2024-02-28T00:05:00Z&zone=UTC`,
  );
  const track = page.locator("section.track").first();
  const canvas = track.locator("canvas.track-data");
  await assertDrawn(canvas, "the track");
  await page.waitForLoadState("networkidle");
  const picture = () => canvas.evaluate((canvas) => canvas.toDataURL());
  const all = await picture();
  const names = track.getByRole("list").getByRole("button");
  assert.equal(await names.count(), 3);
  const first = names.first();
  const name = await first.innerText();
  await first.click();
  assert.equal(await first.getAttribute("aria-pressed"), "false");
  await track.getByText("hidden", { exact: true }).waitFor();
  await page.waitForFunction(() => location.hash.includes("hide="));
  await page.waitForTimeout(200);
  const without = await picture();
  assert.notEqual(without, all);

  // The link opens the same picture, and the keyboard brings the dimension back.
  const again = await open(browser, page.url());
  await assertDrawn(again.locator("canvas.track-data").first(), "the link");
  const button = again.locator("section.track").first().getByRole("button", { name, exact: true });
  assert.equal(await button.getAttribute("aria-pressed"), "false");
  await button.focus();
  await again.keyboard.press("Space");
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await again.waitForFunction(() => !location.hash.includes("hide="));
  for (const shown of [page, again]) {
    assert.deepEqual(shown.mistakes, []);
    await shown.context().close();
  }
});
