//! The data resource: one request each, as the server's documents have it.

use js_sys::{Float64Array, Int32Array, Object, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use streamscope_client::hexoskin::{
    BinaryFile, BinaryRead, Counts, DataResult, Datatype, Filters, Format, Series,
};
use streamscope_frame::TickRate;
use wasm_bindgen::prelude::*;

use super::given::HexoskinFilters;
use super::{Hexoskin, Link, calls};
use crate::call::Call;
use crate::frame::Table;
use crate::options::{Strict, argument};
use crate::pages::{Next, Paged, generator};
use crate::value::told;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Values of one datatype, as the server sent them. */
export interface HexoskinSeries {
    /** Ticks since the Unix epoch: 1/256 s, of some records 1/1000 s. Empty where no times were asked for. */
    readonly ticks: Float64Array;
    /** Values; NaN where the server has null. */
    readonly values: Float64Array;
    /**
     * How many samples a value stands for: 1 where all came. More where the server thinned, which it does without a word
     * of more than 65,535 values: `samples()` returns them all.
     */
    readonly oneIn: number;
}

/** What the data of one user are. */
export interface HexoskinDataResult {
    /** The user, where the server names one. */
    readonly user: HexoskinObject | null;
    /** Values by datatype id. A datatype without values may be missing, or be there and empty. */
    readonly data: { readonly [datatype: number]: HexoskinSeries };
}

/** Some samples of a binary file, after those that came before: raw counts. */
export type HexoskinBinary =
    /** Samples at one rate, without times. */
    | { readonly name: string; readonly rate: number; readonly samples: number; readonly counts: Int32Array }
    /** Values with times of their own: ticks from the start of the record. */
    | { readonly name: string; readonly ticks: Float64Array; readonly values: Float64Array };
"#;

/// The formats of the data resource.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum HexoskinFormat {
    /// Lists of times and values.
    Json,
    /// A row per time, a column per datatype.
    Csv,
    /// A zip of WAV and timestamp–value files, every sample.
    Binary,
    /// European Data Format, every sample.
    Edf,
}

impl From<HexoskinFormat> for Format {
    fn from(given: HexoskinFormat) -> Self {
        match given {
            HexoskinFormat::Json => Self::Json,
            HexoskinFormat::Csv => Self::Csv,
            HexoskinFormat::Binary => Self::Binary,
            HexoskinFormat::Edf => Self::Edf,
        }
    }
}

/// How a table's times count.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct HexoskinTableOptions {
    /// Ticks of the record's times in a second: 256 unless given; 1000 for records that were made so.
    ticks_per_second: Option<u32>,
}

/// A kind of data that records hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HexoskinDatatype {
    /// Its id.
    id: f64,
    /// Its name, as files have it (`ECG_I`).
    name: String,
    /// What it is, in words.
    info: String,
    /// Samples a second; null where they come at times of their own.
    freq: Option<f64>,
    /// Ticks of 1/256 s between two samples; null where they come at times of their own.
    hexo_step: Option<f64>,
    /// Unit of values in JSON and CSV.
    unit: String,
    /// Unit of raw counts.
    unit_raw: String,
    /// Unit of what `samples()` gives, whichever way the samples came.
    canonical_unit: String,
    /// Whether values name states (qualities, sleep positions).
    states: bool,
}

impl From<&Datatype> for HexoskinDatatype {
    fn from(datatype: &Datatype) -> Self {
        Self {
            id: datatype.id as f64,
            name: datatype.name.clone(),
            info: datatype.info.clone(),
            freq: datatype.freq,
            hexo_step: datatype.hexo_step.map(|step| step as f64),
            unit: datatype.unit.clone(),
            unit_raw: datatype.unit_raw.clone(),
            canonical_unit: datatype.canonical_unit().into(),
            states: datatype.states,
        }
    }
}

/// A plain object of these members.
fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes any name.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn ticks(ticks: &[i64]) -> JsValue {
    let numbers: Vec<f64> = ticks.iter().map(|tick| *tick as f64).collect();
    Float64Array::from(numbers.as_slice()).into()
}

fn series(series: &Series) -> JsValue {
    object(&[
        ("ticks", ticks(&series.ticks)),
        ("values", Float64Array::from(series.values.as_slice()).into()),
        ("oneIn", JsValue::from(series.one_in as f64)),
    ])
}

fn result(link: &Link, result: &DataResult) -> JsValue {
    let data = Object::new();
    for (id, values) in &result.data {
        // A plain object takes any name.
        let _ = Reflect::set(&data, &(*id as f64).into(), &series(values));
    }
    let user = result.user.as_ref().map_or(JsValue::NULL, |user| link.object(user));
    object(&[("user", user), ("data", data.into())])
}

