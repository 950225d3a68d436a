// What every flow needs: a sandbox that serves the built site, a browser, and a page that is watched for mistakes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const CREDENTIALS = {
  "X-Rune-User-Access-Token-Id": "demo",
  "X-Rune-User-Access-Token-Secret": "demo-secret",
};

export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests through \`cargo xtask test\``);
  return value;
}

/** Starts the sandbox with more options; resolves with its address and `stop()`. */
export async function startSandbox(...options) {
  const [program, data, site] = ["STREAMSCOPE_SANDBOX", "STREAMSCOPE_DATA", "STREAMSCOPE_SITE"].map(required);
  const child = spawn(program, ["--port", "0", "--data", data, "--site", site, ...options.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = line.match(/^ready (\S+)/)?.[1];
    if (!url) continue;
    const stop = () => (child.kill("SIGKILL"), exited);
    return { url, api: url, stop, get: (path) => getJson(new URL(path, url)), stream: (name) => findStream(url, name) };
  }
  throw new Error("the sandbox ended before it was ready");
}

async function getJson(url) {
  const response = await fetch(url, { headers: CREDENTIALS });
  assert.equal(response.status, 200, `${url} answers ${response.status}`);
  return response.json();
}

/** The demo stream whose sandbox name holds `name`. */
async function findStream(url, name) {
  const info = await getJson(new URL("/sandbox/info.json", url));
  const stream = info.platforms.rune.streams.find((one) => one.name.toLowerCase().includes(name.toLowerCase()));
  assert.ok(stream, `the demo recordings hold no stream named like "${name}"`);
  return stream;
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml" };

/** The plainest of static servers, with the site in a folder; resolves with its address, its origin and `stop()`. */
export async function hostSite(folder) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const name = path.startsWith(folder) ? path.slice(folder.length) || "index.html" : "";
    const content = name.includes("..") || !name ? undefined : await readFile(join(required("STREAMSCOPE_SITE"), name)).catch(() => undefined);
    response.writeHead(content ? 200 : 404, { "content-type": TYPES[extname(name)] ?? "text/plain" }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const stop = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return { url: origin + encodeURI(folder), origin, stop };
}

/** The flows of this run go to a bare file server, where the demo runs in the page. */
export const bare = Boolean(process.env.STREAMSCOPE_BARE);

/** The site on a bare file server, and a sandbox that is asked what the page must show: it generates the same rows. */
export async function hostDemo() {
  const [site, sandbox] = await Promise.all([hostSite("/some where/deep/"), startSandbox()]);
  return { ...sandbox, url: site.url, stop: () => Promise.all([site.stop(), sandbox.stop()]) };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * A page of its own context, watched: errors on the console, violations of the content security policy and requests
 * to hosts other than `allowed` are collected in `page.mistakes`.
 */
export async function open(browser, url, { allowed = [url], ...context } = {}) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context })).newPage();
  const hosts = new Set(allowed.map((address) => new URL(address).host));
  page.mistakes = [];
  page.on("pageerror", (error) => page.mistakes.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A file server has no description of a demo, which the browser reports by itself.
    const asked = bare && message.location().url.endsWith("/sandbox/info.json");
    if (message.type() === "error" && !asked) page.mistakes.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http") && !hosts.has(host)) page.mistakes.push(`request to ${host}`);
  });
  await page.goto(bare && url.includes("subject=") ? `${url}&demo=yes` : url);
  return page;
}

/** How many different colours a canvas shows: a blank one shows one or none. */
export function colours(canvas) {
  return canvas.evaluate((element) => {
    const { width, height } = element;
    const data = new Uint32Array(element.getContext("2d").getImageData(0, 0, width, height).data.buffer);
    return new Set(data).size;
  });
}

/** Fails unless the canvas of a chart shows something. */
export async function assertDrawn(canvas, what) {
  await canvas.waitFor({ state: "visible" });
  for (let tries = 0; tries < 50; tries += 1) {
    if ((await colours(canvas)) > 4) return;
    await canvas.page().waitForTimeout(100);
  }
  assert.fail(`${what} stays blank`);
}
