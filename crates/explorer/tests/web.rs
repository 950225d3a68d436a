//! The three views over a platform without a network: mounted, clicked, ticked and read.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "web/app.rs"]
mod app;
#[path = "web/filtered.rs"]
mod filtered;
#[path = "web/keeping.rs"]
mod keeping;
#[path = "web/synthetic.rs"]
mod synthetic;

use std::rc::Rc;

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use streamscope_client::{Source, TimeRange};
use streamscope_explorer::recording::Status;
use streamscope_explorer::recording::breath::rest;
use streamscope_explorer::state::{Selection, View, Workspace};
use streamscope_explorer::views::availability::AvailabilityView;
use streamscope_explorer::views::day_profile::DayProfileView;
use streamscope_explorer::views::timeline::TimelineView;
use streamscope_signal::{DAY, SECOND};
use synthetic::{SPIKE, START, Synthetic};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, KeyboardEvent, KeyboardEventInit,
};

wasm_bindgen_test_configure!(run_in_browser);

const HOUR: i64 = 3600 * SECOND;

/// A mounted view; it leaves the page when dropped.
struct Mounted {
    root: HtmlElement,
    workspace: Workspace,
    source: Synthetic,
    _handle: Box<dyn std::any::Any>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Mounts a view on streams of the synthetic platform, in UTC.
fn mount(view: View, streams: &[&str], range: Option<(i64, i64)>, source: Synthetic) -> Mounted {
    let document = leptos::prelude::document();
    let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    root.set_attribute("style", "width: 1000px; height: 700px").unwrap();
    let style = document.create_element("style").unwrap();
    style.set_text_content(Some(concat!(
        include_str!("../src/views/timeline/timeline.css"),
        include_str!("../src/views/timeline/panels.css"),
        include_str!("../src/views/availability/availability.css"),
        include_str!("../src/views/day_profile/day_profile.css"),
    )));
    root.append_child(&style).unwrap();
    document.body().unwrap().append_child(&root).unwrap();
    let selection = Selection {
        view,
        subject: Some("subject".into()),
        streams: streams.iter().map(|id| id.to_string()).collect(),
        range: range.map(|(start, end)| TimeRange { start, end }),
        zone: "UTC".into(),
        ..Selection::default()
    };
    let held: Rc<std::cell::RefCell<Option<Workspace>>> = Rc::default();
    let (inside, shared) = (held.clone(), source.clone());
    let handle: UnmountHandle<_> = mount_to(root.clone(), move || {
        let workspace = Workspace::provide();
        workspace.streams.set(shared.infos());
        workspace.selection.set(selection);
        workspace.source.set(Some(Rc::new(shared) as Rc<dyn Source>));
        *inside.borrow_mut() = Some(workspace);
        match view {
            View::Availability => view! { <AvailabilityView /> }.into_any(),
            View::DayProfile => view! { <DayProfileView /> }.into_any(),
            View::Timeline => view! { <TimelineView /> }.into_any(),
        }
    });
    let workspace = held.borrow().expect("the view was mounted");
    Mounted { root, workspace, source, _handle: Box::new(handle) }
}

impl Mounted {
    fn text(&self) -> String {
        self.root.inner_text()
    }

    fn find(&self, selector: &str) -> Element {
        self.root
            .query_selector(selector)
            .unwrap()
            .unwrap_or_else(|| panic!("no {selector} in: {}", self.text()))
    }

    fn button(&self, name: &str) -> HtmlElement {
        let buttons = self.root.query_selector_all("button").unwrap();
        let named = (0..buttons.length())
            .filter_map(|index| buttons.item(index)?.dyn_into::<HtmlElement>().ok())
            .find(|button| button.inner_text().trim() == name);
        named.unwrap_or_else(|| panic!("no button {name} in: {}", self.text()))
    }

    /// Waits until something is so; fails with the page's text after five seconds.
    async fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        for _ in 0..250 {
            if so(self) {
                return;
            }
            rest(20).await;
        }
        panic!("waited in vain for: {what}\n{}", self.text());
    }

