//! Rune's client, call by call.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use js_sys::{Array, Object, Promise, Reflect};
use serde::de::DeserializeOwned;
use streamscope_client::{CancelToken, FetchTransport, rune};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::aggregate::{Availability, DailyAggregate, WindowAggregate};
use crate::config::RuneConfig;
use crate::error::thrown;
use crate::frame::Frame;
use crate::options::{self, Call, json, text, texts};
use crate::pages::Pages;
use crate::query::{AvailabilityQuery, DailyQuery, DataQuery, StreamFilter, WindowQuery};
use crate::read::Read;
use crate::value::{as_served, streams, to_js, told};

thread_local! {
    static DEFAULT: RefCell<Option<Rc<rune::Rune>>> = const { RefCell::new(None) };
}

/// A session with Rune. Several may live side by side, with other credentials.
#[wasm_bindgen]
pub struct Rune(pub(crate) Rc<rune::Rune>);

fn connect(config: JsValue) -> Result<Rc<rune::Rune>, JsValue> {
    let given: RuneConfig = options::read("the configuration", config)?;
    session(&given.into(), options::names::<RuneConfig>())
}

fn session(config: &rune::Config, names: &[&str]) -> Result<Rc<rune::Rune>, JsValue> {
    let session = rune::Rune::new(config, Rc::new(FetchTransport::new()));
    session.map(Rc::new).map_err(|error| thrown(&error, names))
}

/// Sets the session that `rune()` returns.
#[wasm_bindgen]
pub fn initialize(
    #[wasm_bindgen(unchecked_param_type = "RuneConfig")] config: JsValue,
) -> Result<(), JsValue> {
    let made = connect(config)?;
    DEFAULT.with(|default| default.replace(Some(made)));
    Ok(())
}

/// The session that `initialize` has set.
#[wasm_bindgen]
pub fn rune() -> Result<Rune, JsValue> {
    let session = DEFAULT.with(|default| default.borrow().clone());
    session.map(Rune).ok_or_else(|| {
        js_sys::Error::new("There is no session: call initialize({ … }) with your credentials first.").into()
    })
}

/// A call under way, its result as JavaScript.
type Asked = LocalBoxFuture<'static, streamscope_client::Result<JsValue>>;

/// The promise of a call. `names` are the options that messages may speak of.
fn promise(call: JsValue, names: &'static [&'static str], asked: Result<Asked, JsValue>) -> Promise {
    // In one place and boxed: each kind of future that becomes a promise adds some kilobytes to the package.
    let settled: LocalBoxFuture<'static, Result<JsValue, JsValue>> =
        Box::pin(async move { Call::read(call)?.run(names, &CancelToken::new(), asked?).await });
    future_to_promise(settled)
}

impl Rune {
    /// Makes a call whose arguments may have been refused.
    pub(crate) fn ask<A: 'static>(
        &self,
        call: JsValue,
        names: &'static [&'static str],
        arguments: Result<A, JsValue>,
        make: impl AsyncFnOnce(Rc<rune::Rune>, A) -> streamscope_client::Result<JsValue> + 'static,
    ) -> Promise {
        let rune = self.0.clone();
        let asked = |arguments| -> Asked { Box::pin(make(rune, arguments)) };
        promise(call, names, arguments.map(asked))
    }

    /// Makes a call with a query.
    fn query<Q: DeserializeOwned + 'static>(
        &self,
        query: JsValue,
        call: JsValue,
        make: impl AsyncFnOnce(Rc<rune::Rune>, Q) -> streamscope_client::Result<JsValue> + 'static,
    ) -> Promise {
        self.ask(call, options::names::<Q>(), options::read("the query", query), make)
    }
}

/// A query that names no stream itself.
fn with_stream(query: JsValue) -> Result<DataQuery, JsValue> {
    let named = Object::new();
    Reflect::set(&named, &"streamId".into(), &"several".into())?;
    if query.is_object() {
        Object::assign(&named, query.unchecked_ref());
    }
    options::read("the query", named.into())
}

