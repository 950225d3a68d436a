// What pictures promise, held on every source: `fidelity.md` says which check is made on which. A source has one page, whose
// colours and pixels change while it is open.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browser, sandbox } from "./scene.mjs";
import { COUNT, DECIMATED, FINE, GAP, ODD, PEAK, SOURCES, SPIKE, TAIL_SPIKE, THINNED, WHOLE, iso, rows, visit } from "./sources.mjs";

/** Beside the data: labels on the left, air on the right, in CSS pixels. */
const [GUTTER, EDGE] = [56, 12];
const SETTINGS = ["light", "dark"].flatMap((colour) => [1, 2].map((density) => ({ colour, density })));

/** Tries a check until it holds. */
async function holds(page, check) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await check();
    } catch (error) {
      if (tries === 100) throw error;
      await page.waitForTimeout(50);
    }
  }
}

const look = (page, from, to, zone) => page.evaluate((hash) => (location.hash = hash), page.link(from, to, zone));

/**
 * For each column of a track's pixels: the highest and the lowest one in the colour of its line, both -1 where none is, and
 * how many differ from the one to their left.
 */
function columns(page) {
  return page.track.locator("canvas.track-data").evaluate((element) => {
    const { width, height } = element;
    const { data } = element.getContext("2d").getImageData(0, 0, width, height);
    const columns = [];
    for (let x = 0; x < width; x += 1) {
      let [top, bottom, texture] = [-1, -1, 0];
      for (let y = 0; y < height; y += 1) {
        const at = 4 * (y * width + x);
        const parts = [data[at], data[at + 1], data[at + 2]];
        if (data[at + 3] > 60 && Math.max(...parts) - Math.min(...parts) > 40) [top, bottom] = [top < 0 ? y : top, y];
        if (x > 0 && [0, 1, 2, 3].some((part) => Math.abs(data[at + part] - data[at - 4 + part]) > 24)) texture += 1;
      }
      columns.push({ top, bottom, texture });
    }
    return columns;
  });
}

/** Where a sample lies in a window, in device pixels. */
function place(all, density, [from, to], number) {
  const [left, right] = [GUTTER * density, all.length - EDGE * density];
  return left + ((number - from) / (to - from)) * (right - left);
}

const between = (all, density, window, from, to) =>
  all.slice(Math.ceil(place(all, density, window, from)), Math.floor(place(all, density, window, to)));

async function spike(page, density) {
  for (const window of [[0, COUNT], [SPIKE - 700, SPIKE + 300], [SPIKE - 30, SPIKE + 50], [SPIKE - 3, SPIKE + 3]]) {
    await look(page, ...window);
    await holds(page, async () => {
      const all = await columns(page);
      // Infinity lies higher, and further on.
      const behind = place(all, density, window, ODD - 200);
      const tops = all.map(({ top }, x) => (top < 0 || x > behind ? Infinity : top));
      const highest = tops.indexOf(Math.min(...tops));
      const wanted = place(all, density, window, SPIKE);
      assert.ok(Math.abs(highest - wanted) <= 3 * density, `in ${window} it stands at ${highest}, not ${wanted}`);
      const far = Math.max(...all.map(({ bottom }) => bottom));
      assert.ok(far - tops[highest] > 40 * density, `in ${window} it is ${far - tops[highest]} high`);
    });
  }
}

async function gap(page, density) {
  for (const window of [[0, COUNT], [GAP[0] - 900, GAP[1] + 500], [GAP[0] - 60, GAP[0] + 140]]) {
    await look(page, ...window);
    await holds(page, async () => {
      const all = await columns(page);
      const air = (4 * (window[1] - window[0])) / (all.length / density);
      const inside = between(all, density, window, GAP[0] + air, Math.min(GAP[1] - air, window[1]));
      assert.ok(inside.length > 20, `${inside.length} columns`);
      assert.ok(inside.every(({ top }) => top < 0), `something is drawn in the gap, in ${window}`);
      const before = between(all, density, window, Math.max(window[0], GAP[0] - 12 * air) + air, GAP[0] - air);
      assert.ok(before.every(({ top }) => top >= 0), `not everything is drawn before it, in ${window}`);
    });
  }
}

