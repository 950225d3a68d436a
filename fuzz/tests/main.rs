//! Every target over its corpus: samples, and what a fuzzer once found.
#![allow(clippy::print_stdout, reason = "a test that fails shows which sample it read")]

use std::path::Path;

use streamscope_fuzz::growth::{CASES, MOST, streams};
use streamscope_fuzz::{TARGETS, check, memory};

#[test]
fn every_target_keeps_its_promise_over_its_corpus() {
    for target in &TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
        let files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "{} has no samples", target.name);
        for file in files {
            println!("{}", file.display());
            check(target, &std::fs::read(&file).unwrap());
        }
    }
}

#[test]
fn memory_grows_with_the_bytes_and_not_faster() {
    for case in CASES {
        let measure = |size: usize| {
            let input = case.input(size);
            let asked = memory::asked();
            let ((), held) = memory::peak(|| case.read(&input));
            [(memory::asked() - asked) as f64, held as f64]
        };
        // What is made once in a program's life is no part of it.
        measure(case.size / 8);
        let (one, two) = (measure(case.size), measure(2 * case.size));
        let good = one.iter().zip(&two).all(|(one, two)| *two <= MOST * one.max(1.0));
        assert!(good, "{}: asked and held {one:?}, at twice the size {two:?}", case.what);
    }
}

#[test]
fn a_body_longer_than_what_is_held_is_read() {
    for stream in streams() {
        let (rows, most) = memory::peak(|| (stream.read)(64 << 20));
        assert!(rows > 1_000_000 && most < 2 << 20, "{}: {rows} rows, {most} bytes held", stream.what);
    }
}
