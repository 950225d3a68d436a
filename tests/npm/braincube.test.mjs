// Braincube in Node, against the sandbox's stand-in, from the package's own entry.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { startSandbox } from "../browser/support.mjs";
import { root } from "./support.mjs";

const { Braincube, init } = await import(pathToFileURL(join(root, "dist/npm/braincube/node.js")).href);

const KEY = "demo-braincube";
const MILL = { braincube: "Paper mill", base: 20 };

let sandbox, url, braincube;

before(async () => {
  await init();
  sandbox = await startSandbox();
  url = `${sandbox.url.replace(/\/$/, "")}/braincube`;
  braincube = new Braincube({ ssoBaseUrl: url, braincubeBaseUrl: url, apiKey: KEY });
});
after(() => sandbox?.stop());

/** The server's own JSON, read without the package. */
async function wire(path, body) {
  const request = { headers: { "X-api-key": KEY, "Content-Type": "application/json" }, body: body && JSON.stringify(body) };
  const answer = await fetch(`${url}/braincube/Paper%20mill/${path}`, { method: body ? "POST" : "GET", ...request });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** The columns of a filter, as the server sends them. */
async function columns(ids, filter) {
  const long = ids.map((id) => `mb20/d${id}`);
  const context = { dataSource: "mb20", ...(filter && { filter }) };
  const { datadefs } = await wire("braindata/mb20/LF", { order: "mb20/d2000001", definitions: long, context });
  return long.map((id) => datadefs.find((column) => column.id === id).data);
}

test("configuration: base URLs, the official file, an OAuth2 token, the name in the URL, several at once", async () => {
  const names = async (connection) => (await connection.braincubes()).map(({ name }) => name);
  const expected = await names(braincube);
  assert.ok(expected.includes("Paper mill"));
  const file = { sso_base_url: url, braincube_base_url: `${url}/{braincube-name}`, api_key: KEY, client_id: "ignored" };
  for (const text of [JSON.stringify(file), JSON.stringify(file, null, 2)]) {
    const connection = Braincube.fromJson(text);
    assert.deepEqual(await names(connection), expected);
    assert.equal((await connection.memoryBase(MILL)).name, "Paper machine");
  }
  const session = new Braincube({ ssoBaseUrl: url, braincubeBaseUrl: url, oauth2Token: "demo-braincube-oauth2" });
  assert.deepEqual(await names(session), expected);
  const wrong = new Braincube({ ssoBaseUrl: url, braincubeBaseUrl: url, apiKey: "wrong-key" });
  await assert.rejects(wrong.braincubes(), { name: "StreamscopeError", kind: "unauthorized", platform: "braincube", status: 401 });
  assert.throws(() => new Braincube({ domain: "h", apiKey: KEY, verify: false }), { kind: "configuration", message: /certificates/ });
  assert.throws(() => new Braincube({ domain: "h", apikey: KEY }), { name: "TypeError", message: /did you mean `apiKey`/ });
});

test("things by id and in lists, with metadata as served", async () => {
  const served = await wire("braincube/mb/20/variables/summary?offset=0&size=3");
  const page = await braincube.variables(MILL, { page: 0, pageSize: 3 });
  assert.deepEqual(page.map(({ metadata }) => metadata), served.items);
  const all = await braincube.variables(MILL);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  assert.ok(all.length > 3);
  const { id, longId, name, dataType } = await braincube.variable(MILL, 2000002);
  assert.deepEqual([id, longId, dataType], ["2000002", "mb20/d2000002", "NUMERIC"]);
  const tags = new Braincube({ ssoBaseUrl: url, braincubeBaseUrl: url, apiKey: KEY }, { variableNameKey: "tag" });
  assert.notEqual((await tags.variable(MILL, "2000002")).name, name);
  for (const [list, one] of [["dataGroups", "dataGroup"], ["events", "event"], ["jobs", "job"], ["rules", "rule"]]) {
    const items = await braincube[list](MILL);
    assert.ok(items.length > 0, list);
    const found = await braincube[one](MILL, items[0].id);
    assert.deepEqual([found.id, found.name], [items[0].id, items[0].name]);
  }
  const [group] = await braincube.dataGroups(MILL);
  const ids = await braincube.dataGroupVariableIds(MILL, group.id);
  assert.deepEqual((await braincube.dataGroupVariables(MILL, group.id)).map((variable) => variable.id), ids);
  await assert.rejects(braincube.job(MILL, 7), { kind: "notFound", status: 404 });
  assert.equal((await braincube.baseInfo(MILL)).order, "mb20/d2000001");
  const raw = await braincube.request("braincube/Paper%20mill/braindata/mb20/simple");
  assert.equal(raw.name, "mb20");
});

test("conditions are filters that data takes", async () => {
  const own = await braincube.jobConditions(MILL, 573);
  const all = await braincube.jobConditions(MILL, 573, { includeEvents: true });
  assert.deepEqual(own, [{ greater: ["mb20/d2000002", 600] }]);
  assert.ok(all.length > own.length && all.some((filter) => "not" in filter));
  const week = all.find((filter) => filter.between?.[0] === "mb20/d2000001");
  assert.equal(typeof week.between[1].timeNs, "bigint");
  assert.ok((await braincube.jobRules(MILL, 573)).length > 0);
  const { positive, negative } = await braincube.jobEvents(MILL, 573);
  assert.ok(positive.length > 0 && negative.length > 0);
  const ids = await braincube.jobVariableIds(MILL, 573);
  const job = await braincube.jobData(MILL, 573).toTable();
  const same = await braincube.data({ ...MILL, variables: ids, filter: all }).toTable();
  assert.deepEqual(job.names, ids);
  assert.equal(job.rows, same.rows);
  assert.ok(job.rows > 0);
});

test("data: exact values, dates as instants, states, ours and the server's spelling of filters", async () => {
  const ids = ["2000001", "2000002", "2000013"];
  const wireFilter = { BETWEEN: ["mb20/d2000001", "20240302_060000", "20240302_120000"] };
  const from = BigInt(Date.UTC(2024, 2, 2, 6)) * 1_000_000n;
  const own = { between: ["2000001", { timeNs: from }, { timeNs: from + 6n * 3_600_000_000_000n }] };
  const [dates, speeds, grades] = await columns(ids, wireFilter);
  for (const filter of [wireFilter, own, [wireFilter]]) {
    const table = await braincube.data({ ...MILL, variables: ids, filter }).toTable();
    assert.equal(table.rows, dates.length);
    const shown = Array.from(table.copy("2000001"), (ns) => new Date(Number(ns / 1_000_000n)).toISOString());
    const expected = dates.map((text) => text.replace(/(....)(..)(..)_(..)(..)(..)/, "$1-$2-$3T$4:$5:$6.000Z"));
    assert.deepEqual(shown, expected);
    const read = Array.from(table.copy("2000002"));
    speeds.forEach((text, row) => assert.ok(Object.is(read[row], Number(text)) || Number.isNaN(Number(text)), text));
    const meanings = table.dictionary("2000013");
    assert.deepEqual(Array.from(table.copy("2000013"), (key) => meanings[key]), grades);
  }
  const range = { startTime: new Date(Date.UTC(2024, 2, 2, 6)), endTime: from + 6n * 3_600_000_000_000n };
  const read = braincube.data({ ...MILL, variables: ids, filter: wireFilter });
  await read.toTable();
  assert.deepEqual(read.report.columns.map(({ wireType }) => wireType), ["DATETIME", "NUMERIC", "DISCRETE"]);
  assert.deepEqual(read.report.missing, []);
  const half = await braincube.data({ ...MILL, variables: ids, ...range, labels: "name" }).toTable();
  assert.equal(half.rows, dates.length - 1, "the end of a range is not in it");
  assert.equal(half.names[0], "Date");
  await assert.rejects(braincube.data({ ...MILL, variables: ids, filter: { and: [] } }).toTable(), { kind: "invalidInput" });
  assert.throws(() => braincube.data({ ...MILL, variables: ids, filter: { like: ["a", 1] } }), { name: "TypeError" });
});
