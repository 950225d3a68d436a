//! Connectors: how a person connects to each platform. The explorer knows platforms by this list alone.

mod form;

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use form::{Choice, Chosen, Entry, FormField, Understanding, Way, Wording};

use crate::transport::Transport;
use crate::{About, Error, ErrorKind, Platform, Result, Source, TimeRange};

/// The platforms, in the order that they are offered.
pub fn connectors() -> Vec<Rc<dyn Connector>> {
    vec![
        Rc::new(crate::rune::Connector),
        Rc::new(crate::joule::Connector),
        Rc::new(crate::braincube::Connector),
        Rc::new(crate::hexoskin::Connector),
        Rc::new(crate::file::Connector),
    ]
}

/// How a person connects to a platform.
pub trait Connector {
    /// The platform and its words.
    fn about(&self) -> &'static About;

    /// The ways to sign in; the first is the one to begin with.
    fn ways(&self) -> &'static [Way];

    /// What the form says around its fields.
    fn wording(&self) -> Wording {
        Wording {
            title: format!("Connect to {}", self.platform().name),
            promise: "Credentials are kept in this page's memory only. They go to the addresses below, never into \
                      links, exports or browser storage, and are gone when the page closes.",
            legend: "Credentials",
            submit: "Connect",
        }
    }

    /// What a step of the check is called. `host` is that of the connection, once there is one.
    fn stage_title(&self, stage: Stage, host: Option<&str>) -> String {
        match stage {
            Stage::Form => "Read the form".into(),
            Stage::Reach => format!("Reach {}", host.unwrap_or("the server")),
            Stage::SignIn => "Sign in".into(),
            Stage::List => format!("List {}", self.about().subject.many),
        }
    }

    /// The step at which a connection failed: without an answer, the host was not reached.
    fn failed_at(&self, error: &Error) -> Stage {
        match error.kind {
            ErrorKind::InvalidInput | ErrorKind::Configuration => Stage::Form,
            ErrorKind::Network => Stage::Reach,
            ErrorKind::Unauthorized => Stage::SignIn,
            _ => Stage::List,
        }
    }

    /// The official client's configuration file, where there is one.
    fn settings_file(&self) -> Option<SettingsFile> {
        None
    }

    /// What helps where the server lets no page in.
    fn help(&self) -> Option<&'static Help> {
        None
    }

    /// A connection. Nothing is sent.
    fn connect(&self, entry: &Entry, transport: Rc<dyn Transport>) -> Result<Connected>;

    /// A connection of a way that may have to ask the server for a token first.
    fn sign_in<'a>(
        &'a self,
        entry: &'a Entry,
        transport: Rc<dyn Transport>,
    ) -> LocalBoxFuture<'a, Result<Connected>> {
        let connected = self.connect(entry, transport);
        Box::pin(async { connected })
    }

    /// How what was chosen is understood, where that can be corrected before it is opened; `None` where there is nothing to
    /// correct. Reads as little as shows it.
    fn understand<'a>(&'a self, entry: &'a Entry) -> LocalBoxFuture<'a, Result<Option<Understanding>>> {
        let _ = entry;
        Box::pin(async { Ok(None) })
    }

    /// Whether people leave the page to sign in this way, and come back.
    fn leaves(&self, way: &str) -> bool {
        let _ = way;
        false
    }

    /// Where people are sent to sign in, of a way that [leaves](Self::leaves) the page. `back` is the page's own address,
    /// to which they return; `carried` comes back in the state.
    fn depart(
        &self,
        entry: &Entry,
        back: &str,
        carried: &str,
        transport: Rc<dyn Transport>,
    ) -> Result<Departure> {
        let _ = (entry, back, carried, transport);
        Err(Error::invalid("This way to sign in leaves no page."))
    }

    /// The connection of someone who has come back.
    fn arrive<'a>(
        &'a self,
        entry: &'a Entry,
        returned: &'a Returned,
        transport: Rc<dyn Transport>,
    ) -> LocalBoxFuture<'a, Result<Connected>> {
        let _ = (entry, returned, transport);
        Box::pin(async { Err(Error::invalid("This way to sign in leaves no page.")) })
    }

    /// The demo that a sandbox describes: `info` is this platform's part of its `info.json`. `absolute` makes a URL in
    /// it absolute.
    fn demo(&self, info: &Value, absolute: &dyn Fn(&str) -> Option<String>) -> Option<Demo> {
        let _ = (info, absolute);
        None
    }

    /// The platform.
    fn platform(&self) -> Platform {
        self.about().platform
    }
}

