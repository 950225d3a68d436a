//! Who may use the node, and which nodes it may use.

use std::sync::Arc;

use serde_json::json;

use super::Node;
use super::catalogue::Master;
use super::parameters::{Parameters, body};
use super::reply::{self, Refusal, Result};
use crate::query::fnv;
use crate::{Request, Response};

/// The masters; never their keys.
pub(super) fn list(node: &Arc<Node>) -> Response {
    let catalogue = node.read();
    let masters = catalogue.masters.iter().map(|master| {
        json!({ "id": master.id, "name": master.name, "type": master.kind, "grantor_id": master.grantor_id })
    });
    reply::json(&json!(masters.collect::<Vec<_>>()))
}

/// Adds a user, with a key of the request's or of our own. Nodes are refused: nothing here can reach them.
pub(super) fn add(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    let text = |name: &str| body.get(name).and_then(|value| value.as_str());
    let required = |name: &str| text(name).ok_or_else(|| Refusal::bad(format!("Invalid request '{name}'")));
    let (kind, name) = (required("master_type")?.to_lowercase(), required("identifier")?);
    match kind.as_str() {
        "user" => {}
        "joule" | "lumen" => {
            let error = json!({ "error": format!("cannot connect to {name}: the sandbox has no network") });
            return Ok(Response::json(400, &error));
        }
        _ => return Err(Refusal::bad("master_type must be [user|joule|lumen]")),
    }
    let given = text("api_key");
    if given.is_some_and(|key| key.len() < 32) {
        return Err(Refusal::bad("API Key must be at least 32 characters"));
    }
    node.edit(|catalogue, _| {
        if catalogue.masters.iter().any(|master| master.kind == "USER" && master.name == name) {
            return Err(Refusal::bad("User already exists"));
        }
        let grantor = request.header("X-API-KEY").unwrap_or_default();
        let grantor_id =
            catalogue.masters.iter().find(|master| master.key == grantor).map(|master| master.id);
        let id = catalogue.next_id.master();
        // No secret: whoever has the data file has the key. It only differs from all others.
        let made = || {
            let half = |salt: &str| fnv([salt, name, &id.to_string(), &now.to_string()].into_iter());
            format!("{:016x}{:016x}", half("a"), half("b"))
        };
        let key = given.map_or_else(made, str::to_owned);
        catalogue.masters.push(Master {
            id,
            name: name.into(),
            kind: "USER".into(),
            grantor_id,
            key: key.clone(),
        });
        Ok(reply::json(&json!({ "key": key, "name": catalogue.name })))
    })
}

/// Removes a master, but not the one who asks.
pub(super) fn delete(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let (Some(name), Some(kind)) = (parameters.get("name"), parameters.get("master_type")) else {
        return Err(Refusal::bad("specify name and master_type"));
    };
    let kind = match kind {
        "user" => "user",
        "joule" => "joule_node",
        "lumen" => "lumen_node",
        _ => return Err(Refusal::bad("specify name and master_type")),
    };
    node.edit(|catalogue, _| {
        let is_wanted = |master: &Master| master.name == name && master.kind.eq_ignore_ascii_case(kind);
        let Some(index) = catalogue.masters.iter().position(is_wanted) else {
            let reason = format!("{kind} [{name}] is not a master of node [{}]", catalogue.name);
            return Err(Refusal::missing(&reason));
        };
        let master = catalogue.masters.remove(index);
        if Some(master.key.as_str()) == request.header("X-API-KEY") {
            return Err(Refusal::bad("cannot delete yourself, this would lock you out of the node"));
        }
        Ok(reply::ok())
    })
}

/// A node would ask back whether the new follower is there; this one has no way to.
pub(super) fn add_follower(request: &Request) -> Result<Response> {
    let body = body(request)?;
    for name in ["key", "port", "scheme", "base_uri"] {
        if !body.contains_key(name) {
            return Err(Refusal::bad(format!("Invalid request, missing ['{name}']")));
        }
    }
    Err(Refusal::bad("no route to node: the sandbox has no network"))
}

/// There are no followers to remove.
pub(super) fn delete_follower(request: &Request) -> Result<Response> {
    match Parameters::of(request).get("name") {
        Some(_) => Err(Refusal::missing("follower not found")),
        None => Err(Refusal::bad("specify name to remove")),
    }
}
