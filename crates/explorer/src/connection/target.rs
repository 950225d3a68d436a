//! What a person asked to connect to: a platform, its addresses and credentials.

use std::rc::Rc;

use streamscope_client::joule::{self, Joule};
use streamscope_client::rune::{self, AuthMethod, Rune};
use streamscope_client::{Platform, Result, Source, Transport};

use super::jwt;
use crate::state::{Access, Connection};

/// A platform with its addresses and credentials. Dropped as soon as a source stands.
#[derive(Clone)]
pub enum Target {
    /// Rune's two APIs.
    Rune(Box<rune::Config>),
    /// A Joule node.
    Joule(joule::Config),
}

impl Target {
    /// The platform.
    pub fn platform(&self) -> Platform {
        match self {
            Self::Rune(_) => Platform::Rune,
            Self::Joule(_) => Platform::Joule,
        }
    }

    /// The host that lists the subjects.
    pub fn host(&self) -> String {
        match self {
            Self::Rune(config) => host(&config.graph_url),
            Self::Joule(config) => host(&config.url),
        }
    }

    /// The host of the rows, where it is another one.
    pub fn other_host(&self) -> Option<String> {
        match self {
            Self::Rune(config) => Some(host(&config.stream_url)).filter(|other| *other != self.host()),
            Self::Joule(_) => None,
        }
    }

    /// What the platform calls one subject, and several.
    pub fn subjects(&self) -> (&'static str, &'static str) {
        match self {
            Self::Rune(_) => ("patient", "patients"),
            Self::Joule(_) => ("folder", "folders"),
        }
    }

    /// What is wrong with the credentials, as far as it shows without asking anyone.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Rune(config) => config.jwt.as_deref().and_then(jwt::problem),
            Self::Joule(_) => None,
        }
    }

    /// What the page says of it. Holds no secret.
    pub fn connection(&self) -> Connection {
        let access = match self {
            Self::Rune(config) => Access::Rune {
                graph_url: base(&config.graph_url),
                stream_url: base(&config.stream_url),
                credentials: config.auth_method().unwrap_or(AuthMethod::AccessToken),
            },
            Self::Joule(config) => Access::Joule { url: base(&config.url) },
        };
        Connection { name: self.host(), demo: false, access }
    }

    /// The source. Nothing is sent.
    pub fn source(&self) -> Result<Rc<dyn Source>> {
        Ok(match self {
            Self::Rune(config) => Rc::new(Rune::new(config, transport())?),
            Self::Joule(config) => Rc::new(Joule::new(config, transport())?),
        })
    }
}

/// The browser's fetch.
#[cfg(target_arch = "wasm32")]
fn transport() -> Rc<dyn Transport> {
    Rc::new(streamscope_client::FetchTransport::new())
}

/// Elsewhere the page does not run; its pure parts are tested.
#[cfg(not(target_arch = "wasm32"))]
fn transport() -> Rc<dyn Transport> {
    use streamscope_client::{Canned, MemoryTransport};
    Rc::new(MemoryTransport::new(|_| Canned::failure("there is no network outside a browser")))
}

fn base(url: &str) -> String {
    url.trim().trim_end_matches('/').into()
}

/// "graph.runelabs.io" of "https://graph.runelabs.io/x".
fn host(url: &str) -> String {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_string()
}
