// One recording as each platform would send it, so that every source is held to the same picture: answers to questions for
// rows are written here, in the platform's own format, and everything else is the sandbox's.

import { openCsv, file } from "./recordings.mjs";
import { assertDrawn, open } from "./support.mjs";

const NS = 1_000_000_000n;
const at = (text) => BigInt(Date.parse(text)) * 1_000_000n;

/** Samples of the long stretch. */
export const COUNT = 14_400;
/** The number of the sample that stands out, of the first and last of those that are missing, and of those that are odd. */
export const [SPIKE, GAP, ODD] = [5_003, [7_200, 8_400], 11_000];
/** How high it stands. */
export const PEAK = 900;
/** Fine steps begin after this number, and there are so many. */
export const [FINE, FINE_COUNT] = [COUNT + 600, 40];
/** Joule shows values as (raw - offset) * scale. */
const [OFFSET, SCALE] = [4, 0.5];

/** Values that are none, every fourth sample from `ODD` on, as far as a source has them. */
const STRANGE = [null, NaN, Infinity, -Infinity];

/** The value of a sample. Its places are few, so that a float of 32 bits holds it. Whole ones no double holds. */
function value(number, { odd, spike = SPIKE, isWhole }) {
  if (isWhole) return 9_007_199_254_740_993n + BigInt(number);
  const place = (number - ODD) / 4;
  if (Number.isInteger(place) && place >= 0 && place < odd.length) return odd[place];
  return number === spike ? PEAK : Math.round(80 * Math.sin(number / 30)) / 8;
}

/** The recording's rows in a range of time (ns): time and value. */
export function* rows(source, from, to) {
  const { start, step, finest } = source;
  const first = from > start ? Number((from - start + step - 1n) / step) : 0;
  for (let number = first; number < COUNT; number += 1) {
    const time = start + BigInt(number) * step;
    if (time >= to) return;
    if (number < GAP[0] || number >= GAP[1]) yield [time, value(number, source)];
  }
  for (let number = 0; number < FINE_COUNT; number += 1) {
    const time = start + BigInt(FINE) * step + BigInt(number) * finest;
    if (time >= from && time < to) yield [time, number / 4];
  }
}

const spelt = (value, names) => (value === null ? names.null : names[String(value)] ?? String(value));
const FAR = 1n << 62n;

const RUNE = { null: "", NaN: "NaN", Infinity: "inf", "-Infinity": "-inf" };

/** Rune: lines of CSV. */
function rune(source, request) {
  const query = new URL(request.url()).searchParams;
  const lines = [`time,${source.column},measurement_duration_ns`];
  const window = [BigInt(query.get("start_time_ns") ?? 0), BigInt(query.get("end_time_ns") ?? FAR)];
  for (const [time, value] of rows(source, ...window)) lines.push(`${time},${spelt(value, RUNE)},0`);
  return { contentType: "text/csv", headers: { "access-control-allow-origin": "*" }, body: `${lines.join("\n")}\n` };
}

/** Joule: times and values in binary, a row of zeros at each border. */
function joule(source, request) {
  const query = new URL(request.url()).searchParams;
  const window = ["start", "end"].map((name) => query.get(name)).map((text, end) => (text ? BigInt(text) * 1000n : end ? FAR : 0n));
  const level = source.isDecimated ? Number(query.get("decimation-level") ?? (query.has("max-rows") ? BIN : 1)) : 1;
  const found = [...(source.isDecimated ? bins(source, ...window, level) : rows(source, ...window))];
  if (found.length === 0 && level === 1) return { status: 400, contentType: "text/plain", body: "this stream has no data" };
  const parts = [];
  let last;
  for (const [time, ...values] of found) {
    const row = Buffer.alloc(8 + values.length * (source.isWhole ? 8 : 4));
    if (last !== undefined && time - last > source.step) parts.push(Buffer.from(row));
    last = time;
    row.writeBigInt64LE(time / 1000n, 0);
    values.forEach((value, place) => (source.isWhole ? row.writeBigInt64LE(value, 8) : row.writeFloatLE(value, 8 + 4 * place)));
    parts.push(row);
  }
  const layout = source.isWhole ? "int64_1" : `float32_${level > 1 ? 3 : 1}`;
  return { contentType: "application/octet-stream", headers: { "joule-layout": layout, "joule-decimation": String(level) }, body: Buffer.concat(parts) };
}

/** Samples that a bin stands for, where a node decimates: so many that it sends no sample of the whole. */
const BIN = 1024;
/** What no bin holds: the samples after the last whole one, of which one stands out. */
const TAIL = [0.4, 0.5, 0.6, 0.7, 0.8].map((part) => COUNT - 1 + part);
/** The number of that one. */
export const TAIL_SPIKE = TAIL[3];

