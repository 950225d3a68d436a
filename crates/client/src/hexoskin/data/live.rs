//! Samples while they are recorded.
//!
//! The server has no stream of them: it is asked again and again for a window that begins with the last sample that came
//! and moves only when another has, so that servers in between can answer from memory. What came before is left out.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout};

use super::{Channel, SampleQuery, SampleRead, Span};
use crate::hexoskin::Hexoskin;
use crate::hexoskin::object::Object;
use crate::{Progress, Read, Result};

/// How often the server is asked: phones send every five seconds.
const POLL: Duration = Duration::from_secs(5);
/// The window's length, ns: ten minutes.
const WINDOW: i64 = 600_000_000_000;

/// Samples of a channel that is being recorded; it does not end by itself.
pub struct LiveRead {
    api: Hexoskin,
    record: String,
    datatype: i64,
    layout: Layout,
    /// First instant not handed out yet, ns.
    from: i64,
    window: Option<SampleRead>,
    progress: Progress,
}

impl Hexoskin {
    /// Samples of a record while it is recorded: from an instant (ns) on, or only new ones. The read does not end by
    /// itself.
    pub async fn samples_live(&self, of: &Object, datatype: i64, from_ns: Option<i64>) -> Result<LiveRead> {
        of.get("start").await?;
        let channel = Channel { datatype: self.datatype(datatype).await?, span: Span::of(of)? };
        let from = from_ns.unwrap_or((self.http.transport.unix_ms() * 1e6) as i64);
        Ok(LiveRead::new(self, of.resource_uri(), datatype, channel.layout(false), from))
    }
}

impl LiveRead {
    /// Of a record, named by its URI.
    pub(in crate::hexoskin) fn new(
        api: &Hexoskin,
        record: String,
        datatype: i64,
        layout: Layout,
        from: i64,
    ) -> Self {
        let progress = Progress::default();
        Self { api: api.clone(), record, datatype, layout, from, window: None, progress }
    }

    /// The end of the window: as many lengths after its start as reach beyond now.
    fn end(&self) -> i64 {
        let now = (self.api.http.transport.unix_ms() * 1e6) as i64;
        let lengths = (now - self.from).div_euclid(WINDOW).max(0) + 1;
        self.from.saturating_add(lengths.saturating_mul(WINDOW))
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(window) = &mut self.window {
                let rows = window.next().await?;
                if let Some(last) = window.progress().covered_to.filter(|_| rows.is_some()) {
                    self.from = last + 1;
                    self.progress.covered_to = Some(last);
                }
                if let Some(rows) = rows {
                    self.progress.rows += rows.num_rows() as u64;
                    return Ok(Some(Batch { rows, begins_interval: false }));
                }
                let done = window.progress();
                self.progress.bytes += done.bytes;
                self.progress.pages += done.pages;
                self.window = None;
                self.api.http.transport.sleep(POLL).await;
            }
            self.open().await?;
        }
    }

    async fn open(&mut self) -> Result<()> {
        let record = self.api.resource_from_uri(&self.record)?;
        let (start_ns, end_ns) = (Some(self.from), Some(self.end()));
        let query = SampleQuery { datatype: self.datatype, start_ns, end_ns, ..SampleQuery::default() };
        self.window = Some(self.api.samples_still_recorded(&record, &query).await?);
        Ok(())
    }
}

impl Read for LiveRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        async {
            let next = self.next().await;
            // A window counts its own rows only.
            next.map_err(|error| error.after_rows(self.progress.rows, self.progress.covered_to))
        }
        .boxed_local()
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}
