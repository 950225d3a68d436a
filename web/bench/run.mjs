// Benchmarks CSV parsing with peers side by side in one headless browser.
//
//     node web/bench/run.mjs PACKAGE [--json FILE] [--rows N] [--runs N]
//
// PACKAGE is the folder with streamscope.js and streamscope_bg.wasm. Every value of every parser is checked first.

import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync } from "node:zlib";

import { chromium } from "playwright-core";

import { inputs } from "./inputs.js";

const here = dirname(fileURLToPath(import.meta.url));
const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        json: { type: "string" },
        rows: { type: "string", default: "1000000" },
        runs: { type: "string", default: "9" },
    },
});
const [packageFolder] = positionals;
const rows = Number(options.rows);
const runs = Number(options.runs);
if (positionals.length !== 1 || !(rows > 0) || !(runs > 0)) {
    console.error("usage: node web/bench/run.mjs PACKAGE [--json FILE] [--rows N] [--runs N]");
    process.exit(2);
}

const FOLDERS = { "/package/": packageFolder, "/npm/": join(here, "../../node_modules"), "/bench/": here };
const TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
};

/** Serves the page, the peers, the package and the inputs on a port of its own. */
function serve(bodies) {
    const server = createServer(async (request, response) => {
        const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
        // Isolation gives the page a clock of microseconds.
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
        response.setHeader("Cache-Control", "no-store");
        const body = bodies.get(path);
        if (body) {
            response.setHeader("Content-Type", "text/csv");
            response.setHeader("Content-Length", body.length);
            return response.end(body);
        }
        const [prefix, folder] = Object.entries(FOLDERS).find(([prefix]) => path.startsWith(prefix)) ?? [];
        const file = folder && join(folder, path.slice(prefix.length).split("/").join(sep));
        const content = file && (await readFile(file).catch(() => undefined));
        if (!content) {
            response.statusCode = 404;
            return response.end();
        }
        response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
        response.end(content);
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function measure() {
    const bodies = new Map(inputs.map(({ name, make }) => [`/data/${name}.csv`, make(rows).bytes]));
    const server = await serve(bodies);
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-quic",
            "--no-first-run",
            "--disable-component-update",
            "--disable-sync",
            "--js-flags=--expose-gc",
        ],
    });
    try {
        const page = await browser.newPage();
        page.on("pageerror", (error) => console.error(error));
        page.on("console", (message) => message.type() === "error" && console.error(message.text()));
        await page.goto(`http://127.0.0.1:${server.address().port}/bench/page.html`);
        await page.waitForFunction("globalThis.bench");
        const figures = await page.evaluate((settings) => globalThis.bench(settings), { rows, runs });
        return { browser: browser.version(), runs, ...figures };
    } finally {
        await browser.close();
        server.close();
    }
}

/** A table of milliseconds, each with how many times faster than uDSV it is. */
function table(title, contestants, results, figures) {
    const cells = (contestant) =>
        results.map((result) => {
            const time = figures(result)[contestant.key];
            const ratio = figures(result).udsv / time;
            return `${time.toFixed(1)} (${ratio.toFixed(ratio < 10 ? 2 : 1)}×)`.padStart(16);
        });
    console.log(`\n${title}, ms (× uDSV)`.padEnd(36) + results.map(({ name }) => name.padStart(16)).join(""));
    for (const contestant of contestants) console.log(contestant.name.padEnd(35) + cells(contestant).join(""));
}

const figures = await measure();
const wasm = await readFile(join(packageFolder, "streamscope_bg.wasm"));
figures.package = { wasm: wasm.length, brotli: brotliCompressSync(wasm).length };
console.log(`Chromium ${figures.browser}, medians of ${runs} runs in turns, every value checked`);
for (const { name, about, rows, bytes } of figures.results) {
    console.log(`  ${name}: ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB: ${about}`);
}
table("bytes to columns", figures.parsers, figures.results, (result) => result.parse);
table("fetch on localhost to columns", figures.fetchers, figures.results, (result) => result.fetched);
console.log("\nnot exact:");
for (const { name, losses } of figures.parsers) {
    const list = Object.entries(losses).map(([input, loss]) => `${loss} (${input})`);
    if (list.length) console.log(`  ${name}: ${list.join(", ")}`);
}
console.log(`wasm ${(wasm.length / 1e3).toFixed(0)} kB, brotli ${(figures.package.brotli / 1e3).toFixed(0)} kB, `
    + `ready ${figures.loaded.toFixed(0)} ms after the page asked for it`);
if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
