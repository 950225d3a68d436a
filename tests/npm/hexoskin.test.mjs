// Every example of Hexoskin's client document in JavaScript, against the sandbox's stand-in, from the package's own entry.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { startSandbox } from "../browser/support.mjs";
import { root } from "./support.mjs";

const { Hexoskin, hexoskinCodeChallenge, init } = await import(pathToFileURL(join(root, "dist/npm/hexoskin/node.js")).href);

const KEY = { key: "demo-hexo", secret: "demo-hexo-secret" };
const LOGIN = "demo@example.org:demo-password";
const BACK = "http://localhost:9/page/";
const RECORD = 99999;
const HOUR = 921_600;

let sandbox, url, api;

before(async () => {
  await init();
  // How fast is tested elsewhere.
  sandbox = await startSandbox("--hexoskin-rate", 0);
  url = `${sandbox.url.replace(/\/$/, "")}/hexoskin`;
  api = new Hexoskin({ url, ...KEY, auth: LOGIN });
});
after(() => sandbox?.stop());

/** An answer of the server, read without the package. */
async function wire(path, accept = "application/json") {
  const headers = { Accept: accept, Authorization: `Basic ${btoa(LOGIN)}` };
  const answer = await fetch(url + path, { headers });
  assert.equal(answer.status, 200, path);
  return accept === "application/json" ? answer.json() : new Uint8Array(await answer.arrayBuffer());
}

/** Says yes on the server's page, and gives where that leads. */
async function allow(address) {
  assert.match(await (await fetch(address)).text(), /<form/);
  const body = new URLSearchParams({ username: "demo@example.org", password: "demo-password", allow: "yes" });
  const answer = await fetch(address, { method: "POST", body, redirect: "manual" });
  assert.equal(answer.status, 302);
  return answer.headers.get("location");
}

async function all(generator) {
  const found = [];
  for await (const one of generator) found.push(one);
  return found;
}

const own = async (connection) => (await connection.resource("account").list()).objects[0].id;

test("auth: of the connection, set later, and for a single call", async () => {
  assert.equal(await own(api), "99");
  const later = new Hexoskin({ url, ...KEY });
  await assert.rejects(own(later), { name: "StreamscopeError", kind: "configuration", platform: "hexoskin" });
  assert.equal(later.auth, null);
  later.setAuth(LOGIN);
  assert.equal(later.auth, LOGIN);
  assert.equal(await own(later), "99");
  // The first colon divides: a password may hold more of them.
  assert.equal(await own(api.withAuth("runner@example.org:demo:password")), "123");
  assert.equal(await own(new Hexoskin({ url, auth: LOGIN })), "99", "plain Basic, without a key");
  const wrong = new Hexoskin({ url, ...KEY, secret: "other", auth: LOGIN });
  await assert.rejects(own(wrong), { kind: "unauthorized", status: 401, serverMessage: /API signature failed/ });
  assert.throws(() => new Hexoskin({ url, secret: "s" }), { kind: "configuration", message: /without key/ });
  assert.throws(() => new Hexoskin({ url, auth: "nobody" }), { name: "TypeError", message: /option `auth`.*user:password/ });
  assert.throws(() => new Hexoskin({ url, serverURL: "x" }), { message: /did you mean `serverUrl`/ });
});

