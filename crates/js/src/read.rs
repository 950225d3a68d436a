//! A read under way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Promise};
use streamscope_client::CancelToken;
use streamscope_client::rune::{self, DataQuery, Dimension};
use streamscope_frame::{Layout, RecordBatch};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::error::{stopped, thrown, type_error};
use crate::frame::{Frame, Table};
use crate::options::{Call, Options};
use crate::query;
use crate::value::{Told, told};

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    /// An async generator over what `next` gives.
    pub(crate) fn items(pages: JsValue) -> JsValue;
}

/// The promise of what a future gives. In one place and boxed: each kind of future that becomes a promise adds some
/// kilobytes to the package.
pub(crate) fn settled(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let future: LocalBoxFuture<'static, Result<JsValue, JsValue>> = Box::pin(future);
    future_to_promise(future)
}

/// How far a read has come.
#[derive(Clone, Copy, Default)]
pub(crate) struct Progress {
    /// Rows delivered.
    rows: f64,
    /// Body bytes received.
    bytes: f64,
    /// Pages begun.
    pages: f64,
    /// Time of the last row delivered, ns since the epoch: all before it is covered.
    covered_to: Option<i64>,
}

told!(Progress { rows, bytes, pages, covered_to });

impl From<streamscope_client::Progress> for Progress {
    fn from(given: streamscope_client::Progress) -> Self {
        Self {
            rows: given.rows as f64,
            bytes: given.bytes as f64,
            pages: given.pages as f64,
            covered_to: given.covered_to,
        }
    }
}

/// A stream's rows, to be gone through once: `for await (const frame of read)`, or `await read.toTable()`. Nothing is
/// sent before the first frame is asked for.
#[wasm_bindgen]
pub struct Read(Rc<Shared>);

struct Shared {
    rune: Rc<rune::Rune>,
    query: DataQuery,
    of: Of,
    call: Call,
    token: CancelToken,
    state: RefCell<State>,
    progress: Cell<Progress>,
}

/// What is read.
enum Of {
    /// The query's stream; its dimensions, when they are known.
    Stream(Option<Vec<Dimension>>),
    /// Streams with these ids, one below the other.
    #[cfg(feature = "full")]
    Table(Vec<String>),
}

enum State {
    Fresh,
    Open(Box<dyn streamscope_client::Read>),
    /// A frame is being waited for.
    Busy,
    Done,
}

impl Read {
    /// Fails at once when the query makes no sense.
    pub(crate) fn new(rune: Rc<rune::Rune>, query: query::DataQuery, call: Call) -> Result<Self, JsValue> {
        let (query, dimensions) = query.split();
        rune.data(&query, Layout::default()).map_err(|error| thrown(&error, names()))?;
        Ok(Self::of(rune, query, Of::Stream(dimensions), call))
    }

    /// The rows of several streams.
    #[cfg(feature = "full")]
    pub(crate) fn table(
        rune: Rc<rune::Rune>,
        stream_ids: Vec<String>,
        query: query::DataQuery,
        call: Call,
    ) -> Result<Self, JsValue> {
        let (query, _) = query.split();
        rune.data(&query, Layout::default()).map_err(|error| thrown(&error, names()))?;
        Ok(Self::of(rune, query, Of::Table(stream_ids), call))
    }

    fn of(rune: Rc<rune::Rune>, query: DataQuery, of: Of, call: Call) -> Self {
        Self(Rc::new(Shared {
            rune,
            query,
            of,
            call,
            token: CancelToken::new(),
            state: RefCell::new(State::Fresh),
            progress: Cell::default(),
        }))
    }
}

fn names() -> &'static [&'static str] {
    query::DataQuery::NAMES
}

impl Shared {
    async fn open(&self) -> streamscope_client::Result<Box<dyn streamscope_client::Read>> {
        let layout = |dimensions: &[Dimension]| rune::layout(dimensions, self.query.translate_enums);
        let layout = match &self.of {
            Of::Stream(Some(dimensions)) => layout(dimensions),
            Of::Stream(None) => layout(&self.rune.dimensions(&self.query.stream_id).await?),
            #[cfg(feature = "full")]
            Of::Table(stream_ids) => {
                let streams = self.rune.streams_by_ids(stream_ids).await?;
                return self.rune.streams_table(&streams, &self.query);
            }
        };
        self.rune.data(&self.query, layout)
    }

