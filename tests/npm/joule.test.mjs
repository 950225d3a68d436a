// A Joule node's calls in Node, against the sandbox's stand-in.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { startSandbox } from "../browser/support.mjs";
import { root, run } from "./support.mjs";

const entry = (file) => import(pathToFileURL(join(root, "dist/npm", file)).href);
const { Joule, init } = await entry("node.js");

const KEY = "demo-joule-key";
const SECOND = 1_000_000_000n;

let sandbox, url, node;

before(async () => {
  await init();
  sandbox = await startSandbox();
  url = `${sandbox.url.replace(/\/$/, "")}/joule`;
  node = new Joule({ url, apiKey: KEY });
});
after(() => sandbox?.stop());

/** The node's own bytes of a raw float32 stream, read without the package. */
async function wire(path) {
  const answer = await fetch(`${url}/data?path=${encodeURIComponent(path)}`, { headers: { "X-API-KEY": KEY } });
  assert.equal(answer.status, 200);
  const [, type, width] = answer.headers.get("joule-layout").match(/^(\w+)_(\d+)$/);
  assert.equal(type, "float32");
  const view = new DataView(await answer.arrayBuffer());
  const size = 8 + 4 * Number(width);
  const rows = [];
  let gap = false;
  for (let at = 0; at + size <= view.byteLength; at += size) {
    const time = view.getBigInt64(at, true);
    const values = Array.from({ length: Number(width) }, (_, place) => view.getFloat32(at + 8 + 4 * place, true));
    if (time === 0n && values.every((value) => value === 0)) gap = true;
    else (rows.push({ time: time * 1000n, values, gap }), (gap = false));
  }
  return rows;
}

test("what the node is, and what a wrong key is told", async () => {
  const { version, name, uuid } = await node.info();
  assert.ok(version && name && uuid);
  await assert.rejects(new Joule({ url, apiKey: "wrong" }).folderRoot(), { name: "StreamscopeError", platform: "joule" });
  assert.throws(() => new Joule({ url }), { name: "TypeError", message: /no option `apiKey`/ });
  assert.throws(() => new Joule({ url, apiKey: " " }), { kind: "configuration", message: /^apiKey is empty/ });
});

test("the tree, and its parts by path, id and object", async () => {
  const tree = await node.folderRoot();
  const site = tree.children.find(({ name }) => name === "site A");
  const mains = site.children.find(({ name }) => name === "mains");
  assert.equal(mains.path, "/site A/mains");
  const power = mains.dataStreams.find(({ name }) => name === "power");
  const byPath = await node.dataStreamGet(power.path);
  for (const address of [power.id, power]) {
    assert.deepEqual({ ...(await node.dataStreamGet(address)), path: power.path }, byPath);
  }
  assert.equal(power.keepNs === null || typeof power.keepNs === "bigint", true);
  const info = await node.dataStreamInfo(power);
  assert.equal(typeof info.startNs, "bigint");
  assert.equal(typeof info.rows, "number");
  assert.ok((await node.folderRootWithInfo()).children.length > 0);
  assert.equal((await node.folderGet(mains.path)).id, mains.id);
  await assert.rejects(node.dataStreamGet({ no: "id" }), { name: "TypeError", message: /^stream: is neither an id/ });
});

test("every row of a stream, with its gaps", async () => {
  const expected = await wire("/site B/solar");
  assert.ok(expected.length > 100);
  const rows = [];
  const read = node.dataRead({ stream: "/site B/solar" });
  for await (const frame of read) {
    const [time, ...columns] = frame.names.map((name) => frame.copy(name));
    assert.ok(columns.every((column) => column instanceof Float32Array));
    for (let row = 0; row < frame.rows; row += 1) {
      rows.push({ time: time[row], values: columns.map((column) => column[row]), gap: row === 0 && frame.beginsInterval });
    }
    frame.free();
  }
  assert.equal(read.level, 1);
  assert.deepEqual(rows.map(({ time, values }) => ({ time, values })), expected.map(({ time, values }) => ({ time, values })));
  // A line breaks at each gap that the node declared, however short, and nowhere else.
  const gaps = expected.slice(1).filter(({ gap }) => gap).length;
  assert.ok(gaps > 0);
  const table = await node.dataRead({ stream: "/site B/solar" }).toTable();
  const [drawn, line] = table.lines(1);
  assert.equal(drawn.length, expected.length + gaps);
  assert.equal(line.filter((value) => value === null).length, gaps + expected.filter(({ values }) => Number.isNaN(values[0])).length);
  assert.ok(drawn.every((time, row) => row === 0 || time > drawn[row - 1]));
  // The first row begins an interval, whether a gap lies before it or not.
  assert.deepEqual(rows.slice(1).map(({ gap }) => gap), expected.slice(1).map(({ gap }) => gap));
});

