// From subject to subject: the view, the kinds of streams and the range stay.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

const params = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const subjects = (page) => page.getByRole("combobox", { name: /subject/i });
const titles = (page) => page.locator("section.track .track-name").allInnerTexts();

/** The page, once it shows another subject's tracks. */
async function turned(page, from) {
  await page.waitForFunction((from) => {
    const now = new URLSearchParams(location.hash.slice(1));
    return now.get("subject") !== from && now.has("stream") && now.has("from");
  }, from);
  await assertDrawn(page.locator("section.track canvas").first(), "a track of the next subject");
}

test("another subject shows the same kinds of streams in the same range, and Back comes to the one before", async () => {
  const page = await open(browser, sandbox.url);
  await page.waitForURL(/stream=.*from=/);
  await assertDrawn(page.locator("section.track canvas").first(), "the first subject");
  const [before, shown] = [params(page), await titles(page)];
  const [other] = await subjects(page).locator("option:not(:checked)").allInnerTexts();
  await subjects(page).selectOption({ label: other });
  await turned(page, before.get("subject"));
  const kept = await titles(page);
  assert.ok(kept.length > 0 && kept.every((title) => shown.includes(title)), `${kept} were among ${shown}`);
  assert.deepEqual([params(page).get("from"), params(page).get("to")], [before.get("from"), before.get("to")]);
  assert.equal(params(page).get("view"), before.get("view"));
  await page.goBack();
  await page.waitForFunction((id) => new URLSearchParams(location.hash.slice(1)).get("subject") === id, before.get("subject"));
  await page.locator("section.track").nth(shown.length - 1).waitFor();
  assert.deepEqual(await titles(page), shown);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("keys and buttons step through all subjects, past one that has nothing of the kind, and keep the keyboard", async () => {
  const page = await open(browser, sandbox.url);
  await page.waitForURL(/stream=.*from=/);
  const names = await subjects(page).locator("option").allInnerTexts();
  const checked = () => subjects(page).locator("option:checked").allInnerTexts();
  const [first] = await checked();
  await page.getByRole("group", { name: /^Tracks\./ }).focus();
  const walk = async (key, expected) => {
    for (const name of expected) {
      await page.keyboard.press(key);
      await page.waitForFunction(
        (name) => document.querySelector("#subject").selectedOptions[0].text === name,
        name,
      );
      // Tracks, or the words in their place, at once or when all is listed: whoever is there has the keyboard.
      await page.locator("section.track, .view-empty").first().waitFor();
      await page.waitForFunction(() => document.activeElement?.matches(".stage, .view-empty"));
    }
  };
  const place = names.indexOf(first);
  await walk(">", names.slice(place + 1));
  await walk("<", names.slice(0, -1).reverse());
  await page.getByRole("button", { name: /^Previous subject/ }).and(page.locator(":disabled")).waitFor();
  const next = page.getByRole("button", { name: /^Next subject/ });
  while (!(await checked()).includes(first)) await next.click();
  await assertDrawn(page.locator("section.track canvas").first(), "the first subject's track, again");
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});
