//! Connections side by side keep the contract too, each with its own clock, and give the same rows as each alone.

use std::rc::Rc;

use streamscope_client::{Ask, Clock, Source, StreamInfo, TimeRange, Together, aggregates, together::names};
use streamscope_frame::times;
use streamscope_sandbox::testing::{TestOptions, TestServer};
use streamscope_signal::{BatchOperation, SECOND};

use super::{Party, aggregates as computed, catalogue, parties, rows, streams};

const HOME: &str = "home";

/// A device that began 7.3 s late and runs 40 ppm slow.
fn clock() -> Clock {
    Clock::new(1_709_251_200 * SECOND, 7_300_000_000, 40.0).unwrap()
}

/// The same platform beside others, under another clock.
fn beside(party: &Party) -> (Party, Rc<Together>) {
    let together = Rc::new(Together::new(HOME));
    together.put("lab-2", party.connect());
    together.turn_to("lab-2");
    together.set_clocks([("lab-2~".to_string(), clock())].into());
    let source = together.clone();
    let connect = move || source.clone() as Rc<dyn Source>;
    (Party { about: party.about, connect: Box::new(connect), access: None, skip: party.skip }, together)
}

async fn all_times(source: &dyn Source, stream: &StreamInfo, range: TimeRange) -> Vec<i64> {
    let mut read = source.read(&Ask::of(stream, range)).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = read.next_batch().await.unwrap() {
        all.extend(times(&batch.rows).unwrap_or_default());
    }
    all
}

#[tokio::test]
async fn connections_side_by_side_keep_the_contract() {
    let server = TestServer::start(TestOptions::default().page_rows(700)).await.unwrap();
    for party in parties(&server).await {
        let (beside, together) = beside(&party);
        let source = together.as_ref();
        catalogue::lists_everything_once(&beside, source).await;
        let streams = streams(&Party { skip: |id| id.contains("/live"), ..beside }, source).await;
        assert!(streams.iter().all(|stream| stream.id.starts_with("lab-2~")));
        let samples = rows::samples(&party, source, &streams).await;
        rows::each_once_and_in_order_over_any_split(&party, source, &samples).await;
        rows::a_read_can_be_left(&party, source, &samples).await;
        rows::nothing_comes_from_where_nothing_is(&party, source, &streams, &samples).await;
        computed::agree_with_the_rows(&party, source, &samples).await;
        same_rows_later(&party, source, &samples).await;
    }
}

/// What is read side by side is what is read alone, by the clock.
async fn same_rows_later(party: &Party, source: &dyn Source, samples: &[rows::Sample]) {
    let alone = party.connect();
    for sample in samples.iter().take(3) {
        let stream = &sample.stream;
        let own = |id: &str| names::inner(HOME, id).1.to_string();
        catalogue::streams(alone.as_ref(), &own(&stream.subject_id)).await;
        let inner = StreamInfo { id: own(&stream.id), subject_id: own(&stream.subject_id), ..stream.clone() };
        let recorded = all_times(alone.as_ref(), &inner, clock().recorded_range(sample.range)).await;
        let shown: Vec<_> = recorded.iter().map(|time| clock().shown(*time)).collect();
        assert_eq!(all_times(source, stream, sample.range).await, shown, "{}: {}", party.name(), stream.id);
        assert!(!shown.is_empty());
    }
}

/// Keys of the connections before this one.
fn chosen_keys(place: usize) -> impl Iterator<Item = String> {
    (0..place).map(|before| if before == 0 { "lab".into() } else { format!("lab-{}", before + 1) })
}

#[tokio::test]
async fn availability_is_joined_over_platforms() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let together = Together::new(HOME);
    let mut chosen = Vec::new();
    for (place, party) in parties(&server).await.iter().enumerate() {
        let key = names::next_key("lab", |key| chosen_keys(place).any(|taken| taken == key));
        together.put(key.clone(), party.connect());
        together.turn_to(&key);
        let all = streams(&Party { skip: |id| id.contains("/live"), ..beside(party).0 }, &together).await;
        let dense = all
            .into_iter()
            .filter(|stream| stream.span().is_some())
            .min_by_key(|stream| stream.span().map_or(i64::MAX, |span| span.end - span.start));
        chosen.extend(dense);
    }
    assert!(chosen.len() >= 3, "{} platforms tell spans", chosen.len());
    for pair in chosen.windows(2) {
        let [one, other] = pair else { continue };
        let around = |stream: &StreamInfo| {
            let span = stream.span().unwrap();
            let start = span.start.div_euclid(3600 * SECOND) * 3600 * SECOND;
            TimeRange { start, end: start + 24 * 3600 * SECOND }
        };
        for range in [around(one), around(other)] {
            let alone = |stream: StreamInfo| {
                let together = &together;
                async move {
                    let streams = [stream];
                    aggregates(together, &streams)
                        .availability(&streams, range, 3600, BatchOperation::Any)
                        .await
                        .unwrap()
                }
            };
            let (first, second) = (alone(one.clone()).await, alone(other.clone()).await);
            let both = [one.clone(), other.clone()];
            let joined = aggregates(&together, &both)
                .availability(&both, range, 3600, BatchOperation::Any)
                .await
                .unwrap();
            let at = |answer: &streamscope_signal::Availability, time: i64| {
                let index = (time - answer.start).div_euclid(3600 * SECOND);
                usize::try_from(index)
                    .ok()
                    .and_then(|index| answer.available.get(index).copied())
                    .unwrap_or(false)
            };
            let mut time = range.start;
            while time < range.end {
                assert_eq!(
                    at(&joined, time),
                    at(&first, time) || at(&second, time),
                    "{} {}",
                    one.id,
                    other.id
                );
                time += 3600 * SECOND;
            }
        }
    }
}
