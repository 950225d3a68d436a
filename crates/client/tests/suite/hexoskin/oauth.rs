//! Signing in with OAuth2 and OAuth1, and tokens that expire.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::join3;
use streamscope_client::hexoskin::{Config, Filters, Grant, Pending, Scope, SignIn, Tokens, code_challenge};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Request};

use super::super::query;
use super::*;

const BACK: &str = "https://page.example/explorer/";

fn client() -> Config {
    Config { credentials: None, ..config() }
}

fn form(request: &Request) -> Vec<(String, String)> {
    let text = String::from_utf8(request.body.clone().unwrap_or_default()).unwrap();
    query(&Request::get(format!("x?{text}")))
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

fn is_token(line: &str) -> bool {
    line == "POST /api/connect/oauth2/token/"
}

/// Issues at-1, at-2, …, each for an hour; of those in use, the first `refused` are answered with 401.
fn issuer(refused: usize) -> MemoryTransport {
    let issued = Cell::new(0);
    server(move |line, request| {
        if is_token(line) {
            issued.set(issued.get() + 1);
            let token = format!("at-{}", issued.get());
            let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600,
                "refresh_token": "rt-1", "scope": "readonly", "unheard_of": [1] });
            return ok(body).after(Duration::from_millis(50));
        }
        let bearer = header(request, "Authorization").unwrap_or_default();
        let number = bearer.strip_prefix("Bearer at-").and_then(|number| number.parse::<usize>().ok());
        match number {
            Some(number) if number > refused => ok(json!({ "meta": {}, "objects": [] })),
            _ => Canned::new(401, ""),
        }
    })
}

fn start(api: &Hexoskin, grant: Grant) -> (SignIn, Vec<(String, String)>) {
    let sign_in = api.oauth2_get_request_token_url(BACK, grant, Scope::Readonly).unwrap();
    let pairs = query(&Request::get(&sign_in.url));
    (sign_in, pairs)
}

#[test]
fn a_code_is_exchanged_with_its_proof() {
    let transport = issuer(0);
    let api = connect(&client(), &transport);
    let (SignIn { url, pending }, asked) = start(&api, Grant::AuthorizationCode);
    assert!(url.starts_with("https://api.example/api/connect/oauth2/auth/?response_type=code&"), "{url}");
    let expected = [
        ("client_id", "demo-hexo"),
        ("redirect_uri", BACK),
        ("scope", "readonly"),
        ("code_challenge_method", "S256"),
    ];
    expected.iter().for_each(|(name, expected)| assert_eq!(value(&asked, name), *expected));
    let state = value(&asked, "state");
    assert_eq!(state.len(), 43);
    assert_ne!(start(&api, Grant::AuthorizationCode).1, asked, "no two are alike");

    // What the page keeps meanwhile comes back from its storage.
    let kept = serde_json::to_string(&pending).unwrap();
    assert!(!format!("{pending:?}").contains(&state) && !kept.contains("secret"));
    let pending: Pending = serde_json::from_str(&kept).unwrap();
    let callback = format!("{BACK}?code=c%2B1&state={state}#top");
    let tokens = run(&transport, api.oauth2_get_access_token(&callback, &pending)).unwrap();
    assert_eq!((tokens.access_token.as_str(), tokens.scope.as_deref()), ("at-1", Some("readonly")));
    assert_eq!(tokens.expires_at_ms, Some(1_709_280_000_000.0 + 50.0 + 3_600_000.0));

    let request = transport.requests().pop().unwrap();
    let sent = form(&request);
    assert_eq!(value(&sent, "grant_type"), "authorization_code");
    assert_eq!((value(&sent, "code"), value(&sent, "redirect_uri")), ("c+1".into(), BACK.to_string()));
    assert_eq!(code_challenge(&value(&sent, "code_verifier")), value(&asked, "code_challenge"));
    let basic = "Basic ZGVtby1oZXhvOmRlbW8taGV4by1zZWNyZXQ=";
    assert_eq!(header(&request, "Authorization").as_deref(), Some(basic));
    run(&transport, api.resource("user").list(&Filters::new())).unwrap();
    assert_eq!(header(&transport.requests().pop().unwrap(), "Authorization").as_deref(), Some("Bearer at-1"));
}

