//! Hexoskin: users, records, ranges and their data, over a REST API with lists, objects and links between them.
//!
//! [`Hexoskin`] offers the API in full: [`Hexoskin::resource`] the objects, [`Hexoskin::data_list`] and what stands with
//! it the samples. Times of the server count 1/256 s since the Unix epoch; those here are nanoseconds, but for the fields
//! of objects, which stay as the server writes them.

mod address;
mod auth;
mod cache;
mod config;
mod connector;
mod data;
mod discovery;
mod filters;
mod list;
mod object;
mod pages;
mod reproduce;
mod requests;
mod resource;
mod schema;
mod source;

use std::rc::Rc;

pub use address::Id;
pub use auth::{Grant, Pending, Scope, SignIn, Tokens, code_challenge};
pub use config::{Config, Credentials, SERVER};
pub use connector::{Connector, PLATFORM};
pub use data::{
    BinaryFile, BinaryRead, Counts, DataList, DataResult, Datatype, Download, Format, LiveRead, SampleQuery,
    SampleRead, Scale, Series, Way,
};
pub use filters::{FilterValue, Filters};
pub use list::{Meta, ObjectList};
pub use object::{Field, Object};
pub use pages::Pages;
pub use resource::Resource;
pub use schema::{Endpoint, FieldSchema, Filtering, Schema};

use crate::Result;
use crate::http::{Http, Policy};
use crate::transport::Transport;
use address::Base;
use auth::Signer;
use cache::Cache;
use discovery::Discovery;

/// The server bears fewer than five requests a second.
const REQUESTS_A_SECOND: u32 = 4;

/// A connection to the platform. Clones share credentials, objects and schemas.
#[derive(Clone)]
pub struct Hexoskin {
    http: Http,
    signer: Rc<Signer>,
    base: Base,
    cache: Rc<Cache>,
    discovery: Rc<Discovery>,
}

impl Hexoskin {
    /// A connection with this address, key and credentials. Fails when they contradict each other; nothing is sent.
    pub fn new(config: &Config, transport: Rc<dyn Transport>) -> Result<Self> {
        let base = Base::new(config)?;
        let signer = Rc::new(Signer::new(config, &base, transport.clone())?);
        let policy = Policy { requests_a_second: Some(REQUESTS_A_SECOND), ..Policy::default() };
        let http = Http::new(transport, PLATFORM, signer.clone()).with_policy(policy);
        Ok(Self { http, signer, base, cache: Rc::default(), discovery: Rc::default() })
    }

    /// The same connection with another patience.
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { http: self.http.with_policy(policy), ..self }
    }

    /// Who asks now; `None` when nobody is signed in.
    pub fn auth(&self) -> Option<Credentials> {
        self.signer.credentials()
    }

    /// Makes this connection, and all its clones, ask for someone else. Objects that came for others are let go of.
    pub fn set_auth(&self, credentials: Option<Credentials>) {
        self.signer.set(credentials);
        self.cache.clear();
    }

    /// The same address and key for someone else, with objects of their own: for single calls.
    pub fn with_auth(&self, credentials: Credentials) -> Self {
        let signer = Rc::new(self.signer.with(Some(credentials)));
        let http = self.http.signed_by(signer.clone());
        Self { http, signer, cache: Rc::default(), ..self.clone() }
    }

    /// Credentials that a sign-in gave.
    fn signed_in(&self, credentials: Credentials) {
        self.set_auth(Some(credentials));
    }

    /// Lets go of all objects, so that the next request for each is sent.
    pub fn clear_object_cache(&self) {
        self.cache.clear();
    }

    /// Lets go of the list of resources and their schemas, which are asked for again when next needed.
    pub fn clear_resource_cache(&self) {
        self.discovery.clear();
    }

    /// A resource by its name ("range"). Whether the server has it shows with the first call.
    pub fn resource(&self, name: &str) -> Resource {
        Resource::new(self, name)
    }
}
