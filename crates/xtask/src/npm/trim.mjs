// Cuts out of a wasm file what never runs and what nobody sees, which neither LLVM nor wasm-opt can know. A function that
// is cut out traps. Usage: node trim.mjs FILE
//
// What follows is a list of reasons, each with the names of functions that it holds for. A name that no longer exists
// fails the build, so that the list stays true.

import { readFileSync, writeFileSync } from "node:fs";

import binaryen from "binaryen";

import { withoutPlaces } from "./places.mjs";

const CUTS = [
  // Arrow checks what its builder makes unless it is told not to. It always is, by a flag that optimisers lose sight of.
  /^arrow_data::data::ArrayData::validate/,
  // An array can be printed for debugging, so every kind of array carries how. Nothing here prints arrays.
  /^<arrow_array::.* as core::fmt::Debug>::fmt/,
  /^<arrow_(schema|buffer|data)::.* as core::fmt::Debug>::fmt/,
  /^<chrono::.* as core::fmt::(Debug|Display)>::fmt/,
  // Arrow tells types apart in refusals of columns that do not fit their schema. Here schema and columns are made together.
  /^arrow_schema::datatype_display::/,
  // Every kind of array carries how it becomes plain `ArrayData`. Nothing asks for it.
  /^arrow_array::.*impl core::convert::From<arrow_array::.*> for arrow_data::data::ArrayData>::from/,
  // A panic is a trap. In the browser its message has nowhere to go: what would write it is cut out.
  /^core(\[\w+\])?::panicking::/,
  /^core(\[\w+\])?::(option|result)::(unwrap|expect)_failed/,
  /^core(\[\w+\])?::(slice|str)::.*_fail(_rt)?$/,
  /^std(\[\w+\])?::panicking::(begin_panic|panic_with_hook|panic_handler|default_hook)/,
];

const [file] = process.argv.slice(2);
binaryen.setDebugInfo(true);
const module = binaryen.readBinary(withoutPlaces(readFileSync(file)));
const found = CUTS.map(() => 0);
for (let place = 0; place < module.getNumFunctions(); place += 1) {
  const cell = module.getFunctionByIndex(place);
  const { name, module: imported } = binaryen.getFunctionInfo(cell);
  const cut = CUTS.findIndex((pattern) => pattern.test(name));
  if (cut < 0 || imported) continue;
  found[cut] += 1;
  binaryen.Function.setBody(cell, module.unreachable());
}
const lost = CUTS.filter((_, place) => found[place] === 0);
if (lost.length > 0) throw new Error(`no function is named like ${lost.join(", ")}`);
writeFileSync(file, module.emitBinary());
