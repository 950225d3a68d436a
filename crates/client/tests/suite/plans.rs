//! Random recordings in random pages and shards over faults that pass: rows lost or doubled, none.
//!
//! Each plan follows from its seed. A read gives all rows once and in order, or ends in an error that counts what it gave
//! before. `STREAMSCOPE_PLANS` is how many plans each platform has (2,500 without it), `STREAMSCOPE_SEED` the first seed:
//!
//! ```sh
//! STREAMSCOPE_PLANS=1000000 cargo nextest run --workspace plans::
//! ```

mod braincube;
mod hexoskin;
mod joule;
mod rune;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use streamscope_client::{Canned, Error, Policy, Step};

use super::Random;

/// Plans of a platform.
const PLANS: u64 = 2_500;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is {text}: give a whole number")))
}

/// Runs a platform's plans; each tells whether its read was complete.
fn run(platform: &str, plan: impl Fn(&mut Random) -> bool) {
    let (plans, first) =
        (variable("STREAMSCOPE_PLANS").unwrap_or(PLANS), variable("STREAMSCOPE_SEED").unwrap_or(1));
    let mut complete = 0;
    for seed in first..first + plans {
        // Neighbouring seeds begin alike: the first numbers are left out.
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        (0..4).for_each(|_| {
            random.below(2);
        });
        match catch_unwind(AssertUnwindSafe(|| plan(&mut random))) {
            Ok(whole) => complete += u64::from(whole),
            Err(cause) => {
                eprintln!(
                    "again: STREAMSCOPE_SEED={seed} STREAMSCOPE_PLANS=1 cargo nextest run --workspace plans::{platform}"
                );
                resume_unwind(cause);
            }
        }
    }
    assert!(complete * 2 >= plans, "of {plans} reads, {complete} were complete: faults that pass end few");
}

/// Holds what a read gave against what there is. Tells whether it was complete.
fn hold<T: PartialEq + std::fmt::Debug>(
    expected: &[(i64, T)],
    got: &[(i64, T)],
    error: Option<&Error>,
    ns_a_unit: i64,
) -> bool {
    let place = got.iter().zip(expected).position(|(one, other)| one != other);
    if let Some(place) = place {
        panic!("row {place} of {} is {:?}, not {:?} ({error:?})", got.len(), got[place], expected[place]);
    }
    assert!(got.len() <= expected.len(), "{} rows came of {}", got.len(), expected.len());
    let Some(error) = error else {
        assert_eq!(got.len(), expected.len(), "rows are missing, and no error says so");
        return true;
    };
    let last = got.last().map(|(time, _)| time * ns_a_unit);
    assert_eq!((error.rows, error.covered_to), (Some(got.len() as u64), last), "{error:?}");
    false
}

fn policy(random: &mut Random) -> Policy {
    Policy { concurrency: 1 + random.below(8) as usize, ..Policy::default() }
}

/// Faults that come and go.
struct Weather {
    random: Random,
    /// Of a hundred answers, so many meet one.
    share: u64,
}

impl Weather {
    fn new(random: &mut Random) -> Self {
        let share = [0, 2, 10, 30][random.below(4) as usize];
        Self { random: Random(random.below(1 << 31)), share }
    }

    fn is_bad(&mut self) -> bool {
        self.random.below(100) < self.share
    }

    /// What becomes of an answer. `shows` tells whether a body shows that it was cut there, where HTTP does not.
    fn meet(&mut self, honest: Canned, shows: impl Fn(&[u8], usize) -> bool) -> Canned {
        let honest = honest.after(Duration::from_millis(self.random.below(200)));
        if !self.is_bad() {
            return honest;
        }
        let body: Vec<u8> = honest
            .body
            .iter()
            .flat_map(|step| if let Step::Bytes(bytes) = step { bytes.clone() } else { Vec::new() })
            .collect();
        let at = self.random.below(body.len() as u64 + 1) as usize;
        let beginning = |weather: &mut Self| weather.pieces(&body[..at]);
        match self.random.below(8) {
            0 if shows(&body, at) => {
                let steps = beginning(self);
                honest.steps(steps)
            }
            0 | 1 => {
                let mut steps = beginning(self);
                steps.push(Step::Break("connection reset".into()));
                honest.steps(steps)
            }
            2 => {
                let mut steps = beginning(self);
                steps.push(Step::Hang);
                honest.steps(steps)
            }
            3 => {
                let steps = self.pieces(&body);
                honest.steps(steps)
            }
            4 => Canned::new([500, 502, 503][self.random.below(3) as usize], "not now"),
            5 => Canned::new(429, "slower").header("Retry-After", &self.random.below(5).to_string()),
            6 => Canned::failure("connection refused"),
            _ => honest.after(Duration::from_secs(1000)),
        }
    }

    /// A body in pieces, some of which come late.
    fn pieces(&mut self, body: &[u8]) -> Vec<Step> {
        let (mut steps, mut rest) = (Vec::new(), body);
        while !rest.is_empty() {
            let length = (1 + self.random.below(1 + body.len() as u64 / 2) as usize).min(rest.len());
            let (piece, after) = rest.split_at(length);
            steps.push(Step::Bytes(piece.to_vec()));
            if self.random.below(4) == 0 {
                steps.push(Step::Wait(Duration::from_millis(self.random.below(3000))));
            }
            rest = after;
        }
        steps
    }
}
