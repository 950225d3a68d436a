//! Points in time, as JavaScript programs give them.

use serde::de::{self, Deserialize, Deserializer};
use wasm_bindgen::prelude::*;

const NANOSECONDS_A_SECOND: i64 = 1_000_000_000;
const NANOSECONDS_A_MILLISECOND: i64 = 1_000_000;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A point in time: a number is Unix seconds, a `bigint` is nanoseconds since the Unix epoch, a `Date` is itself. */
export type Time = number | bigint | Date;
"#;

/// A point in time as it was given.
#[derive(Clone, Copy)]
pub(crate) enum Time {
    Seconds(f64),
    Nanoseconds(i64),
}

impl Time {
    /// Nanoseconds; of seconds, whole microseconds, which is what a number can tell.
    pub(crate) fn ns(self) -> i64 {
        match self {
            Self::Seconds(seconds) => ((seconds * 1e6).round() as i64).saturating_mul(1000),
            Self::Nanoseconds(ns) => ns,
        }
    }

    /// Unix seconds.
    pub(crate) fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Nanoseconds(ns) => {
                let (whole, rest) =
                    (ns.div_euclid(NANOSECONDS_A_SECOND), ns.rem_euclid(NANOSECONDS_A_SECOND));
                whole as f64 + rest as f64 / NANOSECONDS_A_SECOND as f64
            }
        }
    }

    fn of(value: &JsValue) -> Result<Self, &'static str> {
        const BEYOND: &str = "is beyond 64 bits of nanoseconds";
        if let Some(seconds) = value.as_f64().filter(|seconds| seconds.is_finite()) {
            return Ok(Self::Seconds(seconds));
        }
        let date = value.dyn_ref::<js_sys::Date>().map(js_sys::Date::get_time);
        if let Some(ms) = date.filter(|ms| !ms.is_nan()) {
            // Dates are whole milliseconds, of which 64 bits hold all that there are.
            return (ms as i64).checked_mul(NANOSECONDS_A_MILLISECOND).map(Self::Nanoseconds).ok_or(BEYOND);
        }
        if value.is_bigint() {
            return i64::try_from(value.clone()).map(Self::Nanoseconds).map_err(|_| BEYOND);
        }
        Err("is not a time: give Unix seconds, a Date, or a bigint of nanoseconds")
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = serde_wasm_bindgen::preserve::deserialize(deserializer)?;
        Self::of(&value).map_err(de::Error::custom)
    }
}