/** Rows of a recording that a node has decimated: mean, minimum and maximum; without a level, what no bin holds. */
function* bins(source, from, to, level) {
  if (level === BIN)
    for (const [time, value] of rows(source, from, to))
      if (time < source.start + BigInt(COUNT) * source.step) {
        const isSpike = value === PEAK;
        yield [time, isSpike ? 0 : value, isSpike ? 0 : value - 1, value + (isSpike ? 0 : 1)];
      }
  if (level === 1)
    for (const number of TAIL) {
      const time = source.start + (BigInt(Math.round(number * 10)) * source.step) / 10n;
      if (time >= from && time < to) yield [time, number === TAIL_SPIKE ? PEAK : 0];
    }
}

/** Hexoskin: pairs in JSON. */
function hexoskin(source, request) {
  const query = new URL(request.url()).searchParams;
  const tick = NS / 256n;
  const window = ["start", "end"].map((name, end) => (BigInt(query.get(name)) + BigInt(end)) * tick);
  const all = [...rows(source, ...window)].map(([time, value]) => [Number(time / tick), value]);
  // A server that thins answers without a word.
  const points = all.length > source.most ? all.filter((_, place) => place % Math.ceil(all.length / source.most) === 0) : all;
  return { json: [{ user: "/api/user/99/", data: { [source.datatype]: points } }] };
}

