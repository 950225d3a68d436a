//! Signatures, logins, OAuth1 and OAuth2, and the number of requests a second.
//!
//! Signatures were made by Python's hashlib and oauthlib; whole flows with them run in the conformance tests.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use streamscope_sandbox::{Options, Request, Response, Sandbox, testing};

use super::{get, json, refused, request, sandbox, send};
use crate::fixture::{NOW, text};

/// The same request with other credentials.
fn with(request: Request, authorization: &str) -> Request {
    let mut request = request;
    request.headers.retain(|(name, _)| name != "Authorization");
    request.with_header("Authorization", authorization)
}

fn signed(target: &str, timestamp: &str, signature: &str) -> Request {
    let request = request("GET", target).with_header("X-HEXOTIMESTAMP", timestamp);
    request.with_header("x-hexoapikey", "demo-hexo").with_header("x-hexoapisignature", signature)
}

#[test]
fn a_key_signs_the_whole_url() {
    let sandbox = sandbox();
    let status = |request: Request, now: i64| refused(sandbox.handle(&request, now));
    let data = "/api/data/?datatype__in=19%2C33&record=99999&max_values=1";
    let good = "b97d688e8a1fa4b2b714c9879b2f943c9e2c7fea";
    let time = "1800000000";
    assert_eq!(status(signed(data, time, good), NOW).0, 200);
    assert_eq!(
        status(signed("/api/account/", time, "fbf2ac82a05c4b927c0a162a8710b7150f9da36e"), NOW).0,
        200,
        "over https"
    );
    let failed = (401, "API signature failed.".to_owned());
    assert_eq!(status(signed(&data.replace("%2C", ","), time, good), NOW), failed);
    assert_eq!(status(signed(data, "1800000001", good), NOW), failed);
    assert_eq!(status(signed(data, time, good), NOW + 301), failed, "five minutes are enough");
    assert_eq!(status(signed(data, time, &good.to_uppercase()), NOW), failed);
    assert_eq!(
        status(request("GET", data).with_header("X-HEXOAPIKEY", "demo-hexo"), NOW),
        failed,
        "half of it"
    );
    assert_eq!(
        status(with(signed(data, time, good), "Basic eDp5"), NOW),
        (401, String::new()),
        "a wrong login"
    );
}

#[test]
fn a_login_alone_is_enough() {
    let sandbox = sandbox();
    let basic = |login: &str| format!("Basic {}", BASE64_STANDARD.encode(login));
    let account =
        |authorization: &str| sandbox.handle(&with(request("GET", "/api/account/"), authorization), NOW);
    let runner = json(account(&basic("runner@example.org:demo:password")));
    assert_eq!(runner["objects"][0]["id"], 123, "a password with a colon");
    for wrong in [&basic("demo@example.org:wrong"), "Basic %", "Bearer x", "OAuth x", "Other x", ""] {
        assert_eq!(account(wrong).status, 401, "{wrong}");
    }
    // This one sees nobody else.
    let users = with(request("GET", "/api/user/"), &basic("runner@example.org:demo:password"));
    assert_eq!(json(sandbox.handle(&users, NOW))["meta"]["total_count"], 1);
}

/// The parameters of an address that a person is sent back to.
fn sent_back(response: &Response) -> (String, std::collections::HashMap<String, String>) {
    assert_eq!(response.status, 302);
    let location = response.header("Location").expect("an address");
    let at = location.find(['?', '#']).expect("parameters");
    let pairs = form_urlencoded::parse(&location.as_bytes()[at + 1..]).into_owned().collect();
    (location[..=at].to_owned(), pairs)
}

const BACK: &str = "http://localhost:9/sub/path/";
const ALLOW: &str = "username=demo%40example.org&password=demo-password&allow=yes";

fn authorize(sandbox: &Sandbox, query: &str, form: &str) -> Response {
    let query = format!(
        "state=s%26s&redirect_uri={}&{query}",
        form_urlencoded::byte_serialize(BACK.as_bytes()).collect::<String>()
    );
    let mut request =
        request(if form.is_empty() { "GET" } else { "POST" }, &format!("/api/connect/oauth2/auth/?{query}"));
    request.body = form.into();
    sandbox.handle(&request, NOW)
}

