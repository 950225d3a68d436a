//! How a person connects to a Joule node.

use std::rc::Rc;

use serde_json::Value;

use super::{Config, Joule};
use crate::registry::{self, Connected, Demo, Entry, FirstView, FormField, Help, Opening, Way};
use crate::transport::Transport;
use crate::{About, Facet, FacetOf, Noun, Platform, Result, TimeRange};

/// Joule.
pub const PLATFORM: Platform = Platform { id: "joule", name: "Joule" };

pub(super) const ABOUT: About = About {
    platform: PLATFORM,
    subject: Noun { one: "folder", many: "folders" },
    stream: Noun { one: "stream", many: "streams" },
    facets: &[Facet { label: "Layout", of: FacetOf::StreamType }],
};

const WAYS: [Way; 1] = [Way {
    id: "key",
    label: "API key",
    note: "",
    fields: &[
        FormField::new("node-url", "Node URL").with_placeholder("https://node.example.org/joule"),
        FormField::new("api-key", "API key").secret(),
    ],
}];

const HELP: Help = Help {
    title: "A node does not answer pages from elsewhere",
    reason: "A Joule node lets a browser read its answers only from a page of its own address: it sends no CORS headers. \
             There are three ways in; the Node URL is what stands in bold. Also: a page that came over https may not \
             read from an http address, except on this very machine.",
    ways: &[
        (
            "https://your-node/joule",
            "put the files of this explorer behind the web server that stands in front of the node, beside /joule/: page \
             and node then share an address.",
        ),
        (
            "the address of this page's node",
            "serve the files from a data app: a Joule module with a web page of its own, which the node shows to those \
             who are signed in.",
        ),
        (
            "http://127.0.0.1:8787/relay/home",
            "run the sandbox with --relay home=http://your-node:8088, and with --relay-origin ADDRESS where this page is \
             not the sandbox's own: it forwards to that node and nothing else, and keeps no key.",
        ),
    ],
};

/// What a first visit to the demo shows: names of streams, in the order of their tracks. The range is that of the first.
const TRACKS: [&str; 3] = ["power", "relays", "temperature"];

/// Connects to Joule nodes.
pub struct Connector;

impl registry::Connector for Connector {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ways(&self) -> &'static [Way] {
        &WAYS
    }

    fn help(&self) -> Option<&'static Help> {
        Some(&HELP)
    }

    fn connect(&self, entry: &Entry, transport: Rc<dyn Transport>) -> Result<Connected> {
        let config = Config { url: entry.text("node-url").into(), api_key: entry.text("api-key").into() };
        let source = Rc::new(Joule::new(&config, transport)?);
        Ok(Connected::to(source, registry::host(&config.url)))
    }

    fn demo(&self, info: &Value, absolute: &dyn Fn(&str) -> Option<String>) -> Option<Demo> {
        let url = absolute(info.get("url")?.as_str()?)?;
        let key = info.pointer("/credentials/api_key")?.as_str()?;
        let entry = Entry::new("key", [("node-url", url), ("api-key", key.to_string())]);
        Some(Demo { entry, opening: opening(info.get("streams")?.as_array()?) })
    }
}

/// The tracks, in the top folder that holds them all.
fn opening(streams: &[Value]) -> Option<Opening> {
    let find = |track: &&str| streams.iter().find(|stream| registry::word(stream, "name") == **track);
    let found: Vec<&Value> = TRACKS.iter().map(find).collect::<Option<_>>()?;
    let first = found.first()?;
    let folder = registry::word(first, "subject_id");
    let top = folder.split('/').nth(1).map(|folder| format!("/{folder}"))?;
    let (start, end) = (registry::instant(first, "min_time")?, registry::instant(first, "max_time")? + 1);
    Some(Opening {
        subject: top,
        streams: found.iter().map(|stream| registry::word(stream, "id")).collect(),
        view: FirstView::Range(TimeRange { start, end }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_first_visit_opens_the_folder_that_has_all_tracks() {
        let streams =
            [("power", "/site A/mains"), ("relays", "/site A/hvac"), ("temperature", "/site A/hvac")];
        let streams = streams.map(|(name, folder)| {
            json!({ "id": format!("{folder}/{name}"), "subject_id": folder, "name": name,
                    "min_time": 1.5, "max_time": 3.25 })
        });
        let opening = opening(&streams).unwrap();
        assert_eq!((opening.subject.as_str(), opening.streams.len()), ("/site A", 3));
        let range = TimeRange { start: 1_500_000_000, end: 3_250_000_001 };
        assert_eq!(opening.view, FirstView::Range(range));
    }
}
