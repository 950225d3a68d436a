//! Annotations on data streams.

use serde_json::{Map, Value, json};

use super::node::Pairs;
use super::{Address, Annotation, AnnotationInfo, Joule, NewAnnotation, time};
use crate::transport::Method;
use crate::{Error, Result};

impl Joule {
    /// The annotations of a data stream that begin in a half-open range, by their start; `None` leaves an end open
    /// (`GET /annotations.json`). An unknown path is an error, an unknown id has no annotations.
    pub async fn annotation_get(
        &self,
        stream: impl Into<Address>,
        start_ns: Option<i64>,
        end_ns: Option<i64>,
    ) -> Result<Vec<Annotation>> {
        let Some(pairs) = chosen(&stream.into(), start_ns, end_ns)? else { return Ok(Vec::new()) };
        let mut found: Vec<Annotation> = self.get("/annotations.json", &pairs).await?;
        found.sort_by_key(|annotation| (annotation.start_ns, annotation.id));
        Ok(found)
    }

    /// How many annotations a data stream has, and where the first and the last begin (`GET /annotations/info.json`).
    pub async fn annotation_info(&self, stream: impl Into<Address>) -> Result<AnnotationInfo> {
        self.get("/annotations/info.json", &vec![stream.into().named("stream_id", "stream_path")?]).await
    }

    /// Makes an annotation on a data stream (`POST /annotation.json`).
    pub async fn annotation_create(
        &self,
        annotation: &NewAnnotation,
        stream: impl Into<Address>,
    ) -> Result<Annotation> {
        if annotation.title.is_empty() {
            return Err(Error::invalid("title is empty: an annotation needs one."));
        }
        let start = time::to_us("start_ns", annotation.start_ns)?;
        let end = annotation.end_ns.map(|end| time::to_us("end_ns", end)).transpose()?;
        if end.is_some_and(|end| end <= start) {
            return Err(Error::invalid("end_ns is not after start_ns: leave it out for a moment."));
        }
        let mut body = Map::from_iter([stream.into().entry("stream_id", "stream_path")?]);
        body.insert("title".into(), json!(annotation.title));
        body.insert("content".into(), json!(annotation.content));
        body.insert("start".into(), json!(start));
        body.insert("end".into(), json!(end));
        self.send(Method::Post, "/annotation.json", body).await
    }

    /// Changes an annotation's title and content to these; its times and stream cannot change (`PUT /annotation.json`).
    pub async fn annotation_update(&self, annotation: &Annotation) -> Result<Annotation> {
        let (title, content) = (json!(annotation.title), json!(annotation.content));
        let id = Value::from(annotation.id);
        let body = Map::from_iter([("id".into(), id), ("title".into(), title), ("content".into(), content)]);
        self.send(Method::Put, "/annotation.json", body).await
    }

    /// Deletes an annotation by its id (`DELETE /annotation.json`).
    pub async fn annotation_delete(&self, id: i64) -> Result<()> {
        self.remove("/annotation.json", &vec![("id", id.to_string())]).await
    }
}

/// The parameters for annotations that begin in a half-open range; `None` when it holds no microsecond.
pub(super) fn chosen(stream: &Address, start_ns: Option<i64>, end_ns: Option<i64>) -> Result<Option<Pairs>> {
    let mut pairs = vec![stream.named("stream_id", "stream_path")?];
    let Some((start, end)) = time::range(start_ns, end_ns)? else { return Ok(None) };
    pairs.extend(start.map(|start| ("start", start.to_string())));
    // The node's own end is inclusive.
    pairs.extend(end.map(|end| ("end", (end - 1).to_string())));
    Ok(Some(pairs))
}
