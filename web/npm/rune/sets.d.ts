import type { Table } from "./streamscope.js";

/**
 * What Rune's calls give, as a set: things of one kind (patients, streams, events, …), each once, in the order in which
 * they came. Things of another kind are refused, and so are copies, which have lost their kind.
 */
export class ItemSet<T extends object> implements Iterable<T> {
  constructor(items?: Iterable<T>);
  /** What it holds, such as `"stream"`; `undefined` while it never held anything. */
  readonly kind: string | undefined;
  /** How many. */
  readonly size: number;
  /** Adds one; one that is there already is replaced, and keeps its place. */
  add(item: T): this;
  /** Adds all, or, when one of them is refused, none. */
  update(items: Iterable<T>): this;
  /** Takes one out, by its id or itself, and gives it; `undefined` when it is not there. */
  remove(item: string | T): T | undefined;
  /** The one with this id. */
  get(id: string): T | undefined;
  /** Their ids, in order; a device's holds its patient's, because patients may have devices of one id. */
  ids(): string[];
  /** Those that are accepted, as a set of their own. */
  filter(accepts: (item: T) => boolean): ItemSet<T>;
  /** All of them, in order. */
  toList(): T[];
  /** A row each. */
  toTable(): Table;
  [Symbol.iterator](): IterableIterator<T>;
}
