//! Data streams made, changed, moved and deleted.

use serde_json::json;
use streamscope_client::ErrorKind;
use streamscope_client::joule::{DisplayType, Element, NewDataStream};

use super::{Peers, refused, shapes};

const DAY_NS: i64 = 86_400_000_000_000;

pub(super) async fn changes(peers: &mut Peers) {
    let base = format!("{}/streams", peers.scratch);
    let mut elements = vec![Element::new("V", "volt"), Element::new("state ü", ""), Element::new("hit", "")];
    elements[0] = Element {
        offset: -1.25,
        scale_factor: 0.1,
        default_min: Some(-400.5),
        default_max: Some(1e6),
        ..elements[0].clone()
    };
    elements[1].display_type = DisplayType::Discrete;
    elements[2] = Element { display_type: DisplayType::Event, plottable: Some(false), ..elements[2].clone() };
    for datatype in ["int16", "int32", "int64", "float32", "float64"] {
        let wanted = NewDataStream {
            description: format!("of {datatype}"),
            keep_ns: (datatype != "int16").then_some(30 * DAY_NS),
            decimate: datatype != "int32",
            ..NewDataStream::new(datatype, datatype, elements.clone())
        };
        let made = peers.ours.data_stream_create(&wanted, base.as_str()).await.unwrap();
        assert_eq!(made.path, Some(format!("{base}/{datatype}")));
        assert_eq!((made.layout, made.keep_ns), (format!("{datatype}_3"), wanted.keep_ns));
        let asked: Vec<_> =
            made.elements.iter().map(|element| Element { id: 0, index: 0, ..element.clone() }).collect();
        assert_eq!(asked, elements);
        let theirs = peers.theirs.call("data_stream_get", json!({ "stream": made.path }));
        assert_eq!(
            shapes::data_stream(&peers.ours.data_stream_get(made.id).await.unwrap()),
            shapes::theirs(theirs)
        );
        peers.count("data_stream_create");
    }
    let error = peers
        .ours
        .data_stream_create(&NewDataStream::new("int16", "int16", elements.clone()), base.as_str())
        .await;
    let error = refused(error, ErrorKind::Refused);
    assert!(error.message.contains("same name"), "{error}");
    refused(
        peers.ours.data_stream_create(&NewDataStream::new("u", "uint8", elements), base.as_str()).await,
        ErrorKind::Refused,
    );

    let arguments = json!({
        "stream": { "name": "theirs", "datatype": "float64", "keep_us": 0, "elements": [{ "name": "e", "units": "m" }] },
        "folder": base,
    });
    let theirs = shapes::theirs(peers.theirs.call("data_stream_create", arguments));
    let mut stream = peers.ours.data_stream_get(format!("{base}/theirs")).await.unwrap();
    assert_eq!(shapes::data_stream(&stream), theirs);
    assert_eq!(stream.keep_ns, Some(0));

    stream.name = "ours now".into();
    stream.keep_ns = None;
    stream.decimate = false;
    stream.elements[0] =
        Element { units: "mm".into(), offset: 3.5, default_max: Some(9.0), ..stream.elements[0].clone() };
    peers.ours.data_stream_update(&stream).await.unwrap();
    let theirs = peers.theirs.call("data_stream_get", json!({ "stream": stream.id }));
    assert_eq!(shapes::data_stream(&stream), shapes::theirs(theirs.clone()));
    let mut changed = theirs;
    changed["description"] = json!("changed back");
    changed["elements"][0]["scale_factor"] = json!(4.0);
    // The API wants an object with its id.
    peers.theirs.call("data_stream_update", json!({ "stream": without(&changed, "layout") }));
    let ours = peers.ours.data_stream_get(&stream).await.unwrap();
    assert_eq!((ours.description.as_str(), ours.elements[0].scale_factor), ("changed back", 4.0));
    peers.count("data_stream_update");

    peers.ours.data_stream_move(&stream, format!("{base}/below")).await.unwrap();
    let moved = peers.theirs.call("data_stream_get", json!({ "stream": format!("{base}/below/ours now") }));
    assert_eq!(moved["id"], stream.id);
    peers.theirs.call("data_stream_move", json!({ "stream": stream.id, "folder": base }));
    assert_eq!(peers.ours.data_stream_get(format!("{base}/ours now")).await.unwrap().id, stream.id);
    peers.count("data_stream_move");

    let empty = peers.ours.data_stream_info(&stream).await.unwrap();
    assert_eq!((empty.start_ns, empty.end_ns, empty.rows), (None, None, 0));
    peers.ours.data_stream_delete(&stream).await.unwrap();
    peers.theirs.attempt("data_stream_get", json!({ "stream": stream.id })).unwrap_err();
    refused(peers.ours.data_stream_delete(&stream).await, ErrorKind::NotFound);
    peers.theirs.call("data_stream_delete", json!({ "stream": format!("{base}/int16") }));
    refused(peers.ours.data_stream_get(format!("{base}/int16")).await, ErrorKind::NotFound);
    peers.count("data_stream_delete");
}

fn without(value: &serde_json::Value, name: &str) -> serde_json::Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(name);
    value
}
