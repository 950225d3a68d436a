//! Our client makes every call that the official one made, and gives the same. Where the official client is wrong, the
//! right answer is known otherwise: from the server's own document, or from what the call must leave out.

mod data;
mod jobs;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};
use streamscope_client::braincube::{
    BaseId, Braincube, Config, RawRequest, Settings, read_filter, write_filter,
};
use streamscope_client::{Error, ErrorKind, Filter, NativeTransport};
use streamscope_signal::TimeZone;

const MILL: &str = "Paper mill";
/// The base that calls without one mean.
const MACHINE: u64 = 20;

/// A connection with the demo's access token.
pub(super) fn connect(url: &str, change: impl FnOnce(&mut Config)) -> Result<Braincube, Error> {
    let mut config = Config {
        sso_base_url: Some(url.into()),
        braincube_base_url: Some(url.into()),
        api_key: Some("demo-braincube".into()),
        ..Config::default()
    };
    change(&mut config);
    Braincube::new(&config, Rc::new(NativeTransport::new().unwrap()))
}

/// A call of the official client, and what it gave.
struct Call<'a> {
    name: &'a str,
    arguments: &'a Value,
    /// The answer, or the name of the exception.
    gave: Result<&'a Value, &'a str>,
}

impl Call<'_> {
    fn text(&self, name: &str) -> Option<String> {
        match &self.arguments[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.arguments[name].as_u64().map(|number| number as u32)
    }

    /// The memory base that it is about.
    fn base(&self) -> BaseId {
        match self.text("mb").as_deref() {
            Some("1") => BaseId::new("pilot", 1),
            Some(id) => BaseId::new(MILL, id),
            None => BaseId::new(MILL, MACHINE),
        }
    }

    fn id(&self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| panic!("{}: {} has no {name}", self.name, self.arguments))
    }

    /// Ours must be this, or an error where the official client raised one for what is not there.
    fn same(&self, ours: Result<Value, Error>) {
        let place = format!("{} {}", self.name, self.arguments);
        match (self.gave, ours) {
            (Ok(theirs), Ok(ours)) => assert_eq!(&ours, theirs, "{place}"),
            (Err("HTTPError"), Err(error)) => assert!(error.status.is_some(), "{place}: {error:?}"),
            (theirs, ours) => panic!("{place}: they gave {theirs:?}, ours is {ours:?}"),
        }
    }
}

/// Makes each call with ours and compares; returns how many of each were compared.
pub(super) async fn compare(url: &str, calls: &[Value]) -> BTreeMap<String, usize> {
    let ours = connect(url, |_| {}).unwrap();
    let mut compared = BTreeMap::new();
    for call in calls.iter().filter(|call| call["call"] != "official_names") {
        let gave = call.get("answer").ok_or_else(|| call["error"].as_str().unwrap());
        let call = Call { name: call["call"].as_str().unwrap(), arguments: &call["arguments"], gave };
        one(url, &ours, &call).await;
        *compared.entry(call.name.to_string()).or_default() += 1;
    }
    compared
}

async fn one(url: &str, ours: &Braincube, call: &Call<'_>) {
    let (group, method) = call.name.rsplit_once('.').unwrap();
    match group {
        "client" | "client.Client" | "braincube" | "braincube.Braincube" => {
            connections(url, ours, call, method).await
        }
        "parameters" => parameters(ours, call).await,
        "base_entity.BaseEntity" => entity(ours, call, method).await,
        "memory_base.MemoryBase" if method == "get_data" => data::compare(ours, call).await,
        "memory_base.MemoryBase" => resource(ours, call, method).await,
        "job.JobDescription" | "condition_container.ConditionContainer" => {
            jobs::compare(ours, call, method).await
        }
        "datagroup.DataGroup" => group_of_variables(ours, call, method).await,
        "variable.VariableDescription" => {
            let found = ours.variable(&call.base(), &call.id("bcid")).await.unwrap();
            let said = if method == "get_type" { found.data_type } else { found.long_id };
            call.same(Ok(json!(said)));
        }
        // The base that something was asked from.
        "mb_child.MbChild" => call.same(Ok(serde_json::from_str(&call.base().id).unwrap())),
        _ => panic!("no comparison is written for {}", call.name),
    }
}

/// The configuration of a way to sign in.
fn way(url: &str, way: &str, config: &mut Config) {
    let file = |pretty: bool| {
        let file = json!({"sso_base_url": url, "braincube_base_url": url, "api_key": "demo-braincube"});
        let text = if pretty { serde_json::to_string_pretty(&file) } else { serde_json::to_string(&file) };
        Config::from_json(&text.unwrap()).unwrap()
    };
    match way {
        "api_key" => {}
        "oauth2_token" => {
            (config.api_key, config.oauth2_token) = (None, Some("demo-braincube-oauth2".into()))
        }
        "api_key before oauth2_token" => config.oauth2_token = Some("wrong".into()),
        "file" => {
            assert_eq!(file(false), file(true));
            *config = file(true);
        }
        "placeholder" => config.braincube_base_url = Some(format!("{url}/{{braincube-name}}")),
        other => panic!("an unknown way to sign in: {other}"),
    }
}

