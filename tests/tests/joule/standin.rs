//! The sandbox's Joule node under the suites that a real node passes.

use std::path::Path;
use std::process::Command;

use streamscope_sandbox::server::AllowedHost;
use streamscope_sandbox::testing::{TestOptions, TestServer};

use super::{data, metadata, variable};

/// The key of the sandbox's own user.
const KEY: &str = "demo-joule-key";

/// The node, which also answers through the proxies that some suites put before it, at ports of theirs.
async fn start() -> (TestServer, String) {
    let here = AllowedHost::parse("127.0.0.1").unwrap();
    let server = TestServer::start(TestOptions::default().hosts(vec![here])).await.unwrap();
    let url = format!("{}/joule", server.url());
    (server, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_on_the_stand_in_is_what_the_official_api_sees() {
    let (_server, url) = start().await;
    let mut compared = metadata::suite(&url, KEY).await;
    metadata::modules(&url, KEY, &mut compared).await;
    assert!(compared.len() > 20, "{compared:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_on_the_stand_in_are_what_the_official_api_reads_and_writes() {
    let (_server, url) = start().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("joule/fill.py");
    let mut fill = Command::new(variable("STREAMSCOPE_PYTHON_JOULE"));
    let filled = fill.arg(script).args([&url, KEY]).output().expect("Python cannot be started");
    assert!(filled.status.success(), "filling failed:\n{}", String::from_utf8_lossy(&filled.stderr));
    data::suite(&url, KEY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_data_of_the_stand_in_come_once_and_in_order() {
    let (_server, url) = start().await;
    data::subscription(&url, KEY, "/live/house").await;
}
