//! What every [`Source`] promises, as one suite. It runs on each platform that has a connector and a demo in the
//! sandbox, on a real Joule node, and on files; a new platform is in it as soon as it is in the registry.

mod aggregates;
mod catalogue;
mod errors;
pub(crate) mod files;
mod rows;
mod together;

use std::rc::Rc;

use streamscope_client::registry::{Connector, Entry, connectors};
use streamscope_client::{About, NativeTransport, Request, Source, StreamInfo, Transport};
use streamscope_sandbox::testing::{TestOptions, TestServer};

use crate::joule::real_node;

/// A platform to be held to the contract.
struct Party {
    about: &'static About,
    /// A connection anew.
    connect: Box<dyn Fn() -> Rc<dyn Source>>,
    /// How a person signs in; `None` where nobody does.
    access: Option<Access>,
    /// Streams that go on while they are read, or whose reading never ends: left alone.
    skip: fn(&str) -> bool,
}

/// How a person signs in.
#[derive(Clone)]
struct Access {
    connector: Rc<dyn Connector>,
    /// What a person with access fills in.
    entry: Entry,
}

impl Party {
    /// A platform that people sign in to.
    fn signed_in(connector: Rc<dyn Connector>, entry: Entry, skip: fn(&str) -> bool) -> Self {
        let access = Access { connector, entry };
        let own = access.clone();
        let connect = move || {
            let transport = Rc::new(NativeTransport::new().unwrap());
            own.connector.connect(&own.entry, transport).unwrap().source
        };
        Self { about: access.connector.about(), connect: Box::new(connect), access: Some(access), skip }
    }

    fn name(&self) -> &'static str {
        self.about.platform.name
    }

    fn connect(&self) -> Rc<dyn Source> {
        (self.connect)()
    }
}

impl Access {
    /// Ids of the fields that hold a secret.
    fn secrets(&self) -> Vec<&'static str> {
        let way = self
            .connector
            .ways()
            .iter()
            .find(|way| way.id == self.entry.way)
            .expect("the way is one of them");
        way.fields.iter().filter(|field| field.secret).map(|field| field.id).collect()
    }
}

/// The platforms that a sandbox has a demo of.
async fn parties(server: &TestServer) -> Vec<Party> {
    let url = server.url().to_string();
    let asked = Request::get(format!("{url}/sandbox/info.json"));
    let mut answer = NativeTransport::new().unwrap().send(asked).await.unwrap();
    let mut body = Vec::new();
    while answer.body.read(&mut body).await.unwrap() > 0 {}
    let info: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let absolute = |path: &str| Some(if path.contains("://") { path.into() } else { format!("{url}{path}") });
    let demo = |connector: Rc<dyn Connector>| {
        let of =
            info["platforms"].get(connector.platform().id).expect("the sandbox has a demo of each platform");
        let entry = connector.demo(of, &absolute).expect("the demo can be connected to").entry;
        Party::signed_in(connector, entry, |id| id.starts_with("/live"))
    };
    // Files have no server.
    let served = |connector: &Rc<dyn Connector>| !connector.ways().iter().any(|way| way.takes_files());
    connectors().into_iter().filter(served).map(demo).collect()
}

/// The streams of a few subjects.
async fn streams(party: &Party, source: &dyn Source) -> Vec<StreamInfo> {
    let mut found = Vec::new();
    for subject in catalogue::subjects(source).await {
        let streams = catalogue::streams(source, &subject.id).await;
        found.extend(streams.into_iter().filter(|stream| !(party.skip)(&stream.id)));
        if found.len() > 40 {
            break;
        }
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    assert!(!found.is_empty(), "{}: there are no streams", party.name());
    found
}

async fn suite(party: &Party) {
    let source = party.connect();
    catalogue::lists_everything_once(party, source.as_ref()).await;
    let streams = streams(party, source.as_ref()).await;
    let samples = rows::samples(party, source.as_ref(), &streams).await;
    rows::each_once_and_in_order_over_any_split(party, source.as_ref(), &samples).await;
    rows::a_read_can_be_left(party, source.as_ref(), &samples).await;
    rows::nothing_comes_from_where_nothing_is(party, source.as_ref(), &streams, &samples).await;
    aggregates::agree_with_the_rows(party, source.as_ref(), &samples).await;
    errors::tell_what_is_wrong(party, source.as_ref(), &samples).await;
    if let Some(access) = &party.access {
        errors::tell_no_secret(party.name(), access, source.as_ref(), &samples).await;
    }
}

#[tokio::test]
async fn every_platform_of_the_sandbox_keeps_the_contract() {
    let server = TestServer::start(TestOptions::default().page_rows(700)).await.unwrap();
    for party in parties(&server).await {
        suite(&party).await;
    }
}

#[tokio::test]
async fn every_platform_reads_the_same_rows_over_connections_that_break() {
    let honest = TestServer::start(TestOptions::default().page_rows(700)).await.unwrap();
    let faulty = rows::breaking_server().await;
    for (party, broken) in parties(&honest).await.iter().zip(&parties(&faulty).await) {
        rows::same_over_breaks(party, broken).await;
    }
}

#[tokio::test]
async fn a_real_node_keeps_the_contract() {
    let (url, key) = real_node();
    let connector: Rc<dyn Connector> = Rc::new(streamscope_client::joule::Connector);
    let entry = Entry::new("key", [("node-url", url), ("api-key", key)]);
    let moving = |id: &str| ["/live", "/scratch", "/awkward"].iter().any(|folder| id.starts_with(folder));
    suite(&Party::signed_in(connector, entry, moving)).await;
}
