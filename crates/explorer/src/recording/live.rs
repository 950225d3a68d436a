//! The live end of a recording: rows taken in as they are recorded, until nobody follows any more.

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::{Read, TimeRange};
use streamscope_frame::times;
use wasm_bindgen_futures::spawn_local;

use super::breath::now;
use super::store::Recording;

/// Time between two redraws, ms.
const REDRAW: f64 = 100.0;

/// What following a stream came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Following {
    /// Nobody follows.
    #[default]
    No,
    /// Rows come as they are recorded.
    Yes,
    /// It broke off, or the platform does not do it; why, in words.
    Failed(String),
}

impl Recording {
    /// What following comes to. Tracked.
    pub fn following(&self) -> Following {
        self.live().following.get()
    }

    /// Takes in rows as they are recorded, from the end of the data on.
    pub fn follow(&self) {
        if self.live().task.borrow().is_some() {
            return;
        }
        let from = self.span().map_or_else(|| (js_sys::Date::now() * 1e6) as i64, |span| span.end);
        let read = match self.source().live(self.stream(), from) {
            None => {
                Err("This platform keeps recordings only: it sends no rows as they are recorded.".to_string())
            }
            Some(read) => read.map_err(|error| error.to_string()),
        };
        let read = match read {
            Ok(read) => read,
            Err(message) => return self.live().following.set(Following::Failed(message)),
        };
        let (handle, registration) = AbortHandle::new_pair();
        *self.live().task.borrow_mut() = Some(handle);
        self.live().following.set(Following::Yes);
        let recording = self.clone();
        spawn_local(async move {
            let taking = Abortable::new(recording.take_in(read, from), registration);
            let Ok(outcome) = taking.await else { return };
            recording.live().task.borrow_mut().take();
            recording.live().following.set(match outcome {
                Ok(()) => Following::No,
                Err(message) => Following::Failed(message),
            });
        });
    }

    /// Takes in no more. What has come is kept.
    pub fn unfollow(&self) {
        if let Some(task) = self.live().task.borrow_mut().take() {
            task.abort();
            self.changed();
        }
        self.live().following.set(Following::No);
    }

    async fn take_in(&self, mut read: Box<dyn Read>, from: i64) -> Result<(), String> {
        let mut begun = false;
        let mut drawn_at = now();
        while let Some(batch) = read.next_batch().await.map_err(|error| error.to_string())? {
            let Some(&last) = times(&batch.rows).and_then(<[i64]>::last) else { continue };
            self.change(|data| {
                if !std::mem::replace(&mut begun, true) {
                    data.begin(read.layout(), from, read.declares_gaps());
                }
                if batch.begins_interval {
                    data.declare_gap(from);
                }
                data.push(from, batch.rows).map_err(|error| error.to_string())?;
                data.complete(TimeRange { start: from, end: last.saturating_add(1) });
                Ok::<_, String>(())
            })?;
            self.live().end.set(Some(last.saturating_add(1)));
            if now() - drawn_at >= REDRAW {
                drawn_at = now();
                self.changed();
            }
        }
        Ok(())
    }
}
