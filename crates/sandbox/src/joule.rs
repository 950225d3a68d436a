//! Joule: the HTTP interface of a node (joule 1.0.1), under `/joule`.
//!
//! What a node accepts and answers here, it accepts and answers with the same statuses and words, so that the
//! platform's own Python API works on it. Two things differ: a body that would never end (a fault of the node's
//! reader) ends, and there is no network to introduce itself to other nodes with.

mod annotations;
mod catalogue;
mod data;
mod decimator;
mod event_streams;
mod events;
mod folders;
mod layout;
mod live;
mod masters;
mod node;
mod parameters;
mod recording;
mod reply;
mod streams;
mod table;
mod tree;
mod upkeep;
mod write;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

pub(crate) use catalogue::{
    Annotation, Catalogue, DisplayType, Element, EventStream, Folder, Master, Proxy, Stream,
};
pub(crate) use decimator::{Decimator, FACTOR};
pub(crate) use events::Events;
pub(crate) use layout::{DataType, Layout};
pub(crate) use live::{ELEMENTS as LIVE_ELEMENTS, KEEP as LIVE_KEEP};
pub(crate) use recording::Outline;
pub(crate) use table::{CHUNK_ROWS, chunks, key};
pub use write::Upload;

use recording::Recording;
use reply::{Refusal, Result};

use crate::{Request, Response, Store, StoreError};

/// Key of the catalogue's document.
pub(crate) const CATALOGUE: &str = "joule";
/// Where the platform's paths begin.
pub(crate) const BASE: &str = "/joule";
/// The key of the demo's own user.
pub(crate) const API_KEY: &str = "demo-joule-key";

/// The platform over a store.
pub(crate) struct Joule {
    node: Arc<Node>,
}

/// What requests share, and what is still served after their answer has begun.
struct Node {
    store: Arc<dyn Store>,
    /// Also guards the store: who changes rows holds it to write, who looks for rows holds it to read.
    catalogue: RwLock<Catalogue>,
    /// Streams that are being written to.
    writing: Mutex<HashSet<i64>>,
    /// By stream, the decimated rows that are not complete, for a write that continues the one before.
    decimators: Mutex<HashMap<i64, Decimator>>,
}

