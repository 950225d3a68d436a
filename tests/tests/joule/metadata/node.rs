//! The node itself: its version and disk, what runs on it, who may use it.

use serde_json::{Value, json};
use streamscope_client::ErrorKind;
use streamscope_client::joule::{Config, MasterKind, Module};

use super::{Compared, Peers, connect, refused};
use crate::joule::merge;

pub(super) async fn itself(peers: &mut Peers) {
    let (info, disk) = (peers.ours.info().await.unwrap(), peers.ours.database_info().await.unwrap());
    let theirs = peers.theirs.call("info", json!({}));
    assert_eq!(
        json!([info.version, info.name, disk.path]),
        json!([theirs["version"], theirs["name"], theirs["path"]])
    );
    // The sizes change while we look.
    for (ours, name) in
        [(disk.other, "other"), (disk.reserved, "reserved"), (disk.free, "free"), (disk.size, "db")]
    {
        let theirs = theirs[format!("size_{name}")].as_i64().unwrap();
        assert!(ours.is_none_or(|ours| (ours as i64 - theirs).abs() < 1 << 31), "{name}: {ours:?} {theirs}");
        assert_eq!(ours.is_none(), theirs < 0, "{name}");
    }
    peers.count("info");
    let ours = peers.ours.db_connection_info().await.unwrap();
    let theirs = peers.theirs.call("db_connection_info", json!({}));
    let shape = json!({
        "host": ours.host, "port": ours.port, "database": ours.database, "username": ours.username,
        "password": ours.password,
    });
    // Not assert_eq: a failed one would print the password.
    assert!(shape == theirs, "{ours:?}");
    assert!(!format!("{ours:?}{}", json!(ours)).contains("password"));
    peers.count("db_connection_info");
}

/// Modules and proxies, of which the node must have some.
pub(crate) async fn modules(url: &str, key: &str, compared: &mut Compared) {
    let mut peers = Peers::start(url, key, "modules");
    let modules = peers.ours.module_list(false).await.unwrap();
    let theirs = peers.theirs.call("module_list", json!({}));
    assert_eq!(modules.iter().map(shape).collect::<Value>(), theirs);
    peers.count("module_list");
    let with_statistics = peers.ours.module_list(true).await.unwrap();
    assert!(with_statistics.iter().all(|module| module.statistics.is_some_and(|used| used.pid.is_some())));
    for module in &modules {
        let by_name = peers.ours.module_get(module.name.as_str()).await.unwrap();
        let by_id = peers.ours.module_get(module).await.unwrap();
        assert_eq!((by_id.id, &by_id.name), (by_name.id, &by_name.name));
        let theirs = peers.theirs.call("module_get", json!({ "module": module.name }));
        let (ours, theirs_used) = (by_id.statistics.unwrap(), &theirs["statistics"]);
        assert_eq!(json!(ours.pid), theirs_used["pid"]);
        let seconds = ours.create_time_ns.unwrap() as f64 / 1e9;
        assert!((seconds - theirs_used["create_time"].as_f64().unwrap()).abs() < 1e-5);
        assert!(ours.cpu_percent.is_some_and(|share| share >= 0.0));
        assert!(ours.memory_percent.is_some_and(|share| share > 0.0));
        peers.count("module_get");
        let logs = peers.ours.module_logs(module).await.unwrap();
        assert!(logs.iter().any(|line| line.contains("starting module")), "{logs:?}");
        assert_eq!(json!(logs), peers.theirs.call("module_logs", json!({ "module": module.id })));
        peers.count("module_logs");
    }
    refused(peers.ours.module_get("no such").await, ErrorKind::NotFound);
    let proxies = peers.ours.proxy_list().await.unwrap();
    let shape = |proxy: &streamscope_client::joule::Proxy| json!({ "id": proxy.id, "name": proxy.name, "target_url": proxy.url });
    assert_eq!(proxies.iter().map(shape).collect::<Value>(), peers.theirs.call("proxy_list", json!({})));
    peers.count("proxy_list");
    for proxy in &proxies {
        assert_eq!(&peers.ours.proxy_get(proxy.name.as_str()).await.unwrap(), proxy);
        let theirs = peers.theirs.call("proxy_get", json!({ "proxy": proxy.id }));
        assert_eq!(shape(&peers.ours.proxy_get(proxy).await.unwrap()), theirs);
        peers.count("proxy_get");
    }
    assert!(!modules.is_empty() && !proxies.is_empty(), "the node has nothing to compare");
    merge(compared, peers.compared);
}

