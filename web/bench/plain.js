// A careful parser in plain JavaScript: one pass over the bytes, no strings, typed arrays, and 64-bit times as two
// 32-bit halves, because BigInt arithmetic per cell would be slower than everything else together.

const COMMA = 44;
const NEWLINE = 10;
const DOT = 46;
const MINUS = 45;
const POW10 = Array.from({ length: 23 }, (_, k) => 10 ** k);
const decoder = new TextDecoder();

/** Columns that grow: `lows` and `highs` view the same memory as `values`. */
class Wide {
    constructor(capacity) {
        this.values = new BigInt64Array(capacity);
        this.halves = new Uint32Array(this.values.buffer);
    }

    /** seconds * 10^9 + nanos, exactly: the product is put together from 16-bit halves of the seconds. */
    setTime(row, seconds, nanos) {
        const low = (seconds & 0xffff) * 1e9 + nanos;
        const high = (seconds >>> 16) * 1e9;
        // high * 2^16 + low, both below 2^47: bit operations take a number's lowest 32 bits.
        const sum = (low >>> 0) + ((high << 16) >>> 0);
        this.halves[2 * row] = sum;
        this.halves[2 * row + 1] =
            Math.floor(low / 4294967296) + Math.floor(high / 65536) + (sum > 4294967295 ? 1 : 0);
    }

    /** high * 10^9 + low. */
    setDigits(row, high, low) {
        if (high < 4294967296) this.setTime(row, high, low);
        else this.values[row] = BigInt(high) * 1_000_000_000n + BigInt(low);
    }
}

const KINDS = ["unix", "unixns", "iso", "float", "int", "text"];
const [UNIX, , ISO, FLOAT, , TEXT] = KINDS.keys();

/** Parses bytes of columns with known kinds (`unix`, `unixns`, `iso`, `float`, `int`, `text`). */
export function parsePlain(bytes, names) {
    const kinds = Uint8Array.from(names, (name) => KINDS.indexOf(name));
    let at = bytes.indexOf(NEWLINE) + 1;
    let capacity = expectedRows(bytes, at);
    let columns = Array.from(kinds, (kind) => newColumn(kind, capacity));
    const days = { year: 0, month: 0, day: 0, seconds: 0 };
    let row = 0;
    while (at < bytes.length) {
        if (row === capacity) {
            capacity *= 2;
            columns = columns.map((column, index) => grown(column, kinds[index], capacity));
        }
        at = parseRow(bytes, at, kinds, columns, row, days);
        row++;
    }
    return columns.map((column) => {
        if (column instanceof Wide) return column.values.subarray(0, row);
        if (column instanceof Float64Array) return column.subarray(0, row);
        return { keys: column.keys.subarray(0, row), values: column.values };
    });
}

/** Rows if all were as long as the first thousand, and a few more. */
function expectedRows(bytes, start) {
    let end = start;
    let rows = 0;
    while (rows < 1000 && end < bytes.length) {
        while (bytes[end] !== NEWLINE) end++;
        end++;
        rows++;
    }
    return Math.ceil(((bytes.length - start) / ((end - start) / rows)) * 1.02);
}

function newColumn(kind, capacity) {
    if (kind === FLOAT) return new Float64Array(capacity);
    if (kind === TEXT) return { keys: new Int32Array(capacity), values: [], last: new Uint8Array(0), lastKey: -1 };
    return new Wide(capacity);
}

function grown(column, kind, capacity) {
    const larger = newColumn(kind, capacity);
    if (kind === FLOAT) larger.set(column);
    else if (kind === TEXT) {
        larger.keys.set(column.keys);
        Object.assign(larger, { values: column.values, last: column.last, lastKey: column.lastKey });
    } else larger.values.set(column.values);
    return larger;
}

