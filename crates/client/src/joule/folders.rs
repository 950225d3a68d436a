//! Folders: the tree of a node.

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::node::Pairs;
use super::{Address, Folder, Joule};
use crate::Result;
use crate::transport::Method;

impl Joule {
    /// The whole tree, from the root (`GET /folders.json`).
    pub async fn folder_root(&self) -> Result<Folder> {
        self.tree(&Vec::new()).await
    }

    /// The whole tree, each stream with what is stored of it (`data_info`). Costs the node queries for each stream.
    pub async fn folder_root_with_info(&self) -> Result<Folder> {
        self.tree(&vec![("data-info", String::new())]).await
    }

    async fn tree(&self, pairs: &Pairs) -> Result<Folder> {
        let mut root: Folder = self.get("/folders.json", pairs).await?;
        if root.id == 0 {
            // A new node makes its root while it answers, and tells it without an id.
            root = self.get("/folders.json", pairs).await?;
        }
        root.place("/");
        Ok(root)
    }

    /// A folder and all below it (`GET /folder.json`).
    pub async fn folder_get(&self, folder: impl Into<Address>) -> Result<Folder> {
        let address = folder.into();
        let mut folder: Folder = self.get("/folder.json", &vec![address.pair()?]).await?;
        if let Address::Path(path) = &address {
            folder.place(path);
        }
        Ok(folder)
    }

    /// Puts a folder into another, which is made where its path does not exist (`PUT /folder/move.json`).
    pub async fn folder_move(
        &self,
        folder: impl Into<Address>,
        destination: impl Into<Address>,
    ) -> Result<()> {
        self.relocate("/folder/move.json", &folder.into(), &destination.into()).await
    }

    /// Changes a folder's name and description to these; nothing else of it (`PUT /folder.json`).
    pub async fn folder_update(&self, folder: &Folder) -> Result<()> {
        let change = json!({ "name": folder.name, "description": folder.description });
        let body = Map::from_iter([("id".into(), Value::from(folder.id)), ("folder".into(), change)]);
        self.send::<IgnoredAny>(Method::Put, "/folder.json", body).await.map(drop)
    }

    /// Deletes a folder and its streams with all their data; `recursive` also those in folders below, without which a
    /// folder that holds folders is refused (`DELETE /folder.json`).
    pub async fn folder_delete(&self, folder: impl Into<Address>, recursive: bool) -> Result<()> {
        let recursive = if recursive { "1" } else { "0" };
        self.remove("/folder.json", &vec![folder.into().pair()?, ("recursive", recursive.into())]).await
    }
}
