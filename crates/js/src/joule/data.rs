//! A Joule node's data: live, written and managed.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array, RecordBatch,
    TimestampNanosecondArray,
};
use js_sys::Promise;
use serde::Deserialize;
use serde_json::json;
use streamscope_client::CancelToken;
use streamscope_client::joule::DataWriter;
use streamscope_frame::{Column, ColumnType, Layout};
use wasm_bindgen::prelude::*;

use super::given::{JouleRange, ends};
use super::node::{calls, nothing};
use super::{Joule, JouleAddress, NAMES, told};
use crate::call::Call;
use crate::error::type_error;
use crate::options::{Strict, argument, optional};
use crate::read::{Opened, Read, settled};
use crate::time::Time;

/// From when on live rows are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JouleSince {
    /// First instant: rows recorded before now come first. Only new ones unless given.
    start_time: Option<Time>,
}

#[wasm_bindgen]
impl Joule {
    /// Rows as they are recorded; it does not end by itself. Leaving the loop ends it, and so does `stop()`. Where no
    /// module of the node produces the stream, new rows are looked for each second.
    #[wasm_bindgen(js_name = dataSubscribe)]
    pub fn data_subscribe(
        &self,
        #[wasm_bindgen(unchecked_param_type = "JouleAddress")] stream: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "JouleSince")] since: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let (node, stream) = (self.0.clone(), argument::<JouleAddress>("stream", &stream)?);
        let since: Option<Strict<JouleSince>> = optional("since", &since)?;
        let from = since.and_then(|Strict(since)| since.start_time).map(Time::ns);
        let opening = async move {
            let read: Box<dyn streamscope_client::Read> = Box::new(node.data_subscribe(stream, from).await?);
            Ok(Box::new(read) as Opened)
        };
        Ok(Read::new(opening, NAMES, Call::read(call)?))
    }
}

calls! {
    /// Writes rows to a stream that exists. A stream that a module produces is refused by the node.
    dataWrite data_write(stream: JouleAddress = "JouleAddress") -> "Promise<JouleWriter>",
        async |node, (stream,)| {
            let writer = node.data_write(stream).await?;
            Ok(Writer(Rc::new(RefCell::new(Some(writer)))).into())
        };

    /// The intervals in which a stream has data, each from its first row to the microsecond after its last.
    dataIntervals data_intervals(stream: JouleAddress = "JouleAddress") [range: Strict<JouleRange> = "JouleRange"]
        -> "Promise<{ startNs: bigint; endNs: bigint }[]>",
        async |node, (stream, range)| {
            let (start, end) = ends(range);
            let found = node.data_intervals(stream, start, end).await?;
            let interval = |range: &streamscope_client::TimeRange| json!({ "start_ns": range.start, "end_ns": range.end });
            Ok(told(found.iter().map(interval).collect::<Vec<_>>()))
        };

    /// Deletes a stream's data in a range; without a range, everything.
    dataDelete data_delete(stream: JouleAddress = "JouleAddress") [range: Strict<JouleRange> = "JouleRange"]
        -> "Promise<void>",
        async |node, (stream, range)| {
            let (start, end) = ends(range);
            node.data_delete(stream, start, end).await.map(nothing)
        };

    /// Joins intervals that lie at most `maxGapNs` apart, and gives how many gaps there were.
    dataConsolidate data_consolidate(stream: JouleAddress = "JouleAddress", gap: i64 = "bigint")
        [range: Strict<JouleRange> = "JouleRange"] -> "Promise<number>",
        async |node, (stream, gap, range)| {
            let (start, end) = ends(range);
            node.data_consolidate(stream, start, end, gap).await.map(told)
        };

    /// Makes a stream's decimated data anew from the raw ones.
    dataDecimate data_decimate(stream: JouleAddress = "JouleAddress") -> "Promise<void>",
        async |node, (stream,)| node.data_decimate(stream).await.map(nothing);

    /// Deletes a stream's decimated data; raw ones stay.
    dataDropDecimations data_drop_decimations(stream: JouleAddress = "JouleAddress") -> "Promise<void>",
        async |node, (stream,)| node.data_drop_decimations(stream).await.map(nothing);
}

/// Rows on their way to a stream. What is not sent yet when it is dropped is lost: `finish` sends it.
#[wasm_bindgen(js_name = JouleWriter)]
pub struct Writer(Rc<RefCell<Option<DataWriter>>>);

