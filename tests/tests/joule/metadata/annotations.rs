//! Annotations made, chosen by time, changed and deleted.

use serde_json::{Value, json};
use streamscope_client::ErrorKind;
use streamscope_client::joule::{Annotation, Element, NewAnnotation, NewDataStream};

use super::{Peers, ZERO, refused, shapes};

pub(super) async fn changes(peers: &mut Peers) {
    let folder = format!("{}/annotations", peers.scratch);
    let noted = NewDataStream::new("noted", "float32", vec![Element::new("e", "")]);
    let stream = peers.ours.data_stream_create(&noted, folder.as_str()).await.unwrap();
    let path = stream.path.clone().unwrap();
    let nothing = peers.ours.annotation_info(&stream).await.unwrap();
    assert_eq!((nothing.start_ns, nothing.end_ns, nothing.count), (None, None, 0));

    let mut made = Vec::new();
    for (at, end) in [None, Some(7_000_001), None].into_iter().enumerate() {
        let start_ns = ZERO + at as i64 * 1_000_000_000 + 123_457_000;
        let wanted = NewAnnotation {
            title: format!("n° {at}"),
            content: if at == 2 { String::new() } else { "a \"quoted\" line\nand one more".into() },
            start_ns,
            end_ns: end.map(|us| start_ns + us * 1000),
        };
        let ours = peers.ours.annotation_create(&wanted, &stream).await.unwrap();
        assert_eq!((&ours.title, &ours.content, ours.stream_id), (&wanted.title, &wanted.content, stream.id));
        close(ours.start_ns, wanted.start_ns);
        assert_eq!(ours.end_ns.is_some(), wanted.end_ns.is_some());
        made.push(ours);
        peers.count("annotation_create");
    }
    let theirs = json!({ "title": "theirs", "start": ZERO / 1000 + 5_000_001, "end": null, "content": "" });
    peers.theirs.call("annotation_create", json!({ "annotation": theirs, "stream": path }));

    let second = 1_000_000_000;
    let windows = [
        (None, None),
        (Some(ZERO), Some(ZERO + 2 * second)),
        (Some(ZERO + second), None),
        (None, Some(ZERO + 2 * second)),
    ];
    for (start, end) in windows {
        let ours = peers.ours.annotation_get(path.as_str(), start, end).await.unwrap();
        // Their end is inclusive.
        let arguments = json!({
            "stream": stream.id, "start": start.map(|ns| ns / 1000), "end": end.map(|ns| ns / 1000 - 1),
        });
        assert_eq!(
            listed(&ours),
            by_start(peers.theirs.call("annotation_get", arguments)),
            "{start:?} {end:?}"
        );
        peers.count("annotation_get");
    }
    // The range is half-open, to the microsecond.
    let at = made[1].start_ns;
    assert_eq!(peers.ours.annotation_get(&stream, Some(at), Some(at + 1)).await.unwrap().len(), 1);
    assert_eq!(peers.ours.annotation_get(&stream, Some(at - 1000), Some(at)).await.unwrap().len(), 0);
    assert_eq!(peers.ours.annotation_get(&stream, Some(at), Some(at)).await.unwrap().len(), 0);
    refused(peers.ours.annotation_get(&stream, Some(at), Some(at - 1)).await, ErrorKind::InvalidInput);
    refused(peers.ours.annotation_get("/no/such", None, None).await, ErrorKind::NotFound);

    let info = peers.ours.annotation_info(&stream).await.unwrap();
    let theirs = peers.theirs.call("annotation_info", json!({ "stream": path }));
    let us = |ns: Option<i64>| ns.map(|ns| ns / 1000);
    assert_eq!(json!({ "start": us(info.start_ns), "end": us(info.end_ns), "count": info.count }), theirs);
    peers.count("annotation_info");

    let changed = Annotation { title: "changed".into(), content: "ü".into(), ..made[0].clone() };
    assert_eq!(peers.ours.annotation_update(&changed).await.unwrap(), changed);
    let mine = json!({ "id": made[1].id, "title": "changed by them", "content": "é" });
    let theirs = shapes::theirs(peers.theirs.call("annotation_update", json!({ "annotation": mine })));
    let ours = peers.ours.annotation_get(&stream, None, None).await.unwrap();
    assert_eq!((&ours[0], shapes::annotation(&ours[1])), (&changed, theirs));
    peers.count("annotation_update");
    refused(
        peers.ours.annotation_update(&Annotation { title: String::new(), ..changed.clone() }).await,
        ErrorKind::Refused,
    );

    peers.ours.annotation_delete(made[0].id).await.unwrap();
    peers.theirs.call("annotation_delete", json!({ "annotation": made[1].id }));
    let left = peers.ours.annotation_get(&stream, None, None).await.unwrap();
    assert_eq!(left.iter().map(|one| one.title.as_str()).collect::<Vec<_>>(), ["n° 2", "theirs"]);
    assert_eq!(listed(&left), by_start(peers.theirs.call("annotation_get", json!({ "stream": path }))));
    refused(peers.ours.annotation_delete(made[0].id).await, ErrorKind::NotFound);
    peers.count("annotation_delete");

    let last = left[1].start_ns;
    peers.ours.data_stream_annotation_delete(&stream, None, Some(last)).await.unwrap();
    let left = peers.theirs.call("annotation_get", json!({ "stream": path }));
    assert_eq!((left.as_array().unwrap().len(), &left[0]["title"]), (1, &json!("theirs")));
    peers.theirs.call("data_stream_annotation_delete", json!({ "stream": path }));
    assert_eq!(peers.ours.annotation_get(&stream, None, None).await.unwrap(), []);
    peers.count("data_stream_annotation_delete");
}

fn listed(annotations: &[Annotation]) -> Value {
    annotations.iter().map(shapes::annotation).collect()
}

fn by_start(value: Value) -> Value {
    let Value::Array(mut items) = shapes::theirs(value) else { panic!("annotations are a list") };
    items.sort_by_key(|item| item["start"].as_i64());
    items.into()
}

/// Nodes pass an annotation's times through a double.
fn close(one: i64, other: i64) {
    assert!((one - other).abs() <= 1000, "{one} {other}");
}