test("OAuth2: authorization code with PKCE, implicit, password; the state is checked", async () => {
  // RFC 7636, appendix B.
  assert.equal(hexoskinCodeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

  const web = new Hexoskin({ url, key: "demo-hexo-public" });
  const { url: address, pending } = web.oauth2GetRequestTokenUrl(BACK, { grantType: "authorization_code", scope: "readonly" });
  assert.equal(new URL(address).searchParams.get("code_challenge_method"), "S256");
  const back = await allow(address);
  await assert.rejects(web.oauth2GetAccessToken(back.replace(/state=\w/, "state=!"), pending), { kind: "unauthorized", message: /state/ });
  const tokens = await web.oauth2GetAccessToken(back, pending);
  assert.ok(tokens.accessToken && tokens.refreshToken && tokens.expiresAtMs > Date.now());
  assert.equal(await own(web), "99", "the sign-in has set auth");
  assert.equal(await own(new Hexoskin({ url, key: "demo-hexo-public", auth: tokens })), "99");
  const range = await web.resource("range").get(1);
  await assert.rejects(range.update({ note: "x" }), { status: 403, kind: "unauthorized" });
  const current = web.auth;
  const stale = new Hexoskin({ url, key: "demo-hexo-public", auth: { ...current, expiresAtMs: Date.now() - 1 } });
  assert.equal(await own(stale), "99");
  assert.notEqual(stale.auth.accessToken, current.accessToken, "it was renewed before it was used");

  const older = new Hexoskin({ url, key: "demo-hexo-implicit" });
  const first = older.oauth2GetRequestTokenUrl(BACK, { grantType: "implicit", scope: "readonly" });
  assert.equal((await older.oauth2GetAccessToken(await allow(first.url), first.pending)).refreshToken, null);
  assert.equal(await own(older), "99");

  const owner = new Hexoskin({ url, key: "demo-hexo-password", secret: "demo-hexo-password-secret" });
  await owner.oauth2GetAccessTokenWithPassword("demo@example.org", "demo-password", { scope: "readonly" });
  assert.equal(await own(owner), "99");
  await assert.rejects(owner.oauth2GetAccessTokenWithPassword("demo@example.org", "wrong"), { kind: "unauthorized" });
});

test("OAuth1: both steps, and signed requests", async () => {
  const connection = new Hexoskin({ url, ...KEY });
  const { url: address, pending } = await connection.oauth1GetRequestTokenUrl(BACK);
  const token = await connection.oauth1GetAccessToken(await allow(address), pending);
  assert.deepEqual(Object.keys(token), ["token", "tokenSecret"]);
  assert.equal(await own(connection), "99");
  const [{ user }] = await connection.dataList({ record: RECORD, datatype__in: [19, 33], start: 437752627200, end: 437752627999 });
  assert.equal(user.resourceUri, "/api/user/99/");
});

test("lists: filters as the schema allows them, pages forward and back, all of them", async () => {
  const users = await api.resource("user").list();
  assert.deepEqual(users.objects.map(({ id }) => id), ["99", "123", "5437"]);
  const older = api.resource("record").list({ startTimestamp__lt: 347477726132 });
  await assert.rejects(older, { kind: "invalidInput", message: /its newer name is start/ });
  assert.equal((await api.resource("record").list({ start__lt: 347477726132n })).meta.totalCount, 20);
  await assert.rejects(api.resource("record").list({ firmware_rev: "1" }), { kind: "invalidInput", status: null });

  const records = await api.resource("record").list();
  assert.equal((await records.objects[0].get("user")).resource, "user");
  assert.equal(records.length, 20);
  assert.ok(records.nextUrl);
  assert.equal(await records.loadNext(), true);
  assert.equal(records.nextUrl, undefined);
  assert.equal(await records.loadNext(), false);
  assert.equal(new Set(records.objects).size, 28);
  const middle = await api.resource("record").list({ offset: 20, limit: 10 });
  const before = middle.objects.slice();
  assert.equal(await middle.loadPrevious(), true);
  const inOrder = middle.objects.map(({ id }) => id).slice(-before.length);
  assert.deepEqual(inOrder, before.map(({ id }) => id));
  const every = await all(api.resource("record").all({ limit: 5 }));
  assert.deepEqual(new Set(every.map(({ id }) => id)), new Set(records.objects.map(({ id }) => id)));
  assert.equal((await api.resource("record").list({ limit: 0 })).length, 28);
  const run = await api.resource("range").list({ user: users.objects[0], order_by: "-start" });
  assert.ok(run.length > 1);
});

test("objects: links load once, are the same object everywhere, and change everywhere", async () => {
  const connection = api.withAuth(LOGIN);
  const user99 = await connection.resource("user").get(99);
  assert.equal(await connection.resource("range").get(user99.resourceUri), user99, "by a URI of whatever resource");
  const ranges = await connection.resource("range").list({ user: 123 });
  assert.equal(ranges.length, 20);
  const names = await Promise.all(ranges.objects.map(async (range) => (await range.get("user")).get("first_name")));
  assert.deepEqual(new Set(names), new Set(["Björn"]));
  const user = await connection.resource("user").get(123);
  assert.equal(await ranges.objects[19].get("user"), user);
  user.set("first_name", "Billy Bob");
  assert.equal(await (await ranges.objects[0].get("user")).get("first_name"), "Billy Bob");
  assert.equal(await connection.resource("user").get(123, { forceRefresh: true }), user);
  assert.equal(await user.get("first_name"), "Björn", "what was not sent is overwritten");
  connection.clearObjectCache();
  assert.equal(await connection.resource("user").get(123), user);
  await assert.rejects(user.get("shoe_size"), { kind: "invalidInput", message: /has no field shoe_size/ });
  const device = await connection.resource("device").get("HXSKIN12340001");
  assert.equal(await device.get("serial"), 1);
  assert.equal(connection.resourceFromUri("/api/v1/user/123/"), user, "older URIs name the same object");
});

test("writing: create, update with set fields or changes, put, patch of a list, delete; what is not allowed", async () => {
  const [user] = (await api.resource("user").list()).objects;
  const fields = { name: "testnew_range", start: 353163129199, end: 353163139199, user };
  const range = await api.resource("range").create(fields);
  assert.equal(await range.get("user"), user);
  range.set("name", "newtestyrangey");
  await range.update();
  await range.update({ user, note: "by a page" });
  const served = async () => (await wire(range.resourceUri));
  assert.deepEqual([(await served()).name, (await served()).note], ["newtestyrangey", "by a page"]);
  range.set("note", "whole");
  await range.put();
  assert.equal((await served()).note, "whole");
  await api.resource("range").patch([{ resource_uri: range.resourceUri, rank: 3 }]);
  assert.equal((await served()).rank, 3);
  assert.equal(range.fields.rank, 3);
  await range.delete();
  await assert.rejects(api.resource("range").get(range.id, { forceRefresh: true }), { kind: "notFound", status: 404 });

  const another = await api.resource("range").create(fields);
  const list = await api.resource("range").list({ id: another.id });
  await list.delete(0);
  assert.equal(list.length, 0);
  const refused = { kind: "invalidInput", status: null, message: /DELETE is not allowed .* Nothing was sent/ };
  await assert.rejects((await api.resource("datatype").list()).delete(4), refused);
  await assert.rejects((await api.resource("datatype").list()).objects[4].delete(), refused);
  const note = (await api.resource("annotation").list({ user: 5437 })).objects[0];
  await assert.rejects(note.update({ annotation: "I wuz here" }), { status: 403, kind: "unauthorized", request: /^PATCH / });
});

test("resources and schemas: kept until they are let go of", async () => {
  const conf = await api.resourceConf();
  assert.ok(Object.keys(conf).length > 30 && conf.range.filtering.start.includes("lt"));
  assert.deepEqual(await api.resource("range").schema(), conf.range);
  assert.equal(conf.range.fields.user.relatedType, "to_one");
  assert.deepEqual(conf.record.allowedListHttpMethods, ["get", "post"]);
  api.clearResourceCache();
  assert.equal(await own(api), "99");
  await assert.rejects(api.resource("shoe").list(), { kind: "invalidInput", message: /no resource shoe/ });
});

test("data: several datatypes, flat, values alone, CSV, binary files", async () => {
  const result = await api.dataList({ record: RECORD, datatype__in: [19, 33, 49] });
  assert.equal(result.length, 1);
  assert.equal(result[0].user, await api.resource("user").get(99));
  assert.deepEqual(Object.keys(result[0].data), ["19", "33", "49"]);
  const rows = await wire(`/api/data/?record=${RECORD}&datatype=19&flat=1`);
  const { ticks, values, oneIn } = await api.dataFlat({ record: RECORD, datatype: 19 });
  assert.deepEqual(Array.from(ticks, (tick, row) => [tick, values[row]]), rows);
  assert.equal(oneIn, 1);
  assert.deepEqual(Array.from((await api.dataValues({ record: RECORD, datatype: 19 })).values), rows.map(([, value]) => value));
  await assert.rejects(api.dataList({ record: RECORD, flat: true }), { kind: "invalidInput", message: /call data_flat \(dataFlat/ });
  const users = await api.dataList({ user: 99, datatype: 19, start: 347477600000, end: 347477726132 });
  assert.ok(Array.isArray(users));
  const table = await api.dataTable({ record: RECORD, datatype: 19 });
  assert.deepEqual(table.names, ["time", "/api/datatype/19/"]);
  assert.deepEqual(Array.from(table.copy(1), Number), rows.map(([, value]) => value));
  const first = (BigInt(rows[0][0]) * 1_000_000_000n) / 256n;
  assert.equal(table.copy("time")[0], first);

  const files = await all(api.dataBinary({ record: RECORD, datatype: "4146,18" }));
  const wav = files.filter(({ rate }) => rate === 64);
  assert.equal(wav.reduce((sum, { counts }) => sum + counts.length, 0), 230_400);
  const pairs = await wire(`/api/data/?record=${RECORD}&datatype=18&flat=1`);
  const beats = files.filter(({ ticks }) => ticks);
  assert.equal(beats.reduce((sum, { ticks }) => sum + ticks.length, 0), pairs.length);
  const { name, freq, hexoStep, canonicalUnit } = await api.datatype(4113);
  assert.deepEqual([name, freq, hexoStep, canonicalUnit], ["ECG_I", 256, 1, "mV"]);
  assert.ok((await api.datatypes()).some(({ id, states }) => id === 1000 && states));
});

test("one hour of ECG: every sample by binary, by windows of JSON and as EDF; one JSON answer is known to be thinned", async () => {
  const bytes = await wire(`/api/data/?record=${RECORD}&datatype=4113`, "application/octet-stream");
  const made = new Int16Array(bytes.buffer, bytes.byteOffset + 44, HOUR);
  assert.deepEqual([made[500_000], made[700_001]], [4095, 0], "the samples that stand alone");
  for (const way of ["binary", "json"]) {
    const read = api.samples({ of: RECORD, datatype: 4113, raw: true, way });
    const table = await read.toTable();
    assert.equal(table.rows, HOUR);
    assert.equal(table.copy("ECG_I").findIndex((count, row) => Number(count) !== made[row]), -1, way);
    const times = table.copy("time");
    assert.equal(times[HOUR - 1] - times[0], BigInt(HOUR - 1) * 3_906_250n);
    assert.equal(read.progress.rows, HOUR);
    table.free();
  }
  const millivolts = await api.samples({ of: RECORD, datatype: 4113, endTime: new Date("2024-03-09T08:00:10Z") }).toTable();
  assert.equal(millivolts.rows, 2560);
  assert.ok(Math.abs(millivolts.copy("ECG_I")[7] - (made[7] - 1360) * 0.0064) < 1e-12);

  const thinned = await api.dataFlat({ record: RECORD, datatype: 4113 });
  assert.equal(thinned.values.length, 65_535);
  assert.equal(thinned.oneIn, 14);
  assert.ok((await api.dataValues({ record: RECORD, datatype: 4113 })).oneIn > 1);
  assert.equal((await api.dataList({ record: RECORD, datatype: 4113 }))[0].data[4113].oneIn, 14);

  const edf = await api.dataDownload({ record: RECORD, datatype: 4113 }, "edf");
  assert.deepEqual(edf, await wire(`/api/data/?record=${RECORD}&datatype=4113`, "application/x-edf"));
});

test("errors: by status, with the response at hand", async () => {
  const { createServer } = await import("node:http");
  const statuses = { 400: "refused", 401: "unauthorized", 403: "unauthorized", 404: "notFound", 405: "refused", 500: "server", 501: "server" };
  let status = 0;
  const server = createServer((request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: `said ${status}` }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connection = new Hexoskin({ url: `http://127.0.0.1:${server.address().port}`, auth: LOGIN });
  for (const [code, kind] of Object.entries(statuses)) {
    status = Number(code);
    const told = { name: "StreamscopeError", kind, status, serverMessage: `said ${code}`, request: /^GET http.*\/api\/$/ };
    await assert.rejects(connection.resource("user").list(), told);
  }
  server.close();
});

test("live: samples of a record that goes on, each once; leaving the loop ends it", async () => {
  const [live] = (await api.resource("record").list({ status: "realtime" })).objects;
  const startTime = BigInt(Date.now() - 60_000) * 1_000_000n;
  const seen = [];
  for await (const frame of api.samplesLive(live, 19, { startTime })) {
    seen.push(...frame.copy("time"));
    frame.free();
    if (seen.length > 60) break;
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.every((time, place) => place === 0 || time > seen[place - 1]) && seen[0] >= startTime);
  const aborting = new AbortController();
  const reading = api.samplesLive(live, 19, undefined, { signal: aborting.signal }).toTable();
  aborting.abort();
  await assert.rejects(reading, { name: "AbortError" });
});
