//! Lists: filters, order and pages.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::catalogue::{Catalogue, Object, id, id_in, linked_id};
use super::reply::{Refusal, Result};
use super::schema::{DEFAULT_LIMIT, MAX_LIMIT, Resource};
use crate::query::Query;

/// The list of what a filter leaves of `objects`, one page of it.
pub(super) fn page(resource: &Resource, path: &str, query: &Query, objects: Vec<Object>) -> Result<Value> {
    let mut objects = filtered(resource, query, objects)?;
    if let Some(keys) = query.get("order_by") {
        sort(resource, keys, &mut objects)?;
    }
    let number = |name: &str, default: usize| match query.get(name) {
        Some(text) => text.parse().map_err(|_| Refusal::bad(format!("{name} is not a number: {text}"))),
        None => Ok(default),
    };
    let limit = match number("limit", DEFAULT_LIMIT)? {
        0 => MAX_LIMIT,
        limit => limit.min(MAX_LIMIT),
    };
    let offset = number("offset", 0)?;
    let total = objects.len();
    let link = |offset: usize| {
        let mut link = form_urlencoded::Serializer::new(String::new());
        let kept = query.pairs().filter(|(name, _)| !matches!(*name, "limit" | "offset"));
        link.extend_pairs(kept);
        link.extend_pairs([("limit", limit.to_string()), ("offset", offset.to_string())]);
        format!("{path}?{}", link.finish())
    };
    let next = (offset.saturating_add(limit) < total).then(|| link(offset + limit));
    let previous = (offset > 0).then(|| link(offset.saturating_sub(limit)));
    let objects: Vec<_> = objects.into_iter().skip(offset).take(limit).map(Value::Object).collect();
    let meta =
        json!({ "limit": limit, "offset": offset, "next": next, "previous": previous, "total_count": total });
    Ok(json!({ "meta": meta, "objects": objects }))
}

/// Parameters that are no filters.
const OTHERS: [&str; 4] = ["limit", "offset", "order_by", "format"];

fn filtered(resource: &Resource, query: &Query, mut objects: Vec<Object>) -> Result<Vec<Object>> {
    for (name, value) in query.pairs().filter(|(name, _)| !OTHERS.contains(name)) {
        let (field, operation) = name.split_once("__").unwrap_or((name, "exact"));
        // The older name of the field.
        let field = if field == "startTimestamp" { "start" } else { field };
        // What is no field is not looked at, as on the server.
        let Some(known) = resource.field(field) else { continue };
        let allowed = resource.filter(field).unwrap_or_default();
        let plain_link = allowed.contains(&"related") && operation == "exact";
        if !plain_link && !allowed.contains(&operation) {
            return Err(Refusal::bad(format!(
                "{field} of {} cannot be filtered by {operation}",
                resource.name
            )));
        }
        let wanted: Vec<&str> =
            if operation == "in" || operation == "range" { value.split(',').collect() } else { vec![value] };
        if operation == "range" && wanted.len() != 2 {
            return Err(Refusal::bad(format!("{name} needs two values")));
        }
        let link = known.is_link();
        objects.retain(|object| {
            let found = object.get(field).filter(|value| !value.is_null());
            matches(operation, found, &wanted, link)
        });
    }
    Ok(objects)
}

/// Whether a value is what a filter wants; a null is wanted by `isnull` only.
fn matches(operation: &str, found: Option<&Value>, wanted: &[&str], link: bool) -> bool {
    let first = wanted.first().copied().unwrap_or_default();
    if operation == "isnull" {
        return found.is_none() == matches!(first, "true" | "True" | "1");
    }
    let Some(found) = found else { return false };
    let text = if link { linked_id(found).unwrap_or_default() } else { plain(found) };
    let order = |wanted: &str| compare(&text, if link { id_in(wanted) } else { wanted });
    match operation {
        "gt" => order(first).is_gt(),
        "gte" => order(first).is_ge(),
        "lt" => order(first).is_lt(),
        "lte" => order(first).is_le(),
        "range" => order(first).is_ge() && wanted.get(1).is_some_and(|last| order(last).is_le()),
        "contains" => text.contains(first),
        "startswith" => text.starts_with(first),
        "endswith" => text.ends_with(first),
        _ => wanted.iter().any(|wanted| order(wanted).is_eq()),
    }
}

/// A value as a parameter writes it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Numbers by size, all else as texts.
fn compare(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

fn sort(resource: &Resource, keys: &str, objects: &mut [Object]) -> Result<()> {
    // The last key first: the sort is stable.
    for key in keys.split(',').rev() {
        let (name, down) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        if !resource.order.contains(&name) {
            return Err(Refusal::bad(format!("{} cannot be ordered by {name}", resource.name)));
        }
        let link = resource.field(name).is_some_and(super::schema::Field::is_link);
        let text = |object: &Object| {
            let value = object.get(name).unwrap_or(&Value::Null);
            if link { linked_id(value).unwrap_or_default() } else { plain(value) }
        };
        objects.sort_by(|a, b| {
            let order = compare(&text(a), &text(b));
            if down { order.reverse() } else { order }
        });
    }
    Ok(())
}

/// The objects of a resource that a user may see, as they are shown.
pub(super) fn visible(catalogue: &Catalogue, resource: &str, sees: &[i64], now: i64) -> Vec<Object> {
    let objects = catalogue.list(resource).iter().filter(|object| owner_in(resource, object, sees));
    objects.map(|object| catalogue.view(resource, object, now)).collect()
}

/// Whether an object belongs to everybody or to one of these users.
pub(super) fn owner_in(resource: &str, object: &Object, users: &[i64]) -> bool {
    let owner = if resource == "user" { Some(id(object)) } else { object.get("user").and_then(linked_id) };
    owner.is_none_or(|owner| users.iter().any(|user| user.to_string() == owner))
}
