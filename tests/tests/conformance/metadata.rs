//! Metadata, sets, tables, raw pages and credentials beside the official client's.

use std::rc::Rc;

use serde_json::{Map, Value, json};
use streamscope_client::rune::{
    AuthMethod, AvailabilityQuery, Config, DataQuery, EventFilter, Format, Item, Org, RawPages, Rune, Set,
    StreamCriteria, ids, table,
};
use streamscope_client::{Canned, MemoryTransport};
use streamscope_frame::{Column, ColumnType, Layout, RecordBatch};
use streamscope_signal::BatchOperation;

use super::cells::same_columns;
use super::times;
use crate::drain;

/// Makes a call with our client and fails unless the answers are the same. `false` for a call that is not known here.
pub(crate) async fn compare(rune: &Rune, call: &str, arguments: &Value, answer: &Value) -> bool {
    let text = |name: &str| arguments[name].as_str().unwrap_or_default();
    let number = |name: &str| arguments[name].as_f64().unwrap();
    let what = format!("{call} {arguments}");
    let range = || (text("patient_id"), number("start_time"), number("end_time"));
    let ours = match call {
        "ids" => same_ids(text("kind"), text("id")),
        "item_set" => item_set(&rune.orgs().await.unwrap(), &arguments["steps"]),
        "attribute" => {
            let streams = rune.streams_by_ids(&[text("stream_id")]).await.unwrap();
            json!(streams.at(0).unwrap().get(text("name")))
        }
        "organization" => json!(rune.org(text("org_id")).await.unwrap()),
        "set_active_org" => json!(rune.set_active_org(text("org_id")).await.unwrap()),
        "patient" => json!(rune.patient(text("patient_id")).await.unwrap()),
        "device" => json!(rune.device(text("patient_id"), text("device_id")).await.unwrap()),
        "patient_devices" => json!(rune.patient(text("patient_id")).await.unwrap().devices),
        "devices" => by_short_id(json!(rune.devices(&strings(&arguments["patient_ids"])).await.unwrap())),
        "projects" => json!(rune.projects().await.unwrap()),
        "project" => json!(rune.project(text("project_id")).await.unwrap()),
        "project_patients" => json!(rune.project_patients(text("project_id")).await.unwrap()),
        "cohort_patients" => json!(rune.cohort_patients(text("cohort_id")).await.unwrap()),
        "project_metrics" => with_metrics(json!(rune.project_metrics(text("project_id")).await.unwrap())),
        "cohort_metrics" => with_metrics(json!(rune.cohort_metrics(text("cohort_id")).await.unwrap())),
        "events" => {
            let (patient_id, start, end) = range();
            json!(rune.patient_events(patient_id, start, end, &filters(arguments)).await.unwrap())
        }
        "activity_events" | "medication_events" | "symptom_events" | "wellbeing_events" => {
            let (patient_id, start, end) = range();
            let events = match call {
                "activity_events" => rune.patient_activity_events(patient_id, start, end).await,
                "medication_events" => rune.patient_medication_events(patient_id, start, end).await,
                "symptom_events" => rune.patient_symptom_events(patient_id, start, end).await,
                _ => rune.patient_wellbeing_events(patient_id, start, end).await,
            };
            json!(events.unwrap())
        }
        "sleep_metrics" => json!(nights(rune, arguments).await),
        "streams_filter" => {
            let streams = rune.streams_by_ids(&strings(&arguments["stream_ids"])).await.unwrap();
            let found =
                streams.select(&criteria(&arguments["criteria"])).filter(|one| one.max_time.is_some());
            json!(found.ids().collect::<Vec<_>>())
        }
        "data_pages" => pages(rune.data_pages(&data_query(arguments)).unwrap(), arguments).await,
        "availability_pages" => {
            pages(rune.availability_pages(&availability_query(arguments)).unwrap(), arguments).await
        }
        "stream_get_data" => {
            let parameters = arguments["parameters"].as_object().unwrap();
            let parameters: Vec<_> =
                parameters.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
            let read = rune.stream_pages(text("path"), &parameters).unwrap();
            pages(read, &arguments["parameters"]).await
        }
        "graph_execute" => rune.graphql(text("statement"), arguments["variables"].clone()).await.unwrap(),
        "api_error" => {
            let query = DataQuery { stream_id: text("stream_id").into(), ..DataQuery::default() };
            let error = rune.data_pages(&query).unwrap().next_page().await.unwrap_err();
            json!({ "status": error.status })
        }
        "config" => config(text("yaml")),
        _ => return tables(rune, call, arguments, answer, &what).await,
    };
    assert_eq!(&ours, answer, "{what}");
    true
}

