//! Resources: what the server has, and what can be done with it.

use std::collections::BTreeMap;

use js_sys::Promise;
use serde::{Deserialize, Serialize};
use streamscope_client::Result as Answered;
use streamscope_client::hexoskin::{FieldSchema, Filtering, Resource, Schema};
use wasm_bindgen::prelude::*;

use super::given::{HexoskinFields, HexoskinFilters, HexoskinId};
use super::list::{Every, HexoskinList};
use super::{Hexoskin, Link, NAMES, calls, nothing, told};
use crate::call::Call;
use crate::error::thrown;
use crate::options::{Strict, argument, optional, text};
use crate::pages::generator;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How lists can be filtered by a field: by these operators (or words), or by any (1; 2: by fields of what it links to, too). */
export type HexoskinFiltering = readonly string[] | number;
"#;

/// What the server says of a resource.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HexoskinSchema {
    /// Fields of its objects, under the server's names.
    fields: BTreeMap<String, HexoskinField>,
    /// What lists can be filtered by, under the server's names.
    filtering: BTreeMap<String, HexoskinFiltering>,
    /// What lists can be ordered by.
    ordering: Vec<String>,
    /// Methods on the list, in lower case.
    allowed_list_http_methods: Vec<String>,
    /// Methods on an object, in lower case.
    allowed_detail_http_methods: Vec<String>,
    /// Objects of a page, where no limit is given.
    default_limit: f64,
}

type HexoskinFiltering = Filtering;

/// A field of a resource.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HexoskinField {
    /// Type of its values (`integer`, `string`, `datetime`, `related`, …).
    #[serde(rename = "type")]
    kind: String,
    /// Of a link, `to_one` or `to_many`.
    related_type: Option<String>,
    /// Whether it may be null.
    nullable: bool,
    /// Whether the server alone writes it.
    readonly: bool,
    /// The server's words about it.
    help_text: String,
}

impl From<&FieldSchema> for HexoskinField {
    fn from(field: &FieldSchema) -> Self {
        let FieldSchema { kind, related_type, nullable, readonly, help_text } = field.clone();
        Self { kind, related_type, nullable, readonly, help_text }
    }
}

impl From<&Schema> for HexoskinSchema {
    fn from(schema: &Schema) -> Self {
        let fields = schema.fields.iter().map(|(name, field)| (name.clone(), field.into()));
        Self {
            fields: fields.collect(),
            filtering: schema.filtering.clone(),
            ordering: schema.ordering.clone(),
            allowed_list_http_methods: schema.allowed_list_http_methods.clone(),
            allowed_detail_http_methods: schema.allowed_detail_http_methods.clone(),
            default_limit: schema.default_limit as f64,
        }
    }
}

/// How an object is got.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct HexoskinGetOptions {
    /// Asks the server in any case; else one that came within the last hour is not asked for again.
    force_refresh: Option<bool>,
}

/// One resource of the server, such as `range`.
#[wasm_bindgen]
pub struct HexoskinResource(Link, Resource);

#[wasm_bindgen]
impl HexoskinResource {
    /// Its name (`range`).
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.1.name().into()
    }

    /// All its objects, page by page, each once, whatever comes and goes meanwhile: `for await (const range of …)`.
    #[wasm_bindgen(unchecked_return_type = "AsyncGenerator<HexoskinObject, void, undefined>")]
    pub fn all(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "HexoskinFilters")] filters: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        let filters: Option<HexoskinFilters> = optional("filters", &filters)?;
        let pages = self.1.all(&filters.unwrap_or_default().0);
        Ok(generator(Every(self.0.clone(), pages), Call::read(call)?))
    }
}

impl HexoskinResource {
    fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce((Link, Resource), A) -> Answered<JsValue> + 'static,
    ) -> Promise {
        let resource = self.1.clone();
        self.0.ask(call, arguments, async move |link, given| make((link, resource), given).await)
    }
}

calls! { HexoskinResource;
    /// Its schema: fields, filters, methods.
    schema schema() -> "Promise<HexoskinSchema>",
        async |(_, resource), ()| resource.schema().await.map(|schema| told(HexoskinSchema::from(&*schema)));

    /// The first page of its objects.
    list list() [filters: HexoskinFilters = "HexoskinFilters"] -> "Promise<HexoskinList>",
        async |(link, resource), (filters,)| {
            let list = resource.list(&filters.unwrap_or_default().0).await?;
            Ok(HexoskinList::new(link, list).into())
        };

    /// An object by id or URI, which may be another resource's.
    get get(id: HexoskinId = "HexoskinId") [options: Strict<HexoskinGetOptions> = "HexoskinGetOptions"]
        -> "Promise<HexoskinObject>",
        async |(link, resource), (id, options)| {
            let fresh = options.is_some_and(|Strict(options)| options.force_refresh == Some(true));
            let object = if fresh { resource.get_fresh(id.0).await? } else { resource.get(id.0).await? };
            Ok(link.object(&object))
        };

    /// Creates an object (POST). Where the server sends only its address, its fields are loaded when first asked for.
    create create(fields: HexoskinFields = "HexoskinFields") -> "Promise<HexoskinObject>",
        async |(link, resource), (fields,)| Ok(link.object(&resource.create(fields.0).await?));

    /// Creates and changes many objects in one request (PATCH on the list). Those with a `resource_uri` are changed.
    patch patch(objects: Vec<HexoskinFields> = "readonly HexoskinFields[]") -> "Promise<void>",
        async |(_, resource), (objects,)| {
            resource.patch(objects.into_iter().map(|fields| fields.0).collect()).await.map(nothing)
        };
}

#[wasm_bindgen]
impl Hexoskin {
    /// A resource by its name (`range`). Whether the server has it shows with the first call.
    pub fn resource(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    ) -> Result<HexoskinResource, JsValue> {
        Ok(HexoskinResource(self.0.clone(), self.0.api.resource(&text("name", &name)?)))
    }

    /// The object of a URI. Nothing is sent until one of its fields is asked for.
    #[wasm_bindgen(js_name = resourceFromUri, unchecked_return_type = "HexoskinObject")]
    pub fn resource_from_uri(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] uri: JsValue,
    ) -> Result<JsValue, JsValue> {
        let uri: String = argument("uri", &uri)?;
        let object = self.0.api.resource_from_uri(&uri).map_err(|error| thrown(&error, NAMES))?;
        Ok(self.0.object(&object))
    }
}

calls! { Hexoskin;
    /// All resources with their schemas, kept for an hour. Those whose schema the server does not show are left out.
    resourceConf resource_conf() -> "Promise<Record<string, HexoskinSchema>>",
        async |link, ()| {
            let all = link.api.resource_conf().await?;
            let named = js_sys::Object::new();
            for (name, schema) in all {
                let schema = told(HexoskinSchema::from(&*schema));
                // A plain object takes any name.
                let _ = js_sys::Reflect::set(&named, &name.into(), &schema);
            }
            Ok(named.into())
        };
}
