//! Getting data out of any view: the figure as PNG, and the raw rows of the selection as CSV, Arrow IPC or EDF+, or inside a
//! page.

mod edf;
mod metadata;
mod names;
mod notes;
mod page;
mod parts;
mod recorded;
mod rows;

use std::time::Duration;

use js_sys::Array;
use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::{Progress, TimeRange, whole_span};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use self::names::file_name;
use self::notes::{notes, subject};
use crate::catalogue::label as stream_title;
use crate::charts::figure::png;
use crate::charts::format::grouped;
use crate::charts::theme::Theme;
use crate::recording::Recording;
use crate::recording::breath::rest;
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
    let busy = RwSignal::new(false);
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
            let name = file_name(&workspace, &title.to_lowercase(), range, "png");
            let _ = png(&element, &heading, &notes(&workspace, &streams, range), &theme, move |blob| {
                note.set(match save_blob(&blob, &name) {
                    Ok(()) => format!("Saved {name}."),
                    Err(_) => NOT_SAVED.into(),
                });
            });
        }
    };
    let save_page = move |_| {
        busy.set(true);
        spawn_local(async move {
            let said = page::save(&workspace, in_view(&workspace), note).await;
            note.set(said.unwrap_or_else(|problem| problem));
            busy.set(false);
        });
    };
    let save_rows = move |format: rows::As| {
        move |_| {
            busy.set(true);
            spawn_local(async move {
                let range = in_view(&workspace);
                let said = rows::save(&workspace, range, format, note).await;
                note.set(said.unwrap_or_else(|problem| problem));
                busy.set(false);
            });
        }
    };
    let rows = rows::FORMATS.map(|(format, label, title)| {
        view! {
            <button type="button" title=title disabled=move || busy.get() on:click=save_rows(format)>{label}</button>
        }
    });
    view! {
        <div class="button-group exports" role="group" aria-label="Save">
            <button type="button" title="Save the figure as PNG" on:click=save_png>"PNG"</button>
            {rows.into_iter().collect::<Vec<_>>()}
            <button
                type="button"
                title="Save the picture as one page with its raw rows inside, that pans and zooms with no network"
                disabled=move || busy.get()
                on:click=save_page
            >
                "Page"
            </button>
        </div>
        <span class="export-note" role="status">{move || note.get()}</span>
    }
}

const NOT_SAVED: &str = "The browser refused to save the file.";

/// Fetches every row of a range, and tells how far that is.
async fn fetch(recording: &Recording, range: TimeRange, note: RwSignal<String>) -> Result<(), String> {
    let title = stream_title(recording.stream());
    let fetched = recording.fetch_whole(range, |progress| tell(&title, progress, note)).await;
    fetched.map_err(|problem| format!("{problem} Nothing was saved."))?;
    note.set(format!("Writing {title}"));
    // The page shows this before the work begins.
    rest(0).await;
    Ok(())
}

fn tell(title: &str, progress: Progress, note: RwSignal<String>) {
    note.set(format!("Fetching {title}: {} rows", grouped(progress.rows)));
}

/// The selected range, else everything the streams hold.
fn in_view(workspace: &Workspace) -> TimeRange {
    let selected = workspace.selection.with_untracked(|selection| selection.range);
    let all = || whole_span(&untrack(|| workspace.selected_streams()));
    selected.or_else(all).unwrap_or(TimeRange { start: 0, end: 1 })
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