test("bounds, reduced rows, and why there are none", async () => {
  const stream = "/site A/mains/power";
  const { startNs, endNs } = await node.dataStreamInfo(stream);
  const whole = node.dataRead({ stream, maxRows: 500 });
  const reduced = await whole.toTable();
  assert.ok(whole.level > 1 && reduced.rows > 0);
  assert.ok(reduced.names.some((name) => name.endsWith("_mean")) && reduced.names.some((name) => name.endsWith("_max")));
  const [startTime, endTime] = [startNs, startNs + 10n * SECOND];
  const first = await node.dataRead({ stream, startTime, endTime }).toTable();
  const times = first.copy("time");
  assert.ok(times[0] === startNs && times.at(-1) < endTime);
  const dated = await node.dataRead({ stream, startTime: new Date(Number(startNs / 1_000_000n)), endTime }).toTable();
  assert.equal(dated.rows, first.rows);
  const outside = node.dataRead({ stream, startTime: endNs + SECOND });
  assert.equal((await outside.toTable()).rows, 0);
  assert.equal(outside.emptiness, "outsideWindow");
  assert.throws(() => node.dataRead({ stream, maxrows: 5 }), { name: "TypeError", message: /did you mean `maxRows`\?/ });
  await assert.rejects(node.dataRead({ stream, maxRows: 0 }).toTable(), { kind: "invalidInput", message: /^maxRows is 0/ });
});

test("a stream is made, written, changed, read back and deleted", async () => {
  const elements = [{ name: "count", units: "1" }, { name: "sum" }];
  const made = await node.dataStreamCreate({ name: "written", datatype: "int64", elements }, "/made by test");
  assert.equal(made.path, "/made by test/written");
  await assert.rejects(node.dataStreamCreate({ name: "x", datatype: "int64", elements, keepns: 1n }, "/made by test"), {
    name: "TypeError", message: /^stream: it has no option `keepns`: did you mean `keepNs`\?/,
  });
  await assert.rejects(node.dataStreamCreate({ name: "x", datatype: "int64", elements: [{ name: "y", unit: "V" }] }, "/made by test"), {
    name: "TypeError", message: "stream: option `elements`: it has no option `unit`: did you mean `units`?",
  });
  const writer = await node.dataWrite(made);
  const from = 1_700_000_000n * SECOND;
  const times = (first) => BigInt64Array.from([0n, 1n, 2n], (second) => from + (first + second) * SECOND);
  const large = BigInt64Array.of(9007199254740993n, -1n, 2n ** 62n);
  await writer.write(times(0n), [large, large]);
  await assert.rejects(writer.write(times(0n), [large, large]), { kind: "invalidInput" });
  await assert.rejects(writer.write(times(5n), [new Float64Array(3), large]), { name: "TypeError", message: /BigInt64Array/ });
  await writer.closeInterval();
  assert.equal(writer.rows, 3);
  await writer.write(times(10n), [large, large]);
  assert.equal(await writer.finish(), 6);
  await assert.rejects(writer.finish(), { name: "TypeError" });
  const table = await node.dataRead({ stream: made }).toTable();
  assert.deepEqual([...table.copy("time")], [...times(0n), ...times(10n)]);
  assert.deepEqual([...table.copy("sum")], [...large, ...large]);
  const intervals = await node.dataIntervals(made);
  assert.deepEqual(intervals.map(({ startNs }) => startNs), [from, from + 10n * SECOND]);
  assert.equal(await node.dataConsolidate(made, 20n * SECOND), 1);
  await node.dataStreamUpdate({ ...made, description: "by the test", keepNs: 3_153_600_000n * SECOND });
  const changed = await node.dataStreamGet(made);
  assert.deepEqual([changed.description, changed.keepNs, changed.elements.length], ["by the test", 3_153_600_000n * SECOND, 2]);
  await node.dataDelete(made, { endTime: from + 5n * SECOND });
  assert.equal((await node.dataRead({ stream: made }).toTable()).rows, 3);
  await node.dataStreamMove(made, "/made by test/below");
  assert.equal((await node.dataStreamGet("/made by test/below/written")).id, made.id);
  await node.dataStreamDelete(made);
  await node.folderDelete("/made by test", true);
  await assert.rejects(node.folderGet("/made by test"), { name: "StreamscopeError" });
});

test("annotations", async () => {
  const stream = "/site A/mains/power";
  const startNs = 1_700_000_000n * SECOND;
  const made = await node.annotationCreate({ title: "here", startNs, endNs: startNs + SECOND }, stream);
  assert.deepEqual([made.title, made.startNs, made.endNs], ["here", startNs, startNs + SECOND]);
  const changed = await node.annotationUpdate({ ...made, content: "more" });
  assert.equal(changed.content, "more");
  const found = await node.annotationGet(stream, { startTime: startNs, endTime: startNs + SECOND });
  assert.deepEqual(found.map(({ id }) => id), [made.id]);
  assert.ok((await node.annotationInfo(stream)).count >= 1);
  await assert.rejects(node.annotationGet(stream, { start: startNs }), { name: "TypeError", message: /^range has no option `start`: there are startTime, endTime/ });
  await node.annotationDelete(made.id);
  assert.deepEqual(await node.annotationGet(stream, { startTime: startNs, endTime: startNs + SECOND }), []);
});

