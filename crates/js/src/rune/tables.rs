//! Tables and pages.

use js_sys::{Array, Object, Promise, Reflect};
use streamscope_client::rune;
use wasm_bindgen::prelude::*;

use crate::call::Call;
use crate::frame::Frame;
use crate::options::{self, names, text, texts};
use crate::read::{Opened, Read};
use crate::rune::Rune;
use crate::rune::pages::Pages;
use crate::rune::query::{AvailabilityQuery, DataQuery};

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
        let (query, _) = with_stream(query)?.split();
        let (rune, ids) = (self.checked(&query)?, texts("streamIds", &stream_ids)?);
        let opening = async move {
            let streams = rune.streams_by_ids(&ids).await?;
            rune.streams_table(&streams, &query).map(|read| Box::new(read) as Opened)
        };
        Ok(Read::new(opening, names::<DataQuery>(), Call::read(call)?))
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

    /// A stream's rows as the server sends them: pages of text in the query's `format`.
    #[wasm_bindgen(js_name = dataPages)]
    pub fn data_pages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DataQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<Pages, JsValue> {
        let (query, _) = options::read::<DataQuery>("the query", query)?.split();
        Pages::new(self.0.data_pages(&query), names::<DataQuery>(), Call::read(call)?)
    }

    /// An availability as the server sends it: pages of text in the query's `format`.
    #[wasm_bindgen(js_name = availabilityPages)]
    pub fn availability_pages(
        &self,
        #[wasm_bindgen(unchecked_param_type = "AvailabilityQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<Pages, JsValue> {
        let query = options::read::<AvailabilityQuery>("the query", query)?.into();
        let names = names::<AvailabilityQuery>();
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
}
