// Sets of what Rune's calls give: things of one kind, each once.

import { guarded } from "./loading.js";

const tableOf = guarded("tableOf");

/** Under this symbol an item keeps its kind, and the key that tells it from others of its kind. */
const MARK = Symbol.for("streamscope.item");

function mark(item) {
  const mark = item?.[MARK];
  if (!mark) throw new TypeError("a set holds what calls gave, such as patients or streams, as they gave it.");
  return mark;
}

export class ItemSet {
  #kind;
  #items = new Map();

  constructor(items = []) {
    this.update(items);
  }

  get kind() {
    return this.#kind;
  }

  get size() {
    return this.#items.size;
  }

  add(item) {
    return this.update([item]);
  }

  update(items) {
    const marked = [...items].map((item) => [mark(item), item]);
    const kind = this.#kind ?? marked[0]?.[0].kind;
    const other = marked.find(([mark]) => mark.kind !== kind);
    if (other) throw new TypeError(`a set of the kind "${kind}" takes no "${other[0].kind}".`);
    this.#kind = kind;
    for (const [{ key }, item] of marked) this.#items.set(key, item);
    return this;
  }

  remove(item) {
    const there = typeof item === "string" ? this.get(item) : this.#items.get(mark(item).key);
    if (there) this.#items.delete(mark(there).key);
    return there;
  }

  get(id) {
    return this.#items.get(id) ?? this.toList().find((item) => item.id === id);
  }

  ids() {
    return [...this.#items.keys()];
  }

  filter(accepts) {
    return new ItemSet(this.toList().filter((item) => accepts(item)));
  }

  toList() {
    return [...this.#items.values()];
  }

  toTable() {
    return tableOf(this.toList());
  }

  [Symbol.iterator]() {
    return this.#items.values();
  }
}
