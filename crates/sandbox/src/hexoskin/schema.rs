//! What each resource allows: methods, filters, order keys and fields, from `assets/hexoskin.txt`.
//!
//! The file holds the facts of the server's own schemas, without their labels and help texts. Resources marked `rest`
//! describe their fields in the words of another library, as on the server.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

const ASSET: &str = include_str!("../../assets/hexoskin.txt");

/// Most objects of a page, whatever `limit` asks for.
pub(super) const MAX_LIMIT: usize = 1000;
/// Objects of a page when `limit` is not given.
pub(super) const DEFAULT_LIMIT: usize = 20;

/// A resource of the API.
#[derive(Debug, Default)]
pub(super) struct Resource {
    pub(super) name: &'static str,
    rest: bool,
    list: Vec<&'static str>,
    detail: Vec<&'static str>,
    pub(super) order: Vec<&'static str>,
    filters: Vec<(&'static str, Vec<&'static str>)>,
    fields: Vec<Field>,
}

/// A field of a resource.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    kind: &'static str,
    flags: Vec<&'static str>,
}

impl Field {
    fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    fn value(&self, name: &str) -> Option<&'static str> {
        self.flags.iter().find_map(|flag| flag.strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn readonly(&self) -> bool {
        self.has("readonly")
    }

    /// Whether an object must come with it.
    pub(super) fn required(&self) -> bool {
        let optional = self.has("null") || self.has("blank") || self.readonly() || self.is_many();
        !optional && self.default().is_none()
    }

    pub(super) fn default(&self) -> Option<Value> {
        serde_json::from_str(self.value("default")?).ok()
    }

    /// Whether it links to one object.
    pub(super) fn is_link(&self) -> bool {
        self.kind == "to_one"
    }

    fn is_many(&self) -> bool {
        self.kind == "to_many"
    }

    pub(super) fn is_integer(&self) -> bool {
        self.kind == "integer"
    }

    fn to_json(&self, rest: bool) -> Value {
        if rest {
            let mut json = json!({
                "type": self.kind.replace('-', " "), "required": self.has("required"), "read_only": self.readonly(),
            });
            if let Some(most) = self.value("max_length").and_then(|most| most.parse::<u32>().ok()) {
                json["max_length"] = json!(most);
            }
            return json;
        }
        let related = self.is_link() || self.is_many();
        let mut json = json!({
            "type": if related { "related" } else { self.kind },
            "nullable": self.has("null"), "blank": self.has("blank"), "readonly": self.readonly(),
            "unique": self.has("unique"), "default": self.default().unwrap_or_else(|| "No default provided.".into()),
        });
        if related {
            json["related_type"] = json!(self.kind);
        }
        json
    }
}

impl Resource {
    /// Whether a method (lower case) is allowed on the list or on its details.
    pub(super) fn allows(&self, detail: bool, method: &str) -> bool {
        self.methods(detail).contains(&method)
    }

    pub(super) fn methods(&self, detail: bool) -> &[&'static str] {
        if detail { &self.detail } else { &self.list }
    }

    /// The operations that a field can be filtered by; `None` when it cannot.
    pub(super) fn filter(&self, field: &str) -> Option<&[&'static str]> {
        let found = self.filters.iter().find(|(name, _)| *name == field);
        found.map(|(_, operations)| operations.as_slice())
    }

    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The schema as the server gives it.
    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({
            "fields": self.fields.iter().map(|field| (field.name.to_owned(), field.to_json(self.rest))).collect::<Map<_, _>>(),
            "allowed_list_http_methods": self.list,
            "allowed_detail_http_methods": self.detail,
            "default_limit": DEFAULT_LIMIT,
        });
        if !self.rest {
            json["default_format"] = json!("application/json");
        }
        if !self.order.is_empty() {
            json["ordering"] = json!(self.order);
        }
        if !self.filters.is_empty() {
            let filter = |(name, operations): &(&str, Vec<&str>)| {
                // The server writes 2 where the fields of the linked object can be filtered by.
                let value = if operations == &["related"] { json!(2) } else { json!(operations) };
                ((*name).to_owned(), value)
            };
            json["filtering"] = Value::Object(self.filters.iter().map(filter).collect());
        }
        json
    }
}

/// All resources, in the order of their names.
pub(super) fn resources() -> &'static [Resource] {
    static RESOURCES: OnceLock<Vec<Resource>> = OnceLock::new();
    RESOURCES.get_or_init(|| parse(ASSET))
}

/// The resource of a name.
pub(super) fn resource(name: &str) -> Option<&'static Resource> {
    resources().iter().find(|resource| resource.name == name)
}

fn parse(text: &'static str) -> Vec<Resource> {
    let mut all: Vec<Resource> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !line.starts_with(' ') {
            all.push(Resource { name: first, rest: words.next() == Some("rest"), ..Resource::default() });
            continue;
        }
        let Some(resource) = all.last_mut() else { continue };
        match first {
            "list" => resource.list = words.collect(),
            "detail" => resource.detail = words.collect(),
            "order" => resource.order = words.collect(),
            "filter" => resource.filters.extend(words.next().map(|field| (field, words.collect()))),
            _ => {
                let (name, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                resource.fields.push(Field { name, kind, flags: words.collect() });
            }
        }
    }
    all
}