#[wasm_bindgen]
impl Rune {
    /// A session with these credentials. Throws when they are incomplete or contradictory; nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "RuneConfig")] config: JsValue,
    ) -> Result<Rune, JsValue> {
        connect(config).map(Self)
    }

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
        self.ask(call, &[], Ok(()), async |rune, ()| rune.current_user().await.map(told))
    }

    /// All organizations the user is a member of.
    #[wasm_bindgen(unchecked_return_type = "Promise<Org[]>")]
    pub fn orgs(&self, #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.orgs().await.map(told))
    }

    /// One organization of the user's, with or without prefix and suffix in the id.
    #[wasm_bindgen(unchecked_return_type = "Promise<Org>")]
    pub fn org(
        &self,
        #[wasm_bindgen(js_name = orgId, unchecked_param_type = "string")] org_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let org_id = text("orgId", &org_id);
        self.ask(call, &["orgId"], org_id, async |rune, org_id| rune.org(&org_id).await.map(told))
    }

    /// Makes an organization the user's active one: the one whose patients are listed.
    #[wasm_bindgen(js_name = setActiveOrg, unchecked_return_type = "Promise<Org>")]
    pub fn set_active_org(
        &self,
        #[wasm_bindgen(js_name = orgId, unchecked_param_type = "string")] org_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let org_id = text("orgId", &org_id);
        self.ask(call, &["orgId"], org_id, async |rune, org_id| rune.set_active_org(&org_id).await.map(told))
    }

    /// All patients of the active organization, with all their devices.
    #[wasm_bindgen(unchecked_return_type = "Promise<Patient[]>")]
    pub fn patients(&self, #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.patients().await.map(told))
    }

    /// One patient, with all devices.
    #[wasm_bindgen(unchecked_return_type = "Promise<Patient>")]
    pub fn patient(
        &self,
        #[wasm_bindgen(js_name = patientId, unchecked_param_type = "string")] patient_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let patient_id = text("patientId", &patient_id);
        self.ask(call, &["patientId"], patient_id, async |rune, patient_id| {
            rune.patient(&patient_id).await.map(told)
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
        self.ask(call, &["patientId", "deviceId"], ids, async |rune, (patient, device)| {
            rune.device(&patient, &device).await.map(told)
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
        self.ask(call, &["patientIds"], ids, async |rune, ids| rune.devices(&ids).await.map(told))
    }

    /// All stream types.
    #[wasm_bindgen(js_name = streamTypes, unchecked_return_type = "Promise<StreamType[]>")]
    pub fn stream_types(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, &[], Ok(()), async |rune, ()| rune.stream_types().await.map(told))
    }

    /// Streams by their ids, in the order asked for, each once. Ids that are not found are named in the error.
    #[wasm_bindgen(js_name = streamsByIds, unchecked_return_type = "Promise<StreamMetadata[]>")]
    pub fn streams_by_ids(
        &self,
        #[wasm_bindgen(js_name = streamIds, unchecked_param_type = "string[]")] stream_ids: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.ask(call, &["streamIds"], texts("streamIds", &stream_ids), async |rune, ids| {
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
        self.ask(call, &["patientId"], given, async |rune, (patient_id, filter)| {
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
        let given = text("document", &document).and_then(|document| Ok((document, json(&variables)?)));
        self.ask(call, &[], given, async |rune, (document, variables)| {
            rune.graphql(&document, variables).await.map(as_served)
        })
    }

    /// Reads a stream's rows, page after page, as they arrive. Throws at once when the query makes no sense.
    #[wasm_bindgen]
    pub fn data(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DataQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        Read::new(self.0.clone(), options::read("the query", query)?, Call::read(call)?)
    }

    /// Reads the rows of several streams, stream after stream, with columns that say which stream a row is of
    /// (`stream_id`, `stream_type_id`, `patient_id`, `device_id`, `algorithm`, labels).
    #[wasm_bindgen(js_name = streamsTable)]
    pub fn streams_table(
        &self,
        #[wasm_bindgen(js_name = streamIds, unchecked_param_type = "string[]")] stream_ids: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Omit<DataQuery, \"streamId\" | \"dimensions\">")]
        query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let query = with_stream(query)?;
        Read::table(self.0.clone(), texts("streamIds", &stream_ids)?, query, Call::read(call)?)
    }

    /// A stream's rows as the server sends them: pages of text in the query's `format`.
    #[wasm_bindgen(js_name = dataPages)]
    pub fn data_pages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DataQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<Pages, JsValue> {
        let (query, _) = options::read::<DataQuery>("the query", query)?.split();
        Pages::new(self.0.data_pages(&query), options::names::<DataQuery>(), Call::read(call)?)
    }

    /// An availability as the server sends it: pages of text in the query's `format`.
    #[wasm_bindgen(js_name = availabilityPages)]
    pub fn availability_pages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "AvailabilityQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<Pages, JsValue> {
        let query = options::read::<AvailabilityQuery>("the query", query)?.into();
        let names = options::names::<AvailabilityQuery>();
        Pages::new(self.0.availability_pages(&query), names, Call::read(call)?)
    }

    /// Pages of text of any resource of the V2 Stream API, with parameters of your own: `path` begins with `/v2/`.
    #[wasm_bindgen(js_name = streamPages)]
    pub fn stream_pages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] path: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<Pages, JsValue> {
        let entries =
            if parameters.is_object() { Object::entries(parameters.unchecked_ref()) } else { Array::new() };
        let pair = |entry: JsValue| texts("parameters", &entry);
        let pairs = entries.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
        let pairs = pairs.iter().filter_map(|pair| Some((pair.first()?.as_str(), pair.get(1)?.as_str())));
        let pages = self.0.stream_pages(&text("path", &path)?, &pairs.collect::<Vec<_>>());
        Pages::new(pages, &[], Call::read(call)?)
    }

    /// An availability as a table; of a single stream with columns that say which it is.
    #[wasm_bindgen(js_name = availabilityTable, unchecked_return_type = "Promise<Frame>")]
    pub fn availability_table(
        &self,
        #[wasm_bindgen(unchecked_param_type = "AvailabilityQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.query(query, call, async |rune, query: AvailabilityQuery| {
            let query = query.into();
            let rune::AvailabilityQuery { stream_ids, .. } = &query;
            let streams = rune.streams_by_ids(stream_ids).await?;
            rune.availability_table(&streams, &query).await.map(|frame| Frame::new(frame).into())
        })
    }

    /// Which windows of time hold data, of one stream or of several joined by `batchOperation`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Availability>")]
    pub fn availability(
        &self,
        #[wasm_bindgen(unchecked_param_type = "AvailabilityQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.query(query, call, async |rune, query: AvailabilityQuery| {
            rune.availability(&query.into()).await.map(|found| to_js(Availability::from(found)))
        })
    }

    /// The average day over up to 14 days.
    #[wasm_bindgen(js_name = dailyAggregate, unchecked_return_type = "Promise<DailyAggregate>")]
    pub fn daily_aggregate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DailyQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.query(query, call, async |rune, query: DailyQuery| {
            rune.daily_aggregate(&query.into()).await.map(|found| to_js(DailyAggregate::from(found)))
        })
    }

    /// Sum or mean per aligned window.
    #[wasm_bindgen(js_name = aggregateWindow, unchecked_return_type = "Promise<WindowAggregate>")]
    pub fn aggregate_window(
        &self,
        #[wasm_bindgen(unchecked_param_type = "WindowQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.query(query, call, async |rune, query: WindowQuery| {
            rune.aggregate_window(&query.into()).await.map(|found| to_js(WindowAggregate::from(found)))
        })
    }
}
