//! Refresh tokens, JWTs that are renewed, and headers of the person's own.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join3;
use serde_json::{Value, json};
use streamscope_client::rune::{AuthMethod, Config, Rune};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Request};

const REFRESH: &str = "r3fr3sh-t0ken";

fn config() -> Config {
    Config {
        graph_url: "https://graph.example".into(),
        cognito_client_id: Some("client".into()),
        cognito_refresh_token: Some(REFRESH.into()),
        ..Config::default()
    }
}

fn is_exchange(request: &Request) -> bool {
    request.headers.iter().any(|(name, _)| name == "X-Amz-Target")
}

fn token(request: &Request) -> Option<&str> {
    let header = request.headers.iter().find(|(name, _)| name == "X-Rune-User-Access-Token");
    header.map(|(_, value)| value.as_str())
}

fn user() -> Canned {
    Canned::new(200, r#"{"data":{"user":{"id":"u"}}}"#)
}

fn issued(token: &str) -> Canned {
    Canned::new(200, json!({ "AuthenticationResult": { "AccessToken": token } }).to_string())
}

/// Cognito issues t0, t1, …; of them, the first `expired` are refused.
fn server(expired: usize) -> MemoryTransport {
    let count = Cell::new(0);
    MemoryTransport::new(move |request| {
        if is_exchange(request) {
            count.set(count.get() + 1);
            return issued(&format!("t{}", count.get() - 1)).after(Duration::from_millis(50));
        }
        let accepted = token(request).and_then(|token| token.strip_prefix('t')?.parse().ok());
        let accepted = accepted.is_some_and(|number: usize| number >= expired);
        if accepted { user() } else { Canned::new(401, "expired") }
    })
}

fn connect(config: &Config, transport: &MemoryTransport) -> Rune {
    Rune::new(config, Rc::new(transport.clone())).unwrap()
}

#[test]
fn the_first_exchange_comes_before_the_first_request_and_only_once() {
    let transport = server(0);
    let rune = connect(&config(), &transport);
    transport.run(rune.current_user()).unwrap().unwrap();
    transport.run(rune.current_user()).unwrap().unwrap();
    let requests = transport.requests();
    assert_eq!(requests.iter().map(token).collect::<Vec<_>>(), [None, Some("t0"), Some("t0")]);
    let exchange = &requests[0];
    assert_eq!(exchange.url, "https://cognito-idp.us-west-2.amazonaws.com/");
    assert!(exchange.headers.contains(&("Content-Type".into(), "application/x-amz-json-1.1".into())));
    let target = "AWSCognitoIdentityProviderService.InitiateAuth";
    assert!(exchange.headers.contains(&("X-Amz-Target".into(), target.into())));
    let body: Value = serde_json::from_slice(exchange.body.as_deref().unwrap()).unwrap();
    let expected = json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "client",
        "AuthParameters": { "REFRESH_TOKEN": REFRESH } });
    assert_eq!(body, expected);
}

#[test]
fn an_expired_token_is_renewed_once() {
    let transport = server(1);
    transport.run(connect(&config(), &transport).current_user()).unwrap().unwrap();
    assert_eq!(
        transport.requests().iter().map(token).collect::<Vec<_>>(),
        [None, Some("t0"), None, Some("t1")]
    );
    let transport = server(9);
    let error = transport.run(connect(&config(), &transport).current_user()).unwrap().unwrap_err();
    assert_eq!((error.kind, transport.requests().len()), (ErrorKind::Unauthorized, 4));
}

#[test]
fn requests_at_one_time_share_an_exchange() {
    let transport = server(1);
    let rune = connect(&config(), &transport);
    let all = join3(rune.current_user(), rune.current_user(), rune.current_user());
    let (one, two, three) = transport.run(all).unwrap();
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(transport.requests().iter().filter(|request| is_exchange(request)).count(), 2);
}

#[test]
fn an_exchange_that_was_given_up_is_taken_up_by_the_next() {
    let transport = server(0);
    let rune = connect(&config(), &transport);
    let mut first = Box::pin(rune.current_user());
    transport.run(futures_util::future::poll_fn(|context| {
        let _ = first.as_mut().poll(context);
        std::task::Poll::Ready(())
    }));
    drop(first);
    transport.run(rune.current_user()).unwrap().unwrap();
}

#[test]
fn a_jwt_is_used_first_and_renewed_when_there_is_a_refresh_token() {
    let config = Config { jwt: Some("given".into()), auth_method: Some(AuthMethod::Jwt), ..config() };
    let transport = server(0);
    transport.run(connect(&config, &transport).current_user()).unwrap().unwrap();
    assert_eq!(transport.requests().iter().map(token).collect::<Vec<_>>(), [Some("given"), None, Some("t0")]);
}