#[test]
fn a_client_without_a_secret_names_itself_in_the_form() {
    let transport = issuer(0);
    let api = connect(&Config { secret: None, ..client() }, &transport);
    let (SignIn { pending, .. }, asked) = start(&api, Grant::AuthorizationCode);
    let callback = format!("{BACK}?state={}&code=c", value(&asked, "state"));
    run(&transport, api.oauth2_get_access_token(&callback, &pending)).unwrap();
    let request = transport.requests().pop().unwrap();
    assert_eq!(
        (value(&form(&request), "client_id"), header(&request, "Authorization")),
        ("demo-hexo".into(), None)
    );
}

#[test]
fn the_implicit_token_is_in_the_fragment() {
    let transport = issuer(0);
    let api = connect(&client(), &transport);
    let (SignIn { url, pending }, asked) = start(&api, Grant::Implicit);
    assert!(url.contains("response_type=token") && !url.contains("code_challenge"), "{url}");
    let state = value(&asked, "state");
    let callback = format!(
        "{BACK}#access_token=at-9&token_type=bearer&expires_in=60&scope=readonly+readwrite&state={state}"
    );
    let tokens = run(&transport, api.oauth2_get_access_token(&callback, &pending)).unwrap();
    let expected = Tokens {
        access_token: "at-9".into(),
        refresh_token: None,
        expires_at_ms: Some(1_709_280_060_000.0),
        scope: Some("readonly readwrite".into()),
    };
    assert_eq!((tokens, transport.requests().len()), (expected, 0));
    // A token that cannot be renewed is used to its end, and the server's word about it is heard.
    let error = run(&transport, async {
        transport_of(&transport).sleep(Duration::from_secs(120)).await;
        api.resource("user").list(&Filters::new()).await
    });
    assert!(error.is_ok());
}

fn transport_of(transport: &MemoryTransport) -> &dyn streamscope_client::Transport {
    transport
}

#[test]
fn what_comes_back_is_not_believed_without_its_state() {
    let transport = issuer(0);
    let api = connect(&client(), &transport);
    let (SignIn { pending, .. }, asked) = start(&api, Grant::AuthorizationCode);
    let state = value(&asked, "state");
    let refusals = [
        (format!("{BACK}?code=c"), "does not hold the state"),
        (format!("{BACK}?code=c&state=other"), "does not hold the state"),
        (format!("{BACK}?error=access_denied&state=other"), "does not hold the state"),
        (format!("{BACK}?error=access_denied&state={state}"), "ended with: access_denied"),
        (format!("{BACK}?error=x&error_description=Not+today&state={state}"), "ended with: Not today"),
        (format!("{BACK}?state={state}"), "holds no code"),
    ];
    for (callback, words) in refusals {
        let error = run(&transport, api.oauth2_get_access_token(&callback, &pending)).unwrap_err();
        assert!(error.kind == ErrorKind::Unauthorized && error.message.contains(words), "{error}");
    }
    assert!(transport.requests().is_empty() && api.auth().is_none());
    let keyless = connect(&Config { key: None, secret: None, ..client() }, &transport);
    let error = keyless.oauth2_get_request_token_url(BACK, Grant::Implicit, Scope::Readwrite).unwrap_err();
    assert!(error.message.contains("key is missing"), "{error}");
}

