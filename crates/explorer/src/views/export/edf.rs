//! The rows in range as EDF+: streams that begin and end their stretches together in one file, others in a zip file with
//! one each. Gaps make it EDF+D, events are its annotations, and its clock is UTC.

use std::collections::BTreeSet;

use leptos::prelude::*;
use streamscope_client::{Event, StreamInfo, TimeRange};
use streamscope_frame::{EdfAnnotation, WriteError, ZippedFile};
use streamscope_signal::{EdfHead, EdfLayout, EdfRows, EdfScale, EdfStream, EdfSurvey};

use super::fetch;
use super::metadata::Saved;
use super::names::member;
use super::notes::subject;
use super::parts::Parts;
use super::rows::StreamFile;
use crate::catalogue::label as stream_title;
use crate::charts::format::{duration, grouped, with_unit};
use crate::recording::Recording;
use crate::recording::breath::Breath;
use crate::state::Workspace;

const EXTENSION: &str = "edf";
/// Signals whose scales are told one by one.
const TOLD: usize = 3;

/// Writes all rows of these streams in a range: files, and what is to be said of their values, times and gaps.
pub(super) async fn write(
    workspace: &Workspace,
    streams: &[StreamInfo],
    range: TimeRange,
    note: RwSignal<String>,
) -> Result<(Vec<StreamFile>, String), String> {
    let source = untrack(|| workspace.reading()).ok_or("Nothing is connected. Nothing was saved.")?;
    let (mut surveys, mut saved) = (Vec::new(), Vec::new());
    for stream in streams {
        let recording = workspace.recordings.of(&source, stream);
        fetch(&recording, range, note).await?;
        let rows = edf_stream(&recording, range);
        saved.push(Saved::of(stream, &rows.frames));
        if saved.last().is_some_and(|saved| saved.rows > 0) {
            surveys.push(surveyed(rows).await.map_err(nothing)?);
        }
    }
    saved.retain(|saved| saved.rows > 0);
    let mut about = left_out(&surveys);
    let mut annotations = Vec::new();
    let subjects: BTreeSet<&str> = streams.iter().map(|stream| stream.subject_id.as_str()).collect();
    for subject_id in subjects {
        let events = source.events(subject_id, range).await;
        let events =
            events.map_err(|error| format!("The events could not be read: {error} Nothing was saved."))?;
        annotations.extend(events.into_iter().map(annotation));
    }
    let patient = subject(workspace).unwrap_or_default();
    let head = |streams: &[&StreamInfo]| EdfHead {
        patient: shared(streams, "patient").unwrap_or_else(|| patient.clone()),
        recording: shared(streams, "recording")
            .map(without_date)
            .unwrap_or_else(|| source.about().platform.name.into()),
        annotations: annotations.clone(),
    };
    if surveys.is_empty() {
        return Ok((Vec::new(), about));
    }
    let all: Vec<&StreamInfo> = saved.iter().map(|saved| &saved.stream).collect();
    let mut layouts = Vec::new();
    match EdfLayout::new(surveys, &head(&all)) {
        Ok(layout) => layouts.push((saved, layout)),
        Err(apart) => {
            if apart.len() > 1 {
                about.push_str(" Their samples begin or end apart, so each stream has a file of its own.");
            }
            for (survey, saved) in apart.into_iter().zip(saved) {
                let title = stream_title(&saved.stream);
                let layout = EdfLayout::new(vec![survey], &head(&[&saved.stream]));
                let layout = layout.map_err(|_| unfit(&title))?;
                layouts.push((vec![saved], layout));
            }
        }
    }
    let (mut files, mut taken) = (Vec::new(), BTreeSet::new());
    let mut done = Vec::new();
    for (mut saved, layout) in layouts {
        let title = saved.first().map(|saved| stream_title(&saved.stream)).unwrap_or_default();
        note.set(format!("Writing {title}"));
        let (parts, zipped, layout, moved) = file(layout).await.map_err(nothing)?;
        let name = member(&title, EXTENSION, &mut taken);
        saved.iter_mut().for_each(|saved| saved.path = Some(name.clone()));
        done.push((layout, moved));
        files.push(StreamFile { saved, parts, zipped });
    }
    Ok((files, format!("{}{about}", told(&done))))
}

