//! Metadata: users, organizations, patients, devices, stream types and streams, over GraphQL.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::model::{Device, Org, Patient, StreamMetadata, StreamType, User};
use super::{Rune, ids, wire};
use crate::http::words_of;
use crate::transport::Request;
use crate::{Error, ErrorKind, Result};

/// Streams asked for in one request by their ids: the server's limit.
const IDS_A_REQUEST: usize = 100;
/// A list of more pages than this does not end.
const MOST_PAGES: usize = 10_000;

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
            "patientId": ids::patient(patient_id),
            "deviceId": self.device_id.as_deref().map(|device_id| ids::full_device(patient_id, device_id)),
            "streamTypeId": self.stream_type_id,
            "algorithm": self.algorithm,
            "parameters": parameters,
        })
    }
}

/// Walks a paged list: where it stands, and that it never stands there again.
#[derive(Default)]
struct Cursor {
    seen: HashSet<String>,
    current: Option<String>,
}

impl Cursor {
    /// Moves to the next page; `false` at the end (no cursor, or an empty one).
    fn advance(&mut self, page: wire::PageInfo) -> Result<bool> {
        self.current = page.end_cursor.filter(|cursor| !cursor.is_empty());
        let Some(next) = &self.current else { return Ok(false) };
        if !self.seen.insert(next.clone()) {
            return Err(Error::protocol("The server repeats itself: a list's cursor came a second time."));
        }
        if self.seen.len() >= MOST_PAGES {
            return Err(Error::protocol(format!("The server's list does not end after {MOST_PAGES} pages.")));
        }
        Ok(true)
    }
}

/// Items in the order they came, each id once: a later one takes the place of an earlier one.
struct Unique<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Unique<T> {
    fn new() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }

    fn put(&mut self, id: &str, item: T) {
        match self.places.get(id).and_then(|place| self.items.get_mut(*place)) {
            Some(place) => *place = item,
            None => {
                self.places.insert(id.to_string(), self.items.len());
                self.items.push(item);
            }
        }
    }
}

