//! Braincubes, memory bases and what these hold: one by its id, or lists.

use serde_json::Value;

use super::address::{BaseId, segment};
use super::model::{DataGroup, Event, Item, Job, MemoryBase, Object, Product, Rule, Variable, text};
use super::{Braincube, PLATFORM, Pages};
use crate::transport::Request;
use crate::{Error, ErrorKind, Result};

impl Braincube {
    /// All braincubes that the credentials reach: the cheapest check of address and credentials.
    pub async fn braincubes(&self) -> Result<Vec<Product>> {
        let request = Request::get(self.address.sso("sso-server/ws/user/me"));
        let account: Object = self.json(&request).await?;
        let Some(Value::Array(list)) = account.get("accessList") else {
            let words = "The account's description has no list of braincubes (accessList).";
            return Err(self.http.about(Error::protocol(words), &request));
        };
        Ok(list.iter().filter_map(braincube).collect())
    }

    /// The braincube of a name.
    pub async fn braincube(&self, name: &str) -> Result<Product> {
        let found = self.braincubes().await?.into_iter().find(|braincube| braincube.name == name);
        found.ok_or_else(|| {
            let words = format!("The account has no braincube \"{name}\", or the token does not reach it.");
            Error { platform: Some(PLATFORM), ..Error::new(ErrorKind::NotFound, words) }
        })
    }

    /// The memory bases of a braincube.
    pub fn memory_bases(&self, braincube: &str) -> Result<Pages<MemoryBase>> {
        let request = self.get(braincube, "braincube/mb/all/summary")?;
        Ok(Pages::new(self, request, ""))
    }

    /// A memory base.
    pub async fn memory_base(&self, base: &BaseId) -> Result<MemoryBase> {
        self.one(base, "extended").await
    }

    /// The variables of a memory base.
    pub fn variables(&self, base: &BaseId) -> Result<Pages<Variable>> {
        self.list(base, "variables/summary")
    }

    /// A variable of a memory base, by its id or long id.
    pub async fn variable(&self, base: &BaseId, id: &str) -> Result<Variable> {
        let id = id.strip_prefix(&format!("mb{}/d", base.id)).unwrap_or(id);
        self.one(base, &format!("variables/{}/extended", segment("variable", id)?)).await
    }

    /// The data groups of a memory base, in the server's short form.
    pub fn data_groups(&self, base: &BaseId) -> Result<Pages<DataGroup>> {
        self.list(base, "dataGroups/summary")
    }

    /// A data group with its variables.
    pub async fn data_group(&self, base: &BaseId, id: &str) -> Result<DataGroup> {
        self.one(base, &format!("dataGroups/{}/extended", segment("data group", id)?)).await
    }

    /// The events of a memory base with their conditions.
    pub fn events(&self, base: &BaseId) -> Result<Pages<Event>> {
        self.list(base, "events/all/extended")
    }

    /// An event with its conditions.
    pub async fn event(&self, base: &BaseId, id: &str) -> Result<Event> {
        self.one(base, &format!("events/{}/extended", segment("event", id)?)).await
    }

    /// The jobs of a memory base, in the server's short form.
    pub fn jobs(&self, base: &BaseId) -> Result<Pages<Job>> {
        self.list(base, "jobs/all/summary")
    }

    /// A job in full.
    pub async fn job(&self, base: &BaseId, id: &str) -> Result<Job> {
        self.one(base, &format!("jobs/{}/extended", segment("job", id)?)).await
    }

    /// All rules of a memory base.
    pub fn rules(&self, base: &BaseId) -> Result<Pages<Rule>> {
        self.list(base, "rules/all/selector")
    }

    /// The rules of a job.
    pub fn job_rules(&self, base: &BaseId, job: &str) -> Result<Pages<Rule>> {
        self.list(base, &format!("jobs/{}/rules/all/summary", segment("job", job)?))
    }

    /// A rule, of a memory base or a job.
    pub async fn rule(&self, base: &BaseId, id: &str) -> Result<Rule> {
        self.one(base, &format!("rules/{}/summary", segment("rule", id)?)).await
    }

    fn of_base(&self, base: &BaseId, path: &str) -> Result<Request> {
        self.get(&base.braincube, &format!("braincube/mb/{}/{path}", segment("memory base", &base.id)?))
    }

    fn list<T: Item>(&self, base: &BaseId, path: &str) -> Result<Pages<T>> {
        Ok(Pages::new(self, self.of_base(base, path)?, &base.id))
    }

    async fn one<T: Item>(&self, base: &BaseId, path: &str) -> Result<T> {
        let request = self.of_base(base, path)?;
        let object = self.json(&request).await?;
        T::read(object, &self.settings, &base.id).map_err(|error| self.http.about(error, &request))
    }
}

/// An entry of the access list, when it is for a braincube: other products are listed, too.
fn braincube(entry: &Value) -> Option<Product> {
    let product = entry.get("product")?;
    let kind = product.get("type").and_then(Value::as_str);
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("braincube")) {
        return None;
    }
    let name = product.get("name").and_then(text)?;
    let uuid = product.get("productId").and_then(text);
    Some(Product { name, uuid, metadata: entry.as_object()?.clone() })
}
