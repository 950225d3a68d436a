// The contestants. Each takes the bytes of a body, as `fetch` delivers them, and gives columns.

import { inferSchema, initParser } from "/npm/udsv/dist/uDSV.mjs";
import init, { CsvParser, parseCsv } from "/package/streamscope.js";
import { parsePlain } from "./plain.js";

export { init };

const decoder = new TextDecoder();

function udsv(text) {
    return initParser(inferSchema(text)).typedCols(text);
}

/** Text columns as indices into a dictionary, all others as typed arrays. */
function columnsOf(frame, take) {
    return frame.types.map((type, column) =>
        type === "text" ? { keys: take(column), values: frame.dictionary(column) } : take(column),
    );
}

/** Every parser: `run` gives a result, `columns` makes columns of it (not timed), `free` lets go of it. */
export const parsers = [
    {
        name: "uDSV, typed columns",
        key: "udsv",
        losses: { in1: "time a double", in2: "time cut to ms", in3: "time a double" },
        run: (bytes) => udsv(decoder.decode(bytes)),
        columns: (result) => result,
    },
    {
        name: "Papa Parse, dynamic typing",
        key: "papa",
        losses: { in1: "time a double", in2: "time cut to ms", in3: "time a string" },
        run: (bytes) => globalThis.Papa.parse(decoder.decode(bytes), { dynamicTyping: true, skipEmptyLines: true }).data,
        columns: (rows) => rows[0].map((_, column) => rows.slice(1).map((row) => row[column])),
    },
    {
        name: "plain JavaScript, careful",
        key: "plain",
        losses: {},
        run: (bytes, input) => parsePlain(bytes, input.columns.map((c) => (c.kind === "time" ? input.time : c.kind))),
        columns: (result) => result,
    },
    {
        name: "streamscope, copies",
        key: "copies",
        losses: {},
        run(bytes) {
            const frame = parseCsv(bytes);
            const columns = columnsOf(frame, (column) => frame.copy(column));
            frame.free();
            return columns;
        },
        columns: (result) => result,
    },
    {
        name: "streamscope, views",
        key: "views",
        losses: {},
        run(bytes) {
            const frame = parseCsv(bytes);
            return { frame, columns: columnsOf(frame, (column) => frame.view(column)) };
        },
        columns: (result) => result.columns,
        free: (result) => result.frame.free(),
    },
];

/** From a URL to columns. */
export const fetchers = [
    {
        name: "text(), then uDSV",
        key: "udsv",
        async run(url) {
            return udsv(await (await fetch(url)).text());
        },
    },
    {
        name: "streamscope, streamed, copies",
        key: "streamed",
        async run(url) {
            const response = await fetch(url);
            const parser = new CsvParser();
            parser.expectBytes(Number(response.headers.get("content-length")));
            const reader = response.body.getReader();
            for (let next = await reader.read(); !next.done; next = await reader.read()) parser.push(next.value);
            parser.finish();
            const frame = parser.take();
            const columns = columnsOf(frame, (column) => frame.copy(column));
            frame.free();
            parser.free();
            return columns;
        },
    },
];
