// Benchmarks reading a long stream of a Joule node into columns, beside curl, which only takes the bytes.
//
//     node web/bench/joule.mjs MODULE [--setting WORDS] [--smooth] [--json FILE]
//
// MODULE is the folder with joule_read.js and its wasm; STREAMSCOPE_JOULE_URL and STREAMSCOPE_JOULE_KEY name the node.
// Browser and curl take turns, in one run, on the same node. Every value is checked first, against the same bytes taken
// apart by plain JavaScript. Fails above MOST times what curl takes and, with --smooth, when a task held the page for over
// 50 ms. (Where node, database, network and page share two processors, the page is often not let run for longer than
// that.)
//
// The page asks for what to do next and says how it went, so that no debugger is attached to it: one would keep a copy
// of everything that is downloaded. A node sends no CORS headers. The browser is told not to ask for them, so that both
// read from the node itself and not through something that adds them.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

const MOST = 1.2;
const RUNS = 9;
const PATH = "/site/building A/power";
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        setting: { type: "string", default: "node and reader share the processors" },
        smooth: { type: "boolean", default: false },
        json: { type: "string" },
    },
});
const [module] = positionals;
const { STREAMSCOPE_JOULE_URL: url, STREAMSCOPE_JOULE_KEY: key } = process.env;
if (positionals.length !== 1 || !url || !key) {
    console.error("usage: node web/bench/joule.mjs MODULE [--json FILE], with STREAMSCOPE_JOULE_URL and …_KEY set");
    process.exit(2);
}
const data = `${url}/data?path=${encodeURIComponent(PATH)}`;

/** What the page runs; the task's members are the node's url, key and path, and the address of the bare bytes. */
async function work() {
    const { default: init, read } = await import("/joule_read.js");
    await init();
    const longTasks = [];
    const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longTasks.push(duration);
    });
    observer.observe({ type: "longtask" });

    const say = async (result) => (await fetch("/next", { method: "POST", body: JSON.stringify(result) })).json();
    const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

    /** Compares each value with the bytes themselves. */
    async function check({ url, key, path, data }) {
        const columns = await read(url, key, path);
        const answer = await fetch(data, { headers: { "X-API-KEY": key } });
        const bytes = new DataView(await answer.arrayBuffer());
        const step = (at) => (bytes.byteLength > at && bytes.getBigInt64(at, true) === 0n ? at + width : at);
        let [at, rows, width] = [0, 0, 0];
        for (const [times, ...elements] of columns.arrays()) {
            width = 8 + 4 * elements.length;
            for (let row = 0; row < times.length; row += 1) {
                at = step(at);
                if (times[row] !== bytes.getBigInt64(at, true) * 1000n) throw new Error(`time of row ${rows}`);
                elements.forEach((values, element) => {
                    const value = bytes.getFloat32(at + 8 + 4 * element, true);
                    if (!Object.is(values[row], value)) throw new Error(`element ${element} of row ${rows}`);
                });
                at += width;
                rows += 1;
            }
        }
        if (step(at) !== bytes.byteLength) throw new Error(`${rows} rows, and more in the bytes`);
        columns.free();
        return { rows };
    }

    /** Milliseconds from the call to the columns and to typed arrays of them, and the longest task up to the columns. */
    async function time({ url, key, path }) {
        globalThis.gc?.();
        await pause();
        longTasks.length = 0;
        const begun = performance.now();
        const columns = await read(url, key, path);
        const arrived = performance.now();
        columns.arrays();
        const copied = performance.now();
        // Entries come later; those of the copying are not the read's.
        const tasks = longTasks.splice(0).concat(observer.takeRecords().map(({ duration }) => duration));
        columns.free();
        return { columns: arrived - begun, arrays: copied - begun, longest: Math.max(0, ...tasks) };
    }

    let task = await say({});
    while (task.kind !== "end") {
        const result = task.kind === "check" ? check(task) : time(task);
        task = await say(await result.catch((error) => ({ error: String(error) })));
    }
}

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">(${work})()</script>`;
const TYPES = { js: "text/javascript", wasm: "application/wasm" };