/// The rows of a stream in a range, which are fetched.
fn edf_stream(recording: &Recording, range: TimeRange) -> EdfStream {
    let stream = recording.stream();
    let held = recording.with(|data| Some((data.layout()?.clone(), data.slices(range), data.begins(range))));
    let (mut layout, frames, begins) = held.unwrap_or_default();
    for column in &mut layout.columns {
        let dimension = stream.dimensions.iter().find(|dimension| dimension.id == column.name);
        // Values are saved as they are: those that are shown by an offset and a scale have another unit.
        let unit = dimension
            .map(|dimension| if dimension.display.is_plain() { dimension.unit_abbrev.as_str() } else { "" });
        column.unit = unit.map(Into::into).or(column.unit.take());
    }
    let label = |name: &str| stream.labels.get(name).cloned().unwrap_or_default();
    let title = stream_title(stream);
    EdfStream {
        title,
        layout,
        frames,
        begins,
        transducer: label("transducer"),
        prefilter: label("prefilter"),
    }
}

async fn surveyed(stream: EdfStream) -> Result<EdfSurvey, WriteError> {
    let mut breath = Breath::started();
    let mut survey = EdfSurvey::new(stream)?;
    while survey.step()? {
        breath.take().await;
    }
    Ok(survey)
}

async fn file(layout: EdfLayout) -> Result<(Parts, ZippedFile, EdfLayout, i64), WriteError> {
    let mut breath = Breath::started();
    let (mut parts, mut zipped) = (Parts::default(), ZippedFile::default());
    let (mut rows, mut out) = EdfRows::new(layout)?;
    loop {
        let more = rows.step(&mut out)?;
        zipped.update(&out);
        parts.push(&out);
        out.clear();
        if !more {
            break;
        }
        breath.take().await;
    }
    let moved = rows.moved_ns();
    Ok((parts, zipped, rows.finish()?, moved))
}

fn annotation(event: Event) -> EdfAnnotation {
    let text = if event.name.trim().is_empty() { event.category } else { event.name };
    let duration = event.end.map(|end| end.saturating_sub(event.start)).filter(|length| *length >= 0);
    EdfAnnotation { start: event.start, duration, text }
}

/// What the labels of all these streams say under a name.
fn shared(streams: &[&StreamInfo], name: &str) -> Option<String> {
    let label = |stream: &&StreamInfo| stream.labels.get(name).cloned();
    let first = streams.first().and_then(label)?;
    streams.iter().all(|stream| label(stream).as_ref() == Some(&first)).then_some(first)
}

/// What stands behind the date, which the file has anew.
fn without_date(recording: String) -> String {
    match recording.strip_prefix("Startdate ").and_then(|rest| rest.split_once(' ')) {
        Some((_, rest)) => rest.into(),
        None => recording,
    }
}

fn nothing(error: WriteError) -> String {
    format!("{error}. Nothing was saved.")
}

fn unfit(title: &str) -> String {
    format!("The samples of {title} fill no data records of EDF+: save CSV or Arrow. Nothing was saved.")
}

fn left_out(surveys: &[EdfSurvey]) -> String {
    let mut names: Vec<_> = surveys.iter().flat_map(EdfSurvey::left_out).collect();
    names.dedup();
    if names.is_empty() { String::new() } else { format!(" Left out, as no numbers: {}.", names.join(", ")) }
}

/// "EDF+D with 2 events, times in UTC. Flow: −10 mV to 10 mV in steps of 0.001 mV, exact."
fn told(done: &[(EdfLayout, i64)]) -> String {
    let gaps = if done.iter().any(|(layout, _)| layout.has_gaps()) { "EDF+D" } else { "EDF+C" };
    let events = done.iter().map(|(layout, _)| layout.events()).max().unwrap_or(0);
    let mut told = format!(
        " {gaps} of 16 bits, {} event{}, times in UTC.",
        grouped(events as u64),
        if events == 1 { "" } else { "s" }
    );
    let scales: Vec<&EdfScale> = done.iter().flat_map(|(layout, _)| layout.scales()).collect();
    for scale in scales.iter().take(TOLD) {
        let (least, greatest) = (with_unit(scale.least, &scale.unit), with_unit(scale.greatest, &scale.unit));
        let exact = if scale.is_exact { "exact" } else { "rounded" };
        let step = with_unit(scale.step, &scale.unit);
        told.push_str(&format!(" {}: {least} to {greatest} in steps of {step}, {exact}.", scale.label));
    }
    let others = scales.iter().skip(TOLD).count();
    if others > 0 {
        let rounded = scales.iter().skip(TOLD).filter(|scale| !scale.is_exact).count();
        told.push_str(&format!(" {others} more signals, of which {rounded} rounded."));
    }
    let missing: u64 = done.iter().map(|(layout, _)| layout.missing()).sum();
    if missing > 0 {
        let words = "places at the ends of stretches repeat the last sample, each noted as \"no samples\"";
        told.push_str(&format!(" {} {words}.", grouped(missing)));
    }
    let moved = done.iter().map(|(_, moved)| *moved).max().unwrap_or(0);
    if moved > 1_000 {
        told.push_str(&format!(" Times were moved onto an even grid, by {} at most.", duration(moved)));
    }
    told
}
