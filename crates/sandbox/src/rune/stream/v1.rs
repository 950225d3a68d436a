//! The V1 Stream API: `/v1/{resource}.json` and `/v1/{resource}.csv`, over the same recordings.
//!
//! Its documents name resources, parameters and both ways of paging, but no columns. This server decides:
//! - A resource is the first stream of its kind that the patient has (on `device_id`, where that is given); `symptom`
//!   chooses by the stream's `measurement`. Where there is none, there are no rows.
//! - Columns are the stream's own, times in Unix seconds, enums as names. In JSON, `result` holds an array per column.
//! - Fast streams and spans page by token, the others by number. A number is understood everywhere: that is how a
//!   reader of CSV finds the end, a body without a byte.
//! - Availability comes in windows of `resolution` seconds, 300 where none is given.
//! - An event belongs to the range in which it starts.

use std::ops::Range;

use serde_json::{Value, json};
use streamscope_frame::TimeFormat;
use streamscope_signal::{TimeZone, Windows};

use super::page::{self, Page};
use super::parameters::{Format, TimeStyle, integer, ordered, required, seconds};
use super::{Call, Found, Result, availability, data, render};
use crate::rune::catalogue::{Event, Patient, Stream};
use crate::rune::refusal::Refusal;
use crate::{Body, Response};

struct Resource {
    name: &'static str,
    /// Stream types, the best first.
    types: &'static [&'static str],
    expression: Option<&'static str>,
    by_token: bool,
    csv: bool,
}

const fn series(
    name: &'static str,
    types: &'static [&'static str],
    expression: &'static str,
    by_token: bool,
) -> Resource {
    Resource { name, types, expression: Some(expression), by_token, csv: true }
}

const EVENT: &str = "event";
const RESOURCES: [Resource; 9] = [
    series("accel", &["acceleration-vector", "acceleration"], "availability(accel)", true),
    series("band_power", &["power"], "availability(power)", false),
    Resource { name: EVENT, types: &[], expression: None, by_token: false, csv: false },
    series("heartrate", &["heart-rate"], "availability(bpm)", false),
    series("lfp", &["voltage"], "availability(lfp)", true),
    series("probability_symptom", &["probability"], "availability(probability)", false),
    series("rotation", &["rotation-vector"], "availability(rotation)", true),
    Resource { name: "span", types: &["span"], expression: None, by_token: true, csv: false },
    series("state", &["stimulation-state"], "availability(state)", false),
];

/// Answers a request for a file such as `accel.csv`.
pub(super) fn answer(call: &Call, file: &str) -> Result<Response> {
    let known = file.rsplit_once('.').and_then(|(name, ending)| {
        let resource = RESOURCES.iter().find(|resource| resource.name == name)?;
        match ending {
            "json" => Some((resource, Format::Json)),
            "csv" if resource.csv => Some((resource, Format::Csv)),
            _ => None,
        }
    });
    let (resource, format) = known.ok_or_else(|| Refusal::not_found(format!("no such resource: {file}")))?;
    let patient = required("patient_id", call.query.get("patient_id"))?;
    let patient =
        call.rune.catalogue.patient(patient).ok_or_else(|| Refusal::not_found("patient not found"))?;
    let range = (seconds(&call.query, "start_time")?, seconds(&call.query, "end_time")?);
    ordered(range.0, range.1)?;
    let reading = Reading { call, resource, format };
    match call.query.get("expression") {
        None if resource.name == EVENT => reading.events(patient, range),
        None => reading.rows(patient, range),
        Some(expression) if Some(expression) == resource.expression => reading.availability(patient, range),
        Some(other) => {
            Err(Refusal::invalid(format!("{} does not support expression={other}", resource.name)))
        }
    }
}

type Times = (Option<i64>, Option<i64>);

struct Reading<'a> {
    call: &'a Call<'a>,
    resource: &'a Resource,
    format: Format,
}

