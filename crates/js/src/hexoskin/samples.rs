//! Every sample of a record or range, recorded and live.

use serde::Deserialize;
use streamscope_client::hexoskin::{Hexoskin as Api, Id, Object, SampleQuery, Way};
use streamscope_client::{Read as Rows, Result as Answered};
use wasm_bindgen::prelude::*;

use super::Hexoskin;
use super::given::HexoskinId;
use crate::call::Call;
use crate::options::{self, Strict, argument, names, optional};
use crate::read::{Opened, Read};
use crate::time::Time;

/// Which samples.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HexoskinSampleQuery {
    /// The record or range; a number is a record's id.
    of: HexoskinId,
    /// Id of the datatype.
    datatype: i64,
    /// First instant; the record's start unless given.
    start_time: Option<Time>,
    /// First instant after; the record's end unless given.
    end_time: Option<Time>,
    /// Raw counts in place of physical values.
    raw: Option<bool>,
    /// How samples come; fast signals as binary files and slow ones as JSON unless given.
    way: Option<HexoskinWay>,
}

/// How samples come.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum HexoskinWay {
    /// As binary files.
    Binary,
    /// As JSON, window by window.
    Json,
}

/// From when on live samples are wanted.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct HexoskinSince {
    /// First instant: samples recorded before now come first. Only new ones unless given.
    start_time: Option<Time>,
}

/// What an id names; a bare one is a record's.
async fn named(api: &Api, id: Id) -> Answered<Object> {
    match id {
        Id::Uri(uri) => api.resource_from_uri(&uri),
        id => api.resource("record").get(id).await,
    }
}

#[wasm_bindgen]
impl Hexoskin {
    /// Reads every sample of a record or range as they arrive: `time`, and a column of the datatype's name. In the unit of
    /// `datatype().canonicalUnit`, whichever way they come; as binary files, or in windows so small that the server thins
    /// nothing.
    pub fn samples(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HexoskinSampleQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let given: HexoskinSampleQuery = options::read("the query", query)?;
        let query = SampleQuery {
            datatype: given.datatype,
            start_ns: given.start_time.map(Time::ns),
            end_ns: given.end_time.map(Time::ns),
            raw: given.raw == Some(true),
            way: given.way.map(|way| match way {
                HexoskinWay::Binary => Way::Binary,
                HexoskinWay::Json => Way::Json,
            }),
        };
        let api = self.0.api.clone();
        let opening = async move {
            let record = named(&api, given.of.0).await?;
            let read: Box<dyn Rows> = Box::new(api.samples(&record, &query).await?);
            Ok(Box::new(read) as Opened)
        };
        Ok(Read::new(opening, names::<HexoskinSampleQuery>(), Call::read(call)?))
    }

    /// Samples of a record (id, URI or object) while it is recorded. It does not end by itself: leaving the loop ends it,
    /// and so does `stop()`. The server is asked every five seconds.
    #[wasm_bindgen(js_name = samplesLive)]
    pub fn samples_live(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HexoskinId")] of: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] datatype: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "HexoskinSince")] since: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let (of, datatype) = (argument::<HexoskinId>("of", &of)?, argument::<i64>("datatype", &datatype)?);
        let since: Option<Strict<HexoskinSince>> = optional("since", &since)?;
        let from = since.and_then(|Strict(since)| since.start_time).map(Time::ns);
        let api = self.0.api.clone();
        let opening = async move {
            let record = named(&api, of.0).await?;
            let read: Box<dyn Rows> = Box::new(api.samples_live(&record, datatype, from).await?);
            Ok(Box::new(read) as Opened)
        };
        Ok(Read::new(opening, super::NAMES, Call::read(call)?))
    }
}
