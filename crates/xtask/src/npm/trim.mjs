// Cuts out of a wasm file what never runs and what nobody sees, which neither LLVM nor wasm-opt can know. A function that
// is cut out traps. Usage: node trim.mjs FILE SCRIPT ENTRY
//
// What follows is a list of reasons, each with the names of functions that it holds for. A name that no longer exists
// fails the build, so that the list stays true.

import { readFileSync, writeFileSync } from "node:fs";

import binaryen from "binaryen";

import { withShortNames } from "./names.mjs";
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
  // Errors of files and sockets can be printed for debugging. There are none here.
  /^<std(\[\w+\])?::io::error::.* as core(\[\w+\])?::fmt::(Debug|Display)>::fmt/,
  /^core(\[\w+\])?::(option|result)::(unwrap|expect)_failed/,
  /^core(\[\w+\])?::(slice|str)::.*_fail(_rt)?$/,
  /^std(\[\w+\])?::panicking::(begin_panic|panic_with_hook|panic_handler|default_hook)/,
];

// What the core does without, though it may run. In its place, nothing happens.
const MUTED = {
  core: [
    // Floats in messages: the core writes none. Serde could, of JSON that is no float where one is wanted; but serde_json
    // writes those numbers by itself.
    /^<f(32|64) as core(\[\w+\])?::fmt::(Debug|Display)>::fmt/,
  ],
};

const [file, script, entry] = process.argv.slice(2);
const muted = MUTED[entry] ?? [];
binaryen.setDebugInfo(true);
const module = binaryen.readBinary(withoutPlaces(readFileSync(file)));
const found = CUTS.map(() => 0);
for (let place = 0; place < module.getNumFunctions(); place += 1) {
  const cell = module.getFunctionByIndex(place);
  const { name, module: imported } = binaryen.getFunctionInfo(cell);
  const cut = CUTS.findIndex((pattern) => pattern.test(name));
  if (imported) continue;
  // These return whether writing went well: zero.
  if (muted.some((pattern) => pattern.test(name))) binaryen.Function.setBody(cell, module.i32.const(0));
  if (cut < 0) continue;
  found[cut] += 1;
  binaryen.Function.setBody(cell, module.unreachable());
}
const lost = CUTS.filter((_, place) => found[place] === 0);
if (lost.length > 0) throw new Error(`no function is named like ${lost.join(", ")}`);
const [renamed, face] = withShortNames(Buffer.from(module.emitBinary()), readFileSync(script, "utf8"));
writeFileSync(file, renamed);
writeFileSync(script, face);
