//! The README's example, run as it stands there.

use streamscope_sandbox::testing::{TestOptions, TestServer};

// The example begins here.
use std::error::Error;
use std::rc::Rc;

use futures_util::TryStreamExt;
use streamscope_client::rune::{Config, Rune};
use streamscope_client::{Ask, NativeTransport, Source, TimeRange};

/// Reads all rows of a patient's tremor stream, batch by batch, and counts them.
async fn count_rows(config: &Config) -> Result<u64, Box<dyn Error>> {
    let rune = Rune::new(config, Rc::new(NativeTransport::new()?))?;
    let patients = rune.subjects(None).try_concat().await?;
    let streams = rune.streams(&patients.first().ok_or("no patient")?.id).try_concat().await?;
    let tremor =
        streams.iter().find(|stream| stream.labels.get("measurement").is_some_and(|label| label == "tremor"));
    let tremor = tremor.ok_or("no tremor stream")?;
    let mut read = rune.read(&Ask::of(tremor, TimeRange { start: 0, end: i64::MAX }))?;
    while let Some(batch) = read.next_batch().await? {
        assert!(batch.rows.num_rows() > 0, "an Arrow record batch: time, probability, duration");
    }
    Ok(read.progress().rows)
}
// The example ends here.

#[tokio::test]
async fn the_example_runs_and_stands_in_the_readme() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let url = server.url().to_string();
    let config = Config {
        graph_url: url.clone(),
        stream_url: url,
        access_token_id: Some("demo".into()),
        access_token_secret: Some("demo-secret".into()),
        ..Config::default()
    };
    assert!(count_rows(&config).await.unwrap() > 1000);

    let (_, example) = include_str!("readme.rs").split_once("// The example begins here.\n").unwrap();
    let (example, _) = example.split_once("// The example ends here.").unwrap();
    assert!(
        include_str!("../../README.md").contains(example),
        "the README shows another example than this one"
    );
}
