// Every view and form under axe: what a screen reader, a keyboard and weak eyes need. The rules are those of WCAG 2.2 AA
// and the best practices.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { edf } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, a line each. */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary.split("\n")[1]?.trim()}`),
    );
  });
}

/** Opens a file by the form, which is there on narrow screens too. */
async function chooseFile(page, name, buffer) {
  await page.getByRole("button", { name: /^Connection/ }).click();
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: "Files" }).click();
  await page.getByLabel(/^EDF/).setInputFiles([{ name, mimeType: "application/octet-stream", buffer }]);
}

const STATES = {
  timeline: async (page) => page.getByRole("tab", { name: "Timeline" }).click(),
  "timeline's tables": async (page) => {
    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.getByRole("button", { name: "Table", exact: true }).click();
    await page.getByRole("region", { name: "Samples in view" }).locator("tbody tr").first().waitFor();
  },
  "timeline's keys": async (page) => {
    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.getByRole("button", { name: "Keys" }).click();
  },
  "timeline's panels": async (page) => {
    await page.getByRole("tab", { name: "Timeline" }).click();
    for (const name of ["Axes", "Filters", "Spectrum", "Events"]) await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("group", { name: "Power spectrum" }).first().waitFor();
    await page.getByRole("region", { name: "Events in view" }).waitFor();
  },
  "day profile": async (page) => page.getByRole("tab", { name: "Day profile" }).click(),
  availability: async (page) => page.getByRole("tab", { name: "Availability" }).click(),
  "row filter": async (page) => {
    await page.goto("about:blank");
    const selection = `subject=${encodeURIComponent("Paper%20mill/20")}&stream=mb20/d2000002&platform=braincube`;
    await page.goto(`${sandbox.url}#view=timeline&${selection}`);
    await page.getByRole("button", { name: "Filter rows…" }).click();
    await page.getByLabel("Add a stored filter").selectOption({ label: "Stable kraft" });
    const form = page.getByRole("form", { name: "Edit the row filter" });
    await form.getByLabel("Value").last().fill("fast");
    await form.getByRole("button", { name: "Apply" }).click();
    await form.getByText("Write a number").waitFor();
  },
  connection: async (page) => page.getByRole("button", { name: /^Connection/ }).click(),
  "a refused file": async (page) => {
    await chooseFile(page, "broken.edf", edf({ records: "many" }));
    await page.getByRole("alert").filter({ hasText: "cannot be read" }).waitFor();
  },
  "an open file": async (page) => {
    await chooseFile(page, "night.edf", edf());
    await assertDrawn(page.locator("main canvas").first(), "the file");
  },
};

for (const colorScheme of ["light", "dark"])
  for (const width of [1440, 390])
    test(`axe finds nothing: ${colorScheme}, ${width} px wide`, async () => {
      const found = [];
      for (const [state, reach] of Object.entries(STATES)) {
        const page = await open(browser, sandbox.url, { colorScheme, viewport: { width, height: 900 } });
        await assertDrawn(page.locator("main canvas").first(), "the demo");
        await reach(page);
        await page.waitForTimeout(300);
        found.push(...(await violations(page)).map((line) => `${state}: ${line}`));
        assert.deepEqual(page.mistakes, []);
        await page.context().close();
      }
      assert.deepEqual(found, []);
    });
