//! A read under way.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Promise};
use serde::Serialize;
use streamscope_client::CancelToken;
use streamscope_frame::{Layout, RecordBatch};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::call::Call;
use crate::error::{stopped, type_error};
use crate::frame::{Frame, Table};
use crate::value::told;

#[cfg(feature = "tools")]
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/**
 * Why a read gave no row: the stream holds no data at all, none in the window, is not decimated, or has too few rows for
 * one bin of the level asked for.
 */
export type Emptiness = "noData" | "outsideWindow" | "notDecimated" | "tooCoarse";
"#;

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
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
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
    call: Call,
    /// The options that messages may speak of.
    names: &'static [&'static str],
    token: CancelToken,
    state: RefCell<State>,
    /// Frames that a table was to be made of when an error came, and the layout of all.
    left: RefCell<(VecDeque<Next>, Option<Layout>)>,
    progress: Cell<Progress>,
    #[cfg(feature = "tools")]
    level: Cell<Option<f64>>,
    #[cfg(feature = "tools")]
    emptiness: RefCell<Option<String>>,
    #[cfg(feature = "braincube")]
    report: RefCell<Option<JsValue>>,
}

/// What makes a read; nothing is sent before it is polled.
type Opening = LocalBoxFuture<'static, streamscope_client::Result<Opened>>;

/// Rows of a platform that come frame by frame, and what it tells of them besides.
pub(crate) trait Rows {
    /// What gives them.
    fn read(&mut self) -> &mut dyn streamscope_client::Read;

    /// Recorded rows that a row stands for, where a server may reduce them.
    #[cfg(feature = "tools")]
    fn level(&self) -> Option<f64> {
        None
    }

    /// Why there was no row, where the server can tell.
    #[cfg(feature = "tools")]
    fn emptiness(&self) -> LocalBoxFuture<'_, streamscope_client::Result<Option<String>>> {
        Box::pin(async { Ok(None) })
    }

    /// What there is to say about the columns, where a platform tells.
    #[cfg(feature = "braincube")]
    fn report(&self) -> Option<JsValue> {
        None
    }
}

impl Rows for Box<dyn streamscope_client::Read> {
    fn read(&mut self) -> &mut dyn streamscope_client::Read {
        self.as_mut()
    }
}

/// A read under way.
pub(crate) type Opened = Box<dyn Rows>;

enum State {
    Fresh(Opening),
    Open(Opened),
    /// A frame is being waited for.
    Busy,
    /// It ends in this error, which nobody has heard of yet.
    Ending(JsValue),
    Done,
}

/// A frame as it came.
struct Next {
    rows: RecordBatch,
    begins_interval: Option<bool>,
}

impl Read {
    pub(crate) fn new(
        opening: impl Future<Output = streamscope_client::Result<Opened>> + 'static,
        names: &'static [&'static str],
        call: Call,
    ) -> Self {
        Self(Rc::new(Shared {
            call,
            names,
            token: CancelToken::new(),
            state: RefCell::new(State::Fresh(Box::pin(opening))),
            left: RefCell::default(),
            progress: Cell::default(),
            #[cfg(feature = "tools")]
            level: Cell::default(),
            #[cfg(feature = "tools")]
            emptiness: RefCell::default(),
            #[cfg(feature = "braincube")]
            report: RefCell::default(),
        }))
    }
}

impl Shared {
    /// The read and its next frame.
    async fn advance(&self, state: State) -> Result<Option<(Opened, Option<Next>)>, JsValue> {
        let call = async {
            let mut opened = match state {
                State::Fresh(opening) => opening.await?,
                State::Open(read) => read,
                State::Busy | State::Ending(_) | State::Done => return Ok(None),
            };
            #[cfg(feature = "tools")]
            self.level.set(opened.level());
            #[cfg(feature = "braincube")]
            self.report.replace(opened.report());
            let read = opened.read();
            let batch = read.next_batch().await?;
            let declares_gaps = read.declares_gaps();
            #[cfg(feature = "tools")]
            if batch.is_none() && read.progress().rows == 0 {
                let why = opened.emptiness().await?;
                self.emptiness.replace(why);
            }
            let next = batch.map(|batch| {
                let begins_interval = declares_gaps.then_some(batch.begins_interval);
                Next { rows: batch.rows, begins_interval }
            });
            Ok(Some((opened, next)))
        };
        self.call.run(self.names, &self.token, call).await
    }

