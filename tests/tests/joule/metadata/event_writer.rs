//! Events and annotations as the explorer writes them, through `Source` and `EventWriter`.

use futures_util::TryStreamExt;
use streamscope_client::joule::{Element, EventQuery, FieldKind, NewDataStream, NewEventStream};
use streamscope_client::{ErrorKind, Event, EventContent, EventWriter, Place, Source, TimeRange};

use super::{Peers, ZERO, refused};

const SECOND: i64 = 1_000_000_000;

fn content(start: i64, end: i64, fields: &[(&str, &str)]) -> EventContent {
    let fields = fields.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
    EventContent { start: ZERO + start, end: ZERO + end, fields }
}

/// A folder with an event stream and a data stream, and the places in it.
async fn places(peers: &Peers, folder: &str) -> (Place, Place) {
    let fields = [
        ("kind", FieldKind::Category(vec!["over".into(), "under".into()])),
        ("value", FieldKind::Numeric),
        ("note", FieldKind::Text),
    ];
    let event_fields = fields.map(|(name, kind)| (name.to_string(), kind)).into_iter().collect();
    let alarms = NewEventStream { name: "alarms".into(), event_fields, ..NewEventStream::default() };
    peers.ours.event_stream_create(&alarms, folder).await.unwrap();
    let power = NewDataStream::new("power", "float32", vec![Element::new("V", "volt")]);
    peers.ours.data_stream_create(&power, folder).await.unwrap();
    let places = peers.ours.places(folder).await.unwrap();
    let [events, annotations] = places.try_into().expect("an event stream and a data stream");
    assert_eq!((events.name.as_str(), events.movable, events.fields.len()), ("alarms", true, 3));
    assert!(!annotations.movable && annotations.fields[0].required);
    (events, annotations)
}

/// Writes, changes and removes events and annotations, and looks at what is left with other calls.
pub(super) async fn written(peers: &mut Peers) {
    let folder = format!("{}/notes", peers.scratch);
    let (events, annotations) = places(peers, &folder).await;
    // A connection of its own, which knows the tree with the new streams.
    let source: Box<dyn Source> = Box::new(peers.ours.clone());
    source.subjects(None).try_concat().await.unwrap();
    let ours = peers.ours.clone();
    let all = TimeRange { start: ZERO, end: ZERO + 100 * SECOND };
    let seen = async |category: &str| -> Vec<Event> {
        let found = source.events(&folder, all).await.unwrap();
        found.into_iter().filter(|event| event.category == category).collect()
    };

    // Two that go on at one moment, told apart by what they say, and one that lasts no time.
    let over = content(SECOND, 5 * SECOND, &[("kind", "over"), ("value", "2.5"), ("note", "")]);
    ours.create(&events.id, &over).await.unwrap();
    ours.create(&events.id, &content(SECOND, 9 * SECOND, &[("kind", "under"), ("note", "low é")]))
        .await
        .unwrap();
    ours.create(&events.id, &content(20 * SECOND + 1, 20 * SECOND + 1, &[("value", "7")])).await.unwrap();
    let stream = format!("{folder}/alarms");
    let kept = ours.event_stream_read_list(stream.as_str(), &EventQuery::default(), 10).await.unwrap();
    let [first, _, moment] = kept.as_slice() else { panic!("three events: {kept:?}") };
    assert_eq!(first.content.len(), 2, "what is empty is left out: {first:?}");
    assert_eq!((moment.start_ns, moment.end_ns), (ZERO + 20 * SECOND, ZERO + 20 * SECOND + 1000));
    assert_eq!(moment.content["value"], 7.0);

    // A change keeps the id and what it does not name.
    let [one, other, _] = <[Event; 3]>::try_from(seen("alarms").await).expect("three marks");
    let (over, under) = if one.name == "over" { (one, other) } else { (other, one) };
    ours.update(&over, &content(2 * SECOND, 6 * SECOND, &[("note", "mended")])).await.unwrap();
    let changed = seen("alarms").await.into_iter().find(|event| event.id == over.id).expect("the same id");
    assert_eq!((changed.start, changed.end), (ZERO + 2 * SECOND, Some(ZERO + 6 * SECOND)));
    assert!(changed.fields.contains(&("kind".into(), "over".into())), "{changed:?}");

    // One goes, those beside it stay.
    ours.remove(&changed).await.unwrap();
    assert_eq!(seen("alarms").await.len(), 2);
    refused(ours.remove(&changed).await, ErrorKind::NotFound);
    let twin = content(SECOND, 9 * SECOND, &[("kind", "under"), ("note", "low é")]);
    ours.create(&events.id, &twin).await.unwrap();
    let error = refused(ours.remove(&under).await, ErrorKind::InvalidInput);
    assert!(error.message.contains("both would go"), "{error}");
    assert_eq!(seen("alarms").await.len(), 3);

    // Annotations: the words change, the times stay.
    ours.create(&annotations.id, &content(SECOND, 4 * SECOND, &[("title", "test"), ("content", "a")]))
        .await
        .unwrap();
    let noted = seen("annotation").await.pop().expect("an annotation");
    ours.update(&noted, &content(0, 0, &[("title", "tested"), ("content", "")])).await.unwrap();
    let changed = seen("annotation").await.pop().expect("the annotation");
    assert_eq!((changed.name.as_str(), changed.start), ("tested", noted.start));
    refused(ours.create(&annotations.id, &content(0, 0, &[("title", "")])).await, ErrorKind::InvalidInput);
    ours.remove(&changed).await.unwrap();
    assert!(seen("annotation").await.is_empty());
}