/// Where a person is sent to sign in, and what is kept until they are back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The address to open.
    pub url: String,
    /// What is kept meanwhile.
    pub kept: Kept,
}

/// The two texts of a sign-in under way, of use once: all that a browser keeps of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Tells that an address answers this sign-in.
    pub state: String,
    /// Proves that who exchanges a code is who asked for it; empty where there is no code.
    #[serde(default)]
    pub verifier: String,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(REDACTED)")
    }
}

/// What a person has come back with.
#[derive(Clone, PartialEq, Eq)]
pub struct Returned {
    /// The whole address, with a code or a token in it.
    pub address: String,
    /// The page's own address, to which they were sent back.
    pub back: String,
    /// What was kept.
    pub kept: Kept,
}

/// A state: what nobody can guess, and a text that comes back with it.
pub(crate) fn state(unguessable: &str, carried: &str) -> String {
    if carried.is_empty() { unguessable.into() } else { format!("{unguessable}.{carried}") }
}

/// An entry as a text that goes along to the platform's page and back, so that nothing of it need be kept: no secret.
pub fn carry(connector: &dyn Connector, entry: &Entry) -> String {
    let way = connector.ways().iter().find(|way| way.id == entry.way);
    let open = way.into_iter().flat_map(|way| way.fields).filter(|field| !field.secret);
    let values: BTreeMap<_, _> = open.map(|field| (field.id, entry.text(field.id))).collect();
    URL_SAFE_NO_PAD.encode(json!([connector.platform().id, entry.way, values]).to_string())
}

/// Platform and entry that a state carries.
pub fn carried(state: &str) -> Option<(String, Entry)> {
    let (_, text) = state.split_once('.')?;
    let (platform, way, values) = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    Some((platform, Entry { way, values, files: Vec::new() }))
}

/// The configuration file of an official client.
#[derive(Clone, Copy)]
pub struct SettingsFile {
    /// What it is called ("~/.rune/config").
    pub name: &'static str,
    /// Understands its text.
    pub read: fn(&str) -> Result<Entry>,
}

/// Ways into a server that answers no page from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    /// One line.
    pub title: &'static str,
    /// Why it is so.
    pub reason: &'static str,
    /// The ways: what to fill in, and what makes it work.
    pub ways: &'static [(&'static str, &'static str)],
}

/// A step of the check of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What was filled in is understood.
    Form,
    /// The host answers.
    Reach,
    /// It lets the person in.
    SignIn,
    /// It lists subjects.
    List,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Form, Self::Reach, Self::SignIn, Self::List];
}

/// A connection that was made, and what there is to check.
pub struct Connected {
    /// The source.
    pub source: Rc<dyn Source>,
    /// The host that is asked first. Holds no secret.
    pub host: String,
    /// Other hosts, each with a question that shows whether it is reached.
    pub others: Vec<Probe>,
    /// What is worth looking at first, where it is known by now.
    pub opening: Option<Opening>,
}

impl Connected {
    /// A connection to one host.
    pub fn to(source: Rc<dyn Source>, host: impl Into<String>) -> Self {
        Self { source, host: host.into(), others: Vec::new(), opening: None }
    }
}

/// A question whose answer, whatever it says, shows that a host is reached.
pub struct Probe {
    /// The host.
    pub host: String,
    /// The question.
    pub ask: LocalBoxFuture<'static, Result<()>>,
}

/// A sandbox's demo of a platform.
#[derive(Clone, PartialEq)]
pub struct Demo {
    /// How to connect. Its credentials are public.
    pub entry: Entry,
    /// What is worth looking at first.
    pub opening: Option<Opening>,
}

/// What is worth looking at first.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Id of the subject.
    pub subject: String,
    /// Ids of the streams, in the order of their tracks.
    pub streams: Vec<String>,
    /// What is in view.
    pub view: FirstView,
}

/// A first view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstView {
    /// Two local days around an instant, ns.
    DaysAround(i64),
    /// A stretch as it is.
    Range(TimeRange),
    /// A stretch of clock times of which nobody knows the zone: they are read as UTC.
    Clock(TimeRange),
}

/// "graph.runelabs.io" of "https://graph.runelabs.io/x".
pub(crate) fn host(url: &str) -> String {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().to_string()
}

/// A text of a demo's stream; empty where there is none.
pub(crate) fn word(stream: &Value, key: &str) -> String {
    stream.get(key).and_then(Value::as_str).unwrap_or_default().to_string()
}

/// An instant of a demo's stream, given in Unix seconds, as ns.
pub(crate) fn instant(stream: &Value, key: &str) -> Option<i64> {
    Some((stream.get(key)?.as_f64()? * 1e6).round() as i64 * 1000)
}
