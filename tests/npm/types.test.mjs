// The types as a strict TypeScript program meets them.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { join } from "node:path";

import { modules, project, run } from "./support.mjs";

const GOOD = `
import { init, ItemSet, Joule, Rune, StreamscopeError, type JouleEvent, type Patient, type ErrorKind, type StreamMetadata } from "streamscope";

await init();
const rune = new Rune({ accessTokenId: "a", accessTokenSecret: "b", authMethod: "access_token" });
const signal = AbortSignal.timeout(1000);
const streams: StreamMetadata[] = await rune.patientStreams("p", { measurement: "tremor" }, { signal });
const began: number | null = streams[0]!.minTime;
const unit: string = streams[0]!.streamType.dimensions[0]!.unitAbbrev;
let rows = 0;
for await (const frame of rune.data({ streamId: "s", startTime: new Date(), endTime: 5n }, { signal, onProgress: (p) => { const to: bigint | null = p.coveredTo; } })) {
  rows += frame.rows;
  const bytes: Uint8Array = frame.toArrowIPC();
  const text: string = frame.toCSV({ timestamp: "iso" });
  frame.free();
}
{
  using table = await rune.data({ streamId: "s" }).toTable();
  const seconds: Float64Array | undefined = table.seconds("time");
}
const means: (number | null)[] = (await rune.aggregateWindow({ streamId: "s", startTime: 0, endTime: 1, resolution: 60, aggregateFunction: "mean" })).aggregateValues;
const patients: ItemSet<Patient> = new ItemSet(await rune.patients());
const names: string[] = patients.filter(({ devices }) => devices.length > 1).toList().map(({ name }) => name);
const node = new Joule({ url: "http://localhost", apiKey: "k" });
const stream = await node.dataStreamCreate({ name: "n", datatype: "int16", elements: [{ name: "e", units: "V" }] }, "/f", { signal });
await node.dataStreamUpdate({ ...stream, keepNs: 5n });
const keep: bigint | null = (await node.dataStreamGet(stream)).keepNs;
const times: bigint[] = (await node.folderRoot()).children.flatMap(({ dataStreams }) => dataStreams.map(({ id }) => BigInt(id)));
const noted: JouleEvent[] = await node.eventStreamWrite(stream, [{ startNs: 1n, endNs: 2n, content: { a: 1 } }]);
const writer = await node.dataWrite(5);
await writer.write(BigInt64Array.of(1n), [Int16Array.of(1)]);
const rowsThere: number = await writer.finish();
for await (const frame of node.dataRead({ stream: "/a", maxRows: 5 }, { signal })) { const gap: boolean | undefined = frame.beginsInterval; }
const drawn: [Float64Array, ...(number | null)[][]] = (await node.dataRead({ stream: 5 }).toTable()).lines(["a", "b"]);
const plain: (number | bigint | string | boolean | null)[] = (await rune.data({ streamId: "s" }).toTable()).values("a");
for await (const page of node.eventStreamRead("/e", { filter: [[["kind", "is", "a"]]] })) { const first: bigint = page[0]!.startNs; }
try {
  await rune.currentUser();
} catch (error) {
  if (error instanceof StreamscopeError) {
    const kind: ErrorKind = error.kind;
    const at: number | null = error.line;
    const log: string = JSON.stringify(error.toJSON());
  }
}
`;

