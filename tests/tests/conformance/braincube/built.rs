//! Random filters, three times: a slow evaluation in Python, the stand-in, and what the typed builder makes of them.

use std::collections::BTreeMap;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampNanosecondType};
use futures_util::stream::{self, StreamExt};
use serde::Deserialize;
use serde_json::Value as Json;
use streamscope_client::braincube::{BaseId, Braincube, DataQuery};
use streamscope_client::filter::{Filter, Value};
use streamscope_client::{Policy, Read};
use streamscope_frame::civil::days_from_civil;
use streamscope_signal::{DAY, SECOND};

use super::{PYTHON, ours, run, start};

/// Requests at a time.
const AT_ONCE: usize = 16;

#[derive(Deserialize)]
struct Asked {
    base: u32,
    key: String,
    filter: Json,
    rows: u64,
    digest: String,
}

#[derive(Deserialize)]
struct All {
    /// Types of each base's variables, by their long ids.
    types: BTreeMap<u32, BTreeMap<String, String>>,
    asked: Vec<Asked>,
}

/// The script holds the stand-in against its own evaluation; then each filter is built and asked for anew.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_filters_leave_the_rows_that_a_slow_evaluation_leaves_however_they_are_built() {
    let (_server, url) = start().await;
    let out = run(PYTHON, "braincube_filters", &url);
    let All { types, asked } =
        serde_json::from_slice(&std::fs::read(out.join("filters.json")).unwrap()).unwrap();
    assert_eq!(asked.len(), 10_000);
    let client = ours::connect(&url, |_| {}).unwrap();
    let client = client.with_policy(Policy { concurrency: AT_ONCE, ..Policy::default() });
    let compared = asked.iter().map(|asked| one(&client, &types[&asked.base], asked));
    stream::iter(compared).buffer_unordered(AT_ONCE).collect::<()>().await;
}

async fn one(client: &Braincube, types: &BTreeMap<String, String>, asked: &Asked) {
    let filter = built(&asked.filter, types);
    let base = BaseId::new("Paper mill", asked.base);
    let query = DataQuery { filter: Some(filter.clone()), ..DataQuery::new(base, [asked.key.as_str()]) };
    let mut read = client.data(&query).await.unwrap_or_else(|error| panic!("{}: {error}", asked.filter));
    let (mut rows, mut digest) = (0, 0_u64);
    while let Some(batch) = read.next_batch().await.unwrap() {
        for key in keys(batch.rows.column(0)) {
            digest = digest.wrapping_mul(1_000_003).wrapping_add(key as u64);
            rows += 1;
        }
    }
    assert_eq!((rows, digest.to_string()), (asked.rows, asked.digest.clone()), "{filter:?}");
}

/// What tells rows apart: a whole number, or a date in seconds.
fn keys(column: &ArrayRef) -> Vec<i64> {
    match column.as_primitive_opt::<TimestampNanosecondType>() {
        Some(dates) => dates.values().iter().map(|date| date / SECOND).collect(),
        None => column.as_primitive::<Int64Type>().values().to_vec(),
    }
}

/// A filter of the server's grammar as a program would build it: instants for dates, numbers for texts of numbers, and
/// chains of one operator as one list.
fn built(json: &Json, types: &BTreeMap<String, String>) -> Filter {
    let (operator, operands) = json.as_object().unwrap().iter().next().unwrap();
    let operands = operands.as_array().unwrap();
    let filters = || operands.iter().map(|operand| built(operand, types));
    match operator.to_ascii_uppercase().as_str() {
        "AND" => {
            let all = filters().flat_map(|filter| match filter {
                Filter::And(all) => all,
                one => vec![one],
            });
            Filter::And(all.collect())
        }
        "OR" => {
            let all = filters().flat_map(|filter| match filter {
                Filter::Or(all) => all,
                one => vec![one],
            });
            Filter::Or(all.collect())
        }
        "NOT" => Filter::Not(Box::new(built(&operands[0], types))),
        operator => {
            let long = operands[0].as_str().unwrap();
            let value = |place: usize| value(&operands[place], &types[long]);
            // The variable's own id does, too.
            let id = long.rsplit_once("/d").unwrap().1.to_string();
            match operator {
                "EQUALS" => Filter::Equals(id, value(1)),
                "BETWEEN" => Filter::Between(id, value(1), value(2)),
                "LESS" => Filter::Less(id, value(1)),
                "LESS_EQUALS" => Filter::LessEquals(id, value(1)),
                "GREAT" => Filter::Greater(id, value(1)),
                "GREAT_EQUALS" => Filter::GreaterEquals(id, value(1)),
                _ => panic!("{operator} is none of the grammar's"),
            }
        }
    }
}

fn value(json: &Json, kind: &str) -> Value {
    match (kind, json) {
        (_, Json::Array(list)) => value(&list[0], kind),
        ("NUMERIC" | "NUMERICAL", Json::String(text)) => {
            text.parse().map(Value::Int).unwrap_or_else(|_| Value::Float(text.parse().unwrap()))
        }
        (_, Json::Number(number)) => {
            number.as_i64().map(Value::Int).unwrap_or_else(|| Value::Float(number.as_f64().unwrap()))
        }
        ("DATETIME", Json::String(text)) => Value::time(instant(text)),
        (_, text) => Value::from(text.as_str().unwrap()),
    }
}

/// The instant of a date of a base whose clock shows UTC.
fn instant(text: &str) -> i64 {
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let day = days_from_civil(part(0, 4), part(4, 6) as u32, part(6, 8) as u32);
    day * DAY + (part(9, 11) * 3600 + part(11, 13) * 60 + part(13, 15)) * SECOND
}