/** A stretch that nobody looked at yet, while its rows are under way and once it is known that there are none. */
async function unfetched(page, density, turn) {
  const from = COUNT + 50 + turn * 120;
  const window = [from, from + 80];
  const texture = async () => {
    const all = await columns(page);
    const inside = between(all, density, window, from + 5, from + 75).map(({ texture }) => texture);
    // The grid's own lines are few.
    return inside.sort((one, other) => one - other)[inside.length >> 1];
  };
  const release = page.hold();
  await look(page, ...window);
  await holds(page, async () => assert.ok((await texture()) > 5, `a hatch of ${await texture()}`));
  release();
  await holds(page, async () => assert.ok((await texture()) < 1, `a gap of ${await texture()}`));
}

/** What a track reads where a sample lies. */
async function reading(page, window, number) {
  await look(page, ...window);
  const { x, y, width, height } = await page.track.locator("canvas.track-data").boundingBox();
  const at = x + GUTTER + ((number - window[0]) / (window[1] - window[0])) * (width - GUTTER - EDGE);
  const output = page.track.locator("output.reading");
  return async (check) =>
    holds(page, async () => {
      await page.mouse.move(at, y + height / 3);
      check(await output.innerText(), await page.locator(".cursor-time").innerText());
    });
}

/** Values that are none are read as what they are. */
async function odd(page, density, turn, source) {
  const window = [ODD - 6, ODD + 14];
  const words = new Map([[null, /null/], [NaN, /^(NaN|null)/], [Infinity, /^∞/], [-Infinity, /^−∞/]]);
  for (const [place, value] of source.odd.entries()) {
    const read = await reading(page, window, ODD + 4 * place);
    await read((text) => assert.match(text, words.get(value)));
  }
  const read = await reading(page, window, ODD + 1);
  await read((text) => assert.match(text, /^−?[\d.]+/));
}

/** Fine steps have places of their own. */
async function fine(page, density, turn, source) {
  const start = source.start + BigInt(FINE) * source.step;
  await look(page, start - 4n * source.finest, start + 50n * source.finest);
  await page.getByRole("group", { name: /^Tracks/ }).focus();
  const { x, y, width } = await page.track.locator("canvas.track-data").boundingBox();
  await holds(page, async () => {
    await page.mouse.move(x + GUTTER + (width - GUTTER - EDGE) * 0.1, y + 20);
    assert.match(await page.track.locator("output.reading").innerText(), /\d/);
  });
  const seen = new Set();
  for (let step = 0; step < 5; step += 1) {
    await page.keyboard.press("]");
    seen.add(await page.locator(".cursor-time").innerText());
  }
  assert.equal(seen.size, 5, [...seen].join());
}

async function reduction(page) {
  await look(page, 0, COUNT);
  await page.track.getByText(/^min–max of [\d,]+ samples per pixel, line: mean/).waitFor();
  await look(page, SPIKE - 30, SPIKE + 50);
  await page.track.getByText(/^every sample/).waitFor();
}

const shown = (source, value) => (source.shown ? source.shown(value) : value);

async function unit(page, density, turn, source) {
  const read = await reading(page, [SPIKE - 3, SPIKE + 3], SPIKE);
  await read((text) => assert.equal(Number(text.replaceAll(",", "").replace("−", "-").match(/^[-\d.]+/)), shown(source, PEAK), text));
  if (source.unit) assert.ok((await page.track.innerText()).includes(source.unit), await page.track.innerText());
}