/** The same of an entry of its own. */
const GARMENT = `
import { init, Hexoskin, type HexoskinObject, type HexoskinTokens, type HexoskinDatatype } from "streamscope/hexoskin";
await init();
const api = new Hexoskin({ key: "k", secret: "s", auth: "u:p" });
const list = await api.resource("record").list({ start__lt: 5n, user: [1, 2], status: "complete" });
const record: HexoskinObject = list.objects[0]!;
const total: number | null = list.meta.totalCount;
for await (const one of api.resource("range").all({ user: record })) { const uri: string = one.resourceUri; }
const range = await api.resource("range").create({ name: "walk", start: 1, end: 2, user: record });
range.set("name", "x"); await range.update({ note: "y" }); await range.delete();
const thinned: number = (await api.dataFlat({ record: 7, datatype: 19 })).oneIn;
const table = await api.samples({ of: record, datatype: 4113, startTime: new Date(), way: "binary" }).toTable();
const { url, pending } = api.oauth2GetRequestTokenUrl("https://p", { grantType: "implicit", scope: "readwrite" });
const tokens: HexoskinTokens = await api.oauth2GetAccessToken(url, pending);
api.setAuth(tokens); api.setAuth(null);
for await (const file of api.dataBinary({ record: 7 })) if ("counts" in file) { const c: Int32Array = file.counts; } else { const t: Float64Array = file.ticks; }
const types: HexoskinDatatype[] = await api.datatypes();
const filters = (await api.resource("range").schema()).filtering;
const edf: Uint8Array = await api.dataDownload({ record: 7 }, "edf");
`;

/** Each must be refused, and for the reason given. */
const BAD = {
  "a misspelt option": ["rune.data({ streamid: \"s\" });", /streamid/],
  "a misspelt call option": ["rune.data({ streamId: \"s\" }, { onprogress() {} });", /onprogress/],
  "a missing option": ["rune.dailyAggregate({ streamId: \"s\", startTime: 0, resolution: 60 });", /nDays/],
  "a wrong enum": ["rune.aggregateWindow({ streamId: \"s\", startTime: 0, endTime: 1, resolution: 60, aggregateFunction: \"median\" });", /"median"/],
  "a wrong literal": ["rune.data({ streamId: \"s\", format: \"xml\" });", /"xml"/],
  "a time as text": ["rune.data({ streamId: \"s\", startTime: \"now\" });", /startTime|Time/],
  "a missing await": ["rune.currentUser().email;", /email/],
  "a frame without a loop": ["rune.data({ streamId: \"s\" }).rows;", /rows/],
  "another kind in a set": ["import { ItemSet } from \"streamscope\"; new ItemSet(await rune.patients()).update(await rune.devices());", /Device|Patient/],
  "an unknown test in a filter": ["import { Joule } from \"streamscope\"; declare const node: Joule; node.eventStreamCount(1, { filter: [[[\"a\", \"has\", \"b\"]]] });", /has/],
  "an option of a garment's read": ["import { Hexoskin } from \"streamscope\"; declare const api: Hexoskin; api.samples({ of: 7, datatyp: 5 });", /datatyp/],
  "a kind that does not exist": ["declare const e: import(\"streamscope\").StreamscopeError; e.kind === \"oops\";", /oops|overlap/],
  "a constructor that is not public": ["import { Frame } from \"streamscope\"; new Frame();", /private/],
};

const OPTIONS = JSON.stringify({
  compilerOptions: {
    strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true,
    module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [],
  },
  include: ["*.ts"],
});

const projects = [];
after(() => projects.forEach((one) => one.remove()));

function compile(files) {
  const made = project("types", { "tsconfig.json": OPTIONS, ...files });
  projects.push(made);
  try {
    return run("node", [join(modules, "typescript/bin/tsc"), "--pretty", "false"], made.folder);
  } catch (error) {
    return error.message;
  }
}

test("a good program compiles, the declarations themselves included", () => {
  assert.equal(compile({ "good.ts": GOOD, "garment.ts": GARMENT }), "");
});

test("mistakes are refused, each where it stands", () => {
  const head = 'import { Rune } from "streamscope"; declare const rune: Rune;\n';
  const files = Object.entries(BAD).map(([, [code]], place) => [`bad${place}.ts`, head + code]);
  const said = compile(Object.fromEntries(files));
  Object.entries(BAD).forEach(([what, [, reason]], place) => {
    const lines = said.split("\n").filter((line) => line.startsWith(`bad${place}.ts(2,`));
    assert.ok(lines.some((line) => reason.test(line)), `${what} was not refused:\n${said}`);
  });
});
