//! The editor: stored filters to begin with, a tree of conditions, and what is wrong beside the field that it is in.

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use streamscope_client::{Filter, StoredFilter};
use streamscope_signal::TimeZone;

use super::fields::{NodeFields, Shared, Suggestions};
use super::node::{Body, Node, Reading};
use crate::page::focus::focus_first;
use crate::state::{Listing, Workspace};
use crate::text::in_line;

/// The form.
#[component]
pub fn Editor(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    // Times are typed in the zone on screen: another zone, or another filter, begins anew.
    let given = Memo::new(move |_| {
        let filter = workspace.selection.with(|selection| selection.filter.clone());
        let subject = workspace.selection.with(|selection| selection.subject.clone());
        (subject, filter, workspace.zone.with(|zone| zone.name().to_string()))
    });
    let applied = StoredValue::new(None::<Filter>);
    let listed = Memo::new(move |_| workspace.streams_listing.get() == Listing::Ready);
    let form = move || {
        let (_, filter, _) = given.get();
        let zone = workspace.zone.get_untracked();
        applied.set_value(filter.clone());
        listed.get().then(|| view! { <Form filter zone open /> })
    };
    view! { <div id="row-filter-editor">{form}</div> }
}

#[component]
fn Form(filter: Option<Filter>, zone: TimeZone, open: RwSignal<bool>) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let noun = untrack(|| workspace.source.get()).map_or("stream", |source| source.about().stream.one);
    let root = workspace.names.with_untracked(|names| Node::root(filter.as_ref(), names, &zone));
    let root = StoredValue::new(root);
    let shared =
        Shared { names: workspace.names, noun, zone: StoredValue::new(zone), typed: RwSignal::default() };
    let problem = RwSignal::new(None::<String>);
    let apply = move |event: SubmitEvent| {
        event.prevent_default();
        problem.set(None);
        match read(&workspace, &root.get_value(), shared) {
            Ok(filter) => workspace.selection.update(|selection| selection.filter = filter),
            Err(words) => {
                problem.set(words);
                // The fields know of it in the next turn.
                set_timeout(|| focus_first("#row-filter-editor [aria-invalid=true]"), Duration::ZERO);
            }
        }
    };
    let add = move |stored: Filter| {
        let node = workspace
            .names
            .with_untracked(|names| shared.zone.with_value(|zone| Node::of(&stored, names, zone)));
        if let Body::Group { inside, .. } = root.get_value().body {
            inside.update(|inside| inside.push(node));
        }
    };
    let close = move |_| {
        open.set(false);
        focus_first("#row-filter-toggle");
    };
    view! {
        <form class="row-filter-form" aria-label="Edit the row filter" novalidate on:submit=apply>
            <Stored add=Callback::new(add) />
            <NodeFields node=root.get_value() shared remove=None />
            {move || problem.get().map(|words| view! { <p class="problem" role="alert">{words}</p> })}
            <div class="row">
                <button type="submit" class="primary">"Apply"</button>
                <button type="button" on:click=close>"Close"</button>
            </div>
            <Suggestions shared />
        </form>
    }
}

/// The filter that the form spells; none where it is empty. Fails when a field is wrong, with words where no field can
/// tell.
fn read(workspace: &Workspace, root: &Node, shared: Shared) -> Result<Option<Filter>, Option<String>> {
    let empty = matches!(&root.body, Body::Group { inside, .. } if inside.with_untracked(Vec::is_empty));
    if empty {
        return Ok(None);
    }
    let filter = workspace.names.with_untracked(|names| {
        shared.zone.with_value(|zone| root.read(&Reading { names, zone, noun: shared.noun }))
    });
    let filter = filter.ok_or(None)?;
    let subject =
        workspace.selection.with_untracked(|selection| selection.subject.clone()).unwrap_or_default();
    let source = workspace.source.get_untracked();
    let checked = source.map_or(Ok(()), |source| source.check_filter(&subject, &filter));
    checked.map_err(|error| Some(error.to_string()))?;
    Ok(Some(filter))
}

/// The filters that the platform keeps, to be added.
#[component]
fn Stored(add: Callback<Filter>) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let again = RwSignal::new(());
    let stored = LocalResource::new(move || {
        again.track();
        let subject = workspace.selection.with_untracked(|selection| selection.subject.clone());
        let source = workspace.source.get_untracked();
        async move {
            let (Some(source), Some(subject)) = (source, subject) else { return Ok(Vec::new()) };
            match source.stored_filters(&subject) {
                Some(stored) => stored.await.map_err(|error| error.to_string()),
                None => Ok(Vec::new()),
            }
        }
    });
    let choice = move |stored: Vec<StoredFilter>| {
        let held = StoredValue::new(stored.clone());
        let mut kinds: Vec<&'static str> = Vec::new();
        for one in &stored {
            if !kinds.contains(&one.kind) {
                kinds.push(one.kind);
            }
        }
        let groups = kinds.into_iter().map(|kind| {
            let of_kind = stored.iter().enumerate().filter(|(_, one)| one.kind == kind);
            let options = of_kind.map(|(place, one)| {
                view! { <option value=place.to_string() title=one.name.clone()>{in_line(&one.name, 60)}</option> }
            });
            view! { <optgroup label=kind>{options.collect_view()}</optgroup> }
        });
        let groups = groups.collect_view();
        view! {
            <label for="row-filter-stored">"Add a stored filter"</label>
            <select
                id="row-filter-stored"
                on:change:target=move |event| {
                    let select = event.target();
                    let place = select.value().parse::<usize>().ok();
                    let filter = held.with_value(|held| place.and_then(|place| held.get(place)).map(|one| one.filter.clone()));
                    if let Some(filter) = filter {
                        add.run(filter);
                    }
                    select.set_value("");
                }
            >
                <option value="" selected=true>"Choose…"</option>
                {groups}
            </select>
        }
        .into_any()
    };
    view! {
        <div class="row row-filter-stored">
            {move || match stored.get() {
                None => view! { <span class="note" role="status">"Asking for stored filters…"</span> }.into_any(),
                Some(Ok(stored)) if stored.is_empty() => view! { <span class="note">"No filters are stored here."</span> }.into_any(),
                Some(Ok(stored)) => choice(stored),
                Some(Err(message)) => view! {
                    <p class="problem" role="alert">{message}</p>
                    <button type="button" on:click=move |_| again.set(())>"Retry"</button>
                }
                .into_any(),
            }}
        </div>
    }
}
