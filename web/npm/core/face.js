// What the entries of the core export besides `init`.

import { guarded } from "./loading.js";

export { ErrorClass as StreamscopeError, Frame, Read, Table } from "./streamscope.js";

export const Rune = guarded("Rune");
export const initialize = guarded("initialize");
export const rune = guarded("rune");
export const CsvParser = guarded("CsvParser");
export const parseCsv = guarded("parseCsv");
