//! Numbers, sizes and durations as people read them.

use streamscope_signal::SECOND;

/// "1,234,567".
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A value with about six significant digits, "−0.00386", and never fewer than stand before the point; "NaN", "∞" and
/// "−∞" by name.
pub fn value(value: f64) -> String {
    match named(value) {
        Some(name) => name.into(),
        None => with_digits(value, 6),
    }
}

/// A sample with every digit that a double holds for sure: two samples that differ read differently.
pub fn sample(value: f64) -> String {
    match named(value) {
        Some(name) => name.into(),
        None => with_digits(value, 15),
    }
}

fn named(value: f64) -> Option<&'static str> {
    match () {
        () if value.is_nan() => Some("NaN"),
        () if value == f64::INFINITY => Some("∞"),
        () if value == f64::NEG_INFINITY => Some("−∞"),
        () if value == 0.0 => Some("0"),
        () => None,
    }
}

/// So many significant digits, without zeros at the end; as a power of ten where that would be mostly zeros.
fn with_digits(value: f64, digits: i32) -> String {
    let size = value.abs();
    let text = if (1e-4..1e15).contains(&size) {
        let decimals = (digits - 1 - size.log10().floor() as i32).clamp(0, 17) as usize;
        let fixed = format!("{value:.decimals$}");
        match fixed.contains('.') {
            true => fixed.trim_end_matches('0').trim_end_matches('.').to_string(),
            false => fixed,
        }
    } else {
        let decimals = (digits - 2).max(0) as usize;
        let written = format!("{value:.decimals$e}");
        match written.split_once('e') {
            Some((digits, power)) => {
                format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'))
            }
            None => written,
        }
    };
    text.replace('-', "−")
}

/// A value with its unit; no unit, no space.
pub fn with_unit(number: f64, unit: &str) -> String {
    if unit.is_empty() { value(number) } else { format!("{} {unit}", value(number)) }
}

/// "1.2 MB".
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.0} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.2} GB", count as f64 / 1e9),
    }
}

/// A length of time in its two largest units: "2 d 3 h", "1 min 5 s", "20 ms", "750 ns".
pub fn duration(ns: i64) -> String {
    let ns = ns.max(0);
    let pairs = [
        (86_400 * SECOND, "d", 3600 * SECOND, "h"),
        (3600 * SECOND, "h", 60 * SECOND, "min"),
        (60 * SECOND, "min", SECOND, "s"),
    ];
    for (large, large_name, small, small_name) in pairs {
        if ns >= large {
            let rest = ns % large / small;
            return match rest {
                0 => format!("{} {large_name}", ns / large),
                rest => format!("{} {large_name} {rest} {small_name}", ns / large),
            };
        }
    }
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{} µs", value(ns as f64 / 1e3)),
        1_000_000..SECOND => format!("{} ms", value(ns as f64 / 1e6)),
        _ => format!("{} s", value(ns as f64 / 1e9)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_250), "1,250");
        assert_eq!(grouped(10_000_000), "10,000,000");
        assert_eq!(value(-0.00386), "−0.00386");
        assert_eq!(value(72.0), "72");
        assert_eq!(value(1200.0), "1200");
        assert_eq!(value(123_456.78), "123457");
        assert_eq!(value(1.5e-9), "1.5e−9");
        assert_eq!(value(1_234_567_890.0), "1234567890");
        assert_eq!(value(f64::NAN), "NaN");
        assert_eq!(value(f64::NEG_INFINITY), "−∞");
        assert_eq!(with_unit(0.5, "g"), "0.5 g");
        assert_eq!(with_unit(0.5, ""), "0.5");
    }

    #[test]
    fn samples_that_differ_read_differently() {
        let reads = |offset: f64| {
            let mut readings: Vec<_> =
                (0..1000).map(|step| sample(1_234_567_890.0 + f64::from(step) * offset)).collect();
            readings.sort();
            readings.dedup();
            readings.len()
        };
        assert_eq!([1.0, 0.25, 0.001].map(reads), [1000; 3]);
        assert_eq!(sample(0.1 + 0.2), "0.3");
        assert_eq!(sample(-12_345_600.25), "−12345600.25");
        assert_eq!(sample(1e300), "1e300");
        assert_eq!(sample(f64::NAN), "NaN");
    }

    #[test]
    fn lengths_of_time_show_their_two_largest_units() {
        assert_eq!(duration(750), "750 ns");
        assert_eq!(duration(20_000_000), "20 ms");
        assert_eq!(duration(1_500_000_000), "1.5 s");
        assert_eq!(duration(65 * SECOND), "1 min 5 s");
        assert_eq!(duration(86_400 * SECOND), "1 d");
        assert_eq!(duration(27 * 3600 * SECOND), "1 d 3 h");
    }

    #[test]
    fn sizes_are_decimal() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(36_000_000), "36.0 MB");
    }
}
