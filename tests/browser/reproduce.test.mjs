// What the details say to reproduce a view runs as it stands, and gives what the server sends.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { launch, open, required, startSandbox } from "./support.mjs";

const PACKAGE = fileURLToPath(new URL("../../dist/npm", import.meta.url));
const [FROM, TO] = ["2024-03-01T00:00:00Z", "2024-03-03T00:00:00Z"];

let browser;
let folder;
let sandbox;
let stream;

before(async () => {
  [browser, sandbox] = await Promise.all([launch(), startSandbox()]);
  stream = await sandbox.stream("Tremor probability");
  folder = await mkdtemp(join(tmpdir(), "reproduce-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(PACKAGE, join(folder, "node_modules/streamscope"));
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true });
});

/** The request of a view in a language, with the demo's credentials in their places. */
async function request(view, language) {
  const selection = `subject=${stream.subject_id}&stream=${stream.id}&from=${FROM}&to=${TO}&zone=UTC`;
  const page = await open(browser, `${sandbox.url}#view=${view}&${selection}`);
  await page.getByRole("button", { name: language }).click();
  const text = page.getByLabel("Request", { exact: true });
  await text.filter({ hasText: stream.id }).waitFor();
  const code = await text.innerText();
  await page.context().close();
  return code.replace("YOUR ACCESS TOKEN ID", "demo").replace("YOUR ACCESS TOKEN SECRET", "demo-secret");
}

/** What a program prints, as JSON. */
async function printed(program, file, code) {
  const path = join(folder, file);
  await writeFile(path, code);
  const { stdout } = await promisify(execFile)(program, [path], { cwd: folder });
  return JSON.parse(stdout);
}

const javascript = (code, result) => printed(process.execPath, "view.mjs", `${code}\nconsole.log(JSON.stringify(${result}));\n`);
const python = (code, result) =>
  printed(required("STREAMSCOPE_PYTHON"), "view.py", `import json\n${code}\nprint(json.dumps(${result}))\n`);

test("the rows of the timeline", async () => {
  const query = `start_time=${Date.parse(FROM) / 1000}&end_time=${Date.parse(TO) / 1000}&format=json`;
  const { cardinality } = await sandbox.get(`/v2/streams/${stream.id}?${query}`);
  assert.ok(cardinality > 1000);
  assert.equal(await javascript(await request("timeline", "JavaScript"), "table.rows"), cardinality);
  assert.equal(await python(await request("timeline", "Python"), "len(frame)"), cardinality);
});

test("the availability of two days", async () => {
  const hours = await javascript(await request("availability", "JavaScript"), "availability.availability.map(Number)");
  assert.equal(hours.length, 48);
  assert.deepEqual(await python(await request("availability", "Python"), "[int(x) for x in frame.availability]"), hours);
});

test("the average day", async () => {
  const values = await javascript(await request("day", "JavaScript"), "day.values");
  assert.equal(values.length, 96);
  assert.deepEqual(await python(await request("day", "Python"), "day['data']['values']"), values);
});

/** The request of a view of the demo node in a language, with the demo's key in its place. */
async function nodeRequest(view, language) {
  const path = "/site A/hvac/runtime";
  const selection = `subject=${encodeURIComponent("/site A")}&stream=${encodeURIComponent(path)}&from=${FROM}&to=${TO}`;
  const page = await open(browser, `${sandbox.url}#view=${view}&${selection}&zone=UTC&platform=joule`);
  await page.getByRole("button", { name: language }).click();
  const text = page.getByLabel("Request", { exact: true });
  await text.filter({ hasText: path }).waitFor();
  const code = await text.innerText();
  await page.context().close();
  return code.replace("YOUR API KEY", "demo-joule-key");
}

/** What a script prints, as JSON, run with the official API of Joule. */
async function jouleApi(code, result) {
  const path = join(folder, "node.py");
  await writeFile(path, `import json\n${code}\nprint(json.dumps(${result}))\n`);
  const { stdout } = await promisify(execFile)(required("STREAMSCOPE_PYTHON_JOULE"), [path], { cwd: folder });
  return JSON.parse(stdout);
}

test("the rows of a Joule stream, and where it has any", async () => {
  const rows = await javascript(await nodeRequest("timeline", "JavaScript"), "table.rows");
  assert.ok(rows > 20);
  assert.equal(await jouleApi(await nodeRequest("timeline", "Python"), "len(rows)"), rows);
  const ours = await javascript(
    await nodeRequest("availability", "JavaScript"),
    "intervals.map(({ startNs, endNs }) => [Number(startNs / 1000n), Number(endNs / 1000n)])",
  );
  assert.deepEqual(await jouleApi(await nodeRequest("availability", "Python"), "intervals"), ours);
});

/** The request of ten minutes of the demo garment's ECG in a language, with the demo's credentials in their places. */
async function garmentRequest(language) {
  const [record, channel] = ["/api/record/99999/", "/api/record/99999/4113"];
  const selection = `subject=${encodeURIComponent(record)}&stream=${encodeURIComponent(channel)}`;
  const range = "from=2024-03-09T08:10:00Z&to=2024-03-09T08:20:00Z";
  const page = await open(browser, `${sandbox.url}#view=timeline&${selection}&${range}&zone=UTC&platform=hexoskin`);
  await page.getByRole("button", { name: language }).click();
  const text = page.getByLabel("Request", { exact: true });
  await text.filter({ hasText: "99999" }).waitFor();
  const code = await text.innerText();
  await page.context().close();
  const places = { "API KEY": "demo-hexo", "API SECRET": "demo-hexo-secret", USER: "demo@example.org", PASSWORD: "demo-password" };
  return Object.entries(places).reduce((code, [place, value]) => code.replaceAll(`YOUR ${place}`, value), code);
}

test("every sample of a garment's ECG", async () => {
  const ours = await javascript(await garmentRequest("JavaScript"), "[table.rows, Number(table.copy('time')[0])]");
  assert.deepEqual(ours, [153_600, Date.parse("2024-03-09T08:10:00Z") * 1e6]);
  const theirs = await python(await garmentRequest("Python"), "[len(rows), rows[0][0] * 10**9 // 256]");
  assert.deepEqual(theirs, ours);
});
