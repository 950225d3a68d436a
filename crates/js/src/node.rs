//! A Joule node's folders, streams, annotations and modules, call by call.

use js_sys::Promise;
use serde_json::{Map, Value, json};
use streamscope_client::Result as Answered;
use streamscope_client::joule::{
    Address, Annotation, DataStream, Folder, Joule as Node, MasterKind, ModuleId, NewAnnotation,
    NewDataStream,
};
use wasm_bindgen::prelude::*;

use crate::joule::{Joule, NAMES};
use crate::options::{self, Given, Time, argument, given};
use crate::rune::{Asked, promise};
use crate::served::{exact, sent};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A module or proxy of a node: its id, its name, or what a call gave. */
export type JouleModuleId = number | string | { readonly id: number };

/** A data stream to be made. It is kept for ever and decimated unless said otherwise. */
export interface JouleNewDataStream {
    name: string;
    description?: string;
    datatype: "float32" | "float64" | "int16" | "int32" | "int64";
    /** How long rows are kept, ns; `null` for ever, `0n` not at all. */
    keepNs?: bigint | null;
    decimate?: boolean;
    elements: (Partial<JouleElement> & { name: string })[];
}

/** What of a data stream can be changed, with its id: what `dataStreamGet` gave, changed, will do. */
export type JouleDataStreamChange = { id: number } & Omit<JouleNewDataStream, "datatype">;

/** An annotation to be made: of a moment, unless it has an end. Times are whole microseconds. */
export interface JouleNewAnnotation {
    title: string;
    content?: string;
    startNs: bigint;
    endNs?: bigint | null;
}
"#;

