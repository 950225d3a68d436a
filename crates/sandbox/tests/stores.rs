//! The two stores, and the generator that fills them.

use std::sync::Arc;

use streamscope_sandbox::demo::{Size, ensure};
use streamscope_sandbox::{
    ChunkInfo, MemoryStore, Options, Request, Sandbox, SqliteStore, Store, StoreError,
};

use crate::fixture::{NOW, get, ok_json, sandbox, stream, text};

fn filled(store: impl Store + 'static) -> Arc<dyn Store> {
    ensure(&store, Size::Small, &mut |_| {}).expect("the demo is made");
    Arc::new(store)
}

#[test]
fn both_stores_give_the_same_answers() {
    let sqlite = filled(SqliteStore::in_memory().expect("a database"));
    let other = Sandbox::open(sqlite, &Options::default()).expect("a catalogue");
    let memory = sandbox();
    let info = ok_json(&memory, "/sandbox/info.json");
    assert_eq!(info, ok_json(&other, "/sandbox/info.json"));
    let range = "start_time=1708761600&end_time=1709020800&resolution=3600";
    for stream in info["platforms"]["rune"]["streams"].as_array().expect("streams") {
        let id = stream["id"].as_str().expect("an id");
        let rest = ["?timestamp=iso&translate_enums=true".into(), format!("/availability?{range}")];
        for rest in rest {
            let target = format!("/v2/streams/{id}{rest}");
            let answers = [&memory, &other].map(|sandbox| {
                let response = get(sandbox, &target);
                (response.status, text(response))
            });
            assert!(answers[0] == answers[1], "{target}");
        }
    }
    for stream in joule_streams(&info) {
        for query in ["", "&max-rows=50"] {
            let target = format!("/joule/data?path={}{query}", stream.replace(' ', "+"));
            let answers = [&memory, &other].map(|sandbox| {
                let request = Request::get(&target).with_header("X-API-KEY", "demo-joule-key");
                let response = sandbox.handle(&request, NOW);
                (response.status, response.body.bytes().expect("a body"))
            });
            assert!(answers[0] == answers[1] && answers[0].0 == 200, "{target}");
        }
    }
}

