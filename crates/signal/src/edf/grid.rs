//! Data records: how long they are, so that stretches of samples fill them.
//!
//! A header spells the length of a data record in 8 characters, and every data record holds the same number of samples
//! of a signal. A stretch whose samples fill no whole number of them ends in one that is not full. Of all lengths that
//! can be spelled, the one is taken that fills them, keeps times where they are, and takes few bytes, in this order.

use super::survey::Run;

/// Characters of the length of a data record, s.
const CHARACTERS: usize = 8;
/// Bytes of a data record: as the format recommends, and as can be written at once.
const GOOD_BYTES: f64 = 61_440.0;
const MOST_BYTES: f64 = 3_000_000.0;
const MOST_RECORDS: u64 = 99_999_999;
/// Bytes of a file whose length does not matter.
const SHORT_BYTES: f64 = 16_000_000.0;
/// Bytes of a data record beside its samples.
const BESIDE: f64 = 24.0;
/// How far from its place a time may be moved, in steps.
const MOST_MOVED: f64 = 0.25;
/// Lengths worth trying, s.
const LENGTHS: [f64; 14] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0];
/// Numbers of samples worth trying.
const COUNTS: u64 = 64;

/// What one stream brings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) runs: &'a [Run],
    /// Mean step, ns.
    pub(super) step: f64,
    /// How many signals it makes.
    pub(super) signals: usize,
}

/// How streams lie in data records.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// Length of a data record, ns.
    pub(super) record_ns: i64,
    /// Samples of each stream in it.
    pub(super) samples: Vec<u32>,
    /// When each stretch begins, ns, and how many data records it takes.
    pub(super) stretches: Vec<(i64, u64)>,
    /// Samples of the first stream that the last data records of its stretches have room for, and there are none.
    pub(super) missing: u64,
}

/// The best data records for streams that begin and end their stretches together. `None` where they do not, or no data
/// record fits.
pub(super) fn grid(streams: &[Rows]) -> Option<Grid> {
    let first = streams.first()?;
    let together = |rows: &Rows| {
        rows.runs.len() == first.runs.len()
            && rows.runs.iter().zip(first.runs).all(|(one, other)| one.first.abs_diff(other.first) <= 1_000)
    };
    if !streams.iter().all(together) {
        return None;
    }
    // The slowest has the fewest samples to choose from.
    let slowest = streams.iter().max_by(|one, other| one.step.total_cmp(&other.step))?;
    let tried = counts(slowest).into_iter().filter_map(|count| tried(streams, count as f64 * slowest.step));
    tried.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, grid)| grid)
}

/// Numbers of samples worth trying: those that fill all stretches, and those of usual lengths.
fn counts(rows: &Rows) -> Vec<u64> {
    let shared = rows.runs.iter().fold(0, |shared, run| divisor(shared, run.rows));
    let small = (1..=COUNTS).chain(LENGTHS.iter().map(|length| (length * 1e9 / rows.step).round() as u64));
    let mut counts: Vec<u64> = small.filter(|count| *count > 0).collect();
    let mut one = 1;
    while one * one <= shared {
        if shared.is_multiple_of(one) {
            counts.extend([one, shared / one]);
        }
        one += 1;
    }
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Data records of about this length, and what is to be said against them.
fn tried(streams: &[Rows], length: f64) -> Option<(f64, Grid)> {
    let record_ns = spelled(length)?;
    let mut samples = Vec::new();
    let mut bytes = BESIDE;
    for rows in streams {
        let count = (record_ns as f64 / rows.step).round();
        if !(1.0..=MOST_BYTES).contains(&count) {
            return None;
        }
        samples.push(count as u32);
        bytes += 2.0 * count * rows.signals as f64;
    }
    if bytes > MOST_BYTES {
        return None;
    }
    let first = streams.first()?;
    let needed = |rows: &Rows, count: u32, run: usize| Some(rows.runs.get(run)?.rows.div_ceil(count.into()));
    let (mut stretches, mut missing, mut moved, mut records) = (Vec::new(), 0, 0.0_f64, 0_u64);
    let mut free = i64::MIN;
    for (place, run) in first.runs.iter().enumerate() {
        let count = needed(first, *samples.first()?, place)?;
        for (rows, samples) in streams.iter().zip(&samples) {
            let own = rows.runs.get(place)?.rows;
            // Only a stream on its own may leave a data record that is not full.
            if needed(rows, *samples, place)? != count
                || streams.len() > 1 && own != count * u64::from(*samples)
            {
                return None;
            }
            let drift = record_ns as f64 / (f64::from(*samples) * rows.step) - 1.0;
            moved = moved.max(drift.abs() * own as f64 * rows.step);
            if moved > MOST_MOVED * rows.step {
                return None;
            }
        }
        let late = free.saturating_sub(run.first).max(0);
        if late as f64 > MOST_MOVED * first.step {
            return None;
        }
        let begins = run.first + late;
        free = i64::try_from(count).ok()?.checked_mul(record_ns)?.checked_add(begins)?;
        stretches.push((begins, count));
        missing += count * u64::from(*samples.first()?) - run.rows;
        records += count;
    }
    if records > MOST_RECORDS {
        return None;
    }
    let held: f64 = streams
        .iter()
        .flat_map(|rows| rows.runs.iter().map(|run| run.rows as f64 * 2.0 * rows.signals as f64))
        .sum();
    // A short file may be larger than it must be.
    let against = (bytes * records as f64 - held) / held.max(SHORT_BYTES)
        + if missing > 0 { 6.0 } else { 0.0 }
        + if moved > 1_000.0 { 1.0 + moved / first.step } else { 0.0 }
        + if bytes > GOOD_BYTES { 1.0 } else { 0.0 }
        + (record_ns as f64 / 1e9).ln().abs() * 0.05;
    Some((against, Grid { record_ns, samples, stretches, missing }))
}

/// The nearest length, ns, that 8 characters hold.
fn spelled(length: f64) -> Option<i64> {
    let whole = format!("{}", (length / 1e9).floor()).len();
    // What is left for decimals, behind a point.
    let decimals = CHARACTERS.checked_sub(whole)?.saturating_sub(1).min(9) as u32;
    let unit = 10_i64.pow(9 - decimals);
    let rounded = (length / unit as f64).round() as i64 * unit;
    (rounded > 0).then_some(rounded)
}

/// Greatest common divisor; that of 0 and a number is the number.
fn divisor(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}