/// The calls whose answer is a data frame.
async fn tables(rune: &Rune, call: &str, arguments: &Value, answer: &Value, what: &str) -> bool {
    let text = |name: &str| arguments[name].as_str().unwrap_or_default();
    let streams = async || rune.streams_by_ids(&strings(&arguments["stream_ids"])).await.unwrap();
    let ours = match call {
        "table_of_organizations" => rune.orgs().await.unwrap().to_table(),
        "table_of_patients" => rune.patients().await.unwrap().to_table(),
        "table_of_devices" => rune.devices(&[text("patient_id")]).await.unwrap().to_table(),
        "table_of_stream_types" => rune.stream_types().await.unwrap().to_table(),
        "table_of_streams" => streams().await.to_table(),
        "table_of_projects" => rune.projects().await.unwrap().to_table(),
        "table_of_cohorts" => rune.project(text("project_id")).await.unwrap().cohorts.to_table(),
        "table_of_project_patients" => rune.project_patients(text("project_id")).await.unwrap().to_table(),
        "table_of_events" => {
            let (start, end) =
                (arguments["start_time"].as_f64().unwrap(), arguments["end_time"].as_f64().unwrap());
            rune.patient_events(text("patient_id"), start, end, &[]).await.unwrap().to_table()
        }
        "table_of_sleep_metrics" => table(&nights(rune, arguments).await),
        "table_of_metrics" | "metrics_table" => {
            let patients = rune.project_metrics(text("project_id")).await.unwrap();
            let patient = patients.get(text("patient_id")).unwrap();
            if call == "metrics_table" {
                patient.metrics_table()
            } else {
                patient.metrics.as_ref().unwrap().to_table()
            }
        }
        "streams_dataframe" => {
            let read = rune.streams_table(&streams().await, &data_query(arguments)).unwrap();
            let layout = read.layout().clone();
            let (frames, error) = drain(read).await;
            assert_eq!(error, None, "{what}");
            same_table(&layout, &frames, answer, what);
            return true;
        }
        "availability_dataframe" | "batch_availability_dataframe" => {
            rune.availability_table(&streams().await, &availability_query(arguments)).await
        }
        _ => return false,
    };
    let ours = ours.unwrap();
    same_table(&layout_of(&ours), &[ours], answer, what);
    true
}

fn same_table(layout: &Layout, frames: &[RecordBatch], answer: &Value, what: &str) {
    let names: Vec<&str> = layout.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(json!(names), answer["columns"], "{what}: columns and their order");
    same_columns(layout, frames, &answer["cells"], what);
}

fn layout_of(table: &RecordBatch) -> Layout {
    let kinds = [
        ColumnType::Time,
        ColumnType::Float,
        ColumnType::Int,
        ColumnType::Bool,
        ColumnType::Text,
        ColumnType::Json,
    ];
    let schema = table.schema();
    let columns = schema.fields().iter().map(|field| {
        let column =
            |kind: &ColumnType| Column::new(field.name(), *kind).field().data_type() == field.data_type();
        Column::new(field.name(), kinds.into_iter().find(column).unwrap())
    });
    Layout::new(columns.collect())
}

fn strings(list: &Value) -> Vec<String> {
    serde_json::from_value(list.clone()).unwrap()
}

fn same_ids(kind: &str, id: &str) -> Value {
    match kind {
        "patient" => json!({ "normal": ids::patient(id), "full": ids::full_patient(id) }),
        "device" => json!({ "normal": ids::device(id), "full": ids::full_device("patient-p9", id) }),
        "org" => json!({ "normal": ids::org(id), "full": ids::full_org(id) }),
        _ => json!({ "normal": ids::user(id) }),
    }
}

/// The ids in a set after each step.
fn item_set(orgs: &Set<Org>, steps: &Value) -> Value {
    let mut items = Set::new();
    let mut after = Vec::new();
    for step in steps.as_array().unwrap() {
        let ids = strings(&step[1]);
        match step[0].as_str().unwrap() {
            "add" => items.add(orgs.get(&ids[0]).unwrap().clone()),
            "update" => items.update(ids.iter().map(|id| orgs.get(id).unwrap().clone())),
            "remove" => ids.iter().for_each(|id| drop(items.remove(id))),
            _ => ids.iter().for_each(|id| drop(items.remove(&orgs.get(id).unwrap().key()))),
        }
        assert!(items.get("nobody").is_err() && items.find("nobody").is_none());
        after.push(json!(items.ids().collect::<Vec<_>>()));
    }
    Value::Array(after)
}

/// A set of devices goes by their short ids in the official client, so that of devices of several patients with the
/// same one only the last is left, in the first one's place.
fn by_short_id(devices: Value) -> Value {
    let mut left: Vec<Value> = Vec::new();
    for device in devices.as_array().unwrap() {
        match left.iter_mut().find(|known| known["id"] == device["id"]) {
            Some(known) => *known = device.clone(),
            None => left.push(device.clone()),
        }
    }
    Value::Array(left)
}

