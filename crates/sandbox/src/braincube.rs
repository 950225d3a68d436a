//! Braincube: the identity service, the metadata service `braincube` and the data service `braindata`, under
//! `/braincube`.
//!
//! One address serves all three, so that the platform's own Python client works with both of its base URLs set to it. A
//! braincube is named in the path in either form that the client writes: `braincube/NAME/…`, or `NAME/…` where a base URL
//! holds the placeholder. Where the document is silent, this is what it does:
//!
//! - bounds of `BETWEEN` belong to the range;
//! - a condition on a missing cell does not hold, and its `NOT` does;
//! - a condition compares values of the variable's own type, and a `DISCRETE` variable has no order;
//! - columns come in the order of their ids, each once.

mod access;
mod catalogue;
mod cell;
mod data;
mod filter;
mod refusal;
mod reply;
mod resources;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

pub(crate) use catalogue::{Base, Braincube, Item, Order, Site, Variable};
pub(crate) use cell::Cell;

use refusal::{Refusal, Result};

use crate::{Request, Response};

/// Where the platform's paths begin.
const BASE: &str = "/braincube";
/// Streams of a memory base in `info.json`, at most.
const LISTED: usize = 100;

/// The platform over a site.
pub(crate) struct Platform {
    site: Site,
}

impl Platform {
    /// Serves a site.
    pub(crate) fn new(site: Site) -> Self {
        Self { site }
    }

    /// Answers a request for one of the platform's paths; `None` for any other path.
    pub(crate) fn handle(&self, request: &Request) -> Option<Response> {
        let path = request.path.strip_prefix(BASE)?.strip_prefix('/')?;
        let parts: Vec<String> = path
            .trim_matches('/')
            .split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Some(self.answer(&parts, request).unwrap_or_else(Response::from))
    }

    fn answer(&self, parts: &[&str], request: &Request) -> Result<Response> {
        match parts {
            ["sso-server", "ws", "oauth2", "session"] => return access::session(request),
            ["sso-server", "ws", "user", "me"] => {
                access::authorize(request)?;
                return Ok(access::me(&self.site));
            }
            _ => access::authorize(request)?,
        }
        let (name, service, rest) = located(parts).ok_or_else(|| Refusal::missing("no such path"))?;
        let braincube = self.site.braincubes.iter().find(|braincube| braincube.name == name);
        let braincube =
            braincube.ok_or_else(|| Refusal::missing(format!("no braincube is called {name}")))?;
        if !braincube.granted {
            return Err(Refusal::forbidden(format!("this key does not open the braincube {name}")));
        }
        match service {
            "braindata" => data::answer(braincube, rest, request),
            _ => resources::answer(braincube, rest, request),
        }
    }

    /// The platform's part of `info.json`. Times are Unix seconds, read off the base's clock as if it showed UTC. Of
    /// bases with very many variables the first hundred are listed.
    pub(crate) fn info(&self, base: &str) -> Value {
        let url = format!("{base}{BASE}");
        let granted = self.site.braincubes.iter().filter(|braincube| braincube.granted);
        let bases = granted.flat_map(|braincube| braincube.bases.iter().map(|base| (braincube.name, base)));
        let subject = |(braincube, base): (&str, &std::sync::Arc<Base>)| {
            json!({
                "id": base.long_id(),
                "name": base.name,
                "braincube": braincube,
                "variables": base.variables.len(),
            })
        };
        let streams = |(_, base): (&str, &std::sync::Arc<Base>)| {
            let times = base.times();
            let stream = |variable: &Variable| {
                json!({
                    "id": base.variable_id(variable.id),
                    "name": variable.standard,
                    "subject_id": base.long_id(),
                    "type": variable.type_name,
                    "rows": base.rows,
                    "min_time": times.map(|(first, _)| first),
                    "max_time": times.map(|(_, last)| last),
                })
            };
            base.variables.iter().take(LISTED).map(stream).collect::<Vec<_>>()
        };
        json!({
            "url": url,
            "sso_base_url": url,
            "braincube_base_url": url,
            "credentials": { "api_key": access::API_KEY, "oauth2_token": access::OAUTH2_TOKEN },
            "subjects": bases.clone().map(subject).collect::<Vec<_>>(),
            "streams": bases.flat_map(streams).collect::<Vec<_>>(),
        })
    }
}

/// The braincube that a path names, the service, and what follows.
fn located<'a, 'b>(parts: &'b [&'a str]) -> Option<(&'a str, &'a str, &'b [&'a str])> {
    const SERVICES: [&str; 2] = ["braincube", "braindata"];
    match parts {
        ["braincube", name, service, rest @ ..] if SERVICES.contains(service) => Some((name, service, rest)),
        [name, service, rest @ ..] if SERVICES.contains(service) => Some((name, service, rest)),
        _ => None,
    }
}
