// Runs in the browser: checks every parser, then times them in turns, and gives the figures to `run.mjs`.

import { check } from "./check.js";
import { inputs } from "./inputs.js";
import { fetchers, init, parsers } from "./parsers.js";

const WARM_UPS = 3;

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Lets the collector run outside the timed part, where the browser offers that. */
async function rest() {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve));
}

/** Median times in ms by contestant; who begins changes from round to round. */
async function race(contestants, runs, run) {
    const times = new Map(contestants.map((contestant) => [contestant.key, []]));
    for (let round = -WARM_UPS; round < runs; round++) {
        for (let turn = 0; turn < contestants.length; turn++) {
            const contestant = contestants[(turn + round + WARM_UPS) % contestants.length];
            await rest();
            const start = performance.now();
            const result = await run(contestant);
            const time = performance.now() - start;
            contestant.free?.(result);
            if (round >= 0) times.get(contestant.key).push(time);
        }
    }
    return Object.fromEntries([...times].map(([key, values]) => [key, median(values)]));
}

globalThis.bench = async ({ rows, runs }) => {
    const start = performance.now();
    await init();
    const loaded = performance.now() - start;
    const results = [];
    for (const { make, ...about } of inputs) {
        const input = { ...about, ...make(rows) };
        for (const parser of parsers) {
            const result = parser.run(input.bytes, input);
            check(parser, input, parser.columns(result));
            parser.free?.(result);
        }
        const url = `/data/${input.name}.csv`;
        const exact = { name: "fetched", losses: {} };
        check(exact, input, await fetchers.find(({ key }) => key === "streamed").run(url));
        const parse = await race(parsers, runs, (parser) => parser.run(input.bytes, input));
        const fetched = await race(fetchers, runs, (fetcher) => fetcher.run(url));
        const size = { rows: input.columns[0].values.length, bytes: input.bytes.length };
        results.push({ name: input.name, about: input.about, ...size, parse, fetched });
    }
    const named = (list) => list.map(({ name, key, losses }) => ({ name, key, losses }));
    return { loaded, results, parsers: named(parsers), fetchers: named(fetchers) };
};
