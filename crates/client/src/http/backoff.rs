//! How long to wait before the next attempt.

use std::time::Duration;

/// The wait after `tried` attempts: doubling, with up to half of it taken off, so that clients that failed together
/// do not come back together. `seed` is any number that differs between them.
pub(super) fn wait(tried: u32, first: Duration, seed: f64) -> Duration {
    let full = first.saturating_mul(1 << tried.saturating_sub(1).min(16));
    full.mul_f64(0.5 + 0.5 * random(seed.to_bits().wrapping_add(tried as u64)))
}

/// A number in `[0, 1)` that looks random: one step of SplitMix64.
fn random(seed: u64) -> f64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// The longest wait that a server is taken at its word for.
pub(super) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(86_400);

/// `Retry-After`: seconds, or an HTTP date, at most [`LONGEST_RETRY_AFTER`] ahead. `None` when it is neither.
pub(super) fn retry_after(text: &str, unix_ms: f64) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().map_or(LONGEST_RETRY_AFTER, Duration::from_secs).min(LONGEST_RETRY_AFTER));
    }
    let date_ms = http_date_ms(text)?;
    let longest_ms = LONGEST_RETRY_AFTER.as_secs_f64() * 1e3;
    Some(Duration::from_secs_f64((date_ms - unix_ms).clamp(0.0, longest_ms) / 1e3))
}

/// An HTTP date, in ms since the Unix epoch.
#[cfg(not(target_arch = "wasm32"))]
fn http_date_ms(text: &str) -> Option<f64> {
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs_f64() * 1e3)
}

/// The same by the browser's own reader, which takes much else for a date and puts all without a zone into its own.
#[cfg(target_arch = "wasm32")]
fn http_date_ms(text: &str) -> Option<f64> {
    let date_ms = text.ends_with(" GMT").then(|| js_sys::Date::parse(text))?;
    date_ms.is_finite().then_some(date_ms)
}