/// The paths of the Joule node's streams.
fn joule_streams(info: &serde_json::Value) -> Vec<String> {
    let streams = info["platforms"]["joule"]["streams"].as_array().expect("streams");
    assert!(streams.len() > 10, "{streams:?}");
    streams.iter().map(|stream| stream["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn the_generator_makes_the_same_every_time() {
    let stores = [filled(MemoryStore::default()), filled(SqliteStore::in_memory().expect("a database"))];
    let documents =
        stores.each_ref().map(|store| store.document("rune").expect("a store").expect("a catalogue"));
    assert!(documents[0] == documents[1]);
    let info = ok_json(&sandbox(), "/sandbox/info.json");
    for stream in info["platforms"]["rune"]["streams"].as_array().expect("streams") {
        let id = stream["id"].as_str().expect("an id");
        let chunks = stores.each_ref().map(|store| store.chunks(id).expect("a store"));
        assert_eq!(chunks[0], chunks[1]);
        for index in 0..chunks[0].len() {
            let bytes = stores.each_ref().map(|store| store.chunk(id, index).expect("a chunk"));
            assert!(bytes[0] == bytes[1], "chunk {index} of {}", stream["name"]);
        }
    }
    let documents =
        stores.each_ref().map(|store| store.document("joule").expect("a store").expect("a catalogue"));
    assert!(documents[0] == documents[1]);
    // What was recorded once stays: files and expectations of others rely on it.
    let sandbox = sandbox();
    let first = |path: &str| {
        let request = Request::get(&format!("/joule/data.json?path={path}&end=1709542800000500"));
        let answer = sandbox.handle(&request.with_header("X-API-KEY", "demo-joule-key"), NOW);
        serde_json::from_str::<serde_json::Value>(&text(answer)).expect("JSON")["data"][0][0].to_string()
    };
    assert_eq!(
        first("/site+A/mains/power"),
        "[1709542800000000.0,-0.43310388922691345,-2.3800137042999268,1.0307930707931519]"
    );
    assert_eq!(first("/site+A/mains/energy"), "[1709280000000000,9007199254740993]");
    assert_eq!(first("/site+A/hvac/temperature"), "[1709280000653918.0,32.10711721928138,26.90417335122238]");
    let id = crate::fixture::stream(&sandbox, "juniper", "Tremor probability");
    let rows = crate::fixture::ok(&sandbox, &format!("/v2/streams/{id}?limit=2&timestamp=iso"));
    assert_eq!(rows.lines().nth(1), Some("2024-02-24T14:38:00Z,0.259,60000000000"));
}

#[test]
fn the_demo_is_made_once() {
    let store = MemoryStore::default();
    let mut lines = 0;
    ensure(&store, Size::Small, &mut |_| lines += 1).expect("the demo is made");
    assert!(lines > 30, "progress is told: {lines} lines");
    ensure(&store, Size::Small, &mut |line| panic!("made again: {line}")).expect("the demo is there");
}

#[test]
fn a_replacement_that_fails_leaves_everything_as_it_was() {
    let stores: [Box<dyn Store>; 2] =
        [Box::new(MemoryStore::default()), Box::new(SqliteStore::in_memory().expect("a database"))];
    for store in stores {
        store.replace(&mut |content| content.document("key", b"old".to_vec())).expect("a store");
        let failed = store.replace(&mut |content| {
            content.document("key", b"new".to_vec())?;
            Err(StoreError::Damaged("on purpose".into()))
        });
        assert!(failed.is_err());
        assert_eq!(store.document("key").expect("a store"), Some(b"old".to_vec()));
        assert_eq!(store.document("other").expect("a store"), None);
        assert!(store.chunks("none").expect("a store").is_empty());
        assert!(store.chunk("none", 0).is_err());
    }
}

#[test]
fn edits_are_whole_or_nothing() {
    let stores: [Box<dyn Store>; 2] =
        [Box::new(MemoryStore::default()), Box::new(SqliteStore::in_memory().expect("a database"))];
    for store in stores {
        let chunk = |at: i64| (ChunkInfo { first_time: at, last_time: at, rows: 1 }, vec![at as u8]);
        let append = |times: &[i64], keep: usize| {
            store.edit(&mut |writer| {
                writer.truncate("stream", keep)?;
                times
                    .iter()
                    .map(|&at| chunk(at))
                    .try_for_each(|(info, bytes)| writer.chunk("stream", info, bytes))
            })
        };
        append(&[1, 2, 3], 0).expect("a store");
        append(&[5, 6], 2).expect("a store");
        let times = || {
            store.chunks("stream").expect("a store").iter().map(|info| info.first_time).collect::<Vec<_>>()
        };
        assert_eq!(times(), [1, 2, 5, 6]);
        assert_eq!(store.chunk("stream", 2).expect("a chunk"), [5]);
        let failed = store.edit(&mut |writer| {
            writer.truncate("stream", 0)?;
            writer.document("key", b"new".to_vec())?;
            Err(StoreError::Damaged("on purpose".into()))
        });
        assert!(failed.is_err());
        assert_eq!((times(), store.document("key").expect("a store")), (vec![1, 2, 5, 6], None));
        store.edit(&mut |writer| writer.document("key", b"new".to_vec())).expect("a store");
        store.edit(&mut |writer| writer.forget("key")).expect("a store");
        assert_eq!(store.document("key").expect("a store"), None);
    }
}

#[test]
fn a_file_keeps_its_content() {
    let file = std::env::temp_dir().join(format!("streamscope-store-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let id = stream(&sandbox(), "juniper", "Steps");
    let first = filled(SqliteStore::open(&file).expect("a file")).chunk(&id, 0).expect("a chunk");
    let again = SqliteStore::open(&file).expect("a file");
    ensure(&again, Size::Small, &mut |line| panic!("made again: {line}")).expect("the demo is there");
    assert!(again.chunk(&id, 0).expect("a chunk") == first);
    drop(again);
    std::fs::remove_file(&file).expect("the file is closed");
}
