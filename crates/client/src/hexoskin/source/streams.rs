//! The channels of a record or range.

use std::collections::BTreeMap;

use super::{STATUS, text};
use crate::hexoskin::Hexoskin;
use crate::hexoskin::data::{Channel, Datatype, Span};
use crate::hexoskin::filters::Filters;
use crate::{Dimension, Display, Error, Extent, Result, StreamInfo, TimeRange};

/// Label of a stream that tells its rate.
const RATE: &str = "rate";
/// Values of each datatype that are asked for to see whether there are any.
const PROBE: u32 = 2;

/// The channels of a subject; of a user there are none, they are in the records.
pub(super) async fn of(api: &Hexoskin, subject_id: &str) -> Result<Vec<StreamInfo>> {
    let subject = api.resource_from_uri(subject_id)?;
    if subject.resource() == "user" {
        return Ok(Vec::new());
    }
    subject.get("start").await?;
    let span = Span::of(&subject)?;
    let datatypes = api.datatypes().await?;
    let ids: Vec<String> = datatypes.keys().map(i64::to_string).collect();
    let filters = Filters::new()
        .with(subject.resource(), subject.id())
        .with("datatype__in", ids.join(","))
        .with("max_values", PROBE);
    let held = api.data_list(&filters).await?;
    let status = text(&subject, "status");
    let mut streams = Vec::new();
    for (id, datatype) in datatypes {
        if held.iter().any(|user| user.data.get(&id).is_some_and(|series| !series.values.is_empty())) {
            streams.push(channel(Channel { datatype, span: span.clone() }, &status));
        }
    }
    Ok(streams)
}

impl Hexoskin {
    /// All datatypes by id. They and their units are listed at once, rather than asked for one by one.
    pub async fn datatypes(&self) -> Result<BTreeMap<i64, Datatype>> {
        let many = Filters::new().with("limit", 1000);
        let mut units = self.resource("unit").all(&many);
        while units.next_page().await?.is_some() {}
        let mut listed = self.resource("datatype").all(&many);
        let mut datatypes = BTreeMap::new();
        while let Some(object) = listed.next().await? {
            let datatype = self.described(&object).await?;
            datatypes.insert(datatype.id, datatype);
        }
        Ok(datatypes)
    }
}

/// Samples a second of a channel; `None` where they come at times of their own.
pub(in crate::hexoskin) fn rate(stream: &StreamInfo) -> Option<f64> {
    stream.labels.get(RATE)?.strip_suffix(" Hz")?.parse().ok()
}

fn channel(channel: Channel, status: &str) -> StreamInfo {
    let Channel { datatype, span } = &channel;
    let rate = datatype.freq.map_or("at times of its own".into(), |freq| format!("{freq} Hz"));
    let labels = [(RATE, rate), ("datatype", datatype.id.to_string()), (STATUS, status.into())];
    StreamInfo {
        id: format!("{}/{}", span.uri.trim_end_matches('/'), datatype.id),
        subject_id: span.uri.clone(),
        name: if datatype.info.is_empty() { datatype.name.clone() } else { datatype.info.clone() },
        stream_type: datatype.name.clone(),
        description: datatype.info.clone(),
        dimensions: dimensions(datatype),
        labels: labels.map(|(name, value)| (name.to_string(), value)).into(),
        extent: extent(span),
        ..StreamInfo::default()
    }
}

fn dimensions(datatype: &Datatype) -> Vec<Dimension> {
    let plain = |id: &str, data_type: &str| Dimension {
        id: id.into(),
        data_type: data_type.into(),
        quantity: String::new(),
        unit: String::new(),
        unit_abbrev: String::new(),
        display: Display::default(),
    };
    let unit = datatype.canonical_unit().to_string();
    let values = Dimension {
        quantity: datatype.info.clone(),
        unit: unit.clone(),
        unit_abbrev: unit,
        display: Display { states: datatype.states, ..Display::default() },
        ..plain(&datatype.name, "sfloat")
    };
    vec![plain("time", "timestamp"), values]
}

/// From the record's start to its end; while it is recorded, nobody knows.
fn extent(span: &Span) -> Extent {
    let end = span.after().and_then(|end| span.ticks.to_ns(end));
    let known = span.ticks.to_ns(span.start).zip(end);
    known.map_or(Extent::Unknown, |(start, end)| Extent::Known(TimeRange { start, end }))
}

/// Record and datatype of a channel.
pub(in crate::hexoskin) fn place(stream_id: &str) -> Result<(String, i64)> {
    let parts = stream_id.rsplit_once('/').and_then(|(uri, id)| Some((format!("{uri}/"), id.parse().ok()?)));
    parts.ok_or_else(|| {
        Error::invalid(format!("\"{stream_id}\" is no channel: give one such as /api/record/7/4113."))
    })
}
