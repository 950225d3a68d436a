// Random filters in JavaScript: what the package makes of them leaves the rows that a slow evaluation in Python leaves.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { required, startSandbox } from "../browser/support.mjs";
import { root } from "./support.mjs";

const { Braincube, init } = await import(pathToFileURL(join(root, "dist/npm/node.js")).href);

const COUNT = 10_000;
const AT_ONCE = 8;
const OPERATORS = { EQUALS: "equals", BETWEEN: "between", LESS: "less", LESS_EQUALS: "lessEquals", GREAT: "greater", GREAT_EQUALS: "greaterEquals" };

/** Nanoseconds of `YYYYMMDD_HHMMSS` on a clock that shows UTC. */
function instant(text) {
  const [, ...parts] = /^(....)(..)(..)_(..)(..)(..)$/.exec(text);
  const date = new Date(0);
  const [year, month, day, hour, minute, second] = parts.map(Number);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return BigInt(date.getTime()) * 1_000_000n;
}

/** A number's text as a number, exact. */
function number(text) {
  if (!/^-?\d+$/.test(text)) return Number(text);
  const whole = BigInt(text);
  return BigInt(Number(whole)) === whole ? Number(whole) : whole;
}

function value(given, type) {
  if (Array.isArray(given)) return value(given[0], type);
  if (type === "DATETIME") return { timeNs: instant(given) };
  return typeof given === "string" && /^NUMERIC/.test(type) ? number(given) : given;
}

/** A filter of the server's grammar in the package's own words. */
function built(filter, types) {
  const [[operator, operands]] = Object.entries(filter);
  const name = operator.toLowerCase();
  if (name === "not") return { not: built(operands[0], types) };
  if (name === "and" || name === "or") {
    // A chain of one operator is one list.
    return { [name]: operands.map((one) => built(one, types)).flatMap((one) => one[name] ?? [one]) };
  }
  const [id, ...values] = operands;
  return { [OPERATORS[operator]]: [id.split("/d")[1], ...values.map((one) => value(one, types[id]))] };
}

test("ten thousand filters, built in JavaScript, leave the rows that a slow evaluation leaves", async () => {
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), "streamscope-filters-"));
  try {
    const url = `${sandbox.url.replace(/\/$/, "")}/braincube`;
    const script = join(root, "tests/conformance/braincube_filters.py");
    await promisify(execFile)(required("STREAMSCOPE_PYTHON_BRAINCUBE"), [script, url, folder, String(COUNT), "2"]);
    // Whole numbers that a double does not hold stay texts.
    const text = (await readFile(join(folder, "filters.json"), "utf8")).replace(/(?<=[ [])-?\d{16,}(?=[,\]])/g, '"$&"');
    const { types, asked } = JSON.parse(text);
    assert.equal(asked.length, COUNT);
    await init();
    const braincube = new Braincube({ ssoBaseUrl: url, braincubeBaseUrl: url, apiKey: "demo-braincube" });
    const one = async ({ base, key, filter, rows, digest }) => {
      const own = built(filter, types[base]);
      const query = { braincube: "Paper mill", base, variables: [key], filter: own };
      const table = await braincube.data(query).toTable();
      let made = 0n;
      const unit = table.types[0] === "time" ? 1_000_000_000n : 1n;
      for (const key of table.copy(0)) made = BigInt.asUintN(64, made * 1_000_003n + key / unit);
      assert.deepEqual([table.rows, String(made)], [rows, digest], JSON.stringify(filter));
      table.free();
    };
    const work = async () => {
      for (let next = asked.pop(); next; next = asked.pop()) await one(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await rm(folder, { recursive: true });
    await sandbox.stop();
  }
});
