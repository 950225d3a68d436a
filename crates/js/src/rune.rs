//! Rune's client, call by call.

mod aggregate;
#[cfg(feature = "rune")]
mod catalogue;
mod config;
#[cfg(feature = "rune")]
mod pages;
#[cfg(feature = "rune")]
mod people;
mod query;
#[cfg(feature = "rune")]
mod streams;
#[cfg(feature = "rune")]
mod tables;
#[cfg(feature = "rune")]
mod v1;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use streamscope_client::{FetchTransport, rune};
use streamscope_frame::Layout;
use wasm_bindgen::prelude::*;

use crate::call::{Asked, Call, promise};
use crate::error::thrown;
use crate::options::{self, Given, names};
use crate::read::{Opened, Read};
use crate::value::{Spelling, told};
use aggregate::{Availability, DailyAggregate, WindowAggregate};
use config::RuneConfig;
use query::{AvailabilityQuery, DailyQuery, DataQuery, WindowQuery};

/// What people entered, and labels of streams, keep their names.
const SPELLING: Spelling = Spelling { verbatim: "payload parameters", exact: false };

thread_local! {
    static DEFAULT: RefCell<Option<Rc<rune::Rune>>> = const { RefCell::new(None) };
}

/// A session with Rune. Several may live side by side, with other credentials.
#[wasm_bindgen]
pub struct Rune(pub(crate) Rc<rune::Rune>);

fn connect(config: JsValue) -> Result<Rc<rune::Rune>, JsValue> {
    let given: RuneConfig = options::read("the configuration", config)?;
    session(&given.into(), names::<RuneConfig>())
}

pub(crate) fn session(config: &rune::Config, names: &[&str]) -> Result<Rc<rune::Rune>, JsValue> {
    let transport = Rc::new(FetchTransport::new());
    #[cfg(feature = "rune")]
    let session = rune::Rune::new(config, transport);
    // Without what exchanges refresh tokens.
    #[cfg(not(feature = "rune"))]
    let session = config.fixed_auth().and_then(|auth| rune::Rune::with_auth(config, transport, auth));
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

    /// The session, for a query that makes sense.
    pub(crate) fn checked(&self, query: &rune::DataQuery) -> Result<Rc<rune::Rune>, JsValue> {
        let rune = self.0.clone();
        rune.data(query, Layout::default()).map_err(|error| thrown(&error, names::<DataQuery>()))?;
        Ok(rune)
    }

    /// Makes a call with a query.
    pub(crate) fn query<Q: Given + 'static>(
        &self,
        query: JsValue,
        call: JsValue,
        make: impl AsyncFnOnce(Rc<rune::Rune>, Q) -> streamscope_client::Result<JsValue> + 'static,
    ) -> Promise {
        self.ask(call, names::<Q>(), options::read("the query", query), make)
    }
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

    /// A stream's columns. A query that has them (`dimensions`) saves the request that asks for them.
    #[wasm_bindgen(unchecked_return_type = "Promise<Dimension[]>")]
    pub fn dimensions(
        &self,
        #[wasm_bindgen(js_name = streamId, unchecked_param_type = "string")] stream_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let id = options::text("streamId", &stream_id);
        self.ask(call, &["stream_id"], id, async |rune, id| {
            rune.dimensions(&id).await.map(|found| SPELLING.told(&found))
        })
    }

    /// Reads a stream's rows, page after page, as they arrive. Throws at once when the query makes no sense.
    #[wasm_bindgen]
    pub fn data(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DataQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let (query, dimensions) = options::read::<DataQuery>("the query", query)?.split();
        let rune = self.checked(&query)?;
        let opening = async move {
            let dimensions = match dimensions {
                Some(dimensions) => dimensions,
                None => rune.dimensions(&query.stream_id).await?,
            };
            rune.data(&query, rune::layout(&dimensions, query.translate_enums))
                .map(|read| Box::new(read) as Opened)
        };
        Ok(Read::new(opening, names::<DataQuery>(), Call::read(call)?))
    }

    /// Which windows of time hold data, of one stream or of several joined by `batchOperation`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Availability>")]
    pub fn availability(
        &self,
        #[wasm_bindgen(unchecked_param_type = "AvailabilityQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.query(query, call, async |rune, query: AvailabilityQuery| {
            rune.availability(&query.into()).await.map(|found| told(&Availability::from(found)))
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
            rune.daily_aggregate(&query.into()).await.map(|found| told(&DailyAggregate::from(found)))
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
            rune.aggregate_window(&query.into()).await.map(|found| told(&WindowAggregate::from(found)))
        })
    }
}
