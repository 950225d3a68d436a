//! The live stream: ten rows a second, for ever, that follow from the time alone.
//!
//! Nothing is stored: whoever asks says what time it is. The last hour can be read; what is older is gone, as on a
//! node that is told to keep an hour.

use super::layout::time;
use super::parameters::Window;

/// Time between rows, µs.
const STEP: i64 = 100_000;
/// How much is kept, µs.
pub(crate) const KEEP: i64 = 3_600_000_000;
/// Elements of a row, all float32.
pub(crate) const ELEMENTS: [&str; 2] = ["power", "frequency"];
/// Bytes of a row.
const WIDTH: usize = 8 + 4 * ELEMENTS.len();

/// The live stream at some time.
#[derive(Debug, Clone)]
pub(super) struct Live {
    now: i64,
}

impl Live {
    pub(super) fn at(now: i64) -> Self {
        Self { now }
    }

    /// Times of the first and the last row, µs.
    pub(super) fn times(&self) -> (i64, i64) {
        let last = self.now.div_euclid(STEP) * STEP;
        (last.saturating_sub(KEEP).saturating_add(STEP), last)
    }

    /// Rows in a window.
    pub(super) fn count(&self, window: Window) -> u64 {
        self.interval(window).map_or(0, |(first, end)| ((end - 1 - first) / STEP + 1).unsigned_abs())
    }

    /// Time of the first row in a window, and of the last plus 1 µs.
    pub(super) fn interval(&self, window: Window) -> Option<(i64, i64)> {
        let (first, last) = self.times();
        let start = window.start.unwrap_or(first).max(first);
        let start = start.saturating_add(STEP - 1).div_euclid(STEP) * STEP;
        let end = window.end.map_or(last, |end| end.saturating_sub(1).min(last)).div_euclid(STEP) * STEP;
        (start <= end).then_some((start, end + 1))
    }

    /// The first rows in a window, `most` at most.
    pub(super) fn read(&self, window: Window, most: usize) -> Vec<u8> {
        let Some((first, end)) = self.interval(window) else { return Vec::new() };
        let times = (0i64..).map(|i| first + i * STEP).take_while(|&time| time < end);
        times.take(most).flat_map(row).collect()
    }

    /// The rows that have come since a time that this gives back; begin with now.
    pub(super) fn since(&self, after: i64) -> (Vec<u8>, i64) {
        let rows = self.read(Window { start: Some(after.saturating_add(1)), end: None }, usize::MAX);
        let last = rows.chunks_exact(WIDTH).last().map_or(after, time);
        (rows, last)
    }
}

/// A household's power (W) and the mains' frequency (Hz) at a time.
fn row(time: i64) -> [u8; WIDTH] {
    let step = time.div_euclid(STEP);
    // A refrigerator runs 4 of every 12 minutes, a kettle for 2 of every 30.
    let fridge = if step.rem_euclid(7200) < 2400 { 95.0 } else { 0.0 };
    let kettle = if (6000..7200).contains(&step.rem_euclid(18_000)) { 1800.0 } else { 0.0 };
    let noise = |salt: u64| (mixed(step.unsigned_abs() ^ salt) >> 40) as f32 / (1u64 << 24) as f32 - 0.5;
    let power = 210.0 + fridge + kettle + 8.0 * noise(1);
    // A slow wave of ten minutes around 50 Hz, as straight lines.
    let wave = (step.rem_euclid(6000) - 3000).unsigned_abs() as f32 / 1500.0 - 1.0;
    let frequency = 50.0 + 0.02 * wave + 0.004 * noise(2);
    let mut row = [0; WIDTH];
    let cells = time.to_le_bytes().into_iter().chain(power.to_le_bytes()).chain(frequency.to_le_bytes());
    row.iter_mut().zip(cells).for_each(|(to, from)| *to = from);
    row
}

/// SplitMix64's last steps: a number that looks random and follows from another.
fn mixed(number: u64) -> u64 {
    let z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