#[test]
fn a_password_is_sent_once_and_a_bad_one_is_said_to_be_one() {
    let transport = issuer(0);
    let api = connect(&client(), &transport);
    let sign_in = api.oauth2_get_access_token_with_password("u ser", "p&ss", Scope::Readwrite);
    run(&transport, sign_in).unwrap();
    let sent = form(&transport.requests().pop().unwrap());
    let expected =
        [("grant_type", "password"), ("username", "u ser"), ("password", "p&ss"), ("scope", "readwrite")];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_string(), value.to_string())));

    let refusing = MemoryTransport::new(|_| Canned::new(400, r#"{"error": "invalid_grant"}"#));
    let api = connect(&client(), &refusing);
    let outcome = run(&refusing, api.oauth2_get_access_token_with_password("u", "p", Scope::Readonly));
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.kind, error.server_message.as_deref()),
        (ErrorKind::Unauthorized, Some("invalid_grant"))
    );
    assert_eq!(refusing.requests().len(), 1);
    for (body, words) in [
        ("{}", "no access token"),
        ("[1]", "holds no token"),
        (r#"{"access_token": "a b"}"#, "no access token"),
        (r#"{"access_token": "a", "token_type": "mac"}"#, "of type mac"),
    ] {
        let transport = MemoryTransport::new(move |_| Canned::new(200, body));
        let api = connect(&client(), &transport);
        let error = run(&transport, api.oauth2_get_access_token_with_password("u", "p", Scope::Readonly))
            .unwrap_err();
        assert!(error.kind == ErrorKind::Protocol && error.message.contains(words), "{error}");
    }
}

#[test]
fn tokens_are_renewed_before_they_expire_and_once_for_all() {
    let transport = issuer(0);
    let api = connect(&client(), &transport);
    run(&transport, api.oauth2_get_access_token_with_password("u", "p", Scope::Readonly)).unwrap();
    let users = api.resource("user");
    run(&transport, users.list(&Filters::new())).unwrap();
    let (one, two, three) = run(&transport, async {
        transport_of(&transport).sleep(Duration::from_secs(3590)).await;
        let filters = Filters::new();
        join3(users.list(&filters), users.list(&filters), users.list(&filters)).await
    });
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let requests = transport.requests();
    let tokens: Vec<_> = requests.iter().filter(|request| is_token(&line(request))).collect();
    assert_eq!(tokens.len(), 2, "one sign-in, one renewal");
    let renewal = form(tokens[1]);
    assert_eq!(
        (value(&renewal, "grant_type"), value(&renewal, "refresh_token")),
        ("refresh_token".into(), "rt-1".into())
    );
    assert_eq!(header(requests.last().unwrap(), "Authorization").as_deref(), Some("Bearer at-2"));
}

#[test]
fn a_refused_token_is_renewed_once() {
    let transport = issuer(1);
    let api = connect(&client(), &transport);
    run(&transport, api.oauth2_get_access_token_with_password("u", "p", Scope::Readonly)).unwrap();
    run(&transport, api.resource("user").list(&Filters::new())).unwrap();

    let transport = issuer(usize::MAX);
    let api = connect(&client(), &transport);
    run(&transport, api.oauth2_get_access_token_with_password("u", "p", Scope::Readonly)).unwrap();
    let error = run(&transport, api.resource("user").list(&Filters::new())).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized);
    let tokens = transport.requests().iter().filter(|request| is_token(&line(request))).count();
    assert_eq!(tokens, 2, "it is not tried for ever");
}

#[test]
fn oauth1_in_its_three_steps() {
    let transport = server(|line, request| match line {
        "POST /oauth/request_token" => {
            Canned::new(200, "oauth_token=tmp&oauth_token_secret=tmp%20secret&x=y")
        }
        "POST /oauth/access_token" => Canned::new(200, "oauth_token=final&oauth_token_secret=final-secret"),
        _ => {
            let given = header(request, "Authorization").unwrap();
            assert!(given.starts_with("OAuth ") && given.contains("oauth_token=\"final\""), "{given}");
            ok(json!({ "meta": {}, "objects": [] }))
        }
    });
    let api = connect(&client(), &transport);
    let SignIn { url, pending } = run(&transport, api.oauth1_get_request_token_url(BACK)).unwrap();
    assert_eq!(url, "https://api.example/oauth/authorize?oauth_token=tmp");
    let other = format!("{BACK}?oauth_token=other&oauth_verifier=v");
    assert!(run(&transport, api.oauth1_get_access_token(&other, &pending)).is_err());
    let denied = run(&transport, api.oauth1_get_access_token(BACK, &pending)).unwrap_err();
    assert!(denied.message.contains("no oauth_verifier"), "{denied}");
    let callback = format!("{BACK}?oauth_token=tmp&oauth_verifier=v%2F1");
    run(&transport, api.oauth1_get_access_token(&callback, &pending)).unwrap();
    run(&transport, api.resource("user").list(&Filters::new().with("id__in", [1, 2]))).unwrap();

    // Signed as Python's hmac signs it.
    let [first, second, .., last] = &transport.requests()[..] else { panic!("too few requests") };
    let expected = [
        (first, "nfxH0ykRIOMf1ywSWBFM8xIWyRM%3D"),
        (second, "FrG1cl1YV9IaSYaihVOv3%2BVDIMw%3D"),
        (last, "O1PvSZQY7iHbYTbGShPT%2F9CkXeg%3D"),
    ];
    for (request, signature) in expected {
        let given = header(request, "Authorization").unwrap();
        assert!(given.contains(&format!("oauth_signature=\"{signature}\"")), "{} {given}", line(request));
    }
    let basic = Config { key: None, secret: None, ..client() };
    let error = run(&transport, connect(&basic, &transport).oauth1_get_request_token_url(BACK)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
}
