// The packed package in every place it promises to work: each reads a stream of the sandbox and finds the same rows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import webpack from "webpack";
import { build, createServer } from "vite";

import { launch, open, startSandbox } from "../browser/support.mjs";
import { READER, expected, project, runBeside, serve } from "./support.mjs";

let sandbox, browser, stream, wanted;
const projects = [];

before(async () => {
  [sandbox, browser] = await Promise.all([startSandbox("--page-rows", 5000), launch()]);
  stream = await sandbox.stream("tremor probability");
  wanted = await expected(sandbox, stream);
  assert.ok(wanted.rows > 10_000, "the demo stream has several pages");
});
after(async () => {
  projects.forEach((one) => one.remove());
  await browser?.close();
  await sandbox?.stop();
});

function page(script) {
  return `<!doctype html><title>test</title><script type="module" ${script}</script>`;
}

function make(name, files, options) {
  const made = project(name, { "read.js": READER, ...files }, options);
  projects.push(made);
  return made.folder;
}

/** Opens a page whose script leaves its result in `globalThis.found`. */
async function assertFound(url) {
  const shown = await open(browser, url, { allowed: [url, sandbox.url] });
  await shown.waitForFunction("globalThis.found || globalThis.failed", undefined, { timeout: 30_000 });
  assert.equal(await shown.evaluate("globalThis.failed"), undefined);
  assert.deepEqual(await shown.evaluate("globalThis.found"), wanted);
  assert.deepEqual(shown.mistakes.filter((mistake) => !mistake.includes("favicon") && !mistake.includes("404")), []);
  await shown.context().close();
}

const report = (imports, from) => `
${imports}
import { read } from "${from}";
read(streamscope, "${sandbox.url}", "${stream.id}")
  .then((found) => (globalThis.found = found), (error) => (globalThis.failed = String(error)));`;

for (const entry of ["streamscope", "streamscope/core", "streamscope/rune"].flatMap((entry) => [entry, `${entry}/inline`])) {
  test(`Node: ${entry}`, async () => {
    const main = `
      import * as streamscope from "${entry}";
      import { read } from "./read.js";
      console.log(JSON.stringify(await read(streamscope, "${sandbox.url}", "${stream.id}")));`;
    const said = await runBeside("node", ["main.js"], make("node", { "main.js": main }));
    assert.deepEqual(JSON.parse(said), wanted);
  });
}

for (const folder of ["", "core/"]) {
  test(`a page without a bundler: ${folder}browser.js`, async () => {
    const served = make("plain", {
      "main.js": report(`import * as streamscope from "./node_modules/streamscope/${folder}browser.js";`, "./read.js"),
      "index.html": page('src="main.js">'),
    });
    const server = await serve(served);
    try {
      await assertFound(server.url);
    } finally {
      server.stop();
    }
  });
}

test("the inline variant, from a page that may not fetch a .wasm", async () => {
  const folder = make("inline", {
    "main.js": report(`import * as streamscope from "./node_modules/streamscope/inline.js";`, "./read.js"),
    "index.html": page('src="main.js">'),
  });
  const server = await serve(folder);
  try {
    const shown = await (await browser.newContext()).newPage();
    await shown.route("**/*.wasm", (route) => route.abort());
    await shown.goto(server.url);
    await shown.waitForFunction("globalThis.found || globalThis.failed");
    assert.deepEqual(await shown.evaluate("globalThis.found"), wanted);
  } finally {
    server.stop();
  }
});

function viteProject(name, entry) {
  return make(name, {
    "main.js": report(`import * as streamscope from "${entry}";`, "./read.js"),
    "index.html": page('src="/main.js">'),
  });
}

test("Vite, development server", async () => {
  const root = viteProject("vite-dev", "streamscope");
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    cacheDir: join(root, ".vite"),
    server: { port: 0, host: "127.0.0.1", hmr: false },
  });
  await server.listen();
  try {
    await assertFound(`http://127.0.0.1:${server.httpServer.address().port}/`);
  } finally {
    await server.close();
  }
});

for (const entry of ["streamscope", "streamscope/core", "streamscope/rune"]) {
  test(`Vite, production build: ${entry}`, async () => {
    const root = viteProject("vite", entry);
    await build({ root, configFile: false, logLevel: "error" });
    const server = await serve(join(root, "dist"));
    try {
      await assertFound(server.url);
    } finally {
      server.stop();
    }
  });

  test(`webpack: ${entry}`, async () => {
    const folder = make("webpack", {
      "main.js": report(`import * as streamscope from "${entry}";`, "./read.js"),
      "dist/index.html": page('src="main.js">'),
    });
    const compiler = webpack({
      mode: "production",
      context: folder,
      entry: "./main.js",
      output: { path: join(folder, "dist"), filename: "main.js" },
    });
    const stats = await new Promise((resolve, reject) => compiler.run((error, done) => (error ? reject(error) : resolve(done))));
    assert.ok(!stats.hasErrors(), stats.toString());
    const server = await serve(join(folder, "dist"));
    try {
      await assertFound(server.url);
    } finally {
      server.stop();
    }
  });
}

