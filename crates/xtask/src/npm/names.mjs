// What wasm and JavaScript call each other has long names with checksums in them, which pack badly. Nobody else sees
// them: both sides get short ones.

const [IMPORTS, EXPORTS] = [2, 7];

/** A wasm file's bytes and its script, with short names in place of those that wasm-bindgen has made. */
export function withShortNames(wasm, script) {
  const short = new Map();
  const shortened = (name) => {
    if (!/^__wb/.test(name)) return name;
    if (!short.has(name)) short.set(name, `_${short.size.toString(36)}`);
    return short.get(name);
  };
  const bytes = [...sections(wasm)].map(({ id, body }) => {
    const rewrite = { [IMPORTS]: imports, [EXPORTS]: exports }[id];
    const own = rewrite ? rewrite(body, shortened) : body;
    return Buffer.concat([Buffer.from([id]), leb(own.length), own]);
  });
  if (short.size === 0) throw new Error("wasm-bindgen names things otherwise: nothing to shorten was found");
  const renamed = script.replace(/\b__wb\w+/g, (name) => short.get(name) ?? name);
  return [Buffer.concat([wasm.subarray(0, 8), ...bytes]), renamed];
}

function* sections(wasm) {
  for (let reader = new Reader(wasm, 8); !reader.ended; ) {
    const id = reader.byte();
    yield { id, body: reader.take(reader.number()) };
  }
}

function imports(body, shortened) {
  const [reader, out] = [new Reader(body), new Writer()];
  out.number(reader.number());
  while (!reader.ended) {
    out.name(reader.name());
    out.name(shortened(reader.name()));
    out.bytes(reader.kind());
  }
  return out.whole;
}

function exports(body, shortened) {
  const [reader, out] = [new Reader(body), new Writer()];
  out.number(reader.number());
  while (!reader.ended) {
    out.name(shortened(reader.name()));
    out.bytes(reader.measured(() => (reader.byte(), reader.number())));
  }
  return out.whole;
}

class Reader {
  constructor(bytes, place = 0) {
    [this.bytes, this.place] = [bytes, place];
  }

  get ended() {
    return this.place >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.place++];
  }

  take(length) {
    return this.bytes.subarray(this.place, (this.place += length));
  }

  number() {
    for (let [value, factor] = [0, 1]; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  name() {
    return this.take(this.number()).toString();
  }

  /** The bytes that a reading passes. */
  measured(read) {
    const from = this.place;
    read();
    return this.bytes.subarray(from, this.place);
  }

  /** What an import is: a function, a table, a memory or a global. */
  kind() {
    const limits = () => (this.byte() & 1 ? [this.number(), this.number()] : this.number());
    const kinds = [() => this.number(), () => (this.byte(), limits()), limits, () => this.take(2)];
    return this.measured(() => kinds[this.byte()]());
  }
}

class Writer {
  parts = [];

  number(value) {
    this.parts.push(leb(value));
  }

  bytes(bytes) {
    this.parts.push(bytes);
  }

  name(name) {
    const bytes = Buffer.from(name);
    this.parts.push(leb(bytes.length), bytes);
  }

  get whole() {
    return Buffer.concat(this.parts);
  }
}

/** A length as wasm writes numbers: seven bits a byte. */
function leb(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}
