//! The Streamscope explorer: one page that shows which data exist, what a day looks like and every raw sample.

pub mod catalogue;
pub mod charts;
pub mod connection;
pub mod history;
pub mod inspector;
pub mod page;
pub mod range_bar;
pub mod recording;
pub mod row_filter;
pub mod state;
pub mod text;
pub mod views;
pub mod zones;

use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::registry::Connector;
pub use streamscope_selection::{link, moment};

/// The explorer.
#[component]
pub fn App(
    /// How to connect to each platform, in the order that they are offered; at least one.
    connectors: Vec<Rc<dyn Connector>>,
) -> impl IntoView {
    page::stopped::tell_of_panics();
    let workspace = state::Workspace::provide();
    let trail = history::follow(workspace);
    let retry = catalogue::load::follow(workspace);
    connection::beside::follow_clocks(workspace);
    let session = connection::Session::provide(workspace, connectors);
    session.follow_subject();
    session.start();
    view! { <page::Page trail retry /> }
}
