//! Worked examples: answers as a real node gave them, and the odd ones it may give.

use streamscope_client::joule::{
    Address, DisplayType, EventAnswer, EventQuery, FieldKind, Follower, MasterKind, NewMaster,
};
use streamscope_client::{Canned, ErrorKind, MemoryTransport};

use super::{run, told};

const TREE: &str = include_str!("../../fixtures/joule/folders-data-info.json");
const ANNOTATIONS: &str = include_str!("../../fixtures/joule/annotations_power.json");
const EVENTS: &str = include_str!("../../fixtures/joule/events_alarms_first300.json");
const HISTOGRAM: &str = include_str!("../../fixtures/joule/events_alarms_histogram_sparse.json");

const STREAM: &str = r#"{"id": 1, "name": "random", "description": null, "datatype": "float32", "layout": "float32_2",
 "keep_us": -1, "is_configured": false, "is_source": false, "is_destination": true, "locked": true, "active": true,
 "decimate": true, "elements": [{"id": 1, "index": 0, "name": "x", "units": null, "plottable": null,
 "display_type": "discrete", "offset": 0.0, "scale_factor": 1.0, "default_max": null, "default_min": null}]}"#;

#[test]
fn the_tree_has_paths_nanoseconds_and_what_is_stored() {
    let root = told(TREE, async |joule| joule.folder_root_with_info().await).unwrap();
    let paths: Vec<_> = root.walk().into_iter().map(|folder| folder.path.clone().unwrap()).collect();
    assert_eq!(paths, ["/", "/site", "/site/counters", "/site/building A"]);
    assert!(root.locked && root.description.is_empty());
    let building = root.walk()[3].clone();
    let power = building.data_streams.iter().find(|stream| stream.name == "power").unwrap();
    assert_eq!(power.path.as_deref(), Some("/site/building A/power"));
    assert_eq!((power.layout.as_str(), power.keep_ns, power.decimate), ("float32_3", None, true));
    let volts = &power.elements[0];
    assert_eq!((volts.offset, volts.scale_factor), (1.5, 2.0));
    assert_eq!((volts.default_min, volts.default_max), (Some(-400.0), Some(400.0)));
    let kinds: Vec<_> = power.elements.iter().map(|element| element.display_type).collect();
    assert_eq!(kinds, [DisplayType::Continuous, DisplayType::Continuous, DisplayType::Discrete]);
    let info = power.data_info.unwrap();
    assert_eq!(
        (info.start_ns, info.end_ns),
        (Some(1_700_000_000_000_000_000), Some(1_700_002_599_999_000_000))
    );
    assert_eq!((info.rows, info.total_time_ns), (1_966_080, 2_599_999_000_000));
    let alarms = &building.event_streams[0];
    let words = vec!["over".to_string(), "under".to_string()];
    assert_eq!(alarms.event_fields["kind"], FieldKind::Category(words));
    assert_eq!(alarms.event_fields["value"], FieldKind::Numeric);
    assert_eq!(alarms.event_fields["note"], FieldKind::Text);
    assert_eq!(alarms.data_info.unwrap().event_count, 1500);
    let none = root.children[0].event_streams.iter().find(|stream| stream.name == "none").unwrap();
    assert_eq!(none.data_info.unwrap().start_ns, None);
    assert_eq!(
        (Address::from(power), Address::from(alarms)),
        (Address::Id(power.id), Address::Id(alarms.id))
    );
    assert_eq!(Address::from(&building), Address::Id(3));
}