fn token(sandbox: &Sandbox, client: Option<&str>, form: &str) -> Response {
    let mut request = request("POST", "/api/connect/oauth2/token/");
    request.headers.retain(|(name, _)| name != "Authorization");
    if let Some(client) = client {
        request = request.with_header("Authorization", &format!("Basic {}", BASE64_STANDARD.encode(client)));
    }
    request.body = form.into();
    sandbox.handle(&request, NOW)
}

fn status_with(sandbox: &Sandbox, method: &str, token: &Value, now: i64) -> u16 {
    let token = format!("Bearer {}", token.as_str().expect("a token"));
    let mut request = with(request(method, "/api/range/1/"), &token);
    request.body = b"{}".into();
    sandbox.handle(&request, now).status
}

#[test]
fn a_code_is_proven_by_its_verifier() {
    let sandbox = sandbox();
    // RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let asked = "response_type=code&client_id=demo-hexo-public&scope=readonly&code_challenge_method=S256\
                 &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let page = authorize(&sandbox, asked, "");
    assert_eq!(page.status, 200);
    assert!(text(page).contains("demo-hexo-public"));
    assert_eq!(sent_back(&authorize(&sandbox, asked, "allow=no")).1["error"], "access_denied");
    let code = || {
        let (place, pairs) = sent_back(&authorize(&sandbox, asked, ALLOW));
        assert_eq!((place, &*pairs["state"]), (format!("{BACK}?"), "s&s"));
        pairs["code"].clone()
    };
    let exchange = |code: &str, verifier: &str, back: &str| {
        let form = format!(
            "grant_type=authorization_code&client_id=demo-hexo-public&code={code}&code_verifier={verifier}&redirect_uri={back}"
        );
        token(&sandbox, None, &form)
    };
    for (verifier, back) in [("wrong", BACK), ("", BACK), (verifier, "http://localhost:9/")] {
        assert_eq!(
            refused(exchange(&code(), verifier, back)),
            (400, "invalid_grant".into()),
            "{verifier} {back}"
        );
    }
    let code = code();
    let tokens = json(exchange(&code, verifier, BACK));
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"], &tokens["scope"]),
        (&json!("Bearer"), &json!(3600), &json!("readonly"))
    );
    assert_eq!(refused(exchange(&code, verifier, BACK)).1, "invalid_grant", "a code works once");
    let access = &tokens["access_token"];
    assert_eq!(status_with(&sandbox, "GET", access, NOW), 200);
    assert_eq!(status_with(&sandbox, "PATCH", access, NOW), 403, "the scope");
    assert_eq!(status_with(&sandbox, "GET", access, NOW + 3600), 401, "it expires");
    let refresh = |token_text: &Value| {
        let form = format!(
            "grant_type=refresh_token&client_id=demo-hexo-public&refresh_token={}",
            token_text.as_str().expect("a token")
        );
        token(&sandbox, None, &form)
    };
    let fresh = json(refresh(&tokens["refresh_token"]));
    assert_eq!(status_with(&sandbox, "GET", &fresh["access_token"], NOW), 200);
    assert_eq!(
        refused(refresh(&tokens["refresh_token"])).1,
        "invalid_grant",
        "each refresh brings the next token"
    );
}

#[test]
fn a_client_has_one_kind_of_grant() {
    let sandbox = sandbox();
    let error = |query: &str| sent_back(&authorize(&sandbox, query, ALLOW)).1["error"].clone();
    assert_eq!(error("response_type=token&client_id=demo-hexo"), "unauthorized_client");
    assert_eq!(error("response_type=code&client_id=demo-hexo&scope=all"), "invalid_scope");
    assert_eq!(error("response_type=code&client_id=demo-hexo-public"), "invalid_request", "no challenge");
    assert_eq!(
        error("response_type=code&client_id=demo-hexo&code_challenge=x&code_challenge_method=plain"),
        "invalid_request"
    );
    assert_eq!(authorize(&sandbox, "response_type=code&client_id=other", ALLOW).status, 400);
    let elsewhere =
        "/api/connect/oauth2/auth/?response_type=code&client_id=demo-hexo&redirect_uri=https://example.org/";
    assert_eq!(get(&sandbox, elsewhere).status, 400, "nobody is sent to an address that is not registered");
    assert!(
        text(authorize(
            &sandbox,
            "response_type=code&client_id=demo-hexo",
            "allow=yes&username=x&password=y"
        ))
        .contains("not known")
    );
    let implicit =
        authorize(&sandbox, "response_type=token&client_id=demo-hexo-implicit&scope=readwrite", ALLOW);
    let (place, pairs) = sent_back(&implicit);
    assert_eq!((place, &*pairs["token_type"], &*pairs["state"]), (format!("{BACK}#"), "Bearer", "s&s"));
    assert_eq!(status_with(&sandbox, "PATCH", &json!(pairs["access_token"]), NOW), 202);
}