    async fn until_text(&self, text: &str) {
        self.until(text, |mounted| mounted.text().contains(text)).await;
    }

    /// Waits until a stream has all that is in view.
    async fn until_loaded(&self, stream: &str) {
        self.until("rows", |mounted| {
            let recording = untrack(|| mounted.workspace.recordings.known(stream));
            recording.is_some_and(|recording| {
                recording.status_untracked() == Status::Idle && recording.with(|data| data.rows() > 0)
            })
        })
        .await;
    }

    fn key(&self, selector: &str, key: &str) {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
        self.find(selector).dispatch_event(&event).unwrap();
    }

    /// How many pixels of a canvas between two shares of its width are painted in the colour of a series.
    fn inked(&self, selector: &str, from: f64, to: f64) -> usize {
        let canvas: HtmlCanvasElement = self.find(selector).unchecked_into();
        let context: CanvasRenderingContext2d = canvas.get_context("2d").unwrap().unwrap().unchecked_into();
        let width = f64::from(canvas.width());
        let (left, right) = (width * from, width * to);
        let image =
            context.get_image_data(left, 0.0, (right - left).max(1.0), f64::from(canvas.height())).unwrap();
        // Grid and frame are grey; the series' colours are not.
        let coloured = |pixel: &[u8]| pixel[3] > 40 && pixel[0].abs_diff(pixel[2]) > 60;
        image.data().0.chunks(4).filter(|pixel| coloured(pixel)).count()
    }
}

#[wasm_bindgen_test]
async fn zoomed_out_a_track_names_its_envelope_and_keeps_the_spike() {
    let mounted = mount(View::Timeline, &["motion"], None, Synthetic::new(1));
    mounted.until_loaded("motion").await;
    mounted.until_text("samples per pixel").await;
    assert!(mounted.text().contains("min–max of "), "{}", mounted.text());
    let recording = untrack(|| mounted.workspace.recordings.known("motion")).unwrap();
    let (rows, figures) = recording
        .with(|data| (data.rows(), data.figures(1, TimeRange { start: START, end: START + DAY }).unwrap()));
    assert_eq!(rows, 23 * 3600 * 50);
    assert_eq!(figures.max, 25.0);
    // The spike stands alone above everything else: its pixel column reaches the upper half.
    let share = (56.0 + (SPIKE - START) as f64 / DAY as f64 * (1000.0 - 68.0)) / 1000.0;
    let beside = mounted.inked(".track-data", share + 0.02, share + 0.03);
    let spike = mounted.inked(".track-data", share - 0.002, share + 0.002);
    assert!(spike > 80, "{spike} pixels at the spike, {beside} beside it");
}

#[wasm_bindgen_test]
async fn gaps_stay_blank() {
    let mounted = mount(View::Timeline, &["heart"], None, Synthetic::new(1));
    mounted.until_loaded("heart").await;
    mounted.until_text("null or NaN").await;
    rest(100).await;
    let share = |hour: f64| (56.0 + hour / 24.0 * (1000.0 - 68.0)) / 1000.0;
    assert_eq!(mounted.inked(".track-data", share(2.1), share(4.9)), 0);
    assert!(mounted.inked(".track-data", share(6.0), share(8.0)) > 100);
}

#[wasm_bindgen_test]
async fn zooming_in_shows_every_sample_and_fetches_nothing_again() {
    let mounted = mount(View::Timeline, &["heart"], None, Synthetic::new(1));
    mounted.until_loaded("heart").await;
    mounted.key(".stage", "Home");
    (0..12).for_each(|_| mounted.key(".stage", "+"));
    mounted.until_text("every sample").await;
    rest(400).await;
    assert_eq!(mounted.source.reads.borrow().len(), 1);
    let range = mounted.workspace.selection.with_untracked(|selection| selection.range).unwrap();
    assert!(range.end - range.start < DAY / 1000, "the selection follows the window");
    // The cursor reads the first sample, which is null, and steps to the next.
    mounted.key(".stage", "]");
    mounted.until_text("00:00:05 UTC").await;
    mounted.until_text("68.").await;
}

