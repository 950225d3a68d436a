//! The V1 Stream API, call by call.

use futures_util::FutureExt;
use js_sys::{Array, Object};
use streamscope_client::rune::v1::{
    Accessor, Cell, CsvPages, JsonPages, Parameters, Point, Points, Resource, Rows,
};
use wasm_bindgen::prelude::*;

use crate::call::Call;
use crate::error::{thrown, type_error};
use crate::frame::Frame;
use crate::options::text;
use crate::pages::{Next, Paged, generator};
use crate::rune::Rune;
use crate::value::as_served;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What the V1 Stream API offers. `event` and `span` have no CSV and no availability. */
export type V1Resource =
    "accel" | "band_power" | "event" | "heartrate" | "lfp" | "probability_symptom" | "rotation" | "span" | "state";
"#;

impl Paged for JsonPages {
    fn next(&mut self) -> Next<'_> {
        async { Ok(self.next_page().await?.map(as_served)) }.boxed_local()
    }
}

impl Paged for CsvPages {
    fn next(&mut self) -> Next<'_> {
        async { Ok(self.next_page().await?.map(JsValue::from)) }.boxed_local()
    }
}

impl Paged for Points {
    fn next(&mut self) -> Next<'_> {
        async {
            Ok(self.next_page().await?.map(|page| page.into_iter().map(point).collect::<Array>().into()))
        }
        .boxed_local()
    }
}

impl Paged for Rows {
    fn next(&mut self) -> Next<'_> {
        async { Ok(self.next_frame().await?.map(|frame| Frame::new(frame).into())) }.boxed_local()
    }
}

/// A point as an object: a missing cell is null; cells beyond the header are left out, for they have no name.
fn point(point: Point) -> JsValue {
    let cell = |(name, cell): (String, Cell)| {
        let value = match cell {
            Cell::Number(number) => number.into(),
            Cell::Text(text) => text.into(),
            Cell::Missing => JsValue::NULL,
        };
        Array::of2(&name.into(), &value)
    };
    let entries: Array = point.cells.into_iter().map(cell).collect();
    Object::from_entries(&entries).map_or(JsValue::NULL, Into::into)
}

/// A resource of the V1 Stream API, which is retired upstream. Parameters have the API's names (`patient_id`,
/// `start_time`, …) and are sent as they are.
#[wasm_bindgen]
pub struct V1(Accessor);

impl V1 {
    fn pages<P: Paged + 'static>(
        &self,
        make: impl FnOnce(&Accessor, &Parameters) -> streamscope_client::Result<P>,
        given: &JsValue,
        call: JsValue,
    ) -> Result<JsValue, JsValue> {
        let pages = make(&self.0, &parameters(given)?).map_err(|error| thrown(&error, &[]))?;
        Ok(generator(pages, Call::read(call)?))
    }
}

fn parameters(given: &JsValue) -> Result<Parameters, JsValue> {
    if given.is_undefined() {
        return Ok(Parameters::new());
    }
    let refusal = || type_error("parameters must be an object of strings and numbers.");
    if !given.is_object() {
        return Err(refusal());
    }
    let pair = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let value = entry.get(1);
        let value = value.as_string().or_else(|| value.as_f64().map(|number| number.to_string()));
        Ok((entry.get(0).as_string().unwrap_or_default(), value.ok_or_else(refusal)?))
    };
    Object::entries(given.unchecked_ref::<Object>()).iter().map(pair).collect()
}

#[wasm_bindgen]
impl Rune {
    /// A resource of the V1 Stream API, with default parameters for its calls.
    pub fn v1(
        &self,
        #[wasm_bindgen(unchecked_param_type = "V1Resource")] resource: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")] defaults: JsValue,
    ) -> Result<V1, JsValue> {
        let name = text("resource", &resource)?;
        let known = Resource::ALL.into_iter().find(|resource| resource.name() == name);
        let names = || Resource::ALL.map(Resource::name).join(", ");
        let known = known
            .ok_or_else(|| type_error(&format!("there is no resource `{name}`: there are {}.", names())))?;
        Ok(V1(self.0.v1(known, parameters(&defaults)?)))
    }
}

#[wasm_bindgen]
impl V1 {
    /// The results of the JSON endpoint, page after page.
    #[wasm_bindgen(unchecked_return_type = "AsyncGenerator<unknown, void, undefined>")]
    pub fn json(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")]
        parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.pages(Accessor::json, &parameters, call)
    }

    /// The texts of the CSV endpoint, page after page, each with a header line. Throws where there is no CSV.
    #[wasm_bindgen(unchecked_return_type = "AsyncGenerator<string, void, undefined>")]
    pub fn csv(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")]
        parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.pages(Accessor::csv, &parameters, call)
    }

    /// As `json`, with the expression for availability. Throws where there is none.
    #[wasm_bindgen(js_name = jsonAvailability, unchecked_return_type = "AsyncGenerator<unknown, void, undefined>")]
    pub fn json_availability(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")]
        parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.pages(Accessor::json_availability, &parameters, call)
    }

    /// As `csv`, with the expression for availability. Throws where there is none.
    #[wasm_bindgen(js_name = csvAvailability, unchecked_return_type = "AsyncGenerator<string, void, undefined>")]
    pub fn csv_availability(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")]
        parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.pages(Accessor::csv_availability, &parameters, call)
    }

    /// The rows of the CSV endpoint as objects, page after page; a missing cell is null.
    #[wasm_bindgen(
        unchecked_return_type = "AsyncGenerator<Record<string, number | string | null>[], void, undefined>"
    )]
    pub fn points(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")]
        parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.pages(Accessor::points, &parameters, call)
    }

    /// The rows of the CSV endpoint as frames.
    #[wasm_bindgen(unchecked_return_type = "AsyncGenerator<Frame, void, undefined>")]
    pub fn rows(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string | number>")]
        parameters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.pages(Accessor::rows, &parameters, call)
    }
}
