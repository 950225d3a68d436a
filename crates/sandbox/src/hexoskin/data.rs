//! The `data` resource: which samples are asked for, and the four forms they are given in.

mod binary;
mod edf;
mod select;
mod series;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::Hexoskin;
use super::auth::Caller;
use super::datatypes::DATATYPES;
use super::reply::{Refusal, Result};
use crate::demo::hexoskin::{Signals, Tape};
use crate::query::Query;
use crate::{Request, Response};

use select::Selection;
use series::Series;

/// Records whose bodies have been laid out. Samples themselves are made when they are asked for.
#[derive(Default)]
pub(super) struct Recordings {
    open: Mutex<HashMap<i64, Arc<Signals>>>,
}

impl Recordings {
    /// The samples of a tape.
    pub(super) fn open(&self, tape: Tape) -> Arc<Signals> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.get(&tape.record).filter(|signals| signals.tape == tape).cloned();
        known.unwrap_or_else(|| {
            let signals = Arc::new(Signals::new(tape));
            open.insert(signals.tape.record, signals.clone());
            signals
        })
    }
}

/// Answers a request for data.
pub(super) fn read(platform: &Hexoskin, request: &Request, caller: &Caller, now: i64) -> Result<Response> {
    let query = Query::parse(&request.query);
    let selection = Selection::new(platform, &query, caller, now)?;
    let accept = query.get("format").or(request.header("Accept")).unwrap_or_default();
    let accept = accept.split([',', ';']).next().unwrap_or_default();
    match accept {
        "text/csv" | "csv" => text::csv(&selection),
        "application/octet-stream" | "binary" => binary::answer(selection),
        "application/x-edf" | "edf" => edf::answer(selection),
        "" | "*/*" | "application/*" | "application/json" | "json" => text::json(&selection),
        other => Err(Refusal::bad(format!("data are not offered as {other}"))),
    }
}

/// The raw value of a regular channel's sample, counted from the record's start.
pub(crate) fn sample(signals: &Signals, datatype: i64, number: u32) -> Option<i64> {
    let datatype = DATATYPES.iter().find(|known| known.id == datatype && signals.has(known.id))?;
    let tick = i64::from(number) * datatype.step(signals.tape.device)?;
    let seconds = if datatype.is_raw() { signals.tape.raw_seconds } else { signals.tape.seconds };
    (tick < seconds * signals.tape.device.ticks()).then(|| signals.sample(datatype.id, tick, number.into()))
}

/// What `info.json` says of a record's channels.
pub(super) fn outline(signals: &Arc<Signals>) -> Vec<Value> {
    let record = signals.tape.record;
    let series = DATATYPES.iter().filter(|datatype| signals.has(datatype.id));
    let series = series.map(|datatype| Series::whole(signals.clone(), datatype));
    let seconds = |tick: i64| (signals.tape.start + tick) as f64 / signals.tape.device.ticks() as f64;
    let outline = |series: Series| {
        let times = series.first().zip(series.last());
        json!({
            "id": format!("/api/record/{record}/{}", series.datatype.id),
            "name": series.datatype.name,
            "datatype": series.datatype.id,
            "subject_id": format!("/api/record/{record}/"),
            "live": signals.tape.live,
            "rows": series.len(),
            "min_time": times.map(|(first, _)| seconds(first)),
            "max_time": times.map(|(_, last)| seconds(last)),
        })
    };
    series.map(outline).collect()
}