/** What is saved are the rows of the window, with their exact times, as they came. */
async function saved(page, density, turn, source) {
  const window = [SPIKE - 100, SPIKE + 57];
  const instant = (number) => BigInt(Date.parse(`${iso(source, number).slice(0, 19)}Z`)) * 1_000_000n + BigInt(iso(source, number).match(/\.(\d{9})/)?.[1] ?? 0);
  await look(page, ...window);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV", exact: true }).click()]);
  const [, ...lines] = (await readFile(await download.path(), "utf8")).trim().split("\n");
  const wanted = [...rows(source, instant(window[0]), instant(window[1]))];
  assert.equal(lines.length, wanted.length);
  for (const [place, line] of lines.entries()) {
    const [time, value] = line.split(",");
    const [seconds, fraction = ""] = time.replace(/(Z|[+-]\d\d:?\d\d)$/, "").split(".");
    const ns = BigInt(Date.parse(`${seconds.replace(" ", "T")}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
    assert.deepEqual([ns, source.isWhole ? BigInt(value) : Number(value)], wanted[place], line);
  }
}

/** Hours of a day in the availability of one stream. */
async function hours(page, source, zone, day, count, twice) {
  await page.evaluate((hash) => (location.hash = hash), page.link(0, COUNT, zone, "availability"));
  const row = page.getByRole("region", { name: "Completeness" }).getByRole("row").filter({ hasText: day });
  if (!(await row.first().isVisible())) await page.getByRole("button", { name: "Table", exact: true }).click();
  await holds(page, async () => {
    const cells = await row.getByRole("cell").allInnerTexts();
    assert.equal(cells.length, count, cells.join());
    assert.equal(cells.filter((cell) => cell.startsWith(`${twice} h`)).length, count === 25 ? 2 : 0, cells.join());
  });
}

async function days(page, density, turn, source) {
  await hours(page, source, "America/Los_Angeles", /Sun 10 Mar/, 23, "02");
  await hours(page, source, "America/Asuncion", /Sat 23 Mar/, 25, "23");
}

/** Half past eleven comes twice in Asunción, in the night to 24 March 2024. */
async function repeated(page) {
  const half = (number) => [number - 10, number + 10];
  const seen = [];
  for (const number of [14_180, 14_220]) {
    const window = half(number);
    await look(page, ...window, "America/Asuncion");
    const { x, y, width } = await page.track.locator("canvas.track-data").boundingBox();
    await holds(page, async () => {
      await page.mouse.move(x + GUTTER + (width - GUTTER - EDGE) / 2, y + 20);
      const text = await page.locator(".cursor-time").innerText();
      assert.ok(text.includes("23:30:00"), text);
      seen.push(text);
    });
  }
  assert.ok(seen[0].includes("−03:00") && seen[1].includes("−04:00"), seen.join());
}

/** What is looked at in each setting, and what once. The words are the table's. */
const PIXELS = {
  "a spike stands at every zoom": spike,
  "a gap is never bridged": gap,
  "what is not fetched is told apart from a gap": unfetched,
};
const ONCE = {
  "null, NaN and infinity are told apart": odd,
  "the reduction is named": reduction,
  "the finest steps have places of their own": fine,
  "unit, offset and scale are applied": unit,
  "what is saved is what is selected": saved,
  "the repeated hour is there twice": repeated,
  "days of 23 and 25 hours are whole": days,
};

/** The highest column of a window, and how high it is, of those between two samples. */
async function highest(page, window, from, to) {
  const all = await columns(page);
  const [left, right] = [from, to].map((number) => place(all, 1, window, number));
  const tops = all.map(({ top }, x) => (top < 0 || x < left || x > right ? Infinity : top));
  const top = Math.min(...tops);
  return { top, at: tops.indexOf(top), all };
}

/** A node's own bins are drawn and named, and what none of them holds is there as well. */
async function decimated(page) {
  const window = [0, COUNT + 200];
  await look(page, ...window);
  await page.track.getByText(/min–max and mean of 1,024 samples each; zoom in for every sample/).waitFor();
  await holds(page, async () => {
    const spike = await highest(page, window, 0, COUNT - 100);
    assert.ok(Math.abs(spike.at - place(spike.all, 1, window, SPIKE)) <= 3, `the spike stands at ${spike.at}`);
    const tail = await highest(page, window, COUNT - 100, COUNT + 100);
    assert.ok(Math.abs(tail.at - place(tail.all, 1, window, TAIL_SPIKE)) <= 3, `the tail's stands at ${tail.at}`);
    assert.ok(Math.abs(tail.top - spike.top) <= 3, `the tail's is ${tail.top - spike.top} lower`);
    const inside = between(spike.all, 1, window, GAP[0] + 60, GAP[1] - 60);
    assert.ok(inside.length > 20 && inside.every(({ top }) => top < 0), "nothing is drawn in the gap");
  });
}

/** What the server leaves out of a long answer is asked for again: nothing is missing, and nothing is named thinned. */
async function unthinned(page, source) {
  const window = [0, 3_600];
  await look(page, ...window);
  await page.getByText("3,600 rows", { exact: true }).waitFor();
  await holds(page, async () => {
    const spike = await highest(page, window, ...window);
    assert.ok(Math.abs(spike.at - place(spike.all, 1, window, source.spike)) <= 3, `the spike stands at ${spike.at}`);
  });
}

for (const [name, source] of Object.entries(WHOLE))
  test(`${name}: whole numbers beyond 2^53 are exact`, async () => {
    const page = await visit(browser, sandbox, source, [SPIKE - 100, SPIKE + 57]);
    const read = await reading(page, [SPIKE - 3, SPIKE + 3], SPIKE);
    await read((text) => assert.ok(text.replace(/\D/g, "").startsWith(String(9_007_199_254_740_993n + BigInt(SPIKE))), text));
    await saved(page, 1, 0, source);
    await page.context().close();
  });

test("Joule: what the node has decimated is marked, and its tails are complete", async () => {
  const page = await visit(browser, sandbox, DECIMATED, [0, COUNT]);
  await decimated(page);
  await page.context().close();
});

test("Hexoskin: what the server thins is not taken for all there is", async () => {
  const page = await visit(browser, sandbox, THINNED, [0, 3_600]);
  await unthinned(page, THINNED);
  await page.context().close();
});

/** The table: what is said of each check, source by source. */
async function table() {
  const text = await readFile(new URL("fidelity.md", import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  const cells = (line) => line.slice(2, -2).split(" | ");
  const head = lines.findIndex((line) => line.startsWith("| check |"));
  assert.deepEqual(cells(lines[head]).slice(1), Object.keys(SOURCES));
  return new Map(lines.slice(head + 2).map((line) => [cells(line)[0], cells(line).slice(1)]));
}

/** Checks with pages of their own, and the sources that have them; files' whole numbers are in `fidelity.test.mjs`. */
const APART = {
  "what the server thins is marked": ["Joule", "Hexoskin"],
  "tails of decimated data are complete": ["Joule"],
  "whole numbers beyond 2^53 are exact": [...Object.keys(WHOLE), "Files"],
};

test("each cell of the table is checked, or says why not", async () => {
  for (const [check, cells] of await table()) {
    const of = (name) => check in PIXELS || check in ONCE || APART[check]?.includes(name);
    for (const [place, name] of Object.keys(SOURCES).entries()) {
      const cell = cells[place];
      assert.ok(cell === "yes" ? of(name) : /^- \w+/.test(cell), `${check}, ${name}: ${cell}`);
    }
  }
});

for (const [place, [name, source]] of Object.entries(SOURCES).entries()) {
  test(`${name}: pictures tell the truth`, async () => {
    const said = await table();
    const page = await visit(browser, sandbox, source, [0, COUNT]);
    const session = await page.context().newCDPSession(page);
    const run = async (checks, { colour, density }, turn) => {
      await page.emulateMedia({ colorScheme: colour });
      await session.send("Emulation.setDeviceMetricsOverride", { width: 1440, height: 900, deviceScaleFactor: density, mobile: false });
      for (const [check, holds] of Object.entries(checks)) {
        const word = said.get(check)?.[place];
        assert.ok(word, `fidelity.md has no ${check}`);
        if (word !== "yes") continue;
        const begun = Date.now();
        await holds(page, density, turn, source).catch((error) => {
          error.message = `${check}, ${colour}, ${density}x: ${error.message}`;
          throw error;
        });
        if (process.env.STREAMSCOPE_TELL) console.log(name, check, colour, density, Date.now() - begun);
      }
    };
    for (const [turn, setting] of SETTINGS.entries()) await run(PIXELS, setting, turn);
    await run(ONCE, SETTINGS[0], 0);
    assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("status of 400")), []);
    await page.context().close();
  });
}
