// The inputs, made from a seed, with the columns a perfect parser finds in them. Runs in Node and in the browser.

const encoder = new TextEncoder();

/** A small generator of 32-bit numbers (xorshift): the same on every machine. */
function random(seed) {
    let state = seed;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state >>> 0;
    };
}

const START_S = 1648412619;
const PLACES = ["walk", "rest", "sit", "stairs up", "stairs down"];

/** Times of a 50 Hz sensor that jitters and sometimes pauses: seconds and nanoseconds, in steps of `step` ns. */
function times(rows, step, next) {
    const seconds = new Int32Array(rows);
    const nanos = new Int32Array(rows);
    let [s, ns] = [START_S, 258941700];
    for (let row = 0; row < rows; row++) {
        [seconds[row], nanos[row]] = [s, ns];
        const pause = next() % 1000 === 0 ? 2e9 : 0;
        ns += pause + 19_000_000 + step * (next() % Math.floor(2_000_000 / step));
        s += Math.floor(ns / 1e9);
        ns %= 1e9;
    }
    return { seconds, nanos };
}

function exact({ seconds, nanos }) {
    return BigInt64Array.from(seconds, (s, row) => BigInt(s) * 1_000_000_000n + BigInt(nanos[row]));
}

/** Up to nine digits after a dot, without trailing zeros. */
function fraction(nanos) {
    if (nanos === 0) return "";
    return "." + String(nanos).padStart(9, "0").replace(/0+$/, "");
}

const isoSeconds = (s) => new Date(s * 1000).toISOString().slice(0, 19);

/** 1,000,000 rows of three columns; `time` writes a time. */
function acceleration(rows, time) {
    const next = random(1);
    const clock = times(rows, 100, next);
    const lines = ["time,acceleration,measurement_duration_ns"];
    const values = new Float64Array(rows);
    const timeTexts = [];
    for (let row = 0; row < rows; row++) {
        const text = ((next() % 400_000) / 1e5 - 2).toFixed(5);
        values[row] = Number(text);
        timeTexts.push(time(clock.seconds[row], clock.nanos[row]));
        lines.push(`${timeTexts[row]},${text},20000000`);
    }
    const duration = new BigInt64Array(rows).fill(20_000_000n);
    const columns = [
        { name: "time", kind: "time", values: exact(clock), texts: timeTexts },
        { name: "acceleration", kind: "float", values },
        { name: "measurement_duration_ns", kind: "int", values: duration },
    ];
    return { bytes: encoder.encode(lines.join("\n") + "\n"), columns };
}

/** A wide table: nanoseconds, six floats of which some are missing, a duration, a text that repeats. */
function wide(rows) {
    const next = random(3);
    const clock = times(rows, 1, next);
    const stamps = exact(clock);
    const names = ["x", "y", "z", "power", "voltage", "current"];
    const floats = names.map(() => new Float64Array(rows));
    const texts = [];
    const lines = [`time,${names.join(",")},measurement_duration_ns,activity`];
    const timeTexts = [];
    for (let row = 0; row < rows; row++) {
        const cells = floats.map((values, column) => {
            const draw = next();
            // One cell in fifty is empty: NaN stands for null in the reference.
            const text = draw % 50 === 0 ? "" : ((draw / 2 ** 31 - 1) * 10 ** (column - 2)).toFixed(8 - column);
            values[row] = text === "" ? NaN : Number(text);
            return text;
        });
        texts.push(PLACES[(row >> 7) % PLACES.length]);
        timeTexts.push(String(stamps[row]));
        lines.push(`${timeTexts[row]},${cells.join(",")},20000000,${texts[row]}`);
    }
    const columns = [
        { name: "time", kind: "time", values: stamps, texts: timeTexts },
        ...names.map((name, column) => ({ name, kind: "float", values: floats[column] })),
        { name: "measurement_duration_ns", kind: "int", values: new BigInt64Array(rows).fill(20_000_000n) },
        { name: "activity", kind: "text", values: texts },
    ];
    return { bytes: encoder.encode(lines.join("\n") + "\n"), columns };
}

const unixText = (s, ns) => `${s}${fraction(ns)}`;
const isoText = (s, ns) => `${isoSeconds(s)}${fraction(ns)}Z`;

/** Name, description and maker of each input; `rows` is that of the first two. */
export const inputs = [
    {
        name: "in1",
        about: "time in Unix seconds, acceleration, duration",
        time: "unix",
        make: (rows) => acceleration(rows, unixText),
    },
    {
        name: "in2",
        about: "the same with ISO times",
        time: "iso",
        make: (rows) => acceleration(rows, isoText),
    },
    {
        name: "in3",
        about: "time in ns, 6 floats with gaps, duration, text",
        time: "unixns",
        make: (rows) => wide(Math.ceil(rows * 0.3)),
    },
];
