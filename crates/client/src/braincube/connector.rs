//! How a person connects to Braincube.

use std::rc::Rc;

use serde_json::Value;

use super::{BaseId, Braincube, Config};
use crate::registry::{
    self, Connected, Demo, Entry, FirstView, FormField, Opening, Probe, SettingsFile, Way,
};
use crate::transport::Transport;
use crate::{About, Facet, FacetOf, Noun, Platform, Result, TimeRange};

/// Braincube.
pub const PLATFORM: Platform = Platform { id: "braincube", name: "Braincube" };

/// The label that names the data groups of a variable.
pub(super) const DATA_GROUP: &str = "data_group";

pub(super) const ABOUT: About = About {
    platform: PLATFORM,
    subject: Noun { one: "memory base", many: "memory bases" },
    stream: Noun { one: "variable", many: "variables" },
    facets: &[
        Facet { label: "Data group", of: FacetOf::Label(DATA_GROUP) },
        Facet { label: "Type", of: FacetOf::StreamType },
    ],
};

const DOMAIN: FormField = FormField::new("domain", "Domain").with_placeholder("mybraincube.com").optional();
const SSO_URL: FormField =
    FormField::new("sso-base-url", "SSO base URL").with_placeholder("https://mybraincube.com").optional();
const API_URL: FormField = FormField::new("braincube-base-url", "Braincube base URL")
    .with_placeholder("https://api.mybraincube.com")
    .optional();

const WAYS: [Way; 2] = [
    Way {
        id: "key",
        label: "Access token",
        note: "Made under Account > Access tokens, with the scopes BRAINCUBE and SSO_READ. The domain is enough where both \
               base URLs are the usual ones.",
        fields: &[FormField::new("api-key", "Personal access token").secret(), DOMAIN, SSO_URL, API_URL],
    },
    Way {
        id: "oauth2",
        label: "OAuth2 token",
        note: "",
        fields: &[FormField::new("oauth2-token", "OAuth2 token").secret(), DOMAIN, SSO_URL, API_URL],
    },
];

/// Variables that a first visit to the demo shows, at most.
const TRACKS: usize = 3;

/// Connects to Braincube.
pub struct Connector;

impl registry::Connector for Connector {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ways(&self) -> &'static [Way] {
        &WAYS
    }

    fn settings_file(&self) -> Option<SettingsFile> {
        Some(SettingsFile { name: "~/.braincube/config.json", read: settings })
    }

    fn connect(&self, entry: &Entry, transport: Rc<dyn Transport>) -> Result<Connected> {
        let chosen = |way: &str, field: &str| entry.given(field).filter(|_| entry.way == way);
        let config = Config {
            domain: entry.given("domain"),
            sso_base_url: entry.given("sso-base-url"),
            braincube_base_url: entry.given("braincube-base-url"),
            api_key: chosen("key", "api-key"),
            oauth2_token: chosen("oauth2", "oauth2-token"),
            verify: None,
        };
        let source = Braincube::new(&config, transport)?;
        let (sso, api) =
            (registry::host(source.address.sso_base()), registry::host(source.address.api_base()));
        let braincube = source.clone();
        let ask = Box::pin(async move { braincube.any_memory_base().await });
        let others = if sso == api { Vec::new() } else { vec![Probe { host: api, ask }] };
        Ok(Connected { others, ..Connected::to(Rc::new(source), sso) })
    }

    fn demo(&self, info: &Value, absolute: &dyn Fn(&str) -> Option<String>) -> Option<Demo> {
        let url = |name: &str| absolute(info.get(name)?.as_str()?);
        let key = info.pointer("/credentials/api_key")?.as_str()?;
        let entry = Entry::new(
            "key",
            [
                ("api-key", key.to_string()),
                ("sso-base-url", url("sso_base_url")?),
                ("braincube-base-url", url("braincube_base_url")?),
            ],
        );
        Some(Demo { entry, opening: opening(info) })
    }
}

/// The official client's `config.json`.
fn settings(text: &str) -> Result<Entry> {
    let config = Config::from_json(text)?;
    config.check()?;
    let way = if config.api_key.is_some() { "key" } else { "oauth2" };
    let given = |value: Option<String>| value.unwrap_or_default();
    Ok(Entry::new(
        way,
        [
            ("domain", given(config.domain)),
            ("sso-base-url", given(config.sso_base_url)),
            ("braincube-base-url", given(config.braincube_base_url)),
            ("api-key", given(config.api_key)),
            ("oauth2-token", given(config.oauth2_token)),
        ],
    ))
}

/// The first numbers and states of the first memory base that dates its rows.
fn opening(info: &Value) -> Option<Opening> {
    let streams = info.get("streams")?.as_array()?;
    let first = streams.iter().find(|stream| registry::instant(stream, "min_time").is_some())?;
    let base = registry::word(first, "subject_id");
    let subjects = info.get("subjects")?.as_array()?;
    let subject = subjects.iter().find(|subject| registry::word(subject, "id") == base)?;
    let braincube = registry::word(subject, "braincube");
    let shown = |stream: &&Value| {
        registry::word(stream, "subject_id") == base && registry::word(stream, "type") != "DATETIME"
    };
    let tracks = streams.iter().filter(shown).take(TRACKS);
    let (start, end) = (registry::instant(first, "min_time")?, registry::instant(first, "max_time")? + 1);
    Some(Opening {
        subject: BaseId::new(braincube, base.trim_start_matches("mb")).subject_id(),
        streams: tracks.map(|stream| registry::word(stream, "id")).collect(),
        view: FirstView::Range(TimeRange { start, end }),
    })
}

impl Braincube {
    /// Asks the API service for something small of the first braincube.
    async fn any_memory_base(&self) -> Result<()> {
        let Some(first) = self.braincubes().await?.into_iter().next() else { return Ok(()) };
        self.memory_bases(&first.name)?.with_page_size(1).page(0).await.map(drop)
    }
}