test("events", async () => {
  const fields = { kind: 'category:["a","b"]', size: "numeric" };
  const stream = await node.eventStreamCreate({ name: "noted", eventFields: fields }, "/events by test");
  assert.deepEqual(stream.eventFields, fields);
  const at = (second) => ({ startNs: (1_700_000_000n + second) * SECOND, endNs: (1_700_000_001n + second) * SECOND });
  const events = Array.from({ length: 20 }, (_, place) => ({ ...at(BigInt(place)), content: { kind: place % 2 ? "a" : "b", size: place, someKey: 1 } }));
  const written = await node.eventStreamWrite(stream, events);
  assert.deepEqual(written.map(({ startNs, endNs, content }) => ({ startNs, endNs, content })), events);
  const pages = [];
  for await (const page of node.eventStreamRead(stream)) pages.push(...page);
  assert.deepEqual(pages, written);
  const filter = [[["kind", "is", "a"], ["size", "gt", 10]]];
  assert.equal(await node.eventStreamCount(stream, { filter }), 5);
  assert.equal((await node.eventStreamReadList(stream, 3, { filter })).length, 3);
  assert.throws(() => node.eventStreamRead(stream, { filter: [[["kind", "has", "a"]]] }), { name: "TypeError", message: /`has`/ });
  assert.equal((await node.eventStreamOverview(stream, 100)).events.length, 20);
  assert.equal((await node.eventStreamOverview(stream, 5)).histogram.count, 20);
  assert.equal((await node.eventStreamHistogram(stream)).count, 20);
  const [one] = await node.eventStreamRewrite(stream, [{ ...written[0], content: { kind: "a" } }]);
  assert.deepEqual([one.id, one.content], [written[0].id, { kind: "a" }]);
  await node.eventStreamRemove(stream, { startTime: events[10].endNs });
  assert.ok((await node.eventStreamCount(stream)) < 12);
  await node.eventStreamUpdate({ ...stream, name: "renamed" });
  assert.equal((await node.eventStreamGet("/events by test/renamed")).id, stream.id);
  assert.equal(typeof (await node.eventStreamInfo(stream)).eventCount, "number");
  await node.eventStreamDelete(stream);
  await node.folderDelete("/events by test");
});

test("the rest of a node", async () => {
  assert.ok(Array.isArray(await node.moduleList(true)));
  assert.ok(Array.isArray(await node.proxyList()));
  assert.ok((await node.masterList()).length > 0);
  assert.ok(Array.isArray(await node.followerList()));
  assert.equal(typeof (await node.databaseInfo()).path, "string");
  assert.equal(typeof (await node.dbConnectionInfo()).port, "number");
  await assert.rejects(node.masterDelete("NOBODY", "x"), { name: "TypeError", message: /^kind: is none of/ });
});

test("live rows, until the loop is left, and an abort", async () => {
  const made = await node.dataStreamCreate({ name: "live", datatype: "float64", elements: [{ name: "x" }] }, "/live by test");
  const from = 1_700_000_000n * SECOND;
  const writer = await node.dataWrite(made);
  await writer.write(BigInt64Array.of(from, from + SECOND), [Float64Array.of(1, 2)]);
  await writer.finish();
  const seen = [];
  for await (const frame of node.dataSubscribe(made, { startTime: from })) {
    seen.push(...frame.copy("x"));
    if (seen.length === 2) {
      const more = await node.dataWrite(made);
      await more.write(BigInt64Array.of(from + 2n * SECOND), [Float64Array.of(3)]);
      await more.finish();
    }
    if (seen.length >= 3) break;
  }
  assert.deepEqual(seen, [1, 2, 3]);
  const waiting = node.dataSubscribe(made, {}, { signal: AbortSignal.timeout(200) });
  await assert.rejects(waiting.next(), { name: "TimeoutError" });
  await node.folderDelete("/live by test");
});

test("the README's example runs as it stands there", () => {
  const readme = readFileSync(join(root, "dist/npm/README.md"), "utf8");
  const written = readme.match(/```js\n(import \{[^\n]*Joule[\s\S]*?)```/)[1];
  const example = written.replaceAll("http://127.0.0.1:8787", sandbox.url.replace(/\/$/, ""));
  const said = run("node", ["--input-type=module", "-e", example.replace('"streamscope"', JSON.stringify(pathToFileURL(join(root, "dist/npm/node.js")).href))], root);
  assert.match(said, /[1-9]\d* rows/);
});
