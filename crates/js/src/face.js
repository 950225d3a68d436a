// What Rust cannot make: a class that extends Error, and an async generator.

/** What every call throws when something goes wrong. */
class StreamscopeError extends Error {
  constructor(message, fields) {
    super(message);
    Object.assign(this, fields);
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
