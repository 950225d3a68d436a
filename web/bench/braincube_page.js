// What runs in the page of `braincube.mjs`: both ways from the answer to typed arrays, and the check that they agree.

async function work() {
    const { init, Braincube } = await import("/package/browser.js");
    await init();
    const longTasks = [];
    const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longTasks.push(duration);
    });
    observer.observe({ type: "longtask" });
    const say = async (result) => (await fetch("/next", { method: "POST", body: JSON.stringify(result) })).json();

    /** Ours: frames, whose columns are typed arrays without being copied. */
    async function ours(ids) {
        const braincube = new Braincube({ ssoBaseUrl: location.origin, braincubeBaseUrl: location.origin, apiKey: "bench" });
        const frames = [];
        let rows = 0;
        for await (const frame of braincube.data({ braincube: "mill", base: 7, variables: ids })) {
            frames.push(frame);
            // Every column is there to be read.
            rows += Math.min(...frame.types.map((_, place) => frame.view(place).length));
        }
        return { rows, frames };
    }

    /** Nanoseconds of `YYYYMMDD_HHMMSS`. */
    const time = (text) => BigInt(Date.UTC(+text.slice(0, 4), +text.slice(4, 6) - 1, +text.slice(6, 8), +text.slice(9, 11), +text.slice(11, 13), +text.slice(13, 15))) * 1_000_000n;

    const READ = {
        DATETIME(data) {
            const values = new BigInt64Array(data.length);
            for (let row = 0; row < data.length; row += 1) values[row] = time(data[row]);
            return { values };
        },
        NUMERIC(data) {
            const values = new Float64Array(data.length);
            // Of the words for no value, the empty text alone is a number to JavaScript.
            for (let row = 0; row < data.length; row += 1) values[row] = data[row] === "" ? NaN : Number(data[row]);
            return { values };
        },
        DISCRETE(data) {
            const [values, keys] = [new Int32Array(data.length), new Map()];
            for (let row = 0; row < data.length; row += 1) {
                if (data[row] === "?") { values[row] = -1; continue; }
                let key = keys.get(data[row]);
                if (key === undefined) keys.set(data[row], key = keys.size);
                values[row] = key;
            }
            return { values, names: [...keys.keys()] };
        },
    };

    /** The other way: all of the answer as one JSON document, and a loop over its cells. */
    async function plain(ids) {
        const context = { dataSource: "mb7" };
        const body = JSON.stringify({ order: ids[0], definitions: ids, context });
        const answer = await fetch("/braincube/mill/braindata/mb7/LF", { method: "POST", body });
        const { datadefs } = JSON.parse(await answer.text());
        const columns = datadefs.map(({ type, data }) => READ[type](data));
        return { rows: columns[0].values.length, columns };
    }

    const WAYS = { ours, plain };

    /** Compares all values of both. */
    async function check(ids) {
        const one = await ours(ids);
        const other = await plain(ids);
        if (one.rows !== other.rows) throw new Error("another size");
        let begin = 0;
        for (const frame of one.frames) {
            if (frame.types.length !== other.columns.length) throw new Error("other columns");
            for (const [place, type] of frame.types.entries()) {
                const theirs = other.columns[place];
                const [values, valid] = [frame.copy(place), frame.validity(place)];
                const names = type === "text" ? frame.dictionary(place) : undefined;
                for (let row = 0; row < frame.rows; row += 1) {
                    const [mine, its] = [values[row], theirs.values[begin + row]];
                    const missing = valid !== undefined && valid[row] === 0;
                    const same = names
                        ? (missing ? its === -1 : names[mine] === theirs.names[its])
                        : missing ? Number.isNaN(its) : typeof mine === typeof its ? Object.is(mine, its) : Number(mine) === its;
                    if (!same) throw new Error(`column ${place}, row ${begin + row}: ${mine} and ${its}`);
                }
            }
            begin += frame.rows;
        }
        return { rows: one.rows };
    }

    async function timed(kind, ids) {
        globalThis.gc?.();
        await new Promise((resolve) => { setTimeout(resolve, 200); });
        longTasks.length = 0;
        const begun = performance.now();
        const { rows } = await WAYS[kind](ids);
        const milliseconds = performance.now() - begun;
        // Entries of long tasks come later.
        await new Promise((resolve) => { setTimeout(resolve, 100); });
        const tasks = longTasks.concat(observer.takeRecords().map(({ duration }) => duration));
        return { rows, milliseconds, longest: Math.max(0, ...tasks) };
    }

    let task = await say({ first: true });
    for (;;) {
        const result = task.kind === "check" ? check(task.ids) : timed(task.kind, task.ids);
        task = await say(await result.catch((error) => ({ error: String(error) })));
    }
}

export const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">(${work})()</script>`;