#[test]
fn the_address_follows_the_region_or_is_given() {
    let url = |config: Config| {
        let transport = server(0);
        transport.run(connect(&config, &transport).current_user()).unwrap().unwrap();
        transport.requests()[0].url.clone()
    };
    let region = Config { cognito_region_name: Some("eu-west-1".into()), ..config() };
    assert_eq!(url(region), "https://cognito-idp.eu-west-1.amazonaws.com/");
    let given = Config { cognito_url: Some("http://127.0.0.1:1/cognito/".into()), ..config() };
    assert_eq!(url(given), "http://127.0.0.1:1/cognito/");
    for bad in [
        Config { cognito_region_name: Some("evil.example/".into()), ..config() },
        Config { cognito_url: Some("ftp://x".into()), ..config() },
    ] {
        let error = Rune::new(&bad, Rc::new(MemoryTransport::queue([]))).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Configuration);
    }
}

#[test]
fn a_refused_refresh_token_says_so_and_is_not_shown() {
    let words =
        format!(r#"{{"__type":"NotAuthorizedException","message":"Invalid Refresh Token {REFRESH}"}}"#);
    let answers =
        [Canned::new(400, words), Canned::new(200, "{}"), Canned::new(200, REFRESH), issued("a\nb")];
    for (answer, kind) in
        answers.into_iter().zip([ErrorKind::Unauthorized; 1].into_iter().chain([ErrorKind::Protocol; 3]))
    {
        let transport = MemoryTransport::new(move |_| answer.clone());
        let error: Error = transport.run(connect(&config(), &transport).current_user()).unwrap().unwrap_err();
        assert_eq!((error.kind, transport.requests().len()), (kind, 1), "{error}");
        assert!(error.request.as_deref().is_some_and(|request| request.contains("cognito-idp")), "{error:?}");
        assert!(!format!("{error:?}").contains(REFRESH), "{error:?}");
    }
    assert!(!format!("{:?}", config()).contains(REFRESH));
}

#[test]
fn tokens_do_not_appear_in_errors() {
    let transport = MemoryTransport::new(|request| match token(request) {
        None => issued("t0k3n-of-cognito"),
        Some(token) => Canned::new(404, format!("you sent {token}")),
    });
    let error = transport.run(connect(&config(), &transport).current_user()).unwrap().unwrap_err();
    assert!(!format!("{error:?}").contains("t0k3n"), "{error:?}");
}

#[test]
fn the_methods_are_inferred() {
    let header = vec![("Authorization".to_string(), "Bearer b34r3r".to_string())];
    let custom = Config { custom_auth_headers: header.clone(), ..Config::default() };
    assert_eq!(config().auth_method().unwrap(), AuthMethod::CognitoRefresh);
    assert_eq!(custom.auth_method().unwrap(), AuthMethod::Custom);
    // Half a pair does not count, unlike those of other methods.
    let half = Config { cognito_refresh_token: None, jwt: Some("j".into()), ..config() };
    assert_eq!(half.auth_method().unwrap(), AuthMethod::Jwt);
    for several in [
        Config { jwt: Some("j".into()), ..config() },
        Config { custom_auth_headers: header, ..config() },
        Config { access_token_id: Some("i".into()), ..custom.clone() },
    ] {
        assert!(several.auth_method().unwrap_err().message.contains("several kinds"));
    }
    let none = Config { cognito_client_id: None, ..config() };
    assert!(none.auth_method().unwrap_err().message.contains("no complete set"));
    let explicit = Config { auth_method: Some(AuthMethod::CognitoRefresh), ..none };
    let error = Rune::new(&explicit, Rc::new(MemoryTransport::queue([]))).err().unwrap();
    assert!(error.message.contains("cognito_client_id is not set"), "{error}");
}

#[test]
fn headers_of_ones_own_are_sent_and_kept_secret() {
    let with = |name: &str, value: &str| Config {
        custom_auth_headers: vec![(name.into(), value.into())],
        ..Config::default()
    };
    let config = with("Authorization", "Bearer b34r3r");
    let transport = MemoryTransport::new(|_| Canned::new(404, "no b34r3r, or Bearer b34r3r"));
    let error = transport.run(connect(&config, &transport).current_user()).unwrap().unwrap_err();
    assert!(transport.requests()[0].headers.contains(&("Authorization".into(), "Bearer b34r3r".into())));
    assert!(!format!("{error:?}{config:?}").contains("b34r3r"), "{error:?}");
    for bad in [with("", "a"), with("A B", "a"), with("A:", "a"), with("A", "b\nC: d")] {
        let error = Rune::new(&bad, Rc::new(MemoryTransport::queue([]))).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Configuration);
    }
    let none = Config { auth_method: Some(AuthMethod::Custom), ..Config::default() };
    let error = Rune::new(&none, Rc::new(MemoryTransport::queue([]))).err().unwrap();
    assert!(error.message.contains("custom_auth_headers is not set"), "{error}");
}

#[test]
fn a_jwt_without_a_whole_cognito_pair_is_used_as_it_is() {
    for method in [None, Some(AuthMethod::Jwt), Some(AuthMethod::CognitoRefresh)] {
        let config =
            Config { jwt: Some("given".into()), cognito_client_id: None, auth_method: method, ..config() };
        let transport = server(0);
        transport.run(connect(&config, &transport).current_user()).unwrap().unwrap_err();
        assert_eq!(transport.requests().iter().map(token).collect::<Vec<_>>(), [Some("given")]);
    }
}