async fn connections(url: &str, ours: &Braincube, call: &Call<'_>, method: &str) {
    let own = match call.arguments["way"].as_str() {
        Some(name) => connect(url, |config| way(url, name, config)).unwrap(),
        None => ours.clone(),
    };
    match method {
        "get_instance" => match call.arguments["wrong"].as_str() {
            Some("none") => assert_eq!(
                connect(url, |config| config.api_key = None).err().unwrap().kind,
                ErrorKind::Configuration
            ),
            Some(wrong) => {
                let refused = connect(url, |config| match wrong {
                    "api_key" => config.api_key = Some("wrong".into()),
                    _ => (config.api_key, config.oauth2_token) = (None, Some("wrong".into())),
                });
                assert_eq!(refused.unwrap().braincubes().await.unwrap_err().kind, ErrorKind::Unauthorized);
            }
            None => assert!(!own.braincubes().await.unwrap().is_empty()),
        },
        "get_braincube_infos" => {
            let list = own.braincubes().await.unwrap();
            let infos = list
                .iter()
                .map(|found| (found.name.clone(), json!([found.uuid, found.name, found.metadata])));
            // The official client takes every product for a braincube.
            let theirs: Map<String, Value> = call
                .gave
                .unwrap()
                .as_object()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|(_, info)| info[2]["product"]["type"] == "braincube")
                .collect();
            assert_eq!(infos.collect::<Map<_, _>>(), theirs);
        }
        // Where the name goes shows in the answers.
        "has_placeholder_in_braincube_url" => drop(own.memory_base(&call.base()).await.unwrap()),
        "get_braincube_list" => {
            let wanted: Option<Vec<String>> =
                serde_json::from_value(call.arguments["names"].clone()).unwrap();
            let list = own.braincubes().await.unwrap();
            let list =
                list.iter().filter(|found| wanted.as_ref().is_none_or(|names| names.contains(&found.name)));
            let ours: Vec<_> = list.map(|found| json!(found.metadata)).collect();
            let theirs = call.gave.unwrap().as_array().unwrap().iter();
            let theirs: Vec<_> =
                theirs.filter(|found| found["product"]["type"] == "braincube").cloned().collect();
            assert_eq!(ours, theirs);
        }
        "get_braincube" => match call.gave {
            Ok(theirs) => assert_eq!(json!(own.braincube(&call.id("name")).await.unwrap().metadata), *theirs),
            Err(_) => {
                assert_eq!(own.braincube(&call.id("name")).await.unwrap_err().kind, ErrorKind::NotFound)
            }
        },
        "get_uuid" => call.same(Ok(json!(own.braincube(MILL).await.unwrap().uuid))),
        "get_memory_base" => {
            call.same(own.memory_base(&call.base()).await.map(|found| json!(found.metadata)))
        }
        "get_memory_base_list" => {
            let pages = own.memory_bases(MILL).unwrap().part(call.number("page"), call.number("page_size"));
            call.same(Ok(pages.await.unwrap().into_iter().map(|found| json!(found.metadata)).collect()));
        }
        "request_ws" => {
            let answer = own.request(&RawRequest::get(call.id("path").replace(' ', "%20"))).await;
            let theirs = call.gave.unwrap();
            match answer {
                Ok(answer) if theirs.get("status").is_some() => {
                    assert_eq!(json!({"status": answer.status, "body": answer.json().unwrap()}), *theirs);
                }
                Ok(answer) => assert_eq!(answer.json().unwrap(), *theirs),
                Err(error) => assert_eq!(error.status.map(u64::from), theirs["status"].as_u64(), "{error:?}"),
            }
        }
        _ => panic!("no comparison is written for {}", call.name),
    }
}

async fn parameters(ours: &Braincube, call: &Call<'_>) {
    let Some(key) = call.text("name_key") else {
        assert_eq!(Some(u64::from(Settings::default().page_size)), call.gave.unwrap().as_u64());
        return;
    };
    let settings = Settings { variable_name_key: key, ..Settings::default() };
    if call.name.ends_with("get_parameter") {
        return call.same(Ok(json!(settings.variable_name_key)));
    }
    let list = ours.clone().with_settings(settings).variables(&call.base()).unwrap().all().await.unwrap();
    call.same(Ok(list.into_iter().map(|variable| json!(variable.name)).collect()));
}

