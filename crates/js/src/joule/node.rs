//! A Joule node's folders, streams, annotations and modules, call by call.

use serde_json::json;
use streamscope_client::Result as Answered;
use streamscope_client::joule::Joule as Node;
use wasm_bindgen::prelude::*;

use super::address::JouleModuleId;
use super::given::{
    JouleAccess, JouleAnnotationChange, JouleDataStreamChange, JouleFolderChange, JouleNewAnnotation,
    JouleNewDataStream, JouleRange, Kind, ends,
};
use super::{Joule, JouleAddress, NAMES, told};
use crate::call::{Asked, promise};
use crate::options::{Strict, argument, optional};
use crate::value::Json;

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
pub(crate) use calls;

impl Joule {
    /// Makes a call whose arguments may have been refused.
    pub(crate) fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce(Node, A) -> Answered<JsValue> + 'static,
    ) -> js_sys::Promise {
        let node = Node::clone(&self.0);
        let asked = |arguments| -> Asked { Box::pin(make(node, arguments)) };
        promise(call, NAMES, arguments().map(asked))
    }
}

/// Nothing, as JavaScript has it.
pub(crate) fn nothing((): ()) -> JsValue {
    JsValue::UNDEFINED
}

calls! {
    /// What the node is: the cheapest check of address and key.
    info info() -> "Promise<JouleNodeInfo>", async |node, ()| node.info().await.map(told);

    /// The whole tree, from the root.
    folderRoot folder_root() -> "Promise<JouleFolder>", async |node, ()| node.folder_root().await.map(told);

    /// The whole tree, each stream with what is stored of it. Costs the node queries for each stream.
    folderRootWithInfo folder_root_with_info() -> "Promise<JouleFolder>",
        async |node, ()| node.folder_root_with_info().await.map(told);

    /// A folder and all below it.
    folderGet folder_get(folder: JouleAddress = "JouleAddress") -> "Promise<JouleFolder>",
        async |node, (folder,)| node.folder_get(folder).await.map(told);

    /// Puts a folder into another, which is made where its path does not exist.
    folderMove folder_move(folder: JouleAddress = "JouleAddress", destination: JouleAddress = "JouleAddress")
        -> "Promise<void>", async |node, (folder, to)| node.folder_move(folder, to).await.map(nothing);

    /// Changes a folder's name and description to these; nothing else of it.
    folderUpdate folder_update(folder: JouleFolderChange = "JouleFolderChange")
        -> "Promise<void>", async |node, (folder,)| node.folder_update(&folder.into()).await.map(nothing);

    /// Deletes a folder and its streams with all their data; `recursive` also those in folders below, without which a
    /// folder that holds folders is refused.
    folderDelete folder_delete(folder: JouleAddress = "JouleAddress") [recursive: bool = "boolean"]
        -> "Promise<void>",
        async |node, (folder, below)| node.folder_delete(folder, below == Some(true)).await.map(nothing);

    /// A data stream.
    dataStreamGet data_stream_get(stream: JouleAddress = "JouleAddress") -> "Promise<JouleDataStream>",
        async |node, (stream,)| node.data_stream_get(stream).await.map(told);

    /// What is stored of a data stream. Its numbers of rows and bytes are estimates.
    dataStreamInfo data_stream_info(stream: JouleAddress = "JouleAddress") -> "Promise<JouleDataInfo>",
        async |node, (stream,)| node.data_stream_info(stream).await.map(told);

    /// Puts a data stream into another folder, which is made where its path does not exist.
    dataStreamMove data_stream_move(stream: JouleAddress = "JouleAddress", destination: JouleAddress = "JouleAddress")
        -> "Promise<void>", async |node, (stream, to)| node.data_stream_move(stream, to).await.map(nothing);

    /// Changes a data stream's metadata to these, but not the number of its elements.
    dataStreamUpdate data_stream_update(stream: JouleDataStreamChange = "JouleDataStreamChange") -> "Promise<void>",
        async |node, (stream,)| node.data_stream_update(&stream.into()).await.map(nothing);

    /// Deletes a data stream with all its data.
    dataStreamDelete data_stream_delete(stream: JouleAddress = "JouleAddress") -> "Promise<void>",
        async |node, (stream,)| node.data_stream_delete(stream).await.map(nothing);

    /// Makes a data stream in a folder, which is made where its path does not exist.
    dataStreamCreate data_stream_create(stream: Strict<JouleNewDataStream> = "JouleNewDataStream", folder: JouleAddress = "JouleAddress")
        -> "Promise<JouleDataStream>",
        async |node, (Strict(stream), folder)| node.data_stream_create(&stream.into(), folder).await.map(told);

    /// Deletes the annotations of a data stream that begin in a range.
    dataStreamAnnotationDelete data_stream_annotation_delete(stream: JouleAddress = "JouleAddress")
        [range: Strict<JouleRange> = "JouleRange"] -> "Promise<void>",
        async |node, (stream, range)| {
            let (start, end) = ends(range);
            node.data_stream_annotation_delete(stream, start, end).await.map(nothing)
        };

    /// The annotations of a data stream that begin in a range, by their start.
    annotationGet annotation_get(stream: JouleAddress = "JouleAddress") [range: Strict<JouleRange> = "JouleRange"]
        -> "Promise<JouleAnnotation[]>",
        async |node, (stream, range)| {
            let (start, end) = ends(range);
            node.annotation_get(stream, start, end).await.map(told)
        };

    /// How many annotations a data stream has, and where the first and the last begin.
    annotationInfo annotation_info(stream: JouleAddress = "JouleAddress") -> "Promise<JouleAnnotationInfo>",
        async |node, (stream,)| node.annotation_info(stream).await.map(told);

    /// Makes an annotation on a data stream.
    annotationCreate annotation_create(annotation: Strict<JouleNewAnnotation> = "JouleNewAnnotation", stream: JouleAddress = "JouleAddress")
        -> "Promise<JouleAnnotation>",
        async |node, (Strict(annotation), stream)| node.annotation_create(&annotation.into(), stream).await.map(told);

    /// Changes an annotation's title and content to these; its times and stream cannot change.
    annotationUpdate annotation_update(annotation: JouleAnnotationChange = "JouleAnnotationChange")
        -> "Promise<JouleAnnotation>",
        async |node, (annotation,)| node.annotation_update(&annotation.into()).await.map(told);

    /// Deletes an annotation by its id.
    annotationDelete annotation_delete(id: i64 = "number") -> "Promise<void>",
        async |node, (id,)| node.annotation_delete(id).await.map(nothing);

    /// All modules, with what they use if `statistics`.
    moduleList module_list() [statistics: bool = "boolean"] -> "Promise<JouleModule[]>",
        async |node, (statistics,)| node.module_list(statistics == Some(true)).await.map(told);

    /// A module, with what it uses.
    moduleGet module_get(module: JouleModuleId = "JouleModuleId") -> "Promise<JouleModule>",
        async |node, (module,)| node.module_get(module).await.map(told);

    /// The last lines a module printed.
    moduleLogs module_logs(module: JouleModuleId = "JouleModuleId") -> "Promise<string[]>",
        async |node, (module,)| node.module_logs(module).await.map(told);

    /// All web pages the node passes on.
    proxyList proxy_list() -> "Promise<JouleProxy[]>", async |node, ()| node.proxy_list().await.map(told);

    /// One of them.
    proxyGet proxy_get(proxy: JouleModuleId = "JouleModuleId") -> "Promise<JouleProxy>",
        async |node, (proxy,)| node.proxy_get(proxy).await.map(told);

    /// Who has access to the node.
    masterList master_list() -> "Promise<JouleMaster[]>", async |node, ()| node.master_list().await.map(told);

    /// Gives access to the node: to a person under a new name, or to another node or a Lumen server at a URL. A person's
    /// key is told this once.
    masterAdd master_add(kind: Kind = "JouleMasterKind", identifier: String = "string")
        [access: Strict<JouleAccess> = "JouleAccess"] -> "Promise<{ name: string; key: string | null }>",
        async |node, (kind, identifier, access)| {
            let JouleAccess { lumen, api_key } = access.map(|Strict(access)| access).unwrap_or_default();
            let lumen = lumen.map(|Json(lumen)| lumen);
            let made = node.master_add(kind.0, &identifier, lumen, api_key.as_deref()).await?;
            Ok(told(json!({ "name": made.name, "key": made.key })))
        };

    /// Takes access away. The node refuses to take it from the caller.
    masterDelete master_delete(kind: Kind = "JouleMasterKind", name: String = "string") -> "Promise<void>",
        async |node, (kind, name)| node.master_delete(kind.0, &name).await.map(nothing);

    /// The nodes that this node has access to; their keys are not told.
    followerList follower_list() -> "Promise<JouleFollower[]>",
        async |node, ()| node.follower_list().await.map(told);

    /// Forgets a follower. Nodes of version 1.0.1 forget all of them with it.
    followerDelete follower_delete(name: String = "string") -> "Promise<void>",
        async |node, (name,)| node.follower_delete(&name).await.map(nothing);

    /// The disk the node's data are on.
    databaseInfo database_info() -> "Promise<JouleDatabaseInfo>",
        async |node, ()| node.database_info().await.map(told);

    /// How a program on the node's network reads its database; the password is not told.
    dbConnectionInfo db_connection_info() -> "Promise<JouleConnectionInfo>",
        async |node, ()| node.db_connection_info().await.map(told);
}
