//! Mounts the explorer.

use std::time::Duration;

use leptos::prelude::set_timeout;

fn main() {
    // In a task of its own: the one that calls this has just made the program ready, which takes long enough.
    set_timeout(|| leptos::mount::mount_to_body(streamscope_explorer::App), Duration::ZERO);
}
