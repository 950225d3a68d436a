//! Event streams and their events.

mod read;
mod write;

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::{Address, EventInfo, EventStream, FieldKind, Joule, NewEventStream, time};
use crate::transport::Method;
use crate::{Error, Result};

pub use read::EventRead;

impl Joule {
    /// An event stream, with what is stored of it (`GET /event.json`).
    pub async fn event_stream_get(&self, stream: impl Into<Address>) -> Result<EventStream> {
        let address = stream.into();
        let mut stream: EventStream = self.get("/event.json", &vec![address.pair()?]).await?;
        stream.path = address.path();
        Ok(stream)
    }

    /// What is stored of an event stream (`GET /event.json`).
    pub async fn event_stream_info(&self, stream: impl Into<Address>) -> Result<EventInfo> {
        let stream = self.event_stream_get(stream).await?;
        stream.data_info.ok_or_else(|| Error::protocol("The node's answer has no data_info."))
    }

    /// Puts an event stream into another folder, which is made where its path does not exist (`PUT /event/move.json`).
    pub async fn event_stream_move(
        &self,
        stream: impl Into<Address>,
        destination: impl Into<Address>,
    ) -> Result<()> {
        self.relocate("/event/move.json", &stream.into(), &destination.into()).await
    }

    /// Changes name, description, fields, `chunk_duration_ns` and `keep_ns` of an event stream to these; nothing else of
    /// it (`PUT /event.json`).
    pub async fn event_stream_update(&self, stream: &EventStream) -> Result<()> {
        let change = json!({
            "name": stream.name,
            "description": stream.description,
            "event_fields": fields(&stream.event_fields)?,
            "chunk_duration_us": time::to_us("chunk_duration_ns", stream.chunk_duration_ns)?,
            "keep_us": time::keep_us(stream.keep_ns)?,
        });
        let body = Map::from_iter([("id".into(), Value::from(stream.id)), ("stream".into(), change)]);
        self.send::<IgnoredAny>(Method::Put, "/event.json", body).await.map(drop)
    }

    /// Deletes an event stream with all its events (`DELETE /event.json`).
    pub async fn event_stream_delete(&self, stream: impl Into<Address>) -> Result<()> {
        self.remove("/event.json", &vec![stream.into().pair()?]).await
    }

    /// Makes an event stream in a folder, which is made where its path does not exist (`POST /event.json`).
    pub async fn event_stream_create(
        &self,
        stream: &NewEventStream,
        folder: impl Into<Address>,
    ) -> Result<EventStream> {
        let folder = folder.into();
        let stream = json!({
            "id": null,
            "name": stream.name,
            "description": stream.description,
            "event_fields": fields(&stream.event_fields)?,
            "chunk_duration_us": time::to_us("chunk_duration_ns", stream.chunk_duration_ns)?,
            "keep_us": time::keep_us(stream.keep_ns)?,
        });
        let body = Map::from_iter([("stream".into(), stream), folder.entry("dest_id", "dest_path")?]);
        let mut made: EventStream = self.send(Method::Post, "/event.json", body).await?;
        made.path = folder.child(&made.name);
        Ok(made)
    }
}

fn fields(fields: &indexmap::IndexMap<String, FieldKind>) -> Result<Map<String, Value>> {
    fields.iter().map(|(name, kind)| Ok((name.clone(), kind.checked(name)?.into()))).collect()
}
