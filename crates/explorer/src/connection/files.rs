//! Files that are opened: chosen in the form, from the header, or dropped anywhere on the page.

use std::rc::Rc;

use leptos::ev::{self, DragEvent};
use leptos::html::Input;
use leptos::prelude::*;
use streamscope_client::Disk;
use streamscope_client::registry::Chosen;
use web_sys::{File, FileList};

use super::Session;
use crate::state::Workspace;
use crate::text::in_line;

/// Where files are chosen.
#[component]
pub fn ChooseFiles(
    /// The id of the element.
    id: &'static str,
    /// Takes what was chosen, one file or several.
    take: Callback<Vec<Chosen>>,
) -> impl IntoView {
    view! {
        <input
            id=id
            type="file"
            multiple
            // The same file may be chosen again, after it was mended.
            on:click:target=|event| event.target().set_value("")
            on:change:target=move |event| {
                let files = chosen(event.target().files());
                if !files.is_empty() {
                    take.run(files);
                }
            }
        />
    }
}

/// In the header: the way to files, whatever is on screen.
#[component]
pub fn OpenFiles() -> impl IntoView {
    let session = expect_context::<Session>();
    let (platform, _) = session.files_way()?;
    let title = session.connector(Some(platform.id)).wording().title;
    let input = NodeRef::<Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get() {
            input.set_value("");
            input.click();
        }
    };
    let take = move || {
        let files = input.get().and_then(|input| input.files());
        session.open_files(chosen(files));
    };
    Some(view! {
        <button class="quiet open-files" on:click=choose>{title} "…"</button>
        <input type="file" multiple hidden node_ref=input on:change=move |_| take() />
    })
}

/// What a link shows, where it lies in a file that is not open: the person has it, and nobody else.
#[component]
pub fn Wanted(
    /// The platform of files.
    platform: &'static str,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let noun = session.connector(Some(platform)).about().subject.one;
    let wanted = move || {
        let chosen = workspace.selection.with(|selection| {
            selection.subject.clone().filter(|_| selection.platform.as_deref() == Some(platform))
        });
        chosen.filter(|chosen| workspace.subjects.with(|open| open.iter().all(|one| &one.id != chosen)))
    };
    view! {
        {move || wanted().map(|name| view! {
            <p class="note wanted">
                {format!("The link shows the {noun} ")} <code>{in_line(&name, 120)}</code> ". Choose it to see what the link shows."
            </p>
        })}
    }
}

/// Takes what is dropped anywhere on the page, and says so while something is dragged over it.
#[component]
pub fn DropFiles() -> impl IntoView {
    let session = expect_context::<Session>();
    let (platform, _) = session.files_way()?;
    let title = session.connector(Some(platform.id)).wording().title;
    let over = RwSignal::new(false);
    // Without this the browser leaves the page for the file.
    let drag = window_event_listener(ev::dragover, move |event| {
        if holds_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        over.set(false);
        // A place of its own may have taken it.
        if holds_files(&event) && !event.default_prevented() {
            event.prevent_default();
            session.open_files(chosen(event.data_transfer().and_then(|held| held.files())));
        }
    });
    on_cleanup(move || {
        drag.remove();
        leave.remove();
        drop.remove();
    });
    Some(view! {
        <Show when=move || over.get()>
            <div class="drop-here" aria-hidden="true"><p>{format!("{title}: drop them here")}</p></div>
        </Show>
    })
}

fn holds_files(event: &DragEvent) -> bool {
    let held = event.data_transfer();
    held.is_some_and(|held| held.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

/// The files of a list.
fn chosen(files: Option<FileList>) -> Vec<Chosen> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|place| Some(Chosen(disk(files.get(place)?)))).collect()
}

#[cfg(target_arch = "wasm32")]
fn disk(file: File) -> Rc<dyn Disk> {
    Rc::new(streamscope_client::BlobDisk::new(file.name(), file.into()))
}

/// Elsewhere the page does not run; its pure parts are tested.
#[cfg(not(target_arch = "wasm32"))]
fn disk(file: File) -> Rc<dyn Disk> {
    Rc::new(streamscope_client::MemoryDisk::new(file.name(), Vec::new()))
}
