// What calls give and what they refuse, in Node against the sandbox.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format, inspect } from "node:util";

import { startSandbox } from "../browser/support.mjs";
import { root, run } from "./support.mjs";

const { CsvParser, Frame, ItemSet, Rune, StreamscopeError, init, initialize, parseCsv, rune, tableOf } = await import(
  pathToFileURL(join(root, "dist/npm/node.js")).href
);

const DIMENSIONS = [{ id: "time", dataType: "timestamp" }, { id: "probability", dataType: "sfloat" }];

let sandbox, session, stream, config;

before(async () => {
  sandbox = await startSandbox("--page-rows", 5000);
  stream = await sandbox.stream("tremor probability");
  const url = sandbox.url;
  config = { graphUrl: url, streamUrl: url, striveUrl: url, accessTokenId: "demo", accessTokenSecret: "demo-secret" };
});
after(() => sandbox?.stop());

test("before init every call says that init is missing", () => {
  const calls = [() => new Rune({}), () => rune(), () => initialize({}), () => new CsvParser(), () => parseCsv(new Uint8Array()), () => tableOf([])];
  for (const call of calls) assert.throws(call, /before init\(\): call `await init\(\)` once, first/);
});

test("init may be called any number of times", async () => {
  await Promise.all([init(), init(), init()]);
  assert.equal(await init(), undefined);
  session = new Rune(config);
});

test("a default session", async () => {
  assert.throws(() => rune(), /call initialize/);
  initialize(config);
  assert.equal((await rune().currentUser()).email, "demo@example.org");
});

test("sessions side by side keep their credentials", async () => {
  const other = new Rune({ ...config, accessTokenSecret: "wrong" });
  await assert.rejects(other.currentUser(), { name: "StreamscopeError", kind: "unauthorized", status: 401, platform: "rune" });
  assert.equal((await session.currentUser()).email, "demo@example.org");
});

test("the official client's configuration file", async () => {
  const text = `graph_url: ${sandbox.url}\naccess_token_id: demo\naccess_token_secret: demo-secret\n`;
  assert.equal((await Rune.fromYaml(text).currentUser()).email, "demo@example.org");
  assert.throws(() => Rune.fromYaml("- a list"), { name: "StreamscopeError", kind: "configuration" });
});

test("errors hold what happened and no secret", async () => {
  const other = new Rune({ ...config, accessTokenSecret: "not-the-secret" });
  const error = await other.data({ streamId: stream.id, dimensions: [] }).next().catch((error) => error);
  assert.ok(error instanceof StreamscopeError && error instanceof Error);
  assert.equal(error.status, 401);
  assert.match(error.request, /^GET http/);
  assert.ok(error.serverMessage.length > 0);
  assert.doesNotMatch(JSON.stringify(error) + error.stack, /not-the-secret/);
});

test("errors can be written down, sent and shown wherever loggers touch them", async () => {
  const body = ["time,probability,measurement_duration_ns", "1709280000000000000,0.5,0", "oops"];
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/csv" }).end(body.join("\n")));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const here = new Rune({ ...config, streamUrl: `http://127.0.0.1:${server.address().port}` });
    const read = here.data({ streamId: "x", dimensions: DIMENSIONS });
    const error = await read.toTable().catch((error) => error);
    assert.equal(error.kind, "body");
    assert.equal(error.coveredTo, 1709280000000000000n);
    const written = JSON.parse(JSON.stringify({ level: "error", error }));
    assert.equal(written.error.coveredTo, "1709280000000000000");
    for (const name of ["name", "message", "kind", "platform", "status", "request", "rows", "record", "line", "byte", "column"]) {
      assert.equal(written.error[name], error[name], name);
    }
    assert.match(inspect(error), /StreamscopeError: [\s\S]*coveredTo: 1709280000000000000n/);
    assert.match(format("%o %j %s", error, error, error), /1709280000000000000/);
    assert.equal(structuredClone(error).message, error.message);
    assert.deepEqual(structuredClone(error.toJSON()), error.toJSON());
    assert.equal((await read.toTable()).rows, 1, "the rows before the error can still be had");
  } finally {
    server.close();
  }
});

