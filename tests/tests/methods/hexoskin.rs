//! Hexoskin's table: the names are those of the client's document, since that client cannot be installed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{check, rows};

const TABLE: &str = "conformance/hexoskin_methods.md";

/// Every public name, parameter and form of call that the document shows.
const OFFICIAL: [&str; 48] = [
    "HexoApi",
    "HexoApi.auth",
    "HexoApi.oauth2_get_request_token_url",
    "HexoApi.oauth2_get_access_token",
    "HexoApi.oauth1_get_request_token_url",
    "HexoApi.oauth1_get_access_token",
    "HexoApi.resource_from_uri",
    "HexoApi.clear_object_cache",
    "HexoApi.clear_resource_cache",
    "HexoApi.resource_conf",
    "CACHED_API_RESOURCE_LIST",
    "ApiResourceAccessor",
    "ApiResourceAccessor.list",
    "ApiResourceAccessor.get",
    "ApiResourceAccessor.create",
    "ApiResourceAccessor._conf",
    "ApiResourceList",
    "ApiResourceList.load_next",
    "ApiResourceList.nexturl",
    "ApiResourceList._conf",
    "ApiResourceInstance",
    "ApiResourceInstance.resource_uri",
    "ApiResourceInstance.update",
    "ApiResourceInstance.delete",
    "ApiResourceInstance._parent",
    "ApiDataList",
    "ApiDataResult",
    "ApiDataResult.user",
    "ApiDataResult.data",
    "ApiFlatDataList",
    "data.list",
    "auth=",
    "force_refresh=",
    "flat=",
    "no_timestamps=",
    "del list[i]",
    "MethodNotAllowed",
    "HttpError",
    "HttpError.response",
    "HttpClientError",
    "HttpBadRequest",
    "HttpUnauthorized",
    "HttpForbidden",
    "HttpNotFound",
    "HttpMethodNotAllowed",
    "HttpServerError",
    "HttpInternalServerError",
    "HttpNotImplemented",
];

fn read(path: &Path, into: &mut String) {
    if path.is_dir() {
        let mut files: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().for_each(|file| read(file, into));
    } else if path.extension().is_some_and(|end| end == "rs" || end == "mjs") {
        into.push_str(&fs::read_to_string(path).unwrap());
    }
}

/// The text of these files and folders of the project.
fn text(paths: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut text = String::new();
    paths.iter().for_each(|path| read(&root.join(path), &mut text));
    text
}

/// What stands between backticks in a column.
fn quoted(column: usize) -> Vec<String> {
    let names = |row: Vec<String>| {
        let cell = row.get(column).cloned().unwrap_or_default();
        cell.split('`').skip(1).step_by(2).map(String::from).collect::<Vec<_>>()
    };
    rows(TABLE).into_iter().flat_map(names).collect()
}

#[test]
fn every_name_of_the_document_has_its_example() {
    let tests = text(&["tests/npm/hexoskin.test.mjs"]);
    let titles = tests.split("\ntest(\"").skip(1).filter_map(|test| test.split_once("\", async"));
    let examples: BTreeMap<String, usize> = titles.map(|(title, _)| (title.to_string(), 1)).collect();
    let official: BTreeSet<String> = OFFICIAL.iter().map(|name| name.to_string()).collect();
    assert_eq!(official.len(), OFFICIAL.len());
    check(TABLE, &official, &examples);
}

#[test]
fn every_name_of_ours_exists() {
    let rust =
        text(&["crates/client/src/hexoskin.rs", "crates/client/src/hexoskin", "crates/client/src/error.rs"]);
    for name in quoted(1) {
        let (of, name) = name.split_once("::").unwrap_or(("", &name));
        let owned = of.is_empty()
            || rust.contains(&format!("pub struct {of}"))
            || rust.contains(&format!("pub enum {of}"));
        let forms = [
            format!("pub fn {name}("),
            format!("pub async fn {name}("),
            format!("pub {name}: "),
            format!("pub struct {name}"),
            format!("pub enum {name}"),
            format!("pub type {name}"),
            format!("    {name},\n"),
        ];
        assert!(owned && forms.iter().any(|form| rust.contains(form)), "Rust has no {of}::{name}");
    }
    let js = text(&["crates/js/src/hexoskin.rs", "crates/js/src/hexoskin", "crates/js/src/error.rs"]);
    for name in quoted(2).iter().filter(|name| !name.contains(": ")) {
        let short = name.rsplit(['.', ' ']).next().unwrap().trim_end_matches("()");
        let forms = [
            format!("js_name = {short}"),
            format!("pub fn {short}("),
            format!("    {short} "),
            format!("pub struct {short}("),
            format!("interface {short} "),
            format!("class {short} "),
            format!("readonly {short}: "),
        ];
        assert!(forms.iter().any(|form| js.contains(form)), "JavaScript has no {name}");
    }
}