/** Milliseconds that curl takes for the bytes, and how many there are. */
async function curl() {
    const format = "%{time_total} %{size_download} %{http_code}";
    const { stdout } = await promisify(execFile)("curl", [
        "--silent", "--output", "/dev/null", "--write-out", format, "--header", `X-API-KEY: ${key}`, data,
    ]);
    const [seconds, bytes, status] = stdout.split(" ").map(Number);
    if (status !== 200) throw new Error(`curl: ${status}`);
    return { milliseconds: seconds * 1e3, bytes };
}

/** Serves the page, and has it do tasks: `perform(task)` resolves with its result. */
async function pageServer() {
    let [answer, report] = [null, null];
    const ready = new Promise((resolve) => { report = resolve; });
    const server = createServer(async (request, response) => {
        const file = /^\/(joule_read(?:_bg)?\.(js|wasm))$/.exec(request.url);
        response.setHeader("Content-Type", file ? TYPES[file[2]] : "text/html");
        if (request.url !== "/next") return response.end(file ? await readFile(join(module, file[1])) : PAGE);
        let body = "";
        for await (const part of request) body += part;
        const said = report;
        answer = (task) => {
            const result = new Promise((resolve) => { report = resolve; });
            response.end(JSON.stringify(task));
            return result;
        };
        said(JSON.parse(body));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const perform = async (kind) => {
        await ready;
        const result = await answer({ kind, url, key, path: PATH, data });
        if (result.error) throw new Error(result.error);
        return result;
    };
    return { server, perform };
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const { server, perform } = await pageServer();
const profile = await mkdtemp(join(tmpdir(), "streamscope-bench-"));
const browser = spawn(CHROMIUM, [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-web-security",
    "--no-first-run", "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc",
    `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/`,
], { stdio: "ignore" });
const ended = new Promise((resolve) => browser.on("exit", resolve));
ended.then(() => { if (server.listening) throw new Error("the browser ended"); });
try {
    const { rows } = await perform("check");
    const runs = [];
    for (let round = -1; round < RUNS; round += 1) {
        const run = { ...await curl(), ...await perform("time") };
        // The first round warms up.
        if (round >= 0) runs.push(run);
    }
    const of = (member) => median(runs.map((run) => run[member]));
    const version = (await promisify(execFile)(CHROMIUM, ["--version"])).stdout.trim();
    const figures = {
        setting: options.setting, browser: version, rows, bytes: runs[0].bytes, runs: runs.length,
        columnsMs: of("columns"), arraysMs: of("arrays"), curlMs: of("milliseconds"),
        longestTaskMs: Math.max(...runs.map((run) => run.longest)),
    };
    figures.ratio = figures.columnsMs / figures.curlMs;
    console.log(`\na Joule node's ${rows} rows, ${(figures.bytes / 1e6).toFixed(1)} MB, every value checked; medians of `
        + `${figures.runs} runs in turns, ${version}; ${figures.setting}`);
    console.log(`  curl, the bytes alone       ${figures.curlMs.toFixed(0)} ms`);
    console.log(`  into columns in the browser ${figures.columnsMs.toFixed(0)} ms: ${figures.ratio.toFixed(2)} times that`);
    console.log(`  and from there into typed arrays of JavaScript ${(figures.arraysMs - figures.columnsMs).toFixed(0)} ms`);
    console.log("  longest task of the page until the columns: "
        + (figures.longestTaskMs > 0 ? `${figures.longestTaskMs.toFixed(0)} ms` : "under 50 ms"));
    if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
    if (figures.ratio > MOST) throw new Error(`${figures.ratio.toFixed(2)} times curl; at most ${MOST} are meant`);
    if (options.smooth && figures.longestTaskMs > 50) throw new Error("a task held the page for over 50 ms");
} finally {
    server.close();
    server.closeAllConnections();
    browser.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