calls! { Hexoskin;
    /// Data in one JSON answer, by user and datatype: `{ record: 99999, datatype__in: [19, 33, 49] }`. Of more than 65,535
    /// values of a datatype the server sends a part, which shows in `oneIn`.
    dataList data_list(filters: HexoskinFilters = "HexoskinFilters") -> "Promise<HexoskinDataResult[]>",
        async |link, (filters,)| {
            let results = link.api.data_list(&filters.0).await?;
            Ok(results.iter().map(|one| result(&link, one)).collect::<js_sys::Array>().into())
        };

    /// Data in one JSON answer without user and datatype (`flat`): for requests that match one of each. Of several, nobody
    /// can tell whose a value is.
    dataFlat data_flat(filters: HexoskinFilters = "HexoskinFilters") -> "Promise<HexoskinSeries>",
        async |link, (filters,)| link.api.data_flat(&filters.0).await.map(|found| series(&found));

    /// The same without times (`no_timestamps`). Without times, thinning shows by the count alone.
    dataValues data_values(filters: HexoskinFilters = "HexoskinFilters") -> "Promise<HexoskinSeries>",
        async |link, (filters,)| link.api.data_values(&filters.0).await.map(|found| series(&found));

    /// Data in one CSV answer: a column `time`, and one per datatype, named by its URI.
    dataTable data_table(filters: HexoskinFilters = "HexoskinFilters")
        [options: Strict<HexoskinTableOptions> = "HexoskinTableOptions"] -> "Promise<Table>",
        async |link, (filters, options)| {
            let ticks = match options.and_then(|Strict(options)| options.ticks_per_second) {
                Some(1000) => TickRate::T1000,
                _ => TickRate::T256,
            };
            let frames = link.api.data_table(&filters.0, ticks).await?;
            let schema = frames.first().map(|frame| frame.schema()).unwrap_or_else(|| {
                let layout = streamscope_frame::Layout::default();
                std::sync::Arc::new(layout.schema())
            });
            let mut table = streamscope_frame::Table::new(schema);
            frames.into_iter().for_each(|frame| table.push(frame));
            Ok(Table::new(table, None).into())
        };

    /// A file of data in one of the server's formats (`"edf"`), as it is.
    dataDownload data_download(filters: HexoskinFilters = "HexoskinFilters", format: HexoskinFormat = "HexoskinFormat")
        -> "Promise<Uint8Array>",
        async |link, (filters, format)| {
            let bytes = link.api.data_download(&filters.0, format.into()).await?.into_bytes().await?;
            Ok(Uint8Array::from(bytes.as_slice()).into())
        };

    /// A datatype with its rate and units.
    datatype datatype(id: i64 = "number") -> "Promise<HexoskinDatatype>",
        async |link, (id,)| link.api.datatype(id).await.map(|found| told(&HexoskinDatatype::from(&found)));

    /// All datatypes with their rates and units.
    datatypes datatypes() -> "Promise<HexoskinDatatype[]>",
        async |link, ()| {
            let all = link.api.datatypes().await?;
            Ok(told(&all.values().map(HexoskinDatatype::from).collect::<Vec<_>>()))
        };
}

#[wasm_bindgen]
impl Hexoskin {
    /// Data as raw counts, file by file and as they arrive: `for await (const { name, counts } of …)`. Never thinned.
    #[wasm_bindgen(
        js_name = dataBinary,
        unchecked_return_type = "AsyncGenerator<HexoskinBinary, void, undefined>"
    )]
    pub fn data_binary(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HexoskinFilters")] filters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        let HexoskinFilters(filters) = argument("filters", &filters)?;
        let binary = Binary { link: self.0.clone(), filters, read: None };
        Ok(generator(binary, Call::read(call)?))
    }
}

/// The files of a binary answer, which is asked for when the first is.
struct Binary {
    link: Link,
    filters: Filters,
    read: Option<BinaryRead>,
}

impl Paged for Binary {
    fn next(&mut self) -> Next<'_> {
        Box::pin(async move {
            let read = match &mut self.read {
                Some(read) => read,
                None => self.read.insert(self.link.api.data_binary(&self.filters).await?),
            };
            Ok(read.next().await?.map(file))
        })
    }
}

fn file(BinaryFile { name, counts }: BinaryFile) -> JsValue {
    let name = ("name", JsValue::from(name));
    match counts {
        Counts::Regular { header, counts } => object(&[
            name,
            ("rate", header.rate.into()),
            ("samples", JsValue::from(header.samples as f64)),
            ("counts", Int32Array::from(counts.as_slice()).into()),
        ]),
        Counts::Timed(timed) => {
            let values: Vec<f64> = timed.values.iter().map(|value| *value as f64).collect();
            object(&[
                name,
                ("ticks", ticks(&timed.ticks)),
                ("values", Float64Array::from(values.as_slice()).into()),
            ])
        }
    }
}
