//! Braincube: columns of spans that are cut by days and by how many rows came.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use serde_json::{Value as Json, json};
use streamscope_client::{
    Ask, Canned, Dimension, Display, Extent, MemoryTransport, Request, Source, StreamInfo, TimeRange,
};
use streamscope_frame::{braincube_time, times};
use streamscope_signal::SECOND;

use super::{Weather, hold, policy};
use crate::suite::braincube::{braincube, path};
use crate::suite::{Random, drain};

/// 2024-03-01 00:00.
const T0: i64 = 1_709_251_200;
const DAY: i64 = 86_400;

/// Seconds since 1970 and values, over some days.
fn recording(random: &mut Random) -> Vec<(i64, f64)> {
    let mut second = T0 + random.below(2 * DAY as u64) as i64;
    let step = [600, 3_600, 20_000][random.below(3) as usize];
    let count = random.below(300);
    let row = |_| {
        // Rows of one second are several now and then.
        second += random.below(step) as i64;
        (second, random.below(1_000_000) as f64 / 8.0)
    };
    (0..count).map(row).collect()
}

/// The rows that a request asks for.
fn answer(request: &Request, rows: &[(i64, f64)], dates: &[String]) -> String {
    let body: Json = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
    let range = &body["context"]["filter"]["AND"];
    let bound = |side: usize, operator: &str| range[side][operator][1].as_str().unwrap().to_string();
    let (start, end) = (bound(0, "GREAT_EQUALS"), bound(1, "LESS"));
    let first = dates.partition_point(|date| *date < start);
    let after = dates.partition_point(|date| *date < end).max(first);
    let values: Vec<String> = rows[first..after].iter().map(|(_, value)| value.to_string()).collect();
    json!({ "datadefs": [
        { "id": "mb7/d2", "type": "NUMERIC", "data": values },
        { "id": "mb7/d1", "type": "DATETIME", "data": dates[first..after] },
    ] })
    .to_string()
}

fn stream() -> StreamInfo {
    let dimension = |id: &str, data_type: &str| Dimension {
        id: id.into(),
        data_type: data_type.into(),
        quantity: String::new(),
        unit: String::new(),
        unit_abbrev: String::new(),
        display: Display::default(),
    };
    StreamInfo {
        id: "mb7/d2".into(),
        subject_id: "mill/7".into(),
        name: "speed".into(),
        stream_type: "NUMERIC".into(),
        dimensions: vec![dimension("time", "timestamp"), dimension("speed", "NUMERIC")],
        extent: Extent::Unknown,
        ..StreamInfo::default()
    }
}

#[test]
fn braincube_loses_and_doubles_no_row() {
    super::run("braincube", |random| {
        let rows = recording(random);
        let dates: Vec<String> =
            rows.iter().map(|(second, _)| braincube_time(second * SECOND).unwrap()).collect();
        let mut weather = Weather::new(random);
        let served = rows.clone();
        let transport = MemoryTransport::new(move |request| {
            if path(request) == "braindata/mb7/simple" {
                let order = json!({ "reference": "mb7/d1", "referenceDate": "mb7/d1", "timezone": "UTC",
                    "datadefs": [{ "id": "mb7/d1", "type": "DATETIME" }, { "id": "mb7/d2", "type": "NUMERIC" }] });
                return Canned::new(200, order.to_string());
            }
            weather.meet(Canned::new(200, answer(request, &served, &dates)), |body, at| at < body.len())
        });
        let last = rows.last().map_or(T0, |(second, _)| *second);
        let start = T0 + random.below(DAY as u64) as i64;
        let end = (start + 1).max(T0 + random.below((last - T0 + DAY) as u64) as i64);
        let range = TimeRange { start: start * SECOND, end: end * SECOND };
        let source = braincube(&transport).with_policy(policy(random));
        let stream = stream();
        let mut read = Source::read(&source, &Ask::of(&stream, range)).unwrap();
        let (frames, error) = drain(&transport, read.as_mut());
        let mut got = Vec::new();
        for frame in &frames {
            let values = frame.column(1).as_primitive::<Float64Type>().values();
            got.extend(times(frame).unwrap().iter().map(|ns| ns / SECOND).zip(values.iter().copied()));
        }
        let expected: Vec<_> = rows.into_iter().filter(|(second, _)| (start..end).contains(second)).collect();
        hold(&expected, &got, error.as_ref(), SECOND)
    });
}
