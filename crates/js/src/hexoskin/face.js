// What Rust cannot make: objects of which there is one for all, and JSON of what holds them.

/** So many are kept before those that nobody holds are let go of. */
const TIDY_AT = 4096;

/** The JavaScript object of a key, unless nobody holds it any more or someone has freed it. */
export function known(held, key) {
  const there = held.get(key)?.deref();
  return there && there.__wbg_ptr !== 0 ? there : undefined;
}

/** Keeps a JavaScript object under a key for as long as someone holds it. */
export function keep(held, key, object) {
  held.set(key, new WeakRef(object));
  if (held.size > TIDY_AT) for (const [name, one] of held) if (!one.deref()) held.delete(name);
  return object;
}

/** JSON of a value: objects of the server are their URIs, and a `bigint` is a number where one can hold it. */
export function written(value) {
  return JSON.stringify(value, (_, one) => {
    if (typeof one !== "bigint") return one;
    if (!Number.isSafeInteger(Number(one))) throw new TypeError("a bigint is beyond what JSON holds exactly.");
    return Number(one);
  });
}
