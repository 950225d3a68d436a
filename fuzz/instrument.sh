#!/bin/sh
# Compiles one of the workspace's own crates so that a fuzzer sees which edges an input reaches, and what is compared.
# These are options of the stable compiler. Cargo calls this in place of it: RUSTC_WORKSPACE_WRAPPER.
exec "$@" \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
