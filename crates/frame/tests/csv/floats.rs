//! Decimal text is the nearest float, ties to even: as the standard library reads it.

use proptest::prelude::*;
use streamscope_frame::ColumnType::{Float, Float32};
use streamscope_frame::TimeFormat;

use super::{options, parse};
use crate::support::Value;

/// Both columns of a body whose cells are these texts.
fn read(texts: &[String]) -> Vec<Vec<Value>> {
    let body: String = texts.iter().map(|text| format!("{text},{text}\n")).collect();
    let outcome = parse(&options(&[("x", Float), ("y", Float32)], TimeFormat::Unix), format!("x,y\n{body}"));
    assert_eq!(outcome.end, Ok(()));
    outcome.rows
}

fn assert_nearest(texts: &[String]) {
    for (text, row) in texts.iter().zip(read(texts)) {
        let (double, single): (f64, f32) = (text.parse().unwrap(), text.parse().unwrap());
        assert_eq!(row, [Value::Float(double), Value::Float(single.into())], "{text}");
    }
}

#[test]
fn floats_at_their_limits() {
    let texts = [
        "0",
        "-0.0",
        "1.",
        ".5",
        "+1",
        "1e5",
        "1E-5",
        "1e+05",
        "0e999999999999",
        "1e99999999999",
        "-1e-99999999999",
        "5e-324",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "3.4028235677973366e38",
        "1.1754943508222875e-38",
        "7.006492321624085e-46",
        "9007199254740993",
        "9007199254740993.0000000000000000000000000001",
        "9007199254740992.9999999999999999",
        "0.50000000000000000000000000",
        "00000000000000000000000000001.5",
        "123456789012345678901234567890",
    ];
    assert_nearest(&texts.map(String::from));
    let zeros = "0".repeat(1000);
    assert_nearest(&[
        format!("0.{zeros}1e1000"),
        format!("1{zeros}e-1000"),
        format!("0.{}", "3".repeat(3000)),
        format!("9007199254740993.{zeros}1"),
    ]);
}

proptest! {
    #[test]
    fn any_double_in_any_number_of_digits(bits: u64, digits in 0..40_usize) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite());
        assert_nearest(&[format!("{double}"), format!("{double:e}"), format!("{double:.digits$e}")]);
    }

    #[test]
    fn any_digits_with_any_exponent(whole in "[0-9]{1,30}", places in "[0-9]{0,30}", exponent in -400..400) {
        assert_nearest(&[format!("{whole}.{places}"), format!("-{whole}.{places}e{exponent}")]);
    }

    #[test]
    fn halfway_between_two_doubles(fraction in 0..1_u64 << 52, up in 0..70_u32, down in 0..26_u32) {
        let halfway = u128::from(fraction | 1 << 52) * 2 + 1;
        let whole = halfway << up.min(70);
        let five = halfway * 5_u128.pow(down);
        let (below, above) = (five * 10 - 1, five * 10 + 1);
        assert_nearest(&[
            format!("{whole}"),
            format!("{whole}.00000000000000000000001"),
            format!("{}.99999999999999999999999", whole - 1),
            format!("{five}e-{down}"),
            format!("{below}e-{}", down + 1),
            format!("{above}e-{}", down + 1),
        ]);
    }

    #[test]
    fn halfway_between_two_singles(bits in 1..f32::MAX.to_bits()) {
        let (one, other) = (f64::from(f32::from_bits(bits)), f64::from(f32::from_bits(bits + 1)));
        let halfway = (one + other) / 2.0;
        assert_nearest(&[format!("{halfway:.200e}"), format!("{halfway:.16e}"), format!("{halfway:.200}1")]);
    }
}
