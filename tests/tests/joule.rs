//! A real Joule node, its official Python API and ours: each reads what the other wrote.
//!
//! The suites take an address and a key, so that the same functions run on a real node and on the sandbox's stand-in.
//! What they write lies in a folder of their own below `/scratch`, and is removed.

pub(crate) mod data;
pub(crate) mod metadata;
pub(crate) mod official;
mod standin;

use std::rc::Rc;

use streamscope_client::NativeTransport;
use streamscope_client::joule::{Config, Joule};

/// A variable that `cargo xtask test` sets where it runs the tests.
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, or start tests/joule/node.py and set it yourself")
    })
}

/// Address and key of the real node.
pub(crate) fn real_node() -> (String, String) {
    (variable("STREAMSCOPE_JOULE_URL"), variable("STREAMSCOPE_JOULE_KEY"))
}

/// Our client on a node.
pub(crate) fn connect(url: &str, key: &str) -> Joule {
    let config = Config { url: url.into(), api_key: key.into() };
    Joule::new(&config, Rc::new(NativeTransport::new().unwrap())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_on_a_real_node_is_what_the_official_api_sees() {
    let (url, key) = real_node();
    let mut compared = metadata::suite(&url, &key).await;
    metadata::modules(&url, &key, &mut compared).await;
    metadata::access(&url, &key, &mut compared).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_on_a_real_node_are_what_the_official_api_reads_and_writes() {
    let (url, key) = real_node();
    data::suite(&url, &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_data_of_a_real_node_come_once_and_in_order() {
    let (url, key) = real_node();
    data::subscription(&url, &key, "/live/random").await;
}
