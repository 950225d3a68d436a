//! The picture as one page: an HTML file with its rows inside, that pans and zooms with no network.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use js_sys::{Array as Parts, Uint8Array};
use leptos::prelude::*;
use serde_json::{Value, json};
use streamscope_client::TimeRange;
use streamscope_frame::{floats, times};

use super::metadata::{Saved, metadata};
use super::names::file_name;
use super::notes::{notes, subject};
use super::{NOT_SAVED, fetch, save as save_parts};
use crate::catalogue::label as stream_title;
use crate::charts::format::{bytes, grouped};
use crate::recording::{Data, Drawing, Recording};
use crate::state::Workspace;
use crate::text::in_line;

const SCRIPT: &str = include_str!("viewer.js");
const STYLE: &str = include_str!("viewer.css");
/// The explorer's own colours.
const TOKENS: &str = include_str!("../../../../../../web/styles/tokens.css");

/// Values that a page holds at most: browsers open files of some hundred megabytes slowly.
const MOST_VALUES: u64 = 10_000_000;
/// Letters of a name in a line; what the page says of the recording holds all of them.
const LETTERS: usize = 60;

/// Saves every row of the selected streams in a range as a page. Tells what was saved, or why nothing was.
pub(super) async fn save(
    workspace: &Workspace,
    range: TimeRange,
    note: RwSignal<String>,
) -> Result<String, String> {
    let source = untrack(|| workspace.reading()).ok_or("Nothing is connected. Nothing was saved.")?;
    let streams = untrack(|| workspace.selected_streams());
    let (mut held, mut saved, mut values) = (Vec::new(), Vec::new(), 0);
    for stream in &streams {
        let recording = workspace.recordings.of(&source, stream);
        fetch(&recording, range, note).await?;
        let frames = recording.with(|data| data.slices(range));
        let one = Saved::of(stream, &frames);
        let columns = recording.with(|data| data.shown().map_or(0, |shown| shown.charted().count())) as u64;
        values += one.rows * (columns + 1);
        if values > MOST_VALUES {
            return Err(format!(
                "A page holds {} values at most: choose a shorter range, or fewer streams. Nothing was saved.",
                grouped(MOST_VALUES)
            ));
        }
        held.push(stream_of(&recording, &frames, range));
        saved.push(one);
    }
    let rows = saved.iter().map(|one| one.rows).sum::<u64>();
    if rows == 0 {
        return Err("There are no rows in this range. Nothing was saved.".into());
    }
    let zone = workspace.zone.get_untracked();
    let title = match subject(workspace) {
        Some(subject) => format!("Timeline · {subject}"),
        None => "Timeline".into(),
    };
    let notes = notes(workspace, &streams, range);
    let document = json!({
        "about": metadata(workspace, range, &zone, saved.iter()),
        "time_zone": zone.name(),
        "start_ns": range.start.to_string(),
        "end_ns": range.end.to_string(),
        "streams": held,
    });
    let page = page(&title, &notes, &document);
    let name = file_name(workspace, "page", range, "html");
    let parts = Parts::of1(&Uint8Array::from(page.as_bytes()));
    save_parts(&parts, "text/html", &name).map_err(|_| NOT_SAVED)?;
    Ok(format!("Saved {} rows ({}): {name}.", grouped(rows), bytes(page.len() as u64)))
}

/// The page. What it holds is text from elsewhere: none of it is taken for markup or for a program.
fn page(title: &str, notes: &[String], document: &Value) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let notes: String = notes.iter().map(|note| format!("<p>{}</p>\n", escaped(note))).collect();
    // Inside a script element only `<` can end it.
    let document = document.to_string().replace('<', "\\u003c");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; \
         style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{TOKENS}\n{STYLE}</style>\n<h1>{title}</h1>\n\
         <p>Drag or use the arrow keys to pan, turn the wheel or press + and − to zoom, double-click or press 0 for all.</p>\n\
         <div id=\"tracks\" role=\"group\" aria-label=\"Tracks\" tabindex=\"0\"></div>\n{notes}\
         <script type=\"application/json\" id=\"recording\">{document}</script>\n<script>\n{SCRIPT}</script>\n</html>\n",
        title = escaped(title),
    )
}

/// The rows of a stream, as the page's script takes them.
fn stream_of(recording: &Recording, frames: &[RecordBatch], range: TimeRange) -> Value {
    recording.with(|data| {
        let all_times = frames.iter().flat_map(|frame| times(frame).unwrap_or_default());
        json!({
            "name": stream_title(recording.stream()),
            "times": packed(all_times.flat_map(|time| time.to_le_bytes())),
            "begins": packed(data.begins(range).into_iter().flat_map(i64::to_le_bytes)),
            "columns": columns(data, frames),
        })
    })
}

