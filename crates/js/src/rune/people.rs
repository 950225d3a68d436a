//! Projects, cohorts, events and sleep, call by call.

use js_sys::Promise;
use serde::Deserialize;
use streamscope_client::rune;
use wasm_bindgen::prelude::*;

use crate::options::{self, Strict, names, text};
use crate::rune::Rune;
use crate::rune::streams::{item, items};
use crate::time::Time;
use crate::value::as_served;

#[wasm_bindgen]
impl Rune {
    /// All projects of the active organization, with their cohorts.
    #[wasm_bindgen(unchecked_return_type = "Promise<Project[]>")]
    pub fn projects(&self, #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.projects().await.map(items))
    }

    /// One project, with its cohorts.
    #[wasm_bindgen(unchecked_return_type = "Promise<Project>")]
    pub fn project(
        &self,
        #[wasm_bindgen(js_name = projectId, unchecked_param_type = "string")] project_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let id = text("projectId", &project_id);
        self.ask(call, &["project_id"], id, async |rune, id| rune.project(&id).await.map(item))
    }

    /// The patients of a project.
    #[wasm_bindgen(js_name = projectPatients, unchecked_return_type = "Promise<ProjectPatient[]>")]
    pub fn project_patients(
        &self,
        #[wasm_bindgen(js_name = projectId, unchecked_param_type = "string")] project_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let id = text("projectId", &project_id);
        self.ask(call, &["project_id"], id, async |rune, id| rune.project_patients(&id).await.map(items))
    }

    /// The patients of a cohort.
    #[wasm_bindgen(js_name = cohortPatients, unchecked_return_type = "Promise<ProjectPatient[]>")]
    pub fn cohort_patients(
        &self,
        #[wasm_bindgen(js_name = cohortId, unchecked_param_type = "string")] cohort_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let id = text("cohortId", &cohort_id);
        self.ask(call, &["cohort_id"], id, async |rune, id| rune.cohort_patients(&id).await.map(items))
    }

    /// The patients of a project, with figures about their data (`metrics`).
    #[wasm_bindgen(js_name = projectMetrics, unchecked_return_type = "Promise<ProjectPatient[]>")]
    pub fn project_metrics(
        &self,
        #[wasm_bindgen(js_name = projectId, unchecked_param_type = "string")] project_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let id = text("projectId", &project_id);
        self.ask(call, &["project_id"], id, async |rune, id| rune.project_metrics(&id).await.map(items))
    }

    /// The patients of a cohort, with figures about their data (`metrics`).
    #[wasm_bindgen(js_name = cohortMetrics, unchecked_return_type = "Promise<ProjectPatient[]>")]
    pub fn cohort_metrics(
        &self,
        #[wasm_bindgen(js_name = cohortId, unchecked_param_type = "string")] cohort_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let id = text("cohortId", &cohort_id);
        self.ask(call, &["cohort_id"], id, async |rune, id| rune.cohort_metrics(&id).await.map(items))
    }

    /// A patient's events that overlap a range of time, of any length, each once.
    #[wasm_bindgen(js_name = patientEvents, unchecked_return_type = "Promise<Event[]>")]
    pub fn patient_events(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "EventQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let given = text("patientId", &patient_id)
            .and_then(|patient_id| Ok((patient_id, options::read::<EventQuery>("the query", query)?)));
        self.ask(call, names::<EventQuery>(), given, async |rune, (patient_id, query)| {
            let (start, end, filters) = query.split();
            rune.patient_events(&patient_id, start, end, &filters).await.map(items)
        })
    }

    /// The activities that a patient logged in a range of time.
    #[wasm_bindgen(js_name = patientActivityEvents, unchecked_return_type = "Promise<Event[]>")]
    pub fn patient_activity_events(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "TimeQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, names::<TimeQuery>(), range(&patient_id, query), async |rune, (id, start, end)| {
            rune.patient_activity_events(&id, start, end).await.map(items)
        })
    }

    /// The medications that a patient logged in a range of time.
    #[wasm_bindgen(js_name = patientMedicationEvents, unchecked_return_type = "Promise<Event[]>")]
    pub fn patient_medication_events(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "TimeQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, names::<TimeQuery>(), range(&patient_id, query), async |rune, (id, start, end)| {
            rune.patient_medication_events(&id, start, end).await.map(items)
        })
    }

    /// The symptoms that a patient logged in a range of time.
    #[wasm_bindgen(js_name = patientSymptomEvents, unchecked_return_type = "Promise<Event[]>")]
    pub fn patient_symptom_events(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "TimeQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, names::<TimeQuery>(), range(&patient_id, query), async |rune, (id, start, end)| {
            rune.patient_symptom_events(&id, start, end).await.map(items)
        })
    }

    /// The reports of well-being that a patient logged in a range of time.
    #[wasm_bindgen(js_name = patientWellbeingEvents, unchecked_return_type = "Promise<Event[]>")]
    pub fn patient_wellbeing_events(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "TimeQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, names::<TimeQuery>(), range(&patient_id, query), async |rune, (id, start, end)| {
            rune.patient_wellbeing_events(&id, start, end).await.map(items)
        })
    }

    /// A patient's nights from one date to another, both inclusive: rows with the names as served.
    #[wasm_bindgen(js_name = sleepMetrics, unchecked_return_type = "Promise<Record<string, unknown>[]>")]
    pub fn sleep_metrics(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "DateQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let given = text("patientId", &patient_id)
            .and_then(|patient_id| Ok((patient_id, options::read::<DateQuery>("the query", query)?)));
        self.ask(call, names::<DateQuery>(), given, async |rune, (patient_id, query)| {
            rune.sleep_metrics(&patient_id, &query.start_date, &query.end_date).await.map(as_served)
        })
    }
}

/// A patient and a range of time.
fn range(patient_id: &JsValue, query: JsValue) -> Result<(String, f64, f64), JsValue> {
    let (start, end) = options::read::<TimeQuery>("the query", query)?.split();
    Ok((text("patientId", patient_id)?, start, end))
}

/// Which events are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventFilter {
    /// Who defined the category ("patient").
    namespace: String,
    /// Category: `activity`, `medication`, `symptom` or `wellbeing` among others.
    category: String,
    /// Kind within the category; any unless given.
    r#enum: Option<String>,
}

/// Which of a patient's events are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventQuery {
    /// First instant.
    start_time: Time,
    /// First instant after.
    end_time: Time,
    /// Events that match one of these; all unless given.
    include_filters: Option<Vec<Strict<EventFilter>>>,
}

impl EventQuery {
    /// Start and end in Unix seconds, and the filters.
    fn split(self) -> (f64, f64, Vec<rune::EventFilter>) {
        let filter = |Strict(given): Strict<EventFilter>| rune::EventFilter {
            namespace: given.namespace,
            category: given.category,
            value: given.r#enum.unwrap_or_else(|| "*".into()),
        };
        let filters = self.include_filters.into_iter().flatten().map(filter).collect();
        (self.start_time.seconds(), self.end_time.seconds(), filters)
    }
}

/// From when to when.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeQuery {
    /// First instant.
    start_time: Time,
    /// First instant after.
    end_time: Time,
}

impl TimeQuery {
    /// Start and end in Unix seconds.
    fn split(self) -> (f64, f64) {
        (self.start_time.seconds(), self.end_time.seconds())
    }
}

/// From one date to another, both inclusive.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DateQuery {
    /// First date, `YYYY-MM-DD`.
    start_date: String,
    /// Last date, `YYYY-MM-DD`.
    end_date: String,
}
