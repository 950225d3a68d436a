// What the entries export besides `init`.

import { guarded } from "./loading.js";

export { ErrorClass as StreamscopeError, Frame, JouleWriter, Pages, Read, Table, V1 } from "./streamscope.js";

export const Rune = guarded("Rune");
export const Joule = guarded("Joule");
export const initialize = guarded("initialize");
export const rune = guarded("rune");
export const CsvParser = guarded("CsvParser");
export const parseCsv = guarded("parseCsv");
export const tableOf = guarded("tableOf");

export { ItemSet } from "./sets.js";
