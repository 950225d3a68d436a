//! The frame: header, range bar and three columns, which narrow screens show one at a time.

pub mod drawer;
pub mod focus;
pub mod stopped;

use std::time::Duration;

use drawer::{Drawer, DrawerButton, DrawerClose};
use leptos::prelude::*;

use crate::catalogue::{Catalogue, label};
use crate::connection::files::{DropFiles, OpenFiles};
use crate::connection::panel::{ConnectPanel, ConnectionStatus};
use crate::connection::switch::MissingConnections;
use crate::connection::{Phase, Session};
use crate::history::Trail;
use crate::inspector::Inspector;
use crate::range_bar::RangeBar;
use crate::range_bar::tabs::{VIEWS, tab_id};
use crate::row_filter::RowFilter;
use crate::state::{View, Workspace};
use crate::text::in_line;
use crate::views::availability::AvailabilityView;
use crate::views::day_profile::DayProfileView;
use crate::views::timeline::TimelineView;

/// The whole page.
#[component]
pub fn Page(
    /// Ranges looked at.
    trail: RwSignal<Trail>,
    /// Asks again for the streams.
    retry: Callback<()>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let drawer = RwSignal::new(None);
    let canvas = NodeRef::<leptos::html::Main>::new();
    let skip = move |_| {
        if let Some(canvas) = canvas.get() {
            let _ = canvas.focus();
        }
    };
    let view = Memo::new(move |_| workspace.selection.with(|selection| selection.view));
    let standing = one_by_one(4);
    let stands = move |part: usize| standing.get() >= part;
    let open = move |which: Drawer| drawer.get() == Some(which);
    view! {
        <div class="page">
            <header class="header">
                <button class="skip" on:click=skip>"Skip to the charts"</button>
                <DrawerButton drawer which=Drawer::Catalogue label="Streams" />
                <h1 class="brand">"Streamscope"</h1>
                <span class="spring"></span>
                <OpenFiles />
                <ConnectionStatus />
                <DrawerButton drawer which=Drawer::Inspector label="Details" />
            </header>
            <section class="bar" aria-label="View and range">
                <Show when=move || stands(1)><RangeBar trail /></Show>
            </section>
            <nav id="catalogue" class="catalogue" class:open=move || open(Drawer::Catalogue) aria-label="Catalogue">
                <Show when=move || stands(2)><Catalogue retry /></Show>
            </nav>
            <main class="canvas" tabindex="-1" node_ref=canvas>
                <UnknownThings />
                <RowFilter />
                <div id="canvas" class="panel" role="tabpanel" aria-labelledby=move || tab_id(view.get())>
                    <Show when=move || stands(3)><Canvas view /></Show>
                </div>
            </main>
            <aside id="inspector" class="inspector" class:open=move || open(Drawer::Inspector) aria-label="Details">
                <Show when=move || stands(4)><Inspector /></Show>
            </aside>
            <DrawerClose drawer />
            <DropFiles />
        </div>
    }
}

/// How many parts of the page stand. Each is made in a task of its own: all at once would hold the browser up.
fn one_by_one(parts: usize) -> ReadSignal<usize> {
    let (standing, set_standing) = signal(0);
    Effect::new(move |_| {
        let now = standing.get();
        if now < parts {
            let next = move || {
                let _ = set_standing.try_set(now + 1);
            };
            set_timeout(next, Duration::ZERO);
        }
    });
    standing
}

/// The view, or connecting while there is nothing to view.
#[component]
fn Canvas(view: Memo<View>) -> impl IntoView {
    let session = expect_context::<Session>();
    let connected = Memo::new(move |_| session.phase.get() == Phase::Connected);
    move || {
        if !connected.get() {
            return view! { <ConnectPanel /> }.into_any();
        }
        let name = VIEWS.iter().find(|(one, _)| *one == view.get_untracked()).map(|(_, name)| *name);
        let heading = view! { <h2 class="unseen">{name}</h2> };
        match view.get() {
            View::Availability => view! { {heading} <AvailabilityView /> }.into_any(),
            View::DayProfile => view! { {heading} <DayProfileView /> }.into_any(),
            View::Timeline => view! { {heading} <TimelineView /> }.into_any(),
        }
    }
}

/// Names what a link asked for and the connection does not hold, and what no view can show.
#[component]
fn UnknownThings() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let subject = Memo::new(move |_| workspace.unknown_subject());
    let streams = Memo::new(move |_| workspace.unknown_streams());
    let timeless = Memo::new(move |_| {
        workspace.selected_streams().into_iter().filter(|stream| !stream.has_time()).collect::<Vec<_>>()
    });
    let forget = move |_| {
        let unknown = streams.get_untracked();
        workspace.selection.update(|selection| selection.retain(|id| !unknown.iter().any(|one| one == id)));
    };
    view! {
        <MissingConnections />
        <Show when=move || subject.with(Option::is_some)>
            <p class="banner problem" role="alert">
                <span>
                    "The link names the subject " <code>{move || subject.get().map(|id| in_line(&id, 120))}</code>
                    ", which this connection does not reach. Connect to the platform it comes from, or choose another subject."
                </span>
            </p>
        </Show>
        <Show when=move || !timeless.with(Vec::is_empty)>
            <p class="banner" role="status">
                <span>
                    {move || timeless.with(|all| all.iter().map(label).collect::<Vec<_>>().join(", "))}
                    ": these rows have no time, so that they are on no time axis and in no day. "
                    {move || timeless.with(|all| all.first().map(|first| in_line(&first.description, 200)))}
                </span>
            </p>
        </Show>
        <Show when=move || !streams.with(Vec::is_empty)>
            <div class="banner problem" role="alert">
                <span>
                    "This subject does not have "
                    {move || streams.with(|unknown| if unknown.len() == 1 { "the stream " } else { "the streams " })}
                    <code>{move || streams.with(|unknown| unknown.iter().map(|id| in_line(id, 120)).collect::<Vec<_>>().join(", "))}</code>
                    ", which the link names. It may belong to another subject, or your credentials may not reach it."
                </span>
                <button class="quiet" on:click=forget>"Leave out"</button>
            </div>
        </Show>
    }
}
