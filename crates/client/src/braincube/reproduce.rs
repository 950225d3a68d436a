//! A request of the explorer elsewhere: the official client's, the npm package's and curl's.
//!
//! Braincube computes no availability and no averages: those views stand on its rows.

use serde_json::json;

use super::address::{Address, BaseId, bare_id};
use super::data::within;
use super::filter::write_filter;
use super::info::BaseInfo;
use crate::Ask;
use crate::reproduce::{Language, Picture, shell, string};

/// Rows of the variables; `None` where the request cannot be written down.
pub(super) fn text(
    language: Language,
    _picture: Picture,
    address: &Address,
    base: &BaseId,
    info: &BaseInfo,
    ask: &Ask<'_>,
) -> Option<String> {
    let zone = info.zone().ok()?;
    let filter = match info.time() {
        Some(_) => Some(within(info, ask.range, ask.filter).ok()?),
        None => ask.filter.cloned(),
    };
    let filter = filter.map(|filter| write_filter(&filter, base, &zone)).transpose().ok()?;
    let ids: Vec<&str> =
        info.time().into_iter().chain(ask.streams.iter().map(|stream| stream.id.as_str())).collect();
    let short: Vec<&str> = ids.iter().map(|id| bare_id(id)).collect();
    let (sso, api) = (address.sso_base(), address.api_base());
    let (name, id) = (string(&base.braincube), &base.id);
    Some(match language {
        Language::Python => {
            let filters = filter.map(|filter| format!(", filters=[{filter}]")).unwrap_or_default();
            format!(
                "from braincube_connector import braincube, client\n\nclient.get_instance(config_dict={{\n    \
                 \"api_key\": \"YOUR ACCESS TOKEN\",\n    \"sso_base_url\": {},\n    \"braincube_base_url\": {},\n}})\n\
                 base = braincube.get_braincube({name}).get_memory_base({})\n\
                 rows = base.get_data({}{filters}, label_type=\"name\", dataframe=True)\n",
                string(sso),
                string(api),
                string(id),
                json!(short),
            )
        }
        Language::JavaScript => {
            let filter = filter.map(|filter| format!(",\n  filter: {filter}")).unwrap_or_default();
            format!(
                "import {{ init, Braincube }} from \"streamscope/braincube\";\n\nawait init();\n\
                 const braincube = new Braincube({{\n  apiKey: \"YOUR ACCESS TOKEN\",\n  ssoBaseUrl: {},\n  \
                 braincubeBaseUrl: {},\n}});\nconst table = await braincube.data({{\n  braincube: {name},\n  \
                 base: {},\n  variables: {}{filter},\n}}).toTable();\n",
                string(sso),
                string(api),
                string(id),
                json!(short),
            )
        }
        Language::Curl => {
            let mut context = json!({ "dataSource": format!("mb{id}") });
            if let (Some(filter), Some(context)) = (filter, context.as_object_mut()) {
                context.insert("filter".into(), filter);
            }
            let order = info.time().or(info.order.as_deref())?;
            let body = json!({ "order": order, "definitions": ids, "context": context }).to_string();
            let url = address.api(&base.braincube, &format!("braindata/mb{id}/LF")).ok()?;
            format!(
                "curl {} \\\n  --header 'X-api-key: YOUR ACCESS TOKEN' \\\n  --header 'Content-Type: application/json' \
                 \\\n  --data {}\n",
                shell(&url),
                shell(&body)
            )
        }
    })
}
