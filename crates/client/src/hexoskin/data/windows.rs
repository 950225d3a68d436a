//! Every sample by JSON: in windows that the server does not thin.
//!
//! A window holds fewer values than the ceiling; where the answer looks thinned all the same, it is halved until it does
//! not. The end of a window is asked for and left out here, since the server's documents do not say whether it counts.

use streamscope_frame::HexoskinAnswer;

use super::samples::Channel;
use super::{Format, thinned};
use crate::hexoskin::Hexoskin;
use crate::hexoskin::filters::Filters;
use crate::{Error, Result};

/// Values of a window, where they are regular: below the ceiling, with the end.
const WINDOW: i64 = 65_000;
/// Ticks that one irregular value is taken to cover: four a second are more than hearts and lungs give.
const IRREGULAR_STEP: i64 = 64;

/// Values of the smallest window that is asked for: in smaller ones, what is left out would look like a gap.
const LEAST: i64 = 32;

/// Where reading by windows has come.
pub(super) struct Windows {
    /// Ticks of a window.
    length: i64,
    pub(super) requests: u64,
    pub(super) bytes: u64,
}

impl Windows {
    pub(super) fn new(channel: &Channel) -> Self {
        let step = channel.step().unwrap_or(IRREGULAR_STEP);
        Self { length: WINDOW * step, requests: 0, bytes: 0 }
    }

    /// The points of the next window from a tick on, and where it ends.
    pub(super) async fn next(
        &mut self,
        api: &Hexoskin,
        channel: &Channel,
        from: i64,
        to: i64,
    ) -> Result<(Vec<i64>, Vec<f64>, i64)> {
        loop {
            let end = from.saturating_add(self.length).min(to);
            let (ticks, values) = self.ask(api, channel, from, end).await?;
            if thinned::one_in(&ticks, channel.step(), thinned::CEILING) == 1 {
                return Ok((ticks, values, end));
            }
            if self.length <= LEAST * channel.step().unwrap_or(1) {
                return Err(Error::protocol("The server leaves out samples, however few are asked for."));
            }
            self.length /= 2;
        }
    }

    async fn ask(
        &mut self,
        api: &Hexoskin,
        channel: &Channel,
        from: i64,
        end: i64,
    ) -> Result<(Vec<i64>, Vec<f64>)> {
        let filters = channel.filters(from, end);
        let request = api.data_request(&filters, Format::Json).await?;
        let body = api.http.fetch_document(&request).await?;
        self.requests += 1;
        self.bytes += body.len() as u64;
        let mut answer = HexoskinAnswer::parse(&body).map_err(|parse| api.unread(&request, &body, parse))?;
        let refuse = |words: &str| api.http.about(Error::protocol(words), &request);
        if answer.users.len() > 1 {
            return Err(refuse("The data of one record came for several users."));
        }
        let id = channel.datatype.id.to_string();
        let points = answer.users.first_mut().and_then(|user| user.data.remove(&id)).unwrap_or_default();
        if points.ticks.windows(2).any(|pair| pair.first() > pair.last()) {
            return Err(refuse("The server's times go back."));
        }
        if points.ticks.len() != points.values.len() {
            return Err(refuse("Values came without times."));
        }
        // A step on either side may be rounded in or out; more is another window.
        let step = channel.step().unwrap_or(IRREGULAR_STEP);
        let near = from.saturating_sub(step)..=end.saturating_add(step);
        if points.ticks.iter().any(|tick| !near.contains(tick)) {
            return Err(refuse("The server sent samples outside the window that was asked for."));
        }
        let inside = |tick: &i64| (from..end).contains(tick);
        let kept = points.ticks.iter().zip(&points.values).filter(|(tick, _)| inside(tick));
        Ok(kept.map(|(tick, value)| (*tick, *value)).unzip())
    }
}

impl Channel {
    /// The parameters of a request for a stretch of ticks.
    pub(super) fn filters(&self, from: i64, end: i64) -> Filters {
        let Self { datatype, span, .. } = self;
        let whose = Filters::new().with("datatype", datatype.id).with(span.kind.as_str(), span.id.as_str());
        whose.with("start", from).with("end", end)
    }
}