fn packed(bytes: impl Iterator<Item = u8>) -> String {
    STANDARD.encode(bytes.collect::<Vec<_>>())
}

fn columns(data: &Data, frames: &[RecordBatch]) -> Vec<Value> {
    let Some(shown) = data.shown() else { return Vec::new() };
    let column = |(column, drawing): (usize, Drawing)| {
        let described = shown.layout.columns.get(column)?;
        let parts: Vec<_> = frames.iter().filter_map(|frame| frame.columns().get(column)).collect();
        let unit = described.unit.as_deref().map(|unit| in_line(unit, LETTERS));
        let mut value = json!({ "name": in_line(&described.name, LETTERS), "unit": unit });
        let fields = value.as_object_mut()?;
        let display = shown.display(column);
        let whole = parts.iter().all(|part| part.data_type() == &DataType::Int64) && display.is_plain();
        let (kind, packed) = match drawing {
            Drawing::Bands => {
                let (names, states) = states(&parts);
                let names: Vec<_> = names.iter().map(|name| in_line(name, LETTERS)).collect();
                fields.insert("names".into(), json!(names));
                ("state", packed(states.into_iter().flat_map(i32::to_le_bytes)))
            }
            Drawing::Line if whole => {
                let values = || parts.iter().flat_map(|part| part.as_primitive::<Int64Type>());
                let nulls = values().enumerate().filter(|(_, value)| value.is_none()).map(|(row, _)| row);
                fields.insert("nulls".into(), json!(nulls.collect::<Vec<_>>()));
                ("integer", packed(values().flat_map(|value| value.unwrap_or_default().to_le_bytes())))
            }
            Drawing::Line => {
                let values = parts.iter().filter_map(|part| floats(part));
                let shown = values
                    .flat_map(|values| values.iter().map(|value| display.shown(*value)).collect::<Vec<_>>());
                ("number", packed(shown.flat_map(f64::to_le_bytes)))
            }
        };
        fields.insert("kind".into(), json!(kind));
        fields.insert("values".into(), json!(packed));
        Some(value)
    };
    shown.charted().filter_map(column).collect()
}

/// The names of states, and the number of each row's; -1 for null.
fn states(parts: &[&arrow_array::ArrayRef]) -> (Vec<String>, Vec<i32>) {
    let (mut names, mut states): (Vec<String>, Vec<i32>) = Default::default();
    let mut number = |name: String| {
        let known = names.iter().position(|known| *known == name);
        let place = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        i32::try_from(place).unwrap_or(-1)
    };
    for part in parts {
        match part.data_type() {
            DataType::Boolean => states.extend(
                part.as_boolean().iter().map(|state| state.map_or(-1, |state| number(state.to_string()))),
            ),
            DataType::Dictionary(_, _) => {
                let dictionary = part.as_dictionary::<Int32Type>();
                let texts = dictionary.values().as_string::<i32>();
                // Each text is looked up once a frame, not once a row.
                let numbers: Vec<i32> =
                    texts.iter().map(|text| number(text.unwrap_or_default().into())).collect();
                let of_key = |key: i32| usize::try_from(key).ok().and_then(|key| numbers.get(key).copied());
                states.extend(dictionary.keys().iter().map(|key| key.and_then(of_key).unwrap_or(-1)));
            }
            _ => {
                let values = floats(part).map(|values| values.to_vec()).unwrap_or_default();
                let name = |value: f64| if value.is_nan() { -1 } else { number(value.to_string()) };
                states.extend(values.into_iter().map(name));
            }
        }
    }
    (names, states)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array};

    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let evil = "</script><script>alert(1)</script>";
        let page = page(evil, &[evil.into()], &json!({ "name": evil }));
        assert_eq!(page.matches("<script>").count(), 1, "the viewer's own");
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(page.contains("\\u003c/script>"));
    }

    #[test]
    fn states_have_one_number_over_all_frames() {
        let words = |words: &[Option<&str>]| {
            Arc::new(words.iter().copied().collect::<DictionaryArray<Int32Type>>()) as ArrayRef
        };
        let (one, other) =
            (words(&[Some("deep"), None, Some("light")]), words(&[Some("light"), Some("deep")]));
        assert_eq!(states(&[&one, &other]), (vec!["deep".into(), "light".into()], vec![0, -1, 1, 1, 0]));
        let truth: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]));
        assert_eq!(states(&[&truth]).1, [0, -1, 1]);
        let numbers: ArrayRef = Arc::new(Float64Array::from(vec![Some(2.0), None, Some(2.0)]));
        assert_eq!(states(&[&numbers]), (vec!["2".into()], vec![0, -1, 0]));
    }
}
