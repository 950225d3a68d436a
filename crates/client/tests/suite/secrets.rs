//! Secrets never appear: in no URL, no `Debug`, no message, whatever the server says.

use std::rc::Rc;

use streamscope_client::rune::{Config, DataQuery, Rune, layout};
use streamscope_client::{Canned, Error, MemoryTransport, Request, Step, hexoskin, joule};

use super::server::{dimensions, whole};
use super::{SECRET, config, drain, rune};

fn check(text: &str) {
    assert!(!text.contains(SECRET), "{text}");
    // Nor a part of it that would help anyone.
    assert!(!text.contains(&SECRET[..10]), "{text}");
}

fn check_error(error: &Error) {
    check(&error.to_string());
    check(&format!("{error:?}"));
    check(&format!("{error:#?}"));
}

#[test]
fn configurations_and_requests_print_no_secret() {
    let config = Config {
        client_access_key: Some(SECRET.into()),
        jwt: Some(SECRET.into()),
        cognito_client_id: Some(SECRET.into()),
        cognito_refresh_token: Some(SECRET.into()),
        custom_auth_headers: vec![("Authorization".into(), format!("Bearer {SECRET}"))],
        ..config()
    };
    check(&format!("{config:?}"));
    check(&format!("{config:#?}"));
    let mut request = Request::get(format!("https://u:{SECRET}@x/y?page_token={SECRET}&jwt={SECRET}&a=1"));
    request.headers.push(("X-Rune-User-Access-Token-Secret".into(), SECRET.into()));
    request.body = Some(SECRET.into());
    check(&format!("{request:?}"));
    check(&request.describe());
    assert!(request.describe().contains("a=1") && request.describe().contains("https://x/y"));
}

