//! Braincubes, memory bases and what they hold, call by call.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use streamscope_client::braincube::{BaseId, BaseInfo};
use wasm_bindgen::prelude::*;

use super::filter::shown;
use super::given::{BraincubeBase, BraincubeId, BraincubeListOptions, part};
use super::{Braincube, told};
use crate::options::{Strict, argument, optional};

/// Makes calls: each takes arguments of these types, then one that may be left out, and gives a promise.
macro_rules! calls {
    ($(
        $(#[$doc:meta])*
        $js:ident $rust:ident ($($arg:ident: $type:ty = $ts:tt),*) $([$opt:ident: $optional:ty = $opt_ts:tt])?
            -> $ret:tt, $body:expr;
    )*) => {
        #[wasm_bindgen]
        impl Braincube {$(
            $(#[$doc])*
            #[wasm_bindgen(js_name = $js, unchecked_return_type = $ret)]
            pub fn $rust(
                &self,
                $(#[wasm_bindgen(unchecked_param_type = $ts)] $arg: JsValue,)*
                $(#[wasm_bindgen(unchecked_optional_param_type = $opt_ts)] $opt: JsValue,)?
                #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
            ) -> js_sys::Promise {
                let given = || Ok((
                    $(argument::<$type>(stringify!($arg), &$arg)?,)*
                    $(optional::<$optional>(stringify!($opt), &$opt)?,)?
                ));
                self.ask(call, given, $body)
            }
        )*}
    };
}

/// Makes the calls of a kind of thing that memory bases hold: one by its id, and their list.
macro_rules! kinds {
    ($(
        $(#[$doc:meta])* $js:ident $one:ident -> $ret:tt;
        $(#[$list_doc:meta])* $list_js:ident $list:ident -> $list_ret:tt;
    )*) => {
        calls! {$(
            $(#[$doc])*
            $js $one(base: BraincubeBase = "BraincubeBase", id: BraincubeId = "BraincubeId") -> $ret,
                async |connection, (base, id)| connection.$one(&BaseId::from(base), &id.0).await.map(told);

            $(#[$list_doc])*
            $list_js $list(base: BraincubeBase = "BraincubeBase") [options: Strict<BraincubeListOptions> = "BraincubeListOptions"]
                -> $list_ret,
                async |connection, (base, options)| {
                    let (page, size) = part(options);
                    connection.$list(&BaseId::from(base))?.part(page, size).await.map(told)
                };
        )*}
    };
}

/// What the data service says of a memory base.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct BraincubeBaseInfo {
    /// Long id of the variable that orders its rows.
    order: Option<String>,
    /// Long id of the variable that dates its rows.
    reference_date: Option<String>,
    /// Name of its time zone; "UTC" where the server says none.
    zone_name: String,
    /// Types of its variables by their ids, as far as the server says them.
    types: BTreeMap<String, String>,
    /// As served.
    metadata: Map<String, Value>,
}

impl From<&BaseInfo> for BraincubeBaseInfo {
    fn from(info: &BaseInfo) -> Self {
        Self {
            order: info.order.clone(),
            reference_date: info.reference_date.clone(),
            zone_name: info.zone_name.clone(),
            types: info.types.clone(),
            metadata: info.metadata.clone(),
        }
    }
}

/// How a job's conditions are given.
#[derive(serde::Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BraincubeConditionOptions {
    /// Whether those that its events make are among them; not unless given.
    include_events: Option<bool>,
}

calls! {
    /// All braincubes that the credentials reach: the cheapest check of address and credentials.
    braincubes braincubes() -> "Promise<BraincubeProduct[]>",
        async |connection, ()| connection.braincubes().await.map(told);

    /// The braincube of a name.
    braincube braincube(name: String = "string") -> "Promise<BraincubeProduct>",
        async |connection, (name,)| connection.braincube(&name).await.map(told);

    /// The memory bases of a braincube.
    memoryBases memory_bases(braincube: String = "string") [options: Strict<BraincubeListOptions> = "BraincubeListOptions"]
        -> "Promise<BraincubeMemoryBase[]>",
        async |connection, (braincube, options)| {
            let (page, size) = part(options);
            connection.memory_bases(&braincube)?.part(page, size).await.map(told)
        };

    /// A memory base.
    memoryBase memory_base(base: BraincubeBase = "BraincubeBase") -> "Promise<BraincubeMemoryBase>",
        async |connection, (base,)| connection.memory_base(&base.into()).await.map(told);

    /// What the data service says of a memory base: what orders and dates its rows, and its time zone.
    baseInfo base_info(base: BraincubeBase = "BraincubeBase") -> "Promise<BraincubeBaseInfo>",
        async |connection, (base,)| {
            let info = connection.base_info(&base.into()).await?;
            Ok(told(BraincubeBaseInfo::from(info.as_ref())))
        };

    /// Ids of a data group's variables.
    dataGroupVariableIds data_group_variable_ids(base: BraincubeBase = "BraincubeBase", group: BraincubeId = "BraincubeId")
        -> "Promise<string[]>",
        async |connection, (base, group)| connection.data_group_variable_ids(&base.into(), &group.0).await.map(told);

    /// The variables of a data group, in its order.
    dataGroupVariables data_group_variables(base: BraincubeBase = "BraincubeBase", group: BraincubeId = "BraincubeId")
        -> "Promise<BraincubeVariable[]>",
        async |connection, (base, group)| connection.data_group_variables(&base.into(), &group.0).await.map(told);

    /// The conditions of an event as filters, all of which must be met.
    eventConditions event_conditions(base: BraincubeBase = "BraincubeBase", event: BraincubeId = "BraincubeId")
        -> "Promise<Filter[]>",
        async |connection, (base, event)| {
            connection.event_conditions(&base.into(), &event.0).await.map(|filters| shown(&filters))
        };

    /// The conditions of a job as filters, all of which must be met.
    jobConditions job_conditions(base: BraincubeBase = "BraincubeBase", job: BraincubeId = "BraincubeId")
        [options: Strict<BraincubeConditionOptions> = "BraincubeConditionOptions"] -> "Promise<Filter[]>",
        async |connection, (base, job, options)| {
            let events = options.is_some_and(|Strict(options)| options.include_events == Some(true));
            connection.job_conditions(&base.into(), &job.0, events).await.map(|filters| shown(&filters))
        };

    /// The events of a job.
    jobEvents job_events(base: BraincubeBase = "BraincubeBase", job: BraincubeId = "BraincubeId")
        -> "Promise<BraincubeJobEvents>",
        async |connection, (base, job)| connection.job_events(&base.into(), &job.0).await.map(told);

    /// Ids of a job's variables, each once.
    jobVariableIds job_variable_ids(base: BraincubeBase = "BraincubeBase", job: BraincubeId = "BraincubeId")
        -> "Promise<string[]>",
        async |connection, (base, job)| connection.job_variable_ids(&base.into(), &job.0).await.map(told);

    /// The rules of a job.
    jobRules job_rules(base: BraincubeBase = "BraincubeBase", job: BraincubeId = "BraincubeId")
        [options: Strict<BraincubeListOptions> = "BraincubeListOptions"] -> "Promise<BraincubeRule[]>",
        async |connection, (base, job, options)| {
            let (page, size) = part(options);
            connection.job_rules(&base.into(), &job.0)?.part(page, size).await.map(told)
        };
}

kinds! {
    /// A variable, by its id or long id.
    variable variable -> "Promise<BraincubeVariable>";
    /// The variables of a memory base.
    variables variables -> "Promise<BraincubeVariable[]>";
    /// A data group with its variables.
    dataGroup data_group -> "Promise<BraincubeDataGroup>";
    /// The data groups of a memory base, in the server's short form.
    dataGroups data_groups -> "Promise<BraincubeDataGroup[]>";
    /// An event with its conditions.
    event event -> "Promise<BraincubeEvent>";
    /// The events of a memory base with their conditions.
    events events -> "Promise<BraincubeEvent[]>";
    /// A job in full.
    job job -> "Promise<BraincubeJob>";
    /// The jobs of a memory base, in the server's short form.
    jobs jobs -> "Promise<BraincubeJob[]>";
    /// A rule, of a memory base or a job.
    rule rule -> "Promise<BraincubeRule>";
    /// All rules of a memory base.
    rules rules -> "Promise<BraincubeRule[]>";
}
