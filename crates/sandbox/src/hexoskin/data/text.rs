//! JSON and CSV. Both hold at most some 65,536 values of a datatype; of more, an even choice.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::select::{Part, Selection};
use crate::hexoskin::datatypes::Datatype;
use crate::hexoskin::reply::{self, Result};
use crate::{Body, Response};

/// Times and values of a datatype in all of a user's records, thinned.
fn values(selection: &Selection, parts: &[Part], datatype: &Datatype) -> Option<Vec<(Value, Value)>> {
    let series =
        parts.iter().flat_map(|part| &part.series).filter(|series| series.datatype.id == datatype.id);
    let series: Vec<_> = series.collect();
    let total: usize = series.iter().map(|series| series.len()).sum();
    let most = selection.most(total);
    let mut rows = Vec::new();
    for series in &series {
        let tape = &series.signals.tape;
        // Every record gives its share.
        let share = if total > most { (series.len() * most / total).max(1) } else { series.len() };
        rows.extend(series.thinned(share).map(|(tick, raw)| {
            let tick = tape.start + tick;
            let time =
                if selection.seconds { json!(tick as f64 / tape.device.ticks() as f64) } else { json!(tick) };
            (time, value(selection, datatype, raw))
        }));
    }
    (!series.is_empty()).then_some(rows)
}

fn value(selection: &Selection, datatype: &Datatype, raw: i64) -> Value {
    if selection.scaled && datatype.factor != 1.0 { json!(raw as f64 * datatype.factor) } else { json!(raw) }
}

/// The selected values as JSON.
pub(super) fn json(selection: &Selection) -> Result<Response> {
    if selection.flat {
        return Ok(reply::json(&flat(selection)));
    }
    let user = |(user, parts): (&i64, &Vec<Part>)| {
        let columns = selection.datatypes.iter().filter_map(|datatype| {
            let rows = values(selection, parts, datatype)?;
            Some((datatype.id.to_string(), rows.into_iter().map(|row| shown(selection, row)).collect()))
        });
        json!({ "user": format!("/api/user/{user}/"), "data": columns.collect::<Map<_, _>>() })
    };
    Ok(reply::json(&selection.records.iter().map(user).collect()))
}

fn shown(selection: &Selection, (time, value): (Value, Value)) -> Value {
    if selection.no_timestamps { value } else { json!([time, value]) }
}

/// All values without a word on whose and which they are.
fn flat(selection: &Selection) -> Value {
    let each = selection.records.values().flat_map(|parts| {
        selection.datatypes.iter().filter_map(|datatype| values(selection, parts, datatype))
    });
    each.flatten().map(|row| shown(selection, row)).collect()
}

/// The selected values as CSV: a row for each time, empty cells where a datatype has none.
pub(super) fn csv(selection: &Selection) -> Result<Response> {
    let several = selection.records.len() > 1;
    let mut text = String::new();
    let titles = selection.datatypes.iter().map(|datatype| format!("/api/datatype/{}/", datatype.id));
    let titles: Vec<_> =
        several.then(|| "user".to_owned()).into_iter().chain(["timestamp".into()]).chain(titles).collect();
    text.push_str(&titles.join(","));
    text.push('\n');
    for (user, parts) in &selection.records {
        let mut rows: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        for (column, datatype) in selection.datatypes.iter().enumerate() {
            for (time, value) in values(selection, parts, datatype).unwrap_or_default() {
                let key = Key(time.as_f64().unwrap_or_default(), time.to_string());
                let cells = rows.entry(key).or_insert_with(|| vec![String::new(); selection.datatypes.len()]);
                if let Some(cell) = cells.get_mut(column) {
                    *cell = value.to_string();
                }
            }
        }
        for (Key(_, time), cells) in rows {
            if several {
                text.push_str(&format!("/api/user/{user}/,"));
            }
            text.push_str(&format!("{time},{}\n", cells.join(",")));
        }
    }
    Ok(Response::new(200, "text/csv", Body::Whole(text.into_bytes())))
}

/// A time to sort by, and as it is written.
#[derive(PartialEq)]
struct Key(f64, String);

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