test("a server that does not answer is said to be so, without talk of pages", async () => {
  const nobody = new Rune({ ...config, graphUrl: "http://127.0.0.1:9" });
  await assert.rejects(nobody.currentUser(), { kind: "network", message: /^No answer: the server did not answer/ });
});

test("refusals say what is wanted, and never what was given", () => {
  const refused = [
    [() => new Rune({ accessTokenId: 5 }), /^the configuration, option `accessTokenId`: is not a string\.$/],
    [() => new Rune({ accessTokenSecret: ["hush-hush"] }), /^the configuration, option `accessTokenSecret`: is not a string\.$/],
    [() => new Rune("hush-hush"), /^the configuration must be an object of options\.$/],
    [() => new Rune({ customAuthHeaders: { a: { secret: "hush-hush" } } }), /^the configuration, option `customAuthHeaders`: is not a string\.$/],
    [() => session.data({ streamId: "x", limit: -1 }), /^the query, option `limit`: is not an integer from 0 to 4294967295\.$/],
    [() => session.data({ streamId: "x", limit: 2 ** 32 }), /option `limit`: is not an integer from 0 to 4294967295/],
    [() => session.data({ streamId: "x", startTimeNs: 2n ** 63n }), /option `startTimeNs`: is not an integer of 64 bits/],
    [() => session.data({ streamId: "x", translateEnums: "yes" }), /option `translateEnums`: is not true or false/],
    [() => session.data({ streamId: "x", dimensions: "time" }), /option `dimensions`/],
  ];
  for (const [call, message] of refused) {
    assert.throws(call, (error) => error instanceof TypeError && message.test(error.message) && !error.message.includes("hush"), String(message));
  }
});

test("misspelt and impossible options are refused by name", () => {
  const refused = [
    [() => new Rune({ acessTokenId: "x" }), /no option `acessTokenId`: did you mean `accessTokenId`\?/],
    [() => new Rune({ graphUrl: 5 }), /option `graphUrl`/],
    [() => new Rune({ ...config, authMethod: "magic" }), /option `authMethod`: unknown variant `magic`, expected one of `access_token`/],
    [() => session.data({ streamid: "x" }), /did you mean `streamId`\?/],
    [() => session.data({ zebra: "x" }), /there are streamId, dimensions, startTime/],
    [() => session.data({}), /there is no option `streamId`/],
    [() => session.data({ streamId: "x", startTime: "now" }), /option `startTime`: is not a time/],
    [() => session.data({ streamId: "x" }, { signal: {} }), /`signal`: is not an AbortSignal/],
    [() => session.data({ streamId: "x" }, { onprogress() {} }), /did you mean `onProgress`\?/],
  ];
  for (const [call, message] of refused) assert.throws(call, { name: "TypeError", message });
});

test("contradictions are refused before anything is sent, in the spelling of the options", () => {
  const both = { streamId: "x", startTime: 5, startTimeNs: 3n };
  assert.throws(() => session.data(both), { kind: "invalidInput", message: /^startTime and startTimeNs must not be given together/ });
  assert.throws(() => new Rune({ ...config, jwt: "abcd" }), { kind: "configuration", message: /Set authMethod to/ });
});

test("arguments of the wrong type reject", async () => {
  await assert.rejects(session.patient(5), { name: "TypeError", message: "patientId must be a string." });
  await assert.rejects(session.streamsByIds("x"), { name: "TypeError" });
  await assert.rejects(session.patient("nobody"), { name: "StreamscopeError" });
});

test("results are plain objects with the documented names", async () => {
  const [org] = await session.orgs();
  assert.deepEqual(Object.keys(org).sort(), ["createdAt", "id", "name", "tags"]);
  assert.deepEqual(await session.org(org.id), org);
  const patients = await session.patients();
  const patient = patients.find(({ devices }) => devices.length > 1);
  assert.deepEqual(await session.patient(patient.id), patient);
  assert.deepEqual(await session.device(patient.id, patient.devices[0].id), patient.devices[0]);
  const streams = await session.patientStreams(stream.subject_id, { measurement: "tremor" });
  assert.ok(streams.length > 0 && streams.every(({ parameters }) => parameters.measurement === "tremor"));
  const [same] = await session.streamsByIds([streams[0].id]);
  assert.deepEqual(same, streams[0]);
  assert.equal(typeof same.streamType.dimensions[0].dataType, "string");
  assert.ok((await session.streamTypes()).length > 5);
});

