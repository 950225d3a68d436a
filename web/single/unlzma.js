// Unpacks LZMA, in which the parts of streamscope.html are packed a third smaller than browsers can unpack by themselves.

/** The bytes of a packed file: properties, sizes (13 bytes in all) and a range-coded stream, whose length is given. */
function unlzma(packed) {
  const lc = packed[0] % 9;
  const lp = Math.floor(packed[0] / 9) % 5;
  const pb = Math.floor(packed[0] / 45);
  const out = new Uint8Array(new DataView(packed.buffer, packed.byteOffset).getUint32(5, true));

  // Where each table of probabilities begins.
  const [MATCH, REP, REP_0, REP_1, REP_2, REP_0_LONG, SLOT, SPECIAL, ALIGN, LENGTH, REP_LENGTH, LITERAL] = [
    0, 192, 204, 216, 228, 240, 432, 688, 803, 819, 1333, 1847,
  ];
  const chances = new Uint16Array(LITERAL + (768 << (lc + lp))).fill(1024);
  let place = 14;
  let range = 0xffffffff;
  let code = 0;
  for (; place < 18; place += 1) code = ((code << 8) | packed[place]) >>> 0;

  function refill() {
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | packed[place++]) >>> 0;
    }
  }

  function bit(index) {
    const chance = chances[index];
    const bound = (range >>> 11) * chance;
    const one = code >= bound;
    if (one) {
      range -= bound;
      code -= bound;
      chances[index] = chance - (chance >> 5);
    } else {
      range = bound;
      chances[index] = chance + ((2048 - chance) >> 5);
    }
    refill();
    return one ? 1 : 0;
  }

  /** Bits that are as likely one as zero. */
  function evenBits(count) {
    let value = 0;
    for (; count > 0; count -= 1) {
      range >>>= 1;
      const one = code >= range;
      if (one) code -= range;
      value = (value << 1) | (one ? 1 : 0);
      refill();
    }
    return value;
  }

  function tree(base, bits) {
    let node = 1;
    while (node < 1 << bits) node = (node << 1) | bit(base + node);
    return node - (1 << bits);
  }

  /** The lowest bit first. */
  function treeFromBelow(base, bits) {
    let [node, value] = [1, 0];
    for (let at = 0; at < bits; at += 1) {
      const read = bit(base + node);
      node = (node << 1) | read;
      value |= read << at;
    }
    return value;
  }

  function length(base, position) {
    if (!bit(base)) return 2 + tree(base + 2 + position * 8, 3);
    if (!bit(base + 1)) return 10 + tree(base + 130 + position * 8, 3);
    return 18 + tree(base + 258, 8);
  }

  function distance(copied) {
    const slot = tree(SLOT + Math.min(copied - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << bits;
    if (slot < 14) return high + treeFromBelow(SPECIAL + high - slot, bits);
    return high + (evenBits(bits - 4) << 4) + treeFromBelow(ALIGN, 4);
  }

  /** A byte; after a copy, the one that would have come next tells what it is not. */
  function literal(at, state, last) {
    const before = at > 0 ? out[at - 1] : 0;
    const base = LITERAL + 768 * (((at & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
    let symbol = 1;
    if (state >= 7) {
      for (let match = out[at - last - 1]; symbol < 0x100; match <<= 1) {
        const expected = (match >> 7) & 1;
        const read = bit(base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | read;
        if (read !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | bit(base + symbol);
    return symbol;
  }

  let state = 0;
  // The four last distances, the newest first.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let at = 0; at < out.length; ) {
    const position = at & ((1 << pb) - 1);
    if (!bit(MATCH + (state << 4) + position)) {
      out[at] = literal(at, state, a);
      at += 1;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let copied;
    if (!bit(REP + state)) {
      [b, c, d] = [a, b, c];
      copied = length(LENGTH, position);
      a = distance(copied);
      state = state < 7 ? 7 : 10;
    } else {
      let short = false;
      if (!bit(REP_0 + state)) short = !bit(REP_0_LONG + (state << 4) + position);
      else if (!bit(REP_1 + state)) [a, b] = [b, a];
      else if (!bit(REP_2 + state)) [a, b, c] = [c, a, b];
      else [a, b, c, d] = [d, a, b, c];
      copied = short ? 1 : length(REP_LENGTH, position);
      state = short ? (state < 7 ? 9 : 11) : state < 7 ? 8 : 11;
    }
    for (const end = Math.min(at + copied, out.length); at < end; at += 1) out[at] = out[at - a - 1];
  }
  return out;
}