fn shape(module: &Module) -> Value {
    json!({
        "id": module.id, "name": module.name, "description": module.description, "is_app": module.is_app,
        "inputs": module.inputs, "outputs": module.outputs, "statistics": null,
    })
}

/// Who may use the node, and which nodes it may use: a person, and the node itself.
pub(crate) async fn access(url: &str, key: &str, compared: &mut Compared) {
    let mut peers = Peers::start(url, key, "access");
    let name = format!("someone {}", std::process::id());
    let made = peers.ours.master_add(MasterKind::User, &name, None, None).await.unwrap();
    let new_key = made.key.clone().unwrap();
    assert!(new_key.len() >= 32 && !format!("{made:?}{}", json!(made)).contains(&new_key));
    let theirs = peers.theirs.call("node_of", json!({ "url": url, "key": new_key }));
    assert_eq!(theirs["name"], json!(connect(url, &new_key).info().await.unwrap().name));
    refused(peers.ours.master_add(MasterKind::User, &name, None, None).await, ErrorKind::Refused);
    let other = format!("another {}", std::process::id());
    let chosen = "a key that somebody chose, 0123456789".replace([' ', ','], "-");
    let arguments = json!({ "master_type": "user", "identifier": other, "api_key": chosen });
    let theirs = peers.theirs.call("master_add", arguments);
    assert!(theirs["key"] == chosen.as_str());
    assert_eq!(connect(url, &chosen).info().await.unwrap(), peers.ours.info().await.unwrap());
    peers.count("master_add");

    let masters = peers.ours.master_list().await.unwrap();
    let shape: Value = masters
        .iter()
        .map(|master| json!({ "master_type": master.kind, "name": master.name, "key": "omitted" }))
        .collect();
    assert_eq!(shape, peers.theirs.call("master_list", json!({})));
    let grantor = masters.iter().find(|master| master.name == name).unwrap().grantor_id;
    assert!(grantor.is_some_and(|id| masters.iter().any(|master| master.id == id)));
    peers.count("master_list");

    let itself = peers.ours.master_add(MasterKind::JouleNode, url, None, None).await.unwrap();
    assert_eq!(itself.key, None);
    let followers = peers.ours.follower_list().await.unwrap();
    let shape = json!([{ "name": followers[0].name, "url": followers[0].location }]);
    assert_eq!(shape, peers.theirs.call("follower_list", json!({})));
    let config = Config::from(&followers[0]);
    assert!(!format!("{followers:?}{config:?}{}", json!(followers)).contains(&followers[0].key));
    assert_eq!(connect(&config.url, &config.api_key).info().await.unwrap().name, itself.name);
    peers.count("follower_list");
    peers.ours.follower_delete(&followers[0].name).await.unwrap();
    assert_eq!(peers.theirs.call("follower_list", json!({})), json!([]));
    refused(peers.ours.follower_delete("no such").await, ErrorKind::NotFound);
    peers.count("follower_delete");

    for (kind, name) in [(MasterKind::JouleNode, &itself.name), (MasterKind::User, &name)] {
        peers.ours.master_delete(kind, name).await.unwrap();
    }
    peers.theirs.call("master_delete", json!({ "master_type": "user", "name": other }));
    refused(connect(url, &new_key).info().await, ErrorKind::Unauthorized);
    refused(peers.ours.master_delete(MasterKind::User, &name).await, ErrorKind::NotFound);
    let left = peers.ours.master_list().await.unwrap();
    assert!(left.iter().all(|master| ![&name, &other, &itself.name].contains(&&master.name)), "{left:?}");
    peers.count("master_delete");
    merge(compared, peers.compared);
}
