//! Getting data out of any view: the figure as PNG, and the raw rows of the selection as CSV or Arrow IPC.

use std::time::Duration;

use js_sys::{Array, Uint8Array};
use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::{Dimension, Progress, StreamInfo, TimeRange, whole_span};
use streamscope_signal::Civil;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::catalogue::label as stream_title;
use crate::charts::civil::exact_time;
use crate::charts::figure::png;
use crate::charts::format::grouped;
use crate::charts::theme::Theme;
use crate::recording::breath::rest;
use crate::recording::bytes::{Format, write};
use crate::recording::{Recording, expected};
use crate::row_filter::in_force;
use crate::state::Workspace;
use crate::text::in_line;

/// Buttons that hand out the figure and the rows.
#[component]
pub fn Exports(
    /// The element whose canvases are the figure.
    figure: NodeRef<Div>,
    /// Name of the view.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let note = RwSignal::new(String::new());
    let idle = move || note.with(String::is_empty);
    let save_png = {
        move |_| {
            let Some(element) = figure.get_untracked() else { return };
            let dark = window()
                .match_media("(prefers-color-scheme: dark)")
                .ok()
                .flatten()
                .is_some_and(|query| query.matches());
            let theme = Theme::read(&element, dark);
            let (streams, range) = (workspace.selected_streams(), in_view(&workspace));
            let heading = match subject(&workspace) {
                Some(subject) => format!("{title} · {subject}"),
                None => title.clone(),
            };
            let name = file_name(&workspace, &title.to_lowercase().replace(' ', "-"), range, "png");
            let _ = png(&element, &heading, &notes(&workspace, &streams, range), &theme, move |blob| {
                let _ = save_blob(&blob, &name);
            });
        }
    };
    let save_rows = move |format: Format| {
        move |_| {
            let Some(source) = untrack(|| workspace.reading()) else { return };
            let (streams, range) = (untrack(|| workspace.selected_streams()), in_view(&workspace));
            let recordings = workspace.recordings;
            spawn_local(async move {
                for stream in streams {
                    let recording = recordings.of(&source, &stream);
                    if let Err(message) = save_recording(&workspace, &recording, range, format, note).await {
                        note.set(message);
                        rest(4_000).await;
                    }
                }
                note.set(String::new());
            });
        }
    };
    view! {
        <div class="button-group exports" role="group" aria-label="Save">
            <button type="button" title="Save the figure as PNG" on:click=save_png>"PNG"</button>
            <button type="button" title="Save the raw rows in range as CSV" disabled=move || !idle() on:click=save_rows(Format::Csv)>
                "CSV"
            </button>
            <button type="button" title="Save the raw rows in range as an Arrow stream" disabled=move || !idle() on:click=save_rows(Format::Arrow)>
                "Arrow"
            </button>
        </div>
        <span class="export-note" role="status">{move || note.get()}</span>
    }
}

/// The selected range, else everything the streams hold.
fn in_view(workspace: &Workspace) -> TimeRange {
    let selected = workspace.selection.with_untracked(|selection| selection.range);
    let all = || whole_span(&untrack(|| workspace.selected_streams()));
    selected.or_else(all).unwrap_or(TimeRange { start: 0, end: 1 })
}

/// What the page calls the selected subject.
fn subject(workspace: &Workspace) -> Option<String> {
    let id = workspace.selection.with_untracked(|selection| selection.subject.clone())?;
    let named = workspace.subjects.with_untracked(|subjects| {
        let subject = subjects.iter().find(|subject| subject.id == id);
        subject.map(|subject| subject.name.clone()).filter(|name| !name.is_empty())
    });
    Some(in_line(&named.unwrap_or(id), 80))
}

/// What stands below a saved figure.
fn notes(workspace: &Workspace, streams: &[StreamInfo], range: TimeRange) -> Vec<String> {
    let zone = workspace.zone.get_untracked();
    let platform = workspace
        .source
        .get_untracked()
        .map(|source| source.about().platform.name.to_string())
        .unwrap_or_default();
    let units = streams.iter().map(|stream| {
        let drawn = |dimension: &&Dimension| expected(dimension).is_some();
        let with_unit = |dimension: &&Dimension| !dimension.unit_abbrev.is_empty();
        let dimensions = stream.dimensions.iter().filter(drawn).filter(with_unit);
        let units: Vec<_> = dimensions
            .map(|dimension| {
                format!("{} in {}", in_line(&dimension.id, 40), in_line(&dimension.unit_abbrev, 24))
            })
            .collect();
        let units = if units.is_empty() { String::new() } else { format!(" ({})", units.join(", ")) };
        format!("{}{units}; stream {}", stream_title(stream), in_line(&stream.id, 80))
    });
    let named = if zone.name() == "UTC" { String::new() } else { format!(", {}", zone.name()) };
    let times = format!("{} to {}{named}", exact_time(range.start, &zone), exact_time(range.end, &zone));
    let source = format!(
        "Source: {platform}, subject {}",
        streams.first().map(|stream| in_line(&stream.subject_id, 80)).unwrap_or_default()
    );
    let filter = untrack(|| in_force(workspace)).map(|words| lines(&words)).unwrap_or_default();
    std::iter::once(times).chain(filter).chain(units).chain([source]).collect()
}

/// Letters of a line below a figure.
const LETTERS_OF_A_LINE: usize = 110;

/// A long sentence, line by line.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < LETTERS_OF_A_LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

async fn save_recording(
    workspace: &Workspace,
    recording: &Recording,
    range: TimeRange,
    format: Format,
    note: RwSignal<String>,
) -> Result<(), String> {
    let name = stream_title(recording.stream());
    let told = |progress: Progress| note.set(format!("Fetching {name}: {} rows", grouped(progress.rows)));
    recording.fetch_whole(range, told).await.map_err(|problem| format!("{problem} Nothing was saved."))?;
    let Some((layout, frames)) = recording.with(|data| Some((data.layout()?.clone(), data.slices(range))))
    else {
        return Err(format!("{name} has no rows in this range."));
    };
    note.set(format!("Writing {name}"));
    let zone = workspace.zone.get_untracked();
    let parts = Array::new();
    let written = write(format, &layout, &frames, &zone, |bytes| {
        parts.push(&Uint8Array::from(bytes));
    });
    written.await.map_err(|error| error.to_string())?;
    let name = file_name(
        workspace,
        &recording.stream().name.to_lowercase().replace(' ', "-"),
        range,
        format.extension(),
    );
    save(&parts, format.media_type(), &name).map_err(|_| "The browser refused to save the file.".to_string())
}

/// Letters of a stream's name that its file is called by: file systems take some 250 bytes.
const LETTERS_OF_A_FILE: usize = 60;

/// "heart-rate-2026-03-28.csv".
fn file_name(workspace: &Workspace, what: &str, range: TimeRange, extension: &str) -> String {
    let what: String = what
        .chars()
        .take(LETTERS_OF_A_FILE)
        .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
        .collect();
    let date = workspace.zone.with_untracked(|zone| Civil::at(range.start, zone).date_text());
    let filtered = workspace.selection.with_untracked(|selection| selection.filter.is_some());
    format!("{what}-{date}{}.{extension}", if filtered { "-filtered" } else { "" })
}

/// Saves bytes as a file.
pub fn save(parts: &Array, media_type: &str, name: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    save_blob(&Blob::new_with_u8_array_sequence_and_options(parts, &options)?, name)
}

fn save_blob(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser needs the address until it has begun to copy the file.
    set_timeout(move || drop(Url::revoke_object_url(&address)), Duration::from_secs(10));
    Ok(())
}