/// Name, id, uuid and metadata of anything.
async fn entity(ours: &Braincube, call: &Call<'_>, method: &str) {
    let (base, id) = (call.base(), call.text("bcid").unwrap_or_default());
    let described = |id: String, name: String, uuid: Option<String>, metadata: Map<String, Value>| {
        let id = metadata
            .get("bcId")
            .cloned()
            .filter(|served| served.to_string().trim_matches('"') == id)
            .unwrap_or(json!(id));
        [id, json!(name), json!(uuid), json!(metadata)]
    };
    macro_rules! described {
        ($asked:expr) => {{
            let found = $asked.await.unwrap();
            described(found.id, found.name, found.uuid, found.metadata)
        }};
    }
    let [id, name, uuid, metadata] = match call.id("kind").as_str() {
        "braincube" => {
            let found = ours.braincube(&call.id("name")).await.unwrap();
            described(found.name.clone(), found.name, found.uuid, found.metadata)
        }
        "memory base" => described!(ours.memory_base(&base)),
        "variable" => {
            let found = ours.variable(&base, &id).await.unwrap();
            described(found.id, found.name, Some(found.long_id), found.metadata)
        }
        "datagroup" => described!(ours.data_group(&base, &id)),
        "event" => described!(ours.event(&base, &id)),
        "job" => described!(ours.job(&base, &id)),
        "rule" => described!(ours.rule(&base, &id)),
        other => panic!("an unknown kind of thing: {other}"),
    };
    let said = match method {
        "get_bcid" => id,
        "get_name" => name,
        "get_uuid" => uuid,
        _ => metadata,
    };
    match call.gave {
        // The official client knows no name of a braincube.
        Err("KeyError") => assert_eq!(said, json!(call.id("name"))),
        Ok(theirs) if method == "get_uuid" => {
            // The official client cuts a uuid at its own underline.
            let (said, theirs) = (said.as_str().unwrap_or_default(), theirs.as_str().unwrap_or_default());
            assert!(said == theirs || said.starts_with(&format!("{theirs}_")), "{said}, not {theirs}");
        }
        _ => call.same(Ok(said)),
    }
}

async fn resource(ours: &Braincube, call: &Call<'_>, method: &str) {
    let base = call.base();
    if method == "get_order_variable_long_id" {
        let info = ours.base_info(&base).await.unwrap();
        match call.gave {
            Ok(theirs) => {
                assert!(info.order.as_deref().is_some_and(|order| order.ends_with(theirs.as_str().unwrap())))
            }
            Err(_) => assert_eq!(info.order, None),
        }
        return;
    }
    macro_rules! compared {
        ($one:ident, $list:ident) => {
            if method.ends_with("_list") {
                let part = ours.$list(&base).unwrap().part(call.number("page"), call.number("page_size"));
                call.same(Ok(part.await.unwrap().into_iter().map(|found| json!(found.metadata)).collect()));
            } else {
                call.same(ours.$one(&base, &call.id("bcid")).await.map(|found| json!(found.metadata)));
            }
        };
    }
    match method.trim_start_matches("get_").trim_end_matches("_list") {
        "variable" => compared!(variable, variables),
        "datagroup" => compared!(data_group, data_groups),
        "event" => compared!(event, events),
        "job" => compared!(job, jobs),
        "rule" => compared!(rule, rules),
        other => panic!("an unknown kind of thing: {other}"),
    }
}

async fn group_of_variables(ours: &Braincube, call: &Call<'_>, method: &str) {
    let (base, id) = (call.base(), call.id("bcid"));
    match method {
        "get_variable_ids" => {
            let found = ours.data_group_variable_ids(&base, &id).await.unwrap();
            assert_eq!(json!(found), texts(call.gave.unwrap()), "{}", call.arguments);
        }
        "get_variable_list" => {
            let found = ours.data_group_variables(&base, &id).await.unwrap();
            call.same(Ok(found.into_iter().map(|variable| json!(variable.metadata)).collect()));
        }
        _ => {
            let filter = filters(&call.arguments["filters"]).unwrap();
            let read = ours.data_group_data(&base, &id, filter.as_ref()).await;
            data::same(ours, call, read).await;
        }
    }
}

/// Ids as texts.
fn texts(list: &Value) -> Value {
    let text = |id: &Value| id.as_str().map_or_else(|| id.to_string(), String::from);
    list.as_array().unwrap().iter().map(text).collect()
}

/// The filters of a call, joined; an error where they are none that the server takes.
fn filters(given: &Value) -> Result<Option<Filter>, Error> {
    let list = given.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(Filter::all(list.iter().map(read_filter).collect::<Result<Vec<_>, _>>()?))
}

/// Filters in Braincube's grammar.
fn written(base: &BaseId, filters: &[Filter]) -> Vec<Value> {
    filters.iter().map(|filter| write_filter(filter, base, &TimeZone::utc()).unwrap()).collect()
}
