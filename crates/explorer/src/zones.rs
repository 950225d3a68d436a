//! Time zones as the browser knows them: their names, and their tables of offset changes.
//!
//! `Intl` tells an offset at an instant, never when it changes; changes are found by probing every week and halving.

use std::ops::RangeInclusive;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use streamscope_client::{StreamInfo, whole_span};
use streamscope_frame::civil::{civil_from_days, days_from_civil};
use streamscope_signal::{DAY, SECOND, TimeZone};
use wasm_bindgen::{JsCast, JsValue};

const WEEK_S: i64 = 7 * 86_400;

/// The years that a table must cover: those of the streams, one more on either side; without streams, none.
pub fn years<'a>(streams: impl IntoIterator<Item = &'a StreamInfo>) -> Option<(i64, i64)> {
    let year = |time: i64| civil_from_days(time.div_euclid(DAY)).0;
    let whole = whole_span(streams)?;
    Some((year(whole.start) - 1, year(whole.end.max(whole.start)) + 1))
}

/// The browser's own zone.
pub fn own() -> String {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_else(|| "UTC".into())
}

/// All names that the browser knows, "UTC" first.
pub fn names() -> Vec<String> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).unwrap_or(JsValue::UNDEFINED);
    let listed = Reflect::get(&intl, &"supportedValuesOf".into())
        .and_then(|values_of| values_of.dyn_into::<Function>())
        .and_then(|values_of| values_of.call1(&intl, &"timeZone".into()))
        .map(|names| Array::from(&names))
        .unwrap_or_default();
    let known = listed.iter().filter_map(|name| name.as_string()).filter(|name| name != "UTC");
    std::iter::once("UTC".to_string()).chain(known).collect()
}

/// Whether the browser knows a zone.
pub fn exists(name: &str) -> bool {
    Clock::new(name).is_some()
}

/// A zone's table over some years (the present one if `None`). A name that the browser does not know reads as UTC.
pub fn table(name: &str, years: Option<(i64, i64)>) -> TimeZone {
    let Some(clock) = Clock::new(name) else { return TimeZone::utc() };
    let (first, last) = years.unwrap_or_else(|| {
        let now = civil_from_days((Date::now() / 86_400_000.0) as i64).0;
        (now - 1, now + 1)
    });
    let start = |year: i64| days_from_civil(year, 1, 1) * (DAY / SECOND);
    changes(name, start(first)..=start(last + 1), |seconds| clock.offset(seconds))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_browsers_spell_them() {
        assert_eq!(read_offset("2026, GMT"), Some(0));
        assert_eq!(read_offset("2026, GMT+05:30"), Some(19_800));
        assert_eq!(read_offset("2026, GMT-08:00"), Some(-28_800));
        assert_eq!(read_offset("1900, GMT-00:01:15"), Some(-75));
        assert_eq!(read_offset("2026"), None);
    }

    #[test]
    fn changes_are_found_to_the_second_even_two_in_a_week() {
        let offset = |seconds| match seconds {
            ..1_000_003 => 3600,
            1_000_003..1_200_000 => 7200,
            1_200_000..1_300_001 => 0,
            _ => 3600,
        };
        let zone = changes("Test", 0..=20_000_000, offset);
        for seconds in [0, 1_000_002, 1_000_003, 1_199_999, 1_200_000, 1_300_000, 1_300_001, 9_000_000] {
            assert_eq!(zone.offset_at(seconds * SECOND), offset(seconds), "{seconds}");
        }
    }
}
