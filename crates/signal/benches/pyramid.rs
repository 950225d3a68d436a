//! How long a pyramid over 10 million rows takes to build and to ask. Checks the answers before it times anything.
//!
//! `cargo bench -p streamscope-signal`

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use streamscope_signal::{PixelColumn, Pyramid, SECOND, Slices, TimeIndex, Values};

const ROWS: usize = 10_000_000;
const CHUNK: usize = 16_384;
const PIXELS: usize = 1600;
const RUNS: usize = 9;

fn main() {
    let (times, values) = recording();
    for chunk in [CHUNK, ROWS] {
        println!("{ROWS} rows in chunks of {chunk}; median of {RUNS} runs, ms");
        run(&Built::new(chunks(&times, &values, chunk)));
    }
}

/// 50 Hz with jitter, a gap now and then, a missing value now and then, and a single peak.
fn recording() -> (Vec<i64>, Vec<f64>) {
    let mut time = 1_700_000_000 * SECOND;
    let mut noise = 1_u64;
    let mut rows: (Vec<i64>, Vec<f64>) = (0..ROWS)
        .map(|row| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = (noise >> 40) as i64;
            time += if random % 100_000 == 0 { 3600 * SECOND } else { 20_000_000 + random % 1_000_000 };
            let value = (row as f64 / 5000.0).sin() + random as f64 / 1e8;
            (time, if random % 1009 == 0 { f64::NAN } else { value })
        })
        .unzip();
    rows.1[ROWS / 3] = 1e6;
    rows
}

fn chunks<'a>(times: &'a [i64], values: &'a [f64], rows: usize) -> Vec<Slices<'a>> {
    let pairs = times.chunks(rows).zip(values.chunks(rows));
    pairs.map(|(times, values)| Slices { times, values, durations: &[] }).collect()
}

/// Rows with their index and pyramid.
struct Built<'a> {
    chunks: Vec<Slices<'a>>,
    index: TimeIndex,
    pyramid: Pyramid,
}

impl<'a> Built<'a> {
    fn new(chunks: Vec<Slices<'a>>) -> Self {
        Self { index: index(&chunks), pyramid: pyramid(&chunks), chunks }
    }

    fn columns(&self, start: i64, end: i64) -> Vec<PixelColumn> {
        let pixels = self.index.pixels(&self.chunks, start, end, PIXELS);
        self.pyramid.columns(&self.index, &self.chunks, &pixels)
    }
}

fn index(chunks: &[Slices<'_>]) -> TimeIndex {
    let mut index = TimeIndex::new();
    for chunk in chunks {
        assert_eq!(index.push(chunk.times), Ok(()));
    }
    index
}

fn pyramid(chunks: &[Slices<'_>]) -> Pyramid {
    let mut pyramid = Pyramid::new();
    chunks.iter().for_each(|chunk| pyramid.push(Values::floats(chunk.values)));
    pyramid
}

fn run(built: &Built<'_>) {
    let Built { chunks, index, pyramid } = built;
    let (first, last) = (chunks[0].times[0], index.last_time().unwrap_or(0));
    let span = last - first;
    let views = [
        ("all of it", first, last + 1),
        ("a tenth", first + span / 3, first + span / 3 + span / 10),
        ("a thousandth", first + span / 3 - span / 2000, first + span / 3 + span / 2000),
        ("a minute", first + span / 2, first + span / 2 + 60 * SECOND),
    ];
    for (_, start, end) in views {
        check(chunks, &built.columns(start, end), start, end);
    }
    report("index of times", || self::index(chunks).rows());
    report("pyramid of values", || self::pyramid(chunks).rows());
    for (name, start, end) in views {
        report(&format!("{PIXELS} columns of {name}"), || built.columns(start, end).len());
    }
    let (rows, rule) = (index.rows_in(chunks, first, last), index.step_rule());
    report("summary of all of it", || pyramid.summary(index, chunks, rows.clone()).count as usize);
    report("intervals of all of it", || index.intervals(chunks, first, last + 1, rule).len());
    println!("  {:<32}{:>8.2} bytes a row", "memory of the pyramid", pyramid.bytes() as f64 / ROWS as f64);
}

/// Compares every column with a walk over the samples.
fn check(chunks: &[Slices<'_>], columns: &[PixelColumn], start: i64, end: i64) {
    let samples = chunks.iter().flat_map(|chunk| chunk.times.iter().zip(chunk.values));
    let mut samples = samples.skip_while(|&(&time, _)| time < start).peekable();
    for (pixel, column) in columns.iter().enumerate() {
        let edge = start + (i128::from(end - start) * (pixel as i128 + 1) / PIXELS as i128) as i64;
        let (mut min, mut max, mut count, mut rows) = (f64::INFINITY, f64::NEG_INFINITY, 0, 0);
        while let Some((_, &value)) = samples.next_if(|&(&time, _)| time < edge) {
            rows += 1;
            count += u64::from(!value.is_nan());
            (min, max) = (min.min(value), max.max(value));
        }
        assert_eq!((column.count, column.count + column.missing), (count, rows), "column {pixel}");
        assert!(count == 0 || (column.min, column.max) == (min, max), "column {pixel}");
    }
}

fn report(name: &str, mut work: impl FnMut() -> usize) {
    let mut runs: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    runs.sort_unstable();
    println!("  {name:<32}{:>8.2}", runs[RUNS / 2].as_secs_f64() * 1e3);
}
