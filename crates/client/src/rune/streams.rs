//! Stream types and streams, over GraphQL.

use indexmap::IndexSet;
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{StreamMetadata, StreamType};
use super::people::check;
use super::{Rune, Set, ids, wire};
use crate::Result;

/// Streams asked for in one request by their ids: the server's limit.
const IDS_A_REQUEST: usize = 100;

/// Which of a patient's streams are wanted; all that is set must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamFilter {
    /// Recorded from this device.
    pub device_id: Option<String>,
    /// Of this stream type.
    pub stream_type_id: Option<String>,
    /// Made by this algorithm.
    pub algorithm: Option<String>,
    /// Label `category`.
    pub category: Option<String>,
    /// Label `measurement`.
    pub measurement: Option<String>,
    /// Further labels: key and value.
    pub parameters: Vec<(String, String)>,
}

impl StreamFilter {
    fn variables(&self, patient_id: &str) -> Value {
        let named = [("category", &self.category), ("measurement", &self.measurement)];
        let named = named.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let own = self.parameters.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let parameters: Vec<Value> =
            own.chain(named).map(|(key, value)| json!({ "key": key, "value": value })).collect();
        json!({
            "patientId": patient_id,
            "deviceId": self.device_id.as_deref().map(|device_id| ids::full_device(patient_id, device_id)),
            "streamTypeId": self.stream_type_id,
            "algorithm": self.algorithm,
            "parameters": parameters,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Streams {
    #[serde(alias = "streamListByIds")]
    stream_list: Option<wire::StreamList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Types {
    stream_type_list: Option<wire::StreamTypes>,
}

impl Rune {
    /// All stream types.
    pub async fn stream_types(&self) -> Result<Set<StreamType>> {
        let answer: Types = self.query(include_str!("stream_types.graphql"), json!({})).await?;
        let types = answer.stream_type_list.map(|list| list.stream_types).unwrap_or_default();
        Ok(types.into_iter().map(StreamType::from).collect())
    }

    /// Streams by their ids, in the order asked for, each once. Ids that are not found are named in the error.
    pub async fn streams_by_ids(&self, stream_ids: &[impl AsRef<str>]) -> Result<Set<StreamMetadata>> {
        let wanted: Vec<&str> =
            stream_ids.iter().map(AsRef::as_ref).collect::<IndexSet<_>>().into_iter().collect();
        let mut found = Set::new();
        for batch in wanted.chunks(IDS_A_REQUEST) {
            let variables = json!({ "stream_ids": batch });
            let answer: Streams = self.query(include_str!("streams_by_ids.graphql"), variables).await?;
            let streams = answer.stream_list.map(|list| list.streams).unwrap_or_default();
            found.update(streams.into_iter().map(StreamMetadata::from));
        }
        let lost: Vec<&str> = wanted.iter().copied().filter(|id| found.find(id).is_none()).collect();
        if !lost.is_empty() {
            return Err(self.missing(&format!("stream with id {}", lost.join(", "))));
        }
        Ok(wanted.into_iter().filter_map(|id| found.remove(id)).collect())
    }

    /// A patient's streams that match a filter.
    pub async fn patient_streams(
        &self,
        patient_id: &str,
        filter: &StreamFilter,
    ) -> Result<Set<StreamMetadata>> {
        let filters = filter.variables(check(patient_id)?);
        let mut streams = Set::new();
        self.walk(async |cursor| {
            let variables = json!({ "filters": filters, "cursor": cursor });
            let page: Streams = self.query(include_str!("streams.graphql"), variables).await?;
            let list = page.stream_list.unwrap_or_default();
            streams.update(list.streams.into_iter().map(StreamMetadata::from));
            Ok((list.page_info, streams.len()))
        })
        .await?;
        if streams.is_empty() {
            // Nothing to list, or nothing we may see? Asking for the patient tells.
            self.patient(patient_id).await?;
        }
        Ok(streams)
    }
}