impl Joule {
    /// Reads the catalogue; a store without one is an empty node.
    pub(crate) fn open(store: Arc<dyn Store>) -> std::result::Result<Self, StoreError> {
        let catalogue = match store.document(CATALOGUE)? {
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StoreError::Damaged(format!("the Joule catalogue: {error}")))?,
            None => Catalogue::default(),
        };
        let (writing, decimators) = (Mutex::default(), Mutex::default());
        Ok(Self { node: Arc::new(Node { store, catalogue: RwLock::new(catalogue), writing, decimators }) })
    }

    /// Answers a request for one of the platform's paths, at a Unix time in s; `None` for any other path.
    pub(crate) fn handle(&self, request: &Request, now: i64) -> Option<Response> {
        let path = request.path.strip_prefix(BASE)?;
        if !path.starts_with('/') {
            return None;
        }
        Some(self.answer(path, request, now.saturating_mul(1_000_000)).unwrap_or_else(Response::from))
    }

    /// Begins a write whose rows come piece by piece; `None` when the request is none. Its body is not looked at.
    pub(crate) fn upload(&self, request: &Request) -> Option<std::result::Result<Upload, Response>> {
        let wanted = request.method == "POST" && request.path.strip_prefix(BASE) == Some("/data");
        let begin = || {
            self.authorize(request)?;
            Upload::begin(&self.node, request)
        };
        wanted.then(|| begin().map_err(Response::from))
    }

    fn answer(&self, path: &str, request: &Request, now: i64) -> Result<Response> {
        let node = &self.node;
        // The one way in without a key.
        if (request.method.as_str(), path) == ("POST", "/follower.json") {
            return masters::add_follower(request);
        }
        self.authorize(request)?;
        // A node answers HEAD wherever it answers GET; the server leaves the body out.
        let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
        match (method, path) {
            ("GET", "/") => Ok(reply::text("Joule server")),
            ("GET", "/version") => Ok(reply::text(node::VERSION)),
            ("GET", "/version.json") => Ok(node::version(node)),
            ("GET", "/dbinfo") => Ok(node::database()),
            ("GET", "/db/connection.json") => Ok(node::connection()),
            ("GET", "/folders.json") => folders::tree(node, request, now),
            ("GET", "/folder.json") => folders::get(node, request),
            ("GET", "/stream.json") => streams::get(node, request, now),
            ("GET", "/data") => data::read(node, request, now),
            ("GET", "/data.json") => data::read_json(node, request, now),
            ("POST", "/data") => {
                let mut upload = Upload::begin(node, request)?;
                Ok(upload.push(&request.body).map_or_else(|refused| refused, |()| upload.finish()))
            }
            ("DELETE", "/data") => upkeep::remove(node, request),
            ("POST", "/data/decimate.json") => upkeep::decimate(node, request),
            ("DELETE", "/data/decimate.json") => upkeep::drop_decimations(node, request),
            ("POST", "/data/consolidate.json") => upkeep::consolidate(node, request, now),
            ("GET", "/data/intervals.json") => data::intervals(node, request, now),
            ("PUT", "/folder.json") => folders::update(node, request, now),
            ("DELETE", "/folder.json") => folders::delete(node, request, now),
            ("PUT", "/folder/move.json") => folders::move_to(node, request, now),
            ("POST", "/stream.json") => streams::create(node, request, now),
            ("PUT", "/stream.json") => streams::update(node, request, now),
            ("DELETE", "/stream.json") => streams::delete(node, request, now),
            ("PUT", "/stream/move.json") => streams::move_to(node, request, now),
            ("DELETE", "/stream/annotations.json") => annotations::delete_all(node, request),
            ("POST", "/annotation.json") => annotations::create(node, request),
            ("PUT", "/annotation.json") => annotations::update(node, request),
            ("DELETE", "/annotation.json") => annotations::delete(node, request),
            ("POST", "/event.json") => event_streams::create(node, request, now),
            ("PUT", "/event.json") => event_streams::update(node, request, now),
            ("DELETE", "/event.json") => event_streams::delete(node, request, now),
            ("PUT", "/event/move.json") => event_streams::move_to(node, request, now),
            ("POST", "/event/data.json") => events::write(node, request),
            ("DELETE", "/event/data.json") => events::remove(node, request),
            ("POST", "/master.json") => masters::add(node, request, now),
            ("DELETE", "/master.json") => masters::delete(node, request),
            ("DELETE", "/follower.json") => masters::delete_follower(request),
            ("GET", "/annotations.json") => annotations::list(node, request),
            ("GET", "/annotations/info.json") => annotations::info(node, request),
            ("GET", "/event.json") => event_streams::get(node, request),
            ("GET", "/event/data.json") => events::read(node, request),
            ("GET", "/event/data/count.json") => events::count(node, request),
            ("GET", "/modules.json") => Ok(node::modules(node, request)),
            ("GET", "/module.json") => node::module(node, request),
            ("GET", "/module/logs.json") => node::logs(node, request),
            ("GET", "/app.json") => Ok(node::apps(node)),
            ("GET", "/proxies.json") => Ok(node::proxies(node)),
            ("GET", "/proxy.json") => node::proxy(node, request),
            ("GET", "/masters.json") => Ok(masters::list(node)),
            ("GET", "/followers.json") => Ok(reply::json(&json!([]))),
            _ => Err(Refusal::missing("Not Found")),
        }
    }

    fn authorize(&self, request: &Request) -> Result<()> {
        let key = request.header("X-API-KEY").unwrap_or_default();
        let known = self.node.read().masters.iter().any(|master| master.key == key);
        if known { Ok(()) } else { Err(Refusal::bare(403, "403: Forbidden")) }
    }

    /// The platform's part of `info.json`; `now` in s. Ids are paths; times are Unix seconds.
    pub(crate) fn info(&self, base: &str, now: i64) -> Value {
        let catalogue = self.node.read();
        let seconds = |time: i64| time as f64 / 1e6;
        let streams = catalogue.streams.iter().map(|stream| {
            let recording = Recording::open(&self.node.store, stream, now.saturating_mul(1_000_000));
            let found = recording.and_then(|recording| Ok((recording.count()?, recording.times()?)));
            let (rows, times) = found.unwrap_or_default();
            json!({
                "id": catalogue.path_in(stream.folder, &stream.name),
                "name": stream.name,
                "subject_id": catalogue.path(stream.folder),
                "layout": stream.layout().to_string(),
                "live": stream.live,
                "rows": rows,
                "min_time": times.map(|(first, _)| seconds(first)),
                "max_time": times.map(|(_, last)| seconds(last)),
            })
        });
        let event_streams = catalogue.event_streams.iter().map(|stream| {
            json!({
                "id": catalogue.path_in(stream.folder, &stream.name),
                "name": stream.name,
                "subject_id": catalogue.path(stream.folder),
            })
        });
        let holds = |id: i64| {
            catalogue.streams.iter().map(|stream| stream.folder).any(|folder| folder == id)
                || catalogue.event_streams.iter().map(|stream| stream.folder).any(|folder| folder == id)
        };
        let subjects = catalogue.folders.iter().filter(|folder| holds(folder.id));
        let subjects = subjects.map(|folder| json!({ "id": catalogue.path(folder.id), "name": folder.name }));
        json!({
            "url": format!("{base}{BASE}"),
            "credentials": { "api_key": API_KEY },
            "subjects": subjects.collect::<Vec<_>>(),
            "streams": streams.collect::<Vec<_>>(),
            "event_streams": event_streams.collect::<Vec<_>>(),
        })
    }
}