impl Writer {
    /// Runs something with the writer, which is put back unless it is used up.
    fn with<T: 'static>(
        &self,
        call: JsValue,
        work: impl AsyncFnOnce(DataWriter) -> (Option<DataWriter>, streamscope_client::Result<T>) + 'static,
        told: impl FnOnce(T) -> JsValue + 'static,
    ) -> Promise {
        let cell = self.0.clone();
        settled(async move {
            let call = Call::read(call)?;
            let writer = cell.borrow_mut().take();
            let writer =
                writer.ok_or_else(|| type_error("the writer is at work, has finished or was aborted."))?;
            let asked = async {
                let (writer, done) = work(writer).await;
                cell.replace(writer);
                done
            };
            call.run(NAMES, &CancelToken::new(), asked).await.map(told)
        })
    }
}

#[wasm_bindgen(js_class = JouleWriter)]
impl Writer {
    /// Rows that the node has of what was written so far. Others may be waiting to be sent. `undefined` while something
    /// is being waited for, and at the end.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> Option<f64> {
        self.0.borrow().as_ref().map(|writer| writer.rows() as f64)
    }

    /// Takes rows: their times in ns (whole microseconds, each after the one before), and a column for each of the
    /// stream's elements, in order, as the typed array of the stream's type: `Int16Array`, `Int32Array`,
    /// `BigInt64Array`, `Float32Array` or `Float64Array`. NaN is refused. What is refused leaves the writer as it was;
    /// any other error ends it, and its `rows` tells how many rows the node has.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn write(
        &self,
        time: js_sys::BigInt64Array,
        #[wasm_bindgen(
            unchecked_param_type = "(Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array)[]"
        )]
        columns: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        let columns = columns
            .dyn_ref()
            .map(|columns: &js_sys::Array| columns.to_vec())
            .ok_or("is not an array".to_string());
        let kind = self.0.borrow().as_ref().map(DataWriter::column_type);
        let frame = columns.and_then(|columns| frame(&time, &columns, kind));
        let frame = match frame {
            Ok(frame) => frame,
            Err(cause) => return Promise::reject(&type_error(&format!("columns: {cause}."))),
        };
        self.with(
            call,
            async move |mut writer| {
                let done = writer.write(&frame).await;
                (Some(writer), done)
            },
            nothing,
        )
    }

    /// Ends the interval: a gap lies between the rows so far and those to come.
    #[wasm_bindgen(js_name = closeInterval, unchecked_return_type = "Promise<void>")]
    pub fn close_interval(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Promise {
        self.with(
            call,
            async |mut writer| {
                let done = writer.close_interval().await;
                (Some(writer), done)
            },
            nothing,
        )
    }

    /// Sends what is waiting, and gives how many rows the node has of all that were written: all of them.
    #[wasm_bindgen(unchecked_return_type = "Promise<number>")]
    pub fn finish(&self, #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue) -> Promise {
        self.with(call, async |writer| (None, writer.finish().await), |rows| JsValue::from(rows as f64))
    }
}

/// Typed arrays as rows.
fn frame(
    time: &js_sys::BigInt64Array,
    columns: &[JsValue],
    kind: Option<ColumnType>,
) -> Result<RecordBatch, String> {
    macro_rules! column {
        ($value:ident, $js:ty, $arrow:ty, $name:literal) => {{
            let given: &$js = $value.dyn_ref().ok_or(concat!("the stream takes columns as ", $name))?;
            Arc::new(<$arrow>::from(given.to_vec())) as ArrayRef
        }};
    }
    // While the writer is busy its type is not known, and nothing is written anyway.
    let kind = kind.unwrap_or(ColumnType::Float);
    let column = |value: &JsValue| -> Result<ArrayRef, String> {
        Ok(match kind {
            ColumnType::Int16 => column!(value, js_sys::Int16Array, Int16Array, "Int16Array"),
            ColumnType::Int32 => column!(value, js_sys::Int32Array, Int32Array, "Int32Array"),
            ColumnType::Int => column!(value, js_sys::BigInt64Array, Int64Array, "BigInt64Array"),
            ColumnType::Float32 => column!(value, js_sys::Float32Array, Float32Array, "Float32Array"),
            _ => column!(value, js_sys::Float64Array, Float64Array, "Float64Array"),
        })
    };
    let time: ArrayRef = Arc::new(TimestampNanosecondArray::from(time.to_vec()).with_timezone("UTC"));
    let arrays: Vec<ArrayRef> =
        std::iter::once(Ok(time)).chain(columns.iter().map(column)).collect::<Result<_, String>>()?;
    let names = (0..columns.len()).map(|place| Column::new(place.to_string(), kind));
    let layout = Layout::new(std::iter::once(Column::new("time", ColumnType::Time)).chain(names).collect());
    RecordBatch::try_new(Arc::new(layout.schema()), arrays).map_err(|_| "they differ in length".into())
}
