//! Users, patients and streams, call by call.

use std::collections::BTreeMap;

use js_sys::Promise;
use serde::Deserialize;
use serde_json::{Map, Value};
use streamscope_client::rune;
use wasm_bindgen::prelude::*;

use crate::error::thrown;
use crate::options::{self, optional, text, texts};
use crate::rune::streams::{item, items, streams};
use crate::rune::{Rune, SPELLING, session};
use crate::value::{Json, as_served};

/// Which of a patient's streams are wanted; all that is given must match.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamFilter {
    /// Recorded from this device.
    device_id: Option<String>,
    /// Of this stream type.
    stream_type_id: Option<String>,
    /// Made by this algorithm.
    algorithm: Option<String>,
    /// Label `category`.
    category: Option<String>,
    /// Label `measurement`.
    measurement: Option<String>,
    /// Further labels.
    parameters: Option<BTreeMap<String, String>>,
}

impl From<StreamFilter> for rune::StreamFilter {
    fn from(given: StreamFilter) -> Self {
        Self {
            device_id: given.device_id,
            stream_type_id: given.stream_type_id,
            algorithm: given.algorithm,
            category: given.category,
            measurement: given.measurement,
            parameters: given.parameters.into_iter().flatten().collect(),
        }
    }
}

#[wasm_bindgen]
impl Rune {
    /// A session with the configuration in a file of the official client (`~/.rune/config`): its text, in YAML.
    #[wasm_bindgen(js_name = fromYaml)]
    pub fn from_yaml(
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    ) -> Result<Rune, JsValue> {
        let config = rune::Config::from_yaml(&options::text("text", &text)?);
        session(&config.map_err(|error| thrown(&error, &[]))?, &[]).map(Self)
    }

    /// The user whose credentials these are.
    #[wasm_bindgen(js_name = currentUser, unchecked_return_type = "Promise<User>")]
    pub fn current_user(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| {
            rune.current_user().await.map(|user| SPELLING.told(&user))
        })
    }

    /// All organizations the user is a member of.
    #[wasm_bindgen(unchecked_return_type = "Promise<Org[]>")]
    pub fn orgs(&self, #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.orgs().await.map(items))
    }

    /// One organization of the user's, with or without prefix and suffix in the id.
    #[wasm_bindgen(unchecked_return_type = "Promise<Org>")]
    pub fn org(
        &self,
        #[wasm_bindgen(js_name = orgId, unchecked_param_type = "string")] org_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let org_id = text("orgId", &org_id);
        self.ask(call, &["org_id"], org_id, async |rune, org_id| rune.org(&org_id).await.map(item))
    }

    /// Makes an organization the user's active one: the one whose patients are listed.
    #[wasm_bindgen(js_name = setActiveOrg, unchecked_return_type = "Promise<Org>")]
    pub fn set_active_org(
        &self,
        #[wasm_bindgen(js_name = orgId, unchecked_param_type = "string")] org_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let org_id = text("orgId", &org_id);
        self.ask(call, &["org_id"], org_id, async |rune, org_id| rune.set_active_org(&org_id).await.map(item))
    }

    /// All patients of the active organization, with all their devices.
    #[wasm_bindgen(unchecked_return_type = "Promise<Patient[]>")]
    pub fn patients(&self, #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.patients().await.map(items))
    }

    /// One patient, with all devices.
    #[wasm_bindgen(unchecked_return_type = "Promise<Patient>")]
    pub fn patient(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let patient_id = text("patientId", &patient_id);
        self.ask(call, &["patient_id"], patient_id, async |rune, patient_id| {
            rune.patient(&patient_id).await.map(item)
        })
    }

    /// One device of a patient.
    #[wasm_bindgen(unchecked_return_type = "Promise<Device>")]
    pub fn device(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(js_name = deviceId, unchecked_param_type = "string")] device_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let ids =
            text("patientId", &patient_id).and_then(|patient| Ok((patient, text("deviceId", &device_id)?)));
        self.ask(call, &["patient_id", "device_id"], ids, async |rune, (patient, device)| {
            rune.device(&patient, &device).await.map(item)
        })
    }

    /// All devices of these patients; of all patients of the active organization, when none is named.
    #[wasm_bindgen(unchecked_return_type = "Promise<Device[]>")]
    pub fn devices(
        &self,
        #[wasm_bindgen(js_name = patientIds, unchecked_optional_param_type = "string[]")]
        patient_ids: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let ids = if patient_ids.is_undefined() { Ok(Vec::new()) } else { texts("patientIds", &patient_ids) };
        self.ask(call, &["patient_ids"], ids, async |rune, ids| rune.devices(&ids).await.map(items))
    }

    /// All stream types.
    #[wasm_bindgen(js_name = streamTypes, unchecked_return_type = "Promise<StreamType[]>")]
    pub fn stream_types(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.stream_types().await.map(items))
    }

    /// Streams by their ids, in the order asked for, each once. Ids that are not found are named in the error.
    #[wasm_bindgen(js_name = streamsByIds, unchecked_return_type = "Promise<StreamMetadata[]>")]
    pub fn streams_by_ids(
        &self,
        #[wasm_bindgen(js_name = streamIds, unchecked_param_type = "string[]")] stream_ids: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, &["stream_ids"], texts("streamIds", &stream_ids), async |rune, ids| {
            rune.streams_by_ids(&ids).await.map(streams)
        })
    }

    /// A patient's streams that match a filter.
    #[wasm_bindgen(js_name = patientStreams, unchecked_return_type = "Promise<StreamMetadata[]>")]
    pub fn patient_streams(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "StreamFilter")] filter: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let given = text("patientId", &patient_id)
            .and_then(|patient_id| Ok((patient_id, options::read::<StreamFilter>("the filter", filter)?)));
        self.ask(call, &["patient_id"], given, async |rune, (patient_id, filter)| {
            rune.patient_streams(&patient_id, &filter.into()).await.map(streams)
        })
    }

    /// Sends a GraphQL document of your own and returns its `data`, with the names as served.
    #[wasm_bindgen(unchecked_return_type = "Promise<unknown>")]
    pub fn graphql(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] document: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, unknown>")] variables: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let given = text("document", &document)
            .and_then(|document| Ok((document, optional("variables", &variables)?)));
        self.ask(
            call,
            &[],
            given,
            async |rune, (document, variables): (String, Option<Json<Map<String, Value>>>)| {
                let Json(variables) = variables.unwrap_or(Json(Map::new()));
                rune.graphql(&document, variables.into()).await.map(as_served)
            },
        )
    }
}
