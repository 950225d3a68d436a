//! Where Braincube is, and who asks.

use std::rc::Rc;

use serde_json::json;
use streamscope_client::braincube::{BaseId, Braincube, Config, RawRequest};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Method, Request};

use super::{KEY, base, braincube, config, header};

fn refused(config: &Config) -> Error {
    let error = Braincube::new(config, Rc::new(MemoryTransport::queue([]))).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Configuration);
    error
}

/// The URLs that a configuration makes: of the sign-on service, and of memory base 7.
fn urls(config: &Config, name: &str) -> Vec<String> {
    let transport = MemoryTransport::new(|_| Canned::new(200, r#"{"accessList": [], "bcId": 7}"#));
    let braincube = Braincube::new(config, Rc::new(transport.clone())).unwrap();
    transport.run(braincube.braincubes()).unwrap().unwrap();
    transport.run(braincube.memory_base(&BaseId::new(name, 7))).unwrap().unwrap();
    transport.requests().iter().map(|request| request.url.clone()).collect()
}

#[test]
fn urls_come_from_the_domain_or_from_base_urls() {
    let me = "/sso-server/ws/user/me";
    let whole = "/braincube/demo/braincube/mb/7/extended";
    assert_eq!(
        urls(&config(), "demo"),
        [format!("https://plant.example{me}"), format!("https://api.plant.example{whole}")]
    );
    let based = |sso: &str, api: &str| Config {
        sso_base_url: Some(sso.into()),
        braincube_base_url: Some(api.into()),
        domain: None,
        ..config()
    };
    assert_eq!(
        urls(&based("http://h/sso/", "http://h/pre/v1/"), "paper mill")[1],
        "http://h/pre/v1/braincube/paper%20mill/braincube/mb/7/extended"
    );
    assert_eq!(
        urls(&based("http://h/sso/", "http://{braincube-name}.h/v1"), "demo"),
        [format!("http://h/sso{me}"), "http://demo.h/v1/braincube/mb/7/extended".into()]
    );
    assert_eq!(
        urls(&based("http://h", "http://h/{braincube-name}/v1/"), "a/b c")[1],
        "http://h/a%2Fb%20c/v1/braincube/mb/7/extended"
    );
    // One base URL, and the domain for the other.
    let mixed = Config { braincube_base_url: Some("http://h".into()), ..config() };
    assert_eq!(urls(&mixed, "demo")[0], format!("https://plant.example{me}"));
    let pasted = Config { domain: Some(" https://plant.example/ ".into()), ..config() };
    assert_eq!(urls(&pasted, "demo")[1], format!("https://api.plant.example{whole}"));
}

#[test]
fn a_name_cannot_choose_the_host_that_gets_the_credentials() {
    let config =
        Config { braincube_base_url: Some("https://{braincube-name}.plant.example".into()), ..config() };
    let transport = MemoryTransport::queue([]);
    let braincube = Braincube::new(&config, Rc::new(transport.clone())).unwrap();
    for name in ["evil.example/", "evil.example#", "a@evil.example", "a.b", "a:80", "", ".."] {
        let error = transport.run(braincube.memory_base(&BaseId::new(name, 7))).unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{name}");
    }
    assert!(transport.requests().is_empty());
}

#[test]
fn what_is_incomplete_is_refused_with_what_to_do() {
    let none = Config::default();
    assert!(refused(&none).message.contains("give the account's domain"));
    let one = Config { domain: None, sso_base_url: Some("https://h".into()), ..config() };
    assert!(refused(&one).message.contains("braincube_base_url"));
    let unsigned = Config { api_key: Some("  ".into()), ..config() };
    assert!(refused(&unsigned).message.contains("personal access token"));
    assert!(
        refused(&Config { verify: Some(false), ..config() })
            .message
            .contains("certificates are always checked")
    );
    for domain in ["a b", "h/path", "user@h", "//"] {
        refused(&Config { domain: Some(domain.into()), ..config() });
    }
    for url in ["h", "ftp://h", "https://", "https://u:p@h", "https://h?x=1"] {
        let error = refused(&Config { braincube_base_url: Some(url.into()), ..config() });
        assert!(!error.message.contains("u:p"), "{error}");
    }
    let two_lines = Config { api_key: Some("se\ncret".into()), ..config() };
    assert!(!refused(&two_lines).message.contains("cret"));
}

#[test]
fn the_official_file_may_be_on_one_line_or_many() {
    let one = r#"{"api_key": "k-1", "domain": "plant.example", "client_id": 5, "verify": true}"#;
    let pretty = "\u{feff}{\n  \"client_id\": \"app id\",\n  \"client_secret\": \"app key\",\n  \"domain\": \"plant.example\",\n  \
        \"verify\": true,\n  \"oauth2_token\": \"token value\"\n}\n";
    let read = Config::from_json(one).unwrap();
    assert_eq!((read.api_key.as_deref(), read.domain.as_deref()), (Some("k-1"), Some("plant.example")));
    assert_eq!(Config::from_json(pretty).unwrap().oauth2_token.as_deref(), Some("token value"));
    let error = Config::from_json("{\"api_key\": \"very-secret\" oops}").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert!(!error.message.contains("very-secret") && error.message.contains("line 1"));
    assert!(!format!("{:?}", Config { oauth2_token: Some("o-a-2".into()), ..config() }).contains("o-a-2"));
    assert!(!format!("{:?}", config()).contains(KEY));
}

#[test]
fn a_personal_access_token_comes_before_an_oauth2_token() {
    let transport = MemoryTransport::new(|_| Canned::new(200, r#"{"accessList": []}"#));
    let both = Config { oauth2_token: Some("other".into()), ..config() };
    let braincube = Braincube::new(&both, Rc::new(transport.clone())).unwrap();
    transport.run(braincube.braincubes()).unwrap().unwrap();
    let requests = transport.requests();
    assert_eq!(requests.len(), 1, "nothing is exchanged");
    assert_eq!(header(&requests[0], "X-api-key").as_deref(), Some(KEY));
    assert_eq!(header(&requests[0], "Authorization").or(header(&requests[0], "IPLSSOTOKEN")), None);
}

/// A sign-on service that gives `session-1`, `session-2`, …, of which the API takes the `accepted`th.
fn sign_on(accepted: usize) -> MemoryTransport {
    let mut given = 0;
    MemoryTransport::new(move |request: &Request| {
        if request.url.ends_with("/sso-server/ws/oauth2/session") {
            assert_eq!(header(request, "Authorization").as_deref(), Some("Bearer oauth-secret"));
            given += 1;
            return Canned::new(200, json!({"token": format!("session-{given}")}).to_string());
        }
        assert_eq!(header(request, "Authorization"), None, "only one way to sign");
        match header(request, "IPLSSOTOKEN") {
            Some(token) if token == format!("session-{accepted}") => Canned::new(200, r#"{"bcId": 7}"#),
            token => Canned::new(401, json!({"message": format!("{token:?} is not accepted")}).to_string()),
        }
    })
}

#[test]
fn an_oauth2_token_is_exchanged_once_and_again_when_its_session_ends() {
    let config = Config { api_key: None, oauth2_token: Some("oauth-secret".into()), ..config() };
    let transport = sign_on(1);
    let client = Braincube::new(&config, Rc::new(transport.clone())).unwrap();
    for _ in 0..3 {
        transport.run(client.memory_base(&base())).unwrap().unwrap();
    }
    let exchanges = |transport: &MemoryTransport| {
        transport.requests().iter().filter(|request| request.url.contains("oauth2/session")).count()
    };
    assert_eq!((exchanges(&transport), transport.requests().len()), (1, 4));

    let transport = sign_on(2);
    let client = Braincube::new(&config, Rc::new(transport.clone())).unwrap();
    transport.run(client.memory_base(&base())).unwrap().unwrap();
    assert_eq!(exchanges(&transport), 2);

    let transport = sign_on(99);
    let client = Braincube::new(&config, Rc::new(transport.clone())).unwrap();
    let error = transport.run(client.memory_base(&base())).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized);
    let told = format!("{error:?}");
    assert!(!told.contains("session-") && !told.contains("oauth-secret"), "{told}");
}

#[test]
fn several_connections_live_side_by_side() {
    let transport = MemoryTransport::new(|_| Canned::new(200, r#"{"accessList": []}"#));
    let other = Config {
        domain: Some("other.example".into()),
        api_key: Some("other-key".into()),
        ..Config::default()
    };
    let (first, second) =
        (braincube(&transport), Braincube::new(&other, Rc::new(transport.clone())).unwrap());
    transport.run(first.braincubes()).unwrap().unwrap();
    transport.run(second.braincubes()).unwrap().unwrap();
    let keys: Vec<_> =
        transport.requests().iter().map(|request| header(request, "X-api-key").unwrap()).collect();
    assert_eq!(keys, [KEY, "other-key"]);
}

#[test]
fn requests_of_ones_own_are_signed() {
    let transport = MemoryTransport::new(|request| match request.method {
        Method::Get => Canned::new(200, r#"{"name": "mb20"}"#),
        _ => Canned::new(503, "down"),
    });
    let client = braincube(&transport);
    let raw = RawRequest::get("/braincube/demo/braindata/mb20/simple");
    let answer = transport.run(client.request(&raw)).unwrap().unwrap();
    assert_eq!((answer.status, answer.json().unwrap()), (200, json!({"name": "mb20"})));
    let sso = RawRequest {
        sso: true,
        headers: vec![("accept".into(), "text/plain".into())],
        ..RawRequest::get("a?b=1")
    };
    transport.run(client.request(&sso)).unwrap().unwrap();
    let write = RawRequest { method: Method::Post, body: Some(b"{}".into()), ..RawRequest::get("x") };
    transport.run(client.request(&write)).unwrap().unwrap_err();
    let requests = transport.requests();
    assert_eq!(requests.len(), 3, "what may have been done is not repeated");
    assert_eq!(requests[0].url, "https://api.plant.example/braincube/demo/braindata/mb20/simple");
    assert_eq!(requests[1].url, "https://plant.example/a?b=1");
    assert_eq!(header(&requests[1], "Accept").as_deref(), Some("text/plain"));
    assert!(requests.iter().all(|request| header(request, "X-api-key").as_deref() == Some(KEY)));

    let placed = Config { braincube_base_url: Some("https://h/{braincube-name}".into()), ..config() };
    let client = Braincube::new(&placed, Rc::new(transport.clone())).unwrap();
    let error = transport.run(client.request(&raw)).unwrap().unwrap_err();
    assert!(error.message.contains("give the braincube's name"));
    let named = RawRequest { braincube: Some("demo".into()), ..RawRequest::get("mb") };
    transport.run(client.request(&named)).unwrap().unwrap();
    assert_eq!(transport.requests().last().unwrap().url, "https://h/demo/mb");
}