/** Braincube: columns in JSON. */
function braincube(source, request) {
  const { definitions, context } = request.postDataJSON();
  const clock = (time) => new Date(Number(time / 1_000_000n)).toISOString().replace(/[-:]|\.\d+Z/g, "").replace("T", "_");
  const bounds = { from: 0n, to: FAR };
  const visit = (filter) => {
    for (const [operator, [one, other]] of Object.entries(filter ?? {})) {
      if (typeof one === "object") [one, other].forEach(visit);
      else {
        const parts = other.match(/(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/);
        const time = at(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
        if (operator === "GREAT_EQUALS") bounds.from = time;
        else bounds.to = time;
      }
    }
  };
  visit(context.filter);
  const found = [...rows(source, bounds.from, bounds.to)];
  const names = { null: "null", NaN: "nan", Infinity: "Infinity", "-Infinity": "-Infinity" };
  const cells = (id) => (id === source.date ? found.map(([time]) => clock(time)) : found.map(([, value]) => spelt(value, names)));
  const type = (id) => (id === source.date ? "DATETIME" : "NUMERIC");
  return { json: { resultLength: found.length, datadefs: definitions.map((id) => ({ id, type: type(id), data: cells(id) })) } };
}

/** A file: the whole recording as CSV. */
function table(source) {
  const lines = ["time,value"];
  for (const [time, value] of rows(source, 0n, FAR)) lines.push(`${time},${spelt(value, RUNE)}`);
  return lines.join("\n");
}

/** What a node says of the stream: how its values are shown, and where it has rows. */
async function node(source, route) {
  const response = await route.fetch();
  const from = source.start / 1000n;
  const us = (number) => Number(from + (BigInt(number) * source.step) / 1000n);
  if (route.request().url().includes("intervals.json"))
    return route.fulfill({ response, json: [[us(0), us(GAP[0] - 1)], [us(GAP[1]), us(COUNT)], [us(FINE), us(FINE) + FINE_COUNT]] });
  const whole = (key, value) => {
    if (value?.name !== source.name || !value.elements) return value;
    const elements = value.elements.map((element) => (element.units ? { ...element, offset: OFFSET, scale_factor: SCALE } : element));
    const decimate = Boolean(source.isDecimated);
    return { ...value, decimate, elements, data_info: { ...value.data_info, start: us(0), end: us(FINE) + FINE_COUNT, rows: COUNT } };
  };
  return route.fulfill({ response, json: JSON.parse(await response.text(), whole) });
}

/** A recording of fifteen days: clocks are put forward in Los Angeles at its beginning, and back in Asunción at its end. */
const LONG = { start: at("2024-03-09T08:00:00Z"), step: 90n * NS };

/** The sources: where a recording lies, and how its questions are told from others and answered. */
export const SOURCES = {
  Rune: {
    platform: "rune",
    ...LONG,
    finest: 1n,
    odd: STRANGE,
    column: "probability",
    is: (url) => /\/v2\/streams\//.test(url) && /timestamp=/.test(url) && !/availability/.test(url),
    answer: rune,
    place: async (sandbox) => {
      const { id, subject_id } = await sandbox.stream("Tremor probability");
      return { subject: subject_id, stream: id };
    },
  },
  Joule: {
    platform: "joule",
    ...LONG,
    finest: 1000n,
    odd: STRANGE.slice(1),
    shown: (value) => (value - OFFSET) * SCALE,
    unit: "%",
    name: "distortion",
    metadata: node,
    is: (url) => /\/joule\/data\?/.test(url),
    answer: joule,
    place: () => ({ subject: "/site A/mains", stream: "/site A/mains/distortion" }),
  },
  Hexoskin: {
    platform: "hexoskin",
    start: at("2024-03-09T08:00:00Z"),
    step: NS / 5n - (NS / 5n) % (NS / 256n),
    finest: NS / 256n,
    odd: STRANGE.slice(0, 1),
    datatype: 18,
    is: (url) => /\/api\/data\/\?.*datatype=18&/.test(url),
    answer: hexoskin,
    place: () => ({ subject: "/api/record/99999/", stream: "/api/record/99999/18" }),
  },
  Braincube: {
    platform: "braincube",
    ...LONG,
    finest: NS,
    odd: STRANGE.slice(0, 2),
    date: "mb20/d2000001",
    is: (url) => /\/LF$/.test(url),
    answer: braincube,
    place: () => ({ subject: "Paper%20mill/20", stream: "mb20/d2000002" }),
  },
  Files: {
    platform: "file",
    ...LONG,
    finest: 1n,
    odd: STRANGE,
    place: () => ({ subject: "wave.csv", stream: "wave.csv/1" }),
  },
};

/** Sources whose samples are whole numbers that no double holds. */
export const WHOLE = {
  Rune: {
    ...SOURCES.Rune,
    isWhole: true,
    column: "count",
    place: async (sandbox) => {
      const { id, subject_id } = await sandbox.stream("Steps");
      return { subject: subject_id, stream: id };
    },
  },
  Joule: {
    ...SOURCES.Joule,
    isWhole: true,
    name: "energy",
    shown: undefined,
    metadata: undefined,
    start: at("2024-03-01T08:00:00Z"),
    step: 10n * NS,
    place: () => ({ subject: "/site A/mains", stream: "/site A/mains/energy" }),
  },
};

/** A node that decimates, with too many samples to send them all. */
export const DECIMATED = { ...SOURCES.Joule, isDecimated: true, odd: [] };

/** A server that leaves out samples of long answers without a word, the one that stands out among them. */
export const THINNED = {
  ...SOURCES.Hexoskin,
  datatype: 19,
  most: 500,
  step: NS,
  spike: 1_237,
  odd: [],
  is: (url) => /\/api\/data\/\?.*datatype=19&/.test(url),
  place: () => ({ subject: "/api/record/99999/", stream: "/api/record/99999/19" }),
};

/** When a sample lies, or an instant (ns), as links spell it. */
export const iso = (source, number) => {
  const time = typeof number === "bigint" ? number : source.start + (BigInt(Math.round(number * 1000)) * source.step) / 1000n;
  const fraction = String(time % NS).padStart(9, "0");
  return new Date(Number(time / NS) * 1000).toISOString().replace(".000Z", `.${fraction}Z`);
};

/** A page that looks at the recording. `page.hold()` keeps questions for rows waiting, until what it returns is called. */
export async function visit(browser, sandbox, source, [from, to], context) {
  const page = await open(browser, "about:blank", { allowed: [sandbox.url], ...context });
  let gate = Promise.resolve();
  page.hold = () => {
    let release;
    gate = new Promise((resolve) => (release = resolve));
    return release;
  };
  page.asked = 0;
  page.place = await source.place(sandbox);
  page.link = (from, to, zone = "UTC", view = "timeline") => {
    const { subject, stream } = page.place;
    const chosen = `subject=${encodeURIComponent(subject)}&stream=${encodeURIComponent(stream)}`;
    return `#view=${view}&${chosen}&zone=${zone}&platform=${source.platform}&from=${iso(source, from)}&to=${iso(source, to)}`;
  };
  page.track = page.locator(`section.track[data-stream="${page.place.stream}"]`);
  if (source.metadata) await page.route(/(folders|intervals|stream)\.json/, (route) => source.metadata(source, route));
  if (source.answer) {
    await page.route((url) => source.is(url.href), async (route) => {
      page.asked += 1;
      await gate;
      await route.fulfill(source.answer(source, route.request())).catch(() => {});
    });
    await page.goto(sandbox.url + page.link(from, to));
  } else {
    await page.exposeFunction("gate", () => gate);
    await page.addInitScript(() => {
      const read = Blob.prototype.arrayBuffer;
      Blob.prototype.arrayBuffer = async function () {
        await globalThis.gate();
        return read.call(this);
      };
    });
    await page.goto(sandbox.url);
    await assertDrawn(page.locator("main canvas").first(), "the demo");
    await openCsv(page, file("wave.csv", Buffer.from(table(source))));
    await page.track.waitFor();
    await page.evaluate((hash) => (location.hash = hash), page.link(from, to));
  }
  await page.track.locator("canvas.track-data").waitFor();
  return page;
}
