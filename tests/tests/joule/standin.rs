//! The sandbox's Joule node under the suites that a real node passes.

use streamscope_sandbox::testing::{TestOptions, TestServer};

use super::metadata;

/// The key of the sandbox's own user.
const KEY: &str = "demo-joule-key";

async fn start() -> (TestServer, String) {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
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