#[wasm_bindgen_test]
async fn only_what_is_missing_is_fetched() {
    let (two, three) = (START + 8 * HOUR, START + 9 * HOUR);
    let mounted = mount(View::Timeline, &["heart"], Some((two, three)), Synthetic::new(1));
    mounted.until_loaded("heart").await;
    let wider = TimeRange { start: two, end: three + HOUR };
    mounted.workspace.selection.update(|selection| selection.range = Some(wider));
    let read_to = |mounted: &Mounted| mounted.source.reads.borrow().iter().map(|read| read.1.end).max();
    mounted.until("a read of the rest", |mounted| read_to(mounted) >= Some(wider.end)).await;
    mounted.until_loaded("heart").await;
    let recording = untrack(|| mounted.workspace.recordings.known("heart")).unwrap();
    assert_eq!(recording.with(|data| data.rows_in(wider)), 2 * 720);
    let mut reads: Vec<_> = mounted.source.reads.borrow().iter().map(|read| read.1).collect();
    reads.sort_by_key(|read| read.start);
    assert!(reads.windows(2).all(|pair| pair[0].end <= pair[1].start), "nothing twice: {reads:?}");
    let beside: i64 = reads.iter().map(|read| read.end - read.start).sum::<i64>() - 2 * HOUR;
    assert!(
        (0..300 * SECOND).contains(&beside),
        "beside the window only its neighbours are read: {beside} ns"
    );
}

#[wasm_bindgen_test]
async fn events_are_stepped_to_read_out_and_listed() {
    let mounted = mount(View::Timeline, &["activity"], None, Synthetic::new(1));
    mounted.until_loaded("activity").await;
    mounted.until("the lane of events", |mounted| mounted.text().contains("medication")).await;
    mounted.key(".stage", "Home");
    mounted.key(".stage", "n");
    mounted.until_text("Dose (medication)").await;
    mounted.key(".stage", "n");
    mounted.until_text("Walk (activity), 40 min").await;
    assert!(mounted.inked(".event-canvas", 0.0, 1.0) > 10);
    mounted.button("Table").click();
    mounted.until_text("Events in this range").await;
}

#[wasm_bindgen_test]
async fn the_table_shows_the_recorded_numbers_a_page_at_a_time() {
    let mounted = mount(View::Timeline, &["activity"], None, Synthetic::new(1));
    mounted.until_loaded("activity").await;
    mounted.button("Table").click();
    mounted.until_text("Rows 1 to 50 of 1,380").await;
    let first = mounted.find(".sample-table tbody tr").dyn_into::<HtmlElement>().unwrap().inner_text();
    assert!(first.starts_with("Fri 27 Mar 2026, 00:00:00 UTC"), "{first}");
    assert!(first.contains("60000000000"), "{first}");
    mounted.button("Last").click();
    mounted.until_text("Rows 1,351 to 1,380 of 1,380").await;
    assert_eq!(mounted.root.query_selector_all(".sample-table tbody tr").unwrap().length(), 30);
}

#[wasm_bindgen_test]
async fn a_read_is_cancelled_and_resumed_where_it_stopped() {
    let source = Synthetic::new(1);
    source.stalls.set(true);
    let mounted = mount(View::Timeline, &["motion"], None, source);
    mounted
        .until("a frame", |mounted| {
            let recording = untrack(|| mounted.workspace.recordings.known("motion"));
            recording.is_some_and(|recording| recording.with(|data| data.rows() > 0))
        })
        .await;
    mounted.button("Cancel").click();
    mounted.until_text("Stopped.").await;
    mounted.source.stalls.set(false);
    mounted.button("Resume").click();
    mounted.until_loaded("motion").await;
    let recording = untrack(|| mounted.workspace.recordings.known("motion")).unwrap();
    assert_eq!(recording.with(|data| data.rows()), 23 * 3600 * 50, "nothing lost, nothing twice");
}

