// An answer of Braincube's data service, as its server writes it: columns one after the other, cells as texts.

const BASE = "mb7";
const GRADES = ["Kraft 80", "Fluting 105", "Kraft 110", "Testliner 125"];
const START = Date.UTC(2024, 2, 1) / 1000;
const NUMBERS = 15;
const COUNTERS = 2;

const two = (number) => String(number).padStart(2, "0");

/** Random numbers that are the same every time. */
function random(seed) {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** `YYYYMMDD_HHMMSS`, a row a second. */
function time(row) {
    const at = new Date((START + row) * 1000);
    return `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}_`
        + `${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
}

/** The columns: a date, measurements with one to four decimals and some cells without a value, counters, states. */
function columns() {
    const number = (place) => {
        const chance = random(place);
        let value = 100 * place;
        return () => {
            value += chance() - 0.5;
            return chance() < 0.002 ? "nan" : value.toFixed(1 + place % 4);
        };
    };
    const state = (place) => {
        const chance = random(place);
        return (row) => (chance() < 0.001 ? "?" : GRADES[Math.floor(row / (300 * place)) % GRADES.length]);
    };
    return [
        { type: "DATETIME", cell: time },
        ...Array.from({ length: NUMBERS }, (_, place) => ({ type: "NUMERIC", cell: number(place + 1) })),
        ...Array.from({ length: COUNTERS }, (_, place) => ({ type: "NUMERIC", cell: (row) => String(7_310_000 + row * (place + 3)) })),
        { type: "DISCRETE", cell: state(1) },
        { type: "DISCRETE", cell: state(7) },
    ];
}

/** The description of the memory base, the variables' ids, and the answer's bytes in pieces. */
export function answer(rows) {
    const all = columns().map((column, place) => ({ ...column, id: `${BASE}/d${101 + place}` }));
    const definitions = all.map(({ id, type }) => ({ id, type }));
    const base = JSON.stringify({ name: BASE, reference: all[0].id, referenceDate: all[0].id, timezone: "UTC", datadefs: definitions });
    const pieces = [Buffer.from('{"datadefs":[')];
    for (const { id, type, cell } of all) {
        const head = `${id === all[0].id ? "" : ","}{"id":"${id}","type":"${type}","data":[`;
        pieces.push(Buffer.from(head));
        for (let row = 0; row < rows; row += 50_000) {
            const cells = Array.from({ length: Math.min(50_000, rows - row) }, (_, at) => `"${cell(row + at)}"`);
            pieces.push(Buffer.from(`${row ? "," : ""}${cells.join(",")}`));
        }
        pieces.push(Buffer.from("]}"));
    }
    pieces.push(Buffer.from(`],"resultLength":${rows}}`));
    return { base, ids: all.map(({ id }) => id), pieces, bytes: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}
