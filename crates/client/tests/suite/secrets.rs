//! Secrets never appear: in no URL, no `Debug`, no message, whatever the server says.

use std::rc::Rc;

use streamscope_client::rune::{Config, DataQuery, Rune, layout};
use streamscope_client::{Canned, Error, MemoryTransport, Request, Step};

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
