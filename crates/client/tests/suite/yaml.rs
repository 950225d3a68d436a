//! The official client's configuration file, pasted.

use std::rc::Rc;

use streamscope_client::rune::{AuthMethod, Config, Rune};
use streamscope_client::{ErrorKind, MemoryTransport};

fn read(text: &str) -> Config {
    Config::from_yaml(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_file_of_the_official_client_is_read() {
    let config = read(
        "# made by runeq configure setup\n\
         ---\n\
         access_token_id: abc # the id\n\
         'access_token_secret': 'it''s # secret'\n\
         auth_method: access_token\n\
         stream_url: https://stream.example:8080/v\n\
         jwt: null\n\
         client_key_id: ~\n\
         client_access_key:\n\
         cognito_client_id: \"a\\tb\\u00e9\\x41\\\"\"\n\
         something_new: 5\n\
         a_list:\n\
         - one\n\
         - two: 3\n\
         deeper:\n  more: {a: b}\n    even: more\n",
    );
    let expected = Config {
        access_token_id: Some("abc".into()),
        access_token_secret: Some("it's # secret".into()),
        auth_method: Some(AuthMethod::AccessToken),
        stream_url: "https://stream.example:8080/v".into(),
        cognito_client_id: Some("a\tbéA\"".into()),
        ..Config::default()
    };
    assert_eq!(config, expected);
}

#[test]
fn headers_are_a_map_of_their_own() {
    let config = read(
        "custom_auth_headers:\r\n    X-One: 1\r\n    # a comment\r\n    'X-Two': \"b: c\"\r\nauth_method: custom\r\n",
    );
    assert_eq!(config.custom_auth_headers, [("X-One".into(), "1".into()), ("X-Two".into(), "b: c".into())]);
    let transport = MemoryTransport::queue([]);
    let rune = Rune::new(&config, Rc::new(transport.clone())).unwrap();
    transport.run(rune.current_user()).unwrap().unwrap_err();
    assert!(transport.requests()[0].headers.contains(&("X-Two".into(), "b: c".into())));
}

#[test]
fn an_empty_file_is_an_empty_configuration() {
    for text in ["", "\n\n", "# nothing\n", "---\n", "\u{feff}"] {
        assert_eq!(read(text), Config::default());
    }
    assert_eq!(read("  jwt: a\n  auth_method: jwt\n").jwt.as_deref(), Some("a"));
}

#[test]
fn what_is_not_such_a_map_is_refused_with_its_line_and_without_its_values() {
    let table = [
        ("jwt: s3cr3t\nnonsense\n", 2, "name: value"),
        ("{jwt: s3cr3t}\n", 1, "name: value"),
        ("- jwt: s3cr3t\n", 1, "name: value"),
        ("jwt: 's3cr3t\n", 1, "quote is not closed"),
        ("jwt: \"s3cr3t\\q\"\n", 1, "backslash"),
        ("jwt: 's3cr3t' x\n", 1, "closing quote"),
        ("jwt: &a s3cr3t\n", 1, "cannot begin with &"),
        ("jwt: |\n  s3cr3t\n", 1, "cannot begin with |"),
        ("jwt: [s3cr3t]\n", 1, "cannot begin with ["),
        ("jwt: s3: cr3t\n", 1, "colon"),
        ("jwt: s3cr3t\n  more\n", 2, "several lines"),
        ("jwt: a\n\njwt: s3cr3t\n", 3, "second time"),
        ("s3cr3t: a\ns3cr3t: b\n", 2, "second time"),
        ("jwt: a\n\tjwt: s3cr3t\n", 2, "tab"),
        ("jwt: a\n---\nclient_key_id: s3cr3t\n", 2, "more than one document"),
        ("  jwt: a\nclient_key_id: s3cr3t\n", 2, "indented unlike"),
        ("custom_auth_headers: s3cr3t\n", 1, "is a map"),
        ("custom_auth_headers:\n  A: b\n   C: s3cr3t\n", 3, "indented unlike"),
        ("auth_method: s3cr3t\n", 1, "auth_method"),
    ];
    for (text, line, words) in table {
        let error = Config::from_yaml(text).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(&format!("Line {line}: ")), "{text}: {error}");
        assert!(error.message.contains(words) && !error.message.contains("s3cr3t"), "{text}: {error}");
    }
}

#[test]
fn any_value_in_quotes_comes_back() {
    for value in
        ["'", "''", "a'b''", "\"", "\\", "\\\"", " # no comment", "a: b", "{}", "é🦀", "- a", "null", " a "]
    {
        let single = format!("jwt: '{}'\n", value.replace('\'', "''"));
        assert_eq!(read(&single).jwt.as_deref(), Some(value));
        let double = format!("jwt: \"{}\" # c\n", value.replace('\\', "\\\\").replace('"', "\\\""));
        assert_eq!(read(&double).jwt.as_deref(), Some(value));
    }
}

#[test]
fn any_text_is_read_or_refused() {
    // Every text of up to five of these pieces.
    let pieces = ["jwt", ":", " ", "\n", "'", "\"\\", "#", "- ", "custom_auth_headers:\n "];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        texts = texts.iter().flat_map(|text| pieces.map(|piece| format!("{text}{piece}"))).collect();
        texts.iter().for_each(|text| drop(Config::from_yaml(text)));
    }
}
