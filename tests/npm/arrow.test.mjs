// Arrow as written by the package, read by others: every value and every nanosecond.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";

import { Table as ArrowTable, tableFromIPC } from "apache-arrow";
import * as flechette from "@uwdata/flechette";

import { startSandbox } from "../browser/support.mjs";
import { root, run } from "./support.mjs";

const { Rune, init, parseCsv } = await import(pathToFileURL(join(root, "dist/npm/node.js")).href);

const BODY = `time,x,n,flag,place,note
1648412619.258941701,0.5,9007199254740993,true,walk,"{""a"": 1}"
1648412620,,,,,
1648412621.5,-1e-7,-1,false,rest,{}
`;
const TIMES = [1648412619258941701n, 1648412620000000000n, 1648412621500000000n];

let sandbox, table;

before(async () => {
  await init();
  sandbox = await startSandbox("--page-rows", 5000);
});
after(() => sandbox?.stop());

const small = () => parseCsv(new TextEncoder().encode(BODY));

/** A stream of many pages whose text column has another dictionary in each. */
async function paged() {
  const url = sandbox.url;
  const rune = new Rune({ graphUrl: url, streamUrl: url, accessTokenId: "demo", accessTokenSecret: "demo-secret" });
  const [tremor, sleep] = await Promise.all(["tremor probability", "sleep stages"].map((name) => sandbox.stream(name)));
  table ??= await rune.streamsTable([sleep.id, tremor.id]).toTable();
  return table;
}

test("apache-arrow", async () => {
  const read = tableFromIPC(small().toArrowIPC());
  assert.deepEqual([...read.getChild("time").data[0].values], TIMES);
  assert.deepEqual(read.getChild("x").toJSON(), [0.5, null, -1e-7]);
  assert.deepEqual(read.getChild("n").toJSON(), [9007199254740993n, null, -1n]);
  assert.deepEqual(read.getChild("flag").toJSON(), [true, null, false]);
  assert.deepEqual(read.getChild("place").toJSON(), ["walk", null, "rest"]);
  assert.deepEqual(read.getChild("note").toJSON(), ['{"a": 1}', null, "{}"]);
  assert.equal(String(read.schema.fields[0].type), "Timestamp<NANOSECOND, UTC>");
});

test("apache-arrow, many frames", async () => {
  const ours = await paged();
  const read = tableFromIPC(ours.toArrowIPC());
  assert.equal(read.numRows, ours.rows);
  const keys = ours.copy("stream_id");
  const texts = ours.dictionary("stream_id");
  assert.deepEqual(read.getChild("stream_id").toJSON(), [...keys].map((key) => texts[key]));
  assert.deepEqual(read.getChild("time").data.flatMap(({ values }) => [...values]), [...ours.copy("time")]);
});

test("flechette", async () => {
  const read = flechette.tableFromIPC(small().toArrowIPC(), { useBigInt: true });
  assert.deepEqual([...read.getChild("time").data[0].values], TIMES);
  assert.deepEqual(read.getChild("x").toArray().length, 3);
  assert.deepEqual([...read.getChild("n")], [9007199254740993n, null, -1n]);
  assert.deepEqual([...read.getChild("place")], ["walk", null, "rest"]);
  const ours = await paged();
  const many = flechette.tableFromIPC(ours.toArrowIPC());
  const texts = ours.dictionary("stream_id");
  assert.deepEqual([...many.getChild("stream_id")], [...ours.copy("stream_id")].map((key) => texts[key]));
});

test("DuckDB-WASM", async () => {
  const require = createRequire(import.meta.url);
  const duckdb = require("@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs");
  const dist = dirname(require.resolve("@duckdb/duckdb-wasm"));
  const bundles = {
    mvp: { mainModule: join(dist, "duckdb-mvp.wasm"), mainWorker: join(dist, "duckdb-node-mvp.worker.cjs") },
    eh: { mainModule: join(dist, "duckdb-eh.wasm"), mainWorker: join(dist, "duckdb-node-eh.worker.cjs") },
  };
  const database = await duckdb.createDuckDB(bundles, new duckdb.VoidLogger(), duckdb.NODE_RUNTIME);
  await database.instantiate();
  database.open({});
  const connection = database.connect();
  try {
    connection.insertArrowFromIPCStream(small().toArrowIPC(), { name: "small", create: true });
    const rows = connection.query("select epoch_ns(time) as ns, x, n, place from small order by time").toArray();
    // DuckDB's times with a zone end at microseconds.
    assert.deepEqual(rows.map(({ ns }) => ns), TIMES.map((time) => time - (time % 1000n)));
    assert.deepEqual(rows.map(({ x }) => x), [0.5, null, -1e-7]);
    assert.deepEqual(rows.map(({ n }) => n), [9007199254740993n, null, -1n]);
    assert.deepEqual(rows.map(({ place }) => place), ["walk", null, "rest"]);
    const ours = await paged();
    connection.insertArrowFromIPCStream(ours.toArrowIPC(), { name: "paged", create: true });
    const [{ rows: count, streams }] = connection
      .query("select count(*)::int as rows, count(distinct stream_id)::int as streams from paged").toArray();
    assert.deepEqual([count, streams], [ours.rows, 2]);
  } finally {
    connection.close();
  }
});

test("pyarrow", async () => {
  const python = process.env.STREAMSCOPE_PYTHON;
  assert.ok(python, "STREAMSCOPE_PYTHON is not set: run these tests through `cargo xtask test`");
  const folder = mkdtempSync(join(tmpdir(), "streamscope-arrow-"));
  try {
    writeFileSync(join(folder, "small.arrows"), small().toArrowIPC());
    writeFileSync(join(folder, "paged.arrows"), (await paged()).toArrowIPC());
    const script = `
import json, pyarrow as pa
def read(name): return pa.ipc.open_stream(open(name, "rb")).read_all()
small, paged = read("small.arrows"), read("paged.arrows")
print(json.dumps({
  "time": [str(value) for value in small["time"].cast(pa.int64()).to_pylist()], "type": str(small["time"].type),
  "x": small["x"].to_pylist(), "n": [None if n is None else str(n) for n in small["n"].to_pylist()],
  "flag": small["flag"].to_pylist(), "place": small["place"].to_pylist(), "note": small["note"].to_pylist(),
  "rows": paged.num_rows, "streams": sorted(set(paged["stream_id"].to_pylist())),
}))`;
    const read = JSON.parse(run(python, ["-c", script], folder));
    const ours = await paged();
    assert.deepEqual(read, {
      time: TIMES.map(String), type: "timestamp[ns, tz=UTC]", x: [0.5, null, -1e-7], n: ["9007199254740993", null, "-1"],
      flag: [true, null, false], place: ["walk", null, "rest"], note: ['{"a": 1}', null, "{}"],
      rows: ours.rows, streams: [...ours.dictionary("stream_id")].sort(),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
