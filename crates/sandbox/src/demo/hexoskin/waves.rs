//! Shapes of a heart beat, and noise.

use super::body::Beat;

/// A hump with no edges: 1 in the middle, 0 beyond its half width.
pub(super) fn bump(at: f64, middle: f64, half: f64) -> f64 {
    let x = (at - middle) / half;
    if x.abs() >= 1.0 { 0.0 } else { (1.0 - x * x) * (1.0 - x * x) }
}

/// Millivolts of a beat, from its middle on; `since` and `interval` to the next one in s.
pub(super) fn wave(beat: &Beat, since: f64, interval: f64) -> f64 {
    let late = (0.14 + 0.16 * interval).min(0.36);
    if beat.ectopic {
        return 1.45 * bump(since, 0.0, 0.07)
            - 0.5 * bump(since, 0.11, 0.07)
            - 0.4 * bump(since, late + 0.06, 0.13);
    }
    1.15 * bump(since, 0.0, 0.025) - 0.28 * bump(since, 0.034, 0.02) + 0.3 * bump(since, late, 0.11)
}

/// Millivolts before a beat's middle; `since` is negative.
pub(super) fn onset(beat: &Beat, since: f64) -> f64 {
    if beat.ectopic {
        return 1.45 * bump(since, 0.0, 0.07);
    }
    0.13 * bump(since, -0.16, 0.05) - 0.1 * bump(since, -0.035, 0.018) + 1.15 * bump(since, 0.0, 0.025)
}

/// A noise between `-size` and `size` that its three keys determine; small values are likelier.
pub(super) fn noise(keys: [i64; 3], size: f64) -> f64 {
    const FACTORS: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0x8cb9_2ba7_2f3d_8dd7];
    let bits =
        keys.iter().zip(FACTORS).fold(0, |bits, (key, factor)| bits ^ (*key as u64).wrapping_mul(factor));
    let bits = (bits ^ (bits >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let bits = bits ^ (bits >> 29);
    let part = |shift: u32| (bits >> shift & 0xffff) as f64 / 65_536.0;
    (part(0) + part(16) - 1.0) * size
}
