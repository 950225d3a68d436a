// Value axes that a person puts somewhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

test("an axis is typed, held, shared, inverted and let go, and a track says what lies beyond it", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const other = await sandbox.stream("Dyskinesia probability");
  const range = "from=2024-03-01T00:00:00Z&to=2024-03-01T12:00:00Z";
  const page = await open(browser, `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&stream=${other.id}&${range}&zone=UTC`);
  const track = page.locator("section.track").first();
  const canvas = track.locator("canvas").first();
  await assertDrawn(canvas, "the track");
  await page.getByRole("button", { name: "Axes" }).click();
  const rows = page.getByRole("group", { name: "Value axes" }).getByRole("group");
  const [row, below] = [rows.first(), rows.nth(1)];
  const [low, high] = [row.getByLabel("Low end"), row.getByLabel("High end")];
  const picture = () => canvas.evaluate((canvas) => canvas.toDataURL());

  const automatic = await picture();
  await low.fill("0.2");
  await high.fill("0.25");
  await high.press("Enter");
  await track.getByText(/beyond the axis: /).waitFor();
  const typed = await picture();
  assert.notEqual(typed, automatic);
  await page.waitForURL(/axis=/);

  await low.fill("9");
  await low.press("Enter");
  await row.getByRole("alert").getByText("The low end must be below the high end.").waitFor();
  assert.equal(await picture(), typed, "a wrong end changes nothing");
  await row.getByRole("button", { name: "Auto" }).click();
  await track.getByText(/beyond the axis: /).waitFor({ state: "detached" });
  assert.equal(await low.inputValue(), "");

  await row.getByRole("button", { name: "Hold" }).click();
  const held = [await low.inputValue(), await high.inputValue()];
  assert.ok(held.every((end) => Number.isFinite(Number.parseFloat(end))), held.join(" "));
  await page.getByRole("button", { name: "Zoom in" }).click();
  assert.deepEqual([await low.inputValue(), await high.inputValue()], held, "zooming leaves a held axis");

  assert.equal(await below.getByLabel("Low end").inputValue(), "");
  await row.getByRole("button", { name: "Share" }).click();
  const shared = [await below.getByLabel("Low end").inputValue(), await below.getByLabel("High end").inputValue()];
  assert.deepEqual(shared, held, "a track of the same units has the same axis");

  const upright = await picture();
  await row.getByLabel("Inverted").check();
  await page.waitForTimeout(200);
  assert.notEqual(await picture(), upright);
  await page.waitForURL(/axis=[^&]*down/);
  const again = await open(browser, page.url());
  await assertDrawn(again.locator("section.track canvas").first(), "the link");
  await again.getByRole("button", { name: "Axes" }).click();
  const same = again.getByRole("group", { name: "Value axes" }).getByRole("group").first();
  assert.deepEqual([await same.getByLabel("Low end").inputValue(), await same.getByLabel("High end").inputValue()], held);
  assert.ok(await same.getByLabel("Inverted").isChecked());
  assert.deepEqual([...page.mistakes, ...again.mistakes], []);
  await again.context().close();
  await page.context().close();
});
