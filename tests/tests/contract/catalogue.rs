//! Subjects and streams.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use streamscope_client::{Extent, Source, StreamInfo, Subject};

use super::Party;

/// All subjects, those that lie in others after them.
pub(super) async fn subjects(source: &dyn Source) -> Vec<Subject> {
    let mut found: Vec<Subject> = source.subjects(None).try_concat().await.unwrap();
    let mut place = 0;
    while let Some(subject) = found.get(place) {
        if subject.has_inner {
            let inner: Vec<Subject> = source.subjects(Some(&subject.id)).try_concat().await.unwrap();
            found.extend(inner);
        }
        place += 1;
        assert!(place < 10_000, "subjects have no end");
    }
    found
}

pub(super) async fn streams(source: &dyn Source, subject_id: &str) -> Vec<StreamInfo> {
    source.streams(subject_id).try_concat().await.unwrap()
}

pub(super) async fn lists_everything_once(party: &Party, source: &dyn Source) {
    let name = party.name();
    assert_eq!(source.about(), party.about, "{name}: source and connector say the same");
    let subjects = subjects(source).await;
    let mut known = BTreeSet::new();
    for subject in &subjects {
        let parent = subject.parent.as_ref();
        assert!(
            parent.is_none_or(|parent| known.contains(parent)),
            "{name}: {parent:?} comes after {subject:?}"
        );
        assert!(known.insert(subject.id.clone()), "{name}: {} comes twice", subject.id);
    }
    for subject in subjects.iter().take(6) {
        let streams = streams(source, &subject.id).await;
        let ids: BTreeSet<_> = streams.iter().map(|stream| &stream.id).collect();
        assert_eq!(ids.len(), streams.len(), "{name}: streams of {} come twice", subject.id);
        for stream in &streams {
            assert!(!stream.name.is_empty(), "{name}: {} has a name", stream.id);
            if let Extent::Known(range) = stream.extent {
                assert!(range.start < range.end, "{name}: {} covers {range:?}", stream.id);
            }
        }
    }
}
