// What every test of the package needs: the packed tarball, installed as a person would, and a folder of its own.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const modules = join(root, "node_modules");

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Packs `dist/npm` and unpacks the tarball into `node_modules/streamscope` of a new project with these files. */
export function project(name, files, { packages = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), `streamscope-${name}-`));
  const tarball = run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], join(root, "dist/npm")).trim();
  const own = join(folder, "node_modules/streamscope");
  mkdirSync(own, { recursive: true });
  run("tar", ["-xzf", join(folder, tarball), "--strip-components=1", "-C", own], folder);
  for (const used of packages) {
    mkdirSync(dirname(join(folder, "node_modules", used)), { recursive: true });
    symlinkSync(join(modules, used), join(folder, "node_modules", used));
  }
  for (const [path, text] of Object.entries({ "package.json": '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a program to its end; what it said is part of the error. */
export function run(program, options, cwd) {
  try {
    return execFileSync(program, options, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
  } catch (error) {
    throw new Error(`${program} ${options.join(" ")} failed\n${error.stdout}\n${error.stderr}`);
  }
}

/** The same without waiting for it: for programs that talk to servers of this process. */
export async function runBeside(program, options, cwd) {
  const child = spawn(program, options, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${program} ${options.join(" ")} failed\n${said}`);
  return said;
}

/** Serves a folder on a port of its own. */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const content = await readFile(path.endsWith("/") ? join(path, "index.html") : path).catch(() => undefined);
    response.writeHead(content ? 200 : 404, { "content-type": TYPES[extname(path)] ?? "text/html" });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** A program that reads a stream of the sandbox and tells what it found: the same in every environment. */
export const READER = `
export async function read({ init, Rune }, url, streamId) {
  await init();
  const rune = new Rune({ graphUrl: url, streamUrl: url, accessTokenId: "demo", accessTokenSecret: "demo-secret" });
  let rows = 0, sum = 0, first, last;
  for await (const frame of rune.data({ streamId })) {
    const times = frame.copy("time");
    first ??= times[0];
    last = times.at(-1);
    rows += frame.rows;
    sum += frame.copy("probability").reduce((total, value) => total + (Number.isNaN(value) ? 0 : value), 0);
    frame.free();
  }
  return { rows, sum: Math.round(sum * 1e6) / 1e6, first: String(first), last: String(last) };
}
`;

/** What \`read\` must find, computed from the server's own CSV without the package. */
export async function expected(sandbox, stream) {
  const query = new URLSearchParams({ timestamp: "unixns", format: "csv" });
  let token, rows = 0, sum = 0, first, last;
  do {
    if (token) query.set("page_token", token);
    const response = await fetch(new URL(`/v2/streams/${stream.id}?${query}`, sandbox.url), {
      headers: { "X-Rune-User-Access-Token-Id": "demo", "X-Rune-User-Access-Token-Secret": "demo-secret" },
    });
    for (const line of (await response.text()).trim().split("\n").slice(1)) {
      const [time, value] = line.split(",");
      first ??= time;
      last = time;
      rows += 1;
      sum += Number(value);
    }
    token = response.headers.get("x-rune-next-page-token");
  } while (token);
  return { rows, sum: Math.round(sum * 1e6) / 1e6, first, last };
}
