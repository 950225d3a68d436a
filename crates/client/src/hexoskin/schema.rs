//! What the server says of its resources: fields, methods, filters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lenient::lenient;
use crate::transport::Method;
use crate::{Error, Result};

/// An entry of the API's list of resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// URI of the resource's list ("/api/range/").
    pub list_endpoint: String,
    /// URI of its schema.
    pub schema: String,
}

/// A resource's schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schema {
    /// Fields of its objects.
    #[serde(default, deserialize_with = "lenient")]
    pub fields: BTreeMap<String, FieldSchema>,
    /// What lists can be filtered by.
    #[serde(default, deserialize_with = "lenient")]
    pub filtering: BTreeMap<String, Filtering>,
    /// What lists can be ordered by.
    #[serde(default, deserialize_with = "lenient")]
    pub ordering: Vec<String>,
    /// Methods on the list, in lower case.
    #[serde(default, deserialize_with = "lenient")]
    pub allowed_list_http_methods: Vec<String>,
    /// Methods on an object, in lower case.
    #[serde(default, deserialize_with = "lenient")]
    pub allowed_detail_http_methods: Vec<String>,
    /// Objects of a page, where no limit is given.
    #[serde(default, deserialize_with = "lenient")]
    pub default_limit: u64,
}

/// A field of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FieldSchema {
    /// Type of its values ("integer", "string", "datetime", "related", …).
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    pub kind: String,
    /// Of a link, "to_one" or "to_many".
    #[serde(default)]
    pub related_type: Option<String>,
    /// Whether it may be null.
    #[serde(default, deserialize_with = "lenient")]
    pub nullable: bool,
    /// Whether the server alone writes it.
    #[serde(default, deserialize_with = "lenient")]
    pub readonly: bool,
    /// The server's words about it.
    #[serde(default, deserialize_with = "lenient")]
    pub help_text: String,
}

/// How lists can be filtered by a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Filtering {
    /// By these operators ("exact", "in", "lt", …).
    Operators(Vec<String>),
    /// By any operator; 2 allows fields of the linked object as well.
    All(u64),
}

/// Whether a method is asked of the list or of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    List,
    Detail,
}

impl Schema {
    /// Whether a field links to one other object.
    pub(super) fn links(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|field| field.related_type.as_deref() == Some("to_one"))
    }

    pub(super) fn allows(&self, method: Method, on: On) -> bool {
        let methods = match on {
            On::List => &self.allowed_list_http_methods,
            On::Detail => &self.allowed_detail_http_methods,
        };
        methods.iter().any(|known| known.eq_ignore_ascii_case(method.as_str()))
    }

    /// Fails, before anything is sent, when the resource does not allow a method.
    pub(super) fn check_method(&self, name: &str, method: Method, on: On) -> Result<()> {
        if self.allows(method, on) {
            return Ok(());
        }
        let (what, methods) = match on {
            On::List => ("lists of", &self.allowed_list_http_methods),
            On::Detail => ("objects of", &self.allowed_detail_http_methods),
        };
        let methods = if methods.is_empty() { "no method".into() } else { methods.join(", ").to_uppercase() };
        Err(Error::invalid(format!(
            "{} is not allowed on {what} {name}: the server allows {methods}. Nothing was sent.",
            method.as_str()
        )))
    }
}
