// Benchmarks reading a long stream of a Joule node into columns, beside curl, which only takes the bytes.
//
//     node web/bench/joule.mjs MODULE [--json FILE] [--runs N] [--path PATH]
//
// MODULE is the folder with joule_read.js and its wasm; STREAMSCOPE_JOULE_URL and STREAMSCOPE_JOULE_KEY name the node.
// Browser and curl take turns, in one run, on the same node. Every value is checked first, against the same bytes taken
// apart by plain JavaScript.
//
// A node sends no CORS headers. The browser is told not to ask for them, so that both read from the node itself and not
// through something that adds them.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

import { chromium } from "playwright-core";

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        json: { type: "string" },
        runs: { type: "string", default: "7" },
        path: { type: "string", default: "/site/building A/power" },
    },
});
const [module] = positionals;
const { STREAMSCOPE_JOULE_URL: url, STREAMSCOPE_JOULE_KEY: key } = process.env;
if (positionals.length !== 1 || !url || !key) {
    console.error("usage: node web/bench/joule.mjs MODULE [--json FILE], with STREAMSCOPE_JOULE_URL and …_KEY set");
    process.exit(2);
}
const data = `${url}/data?path=${encodeURIComponent(options.path)}`;

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
    import init, { read } from "/joule_read.js";
    await init();
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
    }).observe({ type: "longtask" });
    globalThis.read = read;
</script>`;
const TYPES = { js: "text/javascript", wasm: "application/wasm" };

function serve() {
    const server = createServer(async (request, response) => {
        const file = /^\/(joule_read(?:_bg)?\.(js|wasm))$/.exec(request.url);
        response.setHeader("Content-Type", file ? TYPES[file[2]] : "text/html");
        response.end(file ? await readFile(join(module, file[1])) : PAGE);
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Seconds that curl takes for the bytes, and how many there are. */
async function curl() {
    const format = "%{time_total} %{size_download} %{http_code}";
    const { stdout } = await promisify(execFile)("curl", [
        "--silent", "--output", "/dev/null", "--write-out", format, "--header", `X-API-KEY: ${key}`, data,
    ]);
    const [seconds, bytes, status] = stdout.split(" ").map(Number);
    if (status !== 200) throw new Error(`curl: ${status}`);
    return { seconds, bytes };
}

/** Runs in the page: reads the stream and compares each value with the bytes themselves. */
async function check([url, key, path, data]) {
    const [times, ...columns] = await globalThis.read(url, key, path);
    const answer = await fetch(data, { headers: { "X-API-KEY": key } });
    const bytes = new DataView(await answer.arrayBuffer());
    const width = 8 + 4 * columns.length;
    let row = 0;
    for (let at = 0; at < bytes.byteLength; at += width) {
        const time = bytes.getBigInt64(at, true);
        if (time === 0n) continue;
        if (times[row] !== time * 1000n) throw new Error(`time of row ${row}`);
        columns.forEach((values, column) => {
            const value = bytes.getFloat32(at + 8 + 4 * column, true);
            if (!Object.is(values[row], value)) throw new Error(`element ${column} of row ${row}`);
        });
        row += 1;
    }
    if (row !== times.length) throw new Error(`${times.length} rows of ${row}`);
    return row;
}

/** Runs in the page: seconds from the call to the columns, and the longest task meanwhile. */
async function time([url, key, path]) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
    globalThis.longTasks.length = 0;
    const begun = performance.now();
    const columns = await globalThis.read(url, key, path);
    const seconds = (performance.now() - begun) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { seconds, rows: columns[0].length, longest: Math.max(0, ...globalThis.longTasks) };
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const server = await serve();
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-web-security",
        "--no-first-run", "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"],
});
try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction("globalThis.read");
    const rows = await page.evaluate(check, [url, key, options.path, data]);
    const [ours, theirs, tasks] = [[], [], []];
    let bytes = 0;
    for (let round = -1; round < Number(options.runs); round += 1) {
        const bare = await curl();
        const read = await page.evaluate(time, [url, key, options.path]);
        // The first round warms up.
        if (round < 0) continue;
        ours.push(read.seconds);
        theirs.push(bare.seconds);
        tasks.push(read.longest);
        bytes = bare.bytes;
    }
    const figures = {
        browser: browser.version(), rows, bytes, runs: ours.length,
        columnsSeconds: median(ours), curlSeconds: median(theirs), longestTaskMs: Math.max(...tasks),
    };
    figures.ratio = figures.columnsSeconds / figures.curlSeconds;
    console.log(`a Joule node's ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB, every value checked; `
        + `medians of ${figures.runs} runs in turns, Chromium ${figures.browser}`);
    console.log(`  into columns in the browser  ${(figures.columnsSeconds * 1e3).toFixed(0)} ms`);
    console.log(`  curl, the bytes alone        ${(figures.curlSeconds * 1e3).toFixed(0)} ms`);
    console.log(`  ratio ${figures.ratio.toFixed(2)}, longest task of the page `
        + (figures.longestTaskMs > 0 ? `${figures.longestTaskMs.toFixed(0)} ms` : "under 50 ms"));
    if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
    await browser.close();
    server.close();
}