test("what calls give becomes a table", async () => {
  const streams = await session.patientStreams(stream.subject_id);
  const table = tableOf(streams);
  assert.equal(table.rows, streams.length);
  assert.deepEqual([...table.names].sort(), Object.keys(streams[0]).sort());
  const [places, algorithms] = [table.copy("algorithm"), table.dictionary("algorithm")];
  assert.deepEqual([...places].map((place) => algorithms[place]), streams.map(({ algorithm }) => algorithm));
  assert.deepEqual(table.strings("streamType").map((text) => JSON.parse(text)), streams.map(({ streamType }) => streamType));
  assert.throws(() => tableOf("patients"), { name: "TypeError", message: /array of objects/ });
  assert.throws(() => tableOf([5]));
});

test("sets hold one kind", async () => {
  const patients = await session.patients();
  const set = new ItemSet(patients);
  assert.equal(set.kind, "patient");
  assert.deepEqual([set.size, set.ids(), set.toList()], [patients.length, patients.map(({ id }) => id), patients]);
  assert.equal(set.add(await session.patient(patients[0].id)).size, patients.length, "each once");
  const [device] = await session.devices();
  assert.throws(() => set.add(device), { name: "TypeError", message: 'a set of the kind "patient" takes no "device".' });
  assert.throws(() => set.update([patients[0], device]), TypeError);
  assert.throws(() => set.add({ ...patients[0] }), { name: "TypeError", message: /as they gave it/ });
  const [first, second] = patients;
  assert.equal(set.remove(first.id)?.id, first.id);
  assert.equal(set.get(first.id), undefined);
  assert.equal(set.remove(second), second);
  const some = new ItemSet(patients).filter(({ id }) => id === second.id);
  assert.deepEqual([some.ids(), [...some], some.kind], [[second.id], [second], "patient"]);
  const table = new ItemSet(await session.devices()).toTable();
  assert.equal(table.rows, (await session.devices()).length);
  assert.equal(new ItemSet(await session.devices()).get(device.id).id, device.id);
});

test("misspelt names within an option are refused as well", async () => {
  const query = { startTime: 0, endTime: 1, includeFilters: [{ namespace: "patient", category: "activity", enumm: "x" }] };
  await assert.rejects(session.patientEvents("x", query), {
    name: "TypeError", message: "the query, option `includeFilters`: it has no option `enumm`: did you mean `enum`?",
  });
  await assert.rejects(session.availability({ streamId: 5, startTime: 0, endTime: 1, resolution: 300 }), {
    name: "TypeError", message: "the query, option `streamId`: is neither a string nor an array of strings.",
  });
});

test("events keep what people entered", async () => {
  const [{ id }] = await session.patients();
  const events = await session.patientEvents(id, { startTime: new Date("2024-02-24"), endTime: new Date("2024-03-24") });
  assert.ok(events.length > 0);
  const medication = await session.patientMedicationEvents(id, { startTime: 1708732800, endTime: 1711238400 });
  assert.deepEqual(medication, events.filter(({ classification }) => classification.category === "medication"));
  assert.equal(typeof medication[0].payload, "object");
  const nights = await session.sleepMetrics(id, { startDate: "2024-03-01", endDate: "2024-03-03" });
  assert.ok(nights.every((night) => typeof night.sleep_start_time === "number"));
});

test("times come in as seconds, dates and nanoseconds alike", async () => {
  const start = 1709280000;
  const rows = async (startTime, endTime) => {
    const table = await session.data({ streamId: stream.id, startTime, endTime }).toTable();
    return [...table.copy("time")];
  };
  const day = await rows(start, start + 86_400);
  assert.ok(day.length > 100 && day[0] >= BigInt(start) * 1_000_000_000n);
  assert.deepEqual(await rows(new Date(start * 1e3), new Date((start + 86_400) * 1e3)), day);
  assert.deepEqual(await rows(BigInt(start) * 1_000_000_000n, BigInt(start + 86_400) * 1_000_000_000n), day);
});

