//! Folders and streams by path and by id, and their JSON.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::catalogue::{Catalogue, EventStream, Folder, Stream};

/// What `data_info` says, by stream id.
pub(super) type Infos = HashMap<i64, Value>;

/// A path that begins with no slash or has empty parts.
pub(crate) struct InvalidPath(String);

impl std::fmt::Display for InvalidPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "invalid path [{}]", self.0)
    }
}

impl Catalogue {
    pub(crate) fn root(&self) -> i64 {
        self.folders.iter().find(|folder| folder.parent.is_none()).map_or(0, |folder| folder.id)
    }

    pub(crate) fn folder(&self, id: i64) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }

    pub(super) fn folder_mut(&mut self, id: i64) -> Option<&mut Folder> {
        self.folders.iter_mut().find(|folder| folder.id == id)
    }

    /// A folder and all folders below it.
    pub(super) fn below(&self, id: i64) -> Vec<i64> {
        let inner = self.children(id).flat_map(|child| self.below(child.id));
        std::iter::once(id).chain(inner).collect()
    }

    /// Whether a folder lies below another.
    pub(super) fn is_within(&self, id: i64, outer: i64) -> bool {
        let parent = self.folder(id).and_then(|folder| folder.parent);
        parent.is_some_and(|parent| parent == outer || self.is_within(parent, outer))
    }

    pub(crate) fn stream(&self, id: i64) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.id == id)
    }

    pub(crate) fn event_stream(&self, id: i64) -> Option<&EventStream> {
        self.event_streams.iter().find(|stream| stream.id == id)
    }

    pub(super) fn children(&self, id: i64) -> impl Iterator<Item = &Folder> {
        self.folders.iter().filter(move |folder| folder.parent == Some(id))
    }

    fn child(&self, parent: i64, name: &str) -> Option<i64> {
        self.children(parent).find(|folder| folder.name == name).map(|folder| folder.id)
    }

    /// The folder of a path, if there is one.
    pub(super) fn find_folder(&self, path: &str) -> Result<Option<i64>, InvalidPath> {
        let mut parts = parts(path)?.into_iter();
        Ok(parts.try_fold(self.root(), |folder, name| self.child(folder, name)))
    }

    /// The folder of a path; what is missing of it is made.
    pub(crate) fn make_folder(&mut self, path: &str, now: i64) -> Result<i64, InvalidPath> {
        let mut folder = self.root();
        for name in parts(path)? {
            folder = match self.child(folder, name) {
                Some(child) => child,
                None => {
                    let id = self.next_id.folder();
                    self.folders.push(Folder {
                        id,
                        parent: Some(folder),
                        name: name.into(),
                        description: None,
                        updated_at: now,
                    });
                    id
                }
            };
        }
        Ok(folder)
    }

    /// The folder and the name that a stream's path leads to. Its first character counts for nothing.
    fn find_place<'a>(&self, path: &'a str) -> Option<(i64, &'a str)> {
        let path = path.get(path.chars().next()?.len_utf8()..)?;
        let (folders, name) = path.rsplit_once('/').map_or((None, path), |(rest, name)| (Some(rest), name));
        let mut folders = folders.into_iter().flat_map(|rest| rest.split('/'));
        let folder = folders.try_fold(self.root(), |folder, name| self.child(folder, name))?;
        Some((folder, name))
    }

    pub(crate) fn find_stream(&self, path: &str) -> Option<&Stream> {
        let (folder, name) = self.find_place(path)?;
        self.streams.iter().find(|stream| stream.folder == folder && stream.name == name)
    }

    pub(crate) fn find_event_stream(&self, path: &str) -> Option<&EventStream> {
        let (folder, name) = self.find_place(path)?;
        self.event_streams.iter().find(|stream| stream.folder == folder && stream.name == name)
    }

    /// Whether a folder has a stream of a name, of either kind, besides those of an id.
    ///
    /// A node compares ids across both kinds: a stream that is renamed does not see a namesake of the other kind that
    /// happens to have its number.
    pub(super) fn has_name(&self, folder: i64, name: &str, except: Option<i64>) -> bool {
        let streams = self.streams.iter().map(|stream| (stream.folder, &stream.name, stream.id));
        let events = self.event_streams.iter().map(|stream| (stream.folder, &stream.name, stream.id));
        streams.chain(events).any(|(at, known, id)| at == folder && known == name && Some(id) != except)
    }

    /// A folder's path.
    pub(crate) fn path(&self, id: i64) -> String {
        match self.folder(id) {
            Some(Folder { parent: Some(parent), name, .. }) => {
                format!("{}/{name}", self.path(*parent).trim_end_matches('/'))
            }
            _ => "/".into(),
        }
    }

    /// The path of something in a folder.
    pub(crate) fn path_in(&self, folder: i64, name: &str) -> String {
        format!("{}/{name}", self.path(folder).trim_end_matches('/'))
    }

    /// Marks a folder and all above it as changed.
    pub(super) fn touch(&mut self, id: i64, now: i64) {
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(folder) = self.folder_mut(id) else { return };
            folder.updated_at = now;
            next = folder.parent;
        }
    }

    /// Whether a folder may not be changed: the root, and whatever holds a stream that is being produced.
    pub(super) fn is_locked(&self, id: i64, writing: &dyn Fn(i64) -> bool) -> bool {
        self.folder(id).is_none_or(|folder| folder.parent.is_none())
            || self.streams.iter().any(|stream| stream.folder == id && (stream.live || writing(stream.id)))
            || self.children(id).any(|child| self.is_locked(child.id, writing))
    }

    /// A folder and all that it holds.
    pub(super) fn folder_json(&self, id: i64, infos: [&Infos; 2], writing: &dyn Fn(i64) -> bool) -> Value {
        let [data, events] = infos;
        let Some(folder) = self.folder(id) else { return Value::Null };
        let children = self.children(id).map(|child| self.folder_json(child.id, infos, writing));
        let streams = self.streams.iter().filter(|stream| stream.folder == id);
        let streams = streams.map(|stream| stream.json(data.get(&stream.id), writing(stream.id)));
        let event_streams = self.event_streams.iter().filter(|stream| stream.folder == id);
        let event_streams = event_streams.map(|stream| stream.json(events.get(&stream.id)));
        json!({
            "id": folder.id,
            "name": folder.name,
            "description": folder.description,
            "locked": self.is_locked(id, writing),
            "updated_at": iso(folder.updated_at),
            "children": children.collect::<Vec<_>>(),
            "streams": streams.collect::<Vec<_>>(),
            "event_streams": event_streams.collect::<Vec<_>>(),
        })
    }
}

