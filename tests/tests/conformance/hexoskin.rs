//! The stand-in of Hexoskin, called and read by programs that nobody here wrote.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::{Map, Value, json};
use streamscope_client::hexoskin::{Config, Credentials, Filters, Hexoskin, SignIn};
use streamscope_client::{Canned, MemoryTransport, Request};
use streamscope_sandbox::demo::hexoskin::samples;
use streamscope_sandbox::testing::{TestOptions, TestServer};

use super::official;

const RECORD: i64 = 99_999;

/// Raw values that the script has read.
fn values(folder: &Path, file: &str) -> Vec<i64> {
    let bytes = std::fs::read(folder.join(file).with_extension("i32")).unwrap();
    bytes.chunks_exact(4).map(|value| i32::from_le_bytes(value.try_into().unwrap()).into()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn others_read_every_sample_of_the_garment() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let done = official("STREAMSCOPE_PYTHON", "hexoskin", server.url());
    assert_eq!(
        json!(done),
        json!(["resources", "writes", "data", "files", "oauth1", "oauth2", "signatures"])
    );
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hexoskin");
    for (form, datatype, count) in [
        ("bare", 4113, 921_600),
        ("json", 4113, 921_600),
        ("edf", 4113, 921_600),
        ("json", 4130, 460_800),
        ("edf", 4130, 460_800),
        ("zip", 4129, 460_800),
        ("zip", 4146, 230_400),
        ("edf", 4145, 230_400),
        ("zip", 19, 3_600),
        ("edf", 19, 3_600),
        ("zip", 271, 12),
    ] {
        let read = values(&folder, &format!("{form}_{datatype}"));
        let made = samples(RECORD, datatype, count).unwrap();
        assert_eq!(read.len(), made.len(), "{form} {datatype}");
        let differs = read.iter().zip(&made).position(|(read, made)| read != made);
        assert_eq!(differs, None, "{form} {datatype}");
    }
}

/// A server that knows users and data, and gives OAuth1 tokens.
fn signed_for() -> MemoryTransport {
    let place = |name: &str| json!({ "list_endpoint": format!("/api/{name}/"), "schema": format!("/api/{name}/schema/") });
    let resources = json!({ "user": place("user"), "data": place("data") });
    let schema = json!({
        "filtering": { "id": 2, "record": ["exact"], "search": ["exact"] }, "allowed_list_http_methods": ["get"],
    });
    MemoryTransport::new(move |request| {
        let path = request.url.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        let body = match path.unwrap_or_default().trim_start_matches("/hexoskin") {
            "/api/" => resources.to_string(),
            path if path.ends_with("/schema/") => schema.to_string(),
            "/oauth/request_token" => "oauth_token=rt%2F1&oauth_token_secret=rs%20%2B1".into(),
            "/oauth/access_token" => "oauth_token=at~1&oauth_token_secret=as%261".into(),
            _ => json!({ "meta": {}, "objects": [] }).to_string(),
        };
        Canned::new(200, body)
    })
}

/// What was sent, with the secret of the token that it was signed with.
fn sent(transport: &MemoryTransport) -> Vec<Value> {
    let secret = |url: &str| match url.rsplit_once("/oauth/") {
        Some((_, "request_token")) => "",
        Some((_, "access_token")) => "rs +1",
        _ => "as&1",
    };
    let one = |request: &Request| {
        let headers: Map<String, Value> =
            request.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone().into())).collect();
        let (method, url) = (request.method.as_str(), &request.url);
        json!({ "method": method, "url": url, "headers": headers, "token_secret": secret(url) })
    };
    transport.requests().iter().map(one).collect()
}

#[test]
fn our_signatures_are_right_to_hashlib_and_oauthlib() {
    let config = |url: &str, credentials| Config {
        url: url.into(),
        key: Some("demo-hexo".into()),
        secret: Some("demo-hexo-secret".into()),
        credentials,
        ..Config::default()
    };
    let filters = Filters::new().with("id__in", [19, 33]).with("search", "ü & b+c~%/*'").with("id__gt", "");
    let mut requests = Vec::new();
    for url in ["https://api.example", "http://127.0.0.1:8787/hexoskin"] {
        let transport = signed_for();
        let someone = Credentials::user("demo@example.org:demo-password").unwrap();
        let api = Hexoskin::new(&config(url, Some(someone)), Rc::new(transport.clone())).unwrap();
        transport.run(api.resource("user").list(&filters)).unwrap().unwrap();
        requests.extend(sent(&transport));

        let transport = signed_for();
        let api = Hexoskin::new(&config(url, None), Rc::new(transport.clone())).unwrap();
        let signed_in = async {
            let SignIn { pending, .. } =
                api.oauth1_get_request_token_url("https://page.example/a b?c=d&e").await?;
            let back = "https://page.example/?oauth_token=rt%2F1&oauth_verifier=v%201";
            api.oauth1_get_access_token(back, &pending).await?;
            api.resource("user").list(&filters).await
        };
        transport.run(signed_in).unwrap().unwrap();
        requests.extend(sent(&transport));
    }
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hexoskin-requests.json");
    std::fs::write(&file, json!(requests).to_string()).unwrap();
    let right = official("STREAMSCOPE_PYTHON", "hexoskin_signatures", &file.display().to_string());
    assert_eq!(right, [json!({ "key": 6, "oauth1": 10 })]);
}
