// Pictures of the running explorer. Without options it makes the README's: web/assets/explorer.png. With
// `--all FOLDER` it makes every view, light and dark, wide and narrow.
//
//     STREAMSCOPE_SANDBOX=… STREAMSCOPE_SITE=… STREAMSCOPE_DATA=… node tests/browser/screenshots.mjs [--all FOLDER]

import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { assertDrawn, launch, open, startSandbox } from "./support.mjs";

const README = fileURLToPath(new URL("../../web/assets/explorer.png", import.meta.url));
const MOST_BYTES = 300_000;
const VIEWS = { availability: "Availability", day: "Day profile", timeline: "Timeline" };
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

const [option, folder] = process.argv.slice(2);
if (option && !(option === "--all" && folder)) throw new Error("options: --all FOLDER, or none");

const [browser, sandbox] = await Promise.all([launch(), startSandbox()]);
try {
  if (option) {
    mkdirSync(folder, { recursive: true });
    for (const colorScheme of ["light", "dark"])
      for (const [size, viewport] of Object.entries(SIZES))
        for (const [view, tab] of Object.entries(VIEWS))
          await shoot({ colorScheme, viewport, tab }, join(folder, `${view}-${size}-${colorScheme}.png`));
  } else {
    await shoot({ colorScheme: "light", viewport: SIZES.wide, tab: VIEWS.timeline }, README);
    const { size } = statSync(README);
    if (size > MOST_BYTES) throw new Error(`${README} has ${size} bytes; ${MOST_BYTES} are allowed`);
  }
} finally {
  await browser.close();
  await sandbox.stop();
}

/** Opens the demo as a newcomer sees it, turns to a view and takes its picture once nothing is loading. */
async function shoot({ tab, ...context }, path) {
  const page = await open(browser, sandbox.url, { timezoneId: "America/Los_Angeles", ...context });
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await page.getByRole("tab", { name: tab }).click();
  await page.getByRole("tab", { name: tab, selected: true }).waitFor();
  await assertDrawn(page.locator("main canvas").first(), tab);
  await page.mouse.move(0, 0);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(500);
  await page.screenshot({ path });
  await page.context().close();
  console.log(path);
}
