//! What runs on a node, who may use it, and where its data are.

use serde_json::{Map, Value, json};

use super::node::Pairs;
use super::{
    ConnectionInfo, DatabaseInfo, Follower, Joule, Master, MasterKind, Module, ModuleId, NewMaster, Proxy,
};
use crate::Result;
use crate::transport::Method;

impl ModuleId {
    fn pair(&self) -> (&'static str, String) {
        match self {
            Self::Id(id) => ("id", id.to_string()),
            Self::Name(name) => ("name", name.clone()),
        }
    }
}

impl Joule {
    /// All modules, with what they use if `statistics` (`GET /modules.json`).
    pub async fn module_list(&self, statistics: bool) -> Result<Vec<Module>> {
        let statistics = if statistics { "1" } else { "0" };
        self.get("/modules.json", &vec![("statistics", statistics.into())]).await
    }

    /// A module, with what it uses (`GET /module.json`).
    pub async fn module_get(&self, module: impl Into<ModuleId>) -> Result<Module> {
        self.get("/module.json", &vec![module.into().pair()]).await
    }

    /// The last lines a module printed (`GET /module/logs.json`).
    pub async fn module_logs(&self, module: impl Into<ModuleId>) -> Result<Vec<String>> {
        self.get("/module/logs.json", &vec![module.into().pair()]).await
    }

    /// All web pages the node passes on (`GET /proxies.json`).
    pub async fn proxy_list(&self) -> Result<Vec<Proxy>> {
        self.get("/proxies.json", &Pairs::new()).await
    }

    /// One of them (`GET /proxy.json`).
    pub async fn proxy_get(&self, proxy: impl Into<ModuleId>) -> Result<Proxy> {
        self.get("/proxy.json", &vec![proxy.into().pair()]).await
    }

    /// Who has access to the node (`GET /masters.json`).
    pub async fn master_list(&self) -> Result<Vec<Master>> {
        self.get("/masters.json", &Pairs::new()).await
    }

    /// Gives access to the node (`POST /master.json`): to a person under a new name, with this key (32 characters or
    /// more) or one that the node makes; or to another node or a Lumen server at a URL, which the node then calls.
    /// `lumen` are parameters for the Lumen server.
    pub async fn master_add(
        &self,
        kind: MasterKind,
        identifier: &str,
        lumen: Option<Map<String, Value>>,
        api_key: Option<&str>,
    ) -> Result<NewMaster> {
        let body = Map::from_iter([
            ("master_type".into(), json!(kind.wire())),
            ("identifier".into(), json!(identifier)),
            ("lumen_params".into(), json!(lumen)),
            ("api_key".into(), json!(api_key)),
        ]);
        self.send(Method::Post, "/master.json", body).await
    }

    /// Takes access away (`DELETE /master.json`). The node refuses to take it from the caller.
    pub async fn master_delete(&self, kind: MasterKind, name: &str) -> Result<()> {
        self.remove("/master.json", &vec![("master_type", kind.wire().into()), ("name", name.into())]).await
    }

    /// The nodes that this node has access to (`GET /followers.json`).
    pub async fn follower_list(&self) -> Result<Vec<Follower>> {
        self.get("/followers.json", &Pairs::new()).await
    }

    /// Forgets a follower (`DELETE /follower.json`). Nodes of version 1.0.1 forget all of them with it.
    pub async fn follower_delete(&self, name: &str) -> Result<()> {
        self.remove("/follower.json", &vec![("name", name.into())]).await
    }

    /// The disk the node's data are on (`GET /dbinfo`).
    pub async fn database_info(&self) -> Result<DatabaseInfo> {
        self.get("/dbinfo", &Pairs::new()).await
    }

    /// How a program on the node's network reads its database (`GET /db/connection.json`).
    pub async fn db_connection_info(&self) -> Result<ConnectionInfo> {
        self.get("/db/connection.json", &Pairs::new()).await
    }
}
