//! Braincube: the braincubes of an account, their memory bases with variables, data groups, events, jobs and rules, and
//! the data of variables, over two HTTP services and a sign-on service.
//!
//! [`Braincube`] offers all of it. Times at this edge are nanoseconds UTC; a memory base's own are what the clock of its
//! time zone shows. Ids are texts, whether the server sends them as texts or as numbers.

mod address;
mod auth;
mod conditions;
mod config;
mod connector;
mod data;
mod filter;
mod groups;
mod info;
mod jobs;
mod lists;
mod model;
mod pages;
mod raw;
mod reproduce;
mod source;
mod stored;
mod zone;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use streamscope_signal::TimeZone;

pub use address::BaseId;
pub use config::Config;
pub use connector::{Connector, PLATFORM};
pub use data::{DataQuery, DataRead, Labels};
pub use filter::{read_filter, write_filter};
pub use info::BaseInfo;
pub use model::{Condition, DataGroup, Event, Job, JobEvents, MemoryBase, Product, Rule, Settings, Variable};
pub use pages::Pages;
pub use raw::{RawAnswer, RawRequest};

use crate::Result;
use crate::http::{Auth, Http, Policy};
use crate::transport::{Request, Transport};
use address::Address;

/// Tells the time zone of a name ("Europe/Paris"), where it is known.
pub type Zones = Rc<dyn Fn(&str) -> Option<TimeZone>>;

/// A connection to the services of one Braincube domain. Clones share transport and credentials.
#[derive(Clone)]
pub struct Braincube {
    http: Http,
    address: Rc<Address>,
    settings: Settings,
    zones: Zones,
    /// What is known of memory bases that were asked for.
    infos: Rc<RefCell<HashMap<BaseId, Rc<BaseInfo>>>>,
}

impl Braincube {
    /// A connection with this configuration. Fails when it is incomplete; nothing is sent.
    pub fn new(config: &Config, transport: Rc<dyn Transport>) -> Result<Self> {
        let address = Rc::new(config.address()?);
        let auth: Rc<dyn Auth> = config.auth(&address, transport.clone())?;
        let http = Http::new(transport, PLATFORM, auth);
        let settings = Settings::default();
        Ok(Self { http, address, settings, zones: Rc::new(known_zone), infos: Rc::default() })
    }

    /// The same connection with another policy. Clones made before keep theirs.
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { http: self.http.with_policy(policy), ..self }
    }

    /// The same connection with other settings.
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The same connection with time zones of one's own. Without them, UTC and fixed offsets are known, and in a browser or
    /// with the feature `native` all that have a name.
    pub fn with_zones(mut self, zones: Zones) -> Self {
        self.zones = zones;
        self
    }

    /// Requests at one time.
    fn at_once(&self) -> usize {
        self.http.policy.concurrency.max(1)
    }

    /// Sends a request and reads its JSON answer.
    async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.http.fetch_json(request).await
    }

    /// A GET of a resource of a braincube.
    fn get(&self, braincube: &str, path: &str) -> Result<Request> {
        let mut request = Request::get(self.address.api(braincube, path)?);
        request.headers.push(("Accept".into(), "application/json".into()));
        Ok(request)
    }
}

#[cfg(target_arch = "wasm32")]
fn known_zone(name: &str) -> Option<TimeZone> {
    crate::zones::table(name)
}

#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
fn known_zone(name: &str) -> Option<TimeZone> {
    crate::zones::table(name)
}

#[cfg(not(any(feature = "native", target_arch = "wasm32")))]
fn known_zone(_: &str) -> Option<TimeZone> {
    None
}