impl Stream {
    /// The stream as the node describes it; `writing` while somebody writes to it.
    pub(super) fn json(&self, info: Option<&Value>, writing: bool) -> Value {
        let active = self.live || writing;
        let mut json = json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "datatype": self.datatype.name(),
            "layout": self.layout().to_string(),
            "keep_us": self.keep_us,
            "is_configured": false,
            "is_source": false,
            "is_destination": active,
            "updated_at": iso(self.updated_at),
            "locked": active,
            "active": active,
            "decimate": self.decimate,
            "elements": self.elements,
        });
        if let Some(info) = info {
            json["data_info"] = info.clone();
        }
        json
    }
}

impl EventStream {
    /// The event stream as the node describes it.
    pub(super) fn json(&self, info: Option<&Value>) -> Value {
        let mut json = json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "event_fields": self.event_fields,
            "chunk_duration_us": self.chunk_duration_us,
            "keep_us": self.keep_us,
            "updated_at": iso(self.updated_at),
        });
        if let Some(info) = info {
            json["data_info"] = info.clone();
        }
        json
    }
}

/// The names in a folder's path; none for the root.
fn parts(path: &str) -> Result<Vec<&str>, InvalidPath> {
    let invalid = || InvalidPath(path.into());
    match path.strip_prefix('/').ok_or_else(invalid)? {
        "" => Ok(Vec::new()),
        rest if rest.split('/').any(str::is_empty) => Err(invalid()),
        rest => Ok(rest.split('/').collect()),
    }
}

/// A time as ISO 8601 with an offset, as the node writes it.
fn iso(time: i64) -> String {
    let time = Timestamp::from_microsecond(time).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