/// Ids of what an edit removes from the catalogue.
#[derive(Default)]
struct Gone {
    streams: Vec<i64>,
    event_streams: Vec<i64>,
}

impl Node {
    fn read(&self) -> RwLockReadGuard<'_, Catalogue> {
        // A panic elsewhere leaves the catalogue whole: it is swapped, never changed in place.
        self.catalogue.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the catalogue, and removes the rows and events of what is gone; all of it or nothing.
    fn edit<T>(&self, change: impl FnOnce(&mut Catalogue, &mut Gone) -> Result<T>) -> Result<T> {
        let mut current = self.edit_rows();
        let (mut catalogue, mut gone) = (current.clone(), Gone::default());
        let result = change(&mut catalogue, &mut gone)?;
        catalogue.annotations.retain(|annotation| !gone.streams.contains(&annotation.stream_id));
        let bytes = serde_json::to_vec(&catalogue).map_err(|_| Refusal::failed())?;
        let outlines =
            gone.streams.iter().map(|&id| Ok((id, Outline::load(&self.store, id)?.unwrap_or_default())));
        let outlines = outlines.collect::<Result<Vec<_>>>()?;
        self.store.edit(&mut |writer| {
            writer.document(CATALOGUE, bytes.clone())?;
            outlines.iter().try_for_each(|(id, outline)| outline.destroy(writer, *id))?;
            gone.event_streams.iter().try_for_each(|&id| writer.forget(&Events::key(id)))
        })?;
        *current = catalogue;
        Ok(result)
    }

    /// The catalogue, while rows are changed: nobody else reads or changes any.
    fn edit_rows(&self) -> RwLockWriteGuard<'_, Catalogue> {
        self.catalogue.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Streams that are being written to.
    fn writing(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_writing(&self, stream: i64) -> bool {
        self.writing().contains(&stream)
    }
}