    /// The next frame, and the layout of all. `None` after the end.
    async fn next(&self) -> Result<Option<(Option<Next>, Layout)>, JsValue> {
        if let Some(left) = self.left() {
            return Ok(Some(left));
        }
        let state = match self.state.replace(State::Busy) {
            State::Busy => {
                return Err(type_error("the read is waiting for a frame already: await it first."));
            }
            state => state,
        };
        let advanced = match state {
            State::Ending(error) => Err(error),
            // Nothing is asked for after the end, of which a stopped read has no more to say.
            State::Done => Ok(None),
            state => self.advance(state).await,
        };
        self.state.replace(State::Done);
        let Some((mut opened, frame)) = advanced.map_err(|error| self.unless_stopped(error))? else {
            return Ok(None);
        };
        let read = opened.read();
        self.progress.set(read.progress().into());
        let layout = read.layout().clone();
        if frame.is_some() {
            let told = self.call.on_progress.as_ref().map_or(Ok(()), |told| tell(told, self.progress.get()));
            // The frame is delivered whatever the callback thinks of it.
            self.state.replace(told.map_or_else(State::Ending, |()| State::Open(opened)));
        }
        Ok(Some((frame, layout)))
    }

    fn left(&self) -> Option<(Option<Next>, Layout)> {
        let mut left = self.left.borrow_mut();
        let (frame, layout) = (left.0.pop_front()?, left.1.clone()?);
        Some((Some(frame), layout))
    }

    /// All frames that were not taken yet.
    async fn table(&self) -> Result<Table, JsValue> {
        let (mut frames, mut known) = (VecDeque::new(), None);
        let ended = loop {
            match self.next().await {
                Ok(Some((frame, layout))) => {
                    known = Some(layout);
                    let Some(frame) = frame else { break Ok(()) };
                    frames.push_back(frame);
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = ended {
            self.left.replace((frames, known));
            return Err(error);
        }
        let layout = known.ok_or_else(|| type_error("the read has come to its end already."))?;
        let mut table = streamscope_frame::Table::new(layout.schema().into());
        let mut declared = frames.front().and_then(|frame| frame.begins_interval).map(|_| Vec::new());
        for frame in frames {
            let begins = frame.begins_interval == Some(true) && table.rows() > 0;
            if let Some(declared) = declared.as_mut().filter(|_| begins) {
                declared.push(table.rows());
            }
            table.push(frame.rows);
        }
        Ok(Table::new(table, declared))
    }

    fn unless_stopped(&self, error: JsValue) -> JsValue {
        let aborted = self.call.signal.as_ref().is_some_and(web_sys::AbortSignal::aborted);
        if self.token.is_cancelled() && !aborted { stopped() } else { error }
    }
}

/// Tells the callback, and what it throws.
fn tell(callback: &Function, progress: Progress) -> Result<(), JsValue> {
    callback.call1(&JsValue::UNDEFINED, &told(&progress)).map(|_| ())
}

#[wasm_bindgen]
impl Read {
    /// The next frame; `undefined` at the end. One at a time.
    #[wasm_bindgen(unchecked_return_type = "Promise<Frame | undefined>")]
    pub fn next(&self) -> Promise {
        let read = self.0.clone();
        settled(async move {
            let frame = read.next().await?.and_then(|(frame, _)| frame);
            Ok(frame.map(|next| Frame::after(next.rows, next.begins_interval)).into())
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

    /// All rows that were not taken yet. When it throws, the rows before the error are not lost: called again, it gives
    /// them.
    #[wasm_bindgen(js_name = toTable, unchecked_return_type = "Promise<Table>")]
    pub fn to_table(&self) -> Promise {
        let read = self.0.clone();
        settled(async move { Ok(read.table().await?.into()) })
    }

    /// How far it has come.
    #[wasm_bindgen(getter, unchecked_return_type = "Progress")]
    pub fn progress(&self) -> JsValue {
        told(&self.0.progress.get())
    }

    /// Ends the read and cancels its requests. A frame that is being waited for is not delivered: waiting for it ends
    /// in an `AbortError`.
    pub fn stop(&self) {
        self.0.token.cancel();
        self.0.left.take();
        let mut state = self.0.state.borrow_mut();
        if !matches!(*state, State::Busy) {
            *state = State::Done;
        }
    }
}

#[cfg(feature = "tools")]
#[wasm_bindgen]
impl Read {
    /// Rows that each row stands for, where a server reduced them; 1 for rows as recorded. Known with the first frame;
    /// `undefined` before, and where rows are always as recorded.
    #[wasm_bindgen(getter)]
    pub fn level(&self) -> Option<f64> {
        self.0.level.get()
    }

    /// Why a read that has ended gave no row, where the server can tell.
    #[wasm_bindgen(getter, unchecked_return_type = "Emptiness | undefined")]
    pub fn emptiness(&self) -> Option<String> {
        self.0.emptiness.borrow().clone()
    }
}

#[cfg(feature = "braincube")]
#[wasm_bindgen]
impl Read {
    /// What there is to say about the columns of Braincube's answer. Known with the first frame; `undefined` before, and
    /// for other platforms.
    #[wasm_bindgen(getter, unchecked_return_type = "BraincubeReport | undefined")]
    pub fn report(&self) -> JsValue {
        self.0.report.borrow().clone().unwrap_or(JsValue::UNDEFINED)
    }
}
