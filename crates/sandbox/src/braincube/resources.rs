//! The metadata service: memory bases, variables, data groups, events, jobs and rules.

use std::sync::Arc;

use serde_json::Value;

use super::catalogue::{Base, Braincube, Item, Variable};
use super::refusal::{Refusal, Result};
use super::reply;
use crate::{Request, Response};

/// Answers what follows `braincube/` in a path.
pub(super) fn answer(braincube: &Braincube, parts: &[&str], request: &Request) -> Result<Response> {
    if let ["mb", id, "variables", "selector"] = parts
        && request.method == "POST"
    {
        return chosen_variables(base(braincube, id)?, request);
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Err(Refusal::method("GET"));
    }
    match parts {
        ["mb", "all", "summary" | "selector"] => {
            reply::page(request, braincube.bases.iter().map(|base| base.summary()))
        }
        ["mb", "all", "extended"] => reply::page(request, braincube.bases.iter().map(|base| base.extended())),
        ["mb", id, "summary"] => Ok(reply::json(&base(braincube, id)?.summary())),
        ["mb", id, "extended"] => Ok(reply::json(&base(braincube, id)?.extended())),
        ["mb", id, rest @ ..] => of_base(base(braincube, id)?, rest, request),
        _ => Err(Refusal::missing("no such path")),
    }
}

fn of_base(base: &Base, parts: &[&str], request: &Request) -> Result<Response> {
    match parts {
        ["variables", "summary" | "selector"] => {
            reply::page(request, base.variables.iter().map(Variable::document))
        }
        ["variables", id, "summary" | "extended"] => {
            let found = id.parse().ok().and_then(|id| base.variable(id));
            let found = found.ok_or_else(|| missing("variable", id, base))?;
            Ok(reply::json(&found.document()))
        }
        ["dataGroups", "summary" | "selector"] => list(request, base.groups.iter(), "summary"),
        ["dataGroups", id, form] => single("data group", &base.groups, id, form, base),
        ["events", "all", form] => list(request, base.events.iter(), form),
        ["events", id, form] => single("event", &base.events, id, form, base),
        ["jobs", "all", form] => list(request, base.jobs.iter(), form),
        ["jobs", id, "rules", "all", form] => {
            let job = find("job", &base.jobs, id, base)?.id;
            let of_job = |rule: &&Item| rule.details.get("job").is_some_and(|given| given["bcId"] == job);
            list(request, base.rules.iter().filter(of_job), form)
        }
        ["jobs", id, form] => single("job", &base.jobs, id, form, base),
        ["rules", "all", form] => list(request, base.rules.iter(), form),
        ["rules", id, form] => single("rule", &base.rules, id, form, base),
        _ => Err(Refusal::missing("no such path")),
    }
}

/// `POST …/variables/selector {"dataTypes": […]}`: the variables of some types.
fn chosen_variables(base: &Base, request: &Request) -> Result<Response> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| Refusal::bad(format!("the body is not JSON: {error}")))?;
    let types = body["dataTypes"].as_array().ok_or_else(|| Refusal::bad("dataTypes is not a list"))?;
    let chosen = base.variables.iter().filter(|variable| types.iter().any(|name| name == variable.type_name));
    reply::page(request, chosen.map(Variable::document))
}

/// The memory base of an id or a uuid.
fn base<'a>(braincube: &'a Braincube, id: &str) -> Result<&'a Arc<Base>> {
    let found = braincube.bases.iter().find(|base| is(base.id, &base.uuid, id));
    found.ok_or_else(|| Refusal::missing(format!("no memory base {id} in {}", braincube.name)))
}

fn find<'a>(what: &str, items: &'a [Item], id: &str, base: &Base) -> Result<&'a Item> {
    items.iter().find(|item| is(item.id, &item.uuid, id)).ok_or_else(|| missing(what, id, base))
}

/// Whether a path's part names something: by its id, or by its uuid with or without the prefix.
fn is(id: u32, uuid: &str, given: &str) -> bool {
    given == uuid || uuid.split_once('_').is_some_and(|(_, bare)| bare == given) || given.parse() == Ok(id)
}

fn missing(what: &str, id: &str, base: &Base) -> Refusal {
    Refusal::missing(format!("no {what} {id} in memory base {}", base.id))
}

fn single(what: &str, items: &[Item], id: &str, form: &str, base: &Base) -> Result<Response> {
    let item = find(what, items, id, base)?;
    Ok(reply::json(&shown(item, form)?))
}

fn list<'a>(request: &Request, items: impl Iterator<Item = &'a Item>, form: &str) -> Result<Response> {
    let items = items.map(|item| shown(item, form)).collect::<Result<Vec<_>>>()?;
    reply::page(request, items.into_iter())
}

fn shown(item: &Item, form: &str) -> Result<Value> {
    match form {
        "summary" | "selector" => Ok(item.summary()),
        "extended" => Ok(item.extended()),
        _ => Err(Refusal::missing("no such path")),
    }
}
