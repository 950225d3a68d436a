//! Data streams and their metadata.

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::annotations::chosen;
use super::node::Pairs;
use super::{Address, DataInfo, DataStream, Element, Joule, NewDataStream, time};
use crate::transport::Method;
use crate::{Error, Result};

impl Joule {
    /// A data stream (`GET /stream.json`), without [`data_info`](DataStream::data_info).
    pub async fn data_stream_get(&self, stream: impl Into<Address>) -> Result<DataStream> {
        let address = stream.into();
        self.data_stream(&address, &vec![address.pair()?, ("no-info", String::new())]).await
    }

    /// What is stored of a data stream (`GET /stream.json`). Its numbers of rows and bytes are estimates.
    pub async fn data_stream_info(&self, stream: impl Into<Address>) -> Result<DataInfo> {
        let address = stream.into();
        let stream = self.data_stream(&address, &vec![address.pair()?]).await?;
        stream.data_info.ok_or_else(|| Error::protocol("The node's answer has no data_info."))
    }

    async fn data_stream(&self, address: &Address, pairs: &Pairs) -> Result<DataStream> {
        let mut stream: DataStream = self.get("/stream.json", pairs).await?;
        stream.path = address.path();
        Ok(stream)
    }

    /// Puts a data stream into another folder, which is made where its path does not exist (`PUT /stream/move.json`).
    pub async fn data_stream_move(
        &self,
        stream: impl Into<Address>,
        destination: impl Into<Address>,
    ) -> Result<()> {
        self.relocate("/stream/move.json", &stream.into(), &destination.into()).await
    }

    /// Changes name, description, `keep_ns`, `decimate` and the elements of a data stream to these, but not the number
    /// of elements; nothing else of it (`PUT /stream.json`).
    pub async fn data_stream_update(&self, stream: &DataStream) -> Result<()> {
        let change = json!({
            "name": stream.name,
            "description": stream.description,
            "keep_us": time::keep_us(stream.keep_ns)?,
            "decimate": stream.decimate,
            "elements": elements(&stream.elements),
        });
        let body = Map::from_iter([("id".into(), Value::from(stream.id)), ("stream".into(), change)]);
        self.send::<IgnoredAny>(Method::Put, "/stream.json", body).await.map(drop)
    }

    /// Deletes a data stream with all its data (`DELETE /stream.json`).
    pub async fn data_stream_delete(&self, stream: impl Into<Address>) -> Result<()> {
        self.remove("/stream.json", &vec![stream.into().pair()?]).await
    }

    /// Makes a data stream in a folder, which is made where its path does not exist (`POST /stream.json`).
    pub async fn data_stream_create(
        &self,
        stream: &NewDataStream,
        folder: impl Into<Address>,
    ) -> Result<DataStream> {
        let folder = folder.into();
        let stream = json!({
            "id": null,
            "name": stream.name,
            "description": stream.description,
            "datatype": stream.datatype,
            "keep_us": time::keep_us(stream.keep_ns)?,
            "decimate": stream.decimate,
            "is_configured": false,
            "is_source": false,
            "is_destination": false,
            "elements": elements(&stream.elements.iter().map(plottable).collect::<Vec<_>>()),
        });
        let body = Map::from_iter([("stream".into(), stream), folder.entry("dest_id", "dest_path")?]);
        let mut made: DataStream = self.send(Method::Post, "/stream.json", body).await?;
        made.path = folder.child(&made.name);
        Ok(made)
    }

    /// Deletes the annotations of a data stream that begin in a half-open range; `None` leaves an end open
    /// (`DELETE /stream/annotations.json`).
    pub async fn data_stream_annotation_delete(
        &self,
        stream: impl Into<Address>,
        start_ns: Option<i64>,
        end_ns: Option<i64>,
    ) -> Result<()> {
        let Some(pairs) = chosen(&stream.into(), start_ns, end_ns)? else { return Ok(()) };
        self.remove("/stream/annotations.json", &pairs).await
    }
}

/// An element to be made, about whose plotting nodes must be told.
fn plottable(element: &Element) -> Element {
    Element { plottable: element.plottable.or(Some(true)), ..element.clone() }
}

/// Elements as nodes take them. What nobody said about plotting stays unsaid: nodes would read null as no.
fn elements(elements: &[Element]) -> Vec<Value> {
    let element = |(index, element): (usize, &Element)| {
        let mut body = json!({
            "id": null,
            "index": index,
            "name": element.name,
            "units": element.units,
            "display_type": element.display_type,
            "offset": element.offset,
            "scale_factor": element.scale_factor,
            "default_max": element.default_max,
            "default_min": element.default_min,
        });
        if let (Some(plottable), Some(body)) = (element.plottable, body.as_object_mut()) {
            body.insert("plottable".into(), plottable.into());
        }
        body
    };
    elements.iter().enumerate().map(element).collect()
}