/// Makes calls: each takes arguments of these types, then one that may be left out, and gives a promise.
macro_rules! calls {
    ($(
        $(#[$doc:meta])*
        $js:ident $rust:ident ($($arg:ident: $type:ty = $ts:tt),*) $([$opt:ident: $optional:ty = $opt_ts:tt])?
            -> $ret:tt, $body:expr;
    )*) => {
        #[wasm_bindgen]
        impl Joule {$(
            $(#[$doc])*
            #[wasm_bindgen(js_name = $js, unchecked_return_type = $ret)]
            pub fn $rust(
                &self,
                $(#[wasm_bindgen(unchecked_param_type = $ts)] $arg: JsValue,)*
                $(#[wasm_bindgen(unchecked_optional_param_type = $opt_ts)] $opt: JsValue,)?
                #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
            ) -> Promise {
                let given = || Ok((
                    $(argument::<$type>(stringify!($arg), &$arg)?,)*
                    $(argument::<$optional>(stringify!($opt), &$opt)?,)?
                ));
                self.ask(call, given, $body)
            }
        )*}
    };
}
pub(crate) use calls;

impl Joule {
    /// Makes a call whose arguments may have been refused.
    pub(crate) fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce(Node, A) -> Answered<JsValue> + 'static,
    ) -> Promise {
        let node = Node::clone(&self.0);
        let asked = |arguments| -> Asked { Box::pin(make(node, arguments)) };
        promise(call, NAMES, arguments().map(asked))
    }
}

/// Nothing, as JavaScript has it.
pub(crate) fn nothing((): ()) -> JsValue {
    JsValue::UNDEFINED
}

/// A range of time, open where an end is left out.
#[derive(Default)]
pub(crate) struct JouleRange {
    /// First instant; open unless given.
    start_time: Option<Time>,
    /// First instant after; open unless given.
    end_time: Option<Time>,
}

given!(JouleRange { start_time, end_time });

impl JouleRange {
    /// Both ends, ns.
    pub(crate) fn ns(self) -> (Option<i64>, Option<i64>) {
        (self.start_time.map(Time::ns), self.end_time.map(Time::ns))
    }
}

impl Given for ModuleId {
    fn given(value: &JsValue) -> Result<Self, String> {
        let words = "is neither an id, nor a name, nor something with an id";
        match Address::given(value).map_err(|_| words)? {
            Address::Id(id) => Ok(Self::Id(id)),
            Address::Path(name) => Ok(Self::Name(name)),
        }
    }
}

/// Reads an object as a type of the client's, by the names that it may have. `others` may be there and are not looked at.
pub(crate) fn object<T: serde::de::DeserializeOwned>(value: &JsValue, names: &[&str]) -> Result<T, String> {
    let mut object = sent(value)?;
    let Some(members) = object.as_object_mut() else { return Err("is not an object".into()) };
    members.retain(|name, _| names.contains(&name.as_str()));
    serde_json::from_value(object).map_err(|error| error.to_string().replace("missing field", "lacks"))
}

/// The id of what a call gave.
pub(crate) fn id_of(value: &JsValue) -> Result<i64, String> {
    match Address::given(value) {
        Ok(Address::Id(id)) => Ok(id),
        _ => Err("has no id".into()),
    }
}

/// As [`object`], where a name that is not known is refused.
pub(crate) fn strict<T: serde::de::DeserializeOwned>(value: &JsValue, names: &[&str]) -> Result<T, String> {
    options::check("it", value, names).map_err(|error| {
        let words: String = error.unchecked_into::<js_sys::Error>().message().into();
        words.trim_end_matches('.').to_string()
    })?;
    object(value, names)
}

const STREAM: &[&str] = &["name", "description", "datatype", "keep_ns", "decimate", "elements"];

impl Given for NewDataStream {
    fn given(value: &JsValue) -> Result<Self, String> {
        strict(value, STREAM)
    }
}

impl Given for NewAnnotation {
    fn given(value: &JsValue) -> Result<Self, String> {
        strict(value, &["title", "content", "start_ns", "end_ns"])
    }
}

impl Given for DataStream {
    fn given(value: &JsValue) -> Result<Self, String> {
        let id = id_of(value)?;
        let mut given: Map<String, Value> = object(value, STREAM)?;
        // It cannot be changed, and need not be told.
        given.entry("datatype").or_insert_with(|| "".into());
        let new: NewDataStream = serde_json::from_value(given.into()).map_err(|error| error.to_string())?;
        let blank = json!({ "id": id, "name": new.name, "datatype": new.datatype, "layout": "" });
        let stream: DataStream = serde_json::from_value(blank).map_err(|error| error.to_string())?;
        let (description, keep_ns, decimate) = (new.description, new.keep_ns, new.decimate);
        Ok(Self { description, keep_ns, decimate, elements: new.elements, ..stream })
    }
}

impl Given for Folder {
    fn given(value: &JsValue) -> Result<Self, String> {
        object(value, &["id", "name", "description"])
    }
}

impl Given for Annotation {
    fn given(value: &JsValue) -> Result<Self, String> {
        let words = |name: &str| options::field::<Option<String>>(value, name).map(Option::unwrap_or_default);
        let (title, content) = (words("title")?, words("content")?);
        Ok(Self { id: id_of(value)?, stream_id: 0, title, content, start_ns: 0, end_ns: None })
    }
}

/// What a master is: a person, another node, or a Lumen server.
struct Kind(MasterKind);

impl Given for Kind {
    fn given(value: &JsValue) -> Result<Self, String> {
        let kind = serde_json::from_value(sent(value)?);
        kind.map(Self).map_err(|_| "is none of USER, JOULE_NODE and LUMEN_NODE".into())
    }
}

/// Who is given access, and how.
struct JouleAccess {
    /// Parameters for a Lumen server.
    lumen: Option<Map<String, Value>>,
    /// The key of a person, 32 characters or more; the node makes one unless it is given.
    api_key: Option<String>,
}

given!(JouleAccess { lumen, api_key });

impl Given for Map<String, Value> {
    fn given(value: &JsValue) -> Result<Self, String> {
        let text = js_sys::JSON::stringify(value).map_err(|_| "cannot be written as JSON")?;
        serde_json::from_str(&String::from(text)).map_err(|_| "is not an object".into())
    }
}

calls! {
    /// What the node is: the cheapest check of address and key.
    info info() -> "Promise<JouleNodeInfo>", async |node, ()| node.info().await.map(exact);

    /// The whole tree, from the root.
    folderRoot folder_root() -> "Promise<JouleFolder>", async |node, ()| node.folder_root().await.map(exact);

    /// The whole tree, each stream with what is stored of it. Costs the node queries for each stream.
    folderRootWithInfo folder_root_with_info() -> "Promise<JouleFolder>",
        async |node, ()| node.folder_root_with_info().await.map(exact);

    /// A folder and all below it.
    folderGet folder_get(folder: Address = "JouleAddress") -> "Promise<JouleFolder>",
        async |node, (folder,)| node.folder_get(folder).await.map(exact);

    /// Puts a folder into another, which is made where its path does not exist.
    folderMove folder_move(folder: Address = "JouleAddress", destination: Address = "JouleAddress")
        -> "Promise<void>", async |node, (folder, to)| node.folder_move(folder, to).await.map(nothing);

    /// Changes a folder's name and description to these; nothing else of it.
    folderUpdate folder_update(folder: Folder = "{ id: number; name: string; description?: string }")
        -> "Promise<void>", async |node, (folder,)| node.folder_update(&folder).await.map(nothing);

    /// Deletes a folder and its streams with all their data; `recursive` also those in folders below, without which a
    /// folder that holds folders is refused.
    folderDelete folder_delete(folder: Address = "JouleAddress") [recursive: Option<bool> = "boolean"]
        -> "Promise<void>",
        async |node, (folder, below)| node.folder_delete(folder, below == Some(true)).await.map(nothing);

    /// A data stream.
    dataStreamGet data_stream_get(stream: Address = "JouleAddress") -> "Promise<JouleDataStream>",
        async |node, (stream,)| node.data_stream_get(stream).await.map(exact);

    /// What is stored of a data stream. Its numbers of rows and bytes are estimates.
    dataStreamInfo data_stream_info(stream: Address = "JouleAddress") -> "Promise<JouleDataInfo>",
        async |node, (stream,)| node.data_stream_info(stream).await.map(exact);

    /// Puts a data stream into another folder, which is made where its path does not exist.
    dataStreamMove data_stream_move(stream: Address = "JouleAddress", destination: Address = "JouleAddress")
        -> "Promise<void>", async |node, (stream, to)| node.data_stream_move(stream, to).await.map(nothing);

    /// Changes a data stream's metadata to these, but not the number of its elements.
    dataStreamUpdate data_stream_update(stream: DataStream = "JouleDataStreamChange") -> "Promise<void>",
        async |node, (stream,)| node.data_stream_update(&stream).await.map(nothing);

    /// Deletes a data stream with all its data.
    dataStreamDelete data_stream_delete(stream: Address = "JouleAddress") -> "Promise<void>",
        async |node, (stream,)| node.data_stream_delete(stream).await.map(nothing);

    /// Makes a data stream in a folder, which is made where its path does not exist.
    dataStreamCreate data_stream_create(stream: NewDataStream = "JouleNewDataStream", folder: Address = "JouleAddress")
        -> "Promise<JouleDataStream>",
        async |node, (stream, folder)| node.data_stream_create(&stream, folder).await.map(exact);

    /// Deletes the annotations of a data stream that begin in a range.
    dataStreamAnnotationDelete data_stream_annotation_delete(stream: Address = "JouleAddress")
        [range: Option<JouleRange> = "JouleRange"] -> "Promise<void>",
        async |node, (stream, range)| {
            let (start, end) = range.unwrap_or_default().ns();
            node.data_stream_annotation_delete(stream, start, end).await.map(nothing)
        };

    /// The annotations of a data stream that begin in a range, by their start.
    annotationGet annotation_get(stream: Address = "JouleAddress") [range: Option<JouleRange> = "JouleRange"]
        -> "Promise<JouleAnnotation[]>",
        async |node, (stream, range)| {
            let (start, end) = range.unwrap_or_default().ns();
            node.annotation_get(stream, start, end).await.map(exact)
        };

    /// How many annotations a data stream has, and where the first and the last begin.
    annotationInfo annotation_info(stream: Address = "JouleAddress") -> "Promise<JouleAnnotationInfo>",
        async |node, (stream,)| node.annotation_info(stream).await.map(exact);

    /// Makes an annotation on a data stream.
    annotationCreate annotation_create(annotation: NewAnnotation = "JouleNewAnnotation", stream: Address = "JouleAddress")
        -> "Promise<JouleAnnotation>",
        async |node, (annotation, stream)| node.annotation_create(&annotation, stream).await.map(exact);

    /// Changes an annotation's title and content to these; its times and stream cannot change.
    annotationUpdate annotation_update(annotation: Annotation = "{ id: number; title: string; content?: string }")
        -> "Promise<JouleAnnotation>",
        async |node, (annotation,)| node.annotation_update(&annotation).await.map(exact);

    /// Deletes an annotation by its id.
    annotationDelete annotation_delete(id: i64 = "number") -> "Promise<void>",
        async |node, (id,)| node.annotation_delete(id).await.map(nothing);

    /// All modules, with what they use if `statistics`.
    moduleList module_list() [statistics: Option<bool> = "boolean"] -> "Promise<JouleModule[]>",
        async |node, (statistics,)| node.module_list(statistics == Some(true)).await.map(exact);

    /// A module, with what it uses.
    moduleGet module_get(module: ModuleId = "JouleModuleId") -> "Promise<JouleModule>",
        async |node, (module,)| node.module_get(module).await.map(exact);

    /// The last lines a module printed.
    moduleLogs module_logs(module: ModuleId = "JouleModuleId") -> "Promise<string[]>",
        async |node, (module,)| node.module_logs(module).await.map(exact);

    /// All web pages the node passes on.
    proxyList proxy_list() -> "Promise<JouleProxy[]>", async |node, ()| node.proxy_list().await.map(exact);

    /// One of them.
    proxyGet proxy_get(proxy: ModuleId = "JouleModuleId") -> "Promise<JouleProxy>",
        async |node, (proxy,)| node.proxy_get(proxy).await.map(exact);

    /// Who has access to the node.
    masterList master_list() -> "Promise<JouleMaster[]>", async |node, ()| node.master_list().await.map(exact);

    /// Gives access to the node: to a person under a new name, or to another node or a Lumen server at a URL. A person's
    /// key is told this once.
    masterAdd master_add(kind: Kind = "JouleMasterKind", identifier: String = "string")
        [access: Option<JouleAccess> = "JouleAccess"] -> "Promise<{ name: string; key: string | null }>",
        async |node, (kind, identifier, access)| {
            let JouleAccess { lumen, api_key } = access.unwrap_or(JouleAccess { lumen: None, api_key: None });
            let made = node.master_add(kind.0, &identifier, lumen, api_key.as_deref()).await?;
            Ok(exact(json!({ "name": made.name, "key": made.key })))
        };

    /// Takes access away. The node refuses to take it from the caller.
    masterDelete master_delete(kind: Kind = "JouleMasterKind", name: String = "string") -> "Promise<void>",
        async |node, (kind, name)| node.master_delete(kind.0, &name).await.map(nothing);

    /// The nodes that this node has access to; their keys are not told.
    followerList follower_list() -> "Promise<JouleFollower[]>",
        async |node, ()| node.follower_list().await.map(exact);

    /// Forgets a follower. Nodes of version 1.0.1 forget all of them with it.
    followerDelete follower_delete(name: String = "string") -> "Promise<void>",
        async |node, (name,)| node.follower_delete(&name).await.map(nothing);

    /// The disk the node's data are on.
    databaseInfo database_info() -> "Promise<JouleDatabaseInfo>",
        async |node, ()| node.database_info().await.map(exact);

    /// How a program on the node's network reads its database; the password is not told.
    dbConnectionInfo db_connection_info() -> "Promise<JouleConnectionInfo>",
        async |node, ()| node.db_connection_info().await.map(exact);
}