#[test]
fn a_password_is_exchanged_by_its_own_client() {
    let sandbox = sandbox();
    let form = "grant_type=password&username=demo%40example.org&password=demo-password&scope=readwrite";
    let own = Some("demo-hexo-password:demo-hexo-password-secret");
    let tokens = json(token(&sandbox, own, form));
    assert_eq!(status_with(&sandbox, "PATCH", &tokens["access_token"], NOW), 202);
    for (client, form, status, error) in [
        (own, form.replace("demo-password", "wrong"), 400, "invalid_grant"),
        (own, form.replace("=password&", "=client_credentials&"), 400, "unauthorized_client"),
        (Some("demo-hexo:demo-hexo-secret"), form.into(), 400, "unauthorized_client"),
        (Some("demo-hexo-password:wrong"), form.into(), 401, "invalid_client"),
        (None, form.into(), 401, "invalid_client"),
    ] {
        assert_eq!(refused(token(&sandbox, client, &form)), (status, error.to_owned()), "{client:?} {form}");
    }
}

#[test]
fn an_oauth1_signature_is_checked() {
    let sandbox = sandbox();
    let header = |signature: &str| {
        format!(
            "OAuth oauth_nonce=\"n1\", oauth_timestamp=\"1800000000\", oauth_version=\"1.0\", \
         oauth_signature_method=\"HMAC-SHA1\", oauth_consumer_key=\"demo-hexo\", \
         oauth_callback=\"http%3A%2F%2Flocalhost%3A9%2Fback%3Fx%3D1\", oauth_signature=\"{signature}\""
        )
    };
    let ask = |signature: &str, now: i64| {
        sandbox.handle(&with(request("POST", "/oauth/request_token"), &header(signature)), now)
    };
    let good = "wZzjqLq%2FkaCD6H5cXjduhm3CL0c%3D";
    assert_eq!(ask(&good.replace('w', "x"), NOW).status, 401);
    assert_eq!(ask(good, NOW + 301).status, 401);
    let tokens = text(ask(good, NOW));
    assert!(
        tokens.starts_with("oauth_token=request-") && tokens.contains("&oauth_token_secret="),
        "{tokens}"
    );
    assert!(refused(ask(good, NOW)).1.contains("nonce"), "a request is taken once");
    let page = format!("/oauth/authorize?{}", tokens.split('&').next().expect("a token"));
    let (place, pairs) = sent_back(&send(&sandbox, "POST", &page, json!(null)));
    assert_eq!((&*place, pairs.contains_key("denied")), ("http://localhost:9/back?", true));
    assert_eq!(get(&sandbox, "/oauth/authorize?oauth_token=x").status, 400);
}

#[test]
fn a_second_has_room_for_so_many_requests() {
    let store = testing::small_demo().expect("the demo is made");
    let sandbox = Sandbox::open(store, &Options::default()).expect("the demo opens");
    let ask = |now: i64| sandbox.handle(&request("GET", "/api/account/"), now);
    for _ in 0..5 {
        assert_eq!(ask(NOW).status, 200);
    }
    let full = ask(NOW);
    assert_eq!((full.status, full.header("Retry-After")), (429, Some("1")));
    let runner = format!("Basic {}", BASE64_STANDARD.encode("runner@example.org:demo:password"));
    let other = with(request("GET", "/api/account/"), &runner);
    assert_eq!(sandbox.handle(&other, NOW).status, 200, "each credentials on their own");
    assert_eq!(ask(NOW + 1).status, 200);
}
