//! How a person connects to Rune.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use serde_json::Value;
use streamscope_signal::BatchOperation;

use super::params::{AvailabilityQuery, Times};
use super::{AuthMethod, Config, Format, Rune};
use crate::registry::{
    self, Connected, Demo, Entry, FirstView, FormField, Opening, Probe, SettingsFile, Way,
};
use crate::transport::Transport;
use crate::{About, Error, ErrorKind, Facet, FacetOf, Noun, Platform, Result};

/// Rune.
pub const PLATFORM: Platform = Platform { id: "rune", name: "Rune" };

pub(super) const ABOUT: About = About {
    platform: PLATFORM,
    subject: Noun { one: "patient", many: "patients" },
    stream: Noun { one: "stream", many: "streams" },
    facets: &[
        Facet { label: "Device", of: FacetOf::Device },
        Facet { label: "Category", of: FacetOf::Label("category") },
        Facet { label: "Measurement", of: FacetOf::Label("measurement") },
        Facet { label: "Algorithm", of: FacetOf::Algorithm },
        Facet { label: "Stream type", of: FacetOf::StreamType },
    ],
};

const GRAPH_URL: FormField =
    FormField::new("graph-url", "Graph URL").with_initial("https://graph.runelabs.io");
const STREAM_URL: FormField =
    FormField::new("stream-url", "Stream URL").with_initial("https://stream.runelabs.io");

/// The ways to sign in, named as [`AuthMethod`]s are.
const WAYS: [Way; 5] = [
    Way {
        id: "access_token",
        label: "Access token",
        note: "",
        fields: &[
            FormField::new("access-token-id", "Access token ID"),
            FormField::new("access-token-secret", "Access token secret").secret(),
            GRAPH_URL,
            STREAM_URL,
        ],
    },
    Way {
        id: "client_keys",
        label: "Client key",
        note: "",
        fields: &[
            FormField::new("client-key-id", "Client key ID"),
            FormField::new("client-access-key", "Client access key").secret(),
            GRAPH_URL,
            STREAM_URL,
        ],
    },
    Way {
        id: "jwt",
        label: "JWT",
        note: "",
        fields: &[FormField::new("jwt", "JWT").secret(), GRAPH_URL, STREAM_URL],
    },
    Way {
        id: "cognito_refresh",
        label: "Refresh token",
        note: "",
        fields: &[
            FormField::new("cognito-client-id", "Cognito client ID"),
            FormField::new("cognito-refresh-token", "Cognito refresh token").secret(),
            FormField::new("cognito-url", "Cognito URL (empty: AWS, us-west-2)").optional(),
            GRAPH_URL,
            STREAM_URL,
        ],
    },
    Way {
        id: "custom",
        label: "Headers",
        note: "Requests are signed with these headers, one a line: name, colon, value.",
        fields: &[FormField::new("custom-auth-headers", "Headers").of_lines(), GRAPH_URL, STREAM_URL],
    },
];

/// What a first visit to the demo shows: words in the names of streams, in the order of their tracks.
const TRACKS: [&str; 3] = ["tremor", "heart rate", "three axes"];

/// Connects to Rune.
pub struct Connector;

impl registry::Connector for Connector {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ways(&self) -> &'static [Way] {
        &WAYS
    }

    fn settings_file(&self) -> Option<SettingsFile> {
        Some(SettingsFile { name: "~/.rune/config", read: |text| Config::from_yaml(text)?.entry() })
    }

    fn connect(&self, entry: &Entry, transport: Rc<dyn Transport>) -> Result<Connected> {
        let config = Config::from_entry(entry)?;
        if let Some(jwt) = &config.jwt {
            refuse_expired(jwt, transport.unix_ms())?;
        }
        let rune = Rune::new(&config, transport)?;
        let (host, other) = (registry::host(&config.graph_url), registry::host(&config.stream_url));
        let others = if other == host { Vec::new() } else { vec![rune.probe(other)] };
        Ok(Connected { others, ..Connected::to(Rc::new(rune), host) })
    }

    fn demo(&self, info: &Value, absolute: &dyn Fn(&str) -> Option<String>) -> Option<Demo> {
        let text = |pointer: &str| info.pointer(pointer).and_then(Value::as_str);
        let values = [
            ("graph-url", absolute(text("/graph_url")?)?),
            ("stream-url", absolute(text("/stream_url")?)?),
            ("access-token-id", text("/credentials/access_token_id")?.to_string()),
            ("access-token-secret", text("/credentials/access_token_secret")?.to_string()),
        ];
        let entry = Entry::new(AuthMethod::AccessToken.name(), values);
        Some(Demo { entry, opening: opening(info.get("streams")?.as_array()?) })
    }
}

impl Rune {
    /// There is no such stream. Any answer, this one too, shows that the host of the rows is reached.
    fn probe(&self, host: String) -> Probe {
        let rune = self.clone();
        let query = AvailabilityQuery {
            stream_ids: vec!["connection-test".into()],
            batch_operation: Some(BatchOperation::Any),
            start_time: 0.0,
            end_time: 3600.0,
            resolution: 3600,
            limit: None,
            format: Format::default(),
            times: Times::default(),
        };
        let ask = async move { rune.availability(&query).await.map(drop) };
        Probe { host, ask: ask.boxed_local() }
    }
}

