//! `/folders.json`, `/folder.json` and what is below it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Node;
use super::catalogue::Catalogue;
use super::events::Events;
use super::parameters::{Parameters, body};
use super::recording::Recording;
use super::reply::{self, Refusal, Result};
use super::tree::Infos;
use crate::{Request, Response};

/// Everything below the root, with what is known of the rows when `data-info` is given.
pub(super) fn tree(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let catalogue = node.read();
    let (mut data, mut events) = (Infos::new(), Infos::new());
    if Parameters::of(request).has("data-info") {
        for stream in &catalogue.streams {
            data.insert(stream.id, Recording::open(&node.store, stream, now)?.info()?);
        }
        for stream in &catalogue.event_streams {
            events.insert(stream.id, Events::load(&node.store, stream.id)?.info());
        }
    }
    let writing = |id| node.is_writing(id);
    let mut tree = catalogue.folder_json(catalogue.root(), [&data, &events], &writing);
    let active = catalogue.streams.iter().filter(|stream| stream.live || node.is_writing(stream.id));
    tree["active_data_streams"] = json!(active.map(|stream| stream.id).collect::<Vec<_>>());
    Ok(reply::json(&tree))
}

/// A folder and all that it holds.
pub(super) fn get(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let catalogue = node.read();
    let folder = addressed(&catalogue, &Parameters::of(request))?;
    Ok(reply::json(&plain(node, &catalogue, folder)))
}

/// Moves a folder into another, which is made if need be.
pub(super) fn move_to(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    node.edit(|catalogue, _| {
        let found = match (body.get("src_path"), body.get("src_id")) {
            (Some(path), _) => {
                catalogue.find_folder(path.as_str().unwrap_or_default()).map_err(|_| Refusal::failed())?
            }
            (None, Some(id)) => id.as_i64().filter(|&id| catalogue.folder(id).is_some()),
            (None, None) => return Err(Refusal::no_address()),
        };
        let id = found.ok_or_else(Refusal::no_folder)?;
        unlocked(node, catalogue, id)?;
        let target = destination(catalogue, &body, now)?;
        let name = catalogue.folder(id).map(|folder| folder.name.clone()).unwrap_or_default();
        if catalogue.children(target).any(|child| child.name == name) {
            return Err(Refusal::bad("a folder with this name is in the destination folder"));
        }
        if catalogue.is_within(target, id) {
            return Err(Refusal::bad("cannot place a parent in a child folder"));
        }
        catalogue.touch(id, now);
        if let Some(folder) = catalogue.folder_mut(id) {
            folder.parent = Some(target);
        }
        catalogue.touch(target, now);
        Ok(reply::json(&json!({ "stream": plain(node, catalogue, id) })))
    })
}

/// Gives a folder another name or description.
pub(super) fn update(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    let id = body.get("id").ok_or_else(|| Refusal::bad("Invalid request: specify id"))?;
    node.edit(|catalogue, _| {
        let found = id.as_i64().filter(|&id| catalogue.folder(id).is_some());
        let id = found.ok_or_else(Refusal::no_folder)?;
        unlocked(node, catalogue, id)?;
        let given =
            body.get("folder").ok_or_else(|| Refusal::bad("Invalid request: specify folder as JSON"))?;
        let given =
            given.as_object().ok_or_else(|| Refusal::bad("error: [folder] attribute must be JSON"))?;
        let name = match given.get("name") {
            Some(name) => Some(valid_name(name).map_err(|error| Refusal::bad(format!("error: {error}")))?),
            None => None,
        };
        let parent = catalogue.folder(id).and_then(|folder| folder.parent).unwrap_or_default();
        if catalogue.children(parent).any(|peer| peer.id != id && Some(&peer.name) == name.as_ref()) {
            return Err(Refusal::bare(400, "a folder with this name is in the destination folder"));
        }
        if let Some(folder) = catalogue.folder_mut(id) {
            folder.name = name.unwrap_or_else(|| std::mem::take(&mut folder.name));
            if let Some(description) = given.get("description") {
                folder.description = description.as_str().map(str::to_owned);
            }
        }
        catalogue.touch(id, now);
        Ok(reply::json(&plain(node, catalogue, id)))
    })
}

/// Removes a folder with its streams; with its folders too when `recursive=1`.
pub(super) fn delete(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    node.edit(|catalogue, gone| {
        let id = addressed(catalogue, &parameters)?;
        unlocked(node, catalogue, id)?;
        let inner = catalogue.below(id);
        if inner.len() > 1 && parameters.get("recursive") != Some("1") {
            return Err(Refusal::bad("specify [recursive] or remove child folders first"));
        }
        let parent = catalogue.folder(id).and_then(|folder| folder.parent).unwrap_or_default();
        let inside = |folder: i64| inner.contains(&folder);
        gone.streams
            .extend(catalogue.streams.iter().filter(|stream| inside(stream.folder)).map(|stream| stream.id));
        let events = catalogue.event_streams.iter().filter(|stream| inside(stream.folder));
        gone.event_streams.extend(events.map(|stream| stream.id));
        catalogue.streams.retain(|stream| !inside(stream.folder));
        catalogue.event_streams.retain(|stream| !inside(stream.folder));
        catalogue.folders.retain(|folder| !inside(folder.id));
        catalogue.touch(parent, now);
        Ok(reply::ok())
    })
}

/// The folder that a body's `dest_path` or `dest_id` names; a path is made if need be.
pub(super) fn destination(catalogue: &mut Catalogue, body: &Map<String, Value>, now: i64) -> Result<i64> {
    match (body.get("dest_path"), body.get("dest_id")) {
        (Some(path), _) => {
            let made = catalogue.make_folder(path.as_str().unwrap_or_default(), now);
            made.map_err(|error| Refusal::bad(format!("Destination error: {error}")))
        }
        // The node has no words for an id that is none.
        (None, Some(id)) => {
            id.as_i64().filter(|&id| catalogue.folder(id).is_some()).ok_or_else(Refusal::failed)
        }
        (None, None) => Err(Refusal::bad("specify a destination")),
    }
}

/// A name that a folder or a stream can have, or what is wrong with it.
pub(super) fn valid_name(name: &Value) -> std::result::Result<String, &'static str> {
    match name.as_str() {
        None | Some("") => Err("missing name"),
        Some(name) if name.contains('/') => Err("invalid name, '\\' not allowed"),
        Some(name) => Ok(name.into()),
    }
}

fn unlocked(node: &Node, catalogue: &Catalogue, id: i64) -> Result<()> {
    let locked = catalogue.is_locked(id, &|stream| node.is_writing(stream));
    if locked { Err(Refusal::bad("folder is locked")) } else { Ok(()) }
}

/// A folder without what is known of its rows.
fn plain(node: &Node, catalogue: &Catalogue, id: i64) -> Value {
    let none = Infos::new();
    catalogue.folder_json(id, [&none, &none], &|stream| node.is_writing(stream))
}

/// The folder that a query names.
fn addressed(catalogue: &Catalogue, parameters: &Parameters) -> Result<i64> {
    let found = match (parameters.get("path"), parameters.id("id")) {
        // The node has no words for a path that is none.
        (Some(path), _) => catalogue.find_folder(path).map_err(|_| Refusal::failed())?,
        (None, id) => {
            let id = id?.ok_or_else(Refusal::no_address)?;
            catalogue.folder(id).map(|folder| folder.id)
        }
    };
    found.ok_or_else(Refusal::no_folder)
}