test("every Date arrives as its own millisecond, to the nanosecond", async () => {
  const ends = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    ends.push(searchParams.get("start_time_ns"));
    response.writeHead(200, { "content-type": "text/csv" }).end("time,probability,measurement_duration_ns\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const here = new Rune({ ...config, streamUrl: `http://127.0.0.1:${server.address().port}` });
    const dates = [1704067200123, -1, 0, 1, 8.3e11 + 7, -62e9 + 1, ...Array.from({ length: 40 }, (_, place) => 1.6e12 + place * 7_919_131)];
    for (const ms of dates) {
      await here.data({ streamId: "x", dimensions: DIMENSIONS, startTime: new Date(ms) }).toTable();
    }
    assert.deepEqual(ends, dates.map((ms) => String(BigInt(ms) * 1_000_000n)));
  } finally {
    server.close();
  }
  for (const startTime of [new Date(8.64e15), new Date(NaN), NaN, Infinity, 2n ** 63n]) {
    assert.throws(() => session.data({ streamId: "x", startTime }), { name: "TypeError", message: /option `startTime`: is (beyond|not a time)/ });
  }
});

test("the last nanosecond there is can be an end, whatever form times have on the wire", async () => {
  const all = (await session.data({ streamId: stream.id, limit: 50 }).toTable()).rows;
  for (const timestamp of ["iso", "unix", "unixns"]) {
    const table = await session.data({ streamId: stream.id, timestamp, limit: 50, startTimeNs: -(2n ** 63n), endTimeNs: 2n ** 63n - 1n }).toTable();
    assert.equal(table.rows, all, timestamp);
  }
});

test("aggregates", async () => {
  const [start, end] = [1709251200, 1709251200 + 2 * 86_400];
  const query = { streamId: stream.id, startTime: start, endTime: end, resolution: 3600 };
  const { time, availability } = await session.availability(query);
  assert.equal(time.length, 48);
  assert.ok(time.every((second) => second % 3600 === 0) && availability.includes(true));
  const windows = await session.aggregateWindow({ ...query, aggregateFunction: "mean" });
  assert.deepEqual(windows.time, time);
  assert.deepEqual(windows.aggregateValues.map((value) => value !== null), availability);
  const day = await session.dailyAggregate({ streamId: stream.id, startTime: start, resolution: 3600, nDays: 2 });
  assert.deepEqual([day.offset.length, day.offset[1], day.summary.nDaysWithDataTotal], [24, "01:00", 2]);
  await assert.rejects(session.availability({ ...query, streamId: [stream.id, "x"] }), { message: /^batchOperation is required/ });
  const table = await session.availabilityTable(query);
  assert.deepEqual([...table.seconds("time")], time);
});

test("progress, and frames that can be left early", async () => {
  const told = [];
  let rows = 0;
  for await (const frame of session.data({ streamId: stream.id }, { onProgress: (progress) => told.push(progress) })) {
    assert.ok(frame instanceof Frame);
    rows += frame.rows;
    frame.free();
  }
  assert.equal(told.at(-1).rows, rows);
  assert.equal(typeof told.at(-1).coveredTo, "bigint");
  const read = session.data({ streamId: stream.id });
  for await (const frame of read) {
    frame.free();
    break;
  }
  assert.equal(await read.next(), undefined);
});

test("what onProgress throws ends the read, after the frame it was told of", async () => {
  const whole = await session.data({ streamId: stream.id }).toTable();
  const reason = new Error("enough");
  const onProgress = ({ rows }) => {
    if (rows > 6000) throw reason;
  };
  const seen = [];
  const read = session.data({ streamId: stream.id }, { onProgress });
  await assert.rejects(async () => {
    for await (const frame of read) seen.push(...frame.copy("time"));
  }, (error) => error === reason);
  assert.ok(seen.length > 6000 && seen.length < whole.rows);
  assert.deepEqual(seen, [...whole.copy("time").subarray(0, seen.length)]);
  assert.equal(read.progress.rows, seen.length);
  assert.equal(await read.next(), undefined, "it is over");
  const again = session.data({ streamId: stream.id }, { onProgress });
  await assert.rejects(again.toTable(), (error) => error === reason);
  assert.deepEqual([...(await again.toTable()).copy("time")], seen, "the rows before the error can still be had");
});

