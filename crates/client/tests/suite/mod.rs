mod braincube;
mod cancel;
mod cognito;
mod config;
mod events;
mod files;
mod files_arrow;
mod filter;
mod gate;
mod graph;
mod hexoskin;
mod hidden;
mod joule_data;
mod joule_metadata;
mod joule_source;
mod paging;
mod parameters;
mod plans;
mod projects;
mod resume;
mod retry;
mod secrets;
mod server;
mod sets;
mod shards;
mod source;
mod stacked;
mod v1;
mod yaml;

use std::rc::Rc;

use streamscope_client::rune::{Config, Rune};
use streamscope_client::{Canned, Error, MemoryTransport, Read, Request};
use streamscope_frame::{RecordBatch, times};

pub(crate) const SECRET: &str = "s3cr3t-of-the-token";

pub(crate) fn config() -> Config {
    Config {
        graph_url: "https://graph.example".into(),
        stream_url: "https://stream.example".into(),
        access_token_id: Some("token-id".into()),
        access_token_secret: Some(SECRET.into()),
        ..Config::default()
    }
}

pub(crate) fn rune(transport: &MemoryTransport) -> Rune {
    Rune::new(&config(), Rc::new(transport.clone())).unwrap()
}

/// Numbers that look random, the same on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number from 0, below this one.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// The query parameters of a request.
pub(crate) fn query(request: &Request) -> Vec<(String, String)> {
    let (_, query) = request.url.split_once('?').unwrap_or_default();
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_string(), decode(value)));
    query.split('&').filter_map(pair).collect()
}

pub(crate) fn parameter(request: &Request, name: &str) -> Option<String> {
    query(request).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

pub(crate) fn csv(text: &str) -> Canned {
    Canned::new(200, text).header("Content-Type", "text/csv")
}

/// Everything a read gives: its frames, and the error it ended with, if it did.
pub(crate) fn drain(transport: &MemoryTransport, read: &mut dyn Read) -> (Vec<RecordBatch>, Option<Error>) {
    let all = async {
        let mut frames = Vec::new();
        loop {
            match read.next_batch().await {
                Ok(Some(batch)) => {
                    assert!(batch.rows.num_rows() > 0, "a batch without rows was handed out");
                    frames.push(batch.rows);
                }
                Ok(None) => return (frames, None),
                Err(error) => return (frames, Some(error)),
            }
        }
    };
    transport.run(all).expect("the read waits for nothing")
}

/// Time, value and duration of every row.
pub(crate) fn rows(frames: &[RecordBatch]) -> Vec<(i64, Option<i64>)> {
    let mut rows = Vec::new();
    for frame in frames {
        let values = frame.column(1).as_any().downcast_ref::<arrow_array::Int64Array>().unwrap();
        rows.extend(times(frame).unwrap().iter().copied().zip(values));
    }
    rows
}