#[wasm_bindgen_test]
async fn a_failure_says_why_and_can_be_retried() {
    let mounted = mount(View::Timeline, &["broken"], None, Synthetic::new(1));
    mounted.until_text("The server failed with status 500.").await;
    mounted.source.mended.set(true);
    mounted.button("Retry").click();
    mounted.until_loaded("broken").await;
}

#[wasm_bindgen_test]
async fn a_stream_without_rows_says_so() {
    let mounted = mount(View::Timeline, &["nothing"], None, Synthetic::new(1));
    mounted.until_text("No data in this range.").await;
}

#[wasm_bindgen_test]
async fn availability_is_read_by_key_and_opens_a_day_in_the_timeline() {
    let mounted = mount(View::Availability, &["heart", "nothing", "broken"], None, Synthetic::new(3));
    mounted.until_text("The server failed with status 500.").await;
    let grid = ".availability-grid";
    ["ArrowDown", "ArrowRight"].iter().for_each(|key| mounted.key(grid, key));
    mounted
        .until_text(
            "Heart Rate: Sat 28 Mar 2026, 00:00:00 UTC to Sun 29 Mar 2026, 00:00:00 UTC: data in 88 %",
        )
        .await;
    mounted.key(grid, "ArrowDown");
    mounted
        .until_text("Step Count: Sat 28 Mar 2026, 00:00:00 UTC to Sun 29 Mar 2026, 00:00:00 UTC: no data")
        .await;
    mounted.key(grid, "ArrowDown");
    mounted.until_text("the server gave no answer").await;
    mounted.key(grid, "ArrowUp");
    mounted.key(grid, "ArrowUp");
    mounted.key(grid, "Enter");
    let selection = mounted.workspace.selection.get_untracked();
    assert_eq!(selection.view, View::Timeline);
    assert_eq!(selection.range, Some(TimeRange { start: START + DAY, end: START + 2 * DAY }));
}

#[wasm_bindgen_test]
async fn availability_has_a_table_of_the_same_numbers() {
    let mounted = mount(View::Availability, &["heart", "nothing"], None, Synthetic::new(2));
    mounted.button("Table").click();
    mounted.until_text("88 %").await;
    let rows = mounted.root.query_selector_all("tbody tr").unwrap();
    assert_eq!(rows.length(), 2);
    let first = rows.item(0).unwrap().dyn_into::<HtmlElement>().unwrap().inner_text();
    assert_eq!(first.split_whitespace().collect::<Vec<_>>(), ["2026-03-27", "88", "%", "88", "%", "0", "%"]);
}

#[wasm_bindgen_test]
async fn the_day_profile_comes_from_the_server_and_has_a_table() {
    let mounted = mount(View::DayProfile, &["heart"], None, Synthetic::new(3));
    mounted.until_text("mean per slot, by the server").await;
    assert!(mounted.text().contains("Average of 3 days"), "{}", mounted.text());
    rest(100).await;
    assert!(mounted.inked(".profile-canvas", 0.3, 0.9) > 300);
    mounted.button("Table").click();
    mounted.until_text("Time of day").await;
    let rows = mounted.root.query_selector_all("tbody tr").unwrap();
    let row = |index: u32| rows.item(index).unwrap().dyn_into::<HtmlElement>().unwrap().inner_text();
    let cells = |text: String| text.split_whitespace().map(String::from).collect::<Vec<_>>();
    assert_eq!(cells(row(0)), ["00:00", "60", "3"]);
    assert_eq!(cells(row(4)), ["02:00", "–", "0"]);
}

#[wasm_bindgen_test]
async fn a_stream_of_several_dimensions_is_averaged_here_when_asked() {
    let mounted = mount(View::DayProfile, &["activity", "motion"], None, Synthetic::new(1));
    mounted.until_text("The server averages streams of one value only.").await;
    let buttons = mounted.root.query_selector_all("[role=status] button").unwrap();
    buttons.item(buttons.length() - 1).unwrap().dyn_into::<HtmlElement>().unwrap().click();
    mounted.until_text("computed here from raw rows").await;
    assert!(mounted.text().contains("Acceleration z"), "{}", mounted.text());
}
