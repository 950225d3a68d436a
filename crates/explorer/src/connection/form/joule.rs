//! The fields of a Joule node, and the ways into one that answers no page from elsewhere.

use leptos::prelude::*;
use streamscope_client::joule::Config;

use super::super::Session;
use super::Text;

/// What the form holds of a node.
#[derive(Clone, Copy)]
pub struct Fields(RwSignal<Config>);

impl Fields {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Config::default()))
    }

    pub(super) fn config(self) -> Config {
        self.0.get_untracked()
    }
}

/// Address and key.
#[component]
pub fn JouleFields(
    /// What the form holds.
    fields: Fields,
) -> impl IntoView {
    let config = fields.0;
    view! {
        <Text config id="node-url" label="Node URL" placeholder="https://node.example.org/joule"
            part=|config| &mut config.url />
        <Text config id="api-key" label="API key" secret=true part=|config| &mut config.api_key />
        <WaysIn />
    }
}

/// Why a browser cannot reach a node directly, and what to do. Opens by itself when a node was not reached.
#[component]
fn WaysIn() -> impl IntoView {
    let session = expect_context::<Session>();
    view! {
        <details class="ways-in" prop:open=move || session.was_unreachable()>
            <summary>"A node does not answer pages from elsewhere"</summary>
            <p class="note">
                "A Joule node lets a browser read its answers only from a page of its own address: it sends no CORS \
                 headers. There are three ways in; the Node URL is what stands in bold."
            </p>
            <ol class="stack">
                <li>
                    <b>"https://your-node/joule"</b>
                    " – put the files of this explorer behind the web server that stands in front of the node, beside "
                    <code>"/joule/"</code> ": page and node then share an address."
                </li>
                <li>
                    <b>"the address of this page's node"</b>
                    " – serve the files from a data app: a Joule module with a web page of its own, which the node shows \
                     to those who are signed in."
                </li>
                <li>
                    <b>"http://127.0.0.1:8787/relay/home"</b>
                    " – run the sandbox with " <code>"--relay home=http://your-node:8088"</code>
                    ": it forwards to that node and nothing else, and keeps no key."
                </li>
            </ol>
            <p class="note">
                "Also: a page that came over https may not read from an http address, except on this very machine."
            </p>
        </details>
    }
}
