//! Mounts the explorer.

fn main() {
    leptos::mount::mount_to_body(streamscope_explorer::App);
}
