//! What happened in the building, and what people wrote down about it.

use serde_json::{Map, Value, json};

use super::signals::{MAINS, mains_time, surge};
use super::{DAY, HOUR, SECOND, SETUP, Studio, long};
use crate::StoreError;
use crate::demo::Size;
use crate::demo::random::Random;
use crate::joule::Events;

/// Records all events and annotations.
pub(super) fn record(studio: &mut Studio, size: Size) -> Result<(), StoreError> {
    let fields = [("kind", r#"category:["over","under","surge"]"#), ("value", "numeric"), ("note", "string")];
    let alarms = studio.event_stream("/site A/mains", "alarms", &fields)?;
    Events::from_list(alarm_list()).write(studio.writer, alarms)?;
    let fields = [("mode", r#"category:["heat","cool","defrost"]"#), ("energy", "numeric")];
    let cycles = studio.event_stream("/site A/hvac", "cycles", &fields)?;
    Events::from_list(cycle_list()).write(studio.writer, cycles)?;
    studio.event_stream("/site B", "inspections", &[("inspector", "string")])?;
    let power = "/site A/mains/power";
    let rows = long(size);
    studio.annotate(power, "surge", "lightning nearby", mains_time(surge(rows), rows), None)?;
    let test = (mains_time(rows / 10, rows), mains_time(rows / 5, rows));
    studio.annotate(power, "compressor test", "started by hand, three times", test.0, Some(test.1))?;
    studio.annotate(power, "restart", "", mains_time(rows * 3 / 5, rows), None)?;
    let temperature = "/site A/hvac/temperature";
    studio.annotate(temperature, "filter changed", "was \"black\", said Zoë", SETUP + 6 * DAY, None)?;
    studio.annotate(temperature, "heat wave", "", SETUP + 20 * DAY, Some(SETUP + 23 * DAY))
}

/// Fifteen hundred alarms in two days, most of them short.
fn alarm_list() -> Vec<(i64, i64, Map<String, Value>)> {
    let mut random = Random::named("/site A/mains/alarms");
    let mut time = MAINS - DAY;
    let alarm = |number: usize| {
        time += random.whole(SECOND, 230 * SECOND);
        let kind = ["over", "under", "surge"].get(random.whole(0, 3) as usize).copied().unwrap_or_default();
        let value = (random.within(180.0, 290.0) * 10.0).round() / 10.0;
        let content = json!({ "kind": kind, "value": value, "note": format!("n° {number}") });
        (time, time + random.whole(1, 5 * SECOND), object(content))
    };
    (0..1500).map(alarm).collect()
}

/// A month of the heat pump; each cycle ends before the next begins.
fn cycle_list() -> Vec<(i64, i64, Map<String, Value>)> {
    let mut random = Random::named("/site A/hvac/cycles");
    let cycle = |number: i64| {
        let start = SETUP + number * 2 * HOUR + random.whole(0, HOUR);
        let mode = if random.chance(0.1) { "defrost" } else { "heat" };
        let content = json!({ "mode": mode, "energy": random.whole(200, 2200) });
        (start, start + random.whole(300 * SECOND, 3000 * SECOND), object(content))
    };
    (0..360).map(cycle).collect()
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}
