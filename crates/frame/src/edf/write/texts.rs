//! Texts and numbers of a header.

use crate::WriteError;

/// Characters of a number.
const NUMBER: usize = 8;

/// Appends a field, filled with spaces.
pub(super) fn field(bytes: &mut Vec<u8>, name: &str, text: &str, width: usize) -> Result<(), WriteError> {
    // Headers are ASCII, and the micro sign is the one that units have.
    let text = text.trim().replace(['µ', 'μ'], "u");
    let words = if text.len() > width {
        format!("it has {} characters, and there is room for {width}: shorten it", text.len())
    } else if text.bytes().any(|byte| !(b' '..=b'~').contains(&byte)) {
        "headers of EDF hold ASCII only: spell it without other letters".into()
    } else {
        bytes.extend(format!("{text:width$}").into_bytes());
        return Ok(());
    };
    Err(WriteError::Edf(format!("`{name}` would be `{text}`: {words}")))
}

/// The words of an identification: they are parted by spaces, and X stands for what is not known.
pub(super) fn identification(text: &str, words: usize) -> String {
    let given: Vec<&str> = text.split_whitespace().collect();
    if given.len() >= words {
        return given.join(" ");
    }
    let own = if given.is_empty() { "X".into() } else { given.join("_") };
    [vec!["X"; words - 1].join(" "), own].join(" ")
}

/// A number in 8 characters, exactly; `None` where it needs more.
pub(super) fn number(value: f64) -> Option<String> {
    let spelled = [format!("{value}"), format!("{value:E}")];
    spelled.into_iter().find(|text| value.is_finite() && text.len() <= NUMBER)
}

/// The nearest number that fits into 8 characters and does not lie on the inner side of this one.
pub(in crate::edf) fn outward(value: f64, up: bool) -> f64 {
    for digits in (0..NUMBER as i32).rev() {
        let scale = 10_f64.powi(digits);
        let scaled = if up { (value * scale).ceil() } else { (value * scale).floor() } / scale;
        let inside = if up { scaled < value } else { scaled > value };
        if !inside && number(scaled).is_some() {
            return scaled;
        }
    }
    // Large numbers keep two digits.
    let size = 10_f64.powi(value.abs().log10().floor() as i32 - 1);
    let scaled = if up { (value / size).ceil() } else { (value / size).floor() };
    format!("{:E}", scaled * size)
        .parse()
        .ok()
        .filter(|found: &f64| number(*found).is_some())
        .unwrap_or(value)
}

/// Seconds of a whole number of ns, exactly.
pub(super) fn seconds(ns: i64) -> String {
    let (sign, ns) = (if ns < 0 { "-" } else { "" }, ns.unsigned_abs());
    let text = format!("{sign}{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').into()
}
