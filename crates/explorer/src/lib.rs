//! The Streamscope explorer: one page that shows which data exist, what a day looks like and every raw sample.

pub mod catalogue;
pub mod charts;
pub mod connection;
pub mod history;
pub mod inspector;
pub mod link;
pub mod moment;
pub mod page;
pub mod range_bar;
pub mod recording;
pub mod state;
pub mod views;
pub mod zones;

use leptos::prelude::*;

/// The explorer.
#[component]
pub fn App() -> impl IntoView {
    page::stopped::tell_of_panics();
    let workspace = state::Workspace::provide();
    let trail = history::follow(workspace);
    let retry = catalogue::load::follow(workspace);
    connection::Session::provide(workspace).start();
    view! { <page::Page trail retry /> }
}
