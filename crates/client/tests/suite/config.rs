use std::rc::Rc;

use streamscope_client::rune::{AuthMethod, Config, Rune};
use streamscope_client::{ErrorKind, MemoryTransport};

/// access_token_id, access_token_secret, client_key_id, client_access_key, jwt
type Given = [&'static str; 5];

fn config(given: Given) -> Config {
    let [id, secret, key_id, key, jwt] = given.map(|value| (value != "-").then(|| value.to_string()));
    Config {
        access_token_id: id,
        access_token_secret: secret,
        client_key_id: key_id,
        client_access_key: key,
        jwt,
        ..Config::default()
    }
}

#[test]
fn the_method_is_inferred_as_the_official_client_does() {
    let token = Some(AuthMethod::AccessToken);
    let keys = Some(AuthMethod::ClientKeys);
    let jwt = Some(AuthMethod::Jwt);
    let table: [(Given, Result<Option<AuthMethod>, &str>); 13] = [
        (["i", "s", "-", "-", "-"], Ok(token)),
        (["-", "-", "i", "k", "-"], Ok(keys)),
        (["-", "-", "-", "-", "j"], Ok(jwt)),
        (["i", "s", "", "", ""], Ok(token)),
        (["-", "-", "-", "-", "-"], Err("no complete set")),
        (["", "", "", "", ""], Err("no complete set")),
        (["i", "-", "-", "-", "-"], Err("no complete set")),
        (["-", "s", "-", "-", "-"], Err("no complete set")),
        (["-", "-", "i", "-", "-"], Err("no complete set")),
        (["-", "-", "-", "  ", "-"], Err("no complete set")),
        (["i", "s", "i", "k", "-"], Err("several kinds")),
        (["i", "s", "-", "-", "j"], Err("several kinds")),
        // A half-set pair makes a complete one ambiguous.
        (["i", "s", "-", "k", "-"], Err("several kinds")),
    ];
    for (given, expected) in table {
        let inferred = config(given).auth_method();
        match expected {
            Ok(method) => assert_eq!(inferred.ok(), method, "{given:?}"),
            Err(words) => {
                let error = inferred.unwrap_err();
                assert_eq!(error.kind, ErrorKind::Configuration, "{given:?}");
                assert!(error.message.contains(words), "{given:?}: {error}");
            }
        }
    }
}

fn connect(config: &Config) -> Result<Rune, streamscope_client::Error> {
    Rune::new(config, Rc::new(MemoryTransport::queue([])))
}

#[test]
fn an_explicit_method_wants_its_own_credentials_whole() {
    let several = Config { auth_method: Some(AuthMethod::Jwt), ..config(["i", "s", "i", "k", "j"]) };
    assert!(connect(&several).is_ok());
    let table = [
        (AuthMethod::AccessToken, ["-", "s", "-", "-", "-"], "access_token_id is not set"),
        (AuthMethod::AccessToken, ["i", "-", "-", "-", "-"], "access_token_secret is not set"),
        (AuthMethod::ClientKeys, ["-", "-", "-", "k", "-"], "client_key_id is not set"),
        (AuthMethod::ClientKeys, ["-", "-", "i", "-", "j"], "client_access_key is not set"),
        (AuthMethod::Jwt, ["i", "s", "-", "-", "-"], "jwt is not set"),
    ];
    for (method, given, words) in table {
        let error = connect(&Config { auth_method: Some(method), ..config(given) }).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(words), "{error}");
    }
    let unknown = "password".parse::<AuthMethod>().unwrap_err();
    assert!(unknown.message.contains("access_token, client_keys, jwt, cognito_refresh, custom"), "{unknown}");
    assert_eq!("client_keys".parse::<AuthMethod>().unwrap(), AuthMethod::ClientKeys);
}

#[test]
fn each_method_signs_with_its_headers() {
    let table = [
        (
            ["i", " s\n", "-", "-", "-"],
            vec![("X-Rune-User-Access-Token-Id", "i"), ("X-Rune-User-Access-Token-Secret", "s")],
        ),
        (["-", "-", "i", "k", "-"], vec![("X-Rune-Client-Key-ID", "i"), ("X-Rune-Client-Access-Key", "k")]),
        (["-", "-", "-", "-", "j"], vec![("X-Rune-User-Access-Token", "j")]),
    ];
    for (given, expected) in table {
        let transport = MemoryTransport::queue([]);
        let rune = Rune::new(&config(given), Rc::new(transport.clone())).unwrap();
        transport.run(rune.current_user()).unwrap().unwrap_err();
        let sent = &transport.requests()[0].headers;
        for (name, value) in expected {
            assert!(sent.contains(&(name.into(), value.into())), "{name}: {value}");
        }
    }
}

#[test]
fn unusable_urls_and_credentials_are_refused_before_anything_is_sent() {
    let good = config(["i", "s", "-", "-", "-"]);
    for url in ["", "stream.example", "ftp://x", "https://", "https://u:p@x", "https://x/?a=1", "https://x y"]
    {
        let error = connect(&Config { stream_url: url.into(), ..good.clone() }).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Configuration, "{url}");
        assert!(error.message.starts_with("stream_url "), "{error}");
        assert!(!error.message.contains("u:p"), "{error}");
    }
    assert!(connect(&config(["i", "se\u{7}cret", "-", "-", "-"])).is_err());
    assert!(connect(&config(["i", "ключ", "-", "-", "-"])).is_err());
}

#[test]
fn a_path_in_a_base_url_survives() {
    let transport = MemoryTransport::queue([]);
    let config =
        Config { graph_url: "http://localhost:8787/relay/rune/".into(), ..config(["i", "s", "-", "-", "-"]) };
    let rune = Rune::new(&config, Rc::new(transport.clone())).unwrap();
    transport.run(rune.current_user()).unwrap().unwrap_err();
    assert_eq!(transport.requests()[0].url, "http://localhost:8787/relay/rune/graphql");
}
