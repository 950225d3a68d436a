// Benchmarks reading a Braincube answer of a million rows of twenty variables into typed arrays in the browser (views of
// frames), beside `JSON.parse` and a loop on the same bytes.
//
//     node web/bench/braincube.mjs PACKAGE [--rows N] [--runs N] [--json FILE]
//
// PACKAGE is the built npm package. Every value is checked first, against what JSON.parse makes of the same bytes. Each
// run has a browser of its own, in turns, so that none inherits another's memory. Fails when ours is not there SOONER
// times sooner, when its page's process needs more than MEMORY times what the other's needs at its peak, or when in every
// run a task of ours holds the page for over 50 ms.
//
// The page asks for what to do next and says how it went, so that no debugger is attached to it: one would keep a copy
// of everything that is downloaded.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { parseArgs, promisify } from "node:util";

import { answer } from "./braincube_answer.js";
import { page } from "./braincube_page.js";

const SOONER = 2;
const MEMORY = 0.5;
const LONGEST_TASK = 50;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        json: { type: "string" },
        rows: { type: "string", default: "1000000" },
        runs: { type: "string", default: "5" },
    },
});
const [packageFolder] = positionals;
const [rows, runs] = [Number(options.rows), Number(options.runs)];
if (positionals.length !== 1 || !(rows > 0) || !(runs > 0)) {
    console.error("usage: node web/bench/braincube.mjs PACKAGE [--rows N] [--runs N] [--json FILE]");
    process.exit(2);
}
const { base, ids, pieces, bytes } = answer(rows);

/** A promise, and what resolves it. */
function awaited() {
    const one = {};
    one.promise = new Promise((resolve) => { one.resolve = resolve; });
    return one;
}

/** Serves the page, the package and a memory base; `perform(task)` has the page that asks next do a task. */
async function serve() {
    let [waiting, said] = [null, null];
    let ready = awaited();
    const server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, "http://localhost");
        const type = TYPES[extname(pathname)];
        if (pathname === "/next") {
            let body = "";
            for await (const part of request) body += part;
            const result = JSON.parse(body);
            waiting = response;
            if (result.first) return ready.resolve();
            return said.resolve(result);
        }
        if (pathname.startsWith("/package/") && type) {
            response.setHeader("Content-Type", type);
            return response.end(await readFile(join(packageFolder, pathname.slice("/package/".length))));
        }
        if (pathname.endsWith("/simple")) return response.setHeader("Content-Type", TYPES[".json"]).end(base);
        if (pathname.endsWith("/LF")) {
            response.writeHead(200, { "Content-Type": TYPES[".json"], "Content-Length": bytes });
            for (const piece of pieces) if (!response.write(piece)) await new Promise((go) => response.once("drain", go));
            return response.end();
        }
        response.setHeader("Content-Type", "text/html").end(page);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const perform = async (task) => {
        await ready.promise;
        said = awaited();
        waiting.end(JSON.stringify(task));
        const result = await said.promise;
        if (result.error) throw new Error(result.error);
        return result;
    };
    const renew = () => { ready = awaited(); };
    return { server, perform, renew, opened: () => ready.promise };
}

const status = async (pid, name) => {
    const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);
};

/** The processes below the browser that may be the page's: a browser keeps another one ready. */
async function renderers(browser) {
    const found = [];
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
        const [line, parent] = [await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""), await status(pid, "PPid")];
        if (parent === browser && line.includes("--type=renderer")) found.push(pid);
    }
    if (!found.length) throw new Error("no process of the page is to be seen in /proc");
    return found;
}

/** Runs tasks in a browser of their own. */
async function inBrowser({ server, renew, opened }, work) {
    renew();
    const profile = await mkdtemp(join(tmpdir(), "streamscope-bench-"));
    const browser = spawn(CHROMIUM, [
        "--headless=new", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-component-update", "--disable-sync", "--disable-background-networking", "--js-flags=--expose-gc",
        `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/`,
    ], { stdio: "ignore" });
    const ended = new Promise((resolve) => browser.on("exit", resolve));
    try {
        const early = ended.then(() => { throw new Error("the browser ended"); });
        await Promise.race([opened(), early]);
        return await Promise.race([work(browser.pid), early]);
    } finally {
        browser.kill();
        await ended;
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

/** One run of a contestant: milliseconds, longest task, and the peak of its page's process in MB. */
const run = (desk, kind) => inBrowser(desk, async (browser) => {
    // From now on, peaks are counted anew.
    for (const pid of await renderers(browser)) await writeFile(`/proc/${pid}/clear_refs`, "5");
    const result = await desk.perform({ kind, ids });
    if (result.rows !== rows) throw new Error(`${kind}: ${result.rows} rows instead of ${rows}`);
    const peaks = await Promise.all((await renderers(browser)).map((pid) => status(pid, "VmHWM")));
    return { ...result, peak: Math.max(...peaks) / 1024 };
});

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const desk = await serve();
try {
    await inBrowser(desk, () => desk.perform({ kind: "check", ids }));
    const of = { ours: [], plain: [] };
    for (let round = 0; round < runs; round += 1) {
        for (const kind of round % 2 ? ["plain", "ours"] : ["ours", "plain"]) of[kind].push(await run(desk, kind));
    }
    const figures = { browser: (await promisify(execFile)(CHROMIUM, ["--version"])).stdout.trim(), rows, variables: ids.length, bytes, runs };
    for (const kind of ["ours", "plain"]) {
        const middle = (member) => median(of[kind].map((one) => one[member]));
        figures[kind] = { milliseconds: middle("milliseconds"), peakMb: middle("peak") };
        // A task of its own comes in every run; one that does not was the machine's, busy with something else.
        figures[kind].longestTaskMs = Math.min(...of[kind].map((one) => one.longest));
    }
    const { ours, plain } = figures;
    figures.sooner = plain.milliseconds / ours.milliseconds;
    figures.memory = ours.peakMb / plain.peakMb;
    const task = (one) => (one.longestTaskMs > 0 ? `${one.longestTaskMs.toFixed(0)} ms` : "under 50 ms");
    const line = (name, one) => console.log(`  ${name.padEnd(24)}${one.milliseconds.toFixed(0).padStart(6)} ms,`
        + ` ${one.peakMb.toFixed(0).padStart(5)} MB at its peak, longest task ${task(one)}`);
    console.log(`\na Braincube answer of ${rows} rows × ${ids.length} variables, ${(bytes / 1e6).toFixed(0)} MB, every value`
        + ` checked; medians of ${runs} runs in turns, ${figures.browser}`);
    line("Streamscope", ours);
    line("JSON.parse and a loop", plain);
    console.log(`  ${figures.sooner.toFixed(2)} times sooner, ${figures.memory.toFixed(2)} times the memory`);
    if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
    if (figures.sooner < SOONER) throw new Error(`${figures.sooner.toFixed(2)} times sooner; at least ${SOONER} are meant`);
    if (figures.memory > MEMORY) throw new Error(`${figures.memory.toFixed(2)} times the memory; at most ${MEMORY} are meant`);
    if (ours.longestTaskMs > LONGEST_TASK) throw new Error(`a task held the page for ${ours.longestTaskMs.toFixed(0)} ms`);
} finally {
    desk.server.close();
    desk.server.closeAllConnections();
}