#[derive(Deserialize)]
struct OfUser<T> {
    user: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Memberships {
    membership_list: Option<wire::MembershipList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActiveOrg {
    default_membership: Option<wire::Membership>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdatedMembership {
    update_default_membership: Option<OfUser<ActiveOrg>>,
}

#[derive(Deserialize)]
struct OnePatient {
    patient: Option<wire::Patient>,
}

#[derive(Deserialize)]
struct OfOrg {
    org: Option<Patients>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Patients {
    patient_access_list: Option<wire::PatientAccessList>,
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

fn bare(org: Org) -> Org {
    Org { id: ids::org(&org.id).to_string(), ..org }
}

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("Rune knows no {what}, or the credentials do not reach it."))
}

impl Rune {
    /// Sends a GraphQL document of your own and returns its `data`. Any GraphQL error is an
    /// [`ErrorKind::Refused`], even where there are partial data.
    pub async fn graphql(&self, document: &str, variables: Value) -> Result<Value> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let request = Request::post_json(format!("{}/graphql", self.graph_url), body.into_bytes());
        let answer = self.http.fetch(&request).await?;
        let about = |error| self.http.about(error, &request);
        let mut answer: Value = serde_json::from_slice(&answer)
            .map_err(|error| about(Error::protocol(format!("The answer is not JSON: {error}."))))?;
        let errors = answer.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty());
        if errors {
            let words = words_of(&answer).unwrap_or_else(|| "no reason given".into());
            let words = self.http.clean(&words);
            let mut error = Error::new(ErrorKind::Refused, format!("Rune refused the query: {words}."));
            error.server_message = Some(words);
            return Err(about(error));
        }
        match answer.get_mut("data").map(Value::take) {
            Some(data) if !data.is_null() => Ok(data),
            _ => Err(about(Error::protocol("The answer holds neither data nor errors."))),
        }
    }

    async fn query<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<T> {
        let data = self.graphql(document, variables).await?;
        serde_json::from_value(data)
            .map_err(|error| Error::protocol(format!("The answer is not what was asked for: {error}.")))
    }

    /// The user whose credentials these are.
    pub async fn current_user(&self) -> Result<User> {
        let answer: OfUser<wire::User> = self.query(include_str!("current_user.graphql"), json!({})).await?;
        answer.user.map(User::from).ok_or_else(|| missing("user for these credentials"))
    }

    /// All organizations the user is a member of.
    pub async fn orgs(&self) -> Result<Vec<Org>> {
        let (mut orgs, mut cursor) = (Unique::new(), Cursor::default());
        loop {
            let variables = json!({ "cursor": cursor.current });
            let page: OfUser<Memberships> =
                self.query(include_str!("memberships.graphql"), variables).await?;
            let Some(list) = page.user.and_then(|user| user.membership_list) else { break };
            for org in list.memberships.into_iter().filter_map(|membership| membership.org).map(bare) {
                orgs.put(&org.id.clone(), org);
            }
            if !cursor.advance(list.page_info)? {
                break;
            }
        }
        Ok(orgs.items)
    }

    /// One organization of the user's, with or without prefix and suffix in the id.
    pub async fn org(&self, org_id: &str) -> Result<Org> {
        let org_id = ids::org(org_id);
        let found = self.orgs().await?.into_iter().find(|org| org.id == org_id);
        found.ok_or_else(|| missing(&format!("organization {org_id}")))
    }

    /// Makes an organization the user's active one: the one whose patients are listed.
    pub async fn set_active_org(&self, org_id: &str) -> Result<Org> {
        let variables = json!({ "input": { "orgId": org_id } });
        let answer: UpdatedMembership = self.query(include_str!("set_active_org.graphql"), variables).await?;
        let user = answer.update_default_membership.and_then(|update| update.user);
        let org = user.and_then(|user| user.default_membership).and_then(|membership| membership.org);
        org.map(bare).ok_or_else(|| missing(&format!("organization {org_id}")))
    }

    /// All patients of the active organization, with all their devices.
    pub async fn patients(&self) -> Result<Vec<Patient>> {
        let (mut patients, mut cursor) = (Unique::new(), Cursor::default());
        loop {
            let variables = json!({ "patient_cursor": cursor.current, "device_cursor": null });
            let page: OfOrg = self.query(include_str!("patients.graphql"), variables).await?;
            let Some(list) = page.org.and_then(|org| org.patient_access_list) else { break };
            for patient in list.patient_access.into_iter().filter_map(|access| access.patient) {
                let id = ids::patient(&patient.id).to_string();
                let more =
                    patient.device_list.page_info.end_cursor.as_deref().is_some_and(|next| !next.is_empty());
                let patient = if more { self.patient(&id).await? } else { whole(patient) };
                patients.put(&id, patient);
            }
            if !cursor.advance(list.page_info)? {
                break;
            }
        }
        Ok(patients.items)
    }

    /// One patient, with all devices.
    pub async fn patient(&self, patient_id: &str) -> Result<Patient> {
        let patient_id = ids::patient(patient_id);
        if patient_id.is_empty() {
            return Err(Error::invalid("patient_id must not be empty."));
        }
        let mut cursor = Cursor::default();
        let mut devices = Unique::new();
        loop {
            let variables = json!({ "patient_id": patient_id, "cursor": cursor.current });
            let page: OnePatient = self.query(include_str!("patient.graphql"), variables).await?;
            let mut patient = page.patient.ok_or_else(|| missing(&format!("patient {patient_id}")))?;
            let list = std::mem::take(&mut patient.device_list);
            for device in list.devices {
                let device = device.of(patient_id);
                devices.put(&device.id.clone(), device);
            }
            if !cursor.advance(list.page_info)? {
                return Ok(Patient { devices: devices.items, ..whole(patient) });
            }
        }
    }

    /// One device of a patient.
    pub async fn device(&self, patient_id: &str, device_id: &str) -> Result<Device> {
        let device_id = ids::device(device_id);
        let devices = self.patient(patient_id).await?.devices;
        let found = devices.into_iter().find(|device| device.id == device_id);
        found.ok_or_else(|| missing(&format!("device {device_id} of patient {}", ids::patient(patient_id))))
    }

    /// All stream types.
    pub async fn stream_types(&self) -> Result<Vec<StreamType>> {
        let answer: Types = self.query(include_str!("stream_types.graphql"), json!({})).await?;
        let types = answer.stream_type_list.map(|list| list.stream_types).unwrap_or_default();
        Ok(types.into_iter().map(StreamType::from).collect())
    }

    /// Streams by their ids, in the order asked for, each once. Ids that are not found are named in the error.
    pub async fn streams_by_ids(&self, stream_ids: &[impl AsRef<str>]) -> Result<Vec<StreamMetadata>> {
        let mut wanted = Unique::new();
        stream_ids.iter().map(AsRef::as_ref).for_each(|id: &str| wanted.put(id, id));
        let mut found: HashMap<String, StreamMetadata> = HashMap::new();
        for batch in wanted.items.chunks(IDS_A_REQUEST) {
            let variables = json!({ "stream_ids": batch });
            let answer: Streams = self.query(include_str!("streams_by_ids.graphql"), variables).await?;
            for stream in answer.stream_list.map(|list| list.streams).unwrap_or_default() {
                let stream = StreamMetadata::from(stream);
                found.insert(stream.id.clone(), stream);
            }
        }
        let lost: Vec<&str> = wanted.items.iter().copied().filter(|id| !found.contains_key(*id)).collect();
        if !lost.is_empty() {
            return Err(missing(&format!("stream with id {}", lost.join(", "))));
        }
        Ok(wanted.items.into_iter().filter_map(|id| found.remove(id)).collect())
    }

    /// A patient's streams that match a filter.
    pub async fn patient_streams(
        &self,
        patient_id: &str,
        filter: &StreamFilter,
    ) -> Result<Vec<StreamMetadata>> {
        let filters = filter.variables(patient_id);
        let (mut streams, mut cursor) = (Unique::new(), Cursor::default());
        loop {
            let variables = json!({ "filters": filters, "cursor": cursor.current });
            let page: Streams = self.query(include_str!("streams.graphql"), variables).await?;
            let list = page.stream_list.unwrap_or_default();
            for stream in list.streams.into_iter().map(StreamMetadata::from) {
                streams.put(&stream.id.clone(), stream);
            }
            if !cursor.advance(list.page_info)? {
                break;
            }
        }
        if streams.items.is_empty() {
            // Nothing to list, or nothing we may see? Asking for the patient tells.
            self.patient(patient_id).await?;
        }
        Ok(streams.items)
    }
}

fn whole(patient: wire::Patient) -> Patient {
    let id = ids::patient(&patient.id).to_string();
    let mut devices = Unique::new();
    for device in patient.device_list.devices {
        let device = device.of(&id);
        devices.put(&device.id.clone(), device);
    }
    Patient { id, name: patient.code_name, created_at: patient.created_at, devices: devices.items }
}
