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

/// A value with about six significant digits, "−0.00386"; "NaN", "∞" and "−∞" by name.
pub fn value(value: f64) -> String {
    let size = value.abs();
    let text = match () {
        () if value.is_nan() => return "NaN".into(),
        () if value.is_infinite() => return if value > 0.0 { "∞".into() } else { "−∞".into() },
        () if value == 0.0 => return "0".into(),
        () if !(1e-4..1e9).contains(&size) => format!("{value:.4e}"),
        () => {
            let decimals = (5 - size.log10().floor() as i32).clamp(0, 9) as usize;
            let fixed = format!("{value:.decimals$}");
            match fixed.contains('.') {
                true => fixed.trim_end_matches('0').trim_end_matches('.').to_string(),
                false => fixed,
            }
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
        assert_eq!(value(1.5e-9), "1.5000e−9");
        assert_eq!(value(f64::NAN), "NaN");
        assert_eq!(value(f64::NEG_INFINITY), "−∞");
        assert_eq!(with_unit(0.5, "g"), "0.5 g");
        assert_eq!(with_unit(0.5, ""), "0.5");
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
