//! A read under way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Promise};
use streamscope_client::CancelToken;
use streamscope_frame::{Layout, RecordBatch};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::error::{stopped, type_error};
use crate::frame::{Frame, Table};
use crate::options::Call;
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
    call: Call,
    /// The options that messages may speak of.
    names: &'static [&'static str],
    token: CancelToken,
    state: RefCell<State>,
    progress: Cell<Progress>,
    #[cfg(feature = "full")]
    level: Cell<Option<f64>>,
    #[cfg(feature = "full")]
    emptiness: RefCell<Option<String>>,
}

/// What makes a read; nothing is sent before it is polled.
type Opening = LocalBoxFuture<'static, streamscope_client::Result<Opened>>;

/// A read under way.
pub(crate) enum Opened {
    Rows(Box<dyn streamscope_client::Read>),
    /// Of a Joule node, which may reduce what it sends, and is asked why there is nothing.
    #[cfg(feature = "full")]
    Node(Box<streamscope_client::joule::DataRead>),
}

impl Opened {
    fn read(&mut self) -> &mut dyn streamscope_client::Read {
        match self {
            Self::Rows(read) => read.as_mut(),
            #[cfg(feature = "full")]
            Self::Node(read) => read.as_mut(),
        }
    }
}

/// What the core's reads have no answer to.
#[cfg(feature = "full")]
impl Opened {
    /// Rows of a bin.
    fn level(&self) -> Option<f64> {
        match self {
            Self::Rows(_) => None,
            Self::Node(read) => Some(read.level() as f64),
        }
    }

    /// Why there was no row, where that can be told.
    async fn emptiness(&self) -> streamscope_client::Result<Option<String>> {
        match self {
            Self::Rows(_) => Ok(None),
            Self::Node(read) => read.why_empty().await.map(|why| Some(crate::value::literal(why))),
        }
    }
}

enum State {
    Fresh(Opening),
    Open(Opened),
    /// A frame is being waited for.
    Busy,
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
            progress: Cell::default(),
            #[cfg(feature = "full")]
            level: Cell::default(),
            #[cfg(feature = "full")]
            emptiness: RefCell::default(),
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
                State::Busy | State::Done => return Ok(None),
            };
            #[cfg(feature = "full")]
            self.level.set(opened.level());
            let read = opened.read();
            let rows = read.next_frame().await?;
            let begins_interval = read.declares_gaps().then(|| read.begins_interval());
            #[cfg(feature = "full")]
            if rows.is_none() && read.progress().rows == 0 {
                let why = opened.emptiness().await?;
                self.emptiness.replace(why);
            }
            Ok(Some((opened, rows.map(|rows| Next { rows, begins_interval }))))
        };
        self.call.run(self.names, &self.token, call).await
    }

    /// The next frame, and the layout of all. `None` after the end.
    async fn next(&self) -> Result<Option<(Option<Next>, Layout)>, JsValue> {
        if matches!(*self.state.borrow(), State::Busy) {
            return Err(type_error("the read is waiting for a frame already: await it first."));
        }
        if matches!(*self.state.borrow(), State::Done) {
            return Ok(None);
        }
        let state = self.state.replace(State::Busy);
        let advanced = self.advance(state).await;
        self.state.replace(State::Done);
        let Some((mut opened, frame)) = advanced.map_err(|error| self.unless_stopped(error))? else {
            return Ok(None);
        };
        let read = opened.read();
        self.progress.set(read.progress().into());
        let layout = read.layout().clone();
        if frame.is_some() {
            self.state.replace(State::Open(opened));
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
                table.push(frame.rows);
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

#[cfg(feature = "full")]
#[wasm_bindgen]
impl Read {
    /// Rows that each row stands for, where a server reduced them (Joule); 1 for rows as recorded. Known with the first
    /// frame; `undefined` before, and where rows are always as recorded.
    #[wasm_bindgen(getter)]
    pub fn level(&self) -> Option<f64> {
        self.0.level.get()
    }

    /// Why a read that has ended gave no row, where the server can tell (Joule).
    #[wasm_bindgen(getter, unchecked_return_type = "JouleEmptiness | undefined")]
    pub fn emptiness(&self) -> Option<String> {
        self.0.emptiness.borrow().clone()
    }
}