    /// The read and its next frame.
    async fn advance(
        &self,
        state: State,
    ) -> Result<Option<(Box<dyn streamscope_client::Read>, Option<RecordBatch>)>, JsValue> {
        let call = async {
            let mut read = match state {
                State::Fresh => self.open().await?,
                State::Open(read) => read,
                State::Busy | State::Done => return Ok(None),
            };
            let frame = read.next_frame().await?;
            Ok(Some((read, frame)))
        };
        self.call.run(names(), &self.token, call).await
    }

    /// The next frame, and the layout of all. `None` after the end.
    async fn next(&self) -> Result<Option<(Option<RecordBatch>, Layout)>, JsValue> {
        if matches!(*self.state.borrow(), State::Busy) {
            return Err(type_error("the read is waiting for a frame already: await it first."));
        }
        if matches!(*self.state.borrow(), State::Done) {
            return Ok(None);
        }
        let state = self.state.replace(State::Busy);
        let advanced = self.advance(state).await;
        self.state.replace(State::Done);
        let Some((read, frame)) = advanced.map_err(|error| self.unless_stopped(error))? else {
            return Ok(None);
        };
        self.progress.set(read.progress().into());
        let layout = read.layout().clone();
        if frame.is_some() {
            self.state.replace(State::Open(read));
            if let Some(told) = &self.call.on_progress {
                tell(told, self.progress.get())?;
            }
        }
        Ok(Some((frame, layout)))
    }

    fn unless_stopped(&self, error: JsValue) -> JsValue {
        let aborted = self.call.signal.as_ref().is_some_and(web_sys::AbortSignal::aborted);
        if self.token.is_cancelled() && !aborted { stopped() } else { error }
    }
}

/// What the callback throws ends the read.
fn tell(callback: &Function, progress: Progress) -> Result<(), JsValue> {
    callback.call1(&JsValue::UNDEFINED, &progress.told()).map(|_| ())
}

#[wasm_bindgen]
impl Read {
    /// The next frame; `undefined` at the end. One at a time.
    #[wasm_bindgen(unchecked_return_type = "Promise<Frame | undefined>")]
    pub fn next(&self) -> Promise {
        let read = self.0.clone();
        settled(async move {
            let frame = read.next().await?.and_then(|(frame, _)| frame);
            Ok(frame.map(Frame::new).into())
        })
    }

    /// The frames, in time order, each row exactly once. Leaving the loop early cancels the requests. Each frame is
    /// yours to `free()`.
    #[wasm_bindgen(
        js_name = "[Symbol.asyncIterator]",
        unchecked_return_type = "AsyncGenerator<Frame, void, undefined>"
    )]
    pub fn frames(&self) -> JsValue {
        items(Self(self.0.clone()).into())
    }

    /// All rows that were not taken yet.
    #[wasm_bindgen(js_name = toTable, unchecked_return_type = "Promise<Table>")]
    pub fn to_table(&self) -> Promise {
        let read = self.0.clone();
        settled(async move {
            let mut table = None;
            while let Some((frame, layout)) = read.next().await? {
                let table =
                    table.get_or_insert_with(|| streamscope_frame::Table::new(layout.schema().into()));
                let Some(frame) = frame else { break };
                table.push(frame);
            }
            let table = table.ok_or_else(|| type_error("the read has come to its end already."))?;
            Ok(Table::new(table).into())
        })
    }

    /// How far it has come.
    #[wasm_bindgen(getter, unchecked_return_type = "Progress")]
    pub fn progress(&self) -> JsValue {
        self.0.progress.get().told()
    }

    /// Ends the read and cancels its requests. A frame that is being waited for is not delivered: waiting for it ends
    /// in an `AbortError`.
    pub fn stop(&self) {
        self.0.token.cancel();
        let mut state = self.0.state.borrow_mut();
        if !matches!(*state, State::Busy) {
            *state = State::Done;
        }
    }
}
