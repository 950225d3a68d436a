//! A real Joule node, its official Python API and ours: each reads what the other wrote.
//!
//! The suites take an address and a key, so that the same functions run on a real node and on the sandbox's stand-in.
//! What they write lies in a folder of their own below `/scratch`, and is removed.

pub(crate) mod data;
pub(crate) mod metadata;
pub(crate) mod official;
mod standin;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::thread;

use streamscope_client::NativeTransport;
use streamscope_client::joule::{Config, Joule};

use crate::methods;
use official::Official;

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

/// How often each official call's answer was compared with ours.
pub(crate) type Compared = BTreeMap<String, usize>;

/// Adds comparisons to others.
pub(crate) fn merge(compared: &mut Compared, more: Compared) {
    more.into_iter().for_each(|(call, count)| *compared.entry(call).or_default() += count);
}

/// Runs a suite in a thread of its own.
fn run(suite: impl Future<Output = Compared>) -> Compared {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(suite)
}

async fn metadata(url: &str, key: &str) -> Compared {
    let mut compared = metadata::suite(url, key).await;
    metadata::modules(url, key, &mut compared).await;
    metadata::access(url, key, &mut compared).await;
    compared
}

/// One test, so that the table of methods knows what was compared.
#[test]
fn on_a_real_node_both_clients_see_what_the_other_does() {
    let (url, key) = &real_node();
    let suites = thread::scope(|scope| {
        let metadata = scope.spawn(|| run(metadata(url, key)));
        let data = scope.spawn(|| run(data::suite(url, key)));
        let live = scope.spawn(|| run(data::subscription(url, key, "/live/random")));
        [metadata, data, live].map(|suite| suite.join().expect("a suite failed"))
    });
    let mut compared = Compared::new();
    suites.into_iter().for_each(|suite| merge(&mut compared, suite));
    methods::check("joule/methods.md", &Official::start(url, key).names(), &compared);
}
