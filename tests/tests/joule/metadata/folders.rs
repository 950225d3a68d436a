//! The tree, and folders made, moved, renamed and deleted.

use serde_json::json;
use streamscope_client::ErrorKind;
use streamscope_client::joule::{Element, Folder, NewDataStream};

use super::{Peers, refused, shapes};

/// The tree as each client reads it, but for what other tests write meanwhile.
pub(super) async fn tree(peers: &mut Peers) {
    let mut root = peers.ours.folder_root().await.unwrap();
    root.children.retain(|child| child.name != "scratch");
    let mut theirs = shapes::theirs(peers.theirs.call("folder_root", json!({})));
    theirs["children"].as_array_mut().unwrap().retain(|child| child["name"] != "scratch");
    assert_eq!(shapes::folder(&root), theirs);
    peers.count("folder_root");
    assert!(root.walk().len() > 1, "the node has no folder to compare");
    for folder in root.walk() {
        let path = folder.path.clone().unwrap();
        if path == "/" {
            continue;
        }
        let ours = peers.ours.folder_get(path.as_str()).await.unwrap();
        assert_eq!((&ours.path, ours.walk().len()), (&folder.path, folder.walk().len()));
        let theirs = shapes::theirs(peers.theirs.call("folder_get", json!({ "folder": path })));
        assert_eq!(shapes::folder(&ours), theirs, "{path}");
        let by_id = peers.ours.folder_get(folder).await.unwrap();
        assert_eq!((by_id.path.as_ref(), by_id.updated_at), (None, ours.updated_at.clone()), "{path}");
        peers.count("folder_get");
        streams(peers, folder).await;
    }
    let with_info = peers.ours.folder_root_with_info().await.unwrap();
    let streams: Vec<_> = with_info.walk().into_iter().flat_map(|folder| &folder.data_streams).collect();
    assert!(streams.iter().all(|stream| stream.data_info.is_some()), "{streams:?}");
}

/// A folder's streams, by path and by id, with what is stored of them.
async fn streams(peers: &mut Peers, folder: &Folder) {
    for stream in &folder.data_streams {
        let path = stream.path.clone().unwrap();
        let ours = peers.ours.data_stream_get(path.as_str()).await.unwrap();
        let theirs = shapes::theirs(peers.theirs.call("data_stream_get", json!({ "stream": stream.id })));
        assert_eq!(shapes::data_stream(&ours), theirs, "{path}");
        peers.count("data_stream_get");
        // What is alive changes between two questions.
        if !stream.active {
            let ours = peers.ours.data_stream_info(stream).await.unwrap();
            let theirs = peers.theirs.call("data_stream_info", json!({ "stream": path }));
            let us = |ns: Option<i64>| ns.map(|ns| ns / 1000);
            let shape = json!({
                "start": us(ours.start_ns), "end": us(ours.end_ns), "rows": ours.rows, "bytes": ours.bytes,
                "total_time": ours.total_time_ns / 1000,
            });
            assert_eq!(shape, theirs, "{path}");
            peers.count("data_stream_info");
        }
    }
    for stream in &folder.event_streams {
        let path = stream.path.clone().unwrap();
        let ours = peers.ours.event_stream_get(path.as_str()).await.unwrap();
        let theirs = shapes::theirs(peers.theirs.call("event_stream_get", json!({ "stream": stream.id })));
        assert_eq!(shapes::event_stream(&ours), theirs, "{path}");
        peers.count("event_stream_get");
        let ours = peers.ours.event_stream_info(stream).await.unwrap();
        let theirs = peers.theirs.call("event_stream_info", json!({ "stream": path }));
        let us = |ns: Option<i64>| ns.map(|ns| ns / 1000);
        let shape = json!({
            "start": us(ours.start_ns), "end": us(ours.end_ns), "event_count": ours.event_count,
            "bytes": ours.bytes, "total_time": ours.total_time_ns / 1000,
        });
        assert_eq!(shape, theirs, "{path}");
        peers.count("event_stream_info");
    }
}

pub(super) async fn changes(peers: &mut Peers) {
    let base = format!("{}/folders", peers.scratch);
    let (deep, other) = (format!("{base}/a/b"), format!("{base}/c d/ü"));
    let stream = NewDataStream::new("x", "int16", vec![Element::new("e", "")]);
    for path in [&deep, &other] {
        peers.ours.data_stream_create(&stream, path.as_str()).await.unwrap();
    }

    let mut folder = peers.ours.folder_get(deep.as_str()).await.unwrap();
    (folder.name, folder.description) = ("b2".into(), "changed: 50 % \"é\"".into());
    peers.ours.folder_update(&folder).await.unwrap();
    let theirs = peers.theirs.call("folder_get", json!({ "folder": format!("{base}/a/b2") }));
    assert_eq!((&theirs["id"], &theirs["description"]), (&json!(folder.id), &json!(folder.description)));
    peers.theirs.call("folder_update", json!({ "id": folder.id, "name": "b3", "description": "again" }));
    let ours = peers.ours.folder_get(&folder).await.unwrap();
    assert_eq!((ours.name.as_str(), ours.description.as_str()), ("b3", "again"));
    peers.count("folder_update");

    peers.ours.folder_move(&ours, format!("{base}/new/place")).await.unwrap();
    let moved = peers.theirs.call("folder_get", json!({ "folder": format!("{base}/new/place/b3") }));
    assert_eq!(moved["id"], folder.id);
    peers.theirs.call("folder_move", json!({ "source": folder.id, "destination": other }));
    let back = peers.ours.folder_get(format!("{other}/b3")).await.unwrap();
    assert_eq!(back.id, folder.id);
    assert_eq!(back.data_streams[0].path, Some(format!("{other}/b3/x")));
    peers.count("folder_move");

    let error = refused(peers.ours.folder_delete(other.as_str(), false).await, ErrorKind::Refused);
    assert!(error.message.contains("recursive"), "{error}");
    peers.ours.folder_delete(other.as_str(), true).await.unwrap();
    peers.theirs.attempt("folder_get", json!({ "folder": other })).unwrap_err();
    peers.theirs.call("folder_delete", json!({ "folder": base, "recursive": true }));
    refused(peers.ours.folder_get(base.as_str()).await, ErrorKind::NotFound);
    peers.count("folder_delete");
    refused(peers.ours.folder_delete(base.as_str(), true).await, ErrorKind::NotFound);
    refused(peers.ours.folder_get("no/root").await, ErrorKind::InvalidInput);
    refused(peers.ours.folder_delete("/", true).await, ErrorKind::Refused);
}
