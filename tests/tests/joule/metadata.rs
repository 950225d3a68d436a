//! Folders, streams, events, annotations, modules and masters: written by one client, read by the other.

mod annotations;
mod event_writer;
mod events;
mod folders;
mod node;
mod shapes;
mod streams;

use streamscope_client::joule::Joule;
use streamscope_client::{Error, ErrorKind};

use super::official::Official;
use super::{Compared, connect};
pub(crate) use node::{access, modules};

/// A time that all tests count from, in nanoseconds: 2023-11-14T22:13:20Z.
const ZERO: i64 = 1_700_000_000_000_000_000;

/// Both clients on one node, and a folder of ours on it.
struct Peers {
    ours: Joule,
    theirs: Official,
    scratch: String,
    compared: Compared,
}

impl Peers {
    fn start(url: &str, key: &str, name: &str) -> Self {
        let (ours, theirs) = (connect(url, key), Official::start(url, key));
        let scratch = format!("/scratch/{name}-{}", std::process::id());
        Self { ours, theirs, scratch, compared: Compared::new() }
    }

    /// A comparison with this official call took place.
    fn count(&mut self, call: &str) {
        *self.compared.entry(call.into()).or_default() += 1;
    }
}

/// All that a node without modules can be asked.
pub(crate) async fn suite(url: &str, key: &str) -> Compared {
    let mut peers = Peers::start(url, key, "metadata");
    folders::tree(&mut peers).await;
    folders::changes(&mut peers).await;
    streams::changes(&mut peers).await;
    annotations::changes(&mut peers).await;
    events::streams(&mut peers).await;
    events::written(&mut peers).await;
    events::chosen(&mut peers).await;
    events::crowded(&mut peers).await;
    events::removed(&mut peers).await;
    event_writer::written(&mut peers).await;
    node::itself(&mut peers).await;
    peers.ours.folder_delete(peers.scratch.as_str(), true).await.unwrap();
    peers.compared
}

/// The error of a call that must not succeed.
fn refused<T>(outcome: Result<T, Error>, kind: ErrorKind) -> Error {
    let Err(error) = outcome else { panic!("the call should have failed ({kind:?})") };
    assert_eq!(error.kind, kind, "{error}");
    error
}