impl Config {
    /// The fields of the form that stand for texts of a configuration.
    fn texts(&mut self) -> [(&'static str, &mut Option<String>); 8] {
        [
            ("access-token-id", &mut self.access_token_id),
            ("access-token-secret", &mut self.access_token_secret),
            ("client-key-id", &mut self.client_key_id),
            ("client-access-key", &mut self.client_access_key),
            ("jwt", &mut self.jwt),
            ("cognito-client-id", &mut self.cognito_client_id),
            ("cognito-refresh-token", &mut self.cognito_refresh_token),
            ("cognito-url", &mut self.cognito_url),
        ]
    }

    /// The configuration that a form's entry means: signed with the credentials of the chosen way, and no others.
    fn from_entry(entry: &Entry) -> Result<Self> {
        let mut config = Self {
            graph_url: entry.text("graph-url").into(),
            stream_url: entry.text("stream-url").into(),
            auth_method: Some(entry.way.parse()?),
            custom_auth_headers: headers(entry.text("custom-auth-headers"))?,
            ..Self::default()
        };
        for (field, text) in config.texts() {
            *text = entry.given(field);
        }
        Ok(config)
    }

    /// The form's entry that means this configuration.
    fn entry(mut self) -> Result<Entry> {
        let way = self.auth_method()?.name();
        let lines: Vec<_> =
            self.custom_auth_headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let urls = [("graph-url", self.graph_url.clone()), ("stream-url", self.stream_url.clone())];
        let mut entry = Entry::new(way, urls);
        entry.values.insert("custom-auth-headers".into(), lines.join("\n"));
        for (field, text) in self.texts() {
            entry.values.insert(field.into(), text.take().unwrap_or_default());
        }
        Ok(entry)
    }
}

fn refuse(message: impl Into<String>) -> Error {
    Error { platform: Some(PLATFORM), ..Error::new(ErrorKind::Configuration, message) }
}

/// Headers, one a line.
fn headers(lines: &str) -> Result<Vec<(String, String)>> {
    let pair = |line: &str| {
        let (name, value) = line.split_once(':').ok_or_else(|| {
            refuse("A line of the headers has no colon: write name, colon, value, one header a line.")
        })?;
        Ok((name.trim().to_string(), value.trim().to_string()))
    };
    lines.lines().filter(|line| !line.trim().is_empty()).map(pair).collect()
}

/// Refuses a token that says of itself that it has expired. One that cannot be read is the server's to judge.
fn refuse_expired(token: &str, unix_ms: f64) -> Result<()> {
    let expires = || {
        let payload = token.split('.').nth(1)?.trim_end_matches('=');
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        claims.get("exp")?.as_f64()
    };
    match expires() {
        Some(expires) if expires * 1e3 < unix_ms => Err(refuse(format!(
            "This JWT expired {} ago. Get a new one from the platform's site.",
            since(unix_ms / 1e3 - expires)
        ))),
        _ => Ok(()),
    }
}

/// A stretch of time in the largest unit that it has two of.
fn since(seconds: f64) -> String {
    let units = [(86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")];
    let found = units.into_iter().find(|(unit, _)| seconds >= 2.0 * unit);
    let (unit, name) = found.unwrap_or((1.0, "seconds"));
    format!("{} {name}", (seconds / unit).round())
}

/// The first subject that has a stream with data for every track.
fn opening(streams: &[Value]) -> Option<Opening> {
    let of_subject = |subject: &str| {
        let named = |stream: &Value, track: &str| {
            registry::word(stream, "subject_id") == subject
                && registry::word(stream, "name").to_lowercase().contains(track)
        };
        let find = |track: &&str| streams.iter().find(|stream| named(stream, track));
        let found: Vec<&Value> = TRACKS.iter().map(find).collect::<Option<_>>()?;
        Some(Opening {
            subject: subject.into(),
            streams: found.iter().map(|stream| registry::word(stream, "id")).collect(),
            view: FirstView::DaysAround(registry::instant(found.last()?, "min_time")?),
        })
    };
    streams.iter().find_map(|stream| of_subject(&registry::word(stream, "subject_id")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_first_visit_opens_a_subject_that_has_all_tracks() {
        let stream = |id: &str, subject: &str, name: &str| json!({ "id": id, "subject_id": subject, "name": name, "min_time": 1_709_078_400.5 });
        let streams = [
            stream("a", "p1", "Tremor probability"),
            stream("b", "p1", "Heart rate"),
            stream("c", "p2", "Acceleration, three axes"),
            stream("d", "p2", "Resting heart rate"),
            stream("e", "p2", "Tremor probability"),
        ];
        let found = opening(&streams).unwrap();
        assert_eq!((found.subject.as_str(), found.streams.join("")), ("p2", "edc".into()));
        assert_eq!(found.view, FirstView::DaysAround(1_709_078_400_500_000_000));
        assert_eq!(opening(&streams[..2]), None);
    }

    #[test]
    fn a_file_fills_the_form_and_the_form_means_the_file() {
        let config = Config { jwt: Some("a.b.c".into()), ..Config::default() };
        let entry = config.clone().entry().unwrap();
        assert_eq!((entry.way.as_str(), entry.text("jwt")), ("jwt", "a.b.c"));
        assert_eq!(
            Config::from_entry(&entry).unwrap(),
            Config { auth_method: Some(AuthMethod::Jwt), ..config }
        );
        let custom = [("X-A".to_string(), "1: 2".to_string())];
        let config = Config { custom_auth_headers: custom.to_vec(), ..Config::default() };
        let entry = config.entry().unwrap();
        assert_eq!(Config::from_entry(&entry).unwrap().custom_auth_headers, custom);
    }

    #[test]
    fn an_expired_token_is_not_sent() {
        let token = |claims: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
        let error = refuse_expired(&token(r#"{"exp":1000}"#), 8_200_000.0).unwrap_err();
        assert_eq!(error.message, "This JWT expired 2 hours ago. Get a new one from the platform's site.");
        assert!(refuse_expired(&token(r#"{"exp":1000}"#), 999_000.0).is_ok());
        assert!(refuse_expired(&token("{}"), 9e12).is_ok() && refuse_expired("not a token", 9e12).is_ok());
    }
}
