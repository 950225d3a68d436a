//! Intervals, deletion and decimation on the node: what is sent, and what is made of the answers.

use streamscope_client::{Canned, MemoryTransport, Method, TimeRange};

use super::joule;

fn sent(transport: &MemoryTransport) -> Vec<(Method, String)> {
    let short = |url: &str| url.strip_prefix("https://node.example/joule").unwrap().replace("%2F", "/");
    transport.requests().iter().map(|request| (request.method, short(&request.url))).collect()
}

#[test]
fn intervals_are_ranges_in_nanoseconds() {
    let body = include_str!("../../fixtures/joule/intervals_power.json");
    let transport = MemoryTransport::queue([Canned::new(200, body)]);
    let found = transport.run(joule(&transport).data_intervals("/s", Some(1_500), None)).unwrap().unwrap();
    assert_eq!(
        found,
        [
            TimeRange { start: 1_700_000_000_000_000_000, end: 1_700_001_199_999_001_000 },
            TimeRange { start: 1_700_001_800_000_000_000, end: 1_700_002_599_999_001_000 },
        ]
    );
    assert_eq!(sent(&transport), [(Method::Get, "/data/intervals.json?path=/s&start=2".into())]);
}

#[test]
fn management_speaks_the_nodes_words() {
    let answers = [r#"{"num_consolidated": 2}"#, "ok", "ok", "ok", "ok"];
    let transport = MemoryTransport::queue(answers.map(|body| Canned::new(200, body)));
    let joule = joule(&transport);
    let run = transport.run(async {
        assert_eq!(joule.data_consolidate("/s", None, Some(9_000), 2_000_000_000).await, Ok(2));
        joule.data_decimate(7).await?;
        joule.data_drop_decimations(7).await?;
        joule.data_delete("/s", Some(1_000), Some(2_000)).await?;
        joule.data_delete("/s", None, None).await
    });
    assert_eq!(run, Some(Ok(())));
    let expected = [
        (Method::Post, "/data/consolidate.json?path=/s&end=9&max_gap=2000000"),
        (Method::Post, "/data/decimate.json?id=7"),
        (Method::Delete, "/data/decimate.json?id=7"),
        (Method::Delete, "/data?path=/s&start=1&end=2"),
        (Method::Delete, "/data?path=/s"),
    ];
    assert_eq!(sent(&transport), expected.map(|(method, path)| (method, path.to_string())));
    let refused = transport.run(joule.data_consolidate("/s", None, None, 0)).unwrap().unwrap_err();
    assert!(refused.message.contains("max_gap_ns is 0"));
}
