//! How a person connects to Hexoskin.

mod ways;

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use super::config::refuse;
use super::{Grant, Pending, SignIn};
use crate::registry::{self, Connected, Demo, Departure, Entry, FirstView, Opening, Returned, Way};
use crate::transport::Transport;
use crate::{About, Facet, FacetOf, Noun, Platform, Result, TimeRange};
use ways::Filled;

/// Hexoskin.
pub const PLATFORM: Platform = Platform { id: "hexoskin", name: "Hexoskin" };

pub(super) const ABOUT: About = About {
    platform: PLATFORM,
    subject: Noun { one: "user", many: "users" },
    stream: Noun { one: "channel", many: "channels" },
    facets: &[Facet { label: "Rate", of: FacetOf::Label("rate") }],
};

/// What a first visit to the demo shows: names of channels, in the order of their tracks.
const TRACKS: [i64; 3] = [19, 33, 4113];

/// Connects to Hexoskin.
pub struct Connector;

impl registry::Connector for Connector {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ways(&self) -> &'static [Way] {
        &ways::WAYS
    }

    fn connect(&self, entry: &Entry, transport: Rc<dyn Transport>) -> Result<Connected> {
        let form = Filled::of(entry)?;
        let credentials = form.credentials()?;
        form.connection(Some(credentials), transport).map(|api| form.connected(api))
    }

    fn sign_in<'a>(
        &'a self,
        entry: &'a Entry,
        transport: Rc<dyn Transport>,
    ) -> LocalBoxFuture<'a, Result<Connected>> {
        async move {
            if entry.way != ways::PASSWORD_GRANT {
                return self.connect(entry, transport);
            }
            let form = Filled::of(entry)?;
            let api = form.connection(None, transport)?;
            let (user, password) = (form.text("user"), form.exactly("password"));
            api.oauth2_get_access_token_with_password(&user, &password, form.scope()?).await?;
            Ok(form.connected(api))
        }
        .boxed_local()
    }

    fn leaves(&self, way: &str) -> bool {
        ways::grant(way).is_some()
    }

    fn depart(
        &self,
        entry: &Entry,
        back: &str,
        carried: &str,
        transport: Rc<dyn Transport>,
    ) -> Result<Departure> {
        let form = Filled::of(entry)?;
        let grant = leaving(entry)?;
        let api = form.connection(None, transport)?;
        let SignIn { url, pending } = api.oauth2_sign_in(back, grant, form.scope()?, carried)?;
        Ok(Departure { url, kept: pending.kept() })
    }

    fn arrive<'a>(
        &'a self,
        entry: &'a Entry,
        returned: &'a Returned,
        transport: Rc<dyn Transport>,
    ) -> LocalBoxFuture<'a, Result<Connected>> {
        async move {
            let form = Filled::of(entry)?;
            let grant = leaving(entry)?;
            let api = form.connection(None, transport)?;
            let pending = Pending::of(&returned.back, grant, &returned.kept);
            api.oauth2_get_access_token(&returned.address, &pending).await?;
            Ok(form.connected(api))
        }
        .boxed_local()
    }

    fn demo(&self, info: &Value, absolute: &dyn Fn(&str) -> Option<String>) -> Option<Demo> {
        let url = absolute(info.get("url")?.as_str()?)?;
        let given = |name: &str| Some(info.get("credentials")?.get(name)?.as_str()?.to_string());
        let values = [
            ("url", url),
            ("key", given("api_key")?),
            ("secret", given("api_secret")?),
            ("user", given("username")?),
            ("password", given("password")?),
        ];
        Some(Demo { entry: Entry::new("key", values), opening: opening(info.get("streams")?.as_array()?) })
    }
}

/// The tracks of the first record that has them all.
fn opening(streams: &[Value]) -> Option<Opening> {
    let datatype = |stream: &Value| stream.get("datatype").and_then(Value::as_i64);
    let of = |record: &str| -> Option<Vec<&Value>> {
        let find = |track: &i64| {
            let found = |stream: &&Value| {
                registry::word(stream, "subject_id") == record && datatype(stream) == Some(*track)
            };
            streams.iter().find(found)
        };
        TRACKS.iter().map(find).collect()
    };
    let records = streams.iter().map(|stream| registry::word(stream, "subject_id"));
    let (subject, found) = records.into_iter().find_map(|record| Some((record.clone(), of(&record)?)))?;
    let first = found.first()?;
    let (start, end) = (registry::instant(first, "min_time")?, registry::instant(first, "max_time")? + 1);
    Some(Opening {
        subject,
        streams: found.iter().map(|stream| registry::word(stream, "id")).collect(),
        view: FirstView::Range(TimeRange { start, end }),
    })
}

/// How the token of a way that leaves the page is got.
fn leaving(entry: &Entry) -> Result<Grant> {
    ways::grant(&entry.way).ok_or_else(|| refuse("This way to sign in leaves no page."))
}