for (const part of ["", "core", "rune", "joule", "hexoskin", "braincube"]) {
  test(`the package's own names are the declared ones: ${part || "everything"}`, async () => {
    const folder = join(make("names", {}), "node_modules/streamscope", part);
    const entry = (file) => import(pathToFileURL(join(folder, file)).href);
    const declared = readFileSync(join(folder, "index.d.ts"), "utf8");
    const values = [...declared.matchAll(/export \{([^}]*)\}/g)].flatMap(([, names]) => names.split(",").map((name) => name.trim()));
    const wantedNames = [...values.filter((name) => name && !name.startsWith("type ")), "init"].sort();
    for (const file of ["node.js", "browser.js", "inline.js"]) {
      assert.deepEqual(Object.keys(await entry(file)).sort(), wantedNames, file);
    }
    assert.doesNotMatch(declared + readFileSync(join(folder, "streamscope.d.ts"), "utf8"), /: any\b/);
  });
}

test("the core finds what the whole package finds, and tells what it lacks", async () => {
  const folder = join(make("both", {}), "node_modules/streamscope");
  const config = { graphUrl: sandbox.url, streamUrl: sandbox.url, accessTokenId: "demo", accessTokenSecret: "demo-secret" };
  const answers = async (part) => {
    const { init, Rune, parseCsv } = await import(pathToFileURL(join(folder, part, "node.js")).href);
    await init();
    const rune = new Rune(config);
    const table = await rune.data({ streamId: stream.id }).toTable();
    const startTime = Math.floor(table.seconds("time")[0] / 3600) * 3600;
    const query = { streamId: stream.id, startTime, endTime: startTime + 86_400, resolution: 3600 };
    const csv = parseCsv(new TextEncoder().encode("time,value,name\n1,2.5,a\n2,,b\n"), { timeFormat: "unix" });
    assert.throws(() => new Rune({ ...config, customauthheaders: {} }), { name: "TypeError", message: /did you mean `customAuthHeaders`/ });
    await assert.rejects(rune.dimensions("nowhere"), { name: "StreamscopeError" });
    return {
      dimensions: await rune.dimensions(stream.id),
      columns: table.columns,
      arrow: Buffer.from(table.toArrowIPC()).toString("base64"),
      availability: await rune.availability(query),
      windows: await rune.aggregateWindow({ ...query, aggregateFunction: "mean" }),
      day: await rune.dailyAggregate({ streamId: stream.id, startTime, resolution: 3600, nDays: 1 }),
      csv: [csv.types, csv.copy("value"), csv.dictionary("name")],
    };
  };
  const found = await answers("core");
  assert.ok(found.availability.availability.includes(true));
  assert.deepEqual(found, await answers(""));
  const core = await import(pathToFileURL(join(folder, "core/node.js")).href);
  for (const cognito of [{ cognitoRefreshToken: "x" }, { authMethod: "cognito_refresh" }]) {
    assert.throws(() => new core.Rune({ ...config, ...cognito }), { name: "TypeError" });
  }
});

test("what the core does without is not declared there", () => {
  const types = readFileSync(join(make("less", {}), "node_modules/streamscope/core/streamscope.d.ts"), "utf8");
  assert.doesNotMatch(types, /patientStreams|tableOf|interface Patient\b|"csv" \| "json"|class Joule|JouleAddress|[cC]ognito|toCSV/);
  assert.match(types, /dimensions\(streamId: string, call\?: Call\): Promise<Dimension\[\]>/);
});

test("an entry of a platform holds that platform and no other", async () => {
  const folder = join(make("entries", {}), "node_modules/streamscope");
  const whole = await import(pathToFileURL(join(folder, "node.js")).href);
  const PLATFORMS = { rune: "Rune", joule: "Joule", hexoskin: "Hexoskin", braincube: "Braincube" };
  for (const [entry, own] of Object.entries(PLATFORMS)) {
    const others = Object.entries(PLATFORMS).filter(([name]) => name !== entry);
    const part = await import(pathToFileURL(join(folder, entry, "node.js")).href);
    assert.ok(part[own] && part.parseCsv && part.tableOf, entry);
    const types = readFileSync(join(folder, entry, "streamscope.d.ts"), "utf8");
    const wasm = readFileSync(join(folder, entry, "streamscope_bg.wasm")).toString("latin1");
    for (const [name, other] of others) {
      assert.equal(part[other], undefined);
      assert.doesNotMatch(types, new RegExp(`class ${other}\\b`));
      assert.ok(!wasm.includes(`${name}_new`), `${entry} holds ${other}`);
    }
    const methods = (face) => Object.getOwnPropertyNames(face.prototype).sort();
    assert.deepEqual(methods(part[own]), methods(whole[own]), `${entry} lacks calls`);
  }
});

test("a Joule node is read through its own entry", async () => {
  const main = `
    import { init, Joule, StreamscopeError } from "streamscope/joule";
    await init();
    const node = new Joule({ url: "${new URL("joule", sandbox.url).href}", apiKey: "demo-joule-key" });
    const table = await node.dataRead({ stream: "/site B/solar" }).toTable();
    console.log(JSON.stringify([table.rows > 100, table.names[0], StreamscopeError.name]));`;
  const said = await runBeside("node", ["main.js"], make("node", { "main.js": main }));
  assert.deepEqual(JSON.parse(said), [true, "time", "StreamscopeError"]);
});