function parseRow(bytes, start, kinds, columns, row, days) {
    let at = start;
    for (let column = 0; column < kinds.length; column++) {
        switch (kinds[column]) {
            case FLOAT:
                at = float(bytes, at, columns[column], row);
                break;
            case UNIX:
                at = unix(bytes, at, columns[column], row);
                break;
            case ISO:
                at = iso(bytes, at, columns[column], row, days);
                break;
            case TEXT:
                at = text(bytes, at, columns[column], row);
                break;
            default:
                at = int(bytes, at, columns[column], row);
        }
    }
    return at;
}

function float(bytes, start, values, row) {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let digits = 0;
    let count = 0;
    let dot = -1;
    let byte = bytes[at];
    for (; byte !== COMMA && byte !== NEWLINE; byte = bytes[++at]) {
        const digit = byte - 48;
        if (digit >= 0 && digit < 10) {
            digits = digits * 10 + digit;
            count++;
        } else if (byte === DOT && dot < 0) {
            dot = at;
        } else {
            count = 99;
        }
    }
    if (count === 0) {
        values[row] = NaN;
    } else if (count <= 15) {
        // Digits and power of ten are exact, so the one division rounds correctly.
        const value = dot < 0 ? digits : digits / POW10[at - dot - 1];
        values[row] = negative ? -value : value;
    } else {
        values[row] = Number(decoder.decode(bytes.subarray(start, at)));
    }
    return at + 1;
}

function unix(bytes, start, times, row) {
    let at = start;
    let seconds = 0;
    let byte = bytes[at];
    for (; byte >= 48; byte = bytes[++at]) seconds = seconds * 10 + (byte - 48);
    let nanos = 0;
    if (byte === DOT) {
        const dot = at;
        for (byte = bytes[++at]; byte >= 48; byte = bytes[++at]) nanos = nanos * 10 + (byte - 48);
        nanos *= POW10[dot + 10 - at];
    }
    times.setTime(row, seconds, nanos);
    return at + 1;
}

function int(bytes, start, values, row) {
    let at = start;
    // The last nine digits and those before them.
    let byte = bytes[at];
    while (byte !== COMMA && byte !== NEWLINE) byte = bytes[++at];
    const split = Math.max(start, at - 9);
    let high = 0;
    for (let i = start; i < split; i++) high = high * 10 + (bytes[i] - 48);
    let low = 0;
    for (let i = split; i < at; i++) low = low * 10 + (bytes[i] - 48);
    values.setDigits(row, high, low);
    return at + 1;
}

function two(bytes, at) {
    return (bytes[at] - 48) * 10 + (bytes[at + 1] - 48);
}

function iso(bytes, start, times, row, days) {
    const year = two(bytes, start) * 100 + two(bytes, start + 2);
    const month = two(bytes, start + 5);
    const day = two(bytes, start + 8);
    if (day !== days.day || month !== days.month || year !== days.year) {
        days.seconds = Date.UTC(year, month - 1, day) / 1000;
        days.year = year;
        days.month = month;
        days.day = day;
    }
    const clock = two(bytes, start + 11) * 3600 + two(bytes, start + 14) * 60 + two(bytes, start + 17);
    const seconds = days.seconds + clock;
    let at = start + 19;
    let nanos = 0;
    let byte = bytes[at];
    if (byte === DOT) {
        const dot = at;
        for (byte = bytes[++at]; byte >= 48 && byte < 58; byte = bytes[++at]) nanos = nanos * 10 + (byte - 48);
        nanos *= POW10[dot + 10 - at];
    }
    // The inputs are in UTC: a `Z` and the separator.
    times.setTime(row, seconds, nanos);
    return at + 2;
}

function text(bytes, start, column, row) {
    let at = start;
    let same = true;
    let byte = bytes[at];
    for (; byte !== COMMA && byte !== NEWLINE; byte = bytes[++at]) same = same && column.last[at - start] === byte;
    if (!same || at - start !== column.last.length) {
        column.last = bytes.slice(start, at);
        const value = decoder.decode(column.last);
        column.lastKey = column.values.indexOf(value);
        if (column.lastKey < 0) column.lastKey = column.values.push(value) - 1;
    }
    column.keys[row] = column.lastKey;
    return at + 1;
}
