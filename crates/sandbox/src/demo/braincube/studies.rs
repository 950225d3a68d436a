//! Events, jobs and rules that people have set up on the paper machine.

use serde_json::{Value, json};

use super::START;
use super::draft::item;
use crate::braincube::Item;

/// A condition that a variable lies in a range; a bound may be null.
fn range(variable: u32, minimum: Value, maximum: Value, positive: bool) -> Value {
    json!({ "variable": { "bcId": variable.to_string() }, "minimum": minimum, "maximum": maximum, "positive": positive })
}

/// A condition that a variable has one of some values.
fn one_of(variable: u32, modalities: &[&str], positive: bool) -> Value {
    json!({ "variable": { "bcId": variable.to_string() }, "modalities": modalities, "positive": positive })
}

/// Milliseconds of the first moment of a day of the recordings.
fn day(days: i64) -> i64 {
    (START + days * super::DAY) * 1000
}

pub(super) fn events() -> Vec<Item> {
    let event = |id: u32, name: &str, conditions: Value| {
        item("ev", json!(id.to_string()), name, json!({ "conditions": conditions }))
    };
    vec![
        event(50, "Web break", json!([one_of(2_000_015, &["break"], true)])),
        event(
            51,
            "Stable kraft",
            json!([
                one_of(2_000_013, &["Kraft 80", "Kraft 110"], true),
                range(2_000_002, json!(700), Value::Null, true),
                range(2_000_004, json!(6.2), json!(7.9), true),
            ]),
        ),
        event(52, "Second week", json!([range(2_000_001, json!(day(7)), json!(day(14)), true)])),
        event(53, "Too damp", json!([range(2_000_004, json!(0), json!(8), false)])),
        event(54, "Before the wash", json!([range(2_000_001, Value::Null, json!(day(10)), true)])),
        event(
            55,
            "No bounds",
            json!([range(2_000_005, Value::Null, Value::Null, true), one_of(2_000_014, &[], true),]),
        ),
        // Bounds that the epoch's zero stands for, and a condition that does not say whether it is positive.
        event(56, "Since the epoch", json!([range(2_000_001, json!(0), json!(day(2)), true)])),
        event(57, "Unsigned", json!([{ "variable": { "bcId": "2000005" }, "minimum": 3 }])),
        item("ev", json!("58"), "Without conditions", json!({})),
    ]
}

/// What a job makes of rows: good ones and bad ones.
fn categories(good: Value, bad: Value) -> Value {
    json!([{ "name": "good", "conditions": [good] }, { "name": "bad", "conditions": [bad] }])
}

pub(super) fn jobs() -> Vec<Item> {
    let moisture = categories(
        range(2_000_004, json!(6.5), json!(7.5), true),
        range(2_000_004, json!(7.5), Value::Null, true),
    );
    let tear = categories(
        range(2_000_012, json!(8.5), Value::Null, true),
        range(2_000_012, Value::Null, json!(8.5), true),
    );
    let group = |id: u32| json!({ "bcId": id });
    let events = |positive: &[&str], negative: &[&str]| {
        let list = |ids: &[&str]| ids.iter().map(|id| json!({ "bcId": id })).collect::<Vec<_>>();
        json!({ "positiveEvents": list(positive), "negativeEvents": list(negative) })
    };
    vec![
        item(
            "job",
            json!(573),
            "What drives moisture",
            json!({
                "conditions": [range(2_000_002, json!(600), Value::Null, true)],
                "modelEntries": moisture,
                "dataGroups": [group(10), group(12)],
                "events": events(&["52"], &["50"]),
            }),
        ),
        item(
            "job",
            json!(574),
            "Strong kraft",
            json!({
                "conditions": [],
                "modelEntries": tear,
                "dataGroups": [group(11)],
                "events": events(&["51", "54"], &["50", "53"]),
            }),
        ),
        item(
            "job",
            json!(575),
            "Draft",
            json!({
                "conditions": [one_of(2_000_014, &["A", "B"], false)],
                "modelEntries": [{ "name": "good", "conditions": [{ "formula": "quality > 3" }] }],
                "dataGroups": [group(11)],
                "events": events(&[], &[]),
            }),
        ),
        item(
            "job",
            json!(576),
            "Without conditions in its events",
            json!({
                "conditions": [range(2_000_001, json!(day(3)), json!(day(4)), true)],
                "modelEntries": [],
                "dataGroups": [group(10)],
                "events": events(&[], &["58"]),
            }),
        ),
    ]
}

pub(super) fn rules() -> Vec<Item> {
    let rule = |id: u32, job: u32, name: &str, conditions: Value, rows: u32| {
        let details = json!({ "job": { "bcId": job }, "conditions": conditions, "numberOfRows": rows });
        item("rule", json!(id), name, details)
    };
    let pressure = range(2_000_005, json!(3.2), Value::Null, true);
    let flow = range(2_000_017, Value::Null, json!(14.5), true);
    vec![
        rule(200, 573, "High steam pressure", json!([pressure]), 9120),
        rule(201, 573, "High pressure at low flow", json!([pressure, flow]), 4311),
        rule(202, 574, "Kraft at low speed", json!([one_of(2_000_013, &["Kraft 80"], true)]), 2675),
    ]
}