test("an abort ends in the signal's reason, before and while rows come", async () => {
  for (const call of [(signal) => session.patients({ signal }), (signal) => session.data({ streamId: stream.id }, { signal }).toTable()]) {
    await assert.rejects(call(AbortSignal.abort()), (error) => error instanceof DOMException && error.name === "AbortError");
    const abort = new AbortController();
    const ended = assert.rejects(call(abort.signal), { name: "AbortError" });
    abort.abort();
    await ended;
  }
  const slow = await startSandbox("--latency", 2000);
  try {
    const begun = Date.now();
    const waiting = new Rune({ ...config, graphUrl: slow.url }).patients({ signal: AbortSignal.timeout(100) });
    await assert.rejects(waiting, { name: "TimeoutError" });
    assert.ok(Date.now() - begun < 1500, "it did not wait for the server");
  } finally {
    await slow.stop();
  }
});

test("several streams as one table, and pages as text", async () => {
  const patient = (await session.streamsByIds([stream.id]))[0].patientId;
  const streams = await session.patientStreams(patient, { category: "symptom" });
  const ids = streams.slice(0, 2).map(({ id }) => id);
  const table = await session.streamsTable(ids, { limit: 10 }).toTable();
  assert.equal(table.rows, 20);
  assert.deepEqual(table.dictionary("stream_id"), ids);
  assert.deepEqual([...table.copy("stream_id")], [...Array(10).fill(0), ...Array(10).fill(1)]);
  let text = 0;
  for await (const page of session.dataPages({ streamId: stream.id, limit: 7000, timestamp: "iso" })) {
    text += page.trim().split("\n").length - 1;
  }
  assert.equal(text, 7000);
  const pages = session.streamPages(`/v2/streams/${stream.id}`, { limit: "3", format: "json" });
  assert.equal(JSON.parse(await pages.next()).cardinality, 3);
  assert.equal(await pages.next(), undefined);
});

test("the V1 Stream API", async () => {
  const patient = (await session.streamsByIds([stream.id]))[0].patientId;
  const v1 = session.v1("probability_symptom", { patient_id: patient, start_time: 1709280000, end_time: 1709366400 });
  let rows = 0;
  for await (const frame of v1.rows()) {
    rows += frame.rows;
    frame.free();
  }
  let points = 0;
  for await (const page of v1.points()) {
    points += page.length;
    assert.equal(typeof page[0].time, "number");
  }
  assert.ok(rows > 100, `${rows} rows`);
  assert.equal(points, rows);
  for await (const page of v1.csv()) assert.match(page, /^time,/);
  for await (const page of v1.json()) assert.equal(typeof page, "object");
  assert.throws(() => session.v1("acel"), { name: "TypeError", message: /there are accel, / });
  assert.throws(() => session.v1("span").csv(), { kind: "invalidInput" });
});

test("memory can be given back by hand and by `using`", () => {
  const frame = parseCsv(new TextEncoder().encode("time,x\n1709280000,2\n"));
  assert.deepEqual([...frame.view("x")], [2n]);
  if (Symbol.dispose) assert.equal(frame[Symbol.dispose], frame.free);
  frame.free();
  assert.throws(() => frame.rows);
});

