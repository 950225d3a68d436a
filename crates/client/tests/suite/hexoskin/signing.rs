//! What signs requests: user and password, API key, and the checks of a configuration.

use std::rc::Rc;

use streamscope_client::hexoskin::{Config, Credentials, Filters, Hexoskin, code_challenge};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Request};

use super::*;

fn users() -> MemoryTransport {
    server(|_, _| ok(json!({ "meta": {}, "objects": [] })))
}

/// The last request of a list of users.
fn signed(config: &Config) -> Request {
    let transport = users();
    let api = connect(config, &transport);
    let filters = Filters::new().with("id__in", [19, 33]);
    assert!(run(&transport, api.resource("user").list(&filters)).unwrap().objects().is_empty());
    transport.requests().pop().unwrap()
}

#[test]
fn a_key_signs_the_final_url() {
    let request = signed(&config());
    assert_eq!(request.url, "https://api.example/api/user/?id__in=19%2C33");
    // SHA-1 of secret, time and URL, as Python's hashlib makes it.
    let signature = "a15f07f92120da6e6d0e2c9c53854c9d93163c7d";
    let expected = [
        ("Authorization", "Basic ZGVtb0BleGFtcGxlLm9yZzpkZW1vLXBhc3N3b3Jk"),
        ("X-HEXOTIMESTAMP", "1709280000"),
        ("X-HEXOAPIKEY", "demo-hexo"),
        ("X-HEXOAPISIGNATURE", signature),
        ("Accept", "application/json"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&request, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(header(&request, "X-HexoAPIVersion"), None);
}

#[test]
fn through_a_relay_the_signature_is_of_the_servers_url() {
    let relayed = Config {
        url: "http://localhost:8787/relay/hexo/".into(),
        server_url: Some("HTTPS://API.example:443/".into()),
        api_version: Some("3.3.x".into()),
        ..config()
    };
    let transport = MemoryTransport::new(|request| {
        assert!(request.url.starts_with("http://localhost:8787/relay/hexo/api/"), "{}", request.url);
        ok(json!({}))
    });
    let api = connect(&relayed, &transport);
    assert!(run(&transport, api.resource_conf()).unwrap().is_empty());
    let request = transport.requests().pop().unwrap();
    let direct = connect(&config(), &transport);
    let bare = MemoryTransport::new(|_| ok(json!({})));
    drop(direct);
    run(&bare, connect(&config(), &bare).resource_conf()).unwrap();
    let same = |request: &Request| header(request, "X-HEXOAPISIGNATURE");
    assert_eq!(same(&request), same(&bare.requests().pop().unwrap()));
    assert_eq!(header(&request, "X-HexoAPIVersion").as_deref(), Some("3.3.x"));
}

#[test]
fn without_a_key_it_is_plain_basic_and_passwords_hold_colons() {
    let plain = Config {
        key: None,
        secret: None,
        credentials: Some(Credentials::user("käthe@example.org:pa:ss:wörd").unwrap()),
        ..config()
    };
    let request = signed(&plain);
    let basic = "Basic a8OkdGhlQGV4YW1wbGUub3JnOnBhOnNzOnfDtnJk";
    assert_eq!(header(&request, "Authorization").as_deref(), Some(basic));
    assert_eq!(header(&request, "X-HEXOAPIKEY"), None);
}

#[test]
fn credentials_for_one_call_and_for_all() {
    let transport = users();
    let api = connect(&Config { credentials: None, ..config() }, &transport);
    let users = api.resource("user");
    let nobody = run(&transport, users.list(&Filters::new())).unwrap_err();
    assert_eq!((nobody.kind, transport.requests().len()), (ErrorKind::Configuration, 0));

    let someone = api.with_auth(Credentials::user("some:one").unwrap());
    run(&transport, someone.resource("user").list(&Filters::new())).unwrap();
    assert!(api.auth().is_none(), "the call's credentials are its own");
    api.set_auth(Some(Credentials::user("any:body").unwrap()));
    run(&transport, users.list(&Filters::new())).unwrap();
    let sent: Vec<_> =
        transport.requests().iter().filter_map(|request| header(request, "Authorization")).collect();
    assert_eq!(
        (sent.first().unwrap().as_str(), sent.last().unwrap().as_str()),
        ("Basic c29tZTpvbmU=", "Basic YW55OmJvZHk=")
    );
}

#[test]
fn configurations_that_cannot_be_meant() {
    let refused = |config: Config, words: &str| {
        let error = Hexoskin::new(&config, Rc::new(users())).err().expect(words);
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(words), "{error}");
    };
    let url = |url: &str| Config { url: url.into(), ..config() };
    refused(url("api.example"), "must begin with https://");
    refused(url("ftp://api.example"), "must begin with https://");
    refused(url("https://"), "name a host");
    refused(url("https://user:word@api.example"), "must not hold a user name");
    refused(url("https://api.example/api/?a=b"), "must not hold a query");
    refused(url("https://api. example"), "must not hold spaces");
    refused(Config { key: None, ..config() }, "secret is given without key");
    for text in ["", "nobody", ":word", " :word"] {
        let error = Credentials::user(text).unwrap_err();
        assert!(error.message.contains("not user:password"), "{error}");
    }
}

#[test]
fn no_secret_is_shown() {
    let shown = format!("{:?}", config());
    assert!(
        !shown.contains("secret") && !shown.contains("password\"") && !shown.contains("demo-password"),
        "{shown}"
    );
    let transport = server(|_, _| {
        Canned::new(401, r#"{"error": "API signature failed. demo-hexo-secret demo-password"}"#)
    });
    let error = run(&transport, api(&transport).resource("user").list(&Filters::new())).unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Unauthorized, Some(401)));
    assert_eq!(error.server_message.as_deref(), Some("API signature failed. REDACTED REDACTED"));
    assert!(
        error
            .message
            .starts_with("Hexoskin answered 401 to GET https://api.example/api/user/: API signature failed"),
        "{error}"
    );
}

#[test]
fn the_challenge_of_the_rfc() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(code_challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}