/// The dictionaries of the last release with metrics: another name for the code name, and no access times.
fn with_metrics(mut patients: Value) -> Value {
    for patient in patients.as_array_mut().unwrap() {
        let patient: &mut Map<String, Value> = patient.as_object_mut().unwrap();
        let name = patient.remove("project_code_name").unwrap();
        patient.insert("code_name".into(), name);
        assert_eq!(
            [patient.remove("start_time"), patient.remove("end_time")],
            [Some(Value::Null), Some(Value::Null)]
        );
    }
    patients
}

fn filters(arguments: &Value) -> Vec<EventFilter> {
    let filters = arguments["include_filters"].as_array().into_iter().flatten();
    let text = |filter: &Value, name: &str| filter[name].as_str().unwrap().to_string();
    let filter = |filter: &Value| EventFilter {
        namespace: text(filter, "namespace"),
        category: text(filter, "category"),
        value: text(filter, "enum"),
    };
    filters.map(filter).collect()
}

async fn nights(rune: &Rune, arguments: &Value) -> Vec<Map<String, Value>> {
    let text = |name: &str| arguments[name].as_str().unwrap();
    rune.sleep_metrics(text("patient_id"), text("start_date"), text("end_date")).await.unwrap()
}

fn criteria(given: &Value) -> StreamCriteria {
    let mut criteria = StreamCriteria::default();
    for (name, value) in given.as_object().unwrap() {
        let value = value.as_str().unwrap().to_string();
        let place = match name.as_str() {
            "stream_id" => &mut criteria.stream_id,
            "patient_id" => &mut criteria.patient_id,
            "device_id" => &mut criteria.filter.device_id,
            "stream_type_id" => &mut criteria.filter.stream_type_id,
            "algorithm" => &mut criteria.filter.algorithm,
            "category" => &mut criteria.filter.category,
            "measurement" => &mut criteria.filter.measurement,
            _ => {
                criteria.filter.parameters.push((name.clone(), value));
                continue;
            }
        };
        *place = Some(value);
    }
    criteria
}

fn format(arguments: &Value) -> Format {
    if arguments["format"] == "json" { Format::JSON } else { Format::CSV }
}

fn data_query(arguments: &Value) -> DataQuery {
    DataQuery {
        stream_id: arguments["stream_id"].as_str().unwrap_or_default().into(),
        limit: arguments["limit"].as_u64(),
        format: format(arguments),
        times: times(arguments),
        translate_enums: true,
        ..DataQuery::default()
    }
}

fn availability_query(arguments: &Value) -> AvailabilityQuery {
    let operation = arguments["batch_operation"].as_str();
    AvailabilityQuery {
        stream_ids: strings(&arguments["stream_ids"]),
        batch_operation: operation
            .map(|name| if name == "all" { BatchOperation::All } else { BatchOperation::Any }),
        start_time: arguments["start_time"].as_f64().unwrap(),
        end_time: arguments["end_time"].as_f64().unwrap(),
        resolution: arguments["resolution"].as_u64().unwrap() as u32,
        limit: None,
        format: format(arguments),
        times: times(arguments),
    }
}

/// The bodies of all pages, in the way the official client hands them out.
async fn pages(mut pages: RawPages, arguments: &Value) -> Value {
    let mut bodies = Vec::new();
    while let Some(body) = pages.next_page().await.unwrap() {
        bodies.push(if arguments["format"] == "json" {
            serde_json::from_str(&body).unwrap()
        } else {
            json!(body)
        });
    }
    Value::Array(bodies)
}

/// The method that a file means, and the headers that requests are signed with.
fn config(yaml: &str) -> Value {
    let signed = || {
        let config = Config::from_yaml(yaml)?;
        let method = config.auth_method()?;
        let issued = json!({ "AuthenticationResult": { "AccessToken": "demo-access-" } }).to_string();
        let transport = MemoryTransport::new(move |_| Canned::new(200, issued.clone()));
        let rune = Rune::new(&config, Rc::new(transport.clone()))?;
        let _ = transport.run(rune.current_user());
        let headers = transport.requests().pop().unwrap().headers;
        let headers = headers.into_iter().filter(|(name, _)| name.starts_with("X-Rune"));
        let headers: Map<String, Value> = headers.map(|(name, value)| (name, json!(value))).collect();
        Ok::<_, streamscope_client::Error>(json!({ "method": AuthMethod::name(method), "headers": headers }))
    };
    signed().unwrap_or_else(|error| {
        let kinds = [("several kinds", "ambiguous"), ("no complete set", "incomplete")];
        let kind = kinds.iter().find(|(words, _)| error.message.contains(words));
        json!({ "error": kind.map_or("refused", |(_, kind)| kind) })
    })
}
