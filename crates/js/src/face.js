// What Rust cannot make, or only at a price: a class that extends Error, an async generator, plain objects.

/** What every call throws when something goes wrong. */
class StreamscopeError extends Error {
  constructor(message, fields) {
    super(message);
    Object.assign(this, fields);
  }

  /** What JSON can hold of it: a time in nanoseconds is written as its digits. */
  toJSON() {
    const { name, message, coveredTo } = this;
    return { name, message, ...this, coveredTo: typeof coveredTo === "bigint" ? String(coveredTo) : coveredTo };
  }
}
StreamscopeError.prototype.name = "StreamscopeError";
// Under another name, so that the declaration of its type may have this one.
export { StreamscopeError as ErrorClass };

/** What a read gives, one by one. Leaving the loop early stops the download. */
export async function* items(read) {
  try {
    for (let item = await read.next(); item !== undefined; item = await read.next()) yield item;
  } finally {
    read.stop();
    read.free();
  }
}

/** What a call gave, with its kind and the key that tells it from others of its kind. */
export function marked(item, kind, key) {
  return Object.defineProperty(item, Symbol.for("streamscope.item"), { value: { kind, key } });
}

/**
 * What serde made of a platform's types, as plain objects with names in camelCase. What stands below one of the names
 * in `verbatim` keeps its own. Integers are numbers; where `exact`, those that count nanoseconds stay `bigint`.
 */
export function plain(value, verbatim, exact) {
  const kept = new Set(verbatim.split(" "));
  const entry = (name, item, own) => {
    const spelt = own ? name : name.replace(/(?<=.)_+(\w)/g, (_, letter) => letter.toUpperCase());
    return [spelt, walk(item, !own && exact && name.endsWith("_ns"), own || kept.has(name))];
  };
  const walk = (item, ns, own) => {
    if (typeof item === "bigint") return ns ? item : Number(item);
    if (typeof item !== "object" || item === null) return item;
    if (Array.isArray(item)) return item.map((one) => walk(one, ns, own));
    const entries = item instanceof Map ? [...item] : Object.entries(item);
    // Entries become properties of the object itself, whatever their names (`__proto__` among them).
    return Object.fromEntries(entries.map(([name, one]) => entry(String(name), one, own)));
  };
  return walk(value, false, false);
}

/** Numbers for a chart: where there is none, `null`, at which charts break a line. They would draw across a NaN. */
export function broken(numbers) {
  return Array.from(numbers, (number) => (Number.isNaN(number) ? null : number));
}

/** A column as plain values: `null` where it has none, and what the values stand for where they are places in a list. */
export function listed(values, valid, meanings) {
  return Array.from(values, (value, row) => (valid && !valid[row] ? null : meanings ? meanings[value] : value));
}