/// Servers that give the credentials back, in every place of an answer.
fn echoes() -> Vec<Canned> {
    let padding = "x".repeat(300 - SECRET.len() / 2);
    let mut echoes: Vec<Canned> = [400, 401, 404, 429, 500]
        .into_iter()
        .flat_map(|status| {
            [
                Canned::new(status, format!("you sent {SECRET}")).header("Retry-After", "9999"),
                Canned::new(status, format!(r#"{{"error":{{"message":"bad {SECRET}","type":"{SECRET}"}}}}"#)),
                // The cut to a readable length falls into the secret.
                Canned::new(status, format!("{padding}{SECRET}")),
            ]
        })
        .collect();
    echoes.push(Canned::new(302, "").header("Location", &format!("https://x/?token={SECRET}")));
    echoes.push(Canned::failure(&format!("could not send {SECRET}")));
    echoes.push(Canned::new(200, format!(r#"{{"errors":[{{"message":"{SECRET}"}}]}}"#)));
    echoes.push(Canned::new(200, SECRET));
    echoes.push(Canned::new(200, "").steps(vec![Step::Break(SECRET.into())]));
    echoes
}

#[test]
fn errors_hold_no_secret_whatever_the_server_says() {
    for echo in echoes() {
        let transport = MemoryTransport::new(move |_| echo.clone());
        let rune = rune(&transport);
        check_error(&transport.run(rune.current_user()).unwrap().unwrap_err());
        let mut reading = rune.data(&whole(), layout(&dimensions(), true)).unwrap();
        let (_, error) = drain(&transport, reading.as_mut());
        check_error(&error.unwrap());
        for request in transport.requests() {
            check(&request.url);
            check(&format!("{request:?}"));
            assert!(request.body.is_none_or(|body| !String::from_utf8_lossy(&body).contains(SECRET)));
        }
    }
}

#[test]
fn bad_cells_hold_no_secret() {
    let body = format!("time,value,measurement_duration_ns\n1,{SECRET},0\n");
    let transport = MemoryTransport::queue([super::csv(&body)]);
    let mut reading = rune(&transport).data(&whole(), layout(&dimensions(), true)).unwrap();
    check_error(&drain(&transport, reading.as_mut()).1.unwrap());
}

#[test]
fn refused_input_holds_no_secret() {
    let bad = Config { stream_url: format!("https://me:{SECRET}@host"), ..config() };
    check_error(&Rune::new(&bad, Rc::new(MemoryTransport::queue([]))).err().unwrap());
    check(&format!("{bad:?}").replace("REDACTED", ""));
    let transport = MemoryTransport::queue([]);
    let query = DataQuery { start_time: Some(f64::NAN), ..whole() };
    check_error(&rune(&transport).data(&query, layout(&dimensions(), true)).err().unwrap());
}

/// A secret with everything that is escaped somewhere, as a server may give it back.
const AWKWARD: &str = r#"S&3<c'r>/t+of"the\tok3n="#;

/// How HTML writes them; the ampersand comes first, for all others have one.
const ESCAPES: [(char, &str); 7] = [
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('\'', "&apos;"),
    ('"', "&quot;"),
    ('/', "&#x2F;"),
    ('+', "&#43;"),
];

#[test]
fn a_secret_in_other_clothes_is_struck_out() {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let json = serde_json::to_string(AWKWARD).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let echoes = [
        AWKWARD.to_string(),
        AWKWARD.to_uppercase(),
        AWKWARD.to_lowercase(),
        encode(AWKWARD),
        encode(AWKWARD).to_lowercase(),
        encode(&encode(AWKWARD)),
        json.clone(),
        json.replace('/', "\\/"),
        AWKWARD.chars().map(|c| format!("\\u{:04x}", c as u32)).collect(),
        AWKWARD.chars().map(|c| format!("\\x{:02x}", c as u32)).collect(),
        ESCAPES.iter().fold(AWKWARD.into(), |text: String, (char, escape)| text.replace(*char, escape)),
        base64(AWKWARD),
        base64(AWKWARD).replace('+', "-").replace('/', "_"),
        base64(&format!("a:{AWKWARD}")),
        base64(&format!("me:{AWKWARD}:x")),
        base64(&format!("you:{AWKWARD}")),
        // Cut: by whoever writes dots, or where the text ends.
        format!("{}… and so on", &AWKWARD[..12]),
        AWKWARD[..5].to_string(),
        format!("{}...", &AWKWARD[..5]),
        format!("…{}", &AWKWARD[7..]),
        format!("…{}… and so on", &AWKWARD[5..20]),
        AWKWARD.bytes().map(|byte| format!("{byte:02X}")).collect(),
    ];
    struck_out(AWKWARD, &echoes);
}

#[test]
fn a_secret_of_words_and_of_any_letters_is_struck_out() {
    const PHRASE: &str = "Größe ist 😀 nicht alles";
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let form = |text: &str| encode(text).replace("%20", "+");
    let utf16 = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<String>();
    struck_out(
        PHRASE,
        &[
            PHRASE.to_string(),
            PHRASE.to_lowercase(),
            PHRASE.replace(' ', "+"),
            form(PHRASE),
            form(PHRASE).to_lowercase(),
            encode(PHRASE),
            utf16(PHRASE),
            PHRASE.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
            "Größe ist 😀 n… and so on".to_string(),
            "Größe is".to_string(),
        ],
    );
}

/// Holds that nothing of a secret is left of what a server says, in its own words and in JSON.
fn struck_out(secret: &str, echoes: &[String]) {
    for echo in echoes {
        let as_json = serde_json::json!({ "error": format!("you sent {echo}") }).to_string();
        for body in [format!("you sent {echo}"), as_json] {
            let transport = MemoryTransport::new(move |_| Canned::new(400, body.as_str()));
            // A password may hold any letters.
            let config = hexoskin::Config {
                url: "https://garment.example".into(),
                credentials: Some(hexoskin::Credentials::user(&format!("me:{secret}")).unwrap()),
                ..hexoskin::Config::default()
            };
            let api = hexoskin::Hexoskin::new(&config, Rc::new(transport.clone())).unwrap();
            let words = transport.run(api.resource_conf()).unwrap().unwrap_err().server_message.unwrap();
            assert!(words.starts_with("you sent ") && words.contains("REDACTED"), "{echo}: {words}");
            // What may be left of base64 are characters that others share.
            let rest = words.replace("REDACTED", "").replace(" and so on", "");
            assert!(rest.len() < "you sent ".len() + 12, "{echo}: {words}");
        }
    }
}

#[test]
fn what_only_begins_like_a_secret_is_left() {
    let beginning = &AWKWARD[..5];
    let said = [
        format!("{beginning} is how it begins, and more words follow"),
        format!("other words, and at the end {beginning}x"),
        "see https://there.example/help or write to me@there.example".to_string(),
    ];
    let config = Config { access_token_secret: Some(AWKWARD.into()), ..config() };
    for said in said {
        let answer = said.clone();
        let transport = MemoryTransport::new(move |_| Canned::new(400, answer.as_str()));
        let rune = Rune::new(&config, Rc::new(transport.clone())).unwrap();
        let words = transport.run(rune.current_user()).unwrap().unwrap_err().server_message;
        assert_eq!(words, Some(said));
    }
}

#[test]
fn words_that_stand_before_a_secret_are_none() {
    let custom_auth_headers = vec![("Authorization".to_string(), format!("Bearer {SECRET}"))];
    let auth_method = Some(streamscope_client::rune::AuthMethod::Custom);
    let config = Config { custom_auth_headers, auth_method, ..config() };
    let said = "Bearer exchange is down, try Bearer";
    let transport = MemoryTransport::new(move |_| Canned::new(400, said));
    let rune = Rune::new(&config, Rc::new(transport.clone())).unwrap();
    let words = transport.run(rune.current_user()).unwrap().unwrap_err().server_message;
    assert_eq!(words.as_deref(), Some(said));
}

#[test]
fn users_in_addresses_that_servers_name_are_struck_out() {
    let transport = MemoryTransport::new(|_| {
        let location = format!("https://me:{SECRET}/{SECRET}@elsewhere.example/login?next=1");
        Canned::new(307, "moved to <https://you:secret@there.example/>").header("Location", &location)
    });
    let error = transport.run(rune(&transport).current_user()).unwrap().unwrap_err();
    check_error(&error);
    assert!(error.message.contains("redirects to https://elsewhere.example/login?next=1,"), "{error}");
    assert!(error.message.contains("moved to <https://there.example/>"), "{error}");
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn addresses_with_credentials_are_refused_without_repeating_them() {
    let none = || Rc::new(MemoryTransport::queue([]));
    let addresses = [
        format!("https://me:{SECRET}@host"),
        format!("https://{SECRET}@host/path"),
        format!("https://me:{SECRET}/x@host"),
        format!("https://me:{SECRET}?x@host"),
        format!("https://me:{SECRET}#@host"),
        format!("https:\\\\me:{SECRET}@host"),
        format!("https://host\\{SECRET}"),
        format!("https://me:{SECRET}"),
        format!("https://[::1]:{SECRET}"),
        format!("me:{SECRET}@host"),
        format!("{SECRET}://host"),
        format!("https://host?key={SECRET}"),
        format!("https://host {SECRET}"),
    ];
    for address in addresses {
        let config = Config { graph_url: address.clone(), ..config() };
        let cognito = Config {
            access_token_id: None,
            access_token_secret: None,
            cognito_client_id: Some("client".into()),
            cognito_refresh_token: Some("refresh".into()),
            cognito_url: Some(address.clone()),
            ..self::config()
        };
        let joule = joule::Config { url: address.clone(), api_key: "key".into() };
        if address.starts_with("https://") && address.contains('@') {
            check(&format!("{config:?} {joule:?}"));
        }
        let errors = [
            Rune::new(&config, none()).err().unwrap(),
            Rune::new(&cognito, none()).err().unwrap(),
            joule::Joule::new(&joule, none()).err().unwrap(),
        ];
        for (error, name) in errors.iter().zip(["graph_url ", "cognito_url ", "url "]) {
            check_error(error);
            assert_eq!(error.kind, streamscope_client::ErrorKind::Configuration, "{address}");
            assert!(error.message.starts_with(name) && error.platform.is_some(), "{error}");
        }
    }
    for address in ["http://[::1]:8787/rune/", "https://host:8443/a", " https://host "] {
        let joule = joule::Config { url: address.into(), api_key: "key".into() };
        assert!(joule::Joule::new(&joule, none()).is_ok(), "{address}");
    }
}
