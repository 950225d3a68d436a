//! Hexoskin as the explorer sees it: users are subjects, their records and ranges lie in them, and a record's datatypes
//! are its channels.
//!
//! A channel's id is the record's URI and the datatype's id (`/api/record/7/4113`). Which datatypes a record holds, a
//! small answer of the data resource tells: a value or two of each.

mod events;
mod read;
mod streams;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, unfold};
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;

use super::connector::ABOUT;
use super::data::LiveRead;
use super::filters::Filters;
use super::object::Object;
use super::pages::Pages;
use super::{Credentials, Hexoskin};
use crate::reproduce::{Language, Picture};
use crate::source::FirstRows;
use crate::{About, Ask, Event, EventWriter, Read, Result, Source, StreamInfo, Subject, TimeRange};
use read::{ChannelRead, layout};
pub(super) use streams::{place, rate as channel_rate};

/// Label of a stream that tells its record's status.
const STATUS: &str = "status";
/// Status of a record that is being recorded.
const REALTIME: &str = "realtime";

/// The text of a field; empty where there is none.
fn text(object: &Object, field: &str) -> String {
    match object.fields().get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn user(object: &Object) -> Subject {
    let full = [text(object, "first_name"), text(object, "last_name")].join(" ");
    let names = [full.trim().to_string(), text(object, "username"), object.resource_uri()];
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    Subject { id: object.resource_uri(), name, parent: None, has_inner: true, devices: Vec::new() }
}

/// A record or range of a user.
fn inner(object: &Object, user: &str) -> Subject {
    let date = text(object, "start_date");
    let date = date.get(..16).unwrap_or(&date).replace('T', " ");
    let own = text(object, "name");
    let what = if own.is_empty() { format!("{} {}", object.resource(), object.id()) } else { own };
    let name = if date.is_empty() { what } else { format!("{what}, {date}") };
    Subject {
        id: object.resource_uri(),
        name,
        parent: Some(user.into()),
        has_inner: false,
        devices: Vec::new(),
    }
}

/// Subjects of a list, page by page.
fn listed(
    pages: Pages,
    subject: impl Fn(&Object) -> Subject + 'static,
) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
    let of_page = move |page: Vec<Object>| page.iter().map(&subject).collect();
    let pages = unfold(Some(pages), async |pages| {
        let mut pages = pages?;
        match pages.next_page().await.transpose()? {
            Ok(page) => Some((Ok(page), Some(pages))),
            Err(error) => Some((Err(error), None)),
        }
    });
    pages.map(move |page: Result<Vec<Object>>| page.map(&of_page)).boxed_local()
}

impl Source for Hexoskin {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        let Some(within) = within.map(str::to_string) else {
            return listed(self.resource("user").all(&Filters::new()), user);
        };
        let of_user = Filters::new().with("user", within.as_str()).with("order_by", "-start");
        let parent = within.clone();
        let records = listed(self.resource("record").all(&of_user), move |object| inner(object, &parent));
        let ranges = listed(self.resource("range").all(&of_user), move |object| inner(object, &within));
        records.chain(ranges).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        let (api, subject_id) = (self.clone(), subject_id.to_string());
        futures_util::stream::once(async move { streams::of(&api, &subject_id).await }).boxed_local()
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        events::of(self, subject_id, range).boxed_local()
    }

    fn event_writer(&self) -> Option<&dyn EventWriter> {
        // A token says what it is good for; a password does not.
        match self.auth() {
            Some(Credentials::OAuth2(tokens)) if tokens.scope.as_deref() == Some("readonly") => None,
            _ => Some(self),
        }
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        ask.refuse_filter()?;
        let read = ChannelRead::new(self, ask.one_stream()?, ask.range)?;
        Ok(FirstRows::of(Box::new(read), ask.most_rows))
    }

    fn reproduce(&self, language: Language, _: Picture, ask: &Ask<'_>) -> Option<String> {
        super::reproduce::text(self, language, ask)
    }

    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        let recording = stream.labels.get(STATUS).is_some_and(|status| status == REALTIME);
        recording.then(|| {
            let (record, datatype) = place(&stream.id)?;
            Ok(Box::new(LiveRead::new(self, record, datatype, layout(stream), from)) as Box<dyn Read>)
        })
    }
}