#[test]
fn a_new_nodes_root_is_asked_for_again() {
    let root = |id: &str| {
        format!(r#"{{"id": {id}, "name": "root", "children": [], "streams": [], "event_streams": []}}"#)
    };
    let transport = MemoryTransport::queue([Canned::new(200, root("null")), Canned::new(200, root("1"))]);
    let folder = run(&transport, async |joule| joule.folder_root().await).unwrap();
    assert_eq!((folder.id, transport.requests().len()), (1, 2));
}

#[test]
fn what_a_module_writes_leaves_much_unsaid() {
    let stream = told(STREAM, async |joule| joule.data_stream_get("/live/random").await).unwrap();
    assert_eq!((stream.path.as_deref(), stream.description.as_str()), (Some("/live/random"), ""));
    assert!(stream.is_destination && stream.active && stream.locked && !stream.is_source);
    assert_eq!((stream.elements[0].units.as_str(), stream.elements[0].plottable), ("", None));
    assert_eq!(stream.elements[0].display_type, DisplayType::Discrete);
    assert_eq!(stream.data_info, None);
    let by_id = told(STREAM, async |joule| joule.data_stream_get(1).await).unwrap();
    assert_eq!(by_id.path, None);
    let error = told(STREAM, async |joule| joule.data_stream_info(1).await).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
}

#[test]
fn durations_to_keep_are_for_ever_none_or_some() {
    for (us, ns) in [
        ("-1", None),
        ("0", Some(0)),
        ("86400000000", Some(86_400_000_000_000)),
        ("9000000000000000000", Some(i64::MAX)),
    ] {
        let stream = STREAM.replace(r#""keep_us": -1"#, &format!(r#""keep_us": {us}"#));
        let stream = told(&stream, async |joule| joule.data_stream_get(1).await).unwrap();
        assert_eq!(stream.keep_ns, ns, "{us}");
    }
}

#[test]
fn annotations_come_by_their_start() {
    let turned: Vec<serde_json::Value> = serde_json::from_str(ANNOTATIONS).unwrap();
    let turned = serde_json::Value::from_iter(turned.into_iter().rev()).to_string();
    let found = told(&turned, async |joule| joule.annotation_get(2, None, None).await).unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|one| (one.title.as_str(), one.content.as_str(), one.start_ns / 1000, one.end_ns))
        .collect();
    assert_eq!(
        shown,
        [
            ("point", "a point", 1_700_000_000_123_457, None),
            ("range", "first half", 1_700_000_300_000_001, Some(1_700_000_600_000_003_000)),
            ("no content", "", 1_700_000_900_000_000, None),
        ]
    );
}

#[test]
fn events_and_histograms_are_told_apart() {
    let query = EventQuery::default();
    let answer = told(EVENTS, async |joule| joule.event_stream_overview(1, &query, 300).await).unwrap();
    let EventAnswer::Events(events) = answer else { panic!("{answer:?}") };
    assert_eq!((events.len(), events[0].start_ns), (300, 1_700_000_000_578_026_000));
    assert_eq!(events[0].content["note"], "n0 é");
    let answer = told(HISTOGRAM, async |joule| joule.event_stream_overview(1, &query, 3).await).unwrap();
    let EventAnswer::Histogram(histogram) = answer else { panic!("{answer:?}") };
    assert_eq!((histogram.count, histogram.buckets[0].count), (21, 0));
    assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 21);
    let last = histogram.buckets.last().unwrap();
    assert_eq!(last.start_ns, last.end_ns);
    for pair in histogram.buckets.windows(2) {
        assert_eq!(pair[0].end_ns, pair[1].start_ns);
    }
    let error = told(HISTOGRAM, async |joule| joule.event_stream_read_list(1, &query, 10).await).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    let odd = HISTOGRAM.replacen(r#"{"count": 0}"#, r#"{"n": 0}"#, 1);
    let error = told(&odd, async |joule| joule.event_stream_overview(1, &query, 3).await).unwrap_err();
    assert!(error.message.contains("no count"), "{error}");
}

#[test]
fn a_histogram_of_nothing_is_not_asked_for() {
    let transport = MemoryTransport::queue([Canned::new(200, r#"{"count": 0}"#)]);
    let query = EventQuery::default();
    let histogram = run(&transport, async |joule| joule.event_stream_histogram(1, &query).await).unwrap();
    assert_eq!((histogram.count, histogram.buckets.len(), transport.requests().len()), (0, 0, 1));
}

#[test]
fn a_time_beyond_nanoseconds_is_an_error() {
    let late =
        r#"[{"id": 1, "title": "t", "content": "", "start": 9300000000000000, "stream_id": 2, "end": null}]"#;
    let error = told(late, async |joule| joule.annotation_get(2, None, None).await).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(error.message.contains("9300000000000000 µs lies outside 1677"), "{error}");
}

#[test]
fn modules_masters_and_disks() {
    let module = r#"{"id": 0, "name": "m", "description": "", "is_app": false, "inputs": {"in": "/a/b"},
        "outputs": {}, "statistics": {"pid": 634, "create_time": 1795272242.13, "cpu_percent": 0.5, "memory_percent": 0.4}}"#;
    let module = told(module, async |joule| joule.module_get("m").await).unwrap();
    assert_eq!(module.inputs["in"], "/a/b");
    assert_eq!(module.statistics.unwrap().create_time_ns, Some(1_795_272_242_130_000_000));
    let stopped = r#"[{"id": 0, "name": "m", "description": "", "is_app": false, "inputs": {}, "outputs": {},
        "statistics": {"pid": null, "create_time": null, "cpu_percent": null, "memory_percent": null}}]"#;
    let modules = told(stopped, async |joule| joule.module_list(true).await).unwrap();
    assert_eq!(modules[0].statistics, Some(Default::default()));
    let masters = r#"[{"id": 1, "name": "a", "type": "USER", "grantor_id": null},
        {"id": 2, "name": "b", "type": "JOULE_NODE", "grantor_id": 1}]"#;
    let masters = told(masters, async |joule| joule.master_list().await).unwrap();
    assert_eq!((masters[0].kind, masters[1].kind), (MasterKind::User, MasterKind::JouleNode));
    let far = r#"{"path": "--remote-database--", "other": -1, "reserved": -1, "free": -1, "size": -1}"#;
    assert_eq!(told(far, async |joule| joule.database_info().await).unwrap().free, None);
}

#[test]
fn keys_that_nodes_tell_are_not_shown() {
    let secret = "a-secret-that-a-node-told-0123456789";
    let made: NewMaster = serde_json::from_str(&format!(r#"{{"key": "{secret}", "name": "n"}}"#)).unwrap();
    let follower = format!(r#"{{"id": 1, "name": "f", "location": "http://f:1/joule", "key": "{secret}"}}"#);
    let follower: Follower = serde_json::from_str(&follower).unwrap();
    assert_eq!((made.key.as_deref(), follower.key.as_str()), (Some(secret), secret));
    let written = [serde_json::to_string(&made).unwrap(), serde_json::to_string(&follower).unwrap()];
    for text in written.into_iter().chain([format!("{made:#?}"), format!("{follower:#?}")]) {
        assert!(!text.contains(secret), "{text}");
    }
}
