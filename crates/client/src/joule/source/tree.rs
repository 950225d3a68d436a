//! Folders as subjects, and their streams.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::joule::{DataStream, DisplayType, Element, Folder, Joule, PLATFORM};
use crate::{Dimension, Display, Error, ErrorKind, Extent, Result, StreamInfo, Subject};

/// The first instant after a node's own: nodes count microseconds.
const MICROSECOND: i64 = 1000;

impl Joule {
    /// The tree as it is now.
    pub(super) async fn fresh_tree(&self) -> Result<Rc<Folder>> {
        let tree = Rc::new(self.folder_root_with_info().await?);
        *self.tree.borrow_mut() = Some(tree.clone());
        Ok(tree)
    }

    /// Whether the node keeps reduced rows of a stream, as far as the tree tells that was asked for.
    pub(super) fn is_decimated(&self, path: &str) -> bool {
        let tree = self.tree.borrow();
        let folders = tree.as_ref().map(|tree| tree.walk()).unwrap_or_default();
        let mut streams = folders.iter().flat_map(|folder| &folder.data_streams);
        streams.find(|stream| stream.path.as_deref() == Some(path)).is_some_and(|stream| stream.decimate)
    }

    /// The tree as it was last asked for.
    pub(super) async fn known_tree(&self) -> Result<Rc<Folder>> {
        let known = self.tree.borrow().clone();
        match known {
            Some(tree) => Ok(tree),
            None => self.fresh_tree().await,
        }
    }
}

/// Folders with something to see in them or below, parents first. The root is among them only when it holds streams
/// itself.
pub(super) fn subjects(root: &Folder) -> Vec<Subject> {
    let mut found = Vec::new();
    collect(root, None, &mut found);
    found
}

fn collect(folder: &Folder, parent: Option<&str>, into: &mut Vec<Subject>) {
    let own = !folder.data_streams.is_empty() || !folder.event_streams.is_empty();
    let below = folder
        .walk()
        .iter()
        .any(|folder| !folder.data_streams.is_empty() || !folder.event_streams.is_empty());
    let path = folder.path.as_deref().unwrap_or_default();
    let shown = if path == "/" { own } else { below };
    if shown {
        let name = if path == "/" { "/" } else { &folder.name };
        into.push(Subject {
            id: path.into(),
            name: name.into(),
            parent: parent.map(Into::into),
            has_inner: false,
            devices: Vec::new(),
        });
    }
    for child in &folder.children {
        collect(child, if shown { Some(path) } else { None }, into);
    }
}

/// The folder at a path.
pub(super) fn folder<'a>(root: &'a Folder, path: &str) -> Result<&'a Folder> {
    let found = root.walk().into_iter().find(|folder| folder.path.as_deref() == Some(path));
    found.ok_or_else(|| {
        let mut error = Error::new(ErrorKind::NotFound, format!("The node has no folder {path}."));
        error.platform = Some(PLATFORM);
        error
    })
}

/// The data streams of a folder, and of those below.
pub(super) fn streams(folder: &Folder) -> Vec<StreamInfo> {
    let of = |folder: &&Folder| {
        let subject_id = folder.path.clone().unwrap_or_default();
        folder.data_streams.iter().map(move |stream| info(stream, &subject_id)).collect::<Vec<_>>()
    };
    folder.walk().iter().flat_map(of).collect()
}

fn info(stream: &DataStream, subject_id: &str) -> StreamInfo {
    let time = Dimension {
        id: "time".into(),
        data_type: "timestamp".into(),
        quantity: "Time".into(),
        unit: String::new(),
        unit_abbrev: String::new(),
        display: Display::default(),
    };
    let mut elements: Vec<_> = stream.elements.iter().collect();
    elements.sort_by_key(|element| element.index);
    let elements = elements.into_iter().map(|element| dimension(element, &stream.datatype));
    let data = stream.data_info;
    StreamInfo {
        id: stream.path.clone().unwrap_or_default(),
        subject_id: subject_id.into(),
        device_id: None,
        name: stream.name.clone(),
        stream_type: stream.layout.clone(),
        description: stream.description.clone(),
        algorithm: String::new(),
        dimensions: [time].into_iter().chain(elements).collect(),
        labels: BTreeMap::new(),
        extent: match data {
            None => Extent::Unknown,
            Some(data) => {
                let end = data.end_ns.map(|last| last.saturating_add(MICROSECOND));
                Extent::of(data.start_ns, end).unwrap_or(Extent::Empty)
            }
        },
    }
}

fn dimension(element: &Element, datatype: &str) -> Dimension {
    let scale = Some(element.scale_factor).filter(|scale| scale.is_finite() && *scale != 0.0);
    let limits = element.default_min.zip(element.default_max).filter(|(low, high)| low < high);
    Dimension {
        id: element.name.clone(),
        data_type: datatype.into(),
        quantity: String::new(),
        unit: element.units.clone(),
        unit_abbrev: element.units.clone(),
        display: Display {
            offset: if element.offset.is_finite() { element.offset } else { 0.0 },
            scale: scale.unwrap_or(1.0),
            states: element.display_type == DisplayType::Discrete,
            limits,
        },
    }
}
