//! Getting data out of any view: the figure as PNG, and the raw rows of the selection as CSV or Arrow IPC.

use std::time::Duration;

use js_sys::{Array, Uint8Array};
use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};
use streamscope_signal::Civil;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::catalogue::title as stream_title;
use crate::charts::civil::exact_time;
use crate::charts::figure::png;
use crate::charts::format::grouped;
use crate::charts::theme::Theme;
use crate::recording::breath::rest;
use crate::recording::bytes::{Format, write};
use crate::recording::{Recording, Status};
use crate::state::Workspace;

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
            let heading =
                format!("{title}: {}", streams.iter().map(stream_title).collect::<Vec<_>>().join(", "));
            let name = file_name(&workspace, &title.to_lowercase().replace(' ', "-"), range, "png");
            let _ = png(&element, &heading, &notes(&workspace, &streams, range), &theme, move |blob| {
                let _ = save_blob(&blob, &name);
            });
        }
    };
    let save_rows = move |format: Format| {
        move |_| {
            let Some(source) = workspace.source.get_untracked() else { return };
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
    let spans = untrack(|| workspace.selected_streams())
        .iter()
        .filter_map(crate::recording::span)
        .collect::<Vec<_>>();
    let all = TimeRange {
        start: spans.iter().map(|span| span.start).min().unwrap_or(0),
        end: spans.iter().map(|span| span.end).max().unwrap_or(1),
    };
    workspace.selection.with_untracked(|selection| selection.range).unwrap_or(all)
}

/// What stands below a saved figure.
fn notes(workspace: &Workspace, streams: &[StreamInfo], range: TimeRange) -> Vec<String> {
    let zone = workspace.zone.get_untracked();
    let platform =
        workspace.source.get_untracked().map(|source| format!("{:?}", source.platform())).unwrap_or_default();
    let units = streams.iter().map(|stream| {
        let dimensions = stream.dimensions.iter().filter(|dimension| !dimension.unit_abbrev.is_empty());
        let units: Vec<_> =
            dimensions.map(|dimension| format!("{} in {}", dimension.id, dimension.unit_abbrev)).collect();
        format!("{} ({}); stream {}", stream_title(stream), units.join(", "), stream.id)
    });
    let times =
        format!("{} to {}, {}", exact_time(range.start, &zone), exact_time(range.end, &zone), zone.name());
    let source = format!(
        "Source: {platform}, subject {}",
        streams.first().map_or("", |stream| stream.subject_id.as_str())
    );
    std::iter::once(times).chain(units).chain([source]).collect()
}

async fn save_recording(
    workspace: &Workspace,
    recording: &Recording,
    range: TimeRange,
    format: Format,
    note: RwSignal<String>,
) -> Result<(), String> {
    recording.want_whole(range);
    while let Status::Loading { progress, .. } = recording.status_untracked() {
        note.set(format!("Fetching {}: {} rows", recording.stream().name, grouped(progress.rows)));
        rest(150).await;
    }
    if let Status::Failed { message, .. } = recording.status_untracked() {
        return Err(message);
    }
    if matches!(recording.status_untracked(), Status::Cancelled { .. }) {
        return Err("Stopped; nothing was saved.".into());
    }
    let Some((layout, frames)) = recording.with(|data| Some((data.layout()?.clone(), data.slices(range))))
    else {
        return Err(format!("{} has no rows in this range.", recording.stream().name));
    };
    note.set(format!("Writing {}", recording.stream().name));
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

/// "heart-rate-2026-03-28.csv".
fn file_name(workspace: &Workspace, what: &str, range: TimeRange, extension: &str) -> String {
    let what: String =
        what.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    let date = workspace.zone.with_untracked(|zone| Civil::at(range.start, zone).date_text());
    format!("{what}-{date}.{extension}")
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
