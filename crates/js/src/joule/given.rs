//! What programs give to a node's calls about folders, data streams, annotations and masters.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};
use streamscope_client::joule::{self, DisplayType as JouleDisplayType, MasterKind};

use crate::options::Strict;
use crate::time::Time;
use crate::value::Json;

/// A range of time, open where an end is left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleRange {
    /// First instant; open unless given.
    start_time: Option<Time>,
    /// First instant after; open unless given.
    end_time: Option<Time>,
}

/// Both ends of a range that may have been left out, ns.
pub(crate) fn ends(range: Option<Strict<JouleRange>>) -> (Option<i64>, Option<i64>) {
    range.map_or((None, None), |Strict(range)| (range.start_time.map(Time::ns), range.end_time.map(Time::ns)))
}

/// A data type of a stream's elements.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JouleDatatype {
    Float32,
    Float64,
    Int16,
    Int32,
    Int64,
}

impl JouleDatatype {
    /// As nodes write it.
    fn name(&self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
        }
    }
}

/// One column of a data stream that is made or changed. An element that came from the node will do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleNewElement {
    /// Name, unique within the stream.
    name: String,
    /// The node's id, where it has one.
    id: Option<i64>,
    /// Place among the stream's columns, from 0.
    index: Option<u32>,
    /// Unit, in any words.
    units: Option<String>,
    /// Whether it is meant to be drawn.
    plottable: Option<bool>,
    /// How it is drawn; as a line unless given.
    display_type: Option<JouleDisplayType>,
    /// Shown is `(value - offset) * scaleFactor`; 0 unless given.
    offset: Option<f64>,
    /// See `offset`; 1 unless given.
    scale_factor: Option<f64>,
    /// Upper end of the axis, as shown, where it is fixed.
    default_max: Option<f64>,
    /// Lower end of the axis, as shown, where it is fixed.
    default_min: Option<f64>,
}

impl From<JouleNewElement> for joule::Element {
    fn from(given: JouleNewElement) -> Self {
        Self {
            id: given.id.unwrap_or_default(),
            index: given.index.unwrap_or_default(),
            plottable: given.plottable,
            display_type: given.display_type.unwrap_or_default(),
            offset: given.offset.unwrap_or_default(),
            scale_factor: given.scale_factor.unwrap_or(1.0),
            default_max: given.default_max,
            default_min: given.default_min,
            ..Self::new(given.name, given.units.unwrap_or_default())
        }
    }
}

fn elements(given: Vec<Strict<JouleNewElement>>) -> Vec<joule::Element> {
    given.into_iter().map(|Strict(element)| element.into()).collect()
}

/// A data stream to be made. It is kept for ever and decimated unless said otherwise.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleNewDataStream {
    /// Name, unique within the folder, without `/`.
    name: String,
    /// What it holds, in words.
    description: Option<String>,
    /// Type of every element.
    datatype: JouleDatatype,
    /// How long rows are kept, ns; `null` for ever, `0n` not at all.
    keep_ns: Option<i64>,
    /// Whether the node keeps decimated levels of it.
    decimate: Option<bool>,
    /// Its columns, in order.
    elements: Vec<Strict<JouleNewElement>>,
}

impl From<JouleNewDataStream> for joule::NewDataStream {
    fn from(given: JouleNewDataStream) -> Self {
        Self {
            description: given.description.unwrap_or_default(),
            keep_ns: given.keep_ns,
            decimate: given.decimate.unwrap_or(true),
            ..Self::new(given.name, given.datatype.name(), elements(given.elements))
        }
    }
}

/// What of a data stream can be changed, by its id: what `dataStreamGet` gave, changed, will do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleDataStreamChange {
    /// The node's id.
    id: i64,
    /// Name, unique within the folder, without `/`.
    name: String,
    /// What it holds, in words.
    description: Option<String>,
    /// How long rows are kept, ns; `null` for ever, `0n` not at all.
    keep_ns: Option<i64>,
    /// Whether the node keeps decimated levels of it; it does unless said otherwise.
    decimate: Option<bool>,
    /// Its columns, as many as it has.
    elements: Vec<Strict<JouleNewElement>>,
}

impl From<JouleDataStreamChange> for joule::DataStream {
    fn from(given: JouleDataStreamChange) -> Self {
        Self {
            id: given.id,
            name: given.name,
            path: None,
            description: given.description.unwrap_or_default(),
            // The rest cannot be changed, and is not sent.
            datatype: String::new(),
            layout: String::new(),
            keep_ns: given.keep_ns,
            is_configured: false,
            is_source: false,
            is_destination: false,
            locked: false,
            active: false,
            decimate: given.decimate.unwrap_or(true),
            updated_at: String::new(),
            elements: elements(given.elements),
            data_info: None,
        }
    }
}

/// What of a folder can be changed, by its id: what `folderGet` gave, changed, will do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleFolderChange {
    /// The node's id.
    id: i64,
    /// Name, unique within the parent.
    name: String,
    /// What it holds, in words.
    description: Option<String>,
}

impl From<JouleFolderChange> for joule::Folder {
    fn from(given: JouleFolderChange) -> Self {
        Self {
            id: given.id,
            name: given.name,
            path: None,
            description: given.description.unwrap_or_default(),
            locked: false,
            updated_at: String::new(),
            children: Vec::new(),
            data_streams: Vec::new(),
            event_streams: Vec::new(),
        }
    }
}

/// An annotation to be made: of a moment, unless it has an end. Times are whole microseconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleNewAnnotation {
    /// Title; not empty.
    title: String,
    /// More words.
    content: Option<String>,
    /// The moment, or where the stretch begins, ns.
    start_ns: i64,
    /// Where the stretch ends, ns, after its start; `null` for a moment.
    end_ns: Option<i64>,
}

impl From<JouleNewAnnotation> for joule::NewAnnotation {
    fn from(given: JouleNewAnnotation) -> Self {
        let JouleNewAnnotation { title, content, start_ns, end_ns } = given;
        Self { title, content: content.unwrap_or_default(), start_ns, end_ns }
    }
}

/// What of an annotation can be changed, by its id: what `annotationGet` gave, changed, will do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleAnnotationChange {
    /// The node's id.
    id: i64,
    /// Title; not empty.
    title: String,
    /// More words.
    content: Option<String>,
}

impl From<JouleAnnotationChange> for joule::Annotation {
    fn from(given: JouleAnnotationChange) -> Self {
        let JouleAnnotationChange { id, title, content } = given;
        // Its times and stream cannot change, and are not sent.
        Self { id, stream_id: 0, title, content: content.unwrap_or_default(), start_ns: 0, end_ns: None }
    }
}

/// What a master is: a person, another node, or a Lumen server.
pub(crate) struct Kind(pub(crate) MasterKind);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refusal = |_| de::Error::custom("is none of USER, JOULE_NODE and LUMEN_NODE");
        MasterKind::deserialize(deserializer).map(Self).map_err(refusal)
    }
}

/// Who is given access, and how.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleAccess {
    /// Parameters for a Lumen server.
    pub(crate) lumen: Option<Json<Map<String, Value>>>,
    /// The key of a person, 32 characters or more; the node makes one unless it is given.
    pub(crate) api_key: Option<String>,
}