test("values have nulls, and lines break where there is nothing to draw", () => {
  const rows = ["time,x,n,flag,place,note"];
  for (let second = 0; second < 100; second += 1) {
    // Twenty nulls, one NaN, and forty seconds without rows.
    if (second >= 50 && second < 90) continue;
    const x = second >= 10 && second < 30 ? "" : second === 40 ? "NaN" : String(second / 4);
    rows.push(`${1709280000 + second},${x},${second === 3 ? "" : 2 ** 53 + second * 2},${second === 4 ? "" : second % 2 === 0},${second === 5 ? "" : "walk"},${second === 6 ? "" : "{}"}`);
  }
  const frame = parseCsv(new TextEncoder().encode(rows.join("\n") + "\n"), {
    columns: [["time", "time"], ["x", "float"], ["n", "int"], ["flag", "bool"], ["place", "text"], ["note", "json"]].map(([name, type]) => ({ name, type })),
    timeFormat: "unix",
  });
  assert.deepEqual(frame.values("x").slice(8, 12), [2, 2.25, null, null]);
  assert.equal(frame.values("x").filter((value) => value === null).length, 20, "a NaN is no null");
  assert.ok(Number.isNaN(frame.values("x")[40]));
  assert.deepEqual(frame.values("n").slice(2, 5), [9007199254740996n, null, 9007199254741000n]);
  assert.deepEqual(frame.values("flag").slice(3, 6), [false, null, false]);
  assert.deepEqual(frame.values("place").slice(4, 6), ["walk", null]);
  assert.deepEqual(frame.values("note").slice(5, 7), ["{}", null]);
  assert.equal(frame.values("time")[0], 1709280000000000000n);

  const [time, x] = frame.lines("x");
  assert.ok(time instanceof Float64Array);
  assert.deepEqual([time.length, x.length], [frame.rows + 1, frame.rows + 1]);
  const drawn = new Map([...time].map((second, row) => [second - 1709280000, x[row]]));
  for (let second = 0; second < 100; second += 1) {
    const expected = second >= 50 && second < 90 ? undefined : (second >= 10 && second < 30) || second === 40 ? null : second / 4;
    assert.equal(drawn.get(second), expected, `second ${second}`);
  }
  assert.equal(drawn.get(69.5), null, "a row of its own stands in the gap");
  const [, flags, whole] = frame.lines(["flag", 2]);
  assert.deepEqual(flags.slice(3, 6), [0, null, 0]);
  assert.equal(whole[3], null);
  for (const column of ["place", "note", "time", "nothing", 9]) assert.throws(() => frame.lines(column), TypeError);
});

test("errors of parsers say where", () => {
  const columns = [{ name: "time", type: "time" }, { name: "x", type: "float" }];
  const body = new TextEncoder().encode("time,x\n1,1\n2,oops\n");
  assert.throws(() => parseCsv(body, { columns, timeFormat: "unixns" }), {
    name: "StreamscopeError", kind: "body", column: "x", record: 1, line: 3, byte: 13,
  });
});

// These make or patiently tune a session in Rust, where JavaScript has the constructor and signals.
const RUST_ONLY = ["new", "with_auth", "with_policy"];

for (const [platform, file] of [["Rune", "rune"], ["Joule", "joule"]]) {
  test(`every public call of the Rust client has a JavaScript face with a type: ${platform}`, () => {
    const folder = join(root, `crates/client/src/${file}`);
    const sources = [`../${file}.rs`, ...readdirSync(folder, { recursive: true })].filter((file) => file.endsWith(".rs"));
    const calls = sources.flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const blocks = [...text.matchAll(new RegExp(`^impl (?:super::)*${platform} \\{\n([\\s\\S]*?)^\\}`, "gm"))].map(([, block]) => block);
      return blocks.flatMap((block) => [...block.matchAll(/^ {4}pub (?:async )?fn (\w+)/gm)].map(([, name]) => name));
    });
    assert.ok(calls.length > 20, `only ${calls.length} calls found`);
    const types = readFileSync(join(root, "dist/npm/streamscope.d.ts"), "utf8");
    const face = types.match(new RegExp(`^export class ${platform} \\{\n([\\s\\S]*?)^\\}`, "m"))[1];
    const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    const missing = calls.filter((name) => !RUST_ONLY.includes(name) && !new RegExp(`^ {4}${camel(name)}\\(`, "m").test(face));
    assert.deepEqual(missing, []);
  });
}

test("the README's example runs as it stands there", () => {
  const readme = readFileSync(join(root, "dist/npm/README.md"), "utf8");
  const written = readme.match(/```js\n([\s\S]*?)```/)[1];
  assert.ok(readFileSync(join(root, "README.md"), "utf8").includes(written), "the main README shows another example");
  const example = written.replaceAll("http://127.0.0.1:8787", sandbox.url.replace(/\/$/, ""));
  const entry = pathToFileURL(join(root, "dist/npm/node.js")).href;
  const said = run("node", ["--input-type=module", "-e", example.replace('"streamscope"', JSON.stringify(entry))], root);
  assert.match(said, /\d+ rows/);
});
