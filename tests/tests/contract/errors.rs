//! Errors: of the right kind, in words, and without a secret.

use std::rc::Rc;

use futures_util::TryStreamExt;
use streamscope_client::filter::{Filter, Value};
use streamscope_client::registry::Entry;
use streamscope_client::reproduce::{Language, Picture};
use streamscope_client::{Ask, Error, ErrorKind, NativeTransport, Source};

use super::rows::Sample;
use super::{Access, Party};

const WRONG: &str = "wrong-s3cret-that-nobody-may-see";

/// The error of a connection that this entry makes, or of its first question.
async fn error_of(access: &Access, entry: &Entry) -> Error {
    let transport = Rc::new(NativeTransport::new().unwrap());
    match access.connector.connect(entry, transport) {
        Err(error) => error,
        Ok(connected) => connected.source.subjects(None).try_concat().await.expect_err("it cannot be right"),
    }
}

fn hides(place: &str, secret: &str, error: &Error) {
    let said = format!("{error} {error:?}");
    assert!(!said.contains(secret), "{place}: a secret is in {said}");
    assert!(error.message.len() > 10, "{place}: {error:?} says nothing");
}

pub(super) async fn tell_what_is_wrong(party: &Party, source: &dyn Source, samples: &[Sample]) {
    let name = party.name();
    for Sample { stream, range, .. } in samples.iter().take(2) {
        let nameless = Ask { streams: &[], ..Ask::of(stream, *range) };
        let error = source.read(&nameless).err().expect("no stream is named");
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{name}: {error:?}");
        let filter = Filter::Equals("there-is-no-such-stream".into(), Value::from(1));
        let filtered = Ask { filter: Some(&filter), ..Ask::of(stream, *range) };
        let outcome = match source.read(&filtered) {
            Err(error) => Err(error),
            Ok(mut read) => read.next_batch().await.map(drop),
        };
        assert!(outcome.is_err(), "{name}: a filter is refused, or used");
    }
}

pub(super) async fn tell_no_secret(name: &str, access: &Access, source: &dyn Source, samples: &[Sample]) {
    let mut wrong = access.entry.clone();
    for id in access.secrets() {
        wrong.values.insert(id.into(), WRONG.into());
    }
    let error = error_of(access, &wrong).await;
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{name}: {error:?}");
    hides(name, WRONG, &error);

    let mut blank = access.entry.clone();
    for id in access.secrets() {
        blank.values.insert(id.into(), String::new());
    }
    let error = error_of(access, &blank).await;
    assert_eq!(error.kind, ErrorKind::Configuration, "{name}: {error:?}");

    // Addresses with a secret in them are refused before anything is sent.
    for (id, text) in access.entry.values.iter().filter(|(_, text)| text.starts_with("http")) {
        let mut named = access.entry.clone();
        named.values.insert(id.clone(), text.replacen("://", &format!("://me:{WRONG}@"), 1));
        let error = error_of(access, &named).await;
        assert_eq!(error.kind, ErrorKind::Configuration, "{name}, {id}: {error:?}");
        hides(name, WRONG, &error);
    }

    for Sample { stream, range, .. } in samples.iter().take(2) {
        for language in Language::ALL {
            let text =
                source.reproduce(language, Picture::Rows, &Ask::of(stream, *range)).unwrap_or_default();
            let held = access.secrets().iter().any(|id| text.contains(access.entry.text(id)));
            assert!(!held, "{name}: a secret is in {text}");
        }
    }
}
