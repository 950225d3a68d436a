//! What the page keeps of what it read, what it reads beside a window, and what it lets go.

use std::rc::Rc;

use futures_util::FutureExt;
use leptos::prelude::*;
use streamscope_client::{Source, TimeRange};
use streamscope_explorer::recording::Recording;
use streamscope_explorer::recording::breath::rest;
use streamscope_explorer::state::View;
use streamscope_signal::{DAY, SECOND};
use wasm_bindgen_test::wasm_bindgen_test;

use super::synthetic::{START, Synthetic};
use super::{HOUR, mount};

fn recording(mounted: &super::Mounted, stream: &str) -> Recording {
    untrack(|| mounted.workspace.recordings.known(stream)).unwrap()
}

async fn a_frame(mounted: &super::Mounted, stream: &str) {
    mounted
        .until("a frame", |mounted| {
            let known = untrack(|| mounted.workspace.recordings.known(stream));
            known.is_some_and(|recording| recording.with(|data| data.rows() > 0))
        })
        .await;
}

#[wasm_bindgen_test]
async fn a_window_between_two_samples_is_opened_with_the_line_that_crosses_it() {
    // A sample every five seconds: none of them in this window, and those beside it have values.
    let start = START + 8 * HOUR + 6 * SECOND;
    let window = (start, start + 3 * SECOND);
    let mounted = mount(View::Timeline, &["heart"], Some(window), Synthetic::new(1));
    mounted.until_loaded("heart").await;
    rest(100).await;
    assert!(!mounted.text().contains("No data in this range."), "{}", mounted.text());
    assert!(mounted.inked(".track-data", 0.2, 0.9) > 100);
}

#[wasm_bindgen_test]
async fn an_export_has_all_its_rows_wherever_the_view_goes_meanwhile() {
    let source = Synthetic::new(2);
    source.stalls.set(true);
    let mounted = mount(View::Timeline, &["heart"], Some((START + DAY, START + DAY + HOUR)), source);
    a_frame(&mounted, "heart").await;
    let (recording, all) = (recording(&mounted, "heart"), TimeRange { start: START, end: START + 2 * DAY });
    let fetching = recording.fetch_whole(all, |_| ());
    futures_util::pin_mut!(fetching);
    assert!((&mut fetching).now_or_never().is_none(), "the rows are still on their way");
    // Home: the view wants another stretch, while the export waits.
    mounted.key(".stage", "Home");
    rest(300).await;
    mounted.source.stalls.set(false);
    recording.want(TimeRange { start: START + 20 * HOUR, end: START + 21 * HOUR });
    fetching.await.unwrap();
    let rows = recording.with(|data| data.slices(all).iter().map(|frame| frame.num_rows()).sum::<usize>());
    assert_eq!(rows, 2 * 21 * 720, "each row once");
}

#[wasm_bindgen_test]
async fn two_demands_of_one_stream_both_get_all_their_rows() {
    let mounted = mount(View::Timeline, &["heart"], Some((START, START + HOUR)), Synthetic::new(4));
    mounted.until_loaded("heart").await;
    let recording = recording(&mounted, "heart");
    // Two days and the two before them, in a zone of +5:30.
    let shift = 5 * HOUR + HOUR / 2;
    let days =
        |from: i64| TimeRange { start: START + from * DAY - shift, end: START + (from + 2) * DAY - shift };
    let outcomes =
        futures_util::join!(recording.fetch_whole(days(2), |_| ()), recording.fetch_whole(days(0), |_| ()));
    assert_eq!(outcomes, (Ok(()), Ok(())));
    let rows = |range| recording.with(|data| data.rows_in(range));
    assert_eq!(rows(days(2)), 2 * 21 * 720);
    assert_eq!(rows(days(0)), 2 * 21 * 720 - 720 * 11 / 2, "nothing was recorded before the start");
}

#[wasm_bindgen_test]
async fn rows_that_nobody_looks_at_go_when_others_need_the_room() {
    let mounted = mount(View::Timeline, &["activity"], None, Synthetic::new(1));
    mounted.workspace.recordings.keep_at_most(16_000);
    mounted.until_loaded("activity").await;
    let select = |stream: &str| {
        mounted.workspace.selection.update(|selection| selection.streams = vec![stream.into()]);
    };
    select("heart");
    mounted
        .until("the other stream", |mounted| {
            untrack(|| mounted.workspace.recordings.known("heart")).is_some()
        })
        .await;
    mounted.until_loaded("heart").await;
    assert_eq!(recording(&mounted, "heart").with(|data| data.rows()), 21 * 720);
    assert_eq!(recording(&mounted, "activity").with(|data| data.rows()), 0, "it was seen less recently");
    select("activity");
    mounted.until_loaded("activity").await;
    assert_eq!(recording(&mounted, "activity").with(|data| data.rows()), 1380, "fetched again");
}

#[wasm_bindgen_test]
async fn disconnecting_ends_reads_and_lets_the_source_go() {
    let source = Synthetic::new(1);
    source.stalls.set(true);
    let mounted = mount(View::Timeline, &["motion", "heart"], None, source);
    a_frame(&mounted, "motion").await;
    let source = mounted.workspace.source.get_untracked().unwrap();
    let weak = Rc::downgrade(&source);
    drop::<Rc<dyn Source>>(source);
    mounted.workspace.recordings.forget();
    mounted.workspace.source.set(None);
    mounted.workspace.streams.set(Vec::new());
    for _ in 0..100 {
        if weak.strong_count() == 0 {
            return;
        }
        rest(20).await;
    }
    panic!("{} still hold the source, and with it the credentials", weak.strong_count());
}