impl Reading<'_> {
    fn found(&self, patient: &Patient) -> Result<Option<Found<'_>>> {
        let query = &self.call.query;
        let fits = |stream: &&Stream| {
            let device = query.get("device_id").is_none_or(|id| short(id) == stream.device_short_id);
            let label = |value| {
                move |label: &crate::rune::Parameter| label.key == "measurement" && label.value == value
            };
            let symptom = query.get("symptom").is_none_or(|value| stream.parameters.iter().any(label(value)));
            stream.patient_id == patient.id && device && symptom
        };
        let streams: Vec<_> = self.call.rune.catalogue.streams.iter().filter(fits).collect();
        let of_type = |kind: &&str| streams.iter().find(|stream| stream.stream_type_id == **kind);
        let stream = self.resource.types.iter().find_map(of_type);
        stream.map(|stream| self.call.find(&stream.id)).transpose()
    }

    fn rows(&self, patient: &Patient, (start, end): Times) -> Result<Response> {
        let Some(found) = self.found(patient)? else { return self.nothing() };
        let recording = &found.recording;
        let first = start.map_or(Ok(0), |start| recording.row_at(start))?;
        let last = end.map_or(Ok(recording.rows()), |end| recording.row_at(end))?;
        let (page, number) = self.page(first..last)?;
        let enums = data::Enums::of(found.kind, true);
        let schema = enums.schema(found.kind.stored());
        let frames =
            recording.frames(page.rows.clone(), render::PIECE).map(move |frame| enums.translate(frame?));
        if page.rows.is_empty() {
            return self.nothing();
        }
        if self.format == Format::Csv {
            return Ok(render::csv(&schema, frames, &style(), page));
        }
        let frames = frames.collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(self.json(render::object(&schema, &frames, &style())?, page, number))
    }

    fn availability(&self, patient: &Patient, (start, end): Times) -> Result<Response> {
        let Some(found) = self.found(patient)? else { return self.nothing() };
        let (start, end) = (required("start_time", start)?, required("end_time", end)?);
        let resolution = integer(&self.call.query, "resolution", 300..=86_400)?.unwrap_or(300) as u32;
        let all = Windows::covering(start, end, resolution);
        let (page, number) = self.page(0..all.count() as u64)?;
        if page.rows.is_empty() {
            return self.nothing();
        }
        let place = |row: u64| all.start_of(row as usize);
        let windows = Windows::covering(place(page.rows.start), place(page.rows.end), resolution);
        let frame = availability::frame(&availability::available(&found, windows)?)?;
        let schema = frame.schema();
        if self.format == Format::Csv {
            return Ok(render::csv(&schema, std::iter::once(Ok(frame)), &style(), page));
        }
        Ok(self.json(render::object(&schema, &[frame], &style())?, page, number))
    }

    fn events(&self, patient: &Patient, (start, end): Times) -> Result<Response> {
        let inside = |event: &&Event| {
            let time = event.duration.as_ref().map_or(0.0, |duration| duration.start_time) * 1e9;
            start.is_none_or(|start| time >= start as f64) && end.is_none_or(|end| time < end as f64)
        };
        let events: Vec<_> = patient.events.iter().filter(inside).collect();
        let (page, number) = self.page(0..events.len() as u64)?;
        let rows = page.rows.start as usize..page.rows.end as usize;
        let events: Vec<_> = events.get(rows).unwrap_or_default().iter().map(|event| plain(event)).collect();
        Ok(self.json(json!({ "events": events }).to_string(), page, number))
    }

    /// The page that is asked for, and the number of the next one where pages are numbered.
    fn page(&self, all: Range<u64>) -> Result<(Page, Option<u64>)> {
        let number = integer(&self.call.query, "page", 0..=i64::from(u32::MAX))?.unwrap_or(0).unsigned_abs();
        let (mut page, by_token) = page::v1(self.call, number, all)?;
        let more = page.next.is_some();
        if !self.resource.by_token && !by_token {
            page.next = None;
            return Ok((page, more.then_some(number + 1)));
        }
        Ok((page, None))
    }

    fn json(&self, result: String, page: Page, number: Option<u64>) -> Response {
        let next = number.map(|number| format!(",\"next_page\":{number}")).unwrap_or_default();
        let text = format!("{{\"success\":true,\"result\":{result}{next}}}");
        let response = Response::new(200, "application/json", Body::Whole(text.into_bytes()));
        render::with_next(response, page)
    }

    /// The answer where no rows are left.
    fn nothing(&self) -> Result<Response> {
        if self.format == Format::Csv {
            return Ok(Response::new(200, "text/csv; charset=utf-8", Body::Whole(Vec::new())));
        }
        Ok(self.json("{}".into(), Page { rows: 0..0, next: None }, None))
    }
}

fn style() -> TimeStyle {
    TimeStyle { format: TimeFormat::Unix, zone: TimeZone::utc() }
}

/// A device's own id, also from `patient-…,device-…`.
fn short(id: &str) -> &str {
    let own = id.rsplit_once(',').map_or(id, |(_, own)| own);
    own.strip_prefix("device-").unwrap_or(own)
}

fn plain(event: &Event) -> Value {
    let duration = event.duration.as_ref();
    let custom = event.custom_detail.as_ref().and_then(|detail| detail.display_name.as_ref());
    let tags = event.tags.iter().flatten().map(|tag| &tag.name);
    json!({
        "id": event.id,
        "display_name": custom.unwrap_or(&event.display_name),
        "start_time": duration.map(|duration| duration.start_time),
        "end_time": duration.and_then(|duration| duration.end_time_max.or(duration.end_time)),
        "classification": {
            "namespace": event.classification.namespace,
            "category": event.classification.category,
            "enum": event.classification.value,
        },
        "payload": serde_json::from_str(&event.payload).unwrap_or(Value::Null),
        "tags": tags.collect::<Vec<_>>(),
        "method": event.method,
        "created_at": event.created_at,
        "updated_at": event.updated_at,
    })
}
