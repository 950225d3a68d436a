// Every value of every parser against the reference. A loss is allowed only where the parser declares it, and only
// that one.

/** What a time of the reference becomes for a parser with this loss. */
function expectedTime(loss, reference, row) {
    const ns = reference.values[row];
    switch (loss) {
        case undefined:
            return ns;
        case "time a double":
            return Number(reference.texts[row]);
        case "time a string":
            return reference.texts[row];
        case "time cut to ms":
            return Number(ns / 1_000_000n);
        default:
            throw new Error(`unknown loss: ${loss}`);
    }
}

/** A cell in the form that `expected` has. */
function plain(value) {
    if (value instanceof Date) return value.getTime();
    return value;
}

function equal(kind, actual, expected) {
    if (kind === "float") {
        // Missing: null, undefined, "" or NaN, as each parser has it.
        if (Number.isNaN(expected)) return actual == null || actual === "" || Number.isNaN(actual);
        return Object.is(actual, expected);
    }
    if (kind === "int") return actual === expected || (typeof actual === "number" && BigInt(actual) === expected);
    return actual === expected;
}

/** Throws at the first wrong value. */
export function check(parser, input, columns) {
    if (columns.length !== input.columns.length) throw new Error(`${parser.name}: ${columns.length} columns`);
    input.columns.forEach((reference, index) => {
        const column = columns[index];
        const rows = reference.values.length;
        // Arrays have a method `keys`; a text column has indices there.
        const dictionary = column.keys instanceof Int32Array;
        const { length } = dictionary ? column.keys : column;
        if (length !== rows) throw new Error(`${parser.name}, ${reference.name}: ${length} rows of ${rows}`);
        const loss = parser.losses[input.name];
        for (let row = 0; row < rows; row++) {
            const actual = dictionary ? column.values[column.keys[row]] : plain(column[row]);
            const expected = reference.kind === "time" ? expectedTime(loss, reference, row) : reference.values[row];
            if (!equal(reference.kind, actual, expected)) {
                throw new Error(`${parser.name}, ${input.name}.${reference.name}[${row}]: ${actual} is not ${expected}`);
            }
        }
    });
}
