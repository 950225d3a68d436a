//! Where a stream has data, and what is done with them on the node.

use serde::Deserialize;

use super::answer::bounds_pairs;
use crate::joule::{Address, Joule, time};
use crate::transport::{Method, Request};
use crate::{Error, Result, TimeRange};

#[derive(Deserialize)]
struct Consolidated {
    num_consolidated: u64,
}

impl Joule {
    /// The intervals in which a stream has data, within a half-open range; `None` leaves an end open
    /// (`GET /data/intervals.json`). Each runs from its first row to the microsecond after its last.
    pub async fn data_intervals(
        &self,
        stream: impl Into<Address>,
        start_ns: Option<i64>,
        end_ns: Option<i64>,
    ) -> Result<Vec<TimeRange>> {
        let stream = stream.into();
        let Some(bounds) = time::range(start_ns, end_ns)? else { return Ok(Vec::new()) };
        let request = self.request(Method::Get, "/data/intervals.json", &bounds_pairs(&stream, bounds)?);
        let found: Vec<(i64, i64)> = self.json(&request).await?;
        let range =
            |(start, end): (i64, i64)| Some(TimeRange { start: time::to_ns(start)?, end: time::to_ns(end)? });
        let ranges: Option<Vec<_>> = found.into_iter().map(range).collect();
        ranges.ok_or_else(|| {
            self.http.about(Error::protocol("An interval lies beyond what nanoseconds can tell."), &request)
        })
    }

    /// Deletes a stream's data in a half-open range; `None` leaves an end open, and both delete everything
    /// (`DELETE /data`). What remains on both sides are two intervals.
    pub async fn data_delete(
        &self,
        stream: impl Into<Address>,
        start_ns: Option<i64>,
        end_ns: Option<i64>,
    ) -> Result<()> {
        let stream = stream.into();
        let Some(bounds) = time::range(start_ns, end_ns)? else { return Ok(()) };
        let request = self.request(Method::Delete, "/data", &bounds_pairs(&stream, bounds)?);
        self.http.fetch(&request).await.map(drop)
    }

    /// Joins intervals that lie at most `max_gap_ns` apart, and returns how many gaps there were
    /// (`POST /data/consolidate.json`). Decimated data stay as they are. It is not repeated, for a second answer would count
    /// none.
    pub async fn data_consolidate(
        &self,
        stream: impl Into<Address>,
        start_ns: Option<i64>,
        end_ns: Option<i64>,
        max_gap_ns: i64,
    ) -> Result<u64> {
        let stream = stream.into();
        let max_gap = time::to_us("max_gap_ns", max_gap_ns)?;
        if max_gap <= 0 {
            return Err(Error::invalid(format!(
                "max_gap_ns is {max_gap_ns}: give at least 1000, a microsecond."
            )));
        }
        let Some(bounds) = time::range(start_ns, end_ns)? else { return Ok(0) };
        let mut pairs = bounds_pairs(&stream, bounds)?;
        pairs.push(("max_gap", max_gap.to_string()));
        let request = self.request(Method::Post, "/data/consolidate.json", &pairs);
        Ok(self.json::<Consolidated>(&request).await?.num_consolidated)
    }

    /// Makes a stream's decimated data anew from the raw ones (`POST /data/decimate.json`).
    pub async fn data_decimate(&self, stream: impl Into<Address>) -> Result<()> {
        let pairs = vec![stream.into().pair()?];
        // Made anew twice, they are the same.
        let request =
            Request { repeatable: true, ..self.request(Method::Post, "/data/decimate.json", &pairs) };
        self.http.fetch(&request).await.map(drop)
    }

    /// Deletes a stream's decimated data; raw ones stay (`DELETE /data/decimate.json`).
    pub async fn data_drop_decimations(&self, stream: impl Into<Address>) -> Result<()> {
        let pairs = vec![stream.into().pair()?];
        let request = self.request(Method::Delete, "/data/decimate.json", &pairs);
        self.http.fetch(&request).await.map(drop)
    }
}
