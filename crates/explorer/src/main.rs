//! Mounts the explorer.

mod wipe;

use std::time::Duration;

use leptos::prelude::*;
use streamscope_client::registry::connectors;
use streamscope_explorer::App;
use wipe::Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

fn main() {
    // In a task of its own: the one that calls this has just made the program ready, which takes long enough.
    set_timeout(
        || leptos::mount::mount_to_body(|| view! { <App connectors=connectors() /> }),
        Duration::ZERO,
    );
}
