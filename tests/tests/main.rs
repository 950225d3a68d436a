//! The crates together, over real sockets: the client against the sandbox, with faults and beside the official client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod contract;
mod faults;
mod hexoskin;
mod joule;
mod methods;
mod names;
mod readme;

use std::rc::Rc;

use streamscope_client::rune::{Config, Rune};
use streamscope_client::{Error, NativeTransport, Read};
use streamscope_frame::RecordBatch;

/// A connection to a sandbox with its demo credentials.
fn connect(url: &str) -> Rune {
    let config = Config {
        graph_url: url.into(),
        stream_url: url.into(),
        strive_url: url.into(),
        access_token_id: Some("demo".into()),
        access_token_secret: Some("demo-secret".into()),
        ..Config::default()
    };
    Rune::new(&config, Rc::new(NativeTransport::new().unwrap())).unwrap()
}

/// Everything a read gives: its frames, and the error it ended with, if it did.
async fn drain(mut read: Box<dyn Read>) -> (Vec<RecordBatch>, Option<Error>) {
    let mut frames = Vec::new();
    loop {
        match read.next_batch().await {
            Ok(Some(batch)) => frames.push(batch.rows),
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error)),
        }
    }
}
