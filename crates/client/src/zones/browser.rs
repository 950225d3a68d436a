//! Time zones as the browser knows them: tables of offset changes, by name.
//!
//! `Intl` tells an offset at an instant, never when it changes; changes are found by probing every week and halving.

use std::ops::RangeInclusive;

use js_sys::{Array, Date, Function, Object, Reflect};
use streamscope_frame::civil::days_from_civil;
use streamscope_signal::{SECOND, TimeZone};
use wasm_bindgen::{JsCast, JsValue};

const DAY_S: i64 = 86_400;
const WEEK_S: i64 = 7 * DAY_S;

/// Years of a zone's table: those that recordings come from, and some to come.
const FIRST_YEAR: i64 = 1970;
const LAST_YEAR: i64 = 2050;

/// A zone's table; `None` for a name that the browser does not know.
pub(crate) fn table(name: &str) -> Option<TimeZone> {
    let clock = Clock::new(name)?;
    let start = |year: i64| days_from_civil(year, 1, 1) * DAY_S;
    Some(changes(name, start(FIRST_YEAR)..=start(LAST_YEAR + 1), |seconds| clock.offset(seconds)))
}

/// The table of a clock that tells the offset at any Unix second.
fn changes(name: &str, seconds: RangeInclusive<i64>, offset: impl Fn(i64) -> i32) -> TimeZone {
    let initial = offset(*seconds.start());
    let mut found = Vec::new();
    let (mut before, mut held) = (*seconds.start(), initial);
    while before < *seconds.end() {
        let after = (before + WEEK_S).min(*seconds.end());
        let new = offset(after);
        if new != held {
            let (mut low, mut high) = (before, after);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if offset(middle) == held { low = middle } else { high = middle }
            }
            held = offset(high);
            found.push((high.saturating_mul(SECOND), held));
            // Another change may follow within the week.
            before = high;
        } else {
            before = after;
        }
    }
    TimeZone::new(name, initial, found)
}

/// A formatter that spells the offset in force.
struct Clock {
    format: Function,
}

impl Clock {
    fn new(name: &str) -> Option<Self> {
        let options = Object::new();
        for (key, value) in [("timeZone", name), ("timeZoneName", "longOffset"), ("year", "numeric")] {
            Reflect::set(&options, &key.into(), &value.into()).ok()?;
        }
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let class: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
        // Built by reflection: an unknown zone throws, which the typed constructor would turn into a panic.
        let made = Reflect::construct(&class, &Array::of2(&"en-US".into(), &options)).ok()?;
        let format = Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()?;
        Some(Self { format })
    }

    fn offset(&self, seconds: i64) -> i32 {
        let date = Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
        let text = self.format.call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string());
        text.as_deref().and_then(read_offset).unwrap_or_default()
    }
}

/// Seconds east of UTC in "2026, GMT+05:30", "GMT", "GMT-00:01:15".
fn read_offset(text: &str) -> Option<i32> {
    let (_, offset) = text.split_once("GMT")?;
    let (sign, digits) = match offset.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => (-1, digits),
        None => (1, offset.strip_prefix('+').unwrap_or(offset)),
    };
    let mut seconds = 0;
    for (part, unit) in digits.split(':').zip([3600, 60, 1]) {
        if part.is_empty() {
            continue;
        }
        seconds += part.trim().parse::<i32>().ok()? * unit;
    }
    Some(sign * seconds)
}
