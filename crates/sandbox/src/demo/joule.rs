//! The Joule demo: the node of a small building and of the solar roof next door.

mod events;
mod signals;
mod tape;

use serde_json::Value;

use super::Size;
use super::random::Random;
use crate::joule::{
    API_KEY, Annotation, CATALOGUE, Catalogue, DataType, DisplayType, Element, EventStream, Folder,
    LIVE_ELEMENTS, LIVE_KEEP, Master, Proxy, Stream,
};
use crate::{StoreError, Writer};
use tape::Tape;

/// When everything was set up: 2024-03-01 08:00 UTC, Unix µs.
const SETUP: i64 = 1_709_280_000 * SECOND;
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// Rows of the long stream.
fn long(size: Size) -> i64 {
    match size {
        Size::Full => 2_000_000,
        Size::Small => 100_000,
    }
}

/// Writes all recordings and the catalogue.
pub(super) fn generate(
    writer: &mut dyn Writer,
    size: Size,
    progress: &mut dyn FnMut(&str),
) -> Result<(), StoreError> {
    let mut studio = Studio { writer, progress, catalogue: Catalogue::default() };
    studio.catalogue.name = "demo node".into();
    studio.catalogue.uuid = "0d5a7c1e-52b7-4f5e-9d0b-6f1c2a3b4d5e".into();
    let root = studio.catalogue.next_id.folder();
    studio.catalogue.folders.push(Folder {
        id: root,
        parent: None,
        name: "root".into(),
        description: None,
        updated_at: SETUP,
    });
    let id = studio.catalogue.next_id.master();
    studio.catalogue.masters.push(Master {
        id,
        name: "demo".into(),
        kind: "USER".into(),
        grantor_id: None,
        key: API_KEY.into(),
    });
    studio.catalogue.proxies.push(Proxy {
        id: 0,
        name: "heat pump".into(),
        url: "http://heat-pump.invalid/".into(),
    });
    signals::record(&mut studio, long(size))?;
    events::record(&mut studio, size)?;
    let bytes =
        serde_json::to_vec(&studio.catalogue).map_err(|error| StoreError::Damaged(error.to_string()))?;
    studio.writer.document(CATALOGUE, bytes)
}

/// Where streams are recorded.
struct Studio<'a> {
    writer: &'a mut dyn Writer,
    progress: &'a mut dyn FnMut(&str),
    catalogue: Catalogue,
}

/// A stream before it has an id.
struct Draft {
    folder: &'static str,
    name: &'static str,
    description: &'static str,
    datatype: DataType,
    elements: Vec<Element>,
    decimate: bool,
}

impl Studio<'_> {
    /// Records a stream: `play` puts its rows on tape.
    fn record(
        &mut self,
        draft: Draft,
        play: impl FnOnce(&mut Tape, &mut Random) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let path = format!("{}/{}", draft.folder, draft.name);
        let decimate = draft.decimate;
        let stream = self.add(draft, false)?;
        let mut tape = Tape::new(self.writer, stream.id, stream.layout(), decimate);
        play(&mut tape, &mut Random::named(&path))?;
        let rows = tape.finish()?;
        (self.progress)(&format!("{path}: {rows} rows"));
        Ok(())
    }

    /// A stream whose rows follow from the clock.
    fn live(
        &mut self,
        folder: &'static str,
        name: &'static str,
        units: [&str; LIVE_ELEMENTS.len()],
    ) -> Result<(), StoreError> {
        let elements = LIVE_ELEMENTS.iter().zip(units).map(|(name, unit)| element(name, unit)).collect();
        let description = "ten readings a second, kept for an hour";
        let draft =
            Draft { folder, name, description, datatype: DataType::Float32, elements, decimate: false };
        self.add(draft, true).map(drop)
    }

    /// A stream that was never written.
    fn add(&mut self, draft: Draft, live: bool) -> Result<Stream, StoreError> {
        let folder = self.folder(draft.folder)?;
        let mut elements = draft.elements;
        for (index, element) in elements.iter_mut().enumerate() {
            element.index = index;
            element.id = self.catalogue.next_id.element();
        }
        let stream = Stream {
            id: self.catalogue.next_id.stream(),
            folder,
            name: draft.name.into(),
            description: Some(draft.description.into()),
            datatype: draft.datatype,
            keep_us: if live { LIVE_KEEP } else { -1 },
            decimate: draft.decimate,
            updated_at: SETUP,
            elements,
            live,
        };
        self.catalogue.streams.push(stream.clone());
        Ok(stream)
    }

    fn folder(&mut self, path: &str) -> Result<i64, StoreError> {
        self.catalogue.make_folder(path, SETUP).map_err(|error| StoreError::Damaged(error.to_string()))
    }

    /// Adds an event stream and gives its id.
    fn event_stream(&mut self, folder: &str, name: &str, fields: &[(&str, &str)]) -> Result<i64, StoreError> {
        let folder = self.folder(folder)?;
        let id = self.catalogue.next_id.event_stream();
        let field = |(name, kind): &(&str, &str)| ((*name).into(), Value::from(*kind));
        self.catalogue.event_streams.push(EventStream {
            id,
            folder,
            name: name.into(),
            description: Some(String::new()),
            event_fields: fields.iter().map(field).collect(),
            chunk_duration_us: 0,
            keep_us: -1,
            updated_at: SETUP,
        });
        Ok(id)
    }

    /// Marks a time, or a stretch of time, of a stream.
    fn annotate(
        &mut self,
        path: &str,
        title: &str,
        content: &str,
        start: i64,
        end: Option<i64>,
    ) -> Result<(), StoreError> {
        let stream = self.catalogue.find_stream(path).map(|stream| stream.id);
        let stream_id = stream.ok_or_else(|| StoreError::Damaged(format!("{path}: no such stream")))?;
        let id = self.catalogue.next_id.annotation();
        let annotation =
            Annotation { id, title: title.into(), content: Some(content.into()), start, stream_id, end };
        self.catalogue.annotations.push(annotation);
        Ok(())
    }
}

/// An element whose values are shown as they are, joined by lines.
fn element(name: &str, units: &str) -> Element {
    Element {
        id: 0,
        index: 0,
        name: name.into(),
        units: Some(units.into()),
        plottable: Some(true),
        display_type: DisplayType::Continuous,
        offset: 0.0,
        scale_factor: 1.0,
        default_max: None,
        default_min: None,
    }
}

/// An element that holds its value until the next row.
fn discrete(name: &str) -> Element {
    Element {
        display_type: DisplayType::Discrete,
        default_min: Some(0.0),
        default_max: Some(1.0),
        ..element(name, "")
    }
}
