//! How work and memory of every parser grow: `growth` counts, `growth --time` measures.
//!
//! Work is counted in comparisons that our own code makes, which is the same on every machine; the compiler marks them
//! where it is told to (`fuzz/instrument.sh`). Memory is counted by the allocator. Both fail over what they may be.
#![allow(clippy::print_stdout, reason = "a command-line program speaks on standard output")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use streamscope_fuzz::growth::{CASES, Case, MOST, streams};
use streamscope_fuzz::memory;

mod marks;

/// Bytes of a stream: more than the address space that the test command leaves.
const LONG: u64 = 128 << 20;
/// The most memory while a stream is read whose rows are taken as they come.
const MOST_HELD: usize = 2 << 20;
/// Time at twice the size is measured so often; the least of them counts.
const ATTEMPTS: usize = 7;
/// Less than this says nothing.
const LEAST: Duration = Duration::from_millis(2);

fn main() -> ExitCode {
    let timed = std::env::args().any(|argument| argument == "--time");
    let mut failed = 0;
    for case in CASES {
        let (line, good) = if timed { time(case) } else { count(case) };
        println!("{line}{}", if good { "" } else { "  TOO MUCH" });
        failed += usize::from(!good);
    }
    if !timed {
        for stream in streams() {
            let (rows, most) = memory::peak(|| (stream.read)(LONG));
            let good = most <= MOST_HELD;
            let kept = format!("{rows:>10} rows of {} MiB, {:>5} KiB held", LONG >> 20, most >> 10);
            println!("{:34} {kept}{}", stream.what, if good { "" } else { "  TOO MUCH" });
            failed += usize::from(!good);
        }
    }
    if failed == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!("{failed} grow faster than what they read");
    ExitCode::FAILURE
}

/// Comparisons, bytes ever asked for, and bytes held at most, at a size and at twice that size.
fn count(case: &Case) -> (String, bool) {
    let measure = |size: usize| {
        let input = case.input(size);
        let (compared, asked) = (marks::compared(), memory::asked());
        let ((), held) = memory::peak(|| case.read(&input));
        [marks::compared() - compared, memory::asked() - asked, held as u64].map(|count| count as f64)
    };
    // What is made once in a program's life is no part of it.
    measure(case.size / 8);
    let (one, two) = (measure(case.size), measure(2 * case.size));
    let ratios: Vec<f64> = one.iter().zip(two).map(|(one, two)| two / one.max(1.0)).collect();
    let (comparisons, shown) =
        (two[0], format!("{:.2} work, {:.2} asked, {:.2} held", ratios[0], ratios[1], ratios[2]));
    assert!(comparisons > 0.0, "nothing is counted: build this with `cargo xtask fuzz`");
    (format!("{:34} {shown}", case.what), ratios.iter().all(|ratio| *ratio <= MOST))
}

/// Time at twice the size to that at the size.
fn time(case: &Case) -> (String, bool) {
    let least = |size: usize| {
        let input = case.input(size);
        let time = || {
            let begun = Instant::now();
            case.read(&input);
            begun.elapsed()
        };
        std::iter::repeat_with(time).take(ATTEMPTS).min().unwrap_or_default()
    };
    let (one, two) = (least(case.size), least(2 * case.size));
    let ratio = two.as_secs_f64() / one.as_secs_f64();
    (format!("{:34} {ratio:.2} time ({two:.1?})", case.what), ratio <= MOST || two < LEAST)
}
